"""The archive's vocabulary by base form: which forms of a word its texts hold (table `word_forms`).

Nine in ten of an article's words are there already, and to look each up costs as much as the rest of the search index. So
an open archive remembers which words it has written, and a temporary table, which a rollback undoes like any other, tells
whether what it remembers still stands.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from weakref import WeakKeyDictionary

from sqlite_utils import Database

from storage.forms import bases
from storage.words import words_in

_LONGEST_WORD = 40  # letters; longer ones are addresses and noise
_MOST_REMEMBERED = 100_000  # words, about 10 MB

_stamps = count(1)


@dataclass(slots=True)
class _Remembered:
    """Words an open archive is known to hold, by language, as of a stamp."""

    stamp: tuple[int, int] = (0, 0)
    words: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    count: int = 0


_remembered: WeakKeyDictionary[Database, _Remembered] = WeakKeyDictionary()


def learn(db: Database, language: str, folded_text: str) -> None:
    """Add the words of a text to the vocabulary of its language. In a transaction."""
    known = _known(db)
    words = set(words_in(folded_text)) - known.words[language]
    new = sorted(word for word in words if word.isalpha() and len(word) <= _LONGEST_WORD)
    if not new:
        return
    rows = [(language, base, word) for word in new for base in bases(word, language)]
    db.conn.executemany("insert or ignore into word_forms(language, base, form) values (?, ?, ?)", rows)
    if known.count > _MOST_REMEMBERED:
        known.words.clear()
        known.count = 0
    known.words[language].update(new)
    known.count += len(new)
    known.stamp = _stamp(db, next(_stamps))


def drop(db: Database, forms: Iterable[str]) -> None:
    """Take words out of the vocabulary. In a transaction."""
    db.conn.executemany("delete from word_forms where form = ?", [(form,) for form in forms])
    _remembered.pop(db, None)


def _known(db: Database) -> _Remembered:
    """Return what is remembered, which is nothing if a transaction was undone or another process wrote meanwhile."""
    db.conn.execute("create temp table if not exists vocabulary (stamp integer not null)")
    known = _remembered.get(db)
    if known is None or known.stamp != _stamp(db):
        known = _remembered[db] = _Remembered()
    return known


def _stamp(db: Database, new: int | None = None) -> tuple[int, int]:
    if new is not None:
        db.conn.execute("delete from temp.vocabulary")
        db.conn.execute("insert into temp.vocabulary (stamp) values (?)", (new,))
    (written,) = db.conn.execute("select coalesce(max(stamp), 0) from temp.vocabulary").fetchone()
    (others,) = db.conn.execute("pragma data_version").fetchone()
    return written, others
