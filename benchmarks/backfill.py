"""How fast does `cuttings backfill` read, and does it stay the same whatever befalls it? On a set of WARC files made here.

    python benchmarks/backfill.py SHARED [-N 10] [-M 20] [--others 4000] [--files 4] [--matching]

The set: articles of the farm's outlets (configured) among answers of outlets that are not (the real pages, over and over),
spread over files. Printed, CPU seconds beside those by the clock, which mean something on an idle machine only:
what nobody wants (answers a second and core), one worker and two (`--matching`: with keep = "matching"), a bare process
pool that does the same cleaning, warcio's and fastwarc's counts, and whether a run whose workers are killed leaves the
same archive. The way on a Dask cluster is in `tests/test_backfill_cluster.py`.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import collecting
import throughput
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from crawler.gleaners import Gleaners, Hands, Job
from crawler.gleaning import Gleaned, Gleaner, Stint
from crawler.warc_records import exchange, warcinfo
from scheduler.backfill import Backfilled, backfill, job_of
from scheduler.config import Config, load
from storage.records import Article, Capture

BEGAN = datetime(
    2026, 11, 15, tzinfo=UTC
)  # when the farm's articles are out: a day ahead of its capture is none, and is sought at length
STRETCH = 4_000_000  # bytes: the set is small, and two workers are to have something to do
DUMP = (
    "select key, first_seen_at, title, text_digest, story, id from articles order by key",
    "select article, seen_at, text_digest, change from versions order by 1, 2",
    "select article, topic, score, hits from article_topics order by 1, 2",
    "select article, source, main, kind, containment from reprints order by 1, 2, 3",
    "select warc, byte_offset, digest, article from captures order by 1, 2",
)


def others(shared: Path, count: int) -> Iterator[Capture]:
    """Yield answers of outlets that nobody asked for: real pages, over and over."""
    truth = [json.loads(line) for line in (shared / "data" / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    chosen = random.Random(1).sample(truth, min(200, len(truth)))
    pages = [
        (
            row["url"] or f"https://{row['id'][:20].lower()}.example/a",
            gzip.decompress((shared / "data" / "pages" / f"{row['id']}.html.gz").read_bytes()),
        )
        for row in chosen
    ]
    for n in range(count):
        url, body = pages[n % len(pages)]
        url = f"{url}{'&' if '?' in url else '?'}copy={n}"
        yield Capture(
            requested_url=url,
            url=url,
            fetched_at=BEGAN,
            status=200,
            headers=(("Content-Type", "text/html"),),
            body=body,
        )


def write_set(folder: Path, captures: Sequence[Capture], files: int) -> list[str]:
    """Spread captures over WARC files, request records and all; return their addresses."""
    paths = [folder / f"{n:02}.warc.gz" for n in range(files)]
    for n, path in enumerate(paths):
        with path.open("wb") as file:
            file.write(warcinfo(path.name, BEGAN, {"software": "benchmark"}))
            for each in captures[n::files]:
                records = exchange(each)
                file.write(records.answer)
    return [path.as_uri() for path in paths]


def unwanted(config: Config, addresses: Sequence[str]) -> tuple[int, float]:
    """Return how many answers there are and the CPU seconds of passing them all over, in this process."""
    outlets = (config.outlets[0].__class__(id="nobody", name="Nobody", url="https://nobody.example/"),)
    gleaner = Job(outlets=outlets, topics=config.topics, screens=False, max_bytes=10_000_000).gleaner()
    began, count = time.process_time(), 0
    for address in addresses:
        count += gleaner.do(Stint(address=address, name=address)).counts["responses"]
    return count, time.process_time() - began


def counted(paths: Sequence[Path]) -> tuple[int, int]:
    """Return the responses that warcio and that fastwarc find."""
    slow = fast = 0
    for path in paths:
        with path.open("rb") as file:
            slow += sum(record.rec_type == "response" for record in ArchiveIterator(file, no_record_parse=True))
        with path.open("rb") as file:
            fast += sum(1 for _ in FastIterator(file, record_types=WarcRecordType.response, parse_http=False))
    return slow, fast


def backfilled(config: Config, addresses: Sequence[str], workers: int) -> tuple[Backfilled, float, float, float]:
    """Return a backfill, its seconds, and CPU seconds of the main process and of all workers."""

    @contextmanager
    def hands(job: Job) -> Iterator[Hands]:
        with Gleaners(job, workers=workers) as gleaners:
            yield gleaners

    with collecting.watching() as seen:
        cpu, began = collecting.cpu_s(), time.monotonic()
        done = backfill(config, addresses, hands=hands, clock=lambda: datetime.now(UTC), stretch_bytes=STRETCH)
        wall, cpu = time.monotonic() - began, collecting.cpu_s() - cpu
    return done, wall, cpu, sum(seen.cpu_s.values())


def murdered(config: Config, addresses: Sequence[str]) -> int:
    """Backfill on two workers, one of which is killed at every third task; return how many were."""
    killed: list[int] = []

    class Killing:
        count = 2

        def __init__(self, gleaners: Gleaners) -> None:
            self._gleaners, self._asked = gleaners, 0

        async def do(self, stint: Stint) -> Gleaned:
            self._asked += 1
            pids = self._gleaners.pids()
            if self._asked % 3 == 0 and pids:
                os.kill(pids[0], signal.SIGKILL)
                killed.append(pids[0])
            return await self._gleaners.do(stint)

    @contextmanager
    def hands(job: Job) -> Iterator[Hands]:
        with Gleaners(job, workers=2) as gleaners:
            yield Killing(gleaners)

    backfill(config, addresses, hands=hands, clock=lambda: datetime.now(UTC), stretch_bytes=STRETCH)
    return len(killed)


@lru_cache(1)
def _gleaner(path: str) -> Gleaner:
    return job_of(load(Path(path))).gleaner()


def bare(task: tuple[str, str]) -> int:
    """Read one file and clean what is wanted in it: no archive, no order, no ledger. Runs in the bare pool."""
    path, address = task
    found = _gleaner(path).do(Stint(address=address, name=address, most=1_000_000))
    return sum(isinstance(page.result, Article) for page in found.pages)


def pool(path: Path, addresses: Sequence[str], workers: int) -> tuple[int, float, float]:
    """Return the articles, the seconds and the CPU seconds of a bare process pool."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with ProcessPoolExecutor(workers) as executor:
        articles = sum(executor.map(bare, [(str(path), address) for address in addresses]))
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return articles, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def dump(folder: Path) -> str:
    """Return a digest of what an archive holds, but for how it came there."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(folder / "archive" / "cuttings.db")) as db:
        for sql in DUMP:
            digest.update(repr(db.execute(sql).fetchall()).encode())
    return digest.hexdigest()[:12]


def configuration(folder: Path, arguments: argparse.Namespace) -> Path:
    """Write the farm's outlets as a configuration in a folder of its own; dictionaries were read once for all of them."""
    folder.mkdir()
    forms = folder.parent / "warm" / "archive" / "forms"
    if forms.exists():
        shutil.copytree(forms, folder / "archive" / "forms")
    path = collecting.write_config(folder, arguments)
    if arguments.matching:
        path.write_text('[archive]\nkeep = "matching"\n\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def warm(folder: Path, addresses: Sequence[str], arguments: argparse.Namespace) -> None:
    """Have what dictionaries say of all languages written down, which every first run on a machine has to do."""
    gleaner = job_of(load(configuration(folder / "warm", arguments))).gleaner()
    for address in addresses:
        gleaner.do(Stint(address=address, name=address, most=1_000_000))


def main() -> None:
    """Make the set, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("-N", type=int, default=10)
    parser.add_argument("-M", type=int, default=20)
    parser.add_argument("--others", type=int, default=4000)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--matching", action="store_true")
    arguments = parser.parse_args()
    arguments.farm, arguments.port, arguments.names = arguments.shared / "farm", 8830, False
    articles = throughput.captures(arguments)
    times = [BEGAN + timedelta(minutes=n) for n in range(len(articles))]
    ours = [Capture(requested_url=each.url, url=each.url, fetched_at=at, status=200, headers=each.headers, body=each.body)
            for each, at in zip(articles, times, strict=True)]  # fmt: skip
    every = [*ours, *others(arguments.shared, arguments.others)]
    random.Random(1).shuffle(every)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        addresses = write_set(folder, every, arguments.files)
        paths = sorted(folder.glob("*.warc.gz"))
        size = sum(path.stat().st_size for path in paths)
        print(
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {len(every)} answers, {len(ours)} wanted, {size / 1e6:.0f} MB",
            flush=True,
        )
        warm(folder, addresses, arguments)
        slow, fast = counted(paths)
        print(f"responses by warcio {slow}, by fastwarc {fast}: {'agree' if slow == fast else 'DIFFER'}", flush=True)
        count, cpu = unwanted(load(configuration(folder / "none", arguments)), addresses)
        print(f"unwanted: {count / cpu:,.0f} answers a CPU second, {size / 1e6 / cpu:.0f} MB compressed", flush=True)
        measure(folder, addresses, arguments, len(every))


def measure(folder: Path, addresses: Sequence[str], arguments: argparse.Namespace, answers: int) -> None:
    """Backfill the set in every way and print what each took."""
    walls = {}
    for workers in (1, 2):
        config = configuration(folder / f"w{workers}", arguments)
        done, walls[workers], main_cpu, worker_cpu = backfilled(load(config), addresses, workers)
        new = max(done.counts["new"], 1)
        print(
            f"{workers} workers: {walls[workers]:.1f} s, {answers / walls[workers]:.0f} answers/s, {new} new articles;"
            f" cpu-ms an article: main {1000 * main_cpu / new:.1f}, workers {1000 * worker_cpu / new:.1f}", flush=True,
        )  # fmt: skip
    found, wall, cpu = pool(folder / "w1" / "config.toml", addresses, 2)
    each = 1000 * cpu / max(found, 1)
    print(
        f"bare pool of 2: {wall:.1f} s, {found} articles, {each:.1f} cpu-ms each; two workers take {walls[2] / wall:.2f} of that",
        flush=True,
    )
    print(f"two workers against one: {walls[1] / walls[2]:.2f} times as fast", flush=True)
    killed = murdered(load(configuration(folder / "killed", arguments)), addresses)
    same = dump(folder / "killed") == dump(folder / "w1") == dump(folder / "w2")
    print(f"{killed} workers killed: the archives are {'the same' if same else 'NOT THE SAME'}", flush=True)


if __name__ == "__main__":
    main()
