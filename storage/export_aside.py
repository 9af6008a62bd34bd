"""The folder an export is written in: beside its place, whose name it takes when all is written.

It is locked while it is written, so that what a killed export left behind is known by its free lock and goes with the next
export to the same place.
"""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from storage.errors import StudyError

_MARK = ".exporting"


def refuse(directory: Path) -> None:
    """Raise StudyError for a place that is not absent or an empty folder, or cannot be given to another folder."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise StudyError(f"{directory}: is not an empty folder; an export never writes over another")
    if directory.resolve().is_mount():
        raise StudyError(f"{directory}: a disk is mounted there; name a folder in it, which need not be there yet")


@contextmanager
def aside(directory: Path) -> Iterator[Path]:
    """Give a folder beside `directory` that takes its name when all is written, and goes when anything fails.

    Raises StudyError where it cannot be written.
    """
    place = directory.resolve()  # a link stays one, and `.` has a name
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        folder, lock = _made(place)
    except OSError as error:
        raise StudyError(f"{directory}: {error.strerror}") from error
    try:
        yield folder
        folder.chmod(0o755)
        folder.replace(place)
    except (OSError, sqlite3.OperationalError) as error:
        raise StudyError(f"{directory}: cannot be written, nothing of it is left: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # nothing is there any more where all went well
        os.close(lock)


def _made(place: Path) -> tuple[Path, int]:
    """Make the folder, and return it with what holds its lock; take away what killed exports left."""
    parent = os.open(place.parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # else a folder just made, and not locked yet, would look like one left behind
            fcntl.flock(parent, fcntl.LOCK_EX)
        for left in place.parent.glob(f".{escape(place.name)}.*{_MARK}"):
            with suppress(OSError):
                _take_away(left)
        folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=_MARK, dir=place.parent))
        lock = os.open(folder, os.O_RDONLY)
        with suppress(OSError):  # where folders cannot be locked, none is ever taken away
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return folder, lock
    finally:
        os.close(parent)


def _take_away(folder: Path) -> None:
    """Remove a folder that nobody writes. Raises OSError where somebody does."""
    file = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(file)
