"""Fields that go missing: changes told apart from noise."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.drift import Drift, Seen, drift, is_back

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def articles(*runs: tuple[int, float], every: timedelta = HOUR, seed: int = 1) -> list[Seen]:
    """Articles one an `every`, newest first; runs of `(how many, share with the field)`, the newest first."""
    random_ = random.Random(seed)
    shares = [share for count, share in runs for _ in range(count)]
    return [Seen(at=NOW - i * every, has=random_.random() < share) for i, share in enumerate(shares)]


def test_a_field_that_all_had_is_missed_after_a_day() -> None:
    found = drift(articles((30, 0.0), (200, 1.0)), now=NOW)
    assert found == Drift(since=NOW - 29 * HOUR, usual=pytest.approx(0.98, abs=0.001), run=30)
    assert drift(articles((20, 0.0), (200, 1.0)), now=NOW) is None  # 20 hours may be a night


def test_a_field_that_half_had_is_missed_after_three_days() -> None:
    assert drift(articles((60, 0.0), (200, 0.5)), now=NOW) is None
    found = drift(articles((80, 0.0), (200, 0.5)), now=NOW)
    assert found
    assert abs(found.since - (NOW - 79 * HOUR)) <= 6 * HOUR


def test_a_few_that_have_it_still_hide_nothing() -> None:
    assert drift(articles((60, 0.05), (200, 0.95)), now=NOW)


@pytest.mark.parametrize("share", [1.0, 0.97, 0.8, 0.5, 0.3, 0.1, 0.0])
def test_noise_is_no_change(share: float) -> None:
    for seed in range(20):
        history = articles((900, share), seed=seed)
        assert not any(drift(history[start : start + 300], now=history[start].at) for start in range(0, 600, 7))


def test_agency_copy_without_authors_at_night_and_on_sundays_is_no_change() -> None:
    history = []
    for i in range(24 * 28):
        at = NOW - i * HOUR
        history.append(Seen(at=at, has=7 <= at.hour < 22 and at.weekday() != 6))
    assert not any(drift(history[start : start + 300], now=history[start].at) for start in range(24 * 14))


def test_too_little_is_known_of_a_new_outlet() -> None:
    assert drift(articles((30, 0.0), (25, 1.0)), now=NOW) is None
    assert drift([], now=NOW) is None


def test_what_is_back_is_no_drift_any_more() -> None:
    for back in range(3, 30):
        history = articles((back, 1.0), (60, 0.0), (200, 1.0))
        assert is_back(history, usual=0.98)
        assert drift(history, now=NOW) is None
    assert not is_back(articles((60, 0.0), (200, 1.0)), usual=0.98)
    assert not is_back(articles((1, 1.0), (60, 0.0), (200, 1.0)), usual=0.98)
