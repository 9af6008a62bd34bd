"""Topics → the words and terms of one language, ready to be met in a text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.topics.vocabulary import Entry, Vocabulary
from storage.forms import close_dictionaries
from storage.query import And, Node, Not, Or, Term, Title, Word, joined, parse, terms
from storage.records import Topic
from storage.words import WORD

APOSTROPHES = "'’ʼ`´‘"
_ENDINGS = {"tr": r"[^\W_]+", "az": r"[^\W_]+", "en": r"(?i:s|t|d|m|re|ve|ll)(?![^\W_])"}
"""What is an ending, not a word, after an apostrophe: NATO'nun, Turkey's. In French and Italian it is the word."""


@dataclass(frozen=True, slots=True)
class Query:
    """A topic's query in one language."""

    topic: int
    """Place in the list of topics."""
    node: Node
    needs: tuple[frozenset[int], ...]
    """Numbers of words: unless one of each set is met, the query is not true."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a term: numbers of its words, and which of them are bound to the one before."""

    words: tuple[int, ...]
    bound: tuple[bool, ...]
    needed: frozenset[int]
    """The numbers, for asking whether all of them are met."""


class Compiled:
    """All topics' queries in one language."""

    def __init__(self, topics: Sequence[Topic], language: str, fallback: str = "any") -> None:
        self.ending = re.compile(_ENDINGS[language]) if language in _ENDINGS else None
        self.word = re.compile(_word_pattern(language))
        """Group 1 is a word of the text; an ending behind an apostrophe goes with it."""
        self.compound = language == "tr"
        self._numbers: dict[Entry, int] = {}
        self.spellings: dict[Term, tuple[Spelling, ...]] = {}
        self.queries: list[Query] = []
        for place, topic in enumerate(topics):
            text = topic.queries.get(language, topic.queries.get(fallback))
            if text is not None:
                self._add(place, parse(text))
        self.vocabulary = Vocabulary(self._numbers, language)
        close_dictionaries()

    def _add(self, place: int, node: Node) -> None:
        for term in terms(node):
            self.spellings[term] = tuple(self._spellings(term))
        self.queries.append(Query(place, node, tuple(self._needs(node))))

    def _needs(self, node: Node) -> list[frozenset[int]]:
        match node:
            case Term():
                ways = self.spellings[node]
                return [
                    frozenset(way.words[place] for way in ways) for place in range(min(len(way.words) for way in ways))
                ]
            case And(parts):
                return [need for part in parts for need in self._needs(part)]
            case Or(parts):
                each = [frozenset().union(*self._needs(part)) for part in parts]
                return [frozenset().union(*each)] if all(each) else []
            case Title(part):
                return self._needs(part)
            case Not():
                return []

    def _spellings(self, term: Term) -> Iterable[Spelling]:
        words = [word for word in term.words if not self._is_ending(word)]
        yield self._spelling(words)
        if any(word.joiner for word in words):
            yield self._spelling(joined(words))  # S400 for S-400

    def _is_ending(self, word: Word) -> bool:
        return bool(self.ending and word.joiner and word.joiner in APOSTROPHES and self.ending.fullmatch(word.text))

    def _spelling(self, words: Sequence[Word]) -> Spelling:
        last = len(words) - 1
        numbers = []
        for place, word in enumerate(words):
            entry = Entry(word, compound=self.compound and 0 < place == last)
            numbers.append(self._numbers.setdefault(entry, len(self._numbers)))
        return Spelling(tuple(numbers), tuple(bool(word.joiner) for word in words), frozenset(numbers))


def _word_pattern(language: str) -> str:
    ending = f"(?:[{APOSTROPHES}]{_ENDINGS[language]})?" if language in _ENDINGS else ""
    return f"({WORD.pattern}){ending}"
