"""The frontier: a link is asked once, a failure that may pass waits longer each time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from storage import archive, feeds, frontier, guids
from storage.feeds import Feed
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


@pytest.mark.parametrize("outcome", [Outcome.NEW, Outcome.GONE, Outcome.OFF_SITE, Outcome.NO_TEXT])
def test_what_is_settled_is_not_asked_again(outcome: Outcome, db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    frontier.settle_link(db, "a.example/1", outcome, now=NOW)
    assert frontier.waiting(db, "a", now=NOW + timedelta(days=99), limit=9) == []
    assert db.execute("select state from links").fetchone()[0] == outcome


def waits_of(db: Database, outcome: Outcome, *, most: int = 99) -> list[timedelta]:
    """Fail a link whenever it may be asked until it is given up; return how long it waited each time."""
    waits, now = [], NOW
    for _ in range(most):
        frontier.settle_link(db, "a.example/1", outcome, now=now)
        state, at = db.execute("select state, next_try_at from links").fetchone()
        if state != "waiting":
            assert (state, at) == (outcome, None)
            break
        then = datetime.fromisoformat(at)
        assert not frontier.is_waiting(db, "a.example/1", then - timedelta(seconds=1))
        assert frontier.is_waiting(db, "a.example/1", then)
        assert len(frontier.waiting(db, "a", now=then, limit=9)) == 1
        waits.append(then - now)
        now = then
    return waits


@pytest.mark.parametrize("outcome", sorted(frontier.TEMPORARY))
def test_a_temporary_failure_waits_longer_each_time_a_month_daily_a_year_weekly(outcome: Outcome, db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    waits = waits_of(db, outcome)
    assert waits[0] == timedelta(minutes=30)
    assert waits == sorted(waits)
    assert waits.count(timedelta(days=1)) == 29
    assert set(waits[waits.index(timedelta(days=1)) :]) == {timedelta(days=1), timedelta(days=7)}
    assert timedelta(days=365) < sum(waits, timedelta()) < timedelta(days=373)


def test_what_is_still_listed_is_asked_daily_however_long_it_fails(db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    for day in range(400):
        at = NOW + timedelta(days=day)
        frontier.record_links(db, [link(1)], now=at, began=at)
        assert frontier.is_waiting(db, "a.example/1", at)
        frontier.settle_link(db, "a.example/1", Outcome.HTTP_ERROR, now=at)


def test_a_refusal_after_many_failures_is_the_first_refusal(db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    waits_of(db, Outcome.TIMEOUT, most=20)
    frontier.settle_link(db, "a.example/1", Outcome.REFUSED, now=NOW)
    assert not frontier.is_waiting(db, "a.example/1", NOW)
    assert frontier.is_waiting(db, "a.example/1", NOW + timedelta(days=1))


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
        validators=Validators(etag='"1"', last_modified="Mon", body_digest="d"),
        last_used_at=NOW,
        full_at=NOW,
        listed=30,
        oldest_at=NOW - timedelta(days=30),
        proved_at=NOW,
    )
    feeds.record_poll(db, "a", feed, outcome=Outcome.POLL, now=NOW)
    assert feeds.feeds_of(db, "a") == [feed]
    feeds.record_poll(db, "a", feed, outcome=Outcome.TIMEOUT, now=NOW + timedelta(hours=1))
    assert db.execute("select first_used_at, last_used_at, last_outcome from feeds").fetchone() == (
        "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z", "timeout",
    )  # fmt: skip


def feed_items(n: int, *, first: int = 1, **more: object) -> list[tuple[str, Link]]:
    return [link(k, guid=f"tag:a.example,2026:{k}", title=f"Title {k}", **more) for k in range(first, first + n)]


def trust(db: Database) -> None:
    """Show the outlet's GUIDs to be true, as ten items of a feed do that are there again in the next pass."""
    for hours in (0, 1):
        at = NOW - timedelta(hours=9 - hours)
        frontier.record_links(db, feed_items(guids.AGREEMENTS), now=at, began=at)


