"""What has been learned of outlets' furniture, and the stored texts that still have it. Decided in `storage.learning`."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlite_utils import Database

from storage.learning import SAMPLE, Learned, Sample
from storage.records import from_utc_text, utc_text

_ALL = (1 << 63) - 1  # above every id
_ROWS = 4 * SAMPLE  # newest articles among which so many stories are looked for


def lines(db: Database, outlet: str) -> frozenset[str]:
    """Return the keys of all that is known to be furniture of an outlet."""
    return frozenset(row[0] for row in db.execute("select line from outlet_furniture where outlet = ?", [outlet]))


def outlets_with_some(db: Database) -> list[str]:
    """Return the outlets of which furniture is known."""
    return [row[0] for row in db.execute("select distinct outlet from outlet_furniture order by outlet")]


def shown(db: Database, outlet: str) -> list[str]:
    """Return an outlet's furniture as printed, what most articles carry first."""
    sql = "select words from outlet_furniture where outlet = ? order by 1.0 * carriers / articles desc, words"
    return [row[0] for row in db.execute(sql, [outlet])]


def samples(db: Database, outlet: str) -> list[Sample]:
    """Return the newest articles of an outlet that have a text, one a story."""
    rows = db.execute(
        "with newest as (select id, story, coalesce(published_at, first_seen_at) as at from articles"
        " where outlet = ? and text_status <> 'empty' order by published_day desc, id desc limit ?)"
        " select n.id, n.at, t.text from newest n join texts t on t.article = n.id"
        " where n.id in (select max(id) from newest group by coalesce(story, -id)) order by n.at desc, n.id limit ?",
        [outlet, _ROWS, SAMPLE],
    ).fetchall()
    bearing = _evidence(db, [row[0] for row in rows])
    return [
        Sample(
            at=from_utc_text(at),
            paragraphs=(paragraphs := text.split("\n\n")),
            bearing=frozenset(_places(paragraphs, bearing.get(id_, []))),
        )
        for id_, at, text in rows
        if text
    ]


def remember(db: Database, outlet: str, found: Sequence[Learned], *, run: int, now: datetime) -> None:
    """Write what was learned; stored texts may all have it still. In a transaction."""
    for one in found:
        db.execute(
            "insert or ignore into outlet_furniture values (?, ?, ?, ?, ?, ?, ?, ?)",
            [outlet, one.line, one.words, one.carriers, one.articles, utc_text(now), _ALL, run],
        )


def pending(db: Database, outlet: str, *, limit: int) -> list[tuple[int, str]]:
    """Return id and text of the newest articles that may have furniture learned since, at most `limit`."""
    (below,) = db.execute("select max(kept_below) from outlet_furniture where outlet = ?", [outlet]).fetchone()
    if below is None:
        return []
    return db.execute(
        "select t.article, t.text from texts t where t.article in"
        " (select id from articles where outlet = ? and id < ? order by id desc limit ?) order by t.article desc",
        [outlet, below, limit],
    ).fetchall()


def note_progress(db: Database, outlet: str, below: int | None) -> None:
    """Record that only articles with ids under `below`, or none, may have an outlet's furniture still."""
    db.execute(
        "update outlet_furniture set kept_below = ?2 where outlet = ?1 and kept_below is not null"
        " and (?2 is null or kept_below > ?2)",
        [outlet, below],
    )


def _evidence(db: Database, articles: Sequence[int]) -> dict[int, list[int]]:
    """Return where in the texts of articles evidence stands."""
    sql = "select article, from_char from evidence where field = 'text' and article in (select value from json_each(?))"
    found: dict[int, list[int]] = {}
    for article, start in db.execute(sql, [json.dumps(list(articles))]):
        found.setdefault(article, []).append(start)
    return found


def _places(paragraphs: Sequence[str], starts: Sequence[int]) -> Iterator[int]:
    """Yield the numbers of the paragraphs in which these characters stand."""
    end = 0
    for place, paragraph in enumerate(paragraphs):
        start, end = end, end + len(paragraph) + 2
        if any(start <= at < end for at in starts):
            yield place
