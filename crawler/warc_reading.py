"""A stretch of anybody's WARC file → the answers in it that are wanted, each with its place; what is damaged is passed over.

Read with fastwarc, so that what nobody wants costs little. Files may be cut into stretches anywhere: a stretch has the
answers whose predecessor begins in it, with the request and metadata records that stand before them (as our own files have
them). So every answer is in one stretch, whatever lies on the border, and further pages stay with their first one.
"""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from crawler.urls import clean_url
from crawler.warc_records import CUT, capture_of, said_of
from storage.records import Capture

GZIP = b"\x1f\x8b\x08"
_BARE = b"\r\nWARC/1."  # where a record that is not compressed begins, behind the end of another
_FIRST_LINES = re.compile(rb"WARC/1\.[01]\r\n[A-Za-z-]+: ")
_LONGEST_BORDER = 512  # bytes of a record that are looked at to tell one
_LONGEST_HEAD = 65_536  # bytes of a record's own header; addresses have at most 8 kB
_LONGEST_SAID = 262_144  # bytes of a request or metadata record; ours have some hundred
_CHUNK = 1 << 20
_KINDS = {int(getattr(WarcRecordType, name)): name for name in ("response", "request", "metadata")}


class NotRecordsError(ValueError):
    """A file whose records cannot be pointed at, or that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A response record that is wanted."""

    url: str
    fetched_at: datetime
    ip_address: str | None
    byte_offset: int
    byte_length: int
    block: bytes | None
    """HTTP head and payload; None where that is more than may be read."""
    cut: bool = False
    """The record says that what came, or what it has of that, is not all."""
    request: bytes = b""
    said: bytes = b""
    """Of the metadata record before it, if that is one of ours."""

    def capture(self, *, max_bytes: int) -> Capture:
        """Return it as a capture. Raises ValueError for what is no HTTP answer, TooLargeError beyond `max_bytes`."""
        capture = capture_of(
            self.block or b"",
            url=self.url,
            fetched_at=self.fetched_at,
            request=self.request,
            said=self.said,
            ip_address=self.ip_address,
            max_bytes=max_bytes,
        )
        return replace(capture, cut=capture.cut or self.cut)


class _Read(NamedTuple):
    """What is needed of one record."""

    kind: str
    url: str
    wanted: bool
    found: Found | None
    """Of a response that is wanted and whole."""
    block: bytes
    """Of a record that may belong to the next response."""
    id_: str
    """Of the response; of one that stands beside it, the response's."""


