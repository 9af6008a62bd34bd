"""What was asked, got and missed: one row an attempt in `fetches`, one an outlet and UTC day in `coverage`, and health."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from storage.records import Outcome, utc_text

FAILED = frozenset(
    {Outcome.NETWORK, Outcome.TIMEOUT, Outcome.HTTP_ERROR, Outcome.REFUSED, Outcome.TOO_LARGE, Outcome.PARSE_ERROR}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRow:
    """One attempt at one address."""

    outlet: str | None
    url: str
    at: datetime
    kind: str
    outcome: Outcome
    status: int | None
    ms: int | None
    size_bytes: int | None
    weight: float | None = None
    """Of a failed poll, against its outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """What one pass adds to an outlet's day."""

    polls: int = 0
    polls_failed: int = 0
    links: int = 0
    fetched: int = 0
    new_articles: int = 0
    on_topic: int = 0
    failed: int = 0
    cut_off: int = 0
    off_topic: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """An outlet's polling, as planning needs it."""

    at: datetime
    """Start of the last pass that asked it."""
    failures: float
    """Weight of the passes in a row in which no poll answered, each as its mildest failure."""
    cut: int = 0
    """Of the last passes in a row, how many were interrupted, failed or killed: what they had still to ask waits."""


def record_fetch(db: Database, row: FetchRow, *, run: int) -> None:
    """Write an attempt and its one outcome."""
    db.execute(
        "insert into fetches (run, outlet, url, at, kind, outcome, status, ms, bytes, weight)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            run, row.outlet, row.url, utc_text(row.at), row.kind, row.outcome, row.status, row.ms, row.size_bytes,
            row.weight,
        ],
    )  # fmt: skip


def add_coverage(db: Database, outlet: str, counts: DayCounts, *, now: datetime) -> None:
    """Add what one answer counts to the outlet's row of the day."""
    names = DayCounts.__slots__
    db.execute(
        f"insert into coverage (outlet, collected_day, {', '.join(names)}) values (?, ?, {', '.join('?' * len(names))})"
        " on conflict (outlet, collected_day) do update set "
        + ", ".join(f"{name} = {name} + excluded.{name}" for name in names),
        [outlet, utc_text(now)[:10], *(getattr(counts, name) for name in names)],
    )


def set_overlap(db: Database, outlet: str, overlap: float, *, gap_suspected: bool, now: datetime) -> None:
    """Write the share of a pass's links that were known before; a gap once suspected stays on its day."""
    db.execute(
        "update coverage set overlap = ?, gap_suspected = max(gap_suspected, ?) where outlet = ? and collected_day = ?",
        [overlap, int(gap_suspected), outlet, utc_text(now)[:10]],
    )


_RIGHTS = ("robots", "tdmrep", "tdm_reserved", "terms", "noarchive")


def record_rights(
    db: Database, outlet: str, *, now: datetime, robots: str | None = None, tdmrep: str | None = None
) -> None:
    """Keep what an outlet's host states, dated; what is not given stays as it was, and what is unchanged adds nothing."""
    _, last = _last_rights(db, outlet)
    stated = (robots, tdmrep, None, None, None)
    _state(db, outlet, last, tuple(old if new is None else new for old, new in zip(last, stated, strict=True)), now=now)


def record_page_rights(
    db: Database,
    outlet: str,
    *,
    now: datetime,
    tdm_reserved: bool | None,
    terms: str | None = None,
    noarchive: bool | None = None,
) -> None:
    """Keep what a page of an outlet states, dated; None: it says nothing of that.

    A row says what any page of its day stated: reserved if one was, the terms first named. So pages that take turns add
    no rows, and what is lifted is seen the next day.
    """
    day, last = _last_rights(db, outlet)
    robots, tdmrep, was_reserved, was_named, was_hidden = last
    said = [None if flag is None else int(flag) for flag in (tdm_reserved, noarchive)]
    if day == utc_text(now)[:10]:
        reserved, hidden = _strongest(was_reserved, said[0]), _strongest(was_hidden, said[1])
        named = was_named or terms
    else:
        reserved, hidden = (
            old if new is None else new for old, new in ((was_reserved, said[0]), (was_hidden, said[1]))
        )
        named = terms or was_named
    _state(db, outlet, last, (robots, tdmrep, reserved, named, hidden), now=now)


def _strongest(*flags: int | None) -> int | None:
    return max((flag for flag in flags if flag is not None), default=None)


def _last_rights(db: Database, outlet: str) -> tuple[str | None, tuple[Any, ...]]:
    """Return the day of an outlet's newest statement, and the statement."""
    sql = f"select substr(seen_at, 1, 10), {', '.join(_RIGHTS)} from outlet_rights where outlet = ?"
    row = db.execute(f"{sql} order by seen_at desc limit 1", [outlet]).fetchone()
    return (row[0], row[1:]) if row else (None, (None,) * len(_RIGHTS))


def _state(db: Database, outlet: str, last: tuple[Any, ...], new: tuple[Any, ...], *, now: datetime) -> None:
    if new != last:
        db.execute(
            f"insert into outlet_rights (outlet, seen_at, {', '.join(_RIGHTS)}) values (?, ?, ?, ?, ?, ?, ?)"
            " on conflict (outlet, seen_at) do update set "
            + ", ".join(f"{name} = excluded.{name}" for name in _RIGHTS),
            [outlet, utc_text(now), *new],
        )


def set_health(db: Database, outlet: str, state: str, *, detail: str, run: int, now: datetime) -> None:
    """Write an outlet's state as of this pass."""
    db.execute(
        "insert into health values (?, ?, ?, ?, ?) on conflict (outlet) do update set state = excluded.state,"
        " since = case when state = excluded.state then since else excluded.since end,"
        " detail = excluded.detail, run = excluded.run",
        [outlet, state, utc_text(now), detail, run],
    )
