"""Texts cut at the offsets of their evidence, ready to be escaped piece by piece. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

PARAGRAPH = "\n\n"


class Span(NamedTuple):
    """A match in a text: code points, `end` exclusive."""

    start: int
    end: int
    topic: str
    label: str


class Piece(NamedTuple):
    """A stretch of text and the matches that cover it."""

    text: str
    topics: tuple[str, ...] = ()
    label: str = ""


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """Cut `text` wherever a span starts or ends; spans that do not fit the text are left out."""
    fitting = [span for span in spans if 0 <= span.start < span.end <= len(text)]
    cuts = sorted({0, len(text), *(span.start for span in fitting), *(span.end for span in fitting)})
    result = []
    for start, end in pairwise(cuts):
        covering = [span for span in fitting if span.start <= start and end <= span.end]
        topics = tuple(dict.fromkeys(span.topic for span in covering))
        result.append(Piece(text[start:end], topics, "; ".join(dict.fromkeys(span.label for span in covering))))
    return result


def paragraphs(text: str, spans: Sequence[Span]) -> list[list[Piece]]:
    """Return the paragraphs of `text`, each cut at its evidence."""
    result, start = [], 0
    for paragraph in text.split(PARAGRAPH):
        end = start + len(paragraph)
        inside = [
            span._replace(start=max(span.start, start) - start, end=min(span.end, end) - start)
            for span in spans
            if span.start < end and span.end > start
        ]
        if paragraph:
            result.append(pieces(paragraph, inside))
        start = end + len(PARAGRAPH)
    return result


def snippet(marked: str | None, marks: tuple[str, str]) -> list[Piece]:
    """Cut a search snippet at the marks around its found words."""
    result: list[Piece] = []
    for part in (marked or "").split(marks[0]):
        found, mark, after = part.partition(marks[1])
        if mark:
            result.append(Piece(found, ("found",)))
        result.append(Piece(after if mark else part))
    return [piece for piece in result if piece.text]
