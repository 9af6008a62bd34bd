"""`cuttings retag`: stored articles carry the tags that collecting would give them today, and it says what changed."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from topic_archive import NOW, collect, configure, labelled, rows, tags
from topic_sentences import QUERIES

from crawler.language import detect
from crawler.topics import topics_version
from crawler.topics.stored import languages_of
from scheduler import topic_matching
from scheduler.cli import cli
from scheduler.config import Config
from scheduler.topic_retag import Retagged, retag_archive
from storage import archive

VOTE = "The parliament in Ankara has voted on paper {} after a long debate about the budget of the ministry of defence."
OLD = {"t": "Ankara", "w": "missile NOT Sarmat", "gone": "Россия"}
HARD = {
    "t": '(title:turkey OR "air defence"~5 OR NATO) NOT metro',
    "w": "*rakete OR rocket* OR S-400 OR füze OR ракета OR όπλο",
    "not": "russian NOT missile",
}


def clock() -> datetime:
    return NOW


def retag(config: Config, *only: str, everything: bool = False, workers: int = 1) -> Retagged:
    return retag_archive(config, only=only, everything=everything, workers=workers, clock=clock)


def counts(done: Retagged) -> dict[str, dict[str, int]]:
    return {topic: dict(changes.counts) for topic, changes in done.topics.items()}


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


@pytest.mark.parametrize("queries", [QUERIES, HARD], ids=["own queries of each language", "one for all languages"])
def test_a_retagged_archive_is_as_if_collected_with_the_new_topics(
    queries: Mapping[str, str | Mapping[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    collect(configure(tmp_path / "old", OLD), labelled())
    before = configure(tmp_path / "old", queries)
    retag(before)
    fresh = configure(tmp_path / "new", queries)
    collect(fresh, labelled())
    active = [row for row in tags(before) if row[1] in queries]
    assert active == tags(fresh)
    assert len(active) > 50
    assert run("--config", str(before.path), "verify").exit_code == 0


def test_only_what_the_index_points_at_is_matched(tmp_path: Path) -> None:
    long = "The harbour of the town was closed for the winter, the mayor said on Monday after a meeting of the council."
    collect(configure(tmp_path, {"t": "ships"}), [(None, f"{long} Sentence {n}.") for n in range(20)])
    collect(configure(tmp_path, {"t": "ships"}), [(None, f"{long} Missiles stand there.")], first=20)
    done = retag(configure(tmp_path, {"t": "missile"}))
    assert (done.articles, counts(done)) == (1, {"t": {"came": 1}})


def test_words_the_index_cuts_otherwise_than_we_do_are_looked_for_in_every_article(tmp_path: Path) -> None:
    collect(
        configure(tmp_path, {"t": "Smyrna"}), [(None, "तुर्की के विदेश मंत्री ने सोमवार को कहा कि बैठक में कोई निर्णय नहीं हुआ है।")]
    )
    assert counts(retag(configure(tmp_path, {"t": "विदेश मंत्री"}))) == {"t": {"came": 1}}


def test_it_says_how_many_came_and_went_with_examples(tmp_path: Path) -> None:
    texts = [
        ("Ankara votes", "The parliament in Ankara has voted."),
        ("NATO meets", "Ministers of NATO met on Monday."),
    ]
    collect(configure(tmp_path, {"t": "Ankara"}), texts)
    config = configure(tmp_path, {"t": "NATO"})
    result = run("--config", str(config.path), "retag", "--json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["articles"], report["topics"]["t"]["counts"]) == (0, 2, {"came": 1, "gone": 1})
    examples = report["topics"]["t"]["examples"]
    assert [(e["title"], e["words"]) for e in examples["came"] + examples["gone"]] == [
        ("NATO meets", ["NATO"]),
        ("Ankara votes", ["Ankara"]),
    ]
    again = run("--config", str(config.path), "retag")
    assert (again.exit_code, again.stdout.splitlines()[0]) == (
        0,
        "all stored articles carry the topics as configured; --all applies them again",
    )
    kept = rows(config, "select command, result, counts from runs order by id desc limit 1")
    assert kept == [("retag", "done", '{"articles": 2, "came": 1, "gone": 1, "topics": 1}')]


def test_a_query_written_otherwise_that_says_the_same_renews_the_version_and_no_evidence(tmp_path: Path) -> None:
    collect(configure(tmp_path, {"t": "Ankara"}), [(None, VOTE.format(1))])
    before = rows(configure(tmp_path, {"t": "Ankara OR Ankara"}), "select rowid, * from evidence")
    config = configure(tmp_path, {"t": "Ankara OR Smyrna"})
    assert counts(retag(config)) == {"t": {"renewed": 1}}
    assert rows(config, "select rowid, * from evidence") == before
    assert rows(config, "select t.topic_version = p.version from article_topics t join topics p on p.id = t.topic") == [
        (1,)
    ]


def test_a_new_least_score_is_applied_though_the_queries_are_the_same(tmp_path: Path) -> None:
    text = "Nothing here. " * 60 + "At the end Ankara is named once."
    collect(configure(tmp_path, {"t": "Ankara"}), [(None, text)])
    assert counts(retag(configure(tmp_path, {"t": "Ankara"}, each="min_score = 0.5"))) == {"t": {"gone": 1}}
    assert counts(retag(configure(tmp_path, {"t": "Ankara"}))) == {"t": {"came": 1}}


def test_topics_in_place_are_skipped_until_something_was_collected_with_others(tmp_path: Path) -> None:
    ankara, nato = (
        [(None, VOTE.format(1))],
        [(None, "Ministers of all members of NATO met in Ankara on Monday to discuss the budget.")],
    )
    collect(configure(tmp_path, {"t": "Ankara"}), ankara)
    assert retag(configure(tmp_path, {"t": "Ankara"})).run is None
    collect(configure(tmp_path, {"t": "NATO"}), nato, first=1)
    back = configure(tmp_path, {"t": "Ankara"})
    collect(back, [], first=2)
    assert counts(retag(back)) == {"t": {"changed": 1}}
    assert retag(back).run is None
    assert counts(retag(back, everything=True)) == {"t": {}}
    assert len(rows(back, "select * from article_topics where topic_version = (select version from topics)")) == 2


def test_a_topic_taken_out_keeps_its_tags_and_one_brought_back_is_applied_to_what_came_between(tmp_path: Path) -> None:
    both = {"t": "Ankara", "n": "NATO"}
    collect(configure(tmp_path, both), [(None, "The parliament in Ankara voted on NATO.")])
    without = configure(tmp_path, {"n": "NATO"})
    collect(without, [(None, "The mayor of Ankara spoke.")], first=1)
    assert retag(without).out_of_reach["inactive"] == 1
    assert counts(retag(configure(tmp_path, both))) == {"t": {"came": 1}}


def test_a_tag_that_people_took_away_stays_away(tmp_path: Path) -> None:
    collect(configure(tmp_path, {"t": "Smyrna"}), [(None, VOTE.format(1))])
    config = configure(tmp_path, {"t": "Ankara"})
    db = archive.open_archive(config.archive.path)
    with db.atomic():
        db.execute(
            "insert into corrections (made_at, article, kind, value) select '2026-01-01T00:00:00Z', id, 'not-on-topic', 't' from articles"
        )
    db.close()
    assert counts(retag(config)) == {"t": {}}
    assert tags(config) == []


def test_a_tag_of_an_article_whose_text_is_reserved_is_not_taken_away(tmp_path: Path) -> None:
    config = configure(tmp_path, {"t": "Ankara NATO"})
    collect(
        config,
        [
            (
                "Ankara votes",
                "The parliament has voted on the bid of the two countries to join NATO after a long debate.",
            )
        ],
    )
    db = archive.open_archive(config.archive.path)
    with db.atomic():
        db.execute("update texts set text = ''")
        db.execute("insert into outlet_rights (outlet, seen_at, tdm_reserved) values ('a', '2026-01-01T00:00:00Z', 1)")
    db.close()
    assert counts(retag(config, everything=True)) == {"t": {"kept": 1}}
    assert len(rows(config, "select * from article_topics")) == 1


def test_what_was_not_kept_is_counted(tmp_path: Path) -> None:
    config = configure(tmp_path, {"t": "Ankara"})
    collect(config, [])
    db = archive.open_archive(config.archive.path)
    with db.atomic():
        db.execute(
            "insert into links (url_key, outlet, url, found_in, found_at, last_found_at, state)"
            " values ('a.example/x', 'a', 'https://a.example/x', 'feed', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'off_topic')"
        )
    db.close()
    assert "1 addresses were off topic and not kept" in run("--config", str(config.path), "retag").stdout


def test_what_the_topics_in_force_found_off_topic_is_not_counted(tmp_path: Path) -> None:
    config = configure(tmp_path, {"t": "Ankara"})
    collect(config, [])
    db = archive.open_archive(config.archive.path)
    with db.atomic():
        for key, screened_by in (("x", topics_version(config.topics)), ("y", "of other topics")):
            db.execute(
                "insert into links (url_key, outlet, url, found_in, found_at, last_found_at, state, screened_by) values"
                " (?1, 'a', 'https://a.example/' || ?1, 'feed', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'off_topic', ?2)",
                [key, screened_by],
            )
    db.close()
    assert retag(config).out_of_reach["not_kept"] == 1


def test_stopped_it_goes_on_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.topic_retag.BATCH", 10)
    collect(configure(tmp_path, {"t": "Smyrna"}), [(None, VOTE.format(n)) for n in range(45)])
    config = configure(tmp_path, {"t": "Ankara"})

    def stop(done: int, all_: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retag_archive(config, workers=1, clock=clock, progress=stop)
    assert rows(config, "select count(*) from article_topics") == [(20,)]
    assert rows(config, "select result from runs order by id desc limit 1") == [("interrupted",)]
    assert counts(retag(config)) == {"t": {"came": 25}}
    assert rows(config, "select count(*), count(distinct article) from article_topics") == [(45, 45)]


def test_stopped_while_articles_are_gathered_the_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collect(configure(tmp_path, {"t": "Smyrna"}), [(None, VOTE.format(1))])
    config = configure(tmp_path, {"t": "Ankara"})

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("storage.retag.match_text", stop)
        with pytest.raises(KeyboardInterrupt):
            retag(config)
    assert rows(config, "select result from runs order by id desc limit 1") == [("interrupted",)]
    assert counts(retag(config)) == {"t": {"came": 1}}


def test_it_works_in_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_matching, "WORTH_PROCESSES", 1)
    monkeypatch.setattr("scheduler.topic_retag.BATCH", 10)
    collect(configure(tmp_path, {"t": "Smyrna"}), [(None, VOTE.format(n)) for n in range(45)])
    assert counts(retag(configure(tmp_path, {"t": "Ankara"}), workers=2)) == {"t": {"came": 45}}


def test_while_another_command_writes_nothing_is_done(tmp_path: Path) -> None:
    config = configure(tmp_path, {"t": "Ankara"})
    collect(config, [])
    with archive.only_writer(config.archive.path):
        result = run("--config", str(config.path), "retag", "--all")
    assert (result.exit_code, result.stderr) == (0, "another command is writing to the archive; nothing done\n")


def test_wrong_usage_is_said_in_a_line(tmp_path: Path) -> None:
    config = configure(tmp_path, {"t": "Ankara"})
    unknown = run("--config", str(config.path), "retag", "--topic", "x")
    assert (unknown.exit_code, unknown.stderr) == (2, "Error: topic: no such topic: x; there are: t\n")
    assert "no archive yet" in run("--config", str(config.path), "retag").stderr


def test_stored_languages_are_those_of_collecting() -> None:
    for title, text in labelled():
        likely = detect(f"{title or ''}\n\n{text}")
        stored = languages_of(title, text, language=likely[0].language, confidence=likely[0].confidence)
        assert stored == tuple(guess.language for guess in likely)
