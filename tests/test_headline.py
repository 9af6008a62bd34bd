"""The headline as printed, whatever else a page puts into its headings, cards and title."""

import pytest
from field_pages import page_of, read

from storage.records import Link, Outlet

HEADLINE = "Old port opens again in spring"
OUTLET = Outlet(
    id="courier", name="Harbour Courier", url="https://news.example/", aliases=("Χάρμπορ Κούριερ", "Портовый курьер")
)


def title_of(
    heading: str = f"<h1>{HEADLINE}</h1>",
    *,
    title: str = HEADLINE,
    og: str = "",
    head: str = "",
    link: Link | None = None,
) -> str | None:
    card = f'<meta property="og:title" content="{og}">' if og else ""
    site = '<meta property="og:site_name" content="Harbour Courier">'
    return read(page_of(heading=heading, title=title, head=site + card + head), outlet=OUTLET, link=link).title


@pytest.mark.parametrize(
    "heading",
    [
        f"<h1>Harbour Courier</h1><h2>{HEADLINE}</h2>",
        f"<h1><a href='/'>Harbour Courier</a></h1><h1>{HEADLINE}</h1>",
        f"<h1>World</h1><h1>{HEADLINE}</h1>",
        f"<h1 style='display:none'>Harbour Courier | News</h1><h1>{HEADLINE}</h1>",
        f"<h1 class='logo'><img alt='Harbour Courier'></h1><h1>{HEADLINE}</h1>",
        f"<h1><span class='kicker'>Harbours</span> {HEADLINE}</h1>",
        f"<h1><span class='kicker'>Harbours:</span><br>{HEADLINE}</h1>",
        f"<h1>{HEADLINE}<small>Work on the quay has begun at last</small></h1>",
        f"<h1>{HEADLINE}</h1><h1>Most read</h1><h1>Comments</h1>",
        f"<h2>{HEADLINE}</h2><h2>Most read</h2>",
        f"<div class='title'>{HEADLINE}</div>",
    ],
)
def test_other_words_in_headings_are_left_out(heading: str) -> None:
    assert title_of(heading, title=f"{HEADLINE} - Harbour Courier", og=HEADLINE) == HEADLINE


@pytest.mark.parametrize(
    "separator",
    [" - ", " – ", " — ", " | ", "|", " :: ", " » ", " · ", " • ", " : ", " / ", " ‹ ", " ~ ", " ｜ ", "｜"],
)
def test_the_site_s_name_goes_whatever_parts_it_off(separator: str) -> None:
    for title in (f"{HEADLINE}{separator}Harbour Courier", f"Harbour Courier{separator}{HEADLINE}"):
        assert title_of("", title=title) == HEADLINE
        assert title_of("", title="x", og=title) == HEADLINE


@pytest.mark.parametrize(
    "title",
    [
        f"{HEADLINE} | News | Harbour Courier",
        f"{HEADLINE} - Harbours - Harbour Courier",
        f"{HEADLINE} - Портовый курьер",
        f"{HEADLINE} | Χάρμπορ Κούριερ",
        f"{HEADLINE} | news.example",
        f"{HEADLINE} | Harbour Courier | All the news of the coast",
    ],
)
def test_a_title_s_tail_of_section_and_site_goes(title: str) -> None:
    assert title_of(title=title, og=title) == HEADLINE


@pytest.mark.parametrize(
    ("heading", "title", "og"),
    [
        (
            f"<h1>{HEADLINE}</h1>",
            "You will not believe what this port does",
            "You will not believe what this port does",
        ),
        (f"<h1>{HEADLINE}</h1>", "Old port opens ag... - Harbour Courier", "Old port opens ag..."),
        (f"<h1>{HEADLINE}</h1>", "", ""),
        ("", f"{HEADLINE} - Harbour Courier", ""),
        ("", "x", HEADLINE),
    ],
)
def test_the_printed_one_is_believed_first(heading: str, title: str, og: str) -> None:
    assert title_of(heading, title=title, og=og) == HEADLINE


def test_a_feed_s_other_wording_does_not_replace_the_printed_one() -> None:
    link = Link(
        url="https://news.example/port", outlet="courier", found_in="f", title="Spring: the old port is open again"
    )
    assert title_of(link=link) == HEADLINE
    assert title_of("", title="x", link=link) == link.title


def test_a_dash_within_a_headline_stays() -> None:
    for headline in (
        "Harbour - a place to live",
        "Port: work has begun",
        "Old port | new port",
        "Courier service opens - at last",
        "What stands in __port__.py",
    ):
        assert title_of(f"<h1>{headline}</h1>", title=f"{headline} - Harbour Courier", og=headline) == headline
