"""`cuttings backfill` of WARC files: the same articles as a pass makes of the same bytes, each once, whatever happens."""

import gzip
import os
import signal
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from backfill_fixture import (
    LATER,
    LINES,
    Here,
    capture,
    configured,
    foreign,
    here,
    one_process,
    pages,
    run,
    starts,
    warc,
    whole,
)
from news_pages import article
from news_site import NewsSite
from whole_way import one_pass, publish, rows, write_config

from crawler import gleaners
from crawler.gleaners import READING_DEATHS, Gleaners, Hands, Job
from crawler.gleaning import Gleaned, Stint
from scheduler.backfill import AHEAD, HELD, Progress, job_of
from scheduler.backfill_sample import sample
from scheduler.backfill_terminal import in_words
from scheduler.config import load
from scheduler.reextracting import reextract_archive
from storage.captures import payload_digest
from storage.verify import verify

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
COUNT = "select (select count(*) from articles) as articles, (select count(*) from versions) as versions,"
COUNTS = COUNT + " (select count(*) from checks) as checks, (select count(*) from captures) as captures"


LEDGER = "select sum(records) as records, sum(responses) as responses, sum(articles) as articles, sum(damaged) as damaged from backfills"


@pytest.fixture
def collected(news_site: NewsSite, tmp_path: Path) -> Path:
    """Two outlets of which one reprints the other, collected twice with an edit in between; all captures kept."""
    live = tmp_path / "live"
    live.mkdir()
    first = article("Ankara and NATO quarrel over dues", LINES, published="2026-11-01T10:00:00+03:00")
    publish(
        news_site,
        {
            "/wire/dues": first,
            "/copy/dues": article("A quarrel", [*LINES, "Source: The Wire"], published="2026-11-01T12:00:00+03:00"),
            "/copy/ferry": article("Ferry fares rise", ["A ferry ticket costs three lira more from Monday on."]),
        },
    )
    outlets = [
        {"id": "wire", "name": "The Wire", "url": news_site.url("/wire/"), "feeds": [news_site.url("/feed")]},
        {"id": "copy", "name": "The Copy", "url": news_site.url("/copy/")},
    ]
    config = write_config(live, outlets, crawl='recheck_hours = [1]\n[archive]\nkeep_captures = "all"')
    one_pass(config, now=NOW)
    more = [*LINES, "They agreed at night, after eleven hours of talks in Brussels."]
    news_site.change_page(
        "/wire/dues", article("Ankara and NATO agree on dues", more, published="2026-11-01T10:00:00+03:00")
    )
    one_pass(config, now=NOW + timedelta(hours=3))
    assert rows(live, "select count(*) as n from versions") == [{"n": 4}]
    return config


def test_a_backfill_of_captures_gives_the_archive_they_came_from(collected: Path, tmp_path: Path) -> None:
    new = tmp_path / "new" / "config.toml"
    new.parent.mkdir()
    new.write_text(collected.read_text(encoding="utf-8"), encoding="utf-8")
    addresses = [path.as_uri() for path in sorted(collected.parent.rglob("*.warc.gz"))]
    done = run(new, addresses)
    assert (done.exit_code, done.counts["new"], done.counts["version"]) == (0, 3, 1)
    assert whole(new.parent) == whole(collected.parent)
    assert rows(new.parent, "select distinct found_by from articles") == [{"found_by": "warc"}]
    assert rows(new.parent, "select count(*) as n from coverage") == [{"n": 0}]
    assert rows(new.parent, "select count(*) as n from fetches") == [{"n": 0}]
    assert {row["warc"] for row in rows(new.parent, "select warc from captures")} == set(addresses)
    assert verify(load(new).archive).problems == ()


def test_captures_backfilled_into_their_own_archive_add_nothing(collected: Path) -> None:
    before = rows(collected.parent, COUNTS)
    done = run(collected, [path.as_uri() for path in sorted(collected.parent.rglob("*.warc.gz"))])
    assert (done.counts["new"], done.counts["version"]) == (0, 0)
    assert rows(collected.parent, COUNTS) == before


