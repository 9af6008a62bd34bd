"""`cuttings hydrate`: a set shared without text filled again, from this archive, its captures, or the live web.

For each article: what the archive's tables have; if that is not the text exported, what today's rules read from its kept
captures; if that is not it either, its address is asked, as politely as in a pass. The nearest text found is taken.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

from crawler.download import Clock, Hosts, crawl
from crawler.outlets import host_of
from crawler.warc import capture_at
from crawler.warc_sources import path_of
from crawler.workers import Cleaners
from scheduler.collect import delays
from scheduler.config import Config
from scheduler.hydrating_web import Web, nothing_found, text_found
from storage import archive, hydration_source, outlet_furniture, queries
from storage.archive import Database
from storage.hydration import REPORT, Found, Journal, Result, SharedSet, Wanted, better, write_texts
from storage.policies import stored_policies
from storage.records import Article, Capture, Outlet
from storage.versions import digest_of

Progress = Callable[[int, int], None]
_ROUND = 1_000  # addresses in one crawl: what it holds in memory
_AHEAD = 2  # articles a cleaning process
_EMPTY = digest_of("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hydrated:
    """What filling a set came to."""

    files: Sequence[Path]
    counts: Mapping[Result, int]
    found: Sequence[Found] = field(default=())
    """Those that are not identical, without their texts."""

    @property
    def exit_code(self) -> int:
        """1 where the set is not what was exported."""
        return int(any(count for result, count in self.counts.items() if result != "identical"))


def hydrate(
    config: Config, folder: Path, *, clock: Clock, offline: bool = False, again: bool = False, progress: Progress
) -> Hydrated:
    """Fill the set in `folder`; what was settled before is not asked for again, unless `again` and not identical.

    `offline` asks nobody. Raises StudyError where the folder holds no set without text.
    """
    shared = SharedSet(folder)
    outlets = _outlets(config, shared)
    with ExitStack() as stack:
        journal = stack.enter_context(Journal(folder))
        db = stack.enter_context(closing(archive.open_reader(config.archive.path))) if _has_archive(config) else None
        settled = {"identical"} if again else {"identical", "edited", "gone"}
        count = sum(journal.result_of(one) not in settled for one in shared.wanted())
        if count:
            cleaners = stack.enter_context(Cleaners(outlets, ()))
            filling = _Filling(config, db, journal, cleaners, clock=clock, progress=partial(_told, progress, count))
            left = (one for one in shared.wanted() if journal.result_of(one) not in settled)
            asyncio.run(filling.whole(left, outlets, offline=offline))
        files = write_texts(shared, journal)
        found = [replace(one, text=None) for one in journal if one.result != "identical"]
        return Hydrated(files=[folder / REPORT, *files], counts=journal.counts, found=found)


def _told(progress: Progress, count: int, done: int) -> None:
    progress(done, count)


def _has_archive(config: Config) -> bool:
    return config.archive.path.exists()


def _outlets(config: Config, shared: SharedSet) -> list[Outlet]:
    """Return the set's outlets, as configured here where they are, each with every host the set has articles at."""
    configured = {outlet.id: outlet for outlet in config.outlets}
    outlets = {outlet.id: configured.get(outlet.id, outlet) for outlet in shared.outlets()}
    known = {host_of(outlet.url) for outlet in outlets.values()}
    hosts: dict[str, set[str]] = {}
    for wanted in shared.wanted():
        if (host := host_of(wanted.url)) not in known and wanted.outlet in outlets:
            hosts.setdefault(wanted.outlet, set()).add(host)
    return [
        replace(outlet, hosts=(*outlet.hosts, *sorted(hosts.get(id_, set()) - set(outlet.hosts))))
        for id_, outlet in outlets.items()
    ]


