"""Bytes of an RSS, RDF, Atom or JSON feed → links. Pure: feedparser gets the bytes, never an address."""

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from xml.sax import SAXException, SAXParseException

import feedparser

from crawler.dates import parse_stamp
from crawler.listing import MAX_BYTES, Listing, each_once, in_one_line, language_code, unpack, without_torn_end
from crawler.markup import plain
from crawler.outlets import host_of
from crawler.urls import clean_url
from storage.records import Link, Outlet

_HEAD = 3000  # bytes in which a document shows what it is
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z][\w:.-]*)")
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>/]")
_ROOT_TAG = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b[^>]*>", re.IGNORECASE)
_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
MAX_PIECES = 1000
"""Items tried one by one in a feed that breaks the parser: a second or two of work."""
_MINUTES = re.compile(r"\s*(\d{1,6})\s*")
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}

# feedparser has bugs on some malformed documents; these are all a parser can run into on bytes in memory
_PARSER_BUGS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, SAXException)


def links_from_feed(
    body: bytes, url: str, *, outlet: Outlet, content_type: str = "", max_bytes: int = MAX_BYTES
) -> Listing:
    """Read the feed found at `url`; `content_type` is the answer's header. Never raises: see `Listing.problem`."""
    body, cut = unpack(body, max_bytes=max_bytes)
    if not body.strip():
        return Listing(kind="feed", problem=in_one_line(cut, "the answer is empty"))
    if looks_like_html(body):
        return Listing(kind="feed", problem=in_one_line(cut, "not a feed but an HTML page"))
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(body, url, outlet, cut)
    body, torn = without_torn_end(body)
    try:
        document, broken = _parsed(body, content_type), None
    except _PARSER_BUGS as error:
        document, broken = _parsed_in_pieces(body, content_type), f"the feed breaks the parser ({error!r})"
    listing = _xml_feed(document, body, url, outlet)
    return replace(listing, problem=in_one_line(cut or torn, broken, listing.problem))


def _parsed(body: bytes, content_type: str) -> feedparser.FeedParserDict:
    headers = {"content-type": content_type} if content_type else {}
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _parsed_in_pieces(body: bytes, content_type: str) -> feedparser.FeedParserDict:
    """Parse each item of a feed on its own, so that the one that breaks the parser costs no other."""
    root = _ROOT_TAG.search(body)
    starts = [match.start() for match in _ITEM.finditer(body)][:MAX_PIECES]
    found = feedparser.FeedParserDict(version="", feed=feedparser.FeedParserDict(), entries=[])
    for start, end in pairwise([*starts, len(body)]):
        try:
            piece = _parsed((root[0] if root else b"") + body[start:end], content_type)
        except _PARSER_BUGS:
            continue
        found.entries.extend(piece.entries)
        found["version"] = found.version or piece.version
    return found


