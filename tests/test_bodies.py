"""Bodies as servers send them: within size, time and memory."""

import asyncio
import errno
import gzip
import socket
import subprocess
import sys
import zlib
from collections.abc import Mapping
from dataclasses import replace

import pytest
from news_site import NewsSite, news_sites
from test_download import SETTINGS, ask

from crawler.bodies import SMALL, SPARE, Budget
from crawler.download import Answer, Fetch, Hosts, crawl
from storage.records import Outcome

LARGE = replace(SETTINGS, max_body_bytes=3_000_000, timeout_s=5.0)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(b"<p>x</p>" * 1000), {"Content-Encoding": "gzip"}),
        (gzip.compress(gzip.compress(b"<p>x</p>" * 1000)), {"Content-Encoding": "gzip, gzip"}),
        (zlib.compress(b"<p>x</p>" * 1000), {"Content-Encoding": "deflate"}),
        (zlib.compress(b"<p>x</p>" * 1000)[2:-4], {"Content-Encoding": "Deflate"}),
        (b"<p>x</p>" * 1000, {"Content-Encoding": "utf-8"}),
        (b"<p>x</p>" * 1000, {"Content-Encoding": "gzip"}),
    ],
    ids=["gzip", "twice", "deflate", "raw deflate", "no coding", "not gzip"],
)
def test_a_body_is_unpacked_and_kept_as_it_came(body: bytes, headers: Mapping[str, str], news_site: NewsSite) -> None:
    news_site.add_page("/a", body, headers=headers)
    (answer,) = ask([news_site.url("/a")])
    assert answer.capture
    assert answer.capture.body == b"<p>x</p>" * 1000
    assert (answer.capture.encoded or answer.capture.body) == body


@pytest.mark.parametrize("size", [SMALL - 1, SMALL + 1, 4 * SMALL + 1, 3_000_000])
@pytest.mark.parametrize("packed", [False, True])
def test_a_body_may_have_any_size_up_to_the_limit(size: int, packed: bool, news_site: NewsSite) -> None:
    body = b"x" * size
    headers = {"Content-Encoding": "gzip"} if packed else {}
    news_site.add_page("/a", gzip.compress(body) if packed else body, headers=headers)
    (answer,) = ask([news_site.url("/a")], LARGE)
    assert answer.size_bytes == size


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_too_large(layers: int, news_site: NewsSite) -> None:
    body = b"\0" * 20_000_000
    for _ in range(layers):
        body = gzip.compress(body)
    news_site.add_page("/a", body, headers={"Content-Encoding": ", ".join(["gzip"] * layers)})
    (answer,) = ask([news_site.url("/a")], LARGE)
    assert (answer.outcome, news_site.hits("/a")) == (Outcome.TOO_LARGE, 1)


def test_a_body_of_an_error_is_not_read_to_its_end(news_site: NewsSite) -> None:
    news_site.add_page("/a", b"x" * 2_900_000, status=404)
    (answer,) = ask([news_site.url("/a")], LARGE)
    assert answer.outcome is Outcome.GONE
    assert answer.size_bytes
    assert answer.size_bytes < SMALL + 500_000


def test_what_hosts_state_takes_nothing_from_the_budget_of_pages() -> None:
    """Each of these would hold a share for good, and the pages wait for ever."""
    settings = replace(LARGE, timeout_s=20.0, max_body_bytes=4 * SMALL)
    rules = gzip.compress(b"[" + b" " * (SMALL - 10)) + b"#" * 50
    with news_sites(8) as sites:
        for site in sites:
            site.add_page("/robots.txt", b"#" * 50_000, repeat=None)
            site.add_page("/.well-known/tdmrep.json", rules, headers={"Content-Encoding": "gzip"})
        urls = [site.add_page("/a", b"x" * (SMALL + 1)) for site in sites]
        assert {answer.outcome for answer in ask(urls, settings)} == {None}


