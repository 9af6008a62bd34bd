"""A process that works for this one: started when first needed, ended at will, and started again."""

import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Generic, TypeVar

Job = TypeVar("Job")


class Child(Generic[Job]):
    """One process and the pipe to it."""

    def __init__(self, context: ForkServerContext, work: Callable[[Connection, Job], None], job: Job) -> None:
        self._context = context
        self._work = work
        self._job = job
        self._running: tuple[ForkServerProcess, Connection] | None = None
        self._closed = False
        self._lock = threading.Lock()  # `close` comes from another thread than work does

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return self._running[0].pid if self._running else None

    def close(self) -> None:
        """End the process at once and start no other."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        with self._lock:
            if self._running:
                process, pipe = self._running
                process.kill()
                process.join()
                pipe.close()
            self._running = None

    def _start(self) -> Connection:
        """Return the pipe to the process, started if there is none. Raises BrokenPipeError once closed."""
        with self._lock:
            if self._closed:
                raise BrokenPipeError
            if self._running is None:
                ours, theirs = self._context.Pipe()
                process = self._context.Process(target=self._work, args=(theirs, self._job), daemon=True)
                process.start()
                theirs.close()
                self._running = process, ours
            return self._running[1]
