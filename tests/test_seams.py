"""Where parts meet: the past and the present of an outlet, what was forgotten and what is filled again, secrets and readers."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from archive_fixture import make_archive
from backfill_fixture import LINES, capture, configured, run, warc
from click.testing import CliRunner, Result
from news_pages import Item, article, feed_link, rss, section
from news_site import NewsSite
from sqlite_utils import Database
from test_backfill_live import sitemap
from whole_way import one_pass, rows, write_config

from crawler import warc_blank
from scheduler.backfill_live import ask_listed, ask_sitemaps
from scheduler.cli import cli
from scheduler.collect import collect
from scheduler.config import load
from scheduler.daemon import earliest_pass
from scheduler.scope import Scope
from scheduler.spans import Span
from storage import archive, digest, queries, snapshot
from storage.settings import Site
from storage.site.app import build

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MARCH = Span(begin=datetime(2018, 3, 1, tzinfo=UTC), end=datetime(2018, 4, 1, tzinfo=UTC))
URL = "https://wire.example/politics/dues-quarrel-of-ankara"


def command(config: Path, *words: object) -> Result:
    return CliRunner().invoke(cli, ["--config", str(config), *map(str, words)])


def letter(number: int) -> str:
    lines = [f"Letter {number} went from Ankara to NATO, and {number * 17} gulls saw it.",
             f"It has {number + 40} pages on harbour dues and {number * 7919 % 10007} maps."]  # fmt: skip
    return article(f"Letter number {number}", lines)


@pytest.fixture
def outlet(news_site: NewsSite, tmp_path: Path) -> tuple[Path, list[str]]:
    """A configured outlet with a feed of today and a sitemap of March 2018, asked once; and the addresses of March."""
    for number in range(3):
        news_site.add_page(f"/new/{number}-letter-of-today", letter(number))
    items = [Item(news_site.url(f"/new/{number}-letter-of-today"), None, None) for number in range(3)]
    news_site.add_page("/feed", rss(items), content_type="application/rss+xml")
    days = {}
    for number in range(12):
        path = f"/2018/03/{number + 1:02}/letter-number-{number}-of-march"
        news_site.add_page(path, letter(100 + number))
        days[news_site.url(path)] = f"2018-03-{number + 1:02}"
    news_site.add_page("/march.xml", sitemap(days), content_type="application/xml")
    news_site.add_page("/", section([], head=feed_link("/feed")))
    outlets = [{"id": "g", "name": "G", "url": news_site.url("/"), "feeds": [news_site.url("/feed")],
                "sitemaps": [news_site.url("/march.xml")]}]  # fmt: skip
    config = write_config(tmp_path, outlets)
    collect(load(config), Scope(everything=True), clock=lambda: NOON)
    return config, list(days)


def how_it_is(config: Path) -> dict[str, object]:
    """Return all that says how an outlet is doing."""
    folder = config.parent
    with archive.open_reader(load(config).archive.path).conn as db:
        polls = queries.last_polls(Database(db), now=NOON + timedelta(days=2))
    told = {name: rows(folder, f"select * from {name}") for name in ("health", "notices", "coverage", "paces")}
    return {**told, "polls": polls}


def test_sitemaps_of_the_past_say_nothing_of_how_an_outlet_is(outlet: tuple[Path, list[str]]) -> None:
    config, _ = outlet
    before = how_it_is(config)
    ask_sitemaps(load(config), ("g",), MARCH, clock=lambda: NOON + timedelta(hours=3), say=print,
                 progress=lambda done, asked: None)  # fmt: skip
    assert rows(config.parent, "select count(*) as n from articles where found_by = 'sitemap'") == [{"n": 12}]
    assert how_it_is(config) == before


def test_addresses_of_the_past_are_no_volume_of_the_day(outlet: tuple[Path, list[str]]) -> None:
    config, old = outlet
    before = how_it_is(config)
    list(ask_listed(load(config), old, clock=lambda: NOON + timedelta(hours=30), say=print, progress=lambda a, b: None))
    assert rows(config.parent, "select count(*) as n from articles where found_by = 'url-list'") == [{"n": 12}]
    after = how_it_is(config)
    assert (after["coverage"], after["paces"], after["polls"]) == (before["coverage"], before["paces"], before["polls"])


def test_a_digest_has_what_was_published_lately_and_not_what_was_brought_in_lately(
    outlet: tuple[Path, list[str]],
) -> None:
    config, _ = outlet
    ask_sitemaps(load(config), ("g",), MARCH, clock=lambda: NOON + timedelta(days=8), say=print,
                 progress=lambda done, asked: None)  # fmt: skip
    with archive.open_reader(load(config).archive.path).conn as db:
        found = digest.digests(Database(db), (), since=NOON + timedelta(days=5))
    assert [topic.articles for topic in found] == [0] * len(found)


def test_a_forgotten_outlet_is_never_due(outlet: tuple[Path, list[str]]) -> None:
    config, _ = outlet
    assert command(config, "forget", "--outlet", "g", "--reason", "asked").exit_code == 0
    later = NOON + timedelta(days=2)
    assert earliest_pass(load(config), now=later) > later


def test_an_edition_below_a_forgotten_outlet_keeps_its_captures(news_site: NewsSite, tmp_path: Path) -> None:
    for edition in ("", "/tr"):
        news_site.add_page(f"{edition}/a-long-letter-of-today", letter(7 + len(edition)))
        items = [Item(news_site.url(f"{edition}/a-long-letter-of-today"), None, None)]
        news_site.add_page(f"{edition}/feed", rss(items), content_type="application/rss+xml")
    outlets = [{"id": name, "name": name, "url": news_site.url(path), "feeds": [news_site.url(f"{path}feed")]}
               for name, path in (("g", "/"), ("tr", "/tr/"))]  # fmt: skip
    config = write_config(tmp_path, outlets, crawl='[archive]\nkeep_captures = "all"')
    one_pass(config)
    assert command(config, "forget", "--outlet", "g", "--reason", "asked").exit_code == 0
    folder = load(config).archive.captures
    kept = {each.url for path in folder.rglob("*.warc.gz") for each in warc_blank.exchanges(path, folder)}
    assert kept == {news_site.url("/tr/feed"), news_site.url("/tr/a-long-letter-of-today")}
    assert command(config, "verify").exit_code == 0


def test_the_id_of_a_forgotten_article_is_given_to_no_other(tmp_path: Path) -> None:
    config = configured(tmp_path / "a")
    first = capture(URL, article("Ankara and NATO quarrel over dues", LINES, published="2018-03-01"), hours=1)
    run(config, [warc(tmp_path / "x.warc.gz", [first])])
    (known,) = rows(tmp_path / "a", "select id from articles")
    assert command(config, "forget", "--article", known["id"], "--reason", "asked").exit_code == 0
    lines = [
        "Quite another text, with Ankara and NATO in it, about harbour lights and lamps.",
        "It goes on about lamps.",
    ]
    other = capture("https://wire.example/politics/harbour-lights-of-izmir",
                    article("Harbour lights of Izmir", lines, published="2018-03-01"), hours=5)  # fmt: skip
    run(config, [warc(tmp_path / "y.warc.gz", [other])])
    assert rows(tmp_path / "a", "select id from articles") == [{"id": known["id"] + 1}]


def test_a_restored_archive_keeps_its_secret_and_knows_the_studies_exported_since(tmp_path: Path) -> None:
    config = configured(tmp_path / "a")
    page = capture(URL, article("Ankara and NATO quarrel over dues", LINES), hours=1)
    run(config, [warc(tmp_path / "x.warc.gz", [page])])
    assert command(config, "backup", tmp_path / "b").exit_code == 0
    (tmp_path / "study.toml").write_text('title = "Dues"\nformats = ["jsonl"]\n')
    assert command(config, "export", tmp_path / "study.toml", "-o", tmp_path / "set").exit_code == 0
    secret = rows(tmp_path / "a", "select * from secrets")
    assert command(config, "restore", tmp_path / "b", "--replace").exit_code == 0
    assert rows(tmp_path / "a", "select * from secrets") == secret
    assert rows(tmp_path / "a", "select title from studies join study_articles on study = id") == [{"title": "Dues"}]


def test_what_people_said_of_a_forgotten_person_goes_too(tmp_path: Path) -> None:
    config = configured(tmp_path / "a")
    run(config, [warc(tmp_path / "x.warc.gz", [capture(URL, article("Ankara and NATO quarrel", LINES), hours=1)])])
    (tmp_path / "said.csv").write_text(f"article,kind,value,reason\n{URL},origin-is,Jane Roe,Jane Roe told us\n")
    assert command(config, "correct", tmp_path / "said.csv").exit_code == 0
    assert rows(tmp_path / "a", "select origin_name from stories") == [{"origin_name": "Jane Roe"}]
    assert command(config, "forget", "--person", "Jane Roe", "--reason", "asked").exit_code == 0
    assert rows(tmp_path / "a", "select origin_name from stories") == [{"origin_name": None}]
    assert b"Jane Roe" not in load(config).archive.path.read_bytes()


def test_readers_see_no_secret_and_no_place_on_this_machine(tmp_path: Path) -> None:
    path = make_archive(tmp_path / "cuttings.db")
    with sqlite3.connect(path) as db:
        db.execute("update captures set warc = 'file:///home/anna/x.warc.gz'")
    made = snapshot.make(path, tmp_path / "public", now=NOON)
    everything, public = build(path, Site()).client, build(path, Site(), shown=made).client

    async def asked() -> tuple[object, object]:
        secret = await everything.get("/cuttings.json?sql=select+value+from+secrets&_shape=array")
        places = await public.get("/cuttings.json?sql=select+distinct+warc+from+captures&_shape=array")
        return secret.json(), places.json()

    assert asyncio.run(asked()) == ([{"value": None}], [{"warc": "x.warc.gz"}])


def test_forgetting_names_public_snapshots_that_may_hold_it_still(tmp_path: Path) -> None:
    config = configured(tmp_path / "a")
    run(config, [warc(tmp_path / "x.warc.gz", [capture(URL, article("Ankara and NATO quarrel", LINES), hours=1)])])
    path = load(config).archive.path
    made = snapshot.make(path, path.parent / "public", now=NOON)
    said = command(config, "forget", "--article", URL, "--reason", "asked").output
    assert f"made before, and may hold them still: {made.folder}" in said
