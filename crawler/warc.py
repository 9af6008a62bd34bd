"""Captures ⇄ WARC files: one folder a month, a new file when one is full, and a SHA-256 beside each closed one.

A response record comes after its request and a metadata record that says what the link said, so captures alone
reproduce the archive, and a file is whole up to the end of the last response the archive knows.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.timeutils import iso_date_to_datetime

from crawler.warc_records import CUT, capture_of, digest_of, exchange, payload_of, revisit, warcinfo
from storage.captures import whole_until
from storage.records import Capture, Stored, utc
from storage.sums import sum_path, sync_folder, write_sum

ROTATE_BYTES = 1_000_000_000  # the WARC community's customary file size

_CONTACT = re.compile(r"\(\+?([^)]*)\)")  # in a user agent: cuttings/0.1 (+https://example.org/contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a capture's response record is."""

    warc: str
    """Path below the captures folder, `/` between its parts."""
    byte_offset: int
    byte_length: int
    """Of the compressed record."""
    digest: str
    """`sha1:BASE32` of the payload as received."""


class Keeper(Protocol):
    """What keeps captures, or knows where they are kept already."""

    @property
    def folder(self) -> Path:
        """Where the archive's own captures are."""

    def write(self, capture: Capture) -> Place:
        """Keep a capture and say where it is."""

    def revisit(self, capture: Capture, *, of: Stored) -> None:
        """Keep that an answer brought nothing new since `of`."""


class WarcFolder:
    """Appends captures to the month's file below `folder`; a context manager that lets go of it.

    `indexed` says up to which byte each file's records are known to the archive; a record torn by a crash
    behind it is cut before anything is appended, whole ones stay. One writer at a time.
    """

    def __init__(
        self, folder: Path, *, user_agent: str, robots: str, indexed: dict[str, int], rotate_bytes: int = ROTATE_BYTES
    ) -> None:
        self.folder = folder
        contact = _CONTACT.search(user_agent)
        self._info = {
            "software": f"cuttings/{version('cuttings')}",
            "operator": contact[1] if contact else "",
            "http-header-user-agent": user_agent,
            "robots": robots,
        }
        self._indexed = indexed
        self._rotate_bytes = rotate_bytes
        self._file: Path | None = None

    def write(self, capture: Capture) -> Place:
        """Append a capture; it is on disk (synced) when this returns, and no part of it if this raises OSError."""
        records = exchange(capture)
        path, start = self._append(records.before + records.answer, capture.fetched_at)
        return Place(
            warc=path.relative_to(self.folder).as_posix(),
            byte_offset=start + len(records.before),
            byte_length=len(records.answer),
            digest=records.digest,
        )

    def revisit(self, capture: Capture, *, of: Stored) -> None:
        """Append that an answer brought nothing new since `of`: a 304, or the same payload again. Raises OSError.

        An answer with another payload than `of` (compressed anew, say) is kept whole.
        """
        repeats = capture.status == HTTPStatus.NOT_MODIFIED or digest_of(payload_of(capture)) == of.digest
        records = revisit(capture, of) if repeats else exchange(capture)
        self._append(records.before + records.answer, capture.fetched_at)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file = None

    def _append(self, records: bytes, at: datetime) -> tuple[Path, int]:
        """Append records of one moment; return the file and where in it they begin."""
        month = f"{utc(at):%Y-%m}"
        if self._file and self._file.parent.name < month:  # an answer from before midnight may still come after it
            self._finish(self._file)
        path = self._file = self._file or self._open(month)
        start = path.stat().st_size
        if not start:
            start = _append(path, warcinfo(path.name, at, self._info))
        if _append(path, records) >= self._rotate_bytes:
            self._finish(path)
        return path, start

    def _finish(self, path: Path) -> None:
        self._file = None
        write_sum(path)

    def _open(self, month: str) -> Path:
        """Return the file to append to, its torn tail cut: the newest if it is not closed, or a new one.

        What a crash left unfinished is finished: every other file gets the sum it lacks.
        """
        folder = self.folder / month
        folder.mkdir(parents=True, exist_ok=True)
        paths = sorted(self.folder.glob("????-??/cuttings-*.warc.gz"))
        unclosed = [path for path in paths if not sum_path(path).exists() and self._mended(path)]
        newest = max((path for path in paths if path.parent == folder), default=None)
        goes_on = newest in unclosed and newest is not None and newest.stat().st_size < self._rotate_bytes
        current = unclosed.pop(unclosed.index(newest)) if goes_on and newest else None
        for path in unclosed:
            write_sum(path)
        return current or _new_file(folder)

    def _mended(self, path: Path) -> bool:
        return _mended(path, self._indexed.get(path.relative_to(self.folder).as_posix(), 0))


