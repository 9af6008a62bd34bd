"""What one poll of a feed, sitemap, section or front page told us, and the unpacking that all of them need. Pure."""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from crawler.dates import parse_stamp
from crawler.printing import plain
from crawler.settings import Crawl
from storage.records import FeedKind, Link, Outlet, Stamp

MAX_BYTES = Crawl().max_body_bytes
"""Bytes of a document after decompression, where the caller has no setting at hand."""

LONGEST_GUID, LONGEST_TITLE, LONGEST_TIME, LONGEST_NAME = 500, 1000, 100, 200
"""Characters."""
MOST_NAMES = 50
MAX_LINKS = 50_000
"""Links of one document: what sitemaps.org allows in one file."""

_GZIP = b"\x1f\x8b"
_AUTO = 32 + zlib.MAX_WBITS  # zlib finds the header by itself
_WIDE = tuple(  # told by a byte order mark or the first character, which is < or {
    (codec, tuple(letter.encode(codec) for letter in ("\ufeff", "<", "{")))
    for codec in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
)
_DECLARED = re.compile(rb"(?<=\?xml)[^>]{0,200}(?=\?>)|<meta[^>]{0,200}charset[^>]{0,200}>", re.IGNORECASE)
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
    feeds: tuple[str, ...] = ()
    """Feeds that a page names."""


def unpack(body: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[bytes, str | None]:
    """Return a body with gzip and UTF-16 or 32 undone, up to `max_bytes`, and a line on what was cut off or None."""
    problem = None
    for _ in range(2):  # some servers pack a .gz file once more
        if not body.startswith(_GZIP):
            break
        body, problem = _gunzip(body, max_bytes)
    if len(body) > max_bytes:
        body, problem = body[:max_bytes], f"longer than {max_bytes} bytes, the rest was not read"
    return _without_wide_letters(body), problem


def _without_wide_letters(body: bytes) -> bytes:
    """Return a document in UTF-16 or 32, whose markup no search for bytes finds, in UTF-8."""
    for codec, starts in _WIDE:
        if body.startswith(starts):
            return _DECLARED.sub(
                b"", body.decode(codec, "replace").lstrip("\ufeff").encode("utf-8", "replace"), count=1
            )
    return body


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


def stamp_of(stated: object, *, basis: Literal["feed", "sitemap"], outlet: Outlet) -> Stamp | None:
    """Return the time a listing states, or None; what is longer than any time is none."""
    text = str(stated or "").strip()
    return parse_stamp(text, basis=basis, timezone=outlet.timezone) if 0 < len(text) <= LONGEST_TIME else None


def title_of(stated: object) -> str | None:
    """Return a title as plain text, of a longer one than any is its beginning; None if there is none."""
    return plain(str(stated or "")[: 4 * LONGEST_TITLE])[:LONGEST_TITLE].strip() or None


def at_most(listing: Listing, most: int) -> Listing:
    """Return a listing with no more than `most` links, saying how many were left out."""
    left_out = len(listing.links) - most
    if left_out <= 0:
        return listing
    problem = in_one_line(listing.problem, f"{left_out} links over {most} left out")
    return replace(listing, links=listing.links[:most], problem=problem)


def guid_of(stated: object) -> str | None:
    """Return a feed's identifier of an item, or None; one cut to a length could be another's."""
    text = str(stated).strip() if isinstance(stated, str | int) else ""
    return text if 0 < len(text) <= LONGEST_GUID else None


def names_of(stated: Iterable[object]) -> tuple[str, ...]:
    """Return the people among `stated` as plain text, each once; addresses of mail are none."""
    names = (plain(name) for name in stated if isinstance(name, str) and "@" not in name and len(name) <= LONGEST_NAME)
    return tuple(dict.fromkeys(name for name in islice(names, MOST_NAMES) if name))


def lost_of(addresses: Sequence[object]) -> str | None:
    """Return a line on items without an address, which are None here."""
    lost = addresses.count(None)
    return f"{lost} of {len(addresses)} items have no address" if lost else None


def in_one_line(*problems: str | None) -> str | None:
    """Join what went wrong into one line, or None if nothing did."""
    return "; ".join(" ".join(problem.split()) for problem in problems if problem) or None
