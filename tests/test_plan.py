"""Which outlets are due, and in which order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.plan import HARD, JITTER, LONGEST_WAIT, SLACK, SOFT, TEMPORARY, Turn, due, next_poll, share, turn, weight
from storage.coverage import Poll
from storage.records import Outcome, Outlet

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OUTLETS = [Outlet(id=id_, name=id_, url=f"https://{id_}.example/") for id_ in ("a", "b", "c")]


def turns(polls: dict[str, Poll], **intervals: timedelta) -> dict[str, Turn]:
    waits = {id_: intervals.get(id_, HOUR) for id_ in polls}
    return {id_: Turn(at=next_poll(last, interval=waits[id_]), wait=waits[id_]) for id_, last in polls.items()}


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, HOUR), (1, 2 * HOUR), (2, 4 * HOUR), (4 * TEMPORARY, 2 * HOUR), (10, LONGEST_WAIT), (1000, LONGEST_WAIT)],
    ids=["no failure", "one doubles", "two double twice", "four that pass double once", "weeks down", "years down"],
)
def test_failures_double_the_wait_up_to_a_day(failures: float, wait: timedelta) -> None:
    assert next_poll(Poll(at=NOON, failures=failures), interval=HOUR) == NOON + wait - HOUR * SLACK


def test_never_asked_comes_first_then_those_that_missed_most_turns() -> None:
    polls = {"a": Poll(at=NOON - 2 * HOUR, failures=0), "b": Poll(at=NOON - 5 * HOUR, failures=0)}
    assert [outlet.id for outlet in due(OUTLETS, polls, turns(polls), NOON)] == ["c", "b", "a"]


def test_after_a_stop_fast_outlets_come_before_daily_ones() -> None:
    polls = {id_: Poll(at=NOON - 30 * HOUR, failures=0) for id_ in "abc"}
    known = turns(polls, a=24 * HOUR, b=timedelta(minutes=10))
    assert [outlet.id for outlet in due(OUTLETS, polls, known, NOON)] == ["b", "c", "a"]


def test_an_hourly_cron_that_is_seconds_early_is_not_put_off() -> None:
    polls = {"a": Poll(at=NOON - HOUR + timedelta(seconds=20), failures=0)}
    assert [outlet.id for outlet in due(OUTLETS[:1], polls, turns(polls), NOON)] == ["a"]


def test_what_is_not_due_or_not_active_is_left() -> None:
    polls = {"a": Poll(at=NOON - timedelta(minutes=10), failures=0)}
    resting = Outlet(id="r", name="r", url="https://r.example/", active=False)
    assert due([OUTLETS[0], resting], polls, turns(polls), NOON) == []


@pytest.mark.parametrize(
    ("outcome", "status", "nameless", "expected"),
    [
        (Outcome.POLL, 200, False, None),
        (Outcome.UNCHANGED, 304, False, None),
        (Outcome.GONE, 404, False, HARD),
        (Outcome.PARSE_ERROR, 200, False, HARD),
        (Outcome.NETWORK, None, True, HARD),
        (Outcome.REFUSED, 403, False, SOFT),
        (Outcome.HTTP_ERROR, 503, False, SOFT),
        (Outcome.HTTP_ERROR, 429, False, TEMPORARY),
        (Outcome.NETWORK, None, False, TEMPORARY),
        (Outcome.TIMEOUT, None, False, TEMPORARY),
    ],
)
def test_failures_weigh_by_kind(outcome: Outcome, status: int | None, nameless: bool, expected: float | None) -> None:
    assert weight(outcome, status, nameless=nameless) == expected


@given(failures=st.floats(0, 10_000), minutes=st.integers(1, 100_000))
def test_a_failure_never_brings_the_next_poll_forward(failures: float, minutes: int) -> None:
    interval = timedelta(minutes=minutes)
    calm, failing = (next_poll(Poll(at=NOON, failures=n), interval=interval) for n in (0, failures))
    assert calm <= failing


def test_a_clock_that_once_ran_ahead_does_not_silence_an_outlet() -> None:
    polls = {"a": Poll(at=NOON + timedelta(days=365), failures=0)}
    assert [outlet.id for outlet in due(OUTLETS[:1], polls, turns(polls), NOON)] == ["a"]


def test_outlets_asked_at_one_moment_drift_apart_and_keep_their_interval_on_average() -> None:
    ids = [f"outlet-{n}" for n in range(400)]
    waits = [(turn(Poll(at=NOON, failures=0), interval=HOUR, outlet=id_) - NOON) / HOUR for id_ in ids]
    assert 1 - JITTER / 2 <= min(waits) < 1 - JITTER / 3
    assert 1 + JITTER / 3 < max(waits) <= 1 + JITTER / 2
    assert sum(waits) / len(waits) == pytest.approx(1, abs=0.01)
    assert len(set(waits)) == len(waits)


def test_an_outlet_has_its_share_for_ever() -> None:
    assert [round(share(id_), 4) for id_ in ("tass", "globalresearch")] == [0.6492, 0.5459]
