"""Forgotten is gone, from every byte of the archive's folder, and stays gone whatever way it could come back."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from forget_fixture import ELSE, NOW, World, collected_in, found, problems
from news_pages import Item, article, feed_link, rss
from news_site import NewsSite
from whole_way import one_pass, rows, write_config

from scheduler.cli import cli
from scheduler.config import load
from scheduler.forgetting import Plan, Target, finish, forget
from scheduler.reextracting import reextract_archive
from storage import archive, erasures, forgetting
from storage.forgetting import Why
from storage.site.phrases import decision


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with collected_in(tmp_path_factory.mktemp("forget")) as world:
        yield world


@pytest.fixture
def world(collected: World, tmp_path: Path) -> World:
    """A copy of the collected archive; the outlets go on as they are."""
    return collected.copied_to(tmp_path)


def test_what_is_forgotten_is_found_in_no_byte_of_the_archive(world: World) -> None:
    assert len(found(world.archive, "zyxqworth")) == 2, "the database and a WARC file"
    id_ = world.id_of("zyxqworth-crates")
    said = world.forget("--article", str(id_))
    assert "the same text at others, which stays: 1" in said
    assert found(world.archive, "zyxqworth", "jane roe", "jane", "quartermaster") == []
    assert problems(world) == ([], ())
    assert rows(world.folder, "select count(*) as n from articles where id = ?", id_) == [{"n": 0}]
    (stone,) = rows(world.folder, "select outlet, reason, run is not null as run from tombstones")
    assert stone == {"outlet": "o0", "reason": "asked", "run": 1}


def test_the_story_is_decided_anew_without_it(world: World) -> None:
    id_, copy = world.id_of("zyxqworth-crates"), world.id_of("copy")
    before = rows(
        world.folder,
        "select article_count as n from stories where id = (select story from articles where id = ?)",
        copy,
    )
    assert before == [{"n": 2}]
    world.forget("--article", str(id_))
    after = rows(
        world.folder,
        "select id, article_count as n, origin is ? as gone from stories join articles using (id) where id = ?",
        id_,
        copy,
    )
    assert after == [{"id": copy, "n": 1, "gone": 0}]
    assert rows(world.folder, "select 1 from reprints where article = ? or source = ?", id_, id_) == []
    logged = rows(world.folder, "select what, new from story_log where story = ? order by rowid desc limit 1", id_)
    assert logged in ([{"what": "id", "new": str(copy)}], [{"what": "gone", "new": "null"}], [])


@pytest.mark.parametrize("way", ["collect", "url", "redirect", "reextract"])
def test_it_does_not_come_back(world: World, way: str) -> None:
    world.forget("--article", world.first.url("/zyxqworth-crates"))
    asked = sum(request.path == "/zyxqworth-crates" for request in world.first.requests)
    if way == "collect":
        one_pass(world.config)
    elif way == "reextract":
        reextract_archive(load(world.config), workers=1, clock=lambda: NOW, progress=lambda *_: None)
    else:
        address = world.folder / "addresses.txt"
        world.first.redirect("/elsewhere", world.first.url("/zyxqworth-crates"))
        address.write_text(world.first.url("/zyxqworth-crates" if way == "url" else "/elsewhere"))
        result = CliRunner().invoke(cli, ["collect", "--url", str(address), "--config", str(world.config)])
        assert ("1 forgotten" in result.output) == (way == "url"), result.output
    assert found(world.archive, "zyxqworth", "jane roe") == []
    assert problems(world)[0] == []
    again = sum(request.path == "/zyxqworth-crates" for request in world.first.requests) - asked
    assert again == (1 if way == "redirect" else 0), "an address that was forgotten is not even asked"
    if way == "redirect":
        outcomes = rows(
            world.folder, "select outcome, url from fetches where kind = 'article' order by rowid desc limit 1"
        )
        assert [row["outcome"] for row in outcomes] == ["forgotten"]
        assert rows(world.folder, "select 1 from links where url like '%elsewhere%'") == []


def test_an_outlet_is_forgotten_whole_and_not_collected_again(world: World) -> None:
    world.forget("--outlet", "o0")
    assert found(world.archive, "zyxqworth", "customs house") == []
    assert problems(world) == ([], ())
    requests = len(world.first.requests)
    report = one_pass(world.config)
    assert len(world.first.requests) == requests
    assert set(report.outlets) == {"o1"}
    assert rows(world.folder, "select distinct outlet from articles") == [{"outlet": "o1"}]


def test_a_person_is_forgotten_as_author_and_stays_so(world: World) -> None:
    said = world.forget("--person", "jane ROE")
    assert "articles to forget: 1" in said
    assert found(world.archive, "jane roe") == []
    assert problems(world) == ([], ())
    world.second.add_page("/roe", article("Letters from the quay", ELSE, byline="By Jane Roe in Ankara"))
    address = world.folder / "addresses.txt"
    address.write_text(world.second.url("/roe"))
    result = CliRunner().invoke(cli, ["collect", "--url", str(address), "--config", str(world.config)])
    assert result.exit_code == 0, result.output
    assert rows(world.folder, "select outcome from fetches order by rowid desc limit 1") == [{"outcome": "forgotten"}]
    assert rows(world.folder, "select 1 from articles where title = 'Letters from the quay'") == []
    assert found(world.archive, "jane roe") == []


def test_who_is_only_named_in_the_text_is_listed_and_nothing_goes(world: World) -> None:
    said = world.forget("--person", "Zyxqworth", "--dry-run")
    assert "articles that only name the person, which stay: 1" in said
    assert rows(world.folder, "select count(*) as n from tombstones") == [{"n": 0}]


def test_a_name_that_nobody_has_is_said_and_forgotten_all_the_same(world: World) -> None:
    words = ["forget", "--person", "Nobody Hereabouts", "--reason", "asked", "--config", str(world.config)]
    assert "no article is by that name now; a tombstone is laid" in CliRunner().invoke(cli, words).stderr
    assert rows(world.folder, "select count(*) as n from tombstones") == [{"n": 1}]


def test_a_rehearsal_changes_nothing(world: World) -> None:
    before = {path: path.read_bytes() for path in world.archive.rglob("*.gz")}
    said = world.forget("--article", str(world.id_of("gulls")), "--dry-run", "--json")
    assert '"done": false' in said
    assert before == {path: path.read_bytes() for path in world.archive.rglob("*.gz")}
    assert world.id_of("gulls")


@pytest.mark.parametrize(
    "words", [["--article", "12"], ["--outlet", "nobody"], ["--article", "http://x.example/"], [], ["--person", "!"]]
)
def test_what_is_not_there_cannot_be_forgotten(world: World, words: list[str]) -> None:
    result = CliRunner().invoke(cli, ["forget", *words, "--reason", "asked", "--config", str(world.config)])
    assert result.exit_code == 2, result.output


def test_a_forgetting_cut_off_after_the_rows_is_ended_by_the_next_pass(world: World) -> None:
    settings = load(world.config).archive
    with closing(archive.open_archive(settings.path)) as db:
        why = Why(reason="asked", run=archive.start_run(db, "forget", now=NOW), now=NOW)
        forgetting.forget_article(db, world.id_of("zyxqworth-crates"), (), why)
        assert erasures.is_pending(db)
    assert found(world.archive, "zyxqworth")
    broken, notes = problems(world)
    assert broken == []
    assert any("still in WARC files" in note for note in notes)
    one_pass(world.config)
    assert found(world.archive, "zyxqworth") == []
    broken, notes = problems(world)
    assert (broken, [note for note in notes if "still in" in note]) == ([], [])


def test_a_reader_that_holds_old_pages_is_named_and_the_words_go_when_it_ends(world: World) -> None:
    settings = load(world.config).archive
    with closing(sqlite3.connect(settings.path, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from articles").fetchone()
        words = [
            "forget",
            "--article",
            str(world.id_of("zyxqworth-crates")),
            "--reason",
            "asked",
            "--config",
            str(world.config),
        ]
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 1
        assert "a reader still uses" in result.output
    with closing(archive.open_archive(settings.path)) as db:
        finish(db, settings.captures, now=NOW)
    assert found(world.archive, "zyxqworth") == []
    assert problems(world)[0] == []


def test_the_studies_it_was_in_are_named(world: World, tmp_path: Path) -> None:
    study = world.folder / "study.toml"
    study.write_text(
        'title = "Crates"\nauthors = [{ name = "A" }]\ntopics = ["russian-weapons"]\nfrom = 2026-01-01\nto = 2026-12-31\nformats = ["csv"]\n'
    )
    run = CliRunner().invoke(cli, ["export", str(study), "-o", str(tmp_path / "out"), "--config", str(world.config)])
    assert run.exit_code == 0, run.output
    plans: list[Plan] = []
    target = Target(articles=(str(world.id_of("zyxqworth-crates")),))
    forget(load(world.config), target, reason="asked", now=NOW, confirm=plans.append)
    (named,) = plans[0].studies
    assert (named.title, named.directory, named.articles) == ("Crates", str(tmp_path / "out"), 1)


def test_a_file_damaged_before_it_does_not_keep_a_capture(world: World) -> None:
    (path,) = world.archive.rglob("*.gz")
    sql = "select byte_offset, byte_length from captures where article = ? order by id"
    (place, *_) = rows(world.folder, sql, world.id_of("zyxqworth-crates"))
    data = bytearray(path.read_bytes())
    data[400:420] = b"\xff" * 20
    path.write_bytes(data)
    world.forget("--article", str(world.id_of("zyxqworth-crates")))
    offset, length = int(str(place["byte_offset"])), int(str(place["byte_length"]))
    stored = zlib.decompressobj(wbits=31).decompress(path.read_bytes()[offset : offset + length])
    assert b"forgotten" in stored
    assert path.stat().st_size == len(data)


def test_while_another_command_writes_nothing_is_forgotten(world: World) -> None:
    with archive.only_writer(load(world.config).archive.path):
        words = ["forget", "--article", str(world.id_of("gulls")), "--reason", "asked", "--config", str(world.config)]
        result = CliRunner().invoke(cli, words)
    assert (result.exit_code, "another command is writing" in result.output) == (1, True), result.output


@pytest.mark.parametrize("words", [["--outlet", "o0"], ["--person", "Jane Roe"]], ids=["outlet", "person"])
def test_outlets_and_persons_stay_forgotten_when_an_older_backup_comes_back(world: World, words: list[str]) -> None:
    config, copy = ["--config", str(world.config)], str(world.folder / "copy")
    assert CliRunner().invoke(cli, ["backup", copy, *config]).exit_code == 0
    world.forget(*words)
    result = CliRunner().invoke(cli, ["restore", copy, "--replace", *config])
    assert result.exit_code == 0, result.output
    assert found(world.archive, "jane roe", "zyxqworth") == []
    assert problems(world)[0] == []


def test_names_in_decisions_about_stories_go_and_the_decisions_can_still_be_told(world: World) -> None:
    copy, origin = world.id_of("copy"), '[null, null, "Jane Roe"]'
    with closing(sqlite3.connect(load(world.config).archive.path)) as db, db:
        sql = "insert into story_log (story, at, run, what, old, new, why) values (?, '2026-11-26T00:00:00Z', 1, 'origin', ?, ?, 'credits')"
        db.execute(sql, [copy, origin, '[1, "o0", null]'])
    world.forget("--person", "Jane Roe")
    logged = rows(world.folder, "select * from story_log where what = 'origin' and why = 'credits'")
    assert [decision(row, {"o0": "Outlet 0"}) for row in logged] == [
        "the origin is Outlet 0 (credits); before: not known"
    ]
    assert found(world.archive, "jane roe") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--outlet", "o0"], ["o0: was forgotten and is not asked; take it out of config.toml"]),
        (["--outlet", "o1"], ["asking 1 of 1 outlet"]),
        (["--all"], ["o0: was forgotten and is not asked; take it out of config.toml", "asking 1 of 1 outlet"]),
    ],
    ids=["it", "another", "all"],
)
def test_a_pass_says_once_that_an_outlet_was_forgotten(words: list[str], said: list[str], world: World) -> None:
    world.forget("--outlet", "o0")
    result = CliRunner().invoke(cli, ["collect", *words, "--config", str(world.config)])
    assert (result.exit_code, result.stderr.splitlines()) == (0, said)


def test_lists_that_name_no_headline_are_blanked_for_the_address(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/quernstone-7", article("Letters from the harbour", ELSE))
    news_site.add_page("/feed", rss([Item(news_site.url("/quernstone-7"), None)]), content_type="application/rss+xml")
    news_site.add_page(
        "/", f'<html><head>{feed_link("/feed")}</head><body><a href="/quernstone-7">More</a></body></html>'
    )
    outlet = {"id": "o0", "name": "Outlet 0", "url": news_site.url()}
    config = write_config(tmp_path, [outlet], crawl='[archive]\nkeep_captures = "all"')
    one_pass(config)
    assert len(found(tmp_path / "archive", "quernstone")) >= 2, "the database and a WARC file"
    World(tmp_path, news_site, news_site).forget("--article", news_site.url("/quernstone-7"))
    assert found(tmp_path / "archive", "quernstone") == []
