"""`verify` finds every broken promise, names it, and writes nothing."""

import sqlite3
from io import BytesIO

import pytest
from archive_fixture import BY_SLUG, make_archive
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storage.settings import Archive
from storage.sums import sum_path, write_sum
from storage.verify import verify

WARC = "2018-04/cuttings-20180420.warc.gz"


@pytest.fixture
def archive(tmp_path):
    """The hand-made archive with a real WARC file behind its captures."""
    settings = Archive(path=make_archive(tmp_path / "cuttings.db"), captures=tmp_path / "captures")
    path = settings.captures / WARC
    path.parent.mkdir(parents=True)
    with sqlite3.connect(settings.path) as db, path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for id_, url in db.execute("select id, url from captures order by id").fetchall():
            offset, digest = file.tell(), _write(writer, url)
            where = (offset, file.tell() - offset, digest, id_)
            db.execute("update captures set byte_offset = ?, byte_length = ?, digest = ? where id = ?", where)
    db.close()
    return settings


def _write(writer, url):
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    page = url.encode() * 50
    record = writer.create_warc_record(url, "response", payload=BytesIO(page), length=len(page), http_headers=headers)
    writer.write_record(record)
    return record.rec_headers.get_header("WARC-Payload-Digest")


def change(archive, sql):
    with sqlite3.connect(archive.path) as db:
        db.executescript(sql)
    db.close()


def test_a_whole_archive_has_no_problem_and_is_not_touched(archive):
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in archive.path.parent.rglob("*.[dgw]*")}
    found = verify(archive)
    assert [str(problem) for problem in found.problems] == []
    assert found.notes == ()
    assert before
    assert before == {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before}


ARTICLE, MIRROR, STORY = BY_SLUG["turkish"].id, BY_SLUG["summit-mirror"].id, BY_SLUG["summit"].id
BROKEN = {
    f"delete from versions where article = {ARTICLE}": "an article has no version",
    f"update articles set story = null where id = {ARTICLE}": "an article is in no story",
    f"delete from evidence where article = {ARTICLE}": "a tag has no evidence",
    f"update evidence set from_char = from_char + 1 where article = {ARTICLE}": "evidence does not say what stands",
    f"update texts set text = text || '.' where article = {ARTICLE}": "a text is not the one its digest",
    f"update versions set text = 'x' where article = {ARTICLE}": "a version's text is not the one its digest",
    "insert into versions select article, '2018-05-01T00:00:00Z', title, text, text_digest, 'text', null, run "
    f"from versions where article = {ARTICLE}": "a version changes nothing",
    "insert into stories (id, article_count, outlet_count, method_version, run) values (1, 0, 0, '1', 1)":
        "a story has no article",
    f"update stories set article_count = 9 where id = {STORY}": "a story's counts are not true",
    f"update reprints set main = 0 where article = {MIRROR}": "not exactly one main",
    f"update reprints set credited = 0 where article = {MIRROR}": "`credited` does not follow",
    "insert into fetches (run, url, at, kind, outcome) values (1, 'u', '2018-04-20T00:00:00Z', 'feed', 'fine')":
        "a fetch has no known outcome",
    f"delete from articles_fts_docsize where id = {ARTICLE}": "an article cannot be searched",
    "update captures set digest = 'sha1:AAAA' where id = 3": "a capture's bytes are not those",
    "pragma foreign_keys = off; update articles set run = 99": "a row points at another that is not there",
}  # fmt: skip


@pytest.mark.parametrize(("sql", "said"), BROKEN.items(), ids=BROKEN.values())
def test_each_broken_promise_is_named(archive, sql, said):
    change(archive, sql)
    problems = [str(problem) for problem in verify(archive).problems]
    assert any(said in problem for problem in problems), problems


