"""What commands print: plain tables for people, JSON for programs, a progress bar on a terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from scheduler.wording import counted
from storage.errors import ConfigError

if TYPE_CHECKING:  # a command loads only the parts it needs
    from scheduler.check import Finding
    from scheduler.collect import Report
    from scheduler.outlets_import import Imported
    from scheduler.scope import InHand
    from scheduler.status import Status
    from storage.verify import Verified

Row = Sequence[object]
_SHOWN = 8  # ids in a message
NUMBERS = (int, float)


def table(heads: Sequence[str], rows: Sequence[Row]) -> str:
    """Return a plain text table, numbers to the right; empty cells for None and 0."""
    cells = [list(heads), *([("" if cell in (None, 0) else str(cell)) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    right = [
        bool(rows) and all(isinstance(row[i], NUMBERS) or row[i] is None for row in rows) for i in range(len(heads))
    ]
    lines = [
        "  ".join(cell.rjust(width) if flush else cell.ljust(width) for cell, width, flush in zip(row, widths, right, strict=True))
        for row in cells
    ]  # fmt: skip
    return "\n".join(line.rstrip() for line in lines)


@contextmanager
def progress(*, quiet: bool, doing: str = "collecting") -> Iterator[Callable[[int, int], None]]:
    """Yield what a pass reports its progress to: a bar on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, asked: None
        return
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, asked: bar.update(task, completed=done, total=asked)


def show_report(report: "Report", *, as_json: bool, quiet: bool = False) -> None:
    """Print what a pass came to, a line an outlet; what needs attention goes to stderr."""
    if report.busy:
        click.echo("another pass is running; nothing done", err=True)
    if as_json:
        outlets = {
            id_: {**tally.day_counts(), "outcomes": dict(tally.outcomes)} for id_, tally in report.outlets.items()
        }
        click.echo(json.dumps({"busy": report.busy, "run": report.run, "stopped": report.stopped, "offline": report.offline,
                               "unanswered": list(report.unanswered), "outlets": outlets, "said": list(report.said),
                               "addresses": asdict(report.in_hand) if report.in_hand else None}))  # fmt: skip
    elif report.outlets and not quiet:
        names = ("polls", "polls_failed", "links", "fetched", "new_articles", "on_topic", "failed", "cut_off")
        rows = [(id_, *(tally.counts[name] for name in names)) for id_, tally in sorted(report.outlets.items())]
        click.echo(
            table(
                ("outlet", "polls", "polls failed", "links", "pages", "new", "on topic", "pages failed", "cut off"),
                rows,
            )
        )
    _show_problems(report)
    for line in report.said:
        click.echo(line, err=True)
    if report.in_hand and not quiet:
        click.echo(_in_hand_line(report.in_hand), err=True)


def _show_problems(report: "Report") -> None:
    if report.offline:
        click.echo("this machine is offline: nobody answered; what was not asked waits for the next pass", err=True)
    else:
        for id_, tally in sorted(report.outlets.items()):
            for problem in tally.problems:
                click.echo(f"{id_}: {problem}", err=True)
        for id_ in report.unanswered:
            click.echo(f"{id_}: could not be polled", err=True)
    for id_, until in sorted(report.resting.items()):
        click.echo(f"{id_}: asked us to wait until {until:%Y-%m-%d %H:%M}Z", err=True)
    for address in report.unplaced:
        click.echo(f"{address}: of no outlet, not asked", err=True)
    if report.stopped:
        click.echo("stopped at pass_limit; what was not asked waits for the next pass", err=True)


def _in_hand_line(addresses: "InHand") -> str:
    parts = {
        "asked": addresses.asked,
        "stored before": addresses.stored,
        "forgotten": addresses.forgotten,
        "given twice": addresses.twice,
        "of no outlet": addresses.foreign,
        "wait" if addresses.wait != 1 else "waits": addresses.wait,
    }
    said = [f"{count:,} {what}" for what, count in parts.items() if count or what == "asked"]
    return f"{addresses.given:,} given: {', '.join(said)}"


