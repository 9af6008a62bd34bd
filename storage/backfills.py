"""The ledger of `cuttings backfill`: how far each stretch of a WARC file was read. Written in the transaction of what it brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage.records import utc_text

BACKFILLS = """
create table backfills (              -- how far stretches of WARC files were read
  source text not null,               -- address of the file
  sought text not null,               -- digest of what was looked for: outlets, and topics where only they are kept
  from_byte integer not null,
  to_byte integer,                    -- null: its end
  state text not null,                -- done / partial / failed
  up_to integer not null,             -- byte before which all is read
  reason text,                        -- of a failure
  records integer not null default 0, responses integer not null default 0,
  articles integer not null default 0, damaged integer not null default 0,
  at text not null,
  run integer not null references runs(id),
  primary key (source, sought, from_byte)
) strict, without rowid;
"""
State = Literal["done", "partial", "failed"]
COUNTED = ("records", "responses", "articles", "damaged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of a stretch."""

    source: str
    sought: str
    from_byte: int
    to_byte: int | None
    state: State
    up_to: int
    reason: str | None = None


def entries(db: Database, source: str, sought: str) -> dict[int, Entry]:
    """Return the stretches of a file that were looked at for this, by where they begin."""
    rows = db.execute(
        "select source, sought, from_byte, to_byte, state, up_to, reason from backfills where source = ? and sought = ?",
        [source, sought],
    ).fetchall()
    names = Entry.__slots__
    return {row[2]: Entry(**dict(zip(names, row, strict=True))) for row in rows}


def note(db: Database, entry: Entry, added: Mapping[str, int], *, run: int, now: datetime) -> None:
    """Write how far a stretch was read, and add to its counts. In a transaction."""
    row = {name: getattr(entry, name) for name in Entry.__slots__}
    row |= {name: added.get(name, 0) for name in COUNTED} | {"at": utc_text(now), "run": run}
    changes = [f"{name} = excluded.{name}" for name in ("to_byte", "state", "up_to", "reason", "at", "run")]
    changes += [f"{name} = backfills.{name} + excluded.{name}" for name in COUNTED]
    db.execute(
        f"insert into backfills ({', '.join(row)}) values ({', '.join('?' * len(row))})"
        f" on conflict do update set {', '.join(changes)}",
        list(row.values()),
    )


def is_kept(db: Database, warc: str, byte_offset: int) -> bool:
    """Say whether an article has the answer at a place; what was kept of it for nothing goes, to be judged anew."""
    place = [warc, byte_offset]
    found = db.execute("select article from captures where warc = ? and byte_offset = ?", place).fetchall()
    if any(row[0] is not None for row in found):
        return True
    if found:
        db.execute("delete from captures where warc = ? and byte_offset = ? and article is null", place)
    return False
