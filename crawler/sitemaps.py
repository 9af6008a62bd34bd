"""Bytes of a sitemap (urlset, index, Google News, plain text; gzip or not) → links and child sitemaps. Pure."""

import html
import io
import re
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from crawler.charset import decode
from crawler.feeds import links_from_feed, looks_like_html
from crawler.listing import (
    MAX_BYTES,
    Child,
    Listing,
    each_once,
    in_one_line,
    language_code,
    stamp_of,
    title_of,
    unpack,
    without_torn_end,
)
from crawler.printing import plain
from crawler.urls import clean_url
from storage.records import Link, Outlet

_START = re.compile(rb"(?<=\?>)\s*<[!?\w]|<(?:\w+:)?(?:urlset|sitemapindex|rss|feed|rdf)\b", re.IGNORECASE)
_HEAD = 3000  # bytes in which a document shows what it is
_FEED_ROOTS = ("rss", "feed", "RDF")
_BARE_AMPERSAND = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(?!(?:amp|lt|gt|quot|apos);)", re.DOTALL)
_LEFT_ESCAPED = re.compile(r"&(?:amp|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_TEXT_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(slots=True)
class _Found:
    """What is gathered while a sitemap is read."""

    root: str = ""
    links: list[Link] = field(default_factory=list)
    sitemaps: list[Child] = field(default_factory=list)
    entries: int = 0
    news: bool = False
    error: str | None = None


def links_from_sitemap(body: bytes, url: str, *, outlet: Outlet, max_bytes: int = MAX_BYTES) -> Listing:
    """Read the sitemap found at `url`; a feed in its place is read as a feed. Never raises: see `Listing.problem`."""
    body, cut = unpack(body, max_bytes=max_bytes)
    if not body.strip():
        return Listing(kind="sitemap", problem=in_one_line(cut, "the answer is empty"))
    if looks_like_html(body):
        return Listing(kind="sitemap", problem=in_one_line(cut, "not a sitemap but an HTML page"))
    body = decode(body).encode()  # libxml2 hands out broken UTF-8 as it is; from here on it is none
    start = _START.search(body[:_HEAD])
    if start is None:
        return _text_sitemap(body, url, outlet, cut)
    body, torn = without_torn_end(body[start.start() :])  # without server messages and blank lines before the document
    found = _xml_sitemap(_escaped(body), url, outlet)
    if found.root in _FEED_ROOTS:
        return links_from_feed(body, url, outlet=outlet, max_bytes=max_bytes)
    strange = "" if found.root in ("urlset", "sitemapindex") else f"not a sitemap: the document is a <{found.root}>"
    lost = found.entries - len(found.links) - len(found.sitemaps)
    return Listing(
        kind="news-sitemap" if found.news else "sitemap",
        links=each_once(found.links),
        sitemaps=tuple({child.url: child for child in found.sitemaps}.values()),
        problem=in_one_line(
            cut or torn, found.error, strange, f"{lost} of {found.entries} entries have no address" if lost else ""
        ),
    )


def _escaped(body: bytes) -> bytes:
    """Escape ampersands but those of XML's own entities: bare ones are common in addresses, declared ones are bombs.

    Numbered characters are resolved later by us: libxml2 hands out impossible ones as broken UTF-8.
    """
    return _BARE_AMPERSAND.sub(lambda match: match[1] or b"&amp;", body)


def _xml_sitemap(body: bytes, url: str, outlet: Outlet) -> _Found:
    found = _Found()
    events = etree.iterparse(
        io.BytesIO(body),
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
    )
    try:
        for event, element in events:
            name = _local(element)
            if not found.root:
                found.root = name
            if event == "end" and name in ("url", "sitemap"):
                _take(found, element, name, url, outlet)
                element.clear()
                while element.getprevious() is not None:  # else a sitemap of 50,000 entries stays in memory as a tree
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:  # pragma: no cover  no document does it with the libxml2 of today
        found.error = f"malformed XML ({error.msg})"
    errors = [error for error in events.error_log.filter_from_errors() if error.domain_name != "NAMESPACE"]
    if found.error is None and errors:
        first = errors[0]
        found.error = f"malformed XML in line {first.line} ({first.message})"
    return found


def _take(found: _Found, element: etree._Element, name: str, url: str, outlet: Outlet) -> None:
    found.entries += 1
    stated = (_child_text(element, "loc") or element.text or "").strip()  # some indexes leave out <loc>
    stated = _LEFT_ESCAPED.sub(lambda reference: html.unescape(reference[0]), stated)  # not more: &copy= is a parameter
    address = clean_url(stated, url) if stated else None
    if address is None:
        return
    changed = _time(_child_text(element, "lastmod"), outlet)
    if name == "sitemap":
        found.sitemaps.append(Child(url=address, modified_at=changed))
        return
    news = {
        _local(part): plain(part.text)
        for child in element
        if _local(child) == "news"
        for part in child.iter(etree.Element)
    }
    found.news = found.news or bool(news)
    dated = news.get("publication_date")
    found.links.append(
        Link(
            url=address,
            outlet=outlet.id,
            found_in=url,
            basis="sitemap",
            title=title_of(news.get("title")),
            published=stamp_of(dated, basis="sitemap", outlet=outlet),
            modified_at=changed,
            language=language_code(news.get("language")),
        )
    )


def _text_sitemap(body: bytes, url: str, outlet: Outlet, cut: str | None) -> Listing:
    lines = [line.strip() for line in body.decode().splitlines() if line.strip()]
    stated = [line for line in lines if _TEXT_LINE.fullmatch(line)]
    if not stated or len(stated) * 2 < len(lines):
        return Listing(kind="sitemap", problem=in_one_line(cut, "not a sitemap: neither XML nor a list of addresses"))
    addresses = [address for line in stated if (address := clean_url(line))]
    lost = len(lines) - len(addresses)
    return Listing(
        kind="sitemap",
        links=each_once(Link(url=address, outlet=outlet.id, found_in=url, basis="sitemap") for address in addresses),
        problem=in_one_line(cut, f"{lost} of {len(lines)} lines are no address" if lost else ""),
    )


def _time(text: str, outlet: Outlet) -> datetime | None:
    stamp = stamp_of(text, basis="sitemap", outlet=outlet)
    return stamp.at if stamp else None


def _child_text(element: etree._Element, name: str) -> str:
    return next((child.text for child in element if child.text and _local(child) == name), "")


def _local(element: etree._Element) -> str:
    """The name without namespace, or without an undeclared prefix."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""
