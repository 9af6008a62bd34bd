"""When outlets were polled without a break, and what follows: gaps in words, and whether an article's past is known.

The view `article_class` counts an outlet's polled days anew for every article; an export asks for all of them, so here
each outlet's days are read once.
"""

import datetime as dt
import sqlite3
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from storage.views import EXPOSURE_DAYS

Span = tuple[int, int]
"""First and last day, both polled and every day between (ordinals, as `datetime.date` counts)."""

_POLLED = """
select outlet, group_concat(collected_day) from coverage where polls > polls_failed group by outlet
"""
_EPOCH = dt.date(1970, 1, 1).toordinal()  # where numpy counts days from


def polled_spans(db: sqlite3.Connection) -> Mapping[str, Sequence[Span]]:
    """Return the spans of days on which each outlet answered at least one poll, in order."""
    return {outlet: _spans(np.array(days.split(","), "datetime64[D]")) for outlet, days in db.execute(_POLLED)}


def _spans(days: npt.NDArray[np.datetime64]) -> list[Span]:
    numbers = np.unique(days.astype(np.int64)) + _EPOCH
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    starts, ends = numbers[np.r_[0, breaks + 1]], numbers[np.r_[breaks, len(numbers) - 1]]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def register(db: sqlite3.Connection) -> None:
    """Give the connection `exposed_on(outlet, published_day)`: 1 where every one of the days before was polled."""
    spans = polled_spans(db)

    def exposed_on(outlet: str, day: str | None) -> int:
        number = _number(day) if day else None
        own = spans.get(outlet)
        if number is None or not own:
            return 0
        place = bisect_right(own, (number - EXPOSURE_DAYS, _NEVER)) - 1
        return int(place >= 0 and own[place][1] >= number - 1)

    db.create_function("exposed_on", 2, exposed_on, deterministic=True)


_NEVER = dt.date.max.toordinal()


@lru_cache(maxsize=1 << 14)  # a day is asked for again and again; so many are 45 years
def _number(day: str) -> int | None:
    try:
        return dt.date.fromisoformat(day).toordinal()
    except ValueError:
        return None
