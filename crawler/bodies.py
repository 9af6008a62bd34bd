"""How bodies come in: within their size and time, unpacked, and never many large ones at once.

Whatever servers send, the memory of a crawl is bounded: a body of SMALL bytes is taken as it comes, for more there is
a budget, shared first come, first served, and given back when the answer has been dealt with. Reading pauses meanwhile
(the server waits), and the wait is not charged to the server's time.
"""

import asyncio
from base64 import b64decode
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Protocol, cast
from urllib.parse import quote, urlsplit

import aiohttp
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response

from crawler.content_coding import CodingBrokenError, TooLargeError, decode
from crawler.guard import PublicResolver
from crawler.outcomes import HostRestsError, ProxyRefusedError, UnreadableError, wait_of
from crawler.received import RECEIVED, received

SMALL = 1 << 19
"""Bytes: nearly every page is smaller on the wire, most are when unpacked, and 32 of them may be about."""
MIDDLE = 4 * SMALL
SPARE = 3 * MIDDLE
"""Bytes of budget beside one body of the largest size: pages go on while a sitemap is read."""
LONG_HEADERS = 1 << 16
"""Bytes of one header line: the policies of some front pages are longer than the 8 kB aiohttp allows."""
NO_ENTRY = "our proxy wants other credentials"


@asynccontextmanager
async def _not_resting(slot: str, resting: Collection[str]) -> AsyncIterator[None]:
    """Raise HostRestsError where a host has asked us to wait while a request waited for its turn."""
    if slot in resting:
        raise HostRestsError("the host has asked us to wait")
    yield


class Resting(Protocol):
    """A spider that knows which hosts have asked us to wait."""

    resting: set[str]


class Budget:
    """Bytes that large bodies may take together; whoever comes first is served first."""

    def __init__(self, max_body_bytes: int) -> None:
        self._most = max_body_bytes
        self._free = max_body_bytes + SPARE
        self._held: dict[int, int] = {}
        self._turn = asyncio.Lock()
        self._more = asyncio.Event()

    def holds(self, key: int) -> bool:
        """Say whether `key` has a share."""
        return key in self._held

    async def take(self, key: int, size: int) -> None:
        """Wait for a share of `size` bytes, at most the largest body's; one that is held stays as it is."""
        if key in self._held:
            return
        size = min(size, self._most)
        async with self._turn:
            while self._free < size:
                self._more.clear()
                await self._more.wait()
            self._free -= size
            self._held[key] = size

    def give_back(self, key: int) -> None:
        """Return the share of `key`, if it has one."""
        self._free += self._held.pop(key, 0)
        self._more.set()


class Room:
    """As many fetches as may be in flight, from the request until the answer is saved: fetching waits for cleaning.

    So a crash loses no more answers than that, and a slow page holds up nobody but itself.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._inside: set[int] = set()
        self._changed = asyncio.Event()
        self.closed = False

    async def enter(self, key: int) -> None:
        """Wait for a place. Raises HostRestsError once nobody is let in any more."""
        while key not in self._inside:
            if self.closed:
                raise HostRestsError("the pass is over")
            if len(self._inside) < self._places:
                self._inside.add(key)
            else:
                self._changed.clear()
                await self._changed.wait()

    def leave(self, key: int) -> None:
        """Give the place of `key` to the next, if it has one."""
        self._inside.discard(key)
        self._changed.set()

    def close(self) -> None:
        """Let nobody in any more."""
        self.closed = True
        self._changed.set()


def budget_of(crawler: Crawler) -> Budget:
    """Return the budget of a crawl, whose spider carries it."""
    budget: Budget = crawler.spider.budget  # type: ignore[union-attr]
    return budget


def key_of(request: Request) -> int:
    """Return what a request and those that follow it (redirects, repetitions) hold their share by."""
    return id(request.cb_kwargs.get("fetch", request))


class _Answer(_ClientResponse):
    """An answer on its way in."""

    budget: Budget
    key: int
    most: int
    """Bytes a body may have."""
    deadline: asyncio.Timeout
    enough: int | None = None
    """Bytes after which we read no further, few enough to need no share; None: all, up to `most`."""

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, not faster than the budget allows."""
        size = 0
        async for piece in self.content.iter_any():
            size += len(piece)
            if self.enough is not None and size >= self.enough:
                yield piece
                return
            if size > SMALL and not self.budget.holds(self.key):
                await self.wait_for_share(self._stated() or self.most)
            yield piece

    def _stated(self) -> int | None:
        """Return how large the body will be, where the server says so and nothing is to be unpacked."""
        return None if "Content-Encoding" in self.headers else self.content_length

    async def wait_for_share(self, size: int) -> None:
        """Wait until the budget has `size` bytes for this; the server's time stands still."""
        loop, until = asyncio.get_running_loop(), self.deadline.when()
        began = loop.time()
        self.deadline.reschedule(None)
        await self.budget.take(self.key, size)
        self.deadline.reschedule(until + loop.time() - began if until is not None else None)


