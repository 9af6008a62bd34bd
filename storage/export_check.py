"""What an exported study would say today: which files and cells differ from what the archive gives now, and why."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage import export_files
from storage.codebook import Table
from storage.errors import StudyError
from storage.export_files import Cell, File
from storage.export_formats import path_of
from storage.export_read import Record, canonical, read
from storage.export_record import SUMS, WHOLE, digest_of
from storage.export_source import BATCH, open_frozen, secret_of
from storage.selection import choose
from storage.study import Format, Study, load

Key = tuple[tuple[int, str | int | float], ...]
_BEST: tuple[Format, ...] = ("jsonl", "sqlite", "parquet", "csv")  # CSV last: it cannot tell null from empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A file, row or cell that is not what the archive would give now."""

    file: str
    row: str = ""
    """What identifies the row; empty where the whole file is meant."""
    column: str = ""
    """Empty where the whole row is meant."""
    exported: str | None = None
    now: str | None = None
    why: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.file, self.row, self.column) if part)
        cells = f": {self.exported!r}, now {self.now!r}" if self.column else ""
        return f"{place}{cells}: {self.why}"


def check(directory: Path, db_path: Path) -> Iterator[Difference]:
    """Yield how an export differs from what the archive at `db_path` gives now, a file's rows at a time.

    Raises StudyError if `directory` is not an export, or if its study cannot be made from this archive any more.
    """
    study = load(directory / "study.toml")
    touched = list(_touched(directory))
    yield from touched
    changed = {one.file for one in touched}
    with closing(open_frozen(db_path)) as db:
        choose(db, study, path=db_path)
        export_files.prepare(db, study, secret=secret_of(db))
        for file in export_files.files(study):
            paths = {wanted: path_of(wanted, file.name) for wanted in _BEST if wanted in study.formats}
            whole = next(
                (wanted for wanted, path in paths.items() if path not in changed and (directory / path).is_file()), None
            )
            if whole:
                yield from _compare(db, study, file, directory=directory, wanted=whole)
            else:
                yield Difference(file=file.name, why="cannot be compared: no data file of it is as it was exported")


