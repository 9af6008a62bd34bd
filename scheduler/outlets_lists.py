"""Lists of outlets as other programs write them → lines with our column names. Reads files; asks nobody.

CSV with our names, a Media Cloud collection's CSV (its directory writes `primary_langauge`, so spelled; older exports have
`media_id` and `pub_country`), OPML 1 and 2 (`outlets_opml`).
"""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from crawler.urls import clean_url
from scheduler import outlets_codes, outlets_opml
from scheduler.outlets_file import COLUMNS, Cells, Table, read_table
from storage.errors import ConfigError

_MEDIA_CLOUD: Mapping[str, str] = {
    "homepage": "url",
    "url": "url",
    "name": "name",
    "label": "name",
    "publication_country": "country",
    "pub_country": "country",
    "primary_langauge": "language",
    "primary_language": "language",
    "media_type": "kind",
}  # of two columns that mean one of ours the later here wins
_MEDIA_CLOUD_MARKS = frozenset(("homepage", "url_search_string", "media_id", "pub_country", "publication_country"))
_MEDIA_CLOUD_LEFT = frozenset(
    ("id", "media_id", "url_search_string", "notes", "stories_per_week", "stories_per_day", "first_story", "last_story", "publication_state",
     "pub_state", "platform", "public_notes", "editor_notes", "subject_country", "created_at", "modified_at", "last_rescraped",
     "last_rescraped_msg", "collection_count", "collections", "is_monitored")
)  # fmt: skip
_MEANINGS: Mapping[str, Callable[[str], str | None]] = {
    "country": outlets_codes.country,
    "language": outlets_codes.language,
    "kind": outlets_codes.kind,
}
_FRONT_FILE = re.compile(r"/(?:index|default|home|main)\.\w{2,5}$", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z+.-]*:(?!\d)", re.IGNORECASE)  # not a host with its port
_MOST_LINES = 5  # named in a note


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One outlet of a list; not every cell need be right."""

    line: int
    cells: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """What a file lists."""

    kind: str
    """What the file is, in words."""
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    """What was left out or read in a way that a person should know of."""
    unusable: tuple[str, ...] = ()
    """Lines that name no outlet, and why."""


def read_list(path: Path) -> List:
    """Read a list of outlets, whatever kind it is. Raises ConfigError for a file that is none."""
    try:
        raw = path.read_bytes()
        if raw.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<"):
            return _from_opml(raw, path)
        return _from_csv(read_table(path), path)
    except UnicodeDecodeError:
        raise ConfigError(str(path), "is not UTF-8; save it as 'CSV UTF-8'") from None
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error


def _from_opml(raw: bytes, path: Path) -> List:
    outlets = outlets_opml.read(raw)
    if outlets is None:
        raise ConfigError(str(path), "is XML, but no OPML: there is no <outline> in it")
    problems = _Problems()
    entries = [_usable(entry.line, entry.cells, problems) for entry in outlets.entries]
    return List(
        kind="OPML",
        entries=tuple(entry for entry in entries if entry),
        notes=(*outlets.notes, *problems.notes()),
        unusable=(*(f"line {line}: {why}" for line, why in outlets.unusable), *problems.unusable),
    )


def _from_csv(table: Table, path: Path) -> List:
    names = {name: name.lower().replace(" ", "_") for name in table.columns}
    media_cloud = bool(_MEDIA_CLOUD_MARKS & set(names.values()))
    meanings = _meanings(names, media_cloud=media_cloud)
    if "url" not in meanings.values():
        wanted = "url (or homepage, as Media Cloud writes it)"
        raise ConfigError(str(path), f"no column {wanted}; there are: {', '.join(table.columns) or 'none'}")
    problems = _Problems()
    unknown = [
        name
        for name in table.columns
        if name and name not in meanings and not (media_cloud and names[name] in _MEDIA_CLOUD_LEFT)
    ]
    notes = [f"columns not read: {', '.join(unknown)}"] if unknown else []
    entries = []
    for line, cells in table.lines:
        if "" in cells:
            problems.unusable.append(f"line {line}: more cells than the first line has names")
            continue
        entry = _usable(line, _ours(cells, meanings, names), problems)
        entries += [entry] if entry else []
    kind = "Media Cloud CSV" if media_cloud else "CSV"
    return List(
        kind=kind,
        entries=tuple(entries),
        notes=(*notes, *problems.notes()),
        unusable=tuple(problems.unusable),
    )


def _meanings(names: Mapping[str, str], *, media_cloud: bool) -> Mapping[str, str]:
    """Return the column of ours that each column of the file is."""
    if not media_cloud:
        return {name: plain for name, plain in names.items() if plain in COLUMNS}
    ours = {name: plain for name, plain in names.items() if plain in COLUMNS and plain != "id"}
    return ours | {name: _MEDIA_CLOUD[plain] for name, plain in names.items() if plain in _MEDIA_CLOUD}


def _ours(cells: Cells, meanings: Mapping[str, str], names: Mapping[str, str]) -> Cells:
    order = list(_MEDIA_CLOUD)
    stated = sorted(
        (item for item in cells.items() if item[0] in meanings),
        key=lambda item: order.index(names[item[0]]) if names[item[0]] in order else -1,
    )
    found: Cells = {}
    for name, cell in stated:
        if cell:
            found[meanings[name]] = cell
    part = next((cell for name, cell in cells.items() if names.get(name) == "url_search_string"), "")
    if part:  # a child source: the part of a site that Media Cloud searches, such as dw.com/tr/*
        found["url"] = part.rstrip("*")
    return found


class _Problems:
    """Gathers what could not be used, values of the same kind in one note."""

    def __init__(self) -> None:
        self.unusable: list[str] = []
        self._values: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def value(self, column: str, text: str, line: int) -> None:
        self._values[column, text].append(line)

    def notes(self) -> list[str]:
        return [
            f"{column}: {text!r} is none we know, left empty ({_lines(lines)})"
            for (column, text), lines in self._values.items()
        ]


def _usable(line: int, cells: Cells, problems: _Problems) -> Entry | None:
    """Return a line with its address and codes as we write them; None, and why, where it has no address."""
    stated = cells.get("url", "")
    url = _address(stated)
    if url is None:
        why = f"{stated!r} is no web address" if stated else f"no address{_called(cells)}"
        problems.unusable.append(f"line {line}: {why}")
        return None
    found = cells | {"url": url, "name": cells.get("name") or (urlsplit(url).hostname or "").removeprefix("www.")}
    for column, meaning in _MEANINGS.items():
        if text := cells.get(column, ""):
            code = meaning(text)
            found[column] = code or ""
            if code is None:
                problems.value(column, text, line)
    return Entry(line=line, cells=found)


def _address(stated: str) -> str | None:
    """Return a front page's address as asked; the file name of a front page goes, it would be taken for an edition's path."""
    if _OTHER_SCHEME.match(stated):
        return None
    url = clean_url(stated if "//" in stated else f"https://{stated.lstrip('/')}")
    if url is None or ("." not in (host := urlsplit(url).hostname or "") and ":" not in host and host != "localhost"):
        return None
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=_FRONT_FILE.sub("/", parts.path) or "/", query=parts.query))


def _called(cells: Cells) -> str:
    return f" ({cells['name']})" if cells.get("name") else ""


def _lines(numbers: Iterable[int]) -> str:
    shown = [str(number) for number in numbers]
    more = f" and {len(shown) - _MOST_LINES} more" if len(shown) > _MOST_LINES else ""
    return f"line{'s' if len(shown) > 1 else ''} {', '.join(shown[:_MOST_LINES])}{more}"
