"""What is to be asked: feeds in use, links found, which of them wait. A link asked once is not asked again."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from storage.records import FeedKind, Link, Outcome, Stamp, Validators, stamp_json, stamp_of, utc_text

TRIES = 6  # failed passes before a link is given up
LONGEST_WAIT = timedelta(days=1)
FIRST_WAIT = timedelta(minutes=30)

# A failure that may pass: the link waits and is asked again in a later pass.
TEMPORARY = frozenset({Outcome.NETWORK, Outcome.TIMEOUT, Outcome.HTTP_ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, sitemap or section of an outlet, and what its last answer said of itself."""

    url: str
    kind: FeedKind
    found_by: str
    validators: Validators = field(default_factory=Validators)
    alive: bool = True
    """Its last answer was an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of recording a listing's links."""

    fresh: tuple[str, ...]
    """Keys never seen before, in the listing's order."""
    known: int
    """Links that had been found before this pass."""


def feeds_of(db: Database, outlet: str) -> list[Feed]:
    """Return an outlet's feeds, sitemaps and sections in use."""
    rows = db.execute(
        "select url, kind, found_by, etag, last_modified, last_outcome in ('poll', 'unchanged') from feeds"
        " where outlet = ? order by rowid",
        [outlet],
    )
    return [
        Feed(
            url=url,
            kind=kind,
            found_by=found_by,
            validators=Validators(etag=etag, last_modified=last_modified),
            alive=bool(alive),
        )
        for url, kind, found_by, etag, last_modified, alive in rows.fetchall()
    ]


def listed_by_feeds(db: Database, outlet: str, *, front_page: str) -> bool:
    """Say whether any place but the front page has ever listed a link of an outlet."""
    sql = "select 1 from links where outlet = ? and found_in not in (?, 'url-list') limit 1"
    return db.execute(sql, [outlet, front_page]).fetchone() is not None


def record_poll(db: Database, outlet: str, feed: Feed, *, outcome: Outcome, now: datetime) -> None:
    """Note that a feed was asked, which makes it one of the outlet's feeds in use."""
    at = utc_text(now)
    db.execute(
        "insert or ignore into feeds (outlet, url, kind, found_by, first_used_at) values (?, ?, ?, ?, ?)",
        [outlet, feed.url, feed.kind, feed.found_by, at],
    )
    db.execute(
        "update feeds set kind = ?, last_used_at = ?, last_outcome = ?, etag = ?, last_modified = ?"
        " where outlet = ? and url = ?",
        [feed.kind, at, outcome, feed.validators.etag, feed.validators.last_modified, outlet, feed.url],
    )


def record_links(db: Database, links: Iterable[tuple[str, Link]], *, now: datetime, began: datetime) -> Found:
    """Put `(url_key, link)` pairs into the frontier, in a pass that `began` then.

    A link already there only learns that it was seen again, and what this place states more precisely.
    """
    fresh: list[str] = []
    known = 0
    for key, link in links:
        stored = db.execute("select title, published, authors, found_at from links where url_key = ?", [key]).fetchone()
        if stored is None:
            fresh.append(key)
            _insert(db, key, link, at=utc_text(now))
        else:
            known += stored[3] < utc_text(began)
            _see_again(db, key, link, stored[:3], at=utc_text(now))
    return Found(fresh=tuple(fresh), known=known)


def _insert(db: Database, key: str, link: Link, *, at: str) -> None:
    db.execute(
        "insert into links (url_key, outlet, url, found_in, found_at, last_found_at, title, published_at, published,"
        " authors, basis, language) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            key, link.outlet, link.url, link.found_in, at, at, link.title,
            utc_text(link.published.at) if link.published else None,
            json.dumps(stamp_json(link.published)), json.dumps(link.authors, ensure_ascii=False), link.basis, link.language,
        ],
    )  # fmt: skip


def _see_again(db: Database, key: str, link: Link, stored: tuple[str | None, str, str], *, at: str) -> None:
    title, published, authors = stored
    old = stamp_of(json.loads(published))
    better = link.published if _fineness(link.published) > _fineness(old) else old
    db.execute(
        "update links set last_found_at = ?, title = ?, published_at = ?, published = ?, authors = ? where url_key = ?",
        [
            at, title or link.title, utc_text(better.at) if better else None, json.dumps(stamp_json(better)),
            authors if authors != "[]" else json.dumps(link.authors, ensure_ascii=False), key,
        ],
    )  # fmt: skip


def _fineness(stamp: Stamp | None) -> int:
    return ("day", "minute", "second").index(stamp.precision) + 1 if stamp else 0


def link_of(db: Database, url_key: str) -> Link | None:
    """Return a link with all that was said about it so far."""
    row = db.execute(f"select {_LINK} from links where url_key = ?", [url_key]).fetchone()
    return _link(row) if row else None


def waiting(db: Database, outlet: str, *, now: datetime, limit: int) -> list[tuple[str, Link]]:
    """Return `(url_key, link)` of an outlet's links that may be asked now, newest first."""
    rows = db.execute(
        f"select {_LINK} from links"
        " where outlet = ? and state = 'waiting' and (next_try_at is null or next_try_at <= ?)"
        " order by published_at is null, published_at desc, found_at desc limit ?",
        [outlet, utc_text(now), limit],
    ).fetchall()
    return [(row[0], _link(row)) for row in rows]


_LINK = "url_key, outlet, url, found_in, title, published, authors, basis, language"


def _link(row: tuple[Any, ...]) -> Link:
    _, outlet, url, found_in, title, published, authors, basis, language = row
    return Link(
        url=url,
        outlet=outlet,
        found_in=found_in,
        found_by="url-list" if found_in == "url-list" else "live",
        basis=basis,
        title=title,
        published=stamp_of(json.loads(published)),
        authors=tuple(json.loads(authors)),
        language=language,
    )


def settle_link(db: Database, url_key: str, outcome: Outcome, *, now: datetime, wait: timedelta | None = None) -> None:
    """Write what came of asking a link.

    A temporary failure leaves it waiting, each time longer, or `wait` where the server said so.
    """
    row = db.execute("select tries from links where url_key = ?", [url_key]).fetchone()
    if row is None:
        return
    tries = row[0] + 1
    state: str = outcome
    next_try_at = None
    if outcome in TEMPORARY and tries < TRIES:
        state = "waiting"
        pause = max(min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT), wait or timedelta())
        next_try_at = utc_text(now + pause)
    db.execute(
        "update links set state = ?, tries = ?, next_try_at = ? where url_key = ?",
        [state, tries, next_try_at, url_key],
    )


def known_addresses(db: Database, outlet: str, *, limit: int = 500) -> Sequence[str]:
    """Return addresses of an outlet's articles, newest first: what its article addresses look like."""
    rows = db.execute("select url from articles where outlet = ? order by id desc limit ?", [outlet, limit])
    return [row[0] for row in rows.fetchall()]


def rest(db: Database, host: str, *, until: datetime) -> None:
    """Note that a host is not to be asked before a time; the longer of two waits wins."""
    db.execute(
        "insert into host_rests values (?, ?) on conflict (host) do update set"
        " until_at = max(until_at, excluded.until_at)",
        [host, utc_text(until)],
    )


def resting(db: Database, *, now: datetime) -> frozenset[str]:
    """Return the hosts that are not to be asked now."""
    rows = db.execute("select host from host_rests where until_at > ?", [utc_text(now)])
    return frozenset(row[0] for row in rows.fetchall())
