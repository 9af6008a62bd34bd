"""What was forgotten and is never collected again: addresses, outlets, names of persons.

A tombstone keeps digests, no addresses and no names: those, too, tell what was removed. `url_key` holds what must not come
back, as one of the marks below; `key` is the article's own, so that exported studies can be held against it.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.records import article_key, utc_text
from storage.words import fold, words_in

LONGEST_NAME = 6  # words; a byline is searched for names of up to so many

_OUTLET, _PERSON = "outlet:", "person:"
_LEADS = "leads to what was forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """What was forgotten at one time for one reason, and still is."""

    removed_at: str
    """UTC."""
    reason: str
    outlet: str | None
    """The whole outlet that was forgotten."""
    persons: int
    """Forgotten by name; names are not kept."""
    articles: tuple[int, ...]
    """Their ids."""
    addresses: int
    """Digests held, of the articles and of what led to them."""


def outlet_mark(outlet: str) -> str:
    """Return the mark of a whole outlet."""
    return _OUTLET + outlet


def person_mark(name: str) -> str:
    """Return the mark of a name, however it is capitalised and accented."""
    return _PERSON + hashlib.sha256(" ".join(words_in(fold(name))).encode()).hexdigest()[:32]


def marks_in(names: Iterable[str]) -> frozenset[str]:
    """Return the marks of all persons that these bylines or credits could name: of every few words in a row."""
    found = set()
    for name in names:
        words = words_in(fold(name))
        for start in range(len(words)):
            ends = range(start + 1, min(start + LONGEST_NAME, len(words)) + 1)
            found |= {person_mark(" ".join(words[start:end])) for end in ends}
    return frozenset(found)


def held(db: Database, url_keys: Collection[str]) -> frozenset[str]:
    """Return those of the addresses' keys that are not to be collected again."""
    if not url_keys or not db.execute("select exists (select 1 from tombstones)").fetchone()[0]:
        return frozenset()
    marks = {key: {key, article_key(key)} for key in url_keys}
    sql = "select url_key from tombstones where url_key in (select value from json_each(?))"
    known = {row[0] for row in db.execute(sql, [json.dumps([mark for both in marks.values() for mark in both])])}
    return frozenset(key for key, both in marks.items() if both & known)


def outlets(db: Database) -> frozenset[str]:
    """Return the outlets that are not to be collected again."""
    rows = db.execute("select url_key from tombstones where url_key glob ?", [_OUTLET + "*"])
    return frozenset(row[0].removeprefix(_OUTLET) for row in rows.fetchall())


def persons(db: Database) -> frozenset[str]:
    """Return the marks of forgotten persons."""
    return frozenset(
        row[0] for row in db.execute("select url_key from tombstones where url_key glob ?", [_PERSON + "*"])
    )


def forbid(db: Database, url_keys: Collection[str], *, outlet: str | None, names: Iterable[str]) -> bool:
    """Say whether an article of these addresses, outlet and names (authors, credits) is not to be stored."""
    if held(db, url_keys) or outlet in outlets(db):
        return True
    forgotten = persons(db)
    return bool(forgotten and forgotten & marks_in(names))


def lay(
    db: Database, marks: Iterable[str], *, key: str, outlet: str | None, reason: str, run: int | None, now: datetime
) -> None:
    """Write tombstones for marks; those there already stay as they are. In a transaction."""
    sql = "insert or ignore into tombstones (url_key, key, outlet, removed_at, reason, run) values (?, ?, ?, ?, ?, ?)"
    db.conn.executemany(sql, [(mark, key, outlet, utc_text(now), reason, run) for mark in sorted(marks)])


def extend(db: Database, url_key: str, *, outlet: str | None, run: int, now: datetime) -> None:
    """Note that an address led to what was forgotten, and keep nothing that was said about it. In a transaction."""
    mark = article_key(url_key)
    lay(db, [mark], key=mark, outlet=outlet, reason=_LEADS, run=run, now=now)
    db.execute("delete from links where url_key = ?", [url_key])


def forgettings(db: Database) -> list[Forgetting]:
    """Return what is forgotten, oldest first."""
    sql = """select removed_at, reason, max(iif(url_key glob 'outlet:*', substr(url_key, 8), null)), sum(url_key glob 'person:*'),
             json_group_array(distinct article) filter (where article is not null),
             sum(url_key not glob 'person:*' and url_key not glob 'outlet:*')
             from tombstones group by removed_at, reason order by removed_at, reason"""
    return [
        Forgetting(
            removed_at=at, reason=reason, outlet=outlet, persons=persons, articles=tuple(sorted(json.loads(ids))),
            addresses=addresses,
        )
        for at, reason, outlet, persons, ids, addresses in db.execute(sql).fetchall()
    ]  # fmt: skip


def key_of(db: Database, said: str, url_key: str | None = None) -> str | None:
    """Return the key of what was forgotten and is named by id, key, mark or address; `url_key` is the address's own."""
    sql = """select key from tombstones where cast(article as text) = :said union all select key from tombstones where key = :said
             union all select key from tombstones where url_key in (:url_key, :mark) limit 1"""
    mark = article_key(url_key) if url_key else None
    row = db.execute(sql, {"said": said, "url_key": url_key, "mark": mark}).fetchone()
    return str(row[0]) if row else None


def withdraw(db: Database, keys: Iterable[str]) -> int:
    """Take tombstones away, by `key`; return how many articles may be collected again. In a transaction.

    With an outlet or a person go the articles that were forgotten by the same command. So do all addresses that only led
    to what was forgotten: those that still do are held again once they are asked.
    """
    gone = set(keys)
    of_one_command = """select one.key from tombstones one join tombstones this using (removed_at, reason)
                        where this.url_key = ? and (this.url_key glob 'outlet:*' or this.url_key glob 'person:*')"""
    for key in list(gone):
        gone |= {row[0] for row in db.execute(of_one_command, [key]).fetchall()}
    listed = json.dumps(sorted(gone))
    sql = "select count(distinct article) from tombstones where key in (select value from json_each(?))"
    (articles,) = db.execute(sql, [listed]).fetchone()
    db.execute("delete from tombstones where key in (select value from json_each(?))", [listed])
    db.execute("delete from tombstones where reason = ? and key = url_key and article is null", [_LEADS])
    return int(articles)
