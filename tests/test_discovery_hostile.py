"""Documents made to stop a reader: each ends within bounds, says what was left out, and gives the links it has."""

import gzip
import json
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import Listing, links_of
from crawler.listing import MAX_LINKS
from crawler.pages import MOST_ANCHORS
from crawler.urls import clean_url, url_key
from storage.records import FeedKind, Outlet

URL = "https://example.org/feed"
OUTLET = Outlet(id="example", name="Example", url="https://example.org/")
RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>E</title>'
END = "</channel></rss>"
ITEM = "<item><title>One</title><link>https://example.org/one</link><guid>1</guid></item>"
SIZE = 3_000_000  # bytes; the limit is 10,000,000
LIMIT_S = 15.0  # CPU seconds for one; most take less than one, quadratic work takes minutes


def read(body: bytes, kind: FeedKind = "feed", content_type: str = "") -> Listing:
    begin = time.process_time()
    listing = links_of(body, URL, kind, outlet=OUTLET, content_type=content_type)
    assert time.process_time() - begin < LIMIT_S
    return listing


def filled(head: str, unit: str, tail: str = "") -> bytes:
    return (head + unit * (SIZE // len(unit)) + tail).encode()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        pytest.param(filled(RSS + ITEM + "<item>", "<a/>", f"</item>{ITEM}{END}"), "more markup than a feed has", id="tiny elements"),
        pytest.param(filled(RSS + ITEM, "<x>"), "cut off before its end", id="deep"),
        pytest.param(filled(RSS + ITEM + "<item>", "<![CDATA["), "malformed XML", id="CDATA without end"),
        pytest.param(
            (RSS + ITEM + "<item " + " ".join(f'a{n}="1"' for n in range(300_000)) + f"/>{ITEM}{END}").encode(), None, id="attributes"
        ),
        pytest.param(
            (RSS + ITEM + "".join(f'<x{n}:a xmlns:x{n}="http://a/{n}"/>' for n in range(20_000)) + END).encode(),
            "malformed XML", id="namespaces",
        ),
        pytest.param((RSS + ITEM + f'<item><link href="{"a" * SIZE}"/></item>{END}').encode(), "items have no address", id="attribute"),
        pytest.param((RSS + ITEM + f"<item><title>{'&amp;' * 400_000}</title></item>{END}").encode(), "items have no address", id="ampersands"),
        pytest.param((RSS + ITEM + f"<item><pubDate>{'1 - ' * 500_000}</pubDate></item>{END}").encode(), "items have no address", id="time"),
    ],
)  # fmt: skip
def test_a_feed_ends_in_time_with_the_links_it_has(body: bytes, problem: str | None) -> None:
    listing = read(body)
    assert "https://example.org/one" in {link.url for link in listing.links}
    assert listing.problem is None if problem is None else problem in (listing.problem or "")


def test_what_looks_like_html_is_told_in_time() -> None:
    assert read(b"<!-- -->" * 1000 + b"<x/>").problem == "not a feed: the document is a <x>"


def test_a_feed_of_too_much_markup_is_read_in_part_and_says_so() -> None:
    def items(numbers: range) -> str:
        return "".join(f"<item><link>/{n}</link><title><![CDATA[{'<' * 1000}]]></title></item>" for n in numbers)

    listing = read((RSS + items(range(300)) + END).encode())
    assert (listing.problem, len(listing.links)) == (None, 300)
    listing = read((RSS + items(range(400)) + END).encode())
    assert 300 < len(listing.links) < 400
    assert re.fullmatch(r"more markup than a feed has; \d+ of 400 items read", listing.problem or "")


def test_no_listing_has_more_links_than_a_sitemap_may() -> None:
    body = "".join(f"https://example.org/{n}\n" for n in range(MAX_LINKS + 5)).encode()
    listing = read(body, "sitemap")
    assert (len(listing.links), listing.problem) == (MAX_LINKS, f"5 links over {MAX_LINKS} left out")


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]>',
    ],
)
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_entities_are_never_declared(bomb: str, kind: FeedKind) -> None:
    entry = {"feed": RSS.partition("?>")[2] + ITEM.replace("One", "One &c;") + END,
             "sitemap": "<urlset><url><loc>https://example.org/one?&c;</loc></url></urlset>"}[kind]  # fmt: skip
    (link,) = read(f"<?xml version='1.0'?>{bomb}{entry}".encode(), kind).links
    assert (link.title or "One &c;") == "One &c;"
    assert link.url in ("https://example.org/one", "https://example.org/one?&c;")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("wrong", ["", "text/xml; charset=iso-8859-9"])
