"""Two outlets with one shared article, collected: what tests of forgetting begin with."""

import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner
from news_pages import Item, article, feed_link, rss, section
from news_site import NewsSite, news_sites
from whole_way import one_pass, rows, write_config

from scheduler.cli import cli
from scheduler.config import load
from storage.verify import verify

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECRET = (
    "The quartermaster Zyxqworth counted four hundred crates of missiles in Ankara before NATO inspectors came aboard."
)
SHARED = [
    SECRET,
    "Moscow said the Russian crates held spare parts for tractors, and asked the port authority to let them through.",
    "Nobody at the harbour office could name the ship that had brought them, nor the day on which it had come in.",
    "The inspectors sealed two sheds with lead and wire, and took the keys with them on the evening train to the capital.",
]
ELSE = [
    "Gulls nested on the customs house again this spring, and the mayor of the town has forbidden anyone to drive them off.",
    "The Russian weapons museum lent three crates of its own to the school, so that pupils may see what a missile weighs.",
    "A ferry timetable that nobody had asked for was printed in four colours and given away at the market on Saturday.",
]


@dataclass(frozen=True)
class World:
    """Two outlets with one shared article, collected; the second one has it from the first."""

    folder: Path
    first: NewsSite
    second: NewsSite

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def copied_to(self, folder: Path) -> "World":
        """Copy the archive and its configuration."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(self, folder=folder)

    def id_of(self, path: str) -> int:
        (row,) = rows(self.folder, "select id from articles where url like ?", f"%{path}")
        return int(str(row["id"]))

    def forget(self, *words: str) -> str:
        result = CliRunner().invoke(cli, ["forget", *words, "--reason", "asked", "--config", str(self.config)])
        assert result.exit_code == 0, result.output
        return result.output


def publish(site: NewsSite, pages: dict[str, str], titles: dict[str, str]) -> None:
    items = [Item(site.url(path), titles[path], "2026-11-20T10:00:00+00:00") for path in pages]
    for path, body in pages.items():
        site.add_page(path, body)
    site.add_page("/feed", rss(items), content_type="application/rss+xml")
    site.add_page("/", section(items, head=feed_link("/feed")))


@contextmanager
def collected_in(folder: Path) -> Iterator[World]:
    """Serve the two outlets, and collect them into a new archive in a folder."""
    with news_sites(2) as (first, second):
        publish(first, {"/zyxqworth-crates": article("Zyxqworth counts the crates", SHARED, byline="By Jane Roe", published="2026-11-20T10:00:00+00:00"),
                        "/gulls": article("Gulls on the customs house", ELSE)},
                {"/zyxqworth-crates": "Zyxqworth counts the crates", "/gulls": "Gulls on the customs house"})  # fmt: skip
        copied = ["The harbour reporter wrote this week:", *SHARED[1:]]
        publish(second, {"/copy": article("Crates in the harbour", copied)}, {"/copy": "Crates in the harbour"})
        outlets = [{"id": f"o{n}", "name": f"Outlet {n}", "url": site.url()} for n, site in enumerate((first, second))]
        write_config(folder, outlets, crawl='recheck_hours = [0]\n[archive]\nkeep_captures = "all"')
        for _ in range(2):
            one_pass(folder / "config.toml")
        yield World(folder, first, second)


def found(folder: Path, *words: str) -> list[str]:
    """Return the files below a folder that have any of these words in any capitals, WARC files unzipped."""
    wanted = [word.lower().encode() for word in words]
    return sorted(
        path.name for path in folder.rglob("*") if path.is_file() and any(word in unzipped(path) for word in wanted)
    )


def unzipped(path: Path) -> bytes:
    data, out = path.read_bytes(), b""
    while path.suffix == ".gz" and data:
        member = zlib.decompressobj(wbits=31)
        out, data = out + member.decompress(data), member.unused_data
    return (out or data).lower()


def problems(world: World) -> tuple[list[str], tuple[str, ...]]:
    verified = verify(load(world.config).archive)
    return [str(problem) for problem in verified.problems], verified.notes
