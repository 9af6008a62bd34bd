"""How soon lists are asked again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.caching import stays_fresh
from scheduler.pace import LONGEST, MOST_WISHED, SHORTEST, Glance, interval, learn, turned, wished
from storage.paces import Pace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def glance(new: int, *, of: int = 30, first: bool = False, wish: timedelta | None = None) -> Glance:
    return Glance(listed=of, known=of - new, wish=wish, first=first)


def after(polls: int, *, new_an_hour: float, every: timedelta = HOUR) -> tuple[Pace, list[float]]:
    """Poll an outlet that publishes evenly; return its pace and the share already seen at each poll."""
    now, pace, shares = NOON, None, []
    wait = every
    for _ in range(polls):
        new = min(round(new_an_hour * (wait / HOUR)), 30)
        pace = learn(pace, [glance(new, first=pace is None)], now=now)
        shares.append(1 - new / 30)
        wait = interval(pace, every=every)
        now += wait
    assert pace
    return pace, shares


@pytest.mark.parametrize("new_an_hour", [25, 40, 60, 120, 170])
def test_the_share_already_seen_stays_between_a_third_and_two_thirds(new_an_hour: float) -> None:
    _, shares = after(12, new_an_hour=new_an_hour)
    assert all(1 / 3 <= share <= 2 / 3 for share in shares[6:])


def test_an_outlet_is_asked_as_often_as_configured_where_that_is_enough() -> None:
    pace, _ = after(6, new_an_hour=2)
    assert interval(pace, every=HOUR) == HOUR


@pytest.mark.parametrize(("new_a_day", "days"), [(0, 7), (0.5, 7), (6, 2.5), (10, 1.5)])
def test_a_slow_outlet_with_a_long_every_is_not_asked_daily(new_a_day: float, days: float) -> None:
    pace, _ = after(6, new_an_hour=new_a_day / 24, every=7 * 24 * HOUR)
    assert interval(pace, every=7 * 24 * HOUR) / (24 * HOUR) == pytest.approx(days, rel=0.3)


def test_it_is_never_asked_more_often_than_is_polite() -> None:
    pace, _ = after(10, new_an_hour=2000)
    assert interval(pace, every=HOUR) == SHORTEST
    assert interval(pace, every=HOUR, asking=200 * SECOND) == 2000 * SECOND
    assert interval(pace, every=MINUTE) == MINUTE  # as configured


def test_a_morning_is_expected_before_it_comes() -> None:
    now, pace, waits = NOON, None, {}
    for _ in range(
        4 * 24 * 4
    ):  # four days in quarters of an hour: none in the night, four at seven, eleven from eight on
        new = 11 if now.hour >= 8 else 4 if now.hour == 7 else 0
        pace = learn(pace, [glance(new, first=pace is None)], now=now)
        waits[now] = interval(pace, every=HOUR)
        now += 15 * MINUTE
    before_eight = max(at for at in waits if (at.hour, at.minute) == (7, 45))
    assert waits[before_eight] <= 40 * MINUTE  # at four in a quarter it would be 56
    assert waits[before_eight - 4 * HOUR] == HOUR


def test_what_a_feed_asks_for_is_respected_up_to_a_bound_and_not_against_its_own_pace() -> None:
    calm, _ = after(4, new_an_hour=1)
    asks = [learn(calm, [glance(1, wish=wish)], now=calm.at + HOUR) for wish in (3 * HOUR, 300 * HOUR, timedelta())]
    assert [interval(pace, every=HOUR) for pace in asks] == [3 * HOUR, MOST_WISHED, HOUR]
    busy, _ = after(8, new_an_hour=60)
    hasty = learn(busy, [glance(15, wish=3 * HOUR)], now=busy.at + 15 * MINUTE)
    assert interval(hasty, every=HOUR) < 30 * MINUTE


def test_the_list_that_turned_over_most_decides_and_new_lists_say_nothing() -> None:
    assert turned([glance(3), glance(15), glance(30, first=True), Glance(listed=0, known=0, wish=None)]) == 0.5
    assert turned([glance(30, first=True)]) is None
    assert wished([glance(1, wish=HOUR), glance(1, wish=2 * HOUR), glance(0)], before=MINUTE) == HOUR
    assert wished([glance(0)], before=MINUTE) == MINUTE  # unchanged: it was not read


def test_a_clock_that_was_set_back_begins_anew() -> None:
    pace, _ = after(5, new_an_hour=100)
    assert learn(pace, [glance(3)], now=NOON - HOUR) == Pace(at=NOON - HOUR, wait=LONGEST)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 3000)), max_size=30), st.integers(1, 5000))
def test_the_wait_is_always_within_its_bounds(polls: list[tuple[int, int]], every_minutes: int) -> None:
    now, pace, every = NOON, None, every_minutes * MINUTE
    for new, minutes in polls:
        pace = learn(pace, [glance(new)], now=now)
        assert min(SHORTEST, every) <= interval(pace, every=every) <= max(every, MOST_WISHED)
        now += minutes * MINUTE


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("Cache-Control", "public, max-age=600")], 600),
        ([("cache-control", 'max-age="60"'), ("age", "45")], 15),
        ([("Cache-Control", "max-age=60"), ("Age", "90")], 0),
        ([("Cache-Control", "no-cache, max-age=600")], 0),
        ([("Cache-Control", "s-maxage=600")], 0),
        ([("Cache-Control", "max-age=soon"), ("Age", "x")], 0),
        ([], 0),
    ],
)
def test_cache_control_says_how_long_an_answer_stays_fresh(headers: list[tuple[str, str]], seconds: int) -> None:
    assert stays_fresh(headers) == timedelta(seconds=seconds)


def test_one_new_link_within_seconds_is_no_reason_to_hurry() -> None:
    pace = learn(None, [glance(30, first=True)], now=NOON)
    again = learn(pace, [glance(1)], now=NOON + timedelta(seconds=10))
    assert interval(again, every=HOUR) == HOUR
