"""Which outlets are due for a poll, and what a failed one weighs. Pure: the clock is an argument."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus

from storage.coverage import Poll
from storage.records import Outcome, Outlet

LONGEST_WAIT = timedelta(days=1)  # an outlet that has been down for weeks is still asked daily
SLACK = 0.1  # of the interval: cron does not call at the same second every hour


# How a failed poll counts against its outlet, as Media Cloud's rss-fetcher weighs them: what will not mend by itself,
# what a server decided just now, what passes.
HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
_HARD = frozenset({Outcome.GONE, Outcome.PARSE_ERROR, Outcome.NOT_HTML, Outcome.OFF_SITE, Outcome.ROBOTS})
_TEMPORARY = frozenset({Outcome.NETWORK, Outcome.TIMEOUT})


def weight(outcome: Outcome, status: int | None, *, nameless: bool = False) -> float | None:
    """Return what a poll's outcome counts against its outlet; None for an answer.

    `nameless`: the host's name does not exist.
    """
    if outcome in (Outcome.POLL, Outcome.UNCHANGED):
        return None
    if nameless or outcome in _HARD:
        return HARD
    return TEMPORARY if outcome in _TEMPORARY or status == HTTPStatus.TOO_MANY_REQUESTS else SOFT


def next_poll(last: Poll, *, interval: timedelta) -> datetime:
    """Return the earliest time to ask again: failures of weight 1 double the wait, milder ones lengthen it less."""
    doublings = min(last.failures, 16.0)  # enough to reach LONGEST_WAIT, too few to overflow
    wait = min(interval * 2**doublings, max(interval, LONGEST_WAIT))
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
