"""Captures in WARC records: what came is what is kept, and every reader reads it."""

import gzip
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warc_fixture import AT, CAPTURE, LINK, by_fastwarc, by_warcio, end, folder

from crawler.warc import captures
from storage.captures import payload_digest
from storage.records import Capture, Stored

PAGE = "<p>Füze</p>".encode() * 20


def write(path: Path, *written: Capture) -> Path:
    """Write captures into one file and return it."""
    with folder(path) as warc:
        places = [warc.write(capture) for capture in written]
    return path / places[0].warc


def answer(*headers: tuple[str, str], body: bytes = PAGE, encoded: bytes | None = None, status: int = 200) -> Capture:
    return replace(CAPTURE, headers=headers, body=body, encoded=encoded, status=status, status_line=None)


def test_a_capture_comes_back_as_it_went_in(tmp_path: Path) -> None:
    assert list(captures(write(tmp_path, CAPTURE))) == [CAPTURE]


def test_request_and_link_come_before_the_response_and_name_it(tmp_path: Path) -> None:
    info, request, metadata, response = by_warcio(write(tmp_path, CAPTURE))
    assert [info.kind, request.kind, metadata.kind, response.kind] == ["warcinfo", "request", "metadata", "response"]
    id_ = response.fields["WARC-Record-ID"]
    assert request.fields["WARC-Concurrent-To"] == metadata.fields["WARC-Concurrent-To"] == id_
    assert {record.fields["WARC-Target-URI"] for record in (request, metadata, response)} == {CAPTURE.url}
    assert request.fields["WARC-IP-Address"] == response.fields["WARC-IP-Address"] == "192.0.2.7"
    assert request.headers == CAPTURE.request_headers
    assert response.headers == CAPTURE.headers


def test_the_file_says_who_wrote_it_and_how(tmp_path: Path) -> None:
    path = write(tmp_path, CAPTURE)
    (info, *_) = by_warcio(path)
    said = dict(line.split(": ", 1) for line in info.content.decode().splitlines())
    assert said["software"].startswith("cuttings/")
    assert said["operator"] == "https://example.org/contact"
    assert said["robots"] == "obey"
    assert (said["format"], said["conformsTo"][-10:]) == ("WARC File Format 1.1", "/warc-1.1/")
    assert info.fields["WARC-Filename"] == path.name


