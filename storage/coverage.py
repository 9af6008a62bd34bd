"""What was asked, got and missed: one row an attempt in `fetches`, one an outlet and UTC day in `coverage`, and health."""

from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """An outlet's polling, as planning needs it."""

    at: datetime
    """Start of the last pass that asked it."""
    failures: int
    """Passes in a row in which no poll answered."""


def record_fetch(db: Database, row: FetchRow, *, run: int) -> None:
    """Write an attempt and its one outcome."""
    db.execute(
        "insert into fetches values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [run, row.outlet, row.url, utc_text(row.at), row.kind, row.outcome, row.status, row.ms, row.size_bytes],
    )


def add_coverage(
    db: Database, outlet: str, counts: DayCounts, *, overlap: float | None, gap_suspected: bool, now: datetime
) -> None:
    """Add a pass to the outlet's row of the day; `overlap` is the share of polled links already known."""
    names = DayCounts.__slots__
    values = [getattr(counts, name) for name in names]
    db.execute(
        f"insert into coverage (outlet, collected_day, {', '.join(names)}, overlap, gap_suspected)"
        f" values (?, ?, {', '.join('?' * len(names))}, ?, ?) on conflict (outlet, collected_day) do update set "
        + ", ".join(f"{name} = {name} + excluded.{name}" for name in names)
        + ", overlap = coalesce(excluded.overlap, overlap), gap_suspected = max(gap_suspected, excluded.gap_suspected)",
        [outlet, utc_text(now)[:10], *values, overlap, int(gap_suspected)],
    )


def record_rights(
    db: Database,
    outlet: str,
    *,
    now: datetime,
    robots: str | None = None,
    tdm_reserved: bool | None = None,
    terms: str | None = None,
) -> None:
    """Keep what an outlet states, dated; what is not given stays as it was, and an unchanged statement adds nothing."""
    last = db.execute(
        "select robots, tdm_reserved, terms from outlet_rights where outlet = ? order by seen_at desc limit 1", [outlet]
    ).fetchone() or (None, None, None)
    stated = (robots, None if tdm_reserved is None else int(tdm_reserved), terms)
    state = tuple(old if new is None else new for old, new in zip(last, stated, strict=True))
    if state != last:
        db.execute(
            "insert into outlet_rights (outlet, seen_at, robots, tdm_reserved, terms) values (?, ?, ?, ?, ?)"
            " on conflict (outlet, seen_at) do update set robots = excluded.robots,"
            " tdm_reserved = excluded.tdm_reserved, terms = excluded.terms",
            [outlet, utc_text(now), *state],
        )


def has_answered(db: Database, outlet: str) -> bool:
    """Say whether an outlet has ever answered a poll."""
    sql = "select 1 from coverage where outlet = ? and polls > polls_failed limit 1"
    return db.execute(sql, [outlet]).fetchone() is not None


def set_health(db: Database, outlet: str, state: str, *, detail: str, run: int, now: datetime) -> None:
    """Write an outlet's state as of this pass."""
    db.execute(
        "insert into health values (?, ?, ?, ?, ?) on conflict (outlet) do update set state = excluded.state,"
        " since = case when state = excluded.state then since else excluded.since end,"
        " detail = excluded.detail, run = excluded.run",
        [outlet, state, utc_text(now), detail, run],
    )
