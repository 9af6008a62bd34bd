"""Addresses → answers, against a real server that misbehaves."""

import asyncio
import gzip
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from news_site import Answer as SiteAnswer
from news_site import NewsSite, closed_port, news_sites

from crawler.download import Answer, End, Fetch, Hosts, crawl, outcome_of
from crawler.settings import Crawl
from storage.records import Outcome, Validators

SETTINGS = Crawl(delay_s=0.0, timeout_s=2.0, max_body_bytes=100_000, allow_private_addresses=True)


def ask(urls: Sequence[str], settings: Crawl = SETTINGS, **more: str) -> list[Answer]:
    """Return the answers to `urls`, in their order."""
    answers: dict[str, Answer] = {}

    async def handle(answer: Answer) -> list[Fetch]:
        answers[answer.fetch.url] = answer
        return []

    fetches = [Fetch(url=url, outlet="o", kind="article", **more) for url in urls]
    asyncio.run(crawl(fetches, handle, settings=settings, hosts=Hosts()))
    return [answers[url] for url in urls]


def test_a_page_is_a_capture_of_its_bytes(news_site: NewsSite) -> None:
    news_site.add_page("/a", "<p>şöyle</p>".encode("windows-1254"), content_type="text/html; charset=windows-1254")
    (answer,) = ask([news_site.url("/a")])
    assert answer.outcome is None
    assert answer.capture
    assert answer.capture.body == "<p>şöyle</p>".encode("windows-1254")
    assert answer.capture.content_type == "text/html; charset=windows-1254"


def test_requested_and_final_address_are_kept_apart(news_site: NewsSite) -> None:
    news_site.add_page("/a", b"<p>x</p>")
    news_site.redirect("/r", "/a")
    (answer,) = ask([news_site.url("/r")])
    assert answer.capture
    assert (answer.capture.requested_url, answer.capture.url) == (news_site.url("/r"), news_site.url("/a"))


def test_each_trouble_has_one_outcome(news_site: NewsSite) -> None:
    news_site.add_page("/gone", status=410)
    news_site.add_page("/missing", status=404)
    news_site.add_page("/refused", status=451)
    news_site.add_page("/broken", status=500)
    news_site.add_page("/big", b"x" * 200_000)
    news_site.add_page("/bomb", gzip.compress(b"0" * 5_000_000), headers={"Content-Encoding": "gzip"})
    news_site.add_page("/cut", b"x" * 1000, send_only=10)
    news_site.add_page("/drop", b"x", drop=True)
    news_site.redirect("/loop", "/loop")
    news_site.redirect("/file", "file:///etc/passwd")
    expected = {
        "/gone": Outcome.GONE, "/missing": Outcome.GONE, "/refused": Outcome.REFUSED, "/broken": Outcome.HTTP_ERROR,
        "/big": Outcome.TOO_LARGE, "/bomb": Outcome.TOO_LARGE, "/cut": Outcome.NETWORK, "/drop": Outcome.NETWORK,
        "/loop": Outcome.HTTP_ERROR, "/file": Outcome.OFF_SITE,
    }  # fmt: skip
    answers = ask([news_site.url(path) for path in expected])
    assert dict(zip(expected, (answer.outcome for answer in answers), strict=True)) == expected
    assert all(answer.reason for answer in answers)


def test_nobody_there_is_network(news_site: NewsSite) -> None:
    with closed_port() as nowhere:
        (answer,) = ask([nowhere])
    assert answer.outcome is Outcome.NETWORK


def test_a_server_that_never_answers_is_a_timeout(news_site: NewsSite) -> None:
    news_site.add_page("/slow", b"x", wait_for=threading.Event())
    (answer,) = ask([news_site.url("/slow")], replace(SETTINGS, timeout_s=0.3))
    assert answer.outcome is Outcome.TIMEOUT


def test_a_temporary_failure_is_tried_twice_more_as_one_fetch(news_site: NewsSite) -> None:
    news_site.add_page("/broken", status=502)
    ask([news_site.url("/broken")])
    assert news_site.hits("/broken") == 3


