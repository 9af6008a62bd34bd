"""The command that brings the past in."""

from datetime import UTC, datetime
from typing import Any

import click

from scheduler.command_line import common, configuration, end_like_ctrl_c, is_quiet, say

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("sources", nargs=-1, metavar="SOURCE …")
@click.option(
    "--sitemaps", "sitemaps", multiple=True, metavar="OUTLET", help="Ask this outlet's sitemaps, live (repeatable)."
)
@click.option("--from", "begin", type=DAY, metavar="DAY", help="First day, of sitemap entries and of a CSV's dates.")
@click.option("--to", "end", type=DAY, metavar="DAY", help="Last day.")
@click.option(
    "--column", "columns", multiple=True, metavar="NAME=COLUMN", help="What a CSV's columns are called: url=…, date=…"
)
@click.option(
    "--base", metavar="ADDRESS", help="Where the paths in a warc.paths list are (default: beside it, or Common Crawl)."
)
@click.option("--workers", type=click.IntRange(1), help="Processes (default: cores).")
@click.option(
    "--cluster", metavar="tcp://HOST:PORT", help="A running Dask scheduler; needs cuttings[dask] on every machine."
)
@click.option("--dry-run", is_flag=True, help="Read a sample, save nothing: yield per outlet, hours, GB.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def backfill(*, dry_run: bool, as_json: bool, **asked: Any) -> int:
    """Bring in the past of the configured outlets: out of WARC files, lists of addresses, sitemaps.

    A SOURCE is a WARC file, a glob, an address (http, https, s3 and what else fsspec reaches), a list of them
    (warc.paths, warc.paths.gz, .txt), or a CSV of addresses. WARC files are read here or on a Dask cluster; addresses and
    sitemaps are asked live, as politely as collect does. Stopped or killed, the same command goes on where it ended.
    Exit 1 if a file could not be read, an address is no outlet's, or another command holds the archive.

    Example: cuttings backfill --dry-run https://data.commoncrawl.org/crawl-data/CC-NEWS/2018/03/warc.paths.gz

    Example: cuttings backfill --sitemaps tass --from 2018-01-01 --to 2018-12-31
    """
    from scheduler import backfill_terminal as terminal
    from scheduler.backfill_kinds import Asked, run

    end_like_ctrl_c()
    config = configuration()
    wanted = Asked(**asked)
    wanted.check(config)
    with terminal.shown(quiet=is_quiet()) as show:
        if dry_run:
            return terminal.show_sample(wanted.sample(config, show=show), as_json=as_json)
        reports = run(config, wanted, clock=lambda: datetime.now(UTC), show=show, say=say)
        return terminal.show(reports, as_json=as_json, quiet=is_quiet())
