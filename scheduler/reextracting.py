"""`cuttings reextract`: stored pages cleaned again with today's rules; the same code as a pass, captures for a source."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from crawler.clean import Refusal
from crawler.extract import EXTRACTOR
from crawler.urls import url_key
from crawler.warc import capture_at
from crawler.warc_sources import path_of
from crawler.workers import Cleaners
from scheduler.collect import sync
from scheduler.config import Config
from storage import archive, articles, frontier, outlet_furniture, queries, versions
from storage.archive import Database
from storage.records import Article, Capture

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
_AHEAD = 2  # articles a process: it never waits for the next
_SHOWN = 5


@dataclass(slots=True, kw_only=True)
class Reextracted:
    """What cleaning again came to."""

    busy: bool = False
    """Another process writes to the archive; nothing was done."""
    counts: Counter[str] = field(default_factory=Counter)
    """articles, changed (anything), texts (or titles), tags_came, tags_gone, without_capture, unreadable, elsewhere, lost."""
    unreadable: list[str] = field(default_factory=list)
    """The first of the articles whose page gives none today; they stay as they are."""

    @property
    def exit_code(self) -> int:
        """1 if another process has the archive, or the bytes of a capture are not there."""
        return int(self.busy or self.counts["lost"] > 0)

    def in_words(self) -> Iterator[str]:
        """Yield what to print."""
        n = self.counts
        yield f"cleaned again: {n['articles']:,} articles; changed: {n['changed']:,}, of them text or title {n['texts']:,}"
        yield f"tags that came: {n['tags_came']:,}, went: {n['tags_gone']:,}"
        if n["without_capture"]:
            yield f"no page is kept of {n['without_capture']:,} articles; they stay as they are"
        if n["unreadable"]:
            yield f"no article is found today on {n['unreadable']:,} pages; they stay as they are:"
            yield from (f"  {line}" for line in self.unreadable)
        if n["elsewhere"]:
            yield f"of other outlets, as configured now: {n['elsewhere']:,} pages; their articles stay as they are"
        if n["lost"]:
            yield f"pages whose bytes are not there: {n['lost']:,}; see cuttings verify"


def reextract_archive(
    config: Config, *, only: Sequence[str] = (), workers: int | None, clock: Clock, progress: Progress
) -> Reextracted:
    """Clean all kept pages of the present texts again, or those of some outlets. Raises ConfigError, ArchiveError."""
    config.require_outlets(only)
    archive.open_reader(config.archive.path).close()  # says what to do where there is none
    with archive.writing(config.archive.path) as db:
        if db is None:
            return Reextracted(busy=True)
        sync(db, config, now=clock())
        run = archive.start_run(
            db, "reextract", now=clock(), config=(config.digest, config.toml), vantage=config.crawl.vantage
        )
        work = _Work(db, config.archive.captures, run=run, now=clock())
        try:
            with (
                first_of_group(),
                Cleaners(
                    config.outlets, config.topics, workers=workers, kept=config.archive.path.parent / "forms"
                ) as cleaners,
            ):
                asyncio.run(work.whole(cleaners, only, progress))
        except BaseException as error:
            result = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            with suppress(*archive.Broken):  # the first error is the one to tell
                archive.finish_run(db, run, now=clock(), result=result, counts=work.done.counts)
            raise
        result = "attention" if work.done.exit_code else "done"
        archive.finish_run(db, run, now=clock(), result=result, counts=work.done.counts)
        return work.done


@contextmanager
def first_of_group() -> Iterator[None]:
    """Raise the first of the errors that tasks raised together as if it were the only one."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from group


class _Work:
    """One run over an archive."""

    def __init__(self, db: Database, folder: Path, *, run: int, now: datetime) -> None:
        self._db = db
        self._folder = folder
        self._run = run
        self._now = now
        self.done = Reextracted()

    async def whole(self, cleaners: Cleaners, only: Sequence[str], progress: Progress) -> None:
        """Clean and save, as many articles at a time as there are processes."""
        ids = queries.articles_with_text(self._db, only)
        waiting = iter(ids)
        counted = 0

        async def one_after_another() -> None:
            nonlocal counted
            for id_ in waiting:
                await self._one(cleaners, id_)
                counted += 1
                progress(counted, len(ids))

        async with asyncio.TaskGroup() as group:
            for _ in range(_AHEAD * cleaners.count):
                group.create_task(one_after_another())

    async def _one(self, cleaners: Cleaners, id_: int) -> None:
        places = versions.captured_at(self._db, id_)
        if not places or any("://" in warc and not _is_here(warc) for warc, _ in places):
            self.done.counts["without_capture"] += 1
            return
        captures = self._captures(id_, places)
        if captures is None:
            self.done.counts["lost"] += 1
            return
        outlet = queries.outlet_of(self._db, id_)
        cleaned = await cleaners.clean(*captures, learned=outlet_furniture.lines(self._db, outlet))
        if isinstance(cleaned, Refusal) or not cleaned.text:
            self.done.counts["unreadable"] += 1
            reason = cleaned.reason if isinstance(cleaned, Refusal) else "no text"
            if len(self.done.unreadable) < _SHOWN:
                self.done.unreadable.append(f"{captures[0].url}: {reason}")
        elif cleaned.outlet == outlet:
            status = queries.text_status_of(self._db, id_)  # whether it was read to its end the stored pages do not say
            self._save(id_, replace(cleaned, text_status=status) if cleaned.paging else cleaned)
        else:
            self.done.counts["elsewhere"] += 1

    def _captures(self, id_: int, places: Sequence[tuple[str, int]]) -> list[Capture] | None:
        """Return the captures at these places, with what links said; None if one is not there."""
        stored = [capture_at(path_of(warc) or self._folder / warc, byte_offset=offset) for warc, offset in places]
        captures = [capture for capture in stored if capture]
        if len(captures) < len(stored):
            return None
        requested = queries.requested_url_of(self._db, id_)
        link = frontier.link_of(self._db, url_key(requested))
        first = replace(captures[0], link=link, requested_url=requested)
        return [first, *(replace(capture, link=link) for capture in captures[1:])]

    def _save(self, id_: int, cleaned: Article) -> None:
        counts = self.done.counts
        counts["articles"] += 1
        before = articles.words_of(self._db, id_)[:2]
        topics = queries.topics_of(self._db, id_)
        with self._db.atomic():
            changed = articles.clean_again(self._db, id_, cleaned, extractor=EXTRACTOR, run=self._run, now=self._now)
        after = queries.topics_of(self._db, id_)
        counts["changed"] += changed
        counts["texts"] += before != (cleaned.title, cleaned.text)
        counts["tags_came"] += len(after - topics)
        counts["tags_gone"] += len(topics - after)


def _is_here(address: str) -> bool:
    """Say whether the file at an address, read by a backfill, is on this machine still."""
    path = path_of(address)
    return path is not None and path.exists()
