"""What was asked, got and missed is on record: coverage is what the fetches add up to, whatever became of the pass."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from news_pages import article
from news_site import Answer, NewsSite, closed_port, news_sites
from whole_way import one_pass, publish, rows, write_config

from scheduler.collect import collect
from scheduler.config import load
from scheduler.scope import Scope

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 3, 2, 23, 59, 50, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "Officials in Ankara said on Tuesday that paper {} on air defence would be sent to every NATO capital this week."
POLLS = "('front-page', 'feed', 'sitemap', 'news-sitemap', 'section')"
FAILED = "('network', 'timeout', 'http_error', 'refused', 'too_large', 'parse_error')"

# each outlet's day, counted from the attempts alone
RECOUNT = f"""
select
  outlet, substr(at, 1, 10) as collected_day,
  sum(kind in {POLLS}) as polls, sum(kind in {POLLS} and outcome not in ('poll', 'unchanged')) as polls_failed,
  sum(kind in ('article', 'recheck')) as fetched, sum(outcome = 'new') as new_articles,
  sum(kind in ('article', 'recheck') and outcome in {FAILED}) as failed
from fetches where outlet is not null and kind in ('article', 'recheck', 'front-page', 'feed', 'sitemap',
  'news-sitemap', 'section') group by 1, 2 order by 1, 2
