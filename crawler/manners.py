"""How politely we ask: robots.txt, delays, rests. Scrapy downloader middlewares, used by `download.py` only."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Protocol, Self, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.bodies import Room
from crawler.outcomes import EXPECTED, HostRestsError, RobotsRefusedError, RobotsUnknownError, wait_of
from crawler.outlets import host_of
from crawler.robots_rules import FRESH_H, MOST_BYTES, USABLE_DAYS, Rules, conclusive, robots_text
from storage.records import HostPolicy

MOST_TDMREP_BYTES = 100_000
MOST_REDIRECTS = 5
"""Of robots.txt, RFC 9309, 2.3.1.2; after more it counts as not there."""

Clock = Callable[[], datetime]
"""Returns the time, aware."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """What is known of hosts before a crawl."""

    delays_s: Mapping[str, float] = field(default_factory=dict)
    """Own delays, by host (`crawler.outlets.host_of`)."""
    resting: Collection[str] = ()
    """Hosts that have asked us to wait: not asked."""
    policies: Mapping[str, HostPolicy] = field(default_factory=dict)
    """By origin; asked again when older than a day."""


class Crawling(Protocol):
    """What the spider carries for the middlewares."""

    clock: Clock
    hosts: Hosts
    resting: set[str]
    room: Room


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """What one origin states."""

    policy: HostPolicy
    rules: Rules
    error: Exception | None = None
    """Why its robots.txt is not known: nothing may be asked."""


class Robots:
    """robots.txt as RFC 9309 reads it: 4xx allows, 5xx and silence do not; a longer Crawl-delay counts.

    Asked once a day and origin, with the file of mining reservations. Not Scrapy's own: there, of several requests
    that wait for one robots.txt only the first is checked.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._crawling = cast("Crawling", crawler.spider)
        self._obey = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self._agent = crawler.settings["USER_AGENT"]
        self._stated: dict[str, asyncio.Task[_Stated]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_policy"):
            return
        slot = request.meta["download_slot"]
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        asks = origin not in self._stated
        if asks:
            self._stated[origin] = asyncio.get_running_loop().create_task(self._ask(origin))
        stated = await asyncio.shield(self._stated[origin])
        request.meta["policy"] = stated.policy
        if slot in self._crawling.resting and not asks:
            raise HostRestsError("the host has asked us to wait")
        if stated.error and (self._obey or slot in self._crawling.resting):
            raise stated.error
        if self._obey and not stated.rules.allow(request.url):
            raise RobotsRefusedError("robots.txt closes it")
        self._slow_down(slot, stated.rules.delay_s)

    async def _ask(self, origin: str) -> _Stated:
        """Return what an origin states; HostRestsError, if it is not to be asked, reaches all that wait."""
        now = self._crawling.clock()
        known = self._crawling.hosts.policies.get(origin)
        age = now - known.fetched_at if known and conclusive(known) else None
        if known and age is not None and age <= timedelta(hours=FRESH_H):
            return _Stated(policy=known, rules=Rules(known.robots, self._agent))
        policy = HostPolicy(origin=origin, fetched_at=now, robots_status=None, robots="")
        error: Exception | None = None
        try:
            policy, retry_after = await self._robots(policy)
            if not conclusive(policy):
                error = RobotsUnknownError(f"robots.txt: HTTP {policy.robots_status}", retry_after)
        except HostRestsError:
            raise
        except EXPECTED as failure:
            error = failure
        if error and known and age is not None and age <= timedelta(days=USABLE_DAYS):
            waits = error if getattr(error, "retry_after", None) else None
            return _Stated(policy=known, rules=Rules(known.robots, self._agent), error=waits)
        rules = Rules(policy.robots, self._agent)
        self._slow_down(host_of(origin), rules.delay_s)
        if error is None and (not self._obey or rules.allow(policy.tdmrep_url)):
            policy, error = await self._with_tdmrep(policy)
        return _Stated(policy=policy, rules=rules, error=error)

    async def _robots(self, policy: HostPolicy) -> tuple[HostPolicy, str | None]:
        """Return the policy with its robots.txt, and how long the host asks us to wait. Raises what the download raised."""
        meta = {"enough": MOST_BYTES, "download_maxsize": 0, "redirect_ttl": MOST_REDIRECTS}
        try:
            response = await self._download(policy.robots_url, meta)
        except IgnoreRequest as error:
            if type(error) is not IgnoreRequest:
                raise
            return replace(policy, robots_status=int(HTTPStatus.FOUND)), None  # sent from place to place
        text = ""
        if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            text = robots_text(response.body, cut=len(response.body) >= MOST_BYTES)
        return replace(policy, robots_status=response.status, robots=text), _wait(response)

    async def _with_tdmrep(self, policy: HostPolicy) -> tuple[HostPolicy, Exception | None]:
        """Return the policy with the host's reservations (W3C TDMRep, 5.1): an error only where it asks us to wait."""
        try:
            limits = {"download_maxsize": MOST_TDMREP_BYTES, "enough": MOST_TDMREP_BYTES + 1, "dont_retry": True}
            response = await self._download(policy.tdmrep_url, limits)
        except EXPECTED:
            return policy, None
        policy = replace(policy, tdmrep_status=response.status)
        if wait := _wait(response):
            return policy, RobotsUnknownError(f"tdmrep.json: HTTP {response.status}", wait)
        text = response.body.decode("utf-8-sig", "replace").replace("\0", "")
        small = len(response.body) <= MOST_TDMREP_BYTES  # unpacked, too
        states = response.status == HTTPStatus.OK and small and text.lstrip().startswith(("[", "{"))
        return replace(policy, tdmrep=text if states else None), None

    async def _download(self, url: str, meta: Mapping[str, object]) -> Response:
        request = Request(url, callback=NO_CALLBACK, priority=100, meta={**meta, "is_policy": True})
        return await self._crawler.engine.download_async(request)

    def _slow_down(self, slot: str, delay_s: float) -> None:
        downloader = self._crawler.engine.downloader
        known = downloader.per_slot_settings.setdefault(slot, {"concurrency": 1, "delay": downloader._delay})
        if delay_s > known["delay"]:
            known["delay"] = delay_s
            if slot in downloader.slots:
                downloader.slots[slot].delay = delay_s


class Rests:
    """A host that answers 429, or 503 with Retry-After, is asked nothing more in this pass (RFC 9110, 10.2.3)."""

    def __init__(self, crawling: "Crawling") -> None:
        self._crawling = crawling
        self._resting = crawling.resting

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(cast("Crawling", crawler.spider))

    async def process_request(self, request: Request) -> None:
        if self._crawling.room.closed:
            raise HostRestsError("the pass is over")
        if request.meta["download_slot"] in self._resting:
            raise HostRestsError("the host has asked us to wait")

    async def process_response(self, request: Request, response: Response) -> Response:
        if request.meta["download_slot"] in self._resting:  # `Downloads` has seen this answer first
            request.meta["dont_retry"] = True
        return response


def _wait(response: Response) -> str | None:
    stated = response.headers.get("Retry-After")
    return wait_of(response.status, stated.decode("latin-1") if stated else None)
