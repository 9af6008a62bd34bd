"""Pages of one article → one article: in order, nothing twice, what each page says beside its text kept."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.joining import joined, same_headline, with_page, without_whole
from crawler.pager import MOST_PAGES
from storage.records import Article, Credit, Paging

URL = "https://paper.example/2026/ferry"
LONG = "The ferry to the island left as always, half empty, with a brass band on deck that knew three tunes in all."
OTHER = "Children skate where trawlers once lay, he told visitors, while gulls quarrel over chips outside every door."
THIRD = "The mayor will bring a map on which the old quays are drawn in ink, and the new ones in pencil, to be safe."
FOOT = "© The Gazette, the harbour paper"

JOINED = {
    "in order": ([LONG], [OTHER], [LONG, OTHER]),
    "a paragraph is printed again behind the break": ([LONG, OTHER], [OTHER, THIRD], [LONG, OTHER, THIRD]),
    "every page begins with the headline and the standfirst": (
        ["A ferry", "Old boats", LONG],
        ["A ferry", "Old boats", OTHER],
        ["A ferry", "Old boats", LONG, OTHER],
    ),
    "every page ends with one line": ([LONG, FOOT], [OTHER, FOOT], [LONG, OTHER, FOOT]),
    "a box stands on every page": ([LONG, THIRD], [OTHER, THIRD, FOOT], [LONG, THIRD, OTHER, FOOT]),
    "short lines may come twice": ([LONG, "He said.", OTHER], [THIRD, "He said.", FOOT], [LONG, "He said.", OTHER, THIRD, "He said.", FOOT]),
    "the same page again": ([LONG, OTHER], [LONG, OTHER], [LONG, OTHER]),
    "a part of it again": ([LONG, OTHER], [OTHER], [LONG, OTHER]),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second", "expected"), JOINED.values(), ids=JOINED)
def test_texts_are_joined_without_what_is_printed_twice(
    first: list[str], second: list[str], expected: list[str]
) -> None:
    assert joined("\n\n".join(first), "\n\n".join(second)).split("\n\n") == expected


def page(number: int, text: str, paging: Paging | None = None) -> Article:
    url = URL if number == 1 else f"{URL}?page={number}"
    return Article(
        url=url, requested_url=url, title="A ferry", text=text, text_status="truncated", outlet="paper", paging=paging
    )


def claim(name: str, words: str) -> Credit:
    return Credit(name=name, role="republication", kind="credit_line", words=words, rule="line", confidence=0.9)


def test_what_later_pages_say_beside_the_text_is_kept() -> None:
    wire, agency = claim("The Wire", "Source: The Wire"), claim("Agency", "Agency")
    first = replace(page(1, LONG * 2, Paging(following=f"{URL}?page=2")), credits=(wire,))
    early, late = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    last = replace(
        page(2, OTHER * 2),
        authors=("Ayşe Kaya",),
        credits=(claim("The Wire", "The Wire"), agency),
        modified_at=late,
    )
    assert with_page(replace(first, modified_at=early), last) == replace(
        first,
        authors=("Ayşe Kaya",),
        text=f"{LONG * 2}\n\n{OTHER * 2}",
        text_status="full",
        credits=(wire, agency),
        modified_at=late,
        pages=2,
        paging=None,
    )


def test_the_twentieth_page_is_the_last_and_the_text_is_cut() -> None:
    article = page(1, LONG, Paging(following=f"{URL}?page=2"))
    for number in range(2, MOST_PAGES + 1):
        assert article.paging is not None
        article = with_page(article, page(number, f"{OTHER} {number}", Paging(following=f"{URL}?page={number + 1}")))
    assert (article.paging, article.text_status, len(article.text.split("\n\n"))) == (None, "truncated", MOST_PAGES)


def test_a_page_asked_before_is_not_asked_again() -> None:
    first = page(1, LONG * 3, Paging(following=f"{URL}?page=2"))
    assert with_page(first, page(2, OTHER * 3, Paging(following=URL))).paging is None


@pytest.mark.parametrize("view", [OTHER, LONG, f"{LONG}\n\n{OTHER}"], ids=["another text", "no more", "goes on"])
def test_a_view_that_has_not_the_whole_text_is_left_out(view: str) -> None:
    whole = f"{URL}?page=all"
    first = page(1, LONG, Paging(following=f"{URL}?page=2", whole=whole))
    paging = Paging(following=f"{URL}?page=2") if view.startswith(f"{LONG}\n") else None
    given = replace(page(1, view, paging), url=whole, requested_url=whole)
    left = without_whole(first)
    assert with_page(first, given) == left
    assert left.paging == Paging(following=f"{URL}?page=2", read=(whole,))


def test_a_page_under_another_headline_is_another_article() -> None:
    first = page(1, LONG * 3, Paging(following=f"{URL}?page=2"))
    other = replace(page(2, OTHER * 3, Paging(following=f"{URL}?page=3")), title="Gulls at the harbour")
    assert with_page(first, other) == replace(first, text_status="full", paging=Paging())


HEADLINES = {
    "the page's number": ("A ferry to the island", "A ferry to the island – Page 2 of 3", True),
    "each its number": ("A ferry to the island (1/3)", "A ferry to the island (2/3)", True),
    "the paper's name": ("A ferry to the island", "A Ferry to the Island | The Gazette", True),
    "none": ("A ferry to the island", None, True),
    "numbered briefs": ("Morning brief 1", "Morning brief 2", False),
    "the first and the twelfth brief": ("Morning brief 1", "Morning brief 12", False),
    "another": ("A ferry to the island", "Gulls at the harbour", False),
}


@pytest.mark.parametrize(("first", "second", "same"), HEADLINES.values(), ids=HEADLINES)
def test_pages_have_one_headline_but_for_their_number(first: str, second: str | None, same: bool) -> None:
    assert same_headline(first, second) is same
