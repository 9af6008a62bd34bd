"""What the pages of one article and one story show, put together from the archive's rows."""

import json
import sqlite3
from datetime import timedelta
from typing import Any

from storage.records import from_utc_text, utc_text
from storage.site import charts, citation, difference, marks
from storage.site.phrases import CLASSES, decision, lag, published_briefly
from storage.site.questions import Row, reading

Page = dict[str, Any]
MOST_DECISIONS = 20
MOST_VERSIONS, MOST_LOOKS = 20, 100  # a page that counts its readers has thousands: all are there as a table
NUMBERED_STOPS = 24  # on a story’s line of time; more would hide one another
MOST_MEMBERS, MOST_COMPARED = 100, 40  # of a story; the rest is there as a table
WITHOUT_HEADLINE = "(no headline)"


def article(db: sqlite3.Connection, *, id_: int, here: str) -> Page | None:
    """Return what `/article/ID` shows, or None; `here` is its absolute address, for citations."""
    found = reading.article(db, id_)
    if found is None:
        return None
    evidence = reading.evidence(db, id_)
    topics = reading.article_topics(db, id_)
    authors = json.loads(found["authors"])
    cited = _cited(found, authors, here)
    return {
        "article": found,
        "authors": authors,
        "headline": marks.pieces(found["title"] or WITHOUT_HEADLINE, _spans(evidence, "title")),
        "paragraphs": marks.paragraphs(found["text"] or "", _spans(evidence, "text")),
        "topics": [(topic, place) for place, topic in enumerate(topics)],
        "places": {topic["topic"]: place for place, topic in enumerate(topics)},
        "credits": reading.article_credits(db, id_),
        "uses": reading.uses(db, id_),
        "versions": _versions(reading.versions(db, id_, MOST_VERSIONS + 1))[:MOST_VERSIONS],
        "checks": reading.checks(db, id_, MOST_LOOKS),
        "captures": reading.captures(db, id_, MOST_VERSIONS),
        "often": reading.how_often(db, id_),
        "sentence": citation.sentence(cited),
        "bibtex": citation.bibtex(cited),
    }


def story(db: sqlite3.Connection, *, id_: int, compared: int | None) -> Page | None:
    """Return what `/story/ID` shows, or None; `compared` is the article to set beside its source."""
    found = reading.story(db, id_)
    if found is None:
        return None
    members = reading.members(db, id_)
    own = [row for row in members if row["story"] == id_]
    pairs = [row for row in members if row["source"] is not None]
    shown, credits = members[:MOST_MEMBERS], reading.story_credits(db, id_)
    log, names = reading.story_log(db, id_, MOST_DECISIONS + 1), reading.outlet_names(db)
    return {
        "story": found,
        "family": _folded(shown, found["origin"]),
        "left_out": len(members) - len(shown),
        "rail": charts.rail(
            [_when(row) for row in shown],
            [_stop(row, origin=row["id"] == found["origin"]) for row in shown],
            [(CLASSES[row["class"]].style, CLASSES[row["class"]].mark) for row in shown],
        ),
        "spread": any(_when(row)[0] != _when(row)[1] for row in shown),
        "dense": len(shown) > NUMBERED_STOPS,
        "unchanged": sum(row["kind"] == "verbatim" for row in own),
        "without_credit": sum(row["credit_status"] == "none" for row in own),
        "claimed": [row for row in own if row["kind"] == "claimed"],
        "credits": [(row, _names_origin(row, found)) for row in credits[:MOST_MEMBERS]],
        "naming": len({row["article"] for row in credits}),
        "naming_origin": len({row["article"] for row in credits if _names_origin(row, found)}),
        "more_credits": max(len(credits) - MOST_MEMBERS, 0),
        "pairs": pairs[:MOST_COMPARED],
        "more_pairs": len(pairs) - len(pairs[:MOST_COMPARED]),
        "comparison": _comparison(db, pairs, compared),
        "log": [(row["at"], decision(row, names)) for row in log[:MOST_DECISIONS]],
        "more_log": len(log) > MOST_DECISIONS,
    }


def _when(row: Row) -> tuple[str, str]:
    """Return the earliest and latest time an article may have been published at: a day where only that is stated."""
    at = row["published_at"] or row["first_seen_at"]
    if row["published_at"] and row["published_precision"] == "day":
        return at, utc_text(from_utc_text(at) + timedelta(days=1, seconds=-1))
    return at, at


