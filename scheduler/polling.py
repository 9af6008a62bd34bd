"""The polls of a pass: which places to ask, and which article addresses their answers bring."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from crawler.caching import stays_fresh
from crawler.discovery import Listing, robots_sitemaps
from crawler.download import Answer, Fetch
from crawler.urls import url_key
from crawler.workers import Cleaners
from scheduler.doubts import Doubts, conditions
from scheduler.following import NO_LIMIT, SECTION_PAGES, SITEMAP_DEPTH, SITEMAP_FILES, Chain, Named, Sitemaps
from scheduler.pace import Glance
from scheduler.places import after, place_of
from scheduler.spans import Span
from scheduler.tally import Tally
from storage import feeds, frontier
from storage.archive import Database
from storage.feeds import Feed
from storage.frontier import Found
from storage.records import FeedKind, HostPolicy, Link, Outcome, Outlet, Validators

FOLLOWED = ("sitemap-index", "outlet")
"""How places become known that are not asked by themselves: an index names them, the front page is a last resort."""
DISCOVER_AGAIN = timedelta(hours=23)  # so that a daily pass is not a minute too early
OF_THE_NEWEST = ("feed", "news-sitemap", "section")
"""Kinds of lists that old links drop out of as new ones come."""


class Polling:
    """What to poll, and what to ask for because of what polls list. Writes `feeds`, `links`, `guids` and `false_304s`."""

    def __init__(
        self,
        db: Database,
        tallies: Mapping[str, Tally],
        outlets: Mapping[str, Outlet],
        *,
        began: datetime,
        span: Span,
        max_links: Callable[[Outlet], int],
        max_bytes: int,
    ) -> None:
        self._db = db
        self._span = span if span.past else None
        self._chosen: list[str] = []
        self._tallies = tallies
        self._outlets = outlets
        self._began = began
        self._oldest = span.begin or datetime.min.replace(tzinfo=UTC)
        self._max_links = max_links
        self._max_bytes = max_bytes
        self._polled: set[str] = set()
        self._places: defaultdict[str, dict[str, Feed]] = defaultdict(dict)
        self._chains: dict[str, Chain] = {}
        self._sitemaps = Sitemaps(most=NO_LIMIT if span.past else SITEMAP_FILES)
        self._doubts = Doubts(now=began)

    def of(self, outlet: Outlet) -> list[Fetch]:
        """Return the polls of one outlet: its configured places, or those found before; its front page if they list nothing.

        The front page is asked once a day besides: feeds move, and robots.txt names new sitemaps.
        """
        configured = [
            *(Feed(url=url, kind="feed", found_by="config") for url in outlet.feeds),
            *(Feed(url=url, kind="sitemap", found_by="config") for url in outlet.sitemaps),
            *(Feed(url=url, kind="section", found_by="config") for url in outlet.sections),
        ]
        if self._span:
            configured = [feed for feed in configured if feed.kind == "sitemap"]
        urls = {feed.url for feed in configured}
        places = self._places[outlet.id] = {feed.url: feed for feed in feeds.feeds_of(self._db, outlet.id)}
        if self._span:
            return self._sitemaps_of(outlet, configured)
        discovers = not (outlet.feeds or outlet.sitemaps)
        named = [
            feed for feed in places.values() if feed.found_by not in ("config", *FOLLOWED) and feed.url not in urls
        ]
        found = named if discovers else []
        fetches = [self._poll_of(outlet.id, feed) for feed in (*configured, *found)]
        alive = any(feed.alive for feed in found)
        fed = alive and feeds.listed_by_feeds(self._db, outlet.id, front_page=outlet.url)
        if discovers and not (fed and self._discovered_today(places.get(outlet.url))):
            fetches.append(self._poll_of(outlet.id, Feed(url=outlet.url, kind="section", found_by="outlet")))
        return fetches

    def _sitemaps_of(self, outlet: Outlet, configured: Sequence[Feed]) -> list[Fetch]:
        """Return the polls of an outlet's sitemaps: as configured, else as robots.txt named them; its front page if none did."""
        named = [feed for feed in self._places[outlet.id].values() if feed.found_by == "robots" and feed.kind != "feed"]
        front_page = Feed(url=outlet.url, kind="section", found_by="outlet")
        return [self._poll_of(outlet.id, feed) for feed in configured or named or [front_page]]

    def _discovered_today(self, front_page: Feed | None) -> bool:
        used_at = front_page.last_used_at if front_page else None
        return used_at is not None and self._began - used_at < DISCOVER_AGAIN

    def _poll_of(self, outlet: str, feed: Feed, *, depth: int = 0) -> Fetch:
        """Return the fetch of a place, as it is known from former passes if it is."""
        self._polled.add(feed.url)
        stored = self._places[outlet].setdefault(feed.url, feed)
        return Fetch(
            url=feed.url,
            outlet=outlet,
            kind="front-page" if feed.found_by == "outlet" else stored.kind,
            found_by=stored.found_by,
            depth=depth,
            validators=self._conditions(outlet, stored),
        )

    def _conditions(self, outlet: str, feed: Feed) -> Validators:
        """Return what to ask a place with; nothing where the same body would be read otherwise than the last time."""
        if self._span:
            return Validators()
        reaches_back = feed.oldest_at is not None and self._oldest < feed.oldest_at
        known_at = feeds.newest_known_at(self._db, outlet) if feed.kind == "section" and feed.full_at else None
        if reaches_back or (known_at and feed.full_at and known_at >= feed.full_at):
            return Validators()
        return conditions(feed, distrusted=feeds.distrusted(self._db, outlet, now=self._began), now=self._began)

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

    def most(self, outlet: Outlet) -> int:
        """Return how many article addresses of an outlet may be asked in a pass."""
        return self._max_links(outlet)

    def answered(self, answer: Answer, listing: Listing | None) -> list[Fetch]:
        """Note what a poll brought, as `same_again` sees it; return what to poll because of it. In a transaction."""
        fetch, tally = answer.fetch, self._tallies[answer.fetch.outlet]
        tally.counts["polls"] += 1
        if answer.outcome not in (None, Outcome.UNCHANGED):
            tally.counts["polls_failed"] += 1
            tally.problems.append(f"{fetch.kind} {fetch.url}: {answer.reason}")
        before = self._places[fetch.outlet].get(fetch.url) or place_of(fetch)
        if answer.outcome is Outcome.UNCHANGED:
            tally.listed += before.listed or 0
            tally.known += before.listed or 0
            self._glance(fetch, before.kind, listed=before.listed or 0, known=before.listed or 0, wish=None)
        chain = self._chains.pop(fetch.url, None) or Chain(place=before)
        found, onward = self._listed(answer, listing, chain) if listing else (None, [])
        if fetch.found_by != "rel-next" and not self._span:  # who reads it for its past leaves its present to be found
            self._remember(answer, before, listing, chain, newer=bool(found and found.newer))
        if listing and not onward:
            self._end(chain, answer, listing)
        fetches = [*onward, *self._doubts.heard(answer, before, fresh=bool(found and found.fresh))]
        if fetch.kind == "front-page" and (listing or answer.outcome is Outcome.UNCHANGED):
            fetches += self._discovered(fetch, listing, answer.policy)
        return fetches + self._next_sitemap(fetch)

    def _listed(self, answer: Answer, listing: Listing, chain: Chain) -> tuple[Found, list[Fetch]]:
        """Put a listing's links into the frontier; return what became of them, and the page the list goes on with."""
        fetch, tally = answer.fetch, self._tallies[answer.fetch.outlet]
        if listing.problem:
            tally.problems.append(f"{fetch.kind} {fetch.url}: {listing.problem}")
        if self._span and fetch.kind == "front-page":
            return Found(fresh=(), known=0, newer=0), []
        keyed = [(url_key(link.url), self._as_found(link)) for link in listing.links if self._in_time(link)]
        found = frontier.record_links(self._db, keyed, now=answer.at, began=self._began, before=chain.place.full_at)
        tally.counts["links"] += len(keyed)
        tally.listed += len(keyed)
        tally.known += found.known
        tally.counts["forgotten"] += found.forgotten
        chain.add(len(keyed), found.known)
        if self._span:
            self._chosen += [key for key, _ in keyed if frontier.is_waiting(self._db, key, self._began)]
        else:
            self._allow(fetch.outlet, found)
        self._sitemaps.add(fetch.outlet, self._children(fetch, listing))
        return found, self._next_page(fetch, listing, chain) if found.newer or not chain.place.full_at else []

    def chosen(self) -> list[str]:
        """Return the keys of links that a poll for a span of days has found to be asked, once."""
        chosen, self._chosen = self._chosen, []
        return chosen

    def _as_found(self, link: Link) -> Link:
        return replace(link, found_by="sitemap") if self._span else link

    def _allow(self, outlet: str, found: Found) -> None:
        """Let new links be asked within the outlet's limit; the others wait for the next pass."""
        tally = self._tallies[outlet]
        room = max(self._max_links(self._outlets[outlet]) - tally.asked, 0)
        tally.asked += min(room, len(found.fresh) + len(found.again))
        tally.counts["cut_off"] += max(len(found.fresh) - room, 0)

    def _remember(self, answer: Answer, before: Feed, listing: Listing | None, chain: Chain, *, newer: bool) -> None:
        """Write what an answer leaves its place as, and whether it shows that the outlet's 304s were false."""
        outlet = answer.fetch.outlet
        left_out = listing is not None and not all(map(self._in_time, listing.links))
        place = after(before, answer, listing, listed=chain.links, oldest_at=self._oldest if left_out else None)
        if why := self._doubts.falsehood(answer, before, place, newer=newer):
            feeds.distrust(self._db, outlet, url=place.url, why=why, now=answer.at)
        if chain.goes_on:  # not known as a whole before its last page is
            place = replace(place, full_at=before.full_at, listed=before.listed)
        self._places[outlet][place.url] = place
        feeds.record_poll(self._db, outlet, place, outcome=answer.outcome or Outcome.POLL, now=answer.at)

    def _end(self, chain: Chain, answer: Answer, listing: Listing) -> None:
        """Note that a list was read to its end, or to where it was read before."""
        outlet = answer.fetch.outlet
        if listing.kind in OF_THE_NEWEST:
            self._tallies[outlet].gap |= chain.runs_over(listing.kind)
            self._glance(
                answer.fetch, listing.kind, listed=chain.links, known=chain.known, wish=wish(answer, listing),
                first=not chain.place.listed,
            )  # fmt: skip
        if chain.goes_on:
            feeds.record_full(self._db, outlet, chain.place.url, listed=chain.links, now=answer.at)

    def _glance(
        self, fetch: Fetch, kind: FeedKind, *, listed: int, known: int, wish: timedelta | None, first: bool = False
    ) -> None:
        """Note how far a list of the newest has turned over; the front page is none where others are asked each time."""
        if kind in OF_THE_NEWEST and fetch.kind != "front-page":
            glance = Glance(listed=listed, known=known, wish=wish, first=first)
            self._tallies[fetch.outlet].glances.append(glance)

    def _next_page(self, fetch: Fetch, listing: Listing, chain: Chain) -> list[Fetch]:
        """Return the poll of the page a list goes on with, within limits."""
        page = listing.next_page
        if not page or page in self._polled or fetch.depth + 1 >= SECTION_PAGES:
            return []
        chain.goes_on = True
        self._chains[page] = chain
        self._polled.add(page)
        kind = "section" if fetch.kind == "front-page" else fetch.kind
        return [Fetch(url=page, outlet=fetch.outlet, kind=kind, found_by="rel-next", depth=fetch.depth + 1)]

    def _children(self, fetch: Fetch, listing: Listing) -> list[Named]:
        """Return the sitemaps an index names that may have something for a pass."""
        if fetch.depth >= SITEMAP_DEPTH:
            return []
        places = self._places[fetch.outlet]
        children = []
        for child in listing.sitemaps:
            old = child.modified_at is not None and child.modified_at < self._oldest
            old = old or (self._span is not None and not self._span.may_hold(child.url))
            if not old and child.url not in self._polled:
                self._polled.add(child.url)
                stored = places.get(child.url)
                used = stored.last_used_at if stored else None
                named = Named(url=child.url, modified_at=child.modified_at, last_used_at=used, depth=fetch.depth + 1)
                children.append(named)
        return children

    def _next_sitemap(self, fetch: Fetch) -> list[Fetch]:
        """Return the next sitemap to ask now that one was answered."""
        if fetch.kind not in ("sitemap", "news-sitemap"):
            return []
        named = self._sitemaps.next(fetch.outlet)
        if named is None:
            return []
        if not self._span and self._sitemaps.left(fetch.outlet):
            waits = f"more than {SITEMAP_FILES} sitemaps, the others wait for the next pass"
            self._tallies[fetch.outlet].problems.append(waits)
        feed = Feed(url=named.url, kind="sitemap", found_by="sitemap-index")
        return [self._poll_of(fetch.outlet, feed, depth=named.depth)]

    def _discovered(self, fetch: Fetch, listing: Listing | None, policy: HostPolicy | None) -> list[Fetch]:
        """Return the polls of the places a front page names; if it is unchanged, of those robots.txt does."""
        new = [feed for feed in named_places(listing, policy) if feed.url not in self._polled]
        new = [feed for feed in new if feed.kind == "sitemap" or not self._span]
        for feed in new:
            feeds.record_place(self._db, fetch.outlet, feed)
        return [self._poll_of(fetch.outlet, feed) for feed in new]

    def _in_time(self, link: Link) -> bool:
        """Say whether a link is recent enough for a pass; older sitemap entries are backfill's."""
        if self._span:
            return self._span.has(link)
        stated = link.published.at if link.published else link.modified_at
        return link.basis != "sitemap" or stated is None or stated >= self._oldest


def wish(answer: Answer, listing: Listing) -> timedelta:
    """Return how long an answer says that it stays the same, by the feed's own word or by Cache-Control; zero: not said."""
    fresh = stays_fresh(answer.capture.headers) if answer.capture else timedelta()
    return max(listing.ttl or timedelta(), fresh)


def named_places(listing: Listing | None, policy: HostPolicy | None) -> list[Feed]:
    """Return the feeds a front page names and the sitemaps its host's robots.txt names."""
    sitemaps = robots_sitemaps(policy.robots.encode(), policy.robots_url) if policy else ()
    return [
        *(Feed(url=url, kind="feed", found_by="front-page") for url in (listing.feeds if listing else ())),
        *(Feed(url=url, kind="sitemap", found_by="robots") for url in sitemaps),
    ]