def test_a_slow_drip_ends_with_the_time_limit(news_site: NewsSite) -> None:
    news_site.add_page("/a", b"x" * 1000, drip_s=0.05)
    (answer,) = ask([news_site.url("/a")], replace(SETTINGS, timeout_s=0.3))
    assert (answer.outcome, answer.reason) == (Outcome.TIMEOUT, "no whole answer within 0.3 s")


def test_long_headers_are_read(news_site: NewsSite) -> None:
    news_site.add_page("/a", b"x", headers={"Content-Security-Policy": "y" * 30_000})
    (answer,) = ask([news_site.url("/a")])
    assert answer.outcome is None


def test_a_long_address_is_asked(news_site: NewsSite) -> None:
    path = "/" + "x" * 3000
    news_site.add_page(path, b"x")
    seen: list[Answer] = []

    async def handle(answer: Answer) -> list[Fetch]:
        seen.append(answer)
        return [Fetch(url=news_site.url(path + "y"), outlet="o", kind="article")] if len(seen) == 1 else []

    fetches = [Fetch(url=news_site.url(path), outlet="o", kind="article")]
    asyncio.run(crawl(fetches, handle, settings=SETTINGS, hosts=Hosts()))
    assert [answer.status for answer in seen] == [200, 404]


def test_a_refusal_of_connections_is_tried_again_only_after_the_delay(news_site: NewsSite) -> None:
    news_site.add_page("/a", drop=True)
    (answer,) = ask([news_site.url("/a")])
    assert (answer.outcome, news_site.hits("/a")) == (Outcome.NETWORK, 3)


def test_whoever_comes_first_has_the_budget_first() -> None:
    async def share() -> list[int]:
        budget, served = Budget(1000), []

        async def take(key: int, size: int) -> None:
            await budget.take(key, size)
            served.append(key)

        budget._free = 1000
        tasks = [asyncio.ensure_future(take(key, size)) for key, size in enumerate([900, 5000, 50])]
        for key in range(3):
            while key not in served:
                await asyncio.sleep(0)
            budget.give_back(key)
            budget.give_back(key)
        await asyncio.gather(*tasks)
        assert budget._free == 1000
        return served

    assert asyncio.run(share()) == [0, 1, 2]


def test_the_wait_for_our_own_budget_is_not_charged_to_the_server() -> None:
    """Two bodies that do not fit together, the first held for longer than the second has time."""
    settings = replace(LARGE, timeout_s=0.5, max_body_bytes=SPARE + 2 * SMALL)
    found: list[Answer] = []

    async def handle(answer: Answer) -> list[Fetch]:
        found.append(answer)
        if len(found) == 1:
            await asyncio.sleep(1.0)
        return []

    with news_sites(2) as sites:
        fetches = [Fetch(url=site.add_page("/a", b"x" * (SPARE + SMALL)), outlet="o", kind="article") for site in sites]
        asyncio.run(crawl(fetches, handle, settings=settings, hosts=Hosts()))
    assert [answer.outcome for answer in found] == [None, None]


@pytest.mark.parametrize(
    ("error", "local"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), True),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), False),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), True),
    ],
    ids=["no name server", "no such name", "no route"],
)
def test_failures_of_our_own_network_are_told_apart(
    error: OSError, local: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*asked: object, **more: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    (answer,) = ask(["http://news.example/a"])
    assert (answer.outcome, answer.local) == (Outcome.NETWORK, local)


CROWD = """
import asyncio, resource, sys
from crawler.download import Fetch, Hosts, crawl
from crawler.settings import Crawl

async def handle(answer):
    await asyncio.sleep(0)
    return []

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

before = peak()
fetches = [Fetch(url=url, outlet="o", kind="article") for url in sys.argv[1:]]
asyncio.run(crawl(fetches, handle, settings=Crawl(delay_s=0, allow_private_addresses=True), hosts=Hosts()))
print(peak() - before)
"""


def test_many_of_the_largest_bodies_at_once_do_not_fill_the_memory() -> None:
    """200 MB on the wire; without a budget all of it is in memory."""
    body = b"x" * 9_900_000
    with news_sites(20) as sites:
        urls = [site.add_page("/a", body) for site in sites]
        done = subprocess.run([sys.executable, "-c", CROWD, *urls], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 130
