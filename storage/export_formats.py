"""Rows into CSV, JSON Lines, Parquet and SQLite. Every writer takes rows in batches and keeps none."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from storage.codebook import Kind, Table
from storage.export_files import Cell, File, Row
from storage.study import Format

CSV_PREFIX = "'"
# A spreadsheet runs a cell that begins with one of these. Apostrophes before them count too, so that exactly one
# apostrophe taken off `'=…` or `''=…` always gives the cell back.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")

_ARROW: dict[Kind, Any] = {
    "time": pa.timestamp("ms", tz="UTC"),  # Parquet knows no seconds
    "day": pa.date32(),
    "list": pa.list_(pa.string()),
    "integer": pa.int64(),
    "number": pa.float64(),
    "text": pa.string(),
}
_SQL: dict[Kind, str] = {"integer": "integer", "number": "real"}


class Writer(Protocol):
    """Takes the rows of one file."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows in the order of the file's columns."""

    def close(self) -> None:
        """Finish the file."""


def open_writer(wanted: Format, folder: Path, file: File, table: Table) -> Writer:
    """Return a writer of `file` in `folder`; `table` describes its columns."""
    return _WRITERS[wanted](folder, file, table)


def path_of(wanted: Format, name: str) -> str:
    """Return the name of the file that holds table `name` in a format; SQLite holds all in one."""
    return "study.sqlite" if wanted == "sqlite" else f"{name}.{wanted}"


def neutral(text: str) -> str:
    """Return a cell's text so that a spreadsheet does not run it."""
    return CSV_PREFIX + text if _FORMULA.match(text) else text


def unneutral(cell: str) -> str:
    """Return what `neutral` was given."""
    return cell[1:] if cell.startswith(CSV_PREFIX) and _FORMULA.match(cell[1:]) else cell


class _Csv:
    """RFC 4180, UTF-8 without BOM. Text is quoted, null is nothing: an empty text and a null stay apart."""

    def __init__(self, folder: Path, file: File, table: Table) -> None:
        self._out = (folder / path_of("csv", file.name)).open("w", encoding="utf-8", newline="")
        self._out.write(",".join(column.name for column in table.columns) + "\r\n")

    def write(self, rows: Sequence[Row]) -> None:
        self._out.writelines(",".join([_csv_cell(cell) for cell in row]) + "\r\n" for row in rows)

    def close(self) -> None:
        self._out.close()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return '"' + neutral(cell).replace('"', '""') + '"' if isinstance(cell, str) else repr(cell)


class _JsonLines:
    """One object a line; lists are lists, all else as in the archive."""

    def __init__(self, folder: Path, file: File, table: Table) -> None:
        self._out = (folder / path_of("jsonl", file.name)).open("w", encoding="utf-8", newline="")
        self._names = [column.name for column in table.columns]
        self._lists = [index for index, column in enumerate(table.columns) if column.kind == "list"]
        self._encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

    def write(self, rows: Sequence[Row]) -> None:
        self._out.writelines(self._encode(self._record(row)) + "\n" for row in rows)

    def _record(self, row: Row) -> dict[str, Cell | Sequence[str]]:
        record: dict[str, Cell | Sequence[str]] = dict(zip(self._names, row, strict=True))
        for index in self._lists:
            record[self._names[index]] = _list(row[index])
        return record

    def close(self) -> None:
        self._out.close()


class _Parquet:
    """Typed and compressed with zstd, in row groups of _GROUP rows: each costs memory until the file is whole."""

    def __init__(self, folder: Path, file: File, table: Table) -> None:
        self._kinds = [column.kind for column in table.columns]
        self._schema = pa.schema([(column.name, _ARROW[column.kind]) for column in table.columns])
        ordered = [
            column.name for column in table.columns if column.name != "text"
        ]  # nobody looks for a range of texts
        path = folder / path_of("parquet", file.name)
        self._out = pq.ParquetWriter(path, self._schema, compression="zstd", write_statistics=ordered)
        self._waiting: list[Any] = []

    def write(self, rows: Sequence[Row]) -> None:
        columns = zip(*rows, strict=True)
        arrays = [_arrow(column, kind) for column, kind in zip(columns, self._kinds, strict=True)]
        self._waiting.append(pa.Table.from_arrays(arrays, schema=self._schema))
        if sum(len(table) for table in self._waiting) >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._out.write_table(pa.concat_tables(self._waiting))
            self._waiting.clear()

    def close(self) -> None:
        self._flush()
        self._out.close()


_GROUP = 4_000  # rows; 20 MB with text. Groups of 500 took 60 MB of descriptions for 487,000 articles


def _arrow(column: Sequence[Cell], kind: Kind) -> Any:
    if kind == "list":
        return pa.array([_list(cell) for cell in column], _ARROW[kind])
    if kind in ("time", "day"):
        return pa.array(column, pa.string()).cast(_ARROW[kind])
    return pa.array(column, _ARROW[kind])


@lru_cache(maxsize=4096)  # most articles have no author, or one of few
def _list(cell: Cell) -> Sequence[str]:
    return tuple(json.loads(cell)) if isinstance(cell, str) else ()


class _Sqlite:
    """A table of `study.sqlite`; `export_sql.add_views` makes it answer the archive's own queries."""

    def __init__(self, folder: Path, file: File, table: Table) -> None:
        self._db = sqlite3.connect(folder / path_of("sqlite", file.name))
        self._db.execute("pragma journal_mode = off")
        self._db.execute("pragma synchronous = off")
        columns = ", ".join(f"{column.name} {_SQL.get(column.kind, 'text')}" for column in table.columns)
        self._db.execute(f"create table {file.name} ({columns})")
        self._insert = f"insert into {file.name} values ({', '.join('?' * len(table.columns))})"
        self._file = file

    def write(self, rows: Sequence[Row]) -> None:
        self._db.executemany(self._insert, rows)

    def close(self) -> None:
        for number, columns in enumerate((", ".join(self._file.key), *self._file.indexes)):
            self._db.execute(f"create index {self._file.name}_{number} on {self._file.name}({columns})")
        self._db.commit()
        self._db.close()


_WRITERS: Mapping[Format, Callable[[Path, File, Table], Writer]] = {
    "csv": _Csv,
    "jsonl": _JsonLines,
    "parquet": _Parquet,
    "sqlite": _Sqlite,
}
