"""Cleaning processes: what a page does to one costs that page only."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from news_pages import article

from crawler.clean import Refusal
from crawler.workers import RESIDENT_LIMIT, Cleaners
from storage.records import Article, Capture, Outcome, Outlet

OUTLET = Outlet(id="a", name="A", url="https://a.example/")
PAGE = article("A letter from the harbour", ["Officials wrote a long letter about the harbour on Monday morning."] * 3)


def capture(path: str, body: str = PAGE) -> Capture:
    url = f"https://a.example{path}"
    return Capture(
        requested_url=url, url=url, fetched_at=datetime(2026, 3, 2, tzinfo=UTC), status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),), body=body.encode(),
    )  # fmt: skip


def clean(captures: Sequence[Capture], *, workers: int = 2, limit_s: float = 60.0) -> list[Article | Refusal]:
    async def all_of_them(cleaners: Cleaners) -> list[Article | Refusal]:
        return list(await asyncio.gather(*(cleaners.clean(each) for each in captures)))

    with Cleaners([OUTLET], [], workers=workers, limit_s=limit_s) as cleaners:
        return asyncio.run(all_of_them(cleaners))


def test_pages_come_back_in_the_order_asked() -> None:
    results = clean([capture(f"/{n}") for n in range(6)])
    assert [result.url for result in results if isinstance(result, Article)] == [
        f"https://a.example/{n}" for n in range(6)
    ]


def test_a_page_that_kills_its_process_costs_itself_only() -> None:
    async def kill_in_the_middle(cleaners: Cleaners) -> list[Article | Refusal]:
        first = await cleaners.clean(capture("/1"))
        os.kill(cleaners._workers[0]._running[0].pid, signal.SIGKILL)  # type: ignore[index,arg-type]
        return [first, await cleaners.clean(capture("/2")), await cleaners.clean(capture("/3"))]

    with Cleaners([OUTLET], [], workers=1) as cleaners:
        results = asyncio.run(kill_in_the_middle(cleaners))
    assert [type(result) for result in results] == [Article, Article, Article]


def test_a_page_that_takes_too_long_is_a_parse_error() -> None:
    (result,) = clean([capture("/slow")], workers=1, limit_s=0.0)
    assert result == Refusal(outcome=Outcome.PARSE_ERROR, reason="reading took longer than 0 s")


def test_an_address_we_could_not_key_is_off_site() -> None:
    (result,) = clean([capture("/" + "x" * 9000)], workers=1)
    assert isinstance(result, Refusal)
    assert result.outcome is Outcome.OFF_SITE


DEEP = "<html><body><article>" + "<p>a<b>b</b>" * 700_000


def test_a_page_that_needs_too_much_memory_costs_itself_only() -> None:
    async def one_large(cleaners: Cleaners) -> list[Article | Refusal]:
        return [await cleaners.clean(each) for each in (capture("/1"), capture("/large", DEEP), capture("/2"))]

    with Cleaners([OUTLET], [], workers=1, memory_limit=250_000_000) as cleaners:
        first, large, last = asyncio.run(one_large(cleaners))
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(large, Refusal)
    assert large.outcome is Outcome.PARSE_ERROR


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads the size of processes in /proc")
@pytest.mark.parametrize(("resident_limit", "processes"), [(1, 2), (RESIDENT_LIMIT, 1)])
def test_a_process_that_has_grown_is_replaced(resident_limit: int, processes: int) -> None:
    async def two_pages(cleaners: Cleaners) -> set[int]:
        pids = set()
        for path in ("/1", "/2"):
            waiting = asyncio.ensure_future(cleaners.clean(capture(path)))
            while not waiting.done():
                await asyncio.sleep(0)
                running = cleaners._workers[0]._running
                pids |= {running[0].pid or 0} if running else set()
            assert isinstance(waiting.result(), Article)
        return pids

    with Cleaners([OUTLET], [], workers=1, resident_limit=resident_limit) as cleaners:
        assert len(asyncio.run(two_pages(cleaners))) == processes


def test_a_listing_that_takes_too_long_is_its_problem() -> None:
    with Cleaners([OUTLET], [], workers=1, limit_s=0.0) as cleaners:
        listing = asyncio.run(cleaners.listing(capture("/feed"), "feed", outlet=OUTLET, known=(), max_bytes=10_000_000))
    assert (listing.links, listing.problem) == ((), "reading took longer than 0 s")


CHILD = """
import asyncio, os, sys
sys.path[:0] = [{tests!r}]
from test_workers import OUTLET, capture
from crawler.workers import Cleaners
if __name__ == "__main__":
    async def main(cleaners):
        await asyncio.gather(cleaners.clean(capture("/1")), cleaners.clean(capture("/2")))
        print(*[worker._running[0].pid for worker in cleaners._workers], flush=True)
        await asyncio.sleep(60)
    with Cleaners([OUTLET], [], workers=2) as cleaners:
        asyncio.run(main(cleaners))
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks processes up in /proc")
def test_a_killed_parent_leaves_no_worker_behind(tmp_path: Path) -> None:
    script = tmp_path / "child.py"
    script.write_text(CHILD.format(tests=str(Path(__file__).parent)))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pids = [int(pid) for pid in process.stdout.readline().split()]
        watches = [os.pidfd_open(pid) for pid in pids]
        process.kill()
    for watch in watches:
        signalled = _ended(watch, timeout_s=20)
        os.close(watch)
        assert signalled


def _ended(watch: int, *, timeout_s: float) -> bool:
    import select

    poll = select.poll()
    poll.register(watch, select.POLLIN)
    return bool(poll.poll(timeout_s * 1000))
