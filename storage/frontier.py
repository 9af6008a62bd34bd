"""What is to be asked: links found, and which of them wait. A link asked once is asked again only where there is hope."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlite_utils import Database

from storage import guids, tombstones
from storage.feeds import distrusted
from storage.guids import same_article
from storage.records import Link, Outcome, Stamp, Validators, from_utc_text, stamp_json, stamp_of, utc_text

__all__ = [
    "Found",
    "count_waiting",
    "is_waiting",
    "known_addresses",
    "link_of",
    "record_links",
    "remember_answer",
    "rest",
    "revive",
    "settle_link",
    "state_of",
    "validators",
    "waiting",
]

TRIES = 6  # attempts in vain before a link that was refused is given up
DAILY_FOR = timedelta(days=30)  # since a link was last listed; a failure that may pass then waits up to a week
ASKED_FOR = timedelta(days=365)  # since a link was last listed; what failed until then is given up
MOST_TITLES = 20  # kept of a link: a feed that dates its headlines has a new one each time
AGAIN = 10  # one in so many of the links asked in a pass may be one that was refused before


class Hope(NamedTuple):
    """How long a link rests after an attempt in vain: twice as long each time."""

    first: timedelta
    longest: timedelta

    def after(self, tries: int) -> timedelta:
        """Return the wait after so many attempts."""
        return min(self.first * (1 << min(tries - 1, 10)), self.longest)


# A failure that may pass: the link waits and is asked again in a later pass.
TEMPORARY = frozenset({Outcome.NETWORK, Outcome.TIMEOUT, Outcome.HTTP_ERROR})
_PASSING = Hope(first=timedelta(minutes=30), longest=timedelta(days=1))
_PASSING_SLOWLY = Hope(first=timedelta(minutes=30), longest=timedelta(days=7))
_ANOTHER_DAY = Hope(first=timedelta(days=1), longest=timedelta(days=7))

HOPES: Mapping[Outcome, Hope] = {
    **dict.fromkeys(TEMPORARY, _PASSING),
    Outcome.REFUSED: _ANOTHER_DAY,
    Outcome.ROBOTS: _ANOTHER_DAY,  # without end: it costs the server nothing
    Outcome.GONE: _ANOTHER_DAY,  # only if it is listed again, and only once more
}  # everything else is settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of recording a listing's links."""

    fresh: tuple[str, ...]
    """Keys never seen before, in the listing's order."""
    again: tuple[str, ...] = ()
    """Keys of pages that were gone when they were asked, and are still listed: worth one more attempt."""
    known: int
    """Links that had been found before this pass, at this address or as this item at an older one."""
    newer: int
    """Links that were first found after the time given."""
    forgotten: int = 0
    """Of those known: not to be collected again. Nothing that is said of them is kept."""


def record_links(
    db: Database,
    links: Iterable[tuple[str, Link]],
    *,
    now: datetime,
    began: datetime,
    before: datetime | None = None,
) -> Found:
    """Put `(url_key, link)` pairs into the frontier, in a pass that `began` then; `newer` are those not found `before`.

    A link already there only learns that it was seen again, and what this place states more precisely or newly.
    """
    stated = list(links)
    forgotten = tombstones.held(db, [key for key, _ in stated])
    listed = [(key, link) for key, link in stated if key not in forgotten]
    alone, doubled = guids.of_listing(listed)
    fresh: list[str] = []
    again: list[str] = []
    agreed = contradicted = 0
    known = old = len(stated) - len(listed)
    at, start, until = utc_text(now), utc_text(began), utc_text(before) if before else ""
    for key, link in listed:
        row = db.execute(f"select {_SEEN} from links where url_key = ?", [key]).fetchone()
        guid = alone.get(key)
        if row is None:
            older = guids.holder(db, link.outlet, guid, key) if guid else None
            other = older is not None and guids.clearly_other(older, link.title, _day(link))
            contradicted += other or key in doubled
            known += older is not None and not other and guids.trusted(db, link.outlet)
            fresh.append(key)
            _insert(db, key, link, guid, at=at)
        else:
            seen = _Seen(*row)
            known += seen.found_at < start
            old += seen.found_at <= until
            agreed += seen.last_found_at < start and guid is not None and guid == seen.guid
            if seen.state == Outcome.GONE and seen.next_try_at and seen.next_try_at <= at:
                again.append(key)
            _see_again(db, key, link, guid, seen, at=at)
    if listed:
        guids.count(db, listed[0][1].outlet, agreed=agreed, contradicted=contradicted)
    return Found(fresh=tuple(fresh), again=tuple(again), known=known, newer=len(stated) - old, forgotten=len(forgotten))


class _Seen(NamedTuple):
    """What is known of a link that is listed again."""

    found_at: str
    last_found_at: str
    state: str
    next_try_at: str | None
    title: str | None
    titles: str
    published: str
    authors: str
    guid: str | None


