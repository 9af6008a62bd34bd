"""The command line: each command parses, calls one function and prints."""

import logging
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

import click

from scheduler.backfill_commands import backfill
from scheduler.backup_commands import backup, restore
from scheduler.command_line import Commands, common, configuration, end_like_ctrl_c, is_quiet, say
from scheduler.forget_commands import forget
from scheduler.outlets_commands import outlets
from scheduler.reextract_commands import reextract
from scheduler.schedule_commands import digest, schedule, status
from scheduler.story_commands import correct, relink
from scheduler.study_commands import export, hydrate
from scheduler.topic_commands import retag, topic

JSON_LINES = click.File("r", encoding="utf-8", errors="surrogateescape")  # a line that is not UTF-8 gets its error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cuttings", prog_name="cuttings")
@common
def cli() -> None:
    """A self-hosted press-cuttings archive: who carries the same text, who had it first, who says so."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it thinks of a page is an outcome


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
@common
def init(directory: Path) -> None:
    """Write a commented config.toml into DIRECTORY.

    Example: cuttings init my-archive
    """
    from scheduler.starter import write_starter

    path = write_starter(directory)
    click.echo(f"wrote {path}; next: cuttings --config {path} check")


@cli.command()
@click.option("--online", is_flag=True, help="Also ask each outlet: rules, feeds and sitemaps, its newest articles.")
@click.option("--outlet", "outlets", multiple=True, metavar="ID", help="Only this outlet (repeatable).")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="Only this topic (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def check(*, online: bool, outlets: tuple[str, ...], topics: tuple[str, ...], as_json: bool) -> int:
    """Validate the configuration and the topics' sample sentences.

    With --online also what of each outlet cannot be collected and why (robots.txt, a reservation of text-and-data mining,
    JavaScript, consent walls, block pages), and the disk and bandwidth to expect. Exit 1 if there is a problem.

    Example: cuttings check --topic turkey-nato

    Example: cuttings check --online --outlet tass
    """
    from crawler.download import utc_now
    from scheduler import terminal
    from scheduler.check import check_configuration, check_outlets

    config = configuration()
    config.require_outlets(outlets)
    findings = check_configuration(config, topics=topics)
    if online:
        end_like_ctrl_c()
        with terminal.progress(quiet=is_quiet(), doing="asking") as progress:
            findings += check_outlets(config, only=outlets, clock=utc_now, progress=progress)
    terminal.show_findings(findings, as_json=as_json, quiet=is_quiet())
    return int(any(finding.problem for finding in findings))


@cli.command()
@click.option("--outlet", "outlets", multiple=True, metavar="ID", help="Ask this outlet, due or not (repeatable).")
@click.option("--all", "everything", is_flag=True, help="Ask every outlet, ignoring schedule and back-off.")
@click.option(
    "--url",
    "urls",
    type=click.File("rb"),
    help="Ask only the addresses in this file, one a line (or a CSV's first column).",
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Pass over sitemap entries older than this day.")
@click.option("--limit", type=click.IntRange(1), help="At most so many articles per outlet.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def collect(*, as_json: bool, everything: bool, outlets: tuple[str, ...], urls: BinaryIO | None,
            since: datetime | None, limit: int | None) -> int:  # fmt: skip
    """Make one pass over the outlets that are due. Safe from cron at any rate.

    Example: cuttings collect --outlet tass --limit 20
    """
    from crawler.download import utc_now
    from scheduler import terminal, url_list
    from scheduler.collect import collect as make_pass
    from scheduler.scope import Scope

    end_like_ctrl_c()
    config = configuration()
    scope = Scope(
        only=outlets,
        everything=everything,
        urls=url_list.addresses(urls.read(), urls.name) if urls else None,
        since=since.replace(tzinfo=UTC) if since else None,
        limit=limit,
    )
    with terminal.progress(quiet=is_quiet()) as progress:
        report = make_pass(config, scope, clock=utc_now, say=say, progress=progress)
    terminal.show_report(report, as_json=as_json, quiet=is_quiet())
    return report.exit_code


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option("--public", is_flag=True, help="Serve a snapshot without full texts and private tables, with dumps.")
@click.option(
    "--password-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Ask for a name and a password: lines name:password, readable by you alone (chmod 600). Use TLS before it.",
)  # fmt: skip
@common
def serve(*, host: str, port: int, public: bool, password_file: Path | None) -> None:
    """Publish the archive with Datasette, read-only.

    Another host than loopback needs --public or --password-file. A public site shows a new snapshot soon after each run.

    Example: cuttings serve --public --host 0.0.0.0
    """
    from storage import archive
    from storage.site.serving import Access
    from storage.site.serving import serve as serve_site

    config = configuration()
    archive.open_reader(config.archive.path).close()  # says what to do where there is none
    access = Access(host=host, port=port, public=public, password_file=password_file)
    serve_site(config.archive.path, config.site, access)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def verify(*, as_json: bool) -> int:
    """Check the database, its invariants and every capture against its digest. Never writes.

    Example: cuttings verify
    """
    from scheduler import terminal
    from storage.verify import verify as verify_archive

    return terminal.show_verification(verify_archive(configuration().archive), as_json=as_json)


@cli.command()
@click.argument("file", type=JSON_LINES, default="-")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@common
def extract(file: Iterable[str], *, workers: int) -> int:
    """Read pages given as JSON Lines (id, url, path or html); print an article a line.

    Example: cuttings extract pages.jsonl > articles.jsonl
    """
    from scheduler.filters import extract_lines

    return _filter(extract_lines(file, workers=workers))


@cli.command()
@click.argument("file", type=JSON_LINES, default="-")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@common
def tag(file: Iterable[str], *, workers: int) -> int:
    """Tag articles given as JSON Lines (id, title, text, optional language) with the configured topics.

    Example: cuttings tag articles.jsonl > tags.jsonl
    """
    from scheduler.filters import tag_lines

    return _filter(tag_lines(file, configuration().topics, workers=workers))


@cli.command()
@click.argument("file", type=JSON_LINES, default="-")
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1), help="Accepted; linking is one process."
)
@common
def link(file: Iterable[str], *, workers: int) -> int:
    """Find who has whose text among articles given as JSON Lines (id, outlet, title, text, …).

    Example: cuttings link articles.jsonl > links.jsonl
    """
    from scheduler.filters import link_lines

    return _filter(link_lines(file))


@cli.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), help="Keep everything here.")
@click.option("--no-serve", is_flag=True, help="Do not open the archive at the end.")
@common
def demo(*, directory: Path | None, no_serve: bool) -> int:
    """The whole way, offline: serve bundled outlets on loopback, collect them twice, show what was found.

    Example: cuttings demo --no-serve --dir demo
    """
    from crawler.download import utc_now
    from scheduler.demo.run import run

    end_like_ctrl_c()
    return run(directory, serve=not no_serve, clock=utc_now, say=click.echo)


cli.add_command(outlets)
cli.add_command(schedule)
cli.add_command(status)
cli.add_command(digest)
cli.add_command(export)
cli.add_command(hydrate)
cli.add_command(backfill)
cli.add_command(relink)
cli.add_command(correct)
cli.add_command(retag)
cli.add_command(reextract)
cli.add_command(topic)
cli.add_command(forget)
cli.add_command(backup)
cli.add_command(restore)


def _filter(lines: Iterator[tuple[str, bool]]) -> int:
    """Print a filter's lines; return 1 if one could not be done."""
    count = failed = 0
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is, whatever the locale
    for count, (line, done) in enumerate(lines, 1):  # noqa: B007
        sys.stdout.write(line + "\n")
        failed += not done
    if failed:
        click.echo(f"{failed} of {count} lines could not be done: see their error", err=True)
    return int(bool(failed))
