"""`cuttings forget`: rows first, in one transaction an article; then WARC files; then what SQLite left in its file.

What was begun and interrupted is ended by the next forgetting or pass (`finish`): `erasures` says what is left.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from crawler import warc_blank
from crawler.urls import clean_url, url_key
from scheduler.backing_up import backups_in
from scheduler.config import Config
from storage import archive, corrections, erasures, feeds, forgetting, tombstones
from storage.archive import Database
from storage.errors import ArchiveError, ConfigError
from storage.forgetting import Study, Why

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be forgotten: one of these."""

    articles: tuple[str, ...] = ()
    """Ids, keys or addresses."""
    outlet: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What forgetting would do, as far as a person has to know."""

    articles: tuple[int, ...]
    studies: tuple[Study, ...]
    """Frozen studies that hold any of them; files that were given away cannot be changed from here."""
    companions: tuple[tuple[int, str, str], ...]
    """Other articles with the same text, which stay: id, outlet, address."""
    naming: tuple[int, ...] = ()
    """Articles that name the person in title or text and stay."""
    backups: tuple[str, ...] = ()
    """Backups made before, archives moved aside and public snapshots, which may hold them still."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What forgetting came to."""

    plan: Plan
    busy: bool = False
    """Another process writes to the archive; nothing was done."""
    done: bool = False
    """False: busy, a rehearsal, or not confirmed."""
    counts: Counter[str] = field(default_factory=Counter)
    """articles, answers (blanked in WARC files)."""
    left: str | None = None
    """Why words are still in WARC files or free space; the next pass, or the same command, tries again."""


def forget(
    config: Config, target: Target, *, reason: str, now: datetime, confirm: Callable[[Plan], Progress | None]
) -> Report:
    """Forget what `target` names, if `confirm` of the plan gives something to report progress to.

    Raises ConfigError, ArchiveError.
    """
    archive.open_reader(config.archive.path).close()  # says what to do where there is none
    with archive.writing(config.archive.path) as db:
        if db is None:
            return Report(plan=Plan(articles=(), studies=(), companions=()), busy=True)
        plan = _plan(db, config, target)
        report = Report(plan=plan)
        progress = confirm(plan)
        if progress is None:
            return report
        run = archive.start_run(db, "forget", now=now, config=(config.digest, config.toml))
        try:
            _forget(db, target, plan, Why(reason=reason, run=run, now=now), report, progress)
            report.left = end_pending(db, config.archive.captures, now=now, counts=report.counts)
        except BaseException as error:
            result = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            with suppress(*archive.Broken):  # the first error is the one to tell
                archive.finish_run(db, run, now=now, result=result, counts=report.counts)
            raise
        result = "attention" if report.left else "done"
        archive.finish_run(db, run, now=now, result=result, counts=report.counts)
        report.done = True
        return report


def withdraw(config: Config, target: Target, *, now: datetime) -> int | None:
    """Let what `target` names be collected again; return how many articles that are, None where another process writes.

    Raises ConfigError, ArchiveError.
    """
    archive.open_reader(config.archive.path).close()
    with archive.writing(config.archive.path) as db:
        if db is None:
            return None
        keys = _forgotten(db, target)
        run = archive.start_run(db, "forget", now=now, config=(config.digest, config.toml))
        with db.atomic():
            articles = tombstones.withdraw(db, keys)
            feeds.read_all_again(db)  # lists that have not changed since name it, too
        archive.finish_run(db, run, now=now, result="done", counts={"withdrawn": articles})
        return articles


def _forgotten(db: Database, target: Target) -> list[str]:
    """Return the keys of the tombstones of what `target` names. Raises ConfigError."""
    named: dict[str, str | None] = {}
    if target.outlet is not None:
        named[target.outlet] = tombstones.key_of(db, tombstones.outlet_mark(target.outlet))
    elif target.person is not None:
        named[target.person] = tombstones.key_of(db, tombstones.person_mark(target.person))
    else:
        named |= {said: tombstones.key_of(db, said.strip(), _key_of_address(said)) for said in target.articles}
    if unknown := [said for said, key in named.items() if key is None]:
        raise ConfigError("--withdraw", f"not forgotten: {unknown[0]!r}; see cuttings forget --list")
    return [key for key in named.values() if key]


