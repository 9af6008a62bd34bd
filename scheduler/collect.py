"""One pass over the outlets that are due: the whole story in a few calls."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from crawler.download import Clock, End, Hosts, crawl
from crawler.outlets import Directory, host_of, prefixes
from crawler.topics import topic_version
from crawler.warc import WarcFolder
from crawler.workers import Cleaners
from scheduler import forgetting, notify, plan, upkeep
from scheduler.backing_up import keep_up
from scheduler.config import Config, duration
from scheduler.judging import Judge, judge_all
from scheduler.passes import OfflineError, Pass, Progress
from scheduler.scope import DUE, InHand, Scope
from scheduler.stopping import Stop
from scheduler.tally import Tally
from scheduler.turns import turns
from scheduler.wording import counted
from storage import archive, articles, queries, tombstones
from storage.archive import Database
from storage.clock import mend
from storage.coverage import Poll
from storage.records import Outlet

logger = logging.getLogger(__name__)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a pass came to."""

    busy: bool = False
    """Another pass holds the lock; nothing was done."""
    run: int | None = None
    outlets: Mapping[str, Tally]
    unanswered: tuple[str, ...] = ()
    """Outlets that were due and answered no poll."""
    offline: bool = False
    """Our own line failed: what was not asked waits, and no outlet is charged with it."""
    resting: Mapping[str, datetime] = field(default_factory=dict)
    """Outlets that were due and were not polled because their hosts have asked us to wait, and until when."""
    stopped: bool = False
    """The pass came to its time limit; what was not asked waits."""
    unplaced: tuple[str, ...] = ()
    """Addresses in hand that belong to no outlet."""
    interrupted: bool = False
    """The pass was asked to end; what was not asked waits."""
    said: tuple[str, ...] = ()
    """What needs attention besides, a line each: notices that could not be told, upkeep or a backup that failed."""
    in_hand: InHand | None = None
    """What became of the addresses in hand; None where none were given."""

    @property
    def exit_code(self) -> int:
        """0 if every outlet due answered at least one poll and every address in hand is an outlet's, else 1.

        An outlet that has asked us to wait is neither at fault nor missed by us: it does not count.
        """
        return 1 if self.unanswered or self.unplaced or self.offline or self.said else 0


def collect(
    config: Config,
    scope: Scope = DUE,
    *,
    clock: Clock,
    say: Say = logger.info,
    progress: Progress = lambda done, asked: None,
    stop: Stop | None = None,
) -> Report:
    """Make one pass and return what it came to; none if nobody is due. Raises ConfigError, ArchiveError.

    Behind it come notices that wait to be told, and once a day upkeep and a backup where one is wanted.
    """
    stop = stop or Stop()
    config.require_outlets(scope.only)
    report = _collect(config, scope, say, _Caller(clock=clock, progress=progress, stop=stop))
    trouble = None if report.busy or stop.asked else keep_up(config, now=clock())
    return replace(report, said=(*report.said, trouble)) if trouble else report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    """What a pass has of whoever makes it."""

    clock: Clock
    progress: Progress
    stop: Stop


def _collect(config: Config, scope: Scope, say: Say, caller: _Caller) -> Report:
    now = caller.clock()
    with archive.writing(config.archive.path) as db:
        if db is None:
            return Report(busy=True, outlets={})
        left = forgetting.end_pending(db, config.archive.captures, now=now)  # what was interrupted
        mend(db, now=now)
        sync(db, config, now=now)
        polls = queries.last_polls(db, now=now)
        forgotten = tombstones.outlets(db)
        for id_ in sorted(forgotten & (set(scope.only) or {outlet.id for outlet in config.outlets})):
            say(f"{id_}: was forgotten and is not asked; take it out of {config.path.name}")
        outlets = _due(db, config, scope, polls, forgotten=forgotten, now=now)
        active = sum(outlet.active and outlet.id not in forgotten for outlet in config.outlets)
        if outlets:
            say(f"asking {len(outlets)} of {counted(active, 'outlet')}")
        elif scope.urls is not None:
            say("no address is an outlet's")
        elif not scope.only:
            say("no outlet is due yet; --all asks them all" if active else "no outlet is active")
        if not outlets and scope == replace(DUE, on_time=scope.on_time):
            return Report(outlets={}, said=(left,) if left else ())
        run = archive.start_run(
            db, "collect", now=now, config=(config.digest, config.toml), vantage=config.crawl.vantage
        )
        round_ = Pass(db, config, scope, run=run, now=now, outlets=outlets)
        failing = frozenset(id_ for id_, poll in polls.items() if poll.failures)
        report = _run(db, config, round_, failing, caller)
        said = (left,) if left else ()
        return replace(
            report, said=(*said, *([] if caller.stop.asked else _afterwards(db, config, caller.stop, now=now)))
        )


def _afterwards(db: Database, config: Config, stop: Stop, *, now: datetime) -> list[str]:
    said = notify.tell(db, config.notify, user_agent=config.crawl.user_agent)
    return [*said, *(upkeep.keep_up(db, config, now=now, stop=stop) if upkeep.is_due(db, now=now) else ())]


