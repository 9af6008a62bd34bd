"""When outlets are due, by the configuration and by what the archive knows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.config import Config
from scheduler.plan import JITTER
from scheduler.settings import Schedule
from scheduler.turns import turns
from storage import archive, feeds
from storage.archive import Database
from storage.coverage import Poll
from storage.feeds import Feed
from storage.paces import Pace, save_pace
from storage.policies import store_policy
from storage.records import HostPolicy, Outcome, Outlet

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OUTLETS = (
    Outlet(id="fast", name="Fast", url="https://fast.example/"),
    Outlet(id="own", name="Own", url="https://own.example/", every="2h"),
)
CONFIG = Config(path=Path("config.toml"), toml="", outlets=OUTLETS)
POLLS = {outlet.id: Poll(at=NOON, failures=0) for outlet in OUTLETS}


def known(*, lists: int = 1, robots: str = "") -> Database:
    """An archive that knows an outlet whose list turns over within minutes."""
    db = archive.open_memory()
    archive.sync_outlets(db, OUTLETS, {outlet.id: [] for outlet in OUTLETS})
    run = archive.start_run(db, "collect", now=NOON)
    save_pace(db, "fast", Pace(at=NOON, wait=7 * MINUTE), run=run)
    for n in range(lists):
        feed = Feed(url=f"https://fast.example/feed{n}", kind="feed", found_by="config")
        feeds.record_poll(db, "fast", feed, outcome=Outcome.POLL, now=NOON)
    store_policy(db, HostPolicy(origin="https://fast.example", fetched_at=NOON, robots_status=200, robots=robots))
    return db


def waits(db: Database, config: Config = CONFIG) -> dict[str, timedelta]:
    return {id_: turn.wait for id_, turn in turns(db, config, POLLS, on_time=True).items()}


def test_fast_outlets_are_due_by_their_pace_and_others_by_their_own_every() -> None:
    assert waits(known()) == {"fast": 7 * MINUTE, "own": 120 * MINUTE}


def test_not_adaptive_means_as_configured() -> None:
    exactly = replace(CONFIG, schedule=Schedule(adaptive=False))
    assert waits(known(), exactly) == {"fast": 60 * MINUTE, "own": 120 * MINUTE}


def test_many_lists_and_a_crawl_delay_make_an_outlet_slower_than_its_pace() -> None:
    assert waits(known(lists=40))["fast"] == timedelta(seconds=40 * 2 / 0.1)
    assert waits(known(robots="User-agent: *\nCrawl-delay: 60"))["fast"] == 10 * MINUTE


def test_cron_is_for_all_that_have_no_every_of_their_own() -> None:
    cron = replace(CONFIG, schedule=Schedule(cron="0 5 * * *", timezone="UTC"))
    assert waits(known(), cron) == {"fast": 17 * 60 * MINUTE, "own": 120 * MINUTE}


@pytest.mark.parametrize(
    ("last", "wait"),
    [
        ({"cut": 1}, 5 * MINUTE),
        ({"cut": 3}, 20 * MINUTE),
        ({"cut": 9}, 120 * MINUTE),
        ({"cut": 1, "failures": 1}, 240 * MINUTE),
    ],
    ids=["once", "three times in a row: four times as long", "again and again: its own turn", "an outlet that is down"],
)
def test_what_an_interrupted_pass_left_is_asked_soon(last: dict[str, float], wait: timedelta) -> None:
    polls = {"own": Poll(**{"at": NOON, "failures": 0, **last})}  # type: ignore[arg-type]
    found = turns(known(), CONFIG, polls, on_time=True)["own"]
    assert abs(found.at - NOON - wait) <= wait * JITTER / 2
    assert found.wait == 120 * MINUTE * (2 if "failures" in last else 1), "no more urgent than others for it"


def test_nor_is_it_asked_sooner_than_its_lists_take_at_its_delay() -> None:
    slow = turns(known(lists=40), CONFIG, {"fast": Poll(at=NOON, failures=0, cut=1)}, on_time=True)["fast"]
    assert abs(slow.at - NOON - timedelta(seconds=40 * 2 / 0.1)) <= MINUTE


def test_a_cron_line_too_goes_on_with_what_was_interrupted() -> None:
    cron = replace(CONFIG, schedule=Schedule(cron="0 5 * * *", timezone="UTC"))
    assert (
        turns(known(), cron, {"fast": Poll(at=NOON, failures=0, cut=1)}, on_time=True)["fast"].at == NOON + 5 * MINUTE
    )


def test_an_every_beside_a_cron_line_is_kept_and_does_not_creep_forward() -> None:
    cron = replace(CONFIG, schedule=Schedule(cron="0 5 * * *", timezone="UTC"))
    every = turns(known(), CONFIG, POLLS, on_time=True)["own"]
    assert turns(known(), cron, POLLS, on_time=True)["own"] == every
