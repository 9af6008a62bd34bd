"""How an outlet is doing."""

import pytest

from scheduler.health import Day, state

BUSY = Day(polls=24, polls_failed=0, new_articles=10)
QUIET = Day(polls=24, polls_failed=0, new_articles=0)
DOWN = Day(polls=24, polls_failed=24, new_articles=0)
SELDOM = Day(polls=24, polls_failed=0, new_articles=1)


@pytest.mark.parametrize(
    ("days", "previous", "expected"),
    [
        ([BUSY, BUSY], None, "ok"),
        ([QUIET, BUSY, BUSY], "ok", "silent"),
        ([DOWN, BUSY], "ok", "failing"),
        ([DOWN, DOWN, BUSY, BUSY], "ok", "failing"),
        ([BUSY, DOWN], "failing", "recovered"),
        ([BUSY, QUIET], "silent", "recovered"),
        ([BUSY], "recovered", "ok"),
        ([QUIET] * 5 + [SELDOM] * 5, "ok", "ok"),
        ([QUIET] * 9 + [SELDOM] * 5, "ok", "silent"),
        ([], None, "ok"),
    ],
    ids=[
        "busy", "a busy outlet falls silent", "down", "down for days", "up again", "speaks again", "well for a while",
        "a seldom one may be quiet for days", "not for ever", "never collected",
    ],
)  # fmt: skip
def test_state(days: list[Day], previous: str | None, expected: str) -> None:
    answered = not days or days[0].polls > days[0].polls_failed
    assert state(days, previous=previous, answered=answered)[0] == expected


def test_days_without_an_answered_poll_do_not_count_as_silence() -> None:
    assert state([BUSY, DOWN, DOWN, DOWN, BUSY], previous="ok", answered=True)[0] == "ok"


def test_one_good_pass_in_the_night_does_not_hide_a_day_of_failures() -> None:
    day = Day(polls=10, polls_failed=9, new_articles=3)
    assert state([day, BUSY], previous="ok", answered=False)[0] == "failing"
