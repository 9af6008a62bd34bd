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

from crawler.clean import Refusal
from crawler.download import Answer, Clock, Fetch, Hosts, crawl
from crawler.outlets import host_of
from crawler.rights import tdm
from crawler.urls import url_key
from crawler.warc import capture_at
from crawler.workers import Cleaners
from scheduler.collect import delays
from scheduler.config import Config
from scheduler.looks import leads_up
from scheduler.saving import RESERVED
from storage import archive, hydration_source, outlet_furniture, queries, tombstones
from storage.archive import Database
from storage.articles import named
from storage.hydration import REPORT, Found, Journal, Result, SharedSet, Source, Wanted, better, compare, write_texts
from storage.policies import stored_policies
from storage.records import Article, Capture, Outcome, Outlet, utc_text
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
            return _found(wanted, "", source="archive")
        if self._db is None:
            return None
        if reason := hydration_source.removed(self._db, wanted.key, wanted.outlet):
            return _nothing(wanted, f"removed from this archive: {reason}", result="gone")
        article = hydration_source.article_of(self._db, wanted.key)
        nearest = None
        for text in hydration_source.texts(self._db, article, wanted.digest) if article is not None else ():
            nearest = better(nearest, _found(wanted, text.text, source="archive", seen_at=text.seen_at))
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
                yield _found(wanted, cleaned.text, source="captures", seen_at=at, title=cleaned.title)

    def _settle_at_once(self, wanted: Wanted, nearest: Found | None, *, offline: bool) -> bool:
        """Write down what needs no asking; return whether the address is to be asked."""
        removed = nearest is not None and nearest.result == "gone"
        if nearest is not None and (nearest.result == "identical" or removed or offline):
            self._write(nearest)
        elif offline:
            self._write(_nothing(wanted, "not in this archive, and nobody was to be asked"))
        else:
            return True
        return False

    async def _from_web(self, asked: Sequence[Wanted], nearest: Mapping[int, Found], outlets: Sequence[Outlet]) -> None:
        by_url: dict[str, list[Wanted]] = {}
        for wanted in asked:
            by_url.setdefault(wanted.url, []).append(wanted)

        async def handle(answer: Answer) -> Iterable[Fetch]:
            cleaned = await self._clean(answer)
            for wanted in by_url[answer.fetch.url]:
                found = self._judged(wanted, answer, cleaned)
                self._write(better(nearest.get(wanted.article), found))
            return ()

        def dropped(fetch: Fetch) -> None:
            for wanted in by_url[fetch.url]:
                found = _nothing(wanted, "its host asked us to wait; the same command asks again")
                self._write(better(nearest.get(wanted.article), found))

        fetches = [Fetch(url=url, outlet=those[0].outlet, kind="article") for url, those in by_url.items()]
        await crawl(
            _in_turn(fetches), handle, settings=self._config.crawl, hosts=self._hosts(outlets), clock=self._clock,
            dropped=dropped,
        )  # fmt: skip

    def _hosts(self, outlets: Sequence[Outlet]) -> Hosts:
        slow = delays(outlets, usual_s=self._config.crawl.delay_s)
        if self._db is None:
            return Hosts(delays_s=slow)
        resting = queries.resting(self._db, now=self._clock())
        return Hosts(delays_s=slow, resting=resting, policies=stored_policies(self._db))

    async def _clean(self, answer: Answer) -> Article | Refusal:
        if answer.outcome is not None or answer.capture is None:
            return Refusal(outcome=answer.outcome or Outcome.NO_TEXT, reason=answer.reason)
        if self._config.crawl.tdm_reserved != "keep" and tdm(answer.capture, answer.policy).reserved:
            return Refusal(outcome=Outcome.REFUSED, reason=RESERVED)
        if leads_up(url_key(answer.fetch.url), url_key(answer.capture.url)):
            return Refusal(outcome=Outcome.GONE, reason=f"leads to {answer.capture.url}")
        learned = outlet_furniture.lines(self._db, answer.fetch.outlet) if self._db else frozenset()
        return await self._cleaners.clean(answer.capture, learned=learned)

    def _judged(self, wanted: Wanted, answer: Answer, cleaned: Article | Refusal) -> Found:
        if isinstance(cleaned, Refusal):
            result: Result = "gone" if cleaned.outcome is Outcome.GONE else "unknown"
            return _nothing(wanted, f"{cleaned.outcome}: {cleaned.reason}".rstrip(": "), result=result)
        if not cleaned.text:
            return _nothing(wanted, "the page has no text")
        if self._db:
            keys = {url_key(wanted.url), url_key(cleaned.url)}
            if tombstones.forbid(self._db, keys, outlet=None, names=named(cleaned)):
                return _nothing(wanted, "was forgotten here", result="gone")
        return _found(wanted, cleaned.text, source="web", seen_at=utc_text(answer.at), title=cleaned.title)

    def _write(self, found: Found) -> None:
        self._journal.add(found)
        self._done += 1
        self._progress(self._done)


def _found(wanted: Wanted, text: str, *, source: Source, seen_at: str | None = None, title: str | None = None) -> Found:
    result, similarity = compare(wanted, text)
    return Found(
        article=wanted.article, key=wanted.key, url=wanted.url, result=result, similarity=similarity, source=source,
        seen_at=seen_at, title=title, wanted_digest=wanted.digest, text=text,
    )  # fmt: skip


def _nothing(wanted: Wanted, reason: str, *, result: Result = "unknown") -> Found:
    return Found(
        article=wanted.article, key=wanted.key, url=wanted.url, result=result, reason=reason,
        wanted_digest=wanted.digest,
    )  # fmt: skip


def _read(folder: Path, places: Iterable[tuple[str, int]]) -> Iterator[Capture]:
    for warc, offset in places:
        if "://" not in warc and (capture := capture_at(folder / warc, byte_offset=offset)):
            yield capture


def _in_turn(fetches: Sequence[Fetch]) -> list[Fetch]:
    """Return fetches so that hosts take turns: each waits for its own delay, not for the others'."""
    place: dict[str, int] = {}
    turns = []
    for number, fetch in enumerate(fetches):
        host = host_of(fetch.url)
        place[host] = place.get(host, 0) + 1
        turns.append((place[host], number, fetch))
    return [fetch for _, _, fetch in sorted(turns, key=lambda turn: turn[:2])]
