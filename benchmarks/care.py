"""What backing up, restoring and forgetting cost: `python benchmarks/care.py [--articles 10000] [--captures 2000]`.

The made-up articles of `benchmarks/retag.py`; captures of 50 kB that do not compress, as many again unindexed, as feeds are.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

from crawler.warc import WarcFolder
from scheduler.backing_up import back_up
from scheduler.config import Config
from scheduler.forgetting import Target, forget
from scheduler.restoring import bring_back
from storage.archive import open_archive
from storage.records import Capture

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import retag

NOW = datetime(2026, 11, 26, tzinfo=UTC)
BODY = 50_000


def main() -> None:
    """Make an archive, and print what each command takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--captures", type=int, default=2_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = home / "archive" / "cuttings.db"
        path.parent.mkdir()
        chance = Random(1)
        retag.make(path, options.articles, chance, {name: retag._vocabulary(chance, name) for name in retag.LETTERS})
        config = Config(path=home / "config.toml", toml="")
        config.path.write_text("")
        config = replace(config, archive=replace(config.archive, path=path, captures=home / "archive" / "captures"))
        article = _capture(config, options.captures)
        size = sum(each.stat().st_size for each in home.rglob("*") if each.is_file()) >> 20
        print(f"{options.articles:,} articles, {2 * options.captures:,} answers in WARC files, {size:,} MB")
        _measure("backup", lambda: back_up(config, home / "copy", now=NOW))
        target = Target(articles=(str(article),))
        _measure(
            "forget an article", lambda: forget(config, target, reason="x", now=NOW, confirm=lambda plan: _nothing)
        )
        _measure("restore", lambda: bring_back(config, home / "copy", replace=True, even_damaged=True, now=NOW))


def _nothing(done: int, asked: int) -> None: ...


def _measure(name: str, work: Callable[[], object]) -> None:
    start, before = perf_counter(), getrusage(RUSAGE_SELF)
    work()
    after = getrusage(RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{name}: {perf_counter() - start:.1f} s, {cpu:.1f} cpu-s", flush=True)


def _capture(config: Config, count: int) -> int:
    """Write captures for some articles, and as many answers without one; return an article that has one."""
    agent = "cuttings/0.1 (+https://example.org/contact)"
    with (
        closing(open_archive(config.archive.path)) as db,
        WarcFolder(config.archive.captures, user_agent=agent, robots="obey", indexed={}) as warc,
        db.atomic(),
    ):
        rows = db.execute("select id, url from articles order by id desc limit ?", [count]).fetchall()
        for id_, url in rows:
            page = Capture(requested_url=url, url=url, fetched_at=NOW, status=200, headers=(), body=os.urandom(BODY))
            place = warc.write(page)
            warc.write(replace(page, url=f"{url}/feed", body=os.urandom(BODY)))
            where = (url, place.warc, place.byte_offset, place.byte_length, place.digest, id_)
            db.execute(
                "insert into captures (url, fetched_at, status, warc, byte_offset, byte_length, digest, article)"
                " values (?, '2026-11-26T00:00:00Z', 200, ?, ?, ?, ?, ?)",
                where,
            )
    return int(rows[0][0])


if __name__ == "__main__":
    main()
