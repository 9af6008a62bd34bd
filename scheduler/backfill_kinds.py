"""What `cuttings backfill` was asked for → which kinds of backfill that is, each of them run in turn."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.gleaners import Gleaners, Hands, Job
from crawler.warc_sources import expand
from scheduler.backfill import Backfilled, Clock, Opening, Progress, backfill
from scheduler.backfill_live import ask_listed, ask_sitemaps
from scheduler.backfill_sample import Sample, sample
from scheduler.backfill_table import addresses
from scheduler.collect import Report, Say
from scheduler.config import Config
from scheduler.spans import Span
from storage.errors import ConfigError

_TABLE = re.compile(r".*\.(csv|tsv|cdx)(\.gz|\.zip)?", re.IGNORECASE)
Show = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for."""

    sources: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    """Ids of outlets."""
    columns: tuple[str, ...] = ()
    """NAME=COLUMN."""
    base: str | None = None
    workers: int | None = None
    cluster: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    """The first and the last day, as days."""

    @property
    def tables(self) -> list[str]:
        """The sources that are tables of addresses."""
        return [source for source in self.sources if _is_table(source)]

    @property
    def warcs(self) -> list[str]:
        """The others."""
        return [source for source in self.sources if not _is_table(source)]

    @property
    def dates(self) -> Span:
        """The days asked for."""
        end = self.end + timedelta(days=1) if self.end else None
        return Span(
            begin=self.begin.replace(tzinfo=UTC) if self.begin else None, end=end.replace(tzinfo=UTC) if end else None
        )

    def mapping(self) -> Mapping[str, str]:
        """Return which column of a CSV is which. Raises ConfigError."""
        pairs = {name: column for name, _, column in (pair.partition("=") for pair in self.columns)}
        if unknown := [name for name, column in pairs.items() if name not in ("url", "date") or not column]:
            raise ConfigError("--column", f"{unknown[0]}: not url=COLUMN or date=COLUMN")
        return pairs

    def check(self, config: Config) -> None:
        """Raise ConfigError for what contradicts itself or is not there; nothing was touched."""
        config.require_outlets(self.sitemaps, option="--sitemaps")
        self.mapping()
        if not self.sources and not self.sitemaps:
            raise ConfigError("", "name a SOURCE, or --sitemaps OUTLET; see cuttings backfill --help")
        if self.begin and self.end and self.begin > self.end:
            raise ConfigError("--from", "is later than --to")
        if self.cluster and self.workers:
            raise ConfigError("--workers", "a cluster has its own number of workers")
        self.lists()

    def files(self) -> list[str]:
        """Return the addresses of all WARC files. Raises ConfigError."""
        return [address for source in self.warcs for address in expand(source, base=self.base)]

    def lists(self) -> list[str]:
        """Return the addresses of all tables. Raises ConfigError."""
        return [address for source in self.tables for address in expand(source)]

    def hands(self) -> Opening:
        """Return what opens the workers."""
        if self.cluster:
            from scheduler.backfill_cluster import on_cluster  # noqa: PLC0415  Dask is an extra

            return on_cluster(self.cluster)

        def here(job: Job) -> AbstractContextManager[Hands]:
            return Gleaners(job, workers=self.workers)

        return here

    def sample(self, config: Config, *, show: Show) -> Sample:
        """Return what reading a sample of the WARC files says of all. Raises ConfigError."""
        if not self.warcs:
            raise ConfigError("--dry-run", "needs WARC files; what is asked live cannot be sampled without asking")
        return sample(config, self.files(), hands=self.hands(), show=show)


def _is_table(source: str) -> bool:
    name = urlsplit(source).path if "://" in source else source
    return _TABLE.fullmatch(name) is not None


def run(config: Config, asked: Asked, *, clock: Clock, show: Show, say: Say) -> Iterator[Backfilled | Report]:
    """Do all that was asked for; yield what each part came to. Raises ConfigError, ArchiveError."""
    if asked.warcs:
        yield backfill(config, asked.files(), hands=asked.hands(), clock=clock, show=show)
    for table in asked.lists():
        found = addresses(table, asked.mapping(), asked.dates)
        yield from ask_listed(config, found, clock=clock, progress=asked_of(show), say=say)
    if asked.sitemaps:
        yield ask_sitemaps(config, asked.sitemaps, asked.dates, clock=clock, progress=asked_of(show), say=say)


def asked_of(show: Show) -> Callable[[int, int], None]:
    """Return what hears how many addresses were answered and how many asked for, and shows it as files."""
    return lambda done, all_: show(Progress(files=done, all_files=all_))