def _run(
    db: Database,
    config: Config,
    round_: Pass,
    failing: Collection[str],
    caller: _Caller,
) -> Report:
    """Make the pass; however it ends, its run says so."""
    resting = queries.resting(db, now=round_.now)
    stopped = False
    try:
        with suppress(OfflineError):
            stopped = _crawl(db, config, round_, failing, resting, caller)
            if stopped and not caller.stop.asked:
                round_.cut_short()
        missed = _missed(round_, resting) if stopped and not caller.stop.asked else ()
        judge = Judge(db=db, config=config, run=round_.run, now=round_.now)
        if round_.is_of_the_past:  # says nothing of how the outlets are now
            unanswered = tuple(id_ for id_, t in round_.tallies.items() if t.counts["polls"] and t.unanswered)
        else:
            unanswered = judge_all(judge, round_.tallies, offline=round_.offline, missed=missed)
    except BaseException as error:
        result = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        with suppress(*archive.Broken):  # the first error is the one to tell
            archive.finish_run(db, round_.run, now=caller.clock(), result=result, counts=round_.counts())
        raise
    result = "offline" if round_.offline else "attention" if unanswered or round_.unplaced else "done"
    result = "interrupted" if stopped and caller.stop.asked else result
    archive.finish_run(db, round_.run, now=caller.clock(), result=result, counts=round_.counts())
    return Report(
        run=round_.run,
        outlets=dict(round_.tallies),
        unanswered=unanswered,
        offline=round_.offline,
        resting=_waited_for(round_, resting),
        stopped=stopped and not caller.stop.asked,
        interrupted=stopped and caller.stop.asked,
        unplaced=tuple(round_.unplaced),
        in_hand=round_.in_hand,
    )


def _crawl(
    db: Database,
    config: Config,
    round_: Pass,
    failing: Collection[str],
    resting: Mapping[str, datetime],
    caller: _Caller,
) -> bool:
    """Ask and save; returns whether `pass_limit` or `stop` ended it. Raises OfflineError."""
    ending = asyncio.Event()
    with (
        Cleaners(config.outlets, config.topics, kept=config.archive.path.parent / "forms") as cleaners,
        WarcFolder(
            config.archive.captures,
            user_agent=config.crawl.user_agent,
            robots="obey" if config.crawl.obey_robots else "ignore",
            indexed=articles.indexed_captures(db),
        ) as warc,
    ):
        hosts = Hosts(
            delays_s=delays(config.outlets, usual_s=config.crawl.delay_s), resting=resting, policies=round_.policies
        )
        try:
            crawling = crawl(
                round_.first(resting=resting, failing=failing),
                round_.handler(cleaners, warc, caller.progress),
                settings=config.crawl,
                hosts=hosts,
                end=End(after_s=duration(config.crawl.pass_limit).total_seconds(), asked=ending),
                clock=caller.clock,
                dropped=round_.drop,
            )
            return asyncio.run(_to_its_end(crawling, round_, caller.stop, ending))
        finally:
            round_.close()


async def _to_its_end(crawling: Coroutine[None, None, bool], round_: Pass, stop: Stop, ending: asyncio.Event) -> bool:
    loop = asyncio.get_running_loop()
    with stop.telling(lambda: loop.call_soon_threadsafe(ending.set)):
        stopped = await crawling
        if not stop.asked:
            await round_.finish()
    return stopped


def _waited_for(round_: Pass, resting: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return the outlets none of whose places could be polled because hosts have asked us to wait, and until when."""
    until = {id_: resting.get(host_of(outlet.url)) for id_, outlet in round_.outlets.items()}
    return {id_: at for id_, at in until.items() if at and not round_.tallies[id_].counts["polls"]}


def delays(outlets: Iterable[Outlet], *, usual_s: float) -> dict[str, float]:
    """Return the delay of each host of the outlets; where several share one, due or not, the longest."""
    found: dict[str, float] = {}
    for outlet in outlets:
        for host in {host for host, _ in prefixes(outlet)}:
            found[host] = max(found.get(host, 0.0), usual_s if outlet.delay_s is None else outlet.delay_s)
    return found


def sync(db: Database, config: Config, *, now: datetime) -> None:
    """Make the archive's outlets and topics say what the configuration says."""
    archive.sync_outlets(db, config.outlets, {outlet.id: prefixes(outlet) for outlet in config.outlets})
    archive.sync_topics(db, config.topics, {topic.id: topic_version(topic) for topic in config.topics}, now=now)


def _due(
    db: Database,
    config: Config,
    scope: Scope,
    polls: Mapping[str, Poll],
    *,
    forgotten: Collection[str],
    now: datetime,
) -> list[Outlet]:
    outlets = [outlet for outlet in config.outlets if outlet.id not in forgotten]
    active = [outlet for outlet in outlets if outlet.active]
    if scope.urls is not None:
        directory = Directory(config.outlets)
        named = {directory.of_url(url) for url in scope.urls}
        return [outlet for outlet in outlets if outlet.id in named]
    if scope.only:
        return [outlet for outlet in outlets if outlet.id in scope.only]
    if scope.everything:
        return active
    return plan.due(active, polls, turns(db, config, polls, on_time=scope.on_time), now)


def _missed(round_: Pass, resting: Mapping[str, datetime]) -> list[str]:
    """Return the outlets whose turn to be polled had not come when the time was over."""
    if round_.in_hand:
        return []  # nobody was to be polled
    waited_for = _waited_for(round_, resting)
    return [id_ for id_, tally in round_.tallies.items() if not tally.counts["polls"] and id_ not in waited_for]
