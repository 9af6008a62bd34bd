"""Addresses → captures: a polite, guarded Scrapy crawl. Scrapy is spoken here and in the four files this one brings in.

`crawl` asks for every `Fetch` it is given, hands each `Answer` to the caller's `handle`, and asks for what that returns.
What is not asked is in `guard.py`, how politely in `manners.py`, how bodies come in in `bodies.py`, what a failure means
in `outcomes.py`; what an answer means is the caller's business.
"""

import asyncio
import logging
import re
import sys
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.bodies import Budget, Room
from crawler.manners import Clock, Hosts, utc_now
from crawler.outcomes import (
    HostRestsError,
    RobotsUnknownError,
    is_local,
    is_nameless,
    outcome_of,
    outcome_of_error,
    reason_of,
    wait_of,
)
from crawler.outlets import host_of
from crawler.received import RECEIVED, Received
from crawler.settings import Crawl
from storage.records import Capture, HostPolicy, Link, Outcome, Validators

__all__ = ["Answer", "Clock", "End", "Fetch", "FetchKind", "Handle", "Hosts", "crawl", "outcome_of", "utc_now"]

logger = logging.getLogger(__name__)

FetchKind = Literal["front-page", "feed", "sitemap", "news-sitemap", "section", "article", "recheck"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One address to ask."""

    url: str
    outlet: str
    kind: FetchKind
    link: Link | None = None
    found_by: str | None = None
    """How a feed, sitemap or section became known; for the feeds table."""
    depth: int = 0
    """Sitemap index or `rel=next` steps from where we began."""
    part_of: str | None = None
    """Of a further page of an article: the address asked for its first page."""
    validators: Validators = field(default_factory=Validators)
    """Of the last full answer: asked with, unless there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a fetch: a capture, or an outcome that says why not."""

    fetch: Fetch
    at: datetime
    outcome: Outcome | None = None
    """None: answered with 200, and the capture is the caller's to judge."""
    reason: str = ""
    status: int | None = None
    ms: int | None = None
    size_bytes: int | None = None
    capture: Capture | None = None
    policy: HostPolicy | None = None
    """Of the host that answered, where it could be read."""
    retry_after: str | None = None
    """What a 429 or 503 said; its host is `asked`'s."""
    asked: str = ""
    """The address that answered or failed in the end, behind redirects."""
    local: bool = False
    """This machine itself said that it reaches nobody: no route, or no name server that answers."""
    nameless: bool = False
    """The host's name does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """When a crawl ends though something is left to ask."""

    after_s: float | None = None
    asked: asyncio.Event | None = None
    """Set by whoever wants it to end now."""


NEVER = End()

Handle = Callable[[Answer], Awaitable[Iterable[Fetch]]]
REDIRECTS = range(300, 400)
IN_THE_AIR_S = 6.0
"""For answers on their way when a crawl is asked to end: of the ten that a service manager is promised."""

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")


async def crawl(
    fetches: Iterable[Fetch],
    handle: Handle,
    *,
    settings: Crawl,
    hosts: Hosts,
    end: End = NEVER,
    clock: Clock = utc_now,
    dropped: Callable[[Fetch], None] = lambda fetch: None,
) -> bool:
    """Ask for `fetches` and for whatever `handle` adds, until nothing is left, or `end` has come.

    `dropped` is told of what was not asked: its host asked us to wait, or the time was over. Returns whether `end`
    ended it. What is in the air then comes down; where the end was asked for, within IN_THE_AIR_S. Raises what `handle` raises.
    """
    logging.getLogger("scrapy").setLevel(logging.CRITICAL)  # what the web does to us is an outcome, not a log line
    runner = AsyncCrawlerRunner(scrapy_settings(settings, hosts.delays_s))
    crawler = runner.create_crawler(_Spider)
    errors: list[BaseException] = []
    stopping: list[asyncio.Task[None]] = []
    room = Room(settings.concurrency)

    def stop(failure: Failure) -> None:
        """A failing handler would only be logged by Scrapy: end the crawl and tell the caller."""
        if not errors:
            errors.append(failure.value or RuntimeError("the crawl failed without saying why"))
            stopping.append(asyncio.get_running_loop().create_task(_end(crawler, room)))

    def left(request: Request) -> None:
        """What is asked once more, or elsewhere, gives its place back while it waits: else those that wait have them all."""
        room.leave(id(request.cb_kwargs.get("fetch")))

    crawler.signals.connect(stop, signal=signals.spider_error)
    crawler.signals.connect(left, signal=signals.request_scheduled)
    shared = _Shared(
        handle=handle, dropped=dropped, errors=errors, clock=clock, hosts=hosts,
        budget=Budget(settings.max_body_bytes), room=room,
    )  # fmt: skip
    crawling = runner.crawl(crawler, fetches=tuple(fetches), shared=shared)
    try:
        # Scrapy takes a cancellation for an ordinary end: keep it out
        done = await _done_before(asyncio.shield(crawling), end)
        if not done and not await _come_down(_end(crawler, room), end):
            errors.append(TimeoutError("the crawl was ended"))  # what still comes in is nobody's answer
            _hush()
            return True
    except asyncio.CancelledError as error:
        errors.append(error)  # what still comes in is nobody's answer
        _hush()
        raise
    if errors:
        raise errors[0]
    if done:
        crawling.result()
    return not done


async def _done_before(crawling: asyncio.Future[Any], end: End) -> bool:
    """Wait for the crawl; returns False if its end comes before it is done."""
    asked: list[asyncio.Future[Any]] = [asyncio.create_task(end.asked.wait())] if end.asked else []
    done, _ = await asyncio.wait([crawling, *asked], timeout=end.after_s, return_when=asyncio.FIRST_COMPLETED)
    for each in asked:
        each.cancel()
    return crawling in done


async def _come_down(landing: Coroutine[Any, Any, None], end: End) -> bool:
    """Let what is in the air come down; returns False if that takes longer than there is time for."""
    task = asyncio.create_task(landing)
    if await _done_before(task, End(asked=end.asked)):
        return True
    done, _ = await asyncio.wait({task}, timeout=IN_THE_AIR_S)
    return bool(done)


async def _end(crawler: Crawler, room: Room) -> None:
    """Let what is in the air come down; what has not been sent, be it for a host's delay, is not asked."""
    room.close()
    for slot in crawler.engine.downloader.slots.values() if crawler.engine else ():
        while slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(HostRestsError("the pass is over")))  # type: ignore[no-untyped-call]
    await crawler.stop_async()


