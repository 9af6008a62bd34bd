"""Where an outlet lists its articles: the feeds, sitemaps and sections in use, and outlets whose 304s are not true."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from storage.records import FeedKind, Outcome, Validators, from_utc_text, utc_text

DISTRUST = timedelta(days=30)
"""How long an outlet is asked in full after a false 304: servers are mended and moved, and full answers cost little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, sitemap or section of an outlet, and what its last answers said of itself."""

    url: str
    kind: FeedKind
    found_by: str
    validators: Validators = field(default_factory=Validators)
    """Of the last full answer; empty where that was not read whole, or is of no use alone (an index, a paged list)."""
    alive: bool = True
    """Its last answer was an answer."""
    last_used_at: datetime | None = None
    full_at: datetime | None = None
    listed: int | None = None
    """Links of the last full answer; None before the first."""
    oldest_at: datetime | None = None
    """Entries dated before this were left out then; None: none were."""
    proved_at: datetime | None = None
    """When a 304 of it was last asked again in full, and found true."""


def feeds_of(db: Database, outlet: str) -> list[Feed]:
    """Return an outlet's feeds, sitemaps and sections in use."""
    rows = db.execute(
        "select url, kind, found_by, etag, last_modified, body_digest, last_outcome in ('poll', 'unchanged'),"
        " last_used_at, full_at, listed, oldest_at, proved_at from feeds where outlet = ? order by rowid",
        [outlet],
    )
    return [_feed(row) for row in rows.fetchall()]


def _feed(row: tuple[Any, ...]) -> Feed:
    (
        url,
        kind,
        found_by,
        etag,
        last_modified,
        body_digest,
        alive,
        last_used_at,
        full_at,
        listed,
        oldest_at,
        proved_at,
    ) = row
    return Feed(
        url=url,
        kind=kind,
        found_by=found_by,
        validators=Validators(etag=etag, last_modified=last_modified, body_digest=body_digest),
        alive=bool(alive),
        last_used_at=_time(last_used_at),
        full_at=_time(full_at),
        listed=listed,
        oldest_at=_time(oldest_at),
        proved_at=_time(proved_at),
    )


def record_place(db: Database, outlet: str, feed: Feed) -> None:
    """Note a place to ask that was named but not asked yet: a pass killed in between would forget it."""
    db.execute(
        "insert or ignore into feeds (outlet, url, kind, found_by) values (?, ?, ?, ?)",
        [outlet, feed.url, feed.kind, feed.found_by],
    )


def record_poll(db: Database, outlet: str, feed: Feed, *, outcome: Outcome, now: datetime) -> None:
    """Note that a feed was asked, which makes it one of the outlet's feeds in use, and what its answer left it as."""
    record_place(db, outlet, feed)
    asked = feed.validators
    db.execute(
        "update feeds set kind = ?, first_used_at = coalesce(first_used_at, ?), last_used_at = ?, last_outcome = ?,"
        " etag = ?, last_modified = ?, body_digest = ?, full_at = ?, listed = ?, oldest_at = ?, proved_at = ?"
        " where outlet = ? and url = ?",
        [
            feed.kind, utc_text(now), utc_text(now), outcome, asked.etag, asked.last_modified, asked.body_digest,
            _text(feed.full_at), feed.listed, _text(feed.oldest_at), _text(feed.proved_at), outlet, feed.url,
        ],
    )  # fmt: skip


def record_full(db: Database, outlet: str, url: str, *, listed: int, now: datetime) -> None:
    """Note that the last page of a list was read that begins at `url`."""
    sql = "update feeds set full_at = ?, listed = ? where outlet = ? and url = ?"
    db.execute(sql, [utc_text(now), listed, outlet, url])


def listed_by_feeds(db: Database, outlet: str, *, front_page: str) -> bool:
    """Say whether any place but the front page has ever listed a link of an outlet."""
    sql = "select 1 from links where outlet = ? and found_in not in (?, 'url-list') limit 1"
    return db.execute(sql, [outlet, front_page]).fetchone() is not None


def places_asked(db: Database) -> dict[str, int]:
    """Return how many places of each outlet are asked by themselves."""
    sql = "select outlet, count(*) from feeds where last_used_at is not null and found_by <> 'sitemap-index' group by outlet"
    return dict(db.execute(sql).fetchall())


def newest_known_at(db: Database, outlet: str, *, limit: int = 500) -> datetime | None:
    """Return when the latest of an outlet's `limit` newest articles was stored: what tells its sections' links apart."""
    sql = "select max(first_seen_at) from (select first_seen_at from articles where outlet = ? order by published_day desc limit ?)"
    return _time(db.execute(sql, [outlet, limit]).fetchone()[0])


def distrust(db: Database, outlet: str, *, url: str, why: str, now: datetime) -> None:
    """Note that an outlet answered 304 though there was something new: it is asked without validators from now on."""
    db.execute(
        "insert into false_304s values (?, ?, ?, ?) on conflict (outlet) do update set"
        " seen_at = excluded.seen_at, url = excluded.url, why = excluded.why",
        [outlet, utc_text(now), url, why],
    )


def distrusted(db: Database, outlet: str, *, now: datetime | None = None) -> bool:
    """Say whether an outlet's 304s are not believed; without `now`, whether they ever proved false."""
    since = utc_text(now - DISTRUST) if now else ""
    sql = "select 1 from false_304s where outlet = ? and seen_at > ?"
    return db.execute(sql, [outlet, since]).fetchone() is not None


def _time(text: str | None) -> datetime | None:
    return from_utc_text(text) if text else None


def _text(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment else None


def read_all_again(db: Database) -> None:
    """Have every place asked without conditions once, and read even where it has not changed. In a transaction."""
    db.execute("update feeds set full_at = null, etag = null, last_modified = null, body_digest = null")
