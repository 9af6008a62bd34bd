"""How well and how fast shared texts are found.

    python benchmarks/stories.py [--crossposts DIR] [--articles 10000] [--farm 4000]

Prints, for the labelled cross-posts in DIR (articles.jsonl, truth.jsonl): pairs of articles in one story (precision,
recall, F1), excerpts and origins of `cuttings link`, beside exact hashes and MinHash-LSH (if datasketch is installed);
then cpu-milliseconds per article and bytes of index per article while an archive on disk grows to --articles texts;
then the same for the worst case known: --farm articles of one week put together from sentences of one pool, so that
everything shares passages with everything, coming in any order.
"""

import argparse
import hashlib
import json
import random
import re
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from storage.link_filter import link_articles
from storage.migrations import migrations
from storage.records import utc_text
from storage.stories import place

Line = dict[str, Any]
Grouping = Callable[[list[Line]], dict[str, object]]
WORDS, COPIES, VOCABULARY = 430, 0.2, 200_000  # as the articles of findings/stories-and-topics.md
POOL = 7_000  # sentences
START, WEEK_S = 1_700_000_000, 7 * 86_400
MINHASH_J = 0.5  # findings, 1.3: the best threshold for 3-word MinHash


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def by_body(articles: list[Line]) -> dict[str, object]:
    return {line["id"]: hashlib.sha256(line["text"].encode()).hexdigest() for line in articles}


def by_words(articles: list[Line]) -> dict[str, object]:
    return {line["id"]: " ".join(words_of(line["text"])) for line in articles}


def by_minhash(articles: list[Line]) -> dict[str, object]:
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - optional

    index = MinHashLSH(threshold=MINHASH_J, num_perm=128)
    group: dict[str, object] = {}
    for line in articles:
        words = words_of(line["text"])
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))])
        found = index.query(sketch)
        group[line["id"]] = group[found[0]] if found else line["id"]
        index.insert(line["id"], sketch)
    return group


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
    for name, method in (("exact body", by_body), ("same words", by_words), ("MinHash-LSH 3 words", by_minhash)):
        try:
            print(f"{name:20} {story_scores(truth, method(articles))}")
        except ImportError:
            print(f"{name:20} not run: datasketch is not installed")
    started = time.process_time()
    links: dict[str, Line] = {str(line["id"]): line for line in link_articles(articles)}
    spent = (time.process_time() - started) / len(articles) * 1000
    print(f"{'cuttings link':20} {story_scores(truth, {i: link['story'] for i, link in links.items()})}")
    print(f"{'':20} {other_scores(truth, links)}  {spent:.1f} cpu-ms an article")


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


def cost(count: int, texts: Iterator[str], *, step: int, week: bool = False) -> None:
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
        print(f"index {index_bytes(db) / count:.0f} bytes an article, memory {peak_mb():.0f} MB")


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
    options = parser.parse_args()
    if (options.crossposts / "truth.jsonl").exists():
        accuracy(options.crossposts)
    else:
        print(f"no labelled cross-posts in {options.crossposts}: accuracy not measured")
    print("\ngenerated texts")
    cost(options.articles, generated(options.articles), step=1000)
    print("\nshuffled sentences of one pool")
    cost(options.farm, patchwork(options.farm), step=500, week=True)
