"""Sections of config.toml that the scheduler reads: [schedule] and [notify]."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """[schedule]: when `cuttings schedule` makes a pass."""

    every: str = "1h"
    """Longest wait between two polls of an outlet that has none of its own, unless the outlet asks for more."""
    cron: str = ""
    """Five fields, day names rather than numbers; wins over `every`."""
    timezone: str = "Europe/Istanbul"
    adaptive: bool = True
    """Outlets whose lists turn over faster than `every` are asked more often. With `cron`: no effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """[notify]: who is told when an outlet's health changes."""

    command: str = ""
    """Run by the shell for each change, with JSON on its standard input."""
    webhook: str = ""
    """Address the same JSON is posted to."""