def close_past(folder: Path, *, indexed: Mapping[str, int], now: datetime) -> None:
    """Close the files of months gone by: nothing is appended to them any more. Raises OSError. One writer at a time."""
    month = f"{utc(now):%Y-%m}"
    for path in sorted(folder.glob("????-??/cuttings-*.warc.gz")):
        past = path.parent.name < month and not sum_path(path).exists()
        if past and _mended(path, indexed.get(path.relative_to(folder).as_posix(), 0)):
            write_sum(path)


def captures(path: Path) -> Iterator[Capture]:
    """Yield the captures of one of our WARC files, in order, each with its request and what its link said.

    Revisit records are none: they say that nothing new came.
    """
    beside: dict[tuple[str, str], bytes] = {}
    with path.open("rb") as file:
        for record in ArchiveIterator(file, no_record_parse=True):
            if record.rec_type in ("request", "metadata"):
                beside[record.rec_type, record.rec_headers["WARC-Concurrent-To"]] = record.raw_stream.read()
            elif record.rec_type == "response":
                yield _capture(record, beside)
                beside.clear()


def capture_at(path: Path, *, byte_offset: int) -> Capture | None:
    """Return the one capture whose response record is at `byte_offset`, without what stands beside it; None where it is not."""
    try:
        with path.open("rb") as file:
            file.seek(byte_offset)
            record = next(iter(ArchiveIterator(file, no_record_parse=True)), None)
            return _capture(record, {}) if record is not None and record.rec_type == "response" else None
    except (OSError, ArchiveLoadFailed):
        return None


def _capture(record: ArcWarcRecord, beside: dict[tuple[str, str], bytes]) -> Capture:
    fields = record.rec_headers
    capture = capture_of(
        record.raw_stream.read(),
        url=fields["WARC-Target-URI"],
        fetched_at=iso_date_to_datetime(fields["WARC-Date"], tz_aware=True),
        request=beside.get(("request", fields["WARC-Record-ID"]), b""),
        said=beside.get(("metadata", fields["WARC-Record-ID"]), b""),
        ip_address=fields["WARC-IP-Address"],
    )
    return replace(capture, cut=capture.cut or any(fields[name] for name in CUT))


def _mended(path: Path, known: int) -> bool:
    """Cut a record torn by a crash; False for a file that lacks bytes the archive knows, which is left as it is."""
    size = path.stat().st_size
    if size < known:
        return False
    end = whole_until(path, known)
    if end < size:
        os.truncate(path, end)
    return True


def _new_file(folder: Path) -> Path:
    """Create and return the next file of a month's folder; it survives a loss of power."""
    numbers = [int(path.name.split("-")[-1].split(".")[0]) for path in folder.glob("cuttings-*.warc.gz")]
    path = folder / f"cuttings-{folder.name}-{max(numbers, default=0) + 1:05}.warc.gz"
    path.touch(exist_ok=False)
    for above in (folder, *folder.parents[:2]):  # the month's, all months', and where that was made in
        sync_folder(above)
    return path


def _append(path: Path, records: bytes) -> int:
    """Append `records` and sync them: all of them or, where that fails, nothing. Returns the file's new size."""
    with path.open("ab", buffering=0) as file:
        start = file.seek(0, os.SEEK_END)
        with ExitStack() as undoing:
            undoing.callback(file.truncate, start)  # a full disk, Ctrl-C: later records must not follow half of one
            rest = memoryview(records)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
            undoing.pop_all()
    return start + len(records)
