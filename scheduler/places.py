"""What an answer leaves the place it came from as: what to ask it with the next time, and since when it is known. Pure."""

import hashlib
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import cast

from crawler.discovery import Listing
from crawler.download import Answer, Fetch
from scheduler.doubts import in_full
from storage.feeds import Feed
from storage.records import Capture, FeedKind, Outcome, Validators


def place_of(fetch: Fetch) -> Feed:
    """Return the place a fetch asks, of which nothing is known yet."""
    kind = "section" if fetch.kind == "front-page" else fetch.kind
    return Feed(url=fetch.url, kind=cast("FeedKind", kind), found_by=fetch.found_by or "config")


def body_digest(capture: Capture) -> str:
    """Return the SHA-256 of a body, in hexadecimal."""
    return hashlib.sha256(capture.body).hexdigest()


def same_again(answer: Answer) -> Answer:
    """Return an answer as the poll it is: the body of the last full answer once more is `unchanged`.

    "Not modified" to a question without conditions is no answer (RFC 9110, 15.4.5).
    """
    if answer.status == HTTPStatus.NOT_MODIFIED and in_full(answer.fetch):
        return replace(answer, outcome=Outcome.HTTP_ERROR, reason="HTTP 304 to an unconditional request")
    digest = answer.fetch.validators.body_digest
    if answer.outcome is None and answer.capture and digest and digest == body_digest(answer.capture):
        return replace(answer, outcome=Outcome.UNCHANGED)
    return answer


def after(before: Feed, answer: Answer, listing: Listing | None, *, listed: int, oldest_at: datetime | None) -> Feed:
    """Return a place that stood as `before` as an answer leaves it.

    What was not read whole, and what leads on to others, is asked in full the next time: its 304 would say nothing of
    the rest.
    """
    capture = answer.capture
    if capture is None or answer.status != HTTPStatus.OK:
        return before
    if answer.outcome is Outcome.UNCHANGED:
        proved_at = answer.at if in_full(answer.fetch) else before.proved_at
        return replace(before, validators=stated(capture), full_at=answer.at, proved_at=proved_at)
    if listing is None:
        return before
    whole = not (listing.problem or listing.sitemaps or listing.next_page)
    return replace(
        before,
        kind=listing.kind,
        validators=stated(capture) if whole else Validators(),
        full_at=answer.at,
        listed=listed,
        oldest_at=oldest_at,
    )


def stated(capture: Capture) -> Validators:
    """Return what an answer says of itself, and the digest of its body."""
    headers = {name.lower(): value for name, value in capture.headers}
    return Validators(
        etag=headers.get("etag"), last_modified=headers.get("last-modified"), body_digest=body_digest(capture)
    )
