"""What a status, or a download that failed, means. Used by `download.py` and the middlewares beside it."""

import errno
import re
import socket
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from aiohttp import ClientProxyConnectionError, ServerDisconnectedError
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

from crawler.urls import without_credentials
from storage.records import Outcome


class RobotsRefusedError(IgnoreRequest):
    """robots.txt closes the address."""


class RobotsUnknownError(IgnoreRequest):
    """robots.txt answered with an error: closed for now (RFC 9309, 2.3.1.4), which says nothing of the page."""

    def __init__(self, reason: str, retry_after: str | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class HostRestsError(IgnoreRequest):
    """The host has asked us to wait longer than this pass will."""


class AddressRefusedError(IgnoreRequest):
    """An address or scheme we do not ask."""


class ProxyRefusedError(IgnoreRequest):
    """Our own proxy lets us through to nobody."""


class UnreadableError(IgnoreRequest):
    """What came is not HTTP, or more headers than any client reads."""


MEANINGS: Mapping[int, Outcome] = {
    HTTPStatus.NOT_MODIFIED: Outcome.UNCHANGED,
    HTTPStatus.NOT_FOUND: Outcome.GONE,
    HTTPStatus.GONE: Outcome.GONE,
    HTTPStatus.UNAUTHORIZED: Outcome.REFUSED,
    HTTPStatus.FORBIDDEN: Outcome.REFUSED,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Outcome.REFUSED,
}  # everything else but 200: http_error

# What an expected exception of the download means; anything else is ours to mend and ends the pass.
OUTCOMES: Mapping[type[Exception], Outcome] = {
    RobotsRefusedError: Outcome.ROBOTS,
    RobotsUnknownError: Outcome.HTTP_ERROR,
    AddressRefusedError: Outcome.OFF_SITE,
    ProxyRefusedError: Outcome.NETWORK,
    UnreadableError: Outcome.HTTP_ERROR,
    UnsupportedURLSchemeError: Outcome.OFF_SITE,
    DownloadTimeoutError: Outcome.TIMEOUT,
    CannotResolveHostError: Outcome.NETWORK,
    DownloadConnectionRefusedError: Outcome.NETWORK,
    ResponseDataLossError: Outcome.NETWORK,
    DownloadFailedError: Outcome.NETWORK,
    DownloadCancelledError: Outcome.TOO_LARGE,
    IgnoreRequest: Outcome.HTTP_ERROR,  # Scrapy's own: too many redirects
    OSError: Outcome.NETWORK,
    ValueError: Outcome.HTTP_ERROR,  # an answer no client can read
}
EXPECTED = tuple(OUTCOMES)

LOCAL_ERRORS = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, socket.EAI_AGAIN})
NAMELESS_ERRORS = frozenset({socket.EAI_NONAME, socket.EAI_NODATA})

_NOISE = re.compile(r" ssl:(?:default|<[^>]*>)")  # aiohttp's, in the middle of its sentences
_IN_WORDS: Mapping[int, str] = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EHOSTUNREACH: "host unreachable",
    errno.ENETUNREACH: "network unreachable",
    errno.ENETDOWN: "network down",
    errno.ETIMEDOUT: "connection timed out",
    socket.EAI_AGAIN: "no name server answers",
    **dict.fromkeys((socket.EAI_NONAME, socket.EAI_NODATA), "no such host"),
}


BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def wait_of(status: int, retry_after: str | None) -> str | None:
    """Return the Retry-After of an answer that asks us to wait (RFC 9110, 10.2.3); None for any other."""
    return retry_after if status in BUSY and retry_after and retry_after.strip() != "0" else None


def outcome_of(status: int) -> Outcome | None:
    """Return what an HTTP status means by itself; None for an answer to read."""
    if status == HTTPStatus.OK:
        return None
    return MEANINGS.get(status, Outcome.HTTP_ERROR)


def outcome_of_error(error: BaseException) -> Outcome | None:
    """Return what a failed download means; None for what is no matter of the web."""
    if isinstance(error, ValueError) and str(error).startswith("Missing scheme"):  # a redirect to `javascript:`
        return Outcome.OFF_SITE
    return next((outcome for kind, outcome in OUTCOMES.items() if isinstance(error, kind)), None)


def reason_of(error: BaseException) -> str:
    """Return a failure in one line, without credentials."""
    if any(isinstance(cause, ServerDisconnectedError) for cause in _causes(error)):
        return "the server broke off"  # aiohttp shows half a head here
    numbers = [cause.errno or 0 for cause in _causes(error) if isinstance(cause, OSError)]
    if words := next((_IN_WORDS[number] for number in numbers if number in _IN_WORDS), ""):
        proxy = any(isinstance(cause, ClientProxyConnectionError) for cause in _causes(error))
        return f"our proxy: {words}" if proxy else words
    return without_credentials(_NOISE.sub("", str(error).split("\n")[0])) or type(error).__name__


def is_local(error: BaseException) -> bool:
    """Say whether it was this machine's network that failed: no name server, no route, no answer of our proxy."""
    return any(
        isinstance(cause, (ClientProxyConnectionError, ProxyRefusedError))
        or (isinstance(cause, OSError) and cause.errno in LOCAL_ERRORS)
        for cause in _causes(error)
    )


def is_nameless(error: BaseException) -> bool:
    """Say whether the host's name does not exist."""
    return any(isinstance(cause, socket.gaierror) and cause.errno in NAMELESS_ERRORS for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__
