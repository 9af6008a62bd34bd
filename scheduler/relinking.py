"""`cuttings relink`: what the configuration says of outlets now, then the stories of the whole archive anew."""

from contextlib import suppress
from datetime import datetime

from crawler.outlets import Directory
from crawler.sources import Names
from scheduler.collect import sync
from scheduler.config import Config
from storage import archive
from storage.relink import Progress, Relinked, relink


def relink_archive(config: Config, *, now: datetime, progress: Progress) -> Relinked | None:
    """Rebuild the stories of an archive; None if another process is writing to it. Raises ArchiveError."""
    path = config.archive.path
    archive.open_reader(path).close()  # says what to do where there is none
    with archive.writing(path) as db:
        if db is None:
            return None
        sync(db, config, now=now)
        run = archive.start_run(db, "relink", now=now, config=(config.digest, config.toml))
        return _relink(db, config, run, now, progress)


def _relink(db: archive.Database, config: Config, run: int, now: datetime, progress: Progress) -> Relinked:
    names = Names(own=frozenset(), outlet=None, directory=Directory(config.outlets))
    try:
        relinked = relink(db, run=run, now=now, resolve=names.outlet_of, progress=progress)
    except BaseException as error:
        result = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        with suppress(*archive.Broken):  # the first error is the one to tell
            archive.finish_run(db, run, now=now, result=result, counts={})
        raise
    archive.finish_run(db, run, now=now, result="done", counts=relinked.counts())
    return relinked
