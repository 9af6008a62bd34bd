"""Makes an archive of any size for the site's measurements: words by Zipf's law, outlets, topics, stories, coverage.

`python benchmarks/million.py --articles 1000000 /tmp/million.db` (about 2.7 GB; half an hour of one core)
"""

import argparse
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from storage.archive import open_archive
from storage.records import utc_text

OUTLETS, TOPICS, DAYS = 200, 20, 8 * 365
LANGUAGES = ("en", "en", "en", "ru", "ru", "tr", "tr", "de", "fr", "ar")
VOCABULARY = 60_000
WORDS = 260  # of an article: about 1.9 kB
LAST_DAY = datetime(2026, 11, 25, tzinfo=UTC)
KNOWN = ("nato", "turkey", "missile", "drone", "ankara", "moscow", "rocket", "summit")  # what pages are asked for
STORY_SHARE, STORY_SIZE = 0.045, 3.0  # of articles start a story of this many: about 14 % of articles share a text
BATCH = 2_000
SILENT = ("synchronous = off", "foreign_keys = off", "cache_size = -400000", "temp_store = memory")


class Words:
    """Texts of words drawn by Zipf's law, a vocabulary a language."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.chance = chance
        letters = np.array(list("abcdefghijklmnoprstuvyz"))
        sizes = chance.integers(2, 11, VOCABULARY)
        self.vocabulary = np.array(["".join(chance.choice(letters, size)) for size in sizes], dtype=object)
        self.vocabulary[40 : 40 + 60 * len(KNOWN) : 60] = KNOWN
        weights = 1 / np.arange(1, VOCABULARY + 1)
        self.edges = np.cumsum(weights) / weights.sum()

    def text(self, words: int) -> str:
        """Return a text of paragraphs of forty words."""
        drawn = self.vocabulary[np.searchsorted(self.edges, self.chance.random(words))]
        return "\n\n".join(" ".join(drawn[at : at + 40]) for at in range(0, words, 40))


def make(path: Path, articles: int, *, seed: int = 1) -> None:
    """Write a new archive at `path`."""
    db: sqlite3.Connection = open_archive(path).conn
    for pragma in SILENT:
        db.execute(f"pragma {pragma}")
    chance = np.random.default_rng(seed)
    words = Words(chance)
    with db:
        frame(db)
        forms = [(language, word, word) for language in sorted(set(LANGUAGES)) for word in set(words.vocabulary)]
        db.executemany("insert or ignore into word_forms values (?, ?, ?)", forms)
    step = DAYS * 86_400 / articles
    starts = np.sort(chance.random(articles)) * step * articles
    first = LAST_DAY - timedelta(days=DAYS)
    times = [first + timedelta(seconds=int(second)) for second in starts]
    last = 0
    for at in range(0, articles, BATCH):
        with db:
            last = add(db, [(time_, words.text(WORDS)) for time_ in times[at : at + BATCH]], words, after=last)
    db.execute("analyze")
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()


def frame(db: sqlite3.Connection) -> None:
    """Write outlets, topics, the run and every day's coverage."""
    ended = utc_text(LAST_DAY)
    db.execute(
        "insert into runs (id, command, started_at, ended_at, result, version) values (1, 'collect', ?, ?, 'done', '0')",
        [ended, ended],
    )
    kinds, owners = ("newspaper", "agency", "republisher"), ("private", "state", "unknown")
    for n in range(OUTLETS):
        row = (f"o{n}", f"Outlet {n}", f"https://o{n}.example/", LANGUAGES[n % 10], "XX", kinds[n % 3], owners[n % 3])
        db.execute(
            "insert into outlets (id, name, url, language, country, kind, ownership) values (?,?,?,?,?,?,?)", row
        )
        db.execute("insert into health values (?, ?, ?, null, 1)", [f"o{n}", "silent" if n % 40 == 0 else "ok", ended])
        days = [(f"o{n}", (LAST_DAY - timedelta(days=day)).strftime("%Y-%m-%d")) for day in range(DAYS)]
        db.executemany("insert into coverage (outlet, collected_day, polls, links) values (?, ?, 24, 50)", days)
    for n in range(TOPICS):
        db.execute("insert into topics values (?, ?, 'v1', 1)", [f"t{n}", f"Topic {n}"])
        db.execute("insert into topic_versions values (?, 'v1', ?, ?)", [f"t{n}", json.dumps({"any": "nato"}), ended])


