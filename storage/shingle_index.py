"""The index that finds shared text: an article's keys, who else holds them, and what two texts share.

Everything here depends on the set of archived texts, never on the order they came in. A pair is a row of `overlaps` if
its texts share enough keys that are not common property; when a key becomes common, or stops being so, whoever holds it
is looked at again. What remains: of a key held by more than MOST_HOLDERS articles only those with the smallest ids are
asked, so late copies of a very popular text are compared with its oldest copies and not all with each other; `complete`
adds the pairs that decide.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from sqlite_utils import Database

from storage.fingerprints import Words, keys, read_words, shingle_words
from storage.furniture import DISTINCT_OF_OUTLET, Sketch, furniture, is_common
from storage.overlap import Overlap, align

MOST_HOLDERS = 24
SHARED_KEYS = 2  # one key alone is a stock phrase,
FEW_KEYS = 16  # unless a text has few: a fifth of the words of a short one edited may leave a single key

_SKETCH = """
select f.article, a.key, a.outlet, nullif(o.owner, ''), unixepoch(a.published_at),
       f.words, f.shingle, f.keys, f.places
from fingerprints f join articles a on a.id = f.article join outlets o on o.id = a.outlet where f.article = ?
"""


def reindex(db: Database, article: int) -> set[int]:
    """Bring the index up to date for an article that is new or changed; return the articles whose ties changed."""
    before = _sketch(db, article)
    touched = _drop(db, article)
    text = db.conn.execute("select text from texts where article = ?", (article,)).fetchone()
    words = read_words(text[0] if text else "")
    _insert(db, article, words)
    after = _sketch(db, article)
    changed = {*(before.keys if before else ()), *(after.keys if after else ())}
    touched |= _judge(db, changed)
    touched |= _compare(db, article)
    return touched | {article}


def remove(db: Database, article: int) -> set[int]:
    """Take an article out of the index; return the articles whose ties changed."""
    sketch = _sketch(db, article)
    touched = _drop(db, article)
    db.conn.execute("delete from fingerprints where article = ?", (article,))
    return (touched | _judge(db, set(sketch.keys if sketch else ()))) - {article}


def complete(db: Database, article: int, others: set[int]) -> bool:
    """Compare an article with those of `others` that MOST_HOLDERS kept from it; return whether that found anything."""
    sketch = _sketch(db, article)
    if sketch is None:
        return False
    own = set(sketch.keys) - _common_of(db, sketch.keys)
    left = others - neighbours_of(db, article) - {article}
    return bool(_align_all(db, sketch, {other for other in left if _enough(db, sketch, own, other)}))


def clear(db: Database) -> None:
    """Empty the index."""
    for table in ("overlaps", "common_keys", "postings", "fingerprints"):
        db.conn.execute(f"delete from {table}")


def _drop(db: Database, article: int) -> set[int]:
    sketch = _sketch(db, article)
    held = [(key, article) for key in (sketch.keys if sketch else ())]
    db.conn.executemany("delete from postings where h = ? and article = ?", held)
    neighbours = neighbours_of(db, article)
    db.conn.execute("delete from overlaps where a = ? or b = ?", (article, article))
    return neighbours


def _insert(db: Database, article: int, words: Words) -> None:
    found, places = keys(words)
    db.conn.execute(
        """insert or replace into fingerprints (article, words, shingle, keys, places, own_words)
           values (:article, :words, :shingle, :keys, :places, :words)""",
        {
            "article": article,
            "words": len(words.ids),
            "shingle": shingle_words(words),
            "keys": _packed(found),
            "places": _packed(places),
        },
    )
    db.conn.executemany("insert into postings (h, article) values (?, ?)", [(key, article) for key in found])


def _packed(numbers: list[int]) -> bytes:
    return np.array(numbers, "<i4").tobytes()


def _sketch(db: Database, article: int) -> Sketch | None:
    row = db.conn.execute(_SKETCH, (article,)).fetchone()
    if row is None:
        return None
    *facts, packed_keys, packed_places = row
    unpacked = (tuple(np.frombuffer(packed, "<i4").tolist()) for packed in (packed_keys, packed_places))
    return Sketch(*facts, *unpacked)


def neighbours_of(db: Database, article: int) -> set[int]:
    """Return the articles that share text with one."""
    sql = "select b from overlaps where a = :id union select a from overlaps where b = :id"
    return {row[0] for row in db.conn.execute(sql, {"id": article})}


def _common_of(db: Database, wanted: Iterable[int]) -> set[int]:
    sql = "select h from common_keys where h in (select value from json_each(?))"
    return {row[0] for row in db.conn.execute(sql, (json.dumps(list(wanted)),))}


def _holders(db: Database, wanted: Iterable[int], *, most: int = MOST_HOLDERS) -> dict[int, list[int]]:
    """The articles that hold each key, smallest ids first."""
    sql = """select value, (select json_group_array(article) from
             (select article from postings where h = value order by article limit :most)) from json_each(:keys)"""
    rows = db.conn.execute(sql, {"keys": json.dumps(list(wanted)), "most": most})
    return {key: json.loads(articles) for key, articles in rows}


def _judge(db: Database, changed: set[int]) -> set[int]:
    """Decide again which of the keys are common; look again at whoever holds one whose verdict changed."""
    was = _common_of(db, changed)
    sketches: dict[int, Sketch] = {}
    holders_of = _holders(db, sorted(changed))
    flipped = [key for key, held in holders_of.items() if _verdict(db, key, held, sketches) != (key in was)]
    for key in flipped:
        if key in was:
            db.conn.execute("delete from common_keys where h = ?", (key,))
        else:
            db.conn.execute("insert into common_keys (h) values (?)", (key,))
    holders = {holder for held in _holders(db, flipped, most=-1).values() for holder in held} if flipped else set()
    touched = set(holders)
    for holder in sorted(holders):
        touched |= _compare(db, holder)
    return touched


def _verdict(db: Database, key: int, holders: list[int], sketches: dict[int, Sketch]) -> bool:
    if len(holders) < DISTINCT_OF_OUTLET:
        return False
    for holder in holders:
        if holder not in sketches and (sketch := _sketch(db, holder)):
            sketches[holder] = sketch
    return is_common(key, [sketches[holder] for holder in holders if holder in sketches])


def _compare(db: Database, article: int) -> set[int]:
    """Write an article's furniture and its rows of `overlaps` as they now should be; return whose changed."""
    sketch = _sketch(db, article)
    if sketch is None:
        return set()
    common = _common_of(db, sketch.keys)
    covered = furniture(sketch, common)
    own_words = max(0, sketch.words - sum(to - since for since, to in covered))
    db.conn.execute(
        "update fingerprints set furniture = ?, own_words = ? where article = ?",
        (json.dumps(covered), own_words, article),
    )
    own = set(sketch.keys) - common
    known = neighbours_of(db, article)
    wanted = _candidates(db, sketch, own)
    gone = {other for other in known - wanted if not _enough(db, sketch, own, other)}
    for other in gone:
        db.conn.execute(
            "delete from overlaps where (a, b) in (values (?, ?), (?, ?))", (article, other, other, article)
        )
    return gone | _align_all(db, sketch, wanted - known)


