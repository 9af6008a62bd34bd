"""Takes articles out of the archive for good: every row that holds words of theirs, and their place in stories.

What is left to do outside the tables (WARC files, free pages of the database) goes to `erasures` in the same transaction, so
that no interruption leaves words behind that nobody knows of. What an outlet's pages or other articles say stays theirs.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage import erasures, guids, indexing, stories, tombstones, vocabulary
from storage.erasures import Erasure, Place
from storage.records import article_key
from storage.words import fold, words_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What every tombstone of one command says."""

    reason: str
    run: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """An article about to be forgotten."""

    id: int
    key: str
    outlet: str
    story: int | None
    title: str | None
    url_keys: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """An exported study that holds forgotten articles."""

    title: str
    directory: str
    made_at: str
    articles: int
    """Of the forgotten ones."""


def forget_article(db: Database, article: int, url_keys: Iterable[str], why: Why) -> None:
    """Remove an article, in one transaction; `url_keys` are those of all its addresses (`addresses_of`, `links_of`)."""
    with db.atomic():
        doomed = _doomed(db, article, url_keys)
        keys = tuple(sorted(doomed.url_keys))
        urls = tuple(sorted(addresses_of(db, article) | _asked_as(db, keys)))
        what = Erasure(
            places=_drop_captures(db, article), url_keys=keys, urls=urls, title=doomed.title, since=_since(db, doomed)
        )
        erasures.add(db, what)
        indexing.unindex_article(db, article)
        stories.withdraw(db, article, run=why.run, now=why.now)
        db.execute("delete from corrections where article = ?", [article])
        db.execute("delete from articles where id = ?", [article])  # cascades to all that is only its own
        _drop_links(db, doomed)
        _blot_out(db, doomed)
        marks = {article_key(key) for key in doomed.url_keys}
        tombstones.lay(db, marks, key=doomed.key, outlet=doomed.outlet, reason=why.reason, run=why.run, now=why.now)
        db.execute("update tombstones set article = ? where key = ?", [article, doomed.key])


def forget_outlet(db: Database, outlet: str, why: Why) -> None:
    """Once an outlet's articles are gone: lay its tombstone and remove what is known of its places; counts of asking stay."""
    with db.atomic():
        mark = tombstones.outlet_mark(outlet)
        tombstones.lay(db, [mark], key=mark, outlet=outlet, reason=why.reason, run=why.run, now=why.now)
        db.execute("update outlets set active = 0 where id = ?", [outlet])
        hosts = db.execute("select host, path_prefix from outlet_hosts where outlet = ?", [outlet]).fetchall()
        prefixes = tuple(host + path for host, path in hosts)
        places = tuple(row[0] for row in db.execute("select url from feeds where outlet = ?", [outlet]).fetchall())
        db.execute(
            "update fetches set url = '' where outlet = ? and kind in ('article', 'recheck', 'backfill')", [outlet]
        )
        for table in (
            "links",
            "feeds",
            "guids",
            "false_304s",
            "outlet_furniture",
            "health",
            "paces",
            "drifts",
            "canaries",
            "notices",
        ):
            db.execute(f"delete from {table} where outlet = ?", [outlet])
        erasures.add(db, Erasure(prefixes=prefixes, urls=places, spared=_editions_below(db, outlet, prefixes)))


def _editions_below(db: Database, outlet: str, prefixes: Sequence[str]) -> tuple[str, ...]:
    """Return the beginnings of other outlets' addresses that lie below these: the longest says whose a page is."""
    others = db.execute("select host || path_prefix from outlet_hosts where outlet <> ?", [outlet]).fetchall()
    return tuple(other for (other,) in others if other.startswith(tuple(prefixes)) and other not in prefixes)


def forget_person(db: Database, name: str, why: Why) -> None:
    """Lay a name's tombstone and remove it where it stands beside articles that stay: in links, stories, boxes."""
    with db.atomic():
        mark = tombstones.person_mark(name)
        tombstones.lay(db, [mark], key=mark, outlet=None, reason=why.reason, run=why.run, now=why.now)
        _blot_names(db, lambda said: names(name, said), why)


def blot_persons(db: Database, why: Why) -> None:
    """Remove the names of all forgotten persons where they stand beside articles: of an archive from before. In a transaction."""
    if persons := tombstones.persons(db):
        _blot_names(db, lambda said: bool(persons & tombstones.marks_in([said or ""])), why)


