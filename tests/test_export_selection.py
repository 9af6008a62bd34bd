"""Which articles and outlets a study has: its conditions, its query, its sample."""

import pytest
from archive_fixture import BY_SLUG
from export_fixture import change, ids, records
from hypothesis import given
from hypothesis import strategies as st

from storage import selection
from storage.errors import StudyError


@pytest.mark.parametrize(
    ("toml", "slugs"),
    [
        ('classes = ["credited"]', {"summit-mirror"}),
        ('languages = ["tr", "ar"]', {"turkish", "arabic"}),
        ('ownership = ["state"]\nfrom = 2018-04-01', {"turkish"}),
        ('kinds = ["republisher"]\nto = 2018-03-31', {"missiles-mirror"}),
        ("sql = \"select article from article_facts where language = 'ru'\"", {"russian"}),
        ('topics = ["russian-weapons"]\nfrom = 2018-04-09\nto = 2018-04-09', {"russian"}),
    ],
)
def test_conditions(run, toml, slugs):
    assert ids(run(toml)) == {BY_SLUG[slug].id for slug in slugs}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            'topics = ["turkey-nato"]\nlanguages = ["fi"]',
            r"languages: nothing is left: none of 8 articles is in language",
        ),
        ("from = 2031-01-01", "from: nothing is left: none of 14 articles is published on or after 2031-01-01"),
        ('topics = ["turkey"]', r"topics\[0\]: the archive has no 'turkey'; known: russian-weapons, turkey-nato"),
        ('outlets = ["kuzey", "tass"]', r"outlets\[1\]: the archive has no 'tass'"),
        ('topics = ["turkey-nato"]\nmin_score = 0.9', "min_score: nothing is left"),
        ('sql = "select 1 where false"', "sql: nothing is left"),
    ],
)
def test_an_empty_selection_names_the_condition_that_emptied_it(run, tmp_path, toml, said):
    with pytest.raises(StudyError, match=said):
        run(toml)
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from articles returning id", "sql: not authorized"),
        ("attach 'other.db' as other", "sql: not authorized"),
        ("select title from articles", "sql: the first column must be article ids"),
        ("select article form article_facts", "sql: "),
        ("select value from secrets", "sql: access to secrets.value is prohibited"),
        ("select load_extension('other')", "sql: not authorized"),
        ("select 1; delete from articles", "sql: You can only execute one statement"),
    ],
)
def test_selection_by_sql_only_reads(run, sql, said):
    with pytest.raises(StudyError, match=said):
        run(f'sql = "{sql}"')


def test_selection_by_sql_searches_and_runs_once(run, monkeypatch):
    asked = []
    monkeypatch.setattr(
        selection, "_ids_by_hand", lambda sql, path, ask=selection._ids_by_hand: asked.append(sql) or ask(sql, path)
    )
    query = "select rowid from articles_fts where articles_fts match 'statement'"
    folder = run(f'sql = "{query}"')
    assert 0 < len(records(folder, "articles")) < 14
    assert query in (folder / "selection.sql").read_text()
    assert asked == [query]


def test_selection_by_sql_is_limited_in_time(run, monkeypatch):
    monkeypatch.setattr(selection, "SQL_LIMIT_S", 0.05)
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0"
    with pytest.raises(StudyError, match="sql: ran longer than"):
        run(f'sql = "{endless}"')


@pytest.mark.parametrize("unit", ["article", "story"])
def test_a_sample_is_seeded_stratified_and_weighted(run, unit):
    toml = f'sample = 5\nunit = "{unit}"\nstrata = ["language"]\n'
    main = "articles" if unit == "article" else "stories"
    drawn = [row for row in records(run(toml), main) if not row["context"]]
    population = {"article": 14, "story": 9}[unit]
    assert len(drawn) == 5
    assert {row["coder_1"] for row in drawn} == {None}
    assert sum(row["weight"] for row in drawn) == pytest.approx(population)
    assert [row for row in records(run(toml, "again"), main) if not row["context"]] == drawn
    seeds = [[row["id"] for row in records(run(f"{toml}seed = {seed}", f"seed{seed}"), main)] for seed in range(4)]
    assert len({tuple(seed) for seed in seeds}) > 1


@given(sizes=st.dictionaries(st.text(max_size=3), st.integers(1, 50), min_size=1), more=st.integers(0, 200))
def test_shares_of_a_sample_add_up_and_fit(sizes, more):
    wanted = len(sizes) + more
    shares = selection._shares(sizes, wanted)
    assert sum(shares.values()) == min(wanted, sum(sizes.values()))
    assert all(1 <= shares[name] <= size for name, size in sizes.items())


@pytest.mark.parametrize("unit", ["article", "story"])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 100])
def test_weights_add_up_to_the_population_however_small_the_sample(run, unit, size):
    folder = run(f'sample = {size}\nunit = "{unit}"\nstrata = ["outlet", "month", "language", "class"]')
    main, population = ("articles", 14) if unit == "article" else ("stories", 9)
    drawn = [row for row in records(folder, main) if not row["context"]]
    assert len(drawn) == min(size, population)
    assert sum(row["weight"] for row in drawn) == pytest.approx(population)
    assert all(row["stratum_size"] >= row["weight"] for row in drawn)
    together = {row["stratum"] for row in drawn} == {"all"}
    assert together == ("too small for strata of outlet and month" in (folder / "report.md").read_text())
    assert together == (size <= 8)


def test_selection_by_sql_takes_no_more_memory_than_there_are_articles(run):
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n"
    with pytest.raises(StudyError, match="sql: names more ids than there are articles"):
        run(f'sql = "{endless}"')


RUSSIAN = 'topics = ["russian-weapons"]\nfrom = 2018-04-09\nto = 2018-04-09\n'


@pytest.mark.parametrize(
    ("toml", "asked"),
    [
        (RUSSIAN, {"kuzey", "herald", "mirror", "sada"}),
        (f'{RUSSIAN}kinds = ["republisher"]', {"kuzey", "mirror"}),
        (f'{RUSSIAN}languages = ["ru"]', {"mirror"}),
        (f"{RUSSIAN}sql = 'select id from articles'", {"mirror"}),
    ],
)
def test_whether_outlets_without_a_selected_article_were_polled_is_in_the_set(archive, run, toml, asked):
    change(archive, "update outlets set kind = 'republisher' where id = 'kuzey'")
    folder = run(toml)
    assert ids(folder) == {BY_SLUG["russian"].id}
    assert {row["id"] for row in records(folder, "outlets") if not row["context"]} == asked
    assert {row["outlet"] for row in records(folder, "coverage")} == asked
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert all(f"(`{outlet}`): polled on" in report or f"(`{outlet}`): not polled" in report for outlet in asked)
