"""What forgetting has still to do outside the tables: bytes of WARC files to blank, free pages to overwrite."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from storage.archive import interruptible
from storage.errors import ArchiveError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The bytes of a capture's response record in one of our WARC files, or in somebody else's at an address."""

    warc: str
    byte_offset: int
    byte_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Bytes to be blanked in WARC files: the captures at `places`, whatever was answered at `url_keys`, and lists that name these."""

    places: tuple[Place, ...] = ()
    url_keys: tuple[str, ...] = ()
    """Of an article's addresses."""
    urls: tuple[str, ...] = ()
    """The same as they were asked."""
    title: str | None = None
    since: str | None = None
    """First month, YYYY-MM, of files that can have any of it; None: all."""
    prefixes: tuple[str, ...] = ()
    """Beginnings of addresses (host and path) of a whole outlet: all its answers go."""
    spared: tuple[str, ...] = ()
    """Beginnings of other outlets' addresses below those."""


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


def kept(db: Database) -> dict[str, set[int]]:
    """Return, by WARC file, where the answers begin that gave articles: those are not looked into."""
    found: dict[str, set[int]] = {}
    for warc, offset in db.execute("select warc, byte_offset from captures where article is not null"):
        found.setdefault(warc, set()).add(offset)
    return found


def settle(db: Database, places: Iterable[tuple[str, int]], erasures: Iterable[Erasure]) -> None:
    """Before bytes are blanked: delete the rows of captures at these places, and addresses from what was noted of asking."""
    with db.atomic():
        db.execute("create temp table gone (warc text, byte_offset integer, primary key (warc, byte_offset))")
        db.conn.executemany("insert or ignore into temp.gone values (?, ?)", places)
        db.execute("delete from captures where article is null and (warc, byte_offset) in (select * from temp.gone)")
        db.execute("drop table temp.gone")
        wiped = json.dumps(sorted({url for erasure in erasures for url in erasure.urls}))
        db.execute("update fetches set url = '' where url in (select value from json_each(?))", [wiped])
        sql = "update checks set reason = null where reason in (select 'now at ' || value from json_each(?))"
        db.execute(sql, [wiped])


def blanked(db: Database) -> None:
    """Note that the WARC files are done: what was to be looked for in them is itself to be forgotten now."""
    with db.atomic():
        db.execute("delete from erasures")
        db.execute("insert into erasures (what) values ('{}')")


def overwrite_free_space(db: Database) -> None:
    """Write the database anew, so that nothing deleted is left in its free pages or in the write-ahead log; note it done.

    Raises ArchiveError where a reader keeps the old pages in use; sqlite3.Error where the disk is too small.
    """
    interruptible(db.conn, "vacuum")
    (busy, _, _) = db.execute("pragma wal_checkpoint(truncate)").fetchone()
    if busy:
        raise ArchiveError("a reader still uses the archive's old pages; stop it and run the same command again")
    with db.atomic():
        db.execute("delete from erasures")
    db.execute("pragma wal_checkpoint(truncate)")


def _erasure(data: dict[str, Any]) -> Erasure:
    lists = {name: tuple(data.get(name, ())) for name in ("url_keys", "urls", "prefixes", "spared")}
    return Erasure(**{**data, **lists, "places": tuple(Place(**place) for place in data["places"])})
