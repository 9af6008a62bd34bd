"""The program's own reads, one named function per question."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import cast

from sqlite_utils import Database

from storage.coverage import Poll
from storage.records import TextStatus, from_utc_text, utc_text

POLL_KINDS = ("front-page", "feed", "sitemap", "news-sitemap", "section")
_POLLS = "('" + "', '".join(POLL_KINDS) + "')"
NEVER_DONE_S = 1 << 40
_LOOK_BACK = timedelta(days=40)  # longer than any interval between polls


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """How an outlet is doing."""

    outlet: str
    state: str
    since: str | None
    detail: str | None
    last_success_at: str | None
    articles_7d: int
    usual_7d: float | None
    """New articles of a usual week of the four before; None: not collected then."""
    waiting: int
    """Links found and not yet asked."""


def last_polls(db: Database, *, now: datetime) -> dict[str, Poll]:
    """Return when each outlet was last polled, how much its failures in a row weigh, and whether the pass was cut short.

    What failed in a pass whose own line was down is nobody's failure, and no poll. The caller makes no pass: one that has
    not ended was killed.
    """
    rows = db.execute(
        "select f.outlet, min(f.at), max(f.outcome in ('poll', 'unchanged')) as answered, min(f.weight),"
        " ifnull(r.result, 'killed') in ('interrupted', 'failed', 'killed')"
        f" from fetches f join runs r on r.id = f.run where f.kind in {_POLLS} and f.at >= ? and f.outlet is not null"
        " group by f.outlet, f.run having answered or r.result is not 'offline' order by f.outlet, f.run desc",
        [utc_text(now - _LOOK_BACK)],
    ).fetchall()
    passes: dict[str, list[tuple[str, float, bool]]] = defaultdict(list)
    for outlet, at, answered, weight, cut in rows:
        passes[outlet].append((at, 0.0 if answered else weight or 1.0, bool(cut)))
    return {
        outlet: Poll(
            at=from_utc_text(tries[0][0]),
            failures=sum(takewhile(bool, (weight for _, weight, _ in tries))),
            cut=sum(takewhile(bool, (cut for _, _, cut in tries))),
        )
        for outlet, tries in passes.items()
    }


def last_pass_at(db: Database) -> datetime | None:
    """Return when the last pass began, whatever came of it; None before the first."""
    (at,) = db.execute("select max(started_at) from runs where command = 'collect'").fetchone()
    return from_utc_text(at) if at else None


def resting(db: Database, *, now: datetime) -> dict[str, datetime]:
    """Return the hosts that have asked us to wait, and until when."""
    rows = db.execute("select host, until_at from host_rests where until_at > ?", [utc_text(now)])
    return {host: from_utc_text(until_at) for host, until_at in rows.fetchall()}


def articles_with_text(db: Database, outlets: Sequence[str] = ()) -> list[int]:
    """Return the articles whose text was not withheld, newest first; of all outlets, or of some."""
    sql = "select id from articles where text_status <> 'empty'"
    if outlets:
        sql += " and outlet in (select value from json_each(?))"
    return [row[0] for row in db.execute(f"{sql} order by id desc", [json.dumps(list(outlets))] if outlets else [])]


def outlet_of(db: Database, article: int) -> str:
    """Return the outlet of a stored article."""
    return str(db.execute("select outlet from articles where id = ?", [article]).fetchone()[0])


def requested_url_of(db: Database, article: int) -> str:
    """Return the address a stored article was asked for by."""
    return str(db.execute("select requested_url from articles where id = ?", [article]).fetchone()[0])


def text_status_of(db: Database, article: int) -> TextStatus:
    """Return how much of an article its stored text is."""
    row = db.execute("select text_status from articles where id = ?", [article]).fetchone()
    return cast("TextStatus", row[0])


def title_of(db: Database, article: int) -> str | None:
    """Return the headline of a stored article."""
    title = db.execute("select title from articles where id = ?", [article]).fetchone()[0]
    return str(title) if title else None


def topics_of(db: Database, article: int) -> frozenset[str]:
    """Return the topics an article carries."""
    return frozenset(row[0] for row in db.execute("select topic from article_topics where article = ?", [article]))


def is_stored(db: Database, url_key: str) -> bool:
    """Say whether an article of this address is stored, however it was found."""
    return db.execute("select 1 from articles where url_key = ?", [url_key]).fetchone() is not None


_REST = timedelta(hours=6)
_PATIENCE = timedelta(days=7)
_AGE_AT = "unixepoch(a.first_seen_at) + ages.seconds"
_KNOWN = "c.state <> 'unknown'"


def _last_check(which: str) -> str:
    return f"coalesce((select max(unixepoch(c.at)) from checks c where c.article = a.id and {which}), 0)"


def rechecks_due(
    db: Database, outlet: str, *, hours: tuple[int, ...], now: datetime, limit: int
) -> list[tuple[int, str, str]]:
    """Return `(id, url, requested_url)` of an outlet's articles on a topic that are of an age to be looked at again.

    The age 0 is always: such articles are looked at in every pass. A look that came to nothing (`unknown`) is made again
    after _REST, until one was in vain _PATIENCE after it was due.
    """
    if not hours:
        return []
    ages = " union all ".join("select ? as seconds" for _ in hours)
    last_s = NEVER_DONE_S if 0 in hours else max(hours) * 3600  # seen later than that: done
    rows = db.execute(
        f"with ages as ({ages}) select distinct a.id, a.url, a.requested_url from articles a join ages"
        " where a.outlet = ? and unixepoch(a.checked_at) <= unixepoch(a.first_seen_at) + ? and exists (select 1 from article_topics t where t.article = a.id)"
        " and unixepoch(a.first_seen_at) + ages.seconds <= ?"
        f" and (ages.seconds = 0 or {_AGE_AT} > {_last_check('true')} or ({_AGE_AT} > {_last_check(_KNOWN)}"
        f"   and {_last_check('true')} between 1 and min(?, {_AGE_AT} + {_PATIENCE.total_seconds():.0f})))"
        " order by a.id desc limit ?",
        [*(hour * 3600 for hour in hours), outlet, last_s, int(now.timestamp()), int((now - _REST).timestamp()), limit],
    )
    return [(row[0], row[1], row[2]) for row in rows.fetchall()]


def collected_days(db: Database, outlet: str, *, limit: int = 60) -> list[tuple[int, int, int]]:
    """Return `(polls, polls_failed, new_articles)` of an outlet's collected days, newest first."""
    rows = db.execute(
        "select polls, polls_failed, new_articles from coverage where outlet = ? order by collected_day desc limit ?",
        [outlet, limit],
    )
    return [(row[0], row[1], row[2]) for row in rows.fetchall()]


