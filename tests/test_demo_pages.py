"""The demonstration's outlets by themselves: what they serve, how it reads, what the second day changes."""

import http.client
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from crawler.discovery import links_from_feed
from crawler.extract import extract
from crawler.outlets import Directory
from scheduler.config import load
from scheduler.demo.configuration import write_config
from scheduler.demo.papers import Page, moment, pages, papers, paragraphs, shown
from scheduler.demo.server import Outlets, serve
from storage.records import Article, Capture, Outlet

BASE_DAY = date(2026, 3, 30)
NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def outlets() -> Iterator[Outlets]:
    with serve(BASE_DAY) as running:
        yield running


@pytest.fixture
def configured(outlets: Outlets, tmp_path: object) -> tuple[Outlet, ...]:
    return load(write_config(tmp_path, outlets.addresses)).outlets


def get(url: str, headers: dict[str, str] | None = None) -> Capture:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", parts.path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    headers_ = tuple(answer.getheaders())
    return Capture(requested_url=url, url=url, fetched_at=NOW, status=answer.status, headers=headers_, body=body)


def first_day() -> list[Page]:
    return [page for paper in papers().values() for page in shown(paper, 1)]


def text_of(page: Page) -> str:
    """The article's paragraphs, without datelines and credit lines."""
    return "\n\n".join(block for block in paragraphs(page) if not block.startswith("<"))


def read(outlets: Outlets, configured: tuple[Outlet, ...], page: Page) -> Article:
    directory, paper, home = Directory(configured), papers()[page.paper], outlets.addresses[page.paper]
    outlet, url = directory.outlets[paper.id], home + page.path
    listed = links_from_feed(get(home + paper.feed).body, home + paper.feed, outlet=outlet).links if paper.feed else ()
    link = next((link for link in listed if link.url == url), None)
    return extract(replace(get(url), link=link), outlet=outlet, directory=directory)


@pytest.mark.parametrize("page", first_day(), ids=lambda page: f"{page.paper}/{page.name}")
def test_every_page_reads_as_it_was_written(page: Page, outlets: Outlets, configured: tuple[Outlet, ...]) -> None:
    article = read(outlets, configured, page)
    assert article.outlet == page.paper
    assert article.title == page.head["title"]
    kept, meant = article.text.split("\n\n"), text_of(page).split("\n\n")
    assert [paragraph for paragraph in kept if paragraph in meant] == meant
    assert len([paragraph for paragraph in kept if paragraph not in meant]) <= 1  # a credit line may stay
    assert article.language == page.head.get("language", papers()[page.paper].language)
    assert article.published is not None
    assert article.published.at == moment(page.head["published"], BASE_DAY)
    offset = re.search(r"[+-]\d\d:\d\d$", page.head["published"])
    assert article.published.offset == (offset.group() if offset else None)


@pytest.mark.parametrize(
    ("name", "source", "role", "kind"),
    [
        ("horizon/air-base", "marmara", "republication", "credit_line"),
        ("horizon/air-base", "marmara", "republication", "byline"),
        ("horizon/missile-output", "lindqvist", "republication", "canonical"),
        ("versta/ispytaniya", "polar", "republication", "credit_line"),
        ("rihtim/zirve", "marmara", "republication", "dateline"),
        ("fener/zirve", "rihtim", "republication", "credit_line"),
        ("hafenblatt/raketen", None, "republication", "credit_line"),
        ("hafenblatt/tuerkei", "marmara", "citation", None),
        ("harbour/straits", "marmara", "citation", None),
    ],
)
def test_each_kind_of_credit_is_read(
    name: str, source: str | None, role: str, kind: str | None, outlets: Outlets, configured: tuple[Outlet, ...]
) -> None:
    credits = read(outlets, configured, pages()[name]).credits
    assert (source, role) in [(c.outlet, c.role) for c in credits if kind in (None, c.kind)], credits


