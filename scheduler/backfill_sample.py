"""`cuttings backfill --dry-run`: a few stretches of a few files read and cleaned, nothing saved; what that says of all."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crawler.gleaners import Hands
from crawler.gleaning import Gleaned, Stint
from scheduler import backfill_plan as plan
from scheduler.backfill import Opening, Progress, job_of
from scheduler.config import Config
from storage.errors import ConfigError
from storage.records import Article

FILES = 12  # of which a stretch each is read: a minute or two
STRETCH_BYTES = 8_000_000
SEED = 1  # the same sample each time
ARTICLE_BYTES = 10_000
"""Of the archive's file, an article: text twice (article and version), search, shingles, rows (docs/size.md: 8 kB at 260 words)."""


@dataclass(slots=True, kw_only=True)
class Yield:
    """What a sample has of one outlet."""

    seen: int = 0
    articles: int = 0
    on_topic: int = 0
    expected: int = 0
    """Articles in all that would be kept, about."""


@dataclass(slots=True, kw_only=True)
class Sample:
    """What reading a sample came to."""

    files: int = 0
    stretches: int = 0
    sampled_gb: float = 0.0
    all_gb: float = 0.0
    records: int = 0
    outlets: dict[str, Yield] = field(default_factory=dict)
    articles: int = 0
    """To be kept in all, about."""
    workers: int = 1
    hours: float = 0.0
    """By the clock, with these workers."""
    cpu_hours: float = 0.0
    """Of one worker."""
    archive_gb: float = 0.0
    failed: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """1 if a file could not be read."""
        return int(bool(self.failed))


def sample(config: Config, addresses: Sequence[str], *, hands: Opening, show: Callable[[Progress], None]) -> Sample:
    """Read a sample of WARC files and say what it lets expect. Raises ConfigError where none of them can be read."""
    named = list(dict.fromkeys(addresses))
    chosen = random.Random(SEED).sample(named, min(FILES, len(named)))  # noqa: S311  no secret
    files = [plan.file_at(address, captures=config.archive.captures) for address in chosen]
    found = Sample(files=len(named), failed=[f"{file.address}: {file.failed}" for file in files if file.failed])
    sized = [file for file in files if not file.failed]
    if not sized:
        raise ConfigError(named[0], f"cannot be read: {files[0].failed}")
    with hands(job_of(config)) as workers:
        found.workers = workers.count
        sizes = asyncio.run(_read(found, config, sized, workers, show))
    found.all_gb = sum(sizes) / max(len(sizes), 1) * len(named) / 1e9
    _project(found, keeps_all=config.archive.keep == "all")
    return found


async def _read(
    found: Sample, config: Config, files: Sequence[plan.File], workers: Hands, show: Callable[[Progress], None]
) -> list[int]:
    """Read a stretch of each; return the files' sizes, as far as they are known."""
    sizes: list[int] = []
    progress = Progress(all_files=len(files))
    pick = random.Random(SEED)  # noqa: S311

    async def one(file: plan.File) -> None:
        size = file.size or STRETCH_BYTES
        start = pick.randrange(size - STRETCH_BYTES) if size > STRETCH_BYTES else 0
        stint = Stint(address=file.address, name=file.name, start=start, stop=start + STRETCH_BYTES, exact=start == 0)
        result = await workers.do(stint)
        _add(found, result, file, config)
        if file.size is not None or (result.over and not result.failed):
            sizes.append(result.ends if file.size is None else file.size)
        progress.files += 1
        progress.records += result.counts.get("records", 0)
        show(progress)

    began = time.monotonic()
    await workers.do(Stint(address=files[0].address, name=files[0].name, most=1, stop=1))  # dictionaries are read
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for file in files:
            group.create_task(one(file))
    found.hours = (time.monotonic() - began) / 3600
    return sizes


def _add(found: Sample, result: Gleaned, file: plan.File, config: Config) -> None:
    if result.failed:
        found.failed.append(f"{file.address}: {result.failed}")
        return
    found.stretches += 1
    found.sampled_gb += (result.ends - result.begins) / 1e9
    found.records += result.counts.get("records", 0)
    for page in result.pages:
        article = page.result
        named = article.outlet if isinstance(article, Article) else None
        outlet = found.outlets.setdefault(named or "(no article)", Yield())
        outlet.seen += 1
        outlet.articles += isinstance(article, Article)
        outlet.on_topic += isinstance(article, Article) and bool(article.tags)


def _project(found: Sample, *, keeps_all: bool) -> None:
    factor = found.all_gb / found.sampled_gb if found.sampled_gb else 0.0
    for outlet in found.outlets.values():
        outlet.expected = round(factor * (outlet.articles if keeps_all else outlet.on_topic))
    found.articles = sum(outlet.expected for outlet in found.outlets.values())
    found.hours *= factor
    found.cpu_hours = found.hours * found.workers
    found.archive_gb = found.articles * ARTICLE_BYTES / 1e9
