"""How well and how fast shared texts are found.

    python benchmarks/stories.py [--crossposts DIR] [--articles 10000] [--farm 4000] [--popular 100]

Prints, for the labelled cross-posts in DIR (articles.jsonl, truth.jsonl): pairs of articles in one story (precision,
recall, F1), excerpts and origins of `cuttings link`, beside exact hashes, SimHash and MinHash-LSH (if datasketch is there);
then cpu-milliseconds per article and bytes of index per article while an archive on disk grows to --articles texts,
cold and warm, and what `relink` of it takes;
then the same for the worst case known: --farm articles of one week put together from sentences of one pool, so that
everything shares passages with everything, coming in any order; and for one story that --popular articles carry.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from near_duplicates import METHODS, Line
from sqlite_utils import Database

from storage.link_filter import link_articles
from storage.migrations import migrations
from storage.records import utc_text
from storage.relink import relink
from storage.stories import place

WORDS, COPIES, VOCABULARY = 430, 0.2, 200_000  # as the articles of findings/stories-and-topics.md
COLD = 500  # articles placed from a cold cache
POOL = 7_000  # sentences
START, WEEK_S = 1_700_000_000, 7 * 86_400


def pairs(counts: Iterable[int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts)


def story_scores(truth: dict[str, Line], group: dict[str, object]) -> str:
    both = pairs(Counter((truth[i]["family"], str(group[i])) for i in truth).values())
    said = pairs(Counter(str(group[i]) for i in truth).values())
    true = pairs(Counter(t["family"] for t in truth.values()).values())
    return f"precision {both / max(1, said):.4f}  recall {both / true:.4f}  F1 {2 * both / (said + true):.4f}"


def accuracy(folder: Path) -> None:
    articles = [json.loads(line) for line in (folder / "articles.jsonl").open(encoding="utf-8")]
    truth = {t["id"]: t for t in map(json.loads, (folder / "truth.jsonl").open(encoding="utf-8"))}
    print(f"{'':28} story pairs, {len(articles):,} articles in random order")
    for name, method in METHODS.items():
        started = time.process_time()
        try:
            groups = method(articles)
        except ImportError:
            print(f"{name:28} not run: datasketch is not installed")
            continue
        spent = (time.process_time() - started) / len(articles) * 1000
        print(f"{name:28} {story_scores(truth, groups)}  {spent:.1f} cpu-ms an article", flush=True)
    started = time.process_time()
    links: dict[str, Line] = {str(line["id"]): line for line in link_articles(articles)}
    spent = (time.process_time() - started) / len(articles) * 1000
    print(f"{'cuttings link':28} {story_scores(truth, {i: link['story'] for i, link in links.items()})}")
    print(f"{'':28} {other_scores(truth, links)}  {spent:.1f} cpu-ms an article")


def other_scores(truth: dict[str, Line], links: dict[str, Line]) -> str:
    want = {(i, truth[t["src"]]["family"]) for i, t in truth.items() if t["rel"] == "partial"}
    said = {
        (i, truth[row["source"]]["family"])
        for i, link in links.items()
        for row in link["reprints"]
        if row["kind"] == "excerpt" and row["source"] and truth[row["source"]]["family"] != truth[i]["family"]
    }
    sizes = Counter(t["family"] for t in truth.values())
    right = [links[i]["origin"] == i for i, t in truth.items() if t["rel"] == "orig" and sizes[t["family"]] > 1]
    return (
        f"excerpts precision {len(want & said) / max(1, len(said)):.4f} recall {len(want & said) / len(want):.4f}"
        f"  origin {sum(right) / len(right):.4f}"
    )


def generated(count: int) -> Iterator[str]:
    """Texts of Zipf-distributed words; one in five is an edited or cut copy of an earlier one."""
    rng = random.Random(7)
    vocabulary = [f"{rng.getrandbits(30):x}" for _ in range(VOCABULARY)]
    recent: list[list[str]] = []
    for _ in range(count):
        if recent and rng.random() < COPIES:
            text = [word if rng.random() > 0.05 else rng.choice(vocabulary) for word in rng.choice(recent)]
            text = text[: rng.randint(len(text) // 2, len(text))]
        else:
            text = [
                vocabulary[int(VOCABULARY ** rng.random()) - 1] for _ in range(rng.randint(WORDS // 2, WORDS * 3 // 2))
            ]
            recent = [*recent[-999:], text]
        yield " ".join(text)


def patchwork(count: int) -> Iterator[str]:
    """Texts of 35 sentences, shuffled, each of which about twenty of 4,000 articles hold."""
    rng = random.Random(11)
    vocabulary = [f"{rng.getrandbits(30):x}" for _ in range(VOCABULARY)]
    pool = [" ".join(rng.choices(vocabulary, k=rng.randint(6, 40))) + "." for _ in range(POOL)]
    for _ in range(count):
        yield " ".join(rng.choices(pool, k=35))


def popular(count: int) -> Iterator[str]:
    """Copies of one text, each with one word in fifty another."""
    rng = random.Random(3)
    words = [f"{rng.getrandbits(30):x}" for _ in range(WORDS)]
    for _ in range(count):
        yield " ".join(word if rng.random() > 0.02 else f"{rng.getrandbits(30):x}" for word in words)


def cost(count: int, texts: Iterator[str], *, step: int, week: bool = False, cold: int = 0) -> None:
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        db = Database(str(Path(folder) / "cost.db"))
        migrations.apply(db)
        db.conn.execute("pragma synchronous = off")  # the disk's waiting is not what is measured
        with db.conn:
            db.conn.execute("insert into runs (id, command, started_at, version) values (1, 'bench', '', '')")
            db.conn.executemany(
                "insert into outlets (id, name, url) values (?, '', '')", [(f"o{number}",) for number in range(50)]
            )
        spent: dict[int, float] = defaultdict(float)
        for number, text in enumerate(texts):
            with db.conn:
                id_ = insert(db, number, text, rng.randrange(WEEK_S) if week else 60 * number)
                started = time.process_time()
                place(db, id_, run=1, now=datetime.now(UTC))
            spent[number // step] += time.process_time() - started
        steps = ", ".join(f"{(part + 1) * step:,}: {spent[part] / step * 1000:.2f}" for part in sorted(spent))
        print(f"cpu-ms an article as the archive grows to  {steps}")
        print(f"index {index_bytes(db) / count:.0f} bytes an article, memory {peak_mb():.0f} MB", flush=True)
        if cold:
            rebuild(cold_and_warm(db, Path(folder) / "cost.db", count, cold))


def cold_and_warm(db: Database, path: Path, count: int, extra: int) -> Database:
    """Place a few more articles with the file thrown out of the system's cache before, and as many again."""
    texts = generated(count + 2 * extra)
    late = [text for number, text in enumerate(texts) if number >= count]
    for name, part in (("cold", late[:extra]), ("warm", late[extra:])):
        db.conn.execute("pragma wal_checkpoint(truncate)")
        if name == "cold":
            db = forgotten(db, path)
        cpu, wall = time.process_time(), time.perf_counter()
        for number, text in enumerate(part, count + extra * (name == "warm")):
            with db.conn:
                place(db, insert(db, number, text, 60 * number), run=1, now=datetime.now(UTC))
        cpu, wall = (time.process_time() - cpu) / extra * 1000, (time.perf_counter() - wall) / extra * 1000
        print(f"{name}: {extra} more, {cpu:.2f} cpu-ms, {wall:.2f} ms an article", flush=True)
    return db


