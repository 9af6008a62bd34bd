"""Mends what the body extractor returns by the lines of the page: merged paragraphs, gaps, a lost end or standfirst. Pure.

A line between two paragraphs of the text belongs to it if it is written like one of them (the same element and class in
the same kind of parent) or is a heading among them. Extractors lose such lines: "he said." alone in a div, a subheading,
or all that follows a box of other stories. Every step looks at each line a few times, however many there are.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from lxml import etree

from crawler.markup import Line
from crawler.sources import squeeze

_PROSE = 80  # characters; lines as long as this are paragraphs and no headings, bylines or menus
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_CELLS = ("td", "th")
_NEAR = 3  # parents up from a paragraph to what holds the headings between paragraphs
_NO_LETTER = re.compile(r"[\W_]+")
_STANDFIRST = 40  # characters
_STANDFIRST_CLASS = re.compile(
    r"sub-?(?:title|headline|head)|standfirst|(?:\b|_)(?:dek|deck|lede?|lead|intro|announce|perex|chapo|spot|abstract|summary)\b|vorspann",
    re.IGNORECASE,
)
_LEAD = 16  # letters by which the lines a paragraph may begin with are found
_TRIED = 8  # lines that begin alike and are tried; a page of one line a thousand times has a thousand

Shape = tuple[str | None, ...]


def standfirst(top: Sequence[Line], paragraphs: Sequence[str], described: Sequence[str] = ()) -> list[str]:
    """Return the sub-headlines printed above the text, where the body extractor left them out.

    They are known by element or class, or because the page is `described` in the same words.
    """
    known = {squeeze(text) for text in paragraphs}
    texts = " ".join(paragraphs)
    said = {_key(text) for text in described}
    found = []
    for line in top:
        if squeeze(line.text) in known or line.text in texts:
            break
        near = [line.element, line.element.getparent()] if line.element.getparent() is not None else [line.element]
        named = " ".join(element.get(name) or "" for element in near for name in ("class", "itemprop"))
        sub = line.element.tag in ("h2", "h3") or _STANDFIRST_CLASS.search(named) or _key(line.text) in said
        if len(line.text) >= _STANDFIRST and sub:
            found.append(line.text)
    return found[:2]


def mended(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    """Return `paragraphs` as the lines `printed` have them: parted, joined, and with what was lost between and behind."""
    return _refilled(_joined(parted(paragraphs, printed), printed), printed)


def parted(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    """Return `paragraphs`; one in which the extractor ran several lines of prose together becomes those lines."""
    lettered = [(key, place) for place, line in enumerate(printed) if (key := _key(line.text))]
    keys = [key for key, _ in lettered]
    starts: dict[str, list[int]] = {}
    for at, key in enumerate(keys):
        starts.setdefault(key[:_LEAD], []).append(at)
    known = frozenset(keys)
    found: list[str] = []
    for paragraph in paragraphs:
        key = _key(paragraph) if len(paragraph) >= 2 * _PROSE else ""
        runs = ((at, _made_of(key, keys, at)) for at in _starting(key, starts)) if key and key not in known else ()
        at, length = next((run for run in runs if run[1]), (0, 0))
        places = [place for _, place in lettered[at : at + length]]
        lines = [line.text for line in printed[places[0] : places[-1] + 1]] if places else []
        found += lines if sum(len(line) >= _PROSE for line in lines) > 1 else [paragraph]
    return found


def _starting(key: str, starts: Mapping[str, list[int]]) -> Iterator[int]:
    """Yield the first few places of lines that `key` may begin with."""
    for size in range(min(_LEAD, len(key)), 0, -1):
        yield from starts.get(key[:size], [])[:_TRIED]


def _joined(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    """Return `paragraphs`; those in a row that together are one printed line, torn at its links, become that line."""
    lines = {_key(line.text): line.text for line in printed}
    in_order = sorted(lines)  # lines that begin alike stand together
    own = [_key(paragraph) for paragraph in paragraphs]
    found: list[str] = []
    done = 0
    for place, key in enumerate(own):
        if place < done:
            continue
        first = bisect_left(in_order, key)
        near = in_order[first : first + _TRIED] if key and key not in lines else ()
        torn = (whole for whole in near if whole.startswith(key))
        whole, length = next(((whole, size) for whole in torn if (size := _made_of(whole, own, place))), (key, 1))
        found.append(lines[whole] if length > 1 else paragraphs[place])
        done = place + length
    return found


def _refilled(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    """Return `paragraphs` with the lines of the text between and behind them that the extractor lost."""
    found: list[str] = []
    last = None
    at = list(places(paragraphs, printed))
    for paragraph, place in zip(paragraphs, at, strict=True):
        if last is not None and place is not None:
            found += [line.text for line in _between(printed, last, place)]
        found.append(paragraph)
        last = place  # a paragraph that is no line may be the very line the gap would give
    return found + [line.text for line in _behind(printed, [place for place in at if place is not None])]


def _made_of(key: str, keys: Sequence[str], start: int) -> int:
    """How many keys in a row from `start` make up `key`; 0: they do not."""
    done = 0
    for place in range(start, len(keys)):
        if not key.startswith(keys[place], done):
            return 0
        done += len(keys[place])
        if done == len(key):
            return place - start + 1
    return 0


def places(paragraphs: Sequence[str], printed: Sequence[Line]) -> Iterator[int | None]:
    """Yield the place of the line each paragraph is, in order; None for one that is no line after those before it."""
    at: dict[str, list[int]] = {}
    for place, line in enumerate(printed):
        at.setdefault(_key(line.text), []).append(place)
    last = -1
    for paragraph in paragraphs:
        known = at.get(_key(paragraph), [])
        following = bisect_right(known, last)
        found = known[following] if following < len(known) else None
        yield found
        last = last if found is None else found


def _between(printed: Sequence[Line], first: int, last: int) -> Iterator[Line]:
    """The lines between two paragraphs that are of their kind."""
    ends = (printed[first], printed[last])
    shapes = {shape(line.element) for line in ends}
    homes = [list(_up(line.element)) for line in ends]
    for line in printed[first + 1 : last]:
        heading = line.element.tag in _HEADINGS and all(line.element.getparent() in home for home in homes)
        alike = line.element.tag not in _CELLS and shape(line.element) in shapes
        listed = line.element.tag == "li" and all(_list_stands_in(line.element) == home[0] for home in homes if home)
        if (heading or alike or listed) and not is_linked(line) and _key(line.text):
            yield line


def _list_stands_in(item: etree._Element) -> etree._Element | None:
    parent = item.getparent()
    return parent.getparent() if parent is not None else None


def _behind(printed: Sequence[Line], at: Sequence[int]) -> list[Line]:
    """The lines behind the last paragraph that stand in the parent of the text and are written like it, and their headings."""
    prose = [printed[place].element for place in at if len(printed[place].text) >= _PROSE]
    if not prose:
        return []
    shapes, homes = set(map(shape, prose)), {element.getparent() for element in prose} - {None}
    found: list[Line] = []
    for line in printed[at[-1] + 1 :]:
        if line.element.tag in _CELLS or is_linked(line) or line.element.getparent() not in homes:
            continue
        if shape(line.element) in shapes or line.element.tag in _HEADINGS:
            found.append(line)
    while found and len(found[-1].text) < _PROSE:  # no heading, signature or notice at the end
        found.pop()
    return found


def is_linked(line: Line) -> bool:
    """Tell whether a line is for the most part links."""
    return 2 * sum(len(text) for text, _ in line.links) >= len(line.text)


def _up(element: etree._Element) -> Iterator[etree._Element]:
    for _ in range(_NEAR):
        parent = element.getparent()
        if parent is None:
            return
        yield parent
        element = parent


def shape(element: etree._Element) -> Shape:
    """Return how an element is written: its tag and class and those of its parent."""
    parent = element.getparent()
    return (element.tag, element.get("class"), *((parent.tag, parent.get("class")) if parent is not None else ()))


@lru_cache(maxsize=8192)  # the same lines are compared several times over
def _key(text: str) -> str:
    return _NO_LETTER.sub("", text)
