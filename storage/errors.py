"""Everything this program raises on purpose. Imports nothing of ours but the records.

CuttingsError
├── ConfigError          a setting is wrong: exit 2, nothing touched
├── QueryError           a topic's query does not parse; knows the place
├── ArchiveError         the archive cannot be opened, read or written
├── ExtractError         a page gave no article; carries the outcome
└── StudyError           a study cannot be exported as asked: exit 2
"""

import re
import unicodedata

from storage.records import Outcome

_WIDEST = 120  # characters of a query shown around what is wrong in it
_LTR = "\u200e"
_BETWEEN_WORDS = re.compile(r'[\s()"]+')  # marked, right-to-left words stand in the order of the query, over the caret


class CuttingsError(Exception):
    """The root; `str()` is one line fit for a person."""


class ConfigError(CuttingsError):
    """A setting is wrong. `place` is its path in the file, such as `outlets[0].url`."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}" if place else problem)
        self.place = place


class QueryError(CuttingsError):
    """A query does not parse. `position` counts code points from its start."""

    def __init__(self, query: str, position: int, expected: str) -> None:
        line, column = _shown(query, position)
        super().__init__(f"{expected} (character {position + 1})\n  {line}\n  {' ' * column}^")
        self.query = query
        self.position = position
        self.expected = expected


def _shown(query: str, position: int) -> tuple[str, int]:
    """Return the line of `query` that `position` is in, and the column of a terminal where that is."""
    start = query.rfind("\n", 0, position) + 1
    end = query.find("\n", position)
    end = len(query) if end < 0 else end
    left = start if end - start <= _WIDEST else max(start, position - _WIDEST // 2)
    right = min(end, left + _WIDEST)
    before, after = ("".join(c if c.isprintable() else _hidden(c) for c in part)
                     for part in (query[left:position], query[position:right]))  # fmt: skip
    before, after = "…" * (left > start) + before, after + "…" * (right < end)
    line = before + after
    if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in line):
        line = _LTR + _BETWEEN_WORDS.sub(rf"{_LTR}\g<0>{_LTR}", line)
    return line, sum(map(_columns, before))


def _hidden(char: str) -> str:
    return " " if char.isspace() else "\ufffd"  # shown, since it may be what is wrong


def _columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class ArchiveError(CuttingsError):
    """The archive cannot be opened, read or written."""


class ExtractError(CuttingsError):
    """A page gave no article."""

    def __init__(self, url: str, outcome: Outcome, reason: str) -> None:
        super().__init__(f"{reason}: {url!r}")
        self.url = url
        self.outcome = outcome
        self.reason = reason


class StudyError(CuttingsError):
    """A study cannot be exported as asked."""