def test_an_unchanged_answer_is_asked_for_conditionally(news_site: NewsSite) -> None:
    news_site.add_page("/feed", b"<rss/>", etag='"1"')
    (answer,) = ask([news_site.url("/feed")], validators=Validators(etag='"1"'))
    assert answer.outcome is Outcome.UNCHANGED


def test_every_request_that_waits_for_robots_is_checked(news_site: NewsSite) -> None:
    news_site.add_page("/robots.txt", b"User-agent: *\nDisallow: /private", content_type="text/plain")
    paths = [f"/private/{n}" for n in range(5)]
    for path in paths:
        news_site.add_page(path, b"<p>secret</p>")
    answers = ask([news_site.url(path) for path in paths])
    assert {answer.outcome for answer in answers} == {Outcome.ROBOTS}
    assert sum(news_site.hits(path) for path in paths) == 0
    assert news_site.hits("/robots.txt") == 1
    assert answers[0].policy
    assert answers[0].policy.robots == "User-agent: *\nDisallow: /private"


@pytest.mark.parametrize(
    ("status", "outcome"), [(404, None), (500, Outcome.HTTP_ERROR)], ids=["4xx allows", "5xx closes for now"]
)
def test_robots_that_cannot_be_read(status: int, outcome: Outcome | None, news_site: NewsSite) -> None:
    news_site.add_page("/robots.txt", status=status)
    news_site.add_page("/a", b"<p>x</p>")
    (answer,) = ask([news_site.url("/a")])
    assert answer.outcome == outcome


def test_headers_in_an_old_charset_do_not_lose_the_page(news_site: NewsSite) -> None:
    news_site.add_page("/a", b"<p>x</p>", headers={"X-Yayin": "Gündem".encode("windows-1254").decode("latin-1")})
    (answer,) = ask([news_site.url("/a")])
    assert answer.capture
    assert dict(answer.capture.headers)["X-Yayin"].encode("latin-1") == "Gündem".encode("windows-1254")


@pytest.mark.parametrize("location", ["http://[", "HTTP:", "//", "mailto:a@b.example", "javascript:alert(1)"])
def test_a_broken_redirect_is_an_outcome(location: str, news_site: NewsSite) -> None:
    news_site.redirect("/r", location)
    news_site.add_page("/300", status=300, headers={"Location": location})
    for answer in ask([news_site.url("/r"), news_site.url("/300")]):
        assert answer.outcome in (Outcome.HTTP_ERROR, Outcome.OFF_SITE, Outcome.NETWORK)


def test_a_host_that_asks_us_to_wait_is_left_alone(news_site: NewsSite) -> None:
    news_site.too_many_requests("/0", retry_after="3600")
    for n in range(1, 6):
        news_site.add_page(f"/{n}", b"<p>x</p>")
    answers: list[Answer] = []

    async def handle(answer: Answer) -> list[Fetch]:
        answers.append(answer)
        return [Fetch(url=news_site.url(f"/{n}"), outlet="o", kind="article") for n in range(1, 6)]

    asyncio.run(
        crawl([Fetch(url=news_site.url("/0"), outlet="o", kind="feed")], handle, settings=SETTINGS, hosts=Hosts())
    )
    assert [answer.retry_after for answer in answers] == ["3600"]
    assert news_site.hits("/0") == 1
    assert sum(news_site.hits(f"/{n}") for n in range(1, 6)) == 0


def test_a_crawl_out_of_time_asks_no_more(news_site: NewsSite) -> None:
    paths = [f"/{n}" for n in range(40)]
    for path in paths:
        news_site.add_page(path, b"<p>x</p>")
    seen: list[str] = []

    async def handle(answer: Answer) -> list[Fetch]:
        seen.append(answer.fetch.url)
        return []

    fetches = [Fetch(url=news_site.url(path), outlet="o", kind="article") for path in paths]
    assert asyncio.run(crawl(fetches, handle, settings=SETTINGS, hosts=Hosts(), end=End(after_s=0.0)))
    assert len(seen) < len(fetches)
    assert len(seen) == sum(news_site.hits(path) for path in paths)


