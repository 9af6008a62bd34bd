"""A world to collect in: outlets that publish in rhythms, fail, die and return, and change their layout. Pure and seeded.

Six weeks are lived through: four in which usual volumes are learned, then the fortnight that is measured.
"""

import bisect
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
LEARNED = timedelta(days=28)
MEASURED = START + LEARNED
END = MEASURED + timedelta(days=14)
HOUR = timedelta(hours=1)

# Share of a day's articles by local hour: quiet nights, a ramp at seven, a long plateau, an evening that fades.
_DAY = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 8, 8, 9, 9, 9, 8, 7, 6, 5, 4, 3, 3)
_BUSY_DAY_SPREAD = 0.2  # standard deviation of a day's volume, as a share: what wire archives of 2018 show
_BURST = 2.5  # an event doubles and more what is published
_BURST_H = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What sort of outlet it is."""

    name: str
    a_day: float
    """Articles of a usual weekday."""
    listed: int
    """Length of its feed."""
    weekend: float = 0.6
    """Of a weekday's volume."""
    zone_h: int = 3
    bursts: int = 0
    """A fortnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something injected that must be reported once, and its end once."""

    what: Literal["down", "frozen", "layout", "unreadable"]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """An outlet with all it will ever publish."""

    kind: Kind
    published: tuple[datetime, ...]
    """In order."""
    incidents: tuple[Incident, ...] = field(default=())

    def at(self, moment: datetime) -> int:
        """Return how many articles its feed has ever listed by then; a frozen feed lists nothing new."""
        frozen = self.happening("frozen", moment)
        return bisect.bisect_right(self.published, frozen.start if frozen else moment)

    def happening(self, what: str, moment: datetime) -> Incident | None:
        """Return the incident of this sort that goes on."""
        return next((each for each in self.incidents if each.what == what and each.start <= moment < each.end), None)


KINDS = (
    Kind(name="ticker", a_day=700, listed=30, bursts=3),
    Kind(name="agency", a_day=500, listed=50, bursts=3, zone_h=1),
    Kind(name="portal", a_day=250, listed=20, bursts=2),
    Kind(name="daily-a", a_day=120, listed=40, bursts=1),
    Kind(name="daily-b", a_day=90, listed=25, weekend=0.5, zone_h=-5),
    Kind(name="daily-c", a_day=60, listed=30, zone_h=8),
    Kind(name="regional", a_day=30, listed=30),
    Kind(name="ministry", a_day=12, listed=10, weekend=0.1),
    Kind(name="magazine", a_day=6, listed=20, weekend=0.8),
    Kind(name="think-tank", a_day=3, listed=10, weekend=0.0, zone_h=-5),
    Kind(name="blog", a_day=0.7, listed=10, weekend=1.0),
    Kind(name="dies", a_day=80, listed=30),
    Kind(name="freezes", a_day=40, listed=30),
    Kind(name="redesigns", a_day=50, listed=30),
    Kind(name="breaks", a_day=45, listed=30),
)


def world(seed: int) -> list[Press]:
    """Return the outlets of one seed."""
    random_ = random.Random(seed)
    return [
        Press(kind=kind, published=tuple(_published(kind, random_)), incidents=tuple(_incidents(kind, random_)))
        for kind in KINDS
    ]


def _published(kind: Kind, random_: random.Random) -> Sequence[datetime]:
    """Draw publication times, hour by hour: a Poisson process whose rate keeps hours, weekends, busy days and events."""
    times: list[datetime] = []
    bursts = [START + (END - START) * random_.random() for _ in range(kind.bursts * 3)]
    at, busy = START, 1.0
    while at < END:
        local = at + kind.zone_h * HOUR
        if at.hour == 0:
            busy = max(random_.gauss(1.0, _BUSY_DAY_SPREAD), 0.3)
        rate = kind.a_day * _DAY[local.hour] / sum(_DAY) * busy * (kind.weekend if local.weekday() >= 5 else 1.0)
        if any(timedelta() <= at - burst < _BURST_H * HOUR for burst in bursts):
            rate *= _BURST
        moment = at
        while rate and (moment := moment + HOUR * random_.expovariate(rate)) < at + HOUR:
            times.append(moment)
        at += HOUR
    return times


def _incidents(kind: Kind, random_: random.Random) -> Sequence[Incident]:
    what = {"dies": "down", "freezes": "frozen", "redesigns": "layout", "breaks": "unreadable"}.get(kind.name)
    if what is None:
        return ()
    start = MEASURED + timedelta(days=2 + 2 * random_.random())
    while what == "frozen" and start.weekday() >= 4:  # a silence that begins on a Friday is told on Monday
        start -= timedelta(days=1)
    end = start + timedelta(days=4 + 2 * random_.random())
    return [Incident(what=what, start=start, end=end)]  # type: ignore[arg-type]


def oracle(press: Press, *, start: datetime, every: timedelta) -> int:
    """Return the fewest polls that see every article, knowing all: as late as may be, and at least one in each `every`."""
    polls, last, seen = 0, start, press.at(start)
    while last < END:
        overflow = seen + press.kind.listed  # index of the article whose publication drops the first unseen one
        leaves = press.published[overflow] if overflow < len(press.published) else END
        last = max(min(last + every, leaves - timedelta(microseconds=1)), last + timedelta(microseconds=1))
        seen = bisect.bisect_right(press.published, last)
        polls += 1
    return polls
