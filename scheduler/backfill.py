"""`cuttings backfill` of WARC files: the same cleaning and saving as a pass, captures of others for a source.

    files → stretches → tasks on workers, some ahead → results in the order of the files → saved, with the ledger, in batches

Results are saved in the files' order whoever was done first, so a run that lost workers, or was killed and run again, leaves
the archive that an undisturbed one does.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from crawler.gleaners import Hands, Job
from crawler.gleaning import Gleaned, Stint
from crawler.workers import Cleaners
from scheduler import backfill_plan as plan
from scheduler.backfill_patience import Patient, patiently
from scheduler.backfill_saving import BackfillSaving, LostError
from scheduler.collect import sync
from scheduler.config import Config
from scheduler.reextracting import first_of_group
from storage import archive, articles, backfills
from storage.archive import Database

BATCH = 50  # pages a transaction: a second's saving
AHEAD = 2  # stretches read beyond one a worker: who is done early has more to do
HELD = 1  # results of a stretch that wait for its turn while another is made: in all at most 2 * (workers + 2) of 2 MB
MOST_PROBLEMS = 20  # named

Clock = Callable[[], datetime]
Opening = Callable[[Job], AbstractContextManager[Hands]]


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a backfill is."""

    files: int = 0
    """Read to their end, or as far as may be."""
    all_files: int = 0
    bytes_read: int = 0
    known_files: int = 0
    known_bytes: int = 0
    """Of the files looked at so far, what was left to read."""
    records: int = 0
    kept: int = 0
    """Articles new to the archive."""

    @property
    def all_bytes(self) -> int:
        """What is to be read, by the mean of the files whose size is known."""
        return self.known_bytes * self.all_files // max(self.known_files, 1)


@dataclass(slots=True, kw_only=True)
class Backfilled:
    """What a backfill came to."""

    busy: bool = False
    """Another process writes to the archive; nothing was done."""
    run: int | None = None
    progress: Progress = field(default_factory=Progress)
    counts: Counter[str] = field(default_factory=Counter)
    """files, skipped (stretches read before), records, responses, wanted, unreadable, damaged, lists, not_200, and outcomes."""
    outlets: dict[str, Counter[str]] = field(default_factory=dict)
    """Outcomes by outlet."""
    failed: list[str] = field(default_factory=list)
    """Files that could not be read, or not to their end, and why; the first MOST_PROBLEMS."""

    @property
    def exit_code(self) -> int:
        """1 if another process has the archive, or a file could not be read."""
        return int(self.busy or self.counts["failed"] > 0)


def job_of(config: Config) -> Job:
    """Return what workers have to know."""
    return Job(
        outlets=config.outlets,
        topics=config.topics,
        screens=config.archive.keep == "matching" and bool(config.topics),
        max_bytes=config.crawl.max_body_bytes,
        kept=config.archive.path.parent / "forms",
    )


def backfill(
    config: Config,
    addresses: Iterable[str],
    *,
    hands: Opening,
    clock: Clock,
    show: Callable[[Progress], None] = lambda progress: None,
    stretch_bytes: int = plan.STRETCH_BYTES,
) -> Backfilled:
    """Read WARC files and save what of our outlets is in them. Raises ConfigError, ArchiveError."""
    named = list(dict.fromkeys(addresses))
    with archive.writing(config.archive.path) as db:
        if db is None:
            return Backfilled(busy=True)
        sync(db, config, now=clock())
        run = archive.start_run(
            db, "backfill", now=clock(), config=(config.digest, config.toml), vantage=config.crawl.vantage
        )
        done = Backfilled(run=run)
        done.progress.all_files = len(named)
        try:
            with (
                first_of_group(),
                Cleaners(
                    config.outlets, config.topics, workers=1, kept=config.archive.path.parent / "forms"
                ) as cleaners,
                hands(job_of(config)) as opened,
            ):
                workers = Patient(opened)
                saving = BackfillSaving(db, config, cleaners, workers, done=done, now=clock())
                work = _Work(db, saving, workers, done, sought=plan.sought(config), clock=clock, show=show)
                asyncio.run(work.whole(named, stretch_bytes, captures=config.archive.captures))
        except BaseException as error:
            result = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            with suppress(*archive.Broken):  # the first error is the one to tell
                archive.finish_run(db, run, now=clock(), result=result, counts=done.counts)
            raise
        archive.finish_run(db, run, now=clock(), result="attention" if done.exit_code else "done", counts=done.counts)
        return done


