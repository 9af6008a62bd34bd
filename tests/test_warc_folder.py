"""WARC files as files: rotation, sums, torn tails, full disks; never half a record in front of a whole one."""

import hashlib
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warc_fixture import CAPTURE, by_fastwarc, by_warcio, end, folder

from crawler.warc import captures
from storage.captures import payload_digest, whole_until
from storage.records import Capture
from storage.sums import matches_sum, sum_path

FEBRUARY = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def at(moment: datetime) -> Capture:
    return replace(CAPTURE, fetched_at=moment)


def files(path: Path) -> list[str]:
    return sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())


def written(path: Path, count: int = 3) -> Path:
    """Write captures into one file and return it."""
    with folder(path) as warc:
        places = [warc.write(CAPTURE) for _ in range(count)]
    return path / places[0].warc


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
    assert list(captures(path)) == [CAPTURE] * 2


def test_whatever_byte_a_crash_stops_at_the_next_writer_leaves_whole_records(tmp_path: Path) -> None:
    data = written(tmp_path / "first", 2).read_bytes()
    for length in range(0, len(data), 37):
        path = tmp_path / str(length) / "2026-03" / "cuttings-2026-03-00001.warc.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(data[:length])
        with folder(tmp_path / str(length)) as warc:
            place = warc.write(CAPTURE)
        assert tmp_path / str(length) / place.warc == path
        read = by_warcio(path)
        assert read[0].kind == "warcinfo"
        assert [record.kind for record in by_fastwarc(path)] == [record.kind for record in read]
        assert list(captures(path))[-1] == CAPTURE
        payload_digest(path, byte_offset=place.byte_offset, byte_length=place.byte_length)


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


def test_whole_records_the_archive_does_not_know_are_kept(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        known, _ = warc.write(CAPTURE), warc.write(CAPTURE)
    with folder(tmp_path, {known.warc: end(known)}) as warc:
        warc.write(CAPTURE)
    assert len(list(captures(tmp_path / known.warc))) == 3


def test_a_file_of_records_the_archive_does_not_index_is_continued(tmp_path: Path) -> None:
    for _ in range(3):
        path = written(tmp_path, 1)
    assert files(tmp_path) == ["2026-03/cuttings-2026-03-00001.warc.gz"]
    assert len(list(captures(path))) == 3


def test_a_file_that_lacks_what_the_archive_knows_is_left_alone(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        place = warc.write(CAPTURE)
    path = tmp_path / place.warc
    path.write_bytes(path.read_bytes()[:-10])
    before = path.read_bytes()
    for _ in range(2):
        with folder(tmp_path, {place.warc: end(place)}) as warc:
            assert warc.write(CAPTURE).warc == "2026-03/cuttings-2026-03-00002.warc.gz"
    assert path.read_bytes() == before
    assert not sum_path(path).exists()


def test_each_month_has_its_folder_and_the_last_file_of_one_is_closed(tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        for moment in (FEBRUARY, MARCH, FEBRUARY):  # the last one was long on its way
            warc.write(at(moment))
    assert files(tmp_path) == [
        "2026-02/cuttings-2026-02-00001.warc.gz",
        "2026-02/cuttings-2026-02-00001.warc.gz.sha256",
        "2026-03/cuttings-2026-03-00001.warc.gz",
    ]


def test_a_full_file_is_closed_with_its_sum_and_never_written_again(tmp_path: Path) -> None:
    with folder(tmp_path, rotate_bytes=1) as warc:
        first = warc.write(CAPTURE).warc
    before = (tmp_path / first).read_bytes()
    with folder(tmp_path) as warc:
        second = warc.write(CAPTURE).warc
    assert second == "2026-03/cuttings-2026-03-00002.warc.gz"
    assert (tmp_path / first).read_bytes() == before
    assert matches_sum(tmp_path / first)
    assert files(tmp_path) == [first, first + ".sha256", second]
    assert sum_path(tmp_path / first).read_text() == f"{hashlib.sha256(before).hexdigest()}  {Path(first).name}\n"


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum here")
def test_sha256sum_checks_it(tmp_path: Path) -> None:
    with folder(tmp_path, rotate_bytes=1) as warc:
        path = tmp_path / warc.write(CAPTURE).warc
    check = ["sha256sum", "-c", sum_path(path).name]
    assert subprocess.run(check, cwd=path.parent, check=True, capture_output=True, text=True).stdout.endswith(": OK\n")


@pytest.mark.parametrize("left", ["no sum", "half a sum", "a torn tail"])
def test_a_crash_before_the_sum_is_repaired_by_the_next_writer(left: str, tmp_path: Path) -> None:
    with folder(tmp_path) as warc:
        path = tmp_path / warc.write(at(FEBRUARY)).warc
    whole = path.read_bytes()
    if left == "half a sum":
        sum_path(path).with_name(sum_path(path).name + ".new").write_text("0123")
    if left == "a torn tail":
        path.write_bytes(whole + whole[:100])
    with folder(tmp_path) as warc:
        warc.write(at(MARCH))
    assert path.read_bytes() == whole
    assert matches_sum(path)
    assert [name for name in files(tmp_path) if name.endswith(".new")] == []


def test_a_file_whose_sum_was_lost_is_not_written_again(tmp_path: Path) -> None:
    with folder(tmp_path, rotate_bytes=1) as warc:
        first, second = warc.write(CAPTURE).warc, warc.write(CAPTURE).warc
    sum_path(tmp_path / first).unlink()
    with folder(tmp_path) as warc:
        third = warc.write(CAPTURE).warc
    assert len({first, second, third}) == 3
    assert matches_sum(tmp_path / first)


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file can grow over `size` bytes: what is written before that is written, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_leaves_no_half_record(tmp_path: Path) -> None:
    path = written(tmp_path, 1)
    before = path.read_bytes()
    with folder(tmp_path) as warc:
        with disk_of(len(before) + 300), pytest.raises(OSError, match="too large"):
            warc.write(CAPTURE)
        assert path.read_bytes() == before
        warc.write(CAPTURE)
    assert list(captures(path)) == [CAPTURE] * 2


def test_a_disk_that_is_full_from_the_start_leaves_a_file_the_next_writer_begins(tmp_path: Path) -> None:
    with folder(tmp_path) as warc, disk_of(10), pytest.raises(OSError, match="too large"):
        warc.write(CAPTURE)
    path = written(tmp_path, 1)
    assert [record.kind for record in by_fastwarc(path)] == ["warcinfo", "request", "metadata", "response"]
