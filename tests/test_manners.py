"""How politely hosts are asked: against real servers that keep the time."""

import asyncio
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from news_site import Answer as Page
from news_site import NewsSite, Request, closed_port
from test_download import SETTINGS

from crawler.download import Answer, Fetch, Hosts, crawl
from crawler.settings import Crawl
from storage.records import HostPolicy, Outcome

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TDMREP = "/.well-known/tdmrep.json"
CLOSED = "User-agent: *\nDisallow: /"


class Timed(NewsSite):
    """A host that notes when it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def _answer(self, request: Request) -> Page:
        self.at.append(time.monotonic())
        return super()._answer(request)

    @property
    def gaps(self) -> list[float]:
        return [later - earlier for earlier, later in pairwise(self.at)]


def answers(urls: Sequence[str], settings: Crawl = SETTINGS, **hosts: object) -> list[Answer]:
    """Ask `urls` at NOW and return what came, in the order it came."""
    found: list[Answer] = []

    async def handle(answer: Answer) -> list[Fetch]:
        found.append(answer)
        return []

    fetches = [Fetch(url=url, outlet="o", kind="article") for url in urls]
    asyncio.run(crawl(fetches, handle, settings=settings, hosts=Hosts(**hosts), clock=lambda: NOW))  # type: ignore[arg-type]
    return found


def policies(site: NewsSite, robots: str, *, age: timedelta, status: int | None = 200) -> Mapping[str, HostPolicy]:
    """Return what an archive knows of a site since then."""
    policy = HostPolicy(origin=site.url(""), fetched_at=NOW - age, robots_status=status, robots=robots)
    return {policy.origin: policy}


def test_robots_and_reservations_are_asked_once_and_handed_on(news_site: NewsSite) -> None:
    news_site.add_page("/robots.txt", b"\xef\xbb\xbfUser-agent: *\r\nCrawl-delay: 0", content_type="text/plain")
    news_site.add_page(TDMREP, '[{"location": "/", "tdm-reservation": 1}]', content_type="application/json")
    for path in ("/a", "/b"):
        news_site.add_page(path, "x")
    found = answers([news_site.url("/a"), news_site.url("/b")])
    expected = HostPolicy(
        origin=news_site.url(""),
        fetched_at=NOW,
        robots_status=200,
        robots="User-agent: *\r\nCrawl-delay: 0",
        tdmrep_status=200,
        tdmrep='[{"location": "/", "tdm-reservation": 1}]',
    )
    assert [answer.policy for answer in found] == [expected, expected]
    assert [request.path for request in news_site.requests][:2] == ["/robots.txt", TDMREP]
    assert len(news_site.requests) == 4


@pytest.mark.parametrize(
    ("age", "asked"), [(timedelta(hours=24), 0), (timedelta(hours=24, seconds=1), 1)], ids=["a day old", "older"]
)
def test_what_is_known_of_a_host_is_good_for_a_day(age: timedelta, asked: int, news_site: NewsSite) -> None:
    news_site.add_page("/a", "x")
    (answer,) = answers([news_site.url("/a")], policies=policies(news_site, CLOSED, age=age))
    assert answer.outcome == (None if asked else Outcome.ROBOTS)
    assert news_site.hits("/robots.txt") == news_site.hits(TDMREP) == asked


@pytest.mark.parametrize("status", [None, 503, 429])
def test_that_robots_could_not_be_read_is_not_kept_for_a_day(status: int | None, news_site: NewsSite) -> None:
    news_site.add_page("/a", "x")
    known = policies(news_site, "", age=timedelta(hours=1), status=status)
    (answer,) = answers([news_site.url("/a")], policies=known)
    assert (answer.outcome, news_site.hits("/robots.txt")) == (None, 1)


@pytest.mark.parametrize(
    ("days", "outcome"), [(30, Outcome.ROBOTS), (31, Outcome.HTTP_ERROR)], ids=["a copy of 30 days", "too old a copy"]
)
def test_a_copy_stands_in_for_robots_that_fail(days: int, outcome: Outcome, news_site: NewsSite) -> None:
    news_site.add_page("/robots.txt", status=503)
    known = policies(news_site, CLOSED, age=timedelta(days=days))
    (answer,) = answers([news_site.url("/a")], policies=known)
    assert answer.outcome is outcome
    assert answer.policy
    assert (answer.policy.robots_status, answer.policy.fetched_at) == (
        (200, NOW - timedelta(days=days)) if outcome is Outcome.ROBOTS else (503, NOW)
    )


def test_a_copy_does_not_hide_that_the_host_asks_us_to_wait(news_site: NewsSite) -> None:
    news_site.too_many_requests("/robots.txt", retry_after="60")
    known = policies(news_site, "", age=timedelta(days=2))
    found = answers([news_site.url("/a"), news_site.url("/b")], policies=known)
    assert [(answer.outcome, answer.retry_after) for answer in found] == [(Outcome.HTTP_ERROR, "60")]


def test_a_copy_that_allows_lets_us_ask_while_robots_fail(news_site: NewsSite) -> None:
    news_site.add_page("/robots.txt", status=500)
    news_site.add_page("/a", "x")
    known = policies(news_site, "User-agent: *\nDisallow: /b", age=timedelta(days=2))
    (answer,) = answers([news_site.url("/a")], policies=known)
    assert answer.outcome is None
    assert news_site.hits(TDMREP) == 0


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (401, None),
        (403, None),
        (404, None),
        (410, None),
        (204, None),
        (429, Outcome.HTTP_ERROR),
        (500, Outcome.HTTP_ERROR),
    ],
)
def test_what_a_status_of_robots_means(status: int, outcome: Outcome | None, news_site: NewsSite) -> None:
    news_site.add_page("/robots.txt", CLOSED if status != 204 else "", status=status)
    news_site.add_page("/a", "x")
    (answer,) = answers([news_site.url("/a")])
    assert answer.outcome == outcome
    assert answer.policy
    assert (answer.policy.robots_status, answer.policy.robots) == (status, "")
    assert news_site.hits("/a") == (outcome is None)


def test_a_host_that_is_not_there_has_a_policy_all_the_same() -> None:
    with closed_port() as nowhere:
        (answer,) = answers([nowhere])
    assert (answer.outcome, answer.local) == (Outcome.NETWORK, False)
    assert answer.policy == HostPolicy(origin=nowhere[:-1], fetched_at=NOW, robots_status=None, robots="")


def test_robots_are_followed_over_five_redirects_and_not_over_six(news_site: NewsSite) -> None:
    for n in range(5):
        news_site.redirect(f"/{n}" if n else "/robots.txt", f"/{n + 1}")
    news_site.add_page("/5", CLOSED, content_type="text/plain")
    (answer,) = answers([news_site.url("/a")])
    assert answer.outcome is Outcome.ROBOTS
    news_site.redirect("/5", "/6")
    news_site.add_page("/6", CLOSED, content_type="text/plain")
    (answer,) = answers([news_site.url("/a")])
    assert answer.outcome is Outcome.GONE


def test_endless_robots_are_read_so_far(news_site: NewsSite) -> None:
    news_site.add_page("/robots.txt", CLOSED.encode() + b"b\nDisallow: /a\n" + b"# no end\n" * 1_000_000)
    (answer,) = answers([news_site.url("/a")])
    assert answer.outcome is Outcome.ROBOTS


def test_robots_that_are_not_obeyed_are_read_and_block_nothing(news_site: NewsSite) -> None:
    news_site.add_page("/a", "x")
    for status in (200, 500):
        news_site.add_page("/robots.txt", CLOSED, status=status)
        (answer,) = answers([news_site.url("/a")], replace(SETTINGS, obey_robots=False))
        assert (answer.outcome, answer.policy and answer.policy.robots_status) == (None, status)


@pytest.mark.parametrize(
    "page",
    [Page(status=500), Page(drop=True), Page(body=b"[" * 200_000), Page(status=302, headers={"Location": TDMREP})],
    ids=["broken", "silent", "huge", "loop"],
)
def test_reservations_that_cannot_be_read_block_nothing_and_are_asked_once(page: Page, news_site: NewsSite) -> None:
    news_site.add_answers(TDMREP, page)
    news_site.add_page("/a", "x")
    (answer,) = answers([news_site.url("/a")])
    assert answer.outcome is None
    assert answer.policy
    assert answer.policy.tdmrep is None
    assert news_site.hits(TDMREP) == (11 if page.status == 302 else 1)


def test_reservations_are_asked_only_where_robots_let_us(news_site: NewsSite) -> None:
    news_site.add_page("/robots.txt", "User-agent: *\nDisallow: /.well-known/", content_type="text/plain")
    news_site.add_page("/a", "x")
    (answer,) = answers([news_site.url("/a")])
    assert answer.outcome is None
    assert news_site.hits(TDMREP) == 0


def test_a_page_in_the_place_of_reservations_states_nothing(news_site: NewsSite) -> None:
    news_site.add_page(TDMREP, "<html>welcome</html>")
    (answer,) = answers([news_site.url("/a")])
    assert answer.policy
    assert (answer.policy.tdmrep_status, answer.policy.tdmrep) == (200, None)


@pytest.mark.parametrize("path", ["/robots.txt", TDMREP])
def test_a_wait_asked_for_by_robots_or_reservations_reaches_the_caller_once(path: str, news_site: NewsSite) -> None:
    news_site.too_many_requests(path, retry_after="3600")
    found = answers([news_site.url(f"/{n}") for n in range(4)])
    assert [(answer.outcome, answer.retry_after) for answer in found] == [(Outcome.HTTP_ERROR, "3600")]
    assert news_site.hits(path) == 1
    assert {request.path for request in news_site.requests} <= {"/robots.txt", TDMREP}


def test_a_host_that_rests_is_not_asked_even_for_robots(news_site: NewsSite) -> None:
    assert answers([news_site.url("/a")], resting=[news_site.host]) == []
    assert news_site.requests == []


def test_the_delay_holds_over_robots_redirects_and_repetitions() -> None:
    delay = 0.2
    with Timed() as site:
        site.redirect("/robots.txt", "/robots")
        site.redirect("/a", "/b")
        site.add_page("/b", "x")
        site.add_page("/broken", status=500)
        answers([site.url("/a"), site.url("/broken"), site.url("/b")], replace(SETTINGS, delay_s=delay))
        paths = [request.path for request in site.requests]
        gaps = site.gaps
    assert sorted(paths) == sorted(
        ["/robots.txt", "/robots", TDMREP, "/a", "/b", "/b", "/broken", "/broken", "/broken"]
    )
    assert min(gaps) >= delay / 2


@pytest.mark.parametrize(
    ("own", "stated", "longest"), [(0.02, "0.3", 0.3), (0.3, "0.02", 0.3)], ids=["Crawl-delay", "our own"]
)
def test_the_longest_delay_wins(own: float, stated: str, longest: float) -> None:
    with Timed() as site:
        site.add_page("/robots.txt", f"User-agent: *\nCrawl-delay: {stated}", content_type="text/plain")
        for n in range(3):
            site.add_page(f"/{n}", "x")
        answers([site.url(f"/{n}") for n in range(3)], delays_s={site.host: own})
        after = site.gaps[1:]
    assert len(after) == 3
    assert min(after) >= longest / 2


def test_two_names_of_one_host_are_asked_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **rest: real("127.0.0.1", *more, **rest))
    with Timed() as site:
        port = site.host.rpartition(":")[2]
        site.add_page("/a", "x")
        urls = [f"http://{name}news.example:{port}/a" for name in ("", "www.")]
        found = answers(urls, replace(SETTINGS, delay_s=0.2))
        gaps = site.gaps
    assert [answer.outcome for answer in found] == [None, None]
    assert len(gaps) == 5
    assert min(gaps) >= 0.2 / 2


def test_a_wait_without_a_time_is_not_tried_again_in_the_pass(news_site: NewsSite) -> None:
    news_site.too_many_requests("/a", retry_after=None)
    news_site.add_page("/b", "x")
    found = answers([news_site.url("/a"), news_site.url("/b")])
    assert [answer.outcome for answer in found] == [Outcome.HTTP_ERROR]
    assert news_site.hits("/a") == 1


def test_one_host_does_not_keep_the_others_waiting(news_site: NewsSite) -> None:
    """As many pages of one slow host as there are requests in flight, and then another host."""
    settings = replace(SETTINGS, concurrency=4)
    for n in range(8):
        news_site.add_page(f"/{n}", "x")
    with NewsSite() as other:
        other.add_page("/a", "x")
        urls = [news_site.url(f"/{n}") for n in range(8)] + [other.url("/a")]
        found = answers(urls, settings, delays_s={news_site.host: 0.1})
    assert other.url("/a") in [answer.fetch.url for answer in found[:3]]
