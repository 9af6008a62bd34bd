"""What asking an outlet brings: its front page, feeds, sitemaps, rules, and a few of its newest articles.

A few outlets are asked at a time, each to its end, so that a list of thousands needs little memory and an interrupted
survey has most of its outlets done. `check --online` and `outlets import` both live on this.
"""

import asyncio
import gzip
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from crawler.clean import Refusal
from crawler.discovery import Listing, robots_sitemaps
from crawler.download import Answer, Clock, Fetch, FetchKind, Hosts, crawl
from crawler.outlets import Directory, host_of
from crawler.rights import tdm
from crawler.robots import closing_rule
from crawler.urls import clean_url
from crawler.walls import Wall, wall
from crawler.workers import Cleaners
from scheduler.collect import delays
from scheduler.config import Config
from scheduler.outlets_surveyed import Place, Sample, Surveyed
from storage.records import Article, Capture, FeedKind, HostPolicy, Outcome, Outlet

AT_A_TIME = 48
"""Outlets in progress; more than the requests in flight, because each waits between two of its own."""
_FEEDS = 12  # found ones that are asked; an outlet with more has one for each section
_SITEMAPS = 5
_CHILDREN = 2  # of a sitemap index: the newest tell what there is
_DEPTH = 2
_SAMPLES = 3
_LARGEST_WALL = 1_000_000  # bytes; larger pages have something to read
_GUESSES: Sequence[tuple[str, FetchKind]] = (("/feed/", "feed"), ("/rss.xml", "feed"), ("/sitemap.xml", "sitemap"))
"""Where feeds and sitemaps lie that no page and no robots.txt names."""

Done = Callable[[Surveyed], None]
"""Told of each outlet when all of it has been asked."""


Progress = Callable[[int, int], None]
"""Told after each outlet how many are done and how many there are."""


def survey(
    config: Config, outlets: Iterable[Outlet], done: Done, *, clock: Clock, known: Iterable[Outlet] = ()
) -> None:
    """Ask each outlet and hand over what came of it; `known` are further outlets, whose articles are theirs.

    Raises what `done` raises; outlets in progress are then handed over no more.
    """
    everybody = {outlet.id: outlet for outlet in (*config.outlets, *known)}
    waiting = deque(outlets)
    everybody |= {outlet.id: outlet for outlet in waiting}
    with Cleaners(list(everybody.values()), config.topics) as cleaners:
        asking = _Survey(config, waiting, done, directory=Directory(everybody.values()), cleaners=cleaners)
        while waiting:  # a host that asks us to wait drops out without an answer
            hosts = Hosts(delays_s=delays(everybody.values(), usual_s=config.crawl.delay_s))
            asyncio.run(crawl(asking.first(), asking.handle, settings=config.crawl, hosts=hosts, clock=clock))
            asking.close()


class _Progress:
    """One outlet while it is being asked."""

    def __init__(self, outlet: Outlet) -> None:
        self.found = Surveyed(outlet=outlet)
        self.asked: set[str] = set()
        self.pending = 0
        self.guessed = self.sampled = False


