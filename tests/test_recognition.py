"""Which article a page is, where address, redirect, canonical and GUID say different things."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlite_utils import Database

from crawler.outlets import Directory, prefixes
from crawler.urls import url_key
from scheduler.recognition import Recognition
from storage import archive
from storage.articles import Provenance, save_article
from storage.identity import Identity
from storage.records import Article, Link, Outcome, Outlet

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OUTLETS = [
    Outlet(id="a", name="A", url="https://a.example/"),
    Outlet(id="b", name="B", url="https://b.example/"),
]
TEXT = "Ankara wrote to NATO on Monday.\n\nNobody answered before the evening, officials said in the capital."
OLD, NEW = "https://a.example/old-slug", "https://a.example/new-slug"
ARTICLE = Article(url=OLD, requested_url=OLD, outlet="a", title="A letter", text=TEXT)
LINK = Link(url=NEW, outlet="a", found_in="https://a.example/feed", guid="tag:5", same_as=url_key(OLD))


@pytest.fixture
def db() -> Iterator[Database]:
    db = archive.open_memory()
    archive.sync_outlets(db, OUTLETS, {outlet.id: prefixes(outlet) for outlet in OUTLETS})
    archive.start_run(db, "collect", now=NOW)
    save(db, ARTICLE, Identity(url_key=url_key(OLD), key="k"))
    yield db
    db.close()


def save(db: Database, article: Article, identity: Identity) -> Outcome:
    provenance = Provenance(extractor="x", found_by="live", run=1, at=NOW)
    return save_article(db, article, identity, provenance, keep_all=True).outcome


def recognised(db: Database, article: Article, link: Link | None = None, known: int | None = None) -> Identity:
    return Recognition(db, Directory(OUTLETS)).of(article, link, known)


def contradictions(db: Database) -> int:
    return int(db.execute("select coalesce(sum(contradicted), 0) from guids").fetchone()[0])


def test_a_trusted_guid_and_the_text_make_a_new_address_the_same_article(db: Database) -> None:
    moved = replace(ARTICLE, url=NEW, text=TEXT + "\n\nAn answer came at night.")
    identity = recognised(db, moved, LINK)
    assert identity == Identity(url_key=url_key(OLD), key="k", moved=True, also=(url_key(NEW), url_key(OLD)))
    assert save(db, moved, identity) is Outcome.VERSION
    assert db.execute("select url, url_key from articles").fetchall() == [(NEW, url_key(OLD))]
    assert recognised(db, moved).url_key == url_key(OLD), "the present address finds it without the feed"
    assert contradictions(db) == 0


def test_another_text_under_the_guid_is_another_article_and_counts_against_the_guids(db: Database) -> None:
    other = replace(ARTICLE, url=NEW, text="Ships lay idle. Gulls quarrelled over chips behind the café all winter.")
    assert recognised(db, other, LINK).url_key == url_key(NEW)
    assert contradictions(db) == 1


def test_an_article_that_moved_to_another_outlet_or_to_anothers_address_is_not_that_one(db: Database) -> None:
    (id_,) = db.execute("select id from articles").fetchone()
    assert recognised(db, replace(ARTICLE, url=NEW), known=id_) == Identity(
        url_key=url_key(OLD), key="k", moved=True, also=(url_key(NEW), url_key(OLD))
    )
    abroad = replace(ARTICLE, url="https://b.example/1", outlet="b")
    assert recognised(db, abroad, known=id_).url_key == url_key(abroad.url)
    save(db, replace(ARTICLE, url=NEW), Identity(url_key=url_key(NEW), key="k2"))
    assert recognised(db, replace(ARTICLE, url=NEW), known=id_).url_key == url_key(NEW)
