"""The review sheet: a line an outlet on what asking it brought, for a person to go through. It is also the survey's memory."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from crawler.outlets import host_of, prefixes
from crawler.settings import Crawl
from scheduler.outlets_file import Cells, Table, list_cell, read_table, write_table
from scheduler.outlets_findings import Trouble, moment, robots_word, troubles
from scheduler.outlets_surveyed import Surveyed
from storage.errors import ConfigError
from storage.records import Outcome

COLUMNS = (
    "id", "name", "url", "final_url", "asked_at", "complete", "status", "feeds", "sitemaps", "newest_item", "items_a_week",
    "robots", "reservation", "blocked", "needs_javascript", "consent_wall", "paywall", "articles_tried", "articles_cleaned",
    "missing", "credits", "language", "problem", "suggestion",
)  # fmt: skip
"""`complete` is empty where something failed for the moment only: asked again by the next import."""


def path_beside(outlets_file: Path) -> Path:
    """Return where the review sheet of an outlets file lies."""
    return outlets_file.with_name(f"{outlets_file.stem}-review.csv")


class Sheet:
    """The sheet on disk; what a person added to it stays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        table = _read(path)
        self._delimiter = table.delimiter
        self._columns = [*COLUMNS, *(name for name in table.columns if name and name not in COLUMNS)]
        self.lines: dict[str, Cells] = {cells.get("id", ""): cells for _, cells in table.lines}

    def knows(self, id_: str, url: str) -> bool:
        """Say whether an outlet has been asked for good, at this address."""
        cells = self.lines.get(id_, {})
        return cells.get("complete") == "yes" and cells.get("url") == url

    def enter(self, found: Surveyed, crawl: Crawl) -> None:
        """Put down what was found; columns a person added keep what they say."""
        old = self.lines.get(found.outlet.id, {})
        self.lines[found.outlet.id] = old | row(found, troubles(found, crawl), obey=crawl.obey_robots)

    def save(self, order: Sequence[str]) -> None:
        """Write the sheet, its lines in the order of these ids; others after them."""
        ids = dict.fromkeys([*(id_ for id_ in order if id_ in self.lines), *self.lines])
        write_table(self.path, self._columns, (self.lines[id_] for id_ in ids), delimiter=self._delimiter)


def row(found: Surveyed, problems: Sequence[Trouble], *, obey: bool) -> Cells:
    """Return an outlet's line."""
    outlet, rate = found.outlet, found.items_a_week
    said = {
        about: "; ".join(one.text for one in problems if one.about == about) for about in {p.about for p in problems}
    }
    missing = [f"{name} ({count} of {len(found.read)})" for name, count in _missing(found).items()]
    return {
        "id": outlet.id,
        "name": outlet.name,
        "url": outlet.url,
        "final_url": found.final_url or "",
        "asked_at": moment(found.asked_at),
        "complete": "yes" if found.settled else "",
        "status": str(found.front_status or found.front_outcome or ""),
        "feeds": list_cell([*outlet.feeds, *feeds(found)]),
        "sitemaps": list_cell([*outlet.sitemaps, *sitemaps(found)]),
        "newest_item": moment(found.newest),
        "items_a_week": "" if rate is None else f"{rate:.0f}",
        "robots": robots_word(found, obey=obey),
        "reservation": {True: "yes", False: "no", None: ""}[found.mining.reserved],
        "blocked": said.get("block", ""),
        "needs_javascript": said.get("javascript", ""),
        "consent_wall": said.get("consent", ""),
        "paywall": said.get("paywall", "") or said.get("login", ""),
        "articles_tried": str(len(found.samples)),
        "articles_cleaned": str(len(found.read)),
        "missing": ", ".join(missing),
        "credits": ", ".join(dict.fromkeys(name for sample in found.read for name in sample.credits)),
        "language": found.language or "",
        "problem": "; ".join(one.text for one in problems),
        "suggestion": "; ".join(dict.fromkeys(one.suggestion for one in problems if one.suggestion)),
    }


def feeds(found: Surveyed) -> list[str]:
    """Return the feeds to poll: those that answered and are kept up, and those named beyond what was asked."""
    living = found.living("feed")
    return [*living, *(found.not_asked[0] if living else ())]


def sitemaps(found: Surveyed) -> list[str]:
    """Return the sitemaps to poll, likewise."""
    living = found.living("sitemap", "news-sitemap")
    return [*living, *(found.not_asked[1] if living else ())]


def filled(cells: Cells, found: Surveyed) -> Cells:
    """Return an outlet's cells with what the survey found where they are empty."""
    final = host_of(found.final_url or "")
    own = {host for host, _ in prefixes(found.outlet)}
    related = any(final.endswith(f".{host}") or host.endswith(f".{final}") for host in own)
    lists = not cells.get("feeds") and not cells.get("sitemaps")
    answered = found.front_outcome in (None, Outcome.ROBOTS)
    brought = {
        "feeds": list_cell(feeds(found)) if lists and answered else "",
        "sitemaps": list_cell(sitemaps(found)) if lists and answered else "",
        "hosts": final if final and final not in own and related and not found.wall else "",
        "language": found.language or "",
    }
    return cells | {name: cell for name, cell in brought.items() if cell and not cells.get(name)}


def _missing(found: Surveyed) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for sample in found.read:
        for name in sample.missing:
            counts[name] = counts.get(name, 0) + 1
    return counts


def _read(path: Path) -> Table:
    try:
        return read_table(path)
    except FileNotFoundError:
        return Table(columns=(), lines=())
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigError(str(path), f"cannot be read: {error}; it is written anew once it is moved away") from error
