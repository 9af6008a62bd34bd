"""`cuttings topic`: what a query means, the hand-check sheet, and what the filled sheet says."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from topic_archive import collect, configure, rows
from topic_sentences import QUERIES, SENTENCES

from crawler.topics import compile_topics
from scheduler.cli import cli
from scheduler.config import Config
from scheduler.topic_scores import Estimate, Judged, scores
from storage.records import Topic
from storage.words import WORD, fold

HEAD = "On Monday the committee of the ministry wrote about the budget and the plans of the government: "
MISSILE = [
    ("Two missiles", HEAD + "two missiles were shown to the press."),
    ("A missile", HEAD + "a missile stands in the yard."),
    ("No missile", HEAD + "the missile is a toy."),
    ("Missilery", HEAD + "missilery is an old word."),
    ("Nothing", HEAD + "the harbour is closed."),
]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = configure(tmp_path, {"m": {"en": "missile NOT toy"}})
    collect(config, MISSILE)
    return config


def run(config: Config, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(config.path), "topic", *words])


def meaning(config: Config, *words: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(run(config, *words, "--json").stdout)
    return found


def test_it_says_which_forms_match_and_what_looks_alike(config: Config) -> None:
    found = meaning(config, "m")
    assert found["languages"] == [
        {
            "language": "en",
            "query": "missile NOT toy",
            "hits": 2,
            "terms": [
                {
                    "term": "missile",
                    "hits": 2,
                    "words": [
                        {
                            "word": "missile",
                            "forms": {"missile": 2, "missiles": 1},
                            "endings_of": [],
                            "near": {"missilery": 1},
                        }
                    ],
                },
                {
                    "term": "toy",
                    "hits": 0,
                    "words": [{"word": "toy", "forms": {"toy": 1}, "endings_of": [], "near": {}}],
                },
            ],
        }
    ]
    assert (found["hits"], found["articles"], found["outlets"], found["months"]) == (2, 5, {"a": 2}, {"2026-03": 2})


def test_it_shows_the_newest_examples_in_their_context(config: Config) -> None:
    lines = run(config, "m").stdout.splitlines()
    assert "true of 2 of 5 articles (3 read whole)" in lines
    assert "2026-03-02 a A missile (score 0.7542)" in lines
    assert "    A [missile]" in lines


def test_a_query_is_tried_without_changing_anything(config: Config, tmp_path: Path) -> None:
    before = rows(config, "select * from article_topics"), rows(config, "select * from topics")
    changed = configure(tmp_path, {"m": {"en": "harbour OR yard"}})
    assert "cuttings retag would add 1 tags, take 1 away, and change 1" in run(changed, "m").stdout
    assert (rows(config, "select * from article_topics"), rows(config, "select * from topics")) == before


def test_without_an_archive_it_shows_the_forms_alone(tmp_path: Path) -> None:
    config = configure(tmp_path, {"t": {"ru": "Турция", "tr": "füze"}})
    out = run(config, "t").stdout
    assert "турцией" in out
    assert "fuze (and fuze…)" in out
    assert "no articles are stored yet" in out
    assert not config.archive.path.exists()


def test_a_query_for_any_language_is_shown_in_those_of_the_archive(tmp_path: Path) -> None:
    config = configure(tmp_path, {"t": "Turkey"})
    collect(config, MISSILE)
    assert [each["language"] for each in meaning(config, "t")["languages"]] == ["en"]  # type: ignore[index,attr-defined]


def test_an_unknown_topic_is_an_error(config: Config) -> None:
    result = run(config, "x")
    assert (result.exit_code, result.stderr) == (2, "Error: topic: no such topic: x; there are: m\n")


def filled(path: Path, answers: dict[str, str]) -> None:
    """Fill in a sheet as a person with a spreadsheet does; it is saved with semicolons."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        sheet = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(sheet[0]), delimiter=";")
        writer.writeheader()
        writer.writerows({**row, "on_topic": answers[row["title"]]} for row in sheet)


