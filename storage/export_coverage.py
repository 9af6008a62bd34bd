"""What an export says in words about how its articles were collected: polls, gaps, and what is not known."""

import datetime as dt
import sqlite3
import tomllib
from collections.abc import Iterator, Sequence

from storage.exposure import Span, polled_spans
from storage.study import Study

_MOST_GAPS = 20  # an outlet with more is described by their number: the file `coverage` has every day


def in_words(db: sqlite3.Connection, study: Study) -> list[str]:
    """Return a line for each outlet of the set: how many of the study's days were polled, and the gaps."""
    first, last = _period(db, study)
    if first is None or last is None:
        return ["No article of this set has a published day, so no period can be checked."]
    lines = [f"From {first} to {last} ({(last - first).days + 1} days), by day of collection (UTC):", ""]
    outlets = db.execute(
        """select x.outlet, o.name from set_outlets x join outlets o on o.id = x.outlet
           where x.context = 0 order by x.outlet"""
    ).fetchall()
    spans = polled_spans(db)
    return lines + [
        f"- {name} (`{outlet}`): {_outlet(db, outlet, spans.get(outlet, ()), first, last)}" for outlet, name in outlets
    ]


def methods_paragraph(db: sqlite3.Connection, study: Study) -> str:
    """Return the paragraph a paper's methods section can take over: what was polled, from where, when, what is unknown."""
    runs = db.execute(
        """select count(*), min(started_at), max(started_at) from runs
           where id in (select a.run from chosen join articles a on a.id = chosen.article)"""
    ).fetchone()
    found = db.execute(
        """select a.found_by, count(*) from chosen join articles a on a.id = chosen.article
           where context = 0 group by 1 order by 1"""
    )
    stood = db.execute("select distinct vantage from runs where vantage is not null and vantage <> '' order by 1")
    vantage = "; ".join(place for (place,) in stood) or "a place that was not stated"
    ways = ", ".join(f"{count} {_WAYS.get(way, way)}" for way, count in found)
    return (
        f"This archive keeps {_kept(db)}. {_polled(db, study)} Everything was asked for from {vantage}. The articles were "
        f"last written by {runs[0]} run(s) of cuttings between {runs[1]} and {runs[2]}, and were found {ways}. Reprints "
        "were recognised by shared text within the archive: an article without an earlier text here may still have one "
        f"elsewhere. {_unknown(db)} A day on which an outlet was not polled says nothing about what it published."
    )


_WAYS = {
    "live": "by polling", "warc": "in WARC archives", "sitemap": "in sitemaps of the past", "url-list": "by lists of addresses",
}  # fmt: skip


def _polled(db: sqlite3.Connection, study: Study) -> str:
    """Return how often the outlets of the set were asked, and on how many of the study's days, in two sentences."""
    first, last = _period(db, study)
    if first is None or last is None:
        return "No article of the set has a published day."
    (all_,) = db.execute("select count(*) from set_outlets where context = 0").fetchone()
    outlets, polls, failed, since, until, answered = db.execute(
        """select count(distinct outlet), coalesce(sum(polls), 0), coalesce(sum(polls_failed), 0), min(collected_day),
             max(collected_day), coalesce(sum(polls > polls_failed and collected_day between ? and ?), 0)
           from coverage join set_outlets using (outlet) where context = 0 and polls > 0""",
        [first.isoformat(), last.isoformat()],
    ).fetchone()
    if not polls:
        return f"None of its {all_} outlet(s) was ever polled."
    places = db.execute(
        """select kind, count(*) from feeds join set_outlets using (outlet)
           where context = 0 and last_used_at is not null group by kind order by kind"""
    ).fetchall()
    named = f" at places of these kinds: {', '.join(f'{kind} ({count})' for kind, count in places)}" if places else ""
    return (
        f"From {since} to {until}, {outlets} of its {all_} outlet(s) were polled {polls} times{named}; {failed} polls "
        f"failed. Of the {((last - first).days + 1) * all_} outlet-days from {first} to {last}, {answered} were answered."
    )


