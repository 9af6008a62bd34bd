"""A study: which part of the archive is frozen, and how (STUDY.toml; DESIGN, section 7)."""

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal, cast

from storage.errors import StudyError

Format = Literal["csv", "parquet", "jsonl", "sqlite"]
Names = Literal["plain", "hash", "none"]
Unit = Literal["article", "story"]

FORMATS: tuple[Format, ...] = ("csv", "parquet", "jsonl", "sqlite")
STRATA = ("outlet", "month", "language", "class")
CLASSES = ("unmatched", "credited", "credited-unverified", "cited", "uncredited", "undetermined")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody who answers for the study."""

    name: str
    orcid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What STUDY.toml asks for. Empty tuples and None select everything."""

    title: str
    authors: tuple[Author, ...] = ()
    license: str = "CC-BY-4.0"
    """Of the metadata; texts stay their publishers'."""
    topics: tuple[str, ...] = ()
    sql: str = ""
    """A query whose first column is article ids."""
    outlets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    ownership: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Kinds of outlet."""
    languages: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    min_score: float = 0.0
    from_day: str | None = None
    """First published day, YYYY-MM-DD (`from` in the file)."""
    to_day: str | None = None
    """Last published day, included (`to` in the file)."""
    unit: Unit = "article"
    """What a row of the main file is, and what is sampled."""
    text: bool = False
    names: Names = "plain"
    """How authors' names leave the archive."""
    formats: tuple[Format, ...] = FORMATS
    sample: int | None = None
    """How many articles or stories; None: all."""
    seed: int = 0
    strata: tuple[str, ...] = ("outlet",)
    source: str = ""
    """The file as it was."""


def load(path: Path) -> Study:
    """Read STUDY.toml. Raises StudyError, which names the place."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"))  # editors on Windows write a mark before the first word
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from error


def parse(toml: str) -> Study:
    """Read the text of a STUDY.toml. Raises StudyError, which names the place."""
    try:
        given = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(str(error)) from error
    for key in given:
        if key not in _READERS:
            raise StudyError(f"{key}: no such setting; known: {', '.join(_READERS)}")
    if "title" not in given:
        raise StudyError("title: is missing; a study has a name")
    read = {_FIELDS.get(key, key): _READERS[key](key, value) for key, value in given.items()}
    # The readers are named by the fields they fill; a test builds every field from a file.
    study = Study(**cast("Mapping[str, str]", read), source=toml)  # type: ignore[arg-type]
    if study.from_day and study.to_day and study.from_day > study.to_day:
        raise StudyError(f"from: {study.from_day} is after to = {study.to_day}")
    if not study.formats:
        raise StudyError(f"formats: name at least one of {', '.join(FORMATS)}")
    return study


_FIELDS = {"from": "from_day", "to": "to_day"}
Reader = Callable[[str, object], object]


def _typed(wanted: type, called: str) -> Reader:
    def read(place: str, value: object) -> object:
        numeric = wanted is float and isinstance(value, int)
        if not (isinstance(value, wanted) or numeric) or (isinstance(value, bool) and wanted is not bool):
            raise StudyError(f"{place}: must be {called}, not {value!r}")
        return wanted(value)

    return read


_any_text = _typed(str, "text in quotation marks")


def _text(place: str, value: object) -> object:
    if isinstance(value, str) and "\0" in value:
        raise StudyError(f"{place}: must be text without null characters")
    return _any_text(place, value)


def _line(place: str, value: object) -> object:
    line = str(_text(place, value)).strip()
    if len(line.splitlines()) != 1:
        raise StudyError(f"{place}: must be one line of text, not {value!r}")
    return line


def _one_of(*allowed: str) -> Reader:
    def read(place: str, value: object) -> object:
        if value not in allowed:
            raise StudyError(f"{place}: must be one of {', '.join(allowed)}, not {value!r}")
        return value

    return read


def _list_of(read_one: Reader) -> Reader:
    def read(place: str, value: object) -> object:
        if not isinstance(value, list):
            raise StudyError(f'{place}: must be a list, as in {place} = ["…"]')
        return tuple(dict.fromkeys(read_one(f"{place}[{i}]", item) for i, item in enumerate(value)))

    return read


def _day(place: str, value: object) -> object:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    try:
        return dt.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise StudyError(f"{place}: must be a day such as 2018-01-31, not {value!r}") from None


def _author(place: str, value: object) -> object:
    known = [field.name for field in fields(Author)]
    if not isinstance(value, dict) or not value.get("name") or not set(value) <= set(known):
        raise StudyError(f'{place}: must be {{ name = "…", orcid = "…" }}')
    author = Author(**{key: str(_line(f"{place}.{key}", part)) for key, part in value.items() if part != ""})
    return replace(author, orcid=author.orcid.removeprefix("https://orcid.org/"))


def _sample(place: str, value: object) -> object:
    count = _typed(int, "a whole number")(place, value)
    if not isinstance(count, int) or count < 1:
        raise StudyError(f"{place}: must be at least 1, not {value!r}")
    return count


_READERS: Mapping[str, Reader] = {
    "title": _line,
    "authors": _list_of(_author),
    "license": _line,
    "topics": _list_of(_text),
    "sql": _text,
    "outlets": _list_of(_text),
    "groups": _list_of(_text),
    "ownership": _list_of(_text),
    "kinds": _list_of(_text),
    "languages": _list_of(_text),
    "classes": _list_of(_one_of(*CLASSES)),
    "min_score": _typed(float, "a number"),
    "from": _day,
    "to": _day,
    "unit": _one_of("article", "story"),
    "text": _typed(bool, "true or false"),
    "names": _one_of("plain", "hash", "none"),
    "formats": _list_of(_one_of(*FORMATS)),
    "sample": _sample,
    "seed": _typed(int, "a whole number"),
    "strata": _list_of(_one_of(*STRATA)),
}
