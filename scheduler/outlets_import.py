"""`cuttings outlets import`: a list of outlets → an outlets file with their feeds, and a review sheet.

    read the list → merge into the file → ask who has not been asked → fill what is empty, enter the sheet

File and sheet are written again and again while outlets answer, each time from what is on disk by then: what a person
edits meanwhile stays, and an interrupted import goes on where it ended.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from crawler.download import Clock
from crawler.outlets import prefixes
from scheduler import outlets_codes, outlets_file, outlets_review
from scheduler.config import Config, load, outlet_of
from scheduler.outlets_file import COLUMNS, LISTS, Cells, Table, list_cell, list_of, read_table, write_table
from scheduler.outlets_lists import Entry, List, read_list
from scheduler.outlets_survey import Progress, survey
from scheduler.outlets_surveyed import Surveyed
from scheduler.wording import counted
from storage.errors import ConfigError
from storage.records import Outcome, Outlet

_FLUSHES = 100  # of a long list: writing after every answer would cost more than asking
_SHOWN = 5  # ids in a note
Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Imported:
    """What an import came to."""

    target: Path
    sheet: Path
    kind: str
    added: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    """Ids that stood in the file before."""
    notes: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    """Lines of the list that gave no outlet, and why."""
    asked: int = 0
    unanswered: list[str] = field(default_factory=list)
    attention: list[str] = field(default_factory=list)
    """Ids of the list's outlets that have a problem in the sheet."""

    @property
    def exit_code(self) -> int:
        """1 where a line could not be used or an outlet did not answer."""
        return int(bool(self.unusable or self.unanswered))


def load_for_import(path: Path) -> Config:
    """Load a configuration whose outlets file may be yet to come. Raises ConfigError."""
    try:
        return load(path)
    except ConfigError as error:
        missing = error.__cause__
        if error.place != "outlets_file" or not isinstance(missing, FileNotFoundError):
            raise
        new = Path(missing.filename)
    try:
        new.touch()
        return load(path)
    except OSError as error:
        raise ConfigError("outlets_file", f"cannot be written: {error}") from error
    finally:
        with suppress(OSError):
            if new.stat().st_size == 0:
                new.unlink()


def outlets_file_of(config: Config) -> Path:
    """Return a configuration's outlets file, or where it would lie: beside the configuration."""
    name = tomllib.loads(config.toml).get("outlets_file", "outlets.csv")
    return config.path.resolve().parent / str(name)


def names_outlets_file(config: Config, path: Path) -> bool:
    """Say whether a configuration reads its outlets from `path`."""
    return "outlets_file" in tomllib.loads(config.toml) and path.resolve() == outlets_file_of(config).resolve()


def import_list(
    source: Path, target: Path, config: Config, *, clock: Clock, say: Say, progress: Progress = lambda done, asked: None
) -> Imported:
    """Merge a list into the outlets file `target`, ask its outlets, fill file and sheet. Raises ConfigError."""
    listed = read_list(source)
    table = _table(target)
    merging = _Merging(table, config, target)
    for entry in listed.entries:
        merging.add(entry)
    report = merging.report(listed)
    _write(target, table, merging.lines.values())
    sheet = outlets_review.Sheet(report.sheet)
    wanted = [merging.outlets[id_] for id_ in merging.named if merging.outlets[id_].active]
    asking = [outlet for outlet in wanted if not sheet.knows(outlet.id, outlet.url)]
    if len(asking) < len(wanted):
        there = counted(len(wanted) - len(asking), "outlet is", "outlets are")
        say(f"{there} in {report.sheet.name} already and not asked again")
    filling = _Filling(report, config, merging, len(asking), progress)
    if asking:
        say(f"asking {counted(len(asking), 'outlet')}; if this is interrupted, the same command goes on from there")
        try:
            survey(config, asking, filling.done, clock=clock, known=merging.outlets.values())
        finally:
            filling.flush()
    named = set(merging.named)
    lines = outlets_review.Sheet(report.sheet).lines
    report.attention = [id_ for id_, cells in lines.items() if id_ in named and cells.get("problem")]
    report.asked = len(asking)
    return report


