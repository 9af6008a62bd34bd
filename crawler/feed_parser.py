"""Bytes of an RSS, RDF or Atom document → feedparser's reading of it, within a bounded amount of work. Pure.

feedparser gets bytes, never an address, and no prolog: so no entity is ever declared and nothing can be fetched.
A document with a bug of feedparser's in it, or with more markup than a feed has, is read in pieces of whole items.
"""

import io
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple
from xml.sax import SAXException, SAXParseException

import feedparser

from crawler.charset import decode
from crawler.listing import in_one_line

MAX_MARKS = 350_000
"""Tags of a feed that are read, at 20 µs each; 10,000 items of a usual feed have 130,000 to 320,000."""
_PIECE = 10_000  # tags of some hundred items
_LETTERS_A_TAG = 8  # references that take as long as a tag
_LARGE_ITEM = 50_000  # tags

_PROLOG = re.compile(
    rb"(?>\s+|<\?.*?(?:\?>|\Z)|<!--.*?(?:-->|\Z)|<!DOCTYPE[^\[>]*+(?>\[.*?\]\s*>|>|\Z))*", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b[^>]*>", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>/]")
_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_LONG_TAG = re.compile(rb"<[^<>]{4000,}>")  # feedparser's time grows with the square of a tag's attributes,
_NAMESPACE = re.compile(rb"""\sxmlns:([\w.-]+)\s*=\s*(?:"[^"<]*"|'[^'<]*')""")  # and of the prefixes declared
_MOST_PREFIXES = 200
_NO_XML = bytes(set(range(32)) - set(b"\t\n\r"))  # control characters, which no XML may hold
_HEAD = 10_000  # bytes in which a document begins

# feedparser has bugs on some malformed documents; these are all a parser can run into on bytes in memory
_BUGS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, SAXException)


class Reading(NamedTuple):
    """What feedparser made of a document."""

    document: feedparser.FeedParserDict
    """`version` is empty and `entries` too where the document is no feed."""
    problem: str | None
    """One line on what could not be read."""


class Root(NamedTuple):
    """An XML document without what stands before its root element, in UTF-8."""

    body: bytes
    line: int
    """Where the root began, from 1."""


def without_prolog(body: bytes, content_type: str) -> Root:
    """Return a document from its root element on; server messages before a feed's root go as well."""
    body = decode(body, content_type).encode("utf-8", "replace").translate(None, _NO_XML)
    start = match.end() if (match := _PROLOG.match(body)) else 0
    root = _ROOT.search(body, start, start + _HEAD)
    start = root.start() if root else start
    return Root(body[start:], 1 + body.count(b"\n", 0, start))


def read_feed(root: Root) -> Reading:
    """Read a document. Never raises."""
    body = _LONG_TAG.sub(b"", root.body) or b"<none/>"
    if len({match[1] for match in _NAMESPACE.finditer(body)}) > _MOST_PREFIXES:
        body = _NAMESPACE.sub(b"", body)
    if _marks(body) <= MAX_MARKS:
        try:
            document = _parsed(body)
            return Reading(document, in_one_line(_malformed(document, root.line), _unread(document, body)))
        except _BUGS as error:
            problem = f"the feed breaks the parser ({error!r})"
    else:
        problem = "more markup than a feed has"
    document = _Pieces(body).read()
    return Reading(document, in_one_line(problem, _unread(document, body)))


class _Pieces:
    """A document read some items at a time; the ones that break feedparser cost no other."""

    def __init__(self, body: bytes) -> None:
        starts = [match.start() for match in _ITEM.finditer(body)]
        head = body[: starts[0]] if starts else b""
        root = _ROOT.search(body[:_HEAD])
        self._root = root[0] if root else b"<none/>"
        self._head = head if _marks(head) < _PIECE else self._root
        last = max(body.rfind(b"</item"), body.rfind(b"</entry"), starts[-1] if starts else 0)
        end = body.find(b">", last) + 1 or len(body)
        self._tail = body[end:] if len(body) - end < _HEAD else b""
        self._items = [body[start:stop] for start, stop in pairwise([*starts, end])]
        self._left = MAX_MARKS

    def read(self) -> feedparser.FeedParserDict:
        whole = feedparser.FeedParserDict(version="", feed=feedparser.FeedParserDict(), entries=[])
        for document in self._documents(self._groups()):
            whole["version"] = whole.version or document.version
            whole["feed"] = whole.feed or document.feed
            whole.entries.extend(document.entries)
        return whole if whole.version else feedparser.FeedParserDict(whole, version=_parsed(self._root).version)

    def _groups(self) -> Iterator[list[bytes]]:
        group: list[bytes] = []
        size = 0
        for item in self._items:
            marks = _marks(item)
            if marks > _LARGE_ITEM:
                continue
            if group and size + marks > _PIECE:
                yield group
                group, size = [], 0
            group.append(item)
            size += marks
        if group:
            yield group

    def _documents(self, groups: Iterable[list[bytes]]) -> Iterator[feedparser.FeedParserDict]:
        """Parse each group; one that breaks the parser is halved down to the item that does it."""
        for group in groups:
            piece = self._head + b"".join(group) + self._tail
            self._left -= _marks(piece)
            if self._left < 0:
                return
            try:
                yield _parsed(piece)
            except _BUGS:
                half = len(group) // 2
                yield from self._documents([group[:half], group[half:]] if half else [])


def _parsed(body: bytes) -> feedparser.FeedParserDict:
    return feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _marks(body: bytes) -> int:
    """How much work a piece of markup is, in tags."""
    return body.count(b"<") + body.count(b"&") // _LETTERS_A_TAG


def _malformed(document: feedparser.FeedParserDict, first_line: int) -> str | None:
    """One line on XML that is not well-formed; what else feedparser objects to loses nothing."""
    error = document.get("bozo_exception")
    if not isinstance(error, SAXException):
        return None
    known = error.getLineNumber() if isinstance(error, SAXParseException) else None
    line = f" in line {first_line + known - 2}" if known else ""  # feedparser puts a line before it
    return f"malformed XML{line} ({error.getMessage()})"


def _unread(document: feedparser.FeedParserDict, body: bytes) -> str | None:
    stated = sum(1 for _ in _ITEM.finditer(_CDATA.sub(b"", body)))
    return f"{len(document.entries)} of {stated} items read" if stated > len(document.entries) else None
