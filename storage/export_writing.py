"""The data files of an export written batch by batch, in every format at once."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from storage import export_files, export_formats
from storage.errors import StudyError
from storage.export_files import File
from storage.export_source import BATCH
from storage.study import Study

BATCH_WITH_TEXT = 500  # some megabytes; with 1,000 a process takes 20 MB more

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much: every file counts as one row an article."""


def write_files(
    db: sqlite3.Connection, study: Study, files: Sequence[File], folder: Path, *, progress: Progress
) -> dict[str, int]:
    """Write files of a prepared connection and return how many rows each has. Raises StudyError."""
    rows: Counter[str] = Counter()
    (articles,) = db.execute("select count(*) from chosen").fetchone()
    for number, file in enumerate(files):
        table = export_files.described(db, file)
        writers = [export_formats.open_writer(wanted, folder, file, table) for wanted in study.formats]
        try:
            rows[file.name] = 0
            for batch in export_files.batches(db, file, size=BATCH_WITH_TEXT if study.text else BATCH):
                for writer in writers:
                    _write(writer, batch, file)
                rows[file.name] += len(batch)
                progress(number * articles + min(rows[file.name], articles), len(files) * articles)
        finally:
            for writer in writers:
                writer.close()
    return dict(rows)


def _write(writer: export_formats.Writer, batch: list[export_files.Row], file: File) -> None:
    try:
        writer.write(batch)
    except (ValueError, pa.ArrowException) as error:
        raise StudyError(f"{file.name}: a cell cannot be written; try `cuttings verify`: {error}") from error
