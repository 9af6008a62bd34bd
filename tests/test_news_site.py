"""The test server itself: each kind of trouble is really on the wire."""

import http.client
import threading
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree
from news_pages import Item, article, atom, feed_link, news_sitemap, robots, rss, section, sitemap, sitemap_index
from news_site import Answer, NewsSite, closed_port, etag_of, news_sites

ITEMS = [
    Item("http://a.example/1?x=1&y=2", "One & only", "2026-03-02T10:00:00+03:00", author="A. Writer", summary="S"),
    Item("http://a.example/2"),
]


def get(url: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Ask once, follow nothing."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_pages_are_added_changed_and_removed(news_site: NewsSite) -> None:
    url = news_site.add_page("/a", "İlk", etag=etag_of(b"x"))
    assert get(url)[::2] == (200, "İlk".encode())
    before = get(url)[1]["etag"]
    news_site.change_page("/a", "son")
    assert get(url)[2] == b"son"
    assert get(url)[1]["etag"] not in ("", before)
    news_site.remove_page("/a")
    assert get(url)[0] == 404


def test_a_charset_is_on_the_wire_and_in_the_header(news_site: NewsSite) -> None:
    status, headers, body = get(news_site.add_page("/a", "Şığ", charset="windows-1254"))
    assert (status, headers["content-type"], body) == (200, "text/html; charset=windows-1254", b"\xde\xfd\xf0")


@pytest.mark.parametrize("header", ["If-None-Match", "If-Modified-Since"])
def test_what_has_not_changed_is_304_without_a_body(news_site: NewsSite, header: str) -> None:
    when = "Mon, 02 Mar 2026 10:00:00 GMT"
    url = news_site.add_page("/a", "text", etag='"e1"', last_modified=when)
    assert get(url, {header: '"e1"' if header == "If-None-Match" else when})[::2] == (304, b"")
    assert get(url, {header: '"e2"'})[::2] == (200, b"text")


def test_the_log_keeps_path_query_and_headers(news_site: NewsSite) -> None:
    news_site.add_page("/a", "text")
    assert get(news_site.url("/a?id=1"), {"User-Agent": "test"})[0] == 200
    assert news_site.requests[0].path == "/a?id=1"
    assert news_site.requests[0].headers["user-agent"] == "test"
    assert (news_site.hits("/a?id=1"), news_site.hits("/a")) == (1, 0)


def test_a_page_with_a_query_of_its_own_wins(news_site: NewsSite) -> None:
    news_site.add_page("/", "front")
    news_site.add_page("/?p=1", "one")
    assert [get(news_site.url(path))[2] for path in ("/", "/?p=1", "/?p=2")] == [b"front", b"one", b"front"]


def test_a_redirect_loop_never_ends(news_site: NewsSite) -> None:
    news_site.redirect("/a", "/b")
    news_site.redirect("/b", "/a")
    with pytest.raises(urllib.error.HTTPError, match="infinite loop"):
        urllib.request.urlopen(news_site.url("/a"), timeout=10)


def test_429_says_when_to_come_back_and_then_gives_way(news_site: NewsSite) -> None:
    url = news_site.too_many_requests("/a", retry_after="7", then=Answer(body=b"now"))
    status, headers, _ = get(url)
    assert (status, headers["retry-after"]) == (429, "7")
    assert [get(url)[0] for _ in range(2)] == [200, 200]


def test_a_cut_off_body_is_noticed_by_a_client(news_site: NewsSite) -> None:
    url = news_site.add_page("/a", "x" * 1000, send_only=10)
    with pytest.raises(http.client.IncompleteRead):
        get(url)


def test_a_dropped_connection_is_an_error(news_site: NewsSite) -> None:
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        get(news_site.add_page("/a", drop=True))


def test_a_closed_port_refuses() -> None:
    with closed_port() as url, pytest.raises(ConnectionRefusedError):
        get(url)


def test_a_waiting_page_answers_once_its_event_is_set(news_site: NewsSite) -> None:
    go = threading.Event()
    url = news_site.add_page("/a", "late", wait_for=go)
    answers: list[bytes] = []
    client = threading.Thread(target=lambda: answers.append(get(url)[2]))
    client.start()
    news_site.wait_for_request("/a")
    assert answers == []
    go.set()
    client.join(10)
    assert answers == [b"late"]


def test_a_site_closes_although_a_page_drips_and_another_hangs() -> None:
    with NewsSite() as site:
        clients = []
        for path, trouble in (("/drip", {"drip_s": 60.0}), ("/hang", {"wait_for": threading.Event()})):
            url = site.add_page(path, "x" * 5000, **trouble)
            clients.append(threading.Thread(target=_try, args=(url,)))
            clients[-1].start()
            site.wait_for_request(path)
    for client in clients:
        client.join(10)
        assert not client.is_alive()


def _try(url: str) -> None:
    try:
        get(url)
    except (http.client.HTTPException, OSError):
        return


def test_waiting_for_a_request_that_never_comes_ends(news_site: NewsSite) -> None:
    with pytest.raises(TimeoutError, match=r"/a was asked for 0 times, not 1"):
        news_site.wait_for_request("/a", timeout_s=0.01)


def test_several_hosts_have_a_port_each() -> None:
    with news_sites(3) as sites:
        assert len({site.host for site in sites}) == 3
        for site in sites:
            site.add_page("/", site.host)
        assert [get(site.url())[2].decode() for site in sites] == [site.host for site in sites]


def test_many_clients_at_once_are_all_counted(news_site: NewsSite) -> None:
    url = news_site.add_page("/a", "x")
    clients = [threading.Thread(target=lambda: [get(url) for _ in range(5)]) for _ in range(10)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert news_site.hits("/a") == 50


@pytest.mark.parametrize("build", [rss, atom])
def test_feeds_read_as_written(build: type) -> None:
    feed = feedparser.parse(build(ITEMS))
    assert not feed.bozo
    first, second = feed.entries
    assert (first.link, first.title, first.author) == ("http://a.example/1?x=1&y=2", "One & only", "A. Writer")
    assert tuple(first.published_parsed)[:5] == (2026, 3, 2, 7, 0)
    assert second.link == "http://a.example/2"


@pytest.mark.parametrize("text", [sitemap(ITEMS), news_sitemap(ITEMS), sitemap_index([item.url for item in ITEMS])])
def test_sitemaps_read_as_written(text: str) -> None:
    root = etree.fromstring(text.encode())
    assert [loc.text for loc in root.iter("{*}loc")] == [item.url for item in ITEMS]


def test_pages_say_what_they_were_given() -> None:
    page = article(
        "A <b> headline",
        ["One & two.", "<p><em>Three</em></p>"],
        published="2026-03-02T10:00:00+03:00",
        byline="By Sputnik",
        after='<p class="source">The original source</p>',
        canonical="https://b.example/1",
    )
    assert "<h1>A &lt;b&gt; headline</h1>" in page
    assert "<p>One &amp; two.</p>\n<p><em>Three</em></p>" in page
    assert page.index("</article>") < page.index("The original source") < page.index("</main>")
    assert '"datePublished": "2026-03-02T10:00:00+03:00"' in page
    plain = article("T", [], published="2026-03-02", jsonld=False)
    assert '<meta property="article:published_time" content="2026-03-02">' in plain
    assert "ld+json" not in plain


def test_a_front_page_and_robots_name_their_feeds() -> None:
    page = section(ITEMS, head=feed_link("/rss"), next_page="/?page=2")
    assert '<link rel="alternate" type="application/rss+xml" href="/rss">' in page
    assert page.count("<h2>") == 2
    text = robots(disallow=["/private"], sitemaps=["http://a.example/s.xml"], crawl_delay=1.5)
    assert text.splitlines()[1:] == ["Disallow: /private", "Crawl-delay: 1.5", "Sitemap: http://a.example/s.xml"]
