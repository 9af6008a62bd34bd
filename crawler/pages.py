"""Bytes of a front or section page → links that look like articles, next page, feeds. Pure.

Theory: no single sign tells an article's link from a section's. Points are added for what its address says (a slug, a
number, a date, an id), for the text on it (as long as a headline), for where it stands (in a heading, an article, a
teaser) and for having the shape of the outlet's known articles; they are taken off for standing in menus and footers
and for path words such as /tag/. There is no rule about short paths or missing ones: `/?p=123` and `/turkey-and-nato`
are articles. Known exception: a teaser that is a picture only, with an address that says nothing, is not found.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree
from lxml import html as lxml_html

from crawler import page_rules as rules
from crawler.charset import decode
from crawler.listing import MAX_BYTES, Listing, in_one_line, unpack
from crawler.markup import plain
from crawler.outlets import Directory
from crawler.shapes import Shapes
from crawler.urls import clean_url, shape_points, url_key
from storage.records import Link, Outlet

_FEED_TYPE = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/(?:rss|atom)|text/rss", re.IGNORECASE
)
_FEED_PATH = re.compile(r"/(?:rss|feeds?|atom)(?:[/.][\w/.-]*)?/?$|\.(?:rss|rdf|atom)$", re.IGNORECASE)
_COMMENTS = re.compile(r"comments?\b|kommentare?|yorumlar", re.IGNORECASE)
_CLIMB = 8  # elements above a link that are asked what they are


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchor:
    """One link on the page, or several of one address taken together."""

    url: str
    key: str
    title: str | None
    text_points: int
    place_points: int


def links_from_page(
    body: bytes,
    url: str,
    *,
    outlet: Outlet,
    known: Collection[str] = (),
    content_type: str = "",
    max_bytes: int = MAX_BYTES,
) -> Listing:
    """Read the front or section page at `url`. `known`: addresses or keys of articles of this outlet, to learn from.

    Links to other outlets' hosts are left out. Never raises: see `Listing.problem`.
    """
    body, cut = unpack(body, max_bytes=max_bytes)
    tree, problem = _tree(body, content_type, outlet.language)
    if tree is None:
        return Listing(kind="section", problem=in_one_line(cut, problem))
    base, key = _base(tree, url), url_key(url) if clean_url(url) else ""
    shapes, own = Shapes(known), Directory([outlet])
    chosen = [
        Link(url=anchor.url, outlet=outlet.id, found_in=url, basis="page", title=anchor.title)
        for anchor in _anchors(tree, base)
        if own.of_url(anchor.url) and _is_article(anchor, key, shapes)
    ]
    return Listing(
        kind="section", links=tuple(chosen), problem=in_one_line(cut, problem), next_page=_next_page(tree, base, url)
    )


def feeds_of_page(body: bytes, url: str, *, content_type: str = "", max_bytes: int = MAX_BYTES) -> tuple[str, ...]:
    """Return the feeds a page names in its head, or failing that links to, in its order; feeds of comments left out."""
    body, _ = unpack(body, max_bytes=max_bytes)
    tree, _ = _tree(body, content_type, None)
    if tree is None:
        return ()
    base = _base(tree, url)
    named = [
        (link.get("href") or "", link.get("title") or "")
        for link in tree.iter("link")
        if {"alternate", "feed"} & _rel(link) and _FEED_TYPE.match((link.get("type") or "").strip())
    ]
    linked = [(href, "") for anchor in tree.iter("a") if _FEED_PATH.search(_path(href := anchor.get("href") or ""))]
    wanted = [href for href, title in named or linked if href and not _COMMENTS.search(f"{title} {_path(href)}")]
    return tuple(dict.fromkeys(address for href in wanted if (address := clean_url(href, base))))


def _tree(body: bytes, content_type: str, language: str | None) -> tuple[etree._Element | None, str | None]:
    """Parse a page; the line says what was left out or why there is nothing."""
    text = decode(body, content_type, language=language)
    parser = lxml_html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True
    )  # a "huge" tree may be 2,048 elements deep instead of 256, which real pages exceed
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but white space
        return None, "no markup in the answer"
    limits = [error.message for error in parser.error_log if error.type_name == "ERR_RESOURCE_LIMIT"]
    return tree, f"read in part: {limits[0]}" if limits else None


def _base(tree: etree._Element, url: str) -> str:
    stated = next((element.get("href") for element in tree.iter("base") if element.get("href")), None)
    return (clean_url(stated, url) if stated else None) or url


def _anchors(tree: etree._Element, base: str) -> Iterable[_Anchor]:
    """The page's links in order, those of one address taken together."""
    found: dict[str, _Anchor] = {}
    for element in tree.iter("a"):
        href = element.get("href")
        address = clean_url(href, base) if href and not href.startswith("#") else None
        if address is None or rules.NOT_A_PAGE.search(_path(address)):
            continue
        key = url_key(address)
        anchor = _read(element, address, key)
        found[key] = _together(found[key], anchor) if key in found else anchor
    return found.values()


