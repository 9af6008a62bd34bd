"""One article against the compiled words of one language: where does which word stand?

Words are counted through title and text; where a word stands in characters is worked out when it is asked for, since
most words of most articles are not.
"""

import re
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Sequence
from itertools import compress
from typing import Literal, NamedTuple

from crawler.topics.compiled import APOSTROPHES, Compiled, Spelling
from crawler.topics.vocabulary import Match, When
from storage.query import And, Node, Not, Or, Term, Title

_FIELD_GAP = 2_000  # places between title and text: no phrase and no ~N reaches across
_EVERYWHERE = 1 << 60
_SENTENCE_ENDS = frozenset(".!?…:;•\n")
_PARAGRAPH_ENDS = re.compile(r"\n\r?\n")
_HYPHENS = frozenset("-‐‑‒–—− /.")  # what may stand for the hyphen of S-400

Span = tuple[int, int]
"""From, to: numbers of words, or code points into a field."""


class Found(NamedTuple):
    """A term met: running numbers of its first and last word; title first, then text."""

    at: int
    last: int
    term: str


class Shown(NamedTuple):
    """A term met, where it stands: code points into its field."""

    field: Literal["title", "text"]
    start: int
    end: int
    term: str


class _Paragraph(NamedTuple):
    """A stretch of a field in which phrases are looked for."""

    first: int
    """Number of its first word."""
    field: str
    start: int
    stop: int


