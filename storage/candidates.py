"""Which stored articles a query can be true of, by the full-text index: at least all that matching would find.

What a query needs is a tree of words as they may stand in the index, folded. Phrases, NOT and the capitals rule are
left to matching; so the tree asks for less than the query does, never for more.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from storage.endings import Rule

LONGEST_TAIL = 10  # folded letters of an ending written onto capitals or digits: NATOs, ТАССом
_LAST = "\U0010ffff"
_INDEXED = range(0x0900)  # Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic: words end there as in storage/words.py


@dataclass(frozen=True, slots=True)
class Sought:
    """How a word of a query may look in the index."""

    word: str
    """As the query writes it, for people."""
    exact: frozenset[str]
    """Folded forms."""
    rules: tuple[Rule, ...] = ()
    starts: str = ""
    """Any word that begins so: `word*`."""
    ends: frozenset[str] = frozenset()
    """Any word that ends in one of them: `*word`."""
    tailed: bool = False
    """An ending may be written onto a form."""

    @property
    def in_index(self) -> bool:
        """Say whether the index has such words as words: it cuts those of some scripts otherwise than we do."""
        letters = "".join([self.starts, *self.exact, *self.ends])
        return all(ord(letter) in _INDEXED for letter in letters)

    def matches(self, folded: str) -> bool:
        """Say whether a word of the index may be meant."""
        return (
            folded in self.exact
            or any(rule.matches(folded) for rule in self.rules)
            or bool(self.starts and folded.startswith(self.starts))
            or folded.endswith(tuple(self.ends))
            or (self.tailed and any(folded[:i] in self.exact for i in range(max(1, len(folded) - LONGEST_TAIL), len(folded))))
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Every:
    """All of them are needed."""

    parts: tuple["Needed", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of them is needed."""

    parts: tuple["Needed", ...]


@dataclass(frozen=True, slots=True)
class InTitle:
    """It is needed in the title."""

    part: "Needed"


Needed: TypeAlias = Sought | Every | Some | InTitle


class Words:
    """The words that the index of one archive holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute(
            "create virtual table if not exists temp.index_words using fts5vocab('main', 'articles_fts', 'row')"
        )
        self._found: dict[Sought, dict[str, int]] = {}

    def of(self, sought: Sought) -> dict[str, int]:
        """Return what the index holds of a word: folded form → articles with it."""
        if sought not in self._found:
            self._found[sought] = dict(self._looked_up(sought))
        return self._found[sought]

    def beginning(self, start: str) -> dict[str, int]:
        """Return the words of the index that begin so, with the number of articles."""
        sql = "select term, doc from temp.index_words where term >= ? and term < ?"
        return dict(self._connection.execute(sql, [start, start + _LAST]))

    def _looked_up(self, sought: Sought) -> Iterable[tuple[str, int]]:
        if sought.ends:
            yield from self._ending(sought.ends)
        begun = {rule.stem for rule in sought.rules} | ({sought.starts} if sought.starts else set())
        begun |= sought.exact if sought.tailed else set()
        for start in _widest(begun):
            yield from ((word, count) for word, count in self.beginning(start).items() if sought.matches(word))
        for word in sought.exact:
            yield from self._connection.execute("select term, doc from temp.index_words where term = ?", [word])

    def _ending(self, ends: frozenset[str]) -> Iterable[tuple[str, int]]:
        where = " or ".join(["term glob ?"] * len(ends))
        globs = [f"*{end}" for end in sorted(ends)]
        yield from self._connection.execute(f"select term, doc from temp.index_words where {where}", globs)


def match_text(needed: Needed, words: Words) -> str | None:
    """Return FTS5 MATCH text for what is needed; None if the archive holds nothing that could meet it."""
    match needed:
        case Sought():
            forms = words.of(needed)
            return "(" + " OR ".join(f'"{form}"' for form in sorted(forms)) + ")" if forms else None
        case InTitle(part):
            found = match_text(part, words)
            return f"{{title}} : {found}" if found else None
        case Every(parts):
            each = [match_text(part, words) for part in parts]
            return "(" + " AND ".join(filter(None, each)) + ")" if all(each) else None
        case Some(parts):
            some = list(filter(None, (match_text(part, words) for part in parts)))
            return "(" + " OR ".join(some) + ")" if some else None


def _widest(starts: Iterable[str]) -> list[str]:
    """Return the starts that no other one begins."""
    kept: list[str] = []
    for start in sorted(starts):
        if not (kept and start.startswith(kept[-1])):
            kept.append(start)
    return kept
