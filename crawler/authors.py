"""Names of the people who wrote an article: no roles, places, outlets, agencies or handles. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lxml import etree

from crawler.jsonld import texts
from crawler.markup import Line, Page, words_of
from crawler.name_rules import BY
from crawler.names import given_names, people, squeezed
from crawler.printed import bylines, signatures
from crawler.printing import plain
from storage.records import Link
from storage.words import fold

_METAS = (
    "author",
    "parsely-author",
    "sailthru.author",
    "article:author",
    "article.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "cxenseparse:author",
    "mediator_author",
    "citation_author",
    "twitter:misc:written by",
    "authors",
)
_STATED = etree.XPath('//*[@itemprop="author"]')
_STATED_NAMES = etree.XPath('.//*[@itemprop="name"]')
_LINKS = etree.XPath(
    '//a[@rel="author" or contains(@href,"/author/") or contains(@href,"/authors/") or contains(@href,"/autor/") or contains(@href,"/yazar/")]'
)
_BY_REL = etree.XPath('//a[@rel="author"]')
_CLASSED = etree.XPath('//*[contains(@class,"author") or contains(@class,"byline")]')
_CLASSES = (
    re.compile(r"(?:^|\s)author-name(?:\s|$)|byline__name|author__name|byline-name"),
    re.compile(r"(?:^|\s)(?:byline|author)(?:\s|$)|article-author|post-author|article__author"),
)
_WRITTEN_BY = re.compile(
    r"^(?:written|verfasst|geschrieben|écrit|rédigé|escrito|scritto|geschreven|napisane|skrevet|skriven|автор|написано|yazan|γράφτηκε|συντάχθηκε|كتب)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?:^|\s)(?:dropdown[\w-]*|menu|nav|navbar[\w-]*|related[\w-]*|comments?|comment-?list|recommend\w*|most-?read)(?:$|\s)",
    re.IGNORECASE,
)
_LOOKED_AT = 12  # elements marked as an author's; more are a list of authors
_FIRST_NAME = 40  # characters of a byline that is one first name
_TOGETHER = 3  # elements up from the first name in which the others of the byline stand


def authors(
    page: Page, *, link: Link | None, top: Sequence[Line] = (), end: Sequence[Line] = (), not_people: Iterable[str]
) -> tuple[str, ...]:
    """Return the people the page names as authors, in order; the first place that names any is believed.

    `top`: lines printed between headline and text; `end`: behind it; `not_people`: names of outlets and agencies, folded.
    """
    shunned = frozenset(map(squeezed, not_people))
    for stated in _places(page, link, top, end):
        found = {fold(name): name for text in stated for name in people(text, shunned)}
        if found:
            return tuple(found.values())
    first = (name for text in _where_one_word_will_do(page, top) for name in given_names(text, shunned))
    return tuple(islice(first, 1))


def _places(page: Page, link: Link | None, top: Sequence[Line], end: Sequence[Line]) -> Iterator[list[str]]:
    """Where authors are named, the most trusted place first."""
    for value in page.stated("author"):
        yield list(_structured(value))
    yield list(link.authors) if link else []
    for name in _METAS:
        yield list(page.metas.get(name, ()))
    for number in "12":
        if _WRITTEN_BY.match(page.meta(f"twitter:label{number}") or ""):
            yield list(page.metas.get(f"twitter:data{number}", ()))
    stated = (name for element in _STATED(page.tree)[:6] for name in (_STATED_NAMES(element) or [element]))
    yield [words_of(element)[:150] for element in stated]
    yield list(bylines(top))
    for elements in _marked(page.tree):
        yield [words_of(element)[:150] for element in _together(elements[:6])]
    yield list(signatures(end))


def _where_one_word_will_do(page: Page, top: Sequence[Line]) -> Iterator[str]:
    """Where a single word is somebody's first name; as JSON-LD's Person it is as often an outlet's."""
    yield from (words_of(element)[:_FIRST_NAME] for element in islice(_of_this_article(_BY_REL(page.tree)), 1))
    yield from (line for line in bylines(top) if BY.match(line))


def _marked(tree: etree._Element) -> Iterator[list[etree._Element]]:
    """Elements that are links to an author's page, or whose class says that they hold names; none of menus and lists."""
    yield list(_of_this_article(_LINKS(tree)))
    classed = _CLASSED(tree)
    for pattern in _CLASSES:
        yield list(_of_this_article(element for element in classed if pattern.search(element.get("class"))))


def _of_this_article(elements: Iterable[etree._Element]) -> Iterator[etree._Element]:
    """Yield the first elements that stand in no menu, list of other articles or readers' comment."""
    for element in islice(elements, _LOOKED_AT):
        around = [
            ancestor for ancestor in element.iterancestors() if ancestor.tag not in ("body", "html", "main", "article")
        ]
        if not any(other.tag in ("nav", "footer") or _ELSEWHERE.search(other.get("class") or "") for other in around):
            yield element


def _together(elements: Sequence[etree._Element]) -> list[etree._Element]:
    """Leave out elements far from the first: other articles have authors too."""
    if len(elements) < 2:  # noqa: PLR2004
        return list(elements)
    home = list(islice(elements[0].iterancestors(), _TOGETHER))[-1]
    return [element for element in elements if element is elements[0] or home in element.iterancestors()]


def _structured(value: object) -> Iterator[str]:
    """Names of JSON-LD authors that are not said to be organisations."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and "Organization" in str(item.get("@type")):
            continue
        if isinstance(item, dict) and not item.get("name") and item.get("familyName"):
            yield plain(f"{item.get('givenName') or ''} {item['familyName']}")
            continue
        yield from texts(item)
