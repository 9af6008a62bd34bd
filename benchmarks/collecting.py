"""Does a pass find everything, once, and ask for nothing it must not? Against a farm of local outlets with known truth.

    python benchmarks/collecting.py FARM [-N 20] [-M 200] [--errors 0.02 --latency 50 --jitter 20] [--names] [--passes 2]

FARM is the folder of newsfarm.py (which needs httptools and uvloop). Prints, a pass a line: pages found of those there,
found twice, index pages taken for articles, articles waiting for a later pass, articles asked again, requests to closed
addresses, pages a second, CPU per page of the main process and of the cleaning ones, and the largest resident sizes.
A pass is two hours later than the one before; with errors it takes several until nothing waits.

--names: outlets by name (www.outletK.test) instead of address. The names stand in a hosts file that only this process
and its children see, in a mount namespace of their own: needs Linux, root and unshare(1).
"""

import argparse
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

from crawler.urls import url_key
from scheduler.collect import collect
from scheduler.config import load
from scheduler.scope import Scope

HOSTS = "/etc/hosts"
INSIDE = "CUTTINGS_BENCHMARK_HOSTS"  # set in the namespace, so that it is entered once
LOOK_S = 0.2
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
    parser.add_argument("--names", action="store_true")
    parser.add_argument("--passes", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.names and INSIDE not in os.environ:
        run_with_names(arguments)
    with tempfile.TemporaryDirectory() as folder, farm(arguments):
        config = write_config(Path(folder), arguments)
        truth = truth_of(arguments)
        for number in range(arguments.passes):
            run(config, number, truth, arguments)


def run_with_names(arguments: argparse.Namespace) -> None:
    """Run this script again where the farm's names resolve; comes back only to say why it cannot."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"):
        sys.exit("--names needs Linux, root and unshare(1): a hosts file of its own is mounted over " + HOSTS)
    names = newsfarm(arguments, "hosts", "-N", str(arguments.N))
    with tempfile.NamedTemporaryFile("w", suffix=".hosts", delete=False) as file:
        file.write(names)
    mount = f'mount --make-rprivate / && mount --bind "$0" {HOSTS} && exec "$@"'
    again = ["bash", "-c", mount, file.name, sys.executable, *sys.argv]
    done = subprocess.run(["unshare", "-m", *again], env={**os.environ, INSIDE: file.name}, check=False)
    Path(file.name).unlink()
    sys.exit(done.returncode)


def newsfarm(arguments: argparse.Namespace, *words: str) -> str:
    """Return what a command of the farm prints."""
    command = [sys.executable, str(arguments.farm / "newsfarm.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def size(arguments: argparse.Namespace) -> list[str]:
    """Return the words that say which farm."""
    words = ["-N", str(arguments.N), "-M", str(arguments.M), "--port", str(arguments.port)]
    return [*words, "--names"] if arguments.names else words


@contextmanager
def farm(arguments: argparse.Namespace) -> Iterator[None]:
    """Serve the farm until the block ends."""
    trouble = [f"--{name}={getattr(arguments, name)}" for name in ("errors", "latency", "jitter")]
    command = [sys.executable, str(arguments.farm / "newsfarm.py"), "serve", *size(arguments), "--memo", *trouble]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            print(process.stdout.readline().strip() if process.stdout else "")
            yield
        finally:
            process.terminate()


def truth_of(arguments: argparse.Namespace) -> set[str]:
    """Return the keys of every article the farm has."""
    lines = newsfarm(arguments, "truth", *size(arguments)).splitlines()
    return {url_key(json.loads(line)["url"]) for line in lines}


def host(k: int, arguments: argparse.Namespace) -> str:
    """Return the host of an outlet of the farm."""
    return f"www.outlet{k + 1}.test" if arguments.names else f"127.0.{1 + (k >> 8)}.{(k + 1) & 255}"


def write_config(folder: Path, arguments: argparse.Namespace) -> Path:
    """Write a configuration of the farm's outlets, nothing known of them but their addresses."""
    outlets = "".join(
        f'[[outlets]]\nid = "o{k}"\nname = "Outlet {k}"\nurl = "http://{host(k, arguments)}:{arguments.port}/"\n\n'
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
    with watching() as workers:
        report = collect(config, Scope(everything=True), clock=lambda: datetime.now(UTC) + timedelta(hours=2 * number))
    wall, cpu = time.monotonic() - began, cpu_s() - cpu
    with closing(sqlite3.connect(config.archive.path)) as db:
        keys = [key for (key,) in db.execute("select url_key from articles")]
        (waiting,) = db.execute("select count(*) from links where state = 'waiting'").fetchone()
        outcomes = dict(
            db.execute("select outcome, count(*) from fetches where run = ? group by outcome", [report.run])
        )
    found = set(keys)
    after = stats(arguments)
    pages = max(sum(tally.counts["fetched"] for tally in report.outlets.values()), 1)
    main_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"pass {number + 1}: found {len(found & truth)} of {len(truth)}, twice {len(keys) - len(found)}, "
        f"not articles {len(found - truth)}, waiting {waiting}, article requests {after['art'] - asked_before}, "
        f"closed {after['private']}, {wall:.0f} s, {pages / wall:.0f} pages/s, cpu-ms a page {1000 * cpu / pages:.1f} main "
        f"+ {1000 * sum(workers.cpu_s.values()) / pages:.1f} cleaning, MB {main_mb:.0f} main, "
        f"{max(workers.mb.values(), default=0):.0f} largest child; {outcomes}",
        flush=True,
    )
    for key in sorted(found - truth)[:5]:
        print("  not an article:", key)
    for key in sorted(truth - found)[:5]:
        print("  not found:", key)


class Workers:
    """The processes below this one, the farm apart: CPU seconds and largest resident size, by process."""

    def __init__(self) -> None:
        self.cpu_s: dict[int, float] = {}
        self.mb: dict[int, float] = {}

    def look(self, pid: int) -> None:
        """Read all below a process; one that has just ended keeps what was read of it last."""
        for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            with suppress(OSError, IndexError):  # it ends while we look
                if "newsfarm.py" in Path(f"/proc/{child}/cmdline").read_text():
                    continue
                times = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
                peak = Path(f"/proc/{child}/status").read_text().partition("VmHWM:")[2].split()
                self.cpu_s[child] = (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")
                self.mb[child] = int(peak[0]) / 1024
                self.look(child)


@contextmanager
def watching() -> Iterator[Workers]:
    """Watch the processes below this one until the block ends; without /proc there is nothing to see."""
    workers, ended = Workers(), threading.Event()

    def watch() -> None:
        while not ended.wait(LOOK_S):
            with suppress(OSError):
                workers.look(os.getpid())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield workers
    finally:
        ended.set()
        thread.join()


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
