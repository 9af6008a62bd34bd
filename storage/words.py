"""Folding, words and base forms: one truth for topics, search and stories. Pure.

Folding keeps the number and the order of words, so that an index over folded text finds places in the original.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

# Marks that stand on letters, and characters that show nothing: both belong to the word around them.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962\u0963\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\u3099\u309a"
)
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0f\ufeff"
"""Soft hyphen, zero-width characters, direction marks, variation selector."""

WORD = re.compile(rf"[^\W_]++(?:[{_MARKS}{INVISIBLE}]++[^\W_]*+)*+")
_KEPT = frozenset("йї")  # letters of their own in Russian and Ukrainian, not и and і with an accent
_LETTERS = {"ı": "i", "İ": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ک": "ك", "ی": "ي", "ى": "ي", "ة": "ه", "\u0640": ""}  # fmt: skip
_LEAST_ACCENT = 10  # canonical combining class; below are parts of Indic and Japanese letters


class Token(NamedTuple):
    """A word of a text and where it stands."""

    word: str
    """As written."""
    start: int
    """Code points from the start of the text."""
    end: int
    """Exclusive."""


class _Folding(dict[int, str]):
    """Character → its folded form, worked out when first met; for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return `text` without case, accents and invisible characters; the words and their order stay."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).translate(_FOLDING)


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of `text` in order; an apostrophe or a hyphen ends a word."""
    for match in WORD.finditer(text):
        yield Token(match.group(), match.start(), match.end())


def words_in(text: str) -> list[str]:
    """Return the words of `text` in order, as written; quicker than `tokens` where their places do not matter."""
    return WORD.findall(text)


def _folded(char: str) -> str:
    if char in INVISIBLE or unicodedata.combining(char) >= _LEAST_ACCENT:
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if not char.isalnum():
        return char  # taking a symbol apart would make words where there were none
    lower = _LETTERS.get(char) or char.casefold()
    if lower in _KEPT:
        return lower
    lower = "".join(_LETTERS.get(c, c) for c in unicodedata.normalize("NFKD", lower))
    bare = "".join(c for c in lower if c.isalnum() or 0 < unicodedata.combining(c) < _LEAST_ACCENT)
    return unicodedata.normalize("NFC", bare)
