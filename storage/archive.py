"""The archive as a whole: opening it, one writer at a time, runs, and what configuration says of outlets and topics."""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlite_utils import Database as Database  # noqa: PLC0414  what the other packages know of sqlite-utils

from storage import tombstones
from storage.additions import is_older
from storage.errors import ArchiveError
from storage.migrations import migrate
from storage.records import Outlet, Topic, utc_text
from storage.retag import rules_of, sync_retags
from storage.schema import APPLICATION_ID
from storage.search import register

Broken: tuple[type[BaseException], ...] = (sqlite3.Error, OSError)
"""What a full, locked or failing disk raises."""

CACHE_KB = 16_000
"""Pages kept in memory: each article asks for some forty places all over an index that outgrows SQLite's own 2 MB at once."""

PRAGMAS = (
    "foreign_keys = on",
    "journal_mode = wal",
    "synchronous = full",
    "busy_timeout = 30000",
    f"cache_size = -{CACHE_KB}",
)
_STEPS = 100_000  # of SQLite's machine between two looks at signals: some hundredths of a second


def open_archive(path: Path) -> Database:
    """Open an archive for writing, created and migrated as needed. Raises ArchiveError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path)
        _refuse_strangers(connection, path)
        connection.execute("pragma page_size = 8192")
        for pragma in PRAGMAS:
            connection.execute(f"pragma {pragma}")
        db = Database(connection)
        migrate(db)
        register(connection)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(f"{path}: cannot be opened for writing: {error}") from error
    return db


def open_reader(path: Path) -> Database:
    """Open an existing archive for reading only; one of an earlier version is brought up to date first. Raises ArchiveError."""
    db = open_as_is(path)
    if not is_older(db.conn):
        return db
    db.close()
    with only_writer(path) as free:
        if not free:
            raise ArchiveError(f"{path}: of an earlier version, and another command is writing to it; try again")
        open_archive(path).close()
    return open_as_is(path)


def open_as_is(path: Path) -> Database:
    """Open an existing archive for reading only, of whatever version it is. Raises ArchiveError."""
    if not path.exists():
        raise ArchiveError(f"{path}: no archive yet; `cuttings collect` makes one")
    try:
        connection = _connect_reader(path)
        _refuse_strangers(connection, path)
        register(connection)
    except sqlite3.Error as error:
        raise ArchiveError(f"{path}: cannot be read: {error}") from error
    return Database(connection)


def _connect_reader(path: Path) -> sqlite3.Connection:
    """Connect for reading; on a disk that cannot be written, where SQLite finds no place for its lock file, as never changing."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True)
    try:
        connection.execute("select 1 from sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        log = path.with_name(path.name + "-wal")
        if os.access(path.parent, os.W_OK) or (log.exists() and log.stat().st_size):
            raise
        connection.close()
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True)
    return connection


def open_memory() -> Database:
    """Return an empty archive in memory, for filters."""
    db = Database(memory=True)
    db.execute("pragma foreign_keys = on")
    migrate(db)
    register(db.conn)
    return db


