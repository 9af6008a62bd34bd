"""What is done once a day behind a pass."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from news_pages import article
from news_site import NewsSite
from whole_way import one_pass, publish, rows, write_config

from crawler.warc import close_past
from scheduler import upkeep
from scheduler.config import Config
from scheduler.stopping import Stop
from scheduler.upkeep import Task
from storage import archive
from storage.errors import ArchiveError
from storage.sums import sum_path
from storage.upkeep import merge_index

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = article(
    "A report", ["Officials in Ankara said on Monday that the paper had been sent to NATO planners by a courier."] * 3
)


def test_upkeep_is_done_once_a_day_and_closes_the_captures_of_a_month_gone_by(
    news_site: NewsSite, tmp_path: Path
) -> None:
    publish(news_site, {"/1": PAGE})
    config = write_config(tmp_path, [{"id": "a", "name": "A", "url": news_site.url()}])
    for hours in (0, 12, 24, 25, 49):
        one_pass(config, now=NOON + timedelta(hours=hours))
    runs = rows(tmp_path, "select started_at, result from runs where command = 'upkeep'")
    assert runs == [
        {"started_at": "2026-04-01T12:00:00Z", "result": "done"},
        {"started_at": "2026-04-02T13:00:00Z", "result": "done"},
    ]
    [warc] = (tmp_path / "archive" / "captures" / "2026-03").glob("*.warc.gz")
    assert sum_path(warc).exists()
    assert rows(tmp_path, "select count(*) > 0 as analyzed from sqlite_stat1") == [{"analyzed": 1}]


def test_a_task_that_fails_is_said_and_the_others_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    def fail(db: archive.Database, config: Config, now: datetime) -> None:
        raise ArchiveError("no space left")

    tasks: Mapping[str, Task] = {"copy": fail, "merge": lambda db, config, now: done.append("merge")}
    monkeypatch.setattr(upkeep, "TASKS", tasks)
    db = archive.open_memory()
    config = Config(path=Path("config.toml"), toml="")
    assert upkeep.keep_up(db, config, now=NOON, stop=Stop()) == ["upkeep: copy: no space left"]
    assert done == ["merge"]
    assert db.execute("select command, result from runs").fetchall() == [("upkeep", "attention")]


def test_upkeep_that_is_asked_to_end_waits_for_the_next_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "TASKS", {"merge": lambda db, config, now: pytest.fail("not asked to")})
    db, stop = archive.open_memory(), Stop()
    stop.ask()
    assert upkeep.keep_up(db, Config(path=Path("config.toml"), toml=""), now=NOON, stop=stop) == []
    assert db.execute("select result from runs").fetchall() == [("interrupted",)]


def test_a_merged_index_finds_what_it_found(news_site: NewsSite, tmp_path: Path) -> None:
    config = write_config(tmp_path, [{"id": "a", "name": "A", "url": news_site.url()}])
    for n in range(4):
        publish(news_site, {f"/{n}": PAGE.replace("courier", f"courier{n}") for n in range(n + 1)})
        one_pass(config, now=NOON + n * timedelta(hours=1))
    db = archive.open_archive(tmp_path / "archive" / "cuttings.db")
    merge_index(db)
    found = db.execute("select count(*) from articles_fts where articles_fts match 'courier2'").fetchone()
    assert found == (1,)
    assert db.execute("insert into articles_fts(articles_fts) values ('integrity-check')")


def test_an_archive_without_captures_has_none_to_close(tmp_path: Path) -> None:
    close_past(tmp_path / "none", indexed={}, now=NOON)