def add(db: sqlite3.Connection, batch: list[tuple[datetime, str]], words: Words, *, after: int) -> int:
    """Add articles, each (published at, text), in order, with all their rows and their place in the search index.

    Ids are above `after`; return the last one.
    """
    stories: list[tuple[int, int]] = []
    for at, text in batch:
        id_ = max(1000 * int(at.timestamp()), after + 1)
        after = id_
        outlet = min(int(words.chance.exponential(OUTLETS / 4)), OUTLETS - 1)
        shares = bool(stories) and words.chance.random() < STORY_SHARE * (STORY_SIZE - 1)
        story, first = stories[int(words.chance.integers(len(stories)))] if shares else (id_, outlet)
        _article(db, (id_, story if first != outlet else id_), at, outlet, text)
        if shares and first != outlet:
            _reprint(db, id_, story, first, int(at.timestamp()) - story // 1000)
        else:
            _story(db, id_, outlet, at)
            if words.chance.random() < STORY_SHARE * 2:
                stories.append((id_, outlet))
        _tags(db, id_, words, text)
        _index(db, id_, text)
    _count_stories(db, [story for story, _ in stories])
    return after


def _article(db: sqlite3.Connection, ids: tuple[int, int], at: datetime, outlet: int, text: str) -> None:
    (id_, story), stated = ids, utc_text(at)
    url, digest = f"o{outlet}.example/{id_}", hashlib.sha256(text.encode()).hexdigest()
    row = (id_, f"{id_:x}", f"o{outlet}", f"https://{url}", url, f"https://{url}", text[:70].replace("\n", " "), stated,
           stated[:10], stated, stated, LANGUAGES[outlet % 10], WORDS, digest, story)  # fmt: skip
    db.execute(
        "insert into articles (id, key, outlet, url, url_key, requested_url, title, published_at, published_precision,"
        " published_basis, published_day, first_seen_at, checked_at, found_by, language, text_status, word_count,"
        " text_digest, story, extractor, run)"
        " values (?,?,?,?,?,?,?,?,'second','jsonld',?,?,?,'live',?,'full',?,?,?,'cuttings 1',1)",
        row,
    )
    db.execute("insert into texts values (?, ?)", [id_, text])
    db.execute("insert into versions values (?,?,?,?,?,'first',null,1)", [id_, stated, row[6], text, digest])
    capture = (f"https://{url}", stated, f"sha1:{digest[:32]}", id_)
    db.execute(
        "insert into captures (url, fetched_at, status, warc, byte_offset, byte_length, digest, article)"
        " values (?,?,200,'2026-11/x.warc.gz',0,9,?,?)",
        capture,
    )


def _story(db: sqlite3.Connection, id_: int, outlet: int, at: datetime) -> None:
    stated = utc_text(at)
    db.execute(
        "insert into stories (id, title, origin, origin_outlet, origin_basis, origin_confidence, article_count,"
        " outlet_count, first_published_at, last_published_at, method_version, run)"
        " select id, title, id, ?, 'earliest', .9, 1, 1, ?, ?, '1', 1 from articles where id = ?",
        [f"o{outlet}", stated, stated, id_],
    )


def _reprint(db: sqlite3.Connection, id_: int, source: int, outlet: int, lag_s: int) -> None:
    status, credited = (("exact", 1), ("none", 0))[id_ // 1000 % 2]
    db.execute(
        "insert into reprints (article, source, source_story, source_outlet, source_name, main, kind, containment, taken,"
        " similarity, credit_status, credited, headline_changed, lag_s, lag_min_s, lag_max_s, run)"
        " values (?,?,?,?,?,1,'edited',.9,.9,.8,?,?,?,?,?,?,1)",
        [
            id_,
            source,
            source,
            f"o{outlet}",
            f"Outlet {outlet}",
            status,
            credited,
            id_ // 1000 % 3 == 0,
            lag_s,
            lag_s,
            lag_s,
        ],
    )
    if credited:
        db.execute(
            "insert into credits (article, name, outlet, role, kind, words, rule, confidence, run)"
            " values (?, ?, ?, 'republication', 'credit_line', 'source', 'r', .9, 1)",
            [id_, f"Outlet {outlet}", f"o{outlet}"],
        )


def _tags(db: sqlite3.Connection, id_: int, words: Words, text: str) -> None:
    """Give an article zero to three topics, the first ones more often."""
    drawn = words.chance.exponential(TOPICS / 4, int(words.chance.integers(4))).astype(int)
    for topic in {min(int(n), TOPICS - 1) for n in drawn}:
        db.execute("insert into article_topics values (?, ?, .5, 2, 'v1', 1)", [id_, f"t{topic}"])
        evidence = (id_, f"t{topic}", 0, 4, text[:4], text[:4])
        db.execute("insert into evidence values (?, ?, 'text', ?, ?, ?, ?, 1)", evidence)


def _index(db: sqlite3.Connection, id_: int, text: str) -> None:
    row = (id_, text[:70].replace("\n", " "), text)  # made of folded words already
    db.execute("insert into articles_fts (rowid, title, authors, text) values (?, ?, '', ?)", row)


def _count_stories(db: sqlite3.Connection, ids: list[int]) -> None:
    db.executemany(
        "update stories set (article_count, outlet_count, last_published_at) ="
        " (select count(*), count(distinct outlet), max(published_at) from articles where story = stories.id)"
        " where id = ?",
        [(id_,) for id_ in ids],
    )


def minutes(count: int) -> Iterator[datetime]:
    """Yield `count` moments after the archive's last day, a second apart."""
    yield from (LAST_DAY + timedelta(seconds=n) for n in range(count))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--articles", type=int, default=1_000_000)
    given = parser.parse_args()
    began = time.process_time()
    make(given.path, given.articles)
    with closing(sqlite3.connect(given.path)) as made:
        (stories,) = made.execute("select count(*) from stories where outlet_count > 1").fetchone()
    size = given.path.stat().st_size / 1e9
    print(
        f"{given.articles:,} articles, {stories:,} shared stories, {size:.2f} GB, {time.process_time() - began:.0f} s"
    )
