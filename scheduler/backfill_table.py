"""A CSV of addresses from any tool → addresses. Columns are known by the names tools give them, or mapped."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from io import TextIOWrapper
from itertools import chain
from typing import NamedTuple

from crawler.warc_sources import UNREADABLE, address_of, opened
from scheduler.spans import Span
from storage.errors import ConfigError

_URL = (
    "url",
    "original",
    "documentidentifier",
    "document_identifier",
    "sourceurl",
    "source_url",
    "link",
    "address",
    "urls",
)
"""Media Cloud, Wayback CDX, GDELT's GKG and events, and what people write."""
_DATE = (
    "publish_date",
    "date",
    "published",
    "published_at",
    "timestamp",
    "sqldate",
    "dateadded",
    "v2.1date",
    "indexed_date",
)
_DELIMITERS = ",;\t "
_DIGITS = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_ADDRESS = re.compile(r"https?://[^\s;<>]+", re.IGNORECASE)
_DAY = re.compile(r"\d{8}(?:\d{6})?|\d{4}-\d{2}-\d{2}.*")
_LONGEST_CELL = 1_000_000  # characters; GDELT's lines have cells of 100,000


class _Columns(NamedTuple):
    url: int
    date: int | None


def addresses(named: str, mapping: Mapping[str, str], span: Span) -> Iterator[str]:
    """Yield the addresses of a table whose day is asked for, and those without a day. Raises ConfigError."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with opened(address_of(named)) as raw, TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            lines = (line.replace("\0", "") for line in text)
            yield from _rows(lines, named, mapping, span)
    except UnicodeDecodeError:
        raise ConfigError(named, "is not UTF-8; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise ConfigError(named, f"cannot be read as a table: {error}") from error
    except UNREADABLE as error:
        raise ConfigError(named, f"cannot be read: {error}") from error


def _rows(lines: Iterable[str], named: str, mapping: Mapping[str, str], span: Span) -> Iterator[str]:
    rest = iter(lines)
    head = next(rest, "").rstrip("\r\n")
    delimiter = max(_DELIMITERS[:3], key=head.count) if any(mark in head for mark in _DELIMITERS[:3]) else " "
    names = next(csv.reader([head], delimiter=delimiter), [])
    columns = _by_content(names)
    if columns:
        rest = chain([head], rest)
    else:
        columns = _columns([name.strip().lower() for name in names], mapping, named)
    for row in csv.reader(rest, delimiter=delimiter):
        if len(row) > columns.url and row[columns.url].strip():
            stated = row[columns.date] if columns.date is not None and len(row) > columns.date else ""
            if span.has_day(day_of(stated)):
                yield row[columns.url].strip()


def _by_content(first: list[str]) -> _Columns | None:
    """Return the columns of a table without a head (GDELT's files, CDX lines), told from its first line; None if it has one."""
    url = next((n for n, cell in enumerate(first) if _ADDRESS.fullmatch(cell.strip())), None)
    if url is None:
        return None
    return _Columns(url, next((n for n, cell in enumerate(first) if _DAY.fullmatch(cell.strip())), None))


def _columns(names: list[str], mapping: Mapping[str, str], named: str) -> _Columns:
    def place(what: str, usual: tuple[str, ...]) -> int | None:
        if what in mapping:
            if mapping[what].lower() not in names:
                raise ConfigError("--column", f"{named} has no column {mapping[what]}; it has: {', '.join(names[:20])}")
            return names.index(mapping[what].lower())
        return next((names.index(name) for name in usual if name in names), None)

    url = place("url", _URL)
    if url is None:
        raise ConfigError(
            named, f"no column of addresses is known; say --column url=NAME; it has: {', '.join(names[:20])}"
        )
    return _Columns(url, place("date", _DATE))


def day_of(stated: str) -> str | None:
    """Return the day (YYYY-MM-DD) that a cell begins with, however a tool writes it; None for none."""
    match = _DIGITS.match(stated.strip())
    return "-".join(match.groups()) if match else None
