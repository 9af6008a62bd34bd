"""A table of addresses from any tool → addresses. Columns are known by the names tools give them, by what is in them, or mapped."""

import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import TextIOWrapper
from itertools import chain
from typing import IO, Literal, NamedTuple, cast

from crawler.warc_sources import UNREADABLE, address_of, opened
from scheduler.spans import Span
from storage.errors import ConfigError

_URL = (
    "url",
    "original",
    "documentidentifier",
    "document_identifier",
    "mentionidentifier",
    "sourceurl",
    "source_url",
    "story_url",
    "link",
    "address",
    "urls",
)
"""Media Cloud, Wayback CDX, GDELT's GKG, mentions and events, and what people write."""
_DATE = (
    "publish_date",
    "pub_date",
    "date",
    "published",
    "published_at",
    "timestamp",
    "seendate",
    "mentiontimedate",
    "dateadded",
    "sqldate",
    "v2.1date",
    "indexed_date",
)
"""Of the article rather than of what it tells of: an event's SQLDATE may lie a year before."""
_CDX = {"a": "original", "b": "timestamp"}  # the letters that the first line of a CDX file names its fields by
_DELIMITERS = "\t,;| "
_UNQUOTED = "\t "  # GDELT's and CDX lines have quotation marks that quote nothing
_ADDRESS = re.compile(r"https?://[^\s;<>|]+", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:\d{6})?(?!\d)")  # 2018-03-05…, 20180305, 20180305120000
_DAY_ALONE = re.compile(_DAY.pattern + r"([T ].*)?")  # GDELT's record numbers begin with a day
_DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_BEFORE_HEAD = re.compile(r"\s*(#.*|sep=.)?\s*")  # "sep=;" is Excel's
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LONGEST_CELL = 1_000_000  # characters; GDELT's lines have cells of 100,000
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_BROKEN = (*UNREADABLE, EOFError, zlib.error, zipfile.BadZipFile)


class NoDayError(ValueError):
    """A cell that says a date in a way that cannot be told."""


class _Columns(NamedTuple):
    url: int
    date: int | None


