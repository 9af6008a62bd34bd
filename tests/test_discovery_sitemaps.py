"""Sitemaps of every kind, whole and broken, and robots.txt, to links."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import Child, Listing, links_from_sitemap, links_of, robots_sitemaps
from storage.records import Link, Outlet, Stamp

URL = "https://example.org/sitemap.xml"
OUTLET = Outlet(id="example", name="Example", url="https://example.org/")
SITEMAPS = Path(__file__).resolve().parents[2] / "shared" / "data" / "sitemaps"
HEAD = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


def read(body: bytes | str) -> Listing:
    return links_from_sitemap(body.encode() if isinstance(body, str) else body, URL, outlet=OUTLET)


def urlset(entries: str) -> str:
    return f"{HEAD}{NEWS}>{entries}</urlset>"


def test_news_sitemap_entry_is_read_whole() -> None:
    listing = read(
        urlset(
            "<url><loc> https://example.org/a?x=1&amp;y=2 </loc><lastmod>2026-05-15T10:00:00Z</lastmod>"
            "<image:image><image:loc>https://example.org/i.jpg</image:loc><image:title>Not this</image:title></image:image>"
            "<news:news><news:publication><news:name>E</news:name><news:language>zh-cn</news:language></news:publication>"
            "<news:publication_date>2026-05-14T13:00:00+03:00</news:publication_date><news:title>One &amp;amp; two</news:title>"
            "</news:news></url>"
        )
    )
    published = Stamp(
        at=datetime(2026, 5, 14, 10, tzinfo=UTC), offset="+03:00", precision="second", basis="sitemap", day="2026-05-14"
    )
    assert listing == Listing(
        kind="news-sitemap",
        links=(
            Link(
                url="https://example.org/a?x=1&y=2",
                outlet="example",
                found_in=URL,
                basis="sitemap",
                title="One & two",
                published=published,
                modified_at=datetime(2026, 5, 15, 10, tzinfo=UTC),
                language="zh",
            ),
        ),
    )


def test_index_with_and_without_loc() -> None:
    listing = read(
        "<sitemapindex><sitemap><loc>https://example.org/1.xml</loc><lastmod>2026-05-14</lastmod></sitemap>"
        "<sitemap>\n/2.xml?a=1&amp;b=2\n</sitemap></sitemapindex>"
    )
    assert listing.sitemaps == (
        Child(url="https://example.org/1.xml", modified_at=datetime(2026, 5, 14, tzinfo=UTC)),
        Child(url="https://example.org/2.xml?a=1&b=2"),
    )


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(urlset("<url><loc>https://example.org/?a=1&b=2</loc></url>"), ["https://example.org/?a=1&b=2"],
                     id="bare ampersand"),
        pytest.param(urlset("<url><loc>/?a=1&amp;copy=2&amp;amp;b=3&#38;c=4</loc></url>"), ["https://example.org/?a=1&copy=2&b=3&c=4"],
                     id="parameters called like entities"),
        pytest.param(urlset("<url><loc>/a&#xD800;</loc></url>"), ["https://example.org/a%EF%BF%BD"], id="half a character"),
        pytest.param(urlset("<url><loc><![CDATA[https://example.org/?a=1&b=2]]></loc></url>"), ["https://example.org/?a=1&b=2"],
                     id="CDATA"),
        pytest.param("<sm:urlset xmlns:sm='x'><sm:url><sm:loc>/a</sm:loc></sm:url></sm:urlset>", ["https://example.org/a"],
                     id="prefixed"),
        pytest.param("\n<b>Warning</b>: x\n" + urlset("<url><loc>/a</loc></url>"), ["https://example.org/a"], id="server messages"),
        pytest.param("<urlset><url><x:i><x:loc>/i.jpg</x:loc></x:i><loc>/a</loc></url></urlset>", ["https://example.org/a"],
                     id="undeclared prefix"),
        pytest.param("https://example.org/1\r\nhttps://example.org/2\r\n", ["https://example.org/1", "https://example.org/2"],
                     id="text"),
        pytest.param(gzip.compress(b"https://example.org/1"), ["https://example.org/1"], id="packed text"),
        pytest.param(gzip.compress(gzip.compress(b"https://example.org/1")), ["https://example.org/1"], id="packed twice"),
        pytest.param(f"{HEAD}><url><loc>/a</loc></url></urlset>".replace("UTF-8", "UTF-16").encode("utf-16"),
                     ["https://example.org/a"], id="UTF-16"),
        pytest.param("<rss version='2.0'><channel><item><link>https://example.org/a</link></item></channel></rss>",
                     ["https://example.org/a"], id="a feed"),
        pytest.param(urlset(""), [], id="empty"),
    ],
)  # fmt: skip
def test_addresses_of_a_sitemap(body: bytes | str, found: list[str]) -> None:
    listing = read(body)
    assert [link.url for link in listing.links] == found
    assert listing.problem is None


@pytest.mark.parametrize(
    ("body", "found", "problem"),
    [
        pytest.param("", 0, "the answer is empty", id="nothing"),
        pytest.param("<!doctype html><html>", 0, "not a sitemap but an HTML page", id="html"),
        pytest.param("digraph G {\n}", 0, "not a sitemap: neither XML nor a list of addresses", id="other text"),
        pytest.param("<?xml version='1.0'?><opml/>", 0, "not a sitemap: the document is a <opml>", id="other XML"),
        pytest.param(urlset("<url><loc>/a</loc></url><url><loc>mailto:x</loc></url>"), 1, "1 of 2 entries have no address",
                     id="no address"),
        pytest.param("https://example.org/1\nhttps://\nhttps://example.org/3", 2, "1 of 3 lines are no address", id="bad line"),
        pytest.param(urlset("<url><loc>/a</loc></url><url><loc>/abc</loc></url>")[:-22], 1, "cut off before its end", id="cut off"),
        pytest.param(gzip.compress(urlset("<url><loc>/a</loc></url>").encode())[:-30], 0, "gzip cut off before its end", id="cut gzip"),
        pytest.param(b"\x1f\x8b\x08nonsense", 0, "broken gzip", id="no gzip"),
        pytest.param(urlset("<a>" * 10_000), 0, "malformed XML in line 1 (Excessive depth", id="deep"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(body: bytes | str, found: int, problem: str) -> None:
    listing = read(body)
    assert len(listing.links) == found
    assert (listing.problem or "").startswith(problem)


def test_entities_neither_explode_nor_open_files() -> None:
    entities = '<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    doctype = f'<?xml version="1.0"?><!DOCTYPE x [{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    listing = read(f"{doctype}<urlset><url><loc>/&i;&f;</loc></url></urlset>")
    assert [link.url for link in listing.links] == ["https://example.org/&i;&f;"]


def test_fifty_thousand_entries() -> None:
    body = urlset("".join(f"<url><loc>/a-{number}</loc></url>" for number in range(50_000)))
    assert len(links_of(body.encode(), URL, "sitemap", outlet=OUTLET).links) == 50_000


@pytest.mark.skipif(not SITEMAPS.is_dir(), reason="the shared real sitemaps are not here")
@pytest.mark.parametrize(
    ("name", "links", "sitemaps", "problem"),
    [
        ("crawler-commons__hebdenbridgetimes-articles-sitemap.xml", 74, 0, None),
        ("crawler-commons__sitemap-news.xml", 2, 0, None),
        ("crawler-commons__sitemap.index.xml", 0, 15, None),
        ("trafilatura__sitemap.xml.gz", 84, 0, None),
        (
            "ultimate-sitemap-parser__bbc-sitemap.dot",
            0,
            0,
            "not a sitemap: neither XML nor a list of addresses",
        ),  # a drawing
    ],
)
def test_every_real_sitemap_is_read(name: str, links: int, sitemaps: int, problem: str | None) -> None:
    listing = read((SITEMAPS / name).read_bytes())
    assert (len(listing.links), len(listing.sitemaps), listing.problem) == (links, sitemaps, problem)


def test_robots_names_sitemaps() -> None:
    body = (
        b"\xef\xbb\xbfSitemap: https://example.org/1.xml\r\nUser-agent: *\rDisallow: /\n"
        b"  SITEMAP :/2.xml # ours\nsite-map: https://example.org/1.xml\nSitemap:\nSitemap: ftp://x/\n# Sitemap: /no.xml\n"
    )
    assert robots_sitemaps(body, "https://example.org/robots.txt") == (
        "https://example.org/1.xml",
        "https://example.org/2.xml",
    )
    assert robots_sitemaps(b"<html>Sitemap: nothing</html>") == ()


MARKUP = st.lists(
    st.sampled_from(
        [b"<urlset>", b"<url>", b"</url>", b"<loc>", b"</loc>", b"http://b.org/", b"<sitemap>", b"<n:news>", b"<n:title>", b"&x;", b"\0",
         b"<![CDATA[", b"]]>", b"<!DOCTYPE x [", b"\xff\xfe", b"<?xml version='1.0' encoding='x'?>", b"\n", b"<lastmod>", b"99999-99-99"]
    ) | st.binary(max_size=4),
    max_size=25,
).map(b"".join)  # fmt: skip


@given(MARKUP | st.binary())
def test_no_bytes_make_it_raise(body: bytes) -> None:
    read(body)
    read(b"<urlset>" + body)
    read(gzip.compress(body)[:-4])
    robots_sitemaps(body, URL)
