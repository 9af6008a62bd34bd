"""Rebuilds the stories of the whole archive from stored texts, credits and human decisions, and says what changed.

One transaction: killed, it leaves the stories as they were. What was decided before is kept in temporary tables, which
SQLite keeps on disk, and articles are taken in batches, so memory is that of the largest story, whatever the archive.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlite_utils import Database

from storage import shingle_index
from storage.stories import decide_again
from storage.story_rows import METHOD_VERSION, drop_empty_stories

Progress = Callable[[int, int], None]
Resolve = Callable[[str, str | None], str | None]
"""Name and address of a credit → id of the outlet it names."""

BATCH = 500  # articles decided at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinked:
    """What rebuilding changed. All are counts."""

    articles: int
    credits: int
    """Now of another outlet."""
    stories: int
    moved: int
    """Articles now in a story of another id."""
    merged: int
    """Stories made of several that were apart."""
    split: int
    """Stories whose articles are now in several."""
    origins: int
    """Stories whose origin, or its basis, is another."""
    reprints: int
    """Articles whose sources, or what they share with them, are others."""
    decisions: int
    """Lines written to `story_log`."""
    methods: int
    """Stories decided by another method version before."""

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)

    def in_words(self) -> list[str]:
        """Return what a person wants to know, a line each."""
        lines = [f"{self.articles:,} articles in {self.stories:,} stories"]
        if self.methods:
            lines.append(f"{self.methods:,} stories had been decided by another method than {METHOD_VERSION}")
        told = [
            (self.credits, "credits name another outlet now"),
            (self.merged, "stories are made of several that were apart"),
            (self.split, "stories came apart"),
            (self.moved, "articles are in a story of another id"),
            (self.origins, "stories have another origin"),
            (self.reprints, "articles have other sources, or share other text with them"),
        ]
        lines += [f"{count:,} {what}" for count, what in told if count]
        return [*lines, f"{self.decisions:,} decisions in story_log" if self.decisions else "no decision changed"]


def relink(
    db: Database,
    *,
    run: int,
    now: datetime,
    resolve: Resolve | None = None,
    progress: Progress = lambda done, asked: None,
) -> Relinked:
    """Decide everything anew, with thresholds and outlets as they are now. `resolve`: credits are read again by it too."""
    with db.atomic():
        _remember(db)
        credits_ = _resolve_credits(db, resolve) if resolve else 0
        (count,) = db.conn.execute("select count(*) from articles").fetchone()
        (last,) = db.conn.execute("select coalesce(max(rowid), 0) from story_log").fetchone()
        shingle_index.clear(db)
        done = 0
        for batch in _batches(db):
            for article in batch:
                shingle_index.reindex(db, article)
            done += len(batch)
            progress(done, 2 * count)
        for batch in _batches(db):
            decide_again(db, set(batch), run=run, now=now)
            done += len(batch)
            progress(done, 2 * count)
        drop_empty_stories(db, run=run, now=now)
        found = {name: int(db.conn.execute(sql).fetchone()[0]) for name, sql in _CHANGES.items()}
        (decisions,) = db.conn.execute("select count(*) from story_log where rowid > ?", (last,)).fetchone()
        _forget(db)
    return Relinked(articles=count, credits=credits_, decisions=decisions, **found)


def _batches(db: Database) -> Iterator[list[int]]:
    """Ids of all articles, in order."""
    last = -1
    while True:
        sql = "select id from articles where id > ? order by id limit ?"
        batch = [row[0] for row in db.conn.execute(sql, (last, BATCH))]
        if not batch:
            return
        yield batch
        last = batch[-1]


def _resolve_credits(db: Database, resolve: Resolve) -> int:
    """Write the outlets that credits name, as the outlets are now; return how many are others."""
    changed = last = 0
    while True:
        sql = "select rowid, name, url, outlet from credits where rowid > ? order by rowid limit ?"
        rows = db.conn.execute(sql, (last, BATCH)).fetchall()
        if not rows:
            return changed
        last = rows[-1][0]
        others = [(found, row) for row, name, url, outlet in rows if (found := resolve(name, url)) != outlet]
        db.conn.executemany("update credits set outlet = ? where rowid = ?", others)
        changed += len(others)


_REPRINTS = """select article, group_concat(json_array(source, source_outlet, source_name, source_story, main, kind,
               containment, words_shared, credit_status)) as said from (select * from reprints order by article, rowid)
               group by article"""
_BEFORE = {
    "was_home": "select id, story from articles",
    "was_story": "select id, origin, origin_outlet, origin_name, origin_basis, method_version from stories",
    "was_reprint": _REPRINTS,
}
_CHANGES = {
    "stories": "select count(*) from stories",
    "moved": "select count(*) from articles a join temp.was_home w on w.id = a.id where w.story is not a.story",
    "merged": """select count(*) from (select 1 from articles a join temp.was_home w on w.id = a.id
        where w.story is not null group by a.story having count(distinct w.story) > 1)""",
    "split": """select count(*) from (select 1 from articles a join temp.was_home w on w.id = a.id
        where w.story is not null group by w.story having count(distinct a.story) > 1)""",
    "origins": """select count(*) from stories s join temp.was_story w on w.id = s.id
        where w.origin is not s.origin or w.origin_outlet is not s.origin_outlet
        or w.origin_name is not s.origin_name or w.origin_basis is not s.origin_basis""",
    "reprints": f"""with after as ({_REPRINTS})
        select (select count(*) from after a left join temp.was_reprint w on w.article = a.article
                where w.said is not a.said)
        + (select count(*) from temp.was_reprint where article not in (select article from reprints))""",
    "methods": f"select count(*) from temp.was_story where method_version <> '{METHOD_VERSION}'",
}


def _remember(db: Database) -> None:
    _forget(db)
    for table, sql in _BEFORE.items():
        db.conn.execute(f"create temp table {table} as {sql}")
    db.conn.execute("create unique index temp.was_home_id on was_home(id)")
    db.conn.execute("create unique index temp.was_story_id on was_story(id)")
    db.conn.execute("create unique index temp.was_reprint_article on was_reprint(article)")


def _forget(db: Database) -> None:
    for table in _BEFORE:
        db.conn.execute(f"drop table if exists temp.{table}")
