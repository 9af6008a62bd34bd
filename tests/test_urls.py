"""url_key, clean_url and what an address alone says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import article_url_key, clean_url, shape_points, url_key
from storage.records import article_key

PIECES = (
    "http://", "https://", "www.", "m.", "amp.", "google.com/amp/s/", "cdn.ampproject.org/c/", "bing.com/amp/", "//http://", "example.org", ":80", ":443",
    ":", "/", "//", "/amp", "/index.html", ".amp", ".html", "..", ".", "%2e", "%", "%25", "é", "?", "&", "=", "utm_a", "amp",
    "id=5", "ref", "a-b-c", "source=x", "/2026/03/02", "#", "@", "\\", "a", "B", "(S(a))", ";jsessionid=1", "\t", " ", "[::1]", "中", "\ud800",
)  # fmt: skip
ADDRESSES = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        pytest.param("https://Example.org/A/b", "example.org/A/b", id="host in lower case, path as it is"),
        pytest.param("http://www.m.example.org/a", "example.org/a", id="www and m go"),
        pytest.param("https://example.org:443/a", "example.org/a", id="default port goes"),
        pytest.param("http://127.0.0.1:8800/a", "127.0.0.1:8800/a", id="other port stays"),
        pytest.param("https://example.org", "example.org/", id="front page"),
        pytest.param("https://example.org/a/", "example.org/a", id="trailing slash"),
        pytest.param("https://example.org/a/index.html", "example.org/a", id="index file"),
        pytest.param("https://example.org/index.php?id=5", "example.org/?id=5", id="index file with a query"),
        pytest.param("https://example.org/a/./b/../c", "example.org/a/c", id="dot segments"),
        pytest.param("https://example.org/%7Ea/%c3%a9?q=%41", "example.org/~a/%C3%A9?q=A", id="percent-encoding"),
        pytest.param("https://example.org/türkiye", "example.org/t%C3%BCrkiye", id="letters in a path"),
        pytest.param("https://пример.рф/а", "xn--e1afmkfd.xn--p1ai/%D0%B0", id="letters in a host"),
        pytest.param("https://u:p@example.org/a#b", "example.org/a", id="credentials and fragment"),
        pytest.param("https://example.org/?p=123", "example.org/?p=123", id="article in the query"),
        pytest.param("https://example.org/a?b=2&a=1&b=1", "example.org/a?a=1&b=2&b=1", id="query sorted by name"),
        pytest.param("https://example.org/a?utm_source=x&fbclid=y&gclid=z&id=5", "example.org/a?id=5", id="tracking"),
        pytest.param("https://example.org/a?YCLID=1&ysclid=2", "example.org/a", id="tracking in capitals"),
        pytest.param(
            "https://example.org/harbour-dues-rise?ref=twitter",
            "example.org/harbour-dues-rise",
            id="where from, a word",
        ),
        pytest.param("https://example.org/a?ref=twitter", "example.org/a?ref=twitter", id="ref that may be an article"),
        pytest.param(
            "https://example.org/story.php?feature=budget-deal&utm_source=x",
            "example.org/story.php?feature=budget-deal",
            id="article in a word",
        ),
        pytest.param(
            "https://example.org/2026/03/02/amp/?from=rss&source=home", "example.org/2026/03/02", id="where from, dated"
        ),
        pytest.param("https://example.org/a?ref=77", "example.org/a?ref=77", id="ref that may be a number"),
        pytest.param("https://example.org/a;jsessionid=0A1B?x=1", "example.org/a?x=1", id="session id in the path"),
        pytest.param("https://example.org/a?sid=123", "example.org/a?sid=123", id="sid that numbers a story"),
        pytest.param(f"https://example.org/a?sid={'0a' * 16}", "example.org/a", id="sid of a session"),
        pytest.param("https://example.org/(S(x1))/a", "example.org/a", id="session of ASP.NET"),
        pytest.param("https://amp.example.org/a", "example.org/a", id="amp host"),
        pytest.param("https://example.org/amp/a", "example.org/a", id="amp in front"),
        pytest.param("https://example.org/a/amp/", "example.org/a", id="amp behind"),
        pytest.param("https://example.org/a.amp.html", "example.org/a.html", id="amp suffix"),
        pytest.param("https://example.org/a?amp=1&outputType=amp", "example.org/a", id="amp parameters"),
        pytest.param("https://example.org/amp", "example.org/amp", id="a page called amp"),
        pytest.param("https://www.google.com/amp/s/www.example.org/a", "example.org/a", id="Google's amp address"),
        pytest.param("https://example-org.cdn.ampproject.org/c/s/example.org/a", "example.org/a", id="amp cache"),
        pytest.param("https://www.bing.com/amp/s/example.org/a", "example.org/a", id="Bing's amp address"),
        pytest.param("https://cdn.ampproject.org/wp/s/example.org/a", "example.org/a", id="amp cache, web packages"),
        pytest.param("https://example.org//a//b", "example.org/a/b", id="doubled slashes"),
        pytest.param(
            "https://example.org/web/http://b.org/a", "example.org/web/http://b.org/a", id="address in the path"
        ),
        pytest.param(
            "https://example.org/a?gbraid=1&wbraid=2&msclkid=3&mc_cid=4&mc_eid=5&igshid=6&_ga=7&at_link_id=8",
            "example.org/a",
            id="more tracking",
        ),
        pytest.param(
            "https://example.org/a?s=nato&m=1&print=1",
            "example.org/a?m=1&print=1&s=nato",
            id="parameters we do not know",
        ),
        pytest.param(
            "https://example.org/%d1%82%d1%83", "example.org/%D1%82%D1%83", id="Cyrillic, escaped in lower case"
        ),
        pytest.param("https://example.org/ту", "example.org/%D1%82%D1%83", id="Cyrillic as it is"),
        pytest.param("https://google.com/amp/s/a.b:99999/c", "google.com/s/a.b:99999/c", id="amp of no address"),
        pytest.param("example.org/a", "example.org/a", id="a key is an address"),
        pytest.param(" https:\\\\example.org\\a\n", "example.org/a", id="as browsers read it"),
    ],
)
def test_url_key(url: str, key: str) -> None:
    assert url_key(url) == key


@pytest.mark.parametrize(
    "url",
    ["", "/a", "mailto:a@b.org", "javascript:void(0)", "file:///etc/passwd", "ftp://b.org/a", "http://", "http://[::1/a",
     "http://b.org:99999/", "http://b..org/", "http://a b.org/", "https://b.org/" + "a" * 9000, "http://%ff.org/"],
)  # fmt: skip
def test_addresses_we_never_ask(url: str) -> None:
    assert clean_url(url) is None


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "http://[::1/a", "mailto://x"])
def test_no_key_without_an_address(url: str) -> None:
    with pytest.raises(ValueError, match="not an address we would ask"):
        url_key(url)


@pytest.mark.parametrize(
    ("url", "base", "clean"),
    [
        ("HTTP://u:p@B.org:80/a/../b?Q=1#f", "", "http://b.org/b?Q=1"),
        ("http://b.org:443/a", "", "http://b.org:443/a"),
        ("https://b.org:0443/a", "", "https://b.org/a"),
        ("?p=5", "https://b.org/a/", "https://b.org/a/?p=5"),
        ("//c.org/a b", "https://b.org/", "https://c.org/a%20b"),
        ("../a", "https://b.org/x/y/z", "https://b.org/x/a"),
        ("http://[::1]:8/a?utm_source=x", "", "http://[::1]:8/a?utm_source=x"),
        ("https://b.org/a?", "", "https://b.org/a?"),
    ],
)
def test_clean_url(url: str, base: str, clean: str) -> None:
    assert clean_url(url, base) == clean


@given(ADDRESSES)
def test_a_key_is_its_own_key_and_that_of_the_clean_address(url: str) -> None:
    clean = clean_url(url)
    try:
        key = url_key(url)
    except ValueError:
        assert clean is None
        return
    assert key.isascii()
    assert url_key(key) == key
    if clean is not None:
        assert url_key(clean) == key
        assert clean_url(clean) == clean


@given(ADDRESSES, ADDRESSES)
def test_clean_url_never_raises(url: str, base: str) -> None:
    clean_url(url, base)


def test_article_key_is_the_same_everywhere() -> None:
    assert article_key("example.org/a?id=5") == "90374c913d21adc955ef8387eb73ad67"


@pytest.mark.parametrize(
    ("canonical", "same_outlet", "key"),
    [
        pytest.param("https://b.org/turkey-and-nato", True, "b.org/turkey-and-nato", id="an article's"),
        pytest.param("https://b.org/?p=123", True, "b.org/?p=123", id="an article's, in the query"),
        pytest.param("/world/12345", True, "b.org/world/12345", id="relative"),
        pytest.param("https://c.org/turkey-and-nato", False, "b.org/final-a-1", id="another outlet's"),
        pytest.param("https://b.org/", True, "b.org/final-a-1", id="the front page"),
        pytest.param("https://b.org/world/europe/", True, "b.org/final-a-1", id="a section"),
        pytest.param("mailto:x", True, "b.org/final-a-1", id="no address"),
        pytest.param(None, True, "b.org/final-a-1", id="none"),
    ],
)
def test_whose_key_an_article_gets(canonical: str | None, same_outlet: bool, key: str) -> None:
    assert article_url_key("https://www.b.org/final-a-1/?utm_x=1", canonical, same_outlet=same_outlet) == key


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("https://b.org/?p=123", True),
        ("https://b.org/turkey-and-nato", True),
        ("https://b.org/2024/05/12/nato", True),
        ("https://b.org/spip.php?article8532", True),
        ("https://b.org/haber/t%C3%BCrkiye-nato-zirvesi", True),
        ("https://b.org/a/story_sto8749554/story.shtml", True),
        ("https://b.org/", False),
        ("https://b.org/world/europe", False),
        ("https://b.org/news/2024", False),
        ("https://b.org/world/?page=3", False),
    ],
)
def test_what_an_address_alone_says(url: str, answer: bool) -> None:
    assert (shape_points(url) > 1) is answer
