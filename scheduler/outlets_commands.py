"""The commands about lists of outlets."""

from pathlib import Path

import click

from scheduler.command_line import common, configuration, end_like_ctrl_c, is_quiet, say


@click.group()
@common
def outlets() -> None:
    """Bring lists of outlets in, and give them out: CSV, OPML, a Media Cloud collection's CSV.

    Example: cuttings outlets import collection.csv
    """


@outlets.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "-o",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUTLETS.CSV",
    help="Outlets file to write or add to (default: the configuration's outlets_file, or outlets.csv beside it).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def import_outlets(*, file: Path, target: Path | None, as_json: bool) -> int:  # fmt: skip
    """Add a list of outlets to the outlets file, find their feeds, write a review sheet.

    FILE is a CSV with our column names (only url is needed), a Media Cloud collection's CSV, or OPML. Each outlet is
    asked for its front page, feeds, sitemaps and three articles; what that brings fills empty cells, and stands in
    OUTLETS-review.csv. Interrupted, the same command goes on where it ended; nothing a person wrote is overwritten.
    To ask an outlet anew, delete its line in the sheet. Exit 1 if a line cannot be used or an outlet does not answer.

    Example: cuttings outlets import collection.csv
    """
    from crawler.download import utc_now
    from scheduler import terminal
    from scheduler.config import where
    from scheduler.outlets_import import import_list, load_for_import, names_outlets_file, outlets_file_of

    end_like_ctrl_c()
    path = where(click.get_current_context().ensure_object(dict).get("config_path"))
    config = load_for_import(path)
    with terminal.progress(quiet=is_quiet(), doing="asking") as progress:
        report = import_list(file, target or outlets_file_of(config), config, clock=utc_now, say=say, progress=progress)
    in_use = names_outlets_file(config, report.target)
    terminal.show_import(report, config=None if in_use else path, as_json=as_json, quiet=is_quiet())
    return report.exit_code


@outlets.command("export")
@click.option("-o", "file", type=click.Path(path_type=Path, dir_okay=False), help="File to write (default: print).")
@click.option("--format", "form", type=click.Choice(["csv", "opml"]), help="Default: by the file's name, else csv.")
@common
def export_outlets(*, file: Path | None, form: str | None) -> int:
    """Write the outlets of the configuration as an outlets file (CSV) or for feed readers (OPML).

    Example: cuttings outlets export -o outlets.opml
    """
    from scheduler import terminal
    from scheduler.outlets_export import as_csv, as_opml

    config = configuration()
    if (form or (file.suffix.lower().lstrip(".") if file else "csv")) == "opml":
        text, without = as_opml(config)
        shown = sum(outlet.active for outlet in config.outlets)
    else:
        text, without, shown = as_csv(config), [], len(config.outlets)
    terminal.show_outlets(text, file, count=shown, without_feed=without, quiet=is_quiet())
    return 0