def forgotten(db: Database, path: Path) -> Database:
    """Close a database, and open it again with none of it in memory."""
    db.close()
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    again = Database(str(path))
    again.conn.execute("pragma synchronous = off")
    return again


def rebuild(db: Database) -> None:
    before = peak_mb()
    cpu, wall = time.process_time(), time.perf_counter()
    counts = relink(db, run=1, now=datetime.now(UTC))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"relink: {cpu / counts.articles * 1000:.2f} cpu-ms an article, {wall:.0f} s, {counts.decisions} decisions changed,"
          f" memory {before:.0f} before, {peak_mb():.0f} MB at most", flush=True)  # fmt: skip


def insert(db: Database, number: int, text: str, second: int) -> int:
    id_, at = 1000 * (START + second) + number % 1000, utc_text(datetime.fromtimestamp(START + second, UTC))
    db.conn.execute(
        """insert into articles (id, key, outlet, url, url_key, requested_url, published_at, published_precision,
           first_seen_at, checked_at, found_by, text_status, word_count, text_digest, extractor, run)
           values (?, ?, ?, '', ?, '', ?, 'second', ?, ?, 'live', 'full', 0, '', 'bench', 1)""",
        (id_, hashlib.sha256(str(number).encode()).hexdigest(), f"o{number % 50}", str(number), at, at, at),
    )
    db.conn.execute("insert into texts (article, text) values (?, ?)", (id_, text))
    return id_


def index_bytes(db: Database) -> int:
    """Bytes of what finds candidates; the b-trees are measured by their contents where dbstat is missing."""
    postings = db.execute("select count(*) * 15 from postings").fetchone()[0]  # 4 + 6 bytes, 5 of cell and record
    sketches = db.execute("select sum(length(keys) + length(places) + length(furniture) + 20) from fingerprints")
    return int(postings) + int(sketches.fetchone()[0])


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(__file__).resolve().parents[2] / "shared" / "data" / "crossposts"
    parser.add_argument("--crossposts", type=Path, default=default)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--farm", type=int, default=4_000)
    parser.add_argument("--popular", type=int, default=100)
    options = parser.parse_args()
    if (options.crossposts / "truth.jsonl").exists():
        accuracy(options.crossposts)
    else:
        print(f"no labelled cross-posts in {options.crossposts}: accuracy not measured")
    if options.articles:
        print("\ngenerated texts")
        cost(options.articles, generated(options.articles), step=max(1000, options.articles // 10), cold=COLD)
    if options.farm:
        print("\nshuffled sentences of one pool")
        cost(options.farm, patchwork(options.farm), step=500, week=True)
    if options.popular:
        print("\none story that all carry")
        cost(options.popular, popular(options.popular), step=max(1, options.popular // 5))