def _unknown(db: sqlite3.Connection) -> str:
    """Return what is not known of the selected articles, in a sentence."""
    undated, unsure, not_full, unseen = db.execute(
        """select coalesce(sum(a.published_at is null), 0), coalesce(sum(a.published_precision = 'day'), 0),
             coalesce(sum(a.text_status <> 'full'), 0),
             coalesce(sum(not exists (select 1 from checks c where c.article = a.id)), 0)
           from chosen join articles a on a.id = chosen.article where context = 0"""
    ).fetchone()
    return (
        f"Not known: of {undated} articles when they were published, of {unsure} more than the day; of {not_full} the whole "
        f"text; of {unseen} whether they were edited or removed later, since nobody looked again."
    )


def _kept(db: sqlite3.Connection) -> str:
    """Return which articles are stored, as the configurations used so far say."""
    used = [
        tomllib.loads(toml).get("archive", {}).get("keep", "all") for (toml,) in db.execute("select toml from configs")
    ]
    ways = {"all": "every article", "matching": "only articles on a topic"}
    return " and, at other times, ".join(ways[keep] for keep in sorted(set(used))) or "what its configuration said"


def _outlet(db: sqlite3.Connection, outlet: str, spans: Sequence[Span], first: dt.date, last: dt.date) -> str:
    asked = [(max(start, first.toordinal()), min(end, last.toordinal())) for start, end in spans]
    polled = [(start, end) for start, end in asked if start <= end]
    if not polled:
        return f"not polled in this time{_otherwise(spans)}; what is missing is not known."
    said = [f"polled on {sum(end - start + 1 for start, end in polled)} of {(last - first).days + 1} days"]
    gaps = list(_gaps(polled, first, last))
    if len(gaps) > _MOST_GAPS:
        said.append(f"not polled in {len(gaps)} gaps")
    elif gaps:
        said.append("not polled " + ", ".join(_span(*gap) for gap in gaps))
    suspected, cut_off = db.execute(
        """select count(nullif(gap_suspected, 0)), count(nullif(cut_off, 0)) from coverage
           where outlet = ? and collected_day between ? and ?""",
        [outlet, first.isoformat(), last.isoformat()],
    ).fetchone()
    said += _count(suspected, "with a suspected gap")
    said += _count(cut_off, "with addresses cut off")
    return "; ".join(said) + "."


def _otherwise(spans: Sequence[Span]) -> str:
    """Return when an outlet was polled that was not in the study's time, and how its articles became known."""
    if not spans:
        return ", nor ever: its articles came by other ways"
    since, until = dt.date.fromordinal(spans[0][0]), dt.date.fromordinal(spans[-1][1])
    when = f"on {since}" if since == until else f"between {since} and {until}"
    return f", but {when}: its articles were still listed then, or came by other ways"


def _count(days: int, what: str) -> list[str]:
    return [f"{days} {'day' if days == 1 else 'days'} {what}"] if days else []


def _gaps(polled: Sequence[Span], first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    before = first.toordinal() - 1
    for start, end in [*polled, (last.toordinal() + 1, 0)]:
        if start > before + 1:
            yield dt.date.fromordinal(before + 1), dt.date.fromordinal(start - 1)
        before = end


def _span(start: dt.date, end: dt.date) -> str:
    return f"on {start}" if start == end else f"from {start} to {end} ({(end - start).days + 1} days)"


def _period(db: sqlite3.Connection, study: Study) -> tuple[dt.date | None, dt.date | None]:
    """Return the study's period, as asked for or else as the selected articles have it."""
    query = """select min(a.published_day), max(a.published_day) from chosen
      join articles a on a.id = chosen.article where context = 0"""
    found = db.execute(query).fetchone()
    first, last = study.from_day or found[0], study.to_day or found[1]
    return (dt.date.fromisoformat(first) if first else None), (dt.date.fromisoformat(last) if last else None)
