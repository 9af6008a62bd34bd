"""Captures to write, and the two readers everybody else uses to read them with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from crawler.warc import ROTATE_BYTES, Place, WarcFolder
from storage.records import Capture, Link, Stamp

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
LINK = Link(
    url="https://a.example/r",
    outlet="a",
    found_in="https://a.example/feed",
    title="Füze",
    published=Stamp(at=AT, offset="+03:00", precision="second", basis="feed", day="2026-03-02"),
    modified_at=AT,
    authors=("Ayşe",),
    language="tr",
    guid="tag:a.example,2026:1",
)
CAPTURE = Capture(
    requested_url="https://a.example/r",
    url="https://a.example/1?id=7",
    fetched_at=AT,
    status=200,
    status_line="HTTP/1.0 200 Tamam",
    headers=(("content-type", "text/html; charset=windows-1254"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2")),
    body="Füze".encode("windows-1254") * 50,
    request_headers=(("Host", "a.example"), ("User-Agent", "cuttings/0.1"), ("If-None-Match", '"1"')),
    ip_address="192.0.2.7",
    link=LINK,
)


def folder(path: Path, indexed: dict[str, int] | None = None, rotate_bytes: int = ROTATE_BYTES) -> WarcFolder:
    agent = "cuttings/0.1 (+https://example.org/contact)"
    return WarcFolder(path, user_agent=agent, robots="obey", indexed=indexed or {}, rotate_bytes=rotate_bytes)


def end(place: Place) -> int:
    return place.byte_offset + place.byte_length


@dataclass(frozen=True)
class Read:
    """What a reader makes of a record."""

    kind: str
    fields: dict[str, str]
    headers: tuple[tuple[str, str], ...]
    content: bytes
    """Decoded."""


def by_warcio(path: Path) -> list[Read]:
    """Read a file; a digest that does not hold raises."""
    with path.open("rb") as file:
        return list(_by_warcio(ArchiveIterator(file, check_digests="raise")))


def _by_warcio(records: ArchiveIterator) -> Iterator[Read]:
    for record in records:
        content = record.content_stream().read()
        headers = record.http_headers.headers if record.http_headers else ()
        yield Read(record.rec_type, dict(record.rec_headers.headers), tuple(headers), content)


def by_fastwarc(path: Path) -> list[Read]:
    """Read a file; a digest that does not hold fails."""
    for record in FastIterator(str(path), parse_http=False):
        assert record.verify_block_digest()
    return list(_by_fastwarc(FastIterator(str(path), auto_decode="all")))


def _by_fastwarc(records: FastIterator) -> Iterator[Read]:
    for record in records:
        raw = record.http_headers.items_bytes() if record.http_headers else ()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
        fields = dict(record.headers.items())
        yield Read(fields["WARC-Type"], fields, headers, record.reader.read())
