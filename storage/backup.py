"""A consistent copy of an archive, made while it is in use: its database as of one moment, its WARC files, its settings.

WARC files are copied after the database, so what the database knows is there; what was appended since lies behind it, cut
at the end of a record. Closed files never change: where an earlier backup on the same disk has one, it is linked to that
one, not copied. What forgetting rewrites meanwhile would tear the copy: then it is not made.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from storage.archive import broken_disk_is_an_error, interruptible, open_reader
from storage.captures import whole_until
from storage.errors import ArchiveError
from storage.records import utc_text
from storage.settings import Archive
from storage.sums import sum_path, sync_folder

DATABASE, CAPTURES, ABOUT = "cuttings.db", "captures", "backup.json"
_PAGES = 4096  # copied between two looks at signals: 32 MB
_PIECE = 1 << 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that was made."""

    directory: Path
    articles: int
    warc_files: int
    linked: int
    """Of those, files that an earlier backup shares."""
    damaged: tuple[str, ...]
    """Closed WARC files that are not what their SHA-256 was made of; copied as they are."""


def back_up(
    archive: Archive, directory: Path, *, settings: Sequence[Path] = (), earlier: Path | None = None, now: datetime
) -> Made:
    """Write a backup to `directory`, which must be absent or empty. Raises ArchiveError; a failed one leaves nothing."""
    refuse_full(directory)
    if directory.resolve().is_relative_to(archive.captures.resolve()):
        raise ArchiveError(f"{directory}: is inside the folder that is to be copied")
    with broken_disk_is_an_error(directory), _aside(directory) as folder:
        database = folder / DATABASE
        articles = _copy_database(archive.path, database)
        warc = _Copying(archive.captures, folder / CAPTURES, earlier / CAPTURES if earlier else None)
        warc.all(_known(database))
        for path in settings:
            copy(path, folder / path.name)
        if _forgotten(archive.path) != _forgotten(database):
            raise ArchiveError(f"{directory}: something was forgotten meanwhile; make the backup again")
        about = {
            "made_at": utc_text(now),
            "version": version("cuttings"),
            "articles": articles,
            "sha256": sum_of(database),
        }
        _write(folder / ABOUT, json.dumps(about, indent=1) + "\n")
        sync_tree(folder)
    return Made(
        directory=directory, articles=articles, warc_files=warc.copied + warc.linked, linked=warc.linked,
        damaged=tuple(warc.damaged),
    )  # fmt: skip


def refuse_full(directory: Path) -> None:
    """Raise ArchiveError for a folder that has something in it already."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise ArchiveError(f"{directory}: is not an empty folder; a backup never writes over another")


def copy(source: Path, target: Path, *, length: int | None = None) -> str:
    """Copy a file, or its first `length` bytes, synced; return the SHA-256 of what was copied. Raises OSError."""
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as old, target.open("wb") as new:
        left = os.fstat(old.fileno()).st_size if length is None else length
        while left > 0 and (piece := old.read(min(left, _PIECE))):
            new.write(piece)
            digest.update(piece)
            left -= len(piece)
        new.flush()
        os.fsync(new.fileno())
    return digest.hexdigest()


def sum_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_tree(folder: Path) -> None:
    """Make all names below a folder survive a loss of power; the files' bytes are synced already."""
    for below in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        sync_folder(below)


class _Copying:
    """Copies WARC files from one captures folder to another, or links those an earlier backup has."""

    def __init__(self, source: Path, target: Path, earlier: Path | None) -> None:
        self._source, self._target, self._earlier = source, target, earlier
        self.copied = self.linked = 0
        self.damaged: list[str] = []

    def all(self, known: dict[str, int]) -> None:
        """Copy every file; of one that is still written to what is whole, at least as far as the database knows."""
        self._target.mkdir()
        for path in sorted(self._source.rglob("*.warc.gz")):
            name = path.relative_to(self._source).as_posix()
            if not sum_path(path).exists():
                size, indexed = path.stat().st_size, known.get(name, 0)
                copy(path, self._target / name, length=whole_until(path, indexed) if size > indexed else size)
                self.copied += 1
            elif not self._link(name):
                self._copy_closed(path, name)

    def _link(self, name: str) -> bool:
        earlier = self._earlier / name if self._earlier else None
        if earlier is None or not earlier.exists() or not sum_path(earlier).exists():
            return False
        if sum_path(earlier).read_bytes() != sum_path(self._source / name).read_bytes():
            return False
        target = self._target / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(earlier, target)
        except OSError:  # a file system without hard links
            return False
        copy(sum_path(earlier), sum_path(target))
        self.linked += 1
        return True

    def _copy_closed(self, path: Path, name: str) -> None:
        stated = sum_path(path).read_text(encoding="utf-8", errors="replace")
        if not stated.startswith(copy(path, self._target / name)):
            self.damaged.append(name)
        _write(sum_path(self._target / name), stated)
        self.copied += 1


def _copy_database(path: Path, target: Path) -> int:
    """Copy a database as of one moment, whoever writes to it meanwhile; return how many articles it has."""
    with closing(open_reader(path).conn) as source, closing(sqlite3.connect(target)) as copied:
        source.isolation_level = None
        source.execute("begin")  # one moment: without it, each commit of a writer would start the copy again
        (articles,) = source.execute("select count(*) from articles").fetchone()
        source.backup(copied, pages=_PAGES, progress=lambda *_: None)  # a callback, so that Ctrl-C is heard
        copied.execute("pragma journal_mode = delete")
        found = [str(row[0]) for row in interruptible(copied, "pragma quick_check")]
        if found != ["ok"]:
            raise ArchiveError(f"{path}: is damaged, see `cuttings verify`: {found[0]}")
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return int(articles)


def _known(database: Path) -> dict[str, int]:
    with closing(open_reader(database).conn) as db:
        return dict(db.execute("select warc, max(byte_offset + byte_length) from captures group by warc").fetchall())


def _forgotten(database: Path) -> tuple[int, int]:
    with closing(open_reader(database).conn) as db:
        row = db.execute("select (select count(*) from tombstones), (select count(*) from erasures)").fetchone()
        return (row[0], row[1])


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _aside(directory: Path) -> Iterator[Path]:
    """Give a folder beside `directory` that takes its name when all is written, and goes when anything fails."""
    absent = [above for above in directory.absolute().parents if not above.exists()]  # the innermost first
    folder = None
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
        yield folder
        folder.chmod(0o755)
        folder.replace(directory)
        for named in (directory.absolute(), *absent):
            sync_folder(named.parent)
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)  # nothing is there any more where all went well
        with suppress(OSError):  # up to the first that has something in it
            for above in absent:
                above.rmdir()
