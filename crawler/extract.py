"""Capture → Article without tags: one decoded text, one parsed tree, metadata of our own, the body by trafilatura. Pure.

The addresses trafilatura reads are never used: it takes a canonical's word for where a page is, which would file a reprint
under its source. `deduplicate` stays off: it remembers other pages.
"""

import copy
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version

import trafilatura
from lxml import etree

from crawler import metadata
from crawler.authors import authors
from crawler.credit import Reading, read_credits
from crawler.furniture import is_furniture, prune, without_furniture
from crawler.genre import genre, paywalled
from crawler.jsonld import texts
from crawler.language import detect
from crawler.markup import Line, Page, lines, read_page
from crawler.mending import mended, standfirst
from crawler.narrowing import narrowed
from crawler.outlets import Directory
from crawler.pager import paging
from crawler.printed import day_lines
from crawler.printing import plain
from crawler.sections import section
from crawler.sources import AGENCY_NAMES, Names, squeeze
from crawler.trimming import trimmed
from crawler.walls import LONGEST_WALL, WALLS, Wall, is_cut_short, wall_of
from storage.errors import ExtractError
from storage.page_lines import line_key
from storage.records import Article, Capture, Credit, Outcome, Outlet, Stamp, TextStatus
from storage.words import fold

RULES_VERSION = 1
EXTRACTOR = f"cuttings {RULES_VERSION} / trafilatura {version('trafilatura')}"
"""What cleaned a text, kept with every article."""

STUB = 300
"""Characters; shorter texts are announcements."""
_LINE = 80  # characters; shorter lines are headings, bylines, menus
# trafilatura without its second extractors is kept where it took a fair share of the page's prose. Between .35 and .6 of it
# the full cascade changed no page of 625 for the better, below it body F1 of such pages rose from .12 to .81 (2011/12).
_LEAST_OF_PROSE = 0.35
_MOST_OF_PROSE = 1.5
_LONGEST_COMPARED = (
    3000  # printed lines; the second extractors take minutes for pages of 100,000, which are no articles
)
_MORE = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|(?:read|continue)\s+(?:more|reading|the\s+full\s+\w+)|weiterlesen|lire\s+la\s+suite|leer\s+más|leia\s+mais|читать\s+(?:далее|полностью)|devamını\s+oku|czytaj\s+(?:więcej|dalej))\W*$",
    re.IGNORECASE,
)  # fmt: skip
_LAST_WORDS = 60  # characters in which a text says that it goes on elsewhere
_COUNT = re.compile(r"\d{3,5}")
_OF_STATED = 0.4  # share of the stated words; some count what is printed around the text, too
_LONGEST_WORD = 12  # characters a word of a text has at most in the mean, spaces between words given
_BREAKS = frozenset(("lb", "p", "head", "item", "quote", "list", "row"))  # of trafilatura's tree
# The largest of 1,565 real pages prints 0.1 million characters in 2,800 lines and has 10,000 elements; reading takes 3 s for
# a page of these sizes, and minutes for some of ten times as much.
_LONGEST_PAGE = 2_000_000  # characters printed, readers' comments and all
_MOST_LINES = 20_000
_MOST_ELEMENTS = 50_000  # in the part of the page in which its text can be
_LONGEST_TEXT = 1_000_000  # characters; the longest live blogs have a third of it
_ERROR_PAGE = 1200  # characters of text; an article about a missing page is longer
_ARTICLE_BODY = 250  # characters from which a JSON-LD articleBody is more than a summary (findings/reading.md)
# Control characters no text has, and no NUL: that is half of a letter in UTF-16; or the name of a format in front
_BINARY = re.compile(rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f]|\A(?:%pdf-|\x89png|gif8|riff|pk)")
_GONE = re.compile(
    r"^(?:error\s*)?(?:404|410)(?:\s*$|\s*[-–—:|]|\s+(?:error|not|page|file))|\b(?:404|410)\s*(?:error|not\s+found|$)|(?:page|article|story|content|site|file)\s+(?:(?:was|could|can|is)\s*)?(?:not|no\s+longer)\s+(?:be\s+)?(?:found|available|exist)|"
    r"page\s+(?:does\s?n.t|does\s+not)\s+exist|seite\s+(?:\w+\s+)?nicht\s+gefunden|seite\s+existiert\s+nicht|page\s+(?:introuvable|non\s+trouvée)|p[áa]gina\s+n[oã]o?\s+encontrada|pagina\s+non\s+trovata|"
    r"sayfa\s+bulunamad|(?:страница|статья|материал)\s+не\s+найден|сторінк[ау]\s+не\s+знайден|nie\s+znaleziono|strony?\s+nie\s+(?:istnieje|znaleziono)|η\s+σελίδα\s+δεν\s+βρέθηκε|"
    r"الصفحة\s+غير\s+موجودة|页面不存在|找不到",
    re.IGNORECASE,
)


