"""`cuttings correct`: a CSV of human decisions, checked whole before any of it is taken over."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from crawler.language import detect
from crawler.outlets import Directory, host_of
from crawler.topics import compile_topics
from crawler.urls import url_key
from scheduler.collect import sync
from scheduler.config import Config
from scheduler.outlets_file import Cells, Table, read_table
from storage import archive, articles, corrections
from storage.archive import Database
from storage.correcting import Corrected, Decision, record
from storage.corrections import KINDS
from storage.errors import ConfigError

COLUMNS = ("article", "kind", "value", "reason")
OPTIONAL = ("made_by",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a file of decisions came to."""

    busy: bool = False
    problems: tuple[str, ...] = ()
    """Lines that cannot be taken over, and why; then nothing was."""
    corrected: Corrected | None = None


class _LineError(ValueError):
    """A line cannot be taken over; says why."""


def correct(path: Path, config: Config, *, now: datetime) -> Report:
    """Take the decisions of a file over, all or none. Raises ConfigError for a file that is no CSV, ArchiveError."""
    try:
        table = read_table(path)
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigError(path.name, f"cannot be read: {error}") from error
    archive.open_reader(config.archive.path).close()  # says what to do where there is none
    with archive.writing(config.archive.path) as db:
        if db is None:
            return Report(busy=True)
        checked = list(_checked(db, table, config))
        problems = tuple(f"{path.name} line {line}: {said}" for line, said in checked if isinstance(said, str))
        if problems:
            return Report(problems=problems)
        decisions = [decision for _, decision in checked if isinstance(decision, Decision)]
        return Report(corrected=_take_over(db, decisions, config, now=now))


def _take_over(db: Database, decisions: list[Decision], config: Config, *, now: datetime) -> Corrected:
    sync(db, config, now=now)
    run = archive.start_run(db, "correct", now=now, config=(config.digest, config.toml))
    with db.atomic():
        corrected = record(db, decisions, run=run, now=now)
        if corrected.untold:
            matcher = compile_topics(config.topics)
            for article in corrected.untold:
                title, text, language = articles.words_of(db, article)
                languages = [likely.language for likely in detect(f"{title or ''}\n\n{text}")] or [language or ""]
                articles.retag(db, article, matcher.tags(title, text, [code for code in languages if code]), run=run)
    counts = {name: value for name, value in asdict(corrected).items() if isinstance(value, int)}
    archive.finish_run(db, run, now=now, result="done", counts=counts)
    return corrected


def _checked(db: Database, table: Table, config: Config) -> Iterator[tuple[int, Decision | str]]:
    """Yield line numbers with a decision, or with what is wrong."""
    wrong = sorted(set(table.columns) - {*COLUMNS, *OPTIONAL}) or sorted(set(COLUMNS) - set(table.columns))
    if wrong:
        missing = "no column" if wrong[0] in COLUMNS else "no such column:"
        yield 1, f"{missing} {', '.join(wrong)}; columns are {', '.join(COLUMNS)} and, if wanted, {OPTIONAL[0]}"
        return
    directory = Directory(config.outlets)
    topics = {topic.id for topic in config.topics} | {row[0] for row in db.execute("select id from topics")}
    for line, cells in table.lines:
        try:
            yield line, _decision(db, cells, directory, topics)
        except _LineError as error:
            yield line, str(error)


def _decision(db: Database, cells: Cells, directory: Directory, topics: set[str]) -> Decision:
    if cells.get(""):
        raise _LineError("more cells than columns; a cell with a comma in it stands in quotes")
    article = _article(db, cells["article"])
    if article is None:
        raise _LineError(f"article: none in the archive has the id, key or address {cells['article']!r}")
    if cells["kind"] not in KINDS:
        raise _LineError(f"kind: {cells['kind']!r} is none of {', '.join(KINDS)}")
    if not cells["reason"]:
        raise _LineError("reason: is missing; a decision without one cannot be defended")
    blank = Decision(
        article=article, kind=cells["kind"], value=None, reason=cells["reason"], made_by=cells.get("made_by") or None
    )
    return replace(blank, value=_value(db, blank, cells["value"], directory, topics)) if cells["value"] else blank


def _value(db: Database, decision: Decision, said: str, directory: Directory, topics: set[str]) -> str:
    if decision.kind == "date":
        try:
            corrections.stamp_of(said)
        except ValueError as error:
            raise _LineError(
                f"value: {said!r} is no date like 2018-04-03 or 2018-04-03T10:00+03:00: {error}"
            ) from error
        return said
    if decision.kind == "not-on-topic":
        if said not in topics:
            raise _LineError(f"value: no topic {said!r}; topics are {', '.join(sorted(topics)) or 'none'}")
        return said
    other = _article(db, said)
    if decision.kind == "not-reprint-of" and (other is None or other == decision.article):
        problem = "is the article itself" if other else "is no article of the archive: give its id, key or address"
        raise _LineError(f"value: {said!r} {problem}")
    if other is not None:
        return corrections.key_of(db, other)
    if said.isdecimal():
        raise _LineError(f"value: no article {said} in the archive")
    host = host_of(said)
    return directory.named(said) or directory.of_url(said) or host or said


def _article(db: Database, said: str) -> int | None:
    return corrections.find_article(db, said, url_key(said) if host_of(said) else None)


def as_json(report: Report) -> Mapping[str, object]:
    """Return a report as plain JSON values."""
    return {"busy": report.busy, "problems": report.problems} | (asdict(report.corrected) if report.corrected else {})
