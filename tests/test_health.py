"""How an outlet is doing: what is silence, what is noise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler.health import Facts, state
from scheduler.volume import Day, Usual, unusual, usual, well_polled

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def day(back: int, read: int, *, polls: int = 24, failed: int = 0, now: datetime = MONDAY) -> Day:
    return Day(day=(now - back * DAY).date(), polls=polls, polls_failed=failed, read=read)


def facts(
    volume: Callable[[date], int], *, quiet: timedelta = HOUR, now: datetime = MONDAY, weeks: int = 6, **more: object
) -> Facts:
    """What eight weeks of such a volume look like when nothing new has come for so long."""
    days = []
    for back in range(weeks * 7):
        at = now - back * DAY
        silent = at.date() > (now - quiet).date()
        days.append(day(back, 0 if silent else volume(at.date()), now=now))
    return Facts(now=now, answered=True, days=days, last_read_at=now - quiet, previous="ok", **more)  # type: ignore[arg-type]


def evenly(articles: int) -> Callable[[date], int]:
    return lambda day: articles


def on_weekdays(articles: int) -> Callable[[date], int]:
    return lambda day: articles if day.weekday() < 5 else 0


FAILING = Facts(now=MONDAY, answered=False, reason="feed https://a.example/feed: HTTP 503", previous="ok")


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (facts(evenly(10)), "ok"),
        (facts(evenly(20), quiet=20 * HOUR), "ok"),
        (facts(evenly(20), quiet=25 * HOUR), "silent"),
        (facts(evenly(3), quiet=3 * DAY), "ok"),
        (facts(evenly(3), quiet=4 * DAY), "silent"),
        (facts(on_weekdays(30), quiet=2.6 * DAY), "ok"),
        (facts(on_weekdays(30), quiet=3 * DAY), "ok"),
        (facts(on_weekdays(30), quiet=2 * DAY, now=MONDAY + 3 * DAY), "silent"),
        (facts(evenly(40), quiet=3 * DAY, weeks=0), "ok"),
        (FAILING, "failing"),
        (replace(FAILING, previous=None), "failing"),
        (facts(evenly(10), unread_since=MONDAY - 5 * HOUR), "failing"),
        (facts(evenly(10), gap=True), "gap suspected"),
        (Facts(now=MONDAY, answered=True), "ok"),
    ],
    ids=[
        "as usual", "a night is no silence", "a busy outlet falls silent", "a seldom one may be quiet for days",
        "not for ever", "a weekend is no silence", "a weekend and Monday morning are none", "two workdays are",
        "nothing is usual yet", "down", "never answered", "pages that cannot be read", "a list without anything known",
        "never collected",
    ],
)  # fmt: skip
def test_state(known: Facts, expected: str) -> None:
    assert state(known)[0] == expected


def test_what_is_seen_is_said() -> None:
    assert state(FAILING) == ("failing", "feed https://a.example/feed: HTTP 503")
    assert state(facts(evenly(20), quiet=25 * HOUR)) == (
        "silent",
        "no new article since 1 March, 11:00Z; usually 20 would have come",
    )
    unread = facts(evenly(10), unread_since=MONDAY)
    assert state(unread) == ("failing", "its pages cannot be read since 2 March")


def test_not_polled_is_not_silent() -> None:
    known = facts(evenly(20), quiet=5 * DAY)
    off = [replace(each, polls=0) if MONDAY.date() - each.day < 5 * DAY else each for each in known.days]
    down = [replace(each, polls_failed=24) if MONDAY.date() - each.day < 5 * DAY else each for each in known.days]
    assert state(replace(known, days=off))[0] == state(replace(known, days=down))[0] == "ok"


@pytest.mark.parametrize("bad", ["failing", "silent", "gap suspected", "low", "high"])
def test_what_was_bad_and_is_well_has_recovered_until_the_end_of_the_next_day(bad: str) -> None:
    well = facts(evenly(10))
    assert state(replace(well, previous=bad)) == ("recovered", f"was {bad}")
    assert state(replace(well, previous="recovered", since=MONDAY - HOUR))[0] == "recovered"
    assert state(replace(well, previous="recovered", since=MONDAY - DAY))[0] == "recovered"
    assert state(replace(well, previous="recovered", since=MONDAY - 2 * DAY))[0] == "ok"


def _with_yesterday(read: int, **more: object) -> Facts:
    known = facts(evenly(100))
    days = [replace(each, read=read, **more) if each.day == (MONDAY - DAY).date() else each for each in known.days]  # type: ignore[arg-type]
    return replace(known, days=days)


@pytest.mark.parametrize(("read", "expected"), [(100, "ok"), (60, "ok"), (150, "ok"), (12, "low"), (300, "high")])
def test_a_day_is_compared_with_the_same_weekday(read: int, expected: str) -> None:
    assert state(_with_yesterday(read))[0] == expected


def test_a_low_day_is_named_with_what_is_usual() -> None:
    assert state(_with_yesterday(12)) == ("low", "12 new articles on 1 March; usually 100")


def test_a_low_day_that_our_polls_missed_is_none() -> None:
    assert state(_with_yesterday(12, polls_failed=20))[0] == "ok"
    assert state(_with_yesterday(12, polls=5))[0] == "ok"


def test_a_day_after_one_that_was_missed_is_not_judged() -> None:
    known = _with_yesterday(300)
    days = [each for each in known.days if each.day != (MONDAY - 2 * DAY).date()]
    assert state(replace(known, days=days))[0] == "ok"


def test_a_silence_is_not_told_twice_as_a_low_day() -> None:
    known = _with_yesterday(10)
    assert state(replace(known, last_read_at=MONDAY - 14 * HOUR))[0] == "ok"
    assert state(replace(known, last_read_at=MONDAY - 14 * HOUR, previous="low"))[0] == "low"


def test_usual_is_the_median_of_that_weekday_and_its_spread() -> None:
    mondays = [day(7 * week, read) for week, read in enumerate([50, 60, 55, 300, 45])]
    assert usual([*mondays, day(1, 5)], 0) == Usual(articles=55.0, spread=pytest.approx(1.4826 * 5), days=5)
    assert usual(mondays, 2) is None
    assert usual([day(0, 0), day(7, 1), day(14, 1), day(21, 0)], 0) == Usual(
        articles=0.5, spread=pytest.approx(0.7413), days=4
    )


def test_too_few_weeks_make_nothing_unusual() -> None:
    assert unusual(day(0, 0), [day(7 * week, 100) for week in range(1, 4)]) is None
    assert unusual(day(0, 0), [day(7 * week, 100) for week in range(1, 5)]) == "low"


def test_days_with_half_of_the_usual_polls_count() -> None:
    days = [
        day(0, 1, polls=13),
        day(1, 1, polls=8),
        day(2, 1, polls=24, failed=13),
        *(day(back, 1) for back in (3, 4, 5)),
    ]
    assert [each.day.day for each in well_polled(days)] == [2, 27, 26, 25]
