"""Cleaning on all cores, beside fetching: processes that a page may block or kill without harm to the pass."""

import asyncio
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TypeAlias, cast

from crawler.children import Child
from crawler.clean import Cleaner, Refusal
from crawler.discovery import Listing, links_of
from storage.kept_forms import keep_in
from storage.records import Article, Capture, FeedKind, Outcome, Outlet, Tag, Topic

PAGE_LIMIT_S = (
    60.0  # a page takes 0.05 s, the first of a language 2 s for its dictionary; a loaded machine ten times that
)
MEMORY_LIMIT = 1 << 30
"""Bytes of address space one task may need; pages of the largest size take less."""
RESIDENT_LIMIT = 300_000_000
"""Bytes after which a process is replaced; it starts with 45 MB, and twelve languages' topics take it to 270."""


class Cleaners:
    """Worker processes with a `Cleaner` each; a context manager that ends them. `await clean(capture)` in a loop.

    `kept`: a folder for what dictionaries say of the topics' words, which the next process need not look up again.
    """

    def __init__(
        self,
        outlets: Sequence[Outlet],
        topics: Sequence[Topic],
        *,
        workers: int | None = None,
        kept: Path | None = None,
        limit_s: float = PAGE_LIMIT_S,
        memory_limit: int = MEMORY_LIMIT,
        resident_limit: int = RESIDENT_LIMIT,
    ) -> None:
        # fork is unsafe beside threads and sockets; forkserver starts clean, with our imports done once
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["crawler.workers"])
        start_server_deaf_to_ctrl_c()
        self.count = workers or os.cpu_count() or 1
        """Processes."""
        job = _Job(outlets, topics, kept, memory_limit, resident_limit)
        self._workers = [_Worker(context, job, limit_s) for _ in range(self.count)]
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="cleaning")  # each waits for one process
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def clean(
        self, *captures: Capture, so_far: Article | None = None, learned: Collection[str] = ()
    ) -> Article | Refusal:
        """Read an article in a worker, as `Cleaner.clean` says. What takes too long or ends its process is a Refusal."""
        task = _Pages(tuple(replace(capture, encoded=None) for capture in captures), so_far, frozenset(learned))
        return cast("Article | Refusal", await self._do(task))

    async def tags(self, title: str | None, text: str, languages: Sequence[str]) -> tuple[Tag, ...] | None:
        """Return the tags of a stored text in any of `languages`; None where matching it ended its process."""
        tags = await self._do(_Text(title, text, tuple(languages)))
        return None if isinstance(tags, Refusal) else cast("tuple[Tag, ...]", tags)

    async def clean_on_topic(self, capture: Capture, learned: Collection[str] = ()) -> Article | Refusal:
        """As `clean`, but a page that cannot be on any topic is refused unread."""
        task = _PageOnTopic(replace(capture, encoded=None), frozenset(learned))
        return cast("Article | Refusal", await self._do(task))

    async def listing(
        self, capture: Capture, kind: FeedKind, *, outlet: Outlet, known: Collection[str], max_bytes: int
    ) -> Listing:
        """Read a feed, sitemap or page of links in a worker; one that breaks its process is a Listing's problem."""
        task = _List(capture.body, capture.url, kind, outlet, capture.content_type, tuple(known), max_bytes)
        result = await self._do(task)
        return Listing(kind=kind, problem=result.reason) if isinstance(result, Refusal) else cast("Listing", result)

    async def _do(self, task: "_Task") -> "_Result":
        worker = await self._idle.get()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, worker.do, task)
        finally:
            self._idle.put_nowait(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for worker in self._workers:
            worker.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


def start_server_deaf_to_ctrl_c() -> None:
    """Start the process that workers are forked from; Ctrl-C, which reaches the whole group, is the parent's matter."""
    if threading.current_thread() is not threading.main_thread():
        forkserver.ensure_running()
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


class _Pages(NamedTuple):
    """Clean the pages of an article."""

    captures: tuple[Capture, ...]
    so_far: Article | None
    learned: frozenset[str]

    def do(self, cleaner: Cleaner) -> Article | Refusal:
        return cleaner.clean(*self.captures, so_far=self.so_far, learned=self.learned)


class _Text(NamedTuple):
    """Tag this stored text."""

    title: str | None
    text: str
    languages: tuple[str, ...]

    def do(self, cleaner: Cleaner) -> tuple[Tag, ...]:
        return cleaner.tags(self.title, self.text, self.languages)


class _PageOnTopic(NamedTuple):
    """Clean this page if it can be on a topic."""

    capture: Capture
    learned: frozenset[str]

    def do(self, cleaner: Cleaner) -> Article | Refusal:
        return cleaner.clean_on_topic(self.capture, self.learned)


class _List(NamedTuple):
    """Read the links of this feed, sitemap or page."""

    body: bytes
    url: str
    kind: FeedKind
    outlet: Outlet
    content_type: str
    known: tuple[str, ...]
    max_bytes: int

    def do(self, cleaner: Cleaner) -> Listing:
        return links_of(
            self.body,
            self.url,
            self.kind,
            outlet=self.outlet,
            content_type=self.content_type,
            known=self.known,
            max_bytes=self.max_bytes,
        )


_Task: TypeAlias = _Pages | _PageOnTopic | _Text | _List
_Result: TypeAlias = Article | Refusal | Listing | tuple[Tag, ...]


class _Job(NamedTuple):
    """What a process is told when it starts."""

    outlets: Sequence[Outlet]
    topics: Sequence[Topic]
    kept: Path | None
    memory_limit: int
    resident_limit: int


class _Reply(NamedTuple):
    """What a process says when a task is done."""

    result: _Result
    last: bool
    """The process has grown too large and takes no other task."""


class _Worker(Child[_Job]):
    """One process and the pipe to it; started when first needed, and again when a page has ended it."""

    def __init__(self, context: ForkServerContext, job: _Job, limit_s: float) -> None:
        super().__init__(context, _work, job)
        self._limit_s = limit_s

    def do(self, task: "_Task") -> "_Result":
        """Hand a task to the process and wait; a death is tried once more, for it may have been another's fault."""
        for _ in range(2):
            try:
                pipe = self._start()
                pipe.send(task)
                if not pipe.poll(self._limit_s):
                    self._end()
                    reason = f"reading took longer than {self._limit_s:g} s"
                    return Refusal(outcome=Outcome.PARSE_ERROR, reason=reason)
                reply: _Reply = pipe.recv()
            except (EOFError, OSError):
                self._end()
                continue
            if reply.last:
                self._end()
            return reply.result
        return Refusal(outcome=Outcome.PARSE_ERROR, reason="reading ended its process")


def _work(pipe: Connection, job: _Job) -> None:
    """Clean what comes through the pipe until it closes, which it also does when the parent is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    if job.kept:
        keep_in(job.kept)
    cleaner = Cleaner(job.outlets, job.topics)
    limit_memory(job.memory_limit)
    while True:
        try:
            task: _Task = pipe.recv()
        except EOFError:
            return
        pipe.send(_reply(task, cleaner, job))


def _reply(task: _Task, cleaner: Cleaner, job: _Job) -> _Reply:
    try:
        result: _Result = task.do(cleaner)
    except MemoryError:
        reason = f"reading needed more than {job.memory_limit / 1e6:.0f} MB"
        return _Reply(Refusal(outcome=Outcome.PARSE_ERROR, reason=reason), last=True)
    return _Reply(result, last=memory().resident > job.resident_limit)


def limit_memory(size_bytes: int) -> None:
    """Let this process take so much address space more than it has; beyond it Python raises MemoryError.

    Nothing is limited where the system does not say what it has.
    """
    has = memory().address_space
    if not has:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = has + size_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))


class _Memory(NamedTuple):
    """Bytes of this process."""

    address_space: int
    resident: int


def memory() -> _Memory:
    """Return what /proc/self/statm says (proc(5)); zeros on a system without it."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        return _Memory(0, 0)
    return _Memory(*(int(number) * resource.getpagesize() for number in pages[:2]))
