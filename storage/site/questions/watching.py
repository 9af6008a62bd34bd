"""What is new, unusual and broken: front page, topics, outlets, method."""

import json
from collections.abc import Sequence
from typing import Literal

from storage.site.questions import LISTED, LISTED_FROM, OF_TOPIC, ON_TOPIC, Db, Row, many, one

Period = Literal["month", "day"]
DIGITS: dict[Period, int] = {"month": 7, "day": 10}  # of YYYY-MM-DD
WEEKS = 9  # this week and the eight it is compared with


def last_pass(db: Db) -> Row:
    """Return the end and day of the last pass; of the newest article where no pass is recorded."""
    row = one(
        db,
        "select at, substr(at, 1, 10) as day, substr(at, 1, 7) as month from (select coalesce("
        "(select ended_at from runs where ended_at is not null order by id desc limit 1), "
        "(select max(first_seen_at) from articles)) as at)",
    )
    if row is None:
        raise LookupError("an aggregate without group always has a row")
    return row


def totals(db: Db) -> Row | None:
    """Return how much the archive holds."""
    return one(
        db,
        f"""
        select (select count(*) from articles) as articles,
          (select count(distinct article) from article_topics) as on_topic,
          (select count(*) from outlets where active) as outlets, (select count(*) from topics where active) as topics,
          (select count(*) from stories where outlet_count > 1) as shared_stories,
          (select published_day from articles a where published_day is not null and {ON_TOPIC}
             order by published_day limit 1) as first_day
        """,
    )


def new_since(db: Db, at: str | None) -> Row | None:
    """Return counts of articles on topics first seen in the day before `at`."""
    return one(
        db,
        f"select count(*) as articles, count(distinct a.outlet) as outlets from articles a "
        f"where {ON_TOPIC} and a.first_seen_at > strftime('%Y-%m-%dT%H:%M:%SZ', :at, '-1 day')",
        at=at,
    )


def topics(db: Db) -> list[Row]:
    """Return the active topics and their article counts."""
    return many(
        db,
        "select t.id, t.name, (select count(*) from article_topics at where at.topic = t.id) as articles "
        "from topics t where t.active order by t.name",
    )


def topic_names(db: Db) -> list[Row]:
    """Return the active topics' ids and names."""
    return many(db, "select id, name from topics where active order by name")


def outlet_names(db: Db) -> list[Row]:
    """Return every outlet's id and name."""
    return many(db, "select id, name from outlets order by name")


def topic_weeks(db: Db, day: str | None) -> list[Row]:
    """Return articles per topic and week, `weeks_ago` 0 being the seven days up to `day`."""
    return many(
        db,
        "select at.topic as id, cast((julianday(:day) - julianday(a.published_day)) / 7 as integer) as weeks_ago, "
        "count(*) as articles from articles a join article_topics at on at.article = a.id "
        "where a.published_day between date(:day, :since) and :day group by 1, 2",
        day=day, since=f"-{WEEKS * 7 - 1} days",
    )  # fmt: skip


def outlet_weeks(db: Db, day: str | None) -> list[Row]:
    """Return all articles per outlet and week, `weeks_ago` 0 being the seven days up to `day`."""
    return many(
        db,
        "select outlet as id, cast((julianday(:day) - julianday(published_day)) / 7 as integer) as weeks_ago, "
        "count(*) as articles from articles where published_day between date(:day, :since) and :day group by 1, 2",
        day=day, since=f"-{WEEKS * 7 - 1} days",
    )  # fmt: skip


def outlets(db: Db) -> list[Row]:
    """Return every outlet with its health and the last day it answered."""
    return many(
        db,
        "select o.id, o.name, o.language, o.country, o.kind, o.ownership, o.active, h.state, h.since, h.detail, "
        "(select max(collected_day) from coverage c where c.outlet = o.id and c.polls > c.polls_failed) as last_day "
        "from outlets o left join health h on h.outlet = o.id order by o.name",
    )


def shared_stories(db: Db, limit: int) -> list[Row]:
    """Return the newest stories on topics that more than one outlet carries."""
    return many(
        db,
        f"""
        select s.id, s.title, a.language, s.article_count, s.outlet_count, s.contested, s.first_published_at,
          s.last_published_at, s.origin_outlet, coalesce(o.name, s.origin_name) as origin_shown, s.origin,
          (select count(*) from articles m join reprints r on r.article = m.id and r.main = 1
             where m.story = s.id and r.credit_status = 'none') as without_credit
        from stories s join articles a on a.id = coalesce(s.origin, s.id) left join outlets o on o.id = s.origin_outlet
        where s.outlet_count > 1 and exists (select 1 from articles a where a.story = s.id and {ON_TOPIC})
        order by s.id desc limit :limit
        """,
        limit=limit,
    )