def _blot_names(db: Database, is_named: Callable[[str | None], bool], why: Why) -> None:
    decided = db.execute("select id, article, value from corrections where kind = 'origin-is'").fetchall()
    named = [(id_, article) for id_, article, value in decided if is_named(value)]
    db.conn.executemany("update corrections set value = null where id = ?", [(id_,) for id_, _ in named])
    stored = {row[0] for row in db.execute("select id from articles").fetchall()} if named else set()
    again = {article for _, article in named} & stored
    stories.decide_again(db, again, run=why.run, now=why.now)  # which logs what was: so the log comes behind
    for select, change in _BESIDE.items():
        rows = [tuple(row[1:]) for row in db.execute(select).fetchall() if is_named(row[0])]
        db.conn.executemany(change, rows)


# Where names stand that no stored article has: select of words and key → what is done with the rows that have the name.
_BESIDE = {
    "select authors, url_key from links where authors <> '[]'": "update links set authors = '[]' where url_key = ?",
    "select words, outlet, line from outlet_furniture": "delete from outlet_furniture where outlet = ? and line = ?",
    "select old, rowid from story_log where what = 'origin'": "update story_log set old = json_set(old, '$[2]', null) where rowid = ?",
    "select new, rowid from story_log where what = 'origin'": "update story_log set new = json_set(new, '$[2]', null) where rowid = ?",
    "select reason, id from corrections": "update corrections set reason = null where id = ?",
    "select made_by, id from corrections": "update corrections set made_by = null where id = ?",
}


def has_outlet(db: Database, outlet: str) -> bool:
    """Say whether the archive knows an outlet."""
    return db.execute("select 1 from outlets where id = ?", [outlet]).fetchone() is not None


def articles_of_outlet(db: Database, outlet: str) -> list[int]:
    """Return the articles of an outlet, newest first."""
    return [row[0] for row in db.execute("select id from articles where outlet = ? order by id desc", [outlet])]


_NAMED = """select a.id, j.value from articles a, json_each(a.authors) j union all select article, name from credits
            union all select article, words from credits where kind = 'byline'"""


def articles_by(db: Database, name: str) -> list[int]:
    """Return the articles that name a person as an author or in a credit, newest first."""
    return sorted({id_ for id_, said in db.execute(_NAMED) if names(name, said)}, reverse=True)


def articles_naming(db: Database, name: str) -> list[int]:
    """Return the articles whose title or present text has a name, newest first."""
    phrase = '"' + " ".join(words_in(fold(name))) + '"'
    sql = "select rowid from articles_fts where articles_fts match ? order by rowid desc"
    return [row[0] for row in db.execute(sql, [f"{{title text}} : {phrase}"])]


def addresses_of(db: Database, article: int) -> frozenset[str]:
    """Return every address an article has been asked for or has answered at; without scheme the one it goes by."""
    sql = """select url from articles where id = :id union select requested_url from articles where id = :id
             union select url_key from articles where id = :id union select url from captures where article = :id"""
    return frozenset(row[0] for row in db.execute(sql, {"id": article}))


def links_of(db: Database, article: int, url_keys: Collection[str]) -> frozenset[str]:
    """Return the keys of links that the article's outlet says are the same item as these, where it is to be trusted."""
    (outlet,) = db.execute("select outlet from articles where id = ?", [article]).fetchone()
    if not guids.trusted(db, outlet):
        return frozenset()
    sql = """select url_key from links where outlet = ?1 and guid in
             (select guid from links where url_key in (select value from json_each(?2)))"""
    return frozenset(row[0] for row in db.execute(sql, [outlet, json.dumps(sorted(url_keys))]))


def companions(db: Database, articles: Sequence[int]) -> list[tuple[int, str, str]]:
    """Return `(id, outlet, url)` of the other articles in the same stories: the same text, which stays."""
    sql = """select id, outlet, url from articles where story in (select story from articles where id in
             (select value from json_each(?1))) and id not in (select value from json_each(?1)) order by id"""
    return [tuple(row) for row in db.execute(sql, [json.dumps(list(articles))])]


def studies_with(db: Database, articles: Sequence[int]) -> list[Study]:
    """Return the exported studies that any of the articles is in, newest first."""
    sql = """select title, directory, made_at, count(*) as articles from study_articles join studies on studies.id = study
             where article in (select value from json_each(?)) group by study order by study desc"""
    return [
        Study(title=row[0], directory=row[1], made_at=row[2], articles=row[3])
        for row in db.execute(sql, [json.dumps(list(articles))])
    ]


