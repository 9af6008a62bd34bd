"""Tells of changes of health, by command and webhook. What cannot be told is said, and told at the next pass."""

import logging
import subprocess
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from http.client import HTTPException

from scheduler.settings import Notify
from storage import notices
from storage.archive import Database

logger = logging.getLogger(__name__)

COMMAND_S, WEBHOOK_S = 30.0, 5.0
"""How long one telling may take; the pass waits for it."""

Teller = Callable[[str], str | None]
"""Tells a notice, given as JSON; returns why it could not."""


def channels(notify: Notify) -> list[str]:
    """Return the ways by which somebody wants to be told."""
    return [name for name in ("command", "webhook") if getattr(notify, name)]


def tell(db: Database, notify: Notify, *, user_agent: str) -> list[str]:
    """Tell every notice that waits, in order; return a line for each way that failed. Never raises for a failing one.

    After the first failure of a way its other notices wait, too: they are in order, and a pass is not held up by each.
    A way that is not configured any more has nobody to be told.
    """
    tellers: Mapping[str, Teller] = {
        "command": partial(run_command, notify.command),
        "webhook": partial(post, notify.webhook, user_agent=user_agent),
    }
    wanted, failed = channels(notify), dict[str, str]()
    for notice in notices.untold(db):
        for channel in notice.waiting:
            if channel in failed:
                continue
            problem = tellers[channel](notice.body) if channel in wanted else None
            if problem:
                failed[channel] = f"notify.{channel}: {problem}; told again at the next pass"
            else:
                notices.told(db, notice.id, channel)
    return list(failed.values())


def run_command(command: str, body: str) -> str | None:
    """Run a command of the shell with a notice on its standard input; return why it failed."""
    try:
        done = subprocess.run(  # noqa: S602  the command of the user's own configuration, which may well be a pipe
            command, shell=True, input=body + "\n", capture_output=True, text=True, errors="replace",
            timeout=COMMAND_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"took longer than {COMMAND_S:g} s"
    except OSError as error:
        return str(error)
    if not done.returncode:
        return None
    said = done.stderr.strip().splitlines()
    return f"exit code {done.returncode}{f': {said[-1]}' if said else ''}"


def post(address: str, body: str, *, user_agent: str) -> str | None:
    """Post a notice to an address; return why it failed."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": user_agent}
    request = urllib.request.Request(address, data=body.encode(), headers=headers)  # noqa: S310  checked by config
    try:
        with urllib.request.urlopen(request, timeout=WEBHOOK_S):  # noqa: S310
            return None
    except (OSError, HTTPException, ValueError) as error:  # HTTPError and URLError are OSErrors
        return str(error) or repr(error)
