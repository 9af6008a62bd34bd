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
