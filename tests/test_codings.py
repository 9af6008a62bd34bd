"""Filled sheets come back: kept, exported with later studies, and judged with intervals."""

import csv
import json
import sqlite3
from contextlib import closing
from itertools import cycle

import pytest
from archive_fixture import make_archive
from click.testing import CliRunner

from scheduler.cli import cli
from scheduler.coding_scores import judge
from storage.codings import Coding


def run(*words):
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def home(tmp_path):
    """Return a folder with a config and the fixture archive."""
    (tmp_path / "archive").mkdir()
    make_archive(tmp_path / "archive" / "cuttings.db")
    (tmp_path / "config.toml").write_text("")
    return tmp_path


def export(home, toml, name="sample"):
    (home / f"{name}.toml").write_text(f'title = "Hand check"\n{toml}')
    done = run("--config", home / "config.toml", "export", home / f"{name}.toml", "-o", home / name)
    assert done.exit_code == 0, done.output
    return home / name


def fill(folder, answers, name="articles", *, delimiter=",", encoding="utf-8"):
    """Write a copy of a sheet with answers: a function of the row gives the cells to set."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = list(rows[0])
    for row in rows:
        for column, answer in answers(row).items():
            row[column] = answer
            columns += [column] if column not in columns else []
    sheet = folder.parent / f"filled-{name}.csv"
    with sheet.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, columns, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return sheet


def read(home, *sheets):
    words = [word for sheet in sheets for word in ("--codings", sheet)]
    done = run("--config", home / "config.toml", "export", *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def kept(home):
    with closing(sqlite3.connect(home / "archive" / "cuttings.db")) as db:
        return db.execute("select article, coder, code, tagged from codings order by 1, 2").fetchall()


def test_answers_of_two_coders_give_precision_recall_and_agreement(home):
    sheet = fill(export(home, "sample = 14"), lambda row: {"coder_1": "Yes" if row["tagged"] == "1" else "no",
                                                          "coder_2": "yes" if row["tagged"] == "1" else "0"})  # fmt: skip
    (study,) = read(home, sheet)["studies"]
    assert (study["study"], study["unit"], study["coded"], study["twice"]) == ("Hand check", "article", 14, 14)
    (quality,) = study["quality"]
    assert quality["of"] == "on topic"
    assert quality["precision"] == {"value": 1.0, "low": 1.0, "high": 1.0}, "all were coded: nothing is left to doubt"
    assert quality["recall"]["value"] == 1.0
    assert study["alpha"]["value"] == 1.0


def test_the_answers_go_out_with_later_studies(home):
    sheet = fill(export(home, 'sample = 6\ntopics = ["turkey-nato"]'), lambda row: {"coder_1": "yes"})
    assert read(home, sheet)["answers"] == 6
    later = export(home, 'formats = ["jsonl"]', "later")
    lines = [json.loads(line) for line in (later / "codings.jsonl").read_text().splitlines()]
    assert {(line["article"], line["coder"], line["code"], line["tagged"]) for line in lines} == set(kept(home))
    assert {line["study"] for line in lines} == {"Hand check"}
    assert "## codings" in (later / "codebook.md").read_text()


def test_coders_may_fill_copies_of_their_own(home):
    folder = export(home, "sample = 10")
    first = fill(folder, lambda row: {"coder_1": "yes"})
    first = first.rename(home / "first.csv")
    second = fill(folder, lambda row: {"coder_2": "no" if row["language"] == "ru" else "yes"})
    read(home, first)
    (study,) = read(home, second)["studies"]
    assert study["twice"] == 10
    assert {coder for _, coder, _, _ in kept(home)} == {"coder_1", "coder_2"}


def test_two_sheets_that_disagree_under_one_coder_are_two_people_and_refused(home):
    folder = export(home, "sample = 10")
    first = fill(folder, lambda row: {"coder_1": "yes"}).rename(home / "first.csv")
    second = fill(folder, lambda row: {"coder_1": "no"})
    done = run("--config", home / "config.toml", "export", "--codings", first, "--codings", second)
    assert (done.exit_code, "coder_1 says both 'yes' and 'no'" in done.output, kept(home)) == (2, True, [])


def test_a_sheet_read_again_replaces_its_answers_and_an_emptied_cell_takes_one_back(home):
    folder = export(home, "sample = 14")
    read(home, fill(folder, lambda row: {"coder_1": "yes"}))
    read(home, fill(folder, lambda row: {"coder_1": "" if row["language"] == "en" else "no"}))
    english = {
        row["id"]
        for row in csv.DictReader((folder / "articles.csv").read_text(encoding="utf-8").splitlines())
        if row["language"] == "en"
    }
    assert english
    assert len(kept(home)) == 14 - len(english)
    assert {code for _, _, code, _ in kept(home)} <= {"no"}


def test_what_coders_differ_about_counts_once_it_is_settled(home):
    folder = export(home, 'sample = 6\ntopics = ["turkey-nato"]')
    (study,) = read(home, fill(folder, lambda row: {"coder_1": "yes", "coder_2": "no"}))["studies"]
    assert (study["differ"], study["quality"]) == (6, [])
    (study,) = read(home, fill(folder, lambda row: {"coder_1": "yes", "coder_2": "no", "agreed": "yes"}))["studies"]
    assert study["differ"] == 0
    assert study["quality"][0]["precision"]["value"] == 1.0
    assert study["alpha"]["value"] < 0, "settling does not make them agree"


def test_a_sample_of_articles_on_topic_only_says_nothing_of_recall(home):
    folder = export(home, 'sample = 5\ntopics = ["turkey-nato"]')
    (study,) = read(home, fill(folder, lambda row: {"coder_1": "yes"}))["studies"]
    assert study["quality"][0]["recall"] is None
    assert study["alpha"] is None
    words = run("--config", home / "config.toml", "export", "--codings", home / "filled-articles.csv").stdout
    assert "cannot be said" in words


def test_classes_are_judged_one_by_one(home):
    folder = export(home, "sample = 14")
    wrong = {"cited": "credited"}
    sheet = fill(folder, lambda row: {"coder_1": wrong.get(row["class"], row["class"])})
    (study,) = read(home, sheet)["studies"]
    found = {one["of"]: one for one in study["quality"]}
    assert found["uncredited"]["precision"]["value"] == found["uncredited"]["recall"]["value"] == 1.0
    assert found["cited"]["precision"]["value"] == 0.0
    assert found["credited"]["recall"]["value"] < 1.0


def test_stories_are_coded_too(home):
    folder = export(home, 'sample = 5\nunit = "story"\nstrata = []')
    (study,) = read(home, fill(folder, lambda row: {"coder_1": "yes"}, "stories"))["studies"]
    assert (study["unit"], study["coded"]) == ("story", 5)


def test_context_rows_are_not_coded(home):
    folder = export(home, 'sample = 1\noutlets = ["mirror"]\ntopics = ["turkey-nato"]')
    assert read(home, fill(folder, lambda row: {"coder_1": "yes"}))["answers"] == 1


def test_what_a_spreadsheet_saves_is_read(home):
    folder = export(home, "sample = 5")
    sheet = fill(folder, lambda row: {"coder_1": "YES "}, delimiter=";", encoding="utf-8-sig")
    assert read(home, sheet)["answers"] == 5


@pytest.mark.parametrize(
    ("yes", "no"),
    [("ja", "Nein"), ("Да", "НЕТ"), ("EVET", "HAYIR"), ("oui", "non"), ("1", "0"), ("1.0", "0.0"), ("TRUE", "FALSE"),
     ("WAHR", "FALSCH"), ("نعم", "لا")],
)  # fmt: skip
def test_yes_and_no_are_understood_as_people_and_programs_write_them(home, yes, no):
    in_turn = cycle([yes, no])
    sheet = fill(export(home, "sample = 4"), lambda row: {"coder_1": next(in_turn)})
    found = read(home, sheet)
    assert found["answers"] == 4
    assert {code for _, _, code, _ in kept(home)} == {"yes", "no"}
    assert [one["of"] for one in found["studies"][0]["quality"]] == ["on topic"]


def test_what_pandas_and_r_make_of_empty_cells_is_read(home):
    folder = export(home, 'sample = 4\noutlets = ["mirror"]')
    answers = cycle(["1.0", "NA", "0.0", ""])

    def as_written(row):
        if not row["stratum_size"]:
            return {"stratum_size": "NA", "stratum": "NA", "coder_1": "NA"}
        return {"stratum_size": f"{row['stratum_size']}.0", "tagged": f"{row['tagged']}.0", "coder_1": next(answers)}

    assert read(home, fill(folder, as_written))["answers"] == 2
    assert sorted(code for _, _, code, _ in kept(home)) == ["no", "yes"]


def test_rows_and_columns_may_be_moved_added_and_left_out(home):
    folder = export(home, "sample = 6")
    sheet = fill(folder, lambda row: {"coder_1": "yes", "remarks": "a; b,\nc"})
    with sheet.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    kept_rows = [row for row in rows if row["stratum_size"]][:0:-1]
    needed = ["remarks", "coder_1", "stratum_size", "stratum", "tagged", "unit", "study", "key"]
    with sheet.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, needed, extrasaction="ignore", delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept_rows)
    assert read(home, sheet)["answers"] == 5


def test_a_key_that_a_spreadsheet_took_for_a_number_is_found_by_its_address(home):
    with closing(sqlite3.connect(home / "archive" / "cuttings.db")) as db, db:
        db.execute("update articles set key = '12345678901234e7' where id = (select min(id) from articles)")
    folder = export(home, "sample = 14")
    mangled = lambda row: {"coder_1": "yes", "key": row["key"] if row["key"] != "12345678901234e7" else "1.23457E+20"}  # noqa: E731
    sheet = fill(folder, mangled)
    assert read(home, sheet)["answers"] == 14
    sheet.write_text(sheet.read_text(encoding="utf-8").replace(",url,", ",address,", 1), encoding="utf-8")
    done = run("--config", home / "config.toml", "export", "--codings", sheet)
    assert (done.exit_code, "taken it for a number" in done.stderr) == (2, True)


def test_answers_about_a_sample_drawn_anew_from_another_population_are_another_study_s(home):
    read(home, fill(export(home, "sample = 6"), lambda row: {"coder_1": "yes"}))
    before = kept(home)
    sheet = fill(export(home, "sample = 6\nto = 2018-04-01", "again"), lambda row: {"coder_1": "no"})
    done = run("--config", home / "config.toml", "export", "--codings", sheet)
    assert (done.exit_code, "a sample drawn anew is another study" in done.stderr) == (2, True)
    assert kept(home) == before
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("Hand check", "Second check"), encoding="utf-8")
    assert read(home, sheet)["studies"][0]["study"] == "Second check"


def test_a_sheet_in_another_encoding_is_refused_with_what_to_do(home):
    sheet = fill(export(home, "sample = 4"), lambda row: {"coder_1": "hayır", "title": ""}, encoding="cp1254")
    done = run("--config", home / "config.toml", "export", "--codings", sheet)
    assert (done.exit_code, "save it as CSV in UTF-8" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace("stratum_size", "size", 1), "no column stratum_size"),
        (lambda text: text.replace("coder_1", "a").replace("coder_2", "b"), "there is no answer under coder_1"),
        (lambda text: text.replace("article,", "thing,"), "unit is 'thing'"),
    ],
)
def test_a_sheet_that_is_none_is_refused_whole(home, spoil, said):
    sheet = fill(export(home, "sample = 5"), lambda row: {"coder_1": "yes"})
    sheet.write_text(spoil(sheet.read_text(encoding="utf-8")), encoding="utf-8")
    done = run("--config", home / "config.toml", "export", "--codings", sheet)
    assert done.exit_code == 2
    assert said in done.stderr
    assert kept(home) == []


def test_a_forgotten_article_takes_its_codings_along(home):
    with closing(sqlite3.connect(home / "archive" / "cuttings.db")) as db:
        actions = {row[6] for row in db.execute("pragma foreign_key_list(codings)") if row[2] == "articles"}
    assert actions == {"CASCADE"}


# Figures


def coding(article, code, *, coder="coder_1", tagged=True, stratum="a", size=100):
    return Coding(study="s", unit="article", article=article, coder=coder, code=code, tagged=tagged, class_=None,
                  stratum=stratum, stratum_size=size)  # fmt: skip


def test_strata_count_by_their_size():
    small = [coding(n, "no", stratum="small", size=10) for n in range(10)]
    large = [coding(10 + n, "yes", stratum="large", size=990) for n in range(10)]
    precision = judge([*small, *large]).quality[0].precision
    assert precision.value == pytest.approx(0.99)
    assert precision.low < 0.9 < precision.high <= 1.0


def test_strata_of_which_little_was_coded_do_not_make_an_interval_narrow():
    many = [coding(number, "yes" if number % 2 else "no", stratum=f"s{number // 2}", size=50) for number in range(20)]
    (quality,) = judge(many).quality
    assert quality.precision.value == 0.5
    assert quality.precision.low < 0.32
    assert quality.precision.high > 0.68


def test_ten_right_of_ten_is_not_certainty():
    precision = judge([coding(n, "yes", size=10_000) for n in range(10)]).quality[0].precision
    assert precision.value == 1.0
    assert 0.7 < precision.low < 0.9  # Jeffreys for 10 of 10: .783


def test_recall_weighs_what_the_rules_left_out():
    found = [coding(n, "yes", stratum="in", size=100) for n in range(20)]
    left = [coding(20 + n, "yes" if n == 0 else "no", tagged=False, stratum="out", size=1000) for n in range(20)]
    recall = judge([*found, *left]).quality[0].recall
    assert recall.value == pytest.approx(100 / 150)
    assert recall.low < 0.5 < recall.value < recall.high < 0.98


def test_alpha_is_krippendorff_s():
    """His own example of three coders who left gaps: nominal alpha .691."""
    given = (
        "* * * * * 3 4 1 2 1 1 3 3 * 3",
        "1 * 2 1 3 3 4 3 * * * * * * *",
        "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
    )
    codings = [
        coding(number, code, coder=f"coder_{coder}")
        for coder, line in enumerate(given)
        for number, code in enumerate(line.split())
        if code != "*"
    ]
    alpha = judge(codings).alpha
    assert alpha.value == pytest.approx(0.691, abs=0.001)
    assert alpha.low < alpha.value < alpha.high


def test_one_code_only_says_nothing_of_agreement():
    codings = [coding(n, "yes", coder=f"coder_{c}") for n in range(5) for c in (1, 2)]
    assert judge(codings).alpha is None