def end_pending(db: Database, captures: Path, *, now: datetime, counts: Counter[str] | None = None) -> str | None:
    """Do what forgetting has left to do; return why it cannot be done now. The rows are gone already."""
    try:
        with archive.broken_disk_is_an_error(captures.parent):
            answers = finish(db, captures, now=now)
    except ArchiveError as error:
        return f"what was forgotten is still in WARC files or free space: {error}"
    if counts is not None:
        counts["answers"] = answers
    return None


def finish(db: Database, captures: Path, *, now: datetime) -> int:
    """Blank in WARC files what was forgotten, and overwrite it in the database's file; return the answers blanked."""
    if not erasures.is_pending(db):
        return 0
    found: list[warc_blank.Exchange] = []
    if pending := erasures.pending(db):
        found = warc_blank.find(captures, pending, kept=erasures.kept(db))
        erasures.settle(db, [(one.warc, one.answer) for one in found], pending)
        warc_blank.blank(captures, found, at=now)
    with db.atomic():
        forgetting.sweep_vocabulary(db)
        erasures.blanked(db)
    erasures.overwrite_free_space(db)
    return len(found)


def forget_again(db: Database, captures: Path, why: Why) -> int:
    """Remove what tombstones forbid from an archive that was brought back from before they were laid."""
    articles = forgetting.violating(db)
    for article in articles:
        forgetting.forget_article(db, article, _keys(db, article), why)
    for outlet in sorted(tombstones.outlets(db)):
        forgetting.forget_outlet(db, outlet, why)
    with db.atomic():
        forgetting.blot_persons(db, why)
    finish(db, captures, now=why.now)
    return len(articles)


def _plan(db: Database, config: Config, target: Target) -> Plan:
    naming: Sequence[int] = ()
    if target.outlet is not None:
        if not forgetting.has_outlet(db, target.outlet):
            raise ConfigError("--outlet", f"no such outlet in the archive: {target.outlet!r}")
        articles = forgetting.articles_of_outlet(db, target.outlet)
    elif target.person is not None:
        articles = forgetting.articles_by(db, target.person)
        naming = sorted(set(forgetting.articles_naming(db, target.person)) - set(articles), reverse=True)
    else:
        articles = sorted({_article(db, said.strip()) for said in target.articles}, reverse=True)
    return Plan(
        articles=tuple(articles),
        studies=tuple(forgetting.studies_with(db, articles)),
        companions=tuple(forgetting.companions(db, articles)),
        naming=tuple(naming),
        backups=tuple(map(str, _copies(config))),
    )


def _copies(config: Config) -> list[Path]:
    """Return where earlier states of the archive lie: backups, what a restore moved aside, what the public site shows."""
    home = config.archive.path.parent
    return [*backups_in(config), *sorted(home.glob("replaced-*")), *sorted((home / "public").glob("[0-9]*"))]


def _article(db: Database, said: str) -> int:
    found = corrections.find_article(db, said, _key_of_address(said))
    if found is None:
        raise ConfigError("--article", f"none in the archive has the id, key or address {said!r}")
    return found


def _key_of_address(said: str) -> str | None:
    return url_key(said) if clean_url(said) else None


def _forget(db: Database, target: Target, plan: Plan, why: Why, report: Report, progress: Progress) -> None:
    for done, article in enumerate(plan.articles, 1):
        forgetting.forget_article(db, article, _keys(db, article), why)
        report.counts["articles"] = done
        progress(done, len(plan.articles))
    if target.outlet is not None:
        forgetting.forget_outlet(db, target.outlet, why)
    if target.person is not None:
        forgetting.forget_person(db, target.person, why)


def _keys(db: Database, article: int) -> frozenset[str]:
    """Return the keys of all addresses an article is known by."""
    keys = frozenset(url_key(url) for url in forgetting.addresses_of(db, article))
    return keys | forgetting.links_of(db, article, keys)
