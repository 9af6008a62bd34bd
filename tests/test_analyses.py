"""The ten analyses say the same of the archive, of an exported SQLite file and of Parquet in DuckDB."""

import sqlite3
from contextlib import chdir, closing

import pytest
from archive_fixture import make_archive

from storage import study
from storage.analyses import analyses, script
from storage.export import export
from storage.views import VIEWS

NAMES = [one.name for one in analyses()]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_archive(tmp_path_factory.mktemp("archive") / "cuttings.db")


@pytest.fixture(scope="module")
def whole(archive, tmp_path_factory):
    """Everything, exported."""
    return make(archive, "", tmp_path_factory)


@pytest.fixture(scope="module")
def part(archive, tmp_path_factory):
    """One outlet, whose sources are context."""
    return make(archive, 'outlets = ["mirror"]', tmp_path_factory)


def make(archive, toml, tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies") / "out"
    export(archive, study.parse(f'title = "A study"\n{toml}'), folder)
    return folder


def by_sqlite(path, sql):
    with closing(sqlite3.connect(path)) as db:
        return plain(db.execute(sql).fetchall())


def by_duckdb(folder, sql):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed: pip install '.[test]'")
    with chdir(folder), duckdb.connect() as db:  # the views name the files of their folder
        db.execute((folder / "load.sql").read_text(encoding="utf-8"))
        return plain(db.execute(sql).fetchall())


def plain(rows):
    """DuckDB has wider numbers: a sum is a huge integer or a decimal there."""
    return [[round(float(cell), 6) if isinstance(cell, int | float) else cell for cell in row] for row in rows]


def sql_of(name):
    return next(one.sql for one in analyses() if one.name == name)


@pytest.mark.parametrize("name", NAMES)
def test_an_analysis_says_the_same_of_archive_sqlite_and_duckdb(archive, whole, name):
    sql = sql_of(name)
    expected = by_sqlite(archive, sql)
    assert expected
    assert by_sqlite(whole / "study.sqlite", sql) == expected
    assert by_duckdb(whole, sql) == expected


@pytest.mark.parametrize("name", NAMES)
def test_an_analysis_says_the_same_of_a_part_in_both(part, name):
    assert by_duckdb(part, sql_of(name)) == by_sqlite(part / "study.sqlite", sql_of(name))


@pytest.mark.parametrize("name", ["shared_share_by_month", "network_edges", "attention_by_coverage"])
def test_a_study_of_a_topic_says_of_it_what_the_archive_does(archive, tmp_path_factory, name):
    """Days on which its outlets published nothing about it count too."""
    folder = make(archive, 'topics = ["russian-weapons"]', tmp_path_factory)
    with closing(sqlite3.connect(archive)) as db:
        cursor = db.execute(sql_of(name))
        topic = [column[0] for column in cursor.description].index("topic")
        expected = plain(row for row in cursor if row[topic] == "russian-weapons")
    assert expected
    assert by_sqlite(folder / "study.sqlite", sql_of(name)) == expected
    assert by_duckdb(folder, sql_of(name)) == expected


VIEW_NAMES = [statement.split()[2] for statement in VIEWS.split(";\n") if statement.strip()]


@pytest.mark.parametrize("name", [name for name in VIEW_NAMES if name not in ("counted_articles", "volume")])
def test_a_view_of_the_archive_says_the_same_in_both(whole, part, name):
    """`counted_articles` has lists, which DuckDB shows as such, and `volume` is a file."""
    for folder in (whole, part):
        of_sqlite = by_sqlite(folder / "study.sqlite", f"select * from {name}")
        assert sorted(by_duckdb(folder, f"select * from {name}"), key=repr) == sorted(of_sqlite, key=repr)
    assert by_sqlite(whole / "study.sqlite", f"select * from {name}")


@pytest.mark.parametrize("name", ["removal_rate", "headline_change_rate", "edits_by_outlet", "median_lag_by_pair"])
def test_context_rows_are_not_counted(part, name):
    with closing(sqlite3.connect(part / "study.sqlite")) as db:
        cursor = db.execute(sql_of(name))
        outlet = [column[0] for column in cursor.description].index("outlet")
        assert {row[outlet] for row in cursor} <= {"mirror"}


def test_the_export_carries_all_ten(whole):
    assert (whole / "analyses.sql").read_text(encoding="utf-8") == script()
    assert all(f"-- {name}: " in script() for name in NAMES)


@pytest.mark.parametrize("one", analyses(), ids=NAMES)
def test_an_analysis_has_a_title_and_says_what_it_counts(one):
    assert one.title
    assert one.description.endswith(".")
    assert one.sql.strip()


def test_attention_counts_outlet_days_as_the_view_does(archive):
    """The analysis adds up months first: the view's row for every outlet, day and topic takes minutes over years."""
    by_view = """select topic, substr(published_day, 1, 7) as month, sum(articles), sum(observed = 'full'),
        sum(observed = 'partial'), sum(observed = 'none'),
        round(1.0 * sum(case when observed = 'full' then articles end) / nullif(sum(observed = 'full'), 0), 3)
      from outlet_days where published_day is not null group by 1, 2 order by month desc, topic"""
    assert by_sqlite(archive, sql_of("attention_by_coverage")) == by_sqlite(archive, by_view)
