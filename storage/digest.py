"""What is new on a topic: stories first seen since a day, and who carries whose text. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from storage.records import utc_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One article of a story."""

    article: int
    outlet: str
    """The outlet's name."""
    title: str | None
    url: str
    published_day: str | None
    source: str | None
    """Name of the outlet its text came from, as watched, else as credited; None: no earlier text was found."""
    kind: str | None
    """verbatim / edited / excerpt / claimed."""
    credit_status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story that is new on a topic, or newly carried."""

    id: int
    title: str | None
    origin: str | None
    """Name of the outlet it came from; None: not known."""
    carriers: tuple[Carrier, ...]
    """Its articles on the topic first seen since then, in order of publication."""
    outlets: int
    """Outlets that carry it in all."""
    older: bool
    """It was known before; only these carriers are new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDigest:
    """What is new on one topic."""

    id: str
    name: str
    articles: int
    stories: tuple[Story, ...]
    """Those carried by most outlets first, then the newest."""


def digests(db: Database, topics: Sequence[str], *, since: datetime) -> list[TopicDigest]:
    """Return what is new on each active topic, or on those named, since a moment."""
    names = dict(db.execute("select id, name from topics where active order by name").fetchall())
    return [_digest(db, id_, name, since=since) for id_, name in names.items() if not topics or id_ in topics]


def _digest(db: Database, topic: str, name: str, *, since: datetime) -> TopicDigest:
    stories: dict[int, list[dict[str, Any]]] = {}
    rows = list(db.query(_NEW, {"topic": topic, "since": utc_text(since)}))
    for row in rows:
        stories.setdefault(row["story"], []).append(row)
    found = [_story(id_, members) for id_, members in stories.items()]
    ordered = sorted(found, key=lambda story: (-story.outlets, -story.id))
    return TopicDigest(id=topic, name=name, articles=len(rows), stories=tuple(ordered))


def _story(id_: int, members: Sequence[dict[str, Any]]) -> Story:
    first = members[0]
    return Story(
        id=id_,
        title=first["story_title"] or first["title"],
        origin=first["origin"],
        outlets=first["outlet_count"],
        older=bool(first["older"]),
        carriers=tuple(Carrier(**{name: row[name] for name in Carrier.__slots__}) for row in members),
    )


_NEW = """
select a.id as article, o.name as outlet, a.title, a.url, a.published_day, a.story, s.title as story_title, s.outlet_count,
       coalesce(oo.name, s.origin_name) as origin, r.kind, r.credit_status, coalesce(so.name, r.source_name) as source,
       exists (select 1 from articles b join article_topics bt on bt.article = b.id and bt.topic = :topic
               where b.story = a.story and b.first_seen_at < :since) as older
from article_topics t
join articles a on a.id = t.article
join outlets o on o.id = a.outlet
join stories s on s.id = a.story
left join outlets oo on oo.id = s.origin_outlet
left join reprints r on r.article = a.id and r.main = 1
left join articles sa on sa.id = r.source
left join outlets so on so.id = coalesce(sa.outlet, r.source_outlet)
where t.topic = :topic and a.first_seen_at >= :since and a.found_by = 'live'
order by a.id
"""
