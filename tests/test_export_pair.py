"""A large export is written by two processes, from one moment of the archive, to the same bytes."""

import sqlite3
from contextlib import closing

import pytest
from archive_fixture import BY_SLUG, make_archive

from storage import export_pair, study
from storage.errors import StudyError
from storage.export import export

STUDY = 'title = "A study"\ntext = true\nformats = ["csv", "jsonl", "parquet"]\n'


@pytest.fixture
def archive(tmp_path):
    return make_archive(tmp_path / "cuttings.db")


@pytest.fixture
def with_helper(monkeypatch):
    monkeypatch.setattr(export_pair, "WORTH_IT", 1)


def change(archive, sql, *values):
    with closing(sqlite3.connect(archive)) as db, db:
        db.execute(sql, values)


@pytest.mark.parametrize(
    "more", ["", 'topics = ["turkey-nato"]\nsample = 3\nnames = "hash"', 'unit = "story"\nsample = 4']
)
def test_two_processes_write_the_bytes_that_one_writes(archive, tmp_path, monkeypatch, more):
    alone = export(archive, study.parse(STUDY + more), tmp_path / "alone")
    monkeypatch.setattr(export_pair, "WORTH_IT", 1)
    helped = export(archive, study.parse(STUDY + more), tmp_path / "helped")
    assert (helped.digest, helped.rows) == (alone.digest, alone.rows)
    assert sorted(path.name for path in (tmp_path / "helped").iterdir()) == sorted(
        path.name for path in (tmp_path / "alone").iterdir()
    )


@pytest.mark.parametrize("column", ["articles.published_day", "checks.at"])
def test_what_fails_in_either_process_leaves_nothing(archive, tmp_path, with_helper, column):
    table, name = column.split(".")
    change(archive, f"update {table} set {name} = 'someday'")
    with pytest.raises(StudyError, match="a cell cannot be written"):
        export(archive, study.parse(STUDY), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


class Collector:
    """Somebody who commits while the second process opens the archive, so many times."""

    def __init__(self, archive, times):
        self.archive, self.times, self.opened = archive, times, 0

    def open(self):
        self.opened += 1
        if self.opened <= self.times:
            change(self.archive, "update outlets set name = ? where id = 'sada'", f"Sada {self.opened}")


@pytest.mark.parametrize("times", [0, 1, 3])
def test_both_open_again_when_somebody_committed_between(archive, times):
    helper = Collector(archive, times)
    db, same = export_pair._open_both(archive, helper)
    with closing(db):
        assert (same, helper.opened) == (True, times + 1)
        name = db.execute("select name from outlets where id = 'sada'").fetchone()[0]
        assert name == (f"Sada {times}" if times else name)


def test_where_no_moment_can_be_caught_one_process_does_it(archive):
    db, same = export_pair._open_both(archive, Collector(archive, 10_000))
    db.close()
    assert same is False


def test_a_moment_stays_what_it_was(archive):
    with export_pair.opened(archive, helped=False) as (db, helper):
        assert helper is None
        change(archive, "update articles set title = 'later' where id = ?", BY_SLUG["summit"].id)
        title = db.execute("select title from articles where id = ?", [BY_SLUG["summit"].id]).fetchone()[0]
    assert title == BY_SLUG["summit"].title
