"""Takes over human decisions: each is kept, and stories, tags and dates follow at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage import corrections, stories
from storage.corrections import Kind
from storage.records import utc_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person says about an article, checked: it is there, and so is what `value` names."""

    article: int
    kind: Kind
    value: str | None
    """Key of an article, outlet, name, topic or date; None withdraws the article's decisions of this kind so far."""
    reason: str
    made_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What taking decisions over came to."""

    recorded: int
    known: int
    """Decisions that were in force already, by the same words."""
    untagged: int
    """Tags taken away."""
    dated: int
    """Articles whose date is another now."""
    decisions: int
    """Lines written to `story_log`."""
    untold: tuple[int, ...]
    """Articles to be tagged anew: a decision about their topics was withdrawn."""

    def in_words(self) -> list[str]:
        """Return what a person wants to know, a line each."""
        told = [
            (self.known, "stood already"),
            (self.untagged, "tags taken away"),
            (self.dated, "articles have another date"),
            (len(self.untold), "articles tagged anew"),
            (self.decisions, "decisions about stories changed: see story_log"),
        ]
        return [f"{self.recorded:,} decisions recorded", *(f"{count:,} {what}" for count, what in told if count)]


def record(db: Database, decisions: Sequence[Decision], *, run: int, now: datetime) -> Corrected:
    """Store decisions in their order and do what they say. In a transaction."""
    new = [decision for decision in decisions if _is_new(db, decision, decisions)]
    (last,) = db.conn.execute("select coalesce(max(rowid), 0) from story_log").fetchone()
    touched = sorted({decision.article for decision in new})
    before = {article: (_tags(db, article), _date(db, article)) for article in touched}
    db.conn.executemany(
        """insert into corrections (made_at, made_by, article, kind, value, reason, run)
           values (?, ?, ?, ?, ?, ?, ?)""",
        [(utc_text(now), d.made_by, d.article, d.kind, d.value, d.reason, run) for d in new],
    )
    for article in touched:
        corrections.reapply(db, article)
    about = [decision for decision in new if decision.kind != "not-on-topic"]
    others = [_named(db, decision) for decision in about if decision.kind == "not-reprint-of"]
    settled = {decision.article for decision in about} | {other for other in others if other is not None}
    if settled:
        stories.decide_again(db, settled, run=run, now=now)
    (logged,) = db.conn.execute("select count(*) from story_log where rowid > ?", (last,)).fetchone()
    return Corrected(
        recorded=len(new),
        known=len(decisions) - len(new),
        untagged=sum(len(before[article][0] - _tags(db, article)) for article in touched),
        dated=sum(before[article][1] != _date(db, article) for article in touched),
        decisions=logged,
        untold=tuple(sorted({d.article for d in new if d.kind == "not-on-topic" and d.value is None})),
    )


def _is_new(db: Database, decision: Decision, file: Sequence[Decision]) -> bool:
    """Whether a decision changes anything: not, if all its file says of its article and kind is what stands already."""
    about = (decision.article, decision.kind)
    said = [(d.value, d.reason, d.made_by) for d in file if (d.article, d.kind) == about]
    sql = "select value, reason, made_by from corrections where article = ? and kind = ? order by id desc limit ?"
    return list(reversed(db.conn.execute(sql, (*about, len(said))).fetchall())) != said


def _named(db: Database, decision: Decision) -> int | None:
    row = db.conn.execute("select id from articles where key = ?", (decision.value,)).fetchone()
    return row[0] if row else None


def _tags(db: Database, article: int) -> set[str]:
    return {row[0] for row in db.conn.execute("select topic from article_topics where article = ?", (article,))}


def _date(db: Database, article: int) -> str:
    sql = "select json_array(published_at, published_offset, published_precision) from articles where id = ?"
    return json.dumps(db.conn.execute(sql, (article,)).fetchone())
