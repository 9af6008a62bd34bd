"""Answers kept over a large archive: when they are made anew, and when a reader waits."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from archive_fixture import make_archive
from datasette.database import QueryInterrupted
from sqlite_utils import Database
from test_site import SITE

from storage.site import database, kept
from storage.site.app import build
from storage.site.kept import Kept


class Question:
    """Counts how often it is answered; costs what it is told to."""

    def __init__(self, cost_s: float) -> None:
        self.cost_s = cost_s
        self.limits: list[int | None] = []
        self.too_slow = False

    async def __call__(self, limit_ms: int | None) -> tuple[int, float]:
        self.limits.append(limit_ms)
        if self.too_slow and limit_ms is None:
            raise QueryInterrupted(sqlite3.OperationalError("interrupted"), "", None)
        return len(self.limits), self.cost_s


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def answers(tmp_path: Path, clock: Clock) -> Kept:
    (tmp_path / "a.db").write_bytes(b"")
    return Kept(tmp_path / "a.db", now=clock)


def change(answers: Kept) -> None:
    """Write to the archive."""
    with answers._files[0].open("ab") as file:
        file.write(b"x")


def test_a_cheap_answer_is_made_each_time(answers: Kept) -> None:
    async def scenario() -> list[int]:
        question = Question(kept.KEEP_FROM_S / 2)
        return [await answers.ask("q", question) for _ in range(2)]

    assert asyncio.run(scenario()) == [1, 2]


def test_a_dear_answer_is_kept_while_the_archive_stands_still(answers: Kept, clock: Clock) -> None:
    async def scenario() -> list[int]:
        question, shown = Question(1), []
        for seconds in (0, 10_000):
            clock.seconds += seconds
            shown.append(await answers.ask("q", question))
        return shown

    assert asyncio.run(scenario()) == [1, 1]


def test_another_reader_is_no_change(tmp_path: Path) -> None:
    async def scenario(archive: Path) -> list[int]:
        answers, question = Kept(archive), Question(1)
        shown = [await answers.ask("q", question)]
        with closing(sqlite3.connect(archive.as_uri() + "?mode=ro", uri=True)) as reader:
            reader.execute("select count(*) from articles").fetchone()
            assert archive.with_name("a.db-wal").stat().st_size == 0  # the reader made it
            shown.append(await answers.ask("q", question))
        return [*shown, await answers.ask("q", question)]

    archive = make_archive(tmp_path / "a.db")
    with closing(sqlite3.connect(archive)) as db:
        db.execute("pragma journal_mode = wal")
    assert not archive.with_name("a.db-wal").exists()
    assert asyncio.run(scenario(archive)) == [1, 1, 1]


def test_after_a_change_it_serves_for_a_multiple_of_its_cost_then_is_made_anew_beside(
    answers: Kept, clock: Clock
) -> None:
    async def scenario() -> list[int]:
        question, shown = Question(1), []
        shown.append(await answers.ask("q", question))
        change(answers)
        for seconds in (kept.AGE_FOR_COST - 1, 2, 0):
            clock.seconds += seconds
            shown.append(await answers.ask("q", question))
            await answers.settle()
        assert question.limits == [None, kept.SLOW_LIMIT_MS]
        return shown

    assert asyncio.run(scenario()) == [1, 1, 1, 2]


def test_an_old_answer_is_not_shown_as_today(answers: Kept, clock: Clock) -> None:
    async def scenario() -> list[int]:
        question = Question(10_000)
        first = await answers.ask("q", question)
        change(answers)
        clock.seconds += kept.OLDEST_S + 1
        return [first, await answers.ask("q", question)]

    assert asyncio.run(scenario()) == [1, 2]


def test_what_takes_too_long_is_refused_once_and_there_the_next_time(answers: Kept) -> None:
    async def scenario() -> int:
        question = Question(5)
        question.too_slow = True
        with pytest.raises(QueryInterrupted):
            await answers.ask("q", question)
        await answers.settle()
        shown: int = await answers.ask("q", question)
        return shown

    assert asyncio.run(scenario()) == 2


def test_while_it_is_made_readers_wait_a_moment_and_do_not_make_it_too(
    answers: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> int:
        done = asyncio.Event()

        class Slow(Question):
            async def __call__(self, limit_ms: int | None) -> tuple[int, float]:
                if limit_ms is not None:
                    await done.wait()
                return await super().__call__(limit_ms)

        question = Slow(5)
        question.too_slow = True
        monkeypatch.setattr(kept, "PATIENCE_S", 0)
        for _ in range(3):
            with pytest.raises(QueryInterrupted):
                await answers.ask("q", question)
        assert question.limits == [None]
        monkeypatch.setattr(kept, "PATIENCE_S", 60)
        waiting = asyncio.create_task(answers.ask("q", question))
        done.set()
        shown: int = await waiting
        return shown

    assert asyncio.run(scenario()) == 2


def test_a_question_is_made_anew_once_however_many_ask(answers: Kept, clock: Clock) -> None:
    async def scenario() -> int:
        question = Question(1)
        await answers.ask("q", question)
        change(answers)
        clock.seconds += kept.AGE_FOR_COST + 1
        await asyncio.gather(*(answers.ask("q", question) for _ in range(9)))
        await answers.settle()
        return len(question.limits)

    assert asyncio.run(scenario()) == 2


def test_pages_with_other_arguments_are_other_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEEP_FROM_S", 0)  # all are dear
    site = build(make_archive(tmp_path / "cuttings.db"), SITE)
    paths = ["/search?q=nato", "/search?q=nato&outlet=kuzey", "/flow", "/flow?topic=turkey-nato", "/topic/turkey-nato",
             "/topic/russian-weapons", "/cuttings/articles?_facet=section", "/cuttings/articles?outlet=kuzey"]  # fmt: skip

    async def texts() -> list[str]:
        return [(await site.client.get(path)).text for path in paths]

    first, again = asyncio.run(texts()), asyncio.run(texts())
    assert len(set(first)) == len(paths)
    assert [text.partition("<footer")[0] for text in first] == [text.partition("<footer")[0] for text in again]


@pytest.mark.parametrize(
    ("path", "times"),
    [
        ("/cuttings/reprint_flow", 1),
        ("/cuttings/reprint_flow.json?_shape=objects", 1),
        ("/cuttings/reprint_flow?_size=100", 2),
        ("/cuttings?sql=select+*+from+reprint_flow+limit+31", 2),
    ],
)
def test_the_rows_a_view_begins_with_are_kept_but_not_what_readers_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, times: int
) -> None:
    monkeypatch.setattr(kept, "KEEP_FROM_S", 0)
    site = build(make_archive(tmp_path / "cuttings.db"), SITE)
    asked = []
    monkeypatch.setattr(database, "_fetch", lambda cursor, most: asked.append(most) or cursor.fetchall())

    async def scenario() -> None:
        for _ in range(2):
            assert (await site.client.get(path)).status_code == 200

    asyncio.run(scenario())
    assert len(asked) == times


def test_kept_answers_of_pages_follow_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEEP_FROM_S", 0)
    monkeypatch.setattr(kept, "AGE_FOR_COST", 0)
    path = make_archive(tmp_path / "cuttings.db")
    site = build(path, SITE)

    async def scenario() -> list[bool]:
        said = ["Renamed topic" in (await site.client.get("/")).text]
        db = Database(path)
        with db.conn:
            db.conn.execute("update topics set name = 'Renamed topic' where id = 'turkey-nato'")
        db.close()
        for _ in range(2):
            said.append("Renamed topic" in (await site.client.get("/")).text)
            await site.get_database("cuttings").settle()
        return said

    assert asyncio.run(scenario()) == [False, False, True]
