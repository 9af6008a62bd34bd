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
from functools import cache, partial

import numpy as np
from sqlite_utils import Database

from storage.fingerprints import Words, keys, packed_places, read_words, shingle_words, unpacked_places
from storage.furniture import (
    DAYS_APART_S,
    DISTINCT_OF_OUTLET,
    Holder,
    Sketch,
    furniture,
    is_common,
)
from storage.overlap import Overlap, align
from storage.reprints import EXCERPT_WORDS, STORY_SHARE

MOST_HOLDERS = 24
MOST_HOPS = 8  # further holders that judge a key; ids tell the time, so each is found at once
SHARED_KEYS = 2  # one key alone is a stock phrase,
PASSAGE_SHARE = 0.06  # and so are a few of a long text's: .06 loses no excerpt of the labelled set, .09 loses 4 %;
COPY_SHARE = 0.15  # of the keys: a heavily edited copy still has so many (labelled set: .25 loses 3 % of copies)
WORN = 6  # a key more articles hold tells only of its oldest holder: who took a passage from whom is past finding out
FEW_KEYS = 16  # unless a text has few: a fifth of the words of a short one edited may leave a single key

Held = Mapping[int, list[int]]  # the articles that hold each key, smallest ids first, MOST_HOLDERS of them
_SKETCH = """
select a.key, a.outlet, unixepoch(a.published_at), f.words, f.shingle, f.keys, f.places
from fingerprints f join articles a on a.id = f.article where f.article = ?
"""


def reindex(db: Database, article: int) -> set[int]:
    """Bring the index up to date for an article that is new or changed; return those to be judged anew, besides whom it now touches."""
    before = _sketch(db, article)
    touched = _drop(db, before) if before else set()
    text = db.conn.execute("select text from texts where article = ?", (article,)).fetchone()
    words = read_words(text[0] if text else "")
    _insert(db, article, words)
    after = _sketch(db, article)
    changed = {*(before.keys if before else ()), *(after.keys if after else ())}
    held = _holders(db, changed)
    touched |= _judge(db, held)
    _compare(db, after, held)
    return touched | _wear(db, article, held) | {article}


def remove(db: Database, article: int) -> set[int]:
    """Take an article out of the index; return the articles whose ties changed."""
    sketch = _sketch(db, article)
    touched = _drop(db, sketch) if sketch else set()
    db.conn.execute("delete from fingerprints where article = ?", (article,))
    held = _holders(db, sketch.keys if sketch else ())
    return (touched | _judge(db, held) | _wear(db, article, held)) - {article}


def complete(db: Database, article: int, others: set[int]) -> set[int]:
    """Compare an article with those of `others` that MOST_HOLDERS kept from it; return those it turns out to share with."""
    sketch = _sketch(db, article)
    if sketch is None:
        return set()
    own = set(sketch.keys) - _common_of(db, sketch.keys)
    left = others - neighbours_of(db, article) - {article}
    return _align_all(db, sketch, {other for other in left if _enough(db, sketch, own, other)})


def clear(db: Database) -> None:
    """Empty the index."""
    for table in ("overlaps", "common_keys", "postings", "fingerprints"):
        db.conn.execute(f"delete from {table}")


def _drop(db: Database, sketch: Sketch) -> set[int]:
    article = sketch.article
    db.conn.executemany("delete from postings where h = ? and article = ?", [(key, article) for key in sketch.keys])
    neighbours = _telling(db, article)
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
            "keys": np.array(found, "<i4").tobytes(),
            "places": packed_places(places),
        },
    )
    db.conn.executemany("insert into postings (h, article) values (?, ?)", [(key, article) for key in found])


def _sketch(db: Database, article: int) -> Sketch | None:
    row = db.conn.execute(_SKETCH, (article,)).fetchone()
    if row is None:
        return None
    key, outlet, at, words, shingle, found, places = row
    return Sketch(
        article=article,
        key=key,
        outlet=outlet,
        at=at,
        words=words,
        shingle=shingle,
        keys=tuple(np.frombuffer(found, "<i4").tolist()),
        places=tuple(unpacked_places(places)),
    )


def neighbours_of(db: Database, article: int) -> set[int]:
    """Return the articles that share text with one."""
    sql = "select b from overlaps where a = :id union select a from overlaps where b = :id"
    return {row[0] for row in db.conn.execute(sql, {"id": article})}


def _telling(db: Database, article: int) -> set[int]:
    """Those of them that share enough to be of one story or to have an excerpt."""
    sql = """select other from (select b as other, words_shared from overlaps where a = :id
                                union all select a, words_shared from overlaps where b = :id)
             join fingerprints f on f.article = :id join fingerprints g on g.article = other
             where words_shared >= :excerpt or words_shared >= :story * min(f.own_words, g.own_words)"""
    given = {"id": article, "excerpt": EXCERPT_WORDS, "story": STORY_SHARE}
    return {row[0] for row in db.conn.execute(sql, given)}


