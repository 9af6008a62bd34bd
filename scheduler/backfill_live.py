"""Backfill that asks live: addresses from lists, and outlets' sitemaps between two days; a pass does the asking.

Addresses are put into the frontier first, a part at a time; what has been answered is not asked again, so the same
command goes on where it was stopped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from crawler.download import Clock
from scheduler.collect import Report, Say, collect
from scheduler.config import LONGEST, Config
from scheduler.passes import Progress
from scheduler.scope import Scope
from scheduler.spans import Span

PART = 20_000  # addresses a pass: a day's asking of one host at the usual delay, and some 20 MB
_NO_LIMIT = 1 << 40


def ask_listed(
    config: Config, addresses: Iterable[str], *, clock: Clock, say: Say, progress: Progress
) -> Iterator[Report]:
    """Ask for addresses, live; yield a report for each part of them. Raises ConfigError, ArchiveError."""
    rest = iter(addresses)
    while part := tuple(islice(rest, PART)):
        yield collect(without_limits(config), Scope(urls=part, again=False), clock=clock, say=say, progress=progress)


def ask_sitemaps(
    config: Config, outlets: tuple[str, ...], span: Span, *, clock: Clock, say: Say, progress: Progress
) -> Report:
    """Ask outlets' sitemaps, and the articles they date between two days. Raises ConfigError, ArchiveError."""
    scope = Scope(only=outlets, span=replace(span, past=True))
    return collect(without_limits(config), scope, clock=clock, say=say, progress=progress)


def without_limits(config: Config) -> Config:
    """Return a configuration that lets a pass ask all there is; delays and robots.txt stay."""
    limit = f"{LONGEST.days}d"
    return replace(
        config,
        crawl=replace(config.crawl, max_links=_NO_LIMIT, pass_limit=limit, recheck_hours=()),
        outlets=tuple(replace(outlet, max_links=None) for outlet in config.outlets),
    )
