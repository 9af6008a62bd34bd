"""A parsed page → the other pages of the same article. Pure.

Theory: the pages of an article have one address but for a number (`/story`, `/story?page=2`, `/story/2/`,
`/story-2.html`), and the page says that they are pages: by `rel=next`, by a pager, which prints the current number between
links that are numbers, or by words such as "next page". Neither sign is enough alone: `rel=next` is also the next article,
numbers are also comment pages, calendars and galleries, a slug that ends in -2 is also another article, and `/2` also the
second day. So a number behind a hyphen or alone in a path counts in a pager or behind "next page" only.
Known exception: pages with names of their own (`/story/the-trial`) are not found, nor are those that need a script.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from lxml import etree

from crawler import pager_rules as rules
from crawler.markup import Page, words_of
from crawler.page_feeds import rel_of
from crawler.page_numbers import Numbered, is_list, is_number, path_of, readings, roots_of_whole
from crawler.page_rules import LISTS
from crawler.urls import clean_url, url_key
from storage.records import Paging

MOST_PAGES = 20
"""Of an article; magazines' longest have a dozen, and behind that it is a list or a trap."""
_LONGEST_LABEL = 100  # characters of a link that may lead to a page
_LONGEST_PAGER = 250  # characters printed in one: twenty numbers and a few words
_MOST_LINKS = 200  # that call themselves pages; of a real pager there are three dozen
_MOST_PIECES = 500  # texts in a pager; so no page costs much that is all numbers
_PAGER_DEPTH = 4  # elements from a link up to the whole pager
_SHORT_HREF = 24  # characters of an address that may be relative to this page
_SHORT_PAGE = re.compile(r"[\d?.]|all|print")  # of those: a number, or to begin at this address
_ABOVE = 6  # elements looked at above a link


class _Labelled(NamedTuple):
    """A link that may lead to a page of this article."""

    element: etree._Element
    words: str
    address: str


class _Link(NamedTuple):
    """A link to a page of this article."""

    element: etree._Element
    url: str
    words: str
    page: Numbered
    own: Numbered
    """This page, as the link sees it."""

    @property
    def is_next(self) -> bool:
        """It is the page after this; some count from 0, so that `?page=1` is the second."""
        counts_from_zero = not self.own.way and self.page.way and self.page.number == 1
        return self.page.number == self.own.number + 1 or bool(counts_from_zero)

    @property
    def is_before(self) -> bool:
        """It is a page before this."""
        return bool(self.own.way) and (self.page.number < self.own.number or not self.page.way)


def paging(page: Page) -> Paging | None:
    """Return what a page says of the other pages of its article; None for an article of one page."""
    own = _own(page)
    if not own:
        return None
    labelled = list(islice(_labelled(page, own), _MOST_LINKS))
    links = list(_links(own, labelled))
    if any(link.page.number > MOST_PAGES for link in links):
        return None  # a list
    following = next((link.url for link in links if link.is_next and _leads_on(link, links)), None)
    before = [link for link in links if link.is_before and _leads_back(link, links)]
    first = min(before, key=lambda link: link.page.number).url if before else _canonical_first(page, own)
    found = Paging(earlier=first, following=following, whole=_whole(own, labelled, goes_on=following is not None))
    return None if found == Paging() else found


def _own(page: Page) -> list[Numbered]:
    """Return what this page's address may be: itself and, where it ends in a number, that page of another."""
    address = clean_url(page.url)
    key = url_key(address) if address else ""
    if not address or is_list(key) or LISTS & set(path_of(key).lower().split("/")):
        return []  # a front page, a section, a tag
    own = [each for each in readings(key) if each.number <= MOST_PAGES and not is_list(each.root)]
    canonical = clean_url(page.canonical_url, page.url) if page.canonical_url else None
    if canonical:  # without the words that say where a reader came from; page numbers are often missing there
        root = next(readings(url_key(canonical))).root
        own += [each._replace(root=root) for each in own if path_of(each.root) == path_of(root) and each.root != root]
    return own


def _links(own: list[Numbered], labelled: list[_Labelled]) -> Iterator[_Link]:
    """Yield the links whose address is this one's but for a number."""
    for element, words, address in labelled:
        for reading in readings(url_key(address)):
            for each in own:
                same_way = not each.way or not reading.way or each.way == reading.way
                if reading.root == each.root and same_way:
                    yield _Link(element, address, words, reading, each)


def _labelled(page: Page, own: list[Numbered]) -> Iterator[_Labelled]:
    """Yield the links that call themselves pages of a text and may have an address like this one's."""
    base = _base(page)
    names = {max(path_of(each.root).rpartition("/")[2].split(","), key=len) for each in own}
    for element in page.tree.iter("a", "link"):
        href = element.get("href")
        if not href or href.startswith(("#", "javascript:", "mailto:")) or not _may_be_page(href, names):
            continue
        words = words_of(element) if element.tag == "a" else ""
        words = words or (element.get("aria-label") or element.get("title") or "").strip()
        called = len(words) <= _LONGEST_LABEL and any(rule.fullmatch(words) for rule in rules.LABELS)
        if called or rel_of(element) & {"next", "prev"}:
            address = clean_url(href, base)
            if address and not _stands_elsewhere(element):
                yield _Labelled(element, words if called else "", address)


