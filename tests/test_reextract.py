"""`cuttings reextract`: stored pages cleaned again, what changes, what stays, and what cannot be done."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from news_pages import Item, article, rss
from news_site import NewsSite
from whole_way import one_pass, publish, rows, write_config

from scheduler.cli import cli

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
LINES = (
    "Officials in Ankara said on Monday that the paper on harbour dues had been sent to NATO planners in Brussels.",
    "It has forty pages and asks for a budget that two of the members have refused so far.",
)
BOX = (
    '<div class="house"><p>The house of the Gazette has been standing at the harbour for a hundred years now.</p></div>'
)
HOUSE = "The house of the Gazette"
COUNTS = "select (select count(*) from versions) as versions, (select count(*) from captures) as captures"


@pytest.fixture
def config(news_site: NewsSite, tmp_path: Path) -> Path:
    """An outlet with a box that its configuration does not name yet, collected once."""
    pages = {
        "/dues": article("Ankara and NATO quarrel over dues", [*LINES, BOX], published="2026-11-01T10:00:00+03:00"),
        "/ferry": article("Ferry fares rise", [line.replace("NATO", "the port") for line in LINES]),
    }
    publish(news_site, pages)
    path = write(tmp_path, news_site)
    one_pass(path, now=NOW)
    return path


def write(folder: Path, site: NewsSite, **more: object) -> Path:
    outlet = {"id": "gazette", "name": "Gazette", "url": site.url("/"), "feeds": [site.url("/feed")], **more}
    return write_config(folder, [outlet], crawl='recheck_hours = []\n[archive]\nkeep_captures = "all"')


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(config), "reextract", "--workers", "1", *words])


def text(folder: Path) -> str:
    sql = "select text from texts t join articles a on a.id = t.article where url like '%/dues'"
    return str(rows(folder, sql)[0]["text"])


def test_a_changed_configuration_reaches_stored_pages_without_a_version(
    config: Path, news_site: NewsSite, tmp_path: Path
) -> None:
    assert HOUSE in text(tmp_path)
    before = rows(tmp_path, COUNTS)
    asked = len(news_site.requests)
    write(tmp_path, news_site, drop=["//*[@class='house']"])
    result = json.loads(run(config, "--json").stdout)
    assert (result["articles"], result["changed"], result["texts"]) == (2, 1, 1)
    assert text(tmp_path) == "\n\n".join(LINES)
    assert rows(tmp_path, COUNTS) == before
    assert len(news_site.requests) == asked
    evidence = rows(
        tmp_path,
        "select e.words, substr(iif(e.field = 'title', a.title, t.text), from_char + 1, to_char - from_char) as there"
        " from evidence e join articles a on a.id = e.article join texts t on t.article = a.id",
    )
    assert evidence
    assert all(row["words"] == row["there"] for row in evidence)
    assert rows(tmp_path, "select count(*) as n from versions v join articles a on a.id = v.article"
                          " where v.text_digest <> a.text_digest") == [{"n": 0}]  # fmt: skip
    assert CliRunner().invoke(cli, ["--config", str(config), "verify"]).exit_code == 0


def test_a_second_time_changes_nothing_and_times_stay(config: Path, tmp_path: Path) -> None:
    stamps = rows(tmp_path, "select id, published_at, published_offset, story from articles order by id")
    result = run(config)
    assert result.stdout.startswith("cleaned again: 2 articles; changed: 0, of them text or title 0\n")
    assert rows(tmp_path, "select id, published_at, published_offset, story from articles order by id") == stamps


def test_what_no_page_is_kept_of_stays_and_is_counted(config: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "archive" / "cuttings.db")) as db, db:
        db.execute(
            "update versions set capture = null where article in (select id from articles where url like '%/ferry')"
        )
    assert "no page is kept of 1 articles; they stay as they are" in run(config).stdout


def test_bytes_that_are_not_there_are_said_and_nothing_is_lost(config: Path, tmp_path: Path) -> None:
    for warc in (tmp_path / "archive").rglob("*.warc.gz"):
        warc.unlink()
    kept = text(tmp_path)
    result = run(config)
    assert result.exit_code == 1
    assert "pages whose bytes are not there: 2; see cuttings verify" in result.stdout
    assert text(tmp_path) == kept


def test_what_a_feed_said_of_a_link_that_was_a_redirect_stays(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/dues", article("Ankara and NATO quarrel over dues", LINES, jsonld=False))
    news_site.redirect("/go/1", "/dues")
    item = Item(news_site.url("/go/1"), "Dues", "2026-11-01T10:00:00+03:00", author="Jane Miller")
    news_site.add_page("/feed", rss([item]), content_type="application/rss+xml")
    config = write(tmp_path, news_site)
    one_pass(config, now=NOW)
    assert rows(tmp_path, "select authors from articles") == [{"authors": '["Jane Miller"]'}]
    assert json.loads(run(config, "--json").stdout)["changed"] == 0
    assert rows(tmp_path, "select authors from articles") == [{"authors": '["Jane Miller"]'}]


def test_an_archive_that_cannot_be_written_is_one_line(config: Path, news_site: NewsSite, tmp_path: Path) -> None:
    write(tmp_path, news_site, drop=["//*[@class='house']"])
    with closing(sqlite3.connect(tmp_path / "archive" / "cuttings.db")) as db, db:
        db.execute("create trigger full before update on texts begin select raise(abort, 'disk is full'); end")
    result = run(config)
    assert result.exit_code == 2
    assert "disk is full" in result.stderr
    assert "Traceback" not in result.stderr
    assert rows(tmp_path, "select result from runs order by id desc limit 1") == [{"result": "failed"}]


def test_only_the_outlets_named(config: Path, news_site: NewsSite, tmp_path: Path) -> None:
    assert json.loads(run(config, "--outlet", "gazette", "--json").stdout)["articles"] == 2
    result = run(config, "--outlet", "nobody")
    assert result.exit_code == 2
    assert "nobody" in result.stderr
