"""Mends what the body extractor returns by the lines of the page: merged paragraphs, gaps, a standfirst left out. Pure.

A line between two paragraphs of the text belongs to it if it is written like one of them (the same element and class in
the same kind of parent) or is a heading among them. Extractors lose such lines: "he said." alone in a div, a subheading.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
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


def standfirst(top: Sequence[Line], paragraphs: Sequence[str]) -> list[str]:
    """Return the sub-headlines printed above the text, where the body extractor left them out."""
    known = {squeeze(text) for text in paragraphs}
    texts = " ".join(paragraphs)
    found = []
    for line in top:
        if squeeze(line.text) in known or line.text in texts:
            break
        near = [line.element, line.element.getparent()] if line.element.getparent() is not None else [line.element]
        named = " ".join(element.get(name) or "" for element in near for name in ("class", "itemprop"))
        if len(line.text) >= _STANDFIRST and (line.element.tag in ("h2", "h3") or _STANDFIRST_CLASS.search(named)):
            found.append(line.text)
    return found[:2]


def mended(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    """Return `paragraphs` as the lines `printed` have them: parted, joined, and with what was lost between them."""
    return _refilled(_joined(parted(paragraphs, printed), printed), printed)


def parted(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    """Return `paragraphs`; one in which the extractor ran several lines of prose together becomes those lines."""
    keys = [_key(line.text) for line in printed]
    known = frozenset(keys)
    found: list[str] = []
    for paragraph in paragraphs:
        key = _key(paragraph) if len(paragraph) >= 2 * _PROSE else ""
        runs = ((at, _made_of(key, keys, at)) for at in range(len(keys)) if key and key not in known)
        at, length = next((run for run in runs if run[1]), (0, 0))
        lines = [line.text for line in printed[at : at + length]]
        found += lines if sum(len(line) >= _PROSE for line in lines) > 1 else [paragraph]
    return found


def _joined(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    """Return `paragraphs`; those in a row that together are one printed line, torn at its links, become that line."""
    lines = {_key(line.text): line.text for line in printed}
    own = [_key(paragraph) for paragraph in paragraphs]
    found: list[str] = []
    done = 0
    for place, key in enumerate(own):
        if place < done:
            continue
        torn = (whole for whole in lines if whole.startswith(key)) if key and key not in lines else ()
        whole, length = next(((whole, size) for whole in torn if (size := _made_of(whole, own, place))), (key, 1))
        found.append(lines[whole] if length > 1 else paragraphs[place])
        done = place + length
    return found


def _refilled(paragraphs: Sequence[str], printed: Sequence[Line]) -> list[str]:
    """Return `paragraphs` with the lines of the text between them that the extractor lost."""
    found: list[str] = []
    last = None
    for paragraph, place in zip(paragraphs, _places(paragraphs, printed), strict=True):
        if last is not None and place is not None:
            found += [line.text for line in _between(printed, last, place)]
        found.append(paragraph)
        last = place  # a paragraph that is no line may be the very line the gap would give
    return found


def _made_of(key: str, keys: Sequence[str], start: int) -> int:
    """How many keys in a row from `start` make up `key`; 0: they do not."""
    rest = key
    for place in range(start, len(keys)):
        if not rest.startswith(keys[place]):
            return 0
        rest = rest[len(keys[place]) :]
        if not rest:
            return place - start + 1
    return 0


def _places(paragraphs: Sequence[str], printed: Sequence[Line]) -> Iterator[int | None]:
    """The line each paragraph is, in order; None for one that is no line after those before it."""
    at: dict[str, list[int]] = {}
    for place, line in enumerate(printed):
        at.setdefault(_key(line.text), []).append(place)
    last = -1
    for paragraph in paragraphs:
        places = at.get(_key(paragraph), [])
        following = bisect_right(places, last)
        found = places[following] if following < len(places) else None
        yield found
        last = last if found is None else found


def _between(printed: Sequence[Line], first: int, last: int) -> Iterator[Line]:
    """The lines between two paragraphs that are of their kind."""
    ends = (printed[first], printed[last])
    shapes = {_shape(line.element) for line in ends}
    homes = [list(_up(line.element)) for line in ends]
    for line in printed[first + 1 : last]:
        heading = line.element.tag in _HEADINGS and all(line.element.getparent() in home for home in homes)
        linked = 2 * sum(len(text) for text, _ in line.links) >= len(line.text)
        alike = line.element.tag not in _CELLS and _shape(line.element) in shapes
        if (heading or alike) and not linked and _key(line.text):
            yield line


def _up(element: etree._Element) -> Iterator[etree._Element]:
    for _ in range(_NEAR):
        parent = element.getparent()
        if parent is None:
            return
        yield parent
        element = parent


def _shape(element: etree._Element) -> tuple[str | None, ...]:
    parent = element.getparent()
    return (element.tag, element.get("class"), *((parent.tag, parent.get("class")) if parent is not None else ()))


@lru_cache(maxsize=8192)  # the same lines are compared several times over
def _key(text: str) -> str:
    return _NO_LETTER.sub("", text)
