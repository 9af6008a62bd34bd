"""What is known of an outlet once it has been asked: records for the check's findings and the review sheet. Pure."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest
from http import HTTPStatus

from crawler.discovery import Listing
from crawler.outlets import Directory, host_of
from crawler.rights import Mining
from crawler.urls import url_key
from crawler.walls import Wall
from storage.records import HostPolicy, Link, Outcome, Outlet

DEAD = timedelta(days=30)
"""A place whose newest item is older no longer tells what an outlet publishes."""
_WEEK = timedelta(days=7)
_TEMPORARY = (HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600))
_MOST_DATES = 3000  # remembered of one outlet
_MOST_CANDIDATES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A feed, sitemap, section or front page that was asked."""

    url: str
    kind: str
    """What it turned out to be."""
    found_by: str
    """config, front-page, robots, sitemap-index or guess."""
    depth: int = 0
    links: int = 0
    children: int = 0
    """Sitemaps it names."""
    newest: datetime | None = None
    problem: str | None = None
    outcome: Outcome | None = None
    """None: it answered."""
    size_bytes: int = 0
    """As received."""

    def dead(self, now: datetime) -> bool:
        """Say whether its newest item is too old for a place that is kept up."""
        return self.newest is not None and now - self.newest > DEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An article that was tried."""

    url: str
    outcome: Outcome | None = None
    """None: it was read."""
    reason: str = ""
    wall: Wall | None = None
    words: int = 0
    text_bytes: int = 0
    missing: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    tagged: bool = False
    language: str | None = None
    paywalled: bool = False
    text_status: str = "full"
    size_bytes: int = 0
    """As received."""
    packed_bytes: int = 0
    """As a capture takes on disk."""
    host: str = ""
    """That finally answered."""


@dataclass(slots=True, kw_only=True)
class Surveyed:
    """One outlet, filled answer by answer."""

    outlet: Outlet
    asked_at: datetime | None = None
    """When the front page answered, or was found not to."""
    front_outcome: Outcome | None = None
    front_reason: str = ""
    front_status: int | None = None
    front_rule: str | None = None
    """The robots.txt rule that closes the front page."""
    final_url: str | None = None
    wall: Wall | None = None
    """Of the front page."""
    scripts: int = 0
    mining: Mining = field(default_factory=Mining)
    policy: HostPolicy | None = None
    retry_after: str | None = None
    rests: bool = False
    """It asked us to wait, and some of it was not asked."""
    places: list[Place] = field(default_factory=list)
    not_asked: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Feeds and sitemaps named beyond what was asked."""
    samples: list[Sample] = field(default_factory=list)
    candidates: dict[str, Link] = field(default_factory=dict)
    """The newest links by key, while the survey runs."""
    dates: dict[str, datetime] = field(default_factory=dict)
    """Of dated links, by key."""
    closed: tuple[int, int, str] = (0, 0, "")
    """Of the newest links how many robots.txt closes, of how many, and by which rule."""
    strange_hosts: Counter[str] = field(default_factory=Counter)
    """Hosts of links that belong to no outlet we know."""
    size_bytes: int = 0
    """Of all answers, after decompression."""

    def add_place(self, place: Place, listing: Listing, directory: Directory) -> None:
        """Take in what a place lists."""
        self.places.append(place)
        for link in listing.links:
            key = url_key(link.url)
            if directory.of_url(link.url) is None:
                self.strange_hosts[host_of(link.url)] += 1
            if link.published:
                self.dates[key] = link.published.at
            if key not in self.candidates or (link.published and not self.candidates[key].published):
                self.candidates[key] = link
        if len(self.dates) > _MOST_DATES:
            self.dates = dict(nlargest(_MOST_DATES, self.dates.items(), key=lambda item: item[1]))
        if len(self.candidates) > _MOST_CANDIDATES:
            self.candidates = {url_key(link.url): link for link in self.newest_links(_MOST_CANDIDATES)}

    def newest_links(self, count: int) -> list[Link]:
        """Return the newest links, those of feeds before those of pages, dated before undated."""

        def age(link: Link) -> tuple[bool, bool, float]:
            stated = link.published.at if link.published else None
            return stated is None, link.basis != "feed", -stated.timestamp() if stated else 0.0

        return sorted(self.candidates.values(), key=age)[:count]

    def note_closed(self, rule_of: Callable[[str, str], str | None]) -> None:
        """Note how many of the newest links robots.txt closes; `rule_of(url, robots)` says by which rule."""
        if self.policy is None:
            return
        own = [
            link.url for link in self.newest_links(_MOST_CANDIDATES) if host_of(link.url) == host_of(self.policy.origin)
        ]
        rules = [rule for url in own if (rule := rule_of(url, self.policy.robots))]
        common = Counter(rules).most_common(1)
        self.closed = len(rules), len(own), common[0][0] if common else ""

    @property
    def settled(self) -> bool:
        """Say whether asking again would bring the same: nothing failed for the moment only."""
        temporary = self.front_outcome in (Outcome.NETWORK, Outcome.TIMEOUT) or (
            self.front_outcome is Outcome.HTTP_ERROR and (self.front_status or HTTPStatus.BAD_GATEWAY) in _TEMPORARY
        )
        return self.asked_at is not None and not temporary and not self.rests

    @property
    def newest(self) -> datetime | None:
        """Of the newest dated item that is not in the future of the front page's answer."""
        now = self.asked_at
        return max((at for at in self.dates.values() if now is None or at <= now), default=None)

    @property
    def items_a_week(self) -> float | None:
        """Dated items of the last week, or the rate of a list that reaches less far back; None if nothing is dated."""
        now = self.asked_at
        if now is None or not self.dates:
            return None
        past = [at for at in self.dates.values() if at <= now]
        recent = [at for at in past if now - at <= _WEEK]
        if len(recent) < len(past) or len(recent) < 2:  # noqa: PLR2004  a rate needs two
            return float(len(recent))
        reach = max(now - min(recent), timedelta(hours=1))
        return len(recent) * (_WEEK / reach)

    @property
    def read(self) -> list[Sample]:
        """The articles that were cleaned."""
        return [sample for sample in self.samples if sample.outcome is None]

    @property
    def lists(self) -> bool:
        """Say whether some place of it lists articles."""
        return any(place.links for place in self.places)

    @property
    def language(self) -> str | None:
        """The language most of the articles read are in."""
        said = Counter(sample.language for sample in self.read if sample.language)
        return said.most_common(1)[0][0] if said else None

    def living(self, *kinds: str) -> list[str]:
        """Return the addresses found that list something and are kept up, of these kinds."""
        now = self.asked_at
        return [
            place.url
            for place in self.places
            if place.kind in kinds
            and place.depth == 0
            and place.found_by != "config"
            and (place.links or place.children)
            and not (now and place.dead(now))
        ]
