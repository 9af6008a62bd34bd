"""The query language of topics and of search: text → tree, or an error that points at the place. Pure.

`AND` `OR` `NOT` in capitals, `( )`, `"a phrase"`, `word*`, `*word`, `"two words"~10`, `title:…`, `=Word`.
NOT binds closest, then AND (which adjacent words mean too), then OR.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from storage.errors import QueryError
from storage.words import fold, tokens

Kind = Literal["forms", "exact", "prefix", "suffix"]
SHORTEST_WILDCARD = 3  # letters beside a *: fewer match too much to mean anything
LONGEST_QUERY = 20_000  # characters
DEEPEST = 100  # brackets within brackets

_PIECE = re.compile(
    r'\s*(?:(?P<bracket>[()])|(?P<title>title:)|(?P<word>=?"[^"]*"(?:~\d+)?|"|[^\s()"]+))', re.IGNORECASE
)
_NEAR = re.compile(r"~(\d+)$")
_QUOTES = str.maketrans("“”„«»", '"""""')


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term."""

    text: str
    """As written, without `=` and `*`."""
    kind: Kind = "forms"
    joiner: str = ""
    """What binds it to the word before without a space: the hyphen of S-400, an apostrophe."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A word, a phrase, or words near each other. Compared by identity: matching looks terms up all the time."""

    source: str
    """As the query writes it."""
    words: tuple[Word, ...]
    near: int | None = None
    """All words within this many; None: one after the other."""


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It must not be there."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Title:
    """It counts only in the title."""

    part: "Node"


Node: TypeAlias = Term | And | Or | Not | Title


class _Piece(NamedTuple):
    kind: str
    """bracket, title, word, or end."""
    text: str
    at: int


def parse(query: str, *, hints: bool = True) -> Node:
    """Return the tree of `query`; `hints` refuses a lower-case `and` between words. Raises QueryError."""
    if len(query) > LONGEST_QUERY:
        raise QueryError(query[:80], 0, f"a query has at most {LONGEST_QUERY} characters")
    return _Parser(query, hints).whole()


def needs_a_match(node: Node) -> bool:
    """Say whether something must be found for `node` to be true."""
    match node:
        case Term():
            return True
        case And(parts):
            return any(map(needs_a_match, parts))
        case Or(parts):
            return all(map(needs_a_match, parts))
        case Title(part):
            return needs_a_match(part)
        case Not():
            return False


def terms(node: Node) -> list[Term]:
    """Return every term of the tree, those under NOT too, in the order written."""
    match node:
        case Term():
            return [node]
        case And(parts) | Or(parts):
            return [term for part in parts for term in terms(part)]
        case Not(part) | Title(part):
            return terms(part)


class _Parser:
    """Recursive descent over the pieces of one query."""

    def __init__(self, query: str, hints: bool) -> None:
        self.query = query
        self.hints = hints
        text = query.translate(_QUOTES)
        self.pieces = [
            _Piece(m.lastgroup or "", m[m.lastgroup or 0], m.start(m.lastgroup or 0)) for m in _PIECE.finditer(text)
        ]
        self.pieces.append(_Piece("end", "", len(query.rstrip())))
        self.next = 0
        self.depth = 0

    def whole(self) -> Node:
        if len(self.pieces) == 1:
            raise QueryError(self.query, 0, "a query needs at least one word")
        node = self._or()
        if self._peek().kind != "end":
            raise self._error("this ) closes nothing")
        if not needs_a_match(node):
            raise QueryError(self.query, 0, "a query needs something to find: NOT alone would match everything")
        return node

    def _peek(self) -> _Piece:
        return self.pieces[self.next]

    def _take(self) -> _Piece:
        piece = self.pieces[self.next]
        self.next += 1
        return piece

    def _error(self, expected: str, piece: _Piece | None = None) -> QueryError:
        return QueryError(self.query, (piece or self._peek()).at, expected)

    def _or(self) -> Node:
        parts = [self._and()]
        while self._peek().text == "OR":
            self._take()
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node:
        parts = [self._not()]
        while (piece := self._peek()).kind != "end" and piece.text not in {"OR", ")"}:
            if piece.text == "AND":
                self._take()
            elif self.hints and piece.text in {"and", "or", "not"}:
                word = piece.text
                raise self._error(
                    f'"{word}" between words: write {word.upper()}, or "{word}" in quotes to look for the word'
                )
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Node:
        if self._peek().text != "NOT":
            return self._single()
        self._take()
        return Not(self._single())

    def _single(self) -> Node:
        piece = self._take()
        if piece.kind == "title":
            if self._peek().at != piece.at + len(piece.text):
                raise self._error("title: must be followed at once by a word, a phrase or ( )", piece)
            return Title(self._single())
        if piece.text == "(":
            return self._bracket(piece)
        if piece.kind == "end":
            raise self._error("a word is missing at the end", piece)
        if piece.text in {")", "AND", "OR", "NOT"}:
            raise self._error(f"a word, a phrase or ( was expected before {piece.text}", piece)
        return self._term(piece)

    def _bracket(self, opening: _Piece) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._error("too many brackets within brackets", opening)
        node = self._or()
        self.depth -= 1
        if self._take().text != ")":
            raise self._error("this ( is never closed", opening)
        return node

    def _term(self, piece: _Piece) -> Term:
        text = piece.text
        source = self.query[piece.at : piece.at + len(text)]
        if text == '"':
            raise self._error("this quotation mark is never closed", piece)
        near = _NEAR.search(text) if text.startswith('"') else None
        if near and not 1 <= int(near[1]) <= 1000:  # noqa: PLR2004 - past that, AND is meant
            raise self._error("~ takes a number of words from 1 to 1000", piece)
        body = text[: near.start()] if near else text
        if body.startswith('="'):
            raise self._error("= stands before a single word", piece)
        words = self._words(body.strip('"'), piece)
        if near and len(words) == 1:
            raise self._error("~ needs at least two words in the quotation marks", piece)
        return Term(source, words, int(near[1]) if near else None)

    def _words(self, body: str, piece: _Piece) -> tuple[Word, ...]:
        words = [word for part in body.split() for word in self._word(part, piece)]
        if not words:
            raise self._error("there is no word in this", piece)
        return tuple(words)

    def _word(self, part: str, piece: _Piece) -> list[Word]:
        """Read one stretch without spaces: S-400 is two words, joined."""
        exact, start, end = part.startswith("="), part.startswith("*"), part.endswith("*")
        found = list(tokens(part))
        if not found:
            return []
        if "~" in part:
            raise self._error('~ stands after words in quotation marks: "two words"~10', piece)
        if "*" in part[1:-1].strip("*") or (start and end):
            raise self._error("* stands at the start or at the end of a word, not both, not in the middle", piece)
        if exact and (start or end):
            raise self._error("= and * exclude each other", piece)
        if (start and len(fold(found[0].word)) < SHORTEST_WILDCARD) or (
            end and len(fold(found[-1].word)) < SHORTEST_WILDCARD
        ):
            raise self._error(f"at least {SHORTEST_WILDCARD} letters must stand beside *", piece)
        kinds: list[Kind] = ["exact" if exact else "forms"] * len(found)
        if start:
            kinds[0] = "suffix"
        if end:
            kinds[-1] = "prefix"
        joiners = ["", *(part[before.end : after.start] for before, after in pairwise(found))]
        return [Word(token.word, kind, joiner) for token, kind, joiner in zip(found, kinds, joiners, strict=True)]
