"""`cuttings forget`: what is removed on request, and never collected again."""

import json
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from scheduler.command_line import common, configuration, end_like_ctrl_c, is_quiet
from scheduler.story_commands import BUSY

if TYPE_CHECKING:
    from scheduler.forgetting import Plan, Progress, Report, Target

_SHOWN = 10


@click.command()
@click.option(
    "--article", "articles", multiple=True, metavar="ID", help="Id, key or address of an article (repeatable)."
)
@click.option("--outlet", metavar="ID", help="All articles of an outlet, and whatever else it would bring.")
@click.option("--person", metavar="NAME", help="All articles that name a person as author or in a credit.")
@click.option("--reason", required=True, help="Why; kept with the tombstone, so leave names out of it.")
@click.option("--dry-run", is_flag=True, help="Only show what would be forgotten.")
@click.option("--yes", is_flag=True, help="Do not ask; where nobody is at a terminal, nobody is asked anyway.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def forget(*, articles: tuple[str, ...], outlet: str | None, person: str | None, reason: str, dry_run: bool,
           yes: bool, as_json: bool) -> int:  # fmt: skip
    """Remove articles for good, and never collect them again.

    Text, versions, evidence, credits, search index and captures go, also from WARC files (blanked in place) and from the
    free space of the database; their stories are decided anew without them. A tombstone of digests stays and holds against
    collect, backfill, reextract, restore and hydrate. Frozen studies that hold the articles are listed, since they cannot be changed
    from here; so are daily backups and what a restore moved aside, and other articles with the same text, which stay.

    --outlet: nothing of it is collected again, even while it stands in config.toml. --person: a name is matched by its words
    in a row, whatever their capitals and accents; articles by that person go and no more of them are stored. Articles that
    only name the person in title or text stay and are listed: give them with --article if they are to go.

    The database's file is written anew, which takes as much free disk as it has, and stopping readers that hold old pages.

    Example: cuttings forget --article 1519898400000 --reason "court order 12/2026"

    Example: cuttings forget --person "Jane Roe" --reason "asked by letter" --dry-run
    """
    from crawler.download import utc_now
    from scheduler import terminal
    from scheduler.forgetting import Target
    from scheduler.forgetting import forget as forget_it

    if sum([bool(articles), outlet is not None, person is not None]) != 1:
        raise click.UsageError("one of --article, --outlet and --person is needed")
    if not reason.strip() or (person is not None and not any(map(str.isalnum, person))):
        raise click.UsageError("--reason and --person need words")
    end_like_ctrl_c()
    target = Target(articles=articles, outlet=outlet, person=person)

    def confirm(plan: "Plan") -> "Progress | None":
        if not as_json and not is_quiet():
            click.echo("\n".join(_plan_in_words(plan)))
        asks = sys.stdin.isatty() and not yes
        if dry_run or (asks and not click.confirm(f"forget {len(plan.articles):,} articles for good?", err=True)):
            return None
        return bar.enter_context(terminal.progress(quiet=is_quiet(), doing="forgetting"))

    with ExitStack() as bar:  # shown only once nobody is asked any more
        report = forget_it(configuration(), target, reason=reason, now=utc_now(), confirm=confirm)
    return _show(report, target, as_json=as_json, dry_run=dry_run)


def _show(report: "Report", target: "Target", *, as_json: bool, dry_run: bool) -> int:
    plan = report.plan
    if as_json:
        click.echo(json.dumps({"busy": report.busy, "done": report.done, "articles": list(plan.articles),
                               "studies": [[s.title, s.directory, s.made_at, s.articles] for s in plan.studies],
                               "companions": [list(each) for each in plan.companions], "naming": list(plan.naming),
                               "backups": list(plan.backups), **report.counts}))  # fmt: skip
    if report.busy:
        click.echo(BUSY, err=True)
        return 1
    if not report.done:
        if not dry_run:
            click.echo("nothing was forgotten", err=True)
        return 0 if dry_run else 1
    if not as_json and not is_quiet():
        click.echo(f"forgotten: {report.counts['articles']:,} articles, {report.counts['answers']:,} captured answers")
    if target.person is not None and not plan.articles:
        click.echo(
            "no article is by that name now; a tombstone is laid all the same, and none will be stored", err=True
        )
    if target.outlet is not None and not is_quiet():
        click.echo(f"{target.outlet}: will not be collected; take it out of config.toml", err=True)
    if report.left:
        click.echo(report.left, err=True)
    return int(report.left is not None)


def _plan_in_words(plan: "Plan") -> list[str]:
    """Return what a person wants to know before and after."""
    lines = [f"articles to forget: {len(plan.articles):,}{_listed([str(id_) for id_ in plan.articles])}"]
    if plan.companions:
        same = [f"{id_} ({outlet})" for id_, outlet, _ in plan.companions]
        lines.append(f"the same text at others, which stays: {len(same):,}{_listed(same)}")
    if plan.naming:
        lines.append(
            f"articles that only name the person, which stay: {len(plan.naming):,}{_listed(map(str, plan.naming))}"
        )
    lines += [
        f"frozen study affected: {study.title!r}, {study.articles:,} articles, exported {study.made_at} to {study.directory}"
        for study in plan.studies
    ]
    lines += [f"made before, and may hold them still: {path}" for path in plan.backups]
    return lines


def _listed(names: Iterable[str]) -> str:
    named = list(names)
    return f" ({', '.join(named[:_SHOWN])}{', …' if len(named) > _SHOWN else ''})" if named else ""
