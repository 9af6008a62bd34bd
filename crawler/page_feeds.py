"""A page's tree → the feeds it names. Pure."""

import re

from lxml import etree

from crawler.outlets import host_of
from crawler.urls import clean_url

_FEED_TYPE = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/(?:rss|atom)|text/rss", re.IGNORECASE
)
_VAGUE_TYPE = re.compile(r"(?:application|text)/(?:xml|json|rdf)", re.IGNORECASE)  # a feed's if its address says so
_FEED_PATH = re.compile(
    r"/(?:rss|feeds?|atom)(?:[/.][\w/.-]*)?/?(?:\?|$)|\.(?:rss|rdf|atom)(?:\?|$)|[?&]feed=(?:rss2?|atom|rdf|json)\b",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"comments?\b|comentarios|comentários|commentaires|commenti|kommentare?|komentarz|yorumlar|комментари|коментар",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\Afeed:(?://)?(?=https?:)|\Afeed(?=://)", re.IGNORECASE)
_HOSTED = ("feedburner.com",)  # outlets' own feeds at another's host
_LONGEST = 2000  # characters of an address or a title that are looked at


def feeds_in(tree: etree._Element, base: str) -> tuple[str, ...]:
    """Return the feeds a page names as its alternates, or failing that links to, in its order; none of comments."""
    named = [
        (href, link.get("title") or "")
        for link in tree.iter("link")
        if {"alternate", "feed"} & rel_of(link) and _is_feed(link.get("type") or "", href := link.get("href") or "")
    ]
    linked = (
        []
        if named
        else [(href, "") for anchor in tree.iter("a") if _is_own_feed(href := anchor.get("href") or "", base)]
    )
    found = (
        _address(href, base)
        for href, title in named or linked
        if href and not _COMMENTS.search(f"{title[:_LONGEST]} {_path(href[:_LONGEST])}")
    )
    return tuple(dict.fromkeys(address for address in found if address))


def rel_of(element: etree._Element) -> set[str]:
    """Return the words of an element's `rel`, in lower case."""
    return set((element.get("rel") or "").lower().split())


def _is_feed(kind: str, href: str) -> bool:
    kind = kind.strip()
    return bool(_FEED_TYPE.match(kind) or (_VAGUE_TYPE.match(kind) and _FEED_PATH.search(href[:_LONGEST])))


def _is_own_feed(href: str, base: str) -> bool:
    """A link to a feed of this page's domain; links to readers such as feedly name feeds in their paths, too."""
    if len(href) > _LONGEST or not _FEED_PATH.search(href.partition("#")[0]):
        return False
    host = host_of(_address(href, base) or "")
    return _domain(host) in (_domain(host_of(base)), *_HOSTED)


def _address(href: str, base: str) -> str | None:
    return clean_url(_SCHEME.sub(lambda scheme: "" if ":" in scheme[0] else "http", href.strip(), count=1), base)


def _domain(host: str) -> str:
    return ".".join(host.split(".")[-2:])


def _path(address: str) -> str:
    return address.partition("?")[0].partition("#")[0]
