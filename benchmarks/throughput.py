"""How much of what cleaning alone could do does the whole way reach? Collecting beside cleaning, on the same cores and pages.

    python benchmarks/throughput.py FARM [-N 20] [-M 40]

First the farm's pages are cleaned from memory by the processes that a pass uses (one a core), then a farm that serves
them is collected: fetched, cleaned, tagged, saved, indexed, put into stories. Pages a second of both, by the clock, and the
CPU of both per page: on cores that are always busy the ratio can be no better than cleaning's share of all CPU.
Run it on a machine that does nothing else.
"""

import argparse
import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import collecting
from furniture import module

from crawler.workers import Cleaners
from scheduler.collect import collect
from scheduler.config import Config, load
from scheduler.scope import Scope
from storage.records import Article, Capture


def captures(arguments: argparse.Namespace) -> list[Capture]:
    """Return every article page of the farm as if it had just been fetched."""
    options = argparse.Namespace(
        shells=str(arguments.farm / "shells.json.gz"), max_shell=0, N=arguments.N, M=arguments.M, cp1252=False,
        no_gzip=True, cache=4096, seed=1, crosspost=0.15, topic=0.2, mention=0.1, tls=False, names=False,
        port=arguments.port, initial=None, rate=0,
    )  # fmt: skip
    made = module(arguments.farm / "newsfarm.py").Farm(options)
    found = []
    for outlet in range(made.N):
        headers = (("Content-Type", f"text/html; charset={made.sh[outlet].charset}"),)
        for number in range(made.M):
            article = made.article(outlet, number)
            url = made.base(outlet) + article["path"]
            body = made.render(article)
            found.append(
                Capture(
                    requested_url=url, url=url, fetched_at=datetime.now(UTC), status=200, headers=headers, body=body
                )
            )
    return found


async def clean(cleaners: Cleaners, pages: list[Capture]) -> int:
    """Clean pages as fast as the processes can; return how many gave an article."""
    found = await asyncio.gather(*(cleaners.clean(page) for page in pages))
    return sum(isinstance(each, Article) for each in found)


async def timed(cleaners: Cleaners, pages: list[Capture], workers: collecting.Workers) -> tuple[float, float]:
    """Return the seconds and the CPU seconds that cleaning takes, once processes and dictionaries are there."""
    await clean(cleaners, pages[: 2 * cleaners.count])
    await asyncio.sleep(2 * collecting.LOOK_S)
    before, began = sum(workers.cpu_s.values()), time.monotonic()
    articles = await clean(cleaners, pages)
    wall = time.monotonic() - began
    await asyncio.sleep(2 * collecting.LOOK_S)
    if articles != len(pages):
        raise SystemExit(f"{len(pages) - articles} pages gave no article")
    return wall, sum(workers.cpu_s.values()) - before


def cleaning(config: Config, pages: list[Capture]) -> tuple[float, float]:
    """Return pages a second and cpu-ms a page of cleaning alone."""
    with collecting.watching() as workers, Cleaners(config.outlets, config.topics) as cleaners:
        wall, cpu = asyncio.run(timed(cleaners, pages, workers))
    return len(pages) / wall, 1000 * cpu / len(pages)


def main() -> None:
    """Measure both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("farm", type=Path)
    parser.add_argument("-N", type=int, default=20)
    parser.add_argument("-M", type=int, default=40)
    parser.add_argument("--port", type=int, default=8820)
    arguments = parser.parse_args()
    for name, value in {"names": False, "errors": 0.0, "latency": 0.0, "jitter": 0.0}.items():
        setattr(arguments, name, value)
    with tempfile.TemporaryDirectory() as folder:
        config = load(collecting.write_config(Path(folder), arguments))
        pages = captures(arguments)
        alone, alone_cpu = cleaning(config, pages)
        with collecting.farm(arguments), collecting.watching() as workers:
            cpu, began = collecting.cpu_s(), time.monotonic()
            report = collect(config, Scope(everything=True), clock=lambda: datetime.now(UTC))
            wall, cpu = time.monotonic() - began, collecting.cpu_s() - cpu
        count = sum(tally.counts["new_articles"] for tally in report.outlets.values())
    main_cpu, worker_cpu = 1000 * cpu / count, 1000 * sum(workers.cpu_s.values()) / count
    print(f"{os.cpu_count()} cores, {len(pages)} pages; collected {count}")
    print(f"cleaning alone: {alone:.1f} pages/s, {alone_cpu:.1f} cpu-ms a page")
    print(f"the whole way: {count / wall:.1f} pages/s, {main_cpu:.1f} cpu-ms main + {worker_cpu:.1f} cleaning")
    print(
        f"ratio by the clock {count / wall / alone:.2f}; cleaning's share of all CPU {alone_cpu / (main_cpu + worker_cpu):.2f}"
    )


if __name__ == "__main__":
    main()
