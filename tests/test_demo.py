"""The whole demonstration, run once; what it found is read back from the archive by SQL."""

import asyncio
import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from datasette.app import Datasette

from scheduler.config import load
from scheduler.demo.papers import pages
from scheduler.demo.run import run
from storage.errors import ConfigError
from storage.site.app import build

LINKS = 220  # enough for every kind of page


@dataclass(frozen=True)
class Demonstration:
    directory: Path
    lines: list[str]
    exit_code: int
    db: sqlite3.Connection

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        return self.db.execute(sql, values).fetchall()

    def article(self, name: str) -> int:
        page = pages()[name]
        found = self.rows("select id, url from articles where outlet = ?", page.paper)
        return next(id_ for id_, url in found if url.endswith(page.path))

    def reprint(self, name: str) -> dict[str, object]:
        rows = self.db.execute("select * from reprints where article = ? and main = 1", [self.article(name)])
        names = [column[0] for column in rows.description]
        return next((dict(zip(names, row, strict=True)) for row in rows), {})


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    directory = tmp_path_factory.mktemp("demo")
    lines: list[str] = []
    exit_code = run(directory, serve=False, clock=lambda: datetime.now(UTC), say=lines.append)
    with closing(sqlite3.connect(directory / "archive" / "cuttings.db")) as db:
        yield Demonstration(directory, lines, exit_code, db)


def test_it_keeps_a_configuration_one_database_and_captures(demo: Demonstration) -> None:
    assert demo.exit_code == 0
    assert [path.name for path in demo.directory.rglob("*.db")] == ["cuttings.db"]
    assert list((demo.directory / "archive" / "captures").rglob("*.warc.gz"))
    crawl = load(demo.directory / "config.toml").crawl
    assert (crawl.recheck_hours, crawl.allow_private_addresses) == ((0,), True)


def test_every_page_is_an_article(demo: Demonstration) -> None:
    assert {demo.article(name) for name in pages() if ".day2" not in name}
    names = [name for name in pages() if name != "marmara/depot-fire.day2"]
    assert demo.rows("select count(*) from articles") == [(len(names),)]
    assert demo.rows("select count(distinct language) from articles") == [(4,)]


def test_both_topics_are_found_in_several_languages_and_not_everywhere(demo: Demonstration) -> None:
    found = demo.rows(
        "select topic, count(distinct language) from article_topics join articles on id = article group by 1 order by 1"
    )
    assert found == [("russian-weapons", 4), ("turkey-nato", 4)]
    off_topic = {"harbour/bakery", "rihtim/vapur", "versta/most", "hafenblatt/hering"}
    tagged = {row[0] for row in demo.rows("select article from article_topics")}
    present = {name: demo.article(name) for name in pages()}
    assert {name for name, id_ in present.items() if id_ not in tagged} == off_topic


def test_stories_stand_at_several_outlets(demo: Demonstration) -> None:
    shared = demo.rows("select outlet_count from stories where outlet_count > 1 order by 1 desc")
    assert len(shared) >= 3
    assert shared[0] == (3,)


@pytest.mark.parametrize(
    ("name", "source", "kind", "status"),
    [
        ("horizon/air-base", "marmara/air-base", {"verbatim", "edited"}, "exact"),
        ("harbour/air-base", "marmara/air-base", {"excerpt"}, "none"),
        ("harbour/depot-fire", "marmara/depot-fire", {"verbatim", "edited"}, "none"),
        ("horizon/depot-fire.day2", "marmara/depot-fire", {"verbatim", "edited"}, "exact"),
        ("horizon/missile-output", "lindqvist/missile-output", {"verbatim"}, "exact"),
        ("harbour/missile-output", "lindqvist/missile-output", {"excerpt"}, "none"),
        ("horizon/essay", "lindqvist/missile-output", {"excerpt"}, "none"),
        ("versta/ispytaniya", "polar/ispytaniya", {"verbatim"}, "exact"),
        ("versta/prolivy", "polar/prolivy", {"verbatim"}, "exact"),
        ("rihtim/zirve", "marmara/zirve", {"verbatim"}, "exact"),
        ("fener/zirve", "rihtim/zirve", {"verbatim"}, "exact"),
        ("fener/tersane.day2", "rihtim/tersane", {"verbatim"}, "none"),
    ],
)
def test_who_shares_whose_text_and_says_so(
    name: str, source: str, kind: set[str], status: str, demo: Demonstration
) -> None:
    row = demo.reprint(name)
    assert row, "no reprint row"
    assert (row["source"], row["credit_status"]) == (demo.article(source), status)
    assert row["kind"] in kind


def test_a_source_we_do_not_watch_is_claimed(demo: Demonstration) -> None:
    row = demo.reprint("hafenblatt/raketen")
    assert (row["kind"], row["source"], row["source_name"]) == ("claimed", None, "Pressenetz Nord")


