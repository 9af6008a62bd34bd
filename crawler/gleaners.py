"""Tasks on the cores of this machine: processes that read WARC files, which a page may block or kill without harm to the run.

A process says which answer it is at; one that takes too long, or ends its process twice, is a parse error, and the task
is done again without it.
"""

import asyncio
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from crawler.children import Child
from crawler.clean import Cleaner
from crawler.gleaning import READING_ON, Gleaned, Gleaner, Stint
from crawler.workers import (
    MEMORY_LIMIT,
    PAGE_LIMIT_S,
    RESIDENT_LIMIT,
    limit_memory,
    memory,
    start_server_deaf_to_ctrl_c,
)
from storage.kept_forms import keep_in
from storage.records import Outlet, Topic

SILENCE_LIMIT_S = 900.0  # of a process: reading over a line that is slow, or for an answer that is not there
GROWTH = 100_000_000  # bytes beyond what a process has after its first task, once dictionaries are read
DEATHS = 2  # of processes at one answer; the first may have been another's fault
READING_DEATHS = 5  # at one place between answers, or before the first: nothing there is read that could be at fault
OUT_OF_MEMORY = "reading needed more memory than a task may have"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker is told when it starts."""

    outlets: Sequence[Outlet]
    topics: Sequence[Topic]
    screens: bool
    """Only articles on topics are kept."""
    max_bytes: int
    """Of an answer's body."""
    kept: Path | None = None
    """Folder for what dictionaries say of the topics' words."""

    def gleaner(self) -> Gleaner:
        """Return what does this job's tasks; reading dictionaries takes seconds."""
        if self.kept:
            keep_in(self.kept)
        cleaner = Cleaner(self.outlets, self.topics)
        return Gleaner(self.outlets, cleaner, screens=self.screens, max_bytes=self.max_bytes)


class Hands(Protocol):
    """Where tasks are done: processes here, or a cluster."""

    count: int
    """Tasks done at a time."""

    async def do(self, stint: Stint) -> Gleaned:
        """Do a task."""


class Gleaners:
    """Worker processes; a context manager that ends them."""

    def __init__(self, job: Job, *, workers: int | None = None, limit_s: float = PAGE_LIMIT_S) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["crawler.gleaners"])
        start_server_deaf_to_ctrl_c()
        self.count = workers or os.cpu_count() or 1
        self._workers = [_Worker(context, job, limit_s) for _ in range(self.count)]
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="gleaning")  # each waits for one process
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def do(self, stint: Stint) -> Gleaned:
        """Do a task in the next process that is free."""
        worker = await self._idle.get()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, worker.do, stint)
        finally:
            self._idle.put_nowait(worker)

    def pids(self) -> list[int]:
        """Return the processes that run now."""
        return [pid for worker in self._workers if (pid := worker.pid)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for worker in self._workers:
            worker.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Worker(Child[Job]):
    """One process and the pipe to it; started when first needed, and again when an answer has ended it."""

    def __init__(self, context: ForkServerContext, job: Job, limit_s: float) -> None:
        super().__init__(context, _work, job)
        self._limit_s = limit_s

    def do(self, stint: Stint) -> Gleaned:
        """Do a task; answers that end the process, or hold it up, are left out of another attempt."""
        deaths: Counter[tuple[int, bool]] = Counter()
        while True:
            at, between, result = self._try(stint)
            if isinstance(result, Gleaned):
                return result
            deaths[at, between] += 1
            most = READING_DEATHS if between and result == _DIED else DEATHS
            if between and deaths[at, between] >= most:
                return Gleaned(begins=stint.start, ends=stint.start, over=False, failed=result)
            if not between and (deaths[at, between] >= most or result != _DIED):
                stint = replace(stint, unreadable={**stint.unreadable, at: result})

    def _try(self, stint: Stint) -> tuple[int, bool, Gleaned | str]:
        """Return the last answer that was at its turn (-1: none yet), whether it was done with, and what came of the task."""
        at, between = READING_ON, True
        try:
            pipe = self._start()
            pipe.send(stint)
            while True:
                if not self._heard(pipe, between=between):
                    self._end()
                    return at, between, f"reading took longer than {self._limit_s:g} s"
                said = pipe.recv()
                if not isinstance(said, int):
                    break
                at, between = (at, True) if said == READING_ON else (said, False)
        except (EOFError, OSError):
            self._end()
            if self._closed:
                return at, between, Gleaned(begins=0, ends=0, over=False, failed="ended")
            return at, between, _DIED
        result, last = said
        if last:
            self._end()
        return at, between, result

    def _heard(self, pipe: Connection, *, between: bool) -> bool:
        """Wait for the process; False if it has worked on one answer for too long, or has said nothing for much longer.

        What counts is its own time: on a machine with much else to do a page takes as long as that lets it.
        """
        pid = self.pid or 0
        began, silent_from = _worked_s(pid), time.monotonic()
        while not pipe.poll(self._limit_s):
            if not between and _worked_s(pid) - began >= self._limit_s:
                return False
            if time.monotonic() - silent_from >= SILENCE_LIMIT_S:
                return False
        return True


def _worked_s(pid: int) -> float:
    """Return the CPU seconds of a process (proc(5)); on a system that does not say, those by the clock."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


_DIED = "reading ended its process"


def _work(pipe: Connection, job: Job) -> None:
    """Do what comes through the pipe until it closes, which it also does when the parent is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    gleaner = job.gleaner()
    limit_memory(MEMORY_LIMIT)
    limit = 0
    while True:
        try:
            stint: Stint = pipe.recv()
        except EOFError:
            return
        try:
            result: Gleaned | str = gleaner.do(stint, told=pipe.send)
        except MemoryError:
            pipe.send((OUT_OF_MEMORY, True))
            return
        resident = memory().resident
        limit = limit or max(RESIDENT_LIMIT, resident + GROWTH)  # one that is large from the start would be so again
        pipe.send((result, resident > limit))
