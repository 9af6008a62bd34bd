"""One description of every table, view and column: the words are in `codebook.toml`, the columns in the schema.

The codebook of an export, its `datapackage.json` and Datasette's pages all read it from here.
"""

import sqlite3
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

from storage.schema import TABLES
from storage.schema_index import SEARCH
from storage.views import VIEWS

Kind = Literal["time", "day", "list", "integer", "number", "text"]
Metadata: TypeAlias = dict[str, dict[str, dict[str, dict[str, dict[str, str | dict[str, str]]]]]]

Entry: TypeAlias = dict[str, Any]  # `about`, `like` and one list a column, as the TOML file has them

_UNITS = {"_at": "UTC, YYYY-MM-DDTHH:MM:SSZ", "_day": "YYYY-MM-DD", "_s": "seconds", "_ms": "milliseconds"}
_INTERNAL = ["articles_fts_config", "articles_fts_data", "articles_fts_docsize", "articles_fts_idx"]  # of FTS5 itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What a column means."""

    name: str
    meaning: str
    unit: str
    """Unit or format; empty for plain words and counts."""
    missing: str
    """What null says; empty: it is never null."""
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a row of a table or view is."""

    name: str
    about: str
    columns: tuple[Column, ...]


class UndescribedError(LookupError):
    """The codebook lacks a table or column of the schema."""


@cache
def tables() -> Mapping[str, Table]:
    """Return every table and view of an archive, described. Raises UndescribedError."""
    with_schema = sqlite3.connect(":memory:")
    with_schema.executescript(TABLES + SEARCH + VIEWS)
    names = [name for (name,) in with_schema.execute("select name from sqlite_schema where type <> 'index'")]
    described = {name: describe(name, _declared(with_schema, name)) for name in names if name not in _INTERNAL}
    with_schema.close()
    return described


def describe(name: str, declared: Mapping[str, str]) -> Table:
    """Return the description of a table with these columns (name → SQL type, '' where computed).

    Raises UndescribedError.
    """
    return _described(name, _book().get(name), declared)


def describe_file(name: str, columns: Iterable[str]) -> Table:
    """Return the description of an export's file with these columns. Raises UndescribedError."""
    entry = _book()["export"].get(name)
    table = _described(name, entry, dict.fromkeys(columns, ""))
    parents = reversed(entry["like"]) if entry else ()
    known = {column.name: column.kind for parent in parents for column in tables()[parent].columns}
    typed = (replace(column, kind=known.get(column.name, column.kind)) for column in table.columns)
    return replace(table, columns=tuple(typed))


def nullable() -> Iterable[tuple[str, str]]:
    """Yield (table, column) of every column of a table that the schema lets be null."""
    with_schema = sqlite3.connect(":memory:")
    with_schema.executescript(TABLES)
    for (name,) in with_schema.execute("select name from sqlite_schema where type = 'table'").fetchall():
        for _, column, _, notnull, _, pk in with_schema.execute(f"pragma table_info({name})"):
            if not notnull and not pk:
                yield name, column
    with_schema.close()


def datasette_metadata() -> Metadata:
    """Return Datasette metadata that describes the tables and columns of a database called `cuttings`."""
    return {"databases": {"cuttings": {"tables": {table.name: _for_datasette(table) for table in tables().values()}}}}


def markdown(described: Iterable[Table]) -> str:
    """Return tables as Markdown, one section each."""
    lines = []
    for table in described:
        lines += [f"## {table.name}", "", f"A row is {table.about}.", "", "| column | meaning | type, unit | missing |"]
        lines += ["|---|---|---|---|"]
        for c in table.columns:
            unit = f"{c.kind}, {c.unit}" if c.unit else c.kind
            lines.append(f"| `{c.name}` | {_cell(c.meaning)} | {_cell(unit)} | {_cell(c.missing) or 'never'} |")
        lines.append("")
    return "\n".join(lines)


def _for_datasette(table: Table) -> dict[str, str | dict[str, str]]:
    return {"description": table.about, "columns": {column.name: in_words(column) for column in table.columns}}


def in_words(column: Column) -> str:
    """Return what a column means, with its unit and what null says, as one line."""
    unit = f" ({column.unit})" if column.unit else ""
    return f"{column.meaning}{unit}{f'; null: {column.missing}' if column.missing else ''}"


def _described(name: str, entry: Entry | None, declared: Mapping[str, str]) -> Table:
    if entry is None:
        raise UndescribedError(name)
    parents = [*_lineage(entry), _book()["columns"]]
    about = next(parent["about"] for parent in parents if "about" in parent)
    columns = tuple(_column(name, column, type_, parents) for column, type_ in declared.items())
    return Table(name=name, about=about, columns=columns)


def _lineage(entry: Entry) -> list[Entry]:
    """Return an entry and those it is like, nearest first."""
    return [entry, *(elder for parent in entry.get("like", ()) for elder in _lineage(_book()[parent]))]


def _column(table: str, name: str, declared: str, parents: list[Entry]) -> Column:
    entry = next((parent[name] for parent in parents if name in parent), None)
    if entry is None:
        raise UndescribedError(f"{table}.{name}")
    meaning, missing, unit = [*entry, "", ""][:3]
    unit = unit or next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")
    return Column(name=name, meaning=meaning, unit=unit, missing=missing, kind=_kind(name, declared, unit))


def _kind(name: str, declared: str, unit: str) -> Kind:
    if unit.startswith("UTC"):
        return "time"
    if name.endswith("_day"):
        return "day"
    if unit.startswith("JSON list of text"):
        return "list"
    computed = next((type_ for type_, names in _book()["types"].items() if name in names), "INTEGER")
    kinds: dict[str, Kind] = {"INTEGER": "integer", "REAL": "number"}
    return kinds.get((declared or computed).upper(), "text")


def _declared(db: sqlite3.Connection, name: str) -> dict[str, str]:
    """Return the columns of a table or view with their SQL types; computed and full-text columns have none."""
    full_text = "articles_fts" if name == "articles_fts" else ""
    rows = db.execute("select name, type from pragma_table_xinfo(?)", (name,))
    return {column: type_ or ("TEXT" if full_text and column != "rank" else "") for column, type_ in rows}


@cache
def _book() -> dict[str, Entry]:
    return tomllib.loads(files("storage").joinpath("codebook.toml").read_text(encoding="utf-8"))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
