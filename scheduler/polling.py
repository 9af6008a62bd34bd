"""The polls of a pass: which places to ask, and which article addresses their answers bring."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from crawler.discovery import Listing, feeds_of_page, robots_sitemaps
from crawler.download import Answer, Fetch
from crawler.urls import url_key
from crawler.workers import Cleaners
from scheduler.tally import Tally
from storage import frontier
from storage.archive import Database
from storage.frontier import Feed
from storage.records import Capture, FeedKind, HostPolicy, Link, Outcome, Outlet, Validators

SITEMAP_DEPTH = 2
SITEMAP_FILES = 50  # per outlet and pass
SECTION_PAGES = 5


class Polling:
    """What to poll, and what to ask for because of what polls list. Writes `feeds` and `links`."""

    def __init__(
        self,
        db: Database,
        tallies: Mapping[str, Tally],
        outlets: Mapping[str, Outlet],
        *,
        began: datetime,
        oldest: datetime,
        max_links: Callable[[Outlet], int],
        max_bytes: int,
    ) -> None:
        self._db = db
        self._tallies = tallies
        self._outlets = outlets
        self._began = began
        self._oldest = oldest
        self._max_links = max_links
        self._max_bytes = max_bytes
        self._polled: set[str] = set()
        self._asked: set[str] = set()

    def of(self, outlet: Outlet) -> list[Fetch]:
        """Return the polls of one outlet: its configured places, or those found before, or its front page."""
        configured = [
            *(Feed(url=url, kind="feed", found_by="config") for url in outlet.feeds),
            *(Feed(url=url, kind="sitemap", found_by="config") for url in outlet.sitemaps),
            *(Feed(url=url, kind="section", found_by="config") for url in outlet.sections),
        ]
        urls = {feed.url for feed in configured}
        stored = {feed.url: feed for feed in frontier.feeds_of(self._db, outlet.id)}
        discovers = not (outlet.feeds or outlet.sitemaps)
        found = [feed for url, feed in stored.items() if discovers and feed.found_by != "config" and url not in urls]
        fetches = [self._poll_of(outlet.id, stored.get(feed.url, feed)) for feed in (*configured, *found)]
        alive = any(feed.alive for feed in found)
        if discovers and not (alive and frontier.listed_by_feeds(self._db, outlet.id, front_page=outlet.url)):
            fetches.append(self._poll_of(outlet.id, Feed(url=outlet.url, kind="section", found_by="front-page")))
        return fetches

    def _poll_of(self, outlet: str, feed: Feed, *, depth: int = 0) -> Fetch:
        self._polled.add(feed.url)
        front = feed.found_by == "front-page" and feed.url == self._outlets[outlet].url
        return Fetch(
            url=feed.url,
            outlet=outlet,
            kind="front-page" if front else feed.kind,
            found_by=feed.found_by,
            depth=depth,
            validators=feed.validators,
        )

    async def read(self, answer: Answer, cleaners: Cleaners) -> Listing | None:
        """Return what an answer lists, read in a worker; None where there is nothing to read."""
        fetch = answer.fetch
        if answer.outcome is not None or answer.capture is None:
            return None
        section = fetch.kind in ("front-page", "section")
        return await cleaners.listing(
            answer.capture,
            "section" if section else cast("FeedKind", fetch.kind),
            outlet=self._outlets[fetch.outlet],
            known=frontier.known_addresses(self._db, fetch.outlet) if section else (),
            max_bytes=self._max_bytes,
        )

    def answered(self, answer: Answer, listing: Listing | None) -> list[Fetch]:
        """Note what a poll brought; return what to ask because of it. The caller is in a transaction."""
        fetch, tally = answer.fetch, self._tallies[answer.fetch.outlet]
        tally.counts["polls"] += 1
        if answer.outcome not in (None, Outcome.UNCHANGED):
            tally.counts["polls_failed"] += 1
            tally.problems.append(f"{fetch.kind} {fetch.url}: {answer.reason}")
        if fetch.kind != "front-page" and fetch.depth == 0:
            outcome = answer.outcome or Outcome.POLL
            frontier.record_poll(self._db, fetch.outlet, _feed_after(answer, listing), outcome=outcome, now=answer.at)
        return self._listed(answer, answer.capture, listing) if listing and answer.capture else []

    def most(self, outlet: Outlet) -> int:
        """Return how many article addresses of an outlet may be asked in a pass."""
        return self._max_links(outlet)

    def ask(self, outlet: str, links: Iterable[tuple[str, Link]]) -> list[Fetch]:
        """Return fetches of `(url_key, link)` pairs within the outlet's limit; the others wait for the next pass."""
        fetches = []
        tally = self._tallies[outlet]
        most = self._max_links(self._outlets[outlet])
        for key, link in links:
            if tally.asked < most and key not in self._asked:
                self._asked.add(key)
                tally.asked += 1
                fetches.append(Fetch(url=link.url, outlet=outlet, kind="article", link=link))
        return fetches

    def _listed(self, answer: Answer, capture: Capture, listing: Listing) -> list[Fetch]:
        """Put a listing's links into the frontier; return what to ask now."""
        fetch, tally = answer.fetch, self._tallies[answer.fetch.outlet]
        if listing.problem:
            tally.problems.append(f"{fetch.kind} {fetch.url}: {listing.problem}")
        keyed = [(url_key(link.url), link) for link in listing.links if self._in_time(link)]
        found = frontier.record_links(self._db, keyed, now=answer.at, began=self._began)
        tally.counts["links"] += len(keyed)
        tally.known_links += found.known
        fresh = set(found.fresh)
        fetches = self.ask(fetch.outlet, [(key, link) for key, link in keyed if key in fresh])
        tally.counts["cut_off"] += len(fresh) - len(fetches)
        fetches += self._children(fetch, listing)
        if fetch.kind == "front-page":
            fetches += self._discovered(fetch, capture, answer.policy)
        return fetches

    def _children(self, fetch: Fetch, listing: Listing) -> list[Fetch]:
        """Return the sitemaps of an index and the next page of a section, within limits."""
        tally = self._tallies[fetch.outlet]
        children = []
        for child in listing.sitemaps if fetch.depth < SITEMAP_DEPTH else ():
            old = child.modified_at is not None and child.modified_at < self._oldest
            if not old and child.url not in self._polled and tally.sitemaps < SITEMAP_FILES:
                tally.sitemaps += 1
                feed = Feed(url=child.url, kind="sitemap", found_by="sitemap-index")
                children.append(self._poll_of(fetch.outlet, feed, depth=fetch.depth + 1))
        page = listing.next_page
        if page and page not in self._polled and fetch.depth + 1 < SECTION_PAGES:
            feed = Feed(url=page, kind="section", found_by="rel-next")
            children.append(self._poll_of(fetch.outlet, feed, depth=fetch.depth + 1))
        return children

    def _discovered(self, fetch: Fetch, capture: Capture, policy: HostPolicy | None) -> list[Fetch]:
        feeds = named_places(capture, policy)
        return [self._poll_of(fetch.outlet, feed) for feed in feeds if feed.url not in self._polled]

    def _in_time(self, link: Link) -> bool:
        """Say whether a link is recent enough for a pass; older sitemap entries are backfill's."""
        stated = link.published.at if link.published else link.modified_at
        return link.basis != "sitemap" or stated is None or stated >= self._oldest


