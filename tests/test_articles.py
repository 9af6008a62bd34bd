"""Saving articles: all or nothing, twice adds nothing, what changed is a version."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from storage import archive
from storage.articles import CaptureRow, Provenance, Saved, save_article
from storage.identity import Identity
from storage.records import Article, Credit, Evidence, Outcome, Outlet, Stamp, Tag, Topic
from storage.versions import record_check

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = "Ankara wrote to NATO on Monday.\n\nNobody answered before the evening, officials said."
TAG = Tag(
    topic="t", topic_version="v1", score=0.5, hits=1,
    evidence=(Evidence(field="text", from_char=16, to_char=20, words="NATO", term="NATO"),),
)  # fmt: skip
CREDIT = Credit(
    name="TASS",
    outlet=None,
    role="republication",
    kind="credit_line",
    words="Source: TASS",
    rule="source",
    confidence=0.9,
)
ARTICLE = Article(
    url="https://a.example/1",
    requested_url="https://a.example/1",
    outlet="a",
    title="A letter",
    authors=("Ayşe Y",),
    published=Stamp(at=NOW - timedelta(hours=3), offset="+03:00", precision="second", basis="jsonld", day="2026-03-02"),
    language="en",
    text=TEXT,
    credits=(CREDIT,),
    tags=(TAG,),
)
COUNTED = (
    "articles",
    "texts",
    "versions",
    "article_topics",
    "evidence",
    "credits",
    "captures",
    "stories",
    "articles_fts",
)


@pytest.fixture
def db() -> Iterator[Database]:
    db = archive.open_memory()
    outlet = Outlet(id="a", name="A", url="https://a.example/")
    archive.sync_outlets(db, [outlet], {"a": [("a.example", "/")]})
    archive.sync_topics(db, [Topic(id="t", name="T", queries={"any": "NATO"})], {"t": "v1"}, now=NOW)
    archive.start_run(db, "collect", now=NOW)
    yield db
    db.close()


def save(
    db: Database, article: Article = ARTICLE, *, now: datetime = NOW, keep_all: bool = True, capture: bool = True
) -> Saved:
    key = article.url.removeprefix("https://")
    row = CaptureRow(
        url=article.url,
        fetched_at=now,
        status=200,
        content_type="text/html",
        warc="w",
        byte_offset=0,
        byte_length=1,
        digest="sha1:x",
    )
    return save_article(
        db,
        article,
        Identity(url_key=key, key=f"k-{key}"),
        Provenance(extractor="test", found_by="live", run=1, at=now),
        keep_all=keep_all,
        captures=(lambda: [row]) if capture else None,
    )


def count(db: Database) -> dict[str, int]:
    return {table: db.execute(f"select count(*) from {table}").fetchone()[0] for table in COUNTED}


def test_a_new_article_is_one_row_everywhere(db: Database) -> None:
    saved = save(db)
    assert saved.outcome is Outcome.NEW
    assert count(db) == dict.fromkeys(COUNTED, 1)
    (row,) = db.query("select * from articles")
    assert row["published_at"] == "2026-03-02T09:00:00Z"
    assert (row["published_offset"], row["published_day"]) == ("+03:00", "2026-03-02")
    assert row["id"] == 1000 * int((NOW - timedelta(hours=3)).timestamp())
    assert (row["word_count"], row["story"]) == (13, row["id"])


def test_saving_twice_adds_nothing(db: Database) -> None:
    save(db)
    before = count(db)
    assert save(db, now=NOW + timedelta(hours=1)).outcome is Outcome.UNCHANGED
    assert count(db) == before


@pytest.mark.parametrize(
    ("changes", "change"),
    [
        ({"title": "A second letter"}, "title"),
        ({"text": TEXT + "\n\nMore."}, "text"),
        ({"title": "B", "text": "B."}, "both"),
    ],
    ids=["title", "text", "both"],
)
def test_an_edit_is_a_version(changes: dict[str, str], change: str, db: Database) -> None:
    first = save(db)
    later = save(db, replace(ARTICLE, **changes), now=NOW + timedelta(hours=1))
    assert (later.outcome, later.article) == (Outcome.VERSION, first.article)
    rows = list(db.query("select change, title, text from versions order by seen_at"))
    assert [row["change"] for row in rows] == ["first", change]
    assert (rows[0]["title"], rows[0]["text"]) == (ARTICLE.title, TEXT)
    assert db.execute("select text from texts").fetchone()[0] == changes.get("text", TEXT)


def test_an_edit_does_not_move_the_time_first_stated(db: Database) -> None:
    save(db)
    moved = Stamp(at=NOW, offset="+03:00", precision="second", basis="jsonld", day="2026-03-02")
    save(db, replace(ARTICLE, text="Other words.", published=moved), now=NOW + timedelta(hours=1))
    assert db.execute("select published_at from articles").fetchone()[0] == "2026-03-02T09:00:00Z"


def test_two_articles_of_one_second_have_ids_of_their_own(db: Database) -> None:
    ids = [save(db, replace(ARTICLE, url=f"https://a.example/{n}")).article for n in range(3)]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]  # type: ignore[operator]


def test_what_is_off_topic_is_not_stored_where_only_matches_are_kept(db: Database) -> None:
    saved = save(db, replace(ARTICLE, tags=()), keep_all=False)
    assert saved == Saved(outcome=Outcome.OFF_TOPIC, article=None)
    assert count(db) == dict.fromkeys(COUNTED, 0)


def test_a_tombstone_holds(db: Database) -> None:
    db.execute(
        "insert into tombstones (url_key, key, removed_at, reason) values ('a.example/1', 'k', '2026-01-01T00:00:00Z', 'asked')"
    )
    assert save(db).outcome is Outcome.FORGOTTEN
    assert count(db) == dict.fromkeys(COUNTED, 0)


def test_a_failure_in_the_middle_leaves_nothing(db: Database) -> None:
    wrong = replace(TAG, topic="no such topic")
    with pytest.raises(Exception, match="FOREIGN KEY"):
        save(db, replace(ARTICLE, tags=(wrong,)))
    assert count(db) == dict.fromkeys(COUNTED, 0)


def test_gone_and_back_are_versions_once(db: Database) -> None:
    saved = save(db)
    assert saved.article
    for hours, state in enumerate(("alive", "gone", "gone", "refused", "alive", "alive"), 1):
        record_check(db, saved.article, state=state, status=None, reason="", run=1, now=NOW + timedelta(hours=hours))
    assert [row["change"] for row in db.query("select change from versions order by seen_at")] == [
        "first",
        "gone",
        "back",
    ]
    assert [row["state"] for row in db.query("select state from checks order by at")] == [
        "alive",
        "gone",
        "gone",
        "refused",
        "alive",
        "alive",
    ]
    assert db.execute("select gone_at from articles").fetchone()[0] is None


def test_search_finds_the_present_words_only(db: Database) -> None:
    save(db)
    save(db, replace(ARTICLE, text="Quiet harbour."), now=NOW + timedelta(hours=1))
    hits = [
        db.execute("select count(*) from articles_fts where articles_fts match ?", [word]).fetchone()[0]
        for word in ("evening", "harbour")
    ]
    assert hits == [0, 1]
