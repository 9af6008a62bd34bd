"""Killed at any moment, again and again, over one archive: nothing is lost, nothing is there twice."""

import os
import random
import select
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from killing import Commands, kill
from news_pages import article
from news_site import NewsSite, news_sites
from warcio.archiveiterator import ArchiveIterator
from whole_way import publish, write_config

SEED: int | None = None  # of a failure, to see it again
KILLS = 50
VERIFIED_EVERY = 12
OUTLETS = 3
CONCURRENCY = 8
LATER_S = 0.06  # at most so long after the event a process is killed: as long as cleaning and saving a page take
LOOK_S = 0.002

LINE = "Letter {} from the harbour went from Ankara to NATO, said officer {}, who counted {} ships and {} gulls."


class World:
    """Outlets that publish as time goes by, the archive that collects them, and what was asked of them."""

    def __init__(self, sites: Sequence[NewsSite], folder: Path, rng: random.Random) -> None:
        self.folder = folder
        self._sites = sites
        self.log = folder / "log"
        self.rng = rng
        self._pages: list[dict[str, str]] = [{} for _ in sites]
        outlets = [{"id": f"o{n}", "name": f"Outlet {n}", "url": site.url()} for n, site in enumerate(sites)]
        self.config = write_config(folder, outlets, crawl=f"concurrency = {CONCURRENCY}\nrecheck_hours = []")

    @property
    def urls(self) -> set[str]:
        """The addresses of every article there is."""
        return {site.url(path) for site, pages in zip(self._sites, self._pages, strict=True) for path in pages}

    def publish(self, most: int) -> None:
        """Let every outlet have up to so many articles more."""
        for number, (site, pages) in enumerate(zip(self._sites, self._pages, strict=True)):
            for _ in range(self.rng.randint(0, most)):
                name = f"{number}-{len(pages)}"
                words = [LINE.format(name, *(self.rng.randint(0, 10**6) for _ in range(3))) for _ in range(4)]
                pages[f"/letter-{name}"] = article(f"Letter {name} from the harbour", words)
            publish(site, pages)

    def requests(self) -> int:
        return sum(len(site.requests) for site in self._sites)

    def asked(self) -> dict[str, int]:
        """Return how often each article was asked for."""
        hits = Counter(site.url(request.path) for site in self._sites for request in list(site.requests))
        return {url: hits[url] for url in self.urls}

    def captured(self) -> int:
        """Return the bytes of all WARC files."""
        return sum(path.stat().st_size for path in (self.folder / "archive" / "captures").rglob("*.warc.gz"))

    def settled(self) -> set[str]:
        """Return the addresses whose answer the archive has; opened so that nothing is repaired by looking."""
        path = self.folder / "archive" / "cuttings.db"
        if not path.exists():
            return set()
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            if not db.execute("select 1 from sqlite_master where name = 'links'").fetchone():
                return set()
            return {url for (url,) in db.execute("select url from links where state <> 'waiting'")}

    def moment(self) -> Callable[[], bool]:
        """Return what tells that a moment to kill at has come: some requests more, or some captures."""
        if self.rng.random() < 0.4:
            requests = self.requests() + self.rng.randint(1, 4 * OUTLETS)
            return lambda: self.requests() >= requests
        size = self.captured() + self.rng.randint(1, 8) * 900
        return lambda: self.captured() >= size


def ended(pid: int, come: Callable[[], bool]) -> bool:
    """Wait for a moment; say whether the process ended before."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(watch, select.POLLIN)
        while not come():
            if poll.poll(LOOK_S * 1000):
                return True
    finally:
        os.close(watch)
    return False


class Tally:
    """What the kills did."""

    kills = 0
    lost = 0
    """Answers that had come and were not saved."""


def kill_and_check(world: World, commands: Commands, tally: Tally) -> None:
    """Start a pass, kill it at some moment; what was saved before must not have been asked for again."""
    settled, before = world.settled(), world.asked()
    pid = commands.start("collect", "--all", "--config", str(world.config), log=world.log)
    if not ended(pid, world.moment()):
        time.sleep(world.rng.uniform(0, LATER_S))
        kill(pid, group=world.rng.random() < 0.8)
        tally.kills += 1
    commands.wait()
    after = world.asked()
    assert [url for url in settled if after[url] > before[url]] == [], "asked again though the answer was saved"
    tally.lost += sum(after.values()) - sum(before.values()) - len(world.settled() - settled)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
@pytest.mark.timeout(600)
def test_killed_fifty_times_everything_is_collected_once(tmp_path: Path) -> None:
    seed = random.randrange(10**9) if SEED is None else SEED
    tally = Tally()
    with noting(tally, f"seed {seed}"), news_sites(OUTLETS) as sites, Commands() as commands:
        world = World(sites, tmp_path, random.Random(seed))

        def finish(*words: str) -> None:
            commands.start(*words, "--config", str(world.config), log=world.log)
            assert commands.wait() == 0, world.log.read_text()

        while tally.kills < KILLS:
            world.publish(2)
            kill_and_check(world, commands, tally)
            if tally.kills % VERIFIED_EVERY == 0:
                finish("verify")
        finish("collect", "--all")
        finish("verify")
        asked = world.asked()
        finish("collect", "--all")
        assert world.asked() == asked
        assert_all_there_once(world)
        in_flight = sum(asked.values()) - len(world.urls)
        assert in_flight <= tally.kills * CONCURRENCY
        assert "another pass" not in world.log.read_text()


@contextmanager
def noting(tally: Tally, seed: str) -> Iterator[None]:
    """Add to a failure what it takes to see it again."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"{seed}, after {tally.kills} kills, {tally.lost} answers lost")
        raise


def assert_all_there_once(world: World) -> None:
    with closing(sqlite3.connect(world.folder / "archive" / "cuttings.db")) as db:
        urls = [url for (url,) in db.execute("select url from articles")]
        assert (len(urls), set(urls)) == (len(world.urls), world.urls)
        assert db.execute("select count(*) from versions where change <> 'first'").fetchone() == (0,)
        assert db.execute("select count(*) from links where state <> 'new'").fetchone() == (0,)
        (new, fetched, polls) = db.execute(
            "select sum(new_articles), sum(fetched), sum(polls) from coverage"
        ).fetchone()
        kinds = dict(
            db.execute(
                "select kind = 'article', count(*) from fetches where kind not in ('robots', 'tdmrep') group by 1"
            )
        )
        assert (new, fetched, polls) == (len(urls), kinds[1], kinds[0]), "coverage is not what was fetched"
        assert db.execute("select result from runs order by id desc limit 1").fetchone() == ("done",)
        indexed = set(db.execute("select warc, byte_offset from captures"))
    found = set()
    captures = world.folder / "archive" / "captures"
    for path in captures.rglob("*.warc.gz"):
        with path.open("rb") as file:
            for record in FastIterator(file, verify_digests=True):
                if record.headers["WARC-Type"] == "response":
                    found.add((path.relative_to(captures).as_posix(), record.stream_pos))
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()
    assert len(indexed) == len(urls)
    assert indexed <= found