def _hush() -> None:
    """Let a process that was interrupted end without what Scrapy's half-ended coroutines have to say about it."""
    warnings.simplefilter("ignore", RuntimeWarning)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    sys.unraisablehook = lambda unraisable: None


def scrapy_settings(settings: Crawl, delays_s: Mapping[str, float]) -> dict[str, Any]:
    """Return Scrapy's settings for ours: the one place that knows both names."""
    return {
        "TWISTED_REACTOR_ENABLED": False,  # asyncio and aiohttp: a crawl is one coroutine, repeatable in one process
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "COOKIES_ENABLED": False,
        "USER_AGENT": settings.user_agent,
        "ROBOTSTXT_OBEY": settings.obey_robots,  # read by our own middleware
        "URLLENGTH_LIMIT": 0,  # Scrapy would drop longer ones without a word; ours are short enough
        "CUTTINGS_ALLOW_PRIVATE": settings.allow_private_addresses,
        "CONCURRENT_REQUESTS": settings.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_ITEMS": 1,  # Scrapy starts so many tasks for each answer, a hundred unless told; ours give requests only
        "DOWNLOAD_DELAY": settings.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0.0,  # `delay_s` is a promise, not an average
        "DOWNLOAD_SLOTS": {host: {"concurrency": 1, "delay": delay} for host, delay in delays_s.items()},
        "DOWNLOAD_TIMEOUT": settings.timeout_s,
        "DOWNLOAD_MAXSIZE": settings.max_body_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "SCRAPER_SLOT_MAX_ACTIVE_SIZE": settings.concurrency * settings.max_body_bytes,  # Room says how far ahead we go
        "HTTPERROR_ALLOW_ALL": True,
        "REDIRECT_MAX_TIMES": 10,
        "METAREFRESH_ENABLED": False,
        "RETRY_TIMES": 2,
        "RETRY_HTTP_CODES": [408, 500, 502, 503, 504, 522, 524],  # not 429, nor 503 that says how long to wait
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": "gzip, deflate",  # what every reader of WARC files can undo
        },
        "COMPRESSION_ENABLED": False,  # undone by our own handler
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.bodies.Downloads"),
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawler.guard.Guard": 50,
            "crawler.manners.Robots": 100,
            "crawler.manners.Rests": 600,  # nearer to the server than Scrapy's retries
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What belongs to a crawl as a whole."""

    handle: Handle
    dropped: Callable[[Fetch], None]
    errors: list[BaseException]
    clock: Clock
    hosts: Hosts
    budget: Budget
    room: Room


class _Spider(Spider):
    """Turns fetches into requests and answers into calls of `handle`."""

    name = "cuttings"

    def __init__(self, *, fetches: Iterable[Fetch], shared: _Shared, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.clock, self.hosts = shared.clock, shared.hosts  # these are for the middlewares and the handler
        self.budget, self.room = shared.budget, shared.room
        self.resting = set(shared.hosts.resting)
        self._fetches = fetches
        self._handle, self._dropped, self._errors = shared.handle, shared.dropped, shared.errors

    async def start(self) -> AsyncIterator[Request]:
        for fetch in self._fetches:
            yield self._request(fetch)

    def _request(self, fetch: Fetch) -> Request:
        conditions = {"If-None-Match": fetch.validators.etag, "If-Modified-Since": fetch.validators.last_modified}
        return Request(
            fetch.url,
            callback=self._answered,
            errback=self._failed,
            headers={name: value for name, value in conditions.items() if value},
            dont_filter=True,  # the frontier in the archive knows what was asked
            priority=0 if fetch.kind in ("article", "recheck") else 10,
            cb_kwargs={"fetch": fetch},
            meta={"download_slot": host_of(fetch.url)},  # what waits is taken in turn by host
        )

    async def _answered(self, response: Response, fetch: Fetch) -> AsyncIterator[Request]:
        at = self.clock()
        wire: Received = response.meta[RECEIVED]
        capture = Capture(
            requested_url=fetch.url,
            url=response.url,
            fetched_at=at,
            status=response.status,
            status_line=wire.status_line,
            headers=wire.headers,
            body=response.body,
            encoded=response.meta.get("encoded"),
            request_headers=wire.request_headers,
            ip_address=wire.ip_address,
            link=fetch.link,
        )
        latency_s = response.meta.get("download_latency", 0.0)
        outcome = outcome_of(response.status)
        if outcome is Outcome.UNCHANGED and fetch.validators == Validators():
            outcome = Outcome.HTTP_ERROR  # nobody asked whether it had changed
        scheme = _SCHEME.match(_header(response, "Location"))
        if response.status in REDIRECTS and scheme and scheme[1].lower() not in ("http", "https"):
            outcome = Outcome.OFF_SITE  # Scrapy follows a redirect to the web only
        answer = Answer(
            fetch=fetch,
            at=at,
            outcome=outcome,
            reason=f"HTTP {response.status}" if outcome else "",
            status=response.status,
            ms=round(latency_s * 1000),
            size_bytes=len(response.body),
            capture=capture,
            policy=response.meta.get("policy"),
            retry_after=wait_of(response.status, _header(response, "Retry-After")),
            asked=response.url,
        )
        async for request in self._pass_on(answer):
            yield request

    async def _failed(self, failure: Failure) -> AsyncIterator[Request]:
        error = failure.value or RuntimeError("a failure without a reason")
        fetch = failure.request.cb_kwargs["fetch"]  # type: ignore[attr-defined]
        if isinstance(error, HostRestsError) or (self.room.closed and isinstance(error, RobotsUnknownError)):
            self.room.leave(id(fetch))
            self._dropped(fetch)
            return  # not asked: the link waits
        outcome = outcome_of_error(error)
        if outcome is None:
            self.room.leave(id(fetch))
            raise RuntimeError(f"unexpected: {error!r}") from error
        answer = Answer(
            fetch=fetch,
            at=self.clock(),
            outcome=outcome,
            reason=reason_of(error),
            policy=failure.request.meta.get("policy"),  # type: ignore[attr-defined]
            retry_after=getattr(error, "retry_after", None),
            asked=failure.request.url,  # type: ignore[attr-defined]
            local=is_local(error),
            nameless=is_nameless(error),
        )
        async for request in self._pass_on(answer):
            yield request

    async def _pass_on(self, answer: Answer) -> AsyncIterator[Request]:
        try:  # once the pass has failed, what is in the air comes down
            more = () if self._errors else await self._handle(answer)
        finally:
            self.budget.give_back(id(answer.fetch))
            self.room.leave(id(answer.fetch))
        for fetch in more:
            yield self._request(fetch)


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")
