"""What it costs to place an article in a large archive: `python benchmarks/stories_large.py [--articles 1000000] [--more 3000]`.

Made-up articles as those of `stories.py` are written in bulk, with their index, each in a story of its own; then --more,
of which one in five is a copy, are placed one by one as collecting does it: the first third from a cold cache, and the
rest. Prints cpu-ms an article, bytes of index an article and the memory of the process that places them.
"""

import argparse
import hashlib
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database
from stories import START, VOCABULARY, WORDS, generated, index_bytes, insert, peak_mb

from storage.archive import open_archive
from storage.fingerprints import SHINGLE, Words, keys, packed_places, read_words
from storage.records import utc_text
from storage.stories import place

AT_ONCE = 20_000  # articles
OUTLETS = 50


def main() -> None:
    """Make the archive, place articles, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--more", type=int, default=3_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.db"
        began = time.perf_counter()
        maker = multiprocessing.get_context("spawn").Process(target=make, args=(path, options.articles))
        maker.start()
        maker.join()
        if maker.exitcode:
            raise SystemExit("the archive was not made")
        print(
            f"{options.articles:,} articles in {time.perf_counter() - began:.0f} s, {path.stat().st_size >> 20:,} MB",
            flush=True,
        )
        grow(path, options.articles, options.more)


def make(path: Path, count: int) -> None:
    """Write an archive of `count` articles that share nothing, in bulk: rows, texts, index, a story each."""
    postings: list[npt.NDArray[np.void]] = []
    with closing(open_archive(path)) as db:
        for pragma in ("synchronous = off", "journal_mode = off", "foreign_keys = off", "cache_size = -400000"):
            db.conn.execute(f"pragma {pragma}")
        with db.conn:
            db.conn.execute("insert into runs (id, command, started_at, version) values (1, 'bench', '', '')")
            outlets = [(f"o{number}",) for number in range(OUTLETS)]
            db.conn.executemany("insert into outlets (id, name, url) values (?, '', '')", outlets)
        for since in range(0, count, AT_ONCE):
            with db.conn:
                postings += write(db, since, list(unlike(since, min(AT_ONCE, count - since))))
        held = np.concatenate(postings)
        held.sort(order=["h", "article"])
        with db.conn:
            for part in np.array_split(held, max(1, len(held) // 1_000_000)):
                db.conn.executemany("insert into postings (h, article) values (?, ?)", part.tolist())
        db.conn.execute("pragma journal_mode = wal")


def unlike(since: int, count: int) -> Iterator[Words]:
    """Yield texts of Zipf-distributed words, as `stories.generated`; several times as fast."""
    chance = np.random.default_rng(since)
    vocabulary = [f"{number:x}" for number in np.random.default_rng(1).integers(1 << 30, size=VOCABULARY).tolist()]
    ids = read_words(" ".join(vocabulary)).ids
    for size in chance.integers(WORDS // 2, WORDS * 3 // 2, size=count).tolist():
        drawn = (VOCABULARY ** chance.random(size)).astype(np.int64) - 1
        yield Words(text=" ".join(vocabulary[number] for number in drawn.tolist()), ids=ids[drawn], dense=False)


def write(db: Database, since: int, texts: list[Words]) -> list[npt.NDArray[np.void]]:
    """Write articles with all but their postings; return those."""
    articles, bodies, prints, found = [], [], [], []
    for number, words in enumerate(texts, since):
        second = 60 * number
        id_, at = 1000 * (START + second) + number % 1000, utc_text(datetime.fromtimestamp(START + second, UTC))
        kept, places = keys(words)
        key = hashlib.sha256(str(number).encode()).hexdigest()
        articles.append((id_, key, f"o{number % OUTLETS}", str(number), at, at, at, id_))
        bodies.append((id_, words.text))
        size = len(words.ids)
        prints.append((id_, size, SHINGLE, np.array(kept, "<i4").tobytes(), packed_places(places), size))
        held = np.empty(len(kept), [("h", np.int64), ("article", np.int64)])
        held["h"], held["article"] = kept, id_
        found.append(held)
    db.conn.executemany(
        """insert into stories (id, title, article_count, outlet_count, first_published_at, last_published_at,
           contested, method_version, run) values (?, '', 1, 1, ?, ?, 0, '1', 1)""",
        [(row[0], row[4], row[4]) for row in articles],
    )
    db.conn.executemany(
        """insert into articles (id, key, outlet, url, url_key, requested_url, published_at, published_precision,
           first_seen_at, checked_at, found_by, text_status, word_count, text_digest, extractor, run, story)
           values (?, ?, ?, '', ?, '', ?, 'second', ?, ?, 'live', 'full', 0, '', 'bench', 1, ?)""",
        articles,
    )
    db.conn.executemany("insert into texts (article, text) values (?, ?)", bodies)
    db.conn.executemany(
        "insert into fingerprints (article, words, shingle, keys, places, own_words) values (?, ?, ?, ?, ?, ?)", prints
    )
    return found


def grow(path: Path, count: int, more: int) -> None:
    """Place `more` articles and say what they cost."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with closing(open_archive(path)) as db:
        db.conn.execute("pragma synchronous = off")  # the disk's waiting is not what is measured
        late = list(enumerate(generated(more)))
        for part, texts in enumerate((late[: more // 3], late[more // 3 :])):
            cpu, wall, placing = time.process_time(), time.perf_counter(), 0.0
            for number, text in texts:
                with db.conn:
                    id_ = insert(db, count + number, text, 60 * (count + number))
                    placing -= time.process_time()
                    place(db, id_, run=1, now=datetime.now(UTC))
                    placing += time.process_time()
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            name = "cold" if part == 0 else "warm"
            print(
                f"{name}: {1000 * cpu / len(texts):.2f} cpu-ms an article ({1000 * wall / len(texts):.1f} ms), "
                f"{1000 * placing / len(texts):.2f} of it placing, the rest its row and a transaction",
                flush=True,
            )
        print(f"index {index_bytes(db) / (count + more):.0f} bytes an article, memory {peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
