"""Captures ⇄ the records of a WARC/1.1 file (ISO 28500:2017), each a gzip member of its own. Knows no files.

Not written with warcio, which rewrites header bytes outside ASCII: what came is what is kept. Chunks alone are undone
by the client, so Transfer-Encoding is kept as X-Crawler-Transfer-Encoding (as Common Crawl does), and a Content-Length
that is not the payload's likewise; readers that believed them would look for chunks that are not there.
"""

import dataclasses
import hashlib
import json
import re
import zlib
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from crawler.content_coding import CodingBrokenError, decode
from storage.records import Capture, Link, Stamp, Stored, from_utc_text, stamp_json, stamp_of, utc_text

_ISO = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
CUT = ("WARC-Truncated", "WARC-Segment-Number")
"""Fields of response records that have not all of an answer; the other segments are not looked for."""
_RENAMED = "X-Crawler-"
_RENAMEABLE = ("x-crawler-transfer-encoding", "x-crawler-content-length")
_LINE_END = re.compile(r"\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_LARGEST = 1 << 40  # what we kept was limited when it came

Headers = tuple[tuple[str, str], ...]
_Fields = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The records of one capture, as bytes of a WARC file."""

    before: bytes
    """Request and metadata."""
    answer: bytes
    """The response, or the revisit record that stands for it."""
    digest: str
    """`sha1:BASE32` of the payload as received."""


def warcinfo(name: str, at: datetime, info: Mapping[str, str]) -> bytes:
    """Return the record a file called `name` begins with; `info` says who wrote it and how."""
    said = {**info, "format": "WARC File Format 1.1", "conformsTo": _ISO}
    block = "".join(f"{key}: {value}\r\n" for key, value in said.items() if value).encode()
    fields = {"WARC-Filename": name, "Content-Type": "application/warc-fields"}
    return _record("warcinfo", _new_id(), at, fields, block)


def exchange(capture: Capture) -> Exchange:
    """Return the records of a capture: request, what its link said, and the response itself."""
    payload, id_ = payload_of(capture), _new_id()
    digest = digest_of(payload)
    about = json.dumps(_said(capture), ensure_ascii=False).encode()
    with_it = {"WARC-Target-URI": capture.url, "WARC-Concurrent-To": id_}
    metadata = _record(
        "metadata", _new_id(), capture.fetched_at, {**with_it, "Content-Type": "application/json"}, about
    )
    response = _answer("response", id_, capture, {"WARC-Payload-Digest": digest}, payload)
    return Exchange(before=_request(capture, id_) + metadata, answer=response, digest=digest)


def revisit(capture: Capture, of: Stored) -> Exchange:
    """Return the records of an answer that brought nothing new: a 304, or again the payload of `of`."""
    id_ = _new_id()
    fields: dict[str, str | None] = {
        "WARC-Refers-To-Target-URI": of.url,
        "WARC-Refers-To-Date": utc_text(of.fetched_at),
    }
    if capture.status == HTTPStatus.NOT_MODIFIED:  # its payload is the earlier one: none came to be digested
        fields["WARC-Profile"] = _PROFILE + "server-not-modified"
    else:
        fields["WARC-Profile"] = _PROFILE + "identical-payload-digest"
        fields |= {"WARC-Payload-Digest": of.digest, "WARC-Truncated": "length"}
    answer = _answer("revisit", id_, capture, fields, b"")
    return Exchange(before=_request(capture, id_), answer=answer, digest=of.digest)


def payload_of(capture: Capture) -> bytes:
    """Return the payload as it came, before content decoding."""
    return capture.body if capture.encoded is None else capture.encoded


def digest_of(payload: bytes) -> str:
    """Return `sha1:BASE32`, the form in which WARC files name payloads and blocks."""
    return f"sha1:{b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()}"


def capture_of(
    block: bytes,
    *,
    url: str,
    fetched_at: datetime,
    request: bytes,
    said: bytes,
    ip_address: str | None,
    max_bytes: int = _LARGEST,
) -> Capture:
    """Return the capture whose records hold these blocks; `request` and `said` are empty where there are none.

    Raises TooLargeError for a body of more than `max_bytes`, ValueError for what is no HTTP answer.
    """
    status_line, headers, payload = _parsed(block)
    payload, cut = _unchunked(payload, headers)
    headers = tuple((name[len(_RENAMED) :] if name.lower() in _RENAMEABLE else name, value) for name, value in headers)
    data = said_of(said) or {"requested_url": url}
    body = _decoded(payload, headers, max_bytes)
    return Capture(
        requested_url=data["requested_url"],
        url=url,
        fetched_at=fetched_at,
        status=_status(status_line),
        status_line=status_line,
        headers=headers,
        body=body,
        encoded=None if body == payload else payload,
        request_headers=_parsed(request)[1],
        ip_address=ip_address,
        cut=cut,
        link=_link(data) if "outlet" in data else None,
        part_of=data.get("part_of"),
        part=data.get("part", 1),
    )


def parted(block: bytes) -> tuple[bytes, bytes]:
    """Return head and payload of an HTTP message; some servers end lines with LF alone."""
    head, _, payload = block.partition(b"\r\n\r\n")
    if b"\n\n" in head:
        head, _, payload = block.partition(b"\n\n")
    return head, payload


def body_of(block: bytes) -> bytes:
    """Return the decoded body of a response record's block."""
    _, headers, payload = _parsed(block)
    return _decoded(payload, headers, _LARGEST)


def said_of(block: bytes) -> dict[str, Any]:
    """Return what a metadata record of ours says; nothing for one of somebody else's."""
    try:
        data = json.loads(block) if block else None
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) and isinstance(data.get("requested_url"), str) else {}


