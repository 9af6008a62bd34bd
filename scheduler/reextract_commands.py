"""The command that cleans stored pages again."""

import json
from datetime import UTC, datetime

import click

from scheduler.command_line import common, configuration, end_like_ctrl_c, is_quiet
from scheduler.story_commands import BUSY


@click.command()
@click.option("--outlet", "outlets", multiple=True, metavar="ID", help="Only this outlet (repeatable).")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes (default: cores).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def reextract(*, outlets: tuple[str, ...], workers: int | None, as_json: bool) -> int:
    """Clean stored pages again: with a new version, changed body or drop paths, furniture learned since.

    Title, text, authors, credits, tags with evidence and stories become what collecting these bytes would give today;
    times of publication and what people decided stay. No version is written: the outlets changed nothing. Articles of
    which no page is kept (keep_captures) stay as they are and are counted. Killed, it leaves every article whole, old or
    new; the same command may simply be run again. Exit 1 if another command holds the archive, or bytes are missing.

    Example: cuttings reextract --outlet globalresearch
    """
    from scheduler import terminal
    from scheduler.reextracting import reextract_archive

    end_like_ctrl_c()
    with terminal.progress(quiet=is_quiet(), doing="cleaning") as progress:
        done = reextract_archive(
            configuration(), only=outlets, workers=workers, clock=lambda: datetime.now(UTC), progress=progress
        )
    if as_json:
        click.echo(json.dumps({"busy": done.busy, **done.counts, "unreadable_pages": done.unreadable}))
    elif done.busy:
        click.echo(BUSY, err=True)
    elif not is_quiet():
        click.echo("\n".join(done.in_words()))
    return done.exit_code
