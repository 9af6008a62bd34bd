"""Capture → article: the one sequence for live pages, stored captures and other people's WARC files.

    extract (text, metadata, credits) → the outlet of the final address → topics

Pure but for its processes: `Cleaners` runs the sequence on all cores, beside fetching.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from crawler.extract import extract
from crawler.outlets import Directory
from crawler.topics import Matcher, compile_topics
from storage.errors import ExtractError
from storage.records import Article, Capture, Outcome, Outlet, Topic

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a capture gave no article."""

    outcome: Outcome
    reason: str


def read(capture: Capture, *, outlet: Outlet | None = None, directory: Directory | None = None) -> Article | Refusal:
    """Extract a capture's article; a page that gives none, or breaks the parser, is a Refusal."""
    try:
        return extract(capture, outlet=outlet, directory=directory)
    except ExtractError as error:
        return Refusal(outcome=error.outcome, reason=error.reason)
    except Exception as error:  # the one boundary where anything a hostile page does becomes an outcome
        logger.exception("cannot read %s", capture.url)
        return Refusal(outcome=Outcome.PARSE_ERROR, reason=f"{type(error).__name__}: {error}")


class Cleaner:
    """The sequence, for one configuration."""

    def __init__(self, outlets: Sequence[Outlet], topics: Sequence[Topic]) -> None:
        self._directory = Directory(outlets)
        self._matcher: Matcher = compile_topics(topics)

    def clean(self, capture: Capture) -> Article | Refusal:
        """Read and tag one capture, filed under the outlet of its final address."""
        outlet = self._directory.of_url(capture.url)
        if outlet is None:
            return Refusal(outcome=Outcome.OFF_SITE, reason="the address belongs to no outlet")
        article = read(capture, outlet=self._directory.outlets[outlet], directory=self._directory)
        return article if isinstance(article, Refusal) else self.tag(replace(article, outlet=outlet))

    def tag(self, article: Article) -> Article:
        """Return the article with the tags of the topics in force."""
        languages = article.likely_languages or ((article.language,) if article.language else ())
        return replace(article, tags=self._matcher.tags(article.title, article.text, languages))


class Cleaners:
    """Worker processes with a `Cleaner` each; a context manager. `await clean(capture)` from an event loop."""

    def __init__(self, outlets: Sequence[Outlet], topics: Sequence[Topic], *, workers: int | None = None) -> None:
        # fork is unsafe beside threads and sockets; forkserver starts clean, with our imports done once
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["crawler.clean"])
        self._pool = ProcessPoolExecutor(
            max_workers=workers or os.cpu_count() or 1,
            mp_context=context,
            initializer=_start_worker,
            initargs=(outlets, topics),
        )

    async def clean(self, capture: Capture) -> Article | Refusal:
        """Read one capture in a worker."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _clean, capture)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(wait=kind is None, cancel_futures=True)


_worker: Callable[[Capture], Article | Refusal] | None = None


def _start_worker(outlets: Sequence[Outlet], topics: Sequence[Topic]) -> None:
    global _worker  # noqa: PLW0603  a worker process has one configuration for life
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    _worker = Cleaner(outlets, topics).clean


def _clean(capture: Capture) -> Article | Refusal:
    if _worker is None:
        raise RuntimeError("worker not started")
    return _worker(capture)