class Meeting:
    """What of the vocabulary stands in an article; terms are looked for once, whatever asks for them."""

    def __init__(self, compiled: Compiled, title: str, text: str) -> None:
        self.compiled = compiled
        self.places: dict[int, list[int]] = {}
        """Number of a query's word → running numbers of the article's words that it matches, in order."""
        self._paragraphs: list[_Paragraph] = []
        self._spans: dict[int, list[Span]] = {}
        self._found: dict[str, list[Found]] = {}
        """By term as written: many topics ask for the same."""
        self.text_from = self._read(title, 0) + _FIELD_GAP
        self.text_words = self._read(text, self.text_from) - self.text_from

    def find(self, term: Term) -> list[Found]:
        """Return where `term` stands, in order, without doubles."""
        found = self._found.get(term.source)
        if found is None:
            spans: set[Span] = set()
            for spelling in self.compiled.spellings[term]:
                if self.places.keys() >= spelling.needed:
                    spans.update(self._stretches(term, spelling))
            found = self._found[term.source] = [Found(first, last, term.source) for first, last in sorted(spans)]
        return found

    def is_true(self, node: Node, before: int = _EVERYWHERE) -> bool:
        """Say whether `node` is true if only matches that begin before a word count; NOT sees all of them."""
        match node:
            case Term():
                found = self.find(node)
                return bool(found) and found[0].at < before
            case And(parts):
                return all(self.is_true(part, before) for part in parts)
            case Or(parts):
                return any(self.is_true(part, before) for part in parts)
            case Title(part):
                return self.is_true(part, min(before, self.text_from))
            case Not(part):
                return not self.is_true(part)

    def evidence(self, node: Node) -> list[Found]:
        """Return the matches that make `node` true: every one outside NOT, of the branches that hold."""
        match node:
            case Term():
                return self.find(node)
            case And(parts):
                return [found for part in parts for found in self.evidence(part)]
            case Or(parts):
                return [found for part in parts if self.is_true(part) for found in self.evidence(part)]
            case Title(part):
                return [found for found in self.evidence(part) if found.at < self.text_from]
            case Not():
                return []

    def show(self, found: Found) -> Shown:
        """Return where a match stands in its field."""
        _, start, _ = self._place(found.at)
        _, _, end = self._place(found.last)
        return Shown("title" if found.at < self.text_from else "text", start, end, found.term)

    def _read(self, field: str, at: int) -> int:
        """Note the words of a field that anything asks for; return the number after its last word."""
        vocabulary, split = self.compiled.vocabulary, self.compiled.word.findall
        start = 0
        while start < len(field):
            gap = _PARAGRAPH_ENDS.search(field, start)
            stop, following = gap.span() if gap else (len(field), len(field))
            words = split(field, start, stop)
            met = list(map(vocabulary.memo.get, words))
            if None in met:
                met = list(map(vocabulary.look_up, words))
            self._paragraphs.append(_Paragraph(at, field, start, stop))
            for number, matches in compress(enumerate(met, at), met):
                self._note(number, matches or ())
            start = following
            at += len(words) + 1  # no phrase across paragraphs
        return at

    def _note(self, at: int, matches: Sequence[Match]) -> None:
        for word, when in matches:
            if when == "always" or self._holds(when, at):
                self.places.setdefault(word, []).append(at)

    def _holds(self, when: When, at: int) -> bool:
        field, start, _ = self._place(at)
        if when == "inside_sentence":
            return not _begins_sentence(field, start)
        line = field.rfind("\n", 0, start) + 1
        end = field.find("\n", start)
        return field[line : end if end >= 0 else len(field)].isupper()

    def _place(self, at: int) -> tuple[str, int, int]:
        """Return the field of a word, and where in it the word stands."""
        paragraph = self._paragraphs[bisect_right(self._paragraphs, at, key=lambda it: it.first) - 1]
        spans = self._spans.get(paragraph.first)
        if spans is None:
            words = self.compiled.word.finditer(paragraph.field, paragraph.start, paragraph.stop)
            spans = self._spans[paragraph.first] = [word.span(1) for word in words]
        return paragraph.field, *spans[at - paragraph.first]

    def _stretches(self, term: Term, spelling: Spelling) -> list[Span]:
        met = [self.places[number] for number in spelling.words]
        if len(met) == 1:
            return [(at, at) for at in met[0]]
        if term.near is not None:
            return _near(met, term.near)
        last = len(met) - 1
        following = [set(places) for places in met[1:]]
        return [(at, at + last) for at in met[0] if self._is_phrase(at, following, spelling.bound[1:])]

    def _is_phrase(self, at: int, following: list[set[int]], bound: tuple[bool, ...]) -> bool:
        return all(
            at + step in places and not (tied and not self._tied(at + step - 1, at + step))
            for step, (places, tied) in enumerate(zip(following, bound, strict=True), 1)
        )

    def _tied(self, before: int, after: int) -> bool:
        """Say whether two words may be one name: S-400, S 400; but not 'С 400 солдатами' at the start."""
        field, start, end = self._place(before)
        between = field[end : self._place(after)[1]]
        if len(between) > 1 or (between and between not in _HYPHENS and between not in APOSTROPHES):
            return False
        return between != " " or end - start > 1 or not _begins_sentence(field, start)


def _begins_sentence(field: str, start: int) -> bool:
    before = field[max(0, start - 8) : start].rstrip(" \t\u00a0\"'«»“”„‘’([-–—")
    return not before or before[-1] in _SENTENCE_ENDS


def _near(lists: list[list[int]], within: int) -> list[Span]:
    """Return the shortest stretches that hold a word of each list, first to last at most `within` words apart."""
    asked = Counter(map(id, lists))  # a word asked for twice must be there twice
    at = sorted((place, id(places)) for places in {id(places): places for places in lists}.values() for place in places)
    spans: list[Span] = []
    held: deque[tuple[int, int]] = deque()
    count: Counter[int] = Counter()
    missing = len(lists)
    for place, kind in at:
        held.append((place, kind))
        count[kind] += 1
        missing -= count[kind] <= asked[kind]
        while held and (place - held[0][0] > within or count[held[0][1]] > asked[held[0][1]]):
            _, gone = held.popleft()
            missing += count[gone] <= asked[gone]
            count[gone] -= 1
        first = held[0][0] if held else place
        if not missing and place > first and not (spans and spans[-1][0] == first):
            if spans and spans[-1][1] == place:  # one word may be two of those asked for: the shorter stretch counts
                spans.pop()
            spans.append((first, place))
    return spans
