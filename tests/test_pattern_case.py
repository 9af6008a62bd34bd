"""The pattern case: a site reprints a state agency's piece weeks later; a third outlet takes most of it silently.

The text is that of a real reprint, read from the shared folder when the tests run. The pages around it, the agency's
original and the silent copy are built here, served on loopback, collected by the real command, and asked for in SQL.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from conftest import SHARED
from news_pages import Item, feed_link, rss, section
from news_site import NewsSite, news_sites
from pattern_pages import (
    AGENCY_AT,
    COPIED,
    COPY_AT,
    COPY_TITLE,
    REPRINT_AT,
    Seed,
    agency_page,
    copy_page,
    read_seed,
    reprint_page,
    words,
)

ROOT = Path(__file__).resolve().parents[1]
COLLECT = (sys.executable, "-c", "from scheduler.cli import cli; cli()", "collect", "--all")
AGENCY_PATH = "/20180303/1062189100.html"
REPRINT_PATH = "/will-turkey-withdraw-from-nato/5633869"
COPY_PATH = "/analysis/turkey-alliances.html"
TABLES = ("articles", "versions", "captures", "evidence", "credits", "stories", "story_log", "reprints", "overlaps")

OUTLET = """
[[outlets]]
id = "{id}"
name = "{name}"
url = "{url}"
language = "en"
kind = "{kind}"
owner = "{name} Ltd"
aliases = {aliases}
"""


@dataclass(frozen=True)
class World:
    """Three outlets on loopback and the configuration that watches them."""

    seed: Seed
    agency: NewsSite
    republisher: NewsSite
    copier: NewsSite
    folder: Path

    def collect(self) -> None:
        """Run one pass as a user would."""
        command = [*COLLECT, "--config", str(self.folder / "config.toml")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def rows(self, sql: str) -> list[sqlite3.Row]:
        """Return what a plain sqlite3 answers."""
        db = sqlite3.connect(f"file:{self.folder / 'archive' / 'cuttings.db'}?mode=ro", uri=True)
        try:
            db.row_factory = sqlite3.Row
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def row(self, sql: str) -> dict[str, object]:
        """Return the only row of an answer."""
        (row,) = self.rows(sql)
        return dict(row)


@pytest.fixture(scope="module")
def seed() -> Seed:
    path = SHARED / "seed" / "globalresearch-reprint.md"
    if not path.exists():
        pytest.skip(f"the text of the pattern case is absent: shared/seed/{path.name} beside this project")
    return read_seed(path)


@pytest.fixture(scope="module")
def whole(seed: Seed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """All three pages are there, collected once."""
    with news_sites(3) as sites:
        world = _world(seed, sites, tmp_path_factory.mktemp("whole"))
        world.collect()
        yield world


@pytest.fixture(scope="module")
def without_agency(seed: Seed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The agency is watched, but no longer has the page."""
    with news_sites(3) as sites:
        world = _world(seed, sites, tmp_path_factory.mktemp("without"), original=False)
        world.collect()
        yield world


def test_filed_under_the_outlet_that_posted_it(whole: World) -> None:
    found = whole.rows("select outlet, title, url from articles order by published_at")
    assert [tuple(row) for row in found] == [
        ("agency", words(whole.seed.agency_title), whole.agency.url(AGENCY_PATH)),
        ("republisher", words(whole.seed.title), whole.republisher.url(REPRINT_PATH)),
        ("copier", COPY_TITLE, whole.copier.url(COPY_PATH)),
    ]


def test_times_to_the_second_with_their_offset(whole: World) -> None:
    sql = "select published_at, published_offset, published_precision, published_day from articles order by 1"
    assert [tuple(row) for row in whole.rows(sql)] == [
        ("2018-03-03T14:45:00Z", "+03:00", "second", "2018-03-03"),
        ("2018-03-29T12:11:05Z", "-04:00", "second", "2018-03-29"),
        ("2018-03-31T07:30:00Z", "+02:00", "second", "2018-03-31"),
    ]


@pytest.mark.parametrize("outlet", ["agency", "republisher"])
def test_every_paragraph_and_none_of_the_blocks(whole: World, outlet: str) -> None:
    sql = f"select text from texts join articles on article = id where outlet = '{outlet}'"
    paragraphs = str(whole.row(sql)["text"]).split("\n\n")
    body = [words(block) for block in whole.seed.body]
    assert [paragraph for paragraph in paragraphs if paragraph in body] == body
    assert set(paragraphs) - set(body) <= {words(whole.seed.notice), words(whole.seed.agency_title)}


