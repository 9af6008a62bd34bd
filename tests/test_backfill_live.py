"""Backfill that asks live: tables of addresses from other tools, and sitemaps between two days."""

import gzip
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from news_pages import article
from news_site import NewsSite
from whole_way import rows, write_config

from crawler.warc_sources import expand
from scheduler.backfill_kinds import Asked
from scheduler.backfill_table import addresses
from scheduler.cli import cli
from scheduler.spans import Span
from storage.errors import ConfigError
from storage.records import Link

MARCH = Span(begin=datetime(2018, 3, 1, tzinfo=UTC), end=datetime(2018, 4, 1, tzinfo=UTC))
A, B = "https://a.example/2018/03/05/a", "https://a.example/b"
GKG = f"20180305120000-1\t20180305120000\t1\ta.example\t{A}\t\t\thttps://a.example/x.jpg;https://a.example/y.jpg\n"
CDX = f"example,a)/a 20180305120000 {A} text/html 200 DIGEST 1234\nexample,a)/b 20180505120000 {B} text/html 200 DIGEST 1\n"


def event(happened: str, added: str, url: str) -> str:
    """Return a line of GDELT's events: 61 cells, of which one may begin with a quotation mark."""
    return "\t".join(["734612345", happened, happened[:6], happened[:4], '"x', *["y"] * 54, added, url]) + "\n"


TABLES = {
    "Media Cloud": f"id,indexed_date,language,media_name,media_url,publish_date,title,url\n"
    f'1,2018-03-06,en,A,https://a.example,2018-03-05,"T, and\nt",{A}\n2,2018-05-06,en,A,https://a.example,2018-05-05,T,{B}\n',
    "Media Cloud before 2023": f"stories_id,publish_date,title,url,language\n1,2018-03-05 10:00:00,T,{A},en\n2,2018-05-05,T,{B},en\n",
    "GDELT's articles": f"\ufeffURL,MobileURL,Date,Title\n{A},{A}/amp,2018-03-05 12:00:00,x\n{B},,2018-05-05 12:00:00,y\n",
    "GDELT's articles, of JSON": f"url,title,seendate\n{A},x,20180305T120000Z\n{B},y,20180505T120000Z\n",
    "GDELT's GKG without a head": GKG + GKG.replace(A, B).replace("201803", "201805"),
    "GDELT's events, dated by when they were in the news": event("20170305", "20180305120000", A)
    + event("20180305", "20180505120000", B),
    "GDELT's mentions": f"734612345\t20170305120000\t20180305120000\t1\ta.example\t{A}\t1\n",
    "Wayback CDX with names": f"urlkey timestamp original mimetype\nexample,a)/a 20180305120000 {A} text/html\n"
    f"example,a)/b 20180505120000 {B} text/html\n",
    "Wayback CDX as the server gives it": CDX,
    "a CDX file": " CDX N b a m s k r M S V g\n" + CDX.replace(" 1234\n", " - - 1234 0 x.warc.gz\n"),
    "dates as in German": f'"url";"date, local"\n{A};05.03.2018\n'.replace("date, local", "Date"),
    "addresses with commas and no head": f"{A}\n",
    "only addresses, as Excel saves them": f"\ufeffURL\r\n{A}\r\n\r\n",
    "as Excel says what separates": f"sep=;\r\nurl;date\r\n{A};2018-03-05\r\n{B};2018-05-05\r\n",
    "with a remark before": f"# made on Monday\n\nurl,date\n{A},2018-03-05\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_tables_of_other_tools_are_read_and_days_kept_to(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert list(addresses(str(path), {}, MARCH)) == [A]


def test_columns_are_mapped_by_their_names_however_these_are_written(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Adresse;Der Tag\n{A};2018-03-05\n{B};2018-05-05\n", encoding="utf-8")
    assert list(addresses(str(path), {"url": "ADRESSE", "date": "der tag "}, MARCH)) == [A]


@pytest.mark.parametrize("head", ["", "url\n"], ids=["no head", "a head"])
def test_a_comma_in_an_address_is_a_part_of_it(tmp_path: Path, head: str) -> None:
    path = tmp_path / "list.csv"
    urls = ["https://a.example/1,114871,dues.html", "https://a.example/1,114872,dues.html"]
    path.write_text(head + "\n".join(urls), encoding="utf-8")
    assert list(addresses(str(path), {}, Span())) == urls


def test_packed_tables_and_those_in_utf_16_are_read(tmp_path: Path) -> None:
    text = f"url\tdate\r\n{A}\t2018-03-05\r\n"
    (tmp_path / "a.csv").write_bytes(text.encode("utf-16"))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(tmp_path / "c.export.CSV.zip", "w") as packed:
        packed.writestr("c.export.CSV", event("20180305", "20180305120000", A))
    for name in ("a.csv", "b.csv.gz", "c.export.CSV.zip"):
        assert list(addresses(str(tmp_path / name), {}, MARCH)) == [A]


@pytest.mark.parametrize("stated", ["03/05/2018", "1520208000", "2018-13-05"])
def test_a_date_that_may_be_any_is_an_error_where_days_are_asked_for(tmp_path: Path, stated: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"url,date\n{B},undateable\n{A},{stated}\n", encoding="utf-8")
    assert list(addresses(str(path), {}, Span())) == [B, A]
    with pytest.raises(ConfigError, match=f"--from and --to: '{stated}' is no date that is read"):
        list(addresses(str(path), {}, MARCH))


def test_tables_are_told_from_warc_files_by_their_names() -> None:
    tables = ("a.csv", "a.CSV.zip", "b/a.tsv.gz", "a.cdx", "https://x.example/a.csv?b=1.warc", "a*.csv")
    others = ("a.warc.gz", "warc.paths.gz", "https://x.example/a.warc.gz?b=1.csv")
    asked = Asked(sources=tables + others)
    assert (asked.tables, asked.warcs) == ([*tables], [*others])


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
    again = [listed[0], f"{listed[0]}?utm_source=list#top", f"{listed[0]}/"]
    path.write_text("url\n" + "\n".join(listed + again) + "\n", encoding="utf-8")
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
