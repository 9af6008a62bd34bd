"""`cuttings restore`: a backup brought back, without what was forgotten since it was made."""

from datetime import datetime
from pathlib import Path

from scheduler.config import Config
from scheduler.forgetting import forget_again
from storage import restore
from storage.archive import Database
from storage.forgetting import Why
from storage.restore import Restored


def bring_back(config: Config, source: Path, *, replace: bool, even_damaged: bool, now: datetime) -> Restored:
    """Bring a backup back to where the configuration says the archive is. Raises ArchiveError."""

    def amend(db: Database, captures: Path, run: int) -> int:
        return forget_again(db, captures, Why(reason="forgotten before it was restored", run=run, now=now))

    return restore.restore(config.archive, source, replace=replace, even_damaged=even_damaged, amend=amend, now=now)