def _status(line: str) -> int:
    words = line.split()
    if len(words) < 2 or not words[1].isdecimal():  # noqa: PLR2004  HTTP/1.1 200
        raise ValueError(f"not an HTTP answer: {line[:40]!r}")
    return int(words[1])


def _request(capture: Capture, id_: str) -> bytes:
    """Return the request record of the answer called `id_`, or nothing where the request is not known."""
    if not capture.request_headers:
        return b""
    parts = urlsplit(capture.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {
        "WARC-Target-URI": capture.url,
        "WARC-Concurrent-To": id_,
        "WARC-IP-Address": capture.ip_address,
        "Content-Type": "application/http; msgtype=request",
    }
    head = _head(f"GET {target} HTTP/1.1", capture.request_headers)
    return _record("request", _new_id(), capture.fetched_at, fields, head)


def _answer(kind: str, id_: str, capture: Capture, more: _Fields, payload: bytes) -> bytes:
    length = str(len(payload)) if kind == "response" else None
    fields = {
        "WARC-Target-URI": capture.url,
        "WARC-IP-Address": capture.ip_address,
        **more,
        "Content-Type": "application/http; msgtype=response",
    }
    head = _head(capture.status_line or _status_line(capture.status), _true(capture.headers, length))
    return _record(kind, id_, capture.fetched_at, fields, head, payload)


def _true(headers: Headers, length: str | None) -> Iterable[tuple[str, str]]:
    """Yield headers, those renamed that are not true of the stored payload, `length` bytes long (None: none stored)."""
    for name, value in headers:
        key = name.lower()
        untrue = key == "transfer-encoding" or (key == "content-length" and length not in (None, value))
        yield (_RENAMED + name if untrue else name), value


def _status_line(status: int) -> str:
    reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    return f"HTTP/1.1 {status} {reason}"


def _record(kind: str, id_: str, at: datetime, fields: _Fields, *block: bytes) -> bytes:
    """Return a record, compressed."""
    digest = hashlib.sha1(usedforsecurity=False)
    for part in block:
        digest.update(part)
    stated = {
        "WARC-Type": kind,
        "WARC-Record-ID": id_,
        "WARC-Date": utc_text(at),
        **fields,
        "WARC-Block-Digest": f"sha1:{b32encode(digest.digest()).decode()}",
        "Content-Length": str(sum(map(len, block))),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in stated.items() if value is not None)
    squeeze = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    parts = (f"WARC/1.1\r\n{lines}\r\n".encode(), *block, b"\r\n\r\n")
    return b"".join([*map(squeeze.compress, parts), squeeze.flush()])


def _head(first_line: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{first_line}\r\n{lines}\r\n".encode("latin-1")


def _parsed(block: bytes) -> tuple[str, Headers, bytes]:
    """Return first line, headers and payload of an HTTP message."""
    head, payload = parted(block)
    first_line, *lines = _LINE_END.split(head.decode("latin-1"))
    pairs = (line.partition(":") for line in lines)
    return first_line, tuple((name, value.strip(" \t")) for name, _, value in pairs), payload


def _unchunked(payload: bytes, headers: Headers) -> tuple[bytes, bool]:
    """Return a payload without the chunks that some crawlers keep, and whether its end is missing.

    Ours never had any (`X-Crawler-Transfer-Encoding`); what does not begin with a chunk is taken as it is.
    """
    if ("transfer-encoding", "chunked") not in ((name.lower(), value.lower()) for name, value in headers):
        return payload, False
    pieces: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(payload, at):
        start, at = size.end(), size.end() + int(size[1], 16)
        if start == at:
            return b"".join(pieces), False
        pieces.append(payload[start:at])
        at += len(b"\r\n")
    return (b"".join(pieces), True) if pieces else (payload, False)


def _decoded(payload: bytes, headers: Headers, max_bytes: int) -> bytes:
    codings = [value for name, value in headers if name.lower() == "content-encoding"]
    try:
        return decode(payload, codings, max_bytes=max_bytes)
    except CodingBrokenError:
        return payload


def _new_id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def _said(capture: Capture) -> dict[str, object]:
    """Return what a metadata record says: the address asked for and, as plain JSON values, all its link says.

    Of a further page of an article, also which address it continues and the how many-th page it is.
    """
    said: dict[str, object] = {"requested_url": capture.requested_url}
    if capture.part_of:
        said |= {"part_of": capture.part_of, "part": capture.part}
    if capture.link:
        said |= {field.name: _plain(getattr(capture.link, field.name)) for field in dataclasses.fields(Link)}
    return said


def _plain(value: object) -> object:
    if isinstance(value, Stamp):
        return stamp_json(value)
    return utc_text(value) if isinstance(value, datetime) else value


def _link(said: Mapping[str, Any]) -> Link:
    """Return the link that `_said` wrote down."""
    told = {field.name: said[field.name] for field in dataclasses.fields(Link) if field.name in said}
    told = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    modified_at = told.get("modified_at")
    told["published"] = stamp_of(told.get("published"))
    told["modified_at"] = from_utc_text(modified_at) if modified_at else None
    return Link(**told)
