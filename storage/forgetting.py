"""Takes articles out of the archive for good: every row that holds words of theirs, and their place in stories.

What is left to do outside the tables (WARC files, free pages of the database) goes to `erasures` in the same transaction, so
that no interruption leaves words behind that nobody knows of. What an outlet's pages or other articles say stays theirs.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage import erasures, search, stories, tombstones
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
    """An article about to be forgotten, and all the addresses it is known by."""

    id: int
    key: str
    outlet: str
    story: int | None
    title: str | None
    urls: frozenset[str]
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
    """Remove an article; `url_keys` are those of all its addresses (`addresses_of`). In one transaction."""
    with db.atomic():
        doomed = _doomed(db, article, url_keys)
        places = _drop_captures(db, doomed)
        erasures.add(db, Erasure(places=places, urls=tuple(sorted(doomed.urls)), title=doomed.title, since=_since(db, doomed)))
        search.unindex_article(db, article)
        stories.withdraw(db, article, run=why.run, now=why.now)
        db.execute("delete from corrections where article = ?", [article])
        db.execute("delete from articles where id = ?", [article])  # cascades to all that is only its own
        _drop_links(db, doomed)
        _blot_out(db, doomed)
        marks = {article_key(key) for key in doomed.url_keys}
        tombstones.lay(db, marks, key=doomed.key, outlet=doomed.outlet, reason=why.reason, run=why.run, now=why.now)


def forget_outlet(db: Database, outlet: str, why: Why) -> None:
    """Lay an outlet's tombstone and remove what is known of its places; its articles go one by one before that."""
    with db.atomic():
        mark = tombstones.outlet_mark(outlet)
        tombstones.lay(db, [mark], key=mark, outlet=outlet, reason=why.reason, run=why.run, now=why.now)
        db.execute("update outlets set active = 0 where id = ?", [outlet])
        db.execute("update fetches set url = '' where outlet = ?", [outlet])
        for table in ("links", "feeds", "guids", "false_304s", "outlet_furniture", "health"):
            db.execute(f"delete from {table} where outlet = ?", [outlet])
        prefixes = db.execute("select host, path_prefix from outlet_hosts where outlet = ?", [outlet]).fetchall()
        erasures.add(db, Erasure(prefixes=tuple(host + path for host, path in prefixes)))


def forget_person(db: Database, name: str, why: Why) -> None:
    """Lay a name's tombstone and remove it where it stands beside articles that stay: in links, stories, boxes."""
    with db.atomic():
        mark = tombstones.person_mark(name)
        tombstones.lay(db, [mark], key=mark, outlet=None, reason=why.reason, run=why.run, now=why.now)
        named = [(row,) for row, authors in _rows(db, "select rowid, authors from links where authors <> '[]'") if _names(name, authors)]
        db.conn.executemany("update links set authors = '[]' where rowid = ?", named)
        boxes = [(row[0], row[1]) for row in _rows(db, "select outlet, line, words from outlet_furniture") if _names(name, row[2])]
        db.conn.executemany("delete from outlet_furniture where outlet = ? and line = ?", boxes)
        logged = [(row,) for row, old, new in _rows(db, "select rowid, old, new from story_log") if _names(name, f"{old} {new}")]
        db.conn.executemany("update story_log set old = null, new = null where rowid = ?", logged)


def articles_of_outlet(db: Database, outlet: str) -> list[int]:
    """Return the articles of an outlet, newest first."""
    return [row[0] for row in db.execute("select id from articles where outlet = ? order by id desc", [outlet])]


def articles_by(db: Database, name: str) -> list[int]:
    """Return the articles that name a person as an author or in a credit, newest first."""
    sql = """select id, authors from articles where authors <> '[]'
             union all select article, json_array(name, words) from credits"""
    return sorted({id_ for id_, said in _rows(db, sql) if _names(name, said)}, reverse=True)


def articles_naming(db: Database, name: str) -> list[int]:
    """Return the articles whose title or present text has a name, newest first."""
    phrase = '"' + " ".join(words_in(fold(name))) + '"'
    sql = "select rowid from articles_fts where articles_fts match ? order by rowid desc"
    return [row[0] for row in db.execute(sql, [f"{{title text}} : {phrase}"])]


def addresses_of(db: Database, article: int) -> frozenset[str]:
    """Return every address an article is known to have been asked for or answered at, and its canonical's if it goes by it."""
    sql = """select url from articles where id = :id union select requested_url from articles where id = :id
             union select url_key from articles where id = :id
             union select url from captures where article = :id
             union select l.url from links l join articles a on a.id = :id and a.outlet = l.outlet
               where l.url_key = a.url_key or l.url in (a.url, a.requested_url) or l.guid in
               (select g.guid from links g where g.outlet = a.outlet and (g.url_key = a.url_key or g.url in (a.url, a.requested_url)))"""
    return frozenset(row[0] for row in db.execute(sql, {"id": article}))


