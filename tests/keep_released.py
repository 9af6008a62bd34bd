"""Keeps an archive as this version makes it, for later versions to be tried on: `python tests/keep_released.py 0.2.0`."""

import gzip
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from archive_fixture import make_archive

RELEASED = Path(__file__).parent / "released"


def keep(version: str) -> Path:
    """Write the hand-made archive to `released/VERSION.db.gz` and return that."""
    with TemporaryDirectory() as folder:
        path = make_archive(Path(folder) / "cuttings.db")
        with closing(sqlite3.connect(path)) as db:
            db.execute("pragma journal_mode = delete")
            db.execute("vacuum")
        RELEASED.mkdir(exist_ok=True)
        kept = RELEASED / f"{version}.db.gz"
        kept.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    return kept


if __name__ == "__main__":
    keep(sys.argv[1])