def test_a_damaged_file_is_a_problem_and_no_traceback(archive):
    with sqlite3.connect(archive.path) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        (page,) = db.execute("select rootpage from sqlite_schema where name = 'coverage'").fetchone()
        (size,) = db.execute("pragma page_size").fetchone()
    db.close()
    with archive.path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    assert any("damaged" in problem.what for problem in verify(archive).problems)


def test_a_torn_tail_is_a_note(archive):
    with (archive.captures / WARC).open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    found = verify(archive)
    assert found.problems == ()
    assert found.notes == (f"{WARC}: 7 bytes of a torn record at its end; the next writer cuts them",)


def test_whole_records_that_are_not_indexed_are_no_torn_tail(archive):
    with (archive.captures / WARC).open("ab") as file:
        _write(WARCWriter(file, gzip=True), "https://kuzey.example/feed")
    assert verify(archive).notes == ()
    with (archive.captures / WARC).open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    assert verify(archive).notes == (f"{WARC}: 7 bytes of a torn record at its end; the next writer cuts them",)


@pytest.mark.parametrize("harm", ["changed", "longer", "removed", "its sum unreadable"])
def test_a_closed_file_that_is_not_what_it_was_is_a_problem(archive, harm):
    path = archive.captures / "2018-03" / "cuttings-2018-03-00001.warc.gz"
    path.parent.mkdir()
    with path.open("wb") as file:
        _write(WARCWriter(file, gzip=True), "https://kuzey.example/feed")
    write_sum(path)
    assert verify(archive).problems == ()
    if harm == "removed":
        path.unlink()
    elif harm == "its sum unreadable":
        sum_path(path).write_bytes(b"\xff")
    else:
        path.write_bytes(path.read_bytes()[: -1 if harm == "changed" else None] + b"\1")
    (problem,) = verify(archive).problems
    assert str(problem).startswith("a captures file cannot be read or is not what its SHA-256 was made of: 1 (2018-03/")


def test_a_sum_that_a_crash_left_out_is_a_note(archive):
    older = archive.captures / "2018-03" / "cuttings-2018-03-00001.warc.gz"
    older.parent.mkdir()
    with older.open("wb") as file:
        _write(WARCWriter(file, gzip=True), "https://kuzey.example/feed")
        file.write(b"\x1f\x8b\x08torn")
    name = older.relative_to(archive.captures)
    found = verify(archive)
    assert found.problems == ()
    assert found.notes == (
        f"{name}: 7 bytes of a torn record at its end; the next writer cuts them",
        f"{name}: no SHA-256 beside it yet; the next writer writes it",
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [("texts", "a text is not the one its digest"), ("versions", "a version's text is not the one its digest")],
)
def test_a_text_that_is_no_longer_utf8_is_a_problem_and_no_traceback(archive, table, said):
    change(archive, f"update {table} set text = cast(x'ff' || substr(text, 2) as text) where article = {ARTICLE}")
    problems = [str(problem) for problem in verify(archive).problems]
    assert any(said in problem for problem in problems), problems


def test_a_damaged_name_can_still_be_named(archive):
    change(archive, "update captures set warc = cast(x'ff' || warc as text) where id = 3")
    (problem,) = verify(archive).problems
    assert str(problem).encode().startswith(b"a capture's bytes are not there: 1 (3 in \\xff2018")


@pytest.mark.parametrize("harm", ["cut", "removed", "overwritten"])
def test_an_indexed_capture_without_its_bytes_is_a_problem(archive, harm):
    path = archive.captures / WARC
    if harm == "removed":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:-40])
    else:
        stored = path.read_bytes()
        path.write_bytes(stored[:-40] + b"\0" * 40)
    (problem,) = verify(archive).problems
    assert "bytes are not th" in problem.what
    assert problem.count == (14 if harm == "removed" else 1)


def test_a_run_that_never_ended_is_a_note(archive):
    change(archive, "update runs set ended_at = null")
    assert verify(archive).notes == ("run 1 (collect, 2018-04-20T05:50:00Z) has not ended: still running, or killed",)