def _may_be_page(href: str, names: set[str]) -> bool:
    """Say whether an address may end as this one but for a number: cheap, for most links of a page are other articles."""
    short = len(href) <= _SHORT_HREF and _SHORT_PAGE.search(href) is not None
    return short or any(name in href for name in names) or "%" in href or not href.isascii()


def _base(page: Page) -> str:
    stated = next((element.get("href") for element in page.tree.iter("base") if element.get("href")), None)
    return (clean_url(stated, page.url) if stated else None) or page.url


def _stands_elsewhere(element: etree._Element) -> bool:
    """Say whether a link is part of comments, a gallery or a list beside the text, which have pagers of their own."""
    if "comment" in (element.get("href") or "").partition("#")[2].lower():
        return True
    above = islice(element.iterancestors(), _ABOVE)
    return any(
        each.tag == "aside" or rules.ELSEWHERE.search(f"{each.get('class', '')} {each.get('id', '')}")
        for each in (element, *above)
        if each.tag not in ("body", "html", "main", "article")
    )


def _leads_on(link: _Link, links: list[_Link]) -> bool:
    """Say whether a link to what would be the next page says that it is one."""
    counts_from_zero = link.page.number == link.own.number == 1 and not link.own.way
    says_next = "next" in rel_of(link.element) or rules.NEXT.fullmatch(link.words)
    if says_next and link.page.says_page:
        return not counts_from_zero or link.page.way.startswith("?")
    if rules.NEXT_PAGE.fullmatch(link.words):
        return True
    number = _number(link.words)
    if number is None or number - link.page.number not in (0, 1):
        return False
    here = link.own.number + (number - link.page.number if link.own.way else 0)
    says_page = here == 1 and not link.page.weak and rules.SAYS_PAGE.match(link.words) is not None
    return number == here + 1 and (says_page or _is_printed(here, link.element, links))


def _leads_back(link: _Link, links: list[_Link]) -> bool:
    """Say whether a link to what would be an earlier page says that it is one."""
    if "prev" in rel_of(link.element) and link.own.says_page:
        return True
    if _number(link.words) != 1:
        return False
    counts_from_zero = not link.page.way or link.page.number == 0
    here = [link.own.number + 1] if counts_from_zero else []
    return any(number > 1 and _is_printed(number, link.element, links) for number in (link.own.number, *here))


def _number(words: str) -> int | None:
    match = rules.NUMBER.fullmatch(words)
    return int(match[1]) if match and is_number(match[1]) else None


def _is_printed(number: int, element: etree._Element, links: list[_Link]) -> bool:
    """Say whether a pager around a link has the number of the page one is on: as plain text, or linked to this page."""
    here = {link.element for link in links if link.page == link.own or not (link.page.way or link.own.way)}
    here |= {link.element for link in links if not link.own.way and link.page.number == number == 1}
    for around in islice(element.iterancestors(), _PAGER_DEPTH):
        pieces = list(islice(around.itertext(), _MOST_PIECES))
        if len(pieces) == _MOST_PIECES or sum(len(piece.strip()) for piece in pieces) > _LONGEST_PAGER:
            return False
        if re.search(rf"(?<!\d){number}(?!\d)", " ".join(_unlinked(around, here))):
            return True
    return False


def _unlinked(around: etree._Element, here: set[etree._Element]) -> Iterator[str]:
    """Yield the pieces of text in an element that lead nowhere: not in a link, or in one to this page."""
    linked = 0
    for event, node in etree.iterwalk(around, events=("start", "end")):
        leads = node.tag == "a" and (node.get("href") or "#")[:1] != "#" and node not in here
        linked += leads if event == "start" else -leads
        text = node.text if event == "start" else node.tail if node is not around else None
        if text and not linked:
            yield text


def _canonical_first(page: Page, own: list[Numbered]) -> str | None:
    """Return the canonical address of a page that it says is one of several, if that is the first's."""
    address = clean_url(page.canonical_url) if page.canonical_url else None
    if address is None:
        return None
    root = next(readings(url_key(address))).root
    return address if any(each.root == root for each in own if each.number > 1 and not each.weak) else None


def _whole(own: list[Numbered], labelled: list[_Labelled], *, goes_on: bool) -> str | None:
    """Return the address of the page with the whole text, if a link says so and leads to this address with a mark."""
    roots = {each.root for each in own}
    for rule in (rules.WHOLE, rules.ALL, rules.PRINT) if goes_on else (rules.WHOLE,):
        for _, words, address in labelled:
            if words and rule.fullmatch(words) and roots & set(roots_of_whole(url_key(address))):
                return address
    return None
