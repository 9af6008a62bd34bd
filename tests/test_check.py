"""`cuttings check --online`: what of an outlet cannot be collected, why, and what collecting will take."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from news_pages import Item, article, feed_link, robots, rss, section, sitemap, sitemap_index
from news_site import NewsSite, closed_port, news_sites
from wall_pages import CLOUDFLARE, CONSENT, SHELL
from whole_way import publish, write_config

from crawler.robots import closing_rule
from scheduler.cli import cli

BODY = [f"Officials in Ankara sent letter number {n} to NATO on Monday, and nobody has answered it." for n in range(5)]
NOW = datetime.now(UTC).replace(microsecond=0)


def check(tmp_path: Path, site: NewsSite, *words: str, crawl: str = "", **outlet: object) -> Result:
    config = write_config(tmp_path, [{"id": "a", "name": "A", "url": site.url(), **outlet}], crawl=crawl)
    return CliRunner().invoke(cli, ["--config", str(config), "check", "--online", *words])


def pages(count: int = 3, **about: str) -> Mapping[str, str]:
    return {
        f"/news/{n}-a-letter": article(f"A letter {n}", BODY, published=NOW.isoformat(), **about) for n in range(count)
    }  # type: ignore[arg-type]


def dates(paths: Mapping[str, str], hours: int = 6) -> Mapping[str, str]:
    return {path: (NOW - timedelta(hours=hours * n)).isoformat() for n, path in enumerate(paths)}


def test_a_sound_outlet_is_described_and_is_no_problem(news_site: NewsSite, tmp_path: Path) -> None:
    there = pages(byline="By Jane Doe")
    publish(news_site, there, published=dates(there))
    result = check(tmp_path, news_site)
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"outlet a: feed {news_site.url('/feed')}: 3 links, newest {NOW:%Y-%m-%d %H:%M}Z" in result.stdout
    assert result.stdout.count("outlet a: article ") == 3
    assert "configuration: expect about" in result.stdout
    assert not (tmp_path / "archive").exists()


def test_the_rule_that_closes_an_outlet_is_named(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, pages())
    news_site.add_page("/robots.txt", robots(disallow=["/"]), content_type="text/plain")
    result = check(tmp_path, news_site)
    assert result.exit_code == 1
    assert "outlet a: robots.txt closes the front page (User-agent: *, Disallow: /)" in result.stderr
    assert news_site.hits("/") == 0


def test_closed_articles_are_counted_and_not_asked(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, pages())
    news_site.add_page("/robots.txt", robots(disallow=["/news/1", "/news/2"]), content_type="text/plain")
    result = check(tmp_path, news_site)
    assert "robots.txt closes 2 of the 3 newest articles (User-agent: *, Disallow: /news/" in result.stderr
    assert news_site.hits("/news/1-a-letter") == 0


def test_robots_that_fails_is_told_from_robots_that_closes(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, pages())
    news_site.add_page("/robots.txt", "", status=503)
    assert "robots.txt: HTTP 503" in check(tmp_path, news_site).stderr


@pytest.mark.parametrize(("setting", "said"), [("metadata", "only metadata are kept"), ("skip", "nothing is kept")])
def test_a_reservation_is_said_with_what_we_do(setting: str, said: str, news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, pages(head='<meta name="tdm-reservation" content="1">'))
    result = check(tmp_path, news_site, crawl=f'tdm_reserved = "{setting}"')
    assert f'text-and-data mining is reserved; tdm_reserved = "{setting}": {said}' in result.stderr


@pytest.mark.parametrize(
    ("page", "status", "about", "said"),
    [
        (CLOUDFLARE, 403, "block", "block page instead of the front page: “Cloudflare: Just a moment...”"),
        (CLOUDFLARE, 200, "block", "block page"),
        (CONSENT, 200, "consent", "consent wall instead of the front page"),
        (SHELL, 200, "javascript", "needs JavaScript instead of the front page"),
        ("<p>Go away</p>", 403, "block", "front page refused: HTTP 403"),
    ],
    ids=["challenge", "challenge with 200", "consent", "scripts", "plain 403"],
)
def test_what_stands_before_an_outlet(
    page: str, status: int, about: str, said: str, news_site: NewsSite, tmp_path: Path
) -> None:
    news_site.add_page("/", page, status=status)
    result = check(tmp_path, news_site, "--json")
    findings = [finding for finding in json.loads(result.stdout) if finding["problem"]]
    assert result.exit_code == 1
    assert (findings[0]["about"], said in findings[0]["text"]) == (about, True)


def test_articles_behind_a_wall_are_said(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, dict.fromkeys(pages(), CONSENT))
    result = check(tmp_path, news_site)
    assert "refused, consent wall: We value your privacy" in result.stderr
    assert result.stderr.count("consent wall") == 1
    assert "outlet a: no article could be read" in result.stderr


def test_an_outlet_that_only_scripts_could_list(news_site: NewsSite, tmp_path: Path) -> None:
    menu = "".join(f'<a href="/section{n}/">Section {n}</a> ' for n in range(30))
    news_site.add_page("/", f"<html><body>{menu}{'<script></script>' * 5}</body></html>")
    assert "its 5 scripts may put them there (needs JavaScript)" in check(tmp_path, news_site).stderr


def test_a_paywall_is_counted(news_site: NewsSite, tmp_path: Path) -> None:
    locked = '<meta property="article:content_tier" content="locked">'
    publish(news_site, pages(head=locked))
    assert "paywall: 3 of 3 articles" in check(tmp_path, news_site).stderr


def test_a_dead_feed_beside_a_living_one(news_site: NewsSite, tmp_path: Path) -> None:
    there = pages()
    publish(news_site, there, published=dates(there))
    old = (NOW - timedelta(days=400)).isoformat()
    news_site.add_page("/old", rss([Item(news_site.url("/old/1"), "Old", old)]))
    result = check(tmp_path, news_site, feeds=[news_site.url("/feed"), news_site.url("/old")])
    assert f"feed {news_site.url('/old')}: dead, its newest item is 400 days old" in result.stderr
    assert "/feed: dead" not in result.stderr


def test_another_host_is_named_before_its_articles_are_lost(news_site: NewsSite, tmp_path: Path) -> None:
    with NewsSite() as other:
        there = dict(pages())
        for path, body in there.items():
            other.add_page(path, body)
        news_site.add_page("/feed", rss([Item(other.url(path), "A letter") for path in there]))
        news_site.add_page("/", section([], head=feed_link("/feed")))
        result = check(tmp_path, news_site)
        assert f"3 of 3 links lead to {other.host}, which is no outlet's" in result.stderr


def test_a_sitemap_index_is_followed_to_its_newest(news_site: NewsSite, tmp_path: Path) -> None:
    for path, body in pages().items():
        news_site.add_page(path, body)
    items = [Item(news_site.url(path), None, NOW.isoformat()) for path in pages()]
    news_site.add_page("/", section([]))
    news_site.add_page("/map.xml", sitemap(items), content_type="application/xml")
    news_site.add_page("/index.xml", sitemap_index([news_site.url("/map.xml")]), content_type="application/xml")
    news_site.add_page("/robots.txt", robots(sitemaps=[news_site.url("/index.xml")]), content_type="text/plain")
    result = check(tmp_path, news_site)
    assert f"sitemap {news_site.url('/index.xml')}: 0 links, 1 sitemap\n" in result.stdout
    assert f"sitemap {news_site.url('/map.xml')}: 3 links" in result.stdout
    assert result.exit_code == 0


def test_an_outlet_that_does_not_answer(tmp_path: Path) -> None:
    with closed_port() as nowhere:
        config = write_config(tmp_path, [{"id": "a", "name": "A", "url": nowhere}])
        result = CliRunner().invoke(cli, ["--config", str(config), "check", "--online"])
    assert result.exit_code == 1
    assert f"outlet a: front page {nowhere}: connection refused" in result.stderr
    assert "cannot be told: 1 outlet not reached, refused or listing nothing" in result.stdout


def test_a_host_that_asks_us_to_wait_is_left_alone(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, pages())
    news_site.too_many_requests("/", retry_after="3600")
    assert "outlet a: front page" in check(tmp_path, news_site).stderr


def test_what_collecting_will_take_is_counted(news_site: NewsSite, tmp_path: Path) -> None:
    there = pages(10)
    publish(news_site, there, published=dates(there))  # one in six hours: 28 a week
    cost = next(f for f in json.loads(check(tmp_path, news_site, "--json").stdout) if f["about"] == "cost")["figures"]
    assert 4 <= cost["articles"] <= 5
    assert cost["polls"] == 24 * 2
    page = len(there["/news/0-a-letter"].encode())
    feed = sum(news_site.hits(path) for path in ("/feed",))
    assert feed == 1
    assert cost["traffic_bytes"] > cost["articles"] * page
    assert cost["database_bytes"] > cost["articles"] * 100
    assert cost["on_topic"] == 1.0


def test_outlets_that_are_not_counted_are_told_apart(tmp_path: Path) -> None:
    with news_sites(4) as (dated, undated, closed, refused):
        publish(dated, pages(), published=dates(pages()))
        publish(undated, dict.fromkeys(pages(), "<html></html>"))
        closed.add_page("/robots.txt", robots(disallow=["/"]), content_type="text/plain")
        refused.add_page("/", CLOUDFLARE, status=403)
        sites = enumerate((dated, undated, closed, refused))
        config = write_config(tmp_path, [{"id": f"o{n}", "name": f"O{n}", "url": site.url()} for n, site in sites])
        result = CliRunner().invoke(cli, ["--config", str(config), "check", "--online"])
    assert result.stdout.splitlines()[-1].endswith(
        "; not counted: 2 outlets not reached, refused or listing nothing, 1 outlet without dates"
    )


@pytest.mark.parametrize(
    ("robots_txt", "path", "rule"),
    [
        ("User-agent: *\nDisallow: /search\nAllow: /", "/news", None),
        ("User-agent: *\nDisallow: /n\nDisallow: /news/", "/news/1", "User-agent: *, Disallow: /news/"),
        (
            "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /*?p=",
            "/a?p=1",
            "User-agent: *, Disallow: /*?p=",
        ),
        (
            "User-agent: cuttings\nDisallow: /a # all\n\nUser-agent: *\nDisallow: /",
            "/a",
            "User-agent: cuttings, Disallow: /a",
        ),
        ("", "/a", None),
    ],
    ids=["open", "the longest", "another's rule", "ours before all", "no file"],
)
def test_the_closing_rule(robots_txt: str, path: str, rule: str | None) -> None:
    assert closing_rule(robots_txt, f"https://a.example{path}", "cuttings") == rule
