"""`cuttings extract`, `tag` and `link` over JSON Lines."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scheduler.cli import cli
from scheduler.filters import tag_lines

ROOT = Path(__file__).resolve().parents[1]
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
    text = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
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
        b"not json\n",
        b"[1]\n",
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
        b"broken\n",
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


GOOD = {"id": "good", "outlet": "a", "url": "https://a.example/1", "title": "A letter", "text": "Ankara wrote to NATO."}
GOOD |= {"html": PAGE, "language": "en"}
DEEP = b"[" * 100_000 + b"\n"
BAD_LINES = {
    "null byte in a path": ("extract", {"id": 1, "url": "https://a.example/1", "path": "a\0b"}, "null byte"),
    "nested too deeply, extract": ("extract", DEEP, "nested too deeply"),
    "nested too deeply, tag": ("tag", DEEP, "nested too deeply"),
    "nested too deeply, link": ("link", DEEP, "nested too deeply"),
    "half a pair in html": ("extract", {**GOOD, "id": 1, "html": "<p>\ud800</p>"}, "html: half of a surrogate pair"),
    "half a pair in text, tag": ("tag", {**GOOD, "id": 1, "text": "Ankara \ud800"}, "text: half of a surrogate pair"),
    "half a pair in text, link": ("link", {**GOOD, "id": 1, "text": "Ankara \ud800"}, "(character 8)"),
    "half a pair in an outlet": ("link", {**GOOD, "id": 1, "outlet": "\udfff"}, "outlet: half of a surrogate pair"),
    "not UTF-8, extract": ("extract", b'{"id": 1, "url": "\xff"}\n', "not UTF-8 (character 19)"),
    "not UTF-8, tag": ("tag", b'{"id": 1, "text": "\xfcber"}\n', "not UTF-8"),
    "not UTF-8, link": ("link", b'{"id": 1, "outlet": "a", "text": "\xfcber"}\n', "not UTF-8"),
    "language a list": ("tag", {**GOOD, "id": 1, "language": ["x"]}, "language: expected text"),
    "title a table": ("tag", {**GOOD, "id": 1, "title": {"a": 1}}, "title: expected text"),
    "title a number": ("link", {**GOOD, "id": 1, "title": 5}, "title is a string or null"),
    "content type a number": ("extract", {**GOOD, "id": 1, "content_type": 7}, "content_type: expected text"),
    "outlet a number": ("link", {**GOOD, "id": 1, "outlet": 5}, "outlet is a string or null"),
    "credits a text": ("link", {**GOOD, "id": 1, "credits": "TASS"}, "credits is a list"),
    "confidence not a number": ("link", {**GOOD, "id": 1, "credits": [{"name": "A", "confidence": float("nan")}]}, "confidence"),
    "time before the first year": ("link", {**GOOD, "id": 1, "published_at": "0001-01-01T00:00:00+10:00"}, "years 1 to 9999"),
}  # fmt: skip


@pytest.mark.parametrize(("word", "bad", "said"), BAD_LINES.values(), ids=BAD_LINES)
def test_what_once_ended_a_filter_gets_an_error(word: str, bad: object, said: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TOPIC)
    (answer, good), result = run(word, [bad, GOOD], "--config", str(path))
    assert result.exit_code == 1
    assert said in str(answer["error"])
    assert answer["id"] == (None if bad is DEEP else 1)
    assert (good["id"], good.get("error")) == ("good", None)


def test_a_damaged_gzip_file_gets_an_error(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(PAGE.encode()))
    packed[10] ^= 0xFF
    (tmp_path / "page").write_bytes(packed)
    (answer,), result = run("extract", [{"id": 1, "url": "https://a.example/1", "path": str(tmp_path / "page")}])
    assert result.exit_code == 1
    assert "broken gzip" in str(answer["error"])


@pytest.mark.parametrize("word", ["extract", "tag", "link"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_an_id_that_is_no_text_comes_out_as_it_was_written(word: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(TOPIC)
    lines = [{**GOOD, "id": "\ud800"}, {**GOOD, "id": "Füze", "text": "Other."}]
    done = subprocess.run(
        [sys.executable, "-c", "from scheduler.cli import cli; cli()", word], cwd=tmp_path, check=False, capture_output=True,
        input="".join(json.dumps(line) + "\n" for line in lines).encode(),
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.decode().splitlines()] == ["\ud800", "Füze"]


def test_workers_read_no_further_ahead_than_they_need() -> None:
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        for read in range(1, 1001):
            yield json.dumps({"id": read, "text": "x"})

    answers = tag_lines(lines(), (), workers=2)
    first = json.loads(next(answers)[0])
    assert read <= 100
    assert [first["id"], *(json.loads(line)["id"] for line, _ in answers)] == list(range(1, 1001))


def _mappings(value: object) -> list[Mapping[str, object]]:
    assert isinstance(value, list)
    return value
