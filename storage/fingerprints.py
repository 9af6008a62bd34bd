"""A text as comparable words, and the few keys of it that find other texts which share some. Pure.

Keys are 5-word shingles thinned by winnowing: of every WINDOW neighbouring shingles the one with the smallest hash
is kept, so that two texts that share WINDOW + SHINGLE - 1 words in a row always share a key, wherever it stands.
Measured (findings, 1.4–1.5): whole copies are found as well by MinHash; partial reuse only so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import xxhash

from storage.words import fold

SHINGLE, WINDOW = 5, 22  # words, shingles: 37 keys for 430 words (findings, 1.5: 24 costs 1–2 % of copies against 16)
SHINGLE_DENSE, WINDOW_DENSE = 9, 37  # the same stretch of text where a "word" is one character
WORDS_PER_CHARACTER = 0.6  # a Chinese, Japanese or Thai character says about this much of an English word
FEWEST_KEYS = 4  # short texts are thinned less, so that they keep about this many

Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han. Their characters are words.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Soft hyphens, joiners and combining marks stand inside words.
_INSIDE = "\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200f\u2060"
# Possessive (++): nothing to go back for, and no memory for it in a word of megabytes
_WORD = re.compile(rf"[{_DENSE}]|[^\W_{_DENSE}](?:[^\W_{_DENSE}]++|[{_INSIDE}]++)*+")
_SPACED_WORD = re.compile(
    rf"[^\W_]++(?:[{_INSIDE}]++[^\W_]*+)*+"
)  # the same where no character is a word; half the time
_CHARACTER = re.compile(f"[{_DENSE}]")
# Each begins with its mark, so that a text without marks is passed over fast; ’ and ' are apostrophes inside a word and
# marks at its edge only, and ” opens a quotation where no other mark does, as in Swedish and Finnish.
_QUOTED = re.compile("|".join([
    r"“[^“”\n]*(?:[”\n]|$)", r"„[^„“”\n]*(?:[“”\n]|$)", r"”(?<!\S”)(?=\S)[^“”\n]*”",
    r"«[^«»\n]*(?:[»\n]|$)", r"»[^«»\n]*«", r"‹[^‹›\n]*›", r"›[^‹›\n]*‹",
    r"「[^「」\n]*(?:[」\n]|$)", r"『[^『』\n]*(?:[』\n]|$)", r"\"[^\"\n]*(?:[\"\n]|$)",
    r"‘(?<!\w‘)(?=\S)[^‘’\n]*(?:’(?=\w)[^‘’\n]*)*’(?!\w)",
    r"'(?<![\w']')(?=\S)[^'\n]*(?:'(?<=\w')(?=\w)[^'\n]*)*'(?<!\s')(?!\w)",
]))  # fmt: skip
_MIX = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, eq=False)
class Words:
    """The words of a text, folded and hashed. Where they stand is worked out when asked: most texts share with nobody."""

    text: str
    ids: Hashes
    """A hash of each folded word."""
    dense: bool
    """Written without spaces: words are characters."""

    @cached_property
    def _places(self) -> Positions:
        return np.array([match.span() for match in _word(self.text).finditer(self.text)], np.int64).reshape(-1, 2)

    @property
    def starts(self) -> Positions:
        """Code points into `text`."""
        return self._places[:, 0]

    @property
    def ends(self) -> Positions:
        """Code points into `text`, exclusive."""
        return self._places[:, 1]

    @cached_property
    def quoted(self) -> Flags:
        """Inside quotation marks."""
        return _quoted(self.text, self.starts)

    @property
    def weight(self) -> float:
        """What one of these words counts for where a length is asked in words."""
        return WORDS_PER_CHARACTER if self.dense else 1.0


_LONGEST_WORD = 100  # characters; what a page runs together beyond that is no word
_MOST_WORDS = 1 << 17  # remembered


class _Ids(dict[str, int]):
    """Word → its hash, worked out when first met: a look-up of a dictionary is half the time of a cached function's."""

    def __missing__(self, word: str) -> int:
        if len(word) > _LONGEST_WORD:
            return self[word[:_LONGEST_WORD]]
        if len(self) >= _MOST_WORDS:
            self.clear()
        self[word] = id_ = xxhash.xxh3_64_intdigest(fold(word).encode())
        return id_