def addresses(named: str, mapping: Mapping[str, str], span: Span) -> Iterator[str]:
    """Yield the addresses of a table whose day is asked for, and those without a day. Raises ConfigError."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with _text(named) as text:
            yield from _rows((line.replace("\0", "") for line in text), named, mapping, span)
    except UnicodeDecodeError:
        raise ConfigError(named, "is not UTF-8; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise ConfigError(named, f"cannot be read as a table: {error}") from error
    except _BROKEN as error:
        raise ConfigError(named, f"cannot be read: {error}") from error


@contextmanager
def _text(named: str) -> Iterator[Iterable[str]]:
    """Open a table, unpacked if it is gzip or the first file of a zip (GDELT's), as text: UTF-8, or UTF-16 that says so."""
    with opened(address_of(named)) as raw:
        kind = raw.read(4)
        raw.seek(0)
        file: IO[bytes] = raw
        if kind == _ZIP:
            files = zipfile.ZipFile(raw)
            file = files.open(files.namelist()[0])
        elif kind.startswith(_GZIP):
            file = cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
        with file:
            first = file.read(2)
            file.seek(0)
            encoding = "utf-16" if first in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
            with TextIOWrapper(file, encoding=encoding, newline="") as text:
                yield text


def _rows(lines: Iterable[str], named: str, mapping: Mapping[str, str], span: Span) -> Iterator[str]:
    rest = iter(lines)
    head = next((line for line in rest if not _BEFORE_HEAD.fullmatch(line)), "")
    if head.split()[:1] == ["CDX"]:
        head = " ".join(_CDX.get(letter, letter) for letter in head.split()[1:])
    delimiter, columns = _by_content(head) if not mapping else ("", None)
    if columns:
        table = csv.reader(chain([head], rest), delimiter=delimiter, quoting=_quoting(delimiter))
    else:
        delimiter, columns = _by_names(head, mapping, named)
        table = csv.reader(chain([head], rest), delimiter=delimiter)
        next(table, None)  # the head, of which a quoted name may have several lines
    for row in table:
        if len(row) > columns.url and (url := row[columns.url].strip()):
            stated = row[columns.date] if columns.date is not None and len(row) > columns.date else ""
            if _is_asked(stated, span, named):
                yield url


def _quoting(delimiter: str) -> Literal[0, 3]:
    """Say how lines without a head are quoted."""
    return csv.QUOTE_NONE if delimiter in _UNQUOTED else csv.QUOTE_MINIMAL


def _by_content(first: str) -> tuple[str, _Columns | None]:
    """Return delimiter and columns of a table without a head (GDELT's files, CDX lines), told from its first line.

    A line that is an address as a whole is one, commas and all, unless a cell of it is a day. None where there is a head.
    """
    found: list[tuple[str, _Columns]] = []
    for delimiter in _DELIMITERS:
        row = next(csv.reader([first], delimiter=delimiter, quoting=_quoting(delimiter)), [])
        cells = [cell.strip() for cell in row]
        url = next((n for n, cell in enumerate(cells) if _ADDRESS.fullmatch(cell)), -1)
        if url >= 0:
            days = [n for n, cell in enumerate(cells) if _is_day(cell)]
            nearest = max(
                days, key=lambda n: (n < url, -abs(n - url)), default=None
            )  # an event's own date is further off
            found.append((delimiter, _Columns(url, nearest)))
    if not found:
        return "", None
    dated = [each for each in found if each[1].date is not None]
    whole = [each for each in found if each[0] == "\t"] if _ADDRESS.fullmatch(first.strip()) else []
    return (dated or whole or found)[0]


def _by_names(head: str, mapping: Mapping[str, str], named: str) -> tuple[str, _Columns]:
    """Return delimiter and columns of a table by the names in its head. Raises ConfigError where none is known."""
    mapped = {what: column.strip().lower() for what, column in mapping.items()}
    likely = [mark for mark in sorted(_DELIMITERS, key=head.count, reverse=True) if mark in head.strip()] or ["\t"]
    tables = [
        [name.strip(' \t"\r\n').lower() for name in next(csv.reader([head], delimiter=mark), [])] for mark in likely
    ]
    for delimiter, names in zip(likely, tables, strict=True):
        url = _place(names, mapped.get("url"), _URL)
        if url is not None and mapped.get("date", names[url]) in names:
            return delimiter, _Columns(url, _place(names, mapped.get("date"), _DATE))
    best = max((names for mark, names in zip(likely, tables, strict=True) if mark != " "), key=len, default=tables[0])
    if missing := [
        column for column in mapping.values() if not any(column.strip().lower() in names for names in tables)
    ]:
        raise ConfigError("--column", f"{named} has no column {missing[0]}; it has: {', '.join(best[:20])}")
    raise ConfigError(named, f"no column of addresses is known; say --column url=NAME; it has: {', '.join(best[:20])}")


def _place(names: list[str], mapped: str | None, usual: tuple[str, ...]) -> int | None:
    return next((names.index(name) for name in ([mapped] if mapped else usual) if name in names), None)


def _is_asked(stated: str, span: Span, named: str) -> bool:
    """Say whether a row with this date is asked for. Raises ConfigError where its date cannot be told and matters."""
    if span.begin is None and span.end is None:
        return True
    try:
        return span.has_day(day_of(stated))
    except NoDayError as error:
        raise ConfigError(named, f"--from and --to: {error}; map another column, or none of its dates") from None


def day_of(stated: str) -> str | None:
    """Return the day (YYYY-MM-DD) that a cell begins with, however a tool writes it; None where it says none ("undateable").

    Raises NoDayError for figures that could be several days, or none: 03/05/2018, seconds since 1970.
    """
    stated = stated.strip()
    iso, dotted = _DAY.match(stated), _DOTTED_DAY.match(stated)
    parts = iso.group(1, 3, 4) if iso else dotted.group(3, 2, 1) if dotted else None
    try:
        if parts and _FIRST_YEAR <= int(parts[0]) <= _LAST_YEAR:
            return date(*map(int, parts)).isoformat()
    except ValueError:
        pass
    if any(mark.isdigit() for mark in stated):
        raise NoDayError(f"{stated[:30]!r} is no date that is read (2018-03-05, 20180305, 05.03.2018)")
    return None


def _is_day(cell: str) -> bool:
    try:
        return bool(_DAY_ALONE.fullmatch(cell) and day_of(cell))
    except NoDayError:
        return False
