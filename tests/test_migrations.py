"""An archive of every released version opens and is brought to the present shape, however often that is interrupted."""

import gzip
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from archive_fixture import make_archive
from keep_released import RELEASED, keep
from sqlite_utils import Database

from storage import archive
from storage.additions import is_older, missing
from storage.errors import ArchiveError
from storage.migrations import migrations
from storage.settings import Archive
from storage.verify import verify

KEPT = sorted(RELEASED.glob("*.db.gz"))


def unpacked(kept: Path, folder: Path) -> Path:
    path = folder / "cuttings.db"
    path.write_bytes(gzip.decompress(kept.read_bytes()))
    return path


def shape(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what readers and writers rely on: columns in their order, keys, indexes, views."""
    with closing(sqlite3.connect(path)) as db:
        named = db.execute("select type, name, sql from sqlite_schema where name not glob '_sqlite_*'").fetchall()
        found: dict[str, list[tuple[object, ...]]] = {name: [(sql,)] for kind, name, sql in named if kind != "table"}
        for name in (name for kind, name, _ in named if kind == "table"):
            columns = db.execute(f"pragma table_xinfo({name})").fetchall()
            found[name] = [*columns, *db.execute(f"pragma foreign_key_list({name})").fetchall()]
    return found


def rows(path: Path, tables: set[str]) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as db:
        return {name: sorted(db.execute(f"select * from {name}"), key=repr) for name in tables}


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {
            name
            for (name,) in db.execute("select name from sqlite_schema where type = 'table' and sql like '%strict%'")
        }


def in_a_child(work: Callable[[], None]) -> int:
    """Run `work` in a process of its own; return its exit status."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


@pytest.mark.parametrize("kept", KEPT, ids=[path.name for path in KEPT])
def test_an_archive_of_every_released_version_is_brought_to_the_present_shape(kept: Path, tmp_path: Path) -> None:
    path = unpacked(kept, tmp_path)
    had, before = tables(path), rows(path, tables(path))
    archive.open_archive(path).close()
    assert shape(path) == shape(make_archive(tmp_path / "new.db"))
    assert {name: [row[: len(old)] for row, old in zip(after, before[name], strict=True)]
            for name, after in rows(path, had).items()} == before  # fmt: skip
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from article_facts").fetchone()[0] > 0
        assert db.execute("select count(*) from articles_fts where articles_fts match 'nato'").fetchone()[0] > 0
    broken = [str(problem) for problem in verify(Archive(path=path, captures=tmp_path)).problems]
    assert [problem for problem in broken if "bytes are not there" not in problem] == []


@pytest.mark.parametrize("kept", KEPT, ids=[path.name for path in KEPT])
def test_killed_at_any_statement_it_is_whole_and_the_next_writer_ends_it(kept: Path, tmp_path: Path) -> None:
    path = unpacked(kept, tmp_path)
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        migrations.apply(Database(connection))
    whole = [shape(path), shape(copy)]  # as it was, and one step further

    def killed_at(statement: int) -> None:
        connect = sqlite3.connect

        def traced(*given: object, **named: object) -> sqlite3.Connection:
            connection = connect(*given, **named)  # type: ignore[call-overload]
            left = iter(range(statement))
            connection.set_trace_callback(
                lambda sql: None if next(left, None) is not None else os.kill(os.getpid(), signal.SIGKILL)
            )
            return connection  # type: ignore[no-any-return]

        sqlite3.connect = traced  # type: ignore[assignment]
        archive.open_archive(path).close()

    kills = 0
    while os.WIFSIGNALED(in_a_child(partial(killed_at, kills * 3))):
        kills += 1
        assert shape(path) in whole or not missing(sqlite3.connect(path)), "half of it"
    assert kills > 5
    archive.open_archive(path).close()
    assert shape(path) == shape(make_archive(tmp_path / "new.db"))


def test_readers_bring_an_older_archive_up_and_verify_never_writes(tmp_path: Path) -> None:
    path = unpacked(KEPT[0], tmp_path)
    before = path.read_bytes()
    notes = verify(Archive(path=path, captures=tmp_path)).notes
    assert any("earlier version" in note for note in notes)
    assert path.read_bytes() == before
    archive.open_reader(path).close()
    with closing(sqlite3.connect(path)) as db:
        assert not is_older(db)


def test_an_older_archive_that_somebody_writes_to_is_waited_for(tmp_path: Path) -> None:
    path = unpacked(KEPT[0], tmp_path)
    with archive.only_writer(path) as free:
        assert free
        with pytest.raises(ArchiveError, match="of an earlier version"):
            archive.open_reader(path)


def test_a_new_archive_lacks_nothing(tmp_path: Path) -> None:
    with closing(sqlite3.connect(make_archive(tmp_path / "new.db"))) as db:
        assert missing(db) == []


def test_a_version_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keep_released.RELEASED", tmp_path / "released")
    assert tables(unpacked(keep("x"), tmp_path)) >= {"articles", "texts", "versions"}
