"""The simulated fortnight in small: every incident told once, its end once, nothing else. benchmarks/fortnight.py has it all."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def fortnight(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module that also prints the public figures."""
    if not (BENCHMARKS / "fortnight.py").exists():
        pytest.skip("benchmarks/ is not here")
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    sys.modules.pop("fortnight", None)
    return importlib.import_module("fortnight")


def test_each_incident_is_told_once_and_its_end_once_and_healthy_outlets_give_no_alarm(fortnight: ModuleType) -> None:
    names = ("daily-c", "think-tank", "dies", "freezes", "redesigns", "breaks")
    room = fortnight.Newsroom([press for press in fortnight.world(7) if press.kind.name in names], seed=7, every="3h")
    room.live()
    assert fortnight.problems(room) == []
    told = {(each.outlet, each.about, each.state) for each in fortnight.notices(room) if not each.well}
    assert told - {("dies", "state", "gap suspected"), ("freezes", "state", "gap suspected")} == {
        ("dies", "state", "failing"),
        ("freezes", "state", "silent"),
        ("redesigns", "authors", "missing"),
        ("breaks", "state", "failing"),
    }


def test_an_outlet_faster_than_configured_is_seen_for_half_again_an_oracles_polls(fortnight: ModuleType) -> None:
    [press] = [press for press in fortnight.world(7) if press.kind.name == "portal"]
    room = fortnight.Newsroom([press], seed=7)
    room.live()
    [portal] = room.watched
    assert 1 - portal.lost / portal.published >= 0.99  # of one outlet; all together .995
    assert portal.polls <= 1.5 * fortnight.oracle(press, start=fortnight.MEASURED, every=fortnight.EVERY)