class Stretch:
    """The answers of a file from `start` on; `groups` yields them, and may be left at any time.

    `exact`: a group begins at `start`; else the first one behind it is looked for. The last one is that which follows
    the first response at or behind `stop` (None: the file's end).
    """

    def __init__(
        self, file: BinaryIO, *, start: int, stop: int | None, exact: bool, wants: Callable[[str], bool], max_bytes: int
    ) -> None:
        self.met: Counter[str] = Counter()
        """records, responses, wanted, unreadable, damaged: all that was met, on the way to the first group and behind the last."""
        self.counts: Counter[str] = Counter()
        """The same of what lies between `begins` and `ends`."""
        self.begins: int | None = None
        """Where the first group begins."""
        self.at = start
        """Where the group begins that was yielded last."""
        self.ends = start
        """Where the group begins that follows those that were yielded; the file's end behind the last."""
        self.over = False
        """The stretch has no other group."""
        self._file = file
        self._start = start
        self._stop = stop
        self._exact = exact
        self._wants = wants
        self._max_bytes = max_bytes

    def groups(self) -> Iterator[list[Found]]:
        """Yield the wanted answers, each with those of its further pages."""
        skipping, passed, last, head = not self._exact, self._exact, False, None
        group: list[Found] = []
        beside: list[_Read] = []
        starts = self._start
        up_to, base = Counter[str](), Counter[str]()  # what was met before `head`, and before `begins`
        if self._exact:
            self.begins = self._start
        pending: Found | None = None
        for read, at in self._records():
            if pending:
                group.append(replace(pending, byte_length=at - pending.byte_offset))
                pending = None
            if head is None:
                head, up_to = at, self.met - Counter(records=1)
            if read.kind != "response":
                beside += [read] if read.block else []
                continue
            blocks = {each.kind: each.block for each in beside if each.id_ == read.id_}
            request, said = blocks.get("request", b""), blocks.get("metadata", b"")
            found = replace(read.found, request=request, said=said) if read.found else None
            goes_on = _is_part(said)
            beside.clear()
            if skipping and passed and not goes_on:
                skipping, self.begins, base = False, head, up_to
            elif not skipping and not goes_on:
                self.over = last
                self.counts = up_to - base
                yield from self._yielded(group, starts, head)
                group = []
            starts = starts if goes_on else head
            if last and not goes_on:
                self.ends, self.over, self.counts = head, True, up_to - base
                return
            passed, head = True, None
            last = last or (self._stop is not None and at >= self._stop)
            self._count(read, skipping=skipping)
            pending = found if not skipping else None
        size = self._size()
        if pending:
            group.append(replace(pending, byte_length=size - pending.byte_offset))
        if self.begins is None:
            self.begins, base = size, self.met
        self.over, self.counts = True, self.met - base
        yield from self._yielded(group, starts, size)
        self.ends = size

    def _yielded(self, group: list[Found], starts: int, ends: int) -> Iterator[list[Found]]:
        self.at, self.ends = starts, ends
        if group:
            yield group

    def _count(self, read: _Read, *, skipping: bool) -> None:
        if not skipping:
            self.met["responses"] += 1
            self.met["wanted"] += read.wanted
            self.met["unreadable"] += read.wanted and read.found is None

    def _records(self) -> Iterator[tuple[_Read, int]]:
        """Yield records and where they begin; behind a damaged one, go on with the next that is whole."""
        at: int | None = self._start
        if not self._exact and at:
            at = next_record(self._file, at)
        excused = False  # a damaged record is met twice: behind the one before it, and where it begins itself
        while at is not None:
            self._file.seek(at)
            before = at - 1
            try:
                for record in ArchiveIterator(self._file, parse_http=False, max_header_len=_LONGEST_HEAD):
                    if record.stream_pos <= before or record.stream_pos >= self._file.tell():
                        raise NotRecordsError(
                            "compressed in one piece, so that its records cannot be pointed at; `warcio recompress OLD NEW` helps"
                        )
                    before = record.stream_pos
                    self.met["records"] += 1
                    excused = False
                    yield self._take(record), before
            except OSError as error:
                if type(error) is not OSError or error.errno is not None:
                    raise  # of the disk or the line, not of what stands there
                self.met["damaged"] += not excused
                excused = not excused and before >= at
                at = next_record(self._file, max(before, at) + 1)
            else:
                at = None
        if not self._start and not self.met["records"]:
            raise NotRecordsError("no WARC records in it")

    def _take(self, record: WarcRecord) -> _Read:
        kind = _KINDS.get(int(record.record_type), "")
        url = _target(record)
        if kind == "response":
            wanted = self._wants(url)
            found = self._found(record, url) if wanted else None
            return _Read(kind, url, wanted, found, b"", record.headers.get("WARC-Record-ID") or "")
        said = kind == "request" or (record.headers.get("Content-Type") or "").startswith("application/json")
        wanted = said and record.content_length <= _LONGEST_SAID and self._wants(url)
        block = record.reader.read() if wanted else b""
        return _Read(kind, url, False, None, block, record.headers.get("WARC-Concurrent-To") or "")

    def _found(self, record: WarcRecord, url: str) -> Found | None:
        """Return a wanted response; None if it is nothing we would ask. Raises OSError for one that is cut off."""
        at, address = record.record_date, clean_url(url)
        if at is None or at.tzinfo is None or address is None:
            return None
        large = record.content_length > self._max_bytes + _LONGEST_HEAD
        block = None if large else record.reader.read()
        if block is not None and len(block) < record.content_length:
            raise OSError("cut off")
        return Found(
            url=address,
            fetched_at=at.replace(microsecond=0),
            ip_address=record.headers.get("WARC-IP-Address"),
            byte_offset=record.stream_pos,
            byte_length=0,
            block=block,
            cut=any(record.headers.get(name) for name in CUT),
        )

    def _size(self) -> int:
        return self._file.seek(0, 2) if self._file.seekable() else self._file.tell()


def next_record(file: BinaryIO, at: int) -> int | None:
    """Return where the first record at or behind `at` begins; None if there is none.

    What looks like one in a page is taken for one, too: who reads on from here compares with where the one before ended.
    """
    file.seek(0)
    compressed = file.read(len(GZIP)) == GZIP
    mark, lead = (GZIP, 0) if compressed else (_BARE, 2)
    place = max(at - lead, 0)
    file.seek(place)
    chunk = file.read(_CHUNK)
    while chunk:
        found = chunk.find(mark)
        while found >= 0:
            if _is_record(file, place + found + lead, compressed=compressed):
                return place + found + lead
            found = chunk.find(mark, found + 1)
        rest = chunk[-len(mark) + 1 :]
        file.seek(place + len(chunk))
        more = file.read(_CHUNK)
        place += len(chunk) - len(rest)
        chunk = rest + more if more else b""
    return None


def _is_record(file: BinaryIO, at: int, *, compressed: bool) -> bool:
    file.seek(at)
    start = file.read(_LONGEST_BORDER)
    if not compressed:
        return _FIRST_LINES.match(start) is not None
    try:
        return zlib.decompressobj(wbits=31).decompress(start, 5) == b"WARC/"
    except zlib.error:
        return False


def _target(record: WarcRecord) -> str:
    """Return the address of a record; bytes that are no UTF-8 as the server had them: `%F6`, so that two stay two."""
    url: str = record.headers.get("WARC-Target-URI") or ""
    if "\ufffd" in url:
        url = (record.headers.get_bytes(b"WARC-Target-URI") or b"").decode("ascii", errors="backslashreplace")
        url = url.replace("\\x", "%")
    return url.strip("<> ")


def _is_part(said: bytes) -> bool:
    """Say whether a metadata record says that the answer is a further page of an article."""
    return bool(said and said_of(said).get("part_of"))
