"""`outlets_file`: a CSV with the column names of [[outlets]]; lists are split at `|` or written as JSON."""

import csv
import json
import typing
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from storage.errors import ConfigError
from storage.records import Outlet

_HINTS: Mapping[str, object] = typing.get_type_hints(Outlet)
_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def rows(path: Path) -> list[tuple[str, Mapping[str, object]]]:
    """Return `(place, values)` a line, as TOML would have given them; an empty cell is an absent setting.

    Raises ConfigError for a file that cannot be read; what a cell says is checked as in config.toml.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            return [(place := f"{path.name} line {reader.line_num}", _settings(line, place)) for line in reader]
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigError("outlets_file", f"cannot be read: {error}") from error


def _settings(line: Mapping[str | None, str | None], place: str) -> Mapping[str, object]:
    if None in line:
        raise ConfigError(place, "more cells than the first line has names; a cell with a comma needs quotes")
    return {name: _value(name, cell) for name, cell in line.items() if name is not None and cell}


def _value(name: str, cell: str) -> object:
    """Return a cell as its setting's type, or as the text it is where it cannot be read as that."""
    hint = str(_HINTS.get(name, ""))
    with suppress(ValueError, RecursionError):
        if hint.startswith("tuple"):
            return json.loads(cell) if cell.startswith("[") else [part.strip() for part in cell.split("|")]
        if "float" in hint:
            return float(cell)
        if "int" in hint:
            return int(cell)
    return _TRUTH.get(cell.lower(), cell) if hint == str(bool) else cell
