"""How the outlets are doing, in rows: what `cuttings status` shows. Reads only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from scheduler.config import Config
from scheduler.health import WELL, day_words
from scheduler.turns import earliest
from scheduler.volume import Day, Usual, usual, well_polled
from storage import health, queries
from storage.archive import Database
from storage.health import PAGES, WORDS
from storage.queries import StatusRow

STOPPED = timedelta(days=1)
"""How long an outlet is due before it is said that nobody asks: a machine may be off overnight."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A field that an outlet's new articles lack."""

    field: str
    since: str
    """UTC."""
    words: str
    """`no author since 3 March`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One active outlet."""

    row: StatusRow
    today: int
    """New articles read on this day (UTC) so far."""
    weekdays: Mapping[str, Usual] = field(default_factory=dict)
    """What is usual, by day of the week (UTC); days never polled are left out."""
    missing: Sequence[Missing] = ()
    newest_lacks: Sequence[str] = ()
    """Fields that its newest article had not, when it was last looked at (once a day)."""

    @property
    def attention(self) -> list[str]:
        """What needs attention, in words."""
        detail = f", {self.row.detail}" if self.row.detail else ""
        state = [f"{self.row.state}{detail}"] if self.row.state not in WELL else []
        return [*state, *(each.words for each in self.missing)]

    def as_json(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            **asdict(self.row),
            "today": self.today,
            "weekdays": {name: asdict(each) for name, each in self.weekdays.items()},
            "missing": [asdict(each) for each in self.missing],
            "newest_lacks": list(self.newest_lacks),
        }


def statuses(db: Database, *, now: datetime) -> list[Status]:
    """Return every active outlet, those that need attention first."""
    found = [_status(db, row, now=now) for row in queries.status_rows(db, now=now)]
    return sorted(found, key=lambda each: not each.attention)


def stopped(db: Database, config: Config, *, now: datetime) -> str | None:
    """Return that nobody makes passes any more, in words: states are as of the last one, and would look well for ever."""
    last, then = queries.last_pass_at(db), now - STOPPED
    if last is None or last > then or earliest(db, config, now=then) > then:
        return None
    return f"no pass since {day_words(last)}, though outlets are due: neither `cuttings schedule` nor cron seems to run"


def _status(db: Database, row: StatusRow, *, now: datetime) -> Status:
    days = [Day(**each._asdict()) for each in health.days_of(db, row.outlet)]
    past = well_polled([day for day in days if day.day < now.date()])
    weekdays = {name: found for i, name in enumerate(WEEKDAYS) if (found := usual(past, i))}
    return Status(
        row=row,
        today=sum(day.read for day in days if day.day == now.date()),
        weekdays=weekdays,
        missing=[
            Missing(
                field=name,
                since=f"{drift.since:%Y-%m-%dT%H:%M:%SZ}",
                words=f"{WORDS[name]} since {day_words(drift.since)}",
            )
            for name, drift in health.drifts_of(db, row.outlet).items()
            if name != PAGES  # its state says so
        ],
        newest_lacks=json.loads(health.newest_lacks(db, row.outlet)),
    )
