"""Human decisions about articles: which are in force, and what of an article they replace.

The table keeps every decision. Of one kind about one article the last counts (of `not-reprint-of` and `not-on-topic`
all, for each names something else), and one without a value withdraws those of its kind that came before it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, get_args

from sqlite_utils import Database

from storage.origin import Decided
from storage.records import utc_text

Kind = Literal["not-reprint-of", "origin-is", "not-on-topic", "date"]
KINDS: tuple[Kind, ...] = get_args(Kind)

BASIS = "correction"
"""`published_basis` of a date that a person stated."""
_STAMP = ("published_at", "published_offset", "published_precision", "published_basis", "published_day")
_Stamp = Sequence[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What people have decided about an article."""

    not_from: frozenset[str] = frozenset()
    """Keys of articles it is not a reprint of, nor they of it."""
    origin_is: Decided | None = None
    off_topics: frozenset[str] = frozenset()
    date: str | None = None
    """As `stamp_of` reads it."""


NOTHING = InForce()


def of(db: Database, article: int) -> InForce:
    """Return what people have decided about an article."""
    return of_all(db, json.dumps([article])).get(article, NOTHING)


def of_all(db: Database, articles: str) -> dict[int, InForce]:
    """Return what people have decided about any of the articles (a JSON list of ids)."""
    sql = """select c.id, c.article, c.kind, c.value, a.outlet, o.id, coalesce(o.name, p.name)
             from corrections c left join articles a on a.key = c.value left join outlets p on p.id = a.outlet
             left join outlets o on o.id = c.value
             where c.article in (select value from json_each(?)) order by c.id"""
    found: dict[int, InForce] = {}
    for number, article, kind, value, outlet_of, outlet, name in db.conn.execute(sql, (articles,)):
        before = found.get(article, NOTHING)
        if kind == "not-reprint-of":
            found[article] = replace(before, not_from=before.not_from | {value} if value else frozenset())
        elif kind == "not-on-topic":
            found[article] = replace(before, off_topics=before.off_topics | {value} if value else frozenset())
        elif kind == "date":
            found[article] = replace(before, date=value)
        else:
            said = Decided(
                number=number, key=value if outlet_of else None, outlet=outlet_of or outlet, name=name or value
            )
            found[article] = replace(before, origin_is=said if value else None)
    return found


def naming(db: Database, article: int) -> set[int]:
    """Return the articles that are said to come from one."""
    sql = """select article from corrections where kind = 'origin-is' and value = (select key from articles where id = ?)
             and article in (select id from articles)"""
    return {row[0] for row in db.conn.execute(sql, (article,))}


def outlive(db: Database, article: int) -> set[int]:
    """Let what comes from an article that is about to be deleted come from its outlet; return those said to."""
    named = naming(db, article)
    db.conn.execute(
        """update corrections set value = (select outlet from articles where id = :id)
           where kind = 'origin-is' and value = (select key from articles where id = :id)""",
        {"id": article},
    )
    return named


def off_topics(db: Database, article: int) -> frozenset[str]:
    """Return the topics that people have said an article is not on; whoever writes its tags leaves them out."""
    return of(db, article).off_topics


def names(db: Database, article: int) -> bool:
    """Say whether an article is one that a `not-reprint-of` speaks of, from either side."""
    sql = """select exists (select 1 from corrections where kind = 'not-reprint-of' and (article = :id
             or value = (select key from articles where id = :id)))"""
    return bool(db.conn.execute(sql, {"id": article}).fetchone()[0])


def find_article(db: Database, said: str, key: str | None = None) -> int | None:
    """Return the id of the article that a person names by id, key or address; `key` is the address's own `url_key`."""
    sql = """select id from articles where id = cast(:said as integer) and cast(id as text) = :said union all select id from articles where key = :said
             union all select id from articles where url_key = :key
             union all select * from (select id from articles where url = :said order by checked_at desc) limit 1"""
    row = db.conn.execute(sql, {"said": said, "key": key}).fetchone()
    return row[0] if row else None


def key_of(db: Database, article: int) -> str:
    """Return the machine-independent key of an article."""
    return str(db.conn.execute("select key from articles where id = ?", (article,)).fetchone()[0])


def reapply(db: Database, article: int) -> None:
    """Make an article's tags and date what people decided; for whoever wrote either anew. In a transaction.

    Tags that a withdrawn decision had taken away do not come back by this; tagging anew brings them.
    """
    decided = of(db, article)
    off = json.dumps(sorted(decided.off_topics))
    gone = "delete from article_topics where article = ? and topic in (select value from json_each(?))"
    db.conn.execute(gone, (article, off))
    stamp: _Stamp = db.conn.execute(f"select {', '.join(_STAMP)} from articles where id = ?", (article,)).fetchone()
    corrected = stamp[_STAMP.index("published_basis")] == BASIS
    if decided.date is None:
        if corrected:
            _write_stamp(db, article, _replaced(db, article))
        return
    stated = _replaced(db, article) if corrected else stamp
    db.conn.execute(
        """update corrections set replaced = ? where id =
           (select max(id) from corrections where article = ? and kind = 'date' and value is not null)""",
        (json.dumps(list(stated)), article),
    )
    _write_stamp(db, article, stamp_of(decided.date))


def stamp_of(value: str) -> _Stamp:
    """Return a stated date as the five `published_` columns: a day, or a time with its zone.

    Raises ValueError for anything else.
    """
    if len(value) == len("2018-04-03"):
        day = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
        return (utc_text(day), None, "day", BASIS, value)
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("a time needs its zone, as in 2018-04-03T10:00+03:00; or give the day alone")
    precision = "second" if value.count(":", 0, 19) > 1 else "minute"
    return (utc_text(at), at.isoformat()[-6:], precision, BASIS, at.date().isoformat())


def _replaced(db: Database, article: int) -> _Stamp:
    """What the page said before a person said otherwise."""
    sql = "select replaced from corrections where article = ? and replaced is not null order by id desc limit 1"
    row = db.conn.execute(sql, (article,)).fetchone()
    return json.loads(row[0]) if row else (None,) * len(_STAMP)


def _write_stamp(db: Database, article: int, stamp: _Stamp) -> None:
    columns = ", ".join(f"{name} = ?" for name in _STAMP)
    db.conn.execute(f"update articles set {columns} where id = ?", (*stamp, article))