@pytest.mark.parametrize("before", [False, True], ids=["as others write them", "as we do"])
def test_a_file_cut_anywhere_gives_each_answer_once(tmp_path: Path, before: bool) -> None:
    address = warc(tmp_path / "x.warc.gz", pages(12), before=before)
    run(configured(tmp_path / "one"), [address])
    for size in (100, 900, 2500):
        folder = tmp_path / f"cut-{size}"
        done = run(configured(folder), [address], stretch_bytes=size)
        assert (done.counts["responses"], done.counts["new"]) == (12, 12)
        assert whole(folder) == whole(tmp_path / "one")
        assert rows(folder, LEDGER) == rows(tmp_path / "one", LEDGER)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
def test_a_worker_killed_midway_changes_nothing(tmp_path: Path) -> None:
    address = warc(tmp_path / "x.warc.gz", pages(12))
    run(configured(tmp_path / "undisturbed"), [address])
    killed = []

    @contextmanager
    def murdered(job: Job) -> Iterator[Hands]:
        with Gleaners(job, workers=1) as workers:

            class Killing:
                count = 1

                async def do(self, stint: Stint) -> object:
                    if len(killed) < 2:
                        killed.extend(workers.pids())
                        for pid in workers.pids():
                            os.kill(pid, signal.SIGKILL)
                    return await workers.do(stint)

            yield Killing()  # type: ignore[misc]

    run(configured(tmp_path / "murdered"), [address], hands=murdered, stretch_bytes=2500)
    assert killed
    assert whole(tmp_path / "murdered") == whole(tmp_path / "undisturbed")


def test_workers_that_are_killed_before_they_read_are_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, start = READING_DEATHS - 1, gleaners._Worker._start

    def murdered(worker: gleaners._Worker) -> Connection:
        nonlocal left
        pipe = start(worker)
        if left and worker.pid:
            left -= 1
            os.kill(worker.pid, signal.SIGKILL)
        return pipe

    monkeypatch.setattr(gleaners._Worker, "_start", murdered)
    address = warc(tmp_path / "x.warc.gz", pages(3))
    done = run(configured(tmp_path / "a"), [address], hands=one_process)
    assert (left, done.counts["new"], done.counts["failed"]) == (0, 3, 0)


def test_what_is_read_waits_until_what_came_before_is_saved(tmp_path: Path) -> None:
    made, kept, waiting = 0, 0, []

    class Quick(Here):
        async def do(self, stint: Stint) -> Gleaned:
            nonlocal made
            result = await super().do(replace(stint, most=1))
            made += len(result.pages)
            waiting.append(made - kept)
            return result

    @contextmanager
    def quick(job: Job) -> Iterator[Hands]:
        yield Quick(job)

    def show(progress: Progress) -> None:
        nonlocal kept
        kept = progress.kept

    addresses = [warc(tmp_path / f"{n}.warc.gz", pages(20, first=20 * n)) for n in range(4)]
    assert run(configured(tmp_path / "a"), addresses, hands=quick, show=show).counts["new"] == 80
    assert max(waiting) <= (Here.count + AHEAD) * (HELD + 1) + 1, "of one page each"


def test_an_answer_that_takes_too_long_is_a_parse_error_and_the_rest_is_read(tmp_path: Path) -> None:
    address = warc(tmp_path / "x.warc.gz", pages(2))

    @contextmanager
    def hasty(job: Job) -> Iterator[Hands]:
        with Gleaners(job, workers=1, limit_s=0.0) as gleaners:
            yield gleaners

    done = run(configured(tmp_path / "a"), [address], hands=hasty)
    assert (done.exit_code, done.counts["parse_error"], done.counts["responses"]) == (0, 2, 2)