_SEEN = ", ".join(_Seen._fields)


def _insert(db: Database, key: str, link: Link, guid: str | None, *, at: str) -> None:
    db.execute(
        "insert into links (url_key, outlet, url, found_in, found_at, last_found_at, title, published_at, published,"
        " authors, basis, language, guid, modified_at, found_by) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            key, link.outlet, link.url, link.found_in, at, at, link.title,
            utc_text(link.published.at) if link.published else None,
            json.dumps(stamp_json(link.published)), json.dumps(link.authors, ensure_ascii=False), link.basis, link.language,
            guid, _modified(link), link.found_by,
        ],
    )  # fmt: skip


def _see_again(db: Database, key: str, link: Link, guid: str | None, seen: _Seen, *, at: str) -> None:
    """Write what a place says of a link that another, or itself earlier, said less well or otherwise.

    The first title stays, for it is what was said at the time; another one is kept beside it and dates the statement.
    A page that was gone and is listed again may be asked once more.
    """
    old = stamp_of(json.loads(seen.published))
    better = link.published if _fineness(link.published) > _fineness(old) else old
    others = json.loads(seen.titles)
    new_title = seen.title and link.title and link.title not in (seen.title, *others)
    revived = seen.state == Outcome.GONE and seen.next_try_at is not None and seen.next_try_at <= at
    db.execute(
        "update links set last_found_at = ?1, title = ?2, published_at = ?3, published = ?4, authors = ?5,"
        " guid = coalesce(guid, ?6), modified_at = max(coalesce(modified_at, ?7), coalesce(?7, modified_at)),"
        " titles = ?8, restated_at = iif(?9, ?1, restated_at), state = iif(?10, 'waiting', state),"
        " tries = iif(?10, ?11, tries), next_try_at = iif(?10, null, next_try_at) where url_key = ?12",
        [
            at, seen.title or link.title, utc_text(better.at) if better else None, json.dumps(stamp_json(better)),
            seen.authors if seen.authors != "[]" else json.dumps(link.authors, ensure_ascii=False),
            guid, _modified(link),
            json.dumps([*others, link.title][-MOST_TITLES:], ensure_ascii=False) if new_title else seen.titles,
            bool(new_title), revived, TRIES - 1, key,
        ],
    )  # fmt: skip


def _day(link: Link) -> str | None:
    return link.published.day if link.published else None


def _modified(link: Link) -> str | None:
    return utc_text(link.modified_at) if link.modified_at else None


def _fineness(stamp: Stamp | None) -> int:
    return ("day", "minute", "second").index(stamp.precision) + 1 if stamp else 0


def link_of(db: Database, url_key: str) -> Link | None:
    """Return a link with all that was said about it so far."""
    row = db.execute(f"select {_LINK} from links where url_key = ?", [url_key]).fetchone()
    return _link(db, row) if row else None


def waiting(db: Database, outlet: str, *, now: datetime, limit: int) -> list[tuple[str, Link]]:
    """Return `(url_key, link)` of an outlet's links that may be asked now, newest first; at most `limit`, -1 for all.

    Links that were refused before come last.
    """
    at = utc_text(now)
    rows = db.execute(f"select {_LINK} from links where {_WAITING} {_NEWEST} limit ?", [outlet, at, limit]).fetchall()
    left = limit - len(rows) if limit >= 0 else limit
    rows += db.execute(f"select {_LINK} from links where {_REFUSED} {_NEWEST} limit ?", [outlet, at, left]).fetchall()
    return [(row[0], _link(db, row)) for row in rows]


def is_waiting(db: Database, url_key: str, now: datetime) -> bool:
    """Say whether a link may be asked now."""
    sql = f"select 1 from links where url_key = ?1 and (({_OPEN}) or ({_CLOSED})) and ifnull(next_try_at, '') <= ?2"
    return db.execute(sql, [url_key, utc_text(now)]).fetchone() is not None