def _common_of(db: Database, wanted: Iterable[int]) -> set[int]:
    sql = "select h from common_keys where h in (select value from json_each(?))"
    return {row[0] for row in db.conn.execute(sql, (json.dumps(list(wanted)),))}


def _holders(db: Database, wanted: Iterable[int], *, most: int = MOST_HOLDERS) -> Held:
    """The articles that hold each key, smallest ids first."""
    sql = """select value, (select group_concat(article) from
             (select article from postings where h = value order by article limit :most)) from json_each(:keys)"""
    rows = db.conn.execute(sql, {"keys": json.dumps(list(wanted)), "most": most})
    return {key: [int(article) for article in articles.split(",")] if articles else [] for key, articles in rows}


def _judge(db: Database, held: Held) -> set[int]:
    """Decide again which of the keys are common; look again at whoever holds one whose verdict changed."""
    was = _common_of(db, held)
    judged = sorted(key for key, holders in held.items() if len(holders) >= DISTINCT_OF_OUTLET or key in was)
    samples = {key: _sample(db, key, held[key]) for key in judged}
    facts = _facts(db, {holder for sample in samples.values() for holder in sample})
    read = cache(partial(_sketch, db))
    flipped = [
        key
        for key, sample in samples.items()
        if is_common(key, [facts[holder] for holder in sample if holder in facts], read) != (key in was)
    ]
    return _flip(db, {key for key in flipped if key not in was}, {key for key in flipped if key in was})


def _flip(db: Database, common: set[int], fresh: set[int]) -> set[int]:
    """Keys became common, or no longer are: whoever holds them has other furniture, and shares less, or may share more."""
    if not common and not fresh:
        return set()
    db.conn.executemany("insert into common_keys (h) values (?)", [(key,) for key in sorted(common)])
    db.conn.executemany("delete from common_keys where h = ?", [(key,) for key in sorted(fresh)])
    losing, gaining = (list(_holders(db, flipped, most=-1).values()) for flipped in (common, fresh))
    covered = {holder for held in losing for holder in held}
    again = {holder for held in gaining for holder in held}
    for holder in sorted(covered - again):
        _cover(db, _sketch(db, holder))
    for holder in sorted(again):
        _compare(db, _sketch(db, holder))
    _part(db, {pair for held in losing for pair in _tied(db, held, held)})
    return covered | again


def _sample(db: Database, key: int, held: list[int]) -> list[int]:
    """The holders a key is judged by: the oldest, and if there are more, some that came days after each other."""
    if len(held) < DISTINCT_OF_OUTLET:
        return []
    sample = set(held)
    hop, sql = held[0], "select min(article) from postings where h = ? and article >= ?"
    for _ in range(MOST_HOPS if len(held) == MOST_HOLDERS else 0):
        hop = db.conn.execute(sql, (key, hop + 1000 * DAYS_APART_S)).fetchone()[0]
        if hop is None:
            break
        sample.add(hop)
    return sorted(sample)


def _facts(db: Database, articles: set[int]) -> dict[int, Holder]:
    sql = """select id, key, outlet, unixepoch(published_at) from articles
             where id in (select value from json_each(?))"""
    rows = db.conn.execute(sql, (json.dumps(list(articles)),))
    return {id_: Holder(article=id_, key=key, outlet=outlet, at=at) for id_, key, outlet, at in rows}


def _cover(db: Database, sketch: Sketch | None) -> set[int]:
    """Write an article's furniture as it now should be; return those of its keys that are its own."""
    if sketch is None:
        return set()
    common = _common_of(db, sketch.keys)
    covered = furniture(sketch, common)
    own_words = max(0, sketch.words - sum(to - since for since, to in covered))
    db.conn.execute(
        "update fingerprints set furniture = ?, own_words = ? where article = ?",
        (json.dumps(covered), own_words, sketch.article),
    )
    return set(sketch.keys) - common


def _compare(db: Database, sketch: Sketch | None, held: Held | None = None) -> None:
    """Write an article's furniture and its rows of `overlaps` as they now should be."""
    if sketch is None:
        return
    article, own = sketch.article, _cover(db, sketch)
    known = neighbours_of(db, article)
    wanted = _candidates(db, sketch, {key: held[key] for key in own} if held else _holders(db, own))
    gone = {other for other in known - wanted if not _enough(db, sketch, own, other)}
    for other in gone:
        db.conn.execute(
            "delete from overlaps where (a, b) in (values (?, ?), (?, ?))", (article, other, other, article)
        )
    _align_all(db, sketch, wanted - known)


