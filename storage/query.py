"""The query language of topics and of search: text → tree, or an error that points at the place. Pure.

`AND` `OR` `NOT` in capitals, `( )`, `"a phrase"`, `word*`, `*word`, `"two words"~10`, `title:…`, `=Word`.
NOT binds closest, then AND (which adjacent words mean too), then OR.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from storage.errors import QueryError
from storage.words import INVISIBLE, fold, tokens

Kind = Literal["forms", "exact", "prefix", "suffix"]
SHORTEST_WILDCARD = 3  # letters beside a *: fewer match too much to mean anything
LONGEST_QUERY = 20_000  # characters
DEEPEST = 100  # brackets within brackets

_UNSEEN = f"{INVISIBLE}\u061c\u202a-\u202e\u2066-\u2069"  # direction marks too: they come along when a query is pasted
_PIECE = re.compile(
    rf'[\s{_UNSEEN}]*(?:(?P<bracket>[()])|(?P<title>title:)|(?P<word>=?"[^"]*"(?:~[^\s()"]*)?|"|[^\s()"{_UNSEEN}]'
    rf'(?:[^\s()"]*[^\s()"{_UNSEEN}])?))',
    re.IGNORECASE,
)
_NEAR = re.compile(r"~([^~\"]*)$")
_SHOWN_ONLY = str.maketrans(dict.fromkeys(INVISIBLE))
_AS_TYPED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width (ＡＮＤ) → AND
_AS_TYPED |= str.maketrans("“”„‟«»〝〞", '""""""""')
_OPERATORS = frozenset({"and", "or", "not"})
_REGEX = re.compile(r"[\\\[\]{}^|]|^/.+/$|\w\?\w|\.\*|\.\+")
_FIELDS = frozenset(
    [
        "author",
        "authors",
        "body",
        "content",
        "date",
        "domain",
        "headline",
        "intitle",
        "inurl",
        "lang",
        "language",
        "outlet",
        "site",
        "source",
        "text",
        "topic",
        "url",
    ]
)


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
    """Return the tree of `query`. Raises QueryError.

    `hints` refuses what is likely to be meant otherwise: a lower-case `and` between words, a regular expression, a dash
    standing alone. Without, a headline may be pasted as it is.
    """
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


def joined(words: Sequence[Word]) -> list[Word]:
    """Return the words with those bound together made one: S400 for S-400."""
    whole: list[Word] = []
    for word in words:
        if word.joiner and whole:
            whole[-1] = Word(whole[-1].text + word.text, word.kind if word.kind != "forms" else whole[-1].kind)
        else:
            whole.append(word)
    return whole


class _Parser:
    """Recursive descent over the pieces of one query."""

    def __init__(self, query: str, hints: bool) -> None:
        self.query = query
        self.hints = hints
        text = query.translate(_AS_TYPED)
        self.pieces = [
            _Piece(m.lastgroup or "", m[m.lastgroup or 0], m.start(m.lastgroup or 0)) for m in _PIECE.finditer(text)
        ]
        if not hints:
            self.pieces = [piece for piece in self.pieces if piece.kind != "word" or _says_something(piece.text)]
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
        first = self._peek()
        parts = [self._not()]
        while (piece := self._peek()).kind != "end" and piece.text not in {"OR", ")"}:
            if piece.text == "AND":
                self._take()
            elif self.hints:
                self._refuse_small_operators(first, piece)
            first = self._peek()
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _refuse_small_operators(self, *side_by_side: _Piece) -> None:
        for piece in side_by_side:
            if piece.text.lower() in _OPERATORS and piece.text not in {"AND", "OR", "NOT"}:
                says = f'"{piece.text}" between words: write {piece.text.upper()}, or "{piece.text}" in quotes'
                raise self._error(f"{says} to look for the word", piece)

    def _not(self) -> Node:
        if self._peek().text != "NOT":
            return self._single()
        self._take()
        return Not(self._single())

    def _single(self) -> Node:
        piece = self._take()
        if piece.kind == "title":
            after = self._peek()
            if after.kind != "end" and any(map(str.isspace, self.query[piece.at + len(piece.text) : after.at])):
                raise self._error("title: must be followed at once by a word, a phrase or ( )", piece)
            if after.kind == "title":
                raise self._error("title: once is enough", after)
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
        near = _NEAR.search(text) if '"' in text else None
        if near and not (near[1].isdecimal() and len(near[1]) <= 4 and 1 <= int(near[1]) <= 1000):  # noqa: PLR2004 - past that, AND is meant
            raise self._error('~ takes a number of words from 1 to 1000: "two words"~10', piece)
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
        wrong = _wrong(part) or ("" if '"' in piece.text else _misread(part, strict=self.hints))
        if wrong:
            raise self._error(wrong, piece)
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
        return [
            Word(_plain(token.word), kind, joiner) for token, kind, joiner in zip(found, kinds, joiners, strict=True)
        ]


def _says_something(text: str) -> bool:
    return '"' in text or next(tokens(text), None) is not None


def _plain(word: str) -> str:
    """Return a word of a query as texts are compared with it: composed, without what shows nothing."""
    return unicodedata.normalize("NFC", word).translate(_SHOWN_ONLY)


def _wrong(part: str) -> str:
    """Return what is wrong with a stretch that holds a word, if anything."""
    start, end = part.startswith("*"), part.endswith("*")
    if "~" in part:
        return '~ stands right behind words in quotation marks: "two words"~10'
    if "*" in part[1:-1] or (start and end):
        return "* stands at the start or at the end of a word, not both, not in the middle"
    if part.startswith("=") and end:
        return "= and * exclude each other"
    return ""


def _misread(part: str, *, strict: bool) -> str:
    """Return what is to be said of a stretch that other query languages read otherwise, if it looks like that."""
    if strict and _REGEX.search(part):
        return "no regular expressions here: word*, *word, OR, or quotation marks around the signs"
    if part.startswith("-"):
        return f"- before a word leaves nothing out: write NOT {part[1:]}"
    field, colon, rest = part.partition(":")
    if colon and field.lower() in _FIELDS and (strict or rest):
        return "the only field is title:"
    return ""
