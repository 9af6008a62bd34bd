"""`cuttings schedule`: passes on time. One pass at a time is the archive's lock's business.

APScheduler wakes the main thread, which makes the passes and gets the signals. When to wake is asked of the archive after
each pass, not added up from intervals: so what was missed while the machine was off or slept is caught up once, most
urgent first, and a clock that jumps only makes us look again. SIGTERM and Ctrl-C end a pass where it stands: what is in
the air comes down, what was saved stays, the rest waits. SIGHUP reads the configuration again, between passes.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from crawler.download import Clock
from scheduler.collect import Report
from scheduler.config import Config
from scheduler.logs import DETAILS, pass_line
from scheduler.stopping import Stop
from scheduler.turns import earliest
from scheduler.wording import counted
from storage import archive
from storage.errors import ArchiveError, ConfigError

logger = logging.getLogger(__name__)

MakePass = Callable[[Config, Stop], Report]

PAUSE = timedelta(minutes=1)
"""Between two passes at least: outlets that are due one after another are asked together."""
LONG_PAUSE = timedelta(minutes=5)  # where nothing could be done: offline, another pass runs, a full disk
LOOK_AGAIN_S = 600.0
"""Whatever was to wake us, we look this often: a machine that slept, or a clock that was set, is not waited for."""
LAST_MOMENT_S = 9.0
"""After SIGTERM: who has not ended by then is ended. A killed process loses nothing that was saved."""


class Daemon:
    """Makes passes until it is asked to end."""

    def __init__(self, config: Config, make_pass: MakePass, reload: Callable[[], Config], *, clock: Clock) -> None:
        self._config = config
        self._make_pass = make_pass
        self._reload = reload
        self._clock = clock
        self._stop = Stop()
        self._wake = threading.Event()
        self._asked_to_reload = False
        self._not_before: datetime | None = None
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def run(self) -> None:
        """Make a pass of what is due now, then on time; returns after SIGTERM. Raises KeyboardInterrupt after Ctrl-C."""
        with self._signals():
            self._scheduler.start()
            self._warn_of_nothing_to_do()
            try:
                while not self._stop.asked:
                    if self._asked_to_reload:
                        self._take_new_config()
                    at = self._next_pass()
                    if at <= self._clock():
                        self._pass()
                    else:
                        self._sleep(until=at)
            finally:
                self._scheduler.shutdown(wait=False)
        logger.info("stopped")

    def _pass(self) -> None:
        began = time.monotonic()
        pause = LONG_PAUSE
        try:
            report = self._make_pass(self._config, self._stop)
        except (ArchiveError, ConfigError) as error:
            logger.error("%s", error)  # the disk may be back next time
        else:
            if report.busy:
                logger.info("another command is writing to the archive; waiting")
            elif report.outlets:
                line, values = pass_line(report, seconds=time.monotonic() - began)
                logger.info("%s", line, extra={DETAILS: values})
                polled = any(tally.counts["polls"] for tally in report.outlets.values())
                pause = PAUSE if polled and not report.offline else LONG_PAUSE
            for problem in report.said:
                logger.warning("%s", problem)
        self._not_before = self._clock() + pause

    def _next_pass(self) -> datetime:
        """Return when the next pass is to be made, by what the archive says; now where there is none yet."""
        now = self._clock()
        if self._not_before and self._not_before - now > LONG_PAUSE:
            self._not_before = None  # the clock was set back
        try:
            at = earliest_pass(self._config, now=now)
        except ArchiveError as error:
            logger.error("%s", error)
            at = now
        return max(at, self._not_before or at)

    def _sleep(self, *, until: datetime) -> None:
        """Wait for that moment, a signal, or LOOK_AGAIN_S."""
        self._wake.clear()
        if self._stop.asked or self._asked_to_reload:
            return  # said before the line above
        trigger = DateTrigger(until)
        # no grace time: late is better than never
        self._scheduler.add_job(self._wake.set, trigger, id="pass", replace_existing=True, misfire_grace_time=None)
        self._wake.wait(LOOK_AGAIN_S)

    def _take_new_config(self) -> None:
        """Read the configuration anew; a wrong one is named, and the old one stays in force."""
        self._asked_to_reload = False
        try:
            self._config = self._reload()
        except ConfigError as error:
            logger.error("configuration not reloaded, the old one stays in force: %s", error)
        else:
            logger.info("configuration reloaded: %s", counted(len(self._config.outlets), "outlet"))
            self._warn_of_nothing_to_do()
            self._not_before = None

    def _warn_of_nothing_to_do(self) -> None:
        if not any(outlet.active for outlet in self._config.outlets):
            logger.warning("no outlet is active: nothing will be asked")

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def end(number: int, frame: FrameType | None) -> None:
            if not self._stop.asked:
                last = threading.Timer(LAST_MOMENT_S, os._exit, (0,))
                last.daemon = True
                last.start()
            self._stop.ask()
            self._wake.set()

        def reload(number: int, frame: FrameType | None) -> None:
            self._asked_to_reload = True
            self._wake.set()

        before = {
            signal.SIGTERM: signal.signal(signal.SIGTERM, end),
            signal.SIGHUP: signal.signal(signal.SIGHUP, reload),
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def earliest_pass(config: Config, *, now: datetime) -> datetime:
    """Return when the next outlet is due; `now` for an archive that is still to be made. Raises ArchiveError."""
    if not config.archive.path.exists():
        return now
    db = archive.open_reader(config.archive.path)
    try:
        with archive.broken_disk_is_an_error(config.archive.path):
            return earliest(db, config, now=now)
    finally:
        db.close()
