"""What a clock that ran ahead wrote: times in the future, by which links, hosts and caches would rest for years."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.records import utc_text

LONGEST_REST = timedelta(days=31)  # a server's Retry-After is believed for 30 days, no other wait is longer
SKEW = timedelta(hours=1)  # two machines, or a clock being set: nothing to act on

_RESTS = (
    "update links set next_try_at = null where next_try_at > ?",
    "delete from host_rests where until_at > ?",
)
_SEEN = (
    "update feeds set full_at = null, etag = null, last_modified = null, body_digest = null where full_at > ?",
    "update feeds set last_used_at = null where last_used_at > ?",
    "update feeds set proved_at = null where proved_at > ?",
    "update links set full_at = null, etag = null, last_modified = null, body_digest = null where full_at > ?",
    "delete from host_policies where fetched_at > ?",
)


def mend(db: Database, *, now: datetime) -> None:
    """Take back what only a clock that ran ahead can have written; times of articles and attempts stay as they were noted."""
    with db.atomic():
        for sql in _RESTS:
            db.execute(sql, [utc_text(now + LONGEST_REST)])
        for sql in _SEEN:
            db.execute(sql, [utc_text(now + SKEW)])
