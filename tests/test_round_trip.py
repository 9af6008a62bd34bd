"""What leaves the archive comes back from every reader an analyst may use: rows, types, texts."""

import csv
import json
import shutil
import sqlite3
import subprocess
from contextlib import chdir, closing

import pytest
from archive_fixture import BY_SLUG, make_archive

from storage import study
from storage.export import export
from storage.export_formats import unneutral

HARD = (
    '=HYPERLINK("http://x";"y")', "+90 312", "-1", "@SUM(A1)", "'=already", "''-twice", "\tTab first",
    'He said "no", twice; then ""', "one\nline\r\nmore\rand more", "", "🇹🇷 Türkiye 👩‍👩‍👧", "تركيا وحلف «الناتو»", "שלום",
    "nul\x00inside", "NA", "null", "007", "1e5", " spaces ", "\u2028line separator\u2029", "ﷺ\ufeff", "İstanbul’da ı",
)  # fmt: skip
FILES = ("articles", "topics", "evidence", "credits", "reprints", "stories", "versions", "checks", "coverage",
         "outlets", "codings", "volume")  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = make_archive(tmp_path_factory.mktemp("archive") / "cuttings.db")
    with closing(sqlite3.connect(path)) as db, db:
        for piece, title in zip(BY_SLUG.values(), HARD, strict=False):
            db.execute("update articles set title = ? where id = ?", [title, piece.id])
        for piece, text in zip(BY_SLUG.values(), reversed(HARD), strict=False):
            db.execute("update texts set text = ? where article = ?", [text, piece.id])
            db.execute("update articles set authors = ? where id = ?", [json.dumps([text, "A, B"]), piece.id])
    return path


@pytest.fixture(scope="module")
def folder(archive, tmp_path_factory):
    target = tmp_path_factory.mktemp("studies") / "out"
    export(archive, study.parse('title = "A study"\ntext = true'), target)
    return target


@pytest.fixture(scope="module")
def truth(archive):
    """What the archive has: (title, text, authors) by id."""
    with closing(sqlite3.connect(archive)) as db:
        rows = db.execute("select id, title, text, authors from articles join texts on article = id")
        return {id_: (title, text, tuple(json.loads(authors))) for id_, title, text, authors in rows}


def counts(folder):
    with closing(sqlite3.connect(folder / "study.sqlite")) as db:
        return {name: db.execute(f"select count(*) from {name}").fetchone()[0] for name in FILES}


def needs(name):
    return pytest.importorskip(name, reason=f"{name} is not installed: pip install '.[test]'")


def plain(cell):
    """A reader may call an absent cell NaN."""
    return None if cell is None or cell != cell else cell  # noqa: PLR0124


def test_pandas_reads_csv(folder, truth):
    pandas = needs("pandas")
    frames = {name: pandas.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in FILES}
    assert {name: len(frame) for name, frame in frames.items()} == counts(folder)
    frame = frames["articles"].map(unneutral)
    found = {int(row.id): (row.title, row.text, tuple(json.loads(row.authors))) for row in frame.itertuples()}
    assert found == truth


def test_pandas_reads_parquet_with_types(folder, truth):
    pandas = needs("pandas")
    frames = {name: pandas.read_parquet(folder / f"{name}.parquet") for name in FILES}
    assert {name: len(frame) for name, frame in frames.items()} == counts(folder)
    frame = frames["articles"]
    assert str(frame["published_at"].dtype).startswith("datetime64[")
    assert str(frame["published_at"].dt.tz) == "UTC"
    assert {row.id: (row.title, row.text, tuple(row.authors)) for row in frame.itertuples()} == truth


def loaded(folder, kept, copy):
    """Return the set's own loader in a copy that has one format only."""
    shutil.copytree(folder, copy)
    for path in copy.glob("*.csv" if kept == "parquet" else "*.parquet"):
        path.unlink()
    scope = {"__file__": str(copy / "load.py"), "__name__": "load"}
    exec((copy / "load.py").read_text(), scope)
    return scope["table"]


def test_the_loader_in_the_set_reads_both(folder, truth, tmp_path):
    needs("pandas")
    for kept in ("parquet", "csv"):
        frame = loaded(folder, kept, tmp_path / kept)("articles")
        found = {row.id: (plain(row.title) or "", row.text, tuple(row.authors)) for row in frame.itertuples()}
        assert found == truth


def test_the_loader_gives_the_same_types_of_both(folder, tmp_path):
    """But for texts: to pandas an empty one in a CSV file is none."""
    needs("pandas")
    parquet, csv_ = (loaded(folder, kept, tmp_path / kept) for kept in ("parquet", "csv"))
    for name in FILES:
        one, other = parquet(name), csv_(name)
        cells = [
            [
                [list(cell) if column == "authors" else None if cell == "" else plain(cell) for cell in frame[column]]
                for column in one.columns
                if column not in ("groups", "aliases")
            ]
            for frame in (one, other)
        ]
        assert cells[0] == cells[1], name
    taken = csv_("articles").query("context == 0").dropna(subset=["source_outlet"])
    assert 0 < len(taken) < len(csv_("articles"))