def test_a_sheet_is_drawn_from_both_sides_and_read_back(config: Config, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    result = run(config, "m", "--sample", "10", "-o", str(sheet), "--json")
    assert json.loads(result.stdout)["strata"] == [
        {"language": "en", "side": "near", "articles": 2, "drawn": 2},
        {"language": "en", "side": "tagged", "articles": 2, "drawn": 2},
    ]
    filled(sheet, {"Two missiles": "yes", "A missile": "No", "No missile": "0", "Missilery": "1"})
    (found,) = json.loads(run(config, "m", "--sheet", str(sheet), "--json").stdout)["scores"]
    assert (found["judged"], found["precision"]["value"], found["recall"]["value"]) == (4, 0.5, 0.5)
    assert (found["recall"]["low"], found["recall"]["high"]) == (0.5, 0.5)  # all there are were judged
    assert "Jeffreys" in run(config, "m", "--sheet", str(sheet)).stdout


def test_the_same_archive_draws_the_same_and_a_sheet_is_never_overwritten(config: Config, tmp_path: Path) -> None:
    sheets = [tmp_path / "1.csv", tmp_path / "2.csv"]
    for sheet in sheets:
        assert run(config, "m", "--sample", "3", "-o", str(sheet)).exit_code == 0
    assert sheets[0].read_bytes() == sheets[1].read_bytes()
    again = run(config, "m", "--sample", "3", "-o", str(sheets[0]))
    assert again.exit_code == 2
    assert "left alone" in again.stderr


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(tmp_path: Path) -> None:
    config = configure(tmp_path, {"m": {"en": "missile"}})
    collect(config, [("=missile()", HEAD + "a missile.")])
    assert run(config, "m", "--sample", "1", "-o", str(tmp_path / "s.csv")).exit_code == 0
    with (tmp_path / "s.csv").open(encoding="utf-8-sig") as file:
        assert next(csv.DictReader(file))["title"] == "'=missile()"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("on_topic", "maybe"), "line 2: on_topic is 'maybe'; write yes or no, or leave it empty"),
        (("topic", "other"), "line 2: is of topic 'other', not of 'm'"),
        (("stratum_size", "many"), "line 2: side or stratum_size is not what was written there"),
    ],
)
def test_a_wrong_sheet_is_an_error_that_names_its_line(
    config: Config, tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    row = {"topic": "m", "language": "en", "side": "near", "stratum_size": "2", "on_topic": "yes"} | dict([change])
    sheet = tmp_path / "s.csv"
    sheet.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    result = run(config, "m", "--sheet", str(sheet))
    assert result.exit_code == 2
    assert says in result.stderr


def test_rows_nobody_judged_do_not_count_and_are_told(config: Config, tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    run(config, "m", "--sample", "10", "-o", str(sheet))
    filled(sheet, {"Two missiles": "yes", "A missile": "?", "No missile": "", "Missilery": ""})
    result = run(config, "m", "--sheet", str(sheet), "--json")
    (found,) = json.loads(result.stdout)["scores"]
    assert (found["judged"], found["precision"]["value"], found["recall"]) == (1, 1.0, None)
    assert json.loads(result.stdout)["unjudged"] == 3


def test_a_sheet_drawn_with_another_query_says_so(config: Config, tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    run(config, "m", "--sample", "10", "-o", str(sheet))
    assert run(config, "m", "--sheet", str(sheet)).stderr.count("another query") == 0
    changed = configure(tmp_path, {"m": {"en": "rocket"}})
    result = run(changed, "m", "--sheet", str(sheet), "--json")
    assert "drawn with another query" in result.stderr
    assert json.loads(result.stdout)["outdated"] is True


def test_an_article_that_stands_twice_in_a_sheet_is_an_error(config: Config, tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    run(config, "m", "--sample", "10", "-o", str(sheet))
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    sheet.write_text("\n".join([*lines, lines[1]]), encoding="utf-8-sig")
    result = run(config, "m", "--sheet", str(sheet))
    assert (result.exit_code, "line 6: is the article of line 2 again" in result.stderr) == (2, True)


def test_a_sample_has_a_row_of_each_language_and_side(config: Config, tmp_path: Path) -> None:
    result = run(config, "m", "--sample", "1", "-o", str(tmp_path / "s.csv"))
    assert (result.exit_code, "at least 2" in result.stderr) == (2, True)
    assert not (tmp_path / "s.csv").exists()


def test_a_foreign_table_is_no_sheet(config: Config, tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text("a,b\n1,2\n")
    assert "is no sheet of `cuttings topic --sample`" in run(config, "m", "--sheet", str(sheet)).stderr


def test_intervals_are_those_of_jeffreys() -> None:
    (found,) = scores([Judged(language="en", tagged=True, size=1_000_000, yes=10, no=0)])
    assert found.precision is not None
    assert found.precision.value == found.precision.high == 1.0
    assert found.precision.low == pytest.approx(0.783, abs=0.005)  # Brown, Cai, DasGupta 2001: 1 - .217


@pytest.mark.parametrize(
    ("languages", "rows"), [(1, 100), (5, 20), (20, 3)], ids=["one language", "five of few rows", "twenty of three"]
)
def test_intervals_hold_the_truth_as_often_as_they_say(
    languages: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.topic_scores.DRAWS", 2_000)
    chance = np.random.default_rng(1)
    precision, recall, sheets = 0, 0, 200
    for _ in range(sheets):
        yes = [
            (int(chance.hypergeometric(190, 10, rows)), int(chance.hypergeometric(10, 990, rows)))
            for _ in range(languages)
        ]
        strata = [
            Judged(language=str(n), tagged=tagged, size=size, yes=found, no=rows - found)
            for n, both in enumerate(yes)
            for tagged, size, found in ((True, 200, both[0]), (False, 1000, both[1]))
        ]
        overall = scores(strata)[-1]
        precision += holds(overall.precision, 0.95)
        recall += holds(overall.recall, 190 / 200)
    assert precision >= 0.91 * sheets
    assert recall >= 0.91 * sheets


def holds(estimate: Estimate | None, truth: float) -> bool:
    """Say whether an interval holds the truth."""
    return estimate is not None and estimate.low <= truth <= estimate.high


def test_what_was_judged_whole_leaves_no_doubt() -> None:
    (found,) = scores([
        Judged(language="en", tagged=True, size=10, yes=9, no=1),
        Judged(language="en", tagged=False, size=10, yes=1, no=9),
    ])  # fmt: skip
    assert (found.precision, found.recall) == (Estimate(0.9, 0.9, 0.9), Estimate(0.9, 0.9, 0.9))


def test_strata_weigh_as_many_articles_as_they_have() -> None:
    found = scores([
        Judged(language="en", tagged=True, size=90, yes=9, no=1),
        Judged(language="en", tagged=False, size=1000, yes=1, no=99),
        Judged(language="ru", tagged=True, size=10, yes=5, no=5),
    ])  # fmt: skip
    values = {one.language: (_value(one.precision), _value(one.recall)) for one in found}
    assert values == {"en": (0.9, 0.8901), "ru": (0.5, 1.0), "": (0.86, 0.8958)}


def _value(estimate: Estimate | None) -> float | None:
    return round(estimate.value, 4) if estimate else None


def surfaces() -> Iterator[tuple[str, str]]:
    for language, sentences in SENTENCES.items():
        for sentence, _ in sentences:
            for match in WORD.finditer(sentence):
                yield language, match[0]


def test_the_index_is_asked_for_all_that_matching_would_find() -> None:
    extra = [("en", "NATOs"), ("en", "F-16s"), ("ru", "ТАССом"), ("tr", "NATOya"), ("en", "Straßes")]
    queries = {id_: {**each, "ru": each["ru"] + " OR ТАСС OR раке*"} for id_, each in QUERIES.items()}
    matcher = compile_topics([Topic(id=id_, name=id_, queries=each) for id_, each in queries.items()])
    met = 0
    for language, surface in [*surfaces(), *extra]:
        vocabulary = matcher.compiled(language).vocabulary
        for number, _ in vocabulary.look_up(surface):
            met += 1
            assert vocabulary.sought(number).matches(fold(surface)), (surface, vocabulary.entries[number])
    assert met > 300
