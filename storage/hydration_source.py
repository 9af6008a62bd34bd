"""What an archive has for an article of somebody else's set: texts, captures, or its removal."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from storage import tombstones, versions

Place = tuple[str, int]  # of a capture: WARC file, byte offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A stored text that may be the one wanted."""

    text: str
    seen_at: str


def removed(db: Database, key: str, outlet: str) -> str | None:
    """Return why an article, or its whole outlet, was removed from the archive for good; None where it was not."""
    marks = [key, key, tombstones.outlet_mark(outlet)]
    row = db.execute("select reason from tombstones where key = ? or url_key in (?, ?)", marks).fetchone()
    return str(row[0]) if row else None


def article_of(db: Database, key: str) -> int | None:
    """Return the archive's own id of an article."""
    row = db.execute("select id from articles where key = ?", [key]).fetchone()
    return int(row[0]) if row else None


def texts(db: Database, article: int, digest: str) -> Iterator[Text]:
    """Yield an article's texts: the wanted one first, then the present one, then older versions, newest first."""
    rows = db.execute(
        """select text, at from (
             select t.text, a.checked_at as at, a.text_digest as digest, 1 as present
             from articles a join texts t on t.article = a.id where a.id = :article
             union all
             select text, seen_at, text_digest, 0 from versions where article = :article and text is not null
           ) order by digest = :digest desc, present desc, at desc""",
        {"article": article, "digest": digest},
    )
    for text, at in rows:
        if text:
            yield Text(text=text, seen_at=at)


def captures(db: Database, article: int) -> Iterator[tuple[str, list[Place]]]:
    """Yield when an article's pages were captured, and where: all pages of its last reading, then each older one."""
    newest = versions.captured_at(db, article)
    rows = db.execute(
        """select fetched_at, warc, byte_offset from captures
           where article = ? and status = 200 order by fetched_at desc, id desc""",
        [article],
    ).fetchall()
    times = {(warc, offset): at for at, warc, offset in rows}
    if newest:
        yield times.get(newest[0], ""), list(newest)
    for at, warc, offset in rows:
        if (warc, offset) not in newest:
            yield at, [(warc, offset)]