class _Filling:
    """One run over a set."""

    def __init__(
        self, config: Config, db: Database | None, journal: Journal, cleaners: Cleaners, *, clock: Clock,
        progress: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._config, self._db, self._journal, self._cleaners = config, db, journal, cleaners
        self._clock, self._progress = clock, progress
        self._done = 0

    async def whole(self, left: Iterable[Wanted], outlets: Sequence[Outlet], *, offline: bool) -> None:
        """Fill what is left, a round of articles after another."""
        waiting = iter(left)
        while round_ := list(islice(waiting, _ROUND)):
            nearest = await self._from_archive(round_)
            asked = [one for one in round_ if self._settle_at_once(one, nearest.get(one.article), offline=offline)]
            if asked:
                await self._from_web(asked, nearest, outlets)

    async def _from_archive(self, round_: Iterable[Wanted]) -> dict[int, Found]:
        nearest: dict[int, Found] = {}
        waiting = iter(round_)

        async def one_after_another() -> None:
            for wanted in waiting:
                if found := await self._stored(wanted):
                    nearest[wanted.article] = found

        async with asyncio.TaskGroup() as group:
            for _ in range(_AHEAD * self._cleaners.count):
                group.create_task(one_after_another())
        return nearest

    async def _stored(self, wanted: Wanted) -> Found | None:
        """Return what this archive has of an article that is nearest to what was exported, None where nothing."""
        if wanted.digest == _EMPTY:
            return text_found(wanted, "", source="archive")
        if self._db is None:
            return None
        if reason := hydration_source.removed(self._db, wanted.key, wanted.outlet):
            return nothing_found(wanted, f"removed from this archive: {reason}", result="gone")
        article = hydration_source.article_of(self._db, wanted.key)
        nearest = None
        for text in hydration_source.texts(self._db, article, wanted.digest) if article is not None else ():
            nearest = better(nearest, text_found(wanted, text.text, source="archive", seen_at=text.seen_at))
            if nearest.result == "identical":
                return nearest
        if article is None:
            return None
        async for found in self._captured(self._db, wanted, article):
            nearest = better(nearest, found)
            if nearest.result == "identical":
                break
        return nearest

    async def _captured(self, db: Database, wanted: Wanted, article: int) -> AsyncIterator[Found]:
        learned = outlet_furniture.lines(db, queries.outlet_of(db, article))
        for at, places in hydration_source.captures(db, article):
            captures = list(_read(self._config.archive.captures, places))
            if len(captures) < len(places):
                continue
            cleaned = await self._cleaners.clean(*captures, learned=learned)
            if isinstance(cleaned, Article) and cleaned.text:
                yield text_found(wanted, cleaned.text, source="captures", seen_at=at, title=cleaned.title)

    def _settle_at_once(self, wanted: Wanted, nearest: Found | None, *, offline: bool) -> bool:
        """Write down what needs no asking; return whether the address is to be asked."""
        removed = nearest is not None and nearest.result == "gone"
        if nearest is not None and (nearest.result == "identical" or removed or offline):
            self._write(nearest)
        elif offline:
            self._write(nothing_found(wanted, "not in this archive, and nobody was to be asked"))
        else:
            return True
        return False

    async def _from_web(self, asked: Sequence[Wanted], nearest: Mapping[int, Found], outlets: Sequence[Outlet]) -> None:
        def settle(found: Found) -> None:
            self._write(better(nearest.get(found.article), found))

        web = Web(self._config, self._db, self._cleaners, asked, settle)
        await crawl(
            web.fetches(), web.handle, settings=self._config.crawl, hosts=self._hosts(outlets), clock=self._clock,
            dropped=web.dropped,
        )  # fmt: skip

    def _hosts(self, outlets: Sequence[Outlet]) -> Hosts:
        slow = delays(outlets, usual_s=self._config.crawl.delay_s)
        if self._db is None:
            return Hosts(delays_s=slow)
        resting = queries.resting(self._db, now=self._clock())
        return Hosts(delays_s=slow, resting=resting, policies=stored_policies(self._db))

    def _write(self, found: Found) -> None:
        self._journal.add(found)
        self._done += 1
        self._progress(self._done)


def _read(folder: Path, places: Iterable[tuple[str, int]]) -> Iterator[Capture]:
    for warc, offset in places:
        path = (
            path_of(warc) if "://" in warc else folder / warc
        )  # what backfill read stays where it is, here or elsewhere
        if path and (capture := capture_at(path, byte_offset=offset)):
            yield capture
