"""The commands of studies: freezing one, comparing it with the archive, filling a shared one again."""

from pathlib import Path

import click

from scheduler.command_line import common, configuration, end_like_ctrl_c, is_quiet
from scheduler.story_commands import BUSY


@click.command()
@click.argument("study", required=False, type=click.Path(path_type=Path))
@click.option("-o", "directory", type=click.Path(path_type=Path), help="A new or empty folder to write to.")
@click.option("--check", "checked", type=click.Path(path_type=Path), help="Compare an earlier export with the archive.")
@click.option(
    "--codings",
    "sheets",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Read a filled sheet of a sampled study back (repeatable).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def export(study: Path | None, directory: Path | None, checked: Path | None, *,
           sheets: tuple[Path, ...], as_json: bool) -> int:  # fmt: skip
    """Write a frozen, documented study: data files, codebook, checksums.

    With --check it says which cells of an earlier export the archive would give otherwise today, and why; exit 1 then.
    With --codings it keeps what coders answered under coder_1, coder_2 of a sampled study's main CSV file, and says how
    right the rules are and how far coders agree. Yes and no are about the topic, classes about the class, other codes are
    only compared; where coders differ, a column `agreed` settles it. Later studies carry the answers as `codings`.

    Example: cuttings export study.toml -o study-2018

    Example: cuttings export --check study-2018

    Example: cuttings export --codings sample-ayse.csv --codings sample-ben.csv
    """
    from scheduler import study_terminal
    from storage.export import check as check_export

    if bool(study) != bool(directory) or sum(map(bool, (study, checked, sheets))) != 1:
        raise click.UsageError("a STUDY.toml and -o DIR are needed, or --check DIR, or --codings FILE")
    end_like_ctrl_c()
    if sheets:
        return _read_codings(sheets, as_json=as_json)
    archive = configuration().archive.path
    if checked:
        return study_terminal.show_changes(check_export(checked, archive), as_json=as_json)
    return _export(archive, study, directory, as_json=as_json) if study and directory else 0


def _export(archive: Path, study: Path, directory: Path, *, as_json: bool) -> int:
    from crawler.download import utc_now
    from scheduler import study_terminal, terminal
    from storage import study as studies
    from storage.export import export as export_study
    from storage.export_log import remember

    loaded = studies.load(study)
    with terminal.progress(quiet=is_quiet(), doing="exporting") as progress:
        exported = export_study(archive, loaded, directory, progress=progress)
    study_terminal.show_export(exported, as_json=as_json, quiet=is_quiet())
    if not remember(archive, title=loaded.title, directory=directory, digest=exported.digest, articles=exported.chosen,
                    now=utc_now()):  # fmt: skip
        click.echo("the archive cannot be written to: it does not know of this study", err=True)
    return 0


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--offline", is_flag=True, help="Take what this archive and its captures have; ask nobody.")
@click.option("--again", is_flag=True, help="Look again for articles found edited or gone before.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def hydrate(directory: Path, *, offline: bool, again: bool, as_json: bool) -> int:
    """Fill a set shared without text again: from this archive, its captures or the live web.

    Every article is identical (the text that was exported), edited (how similar), gone, or unknown (and why). The texts
    land in DIRECTORY as the table `texts`, what came of each article in hydration.jsonl; the set's own files stay as they
    are. The web is asked as politely as by `collect`. Interrupted, the same command goes on; what is unknown is asked
    for again. Exit 1 if an article is not identical.

    Example: cuttings hydrate study-2018
    """
    from crawler.download import utc_now
    from scheduler import study_terminal, terminal
    from scheduler.hydrating import hydrate as fill

    end_like_ctrl_c()
    with terminal.progress(quiet=is_quiet(), doing="filling") as progress:
        done = fill(configuration(), directory, clock=utc_now, offline=offline, again=again, progress=progress)
    study_terminal.show_hydrated(done, as_json=as_json, quiet=is_quiet())
    return done.exit_code


def _read_codings(sheets: tuple[Path, ...], *, as_json: bool) -> int:
    from crawler.download import utc_now
    from scheduler import study_terminal
    from scheduler.coding_sheets import read_codings

    read = read_codings(sheets, configuration(), now=utc_now())
    if read.busy:
        click.echo(BUSY, err=True)
        return 1
    study_terminal.show_codings(read, as_json=as_json, quiet=is_quiet())
    return 0
