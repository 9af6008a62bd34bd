"""A backup is whole whatever goes on beside it; what comes back from it is verified, and what was forgotten stays out."""

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from archive_fixture import BY_SLUG, make_archive
from click.testing import CliRunner
from warc_fixture import CAPTURE, folder

from scheduler.backing_up import KEPT, backups_in, daily
from scheduler.cli import cli
from scheduler.config import Config, load
from storage.sums import sum_path
from storage.verify import verify

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
OUTLETS = '\n[[outlets]]\nid = "kuzey"\nname = "Kuzey"\nurl = "https://kuzey.example/"\n'
FORGOTTEN = "turkish"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An archive filled by hand, its captures in a closed WARC file and an open one, and daily backups wanted."""
    home = tmp_path / "home"
    (home / "archive").mkdir(parents=True)
    path = home / "config.toml"
    path.write_text(f'[backup]\npath = "../backups"\n{OUTLETS}')
    loaded = load(path)
    make_archive(loaded.archive.path)
    _fill(loaded)
    return loaded


def _fill(config: Config) -> None:
    with (
        closing(sqlite3.connect(config.archive.path)) as db,
        db,
        folder(config.archive.captures, rotate_bytes=9000) as warc,
    ):
        for id_, url in db.execute("select id, url from captures order by id").fetchall():
            page = replace(CAPTURE, url=url, requested_url=url, link=None, body=os.urandom(700))
            place = warc.write(page)
            where = (place.warc, place.byte_offset, place.byte_length, place.digest, id_)
            db.execute("update captures set warc = ?, byte_offset = ?, byte_length = ?, digest = ? where id = ?", where)


def run(*words: str | Path, config: Config) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [*map(str, words), "--config", str(config.path)])
    return result.exit_code, result.output


def contents(config: Config) -> list[str]:
    with closing(sqlite3.connect(config.archive.path)) as db:
        return [line for line in db.iterdump() if "restore" not in line]


def test_what_is_backed_up_comes_back_whole(config: Config, tmp_path: Path) -> None:
    before, warcs = contents(config), sorted(path.name for path in config.archive.captures.rglob("*"))
    assert any(name.endswith(".sha256") for name in warcs), "a closed file"
    assert run("backup", tmp_path / "copy", config=config)[0] == 0
    shutil.rmtree(config.archive.path.parent)
    code, said = run("restore", tmp_path / "copy", config=config)
    assert (code, "restored 14 articles" in said) == (0, True), said
    assert sorted(path.name for path in config.archive.captures.rglob("*")) == warcs
    assert [line for line in before if line not in contents(config)] == []
    found = verify(config.archive)
    assert (found.problems, found.notes) == ((), ())
    assert (tmp_path / "copy" / "config.toml").read_text() == config.toml


def test_a_backup_is_not_written_into_what_it_copies(config: Config) -> None:
    before = sorted(config.archive.captures.rglob("*"))
    code, said = run("backup", config.archive.captures / "copy", config=config)
    assert (code, "inside the folder" in said) == (2, True), said
    assert sorted(config.archive.captures.rglob("*")) == before


def test_nothing_is_overwritten_unless_told_and_then_moved_aside(config: Config, tmp_path: Path) -> None:
    assert run("backup", tmp_path / "copy", config=config)[0] == 0
    assert run("backup", tmp_path / "copy", config=config)[0] == 2
    before = contents(config)
    code, said = run("restore", tmp_path / "copy", config=config)
    assert (code, "is there already; --replace" in said) == (2, True)
    assert contents(config) == before
    with closing(sqlite3.connect(config.archive.path)) as db, db:
        db.execute("update outlets set name = 'Later'")
    code, said = run("restore", tmp_path / "copy", "--replace", config=config)
    assert code == 0, said
    assert "'Later'" not in "".join(contents(config))
    assert run("restore", tmp_path / "copy", "--replace", config=config)[0] == 0, "again, in the same second"
    (aside, _) = sorted(config.archive.path.parent.glob("replaced-*"))
    with closing(sqlite3.connect(aside / "cuttings.db")) as db:
        assert db.execute("select distinct name from outlets").fetchall() == [("Later",)]
    assert len(list(aside.rglob("*.warc.gz"))) == len(list(config.archive.captures.rglob("*.warc.gz")))


def test_a_backup_made_while_somebody_writes_is_of_one_moment(config: Config, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(config.archive.path, isolation_level=None, timeout=30)) as db:
            while not stop.is_set():
                db.execute("begin immediate")
                db.execute("insert into host_rests select 'h' || count(*), 'a' from host_rests")
                db.execute("insert into guids (outlet, agreed) select 'sada', 0 where not exists (select 1 from guids)")
                db.execute("update guids set agreed = (select count(*) from host_rests)")
                db.execute("commit")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        codes = [run("backup", tmp_path / f"copy{n}", config=config)[0] for n in range(3)]
    finally:
        stop.set()
        writer.join()
    assert codes == [0, 0, 0]
    for n in range(3):
        with closing(sqlite3.connect(tmp_path / f"copy{n}" / "cuttings.db")) as db:
            rests, agreed = db.execute("select count(*), (select sum(agreed) from guids) from host_rests").fetchone()
            assert rests == (agreed or 0)


def test_folders_above_it_are_made_and_a_backup_that_fails_leaves_none(config: Config, tmp_path: Path) -> None:
    assert run("backup", tmp_path / "above" / "below" / "copy", config=config)[0] == 0
    config.archive.path.write_bytes(b"no database at all" * 1000)
    assert run("backup", tmp_path / "above" / "other" / "folder" / "copy", config=config)[0] == 2
    assert [path.name for path in (tmp_path / "above").iterdir()] == ["below"]


def test_the_open_warc_file_is_cut_at_a_record_and_a_torn_tail_stays_behind(config: Config, tmp_path: Path) -> None:
    (open_file,) = (path for path in config.archive.captures.rglob("*.gz") if not sum_path(path).exists())
    whole = open_file.read_bytes()
    with open_file.open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    assert run("backup", tmp_path / "copy", config=config)[0] == 0
    (copied,) = (tmp_path / "copy").rglob(open_file.name)
    assert copied.read_bytes() == whole


def test_a_closed_file_that_has_changed_is_named_and_copied_as_it_is(config: Config, tmp_path: Path) -> None:
    closed = next(path for path in config.archive.captures.rglob("*.gz") if sum_path(path).exists())
    closed.write_bytes(closed.read_bytes()[:-1] + b"\1")
    code, said = run("backup", tmp_path / "copy", config=config)
    assert (code, closed.name in said) == (1, True)
    shutil.rmtree(config.archive.path.parent)
    code, said = run("restore", tmp_path / "copy", config=config)
    assert (code, "does not verify, nothing was changed" in said) == (2, True), said
    assert not config.archive.path.exists()
    assert run("restore", tmp_path / "copy", "--damaged", config=config)[0] == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"sha256": "0"}'])
def test_a_backup_whose_record_is_broken_is_taken_only_as_damaged(config: Config, tmp_path: Path, text: str) -> None:
    copy = tmp_path / "copy"
    assert run("backup", copy, config=config)[0] == 0
    (copy / "backup.json").write_text(text)
    code, said = run("restore", copy, "--replace", config=config)
    assert (code, "another SHA-256" in said) == (2, True)
    assert run("restore", copy, "--replace", "--damaged", config=config)[0] == 0


@pytest.mark.parametrize("harm", ["another byte", "no database", "no backup"])
def test_what_is_no_whole_backup_is_refused(config: Config, tmp_path: Path, harm: str) -> None:
    copy = tmp_path / "copy"
    assert run("backup", copy, config=config)[0] == 0
    shutil.rmtree(config.archive.path.parent)
    if harm == "another byte":
        with (copy / "cuttings.db").open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"\x55")
    else:
        (copy / ("cuttings.db" if harm == "no database" else "backup.json")).unlink()
    assert run("restore", copy, config=config)[0] == 2
    assert not config.archive.path.exists()
    assert [path.name for path in config.path.parent.rglob("*") if path.is_file() and path.suffix != ".lock"] == [
        "config.toml"
    ]


def test_an_archive_that_is_read_is_not_exchanged(config: Config, tmp_path: Path) -> None:
    assert run("backup", tmp_path / "copy", config=config)[0] == 0
    with closing(sqlite3.connect(config.archive.path, isolation_level=None)) as reader:
        reader.execute("pragma journal_mode = wal")
        reader.execute("begin")
        reader.execute("select count(*) from articles").fetchone()
        code, said = run("restore", tmp_path / "copy", "--replace", config=config)
    assert (code, "is in use" in said) == (2, True), said
    assert verify(config.archive).problems == ()


def test_what_was_forgotten_since_does_not_come_back(config: Config, tmp_path: Path) -> None:
    piece = BY_SLUG[FORGOTTEN]
    assert run("backup", tmp_path / "copy", config=config)[0] == 0
    code, said = run("forget", "--article", piece.id, "--reason", "asked", config=config)
    assert code == 0, said
    for damaged in (False, True):
        if damaged:  # the exchange was cut off: the present one is gone, what was moved aside is not
            config.archive.path.unlink()
        code, said = run("restore", tmp_path / "copy", "--replace", config=config)
        assert (code, "left out as forgotten since: 1" in said) == (0, True), said
        with closing(sqlite3.connect(config.archive.path)) as db:
            assert db.execute("select count(*) from articles where id = ?", [piece.id]).fetchone() == (0,)
            assert db.execute("select count(*) from tombstones").fetchone()[0] > 0
        assert piece.text.split(".")[0].encode() not in config.archive.path.read_bytes()
        assert verify(config.archive).problems == ()


def test_an_archive_that_cannot_be_read_is_replaced_with_a_warning(config: Config, tmp_path: Path) -> None:
    assert run("backup", tmp_path / "copy", config=config)[0] == 0
    config.archive.path.write_bytes(b"no database at all" * 1000)
    code, said = run("restore", tmp_path / "copy", "--replace", config=config)
    assert (code, "may be back" in said) == (1, True), said
    assert verify(config.archive).problems == ()


def test_a_copy_a_day_and_the_oldest_go(config: Config) -> None:
    for day in range(KEPT + 2):
        assert daily(config, now=NOW + timedelta(days=day)) is not None
        assert daily(config, now=NOW + timedelta(days=day, hours=5)) is None, "once a day"
    days = [path.name for path in backups_in(config)]
    assert days == [f"{NOW + timedelta(days=day):%Y-%m-%d}" for day in range(KEPT + 1, 1, -1)]
    closed = [path for path in backups_in(config)[0].rglob("*.gz") if sum_path(path).exists()]
    assert {path.stat().st_nlink for path in closed} == {KEPT}, "closed files are stored once"
    assert {path.stat().st_nlink for path in config.archive.captures.rglob("*.gz")} == {1}, (
        "and apart from the archive's own"
    )


def test_a_backup_that_was_killed_leaves_nothing_that_counts(config: Config) -> None:
    home = config.path.parent.parent / "backups"
    (home / ".2026-11-25.abcd").mkdir(parents=True)
    (home / ".2026-11-25.abcd" / "cuttings.db").write_bytes(b"half")
    assert backups_in(config) == []
    assert daily(config, now=NOW)
    assert [path.name for path in sorted(home.iterdir())] == ["2026-11-26", "backups.lock"]


def test_a_disk_that_is_not_there_is_said_and_the_pass_counts(config: Config) -> None:
    path = config.path
    path.write_text('[backup]\npath = "not-mounted/backups"\n')
    result = CliRunner().invoke(cli, ["collect", "--config", str(path)])
    assert (result.exit_code, "no backup today" in result.output) == (1, True), result.output
    assert not (path.parent / "not-mounted").exists()