def interruptible(connection: sqlite3.Connection, sql: str) -> list[tuple[object, ...]]:
    """Run a statement that takes long and return its rows; Ctrl-C ends it, as any other code."""
    connection.set_progress_handler(lambda: 0, _STEPS)  # what a signal raises in it makes SQLite stop
    try:
        return connection.execute(sql).fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def only_writer(path: Path) -> Iterator[bool]:
    """Hold the archive's lock; yields False if another process has it. A killed process leaves none behind."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.with_name(path.name + ".lock").open("a")
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be opened for writing: {error}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def writing(path: Path) -> Iterator[Database | None]:
    """Yield the archive for writing, None while another process has it. Raises ArchiveError, for a broken disk too."""
    with only_writer(path) as free:
        if not free:
            yield None
            return
        with broken_disk_is_an_error(path), closing(open_archive(path)) as db:
            yield db


@contextmanager
def broken_disk_is_an_error(path: Path) -> Iterator[None]:
    """Turn what a full, locked or failing disk raises into an ArchiveError that names the archive."""
    try:
        yield
    except Broken as error:
        raise ArchiveError(f"{path}: {error}") from error


def start_run(
    db: Database, command: str, *, now: datetime, config: tuple[str, str] | None = None, vantage: str = ""
) -> int:
    """Record that a command begins, with the `(digest, toml)` of its configuration; return the run's id.

    The caller holds the archive's lock: a run that has not ended was killed.
    """
    with db.atomic():
        db.execute("update runs set result = 'killed' where result is null")
        if config:
            db.execute("insert or ignore into configs values (?, ?, ?)", [*config, utc_text(now)])
        cursor = db.execute(
            "insert into runs (command, started_at, config_digest, version, vantage) values (?, ?, ?, ?, ?)",
            [command, utc_text(now), config[0] if config else None, version("cuttings"), vantage],
        )
    return int(cursor.lastrowid or 0)


def finish_run(db: Database, run: int, *, now: datetime, result: str, counts: Mapping[str, int]) -> None:
    """Record how a run ended: done, attention, offline, interrupted or failed."""
    with db.atomic():
        db.execute(
            "update runs set ended_at = ?, result = ?, counts = ? where id = ?",
            [utc_text(now), result, json.dumps(dict(sorted(counts.items()))), run],
        )


def sync_outlets(db: Database, outlets: Sequence[Outlet], prefixes: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """Make the outlets tables say what the configuration says; outlets no longer configured stay, inactive.

    `prefixes` maps an outlet's id to its `(host, path)` pairs, its own address first.
    """
    with db.atomic():
        forgotten = tombstones.outlets(db)
        db.execute("update outlets set active = 0")
        db.execute("delete from outlet_hosts")
        for outlet in outlets:
            row: dict[str, object] = {
                name: getattr(outlet, name)
                for name in ("id", "name", "url", "language", "country", "kind", "owner", "ownership", "timezone")
            }
            row |= {name: json.dumps(getattr(outlet, name), ensure_ascii=False) for name in ("groups", "aliases")}
            row["active"] = int(outlet.active and outlet.id not in forgotten)
            changes = ", ".join(f"{name} = excluded.{name}" for name in row if name != "id")
            db.execute(
                f"insert into outlets ({', '.join(row)}) values ({', '.join('?' * len(row))})"
                f" on conflict (id) do update set {changes}",
                list(row.values()),
            )
            for i, (host, path) in enumerate(prefixes[outlet.id]):
                kind = ("edition" if path != "/" else "primary") if i == 0 else _kind_of_host(host)
                db.execute("insert or ignore into outlet_hosts values (?, ?, ?, ?)", [outlet.id, host, path, kind])


def sync_topics(db: Database, topics: Sequence[Topic], versions: Mapping[str, str], *, now: datetime) -> None:
    """Make the topics tables say what the configuration says; a changed query is a new version."""
    with db.atomic():
        db.execute("update topics set active = 0")
        for topic in topics:
            version_ = versions[topic.id]
            db.execute(
                "insert into topics values (?, ?, ?, 1) on conflict (id) do update set"
                " name = excluded.name, version = excluded.version, active = 1",
                [topic.id, topic.name, version_],
            )
            queries = json.dumps(dict(topic.queries), ensure_ascii=False, sort_keys=True)
            db.execute(
                "insert or ignore into topic_versions values (?, ?, ?, ?)", [topic.id, version_, queries, utc_text(now)]
            )
        sync_retags(db, {topic.id: rules_of(versions[topic.id], topic.min_score) for topic in topics})


def _kind_of_host(host: str) -> str:
    return "amp" if host.startswith("amp.") else "mirror"


def _refuse_strangers(connection: sqlite3.Connection, path: Path) -> None:
    """Raise ArchiveError for a database that is somebody else's."""
    sql = "select count(*) from sqlite_master where tbl_name not glob '_sqlite_*'"  # those come before an archive's first own
    (tables,) = connection.execute(sql).fetchone()
    (application_id,) = connection.execute("pragma application_id").fetchone()
    if tables and application_id != APPLICATION_ID:
        raise ArchiveError(f"{path}: not an archive of cuttings")
