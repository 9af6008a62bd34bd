"""The commands about stories: rebuilding them, and what people decide about them."""

import json
from pathlib import Path

import click

from scheduler.command_line import common, configuration, end_like_ctrl_c, is_quiet

BUSY = "another command is writing to the archive; nothing done, try again when it has ended"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def relink(*, as_json: bool) -> int:
    """Rebuild the stories of the whole archive: after changed outlets, aliases, owners, or a new version.

    Credits are held against the outlets as configured now, shared text is found again, every story is decided anew with
    today's rules and what `cuttings correct` recorded; what changed is counted, and stands in story_log. Killed or
    interrupted, it leaves the stories as they were. Exit 1 if another command holds the archive.

    Example: cuttings relink --json
    """
    from crawler.download import utc_now
    from scheduler import terminal
    from scheduler.relinking import relink_archive

    end_like_ctrl_c()
    with terminal.progress(quiet=is_quiet(), doing="relinking") as progress:
        relinked = relink_archive(configuration(), now=utc_now(), progress=progress)
    if as_json:
        click.echo(json.dumps({"busy": relinked is None, **(relinked.counts() if relinked else {})}))
    if relinked is None:
        click.echo(BUSY, err=True)
        return 1
    if not as_json and not is_quiet():
        click.echo("\n".join(relinked.in_words()))
    return 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def correct(*, file: Path, as_json: bool) -> int:
    """Record human decisions. They outlive relink, retag, reextract and new versions, and are named in exports.

    FILE is a CSV with the columns article (id, key or address), kind, value, reason, and made_by if wanted. Kinds and
    their values: not-reprint-of, an article: neither it nor its copies and this one are each other's reprints;
    origin-is, an article, outlet or name: where the article's story came from; not-on-topic, a topic's id; date,
    2018-04-03 or 2018-04-03T10:00+03:00: when it was published. An empty value withdraws the article's decisions of that
    kind so far. The last line wins; all of them are kept. One wrong line, and nothing of the file is taken over (exit 2).

    Example: cuttings correct decisions.csv
    """
    from crawler.download import utc_now
    from scheduler.correcting import as_json as as_values
    from scheduler.correcting import correct as take_over

    report = take_over(file, configuration(), now=utc_now())
    if as_json:
        click.echo(json.dumps(as_values(report), ensure_ascii=False))
    for problem in report.problems:
        click.echo(problem, err=True)
    if report.problems:
        click.echo("nothing of the file was taken over", err=True)
        return 2
    if report.busy or report.corrected is None:
        click.echo(BUSY, err=True)
        return 1
    if not as_json and not is_quiet():
        click.echo("\n".join(report.corrected.in_words()))
    return 0
