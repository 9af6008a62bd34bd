"""A digest per topic, in words."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archive_fixture import make_archive
from click.testing import CliRunner

from scheduler.cli import cli
from scheduler.digest import as_html, as_text
from storage import archive
from storage.digest import Carrier, Story, TopicDigest, digests

COPY = Carrier(
    article=2, outlet="Gazette", title="A <b>copy</b>", url="https://gazette.example/2", published_day="2018-04-03",
    source="Wire", kind="edited", credit_status="none",
)  # fmt: skip
FIRST = Carrier(
    article=1, outlet="Wire", title="A story", url="https://wire.example/1", published_day="2018-04-03", source=None,
    kind=None, credit_status=None,
)  # fmt: skip
STORY = Story(id=1, title="A story <of> two", origin="Wire", carriers=(FIRST, COPY), outlets=2, older=False)
TOPIC = TopicDigest(id="t", name="Turkey & NATO", articles=2, stories=(STORY,))
NONE = TopicDigest(id="u", name="Weapons", articles=0, stories=())


def test_text_names_stories_and_who_carries_whose_text() -> None:
    assert as_text([TOPIC, NONE], period="the last day", base_url="https://cuttings.example/").splitlines() == [
        "Turkey & NATO, the last day: 2 new articles in 1 story, 1 carried by several outlets",
        "=" * 84,
        "",
        "A story <of> two",
        "  Wire, 2018-04-03",
        "  Gazette, 2018-04-03 carries, edited, the text of Wire (no source named)",
        "  https://cuttings.example/story/1",
        "",
        "Weapons, the last day: 0 new articles in 0 stories, 0 carried by several outlets",
        "=" * 80,
    ]


def test_html_is_escaped_and_whole() -> None:
    page = as_html([TOPIC], title="Cuttings", period="the last day", base_url="")
    assert page.startswith("<!doctype html>")
    assert page.endswith("</body></html>\n")
    assert '<a href="https://wire.example/1" dir="auto">A story &lt;of&gt; two</a>' in page
    assert "<li>Gazette, 2018-04-03 carries, edited, the text of Wire (no source named)</li>" in page
    assert "<h2>Turkey &amp; NATO</h2>" in page


@pytest.mark.parametrize("status", [None, "unknown"])
def test_what_is_not_known_of_a_credit_is_not_said(status: str | None) -> None:
    unsure = Carrier(**{**{name: getattr(COPY, name) for name in Carrier.__slots__}, "credit_status": status})
    topic = TopicDigest(id="t", name="T", articles=1, stories=(Story(id=1, title=None, origin=None, carriers=(unsure,), outlets=2, older=True),))  # fmt: skip
    lines = as_text([topic], period="the last day", base_url="").splitlines()
    assert lines[3:5] == [
        "(no headline) (known before, carried further)",
        "  Gazette, 2018-04-03 carries, edited, the text of Wire",
    ]


def test_the_archive_is_asked_by_topic_and_time(tmp_path: Path) -> None:
    db = archive.open_reader(make_archive(tmp_path / "cuttings.db"))
    every = digests(db, [], since=datetime(2018, 1, 1, tzinfo=UTC))
    shared = [story for topic in every for story in topic.stories if story.outlets > 1]
    assert shared
    assert all(topic.articles == sum(len(story.carriers) for story in topic.stories) for topic in every)
    assert all(story.older is False for topic in every for story in topic.stories)
    assert any(carrier.source and carrier.kind == "edited" for story in shared for carrier in story.carriers)
    late = digests(db, [every[0].id], since=datetime(2030, 1, 1, tzinfo=UTC))
    assert [(topic.id, topic.articles, topic.stories) for topic in late] == [(every[0].id, 0, ())]


def test_the_command_prints_text_html_and_json(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    make_archive(tmp_path / "archive" / "cuttings.db")
    config = tmp_path / "config.toml"
    config.write_text('[[topics]]\nid = "turkey-nato"\nname = "T"\nquery = "NATO"\n')

    def run(*words: str) -> str:
        result = CliRunner().invoke(cli, ["--config", str(config), "digest", "--days", "36500", *words])
        return result.stdout

    assert ", the last 36,500 days: " in run()
    assert run("--html").startswith("<!doctype html>")
    assert {topic["id"] for topic in json.loads(run("--json"))} >= {"turkey-nato"}
    wrong = CliRunner().invoke(cli, ["--config", str(config), "digest", "--topic", "no"])
    assert wrong.exit_code == 2
