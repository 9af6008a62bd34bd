"""Addresses → captures: a polite, guarded Scrapy crawl. Nothing else but `manners.py` speaks Scrapy.

`crawl` asks for every `Fetch` it is given, hands each `Answer` to the caller's `handle`, and asks for what that returns.
Robots and guards are in `manners.py`; what an answer means is the caller's business.
"""

import asyncio
import logging
import re
import sys
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Literal

from aiohttp import ClientResponse
from scrapy import Request, Spider, signals
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Response
from twisted.python.failure import Failure

from crawler.manners import AddressRefusedError, HostRestsError, RobotsRefusedError, RobotsUnknownError
from crawler.settings import Crawl
from storage.records import Capture, HostPolicy, Link, Outcome, Validators

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """What is known of hosts before a crawl."""

    delays_s: Mapping[str, float] = field(default_factory=dict)
    """Own delays, by host (`crawler.outlets.host_of`)."""
    resting: Collection[str] = ()
    """Hosts that have asked us to wait: not asked."""
    policies: Mapping[str, HostPolicy] = field(default_factory=dict)
    """By origin; asked again when older than a day."""


Handle = Callable[[Answer], Awaitable[Iterable[Fetch]]]
Clock = Callable[[], datetime]
"""Returns the time, aware."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


MEANINGS: Mapping[int, Outcome] = {
    HTTPStatus.NOT_MODIFIED: Outcome.UNCHANGED,
    HTTPStatus.NOT_FOUND: Outcome.GONE,
    HTTPStatus.GONE: Outcome.GONE,
    HTTPStatus.UNAUTHORIZED: Outcome.REFUSED,
    HTTPStatus.FORBIDDEN: Outcome.REFUSED,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Outcome.REFUSED,
}  # everything else but 200: http_error
REDIRECTS = range(300, 400)

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_NOISE = re.compile(r" ssl:(?:default|<[^>]*>)")  # aiohttp's, in the middle of its sentences

# What an expected exception of the download means; anything else is ours to mend and ends the pass.
OUTCOMES: Mapping[type[Exception], Outcome] = {
    RobotsRefusedError: Outcome.ROBOTS,
    RobotsUnknownError: Outcome.HTTP_ERROR,
    AddressRefusedError: Outcome.OFF_SITE,
    UnsupportedURLSchemeError: Outcome.OFF_SITE,
    DownloadTimeoutError: Outcome.TIMEOUT,
    CannotResolveHostError: Outcome.NETWORK,
    DownloadConnectionRefusedError: Outcome.NETWORK,
    ResponseDataLossError: Outcome.NETWORK,
    DownloadFailedError: Outcome.NETWORK,
    DownloadCancelledError: Outcome.TOO_LARGE,
    OSError: Outcome.NETWORK,
    ValueError: Outcome.HTTP_ERROR,  # an answer no client can read
}


async def crawl(
    fetches: Iterable[Fetch],
    handle: Handle,
    *,
    settings: Crawl,
    hosts: Hosts,
    limit_s: float | None = None,
    clock: Clock = utc_now,
) -> bool:
    """Ask for `fetches` and for whatever `handle` adds, until nothing is left, or no more after `limit_s`.

    Returns whether the limit ended it. Raises what `handle` raises.
    """
    logging.getLogger("scrapy").setLevel(logging.CRITICAL)  # what the web does to us is an outcome, not a log line
    runner = AsyncCrawlerRunner(
        scrapy_settings(settings, hosts.delays_s)
        | {
            "CUTTINGS_RESTING": sorted(hosts.resting),
            "CUTTINGS_POLICIES": dict(hosts.policies),
        }
    )
    crawler = runner.create_crawler(_Spider)
    errors: list[BaseException] = []
    stopping: list[asyncio.Task[None]] = []

    def stop(failure: Failure) -> None:
        """A failing handler would only be logged by Scrapy: end the crawl and tell the caller."""
        if not errors:
            errors.append(failure.value or RuntimeError("the crawl failed without saying why"))
            stopping.append(asyncio.get_running_loop().create_task(crawler.stop_async()))

    crawler.signals.connect(stop, signal=signals.spider_error)
    crawling = runner.crawl(crawler, fetches=tuple(fetches), handle=handle, errors=errors, clock=clock)
    try:
        # Scrapy takes a cancellation for an ordinary end: keep it out
        done, _ = await asyncio.wait({asyncio.shield(crawling)}, timeout=limit_s)
        if not done:  # what is in the air comes down, what waits stays waiting
            await crawler.stop_async()
    except asyncio.CancelledError as error:
        errors.append(error)  # what still comes in is nobody's answer
        _hush()
        raise
    if errors:
        raise errors[0]
    if done:
        crawling.result()
    return not done


def _hush() -> None:
    """Let a process that was interrupted end without what Scrapy's half-ended coroutines have to say about it."""
    warnings.simplefilter("ignore", RuntimeWarning)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    sys.unraisablehook = lambda unraisable: None


