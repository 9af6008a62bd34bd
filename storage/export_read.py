"""An export's data files read back as rows, whatever the format: the inverse of `export_formats`."""

import csv
import datetime as dt
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from storage.codebook import Kind, Table
from storage.export_files import Cell
from storage.export_formats import path_of, unneutral
from storage.study import Format

Record = Mapping[str, Cell]
_BATCH = 5_000  # Parquet rows in memory at a time


def read(wanted: Format, folder: Path, table: Table) -> Iterator[Record]:
    """Yield the rows of a table from an export's folder, in the file's order, cells as in the archive.

    To a CSV reader null and empty text are one: both come back as null. Lists come back as JSON text.
    """
    kinds = {column.name: column.kind for column in table.columns}
    return _READERS[wanted](folder / path_of(wanted, table.name), table.name, kinds)


def canonical(record: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Record:
    """Return a row with its lists as JSON text of one spelling, however they were kept."""
    return {name: _list_text(cell) if kinds.get(name) == "list" else cell for name, cell in record.items()}


def _list_text(cell: str | list[str] | None) -> str:
    return json.dumps(json.loads(cell) if isinstance(cell, str) else cell or [], ensure_ascii=False)


def _from_jsonl(path: Path, _: str, kinds: Mapping[str, Kind]) -> Iterator[Record]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield canonical(json.loads(line), kinds)


def _from_sqlite(path: Path, name: str, kinds: Mapping[str, Kind]) -> Iterator[Record]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        cursor = db.execute(f"select * from {name} order by rowid")
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield canonical(dict(zip(names, row, strict=True)), kinds)


def _from_parquet(path: Path, _: str, kinds: Mapping[str, Kind]) -> Iterator[Record]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH):
            for record in batch.to_pylist():
                yield canonical({name: _plain(cell) for name, cell in record.items()}, kinds)


def _plain(cell: Any) -> Any:
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%dT%H:%M:%SZ")
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def _from_csv(path: Path, _: str, kinds: Mapping[str, Kind]) -> Iterator[Record]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # articles are longer than the module expects of a cell
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        names = next(rows)
        for row in rows:
            record = {name: _cell(cell, kinds.get(name, "text")) for name, cell in zip(names, row, strict=True)}
            yield canonical(record, kinds)


def _cell(cell: str, kind: Kind) -> Cell:
    if cell == "":
        return None
    numbers: dict[Kind, Callable[[str], Cell]] = {"integer": int, "number": float}
    return numbers.get(kind, unneutral)(cell)


_READERS: dict[Format, Callable[[Path, str, Mapping[str, Kind]], Iterator[Record]]] = {
    "jsonl": _from_jsonl,
    "sqlite": _from_sqlite,
    "parquet": _from_parquet,
    "csv": _from_csv,
}
