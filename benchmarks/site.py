"""How long each page of the site takes over a large archive, and what adding 1,000 articles to it costs.

`python benchmarks/million.py --articles 100000 /tmp/large.db && python benchmarks/site.py /tmp/large.db`
Every page is asked for once; when the server has made all that it makes in the background, a page's figures are of one warm
request after another: wall time, and CPU of the server, which other programs on the machine lengthen less.
"""

import argparse
import json
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import million
import numpy as np

from storage.archive import open_archive

SERVE = (
    "import sys; from pathlib import Path; from storage.settings import Site; "
    "from storage.site.serving import Access, serve; serve(Path(sys.argv[1]), Site(), Access(port=0))"
)
READY_S = 60  # what takes longer than a reader may wait is worked out meanwhile
IDLE_S = 0.1  # of CPU in two seconds
TICKS = 100  # of /proc/PID/stat in a second
ADDED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one page, in milliseconds."""

    path: str
    status: int
    first: float
    """Of the first request, until it had an answer."""
    p50: float
    p95: float
    cpu: float
    size_kb: float


def pages(archive: Path) -> list[str]:
    """Return an address of every kind of page, with the busiest subjects and middling ones."""
    with closing(sqlite3.connect(archive)) as db:
        (largest,) = db.execute("select id from stories order by article_count desc, id desc limit 1").fetchone()
        (reprint,) = db.execute("select article from reprints order by article desc limit 1 offset 40").fetchone()
        (last,) = db.execute("select max(published_day) from articles").fetchone()
    canned = ("shared_share_by_month", "median_lag_by_pair", "headline_change_rate", "share_without_credit",
              "first_carrier", "removal_rate", "network_edges", "attention_by_coverage", "largest_stories",
              "edits_by_outlet")  # fmt: skip
    return [
        "/", "/topic/t0", "/topic/t12", f"/story/{largest}", f"/article/{reprint}", "/outlet/o0", "/outlet/o90", "/flow",
        "/flow?topic=t0", f"/flow?month={last[:7]}", "/method", "/search", "/search?q=nato", "/search?q=turkey+nato",
        "/search?q=%22turkey+nato%22", "/search?q=missil*", f"/search?q=drone&from={last[:4]}-01-01&language=tr",
        "/search?q=nato&outlet=o3", "/search?q=nato&topic=t3", "/search?q=nato&class=uncredited", "/search?q=zzzz",
        "/feed/topic/t0.atom", "/feed/outlet/o0.atom", "/cuttings", "/cuttings/articles", f"/cuttings/articles/{reprint}",
        "/cuttings/articles?_search=nato", "/cuttings/articles_by_topic?topic=t0", "/cuttings/stories",
        "/cuttings/coverage?outlet=o0&_sort_desc=collected_day", "/cuttings/reprint_flow", "/cuttings/runs",
        *(f"/cuttings/{name}" for name in canned),
    ]  # fmt: skip


@contextmanager
def served(archive: Path) -> Iterator[tuple[str, int]]:
    """Serve the archive from a process of its own; yield its address and process id."""
    with subprocess.Popen([sys.executable, "-c", SERVE, str(archive)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = re.search(r"http://\S+?:\d+", server.stdout.readline())
        assert address
        yield address[0], server.pid
        server.terminate()


def first_answer(address: str, path: str) -> float:
    """Ask for a page until it comes; return the milliseconds that took."""
    with httpx.Client(base_url=address, timeout=120) as client:
        began = time.perf_counter()
        while client.get(path).status_code != httpx.codes.OK and time.perf_counter() - began < READY_S:
            time.sleep(1)
        return 1000 * (time.perf_counter() - began)


def settle(pid: int) -> None:
    """Wait until the server no longer makes answers in the background."""
    busy = True
    while busy:
        before = cpu_s(pid)
        time.sleep(2)
        busy = cpu_s(pid) - before > IDLE_S


def measure(address: str, pid: int, path: str, first: float, rounds: int) -> Figures:
    """Ask for a warm page `rounds` times."""
    with httpx.Client(base_url=address, timeout=120) as client:
        client.get(path)
        walls, before = [], cpu_s(pid)
        for _ in range(rounds):
            began = time.perf_counter()
            answer = client.get(path)
            walls.append(1000 * (time.perf_counter() - began))
        used = 1000 * (cpu_s(pid) - before) / rounds
    p50, p95 = np.percentile(walls, [50, 95])
    size = len(answer.content) / 1000
    return Figures(
        path=path, status=answer.status_code, first=first, p50=float(p50), p95=float(p95), cpu=used, size_kb=size
    )


def cpu_s(pid: int) -> float:
    """Return the CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def adding(archive: Path, address: str) -> tuple[float, list[float]]:
    """Add articles as one pass would, a transaction each; return CPU seconds and the front page's times meanwhile."""
    stop, walls = threading.Event(), []

    def read() -> None:
        with httpx.Client(base_url=address, timeout=60) as client:
            while not stop.is_set():
                began = time.perf_counter()
                assert client.get("/").status_code == httpx.codes.OK
                walls.append(1000 * (time.perf_counter() - began))

    reader = threading.Thread(target=read)
    db: sqlite3.Connection = open_archive(archive).conn
    words = million.Words(np.random.default_rng(2))
    (newest,) = db.execute("select max(id) from articles").fetchone()
    batch = [(at, words.text(million.WORDS)) for at in million.minutes(ADDED)]
    reader.start()
    began = time.thread_time()
    with db:
        million.add(db, batch, words, after=newest)
    used = time.thread_time() - began
    stop.set()
    reader.join()
    return used, walls


def main() -> None:
    """Print a line a page, and what adding cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--page", action="append", help="only this address (repeatable)")
    parser.add_argument("--no-adding", action="store_true", help="leave the archive as it is")
    given = parser.parse_args()
    with served(given.archive) as (address, pid):
        firsts = {path: first_answer(address, path) for path in given.page or pages(given.archive)}
        settle(pid)
        for path, first in firsts.items():
            row = measure(address, pid, path, first, given.rounds)
            times = f"p50 {row.p50:6.0f} p95 {row.p95:6.0f} first {row.first:7.0f} cpu {row.cpu:6.0f} ms"
            print(f"{row.status} {times} {row.size_kb:6.0f} kB  {row.path}", flush=True)
        if not given.no_adding:
            used, walls = adding(given.archive, address)
            print(
                json.dumps(
                    {
                        "added": ADDED,
                        "cpu_s": round(used, 2),
                        "front_page_p95_ms": round(float(np.percentile(walls, 95))),
                    }
                )
            )


if __name__ == "__main__":
    main()
