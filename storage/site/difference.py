"""Two texts side by side: paragraphs aligned, changed words marked, long equal runs collapsed. Pure.

Paragraphs are matched first (equal ones exactly, the rest by the words they share, in order), words only inside a
matched pair: comparing whole articles word by word takes seconds, this takes milliseconds.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from storage.site.marks import PARAGRAPH

WORD = re.compile(r"\w+")
TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
ALIKE = 0.3
"""Two paragraphs sharing this share of their words (Dice) are one, edited; below it they are cut and added."""
COLLAPSED_FROM = 3
"""This many equal paragraphs in a row are shown as one line."""
MOST_WORDS = 2_000
"""Longer paragraphs are shown as replaced whole: difflib is quadratic."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a paragraph."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph on either side, or a run of equal ones."""

    kind: Literal["equal", "run", "edited", "cut", "added"]
    left: tuple[Part, ...] = ()
    right: tuple[Part, ...] = ()
    run: tuple[str, ...] = ()
    """The paragraphs of a collapsed run."""


def compare(left: str, right: str) -> list[Line]:
    """Return `left` and `right` line by line."""
    a, b = _paragraphs(left), _paragraphs(right)
    lines: list[Line] = []
    for kind, a_from, a_to, b_from, b_to in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += _equal(a[a_from:a_to])
        else:
            lines += _changed(a[a_from:a_to], b[b_from:b_to])
    return lines


def words(left: str, right: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return both texts as parts, those that differ marked."""
    a, b = TOKEN.findall(left), TOKEN.findall(right)
    if max(len(a), len(b)) > MOST_WORDS:
        return (Part(left, True),), (Part(right, True),)
    ours: list[Part] = []
    theirs: list[Part] = []
    for kind, a_from, a_to, b_from, b_to in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        blank = kind == "equal" and not "".join(a[a_from:a_to]).strip()  # a lone space between two changes
        changed = kind != "equal" or (blank and a_from > 0 and a_to < len(a))
        _add(ours, "".join(a[a_from:a_to]), changed=changed)
        _add(theirs, "".join(b[b_from:b_to]), changed=changed)
    return tuple(ours), tuple(theirs)


def alike(left: str, right: str) -> float:
    """Return the share of their words that two texts have in common (Dice, 0-1), wherever they stand."""
    ours, theirs = (Counter(WORD.findall(text)) for text in (left, right))
    return 2 * (ours & theirs).total() / max(ours.total() + theirs.total(), 1)


def _add(parts: list[Part], text: str, *, changed: bool) -> None:
    if not text:
        return
    if parts and parts[-1].changed == changed:
        parts[-1] = Part(parts[-1].text + text, changed)
    else:
        parts.append(Part(text, changed))


def _paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in text.split(PARAGRAPH) if paragraph.strip()]


def _equal(run: Sequence[str]) -> list[Line]:
    if len(run) >= COLLAPSED_FROM:
        return [Line(kind="run", run=tuple(run))]
    return [Line(kind="equal", left=(Part(text),), right=(Part(text),)) for text in run]


def _changed(a: Sequence[str], b: Sequence[str]) -> list[Line]:
    lines: list[Line] = []
    a_next = b_next = 0
    for i, j in [*_pairs(a, b), (len(a), len(b))]:
        lines += [Line(kind="cut", left=(Part(text, True),)) for text in a[a_next:i]]
        lines += [Line(kind="added", right=(Part(text, True),)) for text in b[b_next:j]]
        if i < len(a):
            left, right = words(a[i], b[j])
            lines.append(Line(kind="edited", left=left, right=right))
        a_next, b_next = i + 1, j + 1
    return lines


def _pairs(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of alike paragraphs, in order on both sides, with the most words in common in all."""
    a_words = [set(TOKEN.findall(text)) for text in a]
    b_words = [set(TOKEN.findall(text)) for text in b]
    best: list[list[tuple[float, tuple[tuple[int, int], ...]]]] = [
        [(0.0, ())] * (len(b) + 1) for _ in range(len(a) + 1)
    ]
    for i, ours in enumerate(a_words):
        for j, theirs in enumerate(b_words):
            alike = 2 * len(ours & theirs) / (len(ours) + len(theirs))
            choices = [best[i][j + 1], best[i + 1][j]]
            if alike >= ALIKE:
                score, pairs = best[i][j]
                choices.append((score + alike, (*pairs, (i, j))))
            best[i + 1][j + 1] = max(choices, key=lambda choice: choice[0])
    return list(best[-1][-1][1])
