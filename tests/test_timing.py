"""When a cron line comes, on the clock on the wall."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.settings import Schedule
from scheduler.timing import cron_trigger, next_time
from storage.errors import ConfigError


def times(cron: str, start: str, count: int, *, zone: str = "Europe/Berlin") -> list[str]:
    schedule, at = Schedule(cron=cron, timezone=zone), datetime.fromisoformat(start).replace(tzinfo=UTC)
    found = []
    for _ in range(count):
        at = next_time(schedule, at)
        found.append(f"{at:%a %d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("cron", "start", "expected"),
    [
        ("0 5 * * *", "2026-03-27T12:00", ["Sat 28 04:00", "Sun 29 03:00", "Mon 30 03:00"]),
        ("0 5 * * *", "2026-10-23T12:00", ["Sat 24 03:00", "Sun 25 04:00", "Mon 26 04:00"]),
        ("30 2 * * *", "2026-03-27T12:00", ["Sat 28 01:30", "Sun 29 01:30", "Mon 30 00:30"]),
        ("30 2 * * *", "2026-10-23T12:00", ["Sat 24 00:30", "Sun 25 00:30", "Mon 26 01:30"]),
        ("0 * * * *", "2026-03-29T00:30", ["Sun 29 01:00", "Sun 29 02:00"]),
        ("0 * * * *", "2026-10-24T23:30", ["Sun 25 00:00", "Sun 25 02:00", "Sun 25 03:00"]),
    ],
    ids=[
        "a morning stays five o'clock in spring", "and in autumn", "a time that a day lacks is an hour later",
        "an hour that comes twice counts once", "hourly in spring", "hourly in autumn: once in the double hour",
    ],
)  # fmt: skip
def test_days_on_which_the_clock_is_set(cron: str, start: str, expected: list[str]) -> None:
    assert times(cron, start, len(expected)) == expected


def test_between_the_two_times_of_a_double_hour_the_next_is_to_come() -> None:
    assert times("30 2 * * *", "2026-10-25T01:10", 1) == ["Mon 26 01:30"], "half past two was an hour ago"


@pytest.mark.parametrize(("zone", "expected"), [("America/New_York", "Mon 05 17:00"), ("Asia/Tokyo", "Tue 06 03:00")])
def test_a_line_is_read_on_the_clock_of_its_zone(zone: str, expected: str) -> None:
    assert times("0 12 * * *", "2026-01-05T13:00", 1, zone=zone) == [expected]


def test_days_have_names() -> None:
    assert times("0 5 * * mon", "2026-01-01T00:00", 2, zone="Europe/Istanbul") == ["Mon 05 02:00", "Mon 12 02:00"]


@pytest.mark.parametrize(
    ("cron", "problem"),
    [
        ("0 5 * * 0", "name the days"),
        ("0 5 * * 1-5", "name the days"),
        ("0 5 1 * mon", "not both"),
        ("0 5 * *", "Wrong number of fields"),
        ("61 5 * * *", "higher than the maximum"),
        ("0 5 30 2 *", "never comes"),
        ("", "Wrong number of fields"),
    ],
)
def test_a_line_that_would_mislead_is_refused(cron: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        cron_trigger(cron)


def test_every_second_day_of_the_week_is_no_number_of_a_day() -> None:
    assert cron_trigger("0 5 * * */2")


def test_time_always_goes_on() -> None:
    schedule, at = Schedule(cron="*/7 * * * *", timezone="Europe/Berlin"), datetime(2026, 10, 24, 22, tzinfo=UTC)
    for _ in range(60):
        following = next_time(schedule, at)
        assert timedelta() < following - at <= timedelta(hours=1, minutes=8)
        at = following