class _Merging:
    """The outlets file as the list leaves it: what stands there stays, what is empty is filled, what is new is added."""

    def __init__(self, table: Table, config: Config, target: Path) -> None:
        self.lines: dict[str, Cells] = {}
        self.outlets: dict[str, Outlet] = {}
        self.named: list[str] = []
        """Ids of the list's outlets, in its order."""
        self.owners: dict[tuple[str, str], str] = {}
        self._target = target
        self._before: set[str] = set()
        self._elsewhere = {outlet.id: outlet for outlet in config.outlets}
        self._from_line: dict[str, int] = {}
        self._kept: dict[str, list[str]] = {}
        self._notes: list[str] = []
        self._unusable: list[str] = []
        for number, cells in table.lines:
            outlet = outlet_of(_values(cells), f"{target.name} line {number}")
            self._elsewhere.pop(outlet.id, None)
            self._before.add(outlet.id)
            self._put(cells, outlet)
        for outlet in self._elsewhere.values():
            for prefix in prefixes(outlet):
                self.owners.setdefault(prefix, outlet.id)

    def add(self, entry: Entry) -> None:
        """Take in one outlet of the list."""
        stated = entry.cells.get("id", "")
        address = prefixes(Outlet(id="", name="", url=entry.cells["url"]))[0]
        owner = self.owners.get(address) or (stated if stated in self._before else "")
        if owner in self._elsewhere:
            self._notes.append(
                f"line {entry.line}: {entry.cells['url']} is outlet {owner} of the configuration already"
            )
        elif owner:
            self._merge(owner, entry)
        elif stated in self.lines or stated in self._elsewhere:
            where = f"line {self._from_line[stated]}" if stated in self._from_line else "the configuration"
            self._unusable.append(f"line {entry.line}: the id {stated!r} is another outlet's, in {where}")
        else:
            taken = {*self.lines, *self._elsewhere}
            id_ = stated or outlets_codes.new_id(entry.cells["name"], entry.cells["url"], taken)
            self._add_new(entry, entry.cells | {"id": id_})

    def report(self, listed: List) -> Imported:
        """Return what merging came to."""
        kept = [f"{id_} ({', '.join(columns)})" for id_, columns in self._kept.items()]
        notes = [f"{self._target.name} keeps what it says of {_some(kept)}"] if kept else []
        return Imported(
            target=self._target,
            sheet=outlets_review.path_beside(self._target),
            kind=listed.kind,
            added=[id_ for id_ in self.named if id_ not in self._before],
            known=[id_ for id_ in self.named if id_ in self._before],
            notes=[*listed.notes, *self._notes, *notes],
            unusable=[*listed.unusable, *self._unusable],
        )

    def _add_new(self, entry: Entry, cells: Cells) -> None:
        try:
            outlet = outlet_of(_values(cells), f"line {entry.line}")
        except ConfigError as error:
            self._unusable.append(str(error))
            return
        for host, path in prefixes(outlet):
            if other := self.owners.get((host, path)):
                self._unusable.append(f"line {entry.line}: {host}{path} is an address of outlet {other} already")
                return
        self._put(cells, outlet)
        self._from_line[outlet.id] = entry.line
        self.named.append(outlet.id)

    def _merge(self, id_: str, entry: Entry) -> None:
        """Fill what an outlet leaves empty; two lines of one list join their feeds and groups."""
        old = self.lines[id_]
        both_new = id_ not in self._before
        if both_new:
            self._notes.append(f"line {entry.line}: the same outlet as line {self._from_line[id_]} ({id_}), merged")
        cells = dict(old)
        for name, cell in entry.cells.items():
            if name == "id" or not cell:
                continue
            if not cells.get(name):
                cells[name] = cell
            elif both_new and name in LISTS:
                cells[name] = list_cell(tuple(dict.fromkeys([*list_of(cells[name]), *list_of(cell)])))
            elif cells[name] != cell and not both_new and name != "url":
                self._kept.setdefault(id_, []).append(name)
        with suppress(ConfigError):
            outlet = outlet_of(_values(cells), f"line {entry.line}")
            if all(self.owners.get(prefix, id_) == id_ for prefix in prefixes(outlet)):
                self._put(cells, outlet)
        if id_ not in self.named:
            self.named.append(id_)

    def _put(self, cells: Cells, outlet: Outlet) -> None:
        self.lines[outlet.id] = cells
        self.outlets[outlet.id] = outlet
        for prefix in prefixes(outlet):
            self.owners.setdefault(prefix, outlet.id)


class _Filling:
    """Writes what a survey brings into file and sheet, a few outlets at a time."""

    def __init__(self, report: Imported, config: Config, merging: _Merging, count: int, progress: Progress) -> None:
        self._report = report
        self._crawl = config.crawl
        self._owners = merging.owners
        self._order = list(merging.lines)
        self._count = count
        self._progress = progress
        self._waiting: dict[str, Surveyed] = {}
        self._asked = 0

    def done(self, found: Surveyed) -> None:
        """Take in one outlet's survey."""
        self._waiting[found.outlet.id] = found
        self._asked += 1
        refused = found.front_outcome is Outcome.OFF_SITE and found.front_status is None  # an address we never ask
        if refused or found.front_outcome in (Outcome.NETWORK, Outcome.TIMEOUT) or found.asked_at is None:
            self._report.unanswered.append(found.outlet.id)
        if len(self._waiting) >= max(1, self._count // _FLUSHES):
            self.flush()
        self._progress(self._asked, self._count)

    def flush(self) -> None:
        """Write what waits: first the file, whose empty cells are filled once, then the sheet, which says it was."""
        if not self._waiting:
            return
        table = _table(self._report.target)
        lines = [self._filled(cells) for _, cells in table.lines]
        _write(self._report.target, table, lines)
        sheet = outlets_review.Sheet(self._report.sheet)
        for found in self._waiting.values():
            sheet.enter(found, self._crawl)
        sheet.save(self._order)
        self._waiting = {}

    def _filled(self, cells: Cells) -> Cells:
        found = self._waiting.get(cells.get("id", ""))
        if found is None:
            return cells
        new = outlets_review.filled(cells, found)
        if new.get("hosts") != cells.get("hosts"):
            owner = self._owners.setdefault((new["hosts"], "/"), new["id"])
            new |= {} if owner == new["id"] else {"hosts": ""}
        with suppress(ConfigError):
            outlet_of(_values(new), "")
            return new
        return cells


def _table(path: Path) -> Table:
    try:
        return read_table(path)
    except FileNotFoundError:
        return Table(columns=COLUMNS, lines=())
    except (OSError, ValueError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error


def _write(path: Path, table: Table, lines: Iterable[Cells]) -> None:
    """Write the outlets file with the columns it has, and those of ours that are needed besides."""
    lines = list(lines)
    used = {name for cells in lines for name, cell in cells.items() if cell}
    columns = [name for name in table.columns if name]
    columns += [name for name in COLUMNS if name not in columns and (name in used or not table.columns)]
    try:
        write_table(path, columns, lines, delimiter=table.delimiter)
    except OSError as error:
        raise ConfigError(str(path), f"cannot be written: {error}") from error


def _values(cells: Cells) -> Mapping[str, object]:
    return {name: outlets_file.value_of(name, cell) for name, cell in cells.items() if cell}


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"
