"""Front and section pages to links, next page and feeds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import Listing, links_from_page, links_of
from crawler.shapes import Shapes
from storage.records import Link, Outlet

URL = "https://example.org/section/world/"
OUTLET = Outlet(id="example", name="Example", url="https://example.org/", hosts=("news.example.net",))
HEADLINE = "Ministers meet in Ankara over the fleet"
SECTIONS = ("world", "politics", "sport", "culture")


def page(main: str, *, nav: str = "", head: str = "") -> bytes:
    menu = "".join(f'<li><a href="/section/{name}/">{name.title()}</a></li>' for name in SECTIONS)
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body><header><nav><ul>{menu}{nav}</ul></nav></header>"
        f'<main><h1>World</h1>{main}</main><footer><a href="/imprint-and-legal-notes">Imprint and legal notes of ours</a></footer>'
        "</body></html>"
    ).encode()


def teaser(href: str, text: str = HEADLINE) -> str:
    return f'<article><h3><a href="{href}">{text}</a></h3><p>Something.</p></article>'


def found(body: bytes, known: tuple[str, ...] = ()) -> list[str]:
    listing = links_from_page(body, URL, outlet=OUTLET, known=known)
    return [link.url.removeprefix("https://example.org") for link in listing.links]


def test_a_section_page() -> None:
    body = page(teaser("/2026/05/14/fleet-1") + '<a rel="next" href="?page=2">Older</a>')
    assert links_of(body, URL, "section", outlet=OUTLET) == Listing(
        kind="section",
        links=(
            Link(
                url="https://example.org/2026/05/14/fleet-1",
                outlet="example",
                found_in=URL,
                basis="page",
                title=HEADLINE,
            ),
        ),
        next_page="https://example.org/section/world/?page=2",
    )


@pytest.mark.parametrize(
    "href",
    ["/?p=123", "/turkey-and-nato", "/nato", "/news/12345", "/haber/türkiye-nato-zirvesi", "/a.html?id=5", "/weather/storm-kills-3",
     "https://www.example.org/2026/05/14/fleet", "https://news.example.net/fleet-leaves-port", "/новости/флот-вышел-в-море"],
)  # fmt: skip
def test_articles_whatever_their_address(href: str) -> None:
    assert len(found(page(teaser(href)))) == 1


@pytest.mark.parametrize(
    ("href", "text"),
    [
        pytest.param("/section/world/", HEADLINE, id="the page itself"),
        pytest.param("/", HEADLINE, id="the front page"),
        pytest.param("/section/world/?page=7", HEADLINE, id="a page of the list"),
        pytest.param("/author/ann-other-1234", "Ann Other", id="an author"),
        pytest.param("/tag/turkey-and-nato-relations", "Turkey and NATO", id="a tag"),
        pytest.param("/login?id=5", "Log in to read all of our news", id="a login"),
        pytest.param("https://other.org/2026/05/14/fleet-leaves-port", HEADLINE, id="another outlet"),
        pytest.param("/2026/05/14/fleet-leaves-port.jpg", HEADLINE, id="a picture"),
        pytest.param("mailto:news@example.org", HEADLINE, id="no page"),
        pytest.param("#top", HEADLINE, id="a place on the page"),
        pytest.param("/middle-east", "Middle East", id="a section"),
        pytest.param("http://[::1/a", HEADLINE, id="no address"),
    ],
)
def test_what_is_no_article(href: str, text: str) -> None:
    assert found(page(teaser(href, text))) == []


def test_menus_and_footers_are_no_articles() -> None:
    closed = '<li><a href="/private/archive/2026/the-private-archive-of-ours-12345.html">Archive</a></li>'
    body = page('<div class="site-menu"><a href="/us-and-canada">US &amp; Canada</a></div>', nav=closed)
    assert found(body) == []


def test_a_headline_in_a_list_called_menu_is_found() -> None:
    assert found(page(f'<div class="news-menu">{teaser("/2026/05/14/fleet-leaves-port")}</div>')) == [
        "/2026/05/14/fleet-leaves-port"
    ]


def test_links_of_one_article_are_one_with_its_headline() -> None:
    links = f'<a href="/fleet-leaves-port?utm_source=x"><img alt=""></a><h2><a href="/fleet-leaves-port">{HEADLINE}</a></h2>'
    listing = links_from_page(page(links + '<a href="/fleet-leaves-port#comments">12 comments</a>'), URL, outlet=OUTLET)
    assert [link.title for link in listing.links] == [HEADLINE]


def test_the_headline_of_a_card_is_its_heading() -> None:
    card = f'<a class="card" href="/fleet-leaves-port"><span>World</span><h3>{HEADLINE}</h3><p>The fleet left. </p></a>'
    assert [link.title for link in links_from_page(page(card), URL, outlet=OUTLET).links] == [HEADLINE]


def test_a_picture_with_a_telling_address_is_found_without_title() -> None:
    (link,) = links_from_page(
        page('<article><a href="/fleet-leaves-port-12345"><img></a></article>'), URL, outlet=OUTLET
    ).links
    assert link.title is None


def test_a_parameter_called_like_an_entity() -> None:
    assert found(page(teaser("/?id=123&copy=2&sect=3&amp;lang=tr"))) == ["/?id=123&copy=2&sect=3&lang=tr"]


def test_scripts_without_spaces_have_headlines_too() -> None:
    assert found(page(teaser("/a1", "海军舰队今晨离开港口驶向外海"))) == ["/a1"]


def test_base_element_and_old_encodings() -> None:
    body = page(teaser("fleet-leaves-port", "Şimdi Ankara'dan ayrıldı"), head='<base href="/haber/">')
    body = body.decode().replace("utf-8", "windows-1254").encode("cp1254")
    listing = links_from_page(body, URL, outlet=OUTLET)
    found = [(link.url, link.title) for link in listing.links]
    assert found == [("https://example.org/haber/fleet-leaves-port", "Şimdi Ankara'dan ayrıldı")]


KNOWN = tuple(f"example.org/n/{number}" for number in range(40, 60))


def test_known_addresses_teach_what_their_like_are() -> None:
    body = page('<ul><li><a href="/n/77">Short</a></li><li><a href="/x/77">Short</a></li></ul>')
    assert found(body) == []
    assert found(body, KNOWN) == ["/n/77"]


def test_known_addresses_speak_against_other_shapes() -> None:
    body = page('<h3><a href="/club">Join the club of our readers today</a></h3>' + teaser("/turkey-and-nato"))
    assert found(body) == ["/club", "/turkey-and-nato"]
    assert found(body, (*KNOWN, "example.org/turkey-and-eu")) == ["/turkey-and-nato"]


def test_a_plain_word_path_is_known_only_under_a_known_folder() -> None:
    shapes = Shapes([f"example.org/story/{word}" for word in ("a", "b", "c", "d", "e", "f", "g", "h")])
    assert shapes.has("https://example.org/story/word")
    assert not shapes.has("https://example.org/section/word")


def test_a_slug_is_like_other_slugs() -> None:
    assert Shapes(["example.org/turkey-and-eu"]).has("https://example.org/turkey-and-nato")


def test_an_outlet_whose_host_is_not_ascii() -> None:
    outlet = Outlet(id="x", name="X", url="https://www.пример.рф/")
    body = page(teaser("https://пример.рф/флот-вышел-в-море"))
    listing = links_from_page(body, "https://www.пример.рф/", outlet=outlet)
    assert [link.url.partition("/%")[0] for link in listing.links] == ["https://xn--e1afmkfd.xn--p1ai"]


def test_a_new_section_is_no_surprise_where_there_are_many() -> None:
    shapes = Shapes([f"example.org/{word}/{word}-{number}-{number}" for word in SECTIONS for number in (1, 2)])
    assert shapes.has("https://example.org/science/one-two-three")
    assert not shapes.has("https://example.org/science/one")


@pytest.mark.parametrize("path", ["/2026/05/14/", "/2026/05", "/archive/2026-05-14", "/20260514", "/news/2026", "/?m=202605", "/?cat=5",
                                  "/calendar/2026/5/14.html", "/events/?tribe-bar-date=2026-05-14"])  # fmt: skip
@pytest.mark.parametrize(
    "known", [(), tuple(f"example.org/{n}/a-b-c" for n in range(9)), tuple(f"example.org/n/{n}" for n in range(9))]
)
def test_the_days_of_a_calendar_are_no_articles(path: str, known: tuple[str, ...]) -> None:
    assert found(page(f'<article class="entry"><a href="{path}">14 May</a></article>'), known) == []


def test_where_articles_are_addressed_as_days_days_are_articles() -> None:
    known = tuple(f"example.org/digest/2026/05/{n}" for n in range(10, 20))
    assert found(page(teaser("/digest/2026/05/14")), known) == ["/digest/2026/05/14"]


TIME = '<time datetime="2026-05-14T10:00:00+03:00">today</time>'


@pytest.mark.parametrize(
    ("markup", "day"),
    [
        pytest.param(f"<article>{{}}{TIME}</article>", "2026-05-14", id="beside it"),
        pytest.param(f"<article>{{}}{TIME}{TIME}</article>", None, id="two times"),
        pytest.param(f"<div>{TIME}{{}}<h3><a href='/another-story-of-today'>Another story of today, told at length</a></h3></div>", None,
                     id="of two articles"),
        pytest.param("<article>{}<time>14 May</time></article>", None, id="not for machines"),
        pytest.param(f"<article>{{}}{TIME.replace('<time', '<time class=updated')}</article>", None, id="of an edit"),
        pytest.param(f"<article>{{}}<p>{TIME}</p></article><article>{TIME}</article>", "2026-05-14", id="each its own"),
    ],
)  # fmt: skip
def test_the_time_beside_a_teaser(markup: str, day: str | None) -> None:
    headline = f'<h3><a href="/fleet-leaves-port">{HEADLINE}</a></h3>'
    link = links_from_page(page(markup.format(headline)), URL, outlet=OUTLET).links[0]
    assert (link.published.day if link.published else None) == day
    assert link.published is None or link.published.basis == "page"


def test_a_next_page_is_the_outlets_own() -> None:
    for href in ("https://other.org/page/2", URL, "javascript:x"):
        assert links_from_page(page(f'<a rel="next" href="{href}">Older</a>'), URL, outlet=OUTLET).next_page is None


def test_no_markup_is_said() -> None:
    assert links_from_page(b" ", URL, outlet=OUTLET).problem == "no markup in the answer"


def test_deep_pages_are_read_and_bottomless_ones_said() -> None:
    assert found(page("<div>" * 600 + teaser("/fleet-leaves-port"))) == ["/fleet-leaves-port"]
    listing = links_from_page(page(teaser("/fleet-leaves-port") + "<div>" * 9000), URL, outlet=OUTLET)
    assert len(listing.links) == 1
    assert (listing.problem or "").startswith("read in part: Excessive depth")


@pytest.mark.parametrize(
    ("markup", "feeds"),
    [
        pytest.param('<link rel="alternate" type="application/rss+xml" href="/feed.xml">', ("https://example.org/feed.xml",), id="RSS"),
        pytest.param('<link rel="ALTERNATE feed" type="application/atom+xml; x=1" href="a"><link rel=alternate type=application/feed+json '
                     'href="https://f.org/j">', ("https://example.org/section/world/a", "https://f.org/j"), id="Atom and JSON"),
        pytest.param('<link rel="alternate" type="application/rss+xml" title="Comments feed" href="/c">'
                     '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
                     '<link rel="alternate" type="application/json+oembed" href="/o"><link rel=alternate hreflang=tr href=/tr/>', (),
                     id="comments, oEmbed, languages"),
        pytest.param('<a href="/rss/news.xml">RSS</a><a href="/feeding-time">x</a>', ("https://example.org/rss/news.xml",), id="linked"),
        pytest.param('<LINK REL="Alternate" TYPE="TEXT/XML" HREF="/rss"><link rel=alternate type=application/json href=/wp-json/1>'
                     '<link rel=alternate type=application/json href=/feed.json>',
                     ("https://example.org/rss", "https://example.org/feed.json"), id="vague types"),
        pytest.param('<a href="feed:https://example.org/rss.xml">x</a><a href="feed://example.org/atom">x</a><a href="/?feed=rss2">x</a>'
                     '<a href="https://feedly.com/i/subscription/feed/https://example.org/rss">x</a><a href="/comments/feed/">x</a>',
                     ("https://example.org/rss.xml", "http://example.org/atom", "https://example.org/?feed=rss2"), id="linked in odd ways"),
        pytest.param("", (), id="none"),
    ],
)  # fmt: skip
def test_feeds_a_page_names(markup: str, feeds: tuple[str, ...]) -> None:
    body = page("", head=markup) if "<link" in markup.lower() else page(markup)
    assert links_from_page(body, URL, outlet=OUTLET).feeds == feeds


MARKUP = st.lists(
    st.sampled_from(
        [b"<a href=", b"'/x?p=1'", b">", b"<h2>", b"</a>", b"<nav>", b"<base href='http://[::1'>", b"<link rel=next href=//>", b"text of it ",
         b"\0", b"<!--", b"-->", b"<article>", b"&#xD800;", b"\xff\xfe", b"<?x", b"<html>", b"<a href='http://xn--/'>"]
    ) | st.binary(max_size=4),
    max_size=25,
).map(b"".join)  # fmt: skip


@given(MARKUP | st.binary(), st.lists(st.text(), max_size=3))
def test_no_bytes_make_it_raise(body: bytes, known: list[str]) -> None:
    links_from_page(body, URL, outlet=OUTLET, known=known)
    links_from_page(body, "no address", outlet=OUTLET)
