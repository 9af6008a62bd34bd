"""Who an article is: the key it goes by, the address it answers at, and whether two pages carry one text."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlite_utils import Database

from storage import tombstones
from storage.words import fold, tokens

SAME_TEXT = 0.5
"""Of all words of two pages at one canonical address: variants of one article share more, two articles less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who an article is."""

    url_key: str
    key: str
    """Machine-independent digest of `url_key`."""
    moved: bool = False
    """It answers at another address now: the one it came with is to be kept."""
    also: tuple[str, ...] = ()
    """Keys of the other addresses it was asked for and answered at: a tombstone of any of them holds."""


def identity_of(db: Database, article: int) -> tuple[Identity, str]:
    """Return who a stored article is, and its address."""
    key, digest, url = db.execute("select url_key, key, url from articles where id = ?", [article]).fetchone()
    return Identity(url_key=key, key=digest), url


def carries(db: Database, article: int, text: str) -> bool:
    """Say whether a stored article's text is this one, more or less: SAME_TEXT of their words are the same."""
    stored = db.execute("select text from texts where article = ?", [article]).fetchone()
    ours, theirs = ({fold(token.word) for token in tokens(each)} for each in (text, stored[0] if stored else ""))
    return len(ours & theirs) >= SAME_TEXT * len(ours | theirs)


def address_holding(db: Database, url_key: str) -> tuple[int, str] | None:
    """Return `(id, url)` of the stored article that goes by a key, if any."""
    row = db.execute("select id, url from articles where url_key = ?", [url_key]).fetchone()
    return (row[0], row[1]) if row else None


def holding_link(db: Database, url_key: str) -> tuple[int, str] | None:
    """Return `(id, url)` of the article that came of a link, though it may go by its canonical address; or None."""
    sql = "select a.id, a.url from links l join articles a on a.url = l.url where l.url_key = ?"
    row = db.execute(sql, [url_key]).fetchone()
    return address_holding(db, url_key) or ((row[0], row[1]) if row else None)


def moved_to(db: Database, url: str) -> int | None:
    """Return the article that answers at an address now, whatever key it goes by."""
    row = db.execute("select id from articles where url = ? order by checked_at desc limit 1", [url]).fetchone()
    return row[0] if row else None


def is_known(db: Database, url: str, url_keys: Collection[str]) -> bool:
    """Say whether an address, or one of the keys it may go by, is a stored article's or a forgotten one's."""
    if moved_to(db, url) is not None or any(holding_link(db, key) for key in url_keys):
        return True
    return bool(tombstones.held(db, url_keys))


def cleaned_otherwise(db: Database, url: str, extractor: str) -> int | None:
    """Return the article that answers at an address, if other rules than `extractor` cleaned it."""
    row = db.execute("select id from articles where url = ? and extractor <> ? limit 1", [url, extractor]).fetchone()
    return row[0] if row else None
