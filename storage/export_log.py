"""Which studies were exported from an archive, and what was in them: forgetting names those it affects."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from storage.records import utc_text

_PATIENCE_S = 30  # a pass commits article by article


def remember(
    db_path: Path, *, title: str, directory: Path, digest: str, articles: Iterable[int], now: datetime
) -> bool:
    """Note an export in the archive it was made of; False where that may not be written to by whoever exports."""
    try:
        with closing(sqlite3.connect(f"{db_path.resolve().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE_S)) as db, db:
            made = (utc_text(now), title, str(directory.resolve()), digest)
            study = db.execute(
                "insert into studies (made_at, title, directory, digest) values (?, ?, ?, ?)", made
            ).lastrowid
            db.executemany("insert into study_articles values (?, ?)", ((study, article) for article in articles))
    except sqlite3.Error:
        return False
    return True
