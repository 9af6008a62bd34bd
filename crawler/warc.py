"""Captures ⇄ WARC/1.1 files (ISO 28500:2017), one gzip member a record, one folder a month.

A response record comes after a metadata record that says what the link said, so captures alone reproduce the archive,
and a file is whole up to the end of the last response the archive knows.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date, iso_date_to_datetime
from warcio.warcwriter import WARCWriter

from storage.captures import whole_until
from storage.records import Capture, Link, stamp_json, stamp_of, utc

ROTATE_BYTES = 1_000_000_000  # the WARC community's customary file size

# Describe the transfer, not the payload we keep: the body is stored after decoding.
_TRANSFER_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a capture's response record is."""

    warc: str
    """Path below the captures folder, `/` between its parts."""
    byte_offset: int
    byte_length: int
    """Of the compressed record."""
    digest: str
    """`sha1:BASE32` of the payload."""


class WarcFolder:
    """Appends captures to the month's file below `folder`; a context manager that closes it.

    `indexed` says up to which byte each file's records are known to the archive; a record torn by a crash
    behind it is cut before anything is appended, whole ones stay.
    """

    def __init__(self, folder: Path, *, software: str, robots: str, indexed: "dict[str, int]") -> None:
        self.folder = folder
        self._info = {"software": software, "format": "WARC File Format 1.1", "robots": robots}
        self._indexed = indexed
        self._file: Path | None = None

    def write(self, capture: Capture) -> Place:
        """Append a capture; the record is on disk (flushed and synced) when this returns. Raises OSError."""
        path = self._path(capture.fetched_at)
        offset, length, digest = self._append(path, capture)
        return Place(
            warc=path.relative_to(self.folder).as_posix(), byte_offset=offset, byte_length=length, digest=digest
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file = None

    def _path(self, moment: datetime) -> Path:
        month = f"{utc(moment):%Y-%m}"
        if self._file is None or self._file.parent.name != month or self._file.stat().st_size >= ROTATE_BYTES:
            folder = self.folder / month
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._open(folder)
        return self._file

    def _open(self, folder: Path) -> Path:
        """Return the file to append to: the newest with room, its torn tail cut, or a new one with its warcinfo."""
        number = 1
        for path in sorted(folder.glob("cuttings-*.warc.gz"))[-1:]:
            number = int(path.name.split("-")[-1].split(".")[0]) + 1
            if path.stat().st_size < ROTATE_BYTES:
                known = self._indexed.get(path.relative_to(self.folder).as_posix(), 0)
                os.truncate(path, whole_until(path, known))  # a record torn by a crash
                return path
        path = folder / f"cuttings-{folder.name}-{number:05}.warc.gz"
        with path.open("xb") as file:
            writer = WARCWriter(file, gzip=True, warc_version="1.1")
            writer.write_record(writer.create_warcinfo_record(path.name, self._info))
        return path

    def _append(self, path: Path, capture: Capture) -> tuple[int, int, str]:
        with path.open("ab") as file:
            writer = WARCWriter(file, gzip=True, warc_version="1.1")
            response = _response(writer, capture)
            writer.write_record(_metadata(writer, capture, response))
            offset = file.tell()
            writer.write_record(response)
            length = file.tell() - offset
            file.flush()
            os.fsync(file.fileno())
        return offset, length, response.rec_headers.get_header("WARC-Payload-Digest")


def captures(path: Path) -> Iterator[Capture]:
    """Yield the captures of one of our WARC files, in order, each with what its link said."""
    said: dict[str, bytes] = {}
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "metadata":
                said = {record.rec_headers.get_header("WARC-Concurrent-To"): record.content_stream().read()}
            elif record.rec_type == "response":
                capture = _capture(record)
                about = said.get(record.rec_headers.get_header("WARC-Record-ID"))
                yield _with_link(capture, about) if about else capture


def _response(writer: WARCWriter, capture: Capture) -> ArcWarcRecord:
    kept = [(name, value) for name, value in capture.headers if name.lower() not in _TRANSFER_HEADERS]
    moved = [(f"X-Received-{name}", value) for name, value in capture.headers if name.lower() in _TRANSFER_HEADERS]
    headers = [*kept, *moved, ("Content-Length", str(len(capture.body)))]
    reason = HTTPStatus(capture.status).phrase if capture.status in set(HTTPStatus) else ""
    return writer.create_warc_record(
        capture.url,
        "response",
        payload=BytesIO(capture.body),
        length=len(capture.body),
        http_headers=StatusAndHeaders(f"{capture.status} {reason}".strip(), headers, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": datetime_to_iso_date(utc(capture.fetched_at))},
    )


def _metadata(writer: WARCWriter, capture: Capture, response: ArcWarcRecord) -> ArcWarcRecord:
    link = capture.link
    said: dict[str, object] = {"requested_url": capture.requested_url}
    if link:
        said |= {"outlet": link.outlet, "found_in": link.found_in, "found_by": link.found_by, "basis": link.basis}
        said |= {"title": link.title, "authors": list(link.authors), "language": link.language}
        said["published"] = stamp_json(link.published)
    payload = json.dumps(said, ensure_ascii=False).encode()
    return writer.create_warc_record(
        capture.url,
        "metadata",
        payload=BytesIO(payload),
        length=len(payload),
        warc_content_type="application/json",
        warc_headers_dict={
            "WARC-Date": datetime_to_iso_date(utc(capture.fetched_at)),
            "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
        },
    )


def _capture(record: ArcWarcRecord) -> Capture:
    url = record.rec_headers.get_header("WARC-Target-URI")
    return Capture(
        requested_url=url,
        url=url,
        fetched_at=iso_date_to_datetime(record.rec_headers.get_header("WARC-Date"), tz_aware=True),
        status=int(record.http_headers.get_statuscode()),
        headers=tuple((name, value) for name, value in record.http_headers.headers),
        body=record.content_stream().read(),
    )


def _with_link(capture: Capture, said: bytes) -> Capture:
    data = json.loads(said)
    link = None
    if "outlet" in data:
        link = Link(
            url=data["requested_url"],
            outlet=data["outlet"],
            found_in=data["found_in"],
            found_by=data["found_by"],
            basis=data["basis"],
            title=data["title"],
            authors=tuple(data["authors"]),
            language=data["language"],
            published=stamp_of(data["published"]),
        )
    return Capture(
        requested_url=data["requested_url"],
        url=capture.url,
        fetched_at=capture.fetched_at,
        status=capture.status,
        headers=capture.headers,
        body=capture.body,
        link=link,
    )
