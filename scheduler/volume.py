"""What an outlet usually publishes on a day of the week, and what is unusual. Pure.

Days on which our own polls failed say nothing of an outlet: not polled is not silent. Counts are compared by their square
roots, whose noise is the same for ten articles a day as for a thousand: that of chance is 1 on this scale (Poisson).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median
from typing import Literal

WEEKS = 8
"""Of which a usual day is made: long enough for a median, short enough for an outlet that grows."""
ENOUGH = 4  # days of that weekday before a volume can be called unusual
FEW = 3.0  # articles a day; below that a median jumps between whole numbers, and a mean says more
UNUSUAL = 4.0  # spreads: once in 30,000 outlet-days by chance
LEAST_SPREAD = 0.25
"""Of the volume: so much an outlet's days of the week differ by what happens in the world."""
_MAD = 1.4826  # a median of deviations, as a standard deviation
_POLLED = 0.5  # of the polls usual for the outlet, so many must have answered before a day counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One collected day of an outlet (UTC), as `coverage` has it."""

    day: date
    polls: int
    polls_failed: int
    read: int
    """Articles found and read for the first time, kept or not."""

    @property
    def answered(self) -> int:
        """Polls that brought an answer."""
        return self.polls - self.polls_failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What an outlet publishes on one day of the week."""

    articles: float
    """Median of the last weeks, or the mean where that is few."""
    spread: float
    """Around it, in articles: a standard deviation, read off the median of the deviations."""
    days: int
    """Days that it was made from."""


def well_polled(days: Sequence[Day]) -> list[Day]:
    """Return the days on which at least half of the usual polls were made and answered."""
    asked = [day.answered for day in days if day.answered]
    least = _POLLED * median(asked) if asked else 0.0
    return [day for day in days if day.answered and day.answered >= least and day.polls_failed <= day.answered]


def usual(days: Sequence[Day], weekday: int) -> Usual | None:
    """Return what is usual on a weekday (0: Monday), from well polled days, newest first; None where there was none."""
    counts = [day.read for day in days if day.day.weekday() == weekday][:WEEKS]
    if not counts:
        return None
    middle = median(counts)
    articles = float(middle) if middle >= FEW else fmean(counts)
    return Usual(articles=articles, spread=_MAD * median(abs(count - middle) for count in counts), days=len(counts))


def unusual(day: Day, before: Sequence[Day]) -> Literal["low", "high"] | None:
    """Say whether a whole, well polled day stands out from the same weekday of the weeks before (newest first)."""
    counts = [2 * math.sqrt(each.read) for each in before if each.day.weekday() == day.day.weekday()][:WEEKS]
    if len(counts) < ENOUGH:
        return None
    middle = median(counts)
    spread = max(1.0, LEAST_SPREAD * middle / 2, _MAD * median(abs(count - middle) for count in counts))
    spread *= 1 + 1 / len(counts)  # what is usual is known the less, the fewer the days
    deviation = (2 * math.sqrt(day.read) - middle) / spread
    if abs(deviation) < UNUSUAL:
        return None
    return "low" if deviation < 0 else "high"
