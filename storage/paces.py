"""How fast the lists of each outlet turn over, as its polls have shown: what decides when it is asked again."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.records import from_utc_text, utc_text

HOURS_OF_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """An outlet's rhythm as of its last answered poll."""

    at: datetime
    """When that was, UTC."""
    wait: timedelta
    """How long its fastest list may be left alone from then on; at most 30 days, 1 before it is known."""
    wish: timedelta = timedelta()
    """How long its lists say that they stay the same (`ttl`, Cache-Control); zero: they do not say."""
    level: float = 1.0
    """How busy it is at present, as a multiple of what `hours` says."""
    hours: tuple[float | None, ...] = (None,) * HOURS_OF_A_DAY
    """Share of its fastest list that is new after an hour, by hour of the day (UTC); None: not seen yet."""


_COLUMNS = "at, wait_s, wish_s, level, hours"


def paces(db: Database) -> dict[str, Pace]:
    """Return what is known of each outlet's rhythm."""
    rows = db.execute(f"select outlet, {_COLUMNS} from paces").fetchall()
    return {outlet: _pace(*values) for outlet, *values in rows}


def pace_of(db: Database, outlet: str) -> Pace | None:
    """Return what is known of one outlet's rhythm."""
    row = db.execute(f"select {_COLUMNS} from paces where outlet = ?", [outlet]).fetchone()
    return _pace(*row) if row else None


def _pace(at: str, wait_s: int, wish_s: int, level: float, hours: str) -> Pace:
    return Pace(
        at=from_utc_text(at),
        wait=timedelta(seconds=wait_s),
        wish=timedelta(seconds=wish_s),
        level=level,
        hours=tuple(json.loads(hours)),
    )


def save_pace(db: Database, outlet: str, pace: Pace, *, run: int) -> None:
    """Write an outlet's rhythm."""
    db.execute(
        "insert or replace into paces (outlet, at, wait_s, wish_s, level, hours, run) values (?, ?, ?, ?, ?, ?, ?)",
        [
            outlet, utc_text(pace.at), round(pace.wait.total_seconds()), round(pace.wish.total_seconds()),
            round(pace.level, 3), json.dumps([None if each is None else round(each, 4) for each in pace.hours]), run,
        ],
    )  # fmt: skip
