"""The frontier: a link is asked once, a failure that may pass waits longer each time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from storage import archive, frontier
from storage.frontier import Feed
from storage.records import Link, Outcome, Outlet, Stamp, Validators

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
STAMP = Stamp(at=NOW, offset="+03:00", precision="minute", basis="feed", day="2026-03-02")


@pytest.fixture
def db() -> Iterator[Database]:
    db = archive.open_memory()
    archive.sync_outlets(db, [Outlet(id="a", name="A", url="https://a.example/")], {"a": [("a.example", "/")]})
    yield db
    db.close()


def link(n: int, **more: object) -> tuple[str, Link]:
    return f"a.example/{n}", Link(url=f"https://a.example/{n}", outlet="a", found_in="https://a.example/feed", **more)  # type: ignore[arg-type]


def test_a_link_comes_back_as_it_was_found(db: Database) -> None:
    found = link(1, title="Füze", published=STAMP, authors=("Ayşe",), language="tr")
    frontier.record_links(db, [found], now=NOW, began=NOW)
    assert frontier.waiting(db, "a", now=NOW, limit=9) == [found]


def test_the_same_link_again_is_only_seen_again(db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    again = frontier.record_links(db, [link(1), link(2)], now=NOW + timedelta(hours=1), began=NOW + timedelta(hours=1))
    assert (again.fresh, again.known) == (("a.example/2",), 1)
    row = db.execute("select found_at, last_found_at from links where url_key = 'a.example/1'").fetchone()
    assert row == ("2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z")


def test_what_another_place_states_more_precisely_is_learned(db: Database) -> None:
    day = Stamp(at=NOW.replace(hour=0), precision="day", basis="sitemap", day="2026-03-02")
    frontier.record_links(db, [link(1, published=day)], now=NOW, began=NOW)
    frontier.record_links(db, [link(1, published=STAMP, title="Füze", authors=("Ayşe",))], now=NOW, began=NOW)
    frontier.record_links(db, [link(1, published=day, title="Other", authors=("B",))], now=NOW, began=NOW)
    known = frontier.link_of(db, "a.example/1")
    assert known
    assert (known.published, known.title, known.authors) == (STAMP, "Füze", ("Ayşe",))


@pytest.mark.parametrize("outcome", [Outcome.NEW, Outcome.GONE, Outcome.OFF_SITE, Outcome.NO_TEXT, Outcome.ROBOTS])
def test_what_is_settled_is_not_asked_again(outcome: Outcome, db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    frontier.settle_link(db, "a.example/1", outcome, now=NOW)
    assert frontier.waiting(db, "a", now=NOW + timedelta(days=99), limit=9) == []
    assert db.execute("select state from links").fetchone()[0] == outcome


def test_a_temporary_failure_waits_longer_each_time_and_is_given_up(db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    waits = []
    now = NOW
    for _ in range(frontier.TRIES):
        frontier.settle_link(db, "a.example/1", Outcome.TIMEOUT, now=now)
        state, at = db.execute("select state, next_try_at from links").fetchone()
        if state == "waiting":
            then = datetime.fromisoformat(at)
            assert frontier.waiting(db, "a", now=then - timedelta(seconds=1), limit=9) == []
            assert len(frontier.waiting(db, "a", now=then, limit=9)) == 1
            waits.append(then - now)
            now = then
    assert waits == sorted(waits)
    assert len(waits) == frontier.TRIES - 1
    assert state == "timeout"


def test_the_server_says_how_long_to_wait(db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    frontier.settle_link(db, "a.example/1", Outcome.HTTP_ERROR, now=NOW, wait=timedelta(days=3))
    assert db.execute("select next_try_at from links").fetchone()[0] == "2026-03-05T12:00:00Z"


def test_newest_waiting_links_come_first_and_the_limit_holds(db: Database) -> None:
    def dated(n: int) -> Stamp:
        return Stamp(at=NOW + timedelta(hours=n), precision="second", basis="feed", day="2026-03-02")

    frontier.record_links(db, [link(1, published=dated(1)), link(2, published=dated(2)), link(3)], now=NOW, began=NOW)
    assert [key for key, _ in frontier.waiting(db, "a", now=NOW, limit=2)] == ["a.example/2", "a.example/1"]


def test_a_feed_remembers_what_to_ask_it_with(db: Database) -> None:
    feed = Feed(
        url="https://a.example/feed",
        kind="feed",
        found_by="config",
        validators=Validators(etag='"1"', last_modified="Mon"),
    )
    frontier.record_poll(db, "a", feed, outcome=Outcome.POLL, now=NOW)
    assert frontier.feeds_of(db, "a") == [feed]
    frontier.record_poll(db, "a", feed, outcome=Outcome.TIMEOUT, now=NOW + timedelta(hours=1))
    assert db.execute("select first_used_at, last_used_at, last_outcome from feeds").fetchone() == (
        "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z", "timeout",
    )  # fmt: skip
