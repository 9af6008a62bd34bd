"""`cuttings check`: does the configuration mean what its writer thinks, and can its outlets be collected?"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from crawler.clean import Cleaner, Refusal
from crawler.discovery import Listing, links_of
from crawler.download import Answer, Fetch, FetchKind, Hosts, crawl
from crawler.topics import samples
from scheduler.collect import delays
from scheduler.config import Config
from scheduler.polling import named_places
from storage.errors import ConfigError
from storage.records import Article, FeedKind, Link, Outlet


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report."""

    subject: str
    """`outlet ID` or `topic ID` or `configuration`."""
    text: str
    problem: bool = False


def check_configuration(config: Config, *, topics: Sequence[str] = ()) -> list[Finding]:
    """Check the topics' sample sentences; that the rest is valid is `load`'s work. Raises ConfigError."""
    unknown = set(topics) - {topic.id for topic in config.topics}
    if unknown:
        raise ConfigError("--topic", f"no such topic: {', '.join(sorted(unknown))}")
    languages = sorted({outlet.language for outlet in config.outlets if outlet.language})
    text = f"outlets: {len(config.outlets)}, their languages: {len(languages)}, topics: {len(config.topics)}"
    findings = [Finding(subject="configuration", text=text)]
    for topic in config.topics:
        if topics and topic.id not in topics:
            continue
        problems = samples.check(topic)
        findings += [Finding(subject=f"topic {topic.id}", text=problem, problem=True) for problem in problems]
        count = len(topic.must_match) + len(topic.must_not_match)
        findings.append(Finding(subject=f"topic {topic.id}", text=f"{count - len(problems)} of {count} samples hold"))
        covered = set(topic.queries)
        missing = [language for language in languages if language not in covered and "any" not in covered]
        if missing:
            findings.append(
                Finding(subject=f"topic {topic.id}", text=f"no query for {', '.join(missing)}", problem=True)
            )
    return findings


def check_outlets(config: Config, *, only: Sequence[str] = ()) -> list[Finding]:
    """Ask each outlet for its places and newest article; what is missing or cannot be collected, and why."""
    outlets = [outlet for outlet in config.outlets if outlet.active and (not only or outlet.id in only)]
    survey = _Survey(config, {outlet.id: outlet for outlet in outlets})
    asyncio.run(crawl(survey.first(), survey.handle, settings=config.crawl, hosts=Hosts(delays_s=delays(outlets))))
    return [finding for outlet in outlets for finding in survey.findings(outlet)]


class _Survey:
    """Collects what the outlets answer."""

    def __init__(self, config: Config, outlets: Mapping[str, Outlet]) -> None:
        self._outlets = outlets
        self._cleaner = Cleaner(config.outlets, config.topics)
        self._findings: defaultdict[str, list[Finding]] = defaultdict(list)
        self._asked: set[str] = set()
        self._sampled: set[str] = set()

    def first(self) -> list[Fetch]:
        return [self._ask(outlet.url, outlet.id, "front-page") for outlet in self._outlets.values()] + [
            self._ask(url, outlet.id, kind)
            for outlet in self._outlets.values()
            for kind, urls in _places(outlet)
            for url in urls
        ]

    async def handle(self, answer: Answer) -> list[Fetch]:
        fetch = answer.fetch
        if answer.outcome is not None or answer.capture is None:
            self._say(fetch.outlet, f"{fetch.kind} {fetch.url}: {answer.outcome}, {answer.reason}", problem=True)
            return []
        outlet, capture = self._outlets[fetch.outlet], answer.capture
        if fetch.kind == "article":
            self._sample(fetch.outlet, self._cleaner.clean(capture), fetch.url)
            return []
        fetches = self._discovered(answer, outlet) if fetch.kind == "front-page" else []
        kind = "section" if fetch.kind == "front-page" else fetch.kind
        listing = links_of(
            capture.body, capture.url, cast("FeedKind", kind), outlet=outlet, content_type=capture.content_type
        )
        return fetches + self._listed(fetch, listing)

    def findings(self, outlet: Outlet) -> list[Finding]:
        """Return what was found of one outlet."""
        found = self._findings[outlet.id]
        if outlet.id not in self._sampled:
            found = [*found, Finding(subject=f"outlet {outlet.id}", text="no article could be read", problem=True)]
        return found

    def _ask(self, url: str, outlet: str, kind: FetchKind, link: Link | None = None) -> Fetch:
        self._asked.add(url)
        return Fetch(url=url, outlet=outlet, kind=kind, link=link)

    def _discovered(self, answer: Answer, outlet: Outlet) -> list[Fetch]:
        if answer.capture is None or outlet.feeds or outlet.sitemaps:
            return []
        found = named_places(answer.capture, answer.policy)
        self._say(
            outlet.id, f"found {len(found)} feeds and sitemaps" if found else "no feed found; the front page is read"
        )
        return [self._ask(feed.url, outlet.id, feed.kind) for feed in found if feed.url not in self._asked]

    def _listed(self, fetch: Fetch, listing: Listing) -> list[Fetch]:
        dates = sorted(link.published.at for link in listing.links if link.published)
        newest = f", newest {dates[-1]:%Y-%m-%d %H:%M}Z" if dates else ""
        self._say(fetch.outlet, f"{fetch.kind} {fetch.url}: {len(listing.links)} links{newest}")
        if listing.problem:
            self._say(fetch.outlet, f"{fetch.kind} {fetch.url}: {listing.problem}", problem=True)
        sample = next((link for link in listing.links if link.url not in self._asked), None)
        if sample and fetch.outlet not in self._sampled:
            self._sampled.add(fetch.outlet)
            return [self._ask(sample.url, fetch.outlet, "article", sample)]
        return []

    def _sample(self, outlet: str, result: Article | Refusal, url: str) -> None:
        if isinstance(result, Refusal):
            self._say(outlet, f"article {url}: {result.outcome}, {result.reason}", problem=True)
            return
        fields = {
            "title": result.title,
            "date": result.published,
            "author": result.authors,
            "language": result.language,
        }
        missing = [name for name, value in fields.items() if not value]
        credited = ", ".join(credit.name for credit in result.credits) or "none"
        lacks = f"; missing: {', '.join(missing)}" if missing else ""
        self._say(outlet, f"article {url}: {len(result.text.split())} words, credits: {credited}{lacks}")

    def _say(self, outlet: str, text: str, *, problem: bool = False) -> None:
        self._findings[outlet].append(Finding(subject=f"outlet {outlet}", text=text, problem=problem))


def _places(outlet: Outlet) -> Sequence[tuple[FetchKind, Sequence[str]]]:
    return ("feed", outlet.feeds), ("sitemap", outlet.sitemaps), ("section", outlet.sections)
