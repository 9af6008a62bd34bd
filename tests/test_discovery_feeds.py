"""Feeds of every kind, whole and broken, to links."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.discovery import links_from_feed, links_of
from storage.records import Link, Outlet, Stamp

URL = "https://feeds.example.org/x/feed.xml"
OUTLET = Outlet(id="example", name="Example", url="https://example.org/")
FEEDS = Path(__file__).resolve().parents[2] / "shared" / "data" / "feeds"
MALFORMED = ("705749c3b1bd02d8.xml", "b0e71155ca8a590c.xml")  # a bare ampersand; a script behind </rss>
shared = pytest.mark.skipif(not FEEDS.is_dir(), reason="the shared real feeds are not here")


def rss(items: str, *, channel: str = "", namespaces: str = "") -> bytes:
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {namespaces}><channel><title>E</title>{channel}'
    return f"{head}{items}</channel></rss>".encode()


def item(*, link: str = "https://example.org/a", more: str = "") -> str:
    return f"<item><title>One &amp;amp; two</title><link>{link}</link>{more}</item>"


def addresses(body: bytes) -> list[str]:
    return [link.url for link in links_from_feed(body, URL, outlet=OUTLET).links]


RSS20 = rss(
    item(more="<pubDate>Thu, 14 May 2026 23:35:00 -0500</pubDate><dc:creator>A. Writer</dc:creator>"),
    channel="<link>https://example.org/</link><language>en-gb</language><ttl>90</ttl>",
    namespaces='xmlns:dc="http://purl.org/dc/elements/1.1/"',
)
RSS091 = b'<rss version="0.91"><channel><item><title>Old</title><link>/old-1</link></item></channel></rss>'
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.org/"><title>E</title></channel>
 <item rdf:about="https://example.org/r"><title>R</title><link>https://example.org/r</link>
 <dc:date>2026-05-14T10:00:00+03:00</dc:date></item></rdf:RDF>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="tr"><title>E</title><link rel="next" href="?page=2"/>
 <entry><title type="html">&lt;b&gt;NATO&lt;/b&gt; &amp;amp; T\xc3\xbcrkiye</title><id>urn:x</id>
 <link rel="enclosure" href="https://example.org/a.mp3"/><link rel="alternate" href="/t"/>
 <published>2026-05-14T10:00:00Z</published><updated>2026-05-15T10:00:00Z</updated>
 <author><name>\xc3\x87a\xc4\x9fla</name></author></entry></feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "ru",
        "next_url": "https://example.org/feed?page=2",
        "items": [
            {
                "id": "1",
                "url": "/j",
                "title": "J",
                "date_published": "2026-05-14T10:00:00+03:00",
                "authors": [{"name": "N"}],
            },
            {"id": "https://example.org/k", "author": {"name": "M"}, "title": None},
            {"id": "no address"},
            "not an item",
        ],
    }
).encode()


def test_rss_link_is_read_whole() -> None:
    listing = links_from_feed(RSS20, URL, outlet=OUTLET, content_type="application/rss+xml")
    published = Stamp(
        at=datetime(2026, 5, 15, 4, 35, tzinfo=UTC), offset="-05:00", precision="second", basis="feed", day="2026-05-14"
    )
    assert listing.links == (
        Link(
            url="https://example.org/a",
            outlet="example",
            found_in=URL,
            title="One & two",
            published=published,
            authors=("A. Writer",),
            language="en",
        ),
    )
    assert (listing.kind, listing.problem, listing.ttl) == ("feed", None, timedelta(minutes=90))


def test_old_rss_and_rdf() -> None:
    assert addresses(RSS091) == ["https://feeds.example.org/old-1"]
    (link,) = links_from_feed(RDF, URL, outlet=OUTLET).links
    assert link.published is not None
    assert (link.url, link.published.at) == ("https://example.org/r", datetime(2026, 5, 14, 7, tzinfo=UTC))


def test_atom() -> None:
    listing = links_from_feed(ATOM, URL, outlet=OUTLET)
    (link,) = listing.links
    assert (link.url, link.title, link.authors) == ("https://feeds.example.org/t", "NATO & Türkiye", ("Çağla",))
    assert link.published is not None
    assert link.published.at == datetime(2026, 5, 14, 10, tzinfo=UTC)
    assert link.modified_at == datetime(2026, 5, 15, 10, tzinfo=UTC)
    assert listing.next_page == "https://feeds.example.org/x/feed.xml?page=2"


def test_an_atom_update_is_no_publication() -> None:
    (link,) = links_from_feed(re.sub(rb"<published>.*</published>", b"", ATOM), URL, outlet=OUTLET).links
    assert link.published is None
    assert link.modified_at == datetime(2026, 5, 15, 10, tzinfo=UTC)


def test_json_feed() -> None:
    listing = links_from_feed(JSON, URL, outlet=OUTLET)
    assert [(link.url, link.title, link.authors, link.language) for link in listing.links] == [
        ("https://feeds.example.org/j", "J", ("N",), "ru"),
        ("https://example.org/k", None, ("M",), "ru"),
    ]
    assert listing.problem == "2 of 4 items have no address"
    assert listing.next_page == "https://example.org/feed?page=2"


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        pytest.param(item(link="/a b"), ["https://feeds.example.org/a%20b"], id="relative, with a space"),
        pytest.param(item(link="example.org/a"), ["https://example.org/a"], id="lost its scheme"),
        pytest.param(item(link="?p=5&amp;q=1"), ["https://feeds.example.org/x/feed.xml?p=5&q=1"], id="query"),
        pytest.param(item(link="/?a=1&amp;copy=2"), ["https://feeds.example.org/?a=1&copy=2"], id="called like an entity"),
        pytest.param("<item><guid>https://example.org/g</guid></item>", ["https://example.org/g"], id="guid is a link"),
        pytest.param("<item><guid>12345</guid></item>", [], id="guid is a number"),
        pytest.param('<item><guid isPermaLink="false">https://example.org/g</guid></item>', ["https://example.org/g"],
                     id="guid that is an address all the same"),
        pytest.param(item(link="mailto:a@b.org"), [], id="no web address"),
        pytest.param(item() + item(), ["https://example.org/a"], id="the same twice"),
        pytest.param(item(more='<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://example.org/o</f:origLink>'),
                     ["https://example.org/o"], id="FeedBurner's original"),
    ],
)  # fmt: skip
def test_which_address_an_item_has(entry: str, found: list[str]) -> None:
    assert addresses(rss(entry)) == found


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("<![CDATA[A &amp; <i>B</i>]]>", "A & B"),
        ("It&amp;#8217;s", "It’s"),
        ("T&uuml;rkiye", "Türkiye"),
        ("\n  two\n lines ", "two lines"),
        ("", None),
    ],
)
def test_titles_are_plain_text(title: str, plain: str | None) -> None:
    body = rss(f"<item><title>{title}</title><link>https://example.org/a</link></item>")
    assert [link.title for link in links_from_feed(body, URL, outlet=OUTLET).links] == [plain]


def test_times_without_a_zone_are_the_outlets() -> None:
    outlet = Outlet(id="example", name="Example", url="https://example.org/", timezone="Europe/Istanbul")
    (link,) = links_from_feed(rss(item(more="<pubDate>2026-05-14 10:00:00</pubDate>")), URL, outlet=outlet).links
    assert link.published is not None
    assert link.published.at == datetime(2026, 5, 14, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("channel", "ttl"),
    [
        ("<ttl>0</ttl>", None),
        ("<ttl>x</ttl>", None),
        (
            '<s:updatePeriod xmlns:s="http://purl.org/rss/1.0/modules/syndication/">hourly</s:updatePeriod>',
            timedelta(hours=1),
        ),
    ],
)
def test_how_long_a_feed_stays(channel: str, ttl: timedelta | None) -> None:
    assert links_from_feed(rss("", channel=channel), URL, outlet=OUTLET).ttl == ttl


@pytest.mark.parametrize(
    ("body", "guid"),
    [
        pytest.param(rss(item(more="<guid isPermaLink='false'> tag:1 </guid>")), "tag:1", id="RSS"),
        pytest.param(
            rss(item(more="<guid>https://example.org/?p=1</guid>")), "https://example.org/?p=1", id="an address"
        ),
        pytest.param(rss(item()), None, id="none"),
        pytest.param(rss(item(more="<guid> </guid>")), None, id="empty"),
        pytest.param(rss(item(more=f"<guid>{'a' * 501}</guid>")), None, id="longer than any"),
        pytest.param(ATOM, "urn:x", id="Atom"),
        pytest.param(RDF, "https://example.org/r", id="RDF"),
        pytest.param(JSON, "1", id="JSON Feed"),
        pytest.param(b'{"items":[{"id":5,"url":"/a"}]}', "5", id="a number in JSON"),
    ],
)
def test_an_items_own_identifier(body: bytes, guid: str | None) -> None:
    assert links_from_feed(body, URL, outlet=OUTLET).links[0].guid == guid


@pytest.mark.parametrize(
    ("body", "url", "title"),
    [
        pytest.param('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
                     "<channel><title>E</title></channel><item><title>A</title><link>/a</link></item></rdf:RDF>", "/a", "A", id="RSS 0.90"),
        pytest.param('<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss.dtd">'
                     '<rss version="0.91"><channel><item><title>&eacute;t&eacute;</title><link>/a</link></item></channel></rss>',
                     "/a", "été", id="RSS 0.91 with its DTD"),
        pytest.param('<rss version="0.92"><channel><item><description>No title</description><link>/a</link></item></channel></rss>',
                     "/a", None, id="RSS 0.92"),
        pytest.param('<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped">A &amp;amp; B</title>'
                     '<link rel="alternate" type="text/html" href="/a"/><id>x</id></entry></feed>', "/a", "A & B", id="Atom 0.3"),
        pytest.param('<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/b/"><entry><title>A</title>'
                     '<link href="c"/></entry></feed>', "https://example.org/b/c", "A", id="xml:base"),
        pytest.param('<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><item><title>A</title>'
                     '<itunes:title>P</itunes:title><link>/a</link><enclosure url="https://example.org/a.mp3" type="audio/mpeg"/></item>'
                     "</channel></rss>", "/a", None, id="podcast"),
        pytest.param('<rss version="2.0"><channel><item><title>A</title><link type="text/html" href="/a"/></item></channel></rss>',
                     "/a", "A", id="a link with attributes"),
        pytest.param('<rss version="2.0"><channel><item><title>A</title><link><![CDATA[ https://example.org/a?b=1&c=2 ]]></link></item>'
                     "</channel></rss>", "https://example.org/a?b=1&c=2", "A", id="CDATA"),
        pytest.param('Warning: mysql <b>x</b><br>\n<?xml version="1.0"?><rss version="2.0"><channel><item><title>A</title><link>/a</link></item>'
                     "</channel></rss>", "/a", "A", id="a server's message before it"),
    ],
)  # fmt: skip
def test_dialects(body: str, url: str, title: str | None) -> None:
    (link,) = links_from_feed(body.encode(), "https://example.org/", outlet=OUTLET).links
    assert link.url == (url if url.startswith("http") else f"https://example.org{url}")
    assert title is None or link.title == title


def test_an_item_of_media_only_has_no_address() -> None:
    body = rss('<item><title>A</title><enclosure url="https://example.org/a.mp3" type="audio/mpeg"/></item>')
    assert links_from_feed(body, URL, outlet=OUTLET).problem == "1 of 1 items have no address"


def test_an_empty_feed_is_no_problem() -> None:
    assert links_from_feed(rss(""), URL, outlet=OUTLET).problem is None


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        pytest.param(b"", "the answer is empty", id="nothing"),
        pytest.param(b"<!DOCTYPE html><html><p>Sorry", "not a feed but an HTML page", id="html"),
        pytest.param(b"<opml version='2.0'><body/></opml>", "not a feed: the document is a <opml>", id="another XML"),
        pytest.param(b"hello", "not a feed: there is no markup in it", id="text"),
        pytest.param(b"{]", "malformed JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
                     id="broken JSON"),
        pytest.param(b'{"a": 1}', "not a feed: JSON without items", id="JSON"),
        pytest.param(b'{"items":' + b"[" * 100_000, "malformed JSON: maximum recursion depth exceeded", id="deep JSON"),
    ],
)  # fmt: skip
def test_what_is_no_feed_says_so(body: bytes, problem: str) -> None:
    listing = links_from_feed(body, URL, outlet=OUTLET)
    assert listing.links == ()
    assert (listing.problem or "").startswith(problem)


def test_half_an_address_is_not_a_link() -> None:
    body = rss(item() + item(link="https://example.org/another"))
    listing = links_from_feed(body[: body.index(b"other")], URL, outlet=OUTLET)
    assert [link.url for link in listing.links] == ["https://example.org/a"]
    assert (listing.problem or "").startswith("cut off before its end")


def test_a_malformed_item_costs_no_other() -> None:
    body = rss(item() + "<item><title>A & B <3</title><link>https://example.org/b</link></item>" + item(link="/c"))
    listing = links_from_feed(body, URL, outlet=OUTLET)
    assert [link.url for link in listing.links] == [
        "https://example.org/a", "https://example.org/b", "https://feeds.example.org/c",
    ]  # fmt: skip
    assert "malformed XML in line 1" in (listing.problem or "")


@pytest.mark.parametrize(
    "bug",
    [
        "<title>&#x110000;</title>",
        "<title>&#xD800;</title>",
        '<x:polygon xmlns:x="http://www.georss.org/georss">1 x</x:polygon>',
    ],
)
def test_an_item_that_breaks_the_parser_costs_no_other(bug: str) -> None:
    body = rss(
        f"{item()}<item>{bug}<link>https://example.org/b</link></item>{item(link='https://example.org/c')}<b>",
        channel="<x>",
    )
    listing = links_from_feed(body, URL, outlet=OUTLET)
    assert {"https://example.org/a", "https://example.org/c"} <= {link.url for link in listing.links}
    assert listing.problem


def test_gzip_is_undone_within_bounds() -> None:
    assert addresses(gzip.compress(RSS20)) == ["https://example.org/a"]
    listing = links_from_feed(gzip.compress(b" " * 50_000_000), URL, outlet=OUTLET, max_bytes=1_000_000)
    assert listing.problem == "longer than 1000000 bytes, the rest was not read; the answer is empty"


def test_entities_neither_explode_nor_open_files() -> None:
    entities = '<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = (
        bomb.encode()
        + rss("<item><title>t &i; &f;</title><link>https://example.org/a</link></item>").partition(b"?>")[2]
    )
    (link,) = links_from_feed(body, URL, outlet=OUTLET).links
    assert len(link.title or "") < 100
    assert "root" not in (link.title or "")


def test_a_long_feed_is_read_to_its_end() -> None:
    assert len(addresses(rss("".join(item(link=f"/{number}") for number in range(10_000))))) == 10_000


def test_a_feed_configured_as_a_feed() -> None:
    assert links_of(RSS20, URL, "feed", outlet=OUTLET).links == links_from_feed(RSS20, URL, outlet=OUTLET).links


def test_a_sitemap_configured_as_a_feed() -> None:
    body = b"<urlset><url><loc>https://example.org/a</loc></url></urlset>"
    listing = links_of(body, URL, "feed", outlet=OUTLET)
    assert (listing.kind, [link.url for link in listing.links]) == ("sitemap", ["https://example.org/a"])


def distinct(body: bytes) -> int:
    """Count the pages a feed names, without the parser under test."""
    if body.startswith(b"{"):
        return len({entry["url"] for entry in json.loads(body)["items"]})
    tree = etree.fromstring(body, etree.XMLParser(recover=True, resolve_entities=False))
    found = set()
    for entry in tree.iter("{*}item", "{*}entry"):
        links = [
            link.get("href") or link.text or ""
            for link in entry.iter("{*}link")
            if link.get("rel", "alternate") == "alternate"
        ]
        found.add(links[0].strip().partition("#")[0])
    return len(found)


@shared
@pytest.mark.parametrize("path", sorted(FEEDS.iterdir()) if FEEDS.is_dir() else [], ids=lambda path: path.name)
def test_every_real_feed_is_read_whole(path: Path) -> None:
    body = path.read_bytes()
    listing = links_from_feed(body, URL, outlet=OUTLET)
    assert len(listing.links) == distinct(body)
    assert (listing.problem is None) is (path.name not in MALFORMED)


MARKUP = st.lists(
    st.sampled_from(
        [b"<rss>", b"<channel>", b"<item>", b"</item>", b"<link>", b"http://b.org/", b"<entry>", b"<feed>", b"<title>", b"&x;", b"\0",
         b"<![CDATA[", b"]]>", b"<!DOCTYPE x [", b"\xff\xfe", b"<?xml version='1.0' encoding='x'?>", b"<guid>", b"{", b'"items":[', b"]}"]
    ) | st.binary(max_size=4),
    max_size=25,
).map(b"".join)  # fmt: skip


@given(MARKUP | st.binary())
def test_no_bytes_make_it_raise(body: bytes) -> None:
    links_from_feed(body, URL, outlet=OUTLET)
    links_from_feed(gzip.compress(body)[:-4], URL, outlet=OUTLET, content_type="text/xml; charset=koi8-r")
