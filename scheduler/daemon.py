"""`cuttings schedule`: passes on time, on APScheduler. One pass at a time is the archive's lock's business."""

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.config import Config, Schedule, duration
from storage.errors import ArchiveError, ConfigError

logger = logging.getLogger(__name__)


def trigger(schedule: Schedule) -> BaseTrigger:
    """Return when passes are made. Raises ConfigError for a cron line that cannot be read or names days by number."""
    if not schedule.cron:
        seconds = duration(schedule.every, "schedule.every").total_seconds()
        return IntervalTrigger(seconds=int(seconds), timezone=schedule.timezone)
    fields = schedule.cron.split()
    if len(fields) == 5 and any(character.isdigit() for character in fields[4]):  # noqa: PLR2004
        # APScheduler's 0 is Monday, cron's is Sunday: numbers would be a day off in silence
        raise ConfigError("schedule.cron", "name the days: mon, tue, wed, thu, fri, sat, sun")
    try:
        return CronTrigger.from_crontab(schedule.cron, timezone=schedule.timezone)
    except ValueError as error:
        raise ConfigError("schedule.cron", str(error)) from error


def run(config: Config, make_pass: Callable[[], object]) -> None:
    """Make a pass of what is due now, then on time; returns after SIGTERM, what was saved stays.

    Passes run in the main thread, where signals arrive; APScheduler only says when.
    """
    due = threading.Event()
    due.set()
    scheduler = BackgroundScheduler(timezone=config.schedule.timezone)
    # coalesce: one pass for all that were missed; no grace time: late is better than never
    scheduler.add_job(due.set, trigger(config.schedule), coalesce=True, misfire_grace_time=None)
    scheduler.start()
    asked_to_end = []

    def end(number: int, frame: FrameType | None) -> None:
        asked_to_end.append(number)
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
    try:
        while due.wait():
            due.clear()
            try:
                make_pass()
            except ArchiveError as error:
                logger.error("%s", error)  # the disk may be back next time
    except KeyboardInterrupt:
        if not asked_to_end:
            raise  # Ctrl-C
        logger.info("stopped")
    finally:
        scheduler.shutdown(wait=False)
