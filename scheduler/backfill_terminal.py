"""What `cuttings backfill` prints: how far it is, what came of it, what a sample says."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from scheduler import terminal
from scheduler.backfill import Backfilled, Progress
from scheduler.backfill_sample import Sample
from scheduler.collect import Report

LINE_EVERY_S = 30.0  # where there is no terminal
BUSY = "another command holds the archive; nothing done"
_SECONDS = ((86_400, "d"), (3600, "h"), (60, "min"))
_NEW, _VERSION, _OFF = "new", "version", "off_topic"


@contextmanager
def shown(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Yield what hears how far a backfill is: a bar on a terminal, a line now and then elsewhere."""
    began = time.monotonic()
    if quiet:
        yield lambda progress: None
        return
    if not sys.stderr.isatty():
        yield _Lines(began)
        return
    with Bar(
        TextColumn("reading"),
        BarColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)

        def show(progress: Progress) -> None:
            words = in_words(progress, time.monotonic() - began)
            bar.update(task, completed=progress.bytes_read, total=progress.all_bytes or None, description=words)

        yield show


class _Lines:
    """A line each LINE_EVERY_S, and when a file is done at the earliest."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._last = began

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last >= LINE_EVERY_S:
            self._last = now
            click.echo(in_words(progress, now - self._began), err=True)


def in_words(progress: Progress, took_s: float) -> str:
    """Return how far a backfill is: files, records, kept, rate, time left."""
    rate = progress.records / took_s if took_s else 0
    left = ""
    if progress.bytes_read and progress.all_bytes:
        left = f", {span(took_s * max(progress.all_bytes - progress.bytes_read, 0) / progress.bytes_read)} left"
    return (
        f"{progress.files:,} of {progress.all_files:,} files, {progress.records:,} records, {progress.kept:,} kept,"
        f" {rate:,.0f} records/s{left}"
    )


def span(seconds: float) -> str:
    """Return a time for people: 3.5 h."""
    size, unit = next(((size, unit) for size, unit in _SECONDS if seconds >= size), (1, "s"))
    return f"{seconds / size:.1f} {unit}" if size > 1 else f"{seconds:.0f} s"


def show(reports: Iterable[Backfilled | Report], *, as_json: bool, quiet: bool) -> int:
    """Print what each part of a backfill came to; return the exit code."""
    code = 0
    for report in reports:
        code = max(code, report.exit_code)
        if isinstance(report, Report):
            terminal.show_report(report, as_json=as_json, quiet=quiet)
        else:
            _show_backfilled(report, as_json=as_json, quiet=quiet)
    return code


def _show_backfilled(done: Backfilled, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        outlets = {id_: dict(sorted(counts.items())) for id_, counts in sorted(done.outlets.items())}
        click.echo(json.dumps({"busy": done.busy, "run": done.run, "counts": dict(sorted(done.counts.items())),
                               "outlets": outlets, "failed_files": done.failed}))  # fmt: skip
    elif not quiet and not done.busy:
        rows = [
            (id_, counts[_NEW], counts[_VERSION], counts[_OFF], sum(counts.values()) - counts[_NEW] - counts[_VERSION] - counts[_OFF])
            for id_, counts in sorted(done.outlets.items())
        ]  # fmt: skip
        if rows:
            click.echo(terminal.table(("outlet", "new", "versions", "off topic", "other"), rows))
        n = done.counts
        click.echo(
            f"{n['files']:,} files ({n['skipped']:,} read before): {n['records']:,} records, {n['responses']:,} answers,"
            f" {n['wanted']:,} of these outlets, {n['new']:,} new articles"
        )
        if n["damaged"] or n["unreadable"]:
            click.echo(f"damaged places: {n['damaged']:,}; answers that could not be read: {n['unreadable']:,}")
    if done.busy:
        click.echo(BUSY, err=True)
    for line in done.failed:
        click.echo(f"not read: {line}", err=True)
    if done.counts["failed"]:
        click.echo("the same command tries those again, from where they broke off", err=True)


def show_sample(sample: Sample, *, as_json: bool) -> int:
    """Print what a sample says of the whole; return the exit code."""
    if as_json:
        click.echo(json.dumps(asdict(sample) | {"exit_code": sample.exit_code}))
        return sample.exit_code
    if sample.outlets:
        rows = [
            (id_, each.seen, each.articles, each.on_topic, each.expected)
            for id_, each in sorted(sample.outlets.items())
        ]
        click.echo(terminal.table(("outlet", "answers seen", "articles", "on topic", "articles in all, about"), rows))
    click.echo(
        f"read {sample.stretches:,} stretches of {sample.files:,} files, {sample.sampled_gb:.2f} of {sample.all_gb:,.1f} GB"
        f" ({sample.records:,} records); saved nothing"
    )
    click.echo(
        f"in all, about {sample.articles:,} articles to keep, {span(sample.hours * 3600)} on {sample.workers} workers"
        f" ({sample.cpu_hours:,.1f} hours of work), {sample.archive_gb:.2f} GB more in the archive"
    )
    for line in sample.failed:
        click.echo(f"not read: {line}", err=True)
    return sample.exit_code