def _read(element: etree._Element, address: str, key: str) -> _Anchor:
    heading = next((part for part in element.iter(*rules.HEADINGS)), None)
    text = _words(element if heading is None else heading)
    text = plain(element.get("title") or element.get("aria-label")) if rules.MORE.fullmatch(text) else text
    is_title = bool(text) and len(text) <= rules.LONGEST_TITLE and not rules.MORE.fullmatch(text)
    text_points = _text_points(text) if is_title else 0
    place = max(min(sum(map(_teaser_points, _above(element))), 2), 2 if heading is not None else 0)
    if any(map(_is_furniture, _above(element))):
        place = rules.IN_FURNITURE
    elif any(map(_is_called_furniture, _above(element))):
        place = (
            rules.CALLED_FURNITURE if text_points > 1 else rules.IN_FURNITURE
        )  # a class name may say "menu" of a list of headlines
    return _Anchor(url=address, key=key, title=text if is_title else None, text_points=text_points, place_points=place)


def _together(one: _Anchor, other: _Anchor) -> _Anchor:
    best = max(one, other, key=lambda anchor: (anchor.text_points, anchor.place_points, len(anchor.title or "")))
    return replace(
        best,
        url=one.url,
        title=best.title or one.title or other.title,
        place_points=max(one.place_points, other.place_points),
    )


def _is_article(anchor: _Anchor, page: str, shapes: Shapes) -> bool:
    if anchor.key == page or anchor.key.endswith("/") or rules.PAGE_OF_LIST.search(anchor.url):
        return False  # this page, a front page, a further page of a list
    if shapes.has(anchor.url):
        return anchor.text_points + anchor.place_points >= rules.ACCEPT_KNOWN
    segments = set(_path(anchor.url).lower().split("/"))
    address = shape_points(anchor.url)
    if segments & rules.NOT_ARTICLES or max(address, anchor.text_points) < 2:  # noqa: PLR2004  one sign must be whole
        return False
    points = address + anchor.text_points + anchor.place_points
    points -= rules.LIST_PENALTY if segments & rules.LISTS else 0
    return points - (rules.STRANGE_PENALTY if shapes.learned else 0) >= rules.ACCEPT


def _text_points(text: str) -> int:
    words = len(text.split())
    if len(text) >= rules.HEADLINE_LETTERS and words >= rules.HEADLINE_WORDS:
        return 2
    if len(text) >= rules.DENSE_LETTERS and not text.isascii() and len(text) > 8 * words:
        return 2 if _is_dense(text) else 0
    return 1 if words >= rules.HEADLINE_WORDS - 1 and len(text) >= rules.HEADLINE_LETTERS // 2 else 0


def _is_dense(text: str) -> bool:
    """Most letters are of a script that writes words without spaces."""
    return sum("\u0e00" <= letter <= "\u0eff" or "\u3040" <= letter <= "\ud7af" for letter in text) * 2 > len(text)


def _teaser_points(element: etree._Element) -> int:
    if element.tag in rules.HEADINGS:
        return 2
    return 1 if element.tag == "article" or rules.TEASER.search(_names(element)) else 0


def _is_furniture(element: etree._Element) -> bool:
    return element.tag in rules.FURNITURE_TAGS or element.get("role") == "navigation"


def _is_called_furniture(element: etree._Element) -> bool:
    return rules.FURNITURE.search(_names(element)) is not None


def _names(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _above(element: etree._Element) -> Iterator[etree._Element]:
    """The link itself and the elements around it, nearest first."""
    yield element
    yield from islice((around for around in element.iterancestors() if around.tag not in ("body", "html")), _CLIMB)


def _next_page(tree: etree._Element, base: str, url: str) -> str | None:
    for element in tree.iter("a", "link"):
        if "next" in _rel(element) and (address := clean_url(element.get("href") or "", base)):
            return address if address != clean_url(url) else None
    return None


def _rel(element: etree._Element) -> set[str]:
    return set((element.get("rel") or "").lower().split())


def _path(address: str) -> str:
    return address.partition("?")[0].partition("#")[0]


def _words(element: etree._Element) -> str:
    return " ".join(" ".join(text for text in element.itertext() if isinstance(text, str)).split())
