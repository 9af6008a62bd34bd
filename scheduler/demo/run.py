"""Config → serve → collect → a day passes → collect → a table → the site."""

import socket
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from scheduler.collect import Report, collect
from scheduler.config import Config, load
from scheduler.demo import server
from scheduler.demo.configuration import write_config
from scheduler.demo.report import report
from scheduler.scope import Scope
from storage import archive, summary
from storage.errors import ConfigError
from storage.records import Outcome
from storage.site import serving

PORT = 8001
SAID = {
    Outcome.NEW: "new",
    Outcome.VERSION: "edited",
    Outcome.GONE: "gone",
    Outcome.UNCHANGED: "unchanged",
}

Say = Callable[[str], None]


def run(directory: Path | None, *, serve: bool, clock: Callable[[], datetime], say: Say = print) -> int:
    """Show the whole way offline and return the exit code: 1 if an outlet did not answer.

    Everything is kept in `directory`, or in a folder that goes away again. With `serve` the site follows, and the
    outlets stay up, until Ctrl-C. Raises ConfigError for a folder that is not empty, CuttingsError.
    """
    with ExitStack() as stack:
        place = directory or Path(stack.enter_context(TemporaryDirectory(prefix="cuttings-demo-")))
        _make_empty(place)
        outlets = stack.enter_context(server.serve(clock().date()))
        config = load(write_config(place, outlets.addresses))
        reports = [_pass(config, "First pass", clock=clock, say=say)]
        outlets.advance()
        reports.append(_pass(config, "A day later", clock=clock, say=say))
        _print_findings(config, say)
        if directory:
            say(f"\nKept in {directory}: config.toml, archive/cuttings.db, archive/captures")
        if serve:
            say("")
            access = serving.Access(port=_free_port())
            serving.serve(config.archive.path, config.site, access, config_toml=config.toml, announce=say)
    return max(each.exit_code for each in reports)


def _make_empty(directory: Path) -> None:
    """Make sure of an empty folder: the outlets of an earlier demonstration are at addresses nobody answers now."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        occupied = any(directory.iterdir())
    except OSError as error:
        raise ConfigError("--dir", f"{directory}: {error.strerror or error}") from error
    if occupied:
        held = "an earlier demonstration" if (directory / "config.toml").exists() else "something else"
        raise ConfigError("--dir", f"{directory} must be empty; it holds {held}")


def _pass(config: Config, name: str, *, clock: Callable[[], datetime], say: Say) -> Report:
    done = collect(config, Scope(everything=True), clock=clock, say=lambda line: None)
    counts = sum((tally.outcomes for tally in done.outlets.values()), Counter[Outcome]())
    found = ", ".join(f"{counts[outcome]} {words}" for outcome, words in SAID.items() if counts[outcome])
    say(f"{name}: {len(done.outlets)} outlets asked; {found or 'nothing found'}")
    for outlet in done.unanswered:
        say(f"  no answer from {outlet}")
    return done


def _print_findings(config: Config, say: Say) -> None:
    with closing(archive.open_reader(config.archive.path)) as db:
        found = summary.overview(db), summary.shared_texts(db), summary.edits(db), summary.disappeared(db)
    say("")
    for line in report(*found):
        say(line)


def _free_port() -> int:
    """Return the site's usual port, or 0 (any) where something else has it."""
    try:
        socket.create_server(("127.0.0.1", PORT)).close()
    except OSError:
        return 0
    return PORT
