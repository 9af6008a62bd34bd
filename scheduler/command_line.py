"""What every command shares: its common options, its configuration, and how errors end it."""

import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, TypeVar

import click

from storage.errors import ArchiveError, ConfigError, CuttingsError, QueryError, StudyError

if TYPE_CHECKING:
    from scheduler.config import Config

WRONG_USAGE = (ConfigError, StudyError, QueryError, ArchiveError)

F = TypeVar("F", bound=Callable[..., Any])


class Commands(click.Group):
    """Turns our errors into one line on stderr and the promised exit codes."""

    def main(self, *args: Any, **kwargs: Any) -> Never:
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.exceptions.Abort:
            click.echo("interrupted", err=True)
            sys.exit(130)
        except click.ClickException as error:
            error.show()
            sys.exit(2)
        except CuttingsError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2 if isinstance(error, WRONG_USAGE) else 1)
        except BrokenPipeError:
            sys.stderr.close()  # the reader has gone: nothing to say, nobody to say it to
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def common(command: F) -> F:
    """Add the options every command has, usable before or after the command word."""
    for option in (
        click.option("--config", "config_path", type=click.Path(path_type=Path), expose_value=False,
                     callback=_remember, help="Configuration file (default: $CUTTINGS_CONFIG or config.toml)."),
        click.option("-v", "--verbose", is_flag=True, expose_value=False, callback=_remember, help="Say more."),
        click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=_remember, help="Say only what needs attention."),
    ):  # fmt: skip
        command = option(command)
    return command


def _remember(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Keep an option given before or after the command word; the later wins."""
    settings = context.ensure_object(dict)
    if value:
        settings[parameter.name] = value
    level = logging.DEBUG if settings.get("verbose") else logging.ERROR if settings.get("quiet") else logging.WARNING
    logging.getLogger().setLevel(level)


def configuration() -> "Config":
    """Return the configuration the command was given. Raises ConfigError."""
    from scheduler.config import load, where

    settings = click.get_current_context().ensure_object(dict)
    return load(where(settings.get("config_path")))


def end_like_ctrl_c() -> None:
    """Let SIGTERM, which a service manager sends, end a command as cleanly as Ctrl-C does."""
    signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))


def is_quiet() -> bool:
    """Say whether the command was asked to say only what needs attention."""
    return bool(click.get_current_context().ensure_object(dict).get("quiet"))


def say(line: str) -> None:
    """Print a line for people, unless asked to be quiet."""
    if not is_quiet():
        click.echo(line, err=True)
