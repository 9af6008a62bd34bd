"""What the commands of studies print."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scheduler.terminal import table
from scheduler.topic_scores import Estimate
from scheduler.wording import counted

if TYPE_CHECKING:  # a command loads only the parts it needs
    from scheduler.coding_scores import Scores
    from scheduler.coding_sheets import Read
    from scheduler.hydrating import Hydrated
    from storage.export import Exported
    from storage.export_check import Difference
    from storage.hydration import Found


def show_export(exported: "Exported", *, as_json: bool, quiet: bool) -> None:
    """Print what an export wrote."""
    if as_json:
        click.echo(json.dumps(asdict(exported) | {"directory": str(exported.directory)}, ensure_ascii=False))
    elif not quiet:
        articles, stories = counted(exported.articles, "article"), counted(exported.stories, "story", "stories")
        click.echo(f"{exported.directory}: {articles} in {stories}")
        click.echo(table(("file", "rows"), list(exported.rows.items())))
        click.echo(f"SHA-256 of the whole: {exported.digest}")


def show_changes(changes: "Iterable[Difference]", *, as_json: bool) -> int:
    """Print in what an export and the archive differ, as it is found; return the exit code."""
    count = 0
    for count, change in enumerate(changes, 1):  # noqa: B007
        click.echo(json.dumps(asdict(change), ensure_ascii=False) if as_json else str(change))
    if not as_json:
        click.echo(counted(count, "difference") if count else "the archive would give the same study today")
    return int(bool(count))


def show_hydrated(done: "Hydrated", *, as_json: bool, quiet: bool) -> None:
    """Print what came of filling a set: a line for each article that is not identical, on stderr, and the counts."""
    if as_json:
        shown = [{name: value for name, value in asdict(found).items() if name != "text"} for found in done.found]
        files = [str(path) for path in done.files]
        click.echo(json.dumps({**done.counts, "files": files, "not_identical": shown}, ensure_ascii=False))
        return
    for found in done.found:
        click.echo(_line(found), err=True)
    if not quiet:
        click.echo(", ".join(f"{count:,} {result}" for result, count in done.counts.items()))
        click.echo(f"texts: {', '.join(str(path) for path in done.files[1:])}; report: {done.files[0]}")


def _line(found: "Found") -> str:
    similar = f", similarity {found.similarity:.3f}, from {found.source}" if found.similarity is not None else ""
    return f"{found.result}{similar}: {found.url}{f' ({found.reason})' if found.reason else ''}"


def show_codings(read: "Read", *, as_json: bool, quiet: bool) -> None:
    """Print what filled sheets say: a table a study."""
    if as_json:
        click.echo(json.dumps({"answers": read.answers, "studies": [asdict(one) for one in read.scores]},
                              ensure_ascii=False))  # fmt: skip
    elif not quiet:
        click.echo(f"{counted(read.answers, 'answer')} kept")
        for scores in read.scores:
            click.echo("\n".join(_scores(scores)))


def _scores(scores: "Scores") -> list[str]:
    from scheduler.coding_scores import METHOD  # noqa: PLC0415

    coded = counted(scores.coded, scores.unit, "stories" if scores.unit == "story" else "articles")
    lines = [f"{scores.study}: {coded} coded, {scores.twice} by two or more"]
    if scores.differ:
        lines.append(
            f"coders differ about {scores.differ}; a column `agreed` settles it: until then left out of what follows"
        )
    if scores.quality:
        rows = [(one.of, _share(one.precision), _share(one.recall)) for one in scores.quality]
        lines.append(table(("", "precision", "recall"), rows))
    else:
        lines.append("answers are neither yes and no nor classes: no precision and recall")
    lines.append(f"agreement, Krippendorff's alpha: {_share(scores.alpha)}")
    return [*lines, METHOD]


def _share(estimate: Estimate | None) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})" if estimate else "cannot be said"