def companions(db: Database, articles: Sequence[int]) -> list[tuple[int, str, str]]:
    """Return `(id, outlet, url)` of the other articles in the same stories: the same text, which stays."""
    sql = """select id, outlet, url from articles where story in (select story from articles where id in
             (select value from json_each(?1))) and id not in (select value from json_each(?1)) order by id"""
    return [tuple(row) for row in db.execute(sql, [json.dumps(list(articles))])]


def studies_with(db: Database, articles: Sequence[int]) -> list[Study]:
    """Return the exported studies that any of the articles is in, newest first."""
    sql = """select title, directory, made_at, count(*) as articles from study_articles join studies on studies.id = study
             where article in (select value from json_each(?)) group by study order by study desc"""
    return [Study(title=row[0], directory=row[1], made_at=row[2], articles=row[3]) for row in db.execute(sql, [json.dumps(list(articles))])]


def violating(db: Database) -> list[int]:
    """Return stored articles that a tombstone forbids: of an archive brought back from before it was laid."""
    found = {row[0] for row in db.execute("select id from articles where key in (select key from tombstones)")}
    for outlet in tombstones.outlets(db):
        found |= set(articles_of_outlet(db, outlet))
    if persons := tombstones.persons(db):
        sql = "select id, authors from articles union all select article, json_array(name) from credits"
        found |= {id_ for id_, said in _rows(db, sql) if persons & tombstones.marks_in(json.loads(said))}
    keys = {article_key(key): id_ for id_, key in _rows(db, "select id, url_key from articles")}
    marks = db.execute("select url_key from tombstones where url_key in (select value from json_each(?))", [json.dumps(list(keys))])
    return sorted(found | {keys[row[0]] for row in marks.fetchall()}, reverse=True)


def sweep_vocabulary(db: Database) -> None:
    """Take words out of the search index's vocabulary that no article has any more, and the index's own remains. In a transaction."""
    db.execute("insert into articles_fts(articles_fts) values ('optimize')")  # merges what was deleted away
    db.execute("create virtual table temp.indexed using fts5vocab(main, articles_fts, row)")
    lost = db.execute("select distinct form from word_forms where form not in (select term from temp.indexed)").fetchall()
    db.execute("drop table temp.indexed")
    sql = "select 1 from articles_fts where articles_fts match ? limit 1"  # the tokenizer's word on it
    gone = [(form,) for (form,) in lost if not db.execute(sql, ['"' + form.replace('"', '""') + '"']).fetchone()]
    db.conn.executemany("delete from word_forms where form = ?", gone)


def _rows(db: Database, sql: str) -> list[tuple]:  # type: ignore[type-arg]
    return db.execute(sql).fetchall()


def _names(name: str, said: str) -> bool:
    """Say whether words hold a name: its words in a row, whatever their capitals and accents."""
    wanted, words = words_in(fold(name)), words_in(fold(said))
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
        urls=addresses_of(db, article),
        url_keys=frozenset([url_key, *url_keys]),
    )


def _since(db: Database, doomed: Doomed) -> str | None:
    """Return the first month that a list can have named the article in; None where that is not known."""
    sql = """select min(at) from (select first_seen_at as at from articles where id = ?1
             union all select found_at from links where url_key in (select value from json_each(?2)))"""
    (at,) = db.execute(sql, [doomed.id, json.dumps(sorted(doomed.url_keys))]).fetchone()
    return at[:7] if at else None


def _drop_captures(db: Database, doomed: Doomed) -> tuple[Place, ...]:
    """Delete the rows of an article's captures, also of answers that gave no article; return where the bytes are."""
    sql = """select id, warc, byte_offset, byte_length from captures where article = ?1
             or id in (select capture from versions where article = ?1)
             or (article is null and url in (select value from json_each(?2)))"""
    found = db.execute(sql, [doomed.id, json.dumps(sorted(doomed.urls))]).fetchall()
    ids = json.dumps([row[0] for row in found])
    for table in ("versions", "outlet_rights"):
        db.execute(f"update {table} set capture = null where capture in (select value from json_each(?))", [ids])
    db.execute("delete from captures where id in (select value from json_each(?))", [ids])
    return tuple(Place(warc=warc, byte_offset=offset, byte_length=length) for _, warc, offset, length in found)


def _drop_links(db: Database, doomed: Doomed) -> None:
    db.execute("delete from links where url_key in (select value from json_each(?))", [json.dumps(sorted(doomed.url_keys))])


def _blot_out(db: Database, doomed: Doomed) -> None:
    """Take addresses and credited names out of the program's own records of what it did."""
    for url in doomed.urls:
        db.execute("update fetches set url = ? where url = ?", [doomed.key, url])
        db.execute("update checks set reason = null where reason like 'now at %' and instr(reason, ?)", [url])
    db.execute(
        """update story_log set old = null, new = null where what = 'origin' and story in (?, ?) and exists (
             select 1 from json_each(json_array(old ->> '$[2]', new ->> '$[2]')) j where j.value is not null
             and j.value not in (select name from credits) and j.value not in (select name from outlets))""",
        [doomed.id, doomed.story],
    )