def count_waiting(db: Database, outlet: str, *, now: datetime, limit: int) -> int:
    """Return how many of an outlet's links a pass that may ask `limit` of them asks now.

    Few of them are links that were refused before: a site that closed keeps nobody from what is open.
    """
    at = utc_text(now)
    waits, refused = (
        db.execute(f"select count(*) from links where {which}", [outlet, at]).fetchone()[0]
        for which in (_WAITING, _REFUSED)
    )
    return int(min(limit, waits + min(refused, max(limit // AGAIN, 1))))


_OPEN = "state = 'waiting'"
_CLOSED = f"next_try_at is not null and state in ('{Outcome.ROBOTS}', '{Outcome.REFUSED}')"
_WAITING = f"outlet = ? and {_OPEN} and (next_try_at is null or next_try_at <= ?)"
_REFUSED = f"outlet = ? and next_try_at <= ? and {_CLOSED}"
_NEWEST = "order by published_at desc, found_at desc"  # those without a date come last
_LINK = "url_key, outlet, url, found_in, found_by, title, published, authors, basis, language, guid, modified_at"


def _link(db: Database, row: tuple[Any, ...]) -> Link:
    key, outlet, url, found_in, found_by, title, published, authors, basis, language, guid, modified_at = row
    return Link(
        url=url,
        outlet=outlet,
        found_in=found_in,
        found_by=found_by,
        basis=basis,
        title=title,
        published=stamp_of(json.loads(published)),
        modified_at=from_utc_text(modified_at) if modified_at else None,
        authors=tuple(json.loads(authors)),
        language=language,
        guid=guid,
        same_as=same_article(db, outlet, guid, key) if guid else None,
    )


def settle_link(
    db: Database,
    url_key: str,
    outcome: Outcome,
    *,
    now: datetime,
    wait: timedelta | None = None,
    screened_by: str | None = None,
) -> None:
    """Write what came of asking a link; `screened_by`: the digest of the topics that found it off topic.

    A temporary failure leaves it waiting, each time longer, at most a day while it is listed and for DAILY_FOR after, at
    most a week until ASKED_FOR is over, or `wait` where the server said so. What was refused may be asked another day.
    """
    row = db.execute("select state, tries, last_found_at from links where url_key = ?", [url_key]).fetchone()
    if row is None:
        return
    state = "waiting" if outcome in TEMPORARY else outcome
    same = row[0] == state or (row[0] == "waiting" and outcome is Outcome.GONE)
    tries = 1 + (row[1] if same else 0)
    hope = _hope(outcome, tries, unlisted=now - from_utc_text(row[2]))
    pause = max(hope.after(tries), wait or timedelta()) if hope else None
    db.execute(
        "update links set state = ?, tries = ?, next_try_at = ?, screened_by = ? where url_key = ?",
        [state if hope else outcome, tries, utc_text(now + pause) if pause else None, screened_by, url_key],
    )


def _hope(outcome: Outcome, tries: int, *, unlisted: timedelta) -> Hope | None:
    """Return what there is to hope of a link that was last listed so long ago, after so many such answers in a row."""
    if outcome is Outcome.ROBOTS:
        return HOPES[outcome]
    if unlisted > ASKED_FOR or (outcome not in TEMPORARY and tries >= TRIES):
        return None
    return _PASSING_SLOWLY if outcome in TEMPORARY and unlisted > DAILY_FOR else HOPES.get(outcome)


def state_of(db: Database, url_key: str) -> str | None:
    """Return what has become of a link: `waiting` or an outcome; None if it is not known."""
    row = db.execute("select state from links where url_key = ?", [url_key]).fetchone()
    return row[0] if row else None


def revive(db: Database, url_keys: Iterable[str]) -> None:
    """Let links be asked again that were given up or rest; not those whose article is stored or was forgotten."""
    for key in url_keys:
        db.execute(
            "update links set state = 'waiting', tries = 0, next_try_at = null where url_key = ? and state not in"
            f" ('{Outcome.NEW}', '{Outcome.VERSION}', '{Outcome.UNCHANGED}', '{Outcome.FORGOTTEN}')",
            [key],
        )


def validators(db: Database, outlet: str, url_key: str, *, now: datetime | None = None) -> Validators:
    """Return what to ask an article's address conditionally with: only the body's digest where a 304 would prove nothing.

    That is: the outlet's 304s were false, or a place has since stated another title or a later change.
    """
    row = db.execute(
        "select etag, last_modified, body_digest, full_at, max(coalesce(restated_at, ''), coalesce(modified_at, ''))"
        " from links where url_key = ?",
        [url_key],
    ).fetchone()
    if row is None or row[3] is None:
        return Validators()
    etag, last_modified, body_digest, full_at, stated_at = row
    if stated_at >= full_at or distrusted(db, outlet, now=now):
        return Validators(body_digest=body_digest)
    return Validators(etag=etag, last_modified=last_modified, body_digest=body_digest)


def remember_answer(db: Database, url_key: str, validators: Validators, now: datetime) -> None:
    """Note what an address said of its full answer, to ask with the next time."""
    db.execute(
        "update links set etag = ?, last_modified = ?, body_digest = ?, full_at = ? where url_key = ?",
        [validators.etag, validators.last_modified, validators.body_digest, utc_text(now), url_key],
    )


def known_addresses(db: Database, outlet: str, *, limit: int = 500) -> Sequence[str]:
    """Return addresses of an outlet's articles, newest first: what its article addresses look like."""
    rows = db.execute("select url from articles where outlet = ? order by published_day desc limit ?", [outlet, limit])
    return [row[0] for row in rows.fetchall()]


def rest(db: Database, host: str, *, until: datetime) -> None:
    """Note that a host is not to be asked before a time; the longer of two waits wins."""
    db.execute(
        "insert into host_rests values (?, ?) on conflict (host) do update set"
        " until_at = max(until_at, excluded.until_at)",
        [host, utc_text(until)],
    )
