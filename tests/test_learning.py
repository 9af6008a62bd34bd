"""Furniture of an outlet, learned from its own articles: what is learned, what never is, and what becomes of stored texts."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from news_pages import article
from news_site import NewsSite
from test_over_time import stored
from whole_way import one_pass, publish, rows, write_config

from scheduler.cli import cli
from storage.archive import open_archive
from storage.indexing import index_article, unindex_article
from storage.learning import LEAST_STORIES, Sample, learn, without
from storage.page_lines import line_key

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
BOX = "Good journalism costs money, and the people who read it are the ones who pay."
CALL = "Sign up for our newsletter and never miss a story."
BACKGROUND = "The strait was closed to tankers in August after two of them had collided in fog."


def prose(number: int, place: int = 0) -> str:
    """A paragraph that no other article has."""
    return f"What was said about matter {number} in room {place} went on until after the evening news."


def samples(count: int, paragraphs: Callable[[int], Sequence[str]], *, days: float = 1) -> list[Sample]:
    """Articles so many days apart, each with two paragraphs of its own."""
    return [
        Sample(
            at=NOW - n * timedelta(days=days), paragraphs=[prose(n), *paragraphs(n), prose(n, 1)], bearing=frozenset()
        )
        for n in range(count)
    ]


def learned(given: Sequence[Sample]) -> list[str]:
    return [one.words for one in learn(given)]


@pytest.mark.parametrize(
    ("every", "line"),
    [(1, BOX), (2, "UP NEXT"), (3, CALL), (3, "Write to us at desk@gazette.example")],
    ids=["prose on all", "a line on half", "a call on a third", "another"],
)
def test_what_stands_on_many_articles_is_furniture(every: int, line: str) -> None:
    assert learned(samples(40, lambda n: [line] if n % every == 0 else [])) == [line]


@pytest.mark.parametrize(
    ("count", "every", "line", "days"),
    [
        (40, 2, BACKGROUND, 1.0),
        (40, 4, "Background", 1.0),
        (40, 2, "What the two ministers said on the stairs when nobody was listening", 1.0),
        (40, 20, CALL, 1.0),
        (40, 2, "UP NEXT", 0.05),
        (40, 1, BACKGROUND, 0.02),
        (40, 4, "“We will support our brothers in the islands”, the minister said on the evening of the vote.", 1.0),
        (40, 4, "The leak was published at https://leaks.example in 2016 and has been quoted ever since.", 1.0),
        (40, 4, "El Gobierno y los rebeldes suscribieron el acuerdo de paz en La Habana en 2016.", 1.0),
        (LEAST_STORIES - 1, 1, BOX, 1.0),
        (40, 1, "Correction: an earlier version of this article gave a wrong figure.", 1.0),
    ],
    ids=[
        "news told again on half", "a subheading that recurs", "a sentence without its end", "a call on few", "a line of one busy day",
        "news on all of a busy day", "a quotation", "an address in prose", "a word that looks like a call",
        "all of too few articles", "a note of correction",
    ],
)  # fmt: skip
def test_what_may_be_news_is_not(count: int, every: int, line: str, days: float) -> None:
    assert learned(samples(count, lambda n: [line] if n % every == 0 else [], days=days)) == []


def test_what_nearly_all_articles_carry_for_more_than_a_day_is() -> None:
    assert learned(samples(30, lambda n: [BOX], days=0.05)) == [BOX]


def test_a_counter_is_one_line_whatever_it_counts_and_a_figure_in_a_sentence_counts() -> None:
    counting = samples(20, lambda n: [f"{n + 3} comments so far", f"The toll stood at {n} when the day ended."])
    assert learned(counting) == ["3 comments so far"]
    assert line_key("3 comments so far") == line_key("41 Comments so far")
    assert line_key("The toll stood at 3 then.") != line_key("The toll stood at 4 then.")


def test_what_bears_evidence_never_is() -> None:
    given = samples(40, lambda n: [BOX])
    bearing = [Sample(at=one.at, paragraphs=one.paragraphs, bearing=frozenset({1})) for one in given]
    assert learned(given) == [BOX]
    assert learned([*given[1:], bearing[0]]) == []


def test_a_text_of_furniture_alone_stays() -> None:
    assert without(f"{prose(1)}\n\n{BOX}", [line_key(BOX)]) == prose(1)
    assert without(BOX, [line_key(BOX)]) == BOX


SUBJECTS = (
    "air defence", "harbour dues", "grain silos", "border posts", "rail freight", "steel quotas", "fishing rights",
    "gas storage", "mine clearing", "visa rules", "satellite links", "winter coal", "flood barriers", "night trains",
    "lighthouse keepers", "customs forms", "river ice", "school buses", "apple orchards",
)  # fmt: skip
COUNT = 16


def page(number: int, *extra: str) -> str:
    """An article of a day of its own, whose words no other has."""
    subject = SUBJECTS[number]
    lists = (", ".join(SUBJECTS[(number * (k + 3) + j * (number + 1)) % 19] for j in range(6)) for k in range(4))
    lines = [f"Ankara and NATO: {each}." for each in lists]
    published = (NOW - timedelta(hours=6 * number)).isoformat()
    return article(f"Ankara and NATO quarrel over {subject}", [*lines, *extra], published=published)


def with_box(number: int, *extra: str) -> str:
    return page(number, *extra, BOX)


@pytest.fixture
def config(news_site: NewsSite, tmp_path: Path) -> Path:
    """An outlet with a box under its articles, collected once."""
    outlet = {"id": "gazette", "name": "The Gazette", "url": news_site.url(), "feeds": [news_site.url("/feed")]}
    publish(news_site, {f"/{n:02}": with_box(n) for n in range(COUNT)})
    path = write_config(tmp_path, [outlet], crawl="recheck_hours = [0]")
    one_pass(path, now=NOW)
    return path


def texts(folder: Path) -> list[str]:
    return [str(row["text"]) for row in rows(folder, "select text from texts order by article")]


def test_stored_texts_are_written_anew_with_their_evidence_and_no_version(config: Path, tmp_path: Path) -> None:
    assert len(stored(tmp_path)) == COUNT
    assert not any(BOX in text for text in texts(tmp_path))
    assert [str(row["words"]) for row in rows(tmp_path, "select words from outlet_furniture")] == [BOX]
    assert rows(tmp_path, "select count(*) as n from versions") == [{"n": COUNT}]
    assert rows(tmp_path, "select count(*) as n from versions v join articles a on a.id = v.article"
                          " join texts t on t.article = a.id where v.text_digest <> a.text_digest or v.text <> t.text") == [{"n": 0}]  # fmt: skip
    assert rows(
        tmp_path,
        "select count(*) as n from evidence e join articles a on a.id = e.article join texts t on t.article = a.id"
        " where e.words <> substr(iif(field = 'title', title, text), from_char + 1, to_char - from_char)",
    ) == [{"n": 0}]
    assert rows(tmp_path, "select json_extract(counts, '$.furniture') as n from runs") == [{"n": 1}]
    assert CliRunner().invoke(cli, ["--config", str(config), "verify"]).exit_code == 0


def test_a_later_look_and_a_new_article_are_cleaned_with_it(config: Path, news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/16": with_box(16), "/00": with_box(0, "A word of the minister came in the evening.")})
    one_pass(config, now=NOW + timedelta(hours=1))
    assert not any(BOX in text for text in texts(tmp_path))
    changes = rows(tmp_path, "select change, count(*) as n from versions group by change order by change")
    assert changes == [{"change": "first", "n": COUNT + 1}, {"change": "text", "n": 1}]
    assert rows(tmp_path, "select count(*) as n from runs where json_extract(counts, '$.furniture')") == [{"n": 1}]


def test_what_a_pass_left_undone_the_next_does_and_no_look_takes_it_for_an_edit(
    config: Path, news_site: NewsSite, tmp_path: Path
) -> None:
    """As if the first pass had been killed between learning and writing."""
    with closing(open_archive(tmp_path / "archive" / "cuttings.db")) as db, db.conn:
        db.execute("update outlet_furniture set kept_below = ?", [1 << 62])
        for (article,) in db.execute("select id from articles").fetchall():
            unindex_article(db, article)
            db.execute("update texts set text = text || char(10) || char(10) || ? where article = ?", [BOX, article])
            index_article(db, article)
    one_pass(config, now=NOW + timedelta(hours=1))
    assert not any(BOX in text for text in texts(tmp_path))
    assert rows(tmp_path, "select distinct change from versions") == [{"change": "first"}]
    assert rows(tmp_path, "select kept_below from outlet_furniture") == [{"kept_below": None}]


def test_check_shows_what_was_learned(config: Path) -> None:
    result = CliRunner().invoke(cli, ["--config", str(config), "check", "--online"])
    assert f"outlet gazette: left out of its texts, learned from its articles: “{BOX}”" in result.stdout


def test_news_told_again_is_kept(news_site: NewsSite, tmp_path: Path) -> None:
    outlet = {"id": "gazette", "name": "The Gazette", "url": news_site.url(), "feeds": [news_site.url("/feed")]}
    publish(news_site, {f"/{n:02}": page(n, *[BACKGROUND] * (n % 2)) for n in range(COUNT)})
    one_pass(write_config(tmp_path, [outlet]), now=NOW)
    assert sum(BACKGROUND in text for text in texts(tmp_path)) == COUNT // 2
    assert rows(tmp_path, "select * from outlet_furniture") == []


def test_where_only_topics_are_kept_nothing_is_learned(news_site: NewsSite, tmp_path: Path) -> None:
    outlet = {"id": "gazette", "name": "The Gazette", "url": news_site.url(), "feeds": [news_site.url("/feed")]}
    publish(news_site, {f"/{n:02}": with_box(n) for n in range(COUNT)})
    path = write_config(tmp_path, [outlet])
    path.write_text('[archive]\nkeep = "matching"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    one_pass(path, now=NOW)
    assert sum(BOX in text for text in texts(tmp_path)) == COUNT
    assert rows(tmp_path, "select * from outlet_furniture") == []


def test_a_page_with_nothing_else_is_no_article(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    publish(news_site, {"/video": article("Watch the ministers arrive", [BOX])})
    one_pass(config, now=NOW + timedelta(hours=1))
    assert [str(row["state"]) for row in rows(tmp_path, "select state from links where url like '%/video'")] == [
        "no_text"
    ]
