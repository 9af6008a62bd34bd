"""The SHA-256 of a closed captures file, kept beside it as `NAME.sha256`, the form `sha256sum -c` reads.

A file that has one is never appended to again.
"""

import hashlib
import os
from pathlib import Path

_SUFFIX = ".sha256"


def sum_path(path: Path) -> Path:
    """Return where the sum of the file at `path` is kept."""
    return path.with_name(path.name + _SUFFIX)


def summed_path(path: Path) -> Path:
    """Return the file whose sum is kept at `path`."""
    return path.with_name(path.name.removesuffix(_SUFFIX))


def write_sum(path: Path) -> None:
    """Write the sum of the file at `path` beside it, whole or not at all, and synced. Raises OSError."""
    unfinished = path.with_name(path.name + _SUFFIX + ".new")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{_sum(path)}  {path.name}\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(sum_path(path))
    sync_folder(path.parent)


def matches_sum(path: Path) -> bool:
    """Say whether the file at `path` is still what its sum says. Raises OSError where one of them cannot be read."""
    stated = sum_path(path).read_text(encoding="utf-8", errors="replace").split(maxsplit=1)
    return bool(stated) and stated[0] == _sum(path)


def sync_folder(folder: Path) -> None:
    """Make what was created or renamed in `folder` survive a loss of power. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
