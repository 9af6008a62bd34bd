"""Files below `outlets/` → outlets and their articles, on the first day and on the second.

An outlet is a folder: `outlet.toml`, `layout.html`, and a text file an article. An article's file is a head of
`key: value` lines, a blank line, then blocks parted by blank lines: plain paragraphs, markup (begins with `<`), or
`@outlet/name[1:]`, which takes over paragraphs of another article, all or a slice. Blocks after `---` stand outside
the article. `name.day2.txt` replaces `name.txt` on the second day, or is new then; `gone: 410` ends an article then.
`published: -22 09:14:05 +03:00` counts days from the base day; without a clock time it is a day and no more.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

OUTLETS = Path(__file__).parent / "outlets"
DAYS = (1, 2)
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
_TAKEN_OVER = re.compile(r"@([\w./-]+)(?:\[(-?\d*):(-?\d*)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An outlet of the demonstration: what `outlet.toml` says."""

    id: str
    name: str
    language: str
    charset: str = "utf-8"
    """Of its article pages."""
    feed: str = ""
    feed_kind: str = ""
    """rss or atom."""
    sitemap: str
    sitemap_kind: str = "plain"
    """plain or news."""
    sitemap_sections: tuple[str, ...] = ()
    """Only these sections stand in the sitemap; none named: all."""
    section: str = ""
    """Path of a page that lists the articles whose path begins with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article as its file has it."""

    paper: str
    name: str
    """File name without the ending."""
    head: Mapping[str, str]
    blocks: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where the outlet serves it."""
        return self.head["path"]

    def shown_on(self, day: int) -> bool:
        """Whether it is there on that day, leaving aside a later file that replaces it."""
        return int(self.name.endswith(".day2")) < day <= int(self.head.get("until", max(DAYS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where and when the outlets are."""

    base_day: date
    """The day the demonstration is run; all dates of the articles lie before it."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Outlet id → `http://host:port`."""


@cache
def papers() -> Mapping[str, Paper]:
    """Return the outlets by id."""
    found = {}
    for file in sorted(OUTLETS.glob("*/outlet.toml")):
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        values["sitemap_sections"] = tuple(values.get("sitemap_sections", ()))
        found[file.parent.name] = Paper(id=file.parent.name, **values)
    return found


@cache
def pages() -> Mapping[str, Page]:
    """Return every article file by `outlet/name`."""
    return {
        f"{page.paper}/{page.name}": page
        for page in map(_read, sorted(OUTLETS.glob("*/*.txt"), key=lambda file: (file.parent.name, file.stem)))
    }


def _read(file: Path) -> Page:
    head, _, rest = file.read_text(encoding="utf-8").partition("\n\n")
    body, _, after = rest.partition("\n---\n")
    lines = (line.partition(":") for line in head.splitlines())
    return Page(
        paper=file.parent.name,
        name=file.stem,
        head={key.strip(): value.strip() for key, _, value in lines},
        blocks=_blocks(body),
        after=_blocks(after),
    )


def _blocks(text: str) -> tuple[str, ...]:
    return tuple(block.strip() for block in text.split("\n\n") if block.strip())


def paragraphs(page: Page) -> tuple[str, ...]:
    """Return the blocks of an article with everything taken over from others put in."""
    found: list[str] = []
    for block in page.blocks:
        if taken := _TAKEN_OVER.fullmatch(block):
            name, start, stop = taken.groups()
            found += paragraphs(pages()[name])[slice(int(start) if start else None, int(stop) if stop else None)]
        else:
            found.append(block)
    return tuple(found)


def shown(paper: Paper, day: int) -> list[Page]:
    """Return the articles of an outlet on a day, newest first."""
    by_path: dict[str, Page] = {}
    for page in pages().values():  # a `.day2` file sorts after the one it replaces
        if page.paper == paper.id and page.shown_on(day):
            by_path[page.path] = page
    return sorted(
        by_path.values(), key=lambda page: stamp(page.head["published"], date.min + timedelta(99)), reverse=True
    )


def stamp(stated: str, base_day: date) -> str:
    """Return `-22 09:14:05 +03:00` as ISO 8601 counted from `base_day`, `-3` as a plain date."""
    days, *clock = stated.split()
    day = (base_day + timedelta(days=int(days))).isoformat()
    return f"{day}T{''.join(clock)}" if clock else day


def moment(stated: str, base_day: date) -> datetime:
    """Return the same as an aware time in UTC; a plain date is its midnight."""
    at = datetime.fromisoformat(stamp(stated, base_day))
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def spoken(day: date, language: str) -> str:
    """Return a date as a page of that language prints it, such as `3 March 2026`."""
    return f"{day.day}{'.' if language == 'de' else ''} {MONTHS[language].split()[day.month - 1]} {day.year}"
