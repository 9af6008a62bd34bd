"""`collect --url FILE`: what is read as addresses, what is asked of them, and what is said of the rest."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from news_pages import article
from news_site import Answer, NewsSite
from whole_way import publish, rows, write_config

from scheduler.cli import cli
from scheduler.collect import Report, collect
from scheduler.config import load
from scheduler.scope import InHand, Scope
from scheduler.url_list import addresses

BODY = [f"Officials in Ankara sent letter number {n} to NATO on Monday, and nobody has answered it." for n in range(5)]
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
A, B = "https://a.example/1", "https://a.example/2"


@pytest.fixture
def config(news_site: NewsSite, tmp_path: Path) -> Path:
    publish(news_site, {f"/{n}": article(f"A letter {n}", [*BODY, f"Letter {n}."]) for n in range(5)})
    return write_config(tmp_path, [{"id": "a", "name": "A", "url": news_site.url(), "max_links": 2}])


def run(config: Path, file: bytes, *words: str) -> Result:
    path = config.with_name("urls.txt")
    path.write_bytes(file)
    return CliRunner().invoke(cli, ["--config", str(config), "collect", "--url", str(path), *words])


def asked(config: Path, *urls: str, now: datetime = NOW) -> Report:
    return collect(load(config), Scope(urls=urls), clock=lambda: now)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"# mine\n\n {A} \r\n{B}", (A, B)),
        (f"\ufeff{A}\n", (A,)),
        (f"url,title\n{A},Short\n", (A,)),
        (f"{A},A title of words\n{B},Short\n", (A, B)),
        (f'"{A}","A title, with a comma"\n', (A,)),
        (f"{A};A title, with a comma\n{B};Other\n", (A, B)),
        (f"{A}\tTitle\n", (A,)),
        ("https://a.example/7,75399,123.html\nhttps://a.example/8,1.html\n",
         ("https://a.example/7,75399,123.html", "https://a.example/8,1.html")),
        ('URL,title\n"https://a.example/7,75399,123.html",One\n', ("https://a.example/7,75399,123.html",)),
    ],
)  # fmt: skip
def test_what_people_write_is_read(text: str, found: tuple[str, ...]) -> None:
    assert addresses(text.encode(), "urls.txt") == found


@pytest.mark.parametrize("text", ["", "\n \n", "# only\n\n# remarks\n", "\ufeff", "url,title\n"])
def test_a_file_without_addresses_is_an_error_and_no_pass(text: str, news_site: NewsSite, config: Path) -> None:
    result = run(config, text.encode())
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert "no address in" in result.stderr
    assert not news_site.requests


@pytest.mark.parametrize("coding", ["latin-1", "utf-16"])
def test_a_file_that_is_not_utf_8_is_an_error_in_one_line(coding: str, news_site: NewsSite, config: Path) -> None:
    result = run(config, f"{news_site.url('/1')},Über\n".encode(coding))
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "is not UTF-8" in result.stderr
    assert not news_site.requests


def test_an_empty_list_polls_nothing(news_site: NewsSite, config: Path) -> None:
    assert asked(config).exit_code == 0
    assert not news_site.requests


def test_what_was_not_asked_is_said_and_goes_on(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    asked(config, news_site.url("/0"))
    file = "\n".join([*(news_site.url(f"/{n}") for n in range(5)), news_site.url("/4") + "#end"]).encode()
    first = run(config, file)
    assert first.stderr.splitlines()[-1] == "6 given: 2 asked, 1 stored before, 1 given twice, 2 wait"
    assert rows(tmp_path, "select sum(cut_off) as n from coverage") == [{"n": 2}]
    second = run(config, file, "--json")
    said = {"given": 6, "twice": 1, "foreign": 0, "stored": 3, "forgotten": 0, "asked": 2}
    assert json.loads(second.stdout)["addresses"] == said
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": 5}]


def test_foreign_addresses_are_named_without_their_credentials(config: Path) -> None:
    result = run(config, b"https://me:secret@nobody.example/x?a=1\nftp://me:secret@nobody.example/\nme:secret@x\n")
    assert result.exit_code == 1
    assert "secret" not in result.output
    assert "https://nobody.example/x?a=1: of no outlet" in result.stderr
    assert "no outlet is due" not in result.stderr
    assert result.stderr.splitlines()[-1] == "3 given: 0 asked, 3 of no outlet"


def test_an_address_given_up_is_asked_again_by_hand(news_site: NewsSite, config: Path, tmp_path: Path) -> None:
    page = article("A letter 1", BODY)
    news_site.add_answers("/1", Answer(status=500), Answer(status=404), Answer(body=page.encode()))
    for hours in range(3):  # long before its rest is over
        asked(config, news_site.url("/1"), now=NOW + timedelta(minutes=hours))
    assert rows(tmp_path, "select state from links") == [{"state": "new"}]
    assert news_site.hits("/1") == 3


def test_what_was_asked_in_vain_keeps_nobody_waiting(news_site: NewsSite, config: Path) -> None:
    for n in (0, 1):
        news_site.add_page(f"/{n}", status=404)
    urls = [news_site.url(f"/{n}") for n in range(4)]
    asked(config, *urls)
    report = asked(config, *urls, now=NOW + timedelta(minutes=5))
    assert report.in_hand == InHand(given=4, twice=0, foreign=0, stored=0, asked=2)
    assert (news_site.hits("/2"), news_site.hits("/3")) == (1, 1)


def test_a_limit_never_raises_an_outlets_own(news_site: NewsSite, config: Path) -> None:
    for limit, count in ((5, 2), (1, 1)):
        report = collect(load(config), Scope(everything=True, limit=limit), clock=lambda: NOW)
        assert report.outlets["a"].counts["fetched"] == count


def test_a_list_cut_short_by_the_time_blames_no_outlet(news_site: NewsSite, config: Path) -> None:
    text = config.read_text(encoding="utf-8").replace("delay_s = 0.0", 'delay_s = 3.0\npass_limit = "1s"')
    config.write_text(text, encoding="utf-8")
    report = asked(config, news_site.url("/0"), news_site.url("/1"))
    assert (report.stopped, report.unanswered, report.exit_code) == (True, (), 0)