def newest(db: Db, limit: int, *, topic: str | None = None, outlet: str | None = None) -> list[Row]:
    """Return the newest articles on topics, of one topic or outlet where given."""
    tagged = OF_TOPIC if topic else ON_TOPIC
    return many(
        db,
        f"select {LISTED} from {LISTED_FROM} where {tagged} {'and a.outlet = :outlet' if outlet else ''} "
        "order by a.id desc limit :limit",
        topic=topic, outlet=outlet, limit=limit,
    )  # fmt: skip


def topic(db: Db, id_: str) -> Row | None:
    """Return a topic and the queries in force."""
    return one(
        db,
        "select t.*, v.queries, v.since from topics t left join topic_versions v "
        "on v.topic = t.id and v.version = t.version where t.id = :id",
        id=id_,
    )


def topic_versions(db: Db, id_: str) -> list[Row]:
    """Return a topic's earlier and present queries, newest first."""
    return many(db, "select * from topic_versions where topic = :id order by since desc", id=id_)


def attention(db: Db, id_: str) -> list[Row]:
    """Return articles, stories, outlets and share of everything kept, by month."""
    return many(db, "select * from attention where topic = :id and month is not null order by month", id=id_)


def attention_days(db: Db, id_: str) -> list[Row]:
    """Return what `attention` does, by day."""
    return many(
        db,
        "select a.published_day as day, count(*) as articles, count(distinct a.story) as stories, "
        "count(distinct a.outlet) as outlets, "
        "1.0 * count(*) / (select count(*) from articles kept where kept.published_day = a.published_day) as share "
        "from article_topics at join articles a on a.id = at.article "
        "where at.topic = :id and a.published_day is not null group by 1 order by 1",
        id=id_,
    )


def outlet_periods(db: Db, id_: str, period: Period) -> list[Row]:
    """Return articles on a topic by outlet and period, busiest outlets first."""
    return many(
        db,
        "select a.outlet, o.name, substr(a.published_day, 1, :digits) as period, count(*) as articles, "
        "sum(count(*)) over (partition by a.outlet) as all_periods from article_topics at "
        "join articles a on a.id = at.article join outlets o on o.id = a.outlet "
        "where at.topic = :id and a.published_day is not null group by 1, 3 order by all_periods desc, o.name, 3",
        id=id_, digits=DIGITS[period],
    )  # fmt: skip


def all_by_period(db: Db, outlets: Sequence[str], period: Period) -> list[Row]:
    """Return all that each of `outlets` published and is kept, on a topic or not, by period; read off an index."""
    return many(
        db,
        "select a.outlet, substr(a.published_day, 1, :digits) as period, count(*) as articles from articles a "
        "where a.outlet in (select value from json_each(:outlets)) and a.published_day is not null group by 1, 2",
        outlets=json.dumps(outlets), digits=DIGITS[period],
    )  # fmt: skip


def topic_stories(db: Db, id_: str, limit: int) -> list[Row]:
    """Return a topic's newest stories that more than one outlet carries."""
    return many(
        db,
        """
        select s.id as story, s.title, s.contested, s.outlet_count as outlets, s.first_published_at, a.language,
          coalesce(o.name, s.origin_name) as origin
        from stories s join articles a on a.id = coalesce(s.origin, s.id) left join outlets o on o.id = s.origin_outlet
        where s.outlet_count > 1 and exists (
          select 1 from articles m join article_topics at on at.article = m.id and at.topic = :id where m.story = s.id
        )
        order by s.id desc limit :limit
        """,
        id=id_, limit=limit,
    )  # fmt: skip


def outlet(db: Db, id_: str) -> Row | None:
    """Return an outlet with its health."""
    return one(
        db,
        "select o.*, h.state, h.since, h.detail from outlets o left join health h on h.outlet = o.id where o.id = :id",
        id=id_,
    )


def missing_fields(db: Db, id_: str) -> list[Row]:
    """Return what an outlet's new articles lack though they used to have it, and since when."""
    return many(
        db, "select field, since_at from drifts where outlet = :id and field <> 'pages' order by since_at", id=id_
    )


def coverage(db: Db, id_: str, day: str | None, days: int) -> list[Row]:
    """Return an outlet's coverage of the `days` up to `day`, UTC."""
    return many(
        db,
        "select * from coverage where outlet = :id and collected_day between date(:day, :since) and :day "
        "order by collected_day",
        id=id_, day=day, since=f"-{days - 1} days",
    )  # fmt: skip


def classes_by_period(db: Db, id_: str, period: Period) -> list[Row]:
    """Return an outlet's articles on topics by period and class."""
    column = "month" if period == "month" else "published_day"
    return many(
        db,
        f"select {column} as period, class, count(distinct article) as articles from article_facts "
        f"where outlet = :id and {column} is not null group by 1, 2 order by 1, 2",
        id=id_,
    )


def rights(db: Db, id_: str) -> Row | None:
    """Return what an outlet last stated about the use of its pages."""
    return one(db, "select * from outlet_rights where outlet = :id order by seen_at desc limit 1", id=id_)


def sources_watched(db: Db, id_: str) -> list[Row]:
    """Return the feeds, sitemaps and sections in use for an outlet."""
    return many(db, "select * from feeds where outlet = :id order by kind, url", id=id_)