def looks_like_html(body: bytes) -> bool:
    """Say whether a body is an HTML page rather than a feed or sitemap."""
    head = body[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    return _HTML.match(head) is not None and not _FEED_ROOT.search(head)


def _xml_feed(document: feedparser.FeedParserDict, body: bytes, url: str, outlet: Outlet) -> Listing:
    feed, entries = document.feed, document.entries
    if not document.version and not entries:
        root = _ROOT.search(body[:_HEAD])
        what = f"the document is a <{root[1].decode()}>" if root else "there is no markup in it"
        return Listing(kind="feed", problem=f"not a feed: {what}")
    home = str(feed.get("link") or "")
    hosts = frozenset(filter(None, map(host_of, (url, outlet.url, home, f"https://{home}"))))
    addresses = [_entry_address(entry, url, hosts) for entry in entries]
    read = partial(
        _entry_link,
        url=url,
        is_atom=document.version.startswith("atom"),
        language=language_code(feed.get("language")),
        outlet=outlet,
    )
    onward = (ref.get("href") or "" for ref in feed.get("links", ()) if ref.get("rel") == "next")
    return Listing(
        kind="feed",
        links=each_once(read(entry, address) for entry, address in zip(entries, addresses, strict=True) if address),
        problem=in_one_line(_malformed(document), _unread(document, body), _lost(addresses)),
        next_page=next((address for href in onward if (address := clean_url(href, url))), None),
        ttl=_ttl(feed),
    )


def _entry_link(
    entry: feedparser.FeedParserDict, address: str, url: str, *, is_atom: bool, language: str | None, outlet: Outlet
) -> Link:
    published, changed = entry.get("published"), entry.get("updated") if "updated" in entry else None
    if not is_atom:  # RSS has Dublin Core's date, which feedparser files under `updated`
        published, changed = published or changed, None
    modified = parse_stamp(changed, basis="feed", timezone=outlet.timezone) if changed else None
    return Link(
        url=address,
        outlet=outlet.id,
        found_in=url,
        basis="feed",
        title=plain(entry.get("title")) or None,
        published=parse_stamp(published, basis="feed", timezone=outlet.timezone) if published else None,
        modified_at=modified.at if modified else None,
        authors=_names(author.get("name") for author in entry.get("authors", ())),
        language=language_code(entry.get("language")) or language,
    )


def _entry_address(entry: feedparser.FeedParserDict, url: str, hosts: frozenset[str]) -> str | None:
    """The address of an entry: what FeedBurner replaced, its link, or a guid that is an address."""
    guid = str(entry.get("id") or "")
    for stated in (entry.get("feedburner_origlink"), entry.get("link")):
        text = str(stated or "").strip()
        if not text:
            continue
        first = text.partition("/")[0]
        if (
            "." in first and host_of(f"https://{first}") in hosts
        ):  # it lost its scheme; no folder is called like the host
            text = f"https://{text}"
        elif text == guid and not text.startswith(("http://", "https://", "/")):
            continue  # feedparser takes any guid without isPermaLink="false" for a link
        if address := clean_url(text, url):
            return address
    return clean_url(guid)


def _names(stated: Iterable[object]) -> tuple[str, ...]:
    names = (plain(name) for name in stated if isinstance(name, str) and "@" not in name)
    return tuple(dict.fromkeys(name for name in names if name))


def _malformed(document: feedparser.FeedParserDict) -> str | None:
    """One line on XML that is not well-formed; what else feedparser objects to (encodings, headers) loses nothing."""
    error = document.get("bozo_exception")
    if not isinstance(error, SAXException):
        return None
    line = f" in line {error.getLineNumber()}" if isinstance(error, SAXParseException) else ""
    return f"malformed XML{line} ({error.getMessage()})"


def _unread(document: feedparser.FeedParserDict, body: bytes) -> str | None:
    stated = len(_ITEM.findall(_CDATA.sub(b"", body)))
    return f"{len(document.entries)} of {stated} items read" if stated > len(document.entries) else None


def _lost(links: Sequence[object]) -> str | None:
    lost = links.count(None)
    return f"{lost} of {len(links)} items have no address" if lost else None


def _ttl(feed: feedparser.FeedParserDict) -> timedelta | None:
    """RSS `ttl` in minutes, or the syndication module's period and frequency."""
    if minutes := _MINUTES.fullmatch(str(feed.get("ttl") or "")):
        return timedelta(minutes=int(minutes[1])) or None
    hours = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    times = _MINUTES.fullmatch(str(feed.get("sy_updatefrequency") or "1"))
    return timedelta(hours=hours) / (int(times[1]) or 1) if hours and times else None


def _json_feed(body: bytes, url: str, outlet: Outlet, cut: str | None) -> Listing:
    """Read a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        return Listing(kind="feed", problem=in_one_line(cut, f"malformed JSON: {error}"))
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        return Listing(kind="feed", problem=in_one_line(cut, "not a feed: JSON without items"))
    language = language_code(_text(document, "language"))
    links = [_item_link(item, url, language, outlet) if isinstance(item, dict) else None for item in items]
    return Listing(
        kind="feed",
        links=each_once(link for link in links if link),
        problem=in_one_line(cut, _lost(links)),
        next_page=clean_url(_text(document, "next_url"), url) if _text(document, "next_url") else None,
    )


def _item_link(item: Mapping[str, object], url: str, language: str | None, outlet: Outlet) -> Link | None:
    own = _text(item, "url")
    address = (
        (clean_url(own, url) if own else None) or clean_url(_text(item, "id")) or clean_url(_text(item, "external_url"))
    )
    if address is None:
        return None
    modified = parse_stamp(_text(item, "date_modified"), basis="feed", timezone=outlet.timezone)
    people = item.get("authors") or item.get("author")
    return Link(
        url=address,
        outlet=outlet.id,
        found_in=url,
        basis="feed",
        title=plain(_text(item, "title")) or None,
        published=parse_stamp(_text(item, "date_published"), basis="feed", timezone=outlet.timezone),
        modified_at=modified.at if modified else None,
        authors=_names(
            person.get("name")
            for person in (people if isinstance(people, list) else [people])
            if isinstance(person, dict)
        ),
        language=language_code(_text(item, "language")) or language,
    )


def _text(node: Mapping[str, object], name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""