def _candidates(db: Database, sketch: Sketch, held: Held) -> set[int]:
    """Whoever shares enough of these keys with an article."""
    first = [key for key, articles in held.items() if len(articles) == MOST_HOLDERS and articles[0] == sketch.article]
    held = {**held, **_holders(db, first, most=-1)} if first else held
    shared = Counter(holder for articles in held.values() for holder in articles)
    telling = Counter(holder for articles in held.values() for holder in _asked(articles, sketch.article))
    del shared[sketch.article]
    sql = "select article, length(keys) / 4 from fingerprints where article in (select value from json_each(?))"
    sizes = db.conn.execute(sql, (json.dumps(list(shared)),))
    return {other for other, size in sizes if _suffices(shared[other], telling[other], min(size, len(sketch.keys)))}


def _asked(holders: list[int], article: int) -> list[int]:
    """Whom `article` may have a passage from or they from it: all holders of its key, or of a worn one the oldest."""
    return holders if len(holders) <= WORN or holders[0] == article else holders[:1]


def _suffices(shared: int, telling: int, fewest: int) -> bool:
    """Whether so many shared keys are worth reading two texts, the shorter of which has `fewest`."""
    if fewest <= FEW_KEYS:
        return shared > 0
    return shared >= max(SHARED_KEYS, COPY_SHARE * fewest) or telling >= max(SHARED_KEYS, PASSAGE_SHARE * fewest)


def _enough(db: Database, sketch: Sketch, own: set[int], other: int) -> bool:
    """Whether two texts still share enough keys that are not common."""
    theirs = _sketch(db, other)
    if theirs is None:
        return False
    shared, fewest = own & set(theirs.keys), min(len(sketch.keys), len(theirs.keys))
    if _suffices(len(shared), 0, fewest) or not _suffices(0, len(shared), fewest):
        return _suffices(len(shared), 0, fewest)
    held = _holders(db, shared, most=WORN + 1).values()
    telling = sum(len(holders) <= WORN or holders[0] in (sketch.article, other) for holders in held)
    return _suffices(0, telling, fewest)


def _wear(db: Database, article: int, held_by: Held) -> set[int]:
    """Look again at those whose keys became worn, or fresh, by `article`; return whom it may matter to."""
    pairs: set[tuple[int, int]] = set()
    anew: set[int] = set()
    counted = {key: held for key, held in held_by.items() if len(held) >= WORN}
    common = _common_of(db, counted) if counted else set()
    for key, held in counted.items():
        if key in common:
            continue
        if article not in held and len(held) == WORN:
            anew |= set(held)
        elif article < min(held, default=article) and len(held) > WORN:
            anew.add(held[0])
        elif article in held and len(held) == WORN + 1:
            pairs |= _tied(db, held[1:], held[1:])
        elif held and held[0] == article and len(held) > WORN + 1:
            pairs |= _tied(db, held[1:2], _holders(db, [key], most=-1)[key][2:])
    for one in sorted(anew):
        _compare(db, _sketch(db, one))
    return anew | _part(db, pairs)


def _tied(db: Database, ones: list[int], others: list[int]) -> set[tuple[int, int]]:
    """Pairs of `overlaps` between these."""
    sql = """select a, b from overlaps where a in (select value from json_each(:ones))
             and b in (select value from json_each(:others)) union select a, b from overlaps
             where b in (select value from json_each(:ones)) and a in (select value from json_each(:others))"""
    return set(db.conn.execute(sql, {"ones": json.dumps(ones), "others": json.dumps(others)}))


def _part(db: Database, pairs: set[tuple[int, int]]) -> set[int]:
    """Delete those pairs that no longer share enough; return the articles whose stories or reprints rest on them."""
    touched: set[int] = set()
    own: dict[int, tuple[Sketch | None, set[int]]] = {}
    for a, b in sorted(pairs):
        if a not in own:
            sketch = _sketch(db, a)
            own[a] = sketch, set(sketch.keys) - _common_of(db, sketch.keys) if sketch else set()
        sketch, keys_a = own[a]
        if sketch is None or not _enough(db, sketch, keys_a, b):
            touched |= {a, b} if db.conn.execute(_RESTS, {"a": a, "b": b, "story": STORY_SHARE}).fetchone() else set()
            db.conn.execute("delete from overlaps where a = ? and b = ?", (a, b))
    return touched


_RESTS = """
select 1 from overlaps o join fingerprints f on f.article = a join fingerprints g on g.article = b
join articles x on x.id = a left join stories s on s.id = x.story
join articles y on y.id = b left join stories t on t.id = y.story
where a = :a and b = :b and (s.article_count > 1 or t.article_count > 1 or s.id is null or t.id is null
  or words_shared >= :story * min(f.own_words, g.own_words)
  or exists (select 1 from reprints where article = a and source_story = y.story)
  or exists (select 1 from reprints where article = b and source_story = x.story))"""


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
