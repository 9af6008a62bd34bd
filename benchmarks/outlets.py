"""What a list of many outlets costs: `python benchmarks/outlets.py -N 1000`.

One server on loopback plays N outlets (127.0.x.y, each a host of its own) with a front page, a feed and three articles.
Printed: seconds, requests, peak memory of `outlets import` and of `check --online`, and the time to load a configuration.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from news_pages import Item, article, feed_link, rss, section  # noqa: E402

from scheduler.config import load  # noqa: E402

PARAGRAPHS = [
    f"Officials in Ankara sent letter number {n} to NATO on Monday, and nobody has answered. " * 4 for n in range(8)
]
TODAY = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - 3600))


class Newsrooms(BaseHTTPRequestHandler):
    """Every host the same newsroom."""

    asked = 0

    def do_GET(self) -> None:
        Newsrooms.asked += 1
        host = f"http://{self.headers['Host']}"
        if self.path == "/":
            body = section([], head=feed_link("/feed"))
        elif self.path == "/feed":
            body = rss([Item(f"{host}/news/{n}-a-letter", f"A letter {n}", TODAY) for n in range(20)])
        elif self.path.startswith("/news/"):
            body = article(f"A letter {self.path}", PARAGRAPHS, published=TODAY, byline="By Jane Doe")
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


def run(*words: str) -> tuple[float, float, float]:
    """Run cuttings; return seconds, cpu seconds and the peak memory of its largest process in MB."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", "from scheduler.cli import cli; cli()", *words]
    subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu, after.ru_maxrss / 1000


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-N", type=int, default=1000, help="outlets")
    count = parser.parse_args().N
    server = ThreadingHTTPServer(("", 0), Newsrooms)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        crawl = "[crawl]\nallow_private_addresses = true\ndelay_s = 0.0\n"
        config.write_text(f'outlets_file = "outlets.csv"\n{crawl}', encoding="utf-8")
        listed = Path(folder, "list.csv")
        hosts = (f"127.0.{1 + n // 250}.{1 + n % 250}:{server.server_port}" for n in range(count))
        listed.write_text("url\n" + "".join(f"http://{host}/\n" for host in hosts), encoding="utf-8")
        for words in (("outlets", "import", str(listed)), ("outlets", "import", str(listed)), ("check", "--online")):
            asked = Newsrooms.asked
            seconds, cpu, memory = run("--config", str(config), *words)
            print(
                f"{' '.join(words[:2])}: {seconds:.1f} s, {cpu:.1f} cpu-s, {Newsrooms.asked - asked} requests, {memory:.0f} MB"
            )
        start = time.perf_counter()
        loaded = len(load(config).outlets)
        print(f"load a configuration of {loaded} outlets: {time.perf_counter() - start:.2f} s ({os.cpu_count()} cores)")


if __name__ == "__main__":
    main()
