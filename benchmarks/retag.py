"""What `cuttings retag` costs: `python benchmarks/retag.py [--articles 10000] [--workers 2] [--keep FILE]`.

Made-up articles of 500 words in English, Russian and Turkish: invented words, as frequent as words are (Zipf), and in one
of fifty some of our labelled sentences. 100 topics in three languages, two of them those of the sentences; two in five of
the others' words occur. First all topics are applied, then one whose query has changed. `--articles 1000000` takes
half an hour to make; `--keep` makes the archive once.
"""

import argparse
import hashlib
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

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
ON_TOPIC, MET = 0.02, 0.4


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
    """Write an archive of articles, found by search, that carry no topic."""
    with closing(open_archive(path)) as db:
        db.execute("pragma synchronous = off")
        db.execute(
            "insert into runs (id, command, started_at, version) values (1, 'collect', '2018-01-01T00:00:00Z', '0')"
        )
        db.execute("insert into outlets (id, name, url) values ('o', 'O', 'https://o.example/')")
        articles = _articles(count, chance, vocabulary)
        for number in range(0, count, 1000):
            with db.atomic():
                for id_ in range(number, min(number + 1000, count)):
                    _insert(db, id_, *next(articles))


def _articles(count: int, chance: random.Random, vocabulary: dict[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
    languages = list(LETTERS)
    for number in range(count):
        language = languages[number % len(languages)]
        words = chance.choices(vocabulary[language], cum_weights=weights, k=WORDS)
        parts = [" ".join(words[i : i + 50]) + "." for i in range(0, WORDS, 50)]
        if chance.random() < ON_TOPIC:
            parts += [sentence for sentence, _ in chance.sample(SENTENCES[language], 4)]
        yield language, " ".join(words[:8]), "\n\n".join(parts)


def _insert(db: Database, id_: int, language: str, title: str, text: str) -> None:
    db.execute(
        """insert into articles (id, key, outlet, url, url_key, requested_url, title, first_seen_at, checked_at, found_by,
             language, language_confidence, text_status, word_count, text_digest, extractor, run)
           values (:id, :url, 'o', :url, :url, :url, :title, :at, :at, 'live', :language, 1.0, 'full', 500, :digest, '', 1)""",
        {"id": id_, "url": f"o.example/{id_}", "title": title, "at": "2018-01-01T00:00:00Z", "language": language,
         "digest": hashlib.sha256(text.encode()).hexdigest()},
    )  # fmt: skip
    db.execute("insert into texts values (?, ?)", [id_, text])
    sql = "insert into articles_fts (rowid, title, authors, text) values (?, ?, '', ?)"
    db.execute(sql, [id_, fold(title), fold(text)])  # as storage/search.py, without the vocabulary of search


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
