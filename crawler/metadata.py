"""What a page says about its article, apart from the text: headline, times, section, language, genre. Pure."""

import copy
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

import htmldate
from lxml import etree

from crawler import dates
from crawler.jsonld import texts
from crawler.markup import Page, lines, words_of
from crawler.outlets import host_of
from crawler.printing import plain
from storage.page_lines import ends_sentence
from storage.records import Basis, Link, Outlet, Stamp
from storage.words import fold

_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:/~‹›]+\s+|\s*[|｜]\s*|--|(?<![_\s])_(?![_\s])")
_NO_LETTER = re.compile(r"\W")
_ALIKE = 0.6  # ratio from which two strings are wordings of one headline
_LONGEST = 400  # characters of a headline that are compared
_PART = 0.35  # share of a title below which a heading inside it is the site's name or a section
_PUBLISHED = [
    "article:published_time",
    "datepublished",
    "og:published_time",
    "og:article:published_time",
    "article.published",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.created",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "published-date",
    "date_published",
    "date.published",
    "article_date_original",
    "citation_publication_date",
    "citation_online_date",
    "originalpublicationdate",
    "vr:published_time",
    "displaydate",
    "mediator_published_time",
    "article:post_date",
    "ptime",
]
_ANY_DATE = ["dcterms.date", "dc.date", "date"]  # often the last change, so printed times are believed before these
_MODIFIED = [
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "last-modified",
    "article:updated_time",
]
_PRINTED_TIMES = (
    '//time[@itemprop="datePublished" or @pubdate or contains(@class,"publish") or contains(@class,"entry-date") or contains(@class,"dt-published")]',
    '//*[@itemprop="datePublished"]',
    "//article//header//time | //header[.//h1]//time",
    "//article//time[not(ancestor::aside)]",
    "//time[@datetime][not(ancestor::aside or ancestor::nav or ancestor::footer or ancestor::li)]",
    '//*[contains(@class,"published") or contains(@class,"pubdate") or contains(@class,"post-date") or contains(@class,"article-date")'
    ' or contains(@class,"entry-date") or contains(@class,"date-posted") or contains(@class,"publish-date")]',
)
_OWNERS = ("publisher", "dc.publisher", "copyright", "dc.rights")
_OWNER = re.compile(
    r"^(?:\W|\d|copyright|\(c\)|by|all\s+rights\s+reserved)+", re.IGNORECASE
)  # what stands before its name
_SHORT_LINE = 90  # characters of a line that gives a day and little else
_DATED_BY = ("datetime", "title", "content", "value")
_MONTH_FIRST = frozenset(("US", "PH", "PR", "GU", "MH", "PW"))
_EVERYWHERE = frozenset(
    ("AI", "CC", "CO", "EU", "FM", "IO", "ME", "TK", "TO", "TV", "WS", "LY", "GG", "IM", "CA")
)  # endings of no one country or custom


class _Clock(NamedTuple):
    """How an outlet writes times."""

    timezone: str | None
    """IANA name or ±hh:mm; None where not known."""
    day_first: bool | None
    """Whether 03/04/2018 is the third of April; None where not known."""

    def read(self, text: str, *, basis: Basis) -> Stamp | None:
        return dates.parse_stamp(text, basis=basis, timezone=self.timezone, day_first=self.day_first)


def headline(page: Page, *, outlet: Outlet | None, link: Link | None) -> str | None:
    """Return the headline as printed, without the outlet's name or section, or None.

    A heading that agrees with what structured data, cards, feed or title say is the printed one; failing that, they are.
    """
    names = set(site_names(page, outlet))
    stated = [_truncation_free(text) for value in page.stated("headline") for text in texts(value)]
    cards = [page.meta("og:title"), page.meta("twitter:title"), link.title if link else None]
    others = [bare for text in (*stated, *cards) if (bare := without_site(plain(text), names))]
    element = without_site(plain(page.tree.findtext("head/title")), names)
    headings = [bare for text in _headings(page) if (bare := without_site(text, names)) and fold(bare) not in names]
    if headings and (agreed := [other for other in (*others, element) if other]):
        likeness, best = max(
            ((max(_likeness(heading, other) for other in agreed), heading) for heading in headings),
            key=lambda pair: pair[0],
        )
        if likeness >= _ALIKE:
            return best if fold(best) in map(fold, stated) else _without_kicker(page, best, others)
        if only := _only_heading(page, headings):
            return only
    return next(iter((*others[:1], *headings[:1], *([element] if element else []))), None)


def without_site(title: str, names: Iterable[str]) -> str:
    """Return `title` without an outlet's name (folded `names`) set before or behind it."""
    known = {_letters(name) for name in names if name}
    while True:
        if len(title) > _LONGEST:
            return title
        pieces = list(_SEPARATOR.finditer(title))
        if pieces and _is_site(title[pieces[-1].end() :], known):
            title = title[: pieces[-1].start()].strip()
        elif pieces and _is_site(title[: pieces[0].start()], known):
            title = title[pieces[0].end() :].strip()
        elif behind := _before_site(title, pieces, known):
            title = behind
        else:
            return title


