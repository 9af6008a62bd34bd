"""`cuttings forget`: what is removed on request, and never collected again."""

import json
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import wraps
from typing import TYPE_CHECKING

import click

from scheduler.command_line import common, configuration, end_like_ctrl_c, is_quiet
from scheduler.story_commands import BUSY
from scheduler.wording import counted

if TYPE_CHECKING:
    from scheduler.forgetting import Plan, Progress, Report, Target

_SHOWN = 10


def names_target(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that say what is to be forgotten, as `target`; None where none was given."""

    @click.option(
        "--article", "articles", multiple=True, metavar="ID", help="Id, key or address of an article (repeatable)."
    )
    @click.option("--outlet", metavar="ID", help="All articles of an outlet, and whatever else it would bring.")
    @click.option("--person", metavar="NAME", help="All articles that name a person as author or in a credit.")
    @wraps(command)
    def with_target(*, articles: tuple[str, ...], outlet: str | None, person: str | None, **others: object) -> int:
        from scheduler.forgetting import Target

        named = sum([bool(articles), outlet is not None, person is not None])
        if named > 1:
            raise click.UsageError("only one of --article, --outlet and --person")
        if person is not None and not any(map(str.isalnum, person)):
            raise click.UsageError("--person needs words")
        return command(target=Target(articles=articles, outlet=outlet, person=person) if named else None, **others)

    return with_target


@click.command()
@names_target
@click.option("--reason", help="Why; kept with the tombstone, so leave names out of it.")
@click.option("--list", "lists", is_flag=True, help="Show what is forgotten, and change nothing.")
@click.option("--withdraw", is_flag=True, help="Let what is named be collected again.")
@click.option("--dry-run", is_flag=True, help="Only show what would be forgotten.")
@click.option("--yes", is_flag=True, help="Do not ask; where nobody is at a terminal, nobody is asked anyway.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def forget(
    *, target: "Target | None", reason: str | None, lists: bool, withdraw: bool, dry_run: bool, yes: bool, as_json: bool
) -> int:
    """Remove articles for good, and never collect them again.

    Text, versions, evidence, credits, search index and captures go, also from WARC files (blanked in place) and from the
    free space of the database; their stories are decided anew without them. A tombstone of digests stays and holds against
    collect, backfill, reextract, restore and hydrate. Frozen studies that hold the articles are listed, since they cannot be changed
    from here; so are daily backups and what a restore moved aside, and other articles with the same text, which stay.

    --outlet: nothing of it is collected again, even while it stands in config.toml. --person: a name is matched by its words
    in a row, whatever their capitals and accents; articles by that person go and no more of them are stored. Articles that
    only name the person in title or text stay and are listed: give them with --article if they are to go.

    --list shows what is forgotten: when, what, how much, why. --withdraw takes a tombstone away, for what was forgotten by
    mistake: with an outlet or a person go the articles forgotten by the same command. What was removed stays removed; it is
    collected again where it is still listed, or comes back with the restore of a backup made before.

    The database's file is written anew, which takes as much free disk as it has, and stopping readers that hold old pages.

    Example: cuttings forget --article 1519898400000 --reason "court order 12/2026"

    Example: cuttings forget --person "Jane Roe" --reason "asked by letter" --dry-run

    Example: cuttings forget --withdraw --outlet gazette
    """
    from crawler.download import utc_now
    from scheduler import terminal
    from scheduler.forgetting import forget as forget_it

    if lists:
        if target or withdraw or dry_run or reason is not None:
            raise click.UsageError("--list goes alone")
        return _show_forgotten(as_json=as_json)
    if target is None:
        raise click.UsageError("one of --article, --outlet and --person is needed")
    end_like_ctrl_c()
    if withdraw:
        if dry_run or reason is not None:
            raise click.UsageError("--withdraw goes without --reason and --dry-run")
        return _withdraw(target, as_json=as_json)
    if reason is None or not reason.strip():
        raise click.UsageError("--reason is needed: why this is forgotten")

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


def _show_forgotten(*, as_json: bool) -> int:
    from contextlib import closing
    from dataclasses import asdict

    from scheduler import terminal
    from storage import archive, tombstones

    with closing(archive.open_reader(configuration().archive.path)) as db:
        found = tombstones.forgettings(db)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False))
        return 0
    heads = ("forgotten at", "outlet", "persons", "articles", "addresses", "reason")
    rows = [(one.removed_at, one.outlet, one.persons, len(one.articles), one.addresses, one.reason) for one in found]
    click.echo(terminal.table(heads, rows) if found else "nothing is forgotten")
    for one in found:
        if one.articles:
            click.echo(f"{one.removed_at}: articles{_listed(map(str, one.articles))}")
    return 0


def _withdraw(target: "Target", *, as_json: bool) -> int:
    from crawler.download import utc_now
    from scheduler.forgetting import withdraw

    articles = withdraw(configuration(), target, now=utc_now())
    if as_json:
        click.echo(json.dumps({"busy": articles is None, "articles": articles or 0}))
    if articles is None:
        click.echo(BUSY, err=True)
        return 1
    if not as_json and not is_quiet():
        click.echo(f"withdrawn: {counted(articles, 'article')} may be collected again")
    return 0


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
