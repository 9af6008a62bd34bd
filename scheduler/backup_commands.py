"""`cuttings backup` and `cuttings restore`."""

import json
from pathlib import Path

import click

from scheduler.command_line import common, configuration, end_like_ctrl_c, is_quiet
from scheduler.story_commands import BUSY


@click.command()
@click.argument("dest", type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def backup(*, dest: Path, as_json: bool) -> int:
    """Write a consistent copy of the archive to DEST, a new or empty folder, while it is in use.

    Folders above DEST are made where they are absent, as `export` does; what fails leaves none of it. The copy has the database as of one moment, every WARC file as far as that knows it, and the configuration. Exit 1 if a
    WARC file is not what its SHA-256 was made of. For a copy a day, the last seven of them kept, set `path` of [backup]:
    `collect` and `schedule` make it, and WARC files that are closed are stored once for all of them.

    Example: cuttings backup /media/disk/cuttings-2026-11-26
    """
    from crawler.download import utc_now
    from scheduler.backing_up import back_up

    end_like_ctrl_c()
    made = back_up(configuration(), dest, now=utc_now())
    if as_json:
        click.echo(json.dumps({"directory": str(made.directory), "articles": made.articles, "warc_files": made.warc_files,
                               "damaged": list(made.damaged)}))  # fmt: skip
    elif not is_quiet():
        click.echo(f"backed up {made.articles:,} articles and {made.warc_files:,} WARC files to {made.directory}")
    for name in made.damaged:
        click.echo(f"{name}: is not what its SHA-256 was made of; copied as it is", err=True)
    return int(bool(made.damaged))


@click.command()
@click.argument("src", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Move what is there aside, into a folder replaced-TIME beside it.")
@click.option("--damaged", is_flag=True, help="Bring it back even though it does not verify.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def restore(*, src: Path, replace: bool, damaged: bool, as_json: bool) -> int:
    """Bring a backup back to where the configuration says the archive is.

    Nothing that is there is overwritten, unless --replace moves it aside. The copy is verified before it takes its place;
    what was forgotten since the backup was made is left out of it. SRC/config.toml is the configuration of that time, for
    you to compare. Stop `cuttings serve` and `cuttings schedule` first.

    Example: cuttings restore /media/disk/cuttings-2026-11-26
    """
    from crawler.download import utc_now
    from scheduler.restoring import bring_back

    end_like_ctrl_c()
    restored = bring_back(configuration(), src, replace=replace, even_damaged=damaged, now=utc_now())
    if as_json:
        click.echo(json.dumps({"busy": restored.busy, "articles": restored.articles, "forgotten": restored.forgotten,
                               "replaced": str(restored.replaced) if restored.replaced else None}))  # fmt: skip
    elif not restored.busy and not is_quiet():
        click.echo(f"restored {restored.articles:,} articles; left out as forgotten since: {restored.forgotten:,}")
        if restored.replaced:
            click.echo(f"what was there is in {restored.replaced}; remove it when you are content")
    if restored.busy:
        click.echo(BUSY, err=True)
    if restored.blind:
        click.echo(
            "the archive that was there cannot be read: what was forgotten since the backup may be back", err=True
        )
    return int(restored.busy or restored.blind)
