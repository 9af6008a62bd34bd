"""When [schedule] says passes are made: a cron line read in its time zone. Pure.

Cron speaks of the clock on the wall. APScheduler finds the next time on it; what that is in UTC is decided here, since
its own arithmetic goes in circles in the hour that comes twice: that hour counts once, and a time that a day lacks is an
hour later, so that a daily line comes on every day, once.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduler.settings import Schedule
from storage.errors import ConfigError

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

_FIELDS = 5
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4


def cron_trigger(cron: str) -> "CronTrigger":
    """Return the trigger of a cron line, on a clock without time zone. Raises ConfigError for a line that cannot be read or that others read otherwise."""
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415  a quarter of a second that only cron lines need

    fields = cron.split()
    if len(fields) == _FIELDS and any(character.isdigit() for character in fields[_DAY_OF_WEEK].partition("/")[0]):
        # APScheduler's 0 is Monday, cron's is Sunday: numbers would be a day off in silence
        raise ConfigError("schedule.cron", "name the days: mon, tue, wed, thu, fri, sat, sun")
    if len(fields) == _FIELDS and fields[_DAY_OF_MONTH] != "*" and fields[_DAY_OF_WEEK] != "*":
        # cron comes on either, APScheduler on days that are both
        raise ConfigError("schedule.cron", "days of the month or days of the week, not both")
    try:
        trigger = CronTrigger.from_crontab(cron, timezone="UTC")
        never = trigger.get_next_fire_time(None, datetime(2024, 1, 1, tzinfo=UTC)) is None  # a leap year
    except ValueError as error:
        raise ConfigError("schedule.cron", str(error)) from error
    if never:
        raise ConfigError("schedule.cron", f"{cron!r} never comes")
    return trigger


def next_time(schedule: Schedule, after: datetime) -> datetime:
    """Return the first moment after `after` (UTC) that the cron line names. Raises ConfigError."""
    trigger, zone = cron_trigger(schedule.cron), ZoneInfo(schedule.timezone)
    wall = after.astimezone(zone).replace(tzinfo=UTC)
    while True:
        found = trigger.get_next_fire_time(None, wall + timedelta(seconds=1))
        if found is None:  # a line that names a year's last day, at the end of time
            return datetime.max.replace(tzinfo=UTC)
        moment: datetime = found.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment > after:
            return moment
        wall = found
