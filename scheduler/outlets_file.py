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
_YES = ("1", "true", "yes")


def rows(path: Path) -> list[tuple[str, Mapping[str, object]]]:
    """Return `(place, values)` a line, as TOML would have given them; an empty cell is an absent setting.

    Raises ConfigError for a file that cannot be read; what a cell says is checked as in config.toml.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError("outlets_file", f"cannot be read: {error}") from error
    return [
        (f"{path.name} line {number}", {name or "": _value(name or "", cell) for name, cell in line.items() if cell})
        for number, line in enumerate(lines, 2)
    ]


def _value(name: str, cell: str) -> object:
    """Return a cell as its setting's type, or as the text it is where it cannot be read as that."""
    hint = str(_HINTS.get(name, ""))
    with suppress(ValueError):
        if hint.startswith("tuple"):
            return json.loads(cell) if cell.startswith("[") else [part.strip() for part in cell.split("|")]
        if "float" in hint:
            return float(cell)
        if "int" in hint:
            return int(cell)
    return cell.lower() in _YES if hint == str(bool) else cell
