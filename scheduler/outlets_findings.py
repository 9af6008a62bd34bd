"""What a survey of an outlet means: what cannot be collected, why, and what a person could do about it. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from crawler.outlets import host_of, prefixes
from crawler.robots_rules import conclusive
from crawler.settings import Crawl
from crawler.walls import WALLS
from scheduler.outlets_surveyed import Place, Sample, Surveyed
from scheduler.wording import counted
from storage.records import Outcome

_SCRIPTS = 3  # on a page that lists nothing: it may be put together by them
_MOST_STRANGE = 0.5  # of the links: from there on the host is the outlet's
_SUGGESTIONS = {
    "javascript": "look for a feed or sitemap and set it; the program runs no scripts",
    "consent": "look for a feed whose articles are open, ask the outlet, or set active = false",
    "block": "ask the outlet to let your user agent in, try another vantage, or set active = false",
    "login": "only what is open can be collected; ask the outlet, or set active = false",
    "paywall": "only the open part of such articles is kept",
}


class Trouble(NamedTuple):
    """One thing that keeps an outlet, or part of it, from being collected."""

    about: str
    """unreachable, robots, reservation, block, consent, javascript, login, paywall, moved, hosts, feeds or articles."""
    text: str
    suggestion: str = ""


def troubles(found: Surveyed, crawl: Crawl) -> list[Trouble]:
    """Return what is in the way, the gravest first."""
    return [
        *_front(found),
        *_robots(found),
        *_reservation(found, crawl),
        *_addresses(found),
        *_places(found),
        *_articles(found),
    ]


def notes(found: Surveyed) -> Iterator[str]:
    """Yield what was found, in words."""
    named = [place for place in found.places if place.depth == 0 and place.kind != "front-page"]
    by_program = sum(place.found_by != "config" for place in named)
    if not (found.outlet.feeds or found.outlet.sitemaps) and found.front_outcome is None:
        more = sum(map(len, found.not_asked))
        left = f" ({more} more named and not asked)" if more else ""
        places = counted(by_program, "feed or sitemap", "feeds and sitemaps")
        yield f"found {places}{left}" if by_program else "no feed found; the front page is read"
    for place in found.places:
        if place.outcome is None:
            yield _place_line(place)
    if found.newest is not None:
        rate = found.items_a_week
        often = f", about {rate:,.0f} a week" if rate else ""
        yield f"newest article of {found.newest:%Y-%m-%d %H:%M}Z{often}"
    for sample in found.read:
        lacks = f"; missing: {', '.join(sample.missing)}" if sample.missing else ""
        kept = "" if sample.text_status == "full" else f" ({sample.text_status})"
        yield f"article {sample.url}: {counted(sample.words, 'word')}{kept}, credits: {', '.join(sample.credits) or 'none'}{lacks}"
    if len(found.read) > 1:
        lacking = Counter(name for sample in found.read for name in sample.missing)
        if always := [name for name, count in lacking.items() if count == len(found.read)]:
            yield f"none of {len(found.read)} articles states: {', '.join(always)}"


def _place_line(place: Place) -> str:
    newest = f", newest {place.newest:%Y-%m-%d %H:%M}Z" if place.newest else ""
    children = f", {counted(place.children, 'sitemap')}" if place.children else ""
    guess = " (found by trying usual places)" if place.found_by == "guess" else ""
    return f"{place.kind} {place.url}: {counted(place.links, 'link')}{children}{newest}{guess}"


def _front(found: Surveyed) -> Iterator[Trouble]:
    if found.rests:
        wait = f" (Retry-After: {found.retry_after})" if found.retry_after else ""
        yield Trouble(
            "unreachable", f"its server asked us to wait{wait}; not all of it was asked", "run this again later"
        )
    if found.wall and found.wall.kind != "paywall":
        kind = found.wall.kind
        yield Trouble(kind, f"{WALLS[kind]} instead of the front page: “{found.wall.words}”", _SUGGESTIONS[kind])
    elif found.front_outcome is Outcome.REFUSED:
        yield Trouble("block", f"front page refused: {found.front_reason}", _SUGGESTIONS["block"])
    elif found.front_outcome not in (None, Outcome.ROBOTS):
        yield Trouble(
            "unreachable",
            f"front page {found.outlet.url}: {found.front_reason}",
            "check the address; run this again later",
        )


def _robots(found: Surveyed) -> Iterator[Trouble]:
    closed, count, rule = found.closed
    suggestion = "ask the outlet, or set active = false"
    if found.front_outcome is Outcome.ROBOTS:
        yield Trouble("robots", f"robots.txt closes the front page ({found.front_rule or 'its rules'})", suggestion)
    if closed:
        yield Trouble("robots", f"robots.txt closes {closed} of the {count} newest articles ({rule})", suggestion)


def _reservation(found: Surveyed, crawl: Crawl) -> Iterator[Trouble]:
    if found.mining.reserved:
        done = {"keep": "texts are kept all the same", "metadata": "only metadata are kept", "skip": "nothing is kept"}
        where = f", terms: {found.mining.policy}" if found.mining.policy else ""
        text = f'text-and-data mining is reserved{where}; tdm_reserved = "{crawl.tdm_reserved}": {done[crawl.tdm_reserved]}'
        yield Trouble("reservation", text, "ask the outlet for a licence to keep its texts")


def _addresses(found: Surveyed) -> Iterator[Trouble]:
    own = {host for host, _ in prefixes(found.outlet)}
    final = host_of(found.final_url or found.outlet.url)
    if final not in own and not found.wall:
        yield Trouble("moved", f"its front page answers from {final}", f"add {final} to hosts, or change url")
    links = sum(place.links for place in found.places)
    for host, count in found.strange_hosts.most_common(1):
        if host != final and count > _MOST_STRANGE * links:
            yield Trouble(
                "hosts", f"{count} of {links} links lead to {host}, which is no outlet's", f"add {host} to hosts"
            )


def _places(found: Surveyed) -> Iterator[Trouble]:
    now = found.asked_at
    for place in found.places:
        if place.kind == "front-page":
            continue
        if place.problem or place.outcome is not None:
            yield Trouble("feeds", f"{place.kind} {place.url}: {place.problem or place.outcome}", f"check {place.url}")
        if now and place.newest and place.dead(now):
            days = (now - place.newest).days
            yield Trouble(
                "feeds", f"{place.kind} {place.url}: dead, its newest item is {days} days old", "look for a newer feed"
            )
    if found.front_outcome is None and not found.wall and not any(place.links for place in found.places):
        text = "nothing lists its articles: no feed, no sitemap, and no link on the front page that looks like one"
        if found.scripts >= _SCRIPTS:
            text += f"; its {found.scripts} scripts may put them there (needs JavaScript)"
        yield Trouble(
            "javascript" if found.scripts >= _SCRIPTS else "feeds", text, "look for a feed or sitemap and set it"
        )


def _articles(found: Surveyed) -> Iterator[Trouble]:
    failed = [sample for sample in found.samples if sample.outcome is not None]
    for sample in _one_of_each(failed):
        about = "robots" if sample.outcome is Outcome.ROBOTS else sample.wall.kind if sample.wall else "articles"
        suggestion = _SUGGESTIONS.get(about, "ask the outlet, or set active = false" if about == "robots" else "")
        standing = f"{WALLS[sample.wall.kind]}: {sample.wall.words}" if sample.wall else sample.reason
        yield Trouble(about, f"article {sample.url}: {sample.outcome}, {standing}", suggestion)
    if paywalled := [sample for sample in found.read if sample.paywalled]:
        yield Trouble("paywall", f"paywall: {len(paywalled)} of {len(found.read)} articles", _SUGGESTIONS["paywall"])
    if found.front_outcome is None and not found.read:
        yield Trouble("articles", "no article could be read", "look at the newest article in a browser")


def _one_of_each(samples: Sequence[Sample]) -> list[Sample]:
    """Return one sample of each thing that went wrong."""
    return list(
        {(sample.outcome, sample.wall.kind if sample.wall else sample.reason): sample for sample in samples}.values()
    )


def robots_word(found: Surveyed, *, obey: bool) -> str:
    """Return how robots.txt stands to us: open, closed, partly closed, none, error or unknown."""
    if not obey:
        return "not asked"
    if found.front_outcome is Outcome.ROBOTS:
        return "closed"
    if found.policy is None:
        return "error" if found.front_reason.startswith("robots.txt") else "unknown"
    closed, count, _ = found.closed
    if closed:
        return "closed" if closed == count else "partly closed"
    if not found.policy.robots and not conclusive(found.policy):
        return "error"
    return "open" if found.policy.robots else "none"


def moment(at: datetime | None) -> str:
    """Return a time as the review sheet writes it, to the minute, UTC."""
    return f"{at:%Y-%m-%dT%H:%MZ}" if at else ""