def scrapy_settings(settings: Crawl, delays_s: Mapping[str, float]) -> dict[str, Any]:
    """Return Scrapy's settings for ours: the one place that knows both names."""
    ours = "crawler.manners."
    return {
        "TWISTED_REACTOR_ENABLED": False,  # asyncio and aiohttp: a crawl is one coroutine, repeatable in one process
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "COOKIES_ENABLED": False,
        "USER_AGENT": settings.user_agent,
        "ROBOTSTXT_OBEY": settings.obey_robots,  # read by our own middleware, as is the next
        "ROBOTSTXT_USER_AGENT": settings.user_agent.split("/")[0].split()[0],
        "CUTTINGS_ALLOW_PRIVATE": settings.allow_private_addresses,
        "CONCURRENT_REQUESTS": settings.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": settings.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0.0,  # `delay_s` is a promise, not an average
        "DOWNLOAD_SLOTS": {host: {"concurrency": 1, "delay": delay} for host, delay in delays_s.items()},
        "DOWNLOAD_TIMEOUT": settings.timeout_s,
        "DOWNLOAD_MAXSIZE": settings.max_body_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "HTTPERROR_ALLOW_ALL": True,
        "REDIRECT_MAX_TIMES": 10,
        "METAREFRESH_ENABLED": False,
        "RETRY_TIMES": 2,
        "RETRY_HTTP_CODES": [408, 500, 502, 503, 504, 522, 524],  # not 429, nor 503 that says how long to wait
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.download.RawHeaders"),
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            ours + "Guard": 50,
            ours + "Robots": 100,
            ours + "Rests": 600,  # nearer to the server than Scrapy's retries
        },
    }


def outcome_of(status: int) -> Outcome | None:
    """Return what an HTTP status means by itself; None for an answer to read."""
    if status == HTTPStatus.OK:
        return None
    return MEANINGS.get(status, Outcome.HTTP_ERROR)


class _Spider(Spider):
    """Turns fetches into requests and answers into calls of `handle`."""

    name = "cuttings"

    def __init__(
        self, *, fetches: Iterable[Fetch], handle: Handle, errors: list[BaseException], clock: Clock, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._fetches = fetches
        self._handle = handle
        self._errors = errors
        self._clock = clock

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
        )

    async def _answered(self, response: Response, fetch: Fetch) -> AsyncIterator[Request]:
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        )
        at = self._clock()
        capture = Capture(
            requested_url=fetch.url,
            url=response.url,
            fetched_at=at,
            status=response.status,
            headers=headers,
            body=response.body,
            link=fetch.link,
        )
        latency_s = response.meta.get("download_latency", 0.0)
        outcome = outcome_of(response.status)
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
            retry_after=_header(response, "Retry-After") or None,
        )
        async for request in self._pass_on(answer):
            yield request

    async def _failed(self, failure: Failure) -> AsyncIterator[Request]:
        error = failure.value
        if isinstance(error, HostRestsError):
            return  # not asked: the link waits
        fetch = failure.request.cb_kwargs["fetch"]  # type: ignore[attr-defined]
        outcome = next((outcome for kind, outcome in OUTCOMES.items() if isinstance(error, kind)), None)
        if outcome is None and isinstance(error, IgnoreRequest):  # Scrapy's own: too many redirects, a bomb
            outcome = Outcome.TOO_LARGE if "MAXSIZE" in str(error) else Outcome.HTTP_ERROR
        if outcome is None:
            raise RuntimeError(f"unexpected: {error!r}") from error
        policy = failure.request.meta.get("policy")  # type: ignore[attr-defined]
        reason = _NOISE.sub("", str(error).split("\n")[0]) or type(error).__name__
        answer = Answer(fetch=fetch, at=self._clock(), outcome=outcome, reason=reason, policy=policy)
        async for request in self._pass_on(answer):
            yield request

    async def _pass_on(self, answer: Answer) -> AsyncIterator[Request]:
        if self._errors:  # the pass has failed: let what is in the air come down
            return
        for fetch in await self._handle(answer):
            yield self._request(fetch)


class RawHeaders(AiohttpDownloadHandler):
    """Takes headers as bytes: old servers send them in their own charset, which aiohttp's text form cannot give back."""

    @staticmethod
    def _extract_headers(response: ClientResponse) -> Headers:
        return Headers(list(response.raw_headers))


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")
