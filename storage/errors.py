"""Everything this program raises on purpose. Imports nothing of ours but the records.

CuttingsError
├── ConfigError          a setting is wrong: exit 2, nothing touched
├── QueryError           a topic's query does not parse; knows the place
├── ArchiveError         the archive cannot be opened, read or written
├── ExtractError         a page gave no article; carries the outcome
└── StudyError           a study cannot be exported as asked: exit 2
"""

from storage.records import Outcome


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
        start = query.rfind("\n", 0, position) + 1
        line = query[start:].partition("\n")[0].replace("\t", " ")
        super().__init__(f"{expected} (character {position + 1})\n  {line}\n  {' ' * (position - start)}^")
        self.query = query
        self.position = position
        self.expected = expected


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
