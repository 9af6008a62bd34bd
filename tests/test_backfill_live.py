"""Backfill that asks live: tables of addresses from other tools, and sitemaps between two days."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from news_pages import article
from news_site import NewsSite
from whole_way import rows, write_config

from crawler.warc_sources import expand
from scheduler.backfill_table import addresses
from scheduler.cli import cli
from scheduler.spans import Span
from storage.errors import ConfigError
from storage.records import Link

MARCH = Span(begin=datetime(2018, 3, 1, tzinfo=UTC), end=datetime(2018, 4, 1, tzinfo=UTC))
A, B = "https://a.example/2018/03/05/a", "https://a.example/b"
GDELT = f"20180305120000-1\t20180305120000\t1\ta.example\t{A}\t\t\thttps://a.example/x.jpg;https://a.example/y.jpg\n"


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        (f"id,indexed_date,language,media_name,media_url,publish_date,title,url\n1,2018-03-06,en,A,https://a.example,2018-03-05,T,{A}\n"
         f"2,2018-05-06,en,A,https://a.example,2018-05-05,T,{B}\n", {}),
        (f"Adresse;Tag\n{A};2018-03-05\n{B};2018-05-05\n", {"url": "Adresse", "date": "tag"}),
        (GDELT + GDELT.replace(A, B).replace("201803", "201805"), {}),
        (f"urlkey timestamp original mimetype\nexample,a)/a 20180305120000 {A} text/html\nexample,a)/b 20180505120000 {B} text/html\n", {}),
        (f"\ufeffURL\r\n{A}\r\n\r\n", {}),
    ],
    ids=["Media Cloud", "columns mapped", "GDELT without a head", "Wayback CDX", "only addresses, as Excel saves them"],
)  # fmt: skip
def test_tables_of_other_tools_are_read_and_days_kept_to(tmp_path: Path, text: str, mapping: dict[str, str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    assert list(addresses(str(path), mapping, MARCH)) == [A]


def test_a_table_without_a_known_column_says_which_it_has(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("place,when\nx,y\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="say --column url=NAME; it has: place, when"):
        list(addresses(str(path), {}, Span()))
    with pytest.raises(ConfigError, match="has no column Wo; it has: place, when"):
        list(addresses(str(path), {"url": "Wo"}, Span()))


@pytest.mark.parametrize(
    ("link", "is_in"),
    [
        (Link(url=A, outlet="a", found_in=""), True),
        (Link(url=A, outlet="a", found_in="", modified_at=datetime(2024, 1, 1, tzinfo=UTC)), True),
        (Link(url=B, outlet="a", found_in="", modified_at=datetime(2018, 3, 31, 23, tzinfo=UTC)), True),
        (Link(url=B, outlet="a", found_in="", modified_at=datetime(2018, 4, 1, tzinfo=UTC)), False),
        (Link(url=B, outlet="a", found_in=""), False),
    ],
    ids=["by its address", "changed years later", "changed then", "changed after", "says nothing"],
)
def test_an_entry_is_of_the_days_asked_for(link: Link, is_in: bool) -> None:
    assert MARCH.has(link) is is_in
    assert Span().has(link)


@pytest.mark.parametrize(
    ("address", "may_hold"),
    [
        ("https://a.example/sitemap-2018-03.xml", True),
        ("https://a.example/sitemap-2016-03.xml.gz", False),
        ("https://a.example/sitemaps/2018.xml", True),
        ("https://a.example/sitemaps/2019.xml", False),
        ("https://a.example/sitemap-7.xml", True),
        ("https://a.example/sitemap.xml?from=2017-01&to=2019-12", True),
    ],
)
def test_a_sitemap_of_other_months_is_not_asked(address: str, may_hold: bool) -> None:
    assert MARCH.may_hold(address) is may_hold


def test_sources_are_files_globs_and_lists(tmp_path: Path) -> None:
    for name in ("b.warc.gz", "a b.warc.gz"):
        (tmp_path / name).write_bytes(b"")
    both = [(tmp_path / name).as_uri() for name in ("a b.warc.gz", "b.warc.gz")]
    assert list(expand(str(tmp_path / "*.warc.gz"))) == both
    assert list(expand(str(tmp_path / "b.warc.gz"))) == both[1:]
    assert list(expand("https://x.example/a.warc.gz?b=1")) == ["https://x.example/a.warc.gz?b=1"]
    paths = tmp_path / "warc.paths.gz"
    paths.write_bytes(gzip.compress(b"crawl-data/CC-NEWS/2018/03/x.warc.gz\nb.warc.gz\n"))
    away = "https://data.commoncrawl.org/crawl-data/CC-NEWS/2018/03/x.warc.gz"
    assert list(expand(str(paths))) == [away, both[1]]
    assert next(expand(str(paths), base="s3://mine/")) == "s3://mine/crawl-data/CC-NEWS/2018/03/x.warc.gz"
    with pytest.raises(ConfigError, match="matches no file"):
        list(expand(str(tmp_path / "*.nothing")))


def sitemap(entries: dict[str, str]) -> str:
    urls = "".join(f"<url><loc>{url}</loc><lastmod>{day}</lastmod></url>" for url, day in entries.items())
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


@pytest.fixture
def config(news_site: NewsSite, tmp_path: Path) -> Path:
    """An outlet with a sitemap index of two months, and robots.txt that closes one address."""
    days = {"2018/03/05/first-letter-of-march": "2018-03-05", "2018/03/09/closed-letter-of-march": "2018-03-09",
            "2018/04/02/first-letter-of-april": "2018-04-02"}  # fmt: skip
    for n, path in enumerate(days):
        lines = [
            f"Letter {n} went from Ankara to NATO, and {n * 17} gulls saw it.",
            f"It has {n + 40} pages on harbour dues.",
        ]
        news_site.add_page(f"/{path}", article(f"Letter {n} from the harbour", lines))
    urls = {news_site.url(f"/{path}"): day for path, day in days.items()}
    news_site.add_page("/march.xml", sitemap(urls), content_type="application/xml")
    index = f"<sitemapindex><sitemap><loc>{news_site.url('/march.xml')}</loc></sitemap></sitemapindex>"
    news_site.add_page("/index.xml", index, content_type="application/xml")
    robots = f"User-agent: *\nDisallow: /2018/03/09/\nSitemap: {news_site.url('/index.xml')}\n"
    news_site.add_page("/robots.txt", robots, content_type="text/plain")
    news_site.add_page("/", article("Front page", ["Nothing here."]))
    return write_config(tmp_path, [{"id": "gazette", "name": "Gazette", "url": news_site.url("/")}])


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(config), "backfill", *words])


def test_sitemaps_are_asked_between_two_days_and_only_once(config: Path, news_site: NewsSite, tmp_path: Path) -> None:
    words = ("--sitemaps", "gazette", "--from", "2018-03-01", "--to", "2018-03-31")
    result = run(config, *words)
    assert (result.exit_code, result.exception) == (0, None)
    stored = rows(tmp_path, "select url, found_by from articles")
    assert stored == [{"url": news_site.url("/2018/03/05/first-letter-of-march"), "found_by": "sitemap"}]
    assert rows(tmp_path, "select count(*) as n from coverage") == [{"n": 0}]
    assert news_site.hits("/2018/03/09/closed-letter-of-march") == 0
    run(config, *words)
    assert news_site.hits("/2018/03/05/first-letter-of-march") == 1
    assert run(config, "--sitemaps", "gazette").exit_code == 0
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": 2}]


def test_a_table_of_addresses_is_asked_once_and_what_is_foreign_is_named(
    config: Path, news_site: NewsSite, tmp_path: Path
) -> None:
    listed = [news_site.url("/2018/04/02/first-letter-of-april"), news_site.url("/gone"), "https://elsewhere.example/a"]
    path = tmp_path / "list.csv"
    path.write_text("url\n" + "\n".join(listed) + "\n", encoding="utf-8")
    result = run(config, str(path))
    assert result.exit_code == 1
    assert "https://elsewhere.example/a: of no outlet, not asked" in result.stderr
    assert rows(tmp_path, "select found_by from articles") == [{"found_by": "url-list"}]
    run(config, str(path))
    assert (news_site.hits("/gone"), news_site.hits("/2018/04/02/first-letter-of-april")) == (1, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a SOURCE, or --sitemaps OUTLET"),
        (("--sitemaps", "nobody"), "--sitemaps: no such outlet: nobody"),
        (("nosuch.warc.gz",), "nosuch.warc.gz: no such file"),
        (("x.warc.gz", "--workers", "2", "--cluster", "tcp://127.0.0.1:1"), "a cluster has its own number of workers"),
        (("--sitemaps", "gazette", "--from", "2018-03-02", "--to", "2018-03-01"), "is later than --to"),
        (("list.csv",), "list.csv: no such file"),
        (("*.warc.gz",), "matches no file"),
        (("--dry-run", "--sitemaps", "gazette"), "needs WARC files"),
        (("--column", "title=x", "--sitemaps", "gazette"), "not url=COLUMN or date=COLUMN"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_touches_nothing(config: Path, words: tuple[str, ...], said: str) -> None:
    result = run(config, *words)
    assert (result.exit_code, "Traceback" in result.stderr) == (2, False)
    assert said in result.stderr
    assert not (config.parent / "archive").exists()
