"""What `cuttings retag` costs: `python benchmarks/retag.py [--articles 10000] [--workers 2] [--keep FILE]`.

Made-up articles of 500 words in English, Russian and Turkish: invented words, as frequent as words are (Zipf), and in one
of fifty some of our labelled sentences. 100 topics in three languages, two of them those of the sentences; two in five of
the others' words occur. First all topics are applied, then one whose query has changed. `--keep` makes the archive once.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter
from typing import NamedTuple

from sqlite_utils import Database

from scheduler.config import Config, load
from scheduler.topic_retag import retag_archive
from storage.archive import open_archive
from storage.records import Topic
from storage.words import fold

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.topic_sentences import QUERIES, SENTENCES

LETTERS = {"en": ("aeiou", "bcdfghlmnprst"), "ru": ("аеиоу", "бвгдклмнпрст"), "tr": ("aeıioöuü", "bcçdgklmnrsşty")}
VOCABULARY, WORDS, TOPICS = 30_000, 500, 100
LONG, STOCK = 50, 20_000  # words of a paragraph, paragraphs a language
ON_TOPIC, MET = 0.02, 0.4
AT_ONCE = 5_000  # articles inserted
INDEXED_AT_ONCE = 500_000_000  # bytes that the index gathers before it writes a segment


def main() -> None:
    """Make the archive, retag it twice, print the figures."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "cuttings.db"
        chance = random.Random(1)
        vocabulary = {language: _vocabulary(chance, language) for language in LETTERS}
        if not path.exists():
            start = perf_counter()
            make(path, options.articles, chance, vocabulary)
            print(
                f"made {options.articles:,} articles in {perf_counter() - start:.0f} s, {path.stat().st_size >> 20} MB"
            )
        work = Path(folder) / "work.db"
        shutil.copy(path, work)
        topics = _topics(random.Random(2), vocabulary)
        config = _config(work, topics)
        _measure(f"all {TOPICS} topics", config, options.workers)
        _measure("nothing changed", config, options.workers)
        changed = replace(topics[0], queries={"any": "(Türkiye OR Turkey OR Турция) AND (NATO OR НАТО)"})
        _measure("one changed topic", replace(config, topics=(changed, *topics[1:])), options.workers)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="an archive to use, made if it is not there")
    return parser.parse_args()


def _measure(name: str, config: Config, workers: int) -> None:
    start, before = perf_counter(), _cpu()
    done = retag_archive(config, workers=workers, clock=lambda: datetime.now(UTC))
    wall, cpu = perf_counter() - start, _cpu() - before
    total = sum((changes.counts for changes in done.topics.values()), Counter())
    print(f"{name}: {wall:.1f} s ({cpu:.1f} cpu-s), {done.articles:,} articles matched, tags: {dict(total)}")


def _cpu() -> float:
    return sum(usage.ru_utime + usage.ru_stime for usage in (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)))


def make(path: Path, count: int, chance: random.Random, vocabulary: dict[str, list[str]]) -> None:
    """Write an archive of articles, found by search, that carry no topic; in bulk, not as collecting saves them."""
    with closing(open_archive(path)) as db:
        for pragma in ("synchronous = off", "journal_mode = off", "foreign_keys = off", "cache_size = -400000"):
            db.execute(f"pragma {pragma}")
        db.execute(
            "insert into runs (id, command, started_at, version) values (1, 'collect', '2018-01-01T00:00:00Z', '0')"
        )
        db.execute("insert into outlets (id, name, url) values ('o', 'O', 'https://o.example/')")
        db.execute(f"insert into articles_fts (articles_fts, rank) values ('hashsize', {INDEXED_AT_ONCE})")
        articles = _articles(count, chance, vocabulary)
        with db.atomic():
            for number in range(0, count, AT_ONCE):
                _insert(db, list(zip(range(number, min(number + AT_ONCE, count)), articles, strict=False)))


class Piece(NamedTuple):
    """Part of an article, and the same folded, as it is indexed."""

    text: str
    folded: str


