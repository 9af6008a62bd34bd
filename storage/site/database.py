"""Datasette's database over an archive: read-only connections, and answers that are whole or refused.

Datasette cuts an answer off after `max_returned_rows` and says so on its pages and in plain JSON, but not in CSV or
where JSON is a bare array: there `WHOLE` is set, and what is too large to be given whole is an error.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Collection, Hashable
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import sqlite_timelimit

from storage.errors import ArchiveError, CuttingsError
from storage.site.kept import Kept

WHOLE: ContextVar[bool] = ContextVar("WHOLE", default=False)
"""Whether the present request must be answered with all its rows."""
LISTING: ContextVar[bool] = ContextVar("LISTING", default=False)
"""Whether the present request is for rows of a table or view, by a query of Datasette's own."""
DRAWN: ContextVar[bool] = ContextVar("DRAWN", default=False)
"""Whether the present request is for a page to look at, not for data."""
READ_FIRST = {"articles": ("id", "title", "outlet", "published_at", "language", "section", "url")}
"""The schema has keys and four addresses before the headline."""
MOST_DRAWN = 200  # rows of a query on its page: a thousand take 300 ms to draw; its CSV has all
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

    def __init__(self, datasette: Any, path: Path, *, immutable: bool, kept: Collection[str] = ()) -> None:
        """`kept` are the queries whose answers may be kept, since they are our own."""
        super().__init__(datasette, str(path), is_mutable=not immutable)
        self._kept, self._may_be_kept = Kept(path), frozenset(kept)
        self._slow_connection: sqlite3.Connection | None = None
        self._schema: dict[Hashable, Any] = {}
        """What Datasette asks of the schema, hundreds of times for a page; as long as that stands."""
        self._schema_version: int | None = None

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

    async def ask(self, key: tuple[Any, ...], question: Callable[[sqlite3.Connection], Any]) -> Any:
        """Return what `question` makes of the archive, from the kept answers where it is dear."""

        async def make(limit_ms: int | None) -> tuple[Any, float]:
            return await self._timed(question, limit_ms)

        return await self._kept.ask(key, make)

    async def ask_once(self, question: Callable[[sqlite3.Connection], Any]) -> Any:
        """Return what `question` makes of the archive now, kept nowhere: for answers that would fill the memory."""
        return (await self._timed(question, None))[0]

    async def table_columns(self, table: str) -> list[str]:
        """Return the columns of a table, those that a reader looks for first."""
        columns: list[str] = await self._of_schema(("columns", table), partial(super().table_columns, table))
        first = [name for name in READ_FIRST.get(table, ()) if name in columns]
        return first + [name for name in columns if name not in first]

    async def primary_keys(self, table: str) -> list[str]:
        """Return the primary key of a table."""
        keys: list[str] = await self._of_schema(("keys", table), partial(super().primary_keys, table))
        return keys

    async def fts_table(self, table: str) -> str | None:
        """Return the search index of a table."""
        index: str | None = await self._of_schema(("index", table), partial(super().fts_table, table))
        return index

    async def _of_schema(self, key: Hashable, ask: Callable[[], Awaitable[Any]]) -> Any:
        if key not in self._schema:
            self._schema[key] = await ask()
        return self._schema[key]

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Return how many rows each table has; where that takes too long, what can be counted in `limit` ms a table.

        Tables that stand behind are not counted: to count the search index takes seconds.
        """
        hidden = set(await self.hidden_table_names())
        there = await self.table_names()
        names = [name for name in there if name not in hidden]
        uncounted: dict[str, int | None] = {name: None for name in there if name in hidden}

        def question(db: sqlite3.Connection) -> dict[str, int | None]:
            return {name: db.execute(f"select count(*) from [{name}]").fetchone()[0] for name in names}

        try:
            counts: dict[str, int | None] = await self.ask(("table_counts", *names), question)
        except QueryInterrupted:
            counts = await super().table_counts(limit)
        return uncounted | counts

    async def execute(self, sql: str, params: Any = None, truncate: bool = False, **more: Any) -> Any:
        """Run a query; one that a reader wrote (`truncate`) within the bounds of an answer."""
        if sql == "PRAGMA schema_version":  # as Datasette asks before each page
            found = await self._run(sql, params, truncate, **more)
            if (version := found.first()[0]) != self._schema_version:
                self._schema.clear()
                self._schema_version = version
            return found
        if " sqlite_master" in sql and not truncate:
            return await self._of_schema((sql, repr(params)), partial(self._run, sql, params, truncate, **more))
        return await self._run(sql, params, truncate, **more)

    async def _run(self, sql: str, params: Any, truncate: bool, **more: Any) -> Any:
        limit_ms = min(more.get("custom_time_limit") or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)
        values = params if params is not None else {}
        whole = WHOLE.get()  # asked here: the thread that runs the query has a context of its own
        least = min(self.ds.max_returned_rows, MOST_DRAWN) if DRAWN.get() else self.ds.max_returned_rows
        most = None if whole or not truncate else max(least, more.get("page_size") or 0) + 1

        def question(db: sqlite3.Connection) -> Results:
            cursor = db.execute(sql, values)
            if not truncate:  # Datasette's own: counts and facets
                return Results(cursor.fetchall(), False, cursor.description)
            rows = _fetch(cursor, most)
            cut = most is not None and len(rows) >= most
            return Results(rows[: most - 1] if cut and most else rows, cut, cursor.description)

        async def make(asked_ms: int | None) -> tuple[Any, float]:
            return await self._timed(question, asked_ms, reader_ms=limit_ms, say=(sql, params))

        try:
            listed = LISTING.get() and not values and (more.get("page_size") or 0) <= self.ds.page_size
            ours = listed or sql.strip() in self._may_be_kept
            if truncate and not ours:
                return (await make(None))[0]
            return await self._kept.ask((sql, repr(values), most, limit_ms), make)
        except sqlite3.DatabaseError as error:
            if truncate and whole:  # Datasette gives an empty file for a query that fails
                raise FailedQueryError(str(error)) from error
            raise

    async def _timed(
        self, question: Callable[[sqlite3.Connection], Any], limit_ms: int | None, *,
        reader_ms: int | None = None, say: tuple[Any, Any] = ("", None),
    ) -> tuple[Any, float]:  # fmt: skip
        """Return the answer and its CPU seconds, by a reader's thread, or slowly apart where `limit_ms` allows it.

        Raises QueryInterrupted.
        """

        def run(db: sqlite3.Connection) -> tuple[Any, float]:
            began = time.thread_time()
            try:
                with sqlite_timelimit(db, limit_ms or reader_ms or self.ds.sql_time_limit_ms):
                    answer = question(db)
            except sqlite3.OperationalError as error:
                if "interrupted" in str(error):
                    raise QueryInterrupted(error, *say) from error
                raise
            return answer, time.thread_time() - began

        if limit_ms is None:
            answer: tuple[Any, float] = await self.execute_fn(run)
            return answer
        return await asyncio.get_running_loop().run_in_executor(self._kept.slow, lambda: run(self._apart()))

    async def settle(self) -> None:
        """Wait for the slow answers that are being made."""
        await self._kept.settle()

    def stop(self) -> None:
        """Give up the slow answer that is being made, and every other: the program would wait for it at its end."""
        self._kept.slow.shutdown(wait=False, cancel_futures=True)
        if self._slow_connection is not None:
            self._slow_connection.interrupt()

    def _apart(self) -> sqlite3.Connection:
        """Return the connection of the thread for slow answers."""
        if self._slow_connection is None:
            self._slow_connection = self.connect()
            self.ds._prepare_connection(self._slow_connection, self.name)  # as Datasette does in its own threads
        return self._slow_connection


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
