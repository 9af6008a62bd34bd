"""What two texts share, word for word: aligned spans, found whatever their order. Pure.

Seeds of three equal words are joined along their diagonal over small edits, longest first, each word used once; so
reordered paragraphs, changed words and mash-ups are all just several spans. Depends on the two texts only.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from storage.fingerprints import Flags, Hashes, Positions, Words, ngrams, shingle_set

SEED, SEED_DENSE = 3, 6  # words, characters
GAP = 6  # an edit of up to this many words does not end a span (findings, 1.8)
SHORTEST_SPAN = 8  # words; shorter agreement is common phrase
MOST_REPEATS = 8  # a seed that stands more often in the other text says nothing
MOST_CHANGES = 50  # kept per pair
_FACT = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of shared text; ends are exclusive."""

    a_chars: tuple[int, int]
    """Code points."""
    b_chars: tuple[int, int]
    a_words: tuple[int, int]
    b_words: tuple[int, int]
    same: int
    """Words that agree; the others were edited."""
    quoted: int
    """Of those, inside quotation marks in either text."""
    unquoted_run: int
    """Longest run of them outside quotation marks."""

    def flipped(self) -> "Span":
        """The same seen from the other text."""
        return replace(self, a_chars=self.b_chars, b_chars=self.a_chars, a_words=self.b_words, b_words=self.a_words)


@dataclass(frozen=True, slots=True)
class Change:
    """A number or name that differs inside a shared span."""

    kind: str
    """number / name."""
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """What texts a and b share."""

    spans: tuple[Span, ...]
    """In a's order."""
    words_a: int
    words_b: int
    similarity: float
    """Jaccard of their shingles, 0–1."""
    changes: tuple[Change, ...]

    @property
    def words_shared(self) -> int:
        """Words that agree."""
        return sum(span.same for span in self.spans)


def align(a: Words, b: Words) -> Overlap | None:
    """Return what two texts share, or None if that is nothing but common phrases."""
    partner = _partners(a, b)
    spans = _spans(a, b, partner)
    if not spans:
        return None
    return Overlap(
        spans=spans,
        words_a=len(a.ids),
        words_b=len(b.ids),
        similarity=_jaccard(a, b),
        changes=_changes(a, b, partner, spans),
    )


def _partners(a: Words, b: Words) -> Positions:
    """For each word of a the word of b it agrees with, or -1; no word of b twice."""
    partner = np.full(len(a.ids), -1, np.int64)
    free = np.ones(len(b.ids), np.bool_)
    for diagonal, start, stop in _runs(a, b):
        i = np.arange(start, stop)
        j = i - diagonal
        agree = (a.ids[i] == b.ids[j]) & (partner[i] < 0) & free[j]
        if agree.sum() >= SEED:
            partner[i[agree]] = j[agree]
            free[j[agree]] = False
    return partner


