"""Atom feeds from the archive's rows."""

import sqlite3

from storage.site import atom, phrases
from storage.site.cells import address
from storage.site.questions import Row, watching

NEWEST = 50


def articles_feed(db: sqlite3.Connection, *, kind: str, id_: str, root: str) -> str | None:
    """Return the feed of a topic's or outlet's newest articles, None for an unknown one; `root` is absolute."""
    subject = watching.topic(db, id_) if kind == "topic" else watching.outlet(db, id_)
    if subject is None:
        return None
    articles = watching.newest(
        db, NEWEST, topic=id_ if kind == "topic" else None, outlet=id_ if kind == "outlet" else None
    )
    return atom.feed(
        title=subject["name"],
        url=f"{root}/feed{address(kind, id_)}.atom",
        home=f"{root}{address(kind, id_)}",
        updated=max(
            (row["first_seen_at"] for row in articles), default=watching.last_pass(db)["at"] or "1970-01-01T00:00:00Z"
        ),
        entries=[_entry(row, root) for row in articles],
    )


def _entry(row: Row, root: str) -> atom.Entry:
    known = phrases.CLASSES[row["class"]].words
    source = f" Source named or found: {row['source_name']}." if row["source_name"] else ""
    return atom.Entry(
        key=row["key"],
        title=row["title"] or "(no headline)",
        author=row["outlet_name"],
        url=f"{root}{address('article', row['id'])}",
        updated=row["first_seen_at"],
        published=row["published_at"],
        language=row["language"],
        summary=f"{row['outlet_name']}, {phrases.published(row)}. {known[0].upper()}{known[1:]}.{source}",
    )
