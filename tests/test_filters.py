"""`cuttings extract`, `tag` and `link` over JSON Lines."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scheduler.cli import cli

PAGE = """<!doctype html><html lang="en"><head><title>A letter | The Gazette</title>
<link rel="canonical" href="https://wire.example/letter">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A letter from Ankara",
 "datePublished": "2026-03-02T10:00:00+03:00", "author": {"@type": "Person", "name": "Ayşe Yıldız"}}</script></head>
<body><nav>Home Sport</nav><article><h1>A letter from Ankara</h1>
<p>Officials in Ankara said on Monday that a letter had been sent to NATO headquarters about the air defence question.</p>
<p>The letter has nine pages and asks for talks before the summer, according to three people who have read all of it.</p>
<p>Nobody at headquarters wished to comment on the letter before the ambassadors meet on Thursday of next week.</p>
</article></body></html>"""
TOPIC = '[[topics]]\nid = "turkey-nato"\nname = "T"\nquery = "Ankara AND NATO"\n'


def run(word: str, lines: Sequence[object], *options: str) -> tuple[list[dict[str, object]], Result]:
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    result = CliRunner().invoke(cli, [word, *options], input=text)
    return [json.loads(line) for line in result.stdout.splitlines()], result


def test_extract_reads_a_page_and_keeps_the_addresses_apart() -> None:
    (line,), result = run("extract", [{"id": [1, "a"], "url": "https://gazette.example/1", "html": PAGE}])
    assert result.exit_code == 0
    assert line["id"] == [1, "a"]
    assert (line["url"], line["canonical_url"]) == ("https://gazette.example/1", "https://wire.example/letter")
    assert line["title"] == "A letter from Ankara"
    assert line["authors"] == ["Ayşe Yıldız"]
    assert (line["published_at"], line["published_offset"], line["published_precision"]) == (
        "2026-03-02T07:00:00Z",
        "+03:00",
        "second",
    )
    assert (line["published_basis"], line["published_day"], line["language"]) == ("jsonld", "2026-03-02", "en")
    assert str(line["text"]).count("\n\n") == 2
    assert line["error"] is None
    assert list(line) == [
        "id", "url", "canonical_url", "og_url", "title", "authors", "published_at", "published_offset", "published_precision",
        "published_basis", "published_day", "modified_at", "language", "language_declared", "section", "text", "text_status",
        "credits", "error",
    ]  # fmt: skip


@pytest.mark.parametrize("packed", [False, True], ids=["html", "html.gz"])
def test_extract_reads_files(packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(gzip.compress(PAGE.encode()) if packed else PAGE.encode())
    (line,), result = run(
        "extract",
        [{"id": 1, "url": "https://gazette.example/1", "path": str(path), "content_type": "text/html; charset=utf-8"}],
    )
    assert result.exit_code == 0
    assert line["title"] == "A letter from Ankara"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_bad_line_gets_an_error_and_the_rest_go_on(workers: str, tmp_path: Path) -> None:
    good = {"id": "good", "url": "https://gazette.example/1", "html": PAGE}
    lines = [
        good,
        "not json\n",
        "[1]\n",
        {"id": "no url", "html": PAGE},
        {"id": "no file", "url": "https://gazette.example/1", "path": str(tmp_path / "none")},
        {"id": "empty", "url": "https://gazette.example/1", "html": ""},
        {"id": "bytes", "url": "https://gazette.example/1", "html": "\x00\x01\x02"},
        good,
    ]
    answers, result = run("extract", lines, "--workers", workers)
    assert result.exit_code == 1
    assert [answer["id"] for answer in answers] == ["good", None, None, "no url", "no file", "empty", "bytes", "good"]
    assert [bool(answer["error"]) for answer in answers] == [False, *[True] * 6, False]


def test_tag_needs_only_the_topics(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TOPIC)
    lines = [
        {"id": 1, "title": "A letter", "text": "Ankara wrote to NATO."},
        {"id": 2, "title": None, "text": "Ankara'dan NATO'ya mektup gitti.", "language": "tr"},
        {"id": 3, "title": "Other", "text": "Nothing of it."},
        {"id": 4},
    ]
    answers, result = run("tag", lines, "--config", str(path))
    assert result.exit_code == 1
    assert [answer["id"] for answer in answers] == [1, 2, 3, 4]
    assert answers[3]["error"] == "text: expected text"
    assert answers[2]["topics"] == []
    for answer, line in zip(answers[:2], lines, strict=False):
        (topic,) = _mappings(answer["topics"])
        assert topic["topic"] == "turkey-nato"
        assert 0 < float(str(topic["score"])) <= 1
        for evidence in _mappings(topic["evidence"]):
            field = str(line[str(evidence["field"])])
            assert field[int(str(evidence["from_char"])) : int(str(evidence["to_char"]))] == evidence["words"]


def test_link_answers_in_order_after_all_lines_were_read() -> None:
    text = " ".join(
        f"Sentence number {n} says that the harbour of town {n * 7} was closed for {n * 3} days." for n in range(30)
    )
    lines = [
        {
            "id": "b",
            "outlet": "copy",
            "title": "Later",
            "text": text,
            "published_at": "2026-03-03T10:00:00Z",
            "credits": [],
        },
        {
            "id": "x",
            "outlet": "other",
            "title": "Other",
            "text": "Nothing of the kind was written here by anybody at all.",
        },
        "broken\n",
        {
            "id": "a",
            "outlet": "first",
            "title": "Earlier",
            "text": text,
            "published_at": "2026-03-02T10:00:00Z",
            "credits": [],
        },
    ]
    answers, result = run("link", lines)
    assert result.exit_code == 1
    assert [answer.get("id") for answer in answers] == ["b", "x", None, "a"]
    assert (answers[0]["story"], answers[3]["story"], answers[1]["story"]) == ("a", "a", "x")
    assert answers[0]["origin"] == "a"
    (reprint,) = _mappings(answers[0]["reprints"])
    assert (reprint["source"], reprint["kind"], reprint["credited"]) == ("a", "verbatim", 0)
    assert answers[3]["reprints"] == []


def test_tag_without_a_configuration_says_what_is_missing(tmp_path: Path) -> None:
    _, result = run("tag", [], "--config", str(tmp_path / "none.toml"))
    assert result.exit_code == 2
    assert "no such file" in result.stderr


def _mappings(value: object) -> list[Mapping[str, object]]:
    assert isinstance(value, list)
    return value