@pytest.mark.parametrize("name", ["harbour/air-base", "harbour/depot-fire", "harbour/missile-output", "horizon/essay"])
def test_the_silent_ones_name_nobody(name: str, outlets: Outlets, configured: tuple[Outlet, ...]) -> None:
    assert [
        c for c in read(outlets, configured, pages()[name]).credits if c.role in ("republication", "citation")
    ] == []


def test_there_is_enough_of_everything() -> None:
    present = first_day()
    assert len(papers()) >= 6
    assert len(present) >= 12
    assert {page.head.get("language", papers()[page.paper].language) for page in present} == {"en", "tr", "ru", "de"}
    counts = [len(text_of(page).split()) for page in present]
    assert min(counts) >= 130  # Turkish and Russian need fewer words
    assert max(counts) <= 400


def test_turkish_bytes_need_their_charset(outlets: Outlets) -> None:
    capture = get(outlets.addresses["rihtim"] + pages()["rihtim/vapur"].path)
    with pytest.raises(UnicodeDecodeError):
        capture.body.decode("utf-8")
    assert "Ada vapurunda kış tarifesi" in capture.body.decode("windows-1254")
    assert "charset" not in capture.content_type


@pytest.mark.parametrize("paper", [paper for paper in papers().values() if paper.feed], ids=lambda paper: paper.id)
def test_feeds_name_every_article(paper: object, outlets: Outlets) -> None:
    feed = feedparser.parse(get(outlets.addresses[paper.id] + paper.feed).body)
    assert not feed.bozo
    assert {urlsplit(entry.link).path for entry in feed.entries} == {page.path for page in shown(paper, outlets.day)}
    assert feed.version == {"rss": "rss20", "atom": "atom10"}[paper.feed_kind]


def test_robots_name_sitemaps_that_name_articles(outlets: Outlets) -> None:
    for paper in papers().values():
        robots = get(outlets.addresses[paper.id] + "/robots.txt").body.decode()
        address = re.search(r"^Sitemap: (\S+)$", robots, re.MULTILINE)[1]
        places = [loc.text for loc in etree.fromstring(get(address).body).iter("{*}loc")]
        assert places
        assert all(get(place).status == 200 for place in places)


def test_what_a_client_has_is_not_sent_again(outlets: Outlets) -> None:
    url = outlets.addresses["marmara"] + pages()["marmara/air-base"].path
    headers = dict(get(url).headers)
    for name, value in (("If-None-Match", headers["ETag"]), ("If-Modified-Since", headers["Last-Modified"])):
        assert get(url, {name: value}).status == 304
    assert get(url, {"If-None-Match": '"other"'}).status == 200


def test_the_second_day_edits_one_ends_one_and_adds_two() -> None:
    with serve(BASE_DAY) as outlets:
        before = {paper.id: {page.path: page.name for page in shown(paper, 1)} for paper in papers().values()}
        urls = [outlets.addresses[paper] + path for paper, names in before.items() for path in names]
        first = {url: get(url).body for url in urls}
        outlets.advance()
        answers = {url: get(url) for url in urls}
        gone = [url for url in urls if answers[url].status == 410]
        edited = [
            url
            for url in urls
            if answers[url].status == 200 and without_asides(answers[url].body) != without_asides(first[url])
        ]
        assert [urlsplit(url).path for url in gone] == [pages()["polar/prolivy"].path]
        assert [urlsplit(url).path for url in edited] == [pages()["marmara/depot-fire"].path]
        after = {(paper.id, page.path) for paper in papers().values() for page in shown(paper, 2)}
        new = after - {(paper, path) for paper, names in before.items() for path in names}
        assert {paper for paper, _ in new} == {"horizon", "fener"}
        assert all(get(outlets.addresses[paper] + path).status == 200 for paper, path in new)


def without_asides(body: bytes) -> bytes:
    """A page without its list of other stories, which changes with every new one."""
    return re.sub(rb"<li><a href=[^\n]*</li>", b"", body)
