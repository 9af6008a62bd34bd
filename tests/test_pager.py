"""Which pages of an article a page names: pagers as sites print them, in several languages, and what only looks like one."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.extract import extract
from crawler.markup import read_page
from crawler.pager import paging
from storage.records import Capture, Paging

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MOST_CLAIMS = 0.01  # of real pages; nearly all of them are articles of one page
PROSE = (
    "<p>The ferry to the island left as always, half empty, with a brass band on deck that knew three tunes.</p>" * 3
)


def capture_of(url: str, body: str, *, head: str = "") -> Capture:
    markup = f"<html><head>{head}</head><body><article><h1>A ferry</h1>{PROSE}{body}</article></body></html>"
    return Capture(
        requested_url=url,
        url=url,
        fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=markup.encode(),
    )


def pages_of(url: str, body: str, *, head: str = "") -> Paging | None:
    """Return what a page at `url` says of the other pages of its article."""
    page = read_page(capture_of(url, body, head=head))
    assert page is not None
    return paging(page)


A = "https://paper.example/2026/the-long-ferry"
NEXT = {
    "a query, the current number plain": (A, '<ul><li>1</li><li><a href="?page=2">2</a></li></ul>', f"{A}?page=2"),
    "the current number links to itself": (
        A,
        f'<div><a class="on" href="{A}">1</a> <a href="{A}?page=2">2</a></div>',
        f"{A}?page=2",
    ),
    "the current number is ?page=1": (
        A,
        f'<div><a href="{A}?page=1">1</a> <a href="{A}?page=2">2</a></div>',
        f"{A}?page=2",
    ),
    "aria-current": (A, '<nav><a aria-current="page" href="#">1</a><a href="?page=2">2</a></nav>', f"{A}?page=2"),
    "counted from nought": (A, '<p><b>1</b> <a href="?page=1">2</a> <a href="?page=2">3</a></p>', f"{A}?page=1"),
    "counted from nought, on the second": (
        f"{A}?page=1",
        f'<p><a href="{A}">1</a> <b>2</b> <a href="?page=2">3</a></p>',
        f"{A}?page=2",
    ),
    "WordPress": (
        f"{A}/",
        f'<div class="page-links">Pages: <span>1</span> <a href="{A}/2/">2</a></div>',
        f"{A}/2/",
    ),
    "on the second of three": (
        f"{A}/2/",
        f'<div><a href="{A}/">1</a> <span>2</span> <a href="{A}/3/">3</a></div>',
        f"{A}/3/",
    ),
    "before the extension": (
        "https://zeitung.example/politik/artikel-4711.html",
        '<div>Seite <b>1</b> <a href="artikel-4711-2.html">2</a></div>',
        "https://zeitung.example/politik/artikel-4711-2.html",
    ),
    "German words": (
        "https://zeitung.example/politik/die-faehre",
        '<a href="/politik/die-faehre/seite-2">Nächste Seite</a>',
        "https://zeitung.example/politik/die-faehre/seite-2",
    ),
    "German contents": (
        "https://zeitung.example/politik/die-faehre",
        '<ol><li>Seite 1 — Die Fähre</li><li><a href="/politik/die-faehre/seite-2">Seite 2 — Das Meer</a></li></ol>',
        "https://zeitung.example/politik/die-faehre/seite-2",
    ),
    "Turkish": (
        "https://gazete.example/haber/uzun-yol-12345",
        '<p><a href="/haber/uzun-yol-12345/sayfa-2">Sonraki sayfa »</a></p>',
        "https://gazete.example/haber/uzun-yol-12345/sayfa-2",
    ),
    "Chinese": (
        "http://news.example.cn/12/0112/7NJ94.html",
        '<div>[1] <a href="7NJ94_2.html">[2]</a> <a href="7NJ94_2.html">下一页</a></div>',
        "http://news.example.cn/12/0112/7NJ94_2.html",
    ),
    "Polish commas": (
        "http://tygodnik.example.pl/nauka/1522545,1,lekarz-i-pacjent.read",
        '<ul><li><a href="/nauka/1522545,1,lekarz-i-pacjent.read">1</a></li>'
        '<li><a href="/nauka/1522545,2,lekarz-i-pacjent.read">2</a></li></ul>',
        "http://tygodnik.example.pl/nauka/1522545,2,lekarz-i-pacjent.read",
    ),
    "where a reader came from is no part of it": (
        f"{A}?utm_source=feed",
        '<p>1 <a href="/2026/the-long-ferry?page=2">2</a></p>',
        f"{A}?page=2",
    ),
}


@pytest.mark.parametrize(("url", "body", "following"), NEXT.values(), ids=NEXT)
def test_the_next_page_of_an_article_is_found(url: str, body: str, following: str) -> None:
    found = pages_of(url, body)
    assert found is not None
    assert (found.following, found.whole) == (following, None)


def test_the_head_may_name_the_next_page() -> None:
    assert pages_of(A, "", head=f'<link rel="next" href="{A}?page=2">') == Paging(following=f"{A}?page=2")


def test_a_bare_number_is_a_page_where_a_pager_prints_the_current_one() -> None:
    body = f'<p><a rel="prev" href="{A}">1</a> 2 <a rel="next" href="{A}/3">3</a></p>'
    assert pages_of(f"{A}/2", body) == Paging(earlier=A, following=f"{A}/3")


def test_the_canonical_address_takes_what_is_not_the_articles_from_the_own() -> None:
    head = f'<link rel="canonical" href="{A}">'
    assert pages_of(f"{A}?visit=7", f'<p>1 <a href="{A}?page=2">2</a></p>', head=head) == Paging(
        following=f"{A}?page=2"
    )


NO_PAGES = {
    "the next article": (A, '<a rel="next" href="/2026/another-ferry">Next</a>'),
    "the next article has this one's slug and -2": (A, f'<a rel="next" href="{A}-2">Next post</a>'),
    "the next post by number": ("https://paper.example/?p=11", '<a rel="next" href="/?p=12">Next »</a>'),
    "the next article by number": ("https://paper.example/news/11", '<a rel="next" href="/news/12">Next »</a>'),
    "the next number of a script": ("https://paper.example/a1/v.php?p=11", '<a rel="next" href="v.php?p=12">Next</a>'),
    "the next day": (f"{A}/day/3", f'<a rel="prev" href="{A}/day/2">2</a> <a rel="next" href="{A}/day/4">Next</a>'),
    "the next instalment": (f"{A}/3", f'<a rel="prev" href="{A}/2">Previous</a> <a rel="next" href="{A}/4">Next »</a>'),
    "the second instalment": (A, f'<a rel="next" href="{A}/2">Next</a>'),
    "the day's next article": (
        "https://paper.example/2026/03/02/7",
        '<p><a rel="prev" href="6">6</a> 7 <a rel="next" href="8">8</a></p>',
    ),
    "pages of comments": (A, f'<div id="comments"><p>1 <a href="{A}?page=2">2</a></p></div>'),
    "comments by fragment": (A, f'<p>1 <a href="{A}?page=2#comments">2</a></p>'),
    "WordPress comments": (A, f'<p>1 <a href="{A}/comment-page-2/">2</a> <a href="{A}?cpage=2">2</a></p>'),
    "a gallery": (A, f'<div class="gallery"><p>1 <a href="{A}?page=2">2</a></p></div>'),
    "a list beside the text": (A, f'<aside><p>1 <a href="{A}?page=2">2</a></p></aside>'),
    "a list of thousands": (A, f'<p>1 <a href="{A}/page/2">2</a> … <a href="{A}/page/3731">&gt;|</a></p>'),
    "a section": ("https://paper.example/world", '<p>1 <a href="/world?page=2">2</a></p>'),
    "a tag": ("https://paper.example/tag/ferry-7", '<p>1 <a href="/tag/ferry-7?page=2">2</a></p>'),
    "a calendar": ("https://paper.example/2026/03/01", '<p>1 <a href="/2026/03/02/">2</a></p>'),
    "a footnote": (A, '<p>1 <a href="#2">2</a></p>'),
    "another host": (A, '<p>1 <a href="https://other.example/2026/the-long-ferry?page=2">2</a></p>'),
    "a script": (A, '<p>1 <a href="javascript:page(2)">2</a></p>'),
    "numbers without the own": (A, f'<p><a href="{A}?page=2">2</a> <a href="{A}?page=3">3</a></p>'),
    "more of everything": (A, '<a href="/2026?page=2">Load more</a>'),
    "the whole text elsewhere": (A, '<a href="/subscribe">Read on one page</a>'),
    "a print view of one page": (A, f'<a href="{A}?print=1">Print</a>'),
}


@pytest.mark.parametrize(("url", "body"), NO_PAGES.values(), ids=NO_PAGES)
def test_what_only_looks_like_a_next_page_is_none(url: str, body: str) -> None:
    assert pages_of(url, body) is None


PAGER = f'<p>1 <a href="{A}?page=2">2</a>'
WHOLE = {
    "English": (f'<a href="{A}?page=all">View as single page</a>', f"{A}?page=all"),
    "German": (f'<a href="{A}/komplettansicht">Auf einer Seite lesen</a>', f"{A}/komplettansicht"),
    "Turkish": (f'<a href="{A}?tek=1&page=full">Tek sayfa göster</a>', None),
    "Turkish, with a mark we know": (f'<a href="{A}?view=all">Tek sayfada oku</a>', f"{A}?view=all"),
    "a link that says all": (f'<a href="{A}?all=1">All</a>', f"{A}?all=1"),
    "a print view": (f'<a href="{A}/print">Print version</a>', f"{A}/print"),
    "page nought": (f'<a href="{A}/0">Single page format</a>', f"{A}/0"),
}


@pytest.mark.parametrize(("link", "whole"), WHOLE.values(), ids=WHOLE)
def test_the_page_with_the_whole_text_is_found(link: str, whole: str | None) -> None:
    assert pages_of(A, f"{PAGER} {link}</p>") == Paging(following=f"{A}?page=2", whole=whole)


FIRST = {
    "the pager": (f"{A}?page=3", f'<p><a href="{A}">1</a> <a href="{A}?page=2">2</a> 3</p>', ""),
    "the canonical address": (f"{A}/2/", "", f'<link rel="canonical" href="{A}">'),
    "rel=prev": (f"{A}?page=2", "", f'<link rel="prev" href="{A}">'),
}


@pytest.mark.parametrize(("url", "body", "head"), FIRST.values(), ids=FIRST)
def test_a_later_page_names_the_first(url: str, body: str, head: str) -> None:
    assert pages_of(url, body, head=head) == Paging(earlier=A)


def test_a_number_in_a_slug_is_no_page() -> None:
    url = "https://paper.example/2026/covid-19"
    assert pages_of(url, "", head='<link rel="canonical" href="https://paper.example/2026/covid">') is None


@pytest.mark.parametrize(
    ("url", "status", "found"),
    [
        (A, "truncated", Paging(following=f"{A}?page=2")),
        ("https://paper.example/gallery/a-long-ferry", "stub", None),
        ("https://paper.example/live/a-long-ferry", "stub", None),
    ],
)
def test_a_page_alone_is_an_article_cut_short_but_for_galleries_and_live_blogs(
    url: str, status: str, found: Paging | None
) -> None:
    article = extract(capture_of(url, f'<p>1 <a href="{url}?page=2">2</a></p>'))
    assert (article.text_status, article.paging) == (status, found)
    assert "brass band" in article.text


@pytest.mark.skipif(not DATA.is_dir(), reason="needs shared/data")
def test_few_real_pages_claim_to_have_others() -> None:
    claims, pages = [], 0
    for line in (DATA / "truth.jsonl").read_text(encoding="utf-8").splitlines()[::4]:
        told = json.loads(line)
        body = gzip.decompress((DATA / "pages" / f"{told['id']}.html.gz").read_bytes())
        url = told["url"] or "http://page.example/2012/one-article"
        capture = Capture(requested_url=url, url=url, fetched_at=datetime.now(UTC), status=200, body=body)
        page = read_page(capture)
        pages += 1
        if page is not None and paging(page):
            claims.append(told["id"])
    assert pages
    assert len(claims) < MOST_CLAIMS * pages, claims
