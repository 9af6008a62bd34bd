"""`outlets_file`: a CSV with the column names of [[outlets]]; lists are split at `|` or written as JSON.

Spreadsheet programs write a mark before the first name, and `;` or a tab where we write a comma: all of it is read.
"""

import csv
import io
import json
import os
import typing
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path

from storage.errors import ConfigError
from storage.records import Outlet

COLUMNS = tuple(field.name for field in fields(Outlet))
Cells = dict[str, str]
"""A line's cells by column name."""

_HINTS: Mapping[str, object] = typing.get_type_hints(Outlet)
LISTS = frozenset(name for name, hint in _HINTS.items() if str(hint).startswith("tuple"))
"""Columns whose cells hold several values."""
_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_DELIMITERS = ",;\t"
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A CSV file as it is written."""

    columns: tuple[str, ...]
    lines: tuple[tuple[int, Cells], ...]
    """Line number in the file (of the line's end) and cells; a cell without a name above it stands under an empty one."""
    delimiter: str = ","


def rows(path: Path) -> list[tuple[str, Mapping[str, object]]]:
    """Return `(place, values)` a line, as TOML would have given them; an empty cell is an absent setting.

    Raises ConfigError for a file that cannot be read; what a cell says is checked as in config.toml.
    """
    try:
        table = read_table(path)
    except FileNotFoundError as error:
        raise ConfigError("outlets_file", f"no file {path.name}; `cuttings outlets import` writes one") from error
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigError("outlets_file", f"cannot be read: {error}") from error
    return [(place := f"{path.name} line {number}", _settings(cells, place)) for number, cells in table.lines]


def read_table(path: Path) -> Table:
    """Read a CSV file; empty lines are left out. Raises OSError, ValueError (not UTF-8), csv.Error."""
    raw = path.read_bytes()
    text = raw.decode(_MARKS.get(raw[:2], "utf-8-sig"))
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = tuple(name.strip() for name in next(reader, ()))
    lines = []
    for values in reader:
        if any(value.strip() for value in values):
            named = list(zip_longest(columns, (value.strip() for value in values), fillvalue=""))
            lines.append((reader.line_num, {name: value for name, value in named if name or value}))
    return Table(columns=columns, lines=tuple(lines), delimiter=delimiter)


def write_table(path: Path, columns: Sequence[str], lines: Iterable[Cells], *, delimiter: str = ",") -> None:
    """Write a CSV file in one step: at any moment there is the old one or the new one."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(table_text(columns, lines, delimiter=delimiter), encoding="utf-8", newline="")
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)


def table_text(columns: Sequence[str], lines: Iterable[Cells], *, delimiter: str = ",") -> str:
    """Return lines as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def cells_of(outlet: Outlet) -> Cells:
    """Return an outlet as cells; `rows` reads the same outlet from them."""
    return {name: _cell(getattr(outlet, name)) for name in COLUMNS}


def list_cell(values: Sequence[str]) -> str:
    """Return several values as one cell."""
    plain = all(value.strip() == value and value and "|" not in value for value in values)
    if plain and not (values and values[0].startswith("[")):
        return "|".join(values)
    return json.dumps(list(values), ensure_ascii=False)


def list_of(cell: str) -> list[str]:
    """Return the values of a cell that holds several. Raises ValueError for JSON that is none."""
    if cell.startswith("["):
        return typing.cast("list[str]", json.loads(cell))
    return [part.strip() for part in cell.split("|") if part.strip()]


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return list_cell(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _settings(cells: Cells, place: str) -> Mapping[str, object]:
    if "" in cells:
        raise ConfigError(place, "more cells than the first line has names; a cell with a comma needs quotes")
    return {name: value_of(name, cell) for name, cell in cells.items() if cell}


def value_of(name: str, cell: str) -> object:
    """Return a cell as its setting's type, or as the text it is where it cannot be read as that."""
    hint = str(_HINTS.get(name, ""))
    with suppress(ValueError, RecursionError):
        if name in LISTS:
            return list_of(cell)
        if "float" in hint:
            return float(cell)
        if "int" in hint:
            return int(cell)
    return _TRUTH.get(cell.lower(), cell) if hint == str(bool) else cell
