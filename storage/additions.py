"""What the present shape of an archive has more than an older one: tables, columns, indexes; views are made anew.

`user_version` is a digest of the shape, so that an archive that has it costs one look.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache

from sqlite_utils import Database

from storage.schema import TABLES
from storage.schema_index import SEARCH
from storage.views import VIEWS

_SHAPE = TABLES + SEARCH + VIEWS
DIGEST = int.from_bytes(hashlib.sha256(_SHAPE.encode()).digest()[:4], "big") & 0x7FFFFFFF
_Shape = Mapping[tuple[str, str], str]  # (type, name) → SQL


def add_what_is_missing(db: Database) -> None:
    """Add to an archive what it lacks, in one transaction."""
    if db.execute("pragma user_version").fetchone()[0] == DIGEST:
        return
    with db.atomic():
        for statement in missing(db.conn):
            db.conn.execute(statement)
        db.conn.execute(f"pragma user_version = {DIGEST}")


def is_older(connection: sqlite3.Connection) -> bool:
    """Say whether an archive lacks something that is to be read from it."""
    (version,) = connection.execute("pragma user_version").fetchone()
    return version != DIGEST and any(not statement.startswith("create index") for statement in missing(connection))


def missing(connection: sqlite3.Connection) -> list[str]:
    """Return the statements that bring an archive to the present shape; none where it has it."""
    with_all, has = _wanted(), _shape(connection)
    wanted = _shape(with_all)
    statements = [sql for (kind, name), sql in wanted.items() if kind == "table" and (kind, name) not in has]
    for kind, name in wanted:
        if kind == "table" and (kind, name) in has and not name.startswith("articles_fts"):
            statements += _columns(with_all, connection, name)
    changed = [key for key, sql in wanted.items() if key[0] in ("index", "view") and has.get(key) != sql]
    if any(kind == "view" for kind, _ in changed):  # views read each other
        changed = [key for key in wanted if key in changed or key[0] == "view"]
    gone = [f"drop {kind} {name}" for kind, name in reversed(changed) if (kind, name) in has]
    return statements + gone + [wanted[key] for key in changed]


@cache
def _wanted() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(_SHAPE)
    return connection


def _shape(connection: sqlite3.Connection) -> _Shape:
    rows = connection.execute("select type, name, sql from sqlite_schema where sql is not null order by rowid")
    return {(kind, name): sql for kind, name, sql in rows}


def _columns(with_all: sqlite3.Connection, connection: sqlite3.Connection, table: str) -> Iterator[str]:
    """Yield how columns that a table lacks are added."""
    known = {row[1] for row in connection.execute(f"pragma table_xinfo({table})")}
    points = {
        row[3]: f" references {row[2]}({row[4]})" for row in with_all.execute(f"pragma foreign_key_list({table})")
    }
    for _, name, kind, not_null, default, *_ in with_all.execute(f"pragma table_xinfo({table})"):
        if name not in known:
            needed = " not null" if not_null else ""
            stated = f" default {default}" if default is not None else ""
            yield f"alter table {table} add column {name} {kind}{needed}{stated}{points.get(name, '')}"
