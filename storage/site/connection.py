"""What a reader's connection may do."""

import sqlite3

LONGEST_VALUE = 4_000_000
"""Bytes of one string or blob: a 10 MB page cleans to far less; zeroblob(900000000) took 23 GB (findings/site.md)."""
MEMORY_MAP = 8 << 30
CACHE_KIB = 65_536
MOST_MEMORY = 1 << 30
"""Bytes SQLite may take in all: four threads' caches are a quarter of it. A query that needs more is refused."""
SECRET = {("configs", "toml"), ("secrets", "value")}
"""Columns no reader sees: a configuration may hold the address of a webhook, a key undoes hashed names."""
TEXTS = {("texts", "text"), ("versions", "text"), ("articles_fts_content", "text"), ("articles_fts_data", "block")}
"""Columns not shown in a public archive: other people's full texts."""


def limit(connection: sqlite3.Connection, *, public: bool) -> None:
    """Bound what one query can cost and hide what readers must not see (it reads as null)."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    for pragma in (
        f"hard_heap_limit={MOST_MEMORY}", f"mmap_size={MEMORY_MAP}", f"cache_size=-{CACHE_KIB}", "query_only=1",
    ):  # fmt: skip
        connection.execute(f"pragma {pragma}")
    hidden = SECRET | TEXTS if public else SECRET

    def allowed(action: int, table: str | None, column: str | None, *_place: str | None) -> int:
        if action == sqlite3.SQLITE_READ and (table, column) in hidden:
            return sqlite3.SQLITE_IGNORE
        if action == sqlite3.SQLITE_PRAGMA and table == "database_list":  # tells where the file is
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    connection.set_authorizer(allowed)
