"""Bytes of a front or section page → links that look like articles, next page, feeds. Pure.

Theory: no single sign tells an article's link from a section's. Points are added for what its address says (a slug, a
number, a date, an id), for the text on it (as long as a headline), for where it stands (in a heading, an article, a
teaser) and for having the shape of the outlet's known articles; they are taken off for standing in menus and footers
and for path words such as /tag/. There is no rule about short paths or missing ones: `/?p=123` and `/turkey-and-nato`
are articles. Known exception: a teaser that is a picture only, with an address that says nothing, is not found.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml import html as lxml_html

from crawler import page_rules as rules
from crawler.charset import decode
from crawler.dates import parse_stamp
from crawler.listing import MAX_BYTES, Listing, in_one_line, unpack
from crawler.outlets import Directory
from crawler.page_feeds import feeds_in, rel_of
from crawler.printing import plain
from crawler.shapes import DAYS, Shapes
from crawler.teasers import around, times_of
from crawler.urls import clean_url, shape_points, url_key
from storage.records import Link, Outlet

_LONGEST_NAMES = 300  # characters of class and id that are looked at
_LONGEST_HREF = 8000
_LONGEST_TEXT = 2000  # of a link
_PARTS = 200  # elements and texts in a link that are looked at
_MOST_ELEMENTS = 10  # links to one address whose surroundings are looked at
MOST_ANCHORS = 10_000
"""Links of a page that are read, at 0.1 ms each; the fullest of 1,565 real pages has 2,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchor:
    """One link on the page, or several of one address taken together."""

    url: str
    key: str
    title: str | None
    text_points: int
    place_points: int
    elements: tuple[etree._Element, ...]
    """What links there."""


class _Place(NamedTuple):
    """What an element says of the links in it."""

    points: int
    furniture: bool
    called_furniture: bool


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
    anchors, crowded = _anchors(tree, base)
    chosen = [anchor for anchor in anchors if own.of_url(anchor.url) and _is_article(anchor, key, shapes)]
    times = times_of(tree, {anchor.key: anchor.elements for anchor in chosen})
    following = _next_page(tree, base, url)
    return Listing(
        kind="section",
        links=tuple(_link(anchor, times.get(anchor.key), url, outlet) for anchor in chosen),
        problem=in_one_line(cut, problem, crowded),
        next_page=following if following and own.of_url(following) else None,
        feeds=feeds_in(tree, base),
    )


def _link(anchor: _Anchor, time: str | None, url: str, outlet: Outlet) -> Link:
    return Link(
        url=anchor.url,
        outlet=outlet.id,
        found_in=url,
        basis="page",
        title=anchor.title,
        published=parse_stamp(time, basis="page", timezone=outlet.timezone) if time else None,
    )


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


def _anchors(tree: etree._Element, base: str) -> tuple[list[_Anchor], str | None]:
    """Return the page's links in order, those of one address taken together, and a line on what was left out."""
    found: dict[str, _Anchor] = {}
    places: dict[etree._Element, _Place] = {}
    for number, element in enumerate(tree.iter("a")):
        if number >= MOST_ANCHORS:
            return list(found.values()), f"read in part: more than {MOST_ANCHORS} links"
        href = element.get("href")
        usable = href and not href.startswith("#") and len(href) <= _LONGEST_HREF
        address = clean_url(href, base) if href and usable else None
        if address is None or rules.NOT_A_PAGE.search(_path(address)):
            continue
        key = url_key(address)
        anchor = _read(element, address, key, places)
        found[key] = _together(found[key], anchor) if key in found else anchor
    return list(found.values()), None


def _read(element: etree._Element, address: str, key: str, places: dict[etree._Element, _Place]) -> _Anchor:
    heading = next((part for part in islice(element.iter(), _PARTS) if part.tag in rules.HEADINGS), None)
    text = _words(element if heading is None else heading)
    if len(text) <= rules.LONGEST_TITLE and rules.MORE.fullmatch(text):
        text = plain((element.get("title") or element.get("aria-label") or "")[: rules.LONGEST_TITLE + 1])
    is_title = 0 < len(text) <= rules.LONGEST_TITLE and not rules.MORE.fullmatch(text)
    text_points = _text_points(text) if is_title else 0
    above = [_place(each, places) for each in around(element)]
    points = max(min(sum(place.points for place in above), 2), 2 if heading is not None else 0)
    if any(place.furniture for place in above):
        points = rules.IN_FURNITURE
    elif any(place.called_furniture for place in above):  # a class name may say "menu" of a list of headlines
        points = rules.CALLED_FURNITURE if text_points > 1 else rules.IN_FURNITURE
    return _Anchor(
        url=address,
        key=key,
        title=text if is_title else None,
        text_points=text_points,
        place_points=points,
        elements=(element,),
    )


def _place(element: etree._Element, places: dict[etree._Element, _Place]) -> _Place:
    """Return what an element says, worked out once."""
    if element not in places:
        names = f"{(element.get('class') or '')[:_LONGEST_NAMES]} {(element.get('id') or '')[:_LONGEST_NAMES]}"
        points = (
            2 if element.tag in rules.HEADINGS else int(element.tag == "article" or bool(rules.TEASER.search(names)))
        )
        furniture = element.tag in rules.FURNITURE_TAGS or element.get("role") == "navigation"
        places[element] = _Place(points, furniture, rules.FURNITURE.search(names) is not None)
    return places[element]


def _together(one: _Anchor, other: _Anchor) -> _Anchor:
    best = max(one, other, key=lambda anchor: (anchor.text_points, anchor.place_points, len(anchor.title or "")))
    return replace(
        best,
        url=one.url,
        title=best.title or one.title or other.title,
        place_points=max(one.place_points, other.place_points),
        elements=(*one.elements, *other.elements)[:_MOST_ELEMENTS],
    )


def _is_article(anchor: _Anchor, page: str, shapes: Shapes) -> bool:
    if anchor.key == page or anchor.key.endswith("/") or rules.PAGE_OF_LIST.search(anchor.url):
        return False  # this page, a front page, a further page of a list
    if DAYS.search(_path(anchor.url)) and "?" not in anchor.url and not shapes.has_days:
        return False
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


def _next_page(tree: etree._Element, base: str, url: str) -> str | None:
    for element in tree.iter("a", "link"):
        if "next" in rel_of(element) and (address := clean_url(element.get("href") or "", base)):
            return address if address != clean_url(url) else None
    return None


def _path(address: str) -> str:
    return address.partition("?")[0].partition("#")[0]


def _words(element: etree._Element) -> str:
    """Return the text in an element, of a long one its beginning."""
    texts = islice((text for text in element.itertext() if isinstance(text, str)), _PARTS)
    return " ".join(" ".join(text[:_LONGEST_TEXT] for text in texts)[:_LONGEST_TEXT].split())
