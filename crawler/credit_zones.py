"""Printed lines → where each stands to the article's text: above it, in it, behind it; menus and teasers left out. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from lxml import etree

from crawler.markup import Line, words_of
from crawler.outlets import host_of
from crawler.sources import registrable

LEAD = 40  # characters by which a paragraph is found again among the lines
LONG_LINE = 240  # characters; a longer line says more than its credit
_TOP = 14  # lines below the headline in which bylines and datelines stand
_START = 4  # first paragraphs, one of which may open with an agency's mark
_TAIL = 30  # lines behind the text in which credits still stand
_HEADLINE = 14  # characters of a link that is an article's headline and no tag, menu entry or author
_TEASER = 4  # lines from one article of a list to the next
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:related|sidebar|widget|recommend\w*|most-?read|comments?|menu|nav|teasers|trending|caption|figure|photo-?credit|cookie|promo)(?:$|[\s_-])",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"^\W{0,2}(?:\d+\s+)?(?:comments?|reader\s+comments|kommentare?|commentaires?|comentarios?|comentários?|commenti|komentarze|комментарии|комментариев|коментарі|yorumlar|yorum|σχόλια|التعليقات|تعليقات|评论)\s*(?:\(?\d+\)?)?\W{0,2}$",
    re.IGNORECASE,
)


def zones_of(printed: Sequence[Line], paragraphs: Sequence[str], title: str | None, base: str) -> dict[str, list[Line]]:
    """Part the lines of a page by where they stand to its text."""
    body = "\n".join(paragraphs)
    inside = [place for place, line in enumerate(printed) if len(line.text) >= LEAD and line.text[:LEAD] in body]
    inside = [
        place for place in inside if not _is_headline(printed[place].text, title or body)
    ]  # it may stand in a menu too
    talk = next(
        (place for place, line in enumerate(printed) if inside and place > inside[0] and _COMMENTS.match(line.text)),
        None,
    )
    inside = [place for place in inside if talk is None or place < talk]
    middle = inside[len(inside) // 2] if inside else 0
    heads = [place for place in range(middle) if title and _is_headline(printed[place].text, title)]
    heads = [place for place in heads if printed[place].element.tag == "h1"] or heads
    inside = [place for place in inside if not heads or place > heads[-1]]
    first, last = (inside[0], inside[-1]) if inside else (0, len(printed) - 1)
    top = heads[-1] if heads else max(0, first - _TOP)
    home = {ancestor for place in inside[:1] for ancestor in printed[place].element.iterancestors("article")}
    elsewhere: dict[object, bool] = {}
    teasers = _teasers(printed, base)
    here = {
        place: line
        for place, line in enumerate(printed)
        if place >= top and place not in teasers and not _is_elsewhere(line.element, home, elsewhere)
    }
    text = [line for place, line in here.items() if first <= place <= last]
    above = [place for place in here if place <= max(first + 2, top + _TOP)][:_TOP]
    below = [place for place in here if last - 2 <= place <= last + _TAIL]
    return {
        "anywhere": list(here.values()),
        "around": [here[place] for place in dict.fromkeys((*above, *below))],
        "top": [here[place] for place in above],
        "start": [line for line in text if len(line.text) >= LEAD][:_START],
        "text": text,
        "end": [here[place] for place in below],
    }


def _is_headline(text: str, title: str) -> bool:
    return title[:LEAD] in text and len(text) <= len(title) + LEAD


def _teasers(printed: Sequence[Line], base: str) -> set[int]:
    """Return the places of lists of other articles: headlines that are links, and the lines between and behind them.

    One headline alone may stand above the text's own credit; what stands below each of several is theirs.
    """
    home = registrable(host_of(base))
    heads = [place for place, line in enumerate(printed) if line.links and _is_headline_link(line, home)]
    apart = [(one, other) for one, other in pairwise(heads) if other - one <= _TEASER]
    return {place for one, other in apart for place in range(one, 2 * other - one)}


def _is_headline_link(line: Line, home: str) -> bool:
    """Tell whether a line is, but for a few words, a headline that leads to another page of the same site."""
    return any(
        len(text) >= _HEADLINE and 2 * len(text) >= len(line.text) and _stays(address, home)
        for text, address in line.links
    )


def _stays(address: str, home: str) -> bool:
    """Tell whether a link stays on the site; without parsing, for a page has hundreds."""
    if "://" not in address[:8]:
        return not address.startswith(("#", "//", "mailto:", "javascript:"))
    return address.split("/", 3)[2].lower().endswith(home)


def _is_elsewhere(element: etree._Element | None, home: set[object], judged: dict[object, bool]) -> bool:
    """Tell whether an element is not the article's own: a menu, a caption, a list of other articles. `judged` remembers."""
    if element is None or element.tag in ("body", "html"):
        return False
    if element not in judged:
        other = (
            element.tag in ("nav", "figure", "figcaption")
            or (element.tag == "aside" and len(words_of(element)) > LONG_LINE)  # a short one is a note
            or (element.tag == "article" and home and element not in home)
        )
        named = element.tag not in ("main", "article") and _ELSEWHERE.search(names_of(element))
        judged[element] = bool(other or named) or _is_elsewhere(element.getparent(), home, judged)
    return judged[element]


def names_of(element: object) -> str:
    """Return the words by which a page's markup calls an element."""
    get = getattr(element, "get", None)
    return " ".join(get(name) or "" for name in ("class", "id", "rel", "itemprop")) if get else ""
