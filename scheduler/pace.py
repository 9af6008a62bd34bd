"""How soon an outlet's lists must be asked again so that nothing comes and goes unseen. Pure.

A list of the newest (a feed, a news sitemap, a section) drops old links as new ones come. Each poll shows which share of
it is new; divided by the time since the poll before, that is its turnover. Outlets keep hours: the turnover is remembered
by hour of the day, and a level says how much busier or calmer than usual the outlet is now, so that a morning is expected
before it comes, and a Sunday is noticed. The next poll is due when AIM of the list is expected to be new, which keeps the
share already seen between a third and two thirds where the bounds let it.

Known exception: a burst of more than a list's length between two polls is lost; it is marked as a suspected gap.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.paces import HOURS_OF_A_DAY, Pace

AIM = 0.5
"""Share of a list that may be expected to be new: half way between the bounds of a third and two thirds
(rss-fetcher's); a list of thirty with fifteen expected runs over once in some thousand polls."""
SHORTEST = timedelta(minutes=5)
"""Between two polls of an outlet, unless its own `every` is shorter."""
LONGEST = timedelta(days=1)
"""Looked ahead hour by hour, and the wait where nothing is known yet."""
SLOWEST = timedelta(days=30)
"""For outlets whose `every` is longer than a day."""
NO_TIME = timedelta()
MOST_WISHED = timedelta(hours=4)
"""A `ttl` or Cache-Control may put a poll off by this: half of a front page's links live five hours (GDELT)."""
POLLING_SHARE = 0.1
"""Of an outlet's time, the most that polls may take at its delay: an outlet of twenty lists is not asked without a pause."""

_LEARNING = 0.4  # weight of the newest day in an hour's turnover: a new rhythm counts fully within a week
_TRUSTED_H = SHORTEST / timedelta(hours=1)  # what is new after less says little of an hour that was never seen
_LEVEL_LEARNING = 0.5  # of one poll in the level: two polls notice a Sunday
_LEVEL_LASTS_H = 6.0
"""Hours after which a level is as good as forgotten: a dull evening says nothing of the morning."""
_DOUBT = 0.1  # of a list: less than that, new or expected, says little of the level
_LEVELS = (0.25, 4.0)
_OVERRUN = 1.5  # a list all of which is new has turned over at least once: how much more is not seen
_STEP = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What one poll showed of one list of the newest."""

    listed: int
    known: int
    """Of those, links found before this pass."""
    wish: timedelta | None
    """How long the list says it stays the same; None: it was not read, being unchanged."""
    first: bool = False
    """It was never read before: all it lists is new to us, which says nothing of its turnover."""


def turned(glances: Sequence[Glance]) -> float | None:
    """Return the share of the list that is new, of the one that turned over most; None where none was read before."""
    shares = [1 - glance.known / glance.listed for glance in glances if glance.listed and not glance.first]
    return max(shares, default=None)


def wished(glances: Sequence[Glance], *, before: timedelta) -> timedelta:
    """Return how long an outlet says it may be left alone: its most impatient list's word."""
    said = [glance.wish for glance in glances if glance.wish is not None]
    return min(said, default=before)


def learn(old: Pace | None, glances: Sequence[Glance], *, now: datetime) -> Pace:
    """Return an outlet's rhythm after a pass in which it answered."""
    wish = wished(glances, before=old.wish if old else timedelta())
    share = turned(glances)
    if old is None or old.at >= now:  # the first time, or by a clock that ran ahead
        return Pace(at=now, wait=LONGEST, wish=wish)
    if share is None:
        return replace(old, at=now, wish=wish)
    new = share if share < 1 else _OVERRUN
    pieces = list(_pieces(old.at, now))
    elapsed_h = sum(part for _, part in pieces)
    expected = sum(part * old.level * (old.hours[hour] or 0.0) for hour, part in pieces)
    known = all(old.hours[hour] is not None for hour, _ in pieces)
    level: float = old.level ** math.exp(-elapsed_h / _LEVEL_LASTS_H)
    if known:
        level *= ((new + _DOUBT) / (expected + _DOUBT)) ** _LEVEL_LEARNING
    level = min(max(level, _LEVELS[0]), _LEVELS[1])
    rate, sure = new / elapsed_h, min(elapsed_h / _TRUSTED_H, 1.0)
    hours = list(old.hours)
    for hour, part in pieces:
        before = hours[hour]
        hours[hour] = rate * sure if before is None else before + _LEARNING * min(part, 1.0) * (rate - before)
    pace = replace(old, at=now, wish=wish, level=level, hours=tuple(hours))
    return replace(pace, wait=_until_turned(pace, rate=rate * sure))


def interval(pace: Pace | None, *, every: timedelta, asking: timedelta = NO_TIME) -> timedelta:
    """Return how long an outlet is left alone after its last poll: at most `every`, or what it asks for itself.

    `asking` all its lists takes so long at its delay; it is never asked more than POLLING_SHARE of the time.
    """
    if pace is None:
        return every
    longest = max(every, min(pace.wish, MOST_WISHED))
    return min(max(pace.wait, shortest(every=every, asking=asking)), longest)


def shortest(*, every: timedelta, asking: timedelta = NO_TIME) -> timedelta:
    """Return how long an outlet is left alone at least, by what `interval` says of its arguments."""
    return min(max(SHORTEST, asking / POLLING_SHARE), every)


def _until_turned(pace: Pace, *, rate: float) -> timedelta:
    """Return how long it takes until AIM of the list is expected to be new; hours never seen are taken to be as now."""
    new, wait = 0.0, timedelta()
    while wait < LONGEST:
        usual = pace.hours[(pace.at + wait).hour]
        new += (rate if usual is None else usual * pace.level) * (_STEP / _HOUR)
        if new > AIM:
            return wait
        wait += _STEP
    return min(LONGEST * (AIM / new), SLOWEST) if new else SLOWEST  # the days behind that one are as it was


def _pieces(start: datetime, end: datetime) -> Iterator[tuple[int, float]]:
    """Yield the hours of the day between two moments, and how much of each; of the last day where that is more."""
    at = max(start, end - timedelta(hours=HOURS_OF_A_DAY))
    while at < end:
        until = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        yield at.hour, (until - at) / _HOUR
        at = until
