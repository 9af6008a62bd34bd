"""Two texts side by side: paragraphs aligned, changed words marked, long equal runs collapsed. Pure.

Paragraphs are matched first (equal ones exactly, the rest by the words they share, in order), words only inside a
matched pair. Texts are anybody's: what a comparison may take is bounded.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

from storage.site.marks import PARAGRAPH

WORD = re.compile(r"\w+")
TOKEN = re.compile(r"\w+|[^\w\s]")
ALIKE = 0.3
"""Two paragraphs sharing this share of their words (Dice) are one, edited; below it they are cut and added."""
COLLAPSED_FROM = 3
"""This many equal paragraphs in a row are shown as one line."""
MOST_COMPARED = 10_000
"""Words of a paragraph, or paragraphs of a text; more are shown as replaced whole. Takes 12 MB and some hundredths of a second."""
MOST_PAIRS = 10_000
"""Changed paragraphs on the left times those on the right; where there are more, each is shown as cut or added."""


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
    for same, in_a, in_b in _blocks(a, b):
        lines += _equal(a[in_a]) if same else _changed(a[in_a], b[in_b])
    return lines


def words(left: str, right: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return both texts as parts, those that differ marked; other blanks between words are no difference."""
    a, b = list(TOKEN.finditer(left)), list(TOKEN.finditer(right))
    blocks = list(_blocks([word[0] for word in a], [word[0] for word in b]))
    ours = [(a[in_a], not same) for same, in_a, _ in blocks]
    theirs = [(b[in_b], not same) for same, _, in_b in blocks]
    return _parts(left, ours), _parts(right, theirs)


def _parts(text: str, blocks: Sequence[tuple[Sequence[re.Match[str]], bool]]) -> tuple[Part, ...]:
    parts: list[Part] = []
    done = 0
    for found, changed in blocks:
        if found:
            _add(parts, text[done : found[0].start()], changed=False)
            done = found[-1].end()
            _add(parts, text[found[0].start() : done], changed=changed)
    _add(parts, text[done:], changed=False)
    return tuple(parts)


def _blocks(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[bool, slice, slice]]:
    """Yield stretches of both sides that are equal, and those that differ between them: the longest common subsequence.

    RapidFuzz finds it in bits, in time that depends on the lengths only; difflib took 10 s for 900 words.
    """
    if max(len(a), len(b)) > MOST_COMPARED:
        yield a == b, slice(0, len(a)), slice(0, len(b))
        return
    since_a = since_b = 0
    for block in Indel.opcodes(a, b):
        if block.tag == "equal":
            if (since_a, since_b) != (block.src_start, block.dest_start):
                yield False, slice(since_a, block.src_start), slice(since_b, block.dest_start)
            yield True, slice(block.src_start, block.src_end), slice(block.dest_start, block.dest_end)
            since_a, since_b = block.src_end, block.dest_end
    if (since_a, since_b) != (len(a), len(b)):
        yield False, slice(since_a, len(a)), slice(since_b, len(b))


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
    if len(a) * len(b) > MOST_PAIRS:
        return []
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