def _runs(a: Words, b: Words) -> list[tuple[int, int, int]]:
    """Stretches of a that agree with b along one diagonal, as (diagonal, from, to) in a's words, best first."""
    size = SEED_DENSE if a.dense and b.dense else SEED
    seeds_a, (order, ordered) = _seeds(a, size), _sorted_seeds(b, size)
    low, high = np.searchsorted(ordered, seeds_a, "left"), np.searchsorted(ordered, seeds_a, "right")
    repeats = np.where(high - low > MOST_REPEATS, 0, high - low)
    if not repeats.any():
        return []
    i = np.repeat(np.arange(len(seeds_a)), repeats)
    within = np.arange(len(i)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    diagonal = i - order[np.repeat(low, repeats) + within]
    by = np.lexsort((i, diagonal))
    i, diagonal = i[by], diagonal[by]
    breaks = np.flatnonzero((np.diff(diagonal) != 0) | (np.diff(i) > GAP + size)) + 1
    first, last = np.concatenate(([0], breaks)), np.concatenate((breaks, [len(i)]))
    best = np.lexsort((i[first], -(last - first)))
    return [(int(diagonal[first[k]]), int(i[first[k]]), int(i[last[k] - 1]) + size) for k in best]


@lru_cache(maxsize=512)  # an article is compared with many, one after the other
def _seeds(words: Words, size: int) -> Hashes:
    return ngrams(words.ids, size)


@lru_cache(maxsize=512)
def _sorted_seeds(words: Words, size: int) -> tuple[Positions, Hashes]:
    """Return the order of a text's seeds by their hashes, the first of equal ones first, and the hashes so ordered."""
    seeds = _seeds(words, size)
    order = np.argsort(seeds, kind="stable")
    return order, seeds[order]


def _spans(a: Words, b: Words, partner: Positions) -> tuple[Span, ...]:
    at = np.flatnonzero(partner >= 0)
    if not len(at):
        return ()
    to = partner[at]
    ahead = np.diff(to)
    breaks = np.flatnonzero((np.diff(at) > GAP + 1) | (ahead < 1) | (ahead > GAP + 1)) + 1
    first, last = np.concatenate(([0], breaks)), np.concatenate((breaks, [len(at)])) - 1
    long = last - first + 1 >= SHORTEST_SPAN / min(a.weight, b.weight)
    first, last = first[long], last[long]
    if not len(first):
        return ()
    quoted = a.quoted[at] | b.quoted[to]
    chars = (a.starts[at[first]], a.ends[at[last]], b.starts[to[first]], b.ends[to[last]])
    words = (at[first], at[last] + 1, to[first], to[last] + 1)
    edges = zip(first.tolist(), (last + 1).tolist(), strict=True)
    return tuple(
        Span((a0, a1), (b0, b1), (i0, i1), (j0, j1), *_counted(quoted[since:until]))
        for (since, until), a0, a1, b0, b1, i0, i1, j0, j1 in zip(
            edges, *(each.tolist() for each in (*chars, *words)), strict=True
        )
    )


def _counted(quoted: Flags) -> tuple[int, int, int]:
    """Return how many words there are, how many are quoted, and the longest run of others."""
    if not quoted.any():
        return len(quoted), 0, len(quoted)
    edges = np.flatnonzero(np.diff(np.concatenate(([True], quoted, [True])).astype(np.int8)))
    return len(quoted), int(quoted.sum()), int((edges[1::2] - edges[::2]).max(initial=0))


def _jaccard(a: Words, b: Words) -> float:
    one, two = shingle_set(a), shingle_set(b)
    at = np.searchsorted(two, one)
    both = int((two[np.minimum(at, len(two) - 1)] == one).sum()) if len(two) else 0
    return both / (len(one) + len(two) - both) if both else 0.0


def _changes(a: Words, b: Words, partner: Positions, spans: tuple[Span, ...]) -> tuple[Change, ...]:
    """Numbers and names that stand in one text only, where a shared span was edited."""
    found: list[Change] = []
    for span in spans:
        at = np.flatnonzero(partner[span.a_words[0] : span.a_words[1]] >= 0) + span.a_words[0]
        to = partner[at]
        for k in np.flatnonzero((np.diff(at) > 1) | (np.diff(to) > 1)):
            mine = a.text[a.ends[at[k]] : a.starts[at[k + 1]]]
            theirs = b.text[b.ends[to[k]] : b.starts[to[k + 1]]]
            found += _facts(mine, theirs)
            if len(found) >= MOST_CHANGES:
                return tuple(found[:MOST_CHANGES])
    return tuple(found)


def _facts(mine: str, theirs: str) -> list[Change]:
    here, there = _FACT.findall(mine), _FACT.findall(theirs)
    changes = []
    for kind, wanted in (("number", str.isdigit), ("name", str.isupper)):
        only_here = " ".join(word for word in here if wanted(word[0]) and word not in there)
        only_there = " ".join(word for word in there if wanted(word[0]) and word not in here)
        if only_here or only_there:
            changes.append(Change(kind, only_here, only_there))
    return changes
