"""Puts articles into stories and writes who reprints whom, as rows; what is decided, and why, is in the pure modules.

A new or changed article is compared with whatever shares keys with it (`shingle_index`). Then every story it could
touch is decided again from nothing but the members and what they share (`reprints`, `origin`), so the result does not
depend on the order articles came in, and `relink` gives what `place` gave. A decision that changes goes to `story_log`.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlite_utils import Database

from storage import corrections, shingle_index
from storage.members import Scene, load_members, load_ties
from storage.origin import Member, in_order, precedes, same_house
from storage.reprints import EXCERPT_WORDS, STORY_SHARE, Story, came_first, stories_of
from storage.story_rows import write_reprints, write_stories

_waiting: WeakKeyDictionary[Database, dict[int, tuple[int, datetime]]] = WeakKeyDictionary()


def place(db: Database, article_id: int, *, run: int, now: datetime) -> None:
    """Put a new article into stories, or a known one whose text, title, credits or date changed. In a transaction."""
    if db in _waiting:
        _waiting[db][article_id] = run, now
    else:
        _place(db, [article_id], run=run, now=now)


@contextmanager
def together(db: Database) -> Iterator[None]:
    """Put into stories at the end what is to be placed meanwhile: what many of them touch is decided once. In a transaction."""
    if db in _waiting:
        yield
        return
    _waiting[db] = {}
    try:
        yield
        catch_up(db)
    finally:
        del _waiting[db]


def catch_up(db: Database) -> None:
    """Place what waits to be placed together. In a transaction."""
    if waiting := _waiting.get(db):
        run, now = max(waiting.values())
        _place(db, list(waiting), run=run, now=now)
        waiting.clear()


def _place(db: Database, articles: Sequence[int], *, run: int, now: datetime) -> None:
    sql = "select id from articles where story is not null and id in (select value from json_each(?))"
    known = {row[0] for row in db.conn.execute(sql, (json.dumps(articles),))}
    touched: set[int] = set()
    for article in articles:
        touched |= shingle_index.reindex(db, article) | corrections.naming(db, article)
    _settle(db, touched, run=run, now=now, altered=known)


def withdraw(db: Database, article_id: int, *, run: int, now: datetime) -> None:
    """Take an article out of stories before it is deleted. In a transaction."""
    _waiting.get(db, {}).pop(article_id, None)
    touched = shingle_index.remove(db, article_id) | _mates(db, {article_id}) | corrections.outlive(db, article_id)
    pointing = db.conn.execute("select article from reprints where source = ?", (article_id,)).fetchall()
    db.conn.execute("delete from reprints where ? in (article, source)", (article_id,))
    db.conn.execute("update stories set origin = null where origin = ?", (article_id,))
    story = db.conn.execute("select story from articles where id = ?", (article_id,)).fetchone()
    db.conn.execute("update articles set story = null where id = ?", (article_id,))
    left = (touched | {row[0] for row in pointing}) - {article_id}
    _settle(db, left, run=run, now=now, altered=left, was={story[0]: {article_id}} if story and story[0] else {})


def decide_again(db: Database, articles: set[int], *, run: int, now: datetime) -> None:
    """Decide anew the stories of articles about which a person, or a new index, says something else. In a transaction."""
    _settle(db, articles, run=run, now=now, altered=articles)


def _settle(
    db: Database,
    touched: set[int],
    *,
    run: int,
    now: datetime,
    altered: set[int],
    was: dict[int, set[int]] | None = None,
) -> None:
    """Decide again every story that `touched` articles are in or may be in, and the reprints around them.

    `altered` are those whose time or credits may have been others when stories were last decided.
    """
    closure = _closure(db, touched)
    scene = Scene()
    load_members(db, scene, closure)
    load_ties(db, scene, closure, closure)
    completed = _complete(db, scene, closure)
    load_ties(db, scene, {hub for hub, _ in completed}, closure)
    decided = [story for group in _groups(scene, closure) for story in stories_of(group, scene.ties)]
    scene.add(decided)
    changed = write_stories(db, decided, was or {}, run=run, now=now)
    anew = {m.id for story, _ in changed for m in story.members} | {
        m.id for id_ in touched & scene.stories.keys() for m in scene.stories[id_].members
    }
    same: set[int] = set()
    alone = all(touched & set(pair) for pair in completed)  # what was compared late is of the new article
    if len(touched) == 1 and not altered and alone and not corrections.names(db, *touched):
        same = {id_ for story, joined in changed if joined == touched for id_ in _unmoved(story, joined)}
    _rewrite(db, scene, anew, same, altered, run=run)


def _unmoved(story: Story, joined: set[int]) -> set[int]:
    """Members whose reprints are as they were before some joined: they came earlier, and do not name those."""
    before = [member for member in story.members if member.id not in joined]
    if in_order(before) != before:
        return set()
    first = min(index for index, member in enumerate(story.members) if member.id in joined)
    new = [member for member in story.members if member.id in joined]
    return {
        member.id
        for member in story.members[:first]
        if not any(same_house(claim, other) for claim in member.claims or () for other in new)
        and not any(precedes(other, member) for other in new)
    }


def _rewrite(db: Database, scene: Scene, anew: set[int], same: set[int], altered: set[int], *, run: int) -> None:
    """Write the reprints of articles whose story or ties changed, and of those that have or may have text from them.

    Nothing changed for those of `same`.
    """
    closure = set(scene.members)
    if len(closure) == 1 and not altered and anew == closure and not _around(db, anew):  # new, and like nothing here
        write_reprints(db, anew.pop(), scene, run=run)
        return
    articles = (anew | _readers(db, anew) | _takers(db, scene, anew - same, altered)) - same
    near = {other for _, other in _around(db, articles)} | articles
    mates = _mates(db, near)
    load_members(db, scene, near | mates)
    scene.add(_kept(db, scene, (near | mates) - scene.stories.keys()))
    if not near | mates <= closure:
        load_ties(db, scene, articles, near | mates)
    for article in sorted(articles & scene.stories.keys()):
        write_reprints(db, article, scene, run=run)


def _complete(db: Database, scene: Scene, closure: set[int]) -> set[tuple[int, int]]:
    """Compare all of a very popular text with its first and fullest copies, which decide who belongs; return new pairs."""
    found: set[tuple[int, int]] = set()
    for group in _groups(scene, closure):
        if len(group) > shingle_index.MOST_HOLDERS:
            for hub in {in_order(group)[0].id, max(group, key=lambda m: (m.words, m.key)).id}:
                found |= {(hub, other) for other in shingle_index.complete(db, hub, {member.id for member in group})}
    return found


def _closure(db: Database, touched: set[int]) -> set[int]:
    """Everything that is, or may come to be, in one story with a touched article."""
    found: set[int] = set()
    waiting = set(touched)
    while waiting:
        found |= waiting
        waiting = (_strongly(db, waiting) | _mates(db, waiting)) - found
    return found


def _strongly(db: Database, articles: set[int]) -> set[int]:
    """Whoever could be of one story with one of these: furniture can only make what is shared less."""
    sql = """with pairs (one, two, shared) as (
               select a, b, words_shared from overlaps where a in (select value from json_each(:ids))
               union all select b, a, words_shared from overlaps where b in (select value from json_each(:ids)))
             select two from pairs join fingerprints f on f.article = one join fingerprints g on g.article = two
             where shared >= :share * min(f.own_words, g.own_words)"""
    return {row[0] for row in db.conn.execute(sql, {"ids": json.dumps(list(articles)), "share": STORY_SHARE})}


def _around(db: Database, articles: set[int]) -> set[tuple[int, int]]:
    """Each of these with whoever may have an excerpt of it, or it of them."""
    sql = """select a, b from overlaps where a in (select value from json_each(:ids)) and words_shared >= :words
             union select b, a from overlaps where b in (select value from json_each(:ids)) and words_shared >= :words"""
    return set(db.conn.execute(sql, {"ids": json.dumps(list(articles)), "words": EXCERPT_WORDS}))


def _takers(db: Database, scene: Scene, articles: set[int], altered: set[int]) -> set[int]:
    """Who may now have an excerpt of one of these, or may have had one before it was altered."""
    pairs = {(one, other) for one, other in _around(db, articles) if other not in articles}
    load_members(db, scene, {other for _, other in pairs})
    members = scene.members
    return {other for one, other in pairs if one in altered or came_first(members[one], members[other])}


def _readers(db: Database, articles: set[int]) -> set[int]:
    """Articles stored as having text from one of these, or from a story of theirs."""
    sql = """select article from reprints where source in (select value from json_each(:ids))
             union select article from reprints where source_story in
             (select story from articles where id in (select value from json_each(:ids)))"""
    return {row[0] for row in db.conn.execute(sql, {"ids": json.dumps(list(articles))})}


def _mates(db: Database, articles: set[int]) -> set[int]:
    """Articles stored in one story with any of these."""
    sql = """select id from articles where story in
             (select story from articles where id in (select value from json_each(?)))"""
    return {row[0] for row in db.conn.execute(sql, (json.dumps(list(articles)),))}


def _groups(scene: Scene, closure: set[int]) -> list[list[Member]]:
    """Members that story-sized overlaps join, as sets that can be decided one by one."""
    left = set(closure) & scene.members.keys()
    groups = []
    while left:
        group, waiting = set(), {min(left)}
        while waiting:
            group |= waiting
            waiting = {other for one in waiting for other in _joinable(scene, one)} & left - group
        left -= group
        groups.append([scene.members[id_] for id_ in sorted(group)])
    return groups


def _joinable(scene: Scene, article: int) -> set[int]:
    """As `_strongly`, of what is loaded."""
    words = scene.members[article].words
    return {
        other
        for other, shared in scene.ties.shared(article).items()
        if shared >= STORY_SHARE * min(words, scene.members[other].words)
    }


def _kept(db: Database, scene: Scene, articles: set[int]) -> list[Story]:
    """The stories of articles around, as they are stored: nothing that decides them has changed."""
    if not articles:
        return []
    sql = "select story, id from articles where story is not null and id in (select value from json_each(?))"
    stored: dict[int, list[Member]] = {}
    for story, id_ in db.conn.execute(sql, (json.dumps(list(articles)),)):
        stored.setdefault(story, []).append(scene.members[id_])
    return [Story.of(group) for group in stored.values()]
