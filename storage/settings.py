"""Sections of config.toml that storage reads: [archive], [site], [backup]."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """[archive]: where the archive is and what it keeps."""

    path: Path = Path("archive/cuttings.db")
    """One SQLite file."""
    captures: Path = Path("archive/captures")
    """Folder of WARC files, one folder a month."""
    keep: Literal["all", "matching"] = "all"
    """Which articles' texts are kept."""
    keep_captures: Literal["all", "matching", "none"] = "matching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """[site]: what the published archive says of itself."""

    title: str = "Cuttings"
    base_url: str = ""
    """For feeds and citations."""
    contact: str = ""
    """Shown on every page about an outlet, for corrections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """[backup]: where the daily copy goes."""

    path: str = ""
