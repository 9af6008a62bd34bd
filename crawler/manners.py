"""What we refuse to ask, and how politely we ask the rest: Scrapy downloader middlewares, used by `download.py` only."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.outlets import host_of
from storage.records import HostPolicy


class RobotsRefusedError(IgnoreRequest):
    """robots.txt closes the address."""


class RobotsUnknownError(IgnoreRequest):
    """robots.txt answered with an error: closed for now (RFC 9309, 2.3.1.4), which says nothing of the page."""


class HostRestsError(IgnoreRequest):
    """The host has asked us to wait longer than this pass will."""


class AddressRefusedError(IgnoreRequest):
    """An address or scheme we do not ask."""


class Guard:
    """Refuses what we never ask: other schemes, and private networks unless allowed, at every redirect."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._public: dict[str, bool] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(allow_private=crawler.settings.getbool("CUTTINGS_ALLOW_PRIVATE"))

    async def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise AddressRefusedError(f"refused address: {request.url}")
        if not self._allow_private:
            if parts.hostname not in self._public:
                self._public[parts.hostname] = await _is_public(parts.hostname)
            if not self._public[parts.hostname]:
                raise AddressRefusedError(f"private address: {request.url}")
        request.meta["download_slot"] = host_of(request.url)  # a redirect may have changed the host


async def _is_public(host: str) -> bool:
    """Say whether every address of `host` is on the public internet; a name that does not resolve is."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return True  # the download will fail and say so
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    return all(address.is_global and not address.is_multicast for address in addresses)


class Robots:
    """robots.txt as RFC 9309 reads it: 4xx allows, 5xx and silence do not; a longer Crawl-delay counts.

    Not Scrapy's own: there, of several requests that wait for one robots.txt only the first is checked.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._obey = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self._agent = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Task[tuple[Protego, HostPolicy]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.get_running_loop().create_task(self._read(origin))
        rules, request.meta["policy"] = await asyncio.shield(self._rules[origin])
        if self._obey and not rules.can_fetch(request.url, self._agent):
            raise RobotsRefusedError("robots.txt closes it")
        self._slow_down(request.meta["download_slot"], rules.crawl_delay(self._agent) or 0.0)

    async def _read(self, origin: str) -> tuple[Protego, HostPolicy]:
        """Return a host's rules and the file they stand in; raises what the download raised, for all that wait."""
        request = Request(f"{origin}/robots.txt", callback=NO_CALLBACK, priority=100, meta={"is_robots": True})
        response = await self._crawler.engine.download_async(request)
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RobotsUnknownError(f"robots.txt: HTTP {response.status}")
        text = response.body.decode("utf-8", "replace") if response.status == HTTPStatus.OK else ""
        policy = HostPolicy(origin=origin, fetched_at=datetime.now(UTC), robots_status=response.status, robots=text)
        return Protego.parse(text), policy

    def _slow_down(self, slot: str, delay_s: float) -> None:
        downloader = self._crawler.engine.downloader
        known = downloader.per_slot_settings.setdefault(slot, {"concurrency": 1, "delay": downloader._delay})
        if delay_s > known["delay"]:
            known["delay"] = delay_s
            if slot in downloader.slots:
                downloader.slots[slot].delay = delay_s


class Rests:
    """A host that answers 429 or 503 with Retry-After is asked nothing more in this pass (RFC 9110, 10.2.3)."""

    def __init__(self, resting: Iterable[str]) -> None:
        self._resting = set(resting)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getlist("CUTTINGS_RESTING"))

    async def process_request(self, request: Request) -> None:
        if request.meta["download_slot"] in self._resting:
            raise HostRestsError("the host has asked us to wait")

    async def process_response(self, request: Request, response: Response) -> Response:
        busy = response.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
        if busy and response.headers.get("Retry-After"):
            request.meta["dont_retry"] = True
            self._resting.add(request.meta["download_slot"])
        return response
