"""What stands in other blocks than the text is left out: teasers, captions, notices, and what is listed behind it."""

import pytest
from lxml import html
from test_extract import PROSE, page_of, read

from crawler.markup import lines
from crawler.mending import mended

TEXT = [f"Day {n}. {PROSE * 2}".strip() for n in range(6)]


def body(inside: str) -> list[str]:
    return read(page_of(f"<h1>Talks on delivery go on</h1><div class='body'>{inside}</div>")).text.split("\n\n")


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p class='par'>{text}</p>" for text in texts)


TEASER = (
    '<div class="inset"><div class="where"><a href="/s">World</a></div><div><a href="/x">What the crates were for, in ten maps</a>'
    '<div><p class="sum">The crates came from three harbours, and nobody has said who paid for them or why.</p></div></div></div>'
)
PICTURE = '<div class="wide"><img src="/a.jpg"><p>Crates at the depot are counted by two inspectors on Tuesday morning.</p></div>'
NOTICE = "<div class='tip{}'><p>You can save this story for later when you have signed in.</p></div>"


@pytest.mark.parametrize("other", [TEASER, PICTURE], ids=["teaser", "picture"])
def test_a_block_among_the_text_that_is_of_another_kind_is_left_out(other: str) -> None:
    assert body(paragraphs(TEXT[:2]) + other + paragraphs(TEXT[2:4]) + other + paragraphs(TEXT[4:])) == TEXT


def test_a_notice_said_in_many_blocks_is_no_text() -> None:
    notices = "".join(NOTICE.format(n) for n in range(5))
    assert body(paragraphs(TEXT) + notices) == TEXT


@pytest.mark.parametrize(
    "heading",
    [
        "Our latest stories",
        "Weitere Artikel zum Thema",
        "Новости по теме",
        "Wasze komentarze (11)",
        "相关新闻",
        "Most read",
    ],
)
def test_a_heading_of_other_things_ends_the_text(heading: str) -> None:
    others = "".join(
        f'<li><h3><a href="/{n}">Ship {n} is late</a></h3><h4>Ship {n} has been seen far off the coast, a fisherman said on Monday.</h4></li>'
        for n in range(4)
    )
    assert body(f"{paragraphs(TEXT)}<div><h3>{heading}</h3><ul>{others}</ul></div>") == TEXT


def test_text_goes_on_behind_a_heading_of_other_things() -> None:
    box = "<h3>Related stories</h3><ul><li>The harbour of the north has closed for the winter, as every year.</li></ul>"
    found = body(paragraphs(TEXT[:4]) + box + paragraphs(TEXT[4:]))
    assert [text for text in found if text in TEXT] == TEXT


def test_quotations_and_lists_among_the_text_stay() -> None:
    quoted = '<blockquote><p>We have counted every crate in the depot and found none of them open, he wrote.</p>– <a href="/he">The inspector at the depot</a></blockquote>'
    listed = "<ul><li>Forty crates from the northern harbour</li><li>Twelve crates from the southern one</li></ul>"
    found = body(paragraphs(TEXT[:3]) + quoted + listed + paragraphs(TEXT[3:]))
    assert "Forty crates from the northern harbour" in found
    assert "We have counted every crate in the depot and found none of them open, he wrote." in " ".join(found)
    assert [text for text in found if text in TEXT] == TEXT


def test_text_behind_a_box_that_the_extractor_takes_for_the_end_comes_back() -> None:
    page = html.fromstring(f"<body><div class='body'>{paragraphs(TEXT[:3])}{TEASER}{paragraphs(TEXT[3:])}</div></body>")
    assert mended(TEXT[:3], lines(page)) == TEXT