def violating(db: Database) -> list[int]:
    """Return stored articles that a tombstone forbids: of an archive brought back from before it was laid."""
    sql = """select a.id from tombstones t join articles a on a.key in (t.key, t.url_key)
             union select a.id from tombstones t join articles a on a.url_key = t.url_key"""
    found = {row[0] for row in db.execute(sql)}
    for outlet in tombstones.outlets(db):
        found |= set(articles_of_outlet(db, outlet))
    if persons := tombstones.persons(db):
        found |= {id_ for id_, said in db.execute(_NAMED) if persons & tombstones.marks_in([said])}
    return sorted(found, reverse=True)


def sweep_vocabulary(db: Database) -> None:
    """Take words out of the search index's vocabulary that no article has any more, and the index's own remains. In a transaction."""
    db.execute("insert into articles_fts(articles_fts) values ('optimize')")  # merges what was deleted away
    db.execute("create virtual table temp.indexed using fts5vocab(main, articles_fts, row)")
    lost = db.execute(
        "select distinct form from word_forms where form not in (select term from temp.indexed)"
    ).fetchall()
    db.execute("drop table temp.indexed")
    sql = "select 1 from articles_fts where articles_fts match ? limit 1"  # the tokenizer's word on it
    gone = [form for (form,) in lost if not db.execute(sql, ['"' + form.replace('"', '""') + '"']).fetchone()]
    vocabulary.drop(db, gone)


def names(name: str, said: str | None) -> bool:
    """Say whether words hold a name: its words in a row, whatever their capitals and accents."""
    wanted, words = words_in(fold(name)), words_in(fold(said or ""))
    return any(words[i : i + len(wanted)] == wanted for i in range(len(words) - len(wanted) + 1))


def _doomed(db: Database, article: int, url_keys: Iterable[str]) -> Doomed:
    sql = "select key, outlet, story, title, url_key from articles where id = ?"
    key, outlet, story, title, url_key = db.execute(sql, [article]).fetchone()
    return Doomed(
        id=article,
        key=key,
        outlet=outlet,
        story=story,
        title=title,
        url_keys=frozenset([url_key, *url_keys]),
    )


def _since(db: Database, doomed: Doomed) -> str | None:
    """Return the first month that a list can have named the article in; None where that is not known."""
    sql = """select min(at) from (select first_seen_at as at from articles where id = ?1
             union all select found_at from links where url_key in (select value from json_each(?2)))"""
    (at,) = db.execute(sql, [doomed.id, json.dumps(sorted(doomed.url_keys))]).fetchone()
    return at[:7] if at else None


def _drop_captures(db: Database, article: int) -> tuple[Place, ...]:
    """Delete the rows of an article's captures; return where the bytes are."""
    sql = """select id, warc, byte_offset, byte_length from captures
             where article = ?1 or id in (select capture from versions where article = ?1)"""
    found = db.execute(sql, [article]).fetchall()
    ids = json.dumps([row[0] for row in found])
    for table in ("versions", "outlet_rights"):
        db.execute(f"update {table} set capture = null where capture in (select value from json_each(?))", [ids])
    db.execute("delete from captures where id in (select value from json_each(?))", [ids])
    return tuple(Place(warc=warc, byte_offset=offset, byte_length=length) for _, warc, offset, length in found)


def _asked_as(db: Database, url_keys: Iterable[str]) -> frozenset[str]:
    sql = "select url from links where url_key in (select value from json_each(?))"
    return frozenset(row[0] for row in db.execute(sql, [json.dumps(list(url_keys))]))


def _drop_links(db: Database, doomed: Doomed) -> None:
    db.execute(
        "delete from links where url_key in (select value from json_each(?))", [json.dumps(sorted(doomed.url_keys))]
    )


def _blot_out(db: Database, doomed: Doomed) -> None:
    """Take names that nobody credits any more out of what was decided about the article's stories."""
    db.execute(
        """update story_log set old = json_set(old, '$[2]', null), new = json_set(new, '$[2]', null)
           where what = 'origin' and story in (?, ?) and exists (
             select 1 from json_each(json_array(old ->> '$[2]', new ->> '$[2]')) j where j.value is not null
             and j.value not in (select name from credits) and j.value not in (select name from outlets))""",
        [doomed.id, doomed.story],
    )