_ids = _Ids()


def read_words(text: str) -> Words:
    """Return the words of `text`; case, accents, soft hyphens and punctuation do not count."""
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _read(text)


_LONGEST_REMEMBERED = 100_000  # characters; a book would fill the memory


@lru_cache(maxsize=512)  # an article's neighbours are read again for the next of their story; about 30 KB each
def _remembered(text: str) -> Words:
    return _read(text)


def _read(text: str) -> Words:
    pattern = _word(text)
    words = pattern.findall(text)
    return Words(
        text=text,
        ids=np.fromiter(map(_ids.__getitem__, words), np.uint64, len(words)),
        dense=pattern is _WORD and 2 * len(_CHARACTER.findall(text)) > len(words),
    )


def _word(text: str) -> re.Pattern[str]:
    return _WORD if _CHARACTER.search(text) else _SPACED_WORD


def _quoted(text: str, starts: Positions) -> Flags:
    """A quotation that is not closed ends with its paragraph."""
    inside = np.zeros(len(starts), np.bool_)
    for match in _QUOTED.finditer(text):
        inside[np.searchsorted(starts, match.start()) : np.searchsorted(starts, match.end())] = True
    return inside


def ngrams(ids: Hashes, size: int) -> Hashes:
    """Return a hash of each run of `size` words; empty for fewer words."""
    count = len(ids) - size + 1
    if count <= 0:
        return np.empty(0, np.uint64)
    mixed = np.zeros(count, np.uint64)
    for offset in range(size):
        mixed = (mixed ^ ids[offset : offset + count]) * _STEP
        mixed ^= mixed >> np.uint64(29)
    return mixed * _MIX


def shingles(words: Words) -> Hashes:
    """Return the hashes of all shingles of a text."""
    return ngrams(words.ids, SHINGLE_DENSE if words.dense else SHINGLE)


@lru_cache(maxsize=512)
def shingle_set(words: Words) -> Hashes:
    """Return the hashes of the shingles of a text, sorted, each once."""
    return np.unique(shingles(words))


def keys(words: Words) -> tuple[list[int], list[int]]:
    """Return the kept keys (32 bits, signed, distinct) and the word each starts at, in the text's order."""
    hashes = shingles(words)
    if not len(hashes):
        return [], []
    window = min(WINDOW_DENSE if words.dense else WINDOW, max(1, len(hashes) // FEWEST_KEYS))
    kept = _winnowed(hashes, window)
    short = (hashes[kept] >> np.uint64(32)).astype(np.int64) - (1 << 31)
    first = np.sort(np.unique(short, return_index=True)[1])
    return short[first].tolist(), kept[first].tolist()


_PLACE = np.uint64((1 << 24) - 1)  # a text of sixteen million words is none


def _winnowed(hashes: Hashes, window: int) -> Positions:
    """Return where the smallest hash of each `window` neighbouring ones stands, the first of equal ones; ascending."""
    lowest = (hashes & ~_PLACE) | np.arange(len(hashes), dtype=np.uint64)
    reach = 1
    while reach < window:  # the smallest of twice as many each time
        step = min(reach, window - reach)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        reach += step
    places = (lowest & _PLACE).astype(np.int64)
    return places[np.flatnonzero(np.diff(places, prepend=-1))]


_FULL = 255


def packed_places(places: Sequence[int]) -> bytes:
    """Return ascending word numbers as the steps between them, a byte each; a step of 255 or more is 255s and what is left."""
    steps = np.diff(np.array([0, *places], np.int64)).tolist()
    return b"".join(b"\xff" * (step // _FULL) + bytes([step % _FULL]) for step in steps)


def unpacked_places(packed: bytes) -> list[int]:
    """Return what `packed_places` was given."""
    steps = np.frombuffer(packed, np.uint8)
    places: list[int] = np.cumsum(steps, dtype=np.int64)[steps != _FULL].tolist()
    return places


def shingle_words(words: Words) -> int:
    """Return how many words a key of this text covers."""
    return SHINGLE_DENSE if words.dense else SHINGLE