class _Survey:
    def __init__(
        self, config: Config, waiting: deque[Outlet], done: Done, *, directory: Directory, cleaners: Cleaners
    ) -> None:
        self._config = config
        self._waiting = waiting
        self._done = done
        self._directory = directory
        self._cleaners = cleaners
        self._progress: dict[str, _Progress] = {}
        self._agent = config.crawl.user_agent

    def first(self) -> list[Fetch]:
        """Return what to ask of the first outlets."""
        return [fetch for _ in range(min(AT_A_TIME, len(self._waiting))) for fetch in self._next_outlet()]

    def close(self) -> None:
        """Hand over what is known of outlets that stopped answering."""
        for progress in list(self._progress.values()):
            progress.found.rests = True
            self._finish(progress)

    async def handle(self, answer: Answer) -> list[Fetch]:
        """Take in an answer; return what to ask because of it, or of the next outlet."""
        progress = self._progress[answer.fetch.outlet]
        found = progress.found
        found.policy = found.policy or answer.policy
        found.size_bytes += answer.size_bytes or 0
        if answer.fetch.kind == "article":
            fetches = await self._article(progress, answer)
        elif answer.fetch.kind == "front-page":
            fetches = await self._front_page(progress, answer)
        else:
            fetches = await self._place(progress, answer)
        progress.pending += len(fetches) - 1
        if progress.pending == 0:
            fetches = self._step(progress)
            progress.pending = len(fetches)
        if progress.pending == 0:
            self._finish(progress)
            return self._next_outlet()
        return fetches

    def _next_outlet(self) -> list[Fetch]:
        if not self._waiting:
            return []
        outlet = self._waiting.popleft()
        progress = self._progress[outlet.id] = _Progress(outlet)
        places: Sequence[tuple[FetchKind, Sequence[str]]] = (
            ("front-page", (outlet.url,)),
            ("feed", outlet.feeds),
            ("sitemap", outlet.sitemaps),
            ("section", outlet.sections),
        )
        fetches = self._ask(progress, [(url, kind) for kind, urls in places for url in urls], found_by="config")
        progress.pending = len(fetches)
        return fetches

    def _ask(
        self, progress: _Progress, places: Iterable[tuple[str, FetchKind]], *, found_by: str, depth: int = 0
    ) -> list[Fetch]:
        fetches = []
        for url, kind in places:
            if url not in progress.asked:
                progress.asked.add(url)
                outlet = progress.found.outlet.id
                fetches.append(Fetch(url=url, outlet=outlet, kind=kind, found_by=found_by, depth=depth))
        return fetches

    def _step(self, progress: _Progress) -> list[Fetch]:
        """Return what to ask when all that was asked has answered: guessed places, then articles."""
        found = progress.found
        lists = any(place.links for place in found.places if place.kind != "front-page")
        if found.front_outcome is None and not lists and not progress.guessed:
            progress.guessed = True
            guesses = [(url, kind) for path, kind in _GUESSES if (url := clean_url(path, found.outlet.url))]
            if fetches := self._ask(progress, guesses, found_by="guess"):
                return fetches
        if progress.sampled:
            return []
        progress.sampled = True
        found.note_closed(self._closed_rule)
        links = found.newest_links(_SAMPLES)
        progress.asked.update(link.url for link in links)
        return [Fetch(url=link.url, outlet=found.outlet.id, kind="article", link=link) for link in links]

    def _finish(self, progress: _Progress) -> None:
        self._progress.pop(progress.found.outlet.id, None)
        progress.found.candidates.clear()
        self._done(progress.found)

    async def _front_page(self, progress: _Progress, answer: Answer) -> list[Fetch]:
        found, capture = progress.found, answer.capture
        found.front_outcome, found.front_reason = answer.outcome, answer.reason
        found.front_status = answer.status
        found.asked_at = answer.at
        found.retry_after = answer.retry_after
        if capture:
            found.final_url = capture.url
            found.wall = _wall(capture)
            found.mining = tdm(capture, answer.policy)
        if answer.outcome is Outcome.ROBOTS and answer.policy:
            found.front_rule = self._closed_rule(found.outlet.url, answer.policy.robots)
        fetches: list[Fetch] = []
        listing = None
        if answer.outcome is None and capture:
            listing = await self._list(progress, capture, "section")
            found.add_place(_place_of(answer, listing), listing, self._directory)
            found.scripts = capture.body.lower().count(b"<script")
        if not (found.outlet.feeds or found.outlet.sitemaps):
            fetches = self._named(progress, answer.policy, listing)
        return fetches

    def _named(self, progress: _Progress, policy: HostPolicy | None, listing: Listing | None) -> list[Fetch]:
        """Return the feeds the front page names and the sitemaps robots.txt names, the first of each."""
        found = progress.found
        feeds = listing.feeds if listing else ()
        sitemaps = robots_sitemaps(policy.robots.encode(), policy.robots_url) if policy else ()
        newsy = sorted(sitemaps, key=lambda url: "news" not in url.lower())
        found.not_asked = tuple(feeds[_FEEDS:]), tuple(newsy[_SITEMAPS:])
        by_page = self._ask(progress, [(url, "feed") for url in feeds[:_FEEDS]], found_by="front-page")
        return by_page + self._ask(progress, [(url, "sitemap") for url in newsy[:_SITEMAPS]], found_by="robots")

    async def _place(self, progress: _Progress, answer: Answer) -> list[Fetch]:
        fetch, found = answer.fetch, progress.found
        if answer.outcome is not None or answer.capture is None:
            if fetch.found_by != "guess":
                found.places.append(_place_of(answer, None))
            return []
        listing = await self._list(progress, answer.capture, cast("FeedKind", fetch.kind))
        if fetch.found_by == "guess" and not (listing.links or listing.sitemaps):
            return []
        found.add_place(_place_of(answer, listing), listing, self._directory)
        if fetch.depth >= _DEPTH:
            return []
        dated = sorted((child.modified_at, child.url) for child in listing.sitemaps if child.modified_at is not None)
        undated = [child.url for child in listing.sitemaps[:1] + listing.sitemaps[-1:]]
        newest = [url for _, url in dated[-_CHILDREN:]] or undated
        return self._ask(
            progress, [(url, "sitemap") for url in newest], found_by="sitemap-index", depth=fetch.depth + 1
        )

    async def _list(self, progress: _Progress, capture: Capture, kind: FeedKind) -> Listing:
        return await self._cleaners.listing(
            capture,
            kind,
            outlet=progress.found.outlet,
            known=(),
            max_bytes=self._config.crawl.max_body_bytes,
        )

    async def _article(self, progress: _Progress, answer: Answer) -> list[Fetch]:
        capture = answer.capture
        if answer.outcome is not None or capture is None:
            rule = self._closed_rule(answer.fetch.url, answer.policy.robots) if answer.policy else None
            reason = f"robots.txt: {rule}" if answer.outcome is Outcome.ROBOTS and rule else answer.reason
            standing = _wall(capture) if capture else None
            refused = Sample(
                url=answer.fetch.url, outcome=answer.outcome or Outcome.NO_TEXT, reason=reason, wall=standing
            )
            progress.found.samples.append(refused)
            return []
        cleaned = await self._cleaners.clean(capture)
        progress.found.samples.append(_sample(answer.fetch.url, capture, cleaned))
        if (mining := tdm(capture, answer.policy)).reserved is not None:
            progress.found.mining = mining
        return []

    def _closed_rule(self, url: str, robots: str) -> str | None:
        return closing_rule(robots, url, self._agent) if self._config.crawl.obey_robots else None