@pytest.mark.parametrize(
    "name", ["marmara/air-base", "marmara/mine-exercise", "horizon/mine-exercise", "harbour/straits", "harbour/bakery"]
)
def test_own_texts_are_nobodys_reprint(name: str, demo: Demonstration) -> None:
    assert demo.reprint(name) == {}


def test_two_reports_of_one_event_are_two_stories(demo: Demonstration) -> None:
    stories = [
        demo.rows("select story from articles where id = ?", demo.article(name))
        for name in ("marmara/mine-exercise", "horizon/mine-exercise")
    ]
    assert stories[0] != stories[1]


def test_an_excerpt_of_less_than_half_keeps_a_story_of_its_own(demo: Demonstration) -> None:
    def story(name: str) -> list[tuple[object, ...]]:
        return demo.rows("select story from articles where id = ?", demo.article(name))

    assert story("horizon/essay") != story("lindqvist/missile-output")
    assert story("harbour/missile-output") == story("lindqvist/missile-output")


def test_lags_are_as_fine_as_what_pages_state(demo: Demonstration) -> None:
    precise, daily = demo.reprint("versta/ispytaniya"), demo.reprint("horizon/air-base")
    assert precise["lag_s"] == (3 * 60 + 42) * 60 + 40  # 15:48:00 +04:00 after 11:05:20 +03:00
    assert daily["lag_s"] is None
    assert daily["lag_max_s"] - daily["lag_min_s"] in (86_399, 86_400)


def test_the_edit_is_a_version_and_the_removal_a_mark(demo: Demonstration) -> None:
    changes = demo.rows("select article, change from versions where change <> 'first' order by change")
    assert changes == [(demo.article("marmara/depot-fire"), "both"), (demo.article("polar/prolivy"), "gone")]
    text = demo.rows("select text from texts where article = ?", demo.article("marmara/depot-fire"))[0][0]
    assert "Seven people were injured" in text
    assert demo.rows("select count(*) from articles where gone_at is not null") == [(1,)]


def test_turkish_letters_survive_windows_1254(demo: Demonstration) -> None:
    text = demo.rows(
        "select title, text from articles join texts on article = id where id = ?", demo.article("rihtim/vapur")
    )
    assert text[0][0] == "Ada vapurunda kış tarifesi iki hafta uzatıldı"
    assert "Çiğdem Yağmur" in text[0][1]


def test_every_fetch_went_well(demo: Demonstration) -> None:
    odd = demo.rows(
        "select url, kind, outcome from fetches where outcome not in ('new', 'unchanged', 'poll', 'version')"
        " and kind not in ('robots', 'tdmrep')"  # most hosts have no such file
    )
    assert [(kind, outcome) for _, kind, outcome in odd] == [("recheck", "gone")]


def test_the_table_says_what_was_found(demo: Demonstration) -> None:
    said = "\n".join(demo.lines)
    assert max(len(line) for line in demo.lines if "Kept in" not in line) <= 100
    for words in ("Open Horizon Review", "Pressenetz Nord", "no credit found", "- ", "Seven people were injured"):
        assert words in said
    assert "Анкара отложила подпись" in said


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine")
    with pytest.raises(ConfigError, match="must be empty"):
        run(tmp_path, serve=False, clock=lambda: datetime.now(UTC), say=lambda line: None)
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
    assert (tmp_path / "config.toml").read_text() == "mine"


def test_no_link_of_the_site_is_dead(demo: Demonstration) -> None:
    """Every address our pages link to, and every row page of stories, answers 200 (or leads to one that does)."""

    async def crawl(site: Datasette) -> dict[str, int]:
        waiting = ["/", "/cuttings?_show_hidden=1", "/cuttings/network_edges"]
        waiting += [f"/cuttings/stories/{id_}" for (id_,) in demo.rows("select id from stories where outlet_count > 1")]
        answers: dict[str, int] = {}
        while waiting:
            path = waiting.pop()
            answer = await site.client.get(path, follow_redirects=True)
            answers[path] = answer.status_code
            if path.startswith("/cuttings/") and "network_edges" not in path and "/stories/" not in path:
                continue  # Datasette's own pages lead on without end
            for link in re.findall(r'<a [^>]*href="([^"]+)"', answer.text):
                found = html.unescape(link).partition("#")[0]
                if found.startswith("/") and found not in answers and found not in waiting and len(answers) < LINKS:
                    waiting.append(found)
        return answers

    config = load(demo.directory / "config.toml")
    answers = asyncio.run(crawl(build(config.archive.path, config.site)))
    assert len(answers) > 60
    assert {path: status for path, status in answers.items() if status != 200} == {}
