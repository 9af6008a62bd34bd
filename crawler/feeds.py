"""Bytes of an RSS, RDF, Atom or JSON feed → links. Pure: feedparser gets the bytes, never an address."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import feedparser

from crawler.feed_parser import read_feed, without_prolog
from crawler.json_feed import json_feed
from crawler.listing import (
    MAX_BYTES,
    Listing,
    each_once,
    guid_of,
    in_one_line,
    language_code,
    lost_of,
    names_of,
    stamp_of,
    title_of,
    unpack,
    without_torn_end,
)
from crawler.outlets import host_of
from crawler.urls import clean_url
from storage.records import Link, Outlet

_HEAD = 3000  # bytes in which a document shows what it is
_HTML = re.compile(
    rb"\s*(?><\?.*?\?>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z][\w:.-]*)")
_MINUTES = re.compile(r"\s*(\d{1,6})\s*")
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}


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
        return json_feed(body, url, outlet, cut)
    root = without_prolog(body, content_type)
    body, torn = without_torn_end(root.body)
    reading = read_feed(root._replace(body=body))
    if not reading.document.version and not reading.document.entries:
        return Listing(kind="feed", problem=in_one_line(cut, f"not a feed: {_what_is(body)}"))
    listing = _xml_feed(reading.document, url, outlet)
    return replace(listing, problem=in_one_line(cut or torn, reading.problem, listing.problem))


def looks_like_html(body: bytes) -> bool:
    """Say whether a body is an HTML page rather than a feed or sitemap."""
    head = body[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    return _HTML.match(head) is not None and not _FEED_ROOT.search(head)


def _what_is(body: bytes) -> str:
    root = _ROOT.search(body[:_HEAD])
    return f"the document is a <{root[1].decode()}>" if root else "there is no markup in it"


def _xml_feed(document: feedparser.FeedParserDict, url: str, outlet: Outlet) -> Listing:
    feed, entries = document.feed, document.entries
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
        problem=lost_of(addresses),
        next_page=next((address for href in onward if (address := clean_url(href, url))), None),
        ttl=_ttl(feed),
    )


def _entry_link(
    entry: feedparser.FeedParserDict, address: str, url: str, *, is_atom: bool, language: str | None, outlet: Outlet
) -> Link:
    published, changed = entry.get("published"), entry.get("updated") if "updated" in entry else None
    if not is_atom:  # RSS has Dublin Core's date, which feedparser files under `updated`
        published, changed = published or changed, None
    modified = stamp_of(changed, basis="feed", outlet=outlet)
    return Link(
        url=address,
        outlet=outlet.id,
        found_in=url,
        basis="feed",
        title=title_of(entry.get("title")),
        published=stamp_of(published, basis="feed", outlet=outlet),
        modified_at=modified.at if modified else None,
        authors=names_of(author.get("name") for author in entry.get("authors", ())),
        language=language_code(entry.get("language")) or language,
        guid=guid_of(entry.get("id")),
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


def _ttl(feed: feedparser.FeedParserDict) -> timedelta | None:
    """RSS `ttl` in minutes, or the syndication module's period and frequency."""
    if minutes := _MINUTES.fullmatch(str(feed.get("ttl") or "")):
        return timedelta(minutes=int(minutes[1])) or None
    hours = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    times = _MINUTES.fullmatch(str(feed.get("sy_updatefrequency") or "1"))
    return timedelta(hours=hours) / (int(times[1]) or 1) if hours and times else None