def _before_site(title: str, pieces: Sequence[re.Match[str]], known: set[str]) -> str | None:
    """What stands before the outlet's name where its motto follows: "Headline | Outlet | All the news"."""
    for before, behind in itertools.pairwise(pieces):
        between = title[before.end() : behind.start()]
        if between.strip() and _is_site(between, known):
            return title[: before.start()].strip() or None
    return None


def published(
    page: Page,
    *,
    outlet: Outlet | None,
    link: Link | None,
    own_lines: Iterable[str] = (),
    not_days: frozenset[str] = frozenset(),
    now: datetime,
) -> Stamp | None:
    """Return the time of publication: structured data, meta, the link's, printed on the page, in that order; or None.

    `own_lines`: printed lines in which the outlet dates the article; `not_days`: days printed for the text's source.
    """
    clock = _Clock(_timezone(outlet, link), day_first(page, outlet))
    stated = list(_stamps(page, _PUBLISHED, "datePublished", clock))
    stated.append(link.published if link else None)
    own = [stamp for line in own_lines if (stamp := clock.read(line, basis="page"))]
    seen = [stamp for stamp in (dates.from_url(page.url), *own[:1]) if stamp and stamp.day not in not_days]
    stated = dates.seen_first(stated, own[:1])
    if not any(stamp and stamp.precision != "day" for stamp in stated):
        stated += [stamp for stamp in own if stamp.day not in not_days]
        stated += _printed(page, clock, not_days)
        stated += _stamps(page, _ANY_DATE, "", clock)
    found = dates.published(
        stated, modified=_modified(page, clock, now), link=link.published if link else None, now=now
    )
    return dates.as_seen(found, seen) if found and not clock.timezone else found


def guessed(page: Page, *, outlet: Outlet | None, now: datetime) -> Stamp | None:
    """Return the day that the page's text (as htmldate reads it) or its address gives, where nothing states it; or None.

    A guess stands only where a short line of the page, an attribute or the address gives that day. Of 85 guesses 20 had none
    of them and six of these were wrong; four of four on the first of January were a year alone.
    """
    found = htmldate.find_date(
        copy.deepcopy(page.tree), original_date=True, outputformat="%Y-%m-%d", max_date=now + dates.AHEAD
    )
    guess = dates.parse_stamp(found, basis="page") if found else None
    if guess and not _is_backed(guess.day, page, day_first(page, outlet)):
        guess = None
    return dates.choose([dates.from_url(page.url), guess], now=now)


def _is_backed(day: str, page: Page, day_first: bool | None) -> bool:
    texts = [
        line.text[:_SHORT_LINE]
        for line in lines(page.tree)
        if (len(line.text) <= _SHORT_LINE and not ends_sentence(line.text)) or line.text[:1].isdigit()
    ]
    if any(day in dates.days_in(text, day_first=day_first) for text in texts):
        return True
    marked = (element for element in page.tree.iter("time", "abbr", "meta", "input") if not _is_change(element))
    stated = (value for element in marked for value in map(element.get, _DATED_BY))
    return not day.endswith("-01-01") and any(
        day in dates.days_in(value[:_SHORT_LINE], day_first=day_first) for value in (page.url, *stated) if value
    )


def _is_change(element: etree._Element) -> bool:
    return any((element.get(name) or "").lower() in _MODIFIED for name in ("property", "name", "itemprop"))


def day_first(page: Page, outlet: Outlet | None) -> bool | None:
    """Tell whether 03/04/2018 is the third of April here; None where the outlet's country or the page does not show it.

    What an English page declares of its country ("en-US") is its software's default too often to be believed.
    """
    ending = host_of(page.url).partition(":")[0].rpartition(".")[2].upper()
    country = (outlet.country if outlet else None) or (ending if len(ending) == 2 else "")  # noqa: PLR2004 - a country's
    if country in _MONTH_FIRST or ending in ("GOV", "MIL"):
        return False
    if country and country not in _EVERYWHERE:
        return True
    language = (outlet.language if outlet else None) or language_declared(page) or "en"
    return True if language != "en" else None


def modified_at(page: Page, *, outlet: Outlet | None, link: Link | None, now: datetime) -> datetime | None:
    """Return when the outlet says it last changed the page, UTC; None where it gives no more than a day."""
    stamp = _modified(page, _Clock(_timezone(outlet, link), None), now)
    return stamp.at if stamp and stamp.precision != "day" else None


def language_declared(page: Page) -> str | None:
    """Return the language the page declares, ISO 639-1, or None."""
    stated = [
        page.tree.get("lang"),
        page.tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        page.tree.get("xml:lang"),
    ]
    stated += [text for value in page.stated("inLanguage") for text in texts(value)]
    stated += [page.meta("og:locale"), page.meta("content-language"), page.meta("dc.language"), page.meta("language")]
    for text in stated:
        if match := re.match(r"\s*([a-zA-Z]{2})(?:[-_]|\s*$)", text or ""):
            return match[1].lower()
    return None


