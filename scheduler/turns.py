"""When each outlet is due, by [schedule], its own `every`, the pace of its lists, and what its host has asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.outlets import host_of
from crawler.robots_rules import Rules
from scheduler import pace, plan
from scheduler.config import Config, duration
from scheduler.plan import Turn
from scheduler.timing import next_time
from storage import feeds, queries, tombstones
from storage.archive import Database
from storage.coverage import Poll
from storage.paces import Pace, paces
from storage.policies import stored_policies
from storage.records import HostPolicy, Outlet


def turns(db: Database, config: Config, polls: Mapping[str, Poll], *, on_time: bool) -> dict[str, Turn]:
    """Return when the outlets that were asked before are due again.

    `on_time`: for a caller who keeps time; else a little early, for one who comes when he comes.
    """
    known = paces(db) if config.schedule.adaptive else {}
    places, policies = feeds.places_asked(db), stored_policies(db)

    def asking(outlet: Outlet) -> timedelta:
        """How long asking all lists of an outlet takes."""
        return timedelta(seconds=places.get(outlet.id, 1) * _delay_s(config, outlet, policies))

    return {
        outlet.id: turn_of(config, outlet, polls[outlet.id], known.get(outlet.id), asking(outlet), on_time=on_time)
        for outlet in config.outlets
        if outlet.id in polls
    }


def earliest(db: Database, config: Config, *, now: datetime) -> datetime:
    """Return when the next outlet is due for a caller who keeps time: `now` or before where one is already."""
    polls = queries.last_polls(db, now=now)
    resting = queries.resting(db, now=now)
    known = turns(db, config, polls, on_time=True)
    forgotten = tombstones.outlets(db)
    moments = []
    for outlet in config.outlets:
        if outlet.active and outlet.id not in forgotten:
            ahead = outlet.id not in known or polls[outlet.id].at > now
            at = now if ahead else known[outlet.id].at
            moments.append(max(at, resting.get(host_of(outlet.url), at)))
    return min(moments, default=now + duration(config.schedule.every))


def turn_of(
    config: Config, outlet: Outlet, last: Poll, known: Pace | None, asking: timedelta, *, on_time: bool
) -> Turn:
    """Return when an outlet is due again that was asked before; `asking` all its lists takes so long.

    What an interrupted pass left is not left for as long as that: it is asked as soon as manners allow, later each time
    that is interrupted, too.
    """
    whole = _whole_turn(config, outlet, last, known, asking, on_time=on_time)
    if not last.cut or last.failures:
        return whole
    every = duration(outlet.every or config.schedule.every)
    soon = last.at + plan.backed_off(pace.shortest(every=every, asking=asking), last.cut - 1)
    return replace(whole, at=min(whole.at, soon))


def _whole_turn(
    config: Config, outlet: Outlet, last: Poll, known: Pace | None, asking: timedelta, *, on_time: bool
) -> Turn:
    if config.schedule.cron and outlet.every is None:
        at = max(next_time(config.schedule, last.at), last.at + plan.backed_off(pace.SHORTEST, last.failures))
        return Turn(at=at, wait=at - last.at)
    every = duration(outlet.every or config.schedule.every)
    interval = every
    if not config.schedule.cron:
        interval = pace.interval(known, every=every, asking=asking)
    at = plan.turn(last, interval=interval, outlet=outlet.id) if on_time else plan.next_poll(last, interval=interval)
    return Turn(at=at, wait=plan.backed_off(interval, last.failures))


def _delay_s(config: Config, outlet: Outlet, policies: Mapping[str, HostPolicy]) -> float:
    """Return the delay between two requests to an outlet's host; a longer Crawl-delay wins."""
    delay_s = config.crawl.delay_s if outlet.delay_s is None else outlet.delay_s
    parts = urlsplit(outlet.url)
    policy = policies.get(f"{parts.scheme}://{parts.netloc}")
    if policy is None or not config.crawl.obey_robots or "crawl-delay" not in policy.robots.lower():
        return delay_s  # most say nothing, and reading rules takes milliseconds
    return max(delay_s, Rules(policy.robots, config.crawl.user_agent).delay_s)
