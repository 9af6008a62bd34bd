"""What passes make known of outlets over weeks, with an archive: fields that go, canaries, usual days, what `status` shows."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.config import Config
from scheduler.judging import Judge
from scheduler.settings import Notify
from scheduler.status import Missing, statuses
from scheduler.tally import Tally
from scheduler.volume import Usual
from storage import archive, coverage
from storage.archive import Database
from storage.coverage import FetchRow
from storage.records import Outcome, Outlet, utc_text

START = datetime(2026, 2, 2, 8, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
OUTLET = Outlet(id="hurriyet", name="Hürriyet", url="https://hurriyet.example/")
CONFIG = Config(path=Path("config.toml"), toml="", outlets=(OUTLET,), notify=Notify(command="true"))


class Weeks:
    """An outlet over time: ten articles a day, an hour apart from eight in the morning on, a poll with each."""

    def __init__(self) -> None:
        self.db: Database = archive.open_memory()
        archive.sync_outlets(self.db, [OUTLET], {OUTLET.id: [("hurriyet.example", "/")]})
        self.run = archive.start_run(self.db, "collect", now=START)
        self.days = 0

    def live(
        self, days: int, *, authors: str = '["A. Yazar"]', outcome: Outcome = Outcome.NEW, section: str = "world"
    ) -> None:
        for _ in range(days):
            for hour in range(10):
                self._poll(START + timedelta(days=self.days, hours=hour), authors, outcome, section)
            self.days += 1

    def _poll(self, now: datetime, authors: str, outcome: Outcome, section: str) -> None:
        tally = Tally()
        tally.counts["polls"] = 1
        tally.count(outcome, on_topic=False)
        row = FetchRow(
            outlet=OUTLET.id, url="", at=now, kind="article", outcome=outcome, status=200, ms=1, size_bytes=1
        )
        with self.db.atomic():
            coverage.record_fetch(self.db, row, run=self.run)
            coverage.add_coverage(self.db, OUTLET.id, tally.day(), now=now)
            if outcome is Outcome.NEW:
                self._store(now, authors, section)
            Judge(db=self.db, config=CONFIG, run=self.run, now=now).judge(OUTLET.id, tally)

    def _store(self, now: datetime, authors: str, section: str) -> None:
        at = utc_text(now)
        self.db.execute(
            "insert into articles (id, key, outlet, url, url_key, requested_url, title, authors, published_at, first_seen_at,"
            " checked_at, found_by, section, text_status, word_count, text_digest, extractor, run)"
            " values (?, ?, ?, '', ?, '', 'Başlık', ?, ?, ?, ?, 'live', ?, 'full', 300, '', '', ?)",
            [int(now.timestamp()) * 1000, at, OUTLET.id, at, authors, at, at, at, section, self.run],
        )

    def told(self) -> Iterator[tuple[str, str, str]]:
        for (body,) in self.db.execute("select body from notices order by id").fetchall():
            said = json.loads(body)
            yield said["at"][:10], said["about"], said["words"]


@pytest.fixture
def weeks() -> Weeks:
    weeks = Weeks()
    weeks.live(29)
    return weeks


def test_a_layout_that_loses_its_authors_is_told_by_day_and_again_when_they_are_back(weeks: Weeks) -> None:
    weeks.live(4, authors="[]")
    [status] = statuses(weeks.db, now=START + timedelta(days=weeks.days))
    missing = Missing(field="authors", since="2026-03-03T08:00:00Z", words="no author since 3 March")
    assert (status.missing, status.attention) == ([missing], ["no author since 3 March"])
    weeks.live(3)
    assert list(weeks.told()) == [
        ("2026-03-04", "authors", "Hürriyet: no author since 3 March"),
        ("2026-03-07", "authors", "Hürriyet: authors are there again"),
    ]
    assert statuses(weeks.db, now=START + timedelta(days=weeks.days))[0].attention == []


def test_pages_that_cannot_be_read_make_an_outlet_failing_until_they_can_again(weeks: Weeks) -> None:
    weeks.live(25, outcome=Outcome.NO_TEXT)
    assert statuses(weeks.db, now=START + timedelta(days=weeks.days))[0].attention == [
        "failing, its pages cannot be read since 3 March"
    ]
    weeks.live(3)
    assert list(weeks.told()) == [
        ("2026-03-03", "state", "Hürriyet: failing: its pages cannot be read since 3 March"),
        ("2026-03-28", "state", "Hürriyet: recovered, was failing"),
    ]


def test_weeks_as_usual_are_told_nobody(weeks: Weeks) -> None:
    assert list(weeks.told()) == []
    [status] = statuses(weeks.db, now=START + timedelta(days=29, hours=1))
    assert status.weekdays == {
        name: Usual(articles=10.0, spread=0.0, days=5 if name == "mon" else 4)
        for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    }
    assert (status.row.state, status.today, status.newest_lacks) == ("ok", 0, [])


def test_once_a_day_the_newest_article_is_looked_at_and_what_it_lacks_is_named(weeks: Weeks) -> None:
    weeks.live(1, authors="[]", section="")
    assert statuses(weeks.db, now=START + timedelta(days=30))[0].newest_lacks == ["authors", "section"]
    canaries = weeks.db.execute("select at, missing from canaries").fetchall()
    assert canaries == [("2026-03-03T08:00:00Z", '["authors", "section"]')]
