"""The commands that run by themselves: the daemon, and what it has to say."""

import click

from scheduler.command_line import common, configuration, is_quiet


@click.command()
@common
def schedule() -> None:
    """Make passes on time, as [schedule] says, until stopped.

    What is due is asked at once, most urgent first, then on time. SIGTERM ends it within 10 seconds, exit 0, and nothing
    is lost; SIGHUP reloads the configuration, and a wrong one is named and leaves the old one in force. Says one line a
    pass: for people on a terminal, JSON elsewhere.

    Example: cuttings schedule
    """
    from crawler.download import utc_now
    from scheduler import logs
    from scheduler.collect import collect
    from scheduler.config import load
    from scheduler.daemon import Daemon
    from scheduler.scope import Scope

    config, due = configuration(), Scope(on_time=True)
    logs.set_up(quiet=is_quiet())
    Daemon(
        config,
        lambda now, stop: collect(now, due, clock=utc_now, say=lambda line: None, stop=stop),
        lambda: load(config.path),
        clock=utc_now,
    ).run()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def status(*, as_json: bool) -> int:
    """Show how each outlet is doing, and the archive's size. Exit 1 if an outlet needs attention, or nobody asks any.

    States: ok; failing (no poll answers, or no page can be read); silent; low and high (against the same weekday of the
    last weeks); gap suspected; recovered. What new articles lack though they used to have it is named ("no author since
    3 March"), and what the newest article lacks, looked at once a day. Counts of days are of what was collected then, whatever
    was forgotten since: else an outlet would look silent for it. --json has the usual volume by weekday, with spread.

    Example: cuttings status --json
    """
    from contextlib import closing

    from crawler.download import utc_now
    from scheduler import terminal
    from scheduler.status import statuses, stopped
    from storage import archive, queries

    config, now = configuration(), utc_now()
    with closing(archive.open_reader(config.archive.path)) as db:
        found = statuses(db, now=now)
        terminal.show_status(found, queries.totals(db), as_json=as_json, quiet=is_quiet())
        if problem := stopped(db, config, now=now):
            click.echo(problem, err=True)
    return int(problem is not None or any(each.attention for each in found))


@click.command()
@click.option("--topic", "topics", multiple=True, metavar="ID", help="Only this topic (repeatable).")
@click.option(
    "--days", default=1, show_default=True, type=click.IntRange(1), help="Articles first seen in so many days."
)
@click.option("--html", "as_html", is_flag=True, help="Print an HTML document.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def digest(*, topics: tuple[str, ...], days: int, as_html: bool, as_json: bool) -> None:
    """Print per topic what is new: stories, and who carries whose text. For a mail, as text or HTML.

    With [site] base_url, stories link to the published archive, else to the outlets' own pages.

    Example: cuttings digest --days 7 | mail -s "Cuttings of the week" me@example.org
    """
    import json
    from contextlib import closing
    from dataclasses import asdict
    from datetime import timedelta

    from crawler.download import utc_now
    from scheduler import digest as words
    from scheduler.wording import counted
    from storage import archive
    from storage.digest import digests
    from storage.errors import ConfigError

    config = configuration()
    if unknown := set(topics) - {topic.id for topic in config.topics}:
        raise ConfigError("--topic", f"no such topic: {', '.join(sorted(unknown))}")
    with closing(archive.open_reader(config.archive.path)) as db:
        found = digests(db, topics, since=utc_now() - timedelta(days=days))
    period, base_url = f"the last {counted(days, 'day')}" if days > 1 else "the last day", config.site.base_url
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False))
    elif as_html:
        click.echo(words.as_html(found, title=config.site.title, period=period, base_url=base_url), nl=False)
    else:
        click.echo(words.as_text(found, period=period, base_url=base_url), nl=False)
