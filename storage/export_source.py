"""The archive as an export reads it: one moment, never written."""

import sqlite3
from pathlib import Path

from storage.archive import open_reader

BATCH = 5_000  # rows in memory at a time without text, and a Parquet row group


def open_frozen(db_path: Path) -> sqlite3.Connection:
    """Open an archive read-only, in one transaction: whatever is collected meanwhile, the export does not see it."""
    db: sqlite3.Connection = open_reader(db_path).conn
    db.isolation_level = None
    db.execute("begin")
    db.execute("select 1 from sqlite_schema limit 1").fetchone()  # only the first read fixes the moment
    return db


def secret_of(db: sqlite3.Connection) -> str:
    """Return what keys hashed names: the archive's own, which no export and no snapshot contains."""
    return str(db.execute("select value from secrets where name = 'names'").fetchone()[0])
