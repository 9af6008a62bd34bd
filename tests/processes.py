"""`cuttings` as a process of its own, and how large it and its children grow."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Without pandas, which only tests have: sqlite-utils would load it, 45 MB
COMMAND = (sys.executable, "-c", "import sys; sys.modules['pandas'] = None; from scheduler.cli import cli; cli()")
LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A command that ended."""

    exit_code: int
    stdout: str
    stderr: str
    main_mb: float
    """Largest resident size of the command's own process."""
    worker_mb: float
    """Largest resident size of any of its children."""


@dataclass(slots=True)
class _Peaks:
    by_pid: dict[int, int] = field(default_factory=dict)

    def look(self, pids: Iterator[int]) -> None:
        for pid in pids:
            self.by_pid[pid] = max(self.by_pid.get(pid, 0), _peak_kb(pid))


def cuttings(*words: str, limit_s: float = 100, environment: dict[str, str] | None = None) -> Finished:
    """Run a command to its end, watching its memory; needs /proc. Raises TimeoutError."""
    ends_at = time.monotonic() + limit_s
    with subprocess.Popen(
        [*COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    ) as process:
        peaks = _Peaks()
        while True:
            peaks.look(_with_children(process.pid))
            try:
                stdout, stderr = process.communicate(timeout=LOOK_S)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > ends_at:
                    process.kill()
                    raise TimeoutError(f"cuttings {' '.join(words)} did not end in {limit_s:g} s") from None
    main = peaks.by_pid.pop(process.pid, 0)
    return Finished(
        exit_code=process.returncode,
        stdout=stdout,
        stderr=stderr,
        main_mb=main / 1024,
        worker_mb=max(peaks.by_pid.values(), default=0) / 1024,
    )


def _with_children(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _with_children(int(child))


def _peak_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
