"""A study leaves the archive whole, typed, repeatable and documented, or not at all."""

import csv
import datetime as dt
import hashlib
import json
import sqlite3
from contextlib import closing
from itertools import pairwise

import pyarrow.parquet as pq
import pytest
from archive_fixture import BY_SLUG
from export_fixture import change, ids, records
from hypothesis import example, given
from hypothesis import strategies as st

from storage import codebook, export_formats, exposure, study, views
from storage.export import export
from storage.export_read import read

FILES = (
    "articles",
    "topics",
    "evidence",
    "credits",
    "reprints",
    "stories",
    "versions",
    "checks",
    "coverage",
    "outlets",
)
HARD_TITLES = (
    '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "'=already", "''-twice", "\tTab", 'He said "no", twice',
    "one\nline\r\nmore", "", None, "🇹🇷 Türkiye", "تركيا وحلف الناتو",
)  # fmt: skip


# What a set holds


def test_every_file_in_every_format_and_the_record_beside_them(run):
    written = {path.name for path in run().iterdir()}
    assert {f"{name}.{ending}" for name in FILES for ending in ("csv", "parquet", "jsonl")} <= written
    assert {"study.sqlite", "study.toml", "codebook.md", "datapackage.json", "CITATION.cff", "load.R", "load.py",
            "selection.sql", "report.md", "SHA256SUMS", "DIGEST"} <= written  # fmt: skip


def test_only_the_formats_asked_for(run):
    written = {path.name for path in run('formats = ["jsonl"]').iterdir()}
    assert "articles.jsonl" in written
    assert written & {"articles.csv", "articles.parquet", "study.sqlite"} == set()


def test_sources_outside_the_selection_come_along_as_context(run):
    folder = run('topics = ["turkey-nato"]\noutlets = ["mirror"]')
    assert ids(folder) == {BY_SLUG["summit-mirror"].id}
    assert ids(folder, context=1) == {BY_SLUG["summit"].id}
    assert {row["article"] for row in records(folder, "topics")} == ids(folder)
    with sqlite3.connect(folder / "study.sqlite") as db:
        assert db.execute("select count(*) from article_facts").fetchall() == [(1,)]


def test_without_text_neither_text_nor_the_words_of_evidence_leave(run):
    folder = run('topics = ["russian-weapons"]')
    assert "text" not in records(folder, "articles")[0]
    assert "text" not in records(folder, "versions")[0]
    assert {row["words"] for row in records(folder, "evidence")} == {None}
    body = BY_SLUG["missiles"].text.split("\n")[0].encode()
    assert [path.name for path in folder.iterdir() if body in path.read_bytes()] == []


def test_with_text_it_is_the_archive_s(run):
    texts = {row["id"]: row["text"] for row in records(run("text = true"), "articles")}
    assert texts == {piece.id: piece.text for piece in BY_SLUG.values()}


def test_hashed_names_are_stable_within_a_study_and_differ_between_studies(run):
    def names(folder):
        return {tuple(row["authors"]) for row in records(folder, "articles") if row["authors"]}

    one, same, other = run('names = "hash"'), run('names = "hash"', "again"), run('names = "hash"\nseed = 1', "other")
    assert names(one) == names(same)
    assert len(names(one)) == 1
    assert names(one) != names(other)
    assert b"Kuzey Agency" not in (one / "articles.csv").read_bytes()
    assert names(run('names = "none"', "none")) == set()


