"""Versions and checks of articles: what of an article changed, what its outlet's other pages show, when it was looked at."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage import outlet_furniture
from storage.learning import without
from storage.records import Article, Stored, from_utc_text, utc_text
from storage.sameness import Around, around, bare, edited, extends

Change = Literal["first", "title", "text", "both", "gone", "back"]
Words = tuple[str | None, str]
"""A title and a text."""
Finding = Change | Literal["completed", "in part"]
NEWEST, NEARBY = 30, 15  # other articles looked at for what the outlet's pages carry now, and carried about that day
TITLES = 1000  # headlines of the outlet that a page may name


def digest_of(text: str) -> str:
    """Return the SHA-256 of a stored text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def change_of(db: Database, article: int, new: Article) -> Finding | None:
    """Return what of a stored article's title and text its outlet changed, if anything.

    An article printed over several pages may be `completed`, where not all of them could be read before; and one that was
    read `in part` says nothing of a text that was read whole, or further.
    """
    title, text, status = db.execute(
        "select a.title, t.text, a.text_status from articles a join texts t on t.article = a.id where a.id = ?",
        [article],
    ).fetchone()
    text = without(text, outlet_furniture.lines(db, new.outlet)) if new.outlet else text  # as `new` was cleaned
    in_part = new.paging is not None
    if in_part and (status != "truncated" or (text != new.text and extends(text, new.text))):
        return "in part"
    new_title = bare(title or "") != bare(new.title or "")
    if status == "truncated" and new.pages > 1 and not new_title and text != new.text and extends(new.text, text):
        return "completed"
    return change_between(db, article, (title, text), (new.title, new.text))


def change_between(db: Database, article: int, old: Words, new: Words) -> Change | None:
    """Return what of an article's title and text its outlet changed between two looks, if anything."""
    new_title = bare(old[0] or "") != bare(new[0] or "")
    new_text = edited(old[1], new[1], lambda: surroundings(db, article))
    if new_title and new_text:
        return "both"
    return "title" if new_title else "text" if new_text else None


def surroundings(db: Database, article: int) -> Around:
    """Return what other articles of an article's outlet carry: the newest, those of its days, one a story."""
    outlet, story, day = db.execute(
        "select outlet, story, coalesce(published_day, '') from articles where id = ?", [article]
    ).fetchone()
    near = "select id, story from articles where outlet = :outlet and id <> :article and story is not :story"
    rows = db.execute(
        f"select t.text from texts t where t.article in (select min(id) from ("
        f" select * from ({near} order by published_day desc limit {NEWEST})"
        f" union select * from ({near} and published_day <= :day order by published_day desc limit {NEARBY})"
        f" union select * from ({near} and published_day >= :day order by published_day limit {NEARBY})"
        ") group by coalesce(story, -id))",
        {"outlet": outlet, "article": article, "story": story, "day": day},
    ).fetchall()
    titles = db.execute(
        "select title from articles where outlet = ? and id <> ? and title is not null order by published_day desc limit ?",
        [outlet, article, TITLES],
    ).fetchall()
    return around((row[0] for row in rows), (row[0] for row in titles))


def write_version(
    db: Database, article: int, new: Article, change: Change, *, capture: int | None, run: int, at: str
) -> None:
    """Write an article's title and text as of a time."""
    db.execute(
        "insert into versions values (?, ?, ?, ?, ?, ?, ?, ?)",
        [article, at, new.title, new.text, digest_of(new.text), change, capture, run],
    )


def rewrite_last(db: Database, article: int, new: Article, *, capture: int | None = None) -> None:
    """Write an article's words over its last version: they are what that version was of, cleaned by other rules or
    completed; `capture`: its first page's now."""
    db.execute(
        "update versions set title = ?, text = ?, text_digest = ?, capture = coalesce(?, capture)"
        " where rowid = (select rowid from versions where article = ? and text is not null"
        " order by seen_at desc, rowid desc limit 1)",
        [new.title, new.text, digest_of(new.text), capture, article],
    )


def rewrite_all(db: Database, article: int, cleaned: Callable[[str], str]) -> None:
    """Write the texts of all versions of an article anew: learned furniture was never the article's."""
    rows = db.execute("select rowid, text from versions where article = ? and text is not null", [article]).fetchall()
    for row, text in rows:
        new = cleaned(text)
        db.execute("update versions set text = ?, text_digest = ? where rowid = ?", [new, digest_of(new), row])


def record_check(
    db: Database, article: int, *, state: str, status: int | None, reason: str, run: int, now: datetime
) -> None:
    """Note a later look at an article; the first that finds it gone, and its return, are versions too.

    One that is older than the last says nothing of what is now.
    """
    with db.atomic():
        at = utc_text(now)
        db.execute("insert into checks values (?, ?, ?, ?, ?, ?)", [article, at, state, status, reason or None, run])
        if db.execute("select checked_at > ? from articles where id = ?", [at, article]).fetchone()[0]:
            return
        gone = db.execute("select gone_at is not null from articles where id = ?", [article]).fetchone()[0]
        if state == "gone" and not gone:
            db.execute("update articles set gone_at = ?, checked_at = ? where id = ?", [at, at, article])
            _mark(db, article, "gone", run=run, at=at)
        elif state in ("alive", "changed"):
            db.execute("update articles set gone_at = null, checked_at = ? where id = ?", [at, article])
            if gone:
                _mark(db, article, "back", run=run, at=at)


def last_capture(db: Database, article: int, *, not_modified: bool = False) -> Stored | None:
    """Return the newest answer kept of an article (its first page); `not_modified`: only if no other full one has come since.

    A 304 speaks of the last full answer, whether that was kept or not.
    """
    row = db.execute(
        "select c.url, c.fetched_at, c.digest from versions v join captures c on c.id = v.capture where v.article = ?"
        " order by c.fetched_at desc limit 1",
        [article],
    ).fetchone()
    if row is None:
        return None
    since = "select 1 from checks where article = ? and status = 200 and at > ? limit 1"
    if not_modified and db.execute(since, [article, row[1]]).fetchone():
        return None
    return Stored(url=row[0], fetched_at=from_utc_text(row[1]), digest=row[2])


def captured_at(db: Database, article: int) -> list[tuple[str, int]]:
    """Return `(warc, byte_offset)` of the captures of an article's present text, page by page; none if they were not kept.

    A version names its first page's capture; those of further pages come after it, up to the next version's.
    """
    rows = db.execute(
        "select c.warc, c.byte_offset from captures c, (select capture from versions where article = ?1"
        " and change in ('first', 'title', 'text', 'both') order by seen_at desc, rowid desc limit 1) v"
        " join captures first on first.id = v.capture where c.article = ?1 and c.id >= first.id"
        " and c.fetched_at >= first.fetched_at order by c.id",  # older ones may have come to light since
        [article],
    )
    return [(row[0], row[1]) for row in rows.fetchall()]


def _mark(db: Database, article: int, change: Change, *, run: int, at: str) -> None:
    """Write that an article went, or that it is back with the words it has now."""
    db.execute(
        "insert into versions (article, seen_at, title, text, text_digest, change, run)"
        " select a.id, ?2, iif(?3 = 'back', a.title, null), iif(?3 = 'back', t.text, null),"
        " iif(?3 = 'back', a.text_digest, null), ?3, ?4 from articles a join texts t on t.article = a.id where a.id = ?1",
        [article, at, change, run],
    )
