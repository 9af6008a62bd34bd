"""Runs `cuttings` again and again as processes that are really killed; the imports are paid for once.

Run as a script it is a server: for each line of JSON words on its standard input it forks a child, in a process group of
its own, that runs the command; it answers with the child's process id and, when the child has ended, with its exit code.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class Commands:
    """Starts commands one after another; a context manager that ends the server behind it."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, *words: str, log: Path) -> int:
        """Start a command, its output appended to `log`; returns its process id, which is its group's too."""
        assert self._server.stdin
        self._server.stdin.write(json.dumps([str(log), *words]) + "\n")
        self._server.stdin.flush()
        return int(self._answer())

    def wait(self) -> int:
        """Wait for the command's end; returns its exit code, negative for a signal."""
        return int(self._answer())

    def _answer(self) -> str:
        assert self._server.stdout
        return self._server.stdout.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.kill()
        self._server.communicate()


def kill(pid: int, *, group: bool) -> None:
    """Kill a process, or its whole group, at once; one that has ended already is left at that."""
    with suppress(ProcessLookupError):
        (os.killpg if group else os.kill)(pid, signal.SIGKILL)


def _serve() -> None:
    import scheduler.collect  # noqa: F401  what every child needs

    for line in sys.stdin:
        log, *words = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            _run(Path(log), words)
        with suppress(PermissionError, ProcessLookupError):  # the child may have been faster
            os.setpgid(pid, pid)
        _say(pid)
        _say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _run(log: Path, words: Sequence[str]) -> None:
    from scheduler.cli import cli

    os.cpu_count = lambda: 1  # one cleaning process: half of what a round costs is starting them
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    cli(list(words))


if __name__ == "__main__":
    _serve()
