"""What is done once a day, behind a pass and under its lock: statistics, the search index, captures."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from crawler.warc import close_past
from scheduler.config import Config
from scheduler.stopping import Stop
from storage import archive, articles, upkeep
from storage.archive import Database
from storage.errors import ArchiveError

DAILY = timedelta(hours=23)  # so that a daily pass is not a minute too early

FAILURES: tuple[type[BaseException], ...] = (ArchiveError, *archive.Broken)

Task = Callable[[Database, Config, datetime], object]

TASKS: Mapping[str, Task] = {
    "analyze": lambda db, config, now: upkeep.analyze(db),
    "merge the search index": lambda db, config, now: upkeep.merge_index(db),
    "close captures": lambda db, config, now: close_past(
        config.archive.captures, indexed=articles.indexed_captures(db), now=now
    ),
    "shorten the log": lambda db, config, now: upkeep.shorten_log(db),
}
"""In order; each is done, or not at all, however the one before ended. The backup of [backup] comes after the lock is let go."""


def is_due(db: Database, *, now: datetime) -> bool:
    """Say whether a day has gone by since upkeep was last begun."""
    last = upkeep.last_upkeep_at(db)
    return last is not None and now - last >= DAILY


def keep_up(db: Database, config: Config, *, now: datetime, stop: Stop) -> list[str]:
    """Do what is due daily, as a run of its own; return a line for each task that failed. The others are done all the same."""
    run = archive.start_run(db, "upkeep", now=now)
    problems = []
    for name, task in TASKS.items():
        if stop.asked:
            break
        try:
            task(db, config, now)
        except FAILURES as error:
            problems.append(f"upkeep: {name}: {error}")
    result = "interrupted" if stop.asked else "attention" if problems else "done"
    archive.finish_run(db, run, now=now, result=result, counts={})
    return problems
