"""A set shared without text is filled again: from an archive, its captures, the live web, and every article says how."""

import csv
import json
import shutil
import sqlite3
from contextlib import closing

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from news_pages import article
from news_site import Answer
from test_parts import WHOLE, pages
from whole_way import one_pass, publish, rows, write_config

from scheduler.cli import cli

BODY = [
    f"Officials in Ankara sent the letter number {n} to NATO on Monday, and nobody has answered it so far."
    for n in range(4)
]
OTHER = [
    f"Russian missiles of kind {n} were shown in Moscow by the army, which called the weapon new." for n in range(4)
]


def run(*words):
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def shared_set(news_site, tmp_path):
    """Collect two articles, export them without text; returns the maker's config and the set."""
    publish(news_site, {"/letter": article("A letter", BODY), "/missiles": article("Missiles", OTHER)})
    home = tmp_path / "maker"
    home.mkdir()
    config = write_config(home, [{"id": "a", "name": "A", "url": news_site.url()}])
    one_pass(config)
    (home / "study.toml").write_text('title = "Two articles"\n')
    done = run("--config", config, "export", home / "study.toml", "-o", tmp_path / "set")
    assert done.exit_code == 0, done.output
    return config, tmp_path / "set"


@pytest.fixture
def stranger(tmp_path):
    """Return the config of somebody who has no archive and none of the outlets."""
    home = tmp_path / "stranger"
    home.mkdir()
    return write_config(home, [])


def texts(folder):
    return {row["title"] or row["article"]: row for row in table(folder)}


def table(folder):
    return [json.loads(line) for line in (folder / "texts.jsonl").read_text(encoding="utf-8").splitlines()]


def original(config):
    return {row["text_digest"]: row["text"] for row in rows(
        config.parent, "select text_digest, text from articles join texts on article = id")}  # fmt: skip


def test_the_archive_fills_it_with_what_was_exported(shared_set, news_site):
    config, folder = shared_set
    asked = len(news_site.requests)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = run("--config", config, "hydrate", folder)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "2 identical, 0 edited, 0 gone, 0 unknown" in done.stdout
    assert {row["text_digest"]: row["text"] for row in table(folder)} == original(config)
    assert {(row["result"], row["similarity"], row["source"]) for row in table(folder)} == {
        ("identical", 1.0, "archive")
    }
    assert len(news_site.requests) == asked
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_the_texts_stand_in_every_format_of_the_set(shared_set):
    config, folder = shared_set
    run("--config", config, "hydrate", folder)
    expected = {(row["article"], row["text"]) for row in table(folder)}
    with (folder / "texts.csv").open(encoding="utf-8", newline="") as lines:
        assert {(int(row["article"]), row["text"]) for row in csv.DictReader(lines)} == expected
    parquet = pq.read_table(folder / "texts.parquet").to_pylist()
    assert {(row["article"], row["text"]) for row in parquet} == expected
    with closing(sqlite3.connect(folder / "texts.sqlite")) as db:
        assert set(db.execute("select article, text from texts")) == expected


def test_the_live_web_fills_it_where_there_is_no_archive(shared_set, stranger):
    config, folder = shared_set
    done = run("--config", stranger, "hydrate", folder)
    assert done.exit_code == 0, done.output
    assert {row["text_digest"]: row["text"] for row in table(folder)} == original(config)
    assert {row["source"] for row in table(folder)} == {"web"}
    assert not (stranger.parent / "archive").exists()


def test_edited_gone_and_refused_are_told_apart(shared_set, stranger, news_site):
    _, folder = shared_set
    news_site.add_page(
        "/letter", article("A letter", [*BODY[:3], "Nobody at NATO said when an answer may be expected there."])
    )
    news_site.remove_page("/missiles")
    done = run("--config", stranger, "hydrate", folder, "--json")
    assert done.exit_code == 1
    said = json.loads(done.stdout)
    assert (said["identical"], said["edited"], said["gone"], said["unknown"]) == (0, 1, 1, 0)
    edited = texts(folder)["A letter"]
    assert 0.4 < edited["similarity"] < 1
    assert edited["text"].endswith("expected there.")
    assert {one["url"]: one["result"] for one in said["not_identical"]} == {
        news_site.url("/letter"): "edited", news_site.url("/missiles"): "gone"}  # fmt: skip


