"""A made page with one short article, read as if it had just been fetched."""

from datetime import UTC, datetime

from crawler.extract import extract
from storage.records import Article, Capture, Link, Outlet

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROSE = "".join(
    f"<p>The {word} council said on Monday that the old port would be opened again in spring, and that work had begun.</p>"
    for word in ("city", "town", "village", "county")
)


def page_of(
    above: str = "",
    *,
    head: str = "",
    title: str = "Port opens again",
    heading: str = "<h1>Port opens again</h1>",
    behind: str = "",
    lang: str = "en",
) -> str:
    """Return a page with `above` between its heading and its text and `behind` after the text."""
    return (
        f"<!doctype html><html lang='{lang}'><head><title>{title}</title>{head}</head>"
        f"<body><article>{heading}{above}{PROSE}{behind}</article></body></html>"
    )


def read(
    page: str, *, url: str = "https://news.example/port", outlet: Outlet | None = None, link: Link | None = None
) -> Article:
    """Return the article of a page."""
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    body = page.encode()
    capture = Capture(requested_url=url, url=url, fetched_at=NOW, status=200, headers=headers, body=body, link=link)
    return extract(capture, outlet=outlet)
