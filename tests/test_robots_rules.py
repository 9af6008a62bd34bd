"""robots.txt: what RFC 9309 says, and what servers send instead."""

from datetime import UTC, datetime

import pytest

from crawler.robots_rules import MOST_BYTES, Rules, conclusive, product_of, robots_text
from storage.records import HostPolicy

AGENT = "cuttings/0.1 (+https://example.org/contact)"


def allowed(text: str, path: str, agent: str = AGENT) -> bool:
    return Rules(text, agent).allow(f"https://example.org{path}")


@pytest.mark.parametrize(
    ("rules", "path", "allows"),
    [
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Disallow: /a/b\nAllow: /a", "/a/b/c", False),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*.pdf$", "/x.pdf", False),
        ("Disallow: /*.pdf$", "/x.pdf?y", True),
        ("Disallow: /*/print/", "/news/print/1", False),
        ("Disallow: /?p=", "/?p=12", False),
        ("Disallow: /haber%C3%BC", "/haberü", False),
        ("Disallow: /haberü", "/haber%C3%BC/1", False),
        ("Disallow:", "/a", True),
        ("Disallow: /", "/robots.txt", True),
        ("disallow : /A", "/a", True),
    ],
)
def test_the_longest_match_wins_and_allow_wins_a_tie(rules: str, path: str, allows: bool) -> None:
    assert allowed(f"User-agent: *\n{rules}", path) is allows


@pytest.mark.parametrize("line", ["Cuttings", "CUTTINGS", "cuttings/1.0", "cuttings*", "cuttings # us"])
def test_our_own_group_counts_instead_of_everybodys(line: str) -> None:
    text = f"User-agent: *\nDisallow: /\n\nUser-agent: {line}\nDisallow: /private"
    assert (allowed(text, "/a"), allowed(text, "/private")) == (True, False)


@pytest.mark.parametrize("other", ["cut", "c", "cuttingsbot", "my-cuttings", "cuttings-news", "tings"])
def test_a_group_of_another_with_a_name_like_ours_is_not_ours(other: str) -> None:
    assert allowed(f"User-agent: {other}\nDisallow: /", "/a")


def test_several_groups_for_us_are_one_group() -> None:
    text = "User-agent: cuttings\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: Cuttings/2\nUser-agent: y\nDisallow: /b"
    assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_a_crawl_delay_is_of_our_group() -> None:
    text = "User-agent: *\nCrawl-delay: 30\n\nUser-agent: cuttings\nCrawl-delay: 2.5\nDisallow: /a"
    assert (Rules(text, AGENT).delay_s, Rules(text, "other/1").delay_s) == (2.5, 30.0)


@pytest.mark.parametrize("stated", ["-1", "inf", "nan", "soon", "1e400", ""])
def test_a_crawl_delay_that_is_no_number_is_none(stated: str) -> None:
    assert Rules(f"User-agent: *\nCrawl-delay: {stated}", AGENT).delay_s == 0.0


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /private",
        b"User-agent: *\rDisallow: /private\r",
        b"User-agent: *\r\n\r\n\r\nDisallow: /private",
        "User-agent: *\nDisallow: /private".encode("utf-16"),
        b"# \xfe\xfd\x00\x81\nUser-agent: *\nDisallow: /\xfe\xe7\nDisallow: /private",
        b"user-agent:*\ndisallow:/private",
    ],
    ids=["mark", "old Mac", "blank lines", "utf-16", "unknown bytes", "no spaces"],
)
def test_a_file_is_read_however_it_is_written(body: bytes) -> None:
    text = robots_text(body)
    assert (allowed(text, "/private"), allowed(text, "/a")) == (False, True)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><pre>\nUser-agent: *\nDisallow: /\n</pre>",
        b"\n <html>\nUser-agent: *\nDisallow: /",
        b"\x00" * 99,
        b"",
    ],
)
def test_a_page_or_nothing_states_nothing(body: bytes) -> None:
    assert allowed(robots_text(body), "/a")


def test_of_a_huge_file_the_first_500_kib_count_and_no_half_line() -> None:
    head = b"User-agent: *\nDisallow: /private\n"
    line = b"Disallow: /x" + b"y" * 88 + b"\n"
    text = robots_text(head + line * (MOST_BYTES // len(line) + 1) + b"Disallow: /late\n")
    assert (allowed(text, "/private"), allowed(text, "/late")) == (False, True)
    assert text.endswith("y\n")
    assert len(text) <= MOST_BYTES


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        (AGENT, "cuttings"),
        ("Mozilla/5.0 (compatible; PressBot/2.1; +https://a.example)", "PressBot"),
        ("PressBot (research)", "PressBot"),
        ("  press-bot ", "press-bot"),
    ],
)
def test_the_name_we_go_by(agent: str, token: str) -> None:
    assert product_of(agent) == token


@pytest.mark.parametrize(
    ("status", "counts"),
    [(200, True), (404, True), (403, True), (302, True), (429, False), (503, False), (None, False)],
)
def test_which_answers_settle_it(status: int | None, counts: bool) -> None:
    policy = HostPolicy(origin="http://a", fetched_at=datetime(2026, 1, 1, tzinfo=UTC), robots_status=status, robots="")
    assert conclusive(policy) is counts