def test_robots_are_obeyed_and_what_is_unknown_is_asked_again(shared_set, stranger, news_site):
    _, folder = shared_set
    news_site.add_page("/robots.txt", "User-agent: *\nDisallow: /missiles\n", content_type="text/plain")
    before = news_site.hits("/missiles")
    first = run("--config", stranger, "hydrate", folder)
    assert first.exit_code == 1
    assert "unknown: " in first.stderr
    assert "robots" in first.stderr
    assert news_site.hits("/missiles") == before
    news_site.add_page("/robots.txt", "User-agent: *\nAllow: /\n", content_type="text/plain")
    letters = news_site.hits("/letter")
    assert run("--config", stranger, "hydrate", folder).exit_code == 0
    assert news_site.hits("/letter") == letters, "what was settled is not asked for again"


def test_an_older_version_is_found_in_the_archive(shared_set, news_site):
    config, folder = shared_set
    with closing(sqlite3.connect(config.parent / "archive" / "cuttings.db")) as db, db:
        db.execute("update texts set text = 'Another text altogether.'")
        db.execute("update articles set text_digest = 'other'")
    asked = len(news_site.requests)
    assert run("--config", config, "hydrate", folder).exit_code == 0
    assert {row["source"] for row in table(folder)} == {"archive"}
    assert len(news_site.requests) == asked


def test_captures_are_cleaned_where_the_archive_s_texts_are_others(shared_set):
    config, folder = shared_set
    with closing(sqlite3.connect(config.parent / "archive" / "cuttings.db")) as db, db:
        db.execute("update texts set text = 'Another text altogether.'")
        db.execute("update articles set text_digest = 'other'")
        db.execute("update versions set text = 'Another text altogether.', text_digest = 'other'")
    done = run("--config", config, "hydrate", folder, "--offline")
    assert done.exit_code == 0, done.output
    assert {row["source"] for row in table(folder)} == {"captures"}


def test_what_was_forgotten_is_not_asked_for(shared_set, news_site):
    config, folder = shared_set
    keys = [row["key"] for row in rows(config.parent, "select key from articles")]
    with closing(sqlite3.connect(config.parent / "archive" / "cuttings.db")) as db, db:
        db.execute("delete from texts")
        db.executemany("insert into tombstones (url_key, key, outlet, removed_at, reason, run) values (?, ?, 'a', '2026-01-01T00:00:00Z', 'asked by its author', null)",
                       [(key, key) for key in keys])  # fmt: skip
    asked = len(news_site.requests)
    done = run("--config", config, "hydrate", folder)
    assert done.exit_code == 1
    assert done.stderr.count("gone: ") == 2
    assert "asked by its author" in done.stderr
    assert len(news_site.requests) == asked


def test_offline_asks_nobody(shared_set, stranger, news_site):
    _, folder = shared_set
    asked = len(news_site.requests)
    done = run("--config", stranger, "hydrate", folder, "--offline")
    assert (done.exit_code, len(news_site.requests)) == (1, asked)
    assert "2 unknown" in done.stdout


def test_killed_it_goes_on_where_it_ended(shared_set, stranger, news_site):
    _, folder = shared_set
    run("--config", stranger, "hydrate", folder)
    journal = folder / "hydration.jsonl"
    first, second = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(first + second[:30])  # torn, as a killed process leaves it
    torn = json.loads(second)["url"]
    before = {path: news_site.hits(path) for path in ("/letter", "/missiles")}
    assert run("--config", stranger, "hydrate", folder).exit_code == 0
    again = {path for path, hits in before.items() if news_site.hits(path) > hits}
    assert {news_site.url(path) for path in again} == {torn}
    assert len(table(folder)) == 2


def test_again_looks_for_what_was_edited(shared_set, stranger, news_site):
    _, folder = shared_set
    news_site.add_page("/letter", article("A letter", BODY[:3]))
    assert run("--config", stranger, "hydrate", folder).exit_code == 1
    news_site.add_page("/letter", article("A letter", BODY))
    assert run("--config", stranger, "hydrate", folder).exit_code == 1
    assert run("--config", stranger, "hydrate", folder, "--again").exit_code == 0


@pytest.mark.parametrize("kept", ["csv", "jsonl", "parquet", "study.sqlite"])
def test_any_format_of_the_set_will_do(shared_set, stranger, kept):
    _, folder = shared_set
    for path in list(folder.iterdir()):
        if path.suffix in (".csv", ".jsonl", ".parquet", ".sqlite") and not path.name.endswith(kept):
            path.unlink()
    assert run("--config", stranger, "hydrate", folder).exit_code == 0


def test_a_reservation_of_mining_is_obeyed(shared_set, stranger, news_site):
    _, folder = shared_set
    news_site.add_page("/letter", article("A letter", BODY, head='<meta name="tdm-reservation" content="1">'))
    done = run("--config", stranger, "hydrate", folder)
    assert "reserved: text-and-data mining" in done.stderr


