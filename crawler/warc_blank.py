"""Takes records out of WARC files: blanked in place, so that every other record stays where the archive knows it.

A blank is one gzip member exactly as long as what stood there, a metadata record that says no more than "forgotten". A file
is written anew beside itself, blanks and all, synced, and takes the old one's name: killed, it is the old one or the new.
"""

import html
import os
import shutil
import struct
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.urls import url_key
from crawler.warc_records import body_of
from storage.captures import payload_digest
from storage.erasures import Erasure, Place
from storage.records import utc_text
from storage.sums import sum_path, sync_folder, write_sum

_STORED = 65535  # most bytes of a deflate block that is not compressed
_SHORTEST_TITLE = 12  # characters; a shorter one stands on pages that are not about the article


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request, what its link said, and the answer, as they stand in a file one after the other."""

    warc: str
    start: int
    answer: int
    """Where the response or revisit record begins."""
    end: int
    kind: str
    url: str
    block: bytes


class Wanted:
    """Knows an exchange that is to go."""

    def __init__(self, erasures: Iterable[Erasure], *, kept: Mapping[str, Collection[int]]) -> None:
        erasures = list(erasures)
        self._kept = kept
        self._places = {(place.warc, place.byte_offset) for erasure in erasures for place in erasure.places}
        self._keys = {key for erasure in erasures for key in (*erasure.url_keys, *map(_key, erasure.urls))}
        self._prefixes = tuple(prefix for erasure in erasures for prefix in erasure.prefixes)
        self._spared = tuple(prefix for erasure in erasures for prefix in erasure.spared)
        # what a whole outlet's own pages say needs no search: they all go
        sought = [each for each in erasures if not (self._prefixes and all(map(self._is_below, each.url_keys)))]
        keys = {key for each in sought for key in each.url_keys if key.partition("/")[2]}
        titles = {each.title for each in sought if each.title and len(each.title) >= _SHORTEST_TITLE}
        self._needles = keys | titles
        self._paths = {(host, f'"/{path}"') for host, _, path in (key.partition("/") for key in keys)}
        months = [erasure.since or "" for erasure in erasures]
        self.since = min(months, default="")
        """First month of files to look into."""

    def wants(self, exchange: Exchange) -> bool:
        """Say whether an exchange is to go: a capture named, an answer of a forgotten address, or a list that names one."""
        if (exchange.warc, exchange.answer) in self._places:
            return True
        if exchange.answer in self._kept.get(exchange.warc, ()):
            return False
        key = _key(exchange.url)
        if key in self._keys or self._is_below(key):
            return True
        return exchange.kind == "response" and self._is_named_in(exchange, key.partition("/")[0])

    def _is_below(self, key: str) -> bool:
        return key.startswith(self._prefixes) and not key.startswith(self._spared)  # of no prefix: never

    def _is_named_in(self, exchange: Exchange, host: str) -> bool:
        text = html.unescape(body_of(exchange.block).decode("utf-8", errors="replace").replace("\\/", "/"))
        if any(needle in text for needle in self._needles):
            return True
        return any(path in text.replace("'", '"') for own, path in self._paths if own == host)


def find(folder: Path, erasures: Iterable[Erasure], *, kept: Mapping[str, Collection[int]]) -> list[Exchange]:
    """Return what is to go, file by file; never an answer at an offset that is in `kept` and not named itself."""
    erasures = list(erasures)
    wanted = Wanted(erasures, kept=kept)
    paths = sorted(path for path in folder.rglob("*.warc.gz") if _month(path, folder) >= wanted.since)
    found = [one for path in paths for one in exchanges(path, folder) if wanted.wants(one)]
    seen = {(one.warc, one.answer) for one in found}
    named = [place for each in erasures for place in each.places if (place.warc, place.byte_offset) not in seen]
    return found + [one for place in named if (one := _alone(folder, place))]


def blank(folder: Path, found: Iterable[Exchange], *, at: datetime) -> None:
    """Blank exchanges, dated `at`; a closed file gets a new sum. Raises OSError."""
    for warc, group in groupby(sorted(found, key=lambda one: (one.warc, one.start)), key=lambda one: one.warc):
        _rewrite(folder / warc, [(one.start, one.end) for one in group], at)
    for left in folder.rglob("*.warc.gz.new"):
        left.unlink()


def exchanges(path: Path, folder: Path) -> Iterator[Exchange]:
    """Yield the exchanges of a file up to its end or to a torn tail."""
    warc, start, about = path.relative_to(folder).as_posix(), -1, ""
    with path.open("rb") as file:
        records = ArchiveIterator(file, no_record_parse=True)
        try:
            for record in records:
                block = record.raw_stream.read()
                records.read_to_end(record)
                offset = records.get_record_offset()
                fields = record.rec_headers
                if record.rec_type in ("request", "metadata") and fields["WARC-Concurrent-To"]:
                    if about != fields["WARC-Concurrent-To"]:
                        start, about = offset, fields["WARC-Concurrent-To"]
                elif record.rec_type in ("response", "revisit"):
                    begins = start if about == fields["WARC-Record-ID"] else offset
                    end = offset + records.get_record_length()
                    yield Exchange(warc=warc, start=begins, answer=offset, end=end, kind=record.rec_type,
                                   url=fields["WARC-Target-URI"], block=block)  # fmt: skip
        except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, zlib.error):
            return


def _alone(folder: Path, place: Place) -> Exchange | None:
    """Return the answer at a place by itself, which a damaged file does not let be found in order; None if it is not there."""
    start, end = place.byte_offset, place.byte_offset + place.byte_length
    try:
        payload_digest(folder / place.warc, byte_offset=start, byte_length=place.byte_length)
    except (OSError, ValueError):  # gone, somebody else's file, or blanked already
        return None
    return Exchange(warc=place.warc, start=start, answer=start, end=end, kind="response", url="", block=b"")


def blank_member(length: int, *, at: datetime) -> bytes:
    """Return a gzip member of exactly `length` bytes. Raises ValueError where that is too short for a record."""
    head = (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
        f"WARC-Date: {utc_text(at)}\r\nContent-Length: "
    ).encode()
    for spaces in range(length - _size(len(head)), -1, -1):  # a few steps: only the length's own digits are in doubt
        block = b"forgotten" + b" " * spaces
        size = _size(len(head) + len(str(len(block))) + 4 + len(block) + 4)
        if size <= length:
            record = b"".join([head, str(len(block)).encode(), b"\r\n\r\n", block, b"\r\n\r\n"])
            return _stored(record, comment=length - size)
    raise ValueError(f"{length} bytes are too few for a record")


def _size(raw: int) -> int:
    """Return how long a member of so many bytes is that is not compressed and has an empty comment."""
    return 10 + 1 + raw + 5 * -(-raw // _STORED) + 8


def _stored(record: bytes, *, comment: int) -> bytes:
    """Return a gzip member (RFC 1952) that holds a record uncompressed, and a comment of so many letters."""
    pieces = [record[at : at + _STORED] for at in range(0, len(record), _STORED)]
    blocks = b"".join(
        struct.pack("<BHH", number == len(pieces), len(piece), len(piece) ^ 0xFFFF) + piece
        for number, piece in enumerate(pieces, 1)
    )
    head = b"\x1f\x8b\x08\x10" + bytes(4) + b"\x00\xff" + b"-" * comment + b"\x00"
    return head + blocks + struct.pack("<II", zlib.crc32(record), len(record) & 0xFFFFFFFF)


def _rewrite(path: Path, ranges: Iterable[tuple[int, int]], at: datetime) -> None:
    unfinished = path.with_name(path.name + ".new")
    with path.open("rb") as old, unfinished.open("wb") as new:
        for start, end in ranges:
            _copy(old, new, start - old.tell())
            new.write(blank_member(end - start, at=at))
            old.seek(end)
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())
    closed = sum_path(path).exists()
    sum_path(path).unlink(missing_ok=True)  # killed before the new one is there: the next writer writes it
    unfinished.replace(path)
    sync_folder(path.parent)
    if closed:
        write_sum(path)


def _key(url: str) -> str:
    try:
        return url_key(url)
    except ValueError:  # not an address we would ask
        return url


def _copy(old: BinaryIO, new: BinaryIO, count: int) -> None:
    while count > 0 and (piece := old.read(min(count, 1 << 20))):
        new.write(piece)
        count -= len(piece)


def _month(path: Path, folder: Path) -> str:
    """Return the month of a file, or what sorts behind all months where its folder names none."""
    name = path.relative_to(folder).parts[0]
    return name if name[:4].isdigit() else "9999-99"
