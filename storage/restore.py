"""Brings a backup back: copied beside the archive, tombstones of the present one applied, verified, and only then exchanged.

The exchange is three renames, captures first: whenever it is interrupted, a database with the tombstones is in its place,
and restoring again ends it. What was there is moved aside, never deleted.
"""

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from storage.archive import (
    Database,
    broken_disk_is_an_error,
    finish_run,
    only_writer,
    open_archive,
    open_reader,
    start_run,
)
from storage.backup import ABOUT, CAPTURES, DATABASE, copy, sync_tree
from storage.errors import ArchiveError
from storage.settings import Archive
from storage.sums import sync_folder
from storage.verify import verify

_PATIENCE_S = 5
Stone = tuple[str, str, str | None, str, str, int | None]
Amend = Callable[[Database, Path, int], int]
"""Removes from a database and its captures folder what tombstones forbid, as a run; returns the articles removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What restoring came to."""

    busy: bool = False
    """Another process writes to the archive; nothing was done."""
    articles: int = 0
    forgotten: int = 0
    """Articles of the backup that were forgotten since it was made, and left out."""
    replaced: Path | None = None
    """Where what was there is now."""
    blind: bool = False
    """The present archive could not be read: what was forgotten since the backup may be back."""


def restore(
    archive: Archive, source: Path, *, replace: bool, even_damaged: bool, amend: Amend, now: datetime
) -> Restored:
    """Bring the backup at `source` to where `archive` is. Raises ArchiveError; nothing is changed then.

    `replace`: what is there is moved aside. `even_damaged`: a backup that does not verify is taken, too.
    """
    _refuse(archive, source, replace=replace)
    with broken_disk_is_an_error(archive.path), only_writer(archive.path) as free:
        if not free:
            return Restored(busy=True)
        stones, blind = _present_stones(archive)
        archive.captures.parent.mkdir(parents=True, exist_ok=True)
        with _beside(archive.path) as home, _beside(archive.captures) as captures_home:
            fresh = Archive(path=home / DATABASE, captures=captures_home / CAPTURES)
            _copy(source, fresh, even_damaged=even_damaged)
            with_secret = _has_secret(fresh.path)
            articles, forgotten = _amended(fresh, stones, amend, now)
            _carry_over(archive.path, fresh.path, secret=not with_secret)
            _check(fresh, source, even_damaged=even_damaged)
            replaced = _exchange(archive, fresh, now)
    return Restored(articles=articles, forgotten=forgotten, replaced=replaced, blind=blind)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a folder on the disk where `path` is to be; it goes in the end."""
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=path.parent) as folder:
        yield Path(folder)


def _refuse(archive: Archive, source: Path, *, replace: bool) -> None:
    if not (source / DATABASE).is_file() or not (source / ABOUT).is_file():
        raise ArchiveError(f"{source}: is no backup of cuttings: it has no {DATABASE} and {ABOUT}")
    there = [
        path for path in (archive.path, archive.captures) if path.is_file() or (path.is_dir() and any(path.iterdir()))
    ]
    if there and not replace:
        raise ArchiveError(f"{there[0]}: is there already; --replace moves it aside")


def _present_stones(archive: Archive) -> tuple[list[Stone], bool]:
    """Return the tombstones of the present archive, and of what was moved aside; and whether one could not be read."""
    stones: dict[str, Stone] = {}
    blind = False
    for path in [archive.path, *sorted(archive.path.parent.glob("replaced-*/*.db"))]:
        if not path.exists():
            continue
        try:
            with closing(open_reader(path).conn) as db:
                rows = db.execute("select url_key, key, outlet, removed_at, reason, article from tombstones").fetchall()
        except (ArchiveError, sqlite3.Error):
            blind = blind or path == archive.path
            continue
        stones |= {row[0]: row for row in rows}
    return list(stones.values()), blind


def _stated_sum(source: Path) -> str | None:
    """Return the SHA-256 that the backup says its database has; None where it does not say."""
    try:
        stated = json.loads((source / ABOUT).read_text(encoding="utf-8"))
    except ValueError:
        return None
    return stated.get("sha256") if isinstance(stated, dict) else None


def _copy(source: Path, fresh: Archive, *, even_damaged: bool) -> None:
    if copy(source / DATABASE, fresh.path) != _stated_sum(source) and not even_damaged:
        raise ArchiveError(f"{source / DATABASE}: is not what was backed up: another SHA-256; nothing was changed")
    fresh.captures.mkdir()
    for path in sorted((source / CAPTURES).rglob("*")):
        if path.is_file():
            copy(path, fresh.captures / path.relative_to(source / CAPTURES))


def _amended(fresh: Archive, stones: list[Stone], amend: Amend, now: datetime) -> tuple[int, int]:
    """Bring a copy up to the present schema and tombstones; return its articles, and how many were removed."""
    with closing(open_archive(fresh.path)) as db:
        run = start_run(db, "restore", now=now)
        with db.atomic():
            sql = """insert or ignore into tombstones (url_key, key, outlet, removed_at, reason, article, run)
                     values (?, ?, ?, ?, ?, ?, ?)"""
            db.conn.executemany(sql, [(*stone, run) for stone in stones])
        forgotten = amend(db, fresh.captures, run)
        (articles,) = db.execute("select count(*) from articles").fetchone()
        finish_run(db, run, now=now, result="done", counts={"articles": articles, "forgotten": forgotten})
        db.execute("pragma wal_checkpoint(truncate)")
    return articles, forgotten


def _has_secret(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("select 1 from sqlite_schema where name = 'secrets'").fetchone() is not None


def _carry_over(present: Path, fresh: Path, *, secret: bool) -> None:
    """Keep what only the present archive knows: studies exported since; its `secret`, where the backup had none yet."""
    if not present.exists():
        return
    try:
        with closing(open_reader(present).conn) as db:
            key = db.execute("select value, name from secrets").fetchall()
            studies = db.execute("select made_at, title, directory, digest, id from studies order by id").fetchall()
            held = {
                study[4]: db.execute("select article from study_articles where study = ?", study[4:]).fetchall()
                for study in studies
            }
    except (ArchiveError, sqlite3.Error):  # it is broken: that is why somebody restores
        return
    with closing(open_archive(fresh).conn) as db, db:
        known = set(db.execute("select digest, directory from studies").fetchall())
        for *study, old in studies:
            if (study[3], study[2]) not in known:
                made = "insert into studies (made_at, title, directory, digest) values (?, ?, ?, ?)"
                new = db.execute(made, study).lastrowid
                db.executemany("insert into study_articles values (?, ?)", [(new, article) for (article,) in held[old]])
        if secret:
            db.executemany("update secrets set value = ? where name = ?", key)


def _check(fresh: Archive, source: Path, *, even_damaged: bool) -> None:
    problems = verify(fresh).problems
    if problems and not even_damaged:
        said = "; ".join(str(problem) for problem in problems)
        raise ArchiveError(f"{source}: does not verify, nothing was changed (--damaged takes it all the same): {said}")


def _exchange(archive: Archive, fresh: Archive, now: datetime) -> Path | None:
    """Move what is there aside and put the copy in its place; return where the old archive is now."""
    with fresh.path.open("rb") as file:
        os.fsync(file.fileno())
    sync_tree(fresh.captures)
    _close(archive.path)
    name = _unused(f"replaced-{now:%Y%m%dT%H%M%SZ}", {archive.path.parent, archive.captures.parent})
    aside = archive.path.parent / name
    moved = archive.path.exists() or archive.captures.exists()
    if archive.captures.exists():
        (archive.captures.parent / name).mkdir(exist_ok=True)
        archive.captures.rename(archive.captures.parent / name / CAPTURES)
    fresh.captures.rename(archive.captures)
    if archive.path.exists():
        aside.mkdir(exist_ok=True)
        _keep_too(archive.path, aside / archive.path.name)
    fresh.path.replace(archive.path)
    for folder in {archive.path.parent, archive.captures.parent}:
        sync_folder(folder)
    return aside if moved else None


def _unused(name: str, folders: Collection[Path]) -> str:
    """Return a name that nothing in these folders has: `name`, or with a number behind it."""
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(one for one in names if not any((folder / one).exists() for folder in folders))


def _keep_too(path: Path, other: Path) -> None:
    """Have a file under another name, too."""
    try:
        os.link(path, other)
    except OSError:  # a file system without hard links
        shutil.copy2(path, other)


def _close(path: Path) -> None:
    """Make sure nobody has the present database open: its log would be taken for the new one's. Raises ArchiveError."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=_PATIENCE_S)) as db:
        try:
            db.execute("pragma locking_mode = exclusive")
            db.execute("begin exclusive")  # only where no other connection is open; closing then removes the log
            db.execute("rollback")
        except sqlite3.DatabaseError as error:  # a damaged one has no log worth keeping
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise ArchiveError(f"{path}: is in use; stop `cuttings serve` and `cuttings schedule` first") from error
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
