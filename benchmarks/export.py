"""How fast a study is exported and how much memory that takes, on a made-up archive.

    python benchmarks/export.py [--articles 100000] [--text] [--formats parquet] [--keep FILE]

Prints articles per second, and the peak of resident memory above what the imports take.
"""

import argparse
import hashlib
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.archive import open_archive
from storage.export import export
from storage.study import Study

OUTLETS, TOPICS, DAYS = 200, 20, 2900
WORDS = ("türkiye", "nato", "alliance", "minister", "said", "on", "monday", "ракета", "оборона", "εφημερίδα", "وزارة")
TEXT_WORDS = 420  # about what a news article has
KEYS = 37  # of its passages


def main() -> None:
    """Make an archive, export it, print the figures."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "cuttings.db"
        if not path.exists():
            make(path, articles=options.articles)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter(), time.process_time()
        study = Study(title="Speed", text=options.text, formats=tuple(options.formats))
        result = export(path, study, Path(folder) / "out")
        wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        what = f"{' '.join(options.formats)}{' with text' if options.text else ''}"
        print(
            f"{result.articles} articles to {what}: {result.articles / wall:,.0f}/s ({wall:.1f} s, {cpu:.1f} s of CPU)"
        )
        print(f"peak resident {peak / 1024:.0f} MB, {before / 1024:.0f} MB before")


def make(path: Path, *, articles: int) -> None:
    """Write an archive: a tenth of the articles reprint, every one has text, tags, evidence and a version."""
    chance = random.Random(1)
    db: sqlite3.Connection = open_archive(path).conn
    db.execute("pragma synchronous = off")
    db.execute("pragma foreign_keys = off")
    with db:
        _frame(db)
        for row in _articles(articles, chance):
            _insert(db, row, chance)
        _stories(db)
    db.execute("analyze")
    db.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--formats", nargs="+", default=["parquet"])
    parser.add_argument("--keep", type=Path, help="an archive to use, made if it is not there")
    return parser.parse_args()


def _frame(db: sqlite3.Connection) -> None:
    db.execute("insert into runs (id, command, started_at, version) values (1, 'collect', '2018-01-01T00:00:00Z', '0')")
    outlets = [
        (f"o{n}", f"Outlet {n}", f"https://o{n}.example/", "state" if n % 3 else "private") for n in range(OUTLETS)
    ]
    db.executemany("insert into outlets (id, name, url, ownership) values (?, ?, ?, ?)", outlets)
    db.executemany(
        "insert into topics (id, name, version) values (?, ?, 'v1')", [(f"t{n}",) * 2 for n in range(TOPICS)]
    )
    first = datetime(2018, 1, 1, tzinfo=UTC)
    days = [(first + timedelta(days=n)).date().isoformat() for n in range(DAYS)]
    rows = ((f"o{n}", day) for n in range(OUTLETS) for day in days)
    db.executemany("insert into coverage (outlet, collected_day, polls, links) values (?, ?, 24, 50)", rows)


def _articles(count: int, chance: random.Random) -> Iterator[tuple[int, str, int]]:
    """Yield (id, published_at, story); one in ten belongs to the story before it."""
    story = 0
    for number in range(count):
        moment = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(seconds=number * DAYS * 86_400 // count)
        id_ = int(moment.timestamp()) * 1000 + number % 1000
        story = story if story and chance.random() < 0.1 else id_
        yield id_, moment.strftime("%Y-%m-%dT%H:%M:%SZ"), story


def _insert(db: sqlite3.Connection, row: tuple[int, str, int], chance: random.Random) -> None:
    id_, at, story = row
    outlet, title = f"o{chance.randrange(OUTLETS)}", " ".join(chance.choices(WORDS, k=8))
    text = " ".join(chance.choices(WORDS, k=TEXT_WORDS))
    digest = hashlib.sha256(text.encode()).hexdigest()
    url = f"{outlet}.example/{id_}"
    db.execute(
        """insert into articles (id, key, outlet, url, url_key, requested_url, title, authors, published_at,
             published_offset, published_precision, published_basis, published_day, first_seen_at, checked_at, found_by,
             language, text_status, word_count, text_digest, story, extractor, run)
           values (?, ?, ?, ?, ?, ?, ?, '["A. Writer"]', ?, '+03:00', 'second', 'jsonld', ?, ?, ?, 'live', 'tr', 'full',
             ?, ?, ?, 'made up', 1)""",
        [id_, digest[:20] + str(id_), outlet, f"https://{url}", url, f"https://{url}", title, at, at[:10], at, at,
         TEXT_WORDS, digest, story],
    )  # fmt: skip
    db.execute("insert into texts values (?, ?)", [id_, text])
    db.execute(
        """insert into versions (article, seen_at, title, text, text_digest, change, run)
           values (?, ?, ?, ?, ?, 'first', 1)""",
        [id_, at, title, text, digest],
    )
    for topic in chance.sample(range(TOPICS), chance.choice((1, 1, 2))):
        db.execute("insert into article_topics values (?, ?, 0.5, 2, 'v1', 1)", [id_, f"t{topic}"])
        db.execute("insert into evidence values (?, ?, 'text', 0, 7, ?, 'türkiye', 1)", [id_, f"t{topic}", text[:7]])
    found = chance.randbytes(4 * KEYS)
    db.execute("insert into fingerprints values (?, ?, 5, ?, ?, '[]', ?)", [id_, TEXT_WORDS, found, found, TEXT_WORDS])
    if story != id_:
        db.execute(
            """insert into reprints (article, source, source_story, main, kind, containment, taken, credit_status,
                 credited, lag_s, lag_min_s, lag_max_s, run)
               values (?, ?, ?, 1, 'edited', 0.9, 0.9, 'exact', 1, 60, 60, 60, 1)""",
            [id_, story, story],
        )


def _stories(db: sqlite3.Connection) -> None:
    db.execute(
        """insert into stories (id, origin, article_count, outlet_count, first_published_at, last_published_at,
             method_version, run)
           select story, story, count(*), count(distinct outlet), min(published_at), max(published_at), '1', 1
           from articles group by story"""
    )


if __name__ == "__main__":
    sys.exit(main())
