"""Writes the search index and the archive's vocabulary; reading them is `storage.search`.

The index writes what it holds in memory to the disk, as a segment to be merged later, whenever a savepoint begins: ten times
the cost of the words themselves. Where articles are stored one after another in one transaction, `together` indexes them at its end.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from sqlite_utils import Database

from storage import vocabulary
from storage.words import fold

_INSERT = "insert into articles_fts(rowid, title, authors, text) values (:id, :title, :authors, :text)"
_DELETE = "insert into articles_fts(articles_fts, rowid, title, authors, text) values ('delete', :id, :title, :authors, :text)"

_waiting: WeakKeyDictionary[Database, set[int]] = WeakKeyDictionary()


def index_article(db: Database, article_id: int) -> None:
    """Make a stored article findable; the caller's transaction, after its rows are written."""
    if db in _waiting:
        _waiting[db].add(article_id)
    else:
        _index(db, [article_id])


def unindex_article(db: Database, article_id: int) -> None:
    """Take an article out of the index; call it before title, authors or text change, or it cannot be found again."""
    _waiting.get(db, set()).discard(article_id)
    if db.execute("select 1 from articles_fts_docsize where id = ?", [article_id]).fetchone():
        db.execute(_DELETE, _indexed(db, article_id))


@contextmanager
def together(db: Database) -> Iterator[None]:
    """Index at the end what is stored meanwhile. Within a transaction that is undone if anything is raised."""
    if db in _waiting:
        yield
        return
    _waiting[db] = set()
    try:
        yield
        _index(db, sorted(_waiting[db]))
    finally:
        del _waiting[db]


def _index(db: Database, articles: list[int]) -> None:
    found = [_indexed(db, article) for article in articles]
    for words in found:
        db.execute(_INSERT, words)
    for words in found:
        (language,) = db.execute("select language from articles where id = ?", [words["id"]]).fetchone()
        if language:
            vocabulary.learn(db, language, f"{words['title']} {words['text']}")


def _indexed(db: Database, article_id: int) -> dict[str, int | str]:
    row = db.execute(
        "select a.title, a.authors, t.text from articles a left join texts t on t.article = a.id where a.id = ?",
        [article_id],
    ).fetchone()
    title, authors, text = row
    return {
        "id": article_id,
        "title": fold(title or ""),
        "authors": fold(" ".join(json.loads(authors))),
        "text": fold(text or ""),
    }