def test_a_crawl_asked_to_end_lets_come_down_what_is_in_the_air(news_site: NewsSite) -> None:
    come, seen = threading.Event(), list[str]()
    paths = [f"/{n}" for n in range(20)]
    for path in paths:
        news_site.add_answers(path, SiteAnswer(body=b"<p>x</p>", wait_for=come))

    async def handle(answer: Answer) -> list[Fetch]:
        seen.append(answer.fetch.url)
        return []

    async def go() -> bool:
        asked = asyncio.Event()
        fetches = [Fetch(url=news_site.url(path), outlet="o", kind="article") for path in paths]
        crawling = asyncio.create_task(
            crawl(fetches, handle, settings=replace(SETTINGS, delay_s=0.5), hosts=Hosts(), end=End(asked=asked))
        )
        await asyncio.to_thread(news_site.wait_for_request, "/0")
        asked.set()
        asyncio.get_running_loop().call_later(0.5, come.set)
        return await crawling

    assert asyncio.run(go())
    assert 1 <= len(seen) < len(paths)
    assert len(seen) == sum(news_site.hits(path) for path in paths)


def test_a_crawl_asked_to_end_does_not_wait_for_what_never_comes(
    news_site: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.download.IN_THE_AIR_S", 0.2)
    news_site.add_answers("/0", SiteAnswer(body=b"<p>x</p>", wait_for=threading.Event()))

    async def handle(answer: Answer) -> list[Fetch]:
        raise AssertionError("nothing was answered")

    async def go() -> bool:
        asked = asyncio.Event()
        fetch = Fetch(url=news_site.url("/0"), outlet="o", kind="article")
        crawling = asyncio.create_task(crawl([fetch], handle, settings=SETTINGS, hosts=Hosts(), end=End(asked=asked)))
        await asyncio.to_thread(news_site.wait_for_request, "/0")
        asked.set()
        return await crawling

    assert asyncio.run(go())


@pytest.mark.parametrize("status", [302, 503])
def test_more_hosts_than_places_all_come_to_an_end(status: int) -> None:
    """What is asked once more, or elsewhere, must not hold the places of what waits for one."""
    settings = replace(SETTINGS, concurrency=2)
    answered: list[str] = []

    async def handle(answer: Answer) -> list[Fetch]:
        answered.append(answer.fetch.url)
        return []

    with news_sites(6) as sites:
        fetches = []
        for site in sites:
            site.add_page("/there", b"<p>x</p>")
            for n in range(3):
                site.add_answers(f"/{n}", SiteAnswer(status=status, headers={"Location": "/there"}))
                fetches.append(Fetch(url=site.url(f"/{n}"), outlet="o", kind="article"))
        assert not asyncio.run(crawl(fetches, handle, settings=settings, hosts=Hosts(), end=End(after_s=60.0)))
    assert sorted(answered) == sorted(fetch.url for fetch in fetches)


def test_a_host_that_wants_hours_between_requests_does_not_hold_up_the_end(news_site: NewsSite) -> None:
    news_site.add_page("/robots.txt", "User-agent: *\nCrawl-delay: 600", content_type="text/plain")
    for n in range(3):
        news_site.add_page(f"/{n}", b"<p>x</p>")
    answered: list[str] = []
    dropped: list[str] = []

    async def handle(answer: Answer) -> list[Fetch]:
        answered.append(answer.fetch.url)
        return []

    fetches = [Fetch(url=news_site.url(f"/{n}"), outlet="o", kind="article") for n in range(3)]
    crawling = crawl(
        fetches,
        handle,
        settings=SETTINGS,
        hosts=Hosts(),
        end=End(after_s=2.0),
        dropped=lambda fetch: dropped.append(fetch.url),
    )
    assert asyncio.run(asyncio.wait_for(crawling, 30))
    assert len(answered) <= 1
    assert not set(answered) & set(dropped)


@pytest.mark.parametrize("delay_s", [0.0, 0.05])
def test_a_host_that_asks_us_to_wait_is_asked_nothing_more(news_site: NewsSite, delay_s: float) -> None:
    """Not even what had been waiting for its turn already."""
    for n in range(12):
        news_site.too_many_requests(f"/{n}", retry_after="600")
    dropped: list[str] = []

    async def handle(answer: Answer) -> list[Fetch]:
        return []

    fetches = [Fetch(url=news_site.url(f"/{n}"), outlet="o", kind="article") for n in range(12)]
    settings = replace(SETTINGS, delay_s=delay_s)
    asyncio.run(
        crawl(fetches, handle, settings=settings, hosts=Hosts(), dropped=lambda fetch: dropped.append(fetch.url))
    )
    assert sum(news_site.hits(f"/{n}") for n in range(12)) == 1
    assert len(dropped) == 11


def test_hosts_are_asked_one_request_at_a_time(news_site: NewsSite) -> None:
    release = threading.Event()
    for n in range(4):
        news_site.add_page(f"/{n}", b"<p>x</p>", wait_for=release)
    answered: list[str] = []

    async def handle(answer: Answer) -> list[Fetch]:
        answered.append(answer.fetch.url)
        return []

    async def look() -> None:
        fetches = [Fetch(url=news_site.url(f"/{n}"), outlet="o", kind="article") for n in range(4)]
        crawling = asyncio.ensure_future(crawl(fetches, handle, settings=SETTINGS, hosts=Hosts()))
        while not any(news_site.hits(f"/{n}") for n in range(4)):
            await asyncio.sleep(0.01)
        at_once = sum(news_site.hits(f"/{n}") for n in range(4))
        release.set()
        await crawling
        assert at_once == 1

    asyncio.run(look())
    assert len(answered) == 4


def test_only_a_refusal_asks_us_to_wait(news_site: NewsSite) -> None:
    news_site.add_page("/a", b"<p>x</p>", headers={"Retry-After": "86400"})
    news_site.too_many_requests("/b", retry_after="60")
    assert [answer.retry_after for answer in ask([news_site.url("/a"), news_site.url("/b")])] == [None, "60"]


def test_what_an_answer_adds_is_asked_too(news_site: NewsSite) -> None:
    news_site.add_page("/1", b"1")
    news_site.add_page("/2", b"2")
    seen: list[str] = []

    async def handle(answer: Answer) -> list[Fetch]:
        seen.append(answer.fetch.url)
        return [Fetch(url=news_site.url("/2"), outlet="o", kind="article")] if len(seen) == 1 else []

    fetches = [Fetch(url=news_site.url("/1"), outlet="o", kind="article")]
    asyncio.run(crawl(fetches, handle, settings=SETTINGS, hosts=Hosts()))
    assert seen == [news_site.url("/1"), news_site.url("/2")]


def test_a_failing_handler_ends_the_crawl_and_is_raised(news_site: NewsSite) -> None:
    for n in range(20):
        news_site.add_page(f"/{n}", b"x")

    async def handle(answer: Answer) -> list[Fetch]:
        raise OSError("no space left on device")

    fetches = [Fetch(url=news_site.url(f"/{n}"), outlet="o", kind="article") for n in range(20)]
    with pytest.raises(OSError, match="no space left"):
        asyncio.run(crawl(fetches, handle, settings=SETTINGS, hosts=Hosts()))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, None), (304, Outcome.UNCHANGED), (404, Outcome.GONE), (410, Outcome.GONE), (401, Outcome.REFUSED),
     (403, Outcome.REFUSED), (451, Outcome.REFUSED), (429, Outcome.HTTP_ERROR), (503, Outcome.HTTP_ERROR)],
)  # fmt: skip
def test_what_a_status_means(status: int, outcome: Outcome | None) -> None:
    assert outcome_of(status) == outcome
