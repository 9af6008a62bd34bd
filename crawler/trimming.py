"""Leaves out paragraphs that stand elsewhere than the text: teasers and captions among it, lists of others behind it. Pure.

Theory: most of a text is written alike (element, class, parent). What is not, and stands in a block without any line
written so, is judged by that block: one with a link that is a headline is a teaser, one with a picture and few words has a
caption. Behind the text a heading such as "Related stories" ends it, unless more lines written like the text follow.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from lxml import etree

from crawler.furniture import heads_other_things
from crawler.markup import Line, lines
from crawler.mending import Shape, places, shape

_PROSE = 80  # characters; shorter lines say little about how the text is written
_MOST, _LINES = 0.6, 3  # share of the prose, and lines, that must be written alike for the rest to be judged by them
_COUNTED = 500  # characters of a line that count for that: one endless line is no text
_CLIMB = 6  # elements around a line that are looked at
_HEADLINE = 20  # characters of a link from which on it may be another story's headline
_CARD = 600  # characters that a teaser's block may print beside its links
_CAPTION = 300  # characters a block with a picture may print; a longer one is a story of its own
_PICTURES = ("img", "picture", "video", "audio", "figure", "figcaption")
_QUOTES = ("blockquote", "q", "pre", "table", "ul", "ol", "dl")  # parts of a text that are written otherwise
_BEHIND = 0.3  # share of the text that stands before a heading that ends it
_NOTICE, _LONGEST_NOTICE = 24, 150  # characters; what is longer and said often is a text's own, pinned to many places
_OFTEN = 4  # blocks of a page with the same notice
_DENSE = range(0x2E80, 0xD7B0)  # scripts in which a character says as much as three letters


def trimmed(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    """Return the `paragraphs` that stand where the text of the page with these `printed` lines stands."""
    found = _of_text(paragraphs, printed)
    often = _said_often(printed)
    rest = [paragraph for paragraph in found if paragraph not in often]
    return rest if 2 * sum(map(len, rest)) >= sum(map(len, found)) else found


def _said_often(printed: Sequence[Line]) -> set[str]:
    """Notices in several blocks of a page ("log in to save this") are no text."""
    blocks: dict[str, set[etree._Element | None]] = {}
    for line in printed:
        if _NOTICE <= _weight(line.text) <= _LONGEST_NOTICE:
            blocks.setdefault(line.text, set()).add(line.element.getparent())
    return {text for text, said in blocks.items() if len(said) >= _OFTEN}


def _of_text(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    at = list(places(paragraphs, printed))
    usual = _usual([printed[place] for place in at if place is not None])
    end = _end(paragraphs, at, printed, usual)
    paragraphs, at = paragraphs[:end], at[:end]
    if usual is None:
        return list(paragraphs)
    homes = _homes(printed, usual)
    judged: dict[etree._Element, bool] = {}
    return [
        paragraph
        for paragraph, place in zip(paragraphs, at, strict=True)
        if place is None or shape(printed[place].element) == usual or not _is_aside(printed[place], homes, judged)
    ]


def _usual(kept: Sequence[Line]) -> Shape | None:
    """Return how most of the prose is written; None where there is no such thing."""
    prose: Counter[Shape] = Counter()
    count: Counter[Shape] = Counter()
    for line in kept:
        if _weight(line.text) >= _PROSE:
            written = shape(line.element)
            count[written] += 1
            prose[written] += min(len(line.text), _COUNTED)
    for written, size in prose.most_common(1):
        if size >= _MOST * prose.total() and count[written] >= _LINES:
            return written
    return None


def _end(paragraphs: Sequence[str], at: Sequence[int | None], printed: Sequence[Line], usual: Shape | None) -> int:
    """Return how many paragraphs stand before a heading of other things, behind which nothing is written like the text."""
    size, least = 0, _BEHIND * sum(map(len, paragraphs))
    last = 0
    for number, place in enumerate(at):
        if place is not None and usual is not None and _is_prose_of(printed[place], usual):
            last = number
    between = _headed(at, printed)
    for number, paragraph in enumerate(paragraphs):
        if number > last and size >= least and (number in between or heads_other_things(paragraph)):
            return number
        size += len(paragraph)
    return len(paragraphs)


def _headed(at: Sequence[int | None], printed: Sequence[Line]) -> set[int]:
    """Return the numbers of the paragraphs before which a heading of other things is printed."""
    found = set()
    last = None
    for number, place in enumerate(at):
        if place is None:
            continue
        if last is not None and any(heads_other_things(line.text) for line in printed[last + 1 : place]):
            found.add(number)
        last = place
    return found


def _is_prose_of(line: Line, usual: Shape) -> bool:
    return shape(line.element) == usual and _weight(line.text) >= _PROSE


def _homes(printed: Sequence[Line], usual: Shape) -> set[etree._Element]:
    """Return the elements that hold the text or the headline."""
    homes: set[etree._Element] = set()
    for line in printed:
        if line.element.tag == "h1" or _is_prose_of(line, usual):
            element: etree._Element | None = line.element
            while element is not None and element not in homes:
                homes.add(element)
                element = element.getparent()
    return homes


def _is_aside(line: Line, homes: set[etree._Element], judged: dict[etree._Element, bool]) -> bool:
    """Tell whether a line stands in a teaser or with a picture, in a block that holds nothing of the text."""
    if len(line.text) > _CAPTION:
        return False
    for block in _around(line.element):
        if block in homes or block.tag in _QUOTES:
            return False
        if block not in judged:
            judged[block] = _is_card(block)
        if judged[block]:
            return True
    return False


def _around(element: etree._Element) -> Iterator[etree._Element]:
    block: etree._Element | None = element
    for _ in range(_CLIMB):
        if block is None:
            return
        yield block
        block = block.getparent()


def _is_card(block: etree._Element) -> bool:
    inside = lines(block)
    size = sum(len(line.text) for line in inside)
    linked = [sum(len(text) for text, _ in line.links) for line in inside]
    away = [line for line, links in zip(inside, linked, strict=True) if 10 * links >= 9 * len(line.text)]
    if any(_weight(line.text) >= _HEADLINE for line in away) and size - sum(linked) <= _CARD * len(away):
        return True
    return size <= _CAPTION and next(block.iter(*_PICTURES), None) is not None


def _weight(text: str) -> int:
    """The length of a text as if it were in letters."""
    return len(text) * (3 if text and ord(text[len(text) // 2]) in _DENSE else 1)
