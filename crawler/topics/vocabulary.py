"""All words of all queries in one language, compiled: which of them does a word of a text match?"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

from storage.candidates import Sought
from storage.endings import Rule
from storage.forms import Forms, acronym, common, inflect
from storage.query import Word
from storage.words import INVISIBLE, fold

MEMO_LIMIT = 60_000  # distinct words remembered; about 10 MB, and a text's words come back
_PREFIX = 2  # letters by which rules are found
_LONGEST_TAIL = 5  # letters of an ending written onto capitals or digits
_SHOWN_ONLY = str.maketrans(dict.fromkeys(INVISIBLE))
_NOUNS_CAPITALISED = frozenset({"en", "de"})  # headlines in title case, nouns: a capital says nothing
_CASED = frozenset({"ru", "uk"})  # a name that is also a word has cases: ГРАД finds «Градами»

T = TypeVar("T")
When = Literal["always", "all_capitals", "inside_sentence"]


class Match(NamedTuple):
    """A word of a query that a word of the text matches."""

    word: int
    """Number of the query's word."""
    when: When
    """always, only within a line of capitals, or only if it does not begin a sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a query as it is to be matched."""

    word: Word
    compound: bool = False
    """Last word of a phrase, where Turkish carries a possessive."""

    @property
    def capitals(self) -> bool:
        """Written in capitals: it matches capitals and an initial capital, never all lower case."""
        return self.word.kind != "exact" and self.word.text.isupper()


class Vocabulary:
    """Look up surface words of one language among the words of the queries."""

    def __init__(self, entries: Iterable[Entry], language: str) -> None:
        self.language = language
        self.entries = tuple(entries)
        self._exact: dict[str, list[int]] = {}
        self._rules: dict[str, list[tuple[Rule, int]]] = {}
        self._starts: dict[str, list[tuple[str, int]]] = {}
        self._ends: dict[str, list[tuple[str, int]]] = {}
        self.memo: dict[str, tuple[Match, ...]] = {}
        """What was looked up before; a miss says nothing."""
        self._common = common((e.word.text for e in self.entries if e.capitals), language)
        inflecting = [e for e in self.entries if e.word.kind in {"forms", "suffix"} and self._has_forms(e)]
        plain = inflect((e.word.text for e in inflecting if not e.compound), language)
        last = inflect((e.word.text for e in inflecting if e.compound), language, compound=True)
        for number, entry in enumerate(self.entries):
            forms = (last if entry.compound else plain).get(entry.word.text) if entry in inflecting else None
            self._add(number, entry.word, forms or acronym(entry.word.text, language))

    def look_up(self, surface: str) -> tuple[Match, ...]:
        """Return what `surface`, a word as written in a text, matches."""
        found = self.memo.get(surface)
        if found is None:
            if len(self.memo) >= MEMO_LIMIT:
                self.memo.clear()
            found = self.memo[surface] = tuple(self._find(surface))
        return found

    def sought(self, number: int) -> Sought:
        """Return how a word of the queries may look in an index of folded words: all that `look_up` would find."""
        return self._sought[number]

    @cached_property
    def _sought(self) -> list[Sought]:
        exact = _by_number((number, form) for form, numbers in self._exact.items() for number in numbers)
        rules = _by_number((number, rule) for found in self._rules.values() for rule, number in found)
        starts = _by_number((number, start) for found in self._starts.values() for start, number in found)
        ends = _by_number((number, end) for found in self._ends.values() for end, number in found)
        return [
            Sought(
                entry.word.text,
                frozenset(exact.get(number, ())),
                rules=tuple(rules.get(number, ())),
                starts=next(iter(starts.get(number, ())), ""),
                ends=frozenset(ends.get(number, ())),
                tailed=self._takes_tail(entry, digits=any(form[-1:].isdecimal() for form in exact.get(number, ()))),
            )
            for number, entry in enumerate(self.entries)
        ]

    def _add(self, number: int, word: Word, forms: Forms) -> None:
        folded = fold(word.text)
        if word.kind == "prefix":
            self._starts.setdefault(folded[:_PREFIX], []).append((folded, number))
        elif word.kind == "suffix":
            for form in forms.exact:
                self._ends.setdefault(form[-_PREFIX:], []).append((form, number))
        elif word.kind == "exact":
            self._exact.setdefault(folded, []).append(number)
        else:
            for form in forms.exact:
                self._exact.setdefault(form, []).append(number)
            for rule in forms.rules:
                self._rules.setdefault(rule.stem[:_PREFIX], []).append((rule, number))

    def _has_forms(self, entry: Entry) -> bool:
        """Say whether a word is to be inflected: of those in capitals only names that are words of the language too."""
        return not entry.capitals or (self.language in _CASED and entry.word.text.lower() in self._common)

    def _find(self, surface: str) -> list[Match]:
        shown = surface if surface.isascii() else unicodedata.normalize("NFC", surface).translate(_SHOWN_ONLY)
        folded = fold(shown)
        first, last = folded[:_PREFIX], folded[-_PREFIX:]
        numbers = list(self._exact.get(folded, ()))
        numbers += [
            n for rule, n in self._rules.get(first, ()) if folded.startswith(rule.stem) and rule.matches(folded)
        ]
        numbers += [n for start, n in self._starts.get(first, ()) if folded.startswith(start)]
        numbers += [n for end, n in self._ends.get(last, ()) if folded.endswith(end)]
        found = [Match(n, when) for n in dict.fromkeys(numbers) if (when := self._when(self.entries[n], shown))]
        return found + [Match(number, "always") for number in self._with_tail(shown) if number not in numbers]

    def _when(self, entry: Entry, shown: str) -> When | None:
        """Return the condition under which this spelling counts, None if it never does."""
        text = entry.word.text
        if entry.word.kind == "exact":
            if shown == text:
                return "always"
            return "all_capitals" if shown in {text.upper(), text.replace("i", "İ").upper()} else None
        if not entry.capitals or shown.isupper():
            return "always"
        if not shown[:1].isupper():
            return None
        if text.lower() not in self._common:
            return "always"
        return None if self.language in _NOUNS_CAPITALISED else "inside_sentence"

    def _with_tail(self, shown: str) -> list[int]:
        """Match an ending written onto capitals or digits: ТАССом, NATOs, F-16s."""
        if shown.isalpha() and not shown[1:2].isupper():
            return []  # most words
        length = len(shown) - next((i for i, c in enumerate(reversed(shown)) if not c.islower()), len(shown))
        head, tail = shown[:length], shown[length:]
        digits = head[-1:].isdecimal()
        if not 0 < len(tail) <= _LONGEST_TAIL or not (digits or (head.isupper() and len(head) > 1)):
            return []
        return [n for n in self._exact.get(fold(head), ()) if self._takes_tail(self.entries[n], digits)]

    @staticmethod
    def _takes_tail(entry: Entry, digits: bool) -> bool:
        return entry.word.kind == "forms" and (digits or entry.capitals)


def _by_number(found: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    by_number: dict[int, list[T]] = {}
    for number, what in found:
        by_number.setdefault(number, []).append(what)
    return by_number