ANSWERS = {
    "plain": answer(("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))),
    "gzip": answer(("Content-Encoding", "gzip"), encoded=gzip.compress(PAGE)),
    "gzip in capitals, length stated": answer(
        ("CONTENT-ENCODING", "GZip"), ("Content-Length", str(len(gzip.compress(PAGE, mtime=0)))),
        encoded=gzip.compress(PAGE, mtime=0)),
    "deflate": answer(("Content-Encoding", "deflate"), encoded=zlib.compress(PAGE)),
    "chunked": answer(("Transfer-Encoding", "chunked")),
    "chunked gzip": answer(
        ("transfer-encoding", "chunked"), ("Content-Encoding", "gzip"), encoded=gzip.compress(PAGE)),
    "looks like chunks": answer(("Transfer-Encoding", "chunked"), body=b"3\r\nabc\r\n0\r\n\r\n"),
    "chunked and a length": answer(("Content-Length", "17"), ("Transfer-Encoding", "chunked")),
    "no content type, no headers": answer(),
    "NUL bytes": answer(("Content-Type", "text/html"), body=b"\0" * 100 + PAGE + b"\0"),
    "nothing": answer(("Content-Length", "0"), body=b""),
    "ends like a record": answer(body=b"x\r\n\r\n\r\nWARC/1.1\r\n\r\n"),
    "gone": answer(("Content-Type", "text/plain"), body=b"no", status=410),
    "a status of its own": answer(body=b"no", status=599),
    "gzip that is none": answer(("Content-Encoding", "gzip")),
}  # fmt: skip


@pytest.mark.parametrize("capture", ANSWERS.values(), ids=ANSWERS)
def test_every_reader_reads_every_answer(capture: Capture, tmp_path: Path) -> None:
    path = write(tmp_path, capture, CAPTURE)
    (ours, _) = captures(path)
    (first, last) = [record for record in by_warcio(path) if record.kind == "response"]
    assert (first.content, last.content) == (capture.body, CAPTURE.body)
    lengths = [value for name, value in first.headers if name.lower() == "content-length"]
    payload = capture.body if capture.encoded is None else capture.encoded
    assert lengths in ([], [str(len(payload))])
    assert not any(name.lower() == "transfer-encoding" for name, _ in first.headers)
    assert ours == replace(capture, status_line=ours.status_line)
    if capture is not ANSWERS["gzip that is none"]:  # warcio and we give back what came, fastwarc nothing
        theirs = [record for record in by_fastwarc(path) if record.kind == "response"]
        assert [record.content for record in theirs] == [capture.body, CAPTURE.body]


def test_raw_deflate_is_read_by_us_and_warcio(tmp_path: Path) -> None:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    capture = answer(("Content-Encoding", "deflate"), encoded=raw.compress(PAGE) + raw.flush())
    path = write(tmp_path, capture)
    assert [read.body for read in captures(path)] == [PAGE]
    assert by_warcio(path)[-1].content == PAGE


@pytest.mark.parametrize("charset", ["latin-1", "windows-1251", "utf-8"])
def test_header_bytes_outside_ascii_survive(charset: str, tmp_path: Path) -> None:
    title = "Übergröße" if charset == "latin-1" else "Ракета"
    stated = (("X-Title", title.encode(charset).decode("latin-1")),)
    path = write(tmp_path, answer(*stated))
    assert next(captures(path)).headers == stated
    assert title.encode(charset) in gzip.decompress(path.read_bytes())
    assert by_fastwarc(path)[-1].headers == stated


def test_the_digest_is_of_the_payload_as_it_came(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        place = warc.write(ANSWERS["chunked gzip"])
    path = tmp_path / place.warc
    assert payload_digest(path, byte_offset=place.byte_offset, byte_length=place.byte_length) == place.digest
    assert by_warcio(path)[-1].fields["WARC-Payload-Digest"] == place.digest


def test_the_place_names_exactly_the_response(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        places = [warc.write(CAPTURE), warc.write(CAPTURE)]
    data = (tmp_path / places[1].warc).read_bytes()
    alone = tmp_path / "alone.warc.gz"
    alone.write_bytes(data[places[1].byte_offset : end(places[1])])
    (read,) = by_fastwarc(alone)
    assert (read.kind, read.content) == ("response", CAPTURE.body)
    assert end(places[1]) == len(data)


STORED = Stored(url="https://a.example/1", fetched_at=datetime(2026, 1, 1, tzinfo=UTC), digest="sha1:" + "A" * 32)


def test_a_304_is_a_revisit_record_and_no_capture(tmp_path: Path) -> None:
    not_modified = answer(("ETag", '"1"'), body=b"", status=304)
    with folder(tmp_path) as warc:
        place = warc.write(CAPTURE)
        warc.revisit(not_modified, of=STORED)
        warc.write(CAPTURE)
    path = tmp_path / place.warc
    assert list(captures(path)) == [CAPTURE, CAPTURE]
    for read in (by_warcio, by_fastwarc):
        (request, revisit) = read(path)[4:6]
        assert request.fields["WARC-Concurrent-To"] == revisit.fields["WARC-Record-ID"]
        assert revisit.fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
        assert revisit.fields["WARC-Refers-To-Target-URI"] == STORED.url
        assert revisit.fields["WARC-Refers-To-Date"] == "2026-01-01T00:00:00Z"
        assert "WARC-Payload-Digest" not in revisit.fields
        assert (revisit.headers, revisit.content) == (not_modified.headers, b"")


def test_the_same_payload_again_is_a_revisit_record_with_its_digest(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        place = warc.write(CAPTURE)
        warc.revisit(CAPTURE, of=replace(STORED, digest=place.digest))
    revisit = by_warcio(tmp_path / place.warc)[-1]
    assert revisit.fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert revisit.fields["WARC-Payload-Digest"] == place.digest
    assert revisit.fields["WARC-Truncated"] == "length"
    assert revisit.content == b""


def test_another_payload_is_kept_whole_even_where_nothing_changed_in_it(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        place = warc.write(ANSWERS["gzip"])
        again = replace(ANSWERS["gzip"], encoded=gzip.compress(PAGE, compresslevel=1, mtime=1))
        warc.revisit(again, of=replace(STORED, digest=place.digest))
    assert [read.encoded for read in captures(tmp_path / place.warc)] == [ANSWERS["gzip"].encoded, again.encoded]


TOKEN = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}", fullmatch=True)
VALUE = st.binary(max_size=30).map(
    lambda raw: raw.translate(None, b"\r\n\0").strip(b" \t").decode("latin-1")
)  # what an HTTP client lets through
HEADERS = st.lists(st.tuples(TOKEN, VALUE).filter(lambda pair: pair[0].lower() != "content-encoding"), max_size=6)


@st.composite
def exchanges(draw: st.DrawFn) -> Capture:
    body = draw(st.binary(max_size=3000))
    coding = draw(st.sampled_from([None, "gzip", "deflate"]))
    encoded = {None: None, "gzip": gzip.compress(body), "deflate": zlib.compress(body)}[coding]
    stated = [("Content-Encoding", coding)] if coding else []
    return Capture(
        requested_url=draw(st.text(min_size=1)),
        url="https://a.example/" + draw(st.from_regex(r"[a-z0-9/?=&%.-]{0,20}", fullmatch=True)),
        fetched_at=AT + timedelta(seconds=draw(st.integers(0, 86_400))),
        status=(status := draw(st.integers(200, 599))),
        status_line=f"HTTP/1.1 {status} " + draw(VALUE).strip(),
        headers=tuple(draw(st.permutations(draw(HEADERS) + stated))),
        body=body,
        encoded=encoded,
        request_headers=tuple(draw(HEADERS)),
        ip_address=draw(st.none() | st.ip_addresses().map(str)),
        link=draw(st.none() | st.just(LINK) | st.just(replace(LINK, guid=None, modified_at=None, published=None))),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(exchanges(), min_size=1, max_size=3))
def test_whatever_came_comes_back(tmp_path_factory: pytest.TempPathFactory, written: list[Capture]) -> None:
    path = tmp_path_factory.mktemp("warc")
    with folder(path) as warc:
        places = [warc.write(capture) for capture in written]
    (file,) = path.rglob("*.warc.gz")
    assert list(captures(file)) == written
    assert [record.content for record in by_warcio(file) if record.kind == "response"] == [c.body for c in written]
    assert [record.content for record in by_fastwarc(file) if record.kind == "response"] == [c.body for c in written]
    assert [payload_digest(file, byte_offset=p.byte_offset, byte_length=p.byte_length) for p in places] == [
        place.digest for place in places
    ]
