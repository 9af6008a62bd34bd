"""The commands about topics: what a query means, and bringing changed ones to stored text."""

import os
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from scheduler.command_line import common, configuration, end_like_ctrl_c, is_quiet

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@click.command()
@click.option("--topic", "topics", multiple=True, metavar="ID", help="Only this topic (repeatable).")
@click.option("--all", "everything", is_flag=True, help="Also topics that stored text carries as configured.")
@click.option("--workers", default=CORES, show_default="cores", type=click.IntRange(1), help="Processes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def retag(*, topics: tuple[str, ...], everything: bool, workers: int, as_json: bool) -> int:
    """Apply changed topics to all stored text: tags, scores and evidence as collecting would give them today.

    Says how many tags came and went, with examples. A topic whose query and min_score are as when it was last applied
    is left out, unless --all. Interrupted, `cuttings retag` (without --all) goes on where it ended. Tags that people took away
    (cuttings correct) stay away; tags of topics no longer configured stay, and the topic is inactive; an article
    whose outlet reserves its text loses no tag. What keep = "matching" did not store cannot be reached; it is counted.

    Example: cuttings retag --topic turkey-nato
    """
    from scheduler import terminal, topic_terminal
    from scheduler.topic_retag import retag_archive

    end_like_ctrl_c()
    config = configuration()
    with terminal.progress(quiet=is_quiet(), doing="retagging") as progress:
        done = retag_archive(
            config,
            only=topics,
            everything=everything,
            workers=workers,
            clock=lambda: datetime.now(UTC),
            progress=progress,
        )
    topic_terminal.show_retagged(done, as_json=as_json, quiet=is_quiet())
    return 0


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Write a hand-check sheet of N articles.")
@click.option(
    "-o", "target", type=click.Path(path_type=Path, dir_okay=False), help="The sheet (default: ID-sheet.csv)."
)
@click.option("--sheet", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Read a filled sheet.")
@click.option("--workers", default=CORES, show_default="cores", type=click.IntRange(1), help="Processes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
def topic(*, id_: str, sample: int | None, target: Path | None, sheet: Path | None, workers: int, as_json: bool) -> int:
    """Show what a topic's query means: try it on the archive before it goes live. Writes nothing there.

    By language: its terms, their forms in the archive and the articles that hold them, words that look alike and do
    not match. Then hits by outlet and month, and the newest examples. Without an archive: the forms alone.

    --sample N draws articles from both sides, those the query is true of and those that only share a word with it or
    hold one that looks like it; write yes or no into the column on_topic, and --sheet gives precision and recall.

    Example: cuttings topic turkey-nato

    Example: cuttings topic turkey-nato --sample 200 -o check.csv

    Example: cuttings topic turkey-nato --sheet check.csv
    """
    from crawler.topics import topic_version
    from scheduler import terminal, topic_terminal
    from scheduler.topic_meaning import explain, topic_of
    from scheduler.topic_scores import METHOD, scores
    from scheduler.topic_sheet import read_sheet, write_sheet
    from storage import archive

    config = configuration()
    wanted = topic_of(config, id_)
    if sheet:
        filled = read_sheet(sheet, id_)
        topic_terminal.show_scores(
            scores(filled.strata),
            method=METHOD,
            unjudged=filled.unjudged,
            outdated=bool(filled.versions - {topic_version(wanted)}),
            as_json=as_json,
        )
        return 0
    path = config.archive.path
    with (
        terminal.progress(quiet=is_quiet(), doing="matching") as progress,
        closing(archive.open_reader(path)) if sample or path.exists() else nullcontext() as db,
    ):
        if sample and db:
            file = target or Path(f"{id_}-sheet.csv")
            drawn = write_sheet(db, wanted, file, count=sample, workers=workers, progress=progress)
            show = partial(topic_terminal.show_drawn, drawn)
        else:
            meaning = explain(config, wanted, db, workers=workers, progress=progress)
            show = partial(topic_terminal.show_meaning, meaning)
    show(as_json=as_json)
    return 0