@pytest.mark.parametrize("how", ["hash", "none"])
def test_credits_name_no_person_where_names_are_hidden(archive, run, how):
    article = BY_SLUG["summit-mirror"].id
    change(archive, "delete from credits")
    change(archive, "update articles set authors = ? where id = ?", '["Anna Müller", "王小明"]', article)
    for name, role, url, words in (
        ("Jan Berg", "contributor", "https://a.example/author/jan-berg", "With Jan Berg in Oslo"),
        ("Kuzey Agency", "republication", "https://kuzey.example/", "By Anna Mu\u0308ller, Kuzey Agency"),
        ("Kuzey Agency", "republication", None, "Kuzey Agency (berg)"),
        ("Kuzey Agency", "republication", None, "据记者王小明报道 Kuzey Agency"),
        ("Kuzey Agency", "republication", "https://kuzey.example/", "Source: Kuzey Agency, Bergen"),
    ):
        change(archive, """insert into credits (article, name, role, kind, url, words, rule, confidence, run)
            values (?, ?, ?, 'credit_line', ?, ?, 'test', 1, 1)""", article, name, role, url, words)  # fmt: skip
    folder = run(f'names = "{how}"\nformats = ["jsonl"]')
    rows = [row for row in records(folder, "credits") if row["article"] == article]
    assert sorted(
        (row["name"], row["url"], row["words"]) for row in rows if row["role"] != "contributor" and row["words"]
    ) == [("Kuzey Agency", "https://kuzey.example/", "Source: Kuzey Agency, Bergen")]
    (person,) = [row for row in rows if row["role"] == "contributor"]
    assert (person["url"], person["words"]) == (None, None)
    assert (person["name"] is None) == (how == "none")
    written = (folder / "credits.jsonl").read_text(encoding="utf-8")
    assert not [name for name in ('Berg"', "jan-berg", "Jan", "Anna", "ller", "王小明") if name in written]
    assert "## Names" in (folder / "report.md").read_text(encoding="utf-8")


# What is written can be read


def test_all_formats_say_the_same(archive, run):
    for piece, title in zip(BY_SLUG.values(), HARD_TITLES, strict=False):
        change(archive, "update articles set title = ? where id = ?", title, piece.id)
    folder = run("text = true")
    for name in FILES:
        with sqlite3.connect(folder / "study.sqlite") as db:
            columns = [row[1] for row in db.execute(f"pragma table_info({name})")]
        table = codebook.describe_file(name, columns)
        said = [[dict(row) for row in read(wanted, folder, table)] for wanted in ("jsonl", "sqlite", "parquet", "csv")]
        for one, other in pairwise(said[:3]):
            assert one == other
        assert said[3] == [{key: cell or None if cell == "" else cell for key, cell in row.items()} for row in said[0]]


def test_csv_tells_null_from_empty_text_and_ends_lines_as_rfc_4180(archive, run):
    change(archive, "update articles set title = '' where id = ?", BY_SLUG["turkish"].id)
    line = next(
        line for line in (run() / "articles.csv").read_bytes().split(b"\r\n") if b"kuzey.example/turkish" in line
    )
    assert b',,,"",' in line  # no canonical, no og_url, an empty title


