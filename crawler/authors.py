"""Names of the people who wrote an article: no roles, places, outlets, agencies or handles. Pure."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from lxml import etree

from crawler.dates import MONTHS
from crawler.markup import Page, plain, texts, words_of
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
    "authors",
)
_PRINTED = tuple(
    map(
        etree.XPath,
        (
            '//*[@itemprop="author"]//*[@itemprop="name"]',
            '//*[@itemprop="author"][not(.//*[@itemprop="name"])]',
            '//a[@rel="author"] | //a[contains(@href,"/author/") or contains(@href,"/authors/") or contains(@href,"/autor/") or contains(@href,"/yazar/")]',
            '//*[contains(concat(" ",@class," ")," author-name ") or contains(@class,"byline__name") or contains(@class,"author__name") or contains(@class,"byline-name")]',
            '//*[contains(concat(" ",@class," ")," byline ") or contains(concat(" ",@class," ")," author ") or contains(@class,"article-author") or contains(@class,"post-author") or contains(@class,"article__author")]',
        ),
    )
)
_LEAD = re.compile(
    r"^(?:(?:author|written|posted|eingestellt|geschrieben|reported|story|words|text|analysis|opinion|article|edited|interview)\s+)?(?:by|von|vom|par|por|da|di|door|av|af|od|autor(?:in|en|ka|zy)?|author(?:s)?|автор(?:ы|и)?|text|texte|yazan|yazar|haber|συντάκτης|του|της|κείμενο|بقلم|كتب)\s*:?\s+",
    re.IGNORECASE,
)
_NAME_AND_DAY = re.compile(r"^[^|\d]{5,40}\|\s*\d\d?[./]\d\d?[./]\d{4}")
_TRAIL = re.compile(r"\s*(?:[,|–—-]?\s*\d.*|[,|–—-]?\s*(?:updated|published|last\s+updated|stand)\b.*)$", re.IGNORECASE)
_DAY = re.compile(r"[\s,|–—-]+([^\W\d_]{3,12})\.?\s+\d{1,2}\b.*$")
_SPLIT = re.compile(
    r"\s*(?:[,;|/•·\n]|\s(?:and|und|et|y|e|ve|и|та|i|och|og|και|with|mit|avec)\s|\s[&+]\s|、|，)\s*", re.IGNORECASE
)
_NOT_A_PERSON = re.compile(
    r"\b(?:staff|editor(?:s|ial)?|redaktion|redaktor|redacci[oó]n|redazione|r[ée]daction|redakcja|team|desk|news|newsroom|agenc(?:y|ies)|"
    r"agence|agentur|agenzia|correspondents?|admin(?:istrator)?|press|media|online|guest|contributors?|writers?|reporters?|bureau|"
    r"editora|редакция|редакція|новости|агентство|корр|haber|merkezi|ajans[ıi]?|gazete|gazetesi|servis[i]?|"
    r"department|service|wire|wires|reports?|publications?|magazine|times|post|journal|foundation|institute|institut|center|centre|council|"
    r"university|university|association|company|ltd|inc|gmbh|blog|website|portal|archive|world|today|board|society|"
    r"http|https|www|email|twitter|facebook|follow|share|view|posts?|comments?|published|updated|subscribe|anonymous|unknown)\b|[@\d#©…]|"
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
_BYLINE = 90  # characters


def authors(page: Page, *, link: Link | None, top: Iterable[str] = (), not_people: Iterable[str]) -> tuple[str, ...]:
    """Return the people the page names as authors, in order; the first place that names any is believed.

    `top`: lines printed between headline and text; `not_people`: names of outlets and agencies, folded.
    """
    shunned = frozenset(not_people)
    for stated in chain(
        _places(page, link),
        [[line for line in top if len(line) <= _BYLINE and (_LEAD.match(line) or _NAME_AND_DAY.match(line))]],
    ):
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
    pieces = _SPLIT.split(_LEAD.sub("", text))
    if len(pieces) == 2 and all(piece and " " not in piece for piece in pieces) and "," in text:  # noqa: PLR2004 - Last, First
        pieces = [f"{pieces[1]} {pieces[0]}"]
    for piece in pieces:
        name = _LEAD.sub("", piece or "").strip(" .:-–—()\"'")
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


def _places(page: Page, link: Link | None) -> Iterator[list[str]]:
    """Where authors are named, the most trusted place first."""
    for value in page.stated("author"):
        yield list(_structured(value))
    yield list(link.authors) if link else []
    for name in _METAS:
        yield list(page.metas.get(name, ()))
    for path in _PRINTED:
        yield [words_of(element)[:150] for element in path(page.tree)[:6]]


def _structured(value: object) -> Iterator[str]:
    """Names of JSON-LD authors that are not said to be organisations."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and "Organization" in str(item.get("@type")):
            continue
        if isinstance(item, dict) and not item.get("name") and item.get("familyName"):
            yield plain(f"{item.get('givenName') or ''} {item['familyName']}")
            continue
        yield from texts(item)
