"""The shapes of an outlet's known article addresses, and whether another address has one of them. Pure."""

import re
from collections import Counter
from collections.abc import Collection

ENOUGH = 8
"""Known addresses from which on the lack of a known shape speaks against a link."""
MANY_FOLDERS = 4
"""Folders of known articles from which on another one is no surprise."""

_CLASSES = (
    ("#", re.compile(r"\d+")),
    ("id", re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9]{6,}", re.IGNORECASE)),
    ("slug#", re.compile(r"(?=.*\d{4})(?:[^-_]+[-_]){2,}[^-_]+")),
    ("slug", re.compile(r"(?:[^-_]+[-_]){2,}[^-_]+")),
    ("word#", re.compile(r".*\d{4}.*")),
)

DAYS = re.compile(
    r"/(?:19|20)\d\d(?:(?P<apart>[-/._])(?:0?[1-9]|1[0-2])(?:(?P=apart)(?:0?[1-9]|[12]\d|3[01]))?|"
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:\.\w{2,5})?/?$"
)
"""The end of the address of a month's or day's list: /2026/05, /archive/2026-05-14; a year alone may be a number."""

Shape = tuple[str, ...]


class Shapes:
    """What the known article addresses of one outlet look like."""

    def __init__(self, known: Collection[str]) -> None:
        addresses = [_parts(address) for address in known]
        self._counts: Counter[Shape] = Counter(shape_of(address) for address in known)
        self._firsts = Counter(path[0] for path, _ in addresses if len(path) > 1)
        self.learned = sum(self._counts.values()) >= ENOUGH
        self.has_days = sum(map(_ends_in_day, known)) * 2 > len(known)
        """Most known articles are addressed as days are, so that such an address is no list's."""

    def has(self, url: str) -> bool:
        """Say whether two known articles, or the only few there are, share the shape of `url`, and it says enough."""
        shape = shape_of(url)
        needed = 2 if self.learned else 1
        if self._counts[shape] < needed:
            return False
        path, _ = _parts(url)
        if len(path) < 2 or shape[0] != "word":  # noqa: PLR2004  a first folder and something in it
            return any(name != "word" for name in shape)
        if self._firsts[path[0]] >= needed:
            return True
        return len(self._firsts) >= MANY_FOLDERS and any(name != "word" for name in shape)  # a new section


def _ends_in_day(url: str) -> bool:
    return DAYS.search(url.partition("?")[0]) is not None


def shape_of(url: str) -> Shape:
    """Return the classes of an address's path segments, its suffix, and the names of its parameters."""
    path, names = _parts(url)
    suffix = (
        f".{path[-1].rpartition('.')[2].lower()}"
        if path and re.search(r"\.[a-z]{2,5}$", path[-1], re.IGNORECASE)
        else ""
    )
    stems = [*path[:-1], path[-1].removesuffix(suffix)] if path and suffix else path
    return (*map(_class_of, stems), *([suffix] if suffix else ()), *(f"?{name}" for name in names))


def _parts(url: str) -> tuple[list[str], list[str]]:
    place, _, query = url.partition("#")[0].rpartition("://")[2].partition("?")
    path = [segment for segment in place.split("/")[1:] if segment]
    return path, sorted({pair.partition("=")[0] for pair in query.split("&") if pair})


def _class_of(segment: str) -> str:
    return next((name for name, pattern in _CLASSES if pattern.fullmatch(segment)), "word")
