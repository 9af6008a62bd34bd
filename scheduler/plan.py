"""When outlets are due for a poll, in which order, and what a failed one weighs. Pure: the clock is an argument."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from storage.coverage import Poll
from storage.records import Outcome, Outlet

LONGEST_WAIT = timedelta(days=1)  # an outlet that has been down for weeks is still asked daily
SLACK = 0.1  # of the interval: cron does not call at the same second every hour
JITTER = 0.1
"""Of the interval, from half of it before to half after: outlets that were asked at one moment drift apart, and none is
asked on the hour; where in it an outlet stands is always the same, and on average its interval is as configured."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When an outlet that was asked before is due again."""

    at: datetime
    wait: timedelta
    """Between its last poll and `at`, failures counted, before slack and jitter."""


def backed_off(wait: timedelta, failures: float) -> timedelta:
    """Return the wait after failures: of weight 1 they double it, milder ones lengthen it less."""
    doublings = min(failures, 16.0)  # enough to reach LONGEST_WAIT, too few to overflow
    return min(wait * 2**doublings, max(wait, LONGEST_WAIT))


def next_poll(last: Poll, *, interval: timedelta) -> datetime:
    """Return the earliest time to ask again for a caller who comes at times of its own, such as cron."""
    return last.at + backed_off(interval, last.failures) - interval * SLACK


def turn(last: Poll, *, interval: timedelta, outlet: str) -> datetime:
    """Return the time to ask again for a caller who keeps time, such as the daemon."""
    return last.at + backed_off(interval, last.failures) + interval * JITTER * (share(outlet) - 0.5)


def share(outlet: str) -> float:
    """Return a number from 0 to 1 that is an outlet's own, and evenly spread over outlets."""
    return int.from_bytes(hashlib.sha256(outlet.encode()).digest()[:4], "big") / (1 << 32)


def due(outlets: Sequence[Outlet], polls: Mapping[str, Poll], turns: Mapping[str, Turn], now: datetime) -> list[Outlet]:
    """Return the active outlets to ask now, in order of urgency: never asked first, then those that missed most turns.

    So after a stop the outlets whose lists turn over fast come before those that are asked once a day.
    """
    # a last poll in the future was written by a clock that ran ahead: it says nothing
    open_ = {id_ for id_, last in polls.items() if last.at > now}
    open_ |= {id_ for id_, each in turns.items() if each.at <= now}
    ready = [outlet for outlet in outlets if outlet.active and (outlet.id not in turns or outlet.id in open_)]
    return sorted(ready, key=lambda outlet: _urgency(polls.get(outlet.id), turns.get(outlet.id), now))


def _urgency(last: Poll | None, turn_: Turn | None, now: datetime) -> tuple[bool, float]:
    if last is None or turn_ is None:
        return False, 0.0
    return True, -((now - last.at) / turn_.wait)
