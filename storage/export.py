"""A frozen study: choose → files in every format → record → digests → rename. A failed export leaves nothing."""

import shutil
import sqlite3
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from storage import export_files, export_formats, export_record, export_sql
from storage.errors import StudyError
from storage.export_aside import aside, refuse
from storage.export_check import check
from storage.export_pair import Helper, opened
from storage.export_source import secret_of
from storage.export_writing import Progress, write_files
from storage.selection import choose
from storage.study import Study

__all__ = ["Exported", "check", "export"]

# What the files take in the largest format, generously: a full disk is found out before, not after an hour.
_BYTES_A_ARTICLE = 4_000  # an article's rows in all files without text; as JSON Lines 3,000 with two tags
_BYTES_A_DAY = 250  # a row of coverage
_BYTES_A_WORD = 12  # in Cyrillic; in Latin letters 7
_TEXTS_AN_ARTICLE = 2  # its present text, and that of its first version
_OURS = {"articles", "coverage", "outlets", "volume"}


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
    chosen: tuple[int, ...]
    """Ids of its articles, context included."""


def export(db_path: Path, study: Study, directory: Path, *, progress: Progress = lambda done, asked: None) -> Exported:
    """Write a study of the archive at `db_path` to `directory`, which must be absent or empty.

    Raises StudyError for an empty selection, a directory that is not empty, or too little room on the disk.
    """
    refuse(directory)
    # one SQLite file has one writer
    with opened(db_path, helped="sqlite" not in study.formats) as (db, helper):
        steps = choose(db, study, path=db_path)
        export_files.prepare(db, study, secret=secret_of(db))
        # a helper has to end before the folder goes, or it would write into what is being removed
        with aside(directory) as folder, closing(helper) if helper else nullcontext():
            _refuse_small_disk(db, study, folder)
            rows = _write_files(db, study, folder, helper=helper, progress=progress)
            counts = _count(db)
            chosen = tuple(row[0] for row in db.execute("select article from chosen order by article"))
            digest = export_record.write(db, study, folder, steps=steps, rows=rows)
    return Exported(directory=directory, articles=counts[0], stories=counts[1], rows=rows, digest=digest, chosen=chosen)


def _write_files(
    db: sqlite3.Connection, study: Study, folder: Path, *, helper: Helper | None, progress: Progress
) -> dict[str, int]:
    """Write all data files; a helper writes those of details meanwhile, which take about as long as the rest."""
    files = export_files.files(study)
    others = [file.name for file in files if file.name not in _OURS]
    if helper:
        helper.start(db, study, others, folder)
    mine = [file for file in files if not helper or file.name not in others]
    rows = write_files(db, study, mine, folder, progress=progress)
    rows |= helper.rows() if helper else {}
    if "sqlite" in study.formats:
        export_sql.add_views(folder / export_formats.path_of("sqlite", ""))
    return {file.name: rows[file.name] for file in files}


def _count(db: sqlite3.Connection) -> tuple[int, int]:
    query = "select count(*), count(distinct a.story) from chosen join articles a on a.id = article where context = 0"
    articles, stories = db.execute(query).fetchone()
    return articles, stories


def _refuse_small_disk(db: sqlite3.Connection, study: Study, folder: Path) -> None:
    articles, words = db.execute(
        "select count(*), coalesce(sum(word_count), 0) from chosen join articles on id = article"
    ).fetchone()
    coverage = _BYTES_A_DAY * db.execute("select count(*) from coverage").fetchone()[0]
    texts = _TEXTS_AN_ARTICLE * _BYTES_A_WORD * words if study.text else 0
    needed = (articles * _BYTES_A_ARTICLE + coverage + texts) * len(study.formats)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StudyError(f"{folder.parent}: {free / 10**6:,.1f} MB are free, about {needed / 10**6:,.1f} MB are needed")
