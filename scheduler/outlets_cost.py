"""What collecting the configured outlets will take: articles, traffic and disk a day, from what a survey measured. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from crawler.settings import Crawl
from scheduler.outlets_surveyed import Surveyed
from scheduler.wording import counted
from storage.settings import Archive

# Of the database for each article, besides and times its text: rows, search entry, index of shared passages (about 800
# bytes of it, benchmarks/README.md). An estimate that leans to the high side, not a measurement.
_ARTICLE_BYTES = 6_000
_TEXT_COPIES = 3.2
_PAGE_BYTES = 100_000  # where no article could be tried; packed pages of present-day outlets
_TEXT_BYTES = 4_000
_DAY = timedelta(days=1)
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What to expect a day; bytes."""

    outlets: int
    """That answered and are counted."""
    unknown: int
    """Outlets that list articles but date none: not counted."""
    silent: int
    """Outlets that did not answer, refused, or list nothing: not counted."""
    articles: float
    polls: float
    traffic_bytes: float
    """At most: what has not changed need not be sent again."""
    database_bytes: float
    captures_bytes: float
    on_topic: float
    """Share of the articles tried, 0–1."""


def expected(surveys: Sequence[Surveyed], *, crawl: Crawl, archive: Archive, every: Sequence[timedelta]) -> Cost:
    """Add up what the outlets will take; `every` is how often each is polled."""
    samples = [sample for found in surveys for sample in found.read]
    on_topic = sum(sample.tagged for sample in samples) / len(samples) if samples else 1.0
    kept = {"all": 1.0, "matching": on_topic, "none": 0.0}[archive.keep_captures]
    stored = on_topic if archive.keep == "matching" else 1.0
    articles = polls = traffic = database = captures = 0.0
    for found, interval in zip(surveys, every, strict=True):
        rate = (found.items_a_week or 0.0) / 7
        page = _mean([sample.size_bytes for sample in found.read], default=_PAGE_BYTES)
        packed = _mean([sample.packed_bytes for sample in found.read], default=_PAGE_BYTES)
        text = _mean([sample.text_bytes for sample in found.read], default=_TEXT_BYTES)
        asked = [place for place in found.places if place.outcome is None]
        rounds = _DAY / interval
        articles += rate
        polls += rounds * len(asked)
        traffic += rate * page * (1 + on_topic * len(crawl.recheck_hours)) + rounds * sum(p.size_bytes for p in asked)
        database += rate * stored * (_ARTICLE_BYTES + _TEXT_COPIES * text)
        captures += rate * kept * packed
    return Cost(
        outlets=sum(found.items_a_week is not None for found in surveys),
        unknown=sum(found.items_a_week is None and found.lists for found in surveys),
        silent=sum(found.items_a_week is None and not found.lists for found in surveys),
        articles=articles,
        polls=polls,
        traffic_bytes=traffic,
        database_bytes=database,
        captures_bytes=captures,
        on_topic=on_topic,
    )


def in_words(cost: Cost, archive: Archive) -> str:
    """Return the expectation as one line."""
    left_out = [
        *([f"{counted(cost.silent, 'outlet')} not reached, refused or listing nothing"] if cost.silent else []),
        *([f"{counted(cost.unknown, 'outlet')} without dates"] if cost.unknown else []),
    ]
    if not cost.outlets:
        return f"what collecting will take cannot be told: {', '.join(left_out)}"
    disk = (cost.database_bytes + cost.captures_bytes) * MONTH_DAYS
    unknown = f"; not counted: {', '.join(left_out)}" if left_out else ""
    return (
        f"expect about {cost.articles:,.0f} articles and {cost.polls:,.0f} polls a day, traffic up to "
        f"{size(cost.traffic_bytes)} a day ({size(cost.traffic_bytes * MONTH_DAYS)} a month), disk {size(disk)} a month "
        f"(database {size(cost.database_bytes * MONTH_DAYS)}, captures {size(cost.captures_bytes * MONTH_DAYS)} with "
        f'keep_captures = "{archive.keep_captures}", {cost.on_topic:.0%} of the articles tried being on a topic){unknown}'
    )


def size(count: float) -> str:
    """Return bytes as people read them."""
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= least:
            return f"{count / least:.1f} {unit}"
    return f"{count:.0f} bytes"


def _mean(values: Sequence[int], *, default: float) -> float:
    return sum(values) / len(values) if values else default
