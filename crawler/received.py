"""Question and answer as they were on the wire, before Scrapy makes them its own (names in capitals, repeated headers side by side)."""

from dataclasses import dataclass

from aiohttp import ClientResponse, HttpVersion10

RECEIVED = "received"
"""Where a request's meta has what its answer was like; a redirect or another try replaces it."""

_CREDENTIALS = ("authorization", "proxy-authorization")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Heads of a request and its answer; text stands for bytes, as latin-1."""

    status_line: str
    headers: tuple[tuple[str, str], ...]
    request_headers: tuple[tuple[str, str], ...]
    """Without credentials."""
    ip_address: str | None
    """Of the server; None behind a proxy."""


def received(response: ClientResponse, *, ip_address: str | None) -> Received:
    """Return what is to be kept of an exchange beside its body."""
    version = "1.0" if response.version == HttpVersion10 else "1.1"
    sent = response.request_info.headers.items()
    return Received(
        status_line=f"HTTP/{version} {response.status} {_latin(response.reason or '')}",
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers),
        request_headers=tuple((name, _latin(value)) for name, value in sent if name.lower() not in _CREDENTIALS),
        ip_address=ip_address,
    )


def _latin(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")  # aiohttp's text form, back to bytes
