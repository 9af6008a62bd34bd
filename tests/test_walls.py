"""Pages that stand where an article should are known for what they are; articles about them are articles."""

from datetime import UTC, datetime

import pytest
import wall_pages as pages

from crawler.clean import Refusal, read
from crawler.walls import wall
from storage.records import Article, Capture, Outcome

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


def capture(
    body: str, *, asked: str = "https://a.example/news/1", answered: str | None = None, **headers: str
) -> Capture:
    stated = {
        "Content-Type": "text/html; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return Capture(
        requested_url=asked,
        url=answered or asked,
        fetched_at=MOMENT,
        status=200,
        headers=tuple(stated.items()),
        body=body.encode(),
    )


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("CLOUDFLARE", "block", "Cloudflare: Just a moment..."),
        ("CLOUDFLARE_DENIED", "block", "Cloudflare"),
        ("AKAMAI", "block", "Akamai: Access Denied"),
        ("DATADOME", "block", "DataDome"),
        ("INCAPSULA", "block", "Incapsula"),
        ("PERIMETERX", "block", "PerimeterX"),
        ("GEO", "block", "unavailable in your region"),
        ("RUSSIAN", "block", "Вы не робот"),
        ("CONSENT", "consent", "We value your privacy"),
        ("CONSENT_GERMAN", "consent", "Wir verwenden Cookies"),
        ("CONSENT_TURKISH", "consent", "iş ortaklarımız"),
        ("SHELL", "javascript", "You need to enable JavaScript"),
        ("SHELL_SILENT", "javascript", "an empty page and 2 scripts"),
        ("PAYWALL", "paywall", "Subscribe to continue"),
    ],
)
def test_a_wall_is_known_by_its_words(name: str, kind: str, words: str) -> None:
    found = wall(capture(getattr(pages, name)))
    assert found is not None
    assert found.kind == kind
    assert words in found.words


@pytest.mark.parametrize(
    "name", ["ABOUT_CLOUDFLARE", "ABOUT_COOKIES", "BARE_ABOUT_COOKIES", "WITH_CAPTCHA_FORM", "BARE", "FRONT"]
)
def test_an_article_is_no_wall(name: str) -> None:
    assert wall(capture(getattr(pages, name))) is None


def test_a_challenge_is_known_by_its_header() -> None:
    assert wall(capture("<html><body></body></html>", cf_mitigated="challenge")) == (
        "block",
        "Cloudflare: cf-mitigated: challenge",
    )


def test_being_sent_to_a_consent_page_or_a_login_is_a_wall() -> None:
    sent = wall(capture("<html><body>OK</body></html>", answered="https://consent.a.example/collect?x=1"))
    assert sent is not None
    assert sent.kind == "consent"
    login = wall(capture(pages.LOGIN, answered="https://a.example/login?back=/news/1"))
    assert login is not None
    assert login.kind == "login"


def test_a_page_that_is_not_free_says_so() -> None:
    page = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script><p>Text</p>'
    )
    found = wall(capture(page))
    assert found is not None
    assert found.kind == "paywall"


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("CLOUDFLARE", Outcome.REFUSED), ("CONSENT", Outcome.REFUSED), ("CONSENT_GERMAN", Outcome.REFUSED),
     ("GEO", Outcome.REFUSED), ("SHELL", Outcome.NO_TEXT)],
)  # fmt: skip
def test_a_wall_is_no_article(name: str, outcome: Outcome) -> None:
    result = read(capture(getattr(pages, name)))
    assert isinstance(result, Refusal)
    assert result.outcome is outcome


@pytest.mark.parametrize(
    "name", ["ABOUT_CLOUDFLARE", "ABOUT_COOKIES", "BARE_ABOUT_COOKIES", "WITH_CAPTCHA_FORM", "BARE"]
)
def test_an_article_about_walls_is_read(name: str) -> None:
    assert isinstance(read(capture(getattr(pages, name))), Article)