def test_damaged_records_and_truncated_files_cost_themselves_only(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    address = warc(path, pages(5))
    raw, places = bytearray(path.read_bytes()), starts(path)
    middle = (places[2] + places[3]) // 2
    raw[middle : middle + 20] = b"\xff" * 20
    path.write_bytes(raw[:-30])
    done = run(configured(tmp_path / "a"), [address])
    assert (done.exit_code, done.counts["new"], done.counts["damaged"]) == (0, 3, 2)
    urls = [row["url"] for row in rows(tmp_path / "a", "select url from articles order by published_at, id")]
    assert sorted(urls) == [f"https://wire.example/letters/letter-{n}-from-the-harbour" for n in (0, 2, 3)]


def test_what_is_no_warc_or_not_there_is_named_and_tried_again(tmp_path: Path) -> None:
    config, path = configured(tmp_path / "a"), tmp_path / "x.warc.gz"
    (tmp_path / "text.warc").write_text("nothing of the kind\n" * 50)
    addresses = [path.resolve().as_uri(), (tmp_path / "text.warc").resolve().as_uri()]
    done = run(config, addresses)
    assert (done.exit_code, len(done.failed)) == (1, 2)
    assert "FileNotFoundError" in done.failed[0]
    assert rows(tmp_path / "a", "select state from backfills where source like '%x.warc.gz'") == [{"state": "failed"}]
    warc(path, pages(2))
    assert "no WARC records in it" in done.failed[1]
    assert (run(config, addresses).counts["new"], run(config, addresses[:1]).exit_code) == (2, 0)


def test_an_older_capture_that_comes_later_takes_its_place_in_the_past(tmp_path: Path) -> None:
    url = "https://wire.example/politics/dues-quarrel-of-ankara"
    new = capture(url, article("Ankara and NATO agree on dues", LINES), hours=48)
    old = capture(url, article("Ankara and NATO quarrel over dues", LINES), hours=1)
    between = capture(url, article("Ankara and NATO agree on dues", LINES), hours=30)
    captures = [warc(tmp_path / f"{n}.warc.gz", [each]) for n, each in enumerate((new, old, between))]
    config = configured(tmp_path / "a")
    run(config, captures)
    assert rows(tmp_path / "a", "select title, first_seen_at, checked_at from articles") == [
        {"title": "Ankara and NATO agree on dues", "first_seen_at": "2018-03-01T10:00:00Z", "checked_at": "2018-03-03T09:00:00Z"}
    ]  # fmt: skip
    assert rows(tmp_path / "a", "select seen_at, change from versions order by seen_at") == [
        {"seen_at": "2018-03-01T10:00:00Z", "change": "first"},
        {"seen_at": "2018-03-02T15:00:00Z", "change": "title"},
    ]
    run(configured(tmp_path / "b"), [captures[n] for n in (1, 2, 0)])
    texts = "select title, text, seen_at, change from versions order by seen_at"
    assert rows(tmp_path / "a", texts) == rows(tmp_path / "b", texts)
    assert verify(load(config).archive).problems == ()


def test_of_other_peoples_files_only_articles_of_our_outlets_are_read(tmp_path: Path) -> None:
    page = article("Ankara and NATO quarrel over dues", LINES).encode()
    path = tmp_path / "x.warc.gz"
    path.write_bytes(
        b"".join(
            (
                foreign("https://www.wire.example/politics/dues-quarrel-of-ankara", body=page),
                foreign("https://elsewhere.example/politics/dues-quarrel", body=page),
                foreign("https://wire.example/", body=page),
                foreign("https://wire.example/politics", body=page),
                foreign("https://wire.example/old-news-of-2011", status="404 Not Found", body=page),
                foreign("https://wire.example/paper-of-2011.pdf", content_type="application/pdf", body=b"%PDF"),
            )
        )
    )
    config = configured(tmp_path / "a")
    done = run(config, [path.resolve().as_uri()])
    assert {name: done.counts[name] for name in ("responses", "wanted", "lists", "not_200", "new", "not_html")} == {
        "responses": 6, "wanted": 5, "lists": 2, "not_200": 1, "new": 1, "not_html": 1
    }  # fmt: skip
    assert rows(tmp_path / "a", "select outlet, first_seen_at, found_by from articles") == [
        {"outlet": "wire", "first_seen_at": "2018-03-01T09:00:00Z", "found_by": "warc"}
    ]
    (kept,) = rows(tmp_path / "a", "select byte_offset, byte_length, digest from captures where article is not null")
    assert (
        payload_digest(path, byte_offset=int(str(kept["byte_offset"])), byte_length=int(str(kept["byte_length"])))
        == kept["digest"]
    )


def test_with_matching_alone_a_later_look_off_topic_is_read_all_the_same(tmp_path: Path) -> None:
    url = "https://wire.example/politics/dues-quarrel-of-ankara"
    long = (
        "The ferry to the islands sails twice a day and costs three lira more from Monday on, the company said. " * 20
    )
    captures = [
        capture(url, article("Ankara and NATO quarrel over dues", [*LINES, long])),
        capture(url, article("Ferry fares rise", [long]), hours=5),
        capture("https://wire.example/politics/fares-of-ferries-rise", article("Ferry fares rise", [long])),
    ]
    config = configured(tmp_path / "a", archive='keep = "matching"')
    done = run(config, [warc(tmp_path / "x.warc.gz", captures)])
    assert (done.counts["new"], done.counts["version"], done.counts["off_topic"]) == (1, 1, 1)


def test_an_article_of_several_pages_is_one_article_with_the_text_of_all(tmp_path: Path) -> None:
    url = "https://wire.example/politics/dues-quarrel-of-ankara"
    more = '<div class="pagination"><a href="/politics/dues-quarrel-of-ankara?page=2" rel="next">2</a></div>'
    first = capture(url, article("Ankara and NATO quarrel over dues", LINES, after=more))
    second = capture(
        f"{url}?page=2",
        article("Ankara and NATO quarrel over dues", ["They agreed at night, after eleven hours of talks in Brussels."]),
        part_of=url, part=2,
    )  # fmt: skip
    address = warc(tmp_path / "x.warc.gz", [first, second], before=True)
    for size in (300, 10_000):
        config = configured(tmp_path / f"a{size}")
        done = run(config, [address], stretch_bytes=size)
        assert done.counts["new"] == 1
        assert rows(config.parent, "select text_status from articles") == [{"text_status": "full"}]
        assert "eleven hours" in str(rows(config.parent, "select text from texts")[0]["text"])
        assert rows(config.parent, "select count(*) as n from captures") == [{"n": 2}]


def test_a_page_that_is_forgotten_stays_so(tmp_path: Path) -> None:
    config = configured(tmp_path / "a")
    address = warc(tmp_path / "x.warc.gz", pages(2))
    run(config, [warc(tmp_path / "y.warc.gz", pages(1, first=9))])
    with closing(sqlite3.connect(tmp_path / "a" / "archive" / "cuttings.db")) as db, db:
        db.execute(
            "insert into tombstones (url_key, key, outlet, removed_at, reason, run) values ('wire.example/letters/letter-0-from-the-harbour', 'k', 'wire', ?, 'asked', 1)",
            [LATER.strftime("%Y-%m-%dT%H:%M:%SZ")],
        )
    done = run(config, [address])
    assert (done.counts["forgotten"], done.counts["new"]) == (1, 1)


def test_captures_a_backfill_points_at_are_cleaned_again(tmp_path: Path) -> None:
    page = article(
        "Ankara and NATO quarrel over dues", [*LINES, '<div class="box"><p>The box of the house is this.</p></div>']
    )
    path = tmp_path / "x.warc.gz"
    path.write_bytes(foreign("https://wire.example/politics/dues-quarrel-of-ankara", body=page.encode()))
    config = configured(tmp_path / "a")
    run(config, [path.resolve().as_uri()])
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace('name = "The Wire"', 'name = "The Wire"\ndrop = ["//*[@class=\'box\']"]'), encoding="utf-8"
    )
    done = reextract_archive(load(config), workers=1, clock=lambda: LATER, progress=lambda done, asked: None)
    assert (done.counts["changed"], done.counts["lost"], done.counts["without_capture"]) == (1, 0, 0)
    path.unlink()
    done = reextract_archive(load(config), workers=1, clock=lambda: LATER, progress=lambda done, asked: None)
    assert done.counts["without_capture"] == 1