def _stop(row: Row, *, origin: bool) -> str:
    said = "the origin" if origin else CLASSES[row["class"]].words
    return f"{row['outlet_name']}: {row['title'] or WITHOUT_HEADLINE} ({published_briefly(row)}; {said})"


def _names_origin(credit: Row, story: Row) -> bool:
    """Whether a page's words name what the story is traced to."""
    if story["origin_outlet"] is not None:
        return bool(credit["outlet"] == story["origin_outlet"])
    return story["origin_name"] is not None and credit["outlet"] is None and credit["name"] == story["origin_name"]


def _folded(members: list[Row], origin: int | None) -> list[list[tuple[int, Row]]]:
    """Return the members as rows of a page, numbered in order of time: copies without a change are one row."""
    numbered = list(enumerate(members, 1))
    copies = [(place, row) for place, row in numbered if row["kind"] == "verbatim" and row["id"] != origin]
    if not copies:
        return [[item] for item in numbered]
    return [copies if item == copies[0] else [item] for item in numbered if item not in copies[1:]]


def _comparison(db: sqlite3.Connection, pairs: list[Row], compared: int | None) -> Page | None:
    """Set the article asked for, else the most telling one, beside its source."""
    order = {"edited": 0, "excerpt": 1, "verbatim": 2}
    chosen = next((row for row in pairs if row["id"] == compared), None)
    chosen = chosen or min(pairs, key=lambda row: order.get(row["kind"], len(order)), default=None)
    if chosen is None:
        return None
    left, right = reading.headline_and_text(db, chosen["source"]), reading.headline_and_text(db, chosen["id"])
    if left is None or right is None:
        return None
    nearest = _nearest_version(db, left, right)
    source_title, source_text = (nearest or left)["title"], (nearest or left)["text"]
    return {
        "left": left,
        "right": right,
        "use": chosen,
        "lag": lag(chosen),
        "earlier": nearest["seen_at"] if nearest else None,
        "headline": difference.words(source_title or WITHOUT_HEADLINE, right["title"] or WITHOUT_HEADLINE),
        "lines": difference.compare(source_text, right["text"]) if source_text and right["text"] else None,
        "facts": [] if nearest else json.loads(chosen["facts_changed"] or "[]"),
    }


def _nearest_version(db: sqlite3.Connection, source: Row, copy: Row) -> Row | None:
    """Return the version of the source that is nearest to the copy, None where that is the present one.

    What the source's outlet changed after it was copied is no change of the copy's.
    """
    if not source["text"] or not copy["text"]:
        return None

    def nearness(row: Row) -> tuple[float, float]:
        return difference.alike(row["text"], copy["text"]), difference.alike(row["title"] or "", copy["title"] or "")

    nearest = max(reading.version_texts(db, source["id"], MOST_VERSIONS), key=nearness, default=None)
    return nearest if nearest and nearness(nearest) > nearness(source) else None


def _versions(versions: list[Row]) -> list[Page]:
    """Return the versions, newest first, each with what changed since the one before that has anything to show."""
    shown: list[Page] = []
    before: Row | None = None
    for version in versions:
        lines = headline = None
        if before is not None and version["text"] is not None and before["text"] is not None:
            lines = difference.compare(before["text"], version["text"])
        if before is not None and _shows(version) and before["title"] != version["title"]:
            headline = difference.words(before["title"] or WITHOUT_HEADLINE, version["title"] or WITHOUT_HEADLINE)
        shown.insert(0, {"version": version, "lines": lines, "headline": headline, "before": before})
        before = version if _shows(version) else before
    return shown


def _shows(version: Row) -> bool:
    """Whether a version has anything to show: one that says "gone" has not, a published one has its headline only."""
    return version["text"] is not None or version["title"] is not None


def _spans(evidence: list[Row], field: str) -> list[marks.Span]:
    return [
        marks.Span(row["from_char"], row["to_char"], row["topic"], f"{row['name']}: {row['term']}")
        for row in evidence
        if row["field"] == field
    ]


def _cited(found: Row, authors: list[str], here: str) -> citation.Cited:
    return citation.Cited(
        key=found["key"],
        authors=authors,
        title=found["title"] or WITHOUT_HEADLINE,
        outlet=found["outlet_name"],
        day=found["published_day"],
        url=found["url"],
        archived_url=here,
        seen_day=found["first_seen_at"][:10],
        digest=found["text_digest"],
    )
