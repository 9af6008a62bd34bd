"""Polls against a real server: nothing asked or read twice needlessly, no false "not modified" believed, no gap silent."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from news_pages import Item, article, feed_link, news_sitemap, rss, section, sitemap, sitemap_index
from news_site import Answer, NewsSite, etag_of
from whole_way import one_pass, rows, write_config

from scheduler.config import load
from scheduler.daemon import earliest_pass
from scheduler.following import Named, Sitemaps
from scheduler.plan import JITTER

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
RSS = "application/rss+xml"


def page(n: int) -> str:
    lines = [f"{word} number {n} was told of on Monday by two of the members who had seen it." for word in ("A", "B")]
    return article(f"Report number {n}", lines)


def items(site: NewsSite, numbers: Iterable[int]) -> list[Item]:
    """Serve an article for each number; return what lists them."""
    found = []
    for n in numbers:
        site.add_page(f"/{n}", page(n))
        found.append(Item(site.url(f"/{n}"), f"Report number {n}"))
    return found


def list_in(site: NewsSite, path: str, numbers: Iterable[int], **answer: object) -> None:
    site.add_page(path, rss(items(site, numbers)), content_type=RSS, **answer)


def claim_unchanged(site: NewsSite, path: str, numbers: Iterable[int], *, etag: str) -> None:
    """Change a feed on a server that keeps its ETag all the same: whoever asks with it is told "not modified"."""
    list_in(site, path, numbers, etag=etag)


def configured(tmp_path: Path, site: NewsSite, *feeds: str, **more: object) -> Path:
    outlet = {"id": "gazette", "name": "The Gazette", "url": site.url(), "feeds": [site.url(path) for path in feeds]}
    return write_config(tmp_path, [{**outlet, **more}], crawl="recheck_hours = []")


def polls(tmp_path: Path, run: int) -> list[tuple[str, str, int]]:
    sql = "select url, outcome, status from fetches where run = ? and kind not in ('article', 'robots', 'tdmrep')"
    return [
        (str(row["url"]).rsplit("/", 1)[1], str(row["outcome"]), int(str(row["status"])))
        for row in rows(tmp_path, sql, run)
    ]


def articles(tmp_path: Path) -> int:
    return int(str(rows(tmp_path, "select count(*) as n from articles")[0]["n"]))


def test_the_same_body_again_is_unchanged_and_shares_everything(news_site: NewsSite, tmp_path: Path) -> None:
    list_in(news_site, "/feed", range(4))
    config = configured(tmp_path, news_site, "/feed")
    for hours in (0, 1):
        one_pass(config, now=NOW + hours * HOUR)
    assert polls(tmp_path, 1) + polls(tmp_path, 2) == [("feed", "poll", 200), ("feed", "unchanged", 200)]
    assert rows(tmp_path, "select last_outcome from feeds") == [{"last_outcome": "unchanged"}]
    assert {row["overlap"] for row in rows(tmp_path, "select overlap from coverage")} <= {0.0, 1.0}
    assert rows(tmp_path, "select gap_suspected from coverage where gap_suspected") == []


def test_a_304_is_asked_again_in_full_when_another_feed_has_news(news_site: NewsSite, tmp_path: Path) -> None:
    list_in(news_site, "/a", range(3), etag='"fixed"')
    list_in(news_site, "/b", range(3))
    config = configured(tmp_path, news_site, "/a", "/b")
    one_pass(config, now=NOW)
    claim_unchanged(news_site, "/a", range(1, 5), etag='"fixed"')
    list_in(news_site, "/b", [0, 1, 2, 9])
    one_pass(config, now=NOW + HOUR)
    assert sorted(polls(tmp_path, 2)) == [("a", "poll", 200), ("a", "unchanged", 304), ("b", "poll", 200)]
    assert articles(tmp_path) == 6
    (found,) = rows(tmp_path, "select outlet, url from false_304s")
    assert found == {"outlet": "gazette", "url": news_site.url("/a")}
    one_pass(config, now=NOW + 2 * HOUR)
    assert sorted(polls(tmp_path, 3)) == [("a", "unchanged", 200), ("b", "unchanged", 200)]
    asked = [request.headers for request in news_site.requests if request.path == "/a"]
    assert "if-none-match" not in asked[-1]
    one_pass(config, now=NOW + timedelta(days=31))
    one_pass(config, now=NOW + timedelta(days=31) + HOUR)
    assert polls(tmp_path, 6)[0] == ("a", "unchanged", 304)  # the fifth run was upkeep


def test_a_true_304_is_asked_again_once_and_believed_for_hours(news_site: NewsSite, tmp_path: Path) -> None:
    body = rss(items(news_site, range(3)))
    news_site.add_page("/a", body, content_type=RSS, etag=etag_of(body.encode()))
    list_in(news_site, "/b", range(3))
    config = configured(tmp_path, news_site, "/a", "/b")
    for hours in range(4):
        list_in(news_site, "/b", range(3 + hours))
        one_pass(config, now=NOW + hours * HOUR)
    assert news_site.hits("/a") == 4 + 1
    assert rows(tmp_path, "select * from false_304s") == []


def test_a_feed_that_says_nothing_but_304_is_asked_in_full_after_a_day(news_site: NewsSite, tmp_path: Path) -> None:
    list_in(news_site, "/feed", range(3), etag='"fixed"')
    config = configured(tmp_path, news_site, "/feed")
    one_pass(config, now=NOW)
    claim_unchanged(news_site, "/feed", range(1, 4), etag='"fixed"')
    for hours in (1, 23):
        one_pass(config, now=NOW + hours * HOUR)
    assert articles(tmp_path) == 3
    one_pass(config, now=NOW + 24 * HOUR)
    assert articles(tmp_path) == 4
    assert news_site.hits("/feed") == 4
    assert len(rows(tmp_path, "select * from false_304s")) == 1


def test_a_304_nobody_asked_for_is_a_failed_poll(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_answers("/feed", Answer(status=304))
    assert one_pass(configured(tmp_path, news_site, "/feed"), now=NOW).unanswered == ("gazette",)


def test_what_could_not_be_read_whole_is_read_again(news_site: NewsSite, tmp_path: Path) -> None:
    whole = rss(items(news_site, range(3)))
    news_site.add_page("/feed", whole[: whole.rindex("<item>")], content_type=RSS, etag='"1"')
    config = configured(tmp_path, news_site, "/feed")
    one_pass(config, now=NOW)
    assert articles(tmp_path) == 2
    news_site.add_page("/feed", whole, content_type=RSS, etag='"1"')
    one_pass(config, now=NOW + HOUR)
    assert articles(tmp_path) == 3


def test_an_unchanged_sitemap_is_read_again_for_older_entries(news_site: NewsSite, tmp_path: Path) -> None:
    from scheduler.collect import collect
    from scheduler.config import load
    from scheduler.scope import Scope

    dated = [(0, NOW), (1, NOW - timedelta(days=90))]
    listed = [Item(found.url, found.title, at.isoformat()) for (n, at) in dated for found in items(news_site, [n])]
    news_site.add_page("/map.xml", sitemap(listed), content_type="application/xml", etag='"1"')
    config = configured(tmp_path, news_site, sitemaps=[news_site.url("/map.xml")])
    for hours in (0, 1):
        one_pass(config, now=NOW + hours * HOUR)
    assert articles(tmp_path) == 1
    since = Scope(everything=True, since=NOW - timedelta(days=365))
    for _ in range(2):
        collect(load(config), since, clock=lambda: NOW + 2 * HOUR)
    assert articles(tmp_path) == 2
    assert [outcome for run in range(1, 5) for _, outcome, _ in polls(tmp_path, run)] == [
        "poll", "unchanged", "poll", "unchanged",
    ]  # fmt: skip


def test_a_place_named_by_a_front_page_outlives_a_kill_before_it_was_asked(news_site: NewsSite, tmp_path: Path) -> None:
    import sqlite3

    list_in(news_site, "/a", [1])
    list_in(news_site, "/b", [2])
    news_site.add_page("/", section([], head=feed_link("/a") + feed_link("/b")))
    outlet = {"id": "gazette", "name": "The Gazette", "url": news_site.url()}
    config = write_config(tmp_path, [outlet])
    one_pass(config, now=NOW)
    with sqlite3.connect(tmp_path / "archive" / "cuttings.db") as db:  # as a kill after the answer of /a leaves it
        db.execute("update feeds set first_used_at = null, last_used_at = null, last_outcome = null, full_at = null,"
                   " etag = null, last_modified = null, body_digest = null, listed = null where url like '%/b'")  # fmt: skip
    db.close()
    list_in(news_site, "/b", [2, 3])
    one_pass(config, now=NOW + HOUR)
    assert (articles(tmp_path), news_site.hits("/")) == (3, 1)


@pytest.mark.parametrize(
    ("before", "now", "suspected"),
    [
        (range(10), range(10, 20), 1),
        (range(10), range(9, 19), 0),
        (range(2), range(10, 12), 1),
        (range(20), range(30, 38), 1),
        (range(10), (), 0),
        ((), range(5), 0),
    ],
    ids=["nothing shared", "one shared", "two links", "fewer than before", "empty now", "empty before"],
)
def test_a_gap_is_suspected_when_a_full_list_shares_nothing(
    before: Iterable[int], now: Iterable[int], suspected: int, news_site: NewsSite, tmp_path: Path
) -> None:
    config = configured(tmp_path, news_site, "/feed", max_links=1)
    for hours, numbers in enumerate((before, now)):
        list_in(news_site, "/feed", numbers)
        one_pass(config, now=NOW + hours * HOUR)
    assert rows(tmp_path, "select max(gap_suspected) as gap from coverage") == [{"gap": suspected}]


def test_a_news_sitemap_that_begins_anew_each_day_is_no_gap(news_site: NewsSite, tmp_path: Path) -> None:
    config = configured(tmp_path, news_site, sitemaps=[news_site.url("/news.xml")], max_links=1)
    found = []
    for day, numbers in enumerate((range(10), range(10, 14), range(14, 24))):
        at = NOW + timedelta(days=day)
        listed = [Item(item.url, item.title, at.isoformat()) for item in items(news_site, numbers)]
        news_site.add_page("/news.xml", news_sitemap(listed), content_type="application/xml")
        one_pass(config, now=at)
        found += rows(tmp_path, "select max(gap_suspected) as gap from coverage")
    assert [row["gap"] for row in found] == [0, 0, 1]


def test_once_a_day_the_front_page_is_asked_for_what_has_moved(news_site: NewsSite, tmp_path: Path) -> None:
    list_in(news_site, "/old", [1])
    news_site.add_page("/", section([], head=feed_link("/old")))
    config = write_config(tmp_path, [{"id": "gazette", "name": "The Gazette", "url": news_site.url()}])
    one_pass(config, now=NOW)
    list_in(news_site, "/new", [1, 2])
    news_site.add_page("/", section([], head=feed_link("/new")))
    for hours in (1, 12, 22):
        one_pass(config, now=NOW + hours * HOUR)
    assert (news_site.hits("/"), news_site.hits("/new")) == (1, 0)
    one_pass(config, now=NOW + 24 * HOUR)
    assert (news_site.hits("/"), articles(tmp_path)) == (2, 2)


def test_a_sitemap_that_robots_newly_names_is_found_though_the_front_page_is_the_same(
    news_site: NewsSite, tmp_path: Path
) -> None:
    list_in(news_site, "/feed", [1])
    news_site.add_page("/", section([], head=feed_link("/feed")))
    config = write_config(tmp_path, [{"id": "gazette", "name": "The Gazette", "url": news_site.url()}])
    one_pass(config, now=NOW)
    news_site.add_page("/map.xml", sitemap(items(news_site, [1, 2])), content_type="application/xml")
    robots = f"User-agent: *\nDisallow:\nSitemap: {news_site.url('/map.xml')}\n"
    news_site.add_page("/robots.txt", robots, content_type="text/plain")
    one_pass(config, now=NOW + 25 * HOUR)
    assert articles(tmp_path) == 2


def test_a_feed_asked_for_the_first_time_is_no_gap(news_site: NewsSite, tmp_path: Path) -> None:
    list_in(news_site, "/a", range(5))
    one_pass(configured(tmp_path, news_site, "/a", max_links=1), now=NOW)
    list_in(news_site, "/b", range(5, 10))
    one_pass(configured(tmp_path, news_site, "/a", "/b", max_links=1), now=NOW + HOUR)
    assert rows(tmp_path, "select max(gap_suspected) as gap from coverage") == [{"gap": 0}]


def test_of_many_sitemaps_each_has_its_turn_and_what_changed_comes_first(news_site: NewsSite, tmp_path: Path) -> None:
    names = [f"/{n:03}.xml" for n in range(120)]
    for n, name in enumerate(names):
        news_site.add_page(name, sitemap(items(news_site, [n])), content_type="application/xml")
    news_site.add_page(
        "/index.xml", sitemap_index([news_site.url(name) for name in names]), content_type="application/xml"
    )
    config = configured(tmp_path, news_site, sitemaps=[news_site.url("/index.xml")], max_links=1)
    for hours in range(3):
        report = one_pass(config, now=NOW + hours * HOUR)
        assert len(polls(tmp_path, hours + 1)) == 1 + 50
        assert any("others wait" in problem for problem in report.outlets["gazette"].problems)
    assert all(news_site.hits(name) for name in names)
    assert rows(tmp_path, "select count(*) as n from links") == [{"n": 120}]


def test_sitemaps_that_changed_come_first_and_leave_room_for_the_others() -> None:
    def named(n: int, *, modified: timedelta | None = None, used: timedelta | None = HOUR) -> Named:
        at = NOW - modified if modified is not None else None
        last = NOW - used if used is not None else None
        return Named(url=str(n), modified_at=at, last_used_at=last, depth=1)

    sitemaps = Sitemaps()
    sitemaps.add("gazette", [named(n, modified=timedelta(minutes=n)) for n in range(55)])
    sitemaps.add("gazette", [named(100 + n, used=timedelta(days=n)) for n in range(40)])
    asked = []
    while found := sitemaps.next("gazette"):
        asked.append(found.url)
    assert asked[:4] == ["0", "139", "1", "138"]
    assert len(asked) == 50
    assert sitemaps.left("gazette")


def test_pages_of_a_section_are_followed_until_one_has_only_known_links(news_site: NewsSite, tmp_path: Path) -> None:
    def write(first: int) -> None:
        for number in range(3):
            path, onward = f"/news{number or ''}", f"/news{number + 1}"
            listed = [
                Item(f"/2026/03/02/report-number-{n}-of-the-week", f"Report number {n} of the week")
                for n in range(first - 4 * number, first - 4 * number - 4, -1)
            ]
            for item in listed:
                news_site.add_page(item.url, page(1))
            news_site.add_page(path, section(listed, next_page=onward if number < 2 else None))

    write(12)
    config = configured(tmp_path, news_site, sections=[news_site.url("/news")], max_links=1)
    one_pass(config, now=NOW)
    assert [news_site.hits(path) for path in ("/news", "/news1", "/news2")] == [1, 1, 1]
    write(14)
    one_pass(config, now=NOW + HOUR)
    assert [news_site.hits(path) for path in ("/news", "/news1", "/news2")] == [2, 2, 1]
    assert rows(tmp_path, "select count(*) as n from links") == [{"n": 14}]


@pytest.mark.parametrize(
    ("channel", "headers", "hours"),
    [
        ("<ttl>180</ttl>", {}, 3),
        ("", {"Cache-Control": "max-age=7200"}, 2),
        ("<ttl>90</ttl>", {"Cache-Control": "max-age=7200"}, 2),
        ("<ttl>6000</ttl>", {}, 4),
        ("<ttl>5</ttl>", {}, 1),
    ],
    ids=["ttl", "Cache-Control", "the longer of both", "not for ever", "not sooner for it"],
)
def test_a_feed_that_says_how_long_it_stays_is_left_alone_so_long(
    channel: str, headers: dict[str, str], hours: int, news_site: NewsSite, tmp_path: Path
) -> None:
    body = rss(items(news_site, [1])).replace("<channel>", f"<channel>{channel}", 1)
    news_site.add_page("/feed", body, content_type=RSS, headers=headers)
    config = configured(tmp_path, news_site, "/feed")
    one_pass(config, now=NOW)
    waited = earliest_pass(load(config), now=NOW) - NOW
    assert abs(waited - hours * HOUR) <= hours * HOUR * JITTER / 2
