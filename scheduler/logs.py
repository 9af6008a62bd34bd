"""What `cuttings schedule` says: lines for people on a terminal, JSON lines elsewhere, one line a pass."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from scheduler.collect import Report
from scheduler.wording import counted

DETAILS = "details"
"""Of a log record, what a program reads: a mapping of names to plain values."""
_SHOWN = 5  # outlets in a line for people


class JsonLines(logging.Formatter):
    """A line of JSON a record."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line = {
            "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, DETAILS, {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(*, quiet: bool, stream: TextIO = sys.stderr) -> None:
    """Let log lines go to `stream`, in the form that fits it; warnings only, where it is to be quiet."""
    handler = logging.StreamHandler(stream)
    people = logging.Formatter("%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    handler.setFormatter(people if stream.isatty() else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    usual = logging.WARNING if quiet else logging.INFO
    logging.getLogger("scheduler.daemon").setLevel(min(usual, root.level) if root.level == logging.DEBUG else usual)


def pass_line(report: Report, *, seconds: float) -> tuple[str, dict[str, object]]:
    """Return what a pass came to as a line for people, and as values for programs."""
    counts = {
        name: sum(tally.counts[name] for tally in report.outlets.values())
        for name in ("polls", "polls_failed", "fetched", "new_articles", "on_topic", "failed", "cut_off")
    }
    values: dict[str, object] = {
        "run": report.run, "outlets": len(report.outlets), **counts, "unanswered": list(report.unanswered),
        "offline": report.offline, "stopped": report.stopped, "interrupted": report.interrupted,
        "seconds": round(seconds, 1),
    }  # fmt: skip
    said = [
        f"pass {report.run}: {counted(len(report.outlets), 'outlet')}",
        f"{counted(counts['new_articles'], 'new article')}, {counts['on_topic']} on topic",
        *_attention(report),
        f"{seconds:.0f} s",
    ]
    return "; ".join(said), values


def _attention(report: Report) -> list[str]:
    if report.offline:
        return ["this machine is offline"]
    said = []
    if report.unanswered:
        more = " …" if len(report.unanswered) > _SHOWN else ""
        said.append(f"could not be polled: {', '.join(report.unanswered[:_SHOWN])}{more}")
    if report.stopped:
        said.append("stopped at pass_limit")
    if report.interrupted:
        said.append("ended early")
    return said