def _candidates(db: Database, sketch: Sketch, own: set[int]) -> set[int]:
    counts = Counter(holder for held in _holders(db, own).values() for holder in held)
    del counts[sketch.article]
    few = len(sketch.keys) <= FEW_KEYS
    return {
        other for other, count in counts.items() if count >= SHARED_KEYS or few or _key_count(db, other) <= FEW_KEYS
    }


def _key_count(db: Database, article: int) -> int:
    row = db.conn.execute("select length(keys) / 4 from fingerprints where article = ?", (article,)).fetchone()
    return int(row[0]) if row else 0


def _enough(db: Database, sketch: Sketch, own: set[int], other: int) -> bool:
    """Whether two texts still share enough keys that are not common."""
    theirs = _sketch(db, other)
    shared = own & set(theirs.keys) if theirs else set()
    fewest = min(len(sketch.keys), len(theirs.keys) if theirs else 0)
    return len(shared) >= SHARED_KEYS or (bool(shared) and fewest <= FEW_KEYS)


def _align_all(db: Database, sketch: Sketch, others: set[int]) -> set[int]:
    if not others:
        return set()
    texts = _texts(db, {sketch.article, *others})
    mine = read_words(texts[sketch.article][1])
    found = set()
    for other in sorted(others):
        key, text = texts[other]
        overlap = align(*((mine, read_words(text)) if sketch.key < key else (read_words(text), mine)))
        if overlap:
            _save(db, *((sketch.article, other) if sketch.key < key else (other, sketch.article)), overlap)
            found.add(other)
    return found


def _texts(db: Database, articles: set[int]) -> Mapping[int, tuple[str, str]]:
    sql = """select a.id, a.key, t.text from articles a join texts t on t.article = a.id
             where a.id in (select value from json_each(?))"""
    return {id_: (key, text) for id_, key, text in db.conn.execute(sql, (json.dumps(list(articles)),))}


def _save(db: Database, a: int, b: int, overlap: Overlap) -> None:
    spans = [
        (*span.a_chars, *span.b_chars, *span.a_words, *span.b_words, span.same, span.quoted, span.unquoted_run)
        for span in overlap.spans
    ]
    changes = [(change.kind, change.a, change.b) for change in overlap.changes]
    db.conn.execute(
        "insert or replace into overlaps (a, b, words_shared, similarity, spans, changes) values (?, ?, ?, ?, ?, ?)",
        (
            a,
            b,
            overlap.words_shared,
            round(overlap.similarity, 4),
            json.dumps(spans),
            json.dumps(changes, ensure_ascii=False),
        ),
    )
