"""Datasette's database over an archive: read-only connections, and answers that are whole or refused.

Datasette cuts an answer off after `max_returned_rows` and says so on its pages and in plain JSON, but not in CSV or
where JSON is a bare array: there `WHOLE` is set, and what is too large to be given whole is an error.
"""

import sqlite3
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import sqlite_timelimit

from storage.errors import ArchiveError, CuttingsError

WHOLE: ContextVar[bool] = ContextVar("WHOLE", default=False)
"""Whether the present request must be answered with all its rows."""
MOST_BYTES = 128_000_000
"""Of one answer in memory: a thousand rows of the longest values a query can make would be 4 GB."""
CELL_BYTES = 60  # what Python keeps beside a value's own bytes
CHUNK = 20  # rows fetched before they are counted: 80 MB of the longest values


class TooLargeError(CuttingsError):
    """An answer that cannot be given whole."""

    def __init__(self) -> None:
        super().__init__(f"The answer has more than {MOST_BYTES // 1_000_000} MB: ask for fewer rows or columns.")


class FailedQueryError(CuttingsError):
    """A query that SQLite refuses, asked for as data."""


class ArchiveDatabase(Database):  # type: ignore[misc]  # datasette is untyped
    """Datasette's database, opened by a quoted address: a path may hold `?`, `#` and `%`."""

    def __init__(self, datasette: Any, path: Path, *, immutable: bool) -> None:
        super().__init__(datasette, str(path), is_mutable=not immutable)

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Open a read-only connection. Raises ArchiveError when asked for another."""
        if write:
            raise ArchiveError("the site never writes")
        address = read_only_uri(Path(self.path), immutable=not self.is_mutable)
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._all_file_connections.append(connection)
        return connection

    async def attached_databases(self) -> list[Any]:
        """Return none: nothing can be attached, and the pragma that lists them would tell the file's place."""
        return []

    async def execute(self, sql: str, params: Any = None, truncate: bool = False, **more: Any) -> Any:
        """Run a query; one that a reader wrote (`truncate`) within the bounds of an answer."""
        if not truncate:
            return await super().execute(sql, params, **more)
        limit_ms = min(more.get("custom_time_limit") or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)
        whole = WHOLE.get()  # asked here: the thread that runs the query has a context of its own
        most = None if whole else max(self.ds.max_returned_rows, more.get("page_size") or 0) + 1

        def bounded(db: sqlite3.Connection) -> Results:
            try:
                with sqlite_timelimit(db, limit_ms):
                    cursor = db.execute(sql, params if params is not None else {})
                    rows = _fetch(cursor, most)
            except sqlite3.DatabaseError as error:
                if "interrupted" in str(error):
                    raise QueryInterrupted(error, sql, params) from error
                if whole:  # Datasette gives an empty file for a query that fails
                    raise FailedQueryError(str(error)) from error
                raise
            cut = most is not None and len(rows) >= most
            return Results(rows[: most - 1] if cut and most else rows, cut, cursor.description)

        return await self.execute_fn(bounded)


def _fetch(cursor: sqlite3.Cursor, most: int | None) -> list[sqlite3.Row]:
    """Return at most `most` rows. Raises TooLargeError."""
    rows: list[sqlite3.Row] = []
    size = 0
    while most is None or len(rows) < most:
        chunk = cursor.fetchmany(CHUNK if most is None else min(CHUNK, most - len(rows)))
        if not chunk:
            break
        size += sum(CELL_BYTES + (len(v) if isinstance(v, str | bytes) else 0) for row in chunk for v in row)
        if size > MOST_BYTES:
            raise TooLargeError
        rows += chunk
    return rows


def read_only_uri(archive: Path, *, immutable: bool = False) -> str:
    """Return the SQLite address that opens `archive` read-only; `immutable` where nobody will ever write to it."""
    return archive.resolve().as_uri() + ("?immutable=1" if immutable else "?mode=ro")