def test_unicode_in_all_its_forms(codec: str, wrong: str) -> None:
    text = (RSS + ITEM.replace("One", "Türkiye, Россия") + END).replace("?>", f' encoding="{codec[:6]}"?>', 1)
    sitemap = "<?xml version='1.0'?><urlset><url><loc>https://example.org/ü</loc></url></urlset>"
    feed = json.dumps({"items": [{"url": "/ü", "title": "Россия"}]}, ensure_ascii=False)
    listing = read(text.encode(codec), content_type=wrong)
    assert [(link.url, link.title) for link in listing.links] == [("https://example.org/one", "Türkiye, Россия")]
    assert [link.url for link in read(sitemap.encode(codec), "sitemap").links] == ["https://example.org/%C3%BC"]
    assert [link.title for link in read(feed.encode(codec)).links] == ["Россия"]


def test_control_characters_and_packing() -> None:
    body = (RSS + ITEM.replace("One", "O\0n\x0b\x1fe") + END).encode()
    for packed in (body, gzip.compress(body), gzip.compress(gzip.compress(body))):
        listing = read(packed)
        assert ([link.title for link in listing.links], listing.problem) == (["One"], None)
    cut = gzip.compress((RSS + ITEM * 3 + END).encode(), compresslevel=0)
    assert (
        read(cut[: -len(END) - 20]).problem
        == "gzip cut off before its end; cut off before its end; malformed XML in line 1 (no element found)"
    )


def test_json_that_breaks_off_keeps_its_whole_items() -> None:
    body = json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": [{"id": 5, "url": f"/{n}"} for n in range(3)]}
    )
    listing = read(body[:-10].encode())
    assert [(link.url, link.guid) for link in listing.links] == [
        ("https://example.org/0", "5"),
        ("https://example.org/1", "5"),
    ]
    assert (listing.problem or "").startswith("malformed JSON")
    assert read(b'{"items":' + b"[" * SIZE).problem


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(filled("<html><body>", '<a href="/a-b-c-d">'), id="links without end"),
        pytest.param("".join(f"<a href=/a-b-c-{n}>ab</a>" for n in range(15_000)).encode(), id="links"),
        pytest.param(
            (f'<div class="{"a " * 500_000}">' + "<a href=/a-b-c-d>x</a>" * 12_000).encode(), id="a long class"
        ),
    ],
)
def test_a_page_of_links_without_end(body: bytes) -> None:
    assert (read(body, "section").problem or "").endswith(f"read in part: more than {MOST_ANCHORS} links")


@pytest.mark.parametrize("unit", ["<div>", "<!--", "<", "<b>word</b> ", "<h1><a href=/x><h2>"])
def test_other_pages_without_end(unit: str) -> None:
    read(filled("<html><a href=/y>", unit), "section")


def test_a_feed_where_a_page_was_expected_is_read_as_one() -> None:
    listing = read((RSS + ITEM + END).encode(), "section")
    assert (listing.kind, len(listing.links)) == ("feed", 1)
    page = b"<html><body><main><h3><a href='/turkey-and-nato-talks'>Turkey and NATO talk</a></h3></main></body></html>"
    assert read(page, "section", "application/rss+xml").kind == "section"
    assert read(page, "feed", "application/rss+xml").problem == "not a feed but an HTML page"


PIECES = st.lists(
    st.sampled_from(
        [b"<rss>", b"<item>", b"</item>", b"<link>", b"http://b.org:99999/", b"//x", b"<entry>", b"<feed>", b"&#xD800;", b"\0",
         b"<![CDATA[", b"]]>", b"<!DOCTYPE x [", b"\xff\xfe", b"<?xml version='1.0' encoding='utf-7'?>", b"<guid>", b"<urlset>", b"<url>",
         b"<loc>", b"https://u:p@b.org/a?utm_source=x#y", b"<a href=", b"<time datetime='2026-05-14'>", b"<h2>", b'{"items":[', b'{"url":"http://b.org/']
    ) | st.binary(max_size=4),
    max_size=25,
).map(b"".join)  # fmt: skip


@given(PIECES, st.sampled_from(["feed", "sitemap", "news-sitemap", "section"]))
def test_no_bytes_make_it_raise_and_every_link_is_clean(body: bytes, kind: FeedKind) -> None:
    listing = replace(links_of(body, URL, kind, outlet=OUTLET))
    for link in listing.links:
        assert clean_url(link.url) == link.url
        assert url_key(url_key(link.url)) == url_key(link.url)
