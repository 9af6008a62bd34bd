"""`cuttings relink`: what collecting article by article gave, from nothing but texts and credits; killed, it changes nothing."""

import json
import random
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from killing import Commands, kill
from test_stories import MANY, NOW, REPRINT, SILENT, Given, check_invariants, picture, prose, store
from whole_way import write_config

from scheduler.cli import cli
from storage import archive
from storage.archive import Database
from storage.correcting import Decision, record

ARTICLES = [*MANY, REPRINT, SILENT, Given("agency", outlet="sputnik", kind="agency", hours=1, title="The agency's")]
OUTLETS = [{"id": "sputnik", "name": "Sputnik", "url": "https://sputnik.example/", "kind": "agency"}]
LOOK_S = 0.002


def archived(folder: Path, articles: Iterable[Given]) -> tuple[Path, Path]:
    """Return configuration and archive."""
    folder.mkdir()
    path = folder / "archive" / "cuttings.db"
    with closing(archive.open_archive(path)) as db:
        archive.start_run(db, "test", now=NOW)
        for one in articles:
            with db.atomic():
                store(db, one)
        archive.finish_run(db, 1, now=NOW, result="done", counts={})
    return write_config(folder, OUTLETS), path


def shown(path: Path) -> list[tuple[object, ...]]:
    with closing(archive.open_reader(path)) as db:
        check_invariants(db)
        return picture(db)


def relinked(config: Path) -> dict[str, int]:
    result = CliRunner().invoke(cli, ["--config", str(config), "relink", "--json"])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


@pytest.mark.parametrize("seed", range(3))
def test_any_order_and_the_command_give_the_same(seed: int, tmp_path: Path) -> None:
    _, path = archived(tmp_path / "in-order", ARTICLES)
    expected = shown(path)
    config, path = archived(tmp_path / "shuffled", random.Random(seed).sample(ARTICLES, len(ARTICLES)))
    assert shown(path) == expected
    counts = relinked(config)
    assert shown(path) == expected
    told = counts.pop("articles"), counts.pop("stories")
    assert told[0] == len(ARTICLES)
    assert not any(counts[name] for name in counts if name != "busy")


def ruin(db: Database) -> None:
    """Put every article into a story of its own, and lose the index."""
    with db.atomic():
        for table in ("postings", "overlaps", "common_keys", "reprints"):
            db.conn.execute(f"delete from {table}")
        db.conn.execute("""insert or replace into stories (id, title, article_count, outlet_count, method_version, run)
                           select id, title, 1, 1, '0', 1 from articles""")
        db.conn.execute("update articles set story = id")
        db.conn.execute("delete from story_log")


def told(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Without the last column, the run that wrote a row."""
    return [row[:-1] for row in rows]


def test_lost_stories_are_found_again_and_what_changed_is_told(tmp_path: Path) -> None:
    config, path = archived(tmp_path / "one", ARTICLES)
    expected = told(shown(path))
    with closing(archive.open_archive(path)) as db:
        ruin(db)
    counts = relinked(config)
    assert told(shown(path)) == expected
    assert (counts["methods"], counts["merged"], counts["split"]) == (len(ARTICLES), 1, 0)
    with closing(archive.open_reader(path)) as db:
        rows = db.execute("select what, count(*) from story_log where run = (select max(id) from runs) group by 1")
        logged = dict(rows.fetchall())
        assert sum(logged.values()) == counts["decisions"]
        assert logged["id"] == counts["articles"] - counts["stories"]


def test_stories_that_were_one_come_apart(tmp_path: Path) -> None:
    config, path = archived(tmp_path / "one", ARTICLES)
    expected = told(shown(path))
    with closing(archive.open_archive(path)) as db, db.atomic():
        (first,) = db.execute("select min(id) from articles").fetchone()
        db.execute("update articles set story = ?", [first])
        db.execute(
            "insert or ignore into stories (id, article_count, outlet_count, method_version, run) values (1, 0, 0, '1', 1)"
        )
    counts = relinked(config)
    assert told(shown(path)) == expected
    assert counts["split"] == 1


def begun(path: Path) -> int:
    """How many times `relink` has begun."""
    with closing(archive.open_reader(path)) as db:
        return int(db.execute("select count(*) from runs where command = 'relink'").fetchone()[0])


LETTERS = [Given(f"l{n}", prose(f"l{n % 90}", 150) + " " + prose(f"own{n}", 20), hours=n) for n in range(270)]


def test_killed_it_leaves_the_old_stories_whole(tmp_path: Path) -> None:
    config, path = archived(tmp_path / "one", LETTERS)
    expected = told(shown(path))
    with closing(archive.open_archive(path)) as db:
        ruin(db)
    before = shown(path)
    with Commands() as commands:
        for number, later_s in enumerate((0.0, 0.03, 0.1, 0.2), 1):
            pid = commands.start("--config", str(config), "relink", log=tmp_path / "log")
            until = time.monotonic() + 60
            while begun(path) < number and time.monotonic() < until:
                time.sleep(LOOK_S)
            time.sleep(later_s)
            kill(pid, group=True)
            assert commands.wait() < 0, (tmp_path / "log").read_text()
            assert shown(path) == before
    relinked(config)
    assert told(shown(path)) == expected
    with closing(archive.open_reader(path)) as db:
        results = [row[0] for row in db.execute("select result from runs where command = 'relink' order by id")]
    assert results[-1] == "done"
    assert set(results[:-1]) <= {"killed"}


def test_decisions_made_before_and_after_give_the_same(tmp_path: Path) -> None:
    config, path = archived(tmp_path / "one", ARTICLES)
    with closing(archive.open_archive(path)) as db, db.atomic():
        (copy,) = db.execute("select id from articles where key = 'copy1'").fetchone()
        said = [Decision(article=copy, kind="not-reprint-of", value="wire", reason="said so"),
                Decision(article=copy, kind="origin-is", value="Reuters", reason="known")]  # fmt: skip
        record(db, said, run=1, now=NOW)
    expected = shown(path)
    assert relinked(config)["decisions"] == 0
    assert shown(path) == expected
    assert not any(row[0] == "copy1" and "wire" in map(str, row) for row in expected)
