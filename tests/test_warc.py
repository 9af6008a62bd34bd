"""Captures in and out of WARC files, whatever was torn."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from crawler.warc import Place, WarcFolder, captures
from storage.captures import whole_until
from storage.records import Capture, Link, Stamp

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
STAMP = Stamp(at=AT, offset="+03:00", precision="second", basis="feed", day="2026-03-02")
LINK = Link(
    url="https://a.example/r",
    outlet="a",
    found_in="https://a.example/feed",
    title="Füze",
    published=STAMP,
    authors=("Ayşe",),
)
CAPTURE = Capture(
    requested_url="https://a.example/r",
    url="https://a.example/1",
    fetched_at=AT,
    status=200,
    headers=(("Content-Type", "text/html; charset=windows-1254"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
    body="Füze".encode("windows-1254") * 50,
    link=LINK,
)


def folder(path: Path, indexed: dict[str, int] | None = None) -> WarcFolder:
    return WarcFolder(path, software="cuttings/0.1", robots="obey", indexed=indexed or {})


def end(place: Place) -> int:
    return place.byte_offset + place.byte_length


def test_a_capture_comes_back_as_it_went_in(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        place = warc.write(CAPTURE)
    (read,) = captures(tmp_path / place.warc)
    assert read.headers[:3] == CAPTURE.headers
    assert (read.requested_url, read.url, read.fetched_at, read.status, read.body, read.link) == (
        CAPTURE.requested_url, CAPTURE.url, AT, 200, CAPTURE.body, LINK,
    )  # fmt: skip


def test_the_transfer_encoding_is_kept_as_a_fact_not_as_a_lie(tmp_path: Path) -> None:
    sent = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Content-Length", "17"))
    with folder(tmp_path) as warc:
        place = warc.write(
            Capture(
                requested_url="https://a.example/",
                url="https://a.example/",
                fetched_at=AT,
                status=200,
                headers=sent,
                body=b"plain",
            )
        )
    (read,) = captures(tmp_path / place.warc)
    assert dict(read.headers) == {
        "Content-Type": "text/html", "X-Received-Content-Encoding": "gzip", "X-Received-Content-Length": "17", "Content-Length": "5",
    }  # fmt: skip
    assert read.body == b"plain"
    assert read.link is None


def test_warcio_and_fastwarc_read_the_same_records(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        places = [warc.write(CAPTURE) for _ in range(3)]
    path = tmp_path / places[0].warc
    with path.open("rb") as file:
        ours = [(record.rec_type, record.rec_headers.get_header("WARC-Record-ID")) for record in ArchiveIterator(file)]
    with path.open("rb") as file:
        theirs = [record.record_id for record in FastIterator(file)]
    assert [kind for kind, _ in ours] == ["warcinfo", *["metadata", "response"] * 3]
    assert [id_ for _, id_ in ours] == theirs


def test_the_place_names_exactly_the_response(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        places = [warc.write(CAPTURE), warc.write(CAPTURE)]
    data = (tmp_path / places[1].warc).read_bytes()
    alone = tmp_path / "alone.warc.gz"
    alone.write_bytes(data[places[1].byte_offset : end(places[1])])
    (read,) = captures(alone)
    assert read.body == CAPTURE.body
    assert end(places[1]) == len(data)


@pytest.mark.parametrize("torn", [b"\x1f\x8b\x08", b"garbage", b""], ids=["half a record", "garbage", "nothing"])
def test_a_torn_tail_is_cut_by_the_next_writer(torn: bytes, tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        place = warc.write(CAPTURE)
    path = tmp_path / place.warc
    with path.open("ab") as file:
        file.write(torn)
    with folder(tmp_path, {place.warc: end(place)}) as warc:
        again = warc.write(CAPTURE)
    assert again.warc == place.warc
    assert [capture.url for capture in captures(path)] == [CAPTURE.url] * 2


def test_whole_records_the_archive_does_not_know_are_kept(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        known, _ = warc.write(CAPTURE), warc.write(CAPTURE)
    with folder(tmp_path, {known.warc: end(known)}) as warc:
        warc.write(CAPTURE)
    assert len(list(captures(tmp_path / known.warc))) == 3


def test_a_file_of_records_the_archive_does_not_index_is_continued(tmp_path: Path) -> None:
    for _ in range(3):
        with folder(tmp_path) as warc:
            place = warc.write(CAPTURE)
    assert [path.name for path in tmp_path.rglob("*.warc.gz")] == ["cuttings-2026-03-00001.warc.gz"]
    assert len(list(captures(tmp_path / place.warc))) == 3


def test_whole_until_ends_at_a_record_wherever_the_file_is_cut(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        places = [warc.write(CAPTURE) for _ in range(3)]
    data = (tmp_path / places[0].warc).read_bytes()
    starts = {0, *(place.byte_offset for place in places), *(end(place) for place in places)}
    cut = tmp_path / "cut"
    for length in range(0, len(data), 41):
        cut.write_bytes(data[:length])
        whole = whole_until(cut, 0)
        assert whole <= length
        assert whole_until(cut, whole) == whole
        assert max(start for start in starts if start <= length) <= whole


def test_each_month_has_its_folder(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        places = [warc.write(CAPTURE)]
        later = Capture(
            requested_url="https://a.example/2",
            url="https://a.example/2",
            fetched_at=datetime(2026, 4, 1, tzinfo=UTC),
            status=200,
            body=b"x",
        )
        places.append(warc.write(later))
    assert [place.warc.split("/")[0] for place in places] == ["2026-03", "2026-04"]
