"""A look at an article that comes to light after later ones: an old capture of what was collected, or read, since.

What the article is now stays; what it was then becomes a version in its place, and the time it was first seen moves back.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from storage.records import Article, utc_text
from storage.versions import Words, change_between, digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What a late look showed."""

    version: bool
    """The article said something else then."""
    earliest: bool
    """Nobody had seen it before."""


class _Version(NamedTuple):
    rowid: int
    words: Words


def is_late(db: Database, article: int, at: datetime) -> bool:
    """Say whether an article was looked at later than `at`, or just then."""
    return bool(db.execute("select checked_at >= ? from articles where id = ?", [utc_text(at), article]).fetchone()[0])


def was_looked_at(db: Database, article: int, at: datetime) -> bool:
    """Say whether this very look is in the archive already."""
    sql = (
        "select 1 from versions where article = ?1 and seen_at = ?2"
        " union all select 1 from checks where article = ?1 and at = ?2 limit 1"
    )
    return db.execute(sql, [article, utc_text(at)]).fetchone() is not None


def note(db: Database, article: int, then: Article, *, at: datetime, run: int, capture: int | None) -> Noted:
    """Write what an article said at an earlier time. In a transaction."""
    moment, words = utc_text(at), (then.title, then.text)
    before = _version(db, article, "seen_at <= ? order by seen_at desc, rowid desc", moment)
    after = _version(db, article, "seen_at > ? order by seen_at, rowid", moment)
    if before is None:
        db.execute("update articles set first_seen_at = ? where id = ?", [moment, article])
    earliest = before is None
    change = change_between(db, article, before.words, words) if before else "first"
    if change is None:
        return Noted(version=False, earliest=earliest)
    following = change_between(db, article, words, after.words) if after else None
    if after and following is None:
        db.execute("update versions set seen_at = ? where rowid = ?", [moment, after.rowid])
        return Noted(version=False, earliest=earliest)
    db.execute(
        "insert into versions values (?, ?, ?, ?, ?, ?, ?, ?)",
        [article, moment, then.title, then.text, digest_of(then.text), change, capture, run],
    )
    if after:
        db.execute(
            "update versions set change = ? where rowid = ? and change in ('first', 'title', 'text', 'both')",
            [following, after.rowid],
        )
    return Noted(version=True, earliest=earliest)


def _version(db: Database, article: int, place: str, moment: str) -> _Version | None:
    sql = f"select rowid, title, text from versions where article = ? and text is not null and {place} limit 1"
    row = db.execute(sql, [article, moment]).fetchone()
    return _Version(row[0], (row[1], row[2])) if row else None