def test_what_is_no_set_without_text_exits_2(shared_set, tmp_path):
    config, folder = shared_set
    assert "No such file" in run("--config", config, "hydrate", tmp_path / "nowhere").stderr
    (tmp_path / "full.toml").write_text('title = "Full"\ntext = true\n')
    run("--config", config, "export", tmp_path / "full.toml", "-o", tmp_path / "full")
    done = run("--config", config, "hydrate", tmp_path / "full")
    assert (done.exit_code, "was exported with its texts" in done.stderr) == (2, True)
    shutil.rmtree(folder)
    folder.mkdir()
    assert run("--config", config, "hydrate", folder).exit_code == 2


@pytest.fixture
def printed_set(news_site, tmp_path):
    """Collect an article over three pages, and export it without text."""
    bodies = pages()
    publish(news_site, {"/long-road": bodies["/long-road"]})
    for path, body in bodies.items():
        news_site.add_page(path, body)
    home = tmp_path / "maker"
    home.mkdir()
    config = write_config(home, [{"id": "a", "name": "A", "url": news_site.url()}])
    one_pass(config)
    (home / "study.toml").write_text('title = "One article"\nformats = ["jsonl"]\n')
    assert run("--config", config, "export", home / "study.toml", "-o", tmp_path / "set").exit_code == 0
    return config, tmp_path / "set"


def test_an_article_over_several_pages_is_asked_for_page_by_page(printed_set, stranger):
    _, folder = printed_set
    done = run("--config", stranger, "hydrate", folder)
    assert done.exit_code == 0, done.output
    assert [(row["result"], row["text"]) for row in table(folder)] == [("identical", WHOLE)]


def test_an_article_of_which_a_page_is_missing_stays_unknown_and_is_asked_again(printed_set, stranger, news_site):
    _, folder = printed_set
    news_site.add_answers("/long-road?page=3", Answer(status=500))
    done = run("--config", stranger, "hydrate", folder)
    assert done.exit_code == 1
    assert "unknown: " in done.stderr
    assert "a further page of it could not be read: http_error" in done.stderr
    assert table(folder)[0]["text"] is None
    news_site.add_page("/long-road?page=3", pages()["/long-road?page=3"])
    assert run("--config", stranger, "hydrate", folder).exit_code == 0


def test_a_first_page_that_is_all_that_was_exported_is_enough(shared_set, stranger, news_site):
    config, folder = shared_set
    pager = "<ul class='pages'><li class='current'>1</li><li><a href='/letter?page=2'>2</a></li></ul>"
    news_site.add_page("/letter", article("A letter", [*BODY, pager]))
    news_site.add_page("/letter?page=2", article("A letter", OTHER))
    done = run("--config", stranger, "hydrate", folder)
    assert done.exit_code == 0, done.output
    assert {row["text_digest"]: row["text"] for row in table(folder)} == original(config)
    assert news_site.hits("/letter?page=2") == 0


def test_captures_that_backfill_read_where_they_lie_are_cleaned(shared_set):
    config, folder = shared_set
    archive = config.parent / "archive"
    with closing(sqlite3.connect(archive / "cuttings.db")) as db, db:
        (warc,) = db.execute("select distinct warc from captures").fetchone()
        address = (archive / "captures" / warc).rename(archive / "elsewhere.warc.gz").as_uri()
        db.execute("update captures set warc = ?", [address])
        db.execute("update texts set text = 'Another text altogether.'")
        db.execute("update articles set text_digest = 'other'")
        db.execute("update versions set text = 'Another text altogether.', text_digest = 'other'")
    done = run("--config", config, "hydrate", folder, "--offline")
    assert done.exit_code == 0, done.output
    assert {row["source"] for row in table(folder)} == {"captures"}


def test_other_rules_of_cleaning_are_named_where_a_text_differs(shared_set, stranger, news_site):
    _, folder = shared_set
    rows_ = [json.loads(line) for line in (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    older = [row | {"extractor": "cuttings 1 / trafilatura 1.0"} for row in rows_]
    (folder / "articles.jsonl").write_text("".join(json.dumps(row) + "\n" for row in older), encoding="utf-8")
    (folder / "articles.parquet").unlink()
    news_site.add_page("/letter", article("A letter", BODY[:3]))
    done = run("--config", stranger, "hydrate", folder)
    assert "the exported text by cuttings 1 / trafilatura 1.0" in done.stderr
    assert {row["result"]: bool(row["reason"]) for row in table(folder)} == {"edited": True, "identical": False}
