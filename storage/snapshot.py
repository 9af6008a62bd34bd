"""The archive as others may have it: a copy without full texts and without what is ours alone, and dumps of its tables.

`DIR/CURRENT` is a link to the newest snapshot's folder, switched in one step: a reader finds the old one or the new one
whole. What is published is listed here, so that a table somebody adds stays private until it is added here too. The
index of words stays, since search needs it; the site lets nobody read it.
"""

import gzip
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from storage import codebook
from storage.errors import ArchiveError
from storage.export_files import File, batches
from storage.export_formats import open_writer
from storage.sums import sum_path, write_sum

CURRENT = "current"
DATABASE, DUMPS, RECORD = "cuttings.db", "dumps", "snapshot.json"
PUBLISHED = frozenset({
    "runs", "outlets", "outlet_hosts", "outlet_rights", "feeds", "topics", "topic_versions", "articles", "texts",
    "article_topics", "evidence", "credits", "stories", "story_log", "reprints", "captures", "versions", "checks",
    "coverage", "health", "drifts", "word_forms", "articles_fts", "articles_fts_config", "articles_fts_data",
    "articles_fts_docsize", "articles_fts_idx", "sqlite_stat1", "sqlite_stat4",
})  # fmt: skip
DUMPED = (
    "articles", "stories", "reprints", "credits", "article_topics", "evidence", "versions", "checks", "coverage",
    "outlets", "topics", "topic_versions",
)  # fmt: skip
BATCH = 5_000

# Texts leave, and where other people's WARC files lie on this machine; the view that snippets are cut from has none to show.
_WITHOUT_TEXTS = """
delete from texts;
update versions set text = null;
update runs set config_digest = null;
update captures set warc = replace(warc, rtrim(warc, replace(warc, '/', '')), '') where warc like 'file:%';
drop view articles_fts_content;
create view articles_fts_content as select id, title, authors, null as text from articles;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """One table as a file that readers may take with them."""

    name: str
    rows: int
    size_bytes: int
    sha256: str
    """Of the compressed file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A published copy of the archive."""

    folder: Path
    made_at: str
    state: str
    """Of the archive it was made of, as `state_of` says."""
    dumps: tuple[Dump, ...]

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / DATABASE


def state_of(archive: Path) -> str:
    """Return what changes with every run of a command that writes, and with every version of the program.

    Raises ArchiveError.
    """
    try:
        with closing(_reader(archive)) as db:
            ran = db.execute("select max(id), max(ended_at), count(ended_at) from runs").fetchone()
    except sqlite3.Error as error:
        raise ArchiveError(f"cannot read the archive {archive}: {error}") from error
    return " ".join(map(str, (*ran, version("cuttings"))))


def current(directory: Path) -> Snapshot | None:
    """Return the snapshot published last, None if there is none that is whole."""
    link = directory / CURRENT
    try:
        record = json.loads((link / RECORD).read_text(encoding="utf-8"))
        folder = link.resolve(strict=True)
    except (OSError, ValueError):
        return None
    dumps = tuple(Dump(**dump) for dump in record["dumps"])
    return Snapshot(folder=folder, made_at=record["made_at"], state=record["state"], dumps=dumps)


def make(archive: Path, directory: Path, *, now: datetime) -> Snapshot:
    """Write a snapshot of `archive` into `directory` and publish it as the current one. Raises ArchiveError."""
    name = f"{now:%Y%m%dT%H%M%SZ}"
    work = directory / f".{name}.{os.getpid()}"
    try:
        (work / DUMPS).mkdir(parents=True)
        state = state_of(archive)
        _copy(archive, work)
        dumps = tuple(_dump(work, table) for table in DUMPED)
        made = Snapshot(folder=_free(directory / name), made_at=f"{now:%Y-%m-%dT%H:%M:%SZ}", state=state, dumps=dumps)
        record = {"made_at": made.made_at, "state": state, "dumps": [asdict(dump) for dump in dumps]}
        (work / RECORD).write_text(json.dumps(record, indent=2), encoding="utf-8")
        work.rename(made.folder)
        _switch(directory, made.folder)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"cannot make a snapshot in {directory}: {error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return made


def remove_others(directory: Path, kept: Snapshot) -> None:
    """Delete every snapshot but one: what is forgotten in the archive must not go on in old copies."""
    for folder in directory.iterdir():
        if folder.is_dir() and not folder.is_symlink() and folder.resolve() != kept.folder.resolve():
            shutil.rmtree(folder, ignore_errors=True)


def _copy(archive: Path, work: Path) -> None:
    """Copy the archive in one consistent state, take out what is private, and copy again: no page of it is left."""
    whole = work / "whole.db"
    with closing(_reader(archive)) as db:
        db.execute("vacuum into ?", [str(whole)])
    with closing(sqlite3.connect(whole)) as db:
        db.execute("pragma synchronous = off")
        db.executescript(_WITHOUT_TEXTS)
        for (table,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
            if table not in PUBLISHED:
                db.execute(f'drop table "{table}"')
        for view in list(_broken_views(db)):
            db.execute(f'drop view "{view}"')
        db.commit()
        db.execute("vacuum into ?", [str(work / DATABASE)])
    whole.unlink()


def _broken_views(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the views that read what is not published."""
    for (view,) in db.execute("select name from sqlite_master where type = 'view'").fetchall():
        try:
            db.execute(f'select * from "{view}" limit 0')
        except sqlite3.OperationalError:
            yield view


def _dump(work: Path, table: str) -> Dump:
    """Write a table as compressed CSV, as exports write it; the same rows give the same bytes."""
    folder = work / DUMPS
    with closing(_reader(work / DATABASE)) as db:
        described = codebook.tables()[table]
        names = [
            column[1]
            for column in db.execute(f"pragma table_info({table})")
            if (table, column[1]) != ("versions", "text")
        ]
        file = File(name=table, sql=f"select {', '.join(names)} from {table} order by 1, 2", key=())
        columns = tuple(column for column in described.columns if column.name in names)
        writer = open_writer("csv", folder, file, codebook.Table(name=table, about=described.about, columns=columns))
        rows = 0
        for batch in batches(db, file, size=BATCH):
            writer.write([tuple(row) for row in batch])
            rows += len(batch)
        writer.close()
    packed = _pack(folder / f"{table}.csv")
    write_sum(packed)
    digest = sum_path(packed).read_text(encoding="utf-8").split()[0]
    return Dump(name=packed.name, rows=rows, size_bytes=packed.stat().st_size, sha256=digest)


def _pack(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    with path.open("rb") as plain, packed.open("wb") as out, gzip.GzipFile("", "wb", fileobj=out, mtime=0) as file:
        shutil.copyfileobj(plain, file)
    path.unlink()
    return packed


def _switch(directory: Path, folder: Path) -> None:
    """Make `current` lead to `folder`; a reader sees the old or the new, never neither."""
    link = directory / f".{CURRENT}.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.name, target_is_directory=True)
    link.replace(directory / CURRENT)


def _free(folder: Path) -> Path:
    """Return `folder`, or the first of its numbered names that is free: two may be made in one second."""
    number = 1
    free = folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)