def extract(
    capture: Capture,
    *,
    outlet: Outlet | None = None,
    directory: Directory | None = None,
    learned: Collection[str] = (),
) -> Article:
    """Return the article of a capture, with credits, without tags.

    `outlet` (the one of the final address), `directory` and `learned` (keys of the outlet's furniture, as
    `storage.page_lines.line_key` gives them) add what is known of the site; one page alone will do. Of an article printed
    over several pages the text is this page's: `truncated`, and `paging` says where it goes on.
    Raises ExtractError: NOT_HTML, NO_TEXT, and of an answer of 200 GONE for an error page, REFUSED for a block or consent page.
    """
    page = _parsed(capture, outlet)
    title = metadata.headline(page, outlet=outlet, link=capture.link)
    printed = lines(page.tree)
    _refuse_huge(page, printed)
    paragraphs = body_paragraphs(page, printed, outlet)
    names = Names(
        own=frozenset(map(squeeze, metadata.site_names(page, outlet))),
        outlet=outlet.id if outlet else None,
        directory=directory,
    )
    reading = read_credits(
        page,
        printed,
        [text for text in paragraphs if not (is_furniture(text) or (learned and line_key(text) in learned))],
        title=title,
        names=names,
    )
    people = authors(
        page,
        link=capture.link,
        top=reading.top,
        end=reading.end,
        not_people=_not_people(page, outlet, reading.credits),
    )
    text = "\n\n".join(
        without_furniture(
            [*standfirst(reading.top, paragraphs, metadata.descriptions(page)), *paragraphs],
            title=title,
            spent=reading.lines,
            teasers=_teasers(printed),
            authors=people,
            learned=learned,
        )
    )
    _refuse_empty(page, title, text, standing=_wall(page, capture, printed, text))
    article = _article(capture, page, outlet, title=title, authors=people, text=text, reading=reading)
    in_part = capture.cut or article.paging is not None
    return replace(article, text_status=_text_status(page, printed, text, in_part=in_part))


def _refuse_huge(page: Page, printed: Sequence[Line]) -> None:
    length = sum(len(line.text) for line in printed)
    if length > _LONGEST_PAGE or len(printed) > _MOST_LINES:
        said = f"{length} characters in {len(printed)} lines: more than a page has"
        raise ExtractError(page.url, Outcome.TOO_LARGE, said)


def _parsed(capture: Capture, outlet: Outlet | None) -> Page:
    require_html(capture)
    page = read_page(capture, language=outlet.language if outlet else None)
    if page is None:
        raise ExtractError(capture.url, Outcome.NO_TEXT, "nothing on the page")
    return page


def require_html(capture: Capture) -> None:
    """Raise ExtractError for an answer that is no HTML."""
    kind = capture.content_type.partition(";")[0].strip().lower()
    start = capture.body[:2048].replace(b"\0", b"").lower()  # of UTF-16 what ASCII it has
    looks_like_html = any(
        tag in start
        for tag in (b"<html", b"<!doctype html", b"<head", b"<body", b"<meta", b"<article", b"<p>", b"<div", b"<h1")
    )
    if (
        kind
        and "html" not in kind
        and not (kind.startswith(("text/plain", "application/xml", "text/xml")) and looks_like_html)
    ) or not capture.body.strip():
        raise ExtractError(capture.url, Outcome.NOT_HTML, f"not HTML but {kind or 'empty'}")
    if not looks_like_html and _BINARY.search(start):
        raise ExtractError(capture.url, Outcome.NOT_HTML, f"not HTML, though it says {kind or 'nothing'}")
    if not kind and not looks_like_html and b"<" not in start:
        raise ExtractError(capture.url, Outcome.NOT_HTML, "no markup")