def health_of(db: Database, outlet: str) -> str | None:
    """Return an outlet's state as of the last pass."""
    row = db.execute("select state from health where outlet = ?", [outlet]).fetchone()
    return row[0] if row else None


def status_rows(db: Database, *, now: datetime) -> list[StatusRow]:
    """Return one row an active outlet: state, last success, articles of the last 7 days and of a usual week before."""
    week, month = utc_text(now - timedelta(days=7))[:10], utc_text(now - timedelta(days=35))[:10]
    cursor = db.execute(
        "select o.id as outlet, coalesce(h.state, 'unknown') as state, h.since, h.detail,"
        f" (select max(at) from fetches f where f.outlet = o.id and f.kind in {_POLLS}"
        "   and f.outcome in ('poll', 'unchanged')) as last_success_at,"
        " (select coalesce(sum(new_articles), 0) from coverage c where c.outlet = o.id and collected_day > ?)"
        "   as articles_7d,"
        " (select round(7.0 * sum(new_articles) / count(*), 1) from coverage c"
        "   where c.outlet = o.id and collected_day > ? and collected_day <= ?) as usual_7d,"
        " (select count(*) from links l where l.outlet = o.id and l.state = 'waiting') as waiting"
        " from outlets o left join health h on h.outlet = o.id where o.active"
        " order by coalesce(h.state, 'unknown') in ('ok', 'recovered'), o.id",
        [week, month, week],
    )
    return [StatusRow(**dict(zip(StatusRow.__slots__, row, strict=True))) for row in cursor.fetchall()]


def totals(db: Database) -> dict[str, int]:
    """Return the archive's size: articles, those on a topic, stories at several outlets, reprints, captures."""
    questions = {
        "articles": "select count(*) from articles",
        "on_topic": "select count(distinct article) from article_topics",
        "shared_stories": "select count(*) from stories where outlet_count > 1",
        "reprints": "select count(*) from reprints where main = 1",
        "captures": "select count(*) from captures",
        "links_waiting": "select count(*) from links where state = 'waiting'",
        "bytes": "select page_count * page_size from pragma_page_count, pragma_page_size",
    }
    return {name: int(db.execute(sql).fetchone()[0]) for name, sql in questions.items()}