@pytest.mark.parametrize("most", [1, 3])
def test_a_stretch_read_in_several_tasks_ends_where_it_ends(tmp_path: Path, most: int) -> None:
    address = warc(tmp_path / "x.warc.gz", pages(6))
    gleaner = job_of(load(configured(tmp_path / "a"))).gleaner()
    border = starts(tmp_path / "x.warc.gz")[3] - 1  # the fourth record is the third answer: the first behind the border
    at, seen, over = 0, 0, False
    while not over:
        found = gleaner.do(Stint(address=address, name=address, start=at, stop=border, most=most))
        at, seen, over = found.ends, seen + len(found.pages), found.over
    next_ = gleaner.do(Stint(address=address, name=address, start=border, exact=False))
    assert (seen, len(next_.pages), next_.begins) == (3, 3, at)


def test_an_answer_captured_in_the_future_is_none(tmp_path: Path) -> None:
    page = capture("https://wire.example/politics/dues-quarrel-of-ankara", article("Ankara and NATO quarrel", LINES))
    future = replace(page, fetched_at=datetime(9999, 12, 31, tzinfo=UTC))
    done = run(configured(tmp_path / "a"), [warc(tmp_path / "x.warc.gz", [future, *pages(1)])])
    assert (done.counts["new"], done.counts["unreadable"]) == (1, 1)