def _place_of(answer: Answer, listing: Listing | None) -> Place:
    problem = answer.reason if listing is None else listing.problem
    dates = [link.published.at for link in listing.links if link.published] if listing else []
    front = answer.fetch.kind == "front-page"
    return Place(
        url=answer.fetch.url,
        kind=answer.fetch.kind if front or listing is None else listing.kind,
        found_by=answer.fetch.found_by or "config",
        depth=answer.fetch.depth,
        links=len(listing.links) if listing else 0,
        children=len(listing.sitemaps) if listing else 0,
        newest=max((date for date in dates if date <= answer.at), default=None),
        problem=problem,
        outcome=answer.outcome,
        size_bytes=_received(answer.capture) if answer.capture else 0,
    )


def _sample(url: str, capture: Capture, cleaned: Article | Refusal) -> Sample:
    packed = len(gzip.compress(capture.body, 6))
    if isinstance(cleaned, Refusal):
        return Sample(
            url=url,
            outcome=cleaned.outcome,
            reason=cleaned.reason,
            wall=_wall(capture),
            size_bytes=_received(capture),
            packed_bytes=packed,
            host=host_of(capture.url),
        )
    fields = {
        "title": cleaned.title,
        "date": cleaned.published,
        "author": cleaned.authors,
        "language": cleaned.language,
    }
    return Sample(
        url=url,
        words=len(cleaned.text.split()),
        text_bytes=len(cleaned.text.encode()),
        missing=tuple(name for name, value in fields.items() if not value),
        credits=tuple(credit.name for credit in cleaned.credits),
        tagged=bool(cleaned.tags),
        language=cleaned.language,
        paywalled=cleaned.text_status == "paywalled",
        text_status=cleaned.text_status,
        size_bytes=_received(capture),
        packed_bytes=packed,
        host=host_of(capture.url),
    )


def _wall(capture: Capture) -> Wall | None:
    return wall(capture) if len(capture.body) <= _LARGEST_WALL else None


def _received(capture: Capture) -> int:
    """Bytes as they came over the wire."""
    return len(capture.body if capture.encoded is None else capture.encoded)