def test_both_topics_with_exact_evidence(whole: World) -> None:
    tags = whole.rows("select outlet, topic from article_topics join articles on id = article where outlet != 'copier'")
    assert sorted(map(tuple, tags)) == [
        (outlet, topic) for outlet in ("agency", "republisher") for topic in ("russian-weapons", "turkey-nato")
    ]
    wrong = """select * from evidence e join articles a on a.id = e.article join texts t on t.article = a.id
      where substr(iif(field = 'title', a.title, t.text), from_char + 1, to_char - from_char) != words"""
    assert whole.rows(wrong) == []
    untold = """select * from article_topics where not exists (select 1 from evidence e
      where e.article = article_topics.article and e.topic = article_topics.topic)"""
    assert whole.rows(untold) == []


def test_byline_and_credit_line_name_the_agency(whole: World) -> None:
    sql = """select c.kind, c.words, c.outlet, c.url from credits c join articles a on a.id = c.article
      where a.outlet = 'republisher' and c.role = 'republication'"""
    found = whole.rows(sql)
    assert {row["outlet"] for row in found} == {"agency"}
    said = {(row["kind"], row["words"]): row["url"] for row in found}
    assert ("byline", "By Sputnik") in said
    assert said["credit_line", words(whole.seed.source_line)] == whole.agency.url(AGENCY_PATH)


def test_a_silent_copy_has_no_credit_of_its_own(whole: World) -> None:
    sql = """select c.* from credits c join articles a on a.id = c.article
      where a.outlet = 'copier' and c.role = 'republication'"""
    assert whole.rows(sql) == []


def test_one_story_of_the_agency(whole: World) -> None:
    story = whole.row("select * from stories")
    origin = whole.row("select id from articles where outlet = 'agency'")["id"]
    assert (story["origin"], story["origin_outlet"], story["contested"]) == (origin, "agency", 0)
    assert (story["article_count"], story["outlet_count"]) == (3, 3)
    assert [row["story"] for row in whole.rows("select story from articles")] == [story["id"]] * 3
    assert story["id"] == whole.row("select min(id) as id from articles")["id"]
    assert whole.rows("select * from reprints where article = (select origin from stories)") == []


def test_the_reprint_is_credited_late_and_retitled(whole: World) -> None:
    found = _main_row(whole, "republisher")
    assert found["source"] == whole.row("select origin from stories")["origin"]
    assert (found["credit_status"], found["credited"], found["headline_changed"]) == ("exact", 1, 1)
    assert found["kind"] in ("verbatim", "edited")
    assert min(float(str(found["containment"])), float(str(found["taken"]))) > 0.9
    lag = (datetime.fromisoformat(REPRINT_AT) - datetime.fromisoformat(AGENCY_AT)).total_seconds()
    assert [found[name] for name in ("lag_s", "lag_min_s", "lag_max_s")] == [lag] * 3


def test_the_silent_copy_is_uncredited(whole: World) -> None:
    found = _main_row(whole, "copier")
    assert found["source"] == whole.row("select origin from stories")["origin"]
    assert (found["credit_status"], found["credited"], found["kind"]) == ("none", 0, "excerpt")
    assert float(str(found["containment"])) > 0.9
    assert float(str(found["taken"])) == pytest.approx(COPIED, abs=0.05)


def test_classes(whole: World, without_agency: World) -> None:
    sql = "select distinct outlet, class from article_facts where topic = 'turkey-nato' order by outlet"
    assert [tuple(row) for row in whole.rows(sql)] == [
        ("agency", "unmatched"),
        ("copier", "uncredited"),
        ("republisher", "credited"),
    ]
    assert [tuple(row) for row in without_agency.rows(sql)] == [
        ("copier", "undetermined"),
        ("republisher", "credited-unverified"),
    ]


def test_without_the_original_the_reprint_claims_a_source(without_agency: World) -> None:
    assert without_agency.row("select count(*) as n from articles")["n"] == 2
    found = _main_row(without_agency, "republisher")
    assert (found["kind"], found["source"], found["source_outlet"]) == ("claimed", None, "agency")
    assert "Sputnik" in str(found["source_name"])
    assert found["credited"] == 1
    story = without_agency.row("select * from stories")
    assert (story["origin"], story["origin_outlet"], story["article_count"]) == (None, "agency", 2)
    assert "Sputnik" in str(story["origin_name"])


