"""Writes stories and reprints as rows, and to `story_log` what was decided otherwise before. Decides nothing."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sqlite_utils import Database

from storage.members import Scene, lag
from storage.origin import Member
from storage.records import utc_text
from storage.reprints import EXCERPT_WORDS, Reprint, Story, reprints_of
from storage.words import fold, tokens

METHOD_VERSION = "1"
_Log = Callable[[int, str, object, object, str], None]


def write_stories(
    db: Database, decided: list[Story], was: dict[int, set[int]], *, run: int, now: datetime
) -> list[tuple[Story, set[int] | None]]:
    """Store decided stories, note what changed, delete those that lost their last member; return those that changed.

    With each come the members that joined it, if nothing else about it changed.

    `was` are members, by story, that are no longer stored as such: articles about to be deleted.
    """
    ids = json.dumps([member.id for story in decided for member in story.members])
    held: dict[int, set[int]] = {id_: set(members) for id_, members in was.items()}
    sql = "select story, id from articles where story is not null and id in (select value from json_each(?))"
    for story, id_ in db.conn.execute(sql, (ids,)):
        held.setdefault(story, set()).add(id_)
    log = _logger(db, run=run, now=now)
    changed = []
    for story in decided:
        rewritten, kept = _write_story(db, story, log, run=run)
        members, before = {member.id for member in story.members}, held.get(story.id, set())
        if rewritten or before != members:
            changed.append((story, members - before if kept and before < members else None))
    home = {member.id: story.id for story in decided for member in story.members}
    homes = set(home.values())
    for old, members in sorted(held.items()):
        if old in homes:
            gone = sorted(id_ for id_ in members if home.get(id_) != old)
            if gone:
                log(old, "members", gone, [], "no longer of this text")
        else:
            _log_end(old, Counter(home[id_] for id_ in members if id_ in home), log)
            db.conn.execute("delete from stories where id = ?", (old,))
    return changed


def drop_empty_stories(db: Database, *, run: int, now: datetime) -> None:
    """Delete stories that no article is in any more."""
    log = _logger(db, run=run, now=now)
    sql = "select id from stories where id not in (select story from articles where story is not null) order by id"
    for (story,) in db.conn.execute(sql).fetchall():
        _log_end(story, Counter(), log)
        db.conn.execute("delete from stories where id = ?", (story,))


def _log_end(old: int, homes: Counter[int], log: _Log) -> None:
    if homes:
        new = min(homes, key=lambda id_: (-homes[id_], id_))
        log(old, "id", old, new, "its members are there now")
    else:
        log(old, "gone", old, None, "its last article is gone")


def _logger(db: Database, *, run: int, now: datetime) -> _Log:
    def log(story: int, what: str, old: object, new: object, why: str) -> None:
        row = (story, utc_text(now), run, what, json.dumps(old), json.dumps(new), why)
        db.conn.execute("insert into story_log (story, at, run, what, old, new, why) values (?, ?, ?, ?, ?, ?, ?)", row)

    return log


def _write_story(db: Database, story: Story, log: _Log, *, run: int) -> tuple[bool, bool]:
    """Return whether its row changed, and whether it was there before and its origin is the same."""
    origin, ids = story.origin, json.dumps([member.id for member in story.members])
    titled = next((m for m in story.members if m.id == origin.article), story.members[0])
    span = "select min(published_at), max(published_at) from articles where id in (select value from json_each(?))"
    row = {
        "id": story.id,
        "title": titled.title,
        "origin": origin.article,
        "origin_outlet": origin.outlet,
        "origin_name": origin.name,
        "origin_basis": origin.basis,
        "origin_confidence": origin.confidence,
        "contested": int(origin.contested),
        "article_count": len(story.members),
        "outlet_count": len({member.outlet for member in story.members}),
        **dict(zip(("first_published_at", "last_published_at"), db.conn.execute(span, (ids,)).fetchone(), strict=True)),
        "method_version": METHOD_VERSION,
    }
    columns = ", ".join(row)
    stored = db.conn.execute(f"select {columns} from stories where id = ?", (story.id,)).fetchone()
    if stored is not None and stored[2:5] != (origin.article, origin.outlet, origin.name):
        log(story.id, "origin", stored[2:5], (origin.article, origin.outlet, origin.name), origin.basis or "unknown")
    if stored != tuple(row.values()):
        changes = ", ".join(f"{column} = excluded.{column}" for column in (*row, "run"))
        db.conn.execute(
            f"""insert into stories ({columns}, run) values ({", ".join("?" * len(row))}, ?)
                on conflict (id) do update set {changes}""",
            (*row.values(), run),
        )
    db.conn.execute(
        "update articles set story = :story where id in (select value from json_each(:ids)) and story is not :story",
        {"story": story.id, "ids": ids},
    )
    return stored != tuple(row.values()), stored is not None and stored[2:8] == tuple(row.values())[2:8]


def write_reprints(db: Database, article: int, scene: Scene, *, run: int) -> None:
    """Store the reprint rows of one article."""
    me, home = scene.members[article], scene.stories[article]
    near = [other for other, words in scene.ties.shared(article).items() if words >= EXCERPT_WORDS]
    around = {id(s): s for other in near if (s := scene.stories.get(other)) and s is not home}
    rows = [_reprint_row(reprint, scene) for reprint in reprints_of(me, home, list(around.values()), scene.ties)]
    columns = ", ".join(_COLUMNS)
    stored = db.conn.execute(f"select {columns} from reprints where article = ? order by rowid", (article,)).fetchall()
    if stored != rows:
        db.conn.execute("delete from reprints where article = ?", (article,))
        db.conn.executemany(
            f"insert into reprints ({columns}, run) values ({', '.join('?' * len(_COLUMNS))}, ?)",
            [(*row, run) for row in rows],
        )


_COLUMNS = (
    "article", "source", "source_story", "source_outlet", "source_name", "main", "kind", "containment", "taken",
    "similarity", "words_shared", "words_quoted", "longest_unquoted_run", "credit_status", "credited",
    "headline_changed", "facts_changed", "lag_s", "lag_min_s", "lag_max_s", "spans",
)  # fmt: skip
_CREDITED = {"exact": 1, "intermediary": 1, "unknown": None}


def _reprint_row(reprint: Reprint, scene: Scene) -> tuple[object, ...]:
    """The values of `_COLUMNS`."""
    article, source, tie = reprint.article, reprint.source, reprint.tie
    story = scene.stories[source.id].id if source else scene.stories[article.id].id
    shared: tuple[object, ...] = (None,) * 6
    facts = spans = None
    if tie:
        shared = (
            round(tie.share, 4), round(tie.taken, 4), tie.similarity, tie.words, tie.quoted, tie.unquoted_run,
        )  # fmt: skip
        facts = json.dumps([{"kind": c.kind, "source": c.b, "article": c.a} for c in tie.changes], ensure_ascii=False)
        spans = json.dumps([(*span.a_chars, *span.b_chars) for span in tie.spans])
    return (
        article.id, source.id if source else None, story, reprint.outlet, reprint.name, int(reprint.main),
        reprint.kind, *shared, reprint.status, _CREDITED.get(reprint.status, 0), _headline_changed(article, source),
        facts, *(lag(article, source) if source else (None, None, None)), spans,
    )  # fmt: skip


def _headline_changed(article: Member, source: Member | None) -> int | None:
    if source is None or not article.title or not source.title:
        return None
    return int(_plain(article.title) != _plain(source.title))


def _plain(title: str) -> list[str]:
    return [token.word for token in tokens(fold(title))]