def named_places(capture: Capture, policy: HostPolicy | None) -> list[Feed]:
    """Return the feeds a front page names and the sitemaps its host's robots.txt names."""
    urls = feeds_of_page(capture.body, capture.url, content_type=capture.content_type)
    sitemaps = robots_sitemaps(policy.robots.encode(), policy.robots_url) if policy else ()
    return [
        *(Feed(url=url, kind="feed", found_by="front-page") for url in urls),
        *(Feed(url=url, kind="sitemap", found_by="robots") for url in sitemaps),
    ]


def _feed_after(answer: Answer, listing: Listing | None) -> Feed:
    """Return the feed as this answer leaves it: what it is, and what to ask it conditionally with."""
    fetch, capture = answer.fetch, answer.capture
    kind = listing.kind if listing else ("section" if fetch.kind == "front-page" else fetch.kind)
    feed = Feed(url=fetch.url, kind=cast("FeedKind", kind), found_by=fetch.found_by or "config")
    if listing is None or capture is None:
        return replace(feed, validators=fetch.validators)
    if listing.sitemaps or listing.next_page:
        return feed  # asked in full each time: its own 304 says nothing of the places it names
    headers = {name.lower(): value for name, value in capture.headers}
    validators = Validators(etag=headers.get("etag"), last_modified=headers.get("last-modified"))
    return replace(feed, validators=validators)