def _article(
    capture: Capture,
    page: Page,
    outlet: Outlet | None,
    *,
    title: str | None,
    authors: tuple[str, ...],
    text: str,
    reading: Reading,
) -> Article:
    now = capture.fetched_at
    declared = metadata.language_declared(page)
    likely = detect(f"{title or ''}\n\n{text}")
    kind = genre(page, title, text)
    pages = paging(page) if kind == "article" else None  # slides have no text, a live blog's entries move on
    return Article(
        url=capture.url,
        requested_url=capture.requested_url,
        outlet=outlet.id if outlet else None,
        canonical_url=page.canonical_url,
        og_url=page.og_url,
        title=title,
        authors=authors,
        published=_published(capture, page, outlet, reading),
        modified_at=metadata.modified_at(page, outlet=outlet, link=capture.link, now=now),
        language=likely[0].language if likely else declared,
        language_declared=declared,
        language_confidence=likely[0].confidence if likely else None,
        likely_languages=tuple(guess.language for guess in likely),
        section=section(page, title=title, names=lambda: metadata.site_names(page, outlet)),
        text=text,
        genre=kind,
        credits=reading.credits,
        paging=pages,
    )


def _published(capture: Capture, page: Page, outlet: Outlet | None, reading: Reading) -> Stamp | None:
    """The time of publication; guessed only where nothing states it, and never the day of the text's source."""
    now = capture.fetched_at
    dated = [
        credit for credit in reading.credits if credit.stated_at and credit.kind != "byline"
    ]  # bylines bear our day
    others = frozenset(f"{credit.stated_at:%Y-%m-%d}" for credit in dated)
    stated = metadata.published(
        page,
        outlet=outlet,
        link=capture.link,
        own_lines=[
            *reading.own_days,
            *day_lines(reading.top, reading.end, day_first=metadata.day_first(page, outlet)),
        ],
        not_days=others,
        now=now,
    )
    if stated:
        return stated
    guess = metadata.guessed(page, outlet=outlet, now=now)
    return None if guess and guess.day in others else guess


def _text_status(page: Page, printed: Sequence[Line], text: str, *, in_part: bool) -> TextStatus:
    if paywalled(page) or is_cut_short(printed, text):
        return "paywalled"
    unfinished = _MORE.search(text[-_LAST_WORDS:]) and len(text) < 4 * STUB
    if in_part or unfinished or _has_less_than_stated(page, text):
        return "truncated"
    return "stub" if len(text) < STUB else "full"


def _has_less_than_stated(page: Page, text: str) -> bool:
    """Tell whether a text has far fewer words than the page states; scripts without spaces state letters."""
    stated = [int(str(value)) for value in page.stated("wordCount") if _COUNT.fullmatch(str(value))]
    words = len(text.split())
    return bool(stated) and max(stated) * _OF_STATED > words >= len(text) / _LONGEST_WORD


def _wall(page: Page, capture: Capture, printed: Sequence[Line], text: str) -> Wall | None:
    """Return what stands in the way of an article, on a page that may be no more than that."""
    return wall_of(page, capture, printed) if len(text) <= LONGEST_WALL and not page.articles else None


def _refuse_empty(page: Page, title: str | None, text: str, *, standing: Wall | None) -> None:
    """Raise ExtractError for a page that has no article: an error page, a wall before it, nothing at all."""
    named = [title or "", plain(page.tree.findtext("head/title"))]
    if len(text) < _ERROR_PAGE and not page.articles and any(map(says_it_is_gone, named)):
        raise ExtractError(page.url, Outcome.GONE, f"says it is an error page ({title!r})")
    if standing and standing.kind in ("block", "consent", "login"):
        raise ExtractError(page.url, Outcome.REFUSED, f"{WALLS[standing.kind]}: {standing.words}")
    if standing and standing.kind == "javascript":
        raise ExtractError(page.url, Outcome.NO_TEXT, f"{WALLS[standing.kind]}: {standing.words}")
    if not text:
        raise ExtractError(page.url, Outcome.NO_TEXT, "no text found")
    if len(text) > _LONGEST_TEXT:
        raise ExtractError(page.url, Outcome.TOO_LARGE, f"{len(text)} characters of text: more than an article has")


