"""What forgetting has still to do outside the tables: bytes of WARC files to blank, free pages to overwrite."""

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from storage.errors import ArchiveError

_STEPS = 1_000_000  # of SQLite's machine between two looks at signals: some hundredths of a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The bytes of a capture's response record in one of our WARC files, or in somebody else's at an address."""

    warc: str
    byte_offset: int
    byte_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Bytes to be blanked in WARC files: the captures at `places`, whatever was answered at `urls`, and lists that name these."""

    places: tuple[Place, ...] = ()
    urls: tuple[str, ...] = ()
    """Addresses; an article's own, with or without scheme."""
    title: str | None = None
    since: str | None = None
    """First month, YYYY-MM, of files that can have any of it; None: all."""
    prefixes: tuple[str, ...] = ()
    """Beginnings of addresses (host and path) of a whole outlet: all its answers go."""


def add(db: Database, erasure: Erasure) -> None:
    """Note what is to be done. In the transaction that removed the rows."""
    db.execute("insert into erasures (what) values (?)", [json.dumps(asdict(erasure), ensure_ascii=False)])


def pending(db: Database) -> list[Erasure]:
    """Return what is to be blanked in WARC files."""
    rows = db.execute("select what from erasures where what <> '{}' order by id").fetchall()
    return [_erasure(json.loads(row[0])) for row in rows]


def is_pending(db: Database) -> bool:
    """Say whether anything is left to do."""
    return bool(db.execute("select exists (select 1 from erasures)").fetchone()[0])


def blanked(db: Database) -> None:
    """Note that the WARC files are done: what was to be looked for in them is itself to be forgotten now."""
    with db.atomic():
        db.execute("delete from erasures")
        db.execute("insert into erasures (what) values ('{}')")


def overwrite_free_space(db: Database) -> None:
    """Write the database anew, so that nothing deleted is left in its free pages or in the write-ahead log; note it done.

    Raises ArchiveError where a reader keeps the old pages in use; sqlite3.Error where the disk is too small.
    """
    _interruptible(db.conn, "vacuum")
    (busy, _, _) = db.execute("pragma wal_checkpoint(truncate)").fetchone()
    if busy:
        raise ArchiveError("a reader still uses the archive's old pages; stop it and run the same command again")
    with db.atomic():
        db.execute("delete from erasures")
    db.execute("pragma wal_checkpoint(truncate)")


def _interruptible(connection: sqlite3.Connection, sql: str) -> None:
    """Run a long statement that Ctrl-C ends."""
    connection.set_progress_handler(lambda: 0, _STEPS)
    try:
        connection.execute(sql)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


def _erasure(data: dict[str, Any]) -> Erasure:
    lists = {name: tuple(data[name]) for name in ("urls", "prefixes")}
    return Erasure(**{**data, **lists, "places": tuple(Place(**place) for place in data["places"])})
