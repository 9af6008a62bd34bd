"""Addresses → which page of which text they may be, by how sites number pages. Pure.

An address has several readings: `/story/2` is an address of its own, and page 2 of `/story`. Which one holds is for
`pager` to find out from what the page says. Keys are those of `urls.url_key`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from crawler import pager_rules as rules
from crawler import url_rules

_BARE = f"/{rules.STRONG.index(rules.BARE)}"
_LONGEST_NUMBER = 4  # digits: lists have thousands of pages, and that gives them away


class Numbered(NamedTuple):
    """An address as a page of a text."""

    root: str
    """Key of the text: without number and extension."""
    way: str
    """How it is numbered, such as `?page` or `/`; empty: not at all."""
    number: int

    @property
    def weak(self) -> bool:
        """The number may be part of a name."""
        return self.way.startswith("-")

    @property
    def says_page(self) -> bool:
        """The address says that it numbers pages, not perhaps days, issues or articles."""
        return not self.weak and self.way != _BARE


def readings(key: str) -> Iterator[Numbered]:
    """Yield what a key may be a page of; itself first."""
    path, _, query = key.partition("?")
    path, pairs = _bare(path), query.split("&") if query else []
    yield Numbered(_joined(path, pairs), "", 1)
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name.lower() in rules.PARAMETERS and is_number(value) and "/" in path:
            way = f"-{name}" if name in rules.WEAK_PARAMETERS else f"?{name}"
            yield Numbered(_joined(path, [each for each in pairs if each != pair]), way, int(value))
    for place, rule in enumerate((*rules.STRONG, *rules.WEAK)):
        match = rule.search(path)
        before = path[: match.start()] if match else ""
        if match and is_number(match[1]) and "/" in before and not rules.DATE.search(before):
            way = f"-{place}" if rule in rules.WEAK else f"/{place}"
            yield Numbered(_joined(_bare(before + path[match.end() :]), pairs), way, int(match[1]))


def is_list(root: str) -> bool:
    """Say whether a text would stand where front and section pages do."""
    path, mark, _ = root.partition("/")[2].partition("?")
    return not mark and url_rules.PLAIN_WORDS.fullmatch(path) is not None


def _bare(path: str) -> str:
    """Return a path without extension and index file."""
    return rules.INDEX.sub("", rules.EXTENSION.sub("", path)).rstrip("/")


def path_of(root: str) -> str:
    """Return a root without its query."""
    return root.partition("?")[0]


def _joined(path: str, pairs: list[str]) -> str:
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def is_number(text: str) -> bool:
    """Say whether a text may be a page's number."""
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER


def roots_of_whole(key: str) -> Iterator[str]:
    """Yield the keys of the texts that an address may have the whole of."""
    path, _, query = key.partition("?")
    path, pairs = _bare(path), query.split("&") if query else []
    yield from (reading.root for reading in readings(key) if reading.way and reading.number == 0)
    for pair in pairs:
        name, _, value = pair.lower().partition("=")
        if name in rules.WHOLE_NAMES and value in rules.WHOLE_VALUES:
            yield _joined(path, [each for each in pairs if each != pair])
    if match := rules.WHOLE_END.search(path):
        yield _joined(path[: match.start()], pairs)