def test_polars_reads_csv_and_parquet(folder, truth):
    polars = needs("polars")
    for name, rows in counts(folder).items():
        assert polars.read_parquet(folder / f"{name}.parquet").height == rows
        assert polars.read_csv(folder / f"{name}.csv", infer_schema=False).height == rows, name
    frame = polars.read_parquet(folder / "articles.parquet")
    assert frame.schema["published_at"] == polars.Datetime("ms", "UTC")
    assert frame.schema["authors"] == polars.List(polars.String)
    assert {row["id"]: (row["title"], row["text"], tuple(row["authors"])) for row in frame.to_dicts()} == truth
    by_csv = polars.read_csv(folder / "articles.csv", infer_schema=False).fill_null("")
    found = {int(row["id"]): (unneutral(row["title"]), unneutral(row["text"])) for row in by_csv.to_dicts()}
    assert found == {id_: cells[:2] for id_, cells in truth.items()}


def test_duckdb_reads_parquet_json_lines_and_csv(folder, truth):
    duckdb = needs("duckdb")
    with chdir(folder), duckdb.connect() as db:
        for name, rows in counts(folder).items():
            assert db.execute(f"select count(*) from '{name}.parquet'").fetchone() == (rows,)
        types = dict(
            db.execute("select column_name, column_type from (describe select * from 'articles.parquet')").fetchall()
        )
        assert (types["published_at"], types["published_day"], types["authors"]) == (
            "TIMESTAMP WITH TIME ZONE", "DATE", "VARCHAR[]")  # fmt: skip
        rows = db.execute("select id, title, text, authors from 'articles.parquet'").fetchall()
        assert {id_: (title, text, tuple(authors)) for id_, title, text, authors in rows} == truth
        lines = db.execute(
            "select id, title, text from read_json('articles.jsonl', format='newline_delimited')"
        ).fetchall()
        assert {id_: (title, text) for id_, title, text in lines} == {id_: cells[:2] for id_, cells in truth.items()}
        read = "read_csv('articles.csv', all_varchar=true, quote='\"', escape='\"', delim=',', header=true, new_line='\\r\\n')"
        rows = db.execute(f"select id, title, text from {read}").fetchall()
        found = {int(id_): (unneutral(title or ""), unneutral(text or "")) for id_, title, text in rows}
        assert found == {id_: cells[:2] for id_, cells in truth.items()}


def test_python_s_own_csv_reader_reads_it(folder, truth):
    csv.field_size_limit(1 << 30)
    with (folder / "articles.csv").open(encoding="utf-8", newline="") as lines:
        found = {int(row["id"]): (unneutral(row["title"]), unneutral(row["text"])) for row in csv.DictReader(lines)}
    assert found == {id_: cells[:2] for id_, cells in truth.items()}


def test_no_cell_of_csv_is_run_by_a_spreadsheet(folder):
    for name in FILES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        texts = [cell for row in rows for column, cell in row.items() if not _is_number(cell)]
        assert not [cell for cell in texts if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_frictionless_finds_the_package_valid(folder):
    frictionless = needs("frictionless")
    with chdir(folder):
        report = frictionless.Package("datapackage.json").validate()
    assert report.valid, report.flatten(["type", "note", "fieldName", "rowNumber"])[:5]
    tables = {task.name for task in report.tasks if task.type == "table"}
    assert tables == {f"{name}-csv" for name in FILES}


def test_frictionless_notices_a_changed_cell(folder, tmp_path):
    frictionless = needs("frictionless")
    shutil.copytree(folder, tmp_path / "copy")
    table = tmp_path / "copy" / "checks.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("404", "not found"), encoding="utf-8", newline="")
    with chdir(tmp_path / "copy"):
        report = frictionless.Package("datapackage.json").validate()
    assert {"type-error", "hash-count"} <= {error[0] for error in report.flatten(["type"])}


def test_r_reads_it(folder, truth):
    if not shutil.which("Rscript"):
        pytest.skip("Rscript is not installed")
    ready = subprocess.run(["Rscript", "-e", "library(readr)"], capture_output=True, check=False)
    if ready.returncode:
        pytest.skip("R has no package readr")
    code = 'source("load.R"); a <- load_table("articles"); cat(nrow(a))'
    done = subprocess.run(["Rscript", "-e", code], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == str(len(truth))


@pytest.mark.parametrize("more", ["", 'unit = "story"\nsample = 5\n', 'text = true\nnames = "hash"\n'])
def test_two_exports_are_the_same_bytes_but_sqlite_which_is_the_same_content(archive, tmp_path, more):
    one, other = (tmp_path / name for name in ("one", "other"))
    for target in (one, other):
        export(archive, study.parse(f'title = "A study"\n{more}'), target)
    same = [path.name for path in one.iterdir() if path.read_bytes() == (other / path.name).read_bytes()]
    assert {path.name for path in one.iterdir()} - set(same) <= {"study.sqlite", "SHA256SUMS", "DIGEST"}
    dumps = []
    for folder in (one, other):
        with closing(sqlite3.connect(folder / "study.sqlite")) as db:
            dumps.append(list(db.iterdump()))
    assert dumps[0] == dumps[1]