def show_status(found: "Sequence[Status]", totals: Mapping[str, int], *, as_json: bool, quiet: bool) -> None:
    """Print the state of outlets, worst first, and the archive's size; what needs attention goes to stderr."""
    if as_json:
        click.echo(
            json.dumps({"outlets": [each.as_json() for each in found], "archive": dict(totals)}, ensure_ascii=False)
        )
        return
    heads = (
        "outlet",
        "state",
        "since",
        "last success",
        "today",
        "usual day",
        "new in 7 days",
        "usual",
        "waiting",
        "newest lacks",
    )
    cells = [
        (row.outlet, row.state, row.since, row.last_success_at, each.today, _usual_day(each), row.articles_7d, row.usual_7d,
         row.waiting, ", ".join(each.newest_lacks))
        for each in found for row in [each.row]
    ]  # fmt: skip
    if not quiet:
        size = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in totals.items())
        click.echo(f"{table(heads, cells)}\n\narchive: {size}")
    for each in found:
        for words in each.attention:
            click.echo(f"{each.row.outlet}: {words}", err=True)


def _usual_day(status: "Status") -> str:
    """Return the range of what is usual over the days of the week, `3-12`."""
    usual = [round(each.articles) for each in status.weekdays.values()]
    if not usual:
        return ""
    return str(usual[0]) if min(usual) == max(usual) else f"{min(usual)}-{max(usual)}"


def show_findings(findings: "Sequence[Finding]", *, as_json: bool, quiet: bool) -> None:
    """Print what `cuttings check` found, problems last and on stderr."""
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
        return
    for finding in sorted(findings, key=lambda finding: finding.problem):
        if quiet and not finding.problem:
            continue
        click.echo(f"{finding.subject}: {finding.text}", err=finding.problem)


def show_import(imported: "Imported", *, config: Path | None, as_json: bool, quiet: bool) -> None:
    """Print what an import of outlets came to; `config` is the file that does not name the outlets file yet."""
    if as_json:
        click.echo(json.dumps({name: str(value) if isinstance(value, Path) else value
                               for name, value in asdict(imported).items()}, ensure_ascii=False))  # fmt: skip
        return
    for line in imported.unusable:
        click.echo(f"not used: {line}", err=True)
    if imported.unanswered:
        count, ids = len(imported.unanswered), ", ".join(imported.unanswered[:_SHOWN])
        more = f" and {count - _SHOWN} more" if count > _SHOWN else ""
        online = "; is this machine online?" if count == imported.asked > 1 else "."
        click.echo(f"did not answer: {ids}{more}{online} The same command asks again.", err=True)
    if quiet:
        return
    for note in imported.notes:
        click.echo(f"note: {note}")
    click.echo(
        f"{imported.kind}: {counted(len(imported.added), 'outlet')} added, {len(imported.known)} in the file before"
    )
    click.echo(f"outlets file: {imported.target}")
    attention = counted(len(imported.attention), "outlet has", "outlets have")
    click.echo(f"review sheet: {imported.sheet}; {attention} a problem there")
    if config:
        click.echo(
            f'next: write outlets_file = "{imported.target.name}" at the top of {config}, then run cuttings check'
        )


def show_outlets(text: str, file: Path | None, *, count: int, without_feed: Sequence[str], quiet: bool) -> None:
    """Write or print a list of outlets. Raises ConfigError where it cannot be written."""
    if file is None:
        click.echo(text, nl=False)
    else:
        try:
            file.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise ConfigError(str(file), f"cannot be written: {error.strerror}") from error
    if without_feed and not quiet:
        click.echo(f"no feed is known of {counted(len(without_feed), 'outlet')}, named by address alone: "
                   f"{', '.join(without_feed[:_SHOWN])}{' …' if len(without_feed) > _SHOWN else ''}", err=True)  # fmt: skip
    if file and not quiet:
        click.echo(f"{file}: {counted(count, 'outlet')}")


def show_verification(verified: "Verified", *, as_json: bool) -> int:
    """Print what `cuttings verify` found; return its exit code."""
    if as_json:
        click.echo(
            json.dumps({"problems": [asdict(problem) for problem in verified.problems], "notes": verified.notes})
        )
    else:
        for note in verified.notes:
            click.echo(f"note: {note}")
        for problem in verified.problems:
            click.echo(f"problem: {problem}", err=True)
        if not verified.problems:
            click.echo("the archive is what it promises to be")
    return int(bool(verified.problems))