def _pieces(texts: Sequence[str]) -> list[Piece]:
    return [Piece(text, fold(text)) for text in texts]


def _articles(
    count: int, chance: random.Random, vocabulary: dict[str, list[str]]
) -> Iterator[tuple[str, Piece, list[Piece]]]:
    """Yield language, title and paragraphs; of paragraphs there is a stock, so that a million articles are soon made."""
    weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
    languages = list(LETTERS)
    stock: dict[str, list[Piece]] = {}
    for language in languages:
        words = [chance.choices(vocabulary[language], cum_weights=weights, k=LONG) for _ in range(STOCK)]
        stock[language] = _pieces([" ".join(paragraph) + "." for paragraph in words])
    labelled = {language: _pieces([sentence for sentence, _ in SENTENCES[language]]) for language in languages}
    for number in range(count):
        language = languages[number % len(languages)]
        parts = chance.choices(stock[language], k=WORDS // LONG)
        title = Piece(*(text[:60].rpartition(" ")[0] for text in chance.choice(stock[language])))
        if chance.random() < ON_TOPIC:
            parts += chance.sample(labelled[language], 4)
        yield language, title, parts


def _insert(db: Database, articles: Sequence[tuple[int, tuple[str, Piece, list[Piece]]]]) -> None:
    rows = [
        {"id": id_, "url": f"o.example/{id_}", "title": title.text, "at": "2018-01-01T00:00:00Z", "language": language}
        for id_, (language, title, _) in articles
    ]
    db.conn.executemany(
        """insert into articles (id, key, outlet, url, url_key, requested_url, title, first_seen_at, checked_at, found_by,
             language, language_confidence, text_status, word_count, text_digest, extractor, run)
           values (:id, :url, 'o', :url, :url, :url, :title, :at, :at, 'live', :language, 1.0, 'full', 500, '', '', 1)""",
        rows,
    )
    texts = [(id_, "\n\n".join(part.text for part in parts)) for id_, (_, _, parts) in articles]
    db.conn.executemany("insert into texts values (?, ?)", texts)
    indexed = [(id_, title.folded, "\n\n".join(part.folded for part in parts)) for id_, (_, title, parts) in articles]
    sql = "insert into articles_fts (rowid, title, authors, text) values (?, ?, '', ?)"
    db.conn.executemany(sql, indexed)  # as storage/search.py, without the vocabulary of search


def _vocabulary(chance: random.Random, language: str) -> list[str]:
    vowels, consonants = LETTERS[language]
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(chance.choice(consonants) + chance.choice(vowels) for _ in range(chance.randint(2, 5)))] = None
    return list(words)


def _topics(chance: random.Random, vocabulary: dict[str, list[str]]) -> list[Topic]:
    known = [Topic(id=id_, name=id_, queries={code: QUERIES[id_][code] for code in LETTERS}) for id_ in QUERIES]
    others = [
        Topic(id=f"m{n}", name="", queries={code: _query(chance, vocabulary[code]) for code in LETTERS})
        for n in range(TOPICS - len(known))
    ]
    return [*known, *others]


def _query(chance: random.Random, vocabulary: list[str]) -> str:
    rare = vocabulary[50:1500]  # nobody looks for the commonest words; so most articles have some topic
    w = [word if chance.random() < MET else word[::-1] + "x" for word in chance.sample(rare, 14)]
    phrase, other, near = f'"{w[8]} {w[9]}"', f'"{w[10]} {w[11]}"', f'"{w[12]} {w[13]}"~10'
    return f"({w[0]} OR {w[1]} OR {w[2]} OR {w[3]} OR {phrase}) AND ({w[4]} OR {w[5]} OR {other} OR {near}) NOT {w[6]}"


def _config(path: Path, topics: list[Topic]) -> Config:
    toml = path.with_name("config.toml")
    toml.write_text(f"[archive]\npath = {json.dumps(path.name)}\n", encoding="utf-8")
    return replace(load(toml), topics=tuple(topics))


if __name__ == "__main__":
    main()
