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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from storage.archive import open_archive
from storage.export import export
from storage.study import Study

OUTLETS, TOPICS, DAYS = 200, 20, 2900
WORDS = ("türkiye", "nato", "alliance", "minister", "said", "on", "monday", "ракета", "оборона", "εφημερίδα", "وزارة")
TEXT_WORDS = 420  # about what a news article has
KEYS = 37  # of its passages
TEXTS = 500  # different ones


def main() -> None:
    """Make an archive, export it, print the figures."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "cuttings.db"
        if not path.exists():
            make(path, articles=options.articles)
        before = peaks_mb()
        started = time.perf_counter(), cpu_s()
        study = Study(title="Speed", text=options.text, formats=tuple(options.formats))
        result = export(path, study, Path(folder) / "out")
        wall, cpu = time.perf_counter() - started[0], cpu_s() - started[1]
        what = f"{' '.join(options.formats)}{' with text' if options.text else ''}"
        print(
            f"{result.articles} articles to {what}: {result.articles / wall:,.0f}/s ({wall:.1f} s, {cpu:.1f} s of CPU)"
        )
        print(
            f"peak resident: {peaks_mb()[0]:.0f} MB, and {peaks_mb()[1]:.0f} MB of a second process; {before[0]:.0f} MB before"
        )


def cpu_s() -> float:
    """Return seconds of CPU so far, of this process and of those it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peaks_mb() -> tuple[float, float]:
    """Return the peak of resident memory of this process, and of the largest of those it has ended."""
    return tuple(resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def make(path: Path, *, articles: int) -> None:
    """Write an archive: a tenth of the articles reprint, every one has text, tags, evidence and a version."""
    chance = random.Random(1)
    db: sqlite3.Connection = open_archive(path).conn
    db.execute("pragma synchronous = off")
    db.execute("pragma foreign_keys = off")
    with db:
        _frame(db)
    made = _articles(articles, chance)
    while some := list(islice(made, 1_000)):
        with db:
            _insert(db, some)
    with db:
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


@dataclass(frozen=True, slots=True)
class _Made:
    """One made-up article."""

    id: int
    at: str
    story: int
    outlet: str
    title: str
    text: str
    digest: str
    topics: tuple[int, ...]
    keys: bytes


def _articles(count: int, chance: random.Random) -> Iterator[_Made]:
    """Yield articles in order; one in ten belongs to the story before it. Texts are drawn from TEXTS and numbered."""
    texts = [" ".join(chance.choices(WORDS, k=TEXT_WORDS)) for _ in range(TEXTS)]
    titles = [" ".join(chance.choices(WORDS, k=8)) for _ in range(TEXTS)]
    story = 0
    for number in range(count):
        moment = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(seconds=number * DAYS * 86_400 // count)
        id_ = int(moment.timestamp()) * 1000 + number % 1000
        story = story if story and chance.random() < 0.1 else id_
        text = f"{number} {texts[number % TEXTS]}"
        yield _Made(
            id=id_, at=moment.strftime("%Y-%m-%dT%H:%M:%SZ"), story=story, outlet=f"o{chance.randrange(OUTLETS)}",
            title=f"{number} {titles[number % TEXTS]}", text=text, digest=hashlib.sha256(text.encode()).hexdigest(),
            topics=tuple(chance.sample(range(TOPICS), chance.choice((1, 1, 2)))), keys=chance.randbytes(4 * KEYS),
        )  # fmt: skip


def _insert(db: sqlite3.Connection, made: Sequence[_Made]) -> None:
    """Write some articles with all that hangs on them."""
    rows = {
        """articles (id, key, outlet, url, url_key, requested_url, title, authors, published_at, published_offset,
             published_precision, published_basis, published_day, first_seen_at, checked_at, found_by, language,
             text_status, word_count, text_digest, story, extractor, run)""": [
            (one.id, f"{one.digest[:20]}{one.id}", one.outlet, f"https://{(url := f'{one.outlet}.example/{one.id}')}", url,
             f"https://{url}", one.title, f'["Writer {one.id % 997}"]', one.at, "+03:00", "second", "jsonld", one.at[:10],
             one.at, one.at, "live", "tr", "full", TEXT_WORDS, one.digest, one.story, "made up", 1)
            for one in made
        ],
        "texts (article, text)": [(one.id, one.text) for one in made],
        "versions (article, seen_at, title, text, text_digest, change, run)": [
            (one.id, one.at, one.title, one.text, one.digest, "first", 1) for one in made
        ],
        "fingerprints (article, words, shingle, keys, places, own_words)": [
            (one.id, TEXT_WORDS, 5, one.keys, one.keys, TEXT_WORDS) for one in made
        ],
        "article_topics (article, topic, score, hits, topic_version, run)": [
            (one.id, f"t{topic}", 0.5, 2, "v1", 1) for one in made for topic in one.topics
        ],
        "evidence (article, topic, field, from_char, to_char, words, term, run)": [
            (one.id, f"t{topic}", "text", 0, 7, one.text[:7], "türkiye", 1) for one in made for topic in one.topics
        ],
        """reprints (article, source, source_story, main, kind, containment, taken, credit_status, credited, lag_s,
             lag_min_s, lag_max_s, run)""": [
            (one.id, one.story, one.story, 1, "edited", 0.9, 0.9, "exact", 1, 60, 60, 60, 1)
            for one in made if one.story != one.id
        ],
    }  # fmt: skip
    for table, values in rows.items():
        marks = ", ".join("?" * (table.count(",") + 1))
        db.executemany(f"insert into {table} values ({marks})", values)


def _stories(db: sqlite3.Connection) -> None:
    db.execute(
        """insert into stories (id, origin, article_count, outlet_count, first_published_at, last_published_at,
             method_version, run)
           select story, story, count(*), count(distinct outlet), min(published_at), max(published_at), '1', 1
           from articles group by story"""
    )


if __name__ == "__main__":
    sys.exit(main())
