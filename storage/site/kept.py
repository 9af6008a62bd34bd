"""Answers that took long, kept while the archive stands still, and a while longer while it is written.

Over a large archive some questions cost seconds (who carries whose text, ever). The first reader waits for such an
answer; later ones get the kept one, which is made anew in the background once the archive has changed. How old it may
get follows from what it cost, so that a small archive is always shown as it is.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasette.database import QueryInterrupted

KEEP_FROM_S = 0.03
"""CPU seconds. Cheaper answers are made anew each time: a page of ours has 100 ms, half of it for its template."""
AGE_FOR_COST = 20
"""An answer is used for so many times its cost after the archive changed: at most a twentieth of a core goes there."""
OLDEST_S = 600  # after that it is made anew while its reader waits, as if there were none
SLOW_LIMIT_MS = 120_000  # of an answer made in the background
PATIENCE_S = 1.0  # a reader waits for an answer that is being made in the background already
MOST_KEPT = 500

Timed = Callable[[int | None], Awaitable[tuple[Any, float]]]
"""Gives an answer and its CPU seconds; its argument is a time limit in ms, None for a reader's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and what it was made of."""

    value: Any
    stamp: Hashable
    made_s: float
    cost_s: float


class Kept:
    """The kept answers of one archive."""

    def __init__(self, archive: Path, *, now: Callable[[], float] = time.monotonic) -> None:
        self.slow = ThreadPoolExecutor(1, thread_name_prefix="slow-answers")
        self._files = (archive, archive.with_name(archive.name + "-wal"))
        self._now = now
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._running: dict[Hashable, asyncio.Task[None]] = {}
        self._refused: dict[Hashable, QueryInterrupted] = {}
        """Of those that run: why they were not answered at once."""

    async def ask(self, key: Hashable, make: Timed) -> Any:
        """Return the answer for `key`, kept or made by `make`."""
        stamp, known = self._stamp(), self._answers.get(key)
        age = self._now() - known.made_s if known else 0.0
        if known and (known.stamp == stamp or age < min(AGE_FOR_COST * known.cost_s, OLDEST_S)):
            return known.value
        if known and age < OLDEST_S:
            self._make_later(key, make)
            return known.value
        if key in self._refused:
            await asyncio.wait([self._running[key]], timeout=PATIENCE_S)
            if made := self._answers.get(key):
                return made.value
        if error := self._refused.get(key):
            raise QueryInterrupted(error.e, error.sql, error.params)
        try:
            return await self._make(key, make, stamp, limit_ms=None)
        except QueryInterrupted as error:
            self._make_later(key, make)
            if known:
                return known.value
            self._refused[key] = error
            raise

    async def _make(self, key: Hashable, make: Timed, stamp: Hashable, *, limit_ms: int | None) -> Any:
        value, cost_s = await make(limit_ms)
        self._answers.pop(key, None)
        if cost_s >= KEEP_FROM_S:
            self._answers[key] = Answer(value, stamp, self._now(), cost_s)
            if len(self._answers) > MOST_KEPT:
                self._answers.popitem(last=False)
        return value

    def _make_later(self, key: Hashable, make: Timed) -> None:
        if key not in self._running:
            self._running[key] = asyncio.get_running_loop().create_task(self._slowly(key, make))

    async def _slowly(self, key: Hashable, make: Timed) -> None:
        try:
            await self._make(key, make, self._stamp(), limit_ms=SLOW_LIMIT_MS)
        except QueryInterrupted:  # too much for this archive; a reader is told so when the question comes again
            pass
        finally:
            self._running.pop(key, None)
            self._refused.pop(key, None)

    async def settle(self) -> None:
        """Wait for the answers that are being made."""
        await asyncio.gather(*self._running.values())

    def _stamp(self) -> Hashable:
        """Return what changes with every transaction of the archive's writer, and not when another reader comes or goes.

        The first one makes an empty write-ahead log, the last one deletes it.
        """
        stats = [path.stat() if path.exists() else None for path in self._files]
        return tuple((found.st_mtime_ns, found.st_size) if found and found.st_size else None for found in stats)
