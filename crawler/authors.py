"""Names of the people who wrote an article: no roles, places, outlets, agencies or handles. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lxml import etree

from crawler.dates import MONTHS
from crawler.markup import Line, Page, plain, texts, words_of
from crawler.printed import bylines, signatures, without_by
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
_CLASSED = etree.XPath('//*[contains(@class,"author") or contains(@class,"byline")]')
_CLASSES = (
    re.compile(r"(?:^|\s)author-name(?:\s|$)|byline__name|author__name|byline-name"),
    re.compile(r"(?:^|\s)(?:byline|author)(?:\s|$)|article-author|post-author|article__author"),
)
_TRAIL = re.compile(
    r"\s*(?:(?:[,|–—-]|\s(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|on|am|um|le|el|at)[.,]?(?=\s))?\s*\d.*"
    r"|[,|–—-]?\s*(?:updated|published|last\s+updated|stand)\b.*|\s(?:on|am|um|le|el|at))$",
    re.IGNORECASE,
)
_DAY = re.compile(r"[\s,|–—-]+([^\W\d_]{3,12})\.?\s+\d{1,2}\b.*$")
_SPLIT = re.compile(
    r"\s*(?:[,;|/•·\n]|\s(?:and|und|et|y|e|ve|и|та|i|och|og|και|with|mit|avec)\s|\s[&+–—-]\s|、|，)\s*", re.IGNORECASE
)
_NOT_A_PERSON = re.compile(
    r"\b(?:staff|editor(?:s|ial)?|redaktion|redaktor|redacci[oó]n|redazione|r[ée]daction|redakcja|team|desk|news|newsroom|agenc(?:y|ies)|"
    r"agence|agentur|agenzia|correspondents?|admin(?:istrator)?|press|media|online|guest|contributors?|writers?|reporters?|bureau|"
    r"editora|редакция|редакція|новости|агентство|корр|haber|merkezi|ajans[ıi]?|gazete|gazetesi|servis[i]?|"
    r"department|service|wire|wires|reports?|publications?|magazine|times|post|journal|foundation|institute|institut|center|centre|council|"
    r"university|university|association|company|ltd|inc|gmbh|blog|website|portal|archive|world|today|board|society|"
    r"http|https|www|email|twitter|facebook|follow|share|view|posts?|comments?|published|updated|subscribe|anonymous|unknown)\b|[@\d#©…:]|"
    r"\.(?:com|org|net|de|ru|co|tr|uk)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    [
        "von",
        "van",
        "der",
        "den",
        "de",
        "la",
        "le",
        "di",
        "da",
        "dos",
        "del",
        "el",
        "al",
        "bin",
        "ibn",
        "zu",
        "zur",
        "ter",
        "ten",
        "du",
        "abu",
        "'t",
        "y",
        "e",
    ]
)
_LONGEST = 5  # words of a name
_WRITTEN_BY = re.compile(
    r"^(?:written|verfasst|geschrieben|écrit|rédigé|escrito|scritto|geschreven|napisane|skrevet|skriven|автор|написано|yazan|γράφτηκε|συντάχθηκε|كتب)",
    re.IGNORECASE,
)
_TOGETHER = 3  # elements up from the first name in which the others of the byline stand


def authors(
    page: Page, *, link: Link | None, top: Sequence[Line] = (), end: Sequence[Line] = (), not_people: Iterable[str]
) -> tuple[str, ...]:
    """Return the people the page names as authors, in order; the first place that names any is believed.

    `top`: lines printed between headline and text; `end`: behind it; `not_people`: names of outlets and agencies, folded.
    """
    shunned = frozenset(not_people)
    for stated in _places(page, link, top, end):
        found = {fold(name): name for text in stated for name in people(text, shunned)}
        if found:
            return tuple(found.values())
    return ()


def people(text: str, shunned: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the names of people in a byline."""
    text = plain(text)
    if text.startswith(("http://", "https://")):
        return
    text = _TRAIL.sub("", _without_day(text))
    pieces = _SPLIT.split(without_by(text))
    if len(pieces) == 2 and all(piece and " " not in piece for piece in pieces) and "," in text:  # noqa: PLR2004 - Last, First
        pieces = [f"{pieces[1]} {pieces[0]}"]
    mixed = any(not piece.isupper() for piece in pieces if piece and " " in piece)
    for piece in pieces:
        if piece and mixed and piece.isupper():  # beside names an outlet's or a role
            continue
        name = without_by(piece or "").strip(" .:-–—()\"'")
        if _is_person(name) and fold(name) not in shunned:
            yield name


def _without_day(text: str) -> str:
    """Leave out a month and day behind the names, and what follows them."""
    found = _DAY.search(text)
    return text[: found.start()] if found and fold(found[1]) in MONTHS else text


def _is_person(name: str) -> bool:
    words = name.split()
    if not 2 <= len(words) <= _LONGEST and not (len(words) == 1 and _is_one_word_name(name)):  # noqa: PLR2004 - given and family name
        return False
    if _NOT_A_PERSON.search(name):
        return False
    return all(
        word[0].isupper() or not word[0].isalpha() or not _cased(word[0]) or word.lower() in _PARTICLES
        for word in words
    )


def _is_one_word_name(name: str) -> bool:
    """Chinese, Japanese and Korean names are written in one."""
    return 2 <= len(name) <= 4 and all("\u3040" <= letter <= "\ud7af" for letter in name)  # noqa: PLR2004


def _cased(letter: str) -> bool:
    return letter.lower() != letter.upper()


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


def _marked(tree: etree._Element) -> Iterator[list[etree._Element]]:
    """Elements that are links to an author's page, or whose class says that they hold names."""
    yield _LINKS(tree)
    classed = _CLASSED(tree)
    for pattern in _CLASSES:
        yield [element for element in classed if pattern.search(element.get("class"))]


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
