"""What an archive holds, in a few lines: who shares whose text, what was edited, what disappeared. Reads only."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Counts over the whole archive."""

    outlets: int
    """With at least one article."""
    articles: int
    languages: int
    on_topic: int
    """Articles that carry at least one topic."""
    stories: int
    shared_stories: int
    """Stories carried by more than one outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedText:
    """An article whose text, or part of it, came from elsewhere: its main reprint row, with names."""

    article: int
    title: str | None
    outlet: str
    """The outlet's name."""
    source: str | None
    """Name of the outlet the text came from, as watched, else as credited."""
    kind: str
    """verbatim / edited / excerpt / claimed."""
    containment: float | None
    """Share of the article that is the source's, 0–1."""
    taken: float | None
    """Share of the source that was taken, 0–1."""
    credit_status: str
    headline_changed: bool | None
    lag_s: int | None
    """Seconds after the source; None where the times are not precise."""
    lag_min_s: int | None
    lag_max_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change an outlet made to an article after it was first seen."""

    article: int
    outlet: str
    """The outlet's name."""
    seen_at: str
    title_before: str | None
    title_after: str | None
    text_before: str
    text_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disappeared:
    """An article that its outlet no longer serves."""

    article: int
    outlet: str
    """The outlet's name."""
    title: str | None
    gone_at: str
    """When it was first found missing, UTC."""
    still_at: int
    """Articles of the same story at other outlets that are still there."""


def overview(db: Database) -> Overview:
    """Count what the archive holds."""
    return Overview(**next(db.query(_OVERVIEW)))


def shared_texts(db: Database) -> list[SharedText]:
    """Return every article with a main reprint row: by story, then in order of publication."""
    rows = db.query(_SHARED_TEXTS)
    return [SharedText(**row | {"headline_changed": _truth(row["headline_changed"])}) for row in rows]


def edits(db: Database) -> list[Edit]:
    """Return every change of text or title with what stood there before, oldest first."""
    return [Edit(**row) for row in db.query(_EDITS)]


def disappeared(db: Database) -> list[Disappeared]:
    """Return the articles that are gone now, those gone longest first."""
    return [Disappeared(**row) for row in db.query(_DISAPPEARED)]


def _truth(flag: int | None) -> bool | None:
    return None if flag is None else bool(flag)


_OVERVIEW = """
select (select count(distinct outlet) from articles) as outlets,
       (select count(*) from articles) as articles,
       (select count(distinct language) from articles) as languages,
       (select count(distinct article) from article_topics) as on_topic,
       (select count(*) from stories) as stories,
       (select count(*) from stories where outlet_count > 1) as shared_stories
"""

_SHARED_TEXTS = """
select a.id as article, a.title, o.name as outlet, coalesce(so.name, r.source_name) as source,
       r.kind, r.containment, r.taken, r.credit_status, r.headline_changed, r.lag_s, r.lag_min_s, r.lag_max_s
from reprints r
join articles a on a.id = r.article
join outlets o on o.id = a.outlet
left join articles s on s.id = r.source
left join outlets so on so.id = coalesce(s.outlet, r.source_outlet)
where r.main = 1
order by coalesce(r.source_story, a.story), a.id
"""

_EDITS = """
select v.article, o.name as outlet, v.seen_at, p.title as title_before, v.title as title_after,
       p.text as text_before, v.text as text_after
from versions v
join articles a on a.id = v.article
join outlets o on o.id = a.outlet
join versions p on p.rowid = (
  select e.rowid from versions e where e.article = v.article and e.text is not null
  and (e.seen_at, e.rowid) < (v.seen_at, v.rowid) order by e.seen_at desc, e.rowid desc limit 1
)
where v.change in ('title', 'text', 'both')
order by v.seen_at, v.rowid
"""

_DISAPPEARED = """
select a.id as article, o.name as outlet, a.title, a.gone_at,
       (select count(*) from articles c
        where c.story = a.story and c.outlet <> a.outlet and c.gone_at is null) as still_at
from articles a
join outlets o on o.id = a.outlet
where a.gone_at is not null
order by a.gone_at, a.id
"""
