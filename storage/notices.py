"""Changes of health that somebody is told of: an outbox, so that each is told once, and again until it was heard."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.records import utc_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One change, and who has not been told of it."""

    id: int
    outlet: str
    body: str
    """JSON."""
    waiting: tuple[str, ...]


def add(
    db: Database, outlet: str, body: Mapping[str, object], *, channels: Sequence[str], run: int, now: datetime
) -> None:
    """Note a change that is to be told through `channels`; with none it is only kept."""
    text = json.dumps(body, ensure_ascii=False)
    db.execute(
        "insert into notices (at, outlet, body, waiting, run) values (?, ?, ?, ?, ?)",
        [utc_text(now), outlet, text, json.dumps(list(channels)), run],
    )


def untold(db: Database) -> list[Notice]:
    """Return the changes that somebody waits to be told of, oldest first."""
    rows = db.execute("select id, outlet, body, waiting from notices where waiting <> '[]' order by id").fetchall()
    return [Notice(id=id_, outlet=outlet, body=body, waiting=tuple(json.loads(who))) for id_, outlet, body, who in rows]


def told(db: Database, notice: int, channel: str) -> None:
    """Note that a change was told through a channel."""
    with db.atomic():
        (waiting,) = db.execute("select waiting from notices where id = ?", [notice]).fetchone()
        left = [each for each in json.loads(waiting) if each != channel]
        db.execute("update notices set waiting = ? where id = ?", [json.dumps(left), notice])