def descriptions(page: Page) -> list[str]:
    """Return the summaries the page gives of itself: for its cards, for search engines, in its structured data."""
    stated = [text for value in page.stated("description") for text in texts(value)]
    return [text for text in (page.meta("og:description"), page.meta("description"), *stated) if text]


def site_names(page: Page, outlet: Outlet | None) -> Iterator[str]:
    """Yield the folded names by which a page's own outlet may go."""
    stated = [
        page.meta("og:site_name"),
        page.meta("application-name"),
        page.meta("twitter:site"),
        page.meta("al:ios:app_name"),
    ]
    stated += [_OWNER.sub("", page.meta(name) or "").partition(",")[0] for name in _OWNERS]
    stated += [text for value in page.stated("publisher") for text in texts(value)]
    stated += [outlet.name, *outlet.aliases] if outlet else []
    host = host_of(page.url).partition(":")[0]
    stated += [host, host.partition(".")[0], ".".join(host.split(".")[-2:]), *host.split(".")[-2:-1]]
    for name in stated:
        if name:
            yield fold(name.strip("@ "))


def _is_site(piece: str, known: set[str]) -> bool:
    letters = _letters(fold(piece))
    return letters in known or not letters


@lru_cache(maxsize=256)
def _letters(name: str) -> str:
    return _NO_LETTER.sub("", name)


def _headings(page: Page) -> list[str]:
    """Texts of h1 elements; of h2 too on pages that have none."""
    for tag in ("h1", "h2"):
        found = [text for heading in page.tree.iter(tag) if (text := words_of(heading)) and "{" not in text]
        if found:
            return found[:8]
    return []


def _only_heading(page: Page, headings: Sequence[str]) -> str | None:
    """Return the one h1 of the page if it heads an article or the main part: it is printed, whatever cards say."""
    found = list(page.tree.iter("h1"))
    if len(found) != 1 or len(headings) != 1 or " " not in headings[0]:
        return None
    around = [element.tag for element in found[0].iterancestors()]
    return headings[0] if {"article", "main"} & set(around) and not {"nav", "aside", "footer"} & set(around) else None


def _truncation_free(text: str) -> str:
    return "" if text.endswith(("...", "…")) else text


def _likeness(one: str, other: str) -> float:
    """0–1; a heading inside a longer title counts by how much of it it is."""
    a, b = fold(one[:_LONGEST]), fold(other[:_LONGEST])
    shorter, longer = sorted((a, b), key=len)
    if longer.startswith(shorter) or longer.endswith(shorter):
        return max(_ALIKE, len(shorter) / len(longer)) if len(shorter) >= _PART * len(longer) else 0.0
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _without_kicker(page: Page, heading: str, others: Iterable[str]) -> str:
    """Return a heading without the overline or subtitle set in elements of their own in it, where cards go without it too."""
    wanted = {fold(other) for other in others}
    for element in (*page.tree.iter("h1"), *page.tree.iter("h2")):
        pieces = [words for text in element.itertext() if (words := plain(text))]
        if len(pieces) > 1 and pieces[0] in heading:
            for cut in range(1, len(pieces)):
                for part in (" ".join(pieces[cut:]), " ".join(pieces[:cut])):
                    if fold(part) in wanted:
                        return part
    return heading


def _timezone(outlet: Outlet | None, link: Link | None) -> str | None:
    """The outlet's zone, else its feed's; a feed in UTC says nothing about the outlet's clock."""
    if outlet and outlet.timezone:
        return outlet.timezone
    offset = link.published.offset if link and link.published else None
    return offset if offset != "+00:00" else None


def _stamps(page: Page, names: list[str], key: str, clock: _Clock) -> Iterator[Stamp | None]:
    for value in page.stated(key):
        if isinstance(value, str):
            yield clock.read(value, basis="jsonld")
    for name in names:
        for content in page.metas.get(name, ()):
            yield clock.read(content, basis="meta")


def _modified(page: Page, clock: _Clock, now: datetime) -> Stamp | None:
    return dates.choose(_stamps(page, _MODIFIED, "dateModified", clock), now=now)


def _printed(page: Page, clock: _Clock, not_days: frozenset[str]) -> Iterator[Stamp]:
    """Times printed on the page itself, the surest places first; places that give several days list other articles."""
    for path in _PRINTED_TIMES:
        stamps = [stamp for element in page.tree.xpath(path)[:6] if (stamp := _time_of(element, clock))]
        found = [stamp for stamp in stamps if stamp.day not in not_days] or stamps
        if found and (len({stamp.day for stamp in found}) == 1 or path == _PRINTED_TIMES[2]):
            yield found[0]


def _time_of(element: etree._Element, clock: _Clock) -> Stamp | None:
    stated = (element.get("datetime"), element.get("content"), words_of(element)[:120])
    return next((stamp for text in stated if text and (stamp := clock.read(text, basis="page"))), None)