def _touched(directory: Path) -> Iterator[Difference]:
    """Yield files that are not as they were written."""
    try:
        lines = (directory / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise StudyError(f"{directory}: is not an export: {SUMS}: {error.strerror}") from error
    if not (directory / WHOLE).is_file():
        yield Difference(file=WHOLE, why="the file is missing from the folder")
    elif (directory / WHOLE).read_bytes().split()[:1] != [digest_of(directory / SUMS).encode()]:
        yield Difference(file=SUMS, why=f"the file, or {WHOLE}, was changed after the export")
    for digest, _, name in (line.partition("  ") for line in lines):
        if not (directory / name).is_file():
            yield Difference(file=name or SUMS, why="the file is missing from the folder" if name else "is damaged")
        elif digest_of(directory / name) != digest:
            yield Difference(file=name, why="the file was changed after the export")


def _compare(
    db: sqlite3.Connection, study: Study, file: File, *, directory: Path, wanted: Format
) -> Iterator[Difference]:
    table = export_files.described(db, file)
    names = [column.name for column in table.columns]
    exported = _exported(wanted, directory, table)
    for key, before, after in _paired(exported, _rows_now(db, file, table), file.key):
        row = " ".join(str(part) for _, part in key if part != "")
        if before is None or after is None:
            why = "was not selected, or not there, at the export" if before is None else _why_gone(db, study)
            yield Difference(file=file.name, row=row, why=why)
            continue
        differ = [name for name in names if not _same(before.get(name), after[name], wanted)]
        for name in differ:
            why = _ONLY_RUN if differ == ["run"] else _why(db, file.name, name, after)
            was, is_ = _text(before.get(name)), _text(after[name])
            yield Difference(file=file.name, row=row, column=name, exported=was, now=is_, why=why)


def _exported(wanted: Format, directory: Path, table: Table) -> Iterator[Record]:
    try:
        yield from read(wanted, directory, table)
    except (OSError, ValueError, KeyError, sqlite3.Error) as error:  # Parquet's own errors are of these
        raise StudyError(f"{directory / path_of(wanted, table.name)}: cannot be read: {error}") from error


def _same(was: Cell, is_: Cell, wanted: Format) -> bool:
    return was == is_ or (wanted == "csv" and was is None and is_ == "")


def _paired(
    exported: Iterable[Record], now: Iterable[Record], key: tuple[str, ...]
) -> Iterator[tuple[Key, Record | None, Record | None]]:
    """Yield rows of equal keys together. Both sides are in the order of `key`, so one row of each is in memory."""
    left, right = _numbered(exported, key), _numbered(now, key)
    before, after = next(left, None), next(right, None)
    while before or after:
        if before and (not after or before[0] < after[0]):
            yield before[0], before[1], None
            before = next(left, None)
        elif after and (not before or after[0] < before[0]):
            yield after[0], None, after[1]
            after = next(right, None)
        elif before and after:
            yield before[0], before[1], after[1]
            before, after = next(left, None), next(right, None)


def _numbered(rows: Iterable[Record], key: tuple[str, ...]) -> Iterator[tuple[Key, Record]]:
    """Yield rows with their key, comparable as SQLite orders it; rows that agree in it are told apart by a number."""
    last: Key = ()
    number = 0
    for row in rows:
        cells = tuple(_ordered(row[column]) for column in key)
        number = number + 1 if cells == last else 0
        last = cells
        yield (*cells, (1, number) if number else (0, "")), row


def _ordered(cell: Cell) -> tuple[int, str | int | float]:
    if cell is None or cell == "":
        return (0, "")
    return (2, cell) if isinstance(cell, str) else (1, cell)


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


_ONLY_RUN = "a later run wrote the row again, all else in it as it was"
_BY_COLUMN = {
    "run": "a later run wrote the row again",
    "extractor": "it was cleaned again by other rules",
    "checked_at": "the article was looked at again",
    "exposed": "more is known of the days before on which its outlet was polled",
    "weight": "the sample was drawn from more or fewer articles",
    "stratum_size": "the sample was drawn from more or fewer articles",
}
_BY_STORY = {"story", "class", "kind", "credit_status", "headline_changed"}
_REASONS = {
    "topics": "the topic's queries, or the article's text, changed",
    "evidence": "the topic's queries, or the article's text, changed",
    "versions": "the outlet changed the article",
    "checks": "the article was looked at again",
    "coverage": "the outlet was polled again that day",
    "outlets": "the configuration of the outlet changed",
    "codings": "a sheet was read in since",
    "volume": "more articles of that day were found",
    "credits": "the page was read again by other rules",
    "articles": "the outlet changed the article, or it was cleaned or looked at again",
}


def _why(db: sqlite3.Connection, file: str, column: str, row: Record) -> str:
    """Return why a cell differs, as far as the archive's own logs say."""
    if column in _BY_COLUMN:
        return _BY_COLUMN[column]
    by_story = column in _BY_STORY or column.startswith(("source", "origin", "lag", "article_count", "outlet_count"))
    if file not in ("stories", "reprints") and not by_story:
        return _REASONS[file]
    story = row["id"] if file == "stories" else row.get("story", row.get("source_story"))
    logged = db.execute(
        """select at, what, coalesce(why, '') from story_log
           where story = :story or (what = 'id' and new = cast(:story as text)) order by at desc, rowid desc limit 1""",
        {"story": story},
    ).fetchone()
    said = f"; {logged[1]} changed at {logged[0]}: {logged[2]}" if logged else ""
    return f"a story looks back over the whole archive, which has grown{said}"


def _why_gone(db: sqlite3.Connection, study: Study) -> str:
    forgotten = db.execute("select count(*) from tombstones").fetchone()[0]
    return "is not selected or not there any more" + (f"; {forgotten} articles were forgotten" if forgotten else "")


def _rows_now(db: sqlite3.Connection, file: File, table: Table) -> Iterator[Record]:
    kinds = {column.name: column.kind for column in table.columns}
    for batch in export_files.batches(db, file, size=BATCH):
        for row in batch:
            yield canonical(dict(zip(kinds, row, strict=True)), kinds)