"""
COVERAGE = """
select outlet, collected_day, polls, polls_failed, fetched, new_articles, failed from coverage order by 1, 2
"""


def page(n: int) -> str:
    return article(f"Report number {n} of the week", [TEXT.format(n), TEXT.format(n + 1000), TEXT.format(n + 2000)])


def outlet(site: NewsSite, id_: str = "gazette", **more: object) -> dict[str, object]:
    return {"id": id_, "name": id_.title(), "url": site.url(), "feeds": [site.url("/feed")], **more}


def assert_coverage_is_what_was_fetched(directory: Path) -> None:
    assert rows(directory, COVERAGE) == rows(directory, RECOUNT)


@pytest.fixture
def two() -> Iterator[tuple[NewsSite, NewsSite]]:
    with news_sites(2) as (one, other):
        for site in (one, other):
            publish(site, {f"/{n}": page(n) for n in range(4)})
        yield one, other


def test_coverage_adds_up_after_mixed_passes(two: tuple[NewsSite, NewsSite], tmp_path: Path) -> None:
    one, other = two
    one.add_page("/1", status=500)
    one.add_page("/2", status=403)
    config = write_config(tmp_path, [outlet(one), outlet(other, "mirror", max_links=2)], crawl="recheck_hours = [1]")
    for hours in range(4):
        if hours == 2:
            other.add_page("/feed", status=500)
        one_pass(config, now=NOW + hours * HOUR)
    assert_coverage_is_what_was_fetched(tmp_path)
    found = rows(tmp_path, "select outlet, sum(cut_off) as cut_off, sum(links) as links from coverage group by 1")
    assert found == [
        {"outlet": "gazette", "cut_off": 0, "links": 4},
        {"outlet": "mirror", "cut_off": 2, "links": 4},
    ]


def test_an_answer_counts_on_its_own_day(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {f"/{n}": page(n) for n in range(3)})
    times = iter([NOW + timedelta(seconds=4 * n) for n in range(100)])
    collect(load(write_config(tmp_path, [outlet(news_site)])), Scope(everything=True), clock=lambda: next(times))
    assert_coverage_is_what_was_fetched(tmp_path)
    assert len(rows(tmp_path, "select * from coverage")) == 2


def test_a_killed_pass_has_counted_what_it_fetched(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {f"/{n}": page(n) for n in range(6)})
    stuck = threading.Event()
    news_site.add_answers("/3", Answer(wait_for=stuck))
    write_config(tmp_path, [outlet(news_site)])
    code = "from scheduler.cli import cli; cli()"
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    process = subprocess.Popen(
        [sys.executable, "-c", code, "collect", "-q"], cwd=tmp_path, env=env, start_new_session=True
    )
    try:
        news_site.wait_for_request("/3", timeout_s=60)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        stuck.set()
    assert_coverage_is_what_was_fetched(tmp_path)
    assert rows(tmp_path, "select sum(polls) as polls from coverage") == [{"polls": 1}]
    publish(news_site, {f"/{n}": page(n) for n in range(6)})
    one_pass(tmp_path / "config.toml")
    assert_coverage_is_what_was_fetched(tmp_path)
    assert [row["result"] for row in rows(tmp_path, "select result from runs order by id")] == ["killed", "done"]
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": 6}]


def test_when_nobody_answers_it_is_our_own_line(tmp_path: Path) -> None:
    with closed_port() as one, closed_port() as other:
        outlets = [
            {"id": id_, "name": id_, "url": url, "feeds": [url + "feed"]} for id_, url in (("a", one), ("b", other))
        ]
        config = write_config(tmp_path, outlets)
        for _ in range(2):  # still due, although less than an hour has passed
            report = collect(load(config), clock=lambda: NOW)
            assert (report.offline, report.unanswered, report.exit_code) == (True, (), 1)
    assert rows(tmp_path, "select distinct result from runs") == [{"result": "offline"}]
    assert rows(tmp_path, "select * from health") == []
    assert rows(tmp_path, "select outlet, polls, polls_failed from coverage") == [
        {"outlet": id_, "polls": 2, "polls_failed": 2} for id_ in "ab"
    ]


def test_one_outlet_that_does_not_answer_is_that_outlets_failure(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1)})
    with closed_port() as nowhere:
        gone = {"id": "gone", "name": "Gone", "url": nowhere, "feeds": [nowhere + "feed"]}
        config = load(write_config(tmp_path, [outlet(news_site), gone]))
        report = collect(config, clock=lambda: NOW)
        assert (report.offline, report.unanswered) == (False, ("gone",))
        assert rows(tmp_path, "select outlet, state from health order by 1") == [
            {"outlet": "gazette", "state": "ok"},
            {"outlet": "gone", "state": "failing"},
        ]
        assert set(collect(config, clock=lambda: NOW + HOUR).outlets) == {"gazette"}  # the other has to wait longer


def test_a_line_that_breaks_in_the_middle_charges_nobody(two: tuple[NewsSite, NewsSite], tmp_path: Path) -> None:
    config = load(write_config(tmp_path, [outlet(site, id_) for site, id_ in zip(two, "ab", strict=True)]))
    for site in two:
        for n in range(4):
            site.add_answers(f"/{n}", Answer(drop=True))
    report = collect(config, clock=lambda: NOW)
    assert (report.offline, report.exit_code) == (True, 1)
    assert rows(tmp_path, "select distinct state, tries, next_try_at from links") == [
        {"state": "waiting", "tries": 0, "next_try_at": None}
    ]
    assert_coverage_is_what_was_fetched(tmp_path)
    for site in two:
        publish(site, {f"/{n}": page(n) for n in range(4)})
    report = collect(config, clock=lambda: NOW + HOUR)
    assert (report.offline, report.exit_code) == (False, 0)
    assert rows(tmp_path, "select outlet, count(*) as n from articles group by 1") == [
        {"outlet": id_, "n": 4} for id_ in "ab"
    ]


def test_an_outlet_that_breaks_in_the_middle_is_charged(two: tuple[NewsSite, NewsSite], tmp_path: Path) -> None:
    one, other = two
    for n in range(4):
        one.add_answers(f"/{n}", Answer(drop=True))
    report = collect(load(write_config(tmp_path, [outlet(one, "a"), outlet(other, "b")])), clock=lambda: NOW)
    assert not report.offline
    assert rows(tmp_path, "select distinct tries from links where outlet = 'a'") == [{"tries": 1}]


def test_robots_of_a_host_are_asked_once_a_day(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1)})
    news_site.add_page("/robots.txt", "User-agent: *\nDisallow: /closed\n", content_type="text/plain")
    config = write_config(tmp_path, [outlet(news_site)])
    one_pass(config)
    one_pass(config)
    assert news_site.hits("/robots.txt") == 1
    assert rows(tmp_path, "select kind, outcome, status from fetches where kind = 'robots'") == [
        {"kind": "robots", "outcome": "poll", "status": 200}
    ]
    (policy,) = rows(tmp_path, "select origin, robots_status, robots from host_policies")
    assert (policy["origin"], policy["robots_status"]) == (news_site.url().rstrip("/"), 200)


def test_no_outlets_thousands_stand_before_anothers_few(two: tuple[NewsSite, NewsSite], tmp_path: Path) -> None:
    one, other = two
    publish(one, {f"/{n}": page(n) for n in range(60)})
    hold = threading.Event()
    one.add_answers("/feed", *[one._answers["/feed"][0]])
    for n in range(60):
        one.add_answers(f"/{n}", Answer(wait_for=hold, body=page(n).encode()))
    config = load(write_config(tmp_path, [outlet(one, "many"), outlet(other, "few")], crawl="concurrency = 4"))
    done: list[object] = []
    pass_ = threading.Thread(target=lambda: done.append(collect(config, clock=lambda: NOW)))
    pass_.start()
    try:
        for n in range(4):
            other.wait_for_request(f"/{n}", timeout_s=60)
    finally:
        hold.set()
        pass_.join()
    assert rows(tmp_path, "select outlet, count(*) as n from articles group by 1 order by 1") == [
        {"outlet": "few", "n": 4},
        {"outlet": "many", "n": 60},
    ]


def test_an_outlet_that_asked_us_to_wait_is_named_and_is_no_failure(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.too_many_requests("/feed", retry_after="7200")
    config = load(write_config(tmp_path, [outlet(news_site)]))
    collect(config, clock=lambda: NOW)
    report = collect(config, Scope(everything=True), clock=lambda: NOW + HOUR)
    assert report.exit_code == 0
    assert report.resting == {"gazette": NOW + 2 * HOUR}
    assert news_site.hits("/feed") == 1


def test_addresses_in_hand_leave_out_remarks_and_what_is_stored(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1), "/2": page(2)})
    news_site.redirect("/short", "/1")
    config = load(write_config(tmp_path, [outlet(news_site)]))
    collect(config, Scope(urls=("# from a catalogue", news_site.url("/short"))), clock=lambda: NOW)
    report = collect(config, Scope(urls=(news_site.url("/1"), news_site.url("/2"))), clock=lambda: NOW)
    assert (report.exit_code, report.unplaced) == (0, ())
    assert (news_site.hits("/1"), news_site.hits("/2")) == (1, 1)
    counts = json.loads(str(rows(tmp_path, "select counts from runs order by id desc limit 1")[0]["counts"]))
    assert counts["fetched"] == 1


def test_polls_that_a_pass_had_no_time_for_are_no_silence(two: tuple[NewsSite, NewsSite], tmp_path: Path) -> None:
    one, other = two
    slow = outlet(one, "slow", feeds=[one.url("/feed"), one.url("/more")], delay_s=60)
    with news_sites(1) as (busy,):
        busy.too_many_requests("/feed", retry_after="7200")
        asked_to_wait = outlet(busy, "busy", feeds=[busy.url("/feed"), busy.url("/more")])
        outlets = [slow, outlet(other, "quick"), asked_to_wait]
        report = one_pass(write_config(tmp_path, outlets, crawl='pass_limit = "3s"'), now=NOW)
    assert (report.stopped, report.outlets["slow"].counts["polls"]) == (True, one.hits("/feed") + one.hits("/more"))
    assert rows(tmp_path, "select outlet, polls, polls - polls_failed as answered from coverage order by 1") == [
        {"outlet": "busy", "polls": 1, "answered": 0},
        {"outlet": "quick", "polls": 1, "answered": 1},
        {"outlet": "slow", "polls": 2, "answered": one.hits("/feed") + one.hits("/more")},
    ]
    assert one.hits("/feed") + one.hits("/more") < 2