@given(st.text())
def test_a_neutralised_cell_comes_back_and_never_runs(text):
    cell = export_formats.neutral(text)
    assert export_formats.unneutral(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_parquet_is_typed(run):
    schema = pq.read_schema(run() / "articles.parquet")
    types = {
        name: str(schema.field(name).type) for name in ("id", "published_at", "published_day", "language_confidence")
    }
    assert types == {
        "id": "int64", "published_at": "timestamp[ms, tz=UTC]", "published_day": "date32[day]",
        "language_confidence": "double"}  # fmt: skip
    assert str(schema.field("authors").type).startswith("list<")


def test_the_views_of_the_sqlite_file_say_what_the_archive_s_do(archive, run):
    folder = run()
    for view in ("article_facts", "reprint_flow", "outlet_originality", "attention", "article_life", "outlet_days"):
        found = []
        for path in (archive, folder / "study.sqlite"):
            with sqlite3.connect(path) as db:
                found.append(sorted(db.execute(f"select * from {view}").fetchall(), key=repr))
        assert found[0] == found[1], view


def test_two_exports_of_one_archive_are_the_same_bytes(run):
    one, other = run("text = true"), run("text = true", "again")
    assert (one / "DIGEST").read_text() == (other / "DIGEST").read_text()
    for path in one.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes(), path.name


# The record


def test_digests_are_true(run):
    folder = run()
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    whole = hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    assert (folder / "DIGEST").read_text() == f"{whole}  SHA256SUMS\n"


def test_the_datapackage_describes_every_column_of_every_file(run):
    folder = run()
    resources = {r["path"]: r for r in json.loads((folder / "datapackage.json").read_text())["resources"]}
    for name in FILES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        fields = resources[f"{name}.csv"]["schema"]["fields"]
        assert [field["name"] for field in fields] == header
        assert all(field["description"] and field["missing"] for field in fields)
        assert all(f"`{column}`" in (folder / "codebook.md").read_text() for column in header)


def test_the_report_says_what_was_left_out_and_what_was_not_polled(run):
    report = (run('outlets = ["sada"]\nfrom = 2018-03-01\nto = 2018-04-20') / "report.md").read_text()
    assert "3 articles in 3 stories" in report
    assert "`outlets`: 11 articles not of outlet sada; 3 left" in report
    assert "polled on 35 of 51 days; not polled from 2018-03-01 to 2018-03-11 (11 days), from 2018-04-16" in report
    assert "This archive keeps every article." in report
    assert "a desk in Izmir" in report


def test_progress_grows_to_its_end(archive, tmp_path):
    told = []
    export(archive, study.parse('title = "A study"'), tmp_path / "out", progress=lambda *said: told.append(said))
    assert told == sorted(told)
    assert all(done <= asked for done, asked in told)


def test_the_sqlite_file_has_every_view_and_an_index_for_each_join(run):
    with closing(sqlite3.connect(run('topics = ["turkey-nato"]') / "study.sqlite")) as db:
        views = {name for (name,) in db.execute("select name from sqlite_schema where type = 'view'")}
        assert {"article_facts", "articles_by_topic", "stories_by_topic", "reprint_flow", "outlet_days",
                "outlet_originality", "attention", "article_life", "story_risk"} <= views  # fmt: skip
        for view in views:
            db.execute(f"select * from {view}").fetchall()
        indexed = {(table, db.execute(f"select name from pragma_index_info('{name}')").fetchone()[0])
                   for name, table in db.execute("select name, tbl_name from sqlite_schema where type = 'index'")}  # fmt: skip
    assert {("articles", "id"), ("articles", "story"), ("articles", "published_day"), ("topics", "article"),
            ("topics", "topic"), ("evidence", "article"), ("credits", "article"), ("reprints", "article"),
            ("reprints", "source"), ("versions", "article"), ("checks", "article"), ("coverage", "outlet")} <= indexed  # fmt: skip


def test_the_methods_paragraph_says_what_was_polled_and_what_is_not_known(run):
    report = (run('outlets = ["sada"]\nfrom = 2018-03-12\nto = 2018-04-20') / "report.md").read_text(encoding="utf-8")
    paragraph = next(line for line in report.splitlines() if line.startswith("This archive keeps"))
    assert "From 2018-03-12 to 2018-04-20, 1 of its 1 outlet(s) were polled 160 times; 24 polls failed." in paragraph
    assert "Of the 40 outlet-days from 2018-03-12 to 2018-04-20, 35 were answered." in paragraph
    assert "Everything was asked for from a desk in Izmir." in paragraph
    assert "Not known: of 0 articles when they were published" in paragraph


def test_an_outlet_polled_only_later_is_not_called_silent(archive, run):
    change(archive, "delete from coverage where collected_day < '2018-04-18' or outlet = 'sada'")
    report = (run("from = 2018-03-20\nto = 2018-04-10") / "report.md").read_text(encoding="utf-8")
    assert (
        "(`mirror`): not polled in this time, but between 2018-04-18 and 2018-04-20: its articles were still" in report
    )
    assert "(`sada`): not polled in this time, nor ever: its articles came by other ways; what is missing is" in report


# What an export computes for itself says what the archive's views say


@given(
    polled=st.sets(st.integers(0, 200), max_size=190),
    published=st.lists(st.one_of(st.none(), st.integers(0, 210)), max_size=6),
)
@example(polled=set(range(60)), published=[60, 59, 61])
@example(polled=set(range(200)) - {100}, published=[100, 101, 160, 161])
@example(polled=set(), published=[3, None])
def test_exposure_is_what_the_view_says(polled, published):
    first = dt.date(2018, 1, 1)

    def day(n):
        return (first + dt.timedelta(days=n)).isoformat()

    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("create table articles (outlet text, published_day text)")
        db.execute("create table coverage (outlet text, collected_day text, polls integer, polls_failed integer)")
        db.executemany(
            "insert into coverage values ('a', ?, 2, ?)", [(day(n), 0 if n in polled else 2) for n in range(201)]
        )
        db.executemany(
            "insert into articles values ('a', ?)",
            [(None if n is None else day(n),) for n in published] + [("someday",)],
        )
        exposure.register(db)
        rows = db.execute(f"select {views._EXPOSED}, exposed_on(outlet, published_day) from articles a").fetchall()
    assert [by_view for by_view, _ in rows] == [ours for _, ours in rows]
