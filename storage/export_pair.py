"""A large export on two cores: a second process writes the smaller files from the same moment of the archive.

Two processes read through two connections, and SQLite cannot be told to show both the same moment. So both open theirs,
and a third looks whether anybody committed meanwhile (`data_version`); if so, both open again.
"""

import multiprocessing
import signal
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from storage import export_files
from storage.errors import CuttingsError, StudyError
from storage.export_source import open_frozen, secret_of
from storage.export_writing import write_files
from storage.study import Study

WORTH_IT = 20_000  # articles; starting a process takes about as long as exporting so many
_TRIES = 50  # a pass commits a few times a second, opening takes some milliseconds
_ENDED = "the second process of the export ended without a word; is there enough memory?"


@dataclass(frozen=True, slots=True)
class _Job:
    study: Study
    names: Sequence[str]
    folder: Path
    chosen: Path


class Helper:
    """The second process."""

    def __init__(self, pipe: Connection, process: SpawnProcess) -> None:
        self._pipe = pipe
        self._process = process

    def open(self) -> None:
        """Let it open the archive, anew if it has."""
        self._pipe.send(None)
        self._receive()

    def start(self, db: sqlite3.Connection, study: Study, names: Sequence[str], folder: Path) -> None:
        """Let it write the files of these names to `folder`; `db` has what was chosen."""
        path = folder / ".chosen"
        with closing(sqlite3.connect(path)) as aside, aside:
            aside.execute("create table chosen (article, context, stratum, stratum_size, weight)")
            aside.executemany("insert into chosen values (?, ?, ?, ?, ?)", db.execute("select * from chosen"))
        self._pipe.send(_Job(study, names, folder, path))

    def rows(self) -> dict[str, int]:
        """Wait for it, and return how many rows its files have. Raises what it raised."""
        found = self._receive()
        return found if isinstance(found, dict) else {}

    def close(self) -> None:
        """End it, whatever it does; it writes nothing after that."""
        self._pipe.close()
        self._process.terminate()
        self._process.join()

    def _receive(self) -> object:
        try:
            said = self._pipe.recv()
        except EOFError:
            raise StudyError(_ENDED) from None
        if isinstance(said, BaseException):
            raise said
        return said


@contextmanager
def opened(db_path: Path, *, helped: bool) -> Iterator[tuple[sqlite3.Connection, Helper | None]]:
    """Open an archive frozen; with `helped` there is a helper that sees the same moment, if one could be caught."""
    if not helped or not _is_large(db_path):
        with closing(open_frozen(db_path)) as db:
            yield db, None
        return
    with _process(db_path) as helper:
        db, same = _open_both(db_path, helper)
        with closing(db):
            yield db, helper if same else None


def _is_large(db_path: Path) -> bool:
    with closing(open_frozen(db_path)) as db:
        (count,) = db.execute(f"select count(*) from (select 1 from articles limit {WORTH_IT})").fetchone()
    return bool(count == WORTH_IT)


@contextmanager
def _process(db_path: Path) -> Iterator[Helper]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, db_path), daemon=True)
    process.start()
    theirs.close()
    with closing(Helper(ours, process)) as helper:
        yield helper


def _open_both(db_path: Path, helper: Helper) -> tuple[sqlite3.Connection, bool]:
    with closing(sqlite3.connect(f"{db_path.resolve().as_uri()}?mode=ro", uri=True)) as watch:
        for _ in range(_TRIES):
            before = watch.execute("pragma data_version").fetchone()
            db = open_frozen(db_path)
            helper.open()
            if watch.execute("pragma data_version").fetchone() == before:
                return db, True
            db.close()
    return open_frozen(db_path), False


def _work(pipe: Connection, db_path: Path) -> None:
    """Open as often as told, then write, and send what came of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the first process ends this one
    db: sqlite3.Connection | None = None
    try:
        while (job := pipe.recv()) is None:
            if db:
                db.close()
            db = open_frozen(db_path)
            pipe.send(True)
        if db:
            pipe.send(_written(db, job))
    except EOFError:
        return
    except (CuttingsError, sqlite3.Error, OSError) as error:
        pipe.send(error)


def _written(db: sqlite3.Connection, job: _Job) -> dict[str, int]:
    db.execute("create temp table chosen (article integer primary key, context, stratum, stratum_size, weight)")
    with closing(sqlite3.connect(job.chosen)) as aside:
        db.executemany("insert into chosen values (?, ?, ?, ?, ?)", aside.execute("select * from chosen"))
    job.chosen.unlink()
    export_files.prepare(db, job.study, secret=secret_of(db))
    files = [file for file in export_files.files(job.study) if file.name in job.names]
    return write_files(db, job.study, files, job.folder, progress=lambda done, asked: None)