def test_a_border_that_is_none_is_found_out(tmp_path: Path) -> None:
    warc(tmp_path / "inner.warc.gz", pages(1, first=66))
    inner = (tmp_path / "inner.warc.gz").read_bytes()
    bait = foreign("https://elsewhere.example/a.warc.gz", content_type="application/warc", body=inner)
    stored = zlib.compressobj(0, zlib.DEFLATED, 31)  # kept as it is: what is in it looks like records of the file
    bait = stored.compress(gzip.decompress(bait)) + stored.flush()
    head = tmp_path / "head.warc.gz"
    warc(head, pages(2))
    tail = tmp_path / "tail.warc.gz"
    warc(tail, pages(2, first=5))
    path = tmp_path / "x.warc.gz"
    path.write_bytes(head.read_bytes() + bait + tail.read_bytes())
    border = len(head.read_bytes()) + 100
    done = run(configured(tmp_path / "a"), [path.resolve().as_uri()], stretch_bytes=border)
    assert (done.counts["new"], done.counts["responses"]) == (4, 5)


def test_a_sample_says_what_to_expect_and_saves_nothing(tmp_path: Path) -> None:
    address = warc(tmp_path / "x.warc.gz", [*pages(4), *pages(6, host="elsewhere.example", first=10)])
    config = configured(tmp_path / "a")
    found = sample(load(config), [address], hands=here, show=lambda progress: None)
    assert (found.records, found.articles, found.outlets["wire"].on_topic, found.failed) == (11, 4, 4, [])
    assert found.hours > 0
    assert not (tmp_path / "a" / "archive" / "cuttings.db").exists()


def test_progress_in_words() -> None:
    progress = Progress(files=1, all_files=4, bytes_read=50, known_files=2, known_bytes=100, records=3000, kept=20)
    assert in_words(progress, 60) == "1 of 4 files, 3,000 records, 20 kept, 50 records/s, 3.0 min left"
