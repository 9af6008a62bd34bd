"""`cuttings retag`: the configured topics brought to all stored text; the whole story in a few calls."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from crawler.topics import compile_topics, topic_version, topics_version
from crawler.topics.stored import SURE
from scheduler.config import Config
from scheduler.topic_matching import BATCH, matched, needs
from storage import archive, retag, tags
from storage.archive import Database
from storage.errors import ConfigError
from storage.records import Tag, Topic
from storage.retag import Stored

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
EXAMPLES = 3  # a topic and direction
_SHOWN_WORDS = 4  # of the evidence


@dataclass(frozen=True, slots=True)
class Example:
    """An article whose tag came or went."""

    article: int
    title: str | None
    words: tuple[str, ...]
    """That were the tag's evidence."""


@dataclass(slots=True)
class Changes:
    """What became of one topic's tags."""

    counts: Counter[str] = field(default_factory=Counter)
    """By `storage.tags.What`."""
    examples: dict[str, list[Example]] = field(default_factory=dict)
    """Of tags that came, went or were kept."""

    def add(self, change: tags.Change, title: str | None) -> None:
        """Count a change."""
        self.counts[change.what] += 1
        shown = self.examples.setdefault(change.what, [])
        if len(shown) < EXAMPLES and change.what not in {"renewed", "changed"}:
            words = dict.fromkeys(evidence.words for evidence in change.tag.evidence)
            shown.append(Example(change.article, title, tuple(words)[:_SHOWN_WORDS]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retagged:
    """What retagging came to."""

    busy: bool = False
    """Another process writes to the archive; nothing was done."""
    run: int | None = None
    """None: every topic was applied to all articles already."""
    articles: int = 0
    """Matched; the index says of all others that no query can be true of them."""
    topics: Mapping[str, Changes] = field(default_factory=dict)
    """Those that had to be applied."""
    out_of_reach: Mapping[str, int] = field(default_factory=dict)


def retag_archive(
    config: Config,
    *,
    only: Sequence[str] = (),
    everything: bool = False,
    workers: int,
    clock: Clock,
    progress: Progress = lambda done, all_: None,
) -> Retagged:
    """Apply the topics that stored articles do not carry as configured; `everything`: all. Raises ConfigError, ArchiveError."""
    require_topics(config, only)
    archive.open_reader(config.archive.path).close()  # says what to do where there is none
    with archive.writing(config.archive.path) as db:
        if db is None:
            return Retagged(busy=True)
        versions = {topic.id: topic_version(topic) for topic in config.topics}
        archive.sync_topics(db, config.topics, versions, now=clock())
        wanted = [topic for topic in config.topics if not only or topic.id in only]
        left = dict.fromkeys((topic.id for topic in wanted), retag.NONE)
        if not everything:
            left = retag.pending(db, left)
        topics = [topic for topic in wanted if topic.id in left]
        in_force = topics_version(config.topics)
        if not topics:
            return Retagged(out_of_reach=retag.out_of_reach(db, in_force))
        run = archive.start_run(
            db, "retag", now=clock(), config=(config.digest, config.toml), vantage=config.crawl.vantage
        )
        done = _Retagging(db, topics, run=run, progress=progress).whole(
            after=min(left.values()), workers=workers, clock=clock
        )
        return replace(done, out_of_reach=retag.out_of_reach(db, in_force))


def require_topics(config: Config, ids: Sequence[str]) -> None:
    """Raise ConfigError where an id is no configured topic's."""
    if unknown := set(ids) - {topic.id for topic in config.topics}:
        known = ", ".join(topic.id for topic in config.topics) or "none"
        raise ConfigError("topic", f"no such topic: {', '.join(sorted(unknown))}; there are: {known}")


class _Retagging:
    """One run over the articles that the topics may concern."""

    def __init__(self, db: Database, topics: Sequence[Topic], *, run: int, progress: Progress) -> None:
        self._db = db
        self._topics = topics
        self._run = run
        self._progress = progress
        self._rules = {topic.id: retag.rules_of(topic_version(topic), topic.min_score) for topic in topics}
        self._changes = {topic.id: Changes() for topic in topics}
        self._done = 0

    def whole(self, *, after: int, workers: int, clock: Clock) -> Retagged:
        """Match and write, batch by batch; however it ends, the run says so."""
        try:
            self._match(after, workers)
        except BaseException as error:
            result = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            with suppress(*archive.Broken):  # the first error is the one to tell
                archive.finish_run(self._db, self._run, now=clock(), result=result, counts=self._counts())
            raise
        archive.finish_run(self._db, self._run, now=clock(), result="done", counts=self._counts())
        return Retagged(
            run=self._run,
            articles=self._done,
            topics=self._changes,
        )

    def _match(self, after: int, workers: int) -> None:
        matcher = compile_topics(self._topics)
        needed = needs(matcher, retag.languages(self._db))
        count = retag.gather(self._db, needed, topics=self._rules, sure=SURE, after=after)
        batches = retag.candidates(self._db, size=BATCH)
        for batch, found in matched(self._topics, batches, count=count, workers=workers, matcher=matcher):
            with self._db.atomic():
                self._save(batch, found)
                retag.note_progress(self._db, self._rules, batch[-1].id)
            self._done += len(batch)
            self._progress(self._done, count)
        with self._db.atomic():
            retag.note_progress(self._db, self._rules, None)

    def _save(self, batch: Sequence[Stored], found: Sequence[tuple[Tag, ...]]) -> None:
        titles = {article.id: article.title for article in batch}
        withheld = {article.id: article.withheld for article in batch}
        wanted = dict(zip(titles, found, strict=True))
        for change in list(tags.compare(self._db, withheld, wanted, topics=self._rules)):
            tags.apply(self._db, change, run=self._run)
            self._changes[change.topic].add(change, titles[change.article])

    def _counts(self) -> dict[str, int]:
        total: Counter[str] = sum((changes.counts for changes in self._changes.values()), Counter())
        return {"articles": self._done, "topics": len(self._topics), **total}
