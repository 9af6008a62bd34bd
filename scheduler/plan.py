"""Which outlets are due for a poll. Pure: the clock is an argument."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from storage.coverage import Poll
from storage.records import Outlet

LONGEST_WAIT = timedelta(days=1)  # an outlet that has been down for weeks is still asked daily
SLACK = 0.1  # of the interval: cron does not call at the same second every hour


def next_poll(last: Poll, *, interval: timedelta) -> datetime:
    """Return the earliest time to ask again: failures double the wait."""
    doublings = min(last.failures, 16)  # enough to reach LONGEST_WAIT, too few to overflow
    wait = min(interval * (1 << doublings), max(interval, LONGEST_WAIT))
    return last.at + wait - interval * SLACK


def due(
    outlets: Sequence[Outlet], polls: Mapping[str, Poll], intervals: Mapping[str, timedelta], now: datetime
) -> list[Outlet]:
    """Return the active outlets to ask now: never asked first, then the longest overdue."""
    at = {id_: next_poll(last, interval=intervals[id_]) for id_, last in polls.items() if id_ in intervals}
    # a last poll in the future was written by a clock that ran ahead: it says nothing
    open_ = {id_ for id_, last in polls.items() if last.at > now} | {id_ for id_, moment in at.items() if moment <= now}
    ready = [outlet for outlet in outlets if outlet.active and (outlet.id not in at or outlet.id in open_)]
    return sorted(ready, key=lambda outlet: (outlet.id in at, at.get(outlet.id, now)))
