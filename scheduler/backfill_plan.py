"""Which stretches of which WARC files are to be read: what the ledger has as done is left out, what was stopped goes on."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crawler.outlets import prefixes
from crawler.topics import topics_version
from crawler.warc_sources import UNREADABLE, in_parts, path_of, size_of, trouble
from scheduler.config import Config
from storage import backfills
from storage.archive import Database
from storage.backfills import Entry

STRETCH_BYTES = 32_000_000
"""Compressed: some 1,000 answers, half a second's reading if none is ours, a minute's cleaning if all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A WARC file to be read."""

    address: str
    name: str
    """What the archive calls it: its place below the captures folder, else its address."""
    size: int | None
    """Bytes; None where its server does not say."""
    in_parts: bool = True
    """Its server gives parts of it: it can be read in several stretches."""
    failed: str | None = None
    """Why it cannot be read."""
    wait_s: float | None = None
    """Seconds after which it may be; None: trying again is of no use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a file to be read, as the ledger has it."""

    file: File
    from_byte: int
    to_byte: int | None
    up_to: int
    """Where to begin: what lies before was read."""
    exact: bool
    """An answer's records begin there."""

    def entry(self, sought: str, *, state: backfills.State, up_to: int, reason: str | None = None) -> Entry:
        """Return what the ledger is to say of it."""
        return Entry(
            source=self.file.address, sought=sought, from_byte=self.from_byte, to_byte=self.to_byte,
            state=state, up_to=up_to, reason=reason,
        )  # fmt: skip


def sought(config: Config) -> str:
    """Return the digest of what is looked for in captures: a file read for other outlets has to be read again for these."""
    outlets = {outlet.id: sorted(prefixes(outlet)) for outlet in config.outlets}
    topics = topics_version(config.topics) if config.archive.keep == "matching" else None
    return hashlib.sha256(json.dumps([outlets, topics], sort_keys=True).encode()).hexdigest()[:16]


def file_at(address: str, *, captures: Path) -> File:
    """Return the file at an address; `captures` is the archive's own folder."""
    path = path_of(address)
    inside = path is not None and path.is_relative_to(captures.resolve()) and path.name.endswith(".warc.gz")  # as ours
    name = path.relative_to(captures.resolve()).as_posix() if path and inside else address
    try:
        return File(address=address, name=name, size=size_of(address), in_parts=in_parts(address))
    except UNREADABLE as error:
        reason, wait_s = trouble(error, address)
        return File(address=address, name=name, size=None, failed=reason, wait_s=wait_s)


def stretches(db: Database, file: File, sought_: str, *, size: int = STRETCH_BYTES) -> Iterator[Stretch]:
    """Yield what is left to read of a file; a file that has grown is read on where it ended."""
    known = backfills.entries(db, file.address, sought_)
    reached: int | None = 0  # where what is read ends, if the stretch before is: no border has to be looked for
    for from_byte, to_byte in _cut(file.size if file.in_parts else None, size):
        entry = known.get(from_byte)
        if entry and entry.state == "done" and entry.up_to >= (to_byte or file.size or 0):
            reached = entry.up_to
            continue
        up_to = max(entry.up_to if entry else 0, reached or 0, from_byte)
        exact = up_to > from_byte or reached is not None
        yield Stretch(file=file, from_byte=from_byte, to_byte=to_byte, up_to=up_to, exact=exact)
        reached = None


def _cut(file_size: int | None, size: int) -> Iterator[tuple[int, int | None]]:
    """Yield the bounds of a file's stretches; the last one has what is left, and more than half of the usual size."""
    start = 0
    while file_size is not None and file_size - start >= size * 3 // 2:
        yield start, start + size
        start += size
    yield start, None
