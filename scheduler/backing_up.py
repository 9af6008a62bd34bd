"""Backups: `cuttings backup`, and the daily one of `[backup] path`."""

import re
import shutil
import tomllib
from datetime import datetime
from pathlib import Path

from scheduler.config import Config
from storage import archive, backup
from storage.backup import Made
from storage.errors import ArchiveError

KEPT = 7
"""Daily backups that are kept; closed WARC files are stored once for all of them."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def back_up(config: Config, directory: Path, *, now: datetime) -> Made:
    """Write a backup of the archive and its configuration. Raises ArchiveError."""
    return backup.back_up(config.archive, directory, settings=settings_files(config), now=now)


def daily(config: Config, *, now: datetime) -> Made | None:
    """Make the day's backup below `[backup] path`, once, and drop the oldest; None where there is nothing to do.

    The folder above `path` must be there: a disk that is not mounted is not written through. Raises ArchiveError.
    """
    home = folder(config)
    if home is None or (home / f"{now:%Y-%m-%d}").exists() or not config.archive.path.exists():
        return None
    with archive.broken_disk_is_an_error(home):
        home.mkdir(exist_ok=True)
        with archive.only_writer(home / "backups") as free:
            if not free:
                return None
            for left in home.glob(".????-??-??.*"):  # what was killed
                shutil.rmtree(left)
            earlier = backups_in(config)
            made = backup.back_up(
                config.archive,
                home / f"{now:%Y-%m-%d}",
                settings=settings_files(config),
                earlier=earlier[0] if earlier else None,
                now=now,
            )
            for old in backups_in(config)[KEPT:]:
                shutil.rmtree(old)
            return made


def keep_up(config: Config, *, now: datetime) -> str | None:
    """Make the day's backup if it is wanted; return what a person should know of one that failed."""
    try:
        made = daily(config, now=now)
    except ArchiveError as error:
        return f"no backup today: {error}"
    if made and made.damaged:
        return f"backed up, but see cuttings verify: {', '.join(made.damaged)}"
    return None


def backups_in(config: Config) -> list[Path]:
    """Return the daily backups there are, newest first."""
    home = folder(config)
    if home is None or not home.is_dir():
        return []
    return sorted((path for path in home.iterdir() if _DAY.fullmatch(path.name)), reverse=True)


def folder(config: Config) -> Path | None:
    """Return where daily backups go; None if nowhere."""
    return config.path.resolve().parent / config.backup.path if config.backup.path else None


def settings_files(config: Config) -> list[Path]:
    """Return the configuration's files."""
    named = tomllib.loads(config.toml).get("outlets_file")
    paths = [config.path, *([config.path.resolve().parent / named] if named else [])]
    return [path for path in paths if path.is_file()]
