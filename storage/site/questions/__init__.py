"""What the pages ask the archive: all their SQL, one named function per question.

Rows are `sqlite3.Row`: templates read columns by name. Lists show articles on topics only; single articles and
stories answer for every stored one (DESIGN, section 6).
"""

import sqlite3

Db = sqlite3.Connection
Row = sqlite3.Row
Value = str | int | float | None

LISTED = """
  a.id, a.key, a.title, a.language, a.outlet, o.name as outlet_name, a.published_at, a.published_offset,
  a.published_precision, a.published_day, a.first_seen_at, a.gone_at, a.story, s.outlet_count,
  f.class, f.edited, f.source_outlet, coalesce(so.name, f.source_name) as source_name
"""
"""Columns of an article in a list."""
LISTED_FROM = """
  articles a join outlets o on o.id = a.outlet join article_class f on f.article = a.id
  left join stories s on s.id = a.story left join outlets so on so.id = f.source_outlet
"""
OF_TOPIC = "exists (select 1 from article_topics at where at.article = a.id and at.topic = :topic)"
ON_TOPIC = "exists (select 1 from article_topics at where at.article = a.id)"


def many(db: Db, sql: str, **values: Value) -> list[Row]:
    """Return all rows of a question."""
    return db.execute(sql, values).fetchall()


def one(db: Db, sql: str, **values: Value) -> Row | None:
    """Return the first row of a question, or None."""
    row: Row | None = db.execute(sql, values).fetchone()
    return row