class _Reading:
    """A stretch that is being read: its results come as they are made, a few held."""

    def __init__(self, hands: Hands, stretch: plan.Stretch, saving: BackfillSaving) -> None:
        self.stretch = stretch
        self._hands = hands
        self._saving = saving
        self._results: asyncio.Queue[Gleaned] = asyncio.Queue(HELD)
        self._task = asyncio.create_task(self._read(self._stint(stretch.up_to, exact=stretch.exact)))

    def _stint(self, start: int, *, exact: bool) -> Stint:
        file = self.stretch.file
        return Stint(
            address=file.address, name=file.name, start=start, stop=self.stretch.to_byte, exact=exact,
            learned=self._saving.learned(),
        )  # fmt: skip

    async def _read(self, stint: Stint) -> None:
        while True:
            result = await self._hands.do(stint)
            await self._results.put(result)
            if result.over or result.failed:
                return
            stint = self._stint(result.ends, exact=True)

    async def results(self, begins: int | None) -> AsyncIterator[Gleaned]:
        """Yield the results in order; `begins` is where they must begin, if the stretch before was read.

        Where a border was taken for another (a page may hold what looks like a record), the stretch is read again.
        """
        first = await self._next()
        if begins is not None and not first.failed and not self.stretch.exact and first.begins != begins:
            self._task.cancel()
            self._results = asyncio.Queue(HELD)
            self._task = asyncio.create_task(self._read(self._stint(begins, exact=True)))
            first = await self._next()
        yield first
        while not (first.over or first.failed):
            first = await self._next()
            yield first

    async def _next(self) -> Gleaned:
        """Return the next result; an error of the reading is raised."""
        getting = asyncio.create_task(self._results.get())
        await asyncio.wait({getting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not getting.done() and self._task.done() and self._task.exception():
            getting.cancel()
            await self._task
        return await getting

    def cancel(self) -> None:
        """Stop reading; what another stretch raised first is the error to tell."""
        if self._task.done() and not self._task.cancelled():
            self._task.exception()
        self._task.cancel()


class _Work:
    """One run."""

    def __init__(
        self,
        db: Database,
        saving: BackfillSaving,
        hands: Hands,
        done: Backfilled,
        *,
        sought: str,
        clock: Clock,
        show: Callable[[Progress], None],
    ) -> None:
        self._db = db
        self._saving = saving
        self._hands = hands
        self._done = done
        self._sought = sought
        self._clock = clock
        self._show = show
        self._ended: tuple[str, int, int] | None = None

    async def whole(self, addresses: Iterable[str], stretch_bytes: int, *, captures: Path) -> None:
        """Read files, some stretches ahead of the one that is being saved; `captures` is the archive's own folder."""
        waiting = self._stretches(addresses, stretch_bytes, captures)
        ahead: deque[_Reading] = deque()
        try:
            while True:
                while len(ahead) < self._hands.count + AHEAD and (stretch := await anext(waiting, None)):
                    ahead.append(_Reading(self._hands, stretch, self._saving))
                if not ahead:
                    break
                await self._save(ahead.popleft())
        finally:
            for reading in ahead:
                reading.cancel()
        await self._saving.finish(now=self._clock())

    async def _stretches(
        self, addresses: Iterable[str], stretch_bytes: int, captures: Path
    ) -> AsyncGenerator[plan.Stretch]:
        for address in addresses:
            self._done.counts["files"] += 1
            file = await patiently(partial(asyncio.to_thread, plan.file_at, address, captures=captures))
            if file.failed:
                self._fail(plan.Stretch(file=file, from_byte=0, to_byte=None, up_to=0, exact=True), file.failed, 0)
                continue
            left = list(plan.stretches(self._db, file, self._sought, size=stretch_bytes))
            self._done.counts["skipped"] += not left
            progress = self._done.progress
            progress.files += not left
            progress.known_files += 1
            progress.known_bytes += sum((each.to_byte or file.size or 0) - each.up_to for each in left)
            for stretch in left:
                yield stretch

    async def _save(self, reading: _Reading) -> None:
        """Save what a stretch brings, as its results come."""
        stretch = reading.stretch
        ended = self._ended
        begins = ended[2] if ended and ended[:2] == (stretch.file.address, stretch.from_byte) else None
        self._ended = None
        up_to = stretch.up_to
        try:
            async for result in reading.results(begins):
                if result.failed:
                    self._fail(stretch, result.failed, up_to)
                    return
                await self._save_result(stretch, result)
                self._show_read(stretch, result.ends - max(up_to, 0), result)
                up_to = result.ends
        except LostError as error:
            self._fail(stretch, str(error), up_to)
            return
        finally:
            reading.cancel()
        if stretch.to_byte is not None:
            self._ended = (stretch.file.address, stretch.to_byte, up_to)
        else:
            self._done.progress.files += 1
            self._show(self._done.progress)

    async def _save_result(self, stretch: plan.Stretch, result: Gleaned) -> None:
        batches = [result.pages[n : n + BATCH] for n in range(0, len(result.pages), BATCH)] or [()]
        counted: Mapping[str, int] = {}
        for number, batch in enumerate(batches, 1):
            last = number == len(batches)
            over = last and result.over
            with self._db.atomic(), articles.together(self._db):
                new = 0
                for page in batch:
                    new += await self._saving.save(page, stretch.file)
                counts = result.counts if last else batch[-1].counts
                added = {name: count - counted.get(name, 0) for name, count in counts.items()}
                entry = stretch.entry(
                    self._sought,
                    state="done" if over else "partial",
                    up_to=result.ends if last else batch[-1].end,
                )
                backfills.note(self._db, entry, {**added, "articles": new}, run=self._done.run or 0, now=self._clock())
            counted = counts
            self._done.counts.update(added)
            self._done.progress.kept += new
            self._show(self._done.progress)

    def _show_read(self, stretch: plan.Stretch, size: int, result: Gleaned) -> None:
        progress = self._done.progress
        progress.bytes_read += max(size, 0)
        progress.records += result.counts.get("records", 0)
        self._show(progress)

    def _fail(self, stretch: plan.Stretch, reason: str, up_to: int) -> None:
        """Write that a stretch could not be read, or not to its end: the next run tries again from there."""
        with self._db.atomic():
            entry = stretch.entry(self._sought, state="failed", up_to=up_to, reason=reason)
            backfills.note(self._db, entry, {}, run=self._done.run or 0, now=self._clock())
        self._done.counts["failed"] += 1
        if len(self._done.failed) < MOST_PROBLEMS:
            self._done.failed.append(f"{stretch.file.address}: {reason}")
