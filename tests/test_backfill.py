"""`cuttings backfill` of WARC files: the same articles as a pass makes of the same bytes, each once, whatever happens."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from news_pages import article
from news_site import NewsSite
from whole_way import one_pass, publish, rows, write_config

from crawler.gleaners import Gleaners, Job
from scheduler.backfill import Backfilled, backfill
from scheduler.config import load

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
LATER = datetime(2026, 11, 26, tzinfo=UTC)
LINES = (
    "Officials in Ankara said on Monday that the paper on harbour dues had been sent to NATO planners in Brussels.",
    "It has forty pages and asks for a budget that two of the members have refused so far.",
    "The harbour of Izmir would get a third of it, said a person who has read the paper.",
)
# Not `checked_at`: a look that brought nothing new is a revisit record, which has no bytes to read
ARTICLES = (
    "select key, outlet, url, url_key, requested_url, canonical_url, og_url, title, authors, published_at, published_offset,"
    " published_precision, published_basis, published_day, modified_at, first_seen_at, gone_at, language,"
    " language_declared, language_confidence, section, text_status, genre, word_count, text_digest, extractor, id, story"
    " from articles order by key"
)
SAME = {
    "articles": ARTICLES,
    "texts": "select * from texts order by article",
    "tags": "select article, topic, score, hits, topic_version from article_topics order by article, topic",
    "evidence": "select article, topic, field, from_char, to_char, words, term from evidence order by 1, 2, 3, 4",
    "credits": "select article, name, outlet, url, role, kind, words, rule, confidence, stated_title, stated_at from credits"
    " order by article, name, rule, words",
    "stories": "select id, title, origin, origin_outlet, origin_name, origin_basis, origin_confidence, contested,"
    " article_count, outlet_count, first_published_at, last_published_at, method_version from stories order by id",
    "reprints": "select article, source, source_story, source_outlet, source_name, main, kind, containment, taken,"
    " similarity, credit_status, credited, headline_changed, facts_changed, lag_s, spans from reprints order by 1, 2, 5",
    "versions": "select article, seen_at, title, text, text_digest, change from versions order by article, seen_at, rowid",
    "captures": "select url, fetched_at, status, content_type, byte_offset, byte_length, digest, article from captures"
    " order by url, fetched_at",
}


@contextmanager
def processes(job: Job) -> Iterator[Gleaners]:
    """One process, so that tests share the cores."""
    with Gleaners(job, workers=1) as gleaners:
        yield gleaners


def whole(folder: Path) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Return all of an archive that is not about how it came there."""
    return {name: rows(folder, sql) for name, sql in SAME.items()}


def other_archive(config: Path, folder: Path, *, changed: Mapping[str, str] | None = None) -> Path:
    """Write the same configuration for a new archive."""
    folder.mkdir()
    text = config.read_text(encoding="utf-8")
    for old, new in (changed or {}).items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def warcs(folder: Path) -> list[str]:
    return [path.resolve().as_uri() for path in sorted(folder.rglob("*.warc.gz"))]


def run(config: Path, addresses: Sequence[str], **more: object) -> Backfilled:
    return backfill(load(config), addresses, hands=processes, clock=lambda: LATER, **more)  # type: ignore[arg-type]


@pytest.fixture
def collected(news_site: NewsSite, tmp_path: Path) -> Path:
    """Two outlets of which one reprints the other, collected twice with an edit in between; all captures kept."""
    live = tmp_path / "live"
    live.mkdir()
    pages = {
        "/wire/dues": article("Ankara and NATO quarrel over dues", LINES, published="2026-11-01T10:00:00+03:00"),
        "/copy/dues": article(
            "A quarrel over dues", [*LINES, "Source: The Wire"], published="2026-11-01T12:00:00+03:00"
        ),
        "/copy/ferry": article(
            "Ferry fares rise", ["A ferry ticket costs three lira more from Monday on, the company said."] * 1
        ),
    }
    publish(news_site, pages)
    outlets = [
        {"id": "wire", "name": "The Wire", "url": news_site.url("/wire/"), "feeds": [news_site.url("/feed")]},
        {"id": "copy", "name": "The Copy", "url": news_site.url("/copy/")},
    ]
    config = write_config(live, outlets, crawl='recheck_hours = [1]\n[archive]\nkeep_captures = "all"')
    one_pass(config, now=NOW)
    news_site.change_page(
        "/wire/dues", article("Ankara and NATO agree on dues", [*LINES, "They agreed at night, after eleven hours of talks in Brussels."],
                              published="2026-11-01T10:00:00+03:00"))  # fmt: skip
    one_pass(config, now=NOW + timedelta(hours=3))
    assert rows(live, "select count(*) as n from versions") == [{"n": 4}]
    return config


def test_a_backfill_of_captures_gives_the_archive_they_came_from(collected: Path, tmp_path: Path) -> None:
    new = other_archive(collected, tmp_path / "new")
    done = run(new, warcs(collected.parent))
    assert (done.exit_code, done.counts["new"], done.counts["version"]) == (0, 3, 1)
    assert whole(new.parent) == whole(collected.parent)
    assert rows(new.parent, "select distinct found_by from articles") == [{"found_by": "warc"}]
    assert rows(new.parent, "select count(*) as n from coverage") == [{"n": 0}]
    assert rows(new.parent, "select count(*) as n from fetches") == [{"n": 0}]
    with closing(sqlite3.connect(new.parent / "archive" / "cuttings.db")) as db:
        assert {warc for (warc,) in db.execute("select warc from captures")} == set(warcs(collected.parent))
