"""What an outlet's health is judged by, and what is kept of the judgement: reads over `coverage`, `fetches`, `articles`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from storage.records import Outcome, utc_text

FIELDS = ("title", "authors", "published_at", "section", "text")
"""What a complete article has."""
PAGES = "pages"
"""Not a field of articles but that they can be read."""
WORDS: Mapping[str, str] = {
    "title": "no title",
    "authors": "no author",
    "published_at": "no date",
    "section": "no section",
    "text": "no full text",
    PAGES: "no readable page",
}
"""What is said where one is missing."""
UNREAD = (Outcome.NO_TEXT, Outcome.PARSE_ERROR, Outcome.NOT_HTML, Outcome.REFUSED, Outcome.TOO_LARGE)
"""Outcomes of pages that answered and cannot be read."""
_READ = (Outcome.NEW, Outcome.OFF_TOPIC)
_PRESENT = "coalesce(title, '') <> '', authors <> '[]', published_at is not null, coalesce(section, '') <> '', text_status = 'full'"


class DayRow(NamedTuple):
    """One collected day of an outlet."""

    day: date
    polls: int
    polls_failed: int
    read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """A stored article, and what it has."""

    id: int
    at: datetime
    """When it was first seen."""
    has: frozenset[str]
    """Of FIELDS."""


class StateRow(NamedTuple):
    """An outlet's state as of the last pass."""

    state: str
    since: datetime
    detail: str | None


class DriftRow(NamedTuple):
    """A field that an outlet's new articles lack."""

    since: datetime
    usual: float


def days_of(db: Database, outlet: str, *, limit: int = 120) -> list[DayRow]:
    """Return an outlet's collected days, newest first."""
    rows = db.execute(
        "select collected_day, polls, polls_failed, new_articles + off_topic from coverage where outlet = ?"
        " order by collected_day desc limit ?",
        [outlet, limit],
    )
    return [DayRow(date.fromisoformat(day), *counts) for day, *counts in rows.fetchall()]


def pages_of(db: Database, outlet: str, *, limit: int) -> list[tuple[datetime, bool]]:
    """Return of an outlet's newest pages when they were asked and whether they could be read, newest first."""
    outcomes = (*_READ, *UNREAD)
    rows = db.execute(
        f"select at, outcome in ({_marks(_READ)}) from fetches where outlet = ? and kind = 'article'"
        f" and outcome in ({_marks(outcomes)}) order by at desc limit ?",
        [*_READ, outlet, *outcomes, limit],
    )
    return [(datetime.fromisoformat(at), bool(read)) for at, read in rows.fetchall()]


def last_read_at(db: Database, outlet: str) -> datetime | None:
    """Return when a new article of an outlet was last read."""
    row = db.execute(
        f"select at from fetches where outlet = ? and kind = 'article' and outcome in ({_marks(_READ)})"
        " order by at desc limit 1",
        [outlet, *_READ],
    ).fetchone()
    return datetime.fromisoformat(row[0]) if row else None


def newest_of(db: Database, outlet: str, *, limit: int) -> list[Newest]:
    """Return an outlet's newest articles and what they have, newest first."""
    rows = db.execute(
        f"select id, first_seen_at, {_PRESENT} from articles where outlet = ? order by id desc limit ?", [outlet, limit]
    )
    return [
        Newest(
            id=id_,
            at=datetime.fromisoformat(at),
            has=frozenset(field for field, has in zip(FIELDS, present, strict=True) if has),
        )
        for id_, at, *present in rows.fetchall()
    ]


def state_of(db: Database, outlet: str) -> StateRow | None:
    """Return an outlet's state as of the last pass that judged it."""
    row = db.execute("select state, since, detail from health where outlet = ?", [outlet]).fetchone()
    return StateRow(row[0], datetime.fromisoformat(row[1]), row[2]) if row else None


def drifts_of(db: Database, outlet: str) -> dict[str, DriftRow]:
    """Return the fields that an outlet's new articles lack."""
    rows = db.execute("select field, since_at, usual from drifts where outlet = ?", [outlet])
    return {field: DriftRow(datetime.fromisoformat(since), usual) for field, since, usual in rows.fetchall()}


def open_drift(db: Database, outlet: str, field: str, *, since: datetime, usual: float, run: int) -> None:
    """Note that an outlet's new articles lack a field."""
    db.execute("insert into drifts values (?, ?, ?, ?, ?)", [outlet, field, utc_text(since), round(usual, 3), run])


def close_drift(db: Database, outlet: str, field: str) -> None:
    """Note that they have it again."""
    db.execute("delete from drifts where outlet = ? and field = ?", [outlet, field])


def canary_at(db: Database, outlet: str) -> datetime | None:
    """Return when an outlet's newest article was last looked at."""
    row = db.execute("select at from canaries where outlet = ?", [outlet]).fetchone()
    return datetime.fromisoformat(row[0]) if row else None


def save_canary(db: Database, outlet: str, newest: Newest, *, run: int, now: datetime) -> None:
    """Write what an outlet's newest article lacks."""
    missing = [field for field in FIELDS if field not in newest.has]
    db.execute(
        "insert or replace into canaries values (?, ?, ?, ?, ?)",
        [outlet, utc_text(now), newest.id, json.dumps(missing), run],
    )


def newest_lacks(db: Database, outlet: str) -> str:
    """Return what an outlet's newest article lacked when it was last looked at, as a JSON list."""
    row = db.execute("select missing from canaries where outlet = ?", [outlet]).fetchone()
    return str(row[0]) if row else "[]"


def _marks(values: tuple[object, ...]) -> str:
    return ", ".join("?" * len(values))
