"""What one poll of a feed, sitemap, section or front page told us, and the unpacking that all of them need. Pure."""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.settings import Crawl
from storage.records import FeedKind, Link

MAX_BYTES = Crawl().max_body_bytes
"""Bytes of a document after decompression, where the caller has no setting at hand."""

_GZIP = b"\x1f\x8b"
_AUTO = 32 + zlib.MAX_WBITS  # zlib finds the header by itself
_ROOT_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex)\s*>", re.IGNORECASE)
_ENTRY_END = re.compile(rb"</(?:\w+:)?(?:item|entry|url|sitemap)\s*>")
_LANGUAGE = re.compile(r"\s*([a-zA-Z]{2})(?:[-_].*)?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that a sitemap index names."""

    url: str
    modified_at: datetime | None = None
    """UTC; its `lastmod`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one document listed."""

    kind: FeedKind
    """What the document is, whatever it was configured as."""
    links: tuple[Link, ...] = ()
    """In the document's order, each address once."""
    problem: str | None = None
    """One line on what could not be read; links may be there all the same. None: all of it was read."""
    sitemaps: tuple[Child, ...] = ()
    """Children of a sitemap index."""
    next_page: str | None = None
    """Address where the list goes on."""
    ttl: timedelta | None = None
    """How long a feed says it stays the same."""


def unpack(body: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[bytes, str | None]:
    """Return a body with gzip undone, up to `max_bytes`, and a line on what was cut off or None."""
    problem = None
    for _ in range(2):  # some servers pack a .gz file once more
        if not body.startswith(_GZIP):
            break
        body, problem = _gunzip(body, max_bytes)
    if len(body) > max_bytes:
        body, problem = body[:max_bytes], f"longer than {max_bytes} bytes, the rest was not read"
    return body, problem


def _gunzip(body: bytes, max_bytes: int) -> tuple[bytes, str | None]:
    unpacker = zlib.decompressobj(_AUTO)
    parts: list[bytes] = []
    try:
        for start in range(0, len(body), 65536):  # in pieces: what came before a broken one is kept
            parts.append(unpacker.decompress(body[start : start + 65536], max_bytes + 1 - sum(map(len, parts))))
            if unpacker.eof or sum(map(len, parts)) > max_bytes:
                break
    except zlib.error as error:
        return b"".join(parts), f"broken gzip: {error}"
    return b"".join(parts), None if unpacker.eof or unpacker.unconsumed_tail else "gzip cut off before its end"


def without_torn_end(body: bytes) -> tuple[bytes, str | None]:
    """Return an XML listing up to its last whole entry if it was cut off, and a line that says so or None.

    Half an address is a wrong one, and lenient parsers hand it out like the others.
    """
    if _ROOT_END.search(body) or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body, None
    ends = [match.end() for match in _ENTRY_END.finditer(body)]
    return (body[: ends[-1]], "cut off before its end") if ends else (body, None)


def each_once(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return links without a second one of the same address; the first stays."""
    return tuple({link.url: link for link in reversed(list(links))}.values())[::-1]


def language_code(text: str | None) -> str | None:
    """Return the ISO 639-1 code a language tag starts with, or None."""
    match = _LANGUAGE.fullmatch(text or "")
    return match[1].lower() if match else None


def in_one_line(*problems: str | None) -> str | None:
    """Join what went wrong into one line, or None if nothing did."""
    return "; ".join(" ".join(problem.split()) for problem in problems if problem) or None
