"""How far an outlet's GUIDs may be believed when they say that two addresses are one item.

A headline is edited, its slug changes with it, and the feed says that the item is still the one it was: the same GUID.
Believing it saves the archive a second article. But GUIDs are also positions in a list, regenerated with every build,
started again by a new system, or one for all. So an outlet earns trust and may lose it:

- agreed: an item was seen again in a later pass, in a document that had changed, with the GUID and address it had.
  Positions in a list and GUIDs made anew never do that.
- contradicted: one document has the GUID on two addresses of which one is new; a new address has the GUID of a known
  item with another title and of another day; the texts of the two pages turned out to differ.

Trusted are AGREEMENTS or more, and FOR_ONE times as many as contradictions: one glitch of a feed reader or a doubled item
is forgiven an outlet that is right otherwise, a second system that counts from 1 again is not. Of agreements only KEPT are
remembered, so that a good past does not outweigh a bad present. Trust decides only who is asked as whom: what is stored as
one article is decided by the texts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from storage.records import Link
from storage.words import fold

AGREEMENTS = 10
FOR_ONE = 50
KEPT = 500
LONGEST = 500  # characters
SHORTEST_NUMBER = 5  # digits: shorter numbers are positions in a list, or will be had by another system too


@dataclass(frozen=True, slots=True)
class Holder:
    """An older link with the same GUID, and what was said of it."""

    url_key: str
    title: str | None
    day: str | None
    """YYYY-MM-DD, as the outlet dated it first."""


def usable(link: Link) -> str | None:
    """Return a link's GUID if it could name one item among others."""
    guid = link.guid
    if not guid or not guid.strip() or len(guid) > LONGEST or not guid.isprintable():
        return None
    if guid.isdecimal() and len(guid) < SHORTEST_NUMBER:
        return None
    return None if _bare(guid) == _bare(link.found_in) else guid


def of_listing(links: Sequence[tuple[str, Link]]) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return the GUIDs that tell a listing's links apart, by `url_key`, and the keys of links that share one."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for key, link in links:
        if guid := usable(link):
            holders[guid].add(key)
    alone = {key: guid for guid, keys in holders.items() if len(keys) == 1 for key in keys}
    return alone, frozenset(key for keys in holders.values() if len(keys) > 1 for key in keys)


def count(db: Database, outlet: str, *, agreed: int = 0, contradicted: int = 0) -> None:
    """Add to what is known of an outlet's GUIDs."""
    if agreed or contradicted:
        db.execute(
            "insert into guids values (?1, min(?2, ?4), ?3) on conflict (outlet) do update set"
            " agreed = min(agreed + ?2, ?4), contradicted = contradicted + ?3",
            [outlet, agreed, contradicted, KEPT],
        )


def contradict_guid(db: Database, outlet: str) -> None:
    """Note that the texts of two addresses with one GUID were two articles'."""
    count(db, outlet, contradicted=1)


def trusted(db: Database, outlet: str) -> bool:
    """Say whether an outlet's GUIDs have proved true so far."""
    row = db.execute("select agreed, contradicted from guids where outlet = ?", [outlet]).fetchone()
    return row is not None and row[0] >= AGREEMENTS and row[0] >= FOR_ONE * row[1]


def holder(db: Database, outlet: str, guid: str, url_key: str) -> Holder | None:
    """Return the first link of an outlet found with a GUID, if that was before `url_key` was found."""
    row = db.execute(
        "select url_key, title, published ->> '$.day' from links where outlet = ?1 and guid = ?2 and url_key <> ?3"
        " and rowid < coalesce((select rowid from links where url_key = ?3), 9e18) order by rowid limit 1",
        [outlet, guid, url_key],
    ).fetchone()
    return Holder(*row) if row else None


def clearly_other(older: Holder, title: str | None, day: str | None) -> bool:
    """Say whether what was said of two items with one GUID cannot be said of one: another title and another day."""
    if not (older.title and title and older.day and day):
        return False
    return older.day != day and fold(older.title).split() != fold(title).split()


def same_article(db: Database, outlet: str, guid: str, url_key: str) -> str | None:
    """Return the `url_key` of an older link that an outlet's GUID says is the same item; None without trust."""
    if not trusted(db, outlet):
        return None
    older = holder(db, outlet, guid, url_key)
    own = db.execute("select title, published ->> '$.day' from links where url_key = ?", [url_key]).fetchone()
    if older is None or (own and clearly_other(older, *own)):
        return None
    return older.url_key


def _bare(address: str) -> str:
    return address.partition("://")[2].rstrip("/").removeprefix("www.") or address