def says_it_is_gone(title: str) -> bool:
    """Say whether a title is an error page's."""
    return _GONE.search(title) is not None


def _not_people(page: Page, outlet: Outlet | None, credits: Sequence[Credit]) -> Iterator[str]:
    yield from metadata.site_names(page, outlet)
    yield from AGENCY_NAMES
    yield from (fold(credit.name) for credit in credits)


def _teasers(printed: Sequence[Line]) -> Iterator[str]:
    """Lines that are one link and nothing else lead away from the text."""
    for line in printed:
        away = [text for text, address in line.links if "#" not in address[:1]]
        if away and len("".join(away)) >= 0.9 * len(line.text):
            yield line.text


def body_paragraphs(page: Page, printed: Sequence[Line], outlet: Outlet | None) -> list[str]:
    """Return the paragraphs of a page's main text, in order, some furniture still among them."""
    if outlet and (outlet.body or outlet.drop):
        page, printed = _told(page, outlet)
        if chosen := page.tree.xpath(outlet.body) if outlet.body else ():
            return [line.text for element in chosen for line in lines(element)]
    tree = narrowed(page.tree, printed)
    prune(tree)
    if (size := sum(1 for _ in tree.iter())) > _MOST_ELEMENTS:
        raise ExtractError(page.url, Outcome.TOO_LARGE, f"{size} elements around the text: more than a page has")
    found = _main_text(tree, fast=True)
    size, prose = sum(len(text) for text in found if not is_furniture(text)), _prose(printed)
    fair = _LEAST_OF_PROSE * prose <= size <= _MOST_OF_PROSE * prose + STUB
    if not fair and len(printed) <= _LONGEST_COMPARED:
        found = _main_text(tree)
    if mended(found, printed) != found:
        found = mended(found, lines(tree))  # without what was removed as furniture
    found = trimmed(found, printed)
    if not found:  # "comment" in the class of the whole article: better some comments than no text
        found = _main_text(page.tree, comments=True)
    bodies = [text for value in page.stated("articleBody") for text in texts(value) if len(text) >= _ARTICLE_BODY]
    return found or bodies[:1]


def _told(page: Page, outlet: Outlet) -> tuple[Page, Sequence[Line]]:
    """Return a copy of a page, and its lines, without what the outlet's configuration says to drop."""
    tree = copy.deepcopy(page.tree)
    for path in outlet.drop:
        for element in tree.xpath(path):
            element.drop_tree()
    return replace(page, tree=tree), lines(tree)


def _prose(printed: Sequence[Line]) -> int:
    """Characters in long lines that are not mostly links: about what the text of a page can be."""
    long = (
        line
        for line in printed
        if len(line.text) >= _LINE and 2 * sum(len(text) for text, _ in line.links) < len(line.text)
    )
    return sum(len(line.text) for line in long if not is_furniture(line.text))


def _main_text(tree: etree._Element, *, fast: bool = False, comments: bool = False) -> list[str]:
    document = trafilatura.bare_extraction(
        tree, output_format="python", include_comments=comments, with_metadata=False, fast=fast
    )
    body = getattr(document, "body", None)
    return [] if body is None else list(_paragraphs(body))


def _paragraphs(body: etree._Element) -> Iterator[str]:
    for element in body:
        if element.tag in ("list", "table"):
            for item in element.iter("item", "row"):
                yield from _split(item)
        elif any(child.tag in ("p", "head", "list") for child in element):
            yield from _paragraphs(element)
        else:
            yield from _split(element)
        if element.tail and element.tail.strip():
            yield " ".join(element.tail.split())


def _split(element: etree._Element) -> Iterator[str]:
    """Part an element at its line breaks."""
    parts = [""]
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node.tag in _BREAKS:
            parts.append("")
        if event == "start":
            parts[-1] += (" " if node.tag == "cell" else "") + (node.text or "")
        elif node is not element:
            parts[-1] += node.tail or ""
    yield from (words for line in parts if (words := " ".join(line.split())))
