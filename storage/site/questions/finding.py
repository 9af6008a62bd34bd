"""Who carries whose text; search; how all of it was collected."""

from collections import Counter
from dataclasses import dataclass

from storage.site.questions import LISTED, LISTED_FROM, OF_TOPIC, ON_TOPIC, Db, Row, Value, many, one

MOST_COUNTED = 10_000
MOST_GIVEN = 1_000  # hits as data in one answer: ten thousand took over 3 s from a cold disk
PAGE = 20
MARKS = ("\x02", "\x03")
"""Stand around a found word in a snippet: control characters never stand in a text."""


def flows(db: Db, *, topic: str | None = None, month: str | None = None, outlet: str | None = None) -> list[Row]:
    """Return who carried whose text: pairs with counts and the median lag where it is precise, largest first.

    An article may be neither `credited` nor `uncredited`: it only cites its source, or names another.
    """
    return many(
        db,
        f"""
        with uses as (
          select coalesce(r.source_outlet, r.source_name) as source, r.source_outlet is not null as watched,
            a.outlet, r.credited, r.credit_status, r.lag_s, coalesce(r.source_story, a.story) as story
          from reprints r join articles a on a.id = r.article
          where r.main = 1 and {ON_TOPIC}
            and (:topic is null or {OF_TOPIC})
            and (:month is null or substr(a.published_day, 1, 7) = :month)
            and (:outlet is null or a.outlet = :outlet or r.source_outlet = :outlet)
        ), ranked as (
          select *, count(lag_s) over pair as lags, row_number() over (pair order by lag_s is null, lag_s) as place
          from uses window pair as (partition by source, watched, outlet)
        )
        select source, watched, coalesce(so.name, source) as source_name, outlet, o.name as outlet_name,
          count(*) as articles, count(distinct story) as stories, sum(credited is 1) as credited,
          sum(credit_status is 'none') as uncredited, lags as n_lag,
          avg(case when place in ((lags + 1) / 2, (lags + 2) / 2) then lag_s end) as median_lag_s
        from ranked join outlets o on o.id = outlet left join outlets so on watched and so.id = source
        where source is not null
        group by source, watched, outlet order by articles desc, source, outlet
        """,
        topic=topic, month=month, outlet=outlet,
    )  # fmt: skip


def months(db: Db) -> list[str]:
    """Return the months that have articles, newest first; read off the index by its steps, not row by row."""
    return _distinct(db, "substr(published_day, 1, 7)")[::-1]


WITHOUT_REPRINT = {"unmatched", "undetermined"}
"""Classes an article may have without sharing text; asking for the others, most articles are told apart by an index."""
_SHARED = "exists (select 1 from reprints r where r.article = a.id and r.main = 1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search as understood: the FTS5 expression and its filters."""

    match: str
    since: str | None = None
    """YYYY-MM-DD, the day as the outlet dates it."""
    until: str | None = None
    outlet: str | None = None
    language: str | None = None
    topic: str | None = None
    class_: str | None = None
    """As `article_class` says."""
    everything: bool = False
    """Articles on no topic too (`scope=all`)."""
    before: int | None = None
    """Only articles with smaller ids: the next page."""

    def values(self) -> dict[str, Value]:
        """Return the parameters of `conditions`."""
        return {
            "match": self.match, "since": self.since, "until": self.until, "outlet": self.outlet,
            "language": self.language, "topic": self.topic, "class": self.class_, "before": self.before,
        }  # fmt: skip

    def conditions(self) -> str:
        """Return the SQL conditions on `articles_fts` joined with `articles a`."""
        return " and ".join([
            "articles_fts match :match",
            *(["a.published_day >= :since"] if self.since else []),
            *(["a.published_day <= :until"] if self.until else []),
            *(["a.outlet = :outlet"] if self.outlet else []),
            *(["a.language = :language"] if self.language else []),
            *([] if self.topic or self.everything else [ON_TOPIC]),
            *([OF_TOPIC] if self.topic else []),
            *([_SHARED] if self.class_ and self.class_ not in WITHOUT_REPRINT else []),
            *(["exists (select 1 from article_class f where f.article = a.id and f.class = :class)"] if self.class_ else []),
            *(["articles_fts.rowid < :before"] if self.before else []),
        ])  # fmt: skip