def edited(n: int, **more: object) -> tuple[str, Link]:
    key, found = link(1000 + n, guid=f"tag:a.example,2026:{n}", **{"title": f"Title {n}, edited", **more})
    return key, found


def test_an_item_with_a_new_address_is_the_article_it_was_once_guids_have_proved_true(db: Database) -> None:
    trust(db)
    found = frontier.record_links(db, [edited(1), *feed_items(9, first=2)], now=NOW, began=NOW)
    assert (found.fresh, found.known) == (("a.example/1001",), 10)
    assert guids.same_article(db, "a", "tag:a.example,2026:1", "a.example/1001") == "a.example/1"
    (asked,) = (link for key, link in frontier.waiting(db, "a", now=NOW, limit=99) if key == "a.example/1001")
    assert asked.same_as == "a.example/1"
    assert frontier.link_of(db, "a.example/1").same_as is None  # type: ignore[union-attr]
    guids.contradict_guid(db, "a")
    assert frontier.link_of(db, "a.example/1001").same_as is None  # type: ignore[union-attr]


def test_one_listing_proves_nothing(db: Database) -> None:
    for listed in (feed_items(30), feed_items(30)):  # two feeds of one pass
        frontier.record_links(db, listed, now=NOW, began=NOW)
    frontier.record_links(db, [edited(1)], now=NOW + timedelta(hours=1), began=NOW + timedelta(hours=1))
    assert frontier.link_of(db, "a.example/1001").same_as is None  # type: ignore[union-attr]


def test_positions_in_a_list_are_no_identity(db: Database) -> None:
    for hour in range(30):
        at = NOW + timedelta(hours=hour)
        listed = [link(hour + k, guid=f"item-{k}", title=f"Title {hour + k}") for k in range(20)]
        frontier.record_links(db, listed, now=at, began=at)
        assert not guids.trusted(db, "a")


@pytest.mark.parametrize(
    "guid",
    ["", "  ", "7", "https://a.example/feed", "http://www.a.example/feed/", "x" * 9999, "a\x00b", "\ud800"],
    ids=["empty", "blank", "number", "feed", "feed otherwise", "huge", "nul", "surrogate"],
)
def test_a_guid_that_names_nothing_is_none(guid: str, db: Database) -> None:
    for hours in range(3):
        at = NOW + timedelta(hours=hours)
        frontier.record_links(db, [link(n, guid=guid) for n in range(20)], now=at, began=at)
    assert db.execute("select * from guids").fetchall() == []
    assert db.execute("select distinct guid from links").fetchall() == [(None,)]


def test_one_guid_for_all_is_contradicted_and_never_trusted(db: Database) -> None:
    for hours in range(30):
        at = NOW + timedelta(hours=hours)
        frontier.record_links(
            db, [link(n, guid="https://a.example/") for n in range(hours, hours + 20)], now=at, began=at
        )
    assert not guids.trusted(db, "a")
    assert all(found.same_as is None for _, found in frontier.waiting(db, "a", now=at, limit=-1))


def test_a_guid_given_to_another_item_of_another_day_is_a_contradiction(db: Database) -> None:
    day = Stamp(at=NOW.replace(hour=0), precision="day", basis="feed", day="2026-03-03")
    frontier.record_links(
        db, [link(1, guid="tag:a.example,2026:1", title="Title 1", published=STAMP)], now=NOW, began=NOW
    )
    trust(db)
    found = frontier.record_links(db, [edited(1, title="Another matter", published=day)], now=NOW, began=NOW)
    assert found.known == 0
    assert db.execute("select contradicted from guids").fetchone()[0] == 1
    assert frontier.link_of(db, "a.example/1001").same_as is None  # type: ignore[union-attr]


