"""A floor under linking, on labelled cross-posts in random order, with no credits given. It only rises."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from storage.link_filter import link_articles

CROSSPOSTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "crossposts"
PART = 4  # one family in four: under 20 s; benchmarks/stories.py prints the figures of the whole set
STORY_F1, EXCERPT_RECALL, EXCERPT_PRECISION, ORIGIN = 0.99, 0.92, 0.90, 0.98

Lines = list[dict[str, Any]]


def read(name: str) -> Lines:
    path = CROSSPOSTS / name
    if not path.exists():
        pytest.skip(f"needs shared/data/crossposts/{name}, which is not part of the project")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def in_part(family: str) -> bool:
    return hashlib.sha256(family.encode()).digest()[0] % PART == 0


@pytest.fixture(scope="module")
def labelled() -> tuple[dict[str, dict[str, Any]], Lines]:
    """A part of the set: whole families, with the sources of its excerpts, and every series of traps."""
    truth = {line["id"]: line for line in read("truth.jsonl")}
    chosen = {t["family"] for t in truth.values() if in_part(t["family"]) or t["kind"].startswith("tmpl")}
    chosen |= {truth[t["src"]]["family"] for t in truth.values() if t["family"] in chosen and t["src"]}
    return (
        {id_: t for id_, t in truth.items() if t["family"] in chosen},
        [line for line in read("articles.jsonl") if truth[line["id"]]["family"] in chosen],
    )


def pairs(counts: Iterable[int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts)


def test_floor(labelled: tuple[dict[str, dict[str, Any]], Lines]) -> None:
    truth, articles = labelled
    links = {line["id"]: line for line in link_articles(articles)}
    both = pairs(Counter((truth[i]["family"], links[i]["story"]) for i in truth).values())
    said, true = (pairs(Counter(part).values()) for part in (
        (links[i]["story"] for i in truth), (truth[i]["family"] for i in truth),
    ))  # fmt: skip
    assert 2 * both / (said + true) >= STORY_F1
    assert both / said >= STORY_F1

    wanted = {(i, truth[t["src"]]["family"]) for i, t in truth.items() if t["rel"] == "partial"}
    excerpts = {
        (i, truth[row["source"]]["family"])
        for i, line in links.items()
        for row in line["reprints"]
        if row["kind"] == "excerpt" and truth[row["source"]]["family"] != truth[i]["family"]
    }
    assert len(wanted & excerpts) >= EXCERPT_RECALL * len(wanted)
    assert len(wanted & excerpts) >= EXCERPT_PRECISION * len(excerpts)

    sizes = Counter(t["family"] for t in truth.values())
    originals = [i for i, t in truth.items() if t["rel"] == "orig" and sizes[t["family"]] > 1]
    assert sum(links[i]["origin"] == i for i in originals) >= ORIGIN * len(originals)


def test_order_does_not_matter() -> None:
    articles = [line for line in read("articles.jsonl") if line["language"] in {"fr", "de"}][:250]
    results = []
    for seed in range(3):
        random.Random(seed).shuffle(articles)
        results.append(sorted(link_articles(articles), key=lambda line: str(line["id"])))
    assert results[0] == results[1] == results[2]


def test_reports_of_one_event_are_no_reprints() -> None:
    for pair in read("same_event_pairs.jsonl"):
        if pair["containment5"] >= 0.3:
            continue
        given = [
            {
                "id": side,
                "outlet": pair[side]["url"].split("/")[2],
                "title": pair[side]["title"],
                "text": pair[side]["text"],
            }
            for side in "ab"
        ]
        assert [line["reprints"] for line in link_articles(given)] == [[], []], pair["a"]["url"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param({"id": 1, "text": "x"}, id="no outlet"),
        pytest.param({"id": 1, "outlet": 7, "text": "x"}, id="outlet is no string"),
        pytest.param({"id": 1, "outlet": "a", "text": None}, id="no text"),
        pytest.param({"id": 1, "outlet": "a", "text": "x", "published_at": "yesterday"}, id="no time"),
        pytest.param({"id": 1, "outlet": "a", "text": "x", "credits": "AA"}, id="credits are no list"),
    ],
)
def test_a_line_that_cannot_be_done_stops_no_other(line: dict[str, Any]) -> None:
    good = {"id": {"any": "json"}, "outlet": "b", "title": None, "text": "y"}
    wrong, right = link_articles([line, good])
    assert set(wrong) == {"id", "error"}
    assert right == {
        "id": {"any": "json"},
        "story": {"any": "json"},
        "origin": None,
        "origin_basis": None,
        "reprints": [],
    }


def test_names_of_credits_resolve_against_the_given_outlets() -> None:
    text = " ".join(f"word{n}" for n in range(100))
    source = {"id": "b", "outlet": "TASS", "title": "T", "text": text, "published_at": "2025-01-01"}
    copies = [
        {
            "id": "a",
            "outlet": "x",
            "title": "T",
            "text": text,
            "published_at": "2025-01-01",
            "credits": [{"name": "tass"}],
        },
        {"id": "c", "outlet": "y", "title": "T", "text": text, "published_at": "2025-01-03T00:00Z", "credits": []},
        {"id": "d", "outlet": "z", "title": "T", "text": text, "published_at": "2025-01-04T00:00:00+03:00"},
    ]
    links = {line["id"]: line for line in link_articles([source, *copies])}
    assert {(line["story"], line["origin"], line["origin_basis"]) for line in links.values()} == {("a", "b", "credit")}
    assert {i: [row["credited"] for row in links[i]["reprints"]] for i in "abcd"} == {
        "a": [True], "b": [], "c": [False], "d": [None],
    }  # fmt: skip
