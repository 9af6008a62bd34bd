"""Passes against real servers: everything found once, nothing asked twice, what was missed is on record."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from news_pages import Item, article, feed_link, news_sitemap, robots, rss, section, sitemap, sitemap_index
from news_site import NewsSite
from whole_way import one_pass, publish, rows, write_config

from scheduler.collect import collect
from scheduler.config import load
from scheduler.scope import Scope
from storage.errors import ArchiveError, ConfigError
from storage.records import Outcome

NOW = (datetime.now(UTC) - timedelta(days=1)).replace(
    hour=12, minute=0, second=0, microsecond=0
)  # no pass runs over midnight
ON_TOPIC = "Officials in Ankara said on Monday that the paper on air defence had been sent to NATO planners in {}."
FILLER = "The paper numbered {} has pages of its own and asks for a budget that two of the members have refused so far."
HARBOUR = [
    "A harbour master spoke of winter storms, of ships that never came in, and of sailors who sold their boats for coal.",
    "His grandmother had kept the lighthouse keys, which hang behind glass in a museum that opens on Sundays only.",
    "Children skate where trawlers once lay, he told visitors, while gulls quarrel over chips outside every café door.",
]
CLOSING = "A second meeting about paper {} is planned for the end of the month, with figures that nobody has seen yet."


def page(n: int, *, on_topic: bool = True, extra: Sequence[str] = ()) -> str:
    first = (
        ON_TOPIC
        if on_topic
        else "The harbour of town {} was closed for the winter, the mayor said on Monday after a meeting."
    )
    return article(f"Report number {n} of the week", [*(line.format(n) for line in (first, FILLER, CLOSING)), *extra])


def outlet(site: NewsSite, **more: object) -> dict[str, object]:
    return {"id": "gazette", "name": "The Gazette", "url": site.url(), **more}


def test_a_second_pass_over_an_unchanged_site_adds_nothing(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {f"/{n}": page(n) for n in range(3)})
    config = write_config(tmp_path, [outlet(news_site)])
    assert one_pass(config).exit_code == 0
    tables = ("articles", "versions", "captures", "evidence", "stories", "links")
    before = {table: rows(tmp_path, f"select * from {table}") for table in tables}
    assert len(before["articles"]) == 3
    assert one_pass(config).exit_code == 0
    after = {table: rows(tmp_path, f"select * from {table}") for table in tables}
    for table in ("articles", "versions", "captures", "evidence", "stories"):
        assert after[table] == before[table]
    assert [news_site.hits(f"/{n}") for n in range(3)] == [1, 1, 1]


def test_sitemaps_of_robots_are_followed_through_an_index(news_site: NewsSite, tmp_path: Path) -> None:
    recent, old = (NOW - timedelta(days=1)).isoformat(), (NOW - timedelta(days=90)).isoformat()
    for n in range(3):
        news_site.add_page(f"/{n}", page(n))
    news_site.add_page("/robots.txt", robots(sitemaps=[news_site.url("/index.xml")]), content_type="text/plain")
    news_site.add_page("/index.xml", sitemap_index([news_site.url("/new.xml")]), content_type="application/xml")
    items = [
        Item(news_site.url("/0"), None, recent),
        Item(news_site.url("/1"), None, recent),
        Item(news_site.url("/2"), None, old),
    ]
    news_site.add_page("/new.xml", sitemap(items), content_type="application/xml")
    news_site.add_page("/", section([]))
    assert one_pass(write_config(tmp_path, [outlet(news_site)])).exit_code == 0
    assert [row["url"] for row in rows(tmp_path, "select url from articles order by url")] == [
        news_site.url("/0"),
        news_site.url("/1"),
    ]
    assert rows(tmp_path, "select robots from outlet_rights") == [
        {"robots": robots(sitemaps=[news_site.url("/index.xml")])}
    ]


def test_what_is_cut_off_waits_and_is_counted(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {f"/{n}": page(n) for n in range(5)})
    config = write_config(tmp_path, [outlet(news_site, max_links=2)])
    counts = []
    for _ in range(3):
        one_pass(config)
        counts.append(rows(tmp_path, "select count(*) as n from articles")[0]["n"])
    assert counts == [2, 4, 5]
    assert rows(tmp_path, "select cut_off, new_articles from coverage") == [{"cut_off": 3, "new_articles": 5}]


def test_only_what_is_due_is_asked(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1)})
    config = load(write_config(tmp_path, [outlet(news_site, every="2h")]))
    asked = [
        len(collect(config, clock=lambda hours=hours: NOW + timedelta(hours=hours)).outlets) for hours in (0, 1, 2)
    ]
    assert asked == [1, 0, 1]


def test_one_outlet_may_be_asked_out_of_turn(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1)})
    config = load(write_config(tmp_path, [outlet(news_site)]))
    collect(config, clock=lambda: NOW)
    assert len(collect(config, Scope(only=("gazette",)), clock=lambda: NOW).outlets) == 1
    with pytest.raises(ConfigError, match="no such outlet: nobody"):
        collect(config, Scope(only=("nobody",)), clock=lambda: NOW)


def test_a_pass_that_finds_the_lock_held_does_nothing(news_site: NewsSite, tmp_path: Path) -> None:
    from storage.archive import only_writer

    config = load(write_config(tmp_path, [outlet(news_site)]))
    with only_writer(config.archive.path) as free:
        assert free
        report = collect(config, clock=lambda: NOW)
    assert (report.busy, report.exit_code) == (True, 0)
    assert not config.archive.path.exists()


def test_edits_removals_and_returns_are_recorded(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/edited": page(1), "/gone": page(2), "/same": page(3), "/other": page(4, on_topic=False)})
    config = write_config(tmp_path, [outlet(news_site)], crawl="recheck_hours = [1, 2, 3]")
    one_pass(config, now=NOW)
    news_site.change_page(
        "/edited", page(1, extra=["The paper was withdrawn in the evening, a spokesman said late on Tuesday."])
    )
    news_site.add_page("/gone", status=410)
    one_pass(config, now=NOW + timedelta(hours=1, minutes=1))
    news_site.add_page("/gone", page(2))
    one_pass(config, now=NOW + timedelta(hours=2, minutes=1))
    changes = rows(
        tmp_path,
        "select url, change from versions v join articles a on a.id = v.article where change <> 'first' order by v.rowid",
    )
    assert {(str(row["url"]).rsplit("/", 1)[1], row["change"]) for row in changes} == {
        ("edited", "text"),
        ("gone", "gone"),
        ("gone", "back"),
    }
    assert news_site.hits("/other") == 1
    states = rows(
        tmp_path,
        "select url, state from checks c join articles a on a.id = c.article where url like '%/gone' order by c.rowid",
    )
    assert [row["state"] for row in states] == ["gone", "alive"]


@pytest.mark.parametrize(
    ("keep", "keep_captures", "articles", "captures"),
    [("all", "matching", 2, 1), ("all", "all", 2, 2), ("all", "none", 2, 0), ("matching", "matching", 1, 1)],
)
def test_what_is_kept(
    keep: str, keep_captures: str, articles: int, captures: int, news_site: NewsSite, tmp_path: Path
) -> None:
    publish(news_site, {"/on": page(1), "/off": page(2, on_topic=False)})
    path = write_config(tmp_path, [outlet(news_site)])
    path.write_text(f'[archive]\nkeep = "{keep}"\nkeep_captures = "{keep_captures}"\n' + path.read_text())
    one_pass(path)
    one_pass(path)
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": articles}]
    assert rows(tmp_path, "select count(*) as n from captures") == [{"n": captures}]
    assert news_site.hits("/off") == 1
    assert len(rows(tmp_path, "select * from seen")) == 2 - articles


def test_an_article_is_filed_under_the_outlet_of_its_final_address(tmp_path: Path) -> None:
    with NewsSite() as ours, NewsSite() as theirs, NewsSite() as nobody:
        theirs.add_page("/letter", page(1))
        nobody.add_page("/away", page(2))
        ours.redirect("/there", theirs.url("/letter"))
        ours.redirect("/away", nobody.url("/away"))
        publish(ours, {})
        ours.add_page(
            "/feed", rss([Item(ours.url("/there")), Item(ours.url("/away"))]), content_type="application/rss+xml"
        )
        publish(theirs, {})
        config = write_config(tmp_path, [outlet(ours), {"id": "wire", "name": "Wire", "url": theirs.url()}])
        report = one_pass(config)
        assert rows(tmp_path, "select outlet, requested_url, url from articles") == [
            {"outlet": "wire", "requested_url": ours.url("/there"), "url": theirs.url("/letter")}
        ]
    assert report.outlets["gazette"].outcomes[Outcome.OFF_SITE] == 1


def test_every_fetch_has_one_outcome_and_the_run_counts_them(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1), "/pdf": "", "/empty": ""})
    news_site.add_page("/pdf", b"%PDF-1.7", content_type="application/pdf")
    news_site.add_page("/empty", "<html><body></body></html>")
    one_pass(write_config(tmp_path, [outlet(news_site)]))
    outcomes = {
        str(row["url"]).rsplit("/", 1)[1]: row["outcome"]
        for row in rows(tmp_path, "select url, outcome from fetches where kind = 'article'")
    }
    assert outcomes == {"1": "new", "pdf": "not_html", "empty": "no_text"}
    (run,) = rows(tmp_path, "select result, counts from runs")
    counts = json.loads(str(run["counts"]))
    assert run["result"] == "done"
    assert {name: counts[name] for name in ("new", "not_html", "no_text", "new_articles", "polls")} == {
        "new": 1, "not_html": 1, "no_text": 1, "new_articles": 1, "polls": 2,
    }  # fmt: skip


def test_a_poll_that_shares_nothing_with_the_one_before_is_a_suspected_gap(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {f"/{n}": page(n) for n in (1, 2, 3)})
    config = write_config(tmp_path, [outlet(news_site, feeds=[news_site.url("/feed")])])
    one_pass(config)
    assert rows(tmp_path, "select gap_suspected from coverage") == [{"gap_suspected": 0}]
    publish(news_site, {f"/{n}": page(n) for n in (4, 5, 6)})
    one_pass(config)
    assert rows(tmp_path, "select gap_suspected, overlap from coverage") == [{"gap_suspected": 1, "overlap": 0.0}]


def test_an_outlet_that_fails_and_comes_back(news_site: NewsSite, tmp_path: Path) -> None:
    config = write_config(tmp_path, [outlet(news_site, feeds=[news_site.url("/feed")])])
    news_site.add_page("/feed", status=500)
    states = []
    for day in range(4):
        if day == 1:
            publish(news_site, {"/1": page(1)})
        one_pass(config, now=NOW + timedelta(days=day))
        states.append(rows(tmp_path, "select state from health")[0]["state"])
    assert states == ["failing", "recovered", "recovered", "ok"]


def test_a_canonical_on_another_outlet_is_a_credit_not_an_address(tmp_path: Path) -> None:
    with NewsSite() as ours, NewsSite() as theirs:
        body = [ON_TOPIC.format(1), FILLER.format(1), CLOSING.format(1)]
        publish(ours, {"/copy": article("A letter", body, canonical=theirs.url("/letter"))})
        publish(theirs, {})
        one_pass(write_config(tmp_path, [outlet(ours), {"id": "wire", "name": "Wire", "url": theirs.url()}]))
        (row,) = rows(tmp_path, "select outlet, url, url_key, canonical_url from articles")
        assert (row["outlet"], row["url"], row["canonical_url"]) == (
            "gazette",
            ours.url("/copy"),
            theirs.url("/letter"),
        )
        assert str(row["url_key"]).endswith("/copy")
        assert {"outlet": "wire", "kind": "canonical"} in rows(tmp_path, "select outlet, kind from credits")


def test_captures_alone_hold_what_the_link_said(news_site: NewsSite, tmp_path: Path) -> None:
    from crawler.warc import captures

    publish(news_site, {"/1": page(1)})
    news_site.add_page(
        "/feed",
        rss([Item(news_site.url("/1"), "The feed's title", "2026-03-02T10:00:00+03:00")]),
        content_type="application/rss+xml",
    )
    one_pass(write_config(tmp_path, [outlet(news_site)]))
    (row,) = rows(tmp_path, "select warc from captures")
    (capture,) = captures(tmp_path / "archive" / "captures" / str(row["warc"]))
    assert capture.link
    assert (capture.link.title, capture.link.outlet) == ("The feed's title", "gazette")
    assert capture.link.published
    assert capture.link.published.offset == "+03:00"


def test_feeds_found_once_are_polled_without_the_front_page(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1)})
    news_site.add_page("/", section([], head=feed_link("/feed")))
    config = write_config(tmp_path, [outlet(news_site)])
    for _ in range(3):
        one_pass(config)
    assert (news_site.hits("/"), news_site.hits("/feed")) == (1, 3)


def test_addresses_in_hand_are_asked_and_nothing_is_polled(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1), "/2": page(2)})
    config = load(write_config(tmp_path, [outlet(news_site)]))
    scope = Scope(
        urls=(news_site.url("/2"), "https://nobody.example/x", "no address", news_site.url("/2") + "?utm_source=x")
    )
    report = collect(config, scope, clock=lambda: NOW)
    assert (report.exit_code, report.unplaced) == (1, ("https://nobody.example/x", "no address"))
    assert rows(tmp_path, "select url, found_by from articles") == [
        {"url": news_site.url("/2"), "found_by": "url-list"}
    ]
    assert (news_site.hits("/"), news_site.hits("/feed")) == (0, 0)
    collect(config, scope, clock=lambda: NOW)
    assert news_site.hits("/2") == 1


def test_an_unchanged_sitemap_index_still_leads_to_its_sitemaps(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page(
        "/index.xml", sitemap_index([news_site.url("/new.xml")]), content_type="application/xml", etag='"1"'
    )
    config = write_config(tmp_path, [outlet(news_site, sitemaps=[news_site.url("/index.xml")])])
    for n in (1, 2):
        news_site.add_page(f"/{n}", page(n))
        items = [Item(news_site.url(f"/{k}"), f"Report {k}", NOW.isoformat()) for k in range(1, n + 1)]
        news_site.add_page("/new.xml", news_sitemap(items), content_type="application/xml")
        one_pass(config)
        assert rows(tmp_path, "select count(*) as n from articles") == [{"n": n}]


def test_robots_that_failed_once_does_not_settle_links_for_ever(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1), "/2": page(2)})
    config = write_config(tmp_path, [outlet(news_site, max_links=1)], crawl="recheck_hours = [0]")
    one_pass(config, now=NOW)
    news_site.add_page("/robots.txt", status=503)
    later = NOW + timedelta(days=40)  # what it stated before is too old to go by
    assert one_pass(config, now=later).unanswered == ("gazette",)
    assert rows(tmp_path, "select state from checks") == [{"state": "unknown"}]
    news_site.add_page("/robots.txt", "", content_type="text/plain")
    one_pass(config, now=later + timedelta(hours=1))
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": 2}]


@pytest.mark.parametrize("feed", [None, rss([])], ids=["dead", "empty"])
def test_a_front_page_whose_feed_gives_nothing_is_asked_again(
    feed: str | None, news_site: NewsSite, tmp_path: Path
) -> None:
    if feed:
        news_site.add_page("/feed", feed, content_type="application/rss+xml")
    config = write_config(tmp_path, [outlet(news_site)])
    for n in (1, 2):
        items = [Item(f"/2026/03/0{k}/report-number-{k}", f"Report number {k} of the week") for k in range(1, n + 1)]
        for k, item in enumerate(items, 1):
            news_site.add_page(item.url, page(k))
        news_site.add_page("/", section(items, head=feed_link("/feed")))
        one_pass(config)
        assert rows(tmp_path, "select count(*) as n from articles") == [{"n": n}]


def test_a_wait_asked_for_outlasts_the_pass_and_all(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.too_many_requests("/feed", retry_after="7200")
    config = write_config(tmp_path, [outlet(news_site, feeds=[news_site.url("/feed")])])
    asked = []
    for hours in (0, 1, 3):
        one_pass(config, now=NOW + timedelta(hours=hours))
        asked.append(news_site.hits("/feed"))
    assert asked == [1, 1, 2]


@pytest.mark.parametrize("header", ["99999999999999", "Fri, 31 Dec 9999 23:59:59 GMT", "soon", "-5", "٣"])
def test_no_retry_after_ends_a_pass(header: str, news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1)})
    news_site.too_many_requests("/1", retry_after=header)
    one_pass(write_config(tmp_path, [outlet(news_site)]))
    assert rows(tmp_path, "select result from runs") == [{"result": "done"}]


def test_an_article_that_moved_stays_one_article(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1)})
    config = write_config(tmp_path, [outlet(news_site)], crawl="recheck_hours = [1]")
    one_pass(config, now=NOW)
    news_site.add_page("/moved", page(1))
    news_site.redirect("/1", "/moved")
    for hours in (2, 3):
        one_pass(config, now=NOW + timedelta(hours=hours))
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": 1}]
    assert rows(tmp_path, "select state from checks") == [{"state": "alive"}]


def test_an_article_that_now_leads_elsewhere_is_checked_and_not_overwritten(
    news_site: NewsSite, tmp_path: Path
) -> None:
    publish(news_site, {"/1": page(1), "/2": article("Winter in the harbour", HARBOUR)})
    config = write_config(tmp_path, [outlet(news_site)], crawl="recheck_hours = [1]")
    one_pass(config, now=NOW)
    news_site.redirect("/1", "/2")
    for hours in (2, 3):
        one_pass(config, now=NOW + timedelta(hours=hours))
    checks = rows(
        tmp_path, "select state, reason from checks c join articles a on a.id = c.article where a.url like '%/1'"
    )
    assert checks == [{"state": "unknown", "reason": f"now at {news_site.url('/2')}"}]
    assert rows(tmp_path, "select change from versions where change <> 'first'") == []


def test_a_canonical_that_another_article_holds_does_not_overwrite_it(news_site: NewsSite, tmp_path: Path) -> None:
    wrong = article("Another report entirely", HARBOUR, canonical=news_site.url("/1-report"))
    variant = article(
        "Report number 1 of the week",
        [line.format(1) for line in (ON_TOPIC, FILLER, CLOSING)],
        canonical=news_site.url("/1-report"),
    )
    publish(news_site, {"/1-report": page(1)})
    config = write_config(tmp_path, [outlet(news_site)])
    one_pass(config)
    publish(news_site, {"/1-report": page(1), "/wrong-page": wrong, "/1-report-print": variant})
    one_pass(config)
    assert [str(row["url"]).rsplit("/", 1)[1] for row in rows(tmp_path, "select url from articles order by url")] == [
        "1-report",
        "wrong-page",
    ]
    assert rows(tmp_path, "select change from versions where change <> 'first'") == []


def test_two_feeds_with_the_same_new_links_still_show_the_gap(news_site: NewsSite, tmp_path: Path) -> None:
    three = [Item(news_site.url(f"/{n}")) for n in (1, 2, 3)]
    publish(news_site, {f"/{n}": page(n) for n in (1, 2, 3)})
    news_site.add_page("/feed2", rss(three), content_type="application/rss+xml")
    config = write_config(tmp_path, [outlet(news_site, feeds=[news_site.url("/feed"), news_site.url("/feed2")])])
    one_pass(config, now=NOW)
    assert rows(tmp_path, "select gap_suspected from coverage") == [{"gap_suspected": 0}]
    others = [Item(news_site.url(f"/{n}")) for n in (4, 5, 6)]
    publish(news_site, {f"/{n}": page(n) for n in (4, 5, 6)})
    news_site.add_page("/feed2", rss(others), content_type="application/rss+xml")
    one_pass(config, now=NOW + timedelta(minutes=5))
    assert rows(tmp_path, "select gap_suspected from coverage") == [{"gap_suspected": 1}]


def test_addresses_in_hand_before_the_first_poll_are_no_gap(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1), "/2": page(2)})
    config = load(write_config(tmp_path, [outlet(news_site)]))
    collect(config, Scope(urls=(news_site.url("/1"),)), clock=lambda: NOW)
    collect(config, Scope(everything=True), clock=lambda: NOW + timedelta(hours=1))
    assert rows(tmp_path, "select gap_suspected from coverage") == [{"gap_suspected": 0}]


def test_all_captures_means_pages_without_an_article_too(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/empty": "<html><body></body></html>"})
    path = write_config(tmp_path, [outlet(news_site)])
    path.write_text('[archive]\nkeep_captures = "all"\n' + path.read_text())
    for _ in range(3):
        one_pass(path)
    assert rows(tmp_path, "select url, article from captures") == [{"url": news_site.url("/empty"), "article": None}]
    assert len(list((tmp_path / "archive" / "captures").rglob("*.warc.gz"))) == 1


def test_robots_of_another_host_are_not_the_outlets_word(tmp_path: Path) -> None:
    with NewsSite() as ours, NewsSite() as theirs:
        theirs.add_page("/robots.txt", robots(disallow=["/theirs"]), content_type="text/plain")
        theirs.add_page("/feed", rss([]), content_type="application/rss+xml")
        ours.add_page("/robots.txt", robots(disallow=["/ours"]), content_type="text/plain")
        publish(ours, {"/1": page(1)})
        config = write_config(tmp_path, [outlet(ours, feeds=[ours.url("/feed"), theirs.url("/feed")])])
        for _ in range(2):
            one_pass(config)
        assert rows(tmp_path, "select robots from outlet_rights") == [{"robots": robots(disallow=["/ours"])}]
        kinds = rows(tmp_path, "select count(*) as n from fetches where kind = 'robots'")
        assert kinds == [{"n": 2}]  # once a day


def test_the_captures_folder_cannot_be_used(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": page(1)})
    config = load(write_config(tmp_path, [outlet(news_site)]))
    config.archive.captures.parent.mkdir()
    config.archive.captures.write_text("a file")
    with pytest.raises(ArchiveError, match="captures"):
        collect(config, clock=lambda: NOW)
    assert rows(tmp_path, "select result from runs") == [{"result": "failed"}]
    assert rows(tmp_path, "select state from links") == [{"state": "waiting"}]


@pytest.mark.parametrize(
    ("policy", "kept"),
    [("keep", [("full", 1)]), ("metadata", [("empty", 0)]), ("skip", [])],
)
@pytest.mark.parametrize("where", ["header", "meta"])
def test_a_reservation_of_text_and_data_mining_is_obeyed(
    policy: str, kept: list[tuple[str, int]], where: str, news_site: NewsSite, tmp_path: Path
) -> None:
    body = page(1)
    if where == "meta":
        body = body.replace("<head>", '<head><meta name="tdm-reservation" content="1">', 1)
    publish(news_site, {"/1": body})
    if where == "header":
        news_site.add_page("/1", body, headers={"TDM-Reservation": "1", "tdm-policy": "https://a.example/tdm"})
    config = write_config(tmp_path, [outlet(news_site)], crawl=f'tdm_reserved = "{policy}"\nrecheck_hours = [0]')
    for _ in range(2):
        one_pass(config)
    found = rows(
        tmp_path, "select text_status, (select count(*) from captures c where c.article = a.id) as n from articles a"
    )
    assert [(row["text_status"], row["n"]) for row in found] == kept
    assert rows(tmp_path, "select change from versions where change <> 'first'") == []
    assert {"tdm_reserved": 1} in rows(tmp_path, "select tdm_reserved from outlet_rights")
    if policy == "metadata":
        assert rows(tmp_path, "select text from texts") == [{"text": ""}]
        assert {row["field"] for row in rows(tmp_path, "select field from evidence")} <= {"title"}
