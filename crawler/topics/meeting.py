"""One article against the compiled words of one language: where does which word stand?"""

from bisect import bisect_left
from collections.abc import Callable
from typing import Literal, NamedTuple

from crawler.topics.compiled import APOSTROPHES, Compiled, Spelling
from crawler.topics.vocabulary import When
from storage.query import And, Node, Not, Or, Term, Title

_FIELD_GAP = 2_000  # places between title and text: no phrase and no ~N reaches across
_SENTENCE_ENDS = frozenset(".!?…:;•\n")
_HYPHENS = frozenset("-‐‑‒–—− /.")  # what may stand for the hyphen of S-400


class Place(NamedTuple):
    """A word of the text."""

    at: int
    """Running number of the word; title first, then text."""
    start: int
    """Code points into its field."""
    end: int


class Found(NamedTuple):
    """A term met."""

    field: Literal["title", "text"]
    at: int
    start: int
    end: int
    term: str


class Meeting:
    """What of the vocabulary stands in an article; terms are looked for once, whatever asks for them."""

    def __init__(self, compiled: Compiled, title: str, text: str) -> None:
        self.compiled = compiled
        self.fields = {"title": title, "text": text}
        self.places: dict[int, dict[int, Place]] = {}
        self._found: dict[Term, list[Found]] = {}
        self.title_words = self._read(title, 0)
        self.text_from = self.title_words + _FIELD_GAP
        self.text_words = self._read(text, self.text_from) - self.text_from

    def find(self, term: Term) -> list[Found]:
        """Return where `term` stands, in order, without doubles."""
        found = self._found.get(term)
        if found is None:
            spans = {span for spelling in self.compiled.spellings[term] for span in self._spans(term, spelling)}
            found = self._found[term] = [
                Found("text" if first.at >= self.text_from else "title", first.at, first.start, end, term.source)
                for first, end in sorted(spans)
            ]
        return found

    def is_true(self, node: Node, counts: Callable[[Found], bool] | None = None) -> bool:
        """Say whether `node` is true if only the matches that `counts` accepts are there; NOT sees all of them."""
        match node:
            case Term():
                found = self.find(node)
                return bool(found) if counts is None else any(map(counts, found))
            case And(parts):
                return all(self.is_true(part, counts) for part in parts)
            case Or(parts):
                return any(self.is_true(part, counts) for part in parts)
            case Title(part):
                return self.is_true(part, lambda found: found.field == "title" and (counts is None or counts(found)))
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
                return [found for found in self.evidence(part) if found.field == "title"]
            case Not():
                return []

    def _read(self, field: str, at: int) -> int:
        """Note the words of a field that anything asks for; return the number after its last word."""
        look_up, remembered = self.compiled.vocabulary.look_up, self.compiled.vocabulary.memo.get
        start = 0
        while start < len(field):
            stop = field.find("\n\n", start)
            stop = len(field) if stop < 0 else stop
            for at, word in enumerate(self.compiled.word.finditer(field, start, stop), at):  # noqa: B020, PLR1704 - counts on
                surface = word[1]
                found = remembered(surface)
                if found is None:
                    found = look_up(surface)
                for number, when in found:
                    begin, end = word.span(1)
                    if when == "always" or _holds(when, field, begin):
                        self.places.setdefault(number, {})[at] = Place(at, begin, end)
            start = stop + 2
            at += 2  # no phrase across paragraphs
        return at

    def _spans(self, term: Term, spelling: Spelling) -> list[tuple[Place, int]]:
        if not all(number in self.places for number in spelling.words):
            return []
        met = [self.places[number] for number in spelling.words]
        if len(met) == 1:
            return [(place, place.end) for place in met[0].values()]
        if term.near is not None:
            return _near([list(places.values()) for places in met], term.near)
        return [span for first in met[0].values() if (span := self._phrase(first, met[1:], spelling.bound[1:]))]

    def _phrase(self, first: Place, rest: list[dict[int, Place]], bound: tuple[bool, ...]) -> tuple[Place, int] | None:
        last = first
        for places, tied in zip(rest, bound, strict=True):
            following = places.get(last.at + 1)
            if following is None or (tied and not self._tied(last, following)):
                return None
            last = following
        return first, last.end

    def _tied(self, before: Place, after: Place) -> bool:
        """Say whether two words may be one name: S-400, S 400; but not 'С 400 солдатами' at the start."""
        field = self.fields["text" if before.at >= self.text_from else "title"]
        between = field[before.end : after.start]
        if len(between) > 1 or (between and between not in _HYPHENS and between not in APOSTROPHES):
            return False
        return between != " " or before.end - before.start > 1 or not _begins_sentence(field, before.start)


def _holds(when: When, field: str, start: int) -> bool:
    if when == "inside_sentence":
        return not _begins_sentence(field, start)
    line = field.rfind("\n", 0, start) + 1
    end = field.find("\n", start)
    return field[line : end if end >= 0 else len(field)].isupper()


def _begins_sentence(field: str, start: int) -> bool:
    before = field[max(0, start - 8) : start].rstrip(" \t\u00a0\"'«»“”„‘’([-–—")
    return not before or before[-1] in _SENTENCE_ENDS


def _near(lists: list[list[Place]], within: int) -> list[tuple[Place, int]]:
    """Return stretches that hold one of each list, first to last at most `within` words apart."""
    rarest = min(lists, key=len)
    others = [places for places in lists if places is not rarest]
    spans = []
    for anchor in rarest:
        nearest = [near for places in others if (near := _nearest(places, anchor))]
        first, last = min(anchor, *nearest), max(anchor, *nearest)
        if len(nearest) == len(others) and last.at - first.at <= within:
            spans.append((first, last.end))
    return spans


def _nearest(places: list[Place], anchor: Place) -> Place | None:
    """Return the place closest to `anchor` that is not the same word."""
    i = bisect_left(places, anchor)
    around = [place for place in places[max(0, i - 1) : i + 2] if place.at != anchor.at]
    return min(around, key=lambda place: abs(place.at - anchor.at), default=None)
