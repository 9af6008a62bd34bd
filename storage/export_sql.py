"""The archive's views over a study's own files: in `study.sqlite`, and for DuckDB in `load.sql`."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from storage.codebook import Column, Table
from storage.views import VIEWS

# What is computed in the archive stands ready in a study's files; the other views are the archive's own.
_OF_STUDY = """
create view article_topics as select article, topic, score, hits, topic_version, run from topics;
create view active_topics as select distinct topic, name from topics;
create view counted_articles as select * from articles where context = 0;
create view article_class as select id as article, class, kind, source, source_outlet, source_name, source_ownership,
  credit_status, headline_changed, lag_min_s, lag_max_s, edited, gone, exposed from articles;
"""

_HEAD = """-- Read this study in DuckDB, in its folder: duckdb -init load.sql (or .read load.sql, or connection.execute).
-- Files become views in which times and days are text, as in the archive and study.sqlite, so that the same SQL runs;
-- for typed columns read the Parquet files themselves: select * from 'articles.parquet'.
create or replace macro julianday(moment) as epoch(cast(moment as timestamp)) / 86400.0 + 2440587.5;
"""


def add_views(path: Path) -> None:
    """Add the archive's views to `study.sqlite`, so that queries written for the archive run on it."""
    db = sqlite3.connect(path)
    ours = {name for (name,) in db.execute("select name from sqlite_schema")}
    for _, statement in _views(ours):
        db.execute(statement)
    db.execute("analyze")
    db.commit()
    db.close()


def load_sql(described: Iterable[Table]) -> str:
    """Return the SQL that opens the Parquet files of these tables in DuckDB, with the views."""
    tables = list(described)
    names = {table.name for table in tables}
    parts = [_HEAD, *(_parquet(table) for table in tables)]
    parts += [f"{statement};" for _, statement in _views(names)]
    return "\n".join(parts).replace("create view", "create or replace view") + "\n"


def _views(tables: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield name and statement of the views, those a study has of its own first."""
    taken = set(tables)
    for statement in (_OF_STUDY + VIEWS).split(";\n"):
        words = statement.split()
        if words and words[2] not in taken:
            taken.add(words[2])
            yield words[2], statement.strip()


def _parquet(table: Table) -> str:
    columns = ", ".join(_as_text(column) for column in table.columns)
    return f"create view {table.name} as select {columns} from '{table.name}.parquet';"


def _as_text(column: Column) -> str:
    name = f'"{column.name}"'
    if column.kind == "time":
        return f"strftime({name} at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ') as {name}"
    return f"cast({name} as varchar) as {name}" if column.kind == "day" else name