def hits(db: Db, search: Search) -> list[Row]:
    """Return a page of hits, newest first, each with a snippet; one more than PAGE if there is a next page."""
    return many(
        db,
        f"select {LISTED}, snippet(articles_fts, 2, '{MARKS[0]}', '{MARKS[1]}', '…', 32) as snippet, "
        f"highlight(articles_fts, 0, '{MARKS[0]}', '{MARKS[1]}') as headline "
        f"from articles_fts cross join {LISTED_FROM} where a.id = articles_fts.rowid and {search.conditions()} "
        f"order by articles_fts.rowid desc limit {PAGE + 1}",
        **search.values(),
    )


def all_hits(db: Db, search: Search) -> list[Row]:
    """Return the newest MOST_GIVEN hits as data, one more if there are more."""
    return many(
        db,
        f"select {LISTED}, a.url from articles_fts cross join {LISTED_FROM} "
        f"where a.id = articles_fts.rowid and {search.conditions()} "
        f"order by articles_fts.rowid desc limit {MOST_GIVEN + 1}",
        **search.values(),
    )


def hit_days(db: Db, search: Search) -> list[Row]:
    """Return the newest MOST_COUNTED hits by day, one more if there are more; `day` is null where none is known."""
    return many(
        db,
        f"select a.published_day as day, count(*) as articles from (select articles_fts.rowid as id "
        f"from articles_fts cross join articles a on a.id = articles_fts.rowid where {search.conditions()} "
        f"order by articles_fts.rowid desc limit {MOST_COUNTED + 1}) found "
        "cross join articles a on a.id = found.id group by 1 order by 1",
        **search.values(),
    )


def languages(db: Db) -> list[str]:
    """Return the languages articles are in."""
    return _distinct(db, "language")


def _distinct(db: Db, indexed: str) -> list[str]:
    """Return the values of an indexed column or expression of `articles`, in order."""
    found = many(
        db,
        f"with recursive found(value) as (select min({indexed}) from articles union all "
        f"select (select min({indexed}) from articles where {indexed} > value) from found where value is not null) "
        "select value from found where value is not null",
    )
    return [row[0] for row in found]


def runs(db: Db) -> Row | None:
    """Return first and last run, how many, from where, with which versions, and the last configuration's digest."""
    return one(
        db,
        "select count(*) as runs, min(started_at) as first_at, max(ended_at) as last_at, "
        "group_concat(distinct vantage) as vantages, group_concat(distinct version) as versions, "
        "(select config_digest from runs where config_digest is not null order by id desc limit 1) as config from runs",
    )


def outlet_coverage(db: Db) -> list[Row]:
    """Return per outlet: days asked, days without any answer, days with a gap suspected, articles kept."""
    return many(
        db,
        "select o.id, o.name, o.language, o.country, o.kind, o.ownership, min(c.collected_day) as first_day, "
        "max(c.collected_day) as last_day, count(c.collected_day) as days, "
        "sum(c.polls <= c.polls_failed) as days_failed, "
        "sum(c.gap_suspected > 0) as days_gap, sum(c.cut_off) as cut_off, "
        "(select count(*) from articles a where a.outlet = o.id) as articles "
        "from outlets o left join coverage c on c.outlet = o.id group by o.id order by o.name",
    )


def counts(db: Db) -> dict[str, list[tuple[str | None, int]]]:
    """Return how many articles have each value of the columns `/method` reports, the most frequent first."""
    columns = ("found_by", "text_status", "published_precision", "extractor")
    sums: dict[str, Counter[str | None]] = {name: Counter() for name in columns}
    for row in many(db, f"select {', '.join(columns)}, count(*) as articles from articles group by 1, 2, 3, 4"):
        for name in columns:
            sums[name][row[name]] += row["articles"]
    return {name: found.most_common() for name, found in sums.items()}


def story_methods(db: Db) -> list[str]:
    """Return the versions of the method that found the stories."""
    return [row[0] for row in many(db, "select distinct method_version from stories order by 1")]