def test_without_the_original_the_copy_is_nobodys_reprint(without_agency: World) -> None:
    sql = "select r.* from reprints r join articles a on a.id = r.article where a.outlet = 'copier'"
    assert without_agency.rows(sql) == []
    sql = "select r.* from reprints r join articles a on a.id = r.source"
    assert without_agency.rows(sql) == []


def test_a_second_pass_adds_nothing(seed: Seed, tmp_path: Path) -> None:
    with news_sites(3) as sites:
        world = _world(seed, sites, tmp_path)
        world.collect()
        before = {table: world.row(f"select count(*) as n from {table}")["n"] for table in TABLES}
        world.collect()
        assert {table: world.row(f"select count(*) as n from {table}")["n"] for table in TABLES} == before
        assert (before["articles"], before["stories"], before["reprints"]) == (3, 1, 2)
        assert world.republisher.hits(REPRINT_PATH) == 2
        assert [row["state"] for row in world.rows("select distinct state from checks")] == ["alive"]


def test_an_original_found_later_takes_its_place(seed: Seed, tmp_path: Path) -> None:
    with news_sites(3) as sites:
        world = _world(seed, sites, tmp_path, original=False)
        world.collect()
        claimed = world.row("select id from stories")["id"]
        _publish(world.agency, AGENCY_PATH, agency_page(seed), seed.agency_title, AGENCY_AT)
        world.collect()
        story = world.row("select id, origin, origin_outlet, article_count from stories")
        origin = world.row("select id from articles where outlet = 'agency'")["id"]
        assert story == {"id": origin, "origin": origin, "origin_outlet": "agency", "article_count": 3}
        log = world.rows(f"select old, new from story_log where story = {claimed} and what = 'id'")
        assert [tuple(row) for row in log] == [(str(claimed), str(origin))]
        statuses = [_main_row(world, outlet)["credit_status"] for outlet in ("republisher", "copier")]
        assert statuses == ["exact", "none"]


def _main_row(world: World, outlet: str) -> dict[str, object]:
    return world.row(
        f"select r.* from reprints r join articles a on a.id = r.article where a.outlet = '{outlet}' and main = 1"
    )


def _world(seed: Seed, sites: Sequence[NewsSite], folder: Path, *, original: bool = True) -> World:
    agency, republisher, copier = sites
    world = World(seed=seed, agency=agency, republisher=republisher, copier=copier, folder=folder)
    _publish(agency, AGENCY_PATH, agency_page(seed), seed.agency_title, AGENCY_AT, there=original)
    _publish(
        republisher,
        REPRINT_PATH,
        reprint_page(seed, agency=agency.url("/"), source=agency.url(AGENCY_PATH)),
        seed.title,
        REPRINT_AT,
    )
    _publish(copier, COPY_PATH, copy_page(seed), COPY_TITLE, COPY_AT)
    topics = (ROOT / "config.toml").read_text(encoding="utf-8").partition("\n[[topics]]")
    outlets = [
        ("agency", "Sputnik International", agency, "agency", '["Sputnik", "Sputnik News"]'),
        ("republisher", "Global Research", republisher, "republisher", '["CRG"]'),
        ("copier", "The Third Outlet", copier, "newspaper", "[]"),
    ]
    head = "[crawl]\nallow_private_addresses = true\ndelay_s = 0\nrecheck_hours = [0]\n"
    tables = [
        OUTLET.format(id=id_, name=name, url=site.url("/"), kind=kind, aliases=aliases)
        for id_, name, site, kind, aliases in outlets
    ]
    (folder / "config.toml").write_text(head + "".join(tables) + "".join(topics[1:]), encoding="utf-8")
    return world


def _publish(site: NewsSite, path: str, page: str, title: str, at: str, *, there: bool = True) -> None:
    items = [Item(site.url(path), words(title), at)] if there else []
    if there:
        site.add_page(path, page)
    site.add_page("/feed.xml", rss(items), content_type="application/rss+xml")
    site.add_page("/", section(items, head=feed_link("/feed.xml")))