class Downloads(AiohttpDownloadHandler):
    """Scrapy's aiohttp handler with our limits and our resolver, which keeps what was sent and received as it was.

    Content codings are undone here: what is kept can be read again. Headers are taken as bytes: old servers send them
    in their own charset, which aiohttp's text form cannot give back.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._budget = budget_of(crawler)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._unused = self._session  # Scrapy's own has no place for a resolver
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._pool_size_total,
                limit_per_host=self._pool_size_per_host,
                resolver=None if crawler.settings.getbool("CUTTINGS_ALLOW_PRIVATE") else PublicResolver(),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=_Answer,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            max_line_size=LONG_HEADERS,
            max_field_size=LONG_HEADERS,
        )
        self._session._retry_connection = False  # aiohttp would ask a second time at once, whatever the delay

    @asynccontextmanager
    async def _make_request(self, request: Request, timeout: float) -> AsyncIterator[_ClientResponse]:
        """Yield the answer; `timeout` is from the request to the last byte, the wait for our own budget left out."""
        key = key_of(request)
        slot, resting = request.meta["download_slot"], cast("Resting", self.crawler.spider).resting
        try:
            async with (
                self._turns[slot],  # without a delay Scrapy sends all that waits for a host at once
                _not_resting(slot, resting),
                asyncio.timeout(timeout) as deadline,
                super()._make_request(request, 0) as response,  # 0: no other limit
            ):
                if response.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED and request.meta.get("proxy"):
                    raise ProxyRefusedError(NO_ENTRY)
                too_many = response.status == HTTPStatus.TOO_MANY_REQUESTS
                if too_many or wait_of(response.status, response.headers.get("Retry-After")):
                    resting.add(slot)  # before the next in the slot's queue is sent
                answer = cast("_Answer", response)
                answer.budget, answer.key, answer.deadline = self._budget, key, deadline
                answer.most = self._default_maxsize
                answer.enough = request.meta.get("enough", None if answer.status == HTTPStatus.OK else SMALL)
                yield answer
        except BaseException as error:
            self._budget.give_back(key)
            if isinstance(error, TimeoutError):
                raise DownloadTimeoutError(f"no whole answer within {timeout:g} s") from error
            cause = error.__cause__
            if isinstance(cause, aiohttp.ClientHttpProxyError):
                if cause.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
                    raise ProxyRefusedError(NO_ENTRY) from error
            elif isinstance(cause, aiohttp.ClientResponseError):
                raise UnreadableError(f"not HTTP: {error}") from error
            raise

    def _extract_proxy_url_with_creds(self, request: Request) -> str | None:
        """Return the proxy's address with its credentials; Scrapy's own leaves a `/` in a password as it is."""
        proxy, stated = self._extract_proxy(request)
        if proxy is None or stated is None:
            return proxy
        user, _, password = b64decode(stated.removeprefix("Basic ")).decode(self._proxy_auth_encoding).partition(":")
        parts = urlsplit(proxy)
        return parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}").geturl()

    @staticmethod
    def _extract_headers(response: _ClientResponse) -> Headers:
        return Headers(list(response.raw_headers))

    @staticmethod
    def _iter_body_chunks(response: _ClientResponse) -> AsyncIterator[bytes]:
        return cast("_Answer", response).pieces()

    async def _read_response(self, response: _ClientResponse, request: Request) -> Response:
        answer: Response = await super()._read_response(response, request)
        asked = None if request.meta.get("proxy") else str(answer.ip_address)
        request.meta[RECEIVED] = received(response, ip_address=asked)
        body = await self._unpacked(answer, cast("_Answer", response))
        request.meta["encoded"] = answer.body if body is not answer.body else None
        return answer if body is answer.body else answer.replace(body=body)

    async def _unpacked(self, answer: Response, arriving: _Answer) -> bytes:
        """Return the body without its content codings; that of an error page that cannot be read as it came."""
        codings = [value.decode("latin-1") for value in answer.headers.getlist("Content-Encoding")]
        if not codings or not answer.body:
            return answer.body
        try:
            return await self._decoded(answer.body, codings, arriving)
        except (CodingBrokenError, TooLargeError) as error:
            if answer.status != HTTPStatus.OK:
                return answer.body
            kind = DownloadCancelledError if isinstance(error, TooLargeError) else ResponseDataLossError
            failure = kind(str(error))
        raise failure  # out here, because the traceback of `error` keeps all that had been unpacked

    async def _decoded(self, body: bytes, codings: list[str], arriving: _Answer) -> bytes:
        for size in (SMALL, MIDDLE):
            if size >= self._default_maxsize or self._budget.holds(arriving.key):
                break
            if size > SMALL:
                await arriving.wait_for_share(size)
            try:
                return decode(body, codings, max_bytes=size)
            except TooLargeError:
                self._budget.give_back(arriving.key)
                if arriving.enough is not None:
                    raise
        await arriving.wait_for_share(self._default_maxsize)
        return decode(body, codings, max_bytes=self._default_maxsize)

    async def close(self) -> None:
        await self._unused.close()
        await super().close()
