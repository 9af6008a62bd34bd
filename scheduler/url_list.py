"""`collect --url FILE`: addresses one a line, or in a table's first column, as people and spreadsheets write them. Pure.

An address may hold a comma (`…/7,75399,123.html`): a file is read as a table only where it shows that it is one, by a
name over its first column or by spaces or quotes in its lines, which no address has.
"""

import csv
from collections.abc import Iterator

from storage.errors import ConfigError

_NAMES = frozenset(("url", "urls", "link", "links", "address"))
_DELIMITERS = "\t;,"
_NOT_IN_ADDRESSES = frozenset(' "')


def addresses(raw: bytes, name: str) -> tuple[str, ...]:
    """Return what a file gives as addresses, remarks (`#`) left out. Raises ConfigError at `name`: not UTF-8, or nothing."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(name, "is not UTF-8; save it as text or CSV in UTF-8") from None
    lines = [line.strip() for line in text.replace("\0", "").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    delimiter = max(_DELIMITERS, key=lambda mark: sum(mark in line for line in lines))
    found = list(_first_cells(lines, delimiter) if _is_table(lines, delimiter) else lines)
    if found and found[0].lower() in _NAMES:
        del found[0]
    if not found:
        raise ConfigError(name, f"no address in {name}")
    return tuple(found)


def _is_table(lines: list[str], delimiter: str) -> bool:
    named = any(line.split(delimiter)[0].strip(' "').lower() in _NAMES for line in lines[:1])
    return named or any(delimiter in line and (delimiter == "\t" or _NOT_IN_ADDRESSES & set(line)) for line in lines)


def _first_cells(lines: list[str], delimiter: str) -> Iterator[str]:
    for line in lines:
        try:
            cell = next(csv.reader([line], delimiter=delimiter))[0].strip()
        except csv.Error:  # a cell without end
            cell = line
        if cell:
            yield cell
