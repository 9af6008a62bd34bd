"""Which 304s to doubt. Servers and caches say "not modified" of what they have changed; a feed lost so is lost silently.

A place that said 304 is asked once more, in full, when another place of the outlet listed something new in the same pass
(unless it was found true within BELIEVED: news in one section is no news in the others), and instead of conditionally
when it has said nothing else for VERIFY.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from crawler.download import Answer, Fetch
from storage.feeds import Feed
from storage.records import Validators

VERIFY = timedelta(hours=24)
BELIEVED = timedelta(hours=6)


def conditions(feed: Feed, *, distrusted: bool, now: datetime) -> Validators:
    """Return what to ask a place with: the digest alone where its 304 would not be believed."""
    stale = feed.full_at is not None and now - feed.full_at >= VERIFY
    return Validators(body_digest=feed.validators.body_digest) if distrusted or stale else feed.validators


def in_full(fetch: Fetch) -> bool:
    """Say whether a place is asked without conditions."""
    return not (fetch.validators.etag or fetch.validators.last_modified)


class Doubts:
    """The places of each outlet that said 304 in a pass, until they are asked again."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self._quiet: defaultdict[str, list[Fetch]] = defaultdict(list)
        self._news: set[str] = set()
        self._asked: set[str] = set()

    def heard(self, answer: Answer, before: Feed, *, fresh: bool) -> list[Fetch]:
        """Take note of an answer of a place that stood as `before`; return what to ask again in full because of it."""
        fetch = answer.fetch
        if fresh:
            self._news.add(fetch.outlet)
        proved = before.proved_at is not None and self._now - before.proved_at < BELIEVED
        if answer.status == HTTPStatus.NOT_MODIFIED and fetch.depth == 0 and not proved and not in_full(fetch):
            full = Validators(body_digest=before.validators.body_digest)
            self._quiet[fetch.outlet].append(replace(fetch, validators=full))
        if fetch.outlet not in self._news:
            return []
        again = self._quiet.pop(fetch.outlet, [])
        self._asked |= {each.url for each in again}
        return again

    def asked_again(self, fetch: Fetch) -> bool:
        """Say whether a fetch is one of a place that said 304 in this pass."""
        return fetch.url in self._asked

    def falsehood(self, answer: Answer, before: Feed, after: Feed, *, newer: bool) -> str | None:
        """Return why the 304s of a place are false, seen from a full answer; None if it says nothing of them.

        `newer`: it lists a link found since the last full answer. A body that differs in nothing but the time it was
        made is not held against a server, unless it promised by its validators that it is the same.
        """
        held, stated = before.validators, after.validators
        if answer.outcome is not None or not held.body_digest or stated.body_digest == held.body_digest:
            return None
        if not in_full(answer.fetch):
            return None  # it did not say 304
        if self.asked_again(answer.fetch) and newer:
            return "304, yet the full answer of the same pass lists new links"
        if (held.etag, held.last_modified) == (stated.etag, stated.last_modified) != (None, None):
            return "another body with the same ETag and Last-Modified"
        return None
