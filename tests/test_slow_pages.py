"""Pages made to be slow: four times the markup may cost little more than four times the time."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from crawler.extract import extract
from crawler.markup import read_page
from storage.errors import ExtractError
from storage.records import Capture, Outcome

PROSE = b"<p>The minister said on Monday that the port would be opened again in the spring, and work had begun.</p>" * 5
ALLOWED = 9.0  # four times is linear, sixteen times is quadratic; the rest is noise
LEAST = 0.05  # seconds; below, the machine is measured and not the page


def _stated(name: str, value: str) -> bytes:
    node = json.dumps({"@type": "NewsArticle", name: value})
    return f'<script type="application/ld+json">{node}</script>'.encode()


SLOW: dict[str, Callable[[int], bytes]] = {
    "deep divs": lambda n: b"<div>" * n + b"x" + b"</div>" * n,
    "empty elements": lambda n: b"<div></div>" * (4 * n),
    "scripts never closed, encoding unknown": lambda n: b"<script> \xe9 " * n,
    "tags never closed, encoding unknown": lambda n: b"\xe9 " + b"<" * (4 * n),
    "one line of marks": lambda n: b"<p>" + b"&lt;" * n + b"</p>",
    "one line of one word": lambda n: b"<p>" + b"a" * (10 * n) + b"</p>",
    "one short line again and again": lambda n: b"<p>he said.</p>" * n,
    "lines between breaks": lambda n: (
        b"<div>%s</div>" % b"<br>".join(b"line %d of them goes here" % i for i in range(n))
    ),
    "links in one line": lambda n: b"".join(b'<a href="/a/%d">story %d</a> ' % (i, i) for i in range(n)),
    "an author of dashes, stated": lambda n: _stated("author", "A" + "-" * n + "b"),
    "an author of commas, stated": lambda n: _stated("author", "A" + "," * n + "b"),
    "a day of letters, stated": lambda n: _stated("datePublished", "March" * n),
    "a headline of bars, stated": lambda n: _stated("headline", "A story " + "| " * n + "b"),
    "structured data behind spaces": lambda n: (
        b'<script type="application/ld+json">' + b" " * (4 * n) + b"{}]]></script>"
    ),
    "one line of spaces": lambda n: b"<p>x" + b" &nbsp;" * (4 * n) + b"x</p>",
}


@pytest.mark.parametrize("made", SLOW.values(), ids=SLOW.keys())
def test_a_page_costs_what_its_size_costs(made: Callable[[int], bytes]) -> None:
    once, four_times = _cost(made(2500)), _cost(made(10_000))
    assert four_times <= max(LEAST, once) * ALLOWED


@pytest.mark.parametrize(
    "markup",
    [
        b"<p>he said.</p>" * 20_001,
        b"<p>" + b"word " * 400_001 + b"</p>",
        b"<p>" + b"<span>a word or two </span>" * 50_001,
    ],
    ids=["lines", "characters", "elements"],
)
def test_a_page_far_larger_than_any_article_is_too_large(markup: bytes) -> None:
    with pytest.raises(ExtractError) as refused:
        extract(_page(PROSE + markup))
    assert refused.value.outcome is Outcome.TOO_LARGE


def test_names_of_megabytes_are_not_looked_at() -> None:
    page = read_page(_page(b'<div class="%s" id="text"><p class="lead">x</p></div>' % (b"a-b " * 500_000)))
    assert page
    assert [dict(element.attrib) for element in page.tree.iter("div", "p")] == [{"id": "text"}, {"class": "lead"}]


def test_control_characters_do_not_cost_the_text() -> None:
    article = extract(_page(PROSE.replace(b"minister said", b"minister\x0b said&#8;&#x1f;&#65535;")))
    assert article.text.count("The minister said on Monday") == 1
    assert not {"\x08", "\x0b", "\x1f", "\uffff"} & set(article.text)


def test_references_to_characters_above_the_controls_stay() -> None:
    article = extract(
        _page(PROSE + b"<p>The harbour&#39;s new quay is &#8222;the longest&#x201c; of the whole coast, he said.</p>")
    )
    assert "harbour's new quay is „the longest“ of" in article.text


def _cost(markup: bytes) -> float:
    page = _page(PROSE + markup + PROSE)
    start = time.process_time()
    extract(page)
    return time.process_time() - start


def _page(markup: bytes) -> Capture:
    body = b"<html><title>Port opens again</title><article><h1>Port opens again</h1>" + markup + b"</article></html>"
    url = "https://news.example/port"
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Capture(
        requested_url=url, url=url, fetched_at=now, status=200, headers=(("Content-Type", "text/html"),), body=body
    )
