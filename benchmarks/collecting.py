"""Does a pass find everything, once, and ask for nothing it must not? Against a farm of local outlets with known truth.

    python benchmarks/collecting.py FARM [-N 20] [-M 200] [--errors 0.02 --latency 50 --jitter 20] [--passes 2]

FARM is the folder of newsfarm.py (which needs httptools and uvloop). Prints, a pass a line: pages found of those there,
found twice, index pages taken for articles, articles asked for again, requests to closed addresses, pages a second, and the
main process's CPU per page (cleaning is in workers, see reading.py) and largest resident size.
"""

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

from crawler.urls import url_key
from scheduler.collect import collect
from scheduler.config import load
from scheduler.scope import Scope

TOPICS = """
[[topics]]
id = "turkey-nato"
name = "Turkey–NATO relations"
query = '(=Turkey OR Türkiye OR Ankara OR Erdogan) AND (NATO OR "North Atlantic Treaty")'

[[topics]]
id = "russian-weapons"
name = "Russian weapons"
query = '(Russia OR Russian OR Moscow) AND (missile OR weapon OR "S-400" OR Kinzhal OR Sarmat OR Iskander)'
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("farm", type=Path)
    parser.add_argument("-N", type=int, default=20)
    parser.add_argument("-M", type=int, default=200)
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--errors", type=float, default=0.0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--jitter", type=float, default=0.0)
    parser.add_argument("--passes", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, farm(arguments):
        config = write_config(Path(folder), arguments)
        truth = truth_of(arguments)
        for number in range(arguments.passes):
            run(config, number, truth, arguments)


@contextmanager
def farm(arguments: argparse.Namespace) -> Iterator[None]:
    """Serve the farm until the block ends."""
    words = ["-N", str(arguments.N), "-M", str(arguments.M), "--port", str(arguments.port), "--memo"]
    trouble = [f"--{name}={getattr(arguments, name)}" for name in ("errors", "latency", "jitter")]
    command = [sys.executable, str(arguments.farm / "newsfarm.py"), "serve", *words, *trouble]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            print(process.stdout.readline().strip() if process.stdout else "")
            yield
        finally:
            process.terminate()


def truth_of(arguments: argparse.Namespace) -> set[str]:
    """Return the keys of every article the farm has."""
    words = ["truth", "-N", str(arguments.N), "-M", str(arguments.M), "--port", str(arguments.port)]
    done = subprocess.run(
        [sys.executable, str(arguments.farm / "newsfarm.py"), *words], capture_output=True, text=True, check=True
    )
    return {url_key(json.loads(line)["url"]) for line in done.stdout.splitlines()}


def write_config(folder: Path, arguments: argparse.Namespace) -> Path:
    """Write a configuration of the farm's outlets, nothing known of them but their addresses."""
    outlets = "".join(
        f'[[outlets]]\nid = "o{k}"\nname = "Outlet {k}"\nurl = "http://127.0.{1 + (k >> 8)}.{(k + 1) & 255}:{arguments.port}/"\n\n'
        for k in range(arguments.N)
    )
    crawl = (
        "[crawl]\nallow_private_addresses = true\ndelay_s = 0.0\nlookback = '3650d'\nmax_links = 100000\n"
        "recheck_hours = []\n\n"
    )
    path = folder / "config.toml"
    path.write_text(crawl + outlets + TOPICS, encoding="utf-8")
    return path


def run(path: Path, number: int, truth: set[str], arguments: argparse.Namespace) -> None:
    """Make a pass and print what it came to."""
    config = load(path)
    asked_before = stats(arguments)["art"]
    cpu, began = cpu_s(), time.monotonic()
    report = collect(config, Scope(everything=True), clock=lambda: datetime.now(UTC) + timedelta(hours=2 * number))
    wall, cpu = time.monotonic() - began, cpu_s() - cpu
    with closing(sqlite3.connect(config.archive.path)) as db:
        keys = [key for (key,) in db.execute("select url_key from articles")]
        outcomes = dict(
            db.execute("select outcome, count(*) from fetches where run = ? group by outcome", [report.run])
        )
    found = set(keys)
    after = stats(arguments)
    pages = sum(tally.counts["fetched"] for tally in report.outlets.values())
    print(
        f"pass {number + 1}: found {len(found & truth)} of {len(truth)}, twice {len(keys) - len(found)}, "
        f"not articles {len(found - truth)}, article requests {after['art'] - asked_before}, closed {after['private']}, "
        f"{wall:.0f} s, {pages / wall:.0f} pages/s, {1000 * cpu / max(pages, 1):.1f} cpu-ms a page, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB; {outcomes}"
    )
    for key in sorted(found - truth)[:5]:
        print("  not an article:", key)
    for key in sorted(truth - found)[:5]:
        print("  not found:", key)


def stats(arguments: argparse.Namespace) -> dict[str, int]:
    """Return what the farm has counted so far."""
    with urlopen(f"http://127.0.1.1:{arguments.port}/__stats") as answer:
        return dict(json.load(answer))


def cpu_s() -> float:
    """Return CPU seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
