"""What keeps an archive fast over years: statistics for the planner, a merged search index, a short write-ahead log."""

from datetime import datetime

from sqlite_utils import Database

from storage.records import from_utc_text

ROWS_LOOKED_AT = 1000
"""Of each index, for its statistics: enough for the planner (sqlite.org/lang_analyze), and a moment's work at any size."""
PAGES_A_STEP = 500  # of the search index merged at once: tens of milliseconds
MERGE_STEPS = 100  # a day; what is left waits for the next


def analyze(db: Database) -> None:
    """Let the planner know how rows are distributed now."""
    db.execute(f"pragma analysis_limit = {ROWS_LOOKED_AT}")
    with db.atomic():
        db.execute("analyze")


def merge_index(db: Database) -> int:
    """Merge the pieces that each pass adds to the search index; return the steps it took."""
    for step in range(MERGE_STEPS):
        before = db.conn.total_changes
        with db.atomic():  # a negative number of pages begins a merge of all pieces, a positive one goes on with it
            pages = -PAGES_A_STEP if step == 0 else PAGES_A_STEP
            db.execute("insert into articles_fts(articles_fts, rank) values ('merge', ?)", [pages])
        if db.conn.total_changes - before < 2:  # noqa: PLR2004  nothing was left to merge (sqlite.org/fts5, 6.7)
            return step
    return MERGE_STEPS


def shorten_log(db: Database) -> None:
    """Bring the write-ahead log into the archive's file and empty it, as far as readers let it."""
    db.execute("pragma wal_checkpoint(truncate)").fetchall()


def last_upkeep_at(db: Database) -> datetime | None:
    """Return when upkeep was last begun; before the first time, when the archive was; None for an archive without runs."""
    (at,) = db.execute(
        "select coalesce(max(case when command = 'upkeep' then started_at end), min(started_at)) from runs"
    ).fetchone()
    return from_utc_text(at) if at else None
