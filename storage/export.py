"""A frozen study: choose → files in every format → record → digests → rename. A failed export leaves nothing."""

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from storage import export_files, export_formats, export_record, export_sql
from storage.errors import StudyError
from storage.export_check import check
from storage.export_source import BATCH, open_frozen, secret_of
from storage.selection import choose
from storage.study import Study

__all__ = ["Exported", "check", "export"]

BATCH_WITH_TEXT = 1_000  # some megabytes of text
_BYTES_A_ARTICLE = 4_000  # an article's rows in all files of one format, without text, generously

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much: every file counts as one row an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export wrote."""

    directory: Path
    articles: int
    """Selected articles; context is not counted."""
    stories: int
    """Stories they belong to."""
    rows: dict[str, int]
    """Rows by file, context included."""
    digest: str
    """SHA-256 of SHA256SUMS: of the whole."""


def export(db_path: Path, study: Study, directory: Path, *, progress: Progress = lambda done, asked: None) -> Exported:
    """Write a study of the archive at `db_path` to `directory`, which must be absent or empty.

    Raises StudyError for an empty selection, a directory that is not empty, or too little room on the disk.
    """
    _refuse_full(directory)
    with closing(open_frozen(db_path)) as db:
        steps = choose(db, study, path=db_path)
        export_files.prepare(db, study, secret=secret_of(db))
        with _aside(directory) as folder:
            _refuse_small_disk(db, study, folder)
            rows = _write_files(db, study, folder, progress)
            counts = _count(db)
            digest = export_record.write(db, study, folder, steps=steps, rows=rows)
    return Exported(directory=directory, articles=counts[0], stories=counts[1], rows=rows, digest=digest)


def _write_files(db: sqlite3.Connection, study: Study, folder: Path, progress: Progress) -> dict[str, int]:
    rows: Counter[str] = Counter()
    (articles,) = db.execute("select count(*) from chosen").fetchone()
    files = export_files.files(study)
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
    if "sqlite" in study.formats:
        export_sql.add_views(folder / export_formats.path_of("sqlite", ""))
    return dict(rows)


def _write(writer: export_formats.Writer, batch: list[export_files.Row], file: export_files.File) -> None:
    try:
        writer.write(batch)
    except (ValueError, pa.ArrowException) as error:
        raise StudyError(f"{file.name}: a cell cannot be written; try `cuttings verify`: {error}") from error


def _count(db: sqlite3.Connection) -> tuple[int, int]:
    query = "select count(*), count(distinct a.story) from chosen join articles a on a.id = article where context = 0"
    articles, stories = db.execute(query).fetchone()
    return articles, stories


def _refuse_full(directory: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise StudyError(f"{directory}: is not an empty folder; an export never writes over another")


def _refuse_small_disk(db: sqlite3.Connection, study: Study, folder: Path) -> None:
    (articles,) = db.execute("select count(*) from chosen").fetchone()
    needed = articles * _BYTES_A_ARTICLE
    if study.text:
        needed += db.execute(
            "select coalesce(sum(length(text) * 2), 0) from chosen join texts using (article)"
        ).fetchone()[0]
    needed *= len(study.formats)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StudyError(f"{folder.parent}: {free // 10**6} MB are free, about {needed // 10**6} MB are needed")


@contextmanager
def _aside(directory: Path) -> Iterator[Path]:
    """Give a folder beside `directory` that takes its name when all is written, and goes when anything fails."""
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    except OSError as error:
        raise StudyError(f"{directory}: {error.strerror}") from error
    try:
        yield folder
        folder.chmod(0o755)
        folder.replace(directory)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # nothing is there any more where all went well