@pytest.mark.parametrize(("outcome", "times"), [(Outcome.REFUSED, frontier.TRIES), (Outcome.ROBOTS, 20)])
def test_what_was_refused_is_asked_another_day(outcome: Outcome, times: int, db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    now, waits = NOW, []
    for _ in range(times):
        assert [key for key, _ in frontier.waiting(db, "a", now=now, limit=9)] == ["a.example/1"]
        assert frontier.count_waiting(db, "a", now=now, limit=9) == 1
        frontier.settle_link(db, "a.example/1", outcome, now=now)
        state, at = db.execute("select state, next_try_at from links").fetchone()
        assert state == outcome
        if at:
            waits.append((datetime.fromisoformat(at) - now).days)
            assert frontier.waiting(db, "a", now=now, limit=9) == []
            now = datetime.fromisoformat(at)
    assert waits[:5] == [1, 2, 4, 7, 7]
    assert (at is None) == (outcome is Outcome.REFUSED)


def test_refused_links_keep_nobody_from_what_is_open(db: Database) -> None:
    frontier.record_links(db, [link(n) for n in range(200)], now=NOW, began=NOW)
    for n in range(195):
        frontier.settle_link(db, f"a.example/{n}", Outcome.REFUSED, now=NOW)
    later = NOW + timedelta(days=2)
    assert frontier.count_waiting(db, "a", now=later, limit=100) == 5 + 10
    assert {key for key, _ in frontier.waiting(db, "a", now=later, limit=5)} == {
        f"a.example/{n}" for n in range(195, 200)
    }


def test_a_page_that_is_gone_and_still_listed_a_day_later_is_asked_once_more(db: Database) -> None:
    frontier.record_links(db, [link(1)], now=NOW, began=NOW)
    frontier.settle_link(db, "a.example/1", Outcome.GONE, now=NOW)
    again = []
    for hours in (1, 25, 26, 99):
        at = NOW + timedelta(hours=hours)
        again.append(frontier.record_links(db, [link(1)], now=at, began=at).again)
        if frontier.waiting(db, "a", now=at, limit=9):
            frontier.settle_link(db, "a.example/1", Outcome.GONE, now=at)
    assert again == [(), ("a.example/1",), (), ()]
    assert db.execute("select state from links").fetchone()[0] == "gone"


def test_an_address_is_asked_conditionally_until_a_place_says_something_new_of_it(db: Database) -> None:
    full = Validators(etag='"1"', last_modified="Mon", body_digest="d")
    only_digest = Validators(body_digest="d")

    def asked(hours: int, **more: object) -> Validators:
        at = NOW + timedelta(hours=hours)
        frontier.record_links(db, [link(1, **more)], now=at, began=at)
        return frontier.validators(db, "a", "a.example/1", now=at)

    assert asked(0, title="One", modified_at=NOW - timedelta(hours=1)) == Validators()
    frontier.remember_answer(db, "a.example/1", full, NOW)
    assert asked(1, title="One") == full
    assert asked(2, title="Two") == only_digest
    frontier.remember_answer(db, "a.example/1", full, NOW + timedelta(hours=3))
    assert asked(4, title="One") == full  # two places, each with a title of its own
    assert asked(5, title="Two") == full
    assert asked(6, title="Two", modified_at=NOW + timedelta(hours=5)) == only_digest
    frontier.remember_answer(db, "a.example/1", full, NOW + timedelta(hours=7))
    assert asked(8, modified_at=NOW) == full
    known = frontier.link_of(db, "a.example/1")
    assert known
    assert (known.title, known.modified_at) == ("One", NOW + timedelta(hours=5))
    feeds.distrust(db, "a", url="https://a.example/feed", why="…", now=NOW)
    assert asked(9) == only_digest
    assert asked(24 * 31) == full


def test_a_link_costs_as_many_statements_in_a_long_list_as_in_a_short_one(db: Database) -> None:
    """A feed of ten thousand is recorded in less than a second; statements are what can be counted on any machine."""
    statements: list[str] = []
    db.conn.set_trace_callback(statements.append)
    for hours in range(2):  # new, and known
        counts = []
        for count in (100, 1000):
            listed = feed_items(count, published=STAMP, authors=("Ayşe",))
            at = NOW + timedelta(hours=hours)
            statements.clear()
            with db.atomic():
                frontier.record_links(db, listed, now=at, began=at)
            counts.append(len(statements) / count)
        assert counts[1] <= 1.2 * counts[0]
        assert counts[1] < 20
