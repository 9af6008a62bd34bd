"""When a page says it was published: which of its statements is believed, and which is none."""

from datetime import UTC, datetime

import pytest
from field_pages import page_of, read

from storage.records import Link, Outlet, Stamp

LD = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Port opens again",%s}</script>'


def day_of(
    above: str = "", *, head: str = "", lang: str = "en", url: str = "https://news.example/port", **kwargs: str
) -> str | None:
    outlet = Outlet(id="o", name="Harbour Courier", url="https://news.example/", **kwargs) if kwargs else None  # type: ignore[arg-type]
    published = read(page_of(above, head=head, lang=lang), url=url, outlet=outlet).published
    return published.day if published else None


@pytest.mark.parametrize(
    ("lang", "url", "country", "day"),
    [
        ("de", "https://news.example/port", "", "2025-04-03"),
        ("en", "https://news.example/port", "", None),
        ("en-US", "https://news.example/port", "", None),
        ("en", "https://news.example.co.uk/port", "", "2025-04-03"),
        ("en", "https://news.example.us/port", "", "2025-03-04"),
        ("en", "https://news.example/port", "US", "2025-03-04"),
        ("en", "https://news.example/port", "GB", "2025-04-03"),
    ],
)
def test_country_or_language_decides_between_day_and_month(lang: str, url: str, country: str, day: str | None) -> None:
    assert day_of("<p>03/04/2025</p>", lang=lang, url=url, **({"country": country} if country else {})) == day


@pytest.mark.parametrize(
    ("above", "day"),
    [
        ("<p>Giriş: 12.03.2025 11:20 Güncelleme: 14.03.2025 09:00</p>", "2025-03-12"),
        ("<p>Updated 14 March 2025</p><p>Published 12 March 2025</p>", "2025-03-12"),
        ("<p>입력 2025.03.12. 오전 9:05 수정 2025.03.14. 오후 1:00</p>", "2025-03-12"),
        ("<p>Обновлено: 14.03.2025</p><p>12.03.2025, 11:20</p>", "2025-03-12"),
        ("<p>Ενημέρωση: 14/03/2025</p><p>Δημοσίευση: 13/03/2025</p>", "2025-03-13"),
        ("<p>更新：2025年3月14日</p><p>发布：2025年3月12日</p>", "2025-03-12"),
        ("<p>12.03.25 / 0 comments</p>", "2025-03-12"),
    ],
)
def test_a_printed_change_is_not_the_publication(above: str, day: str) -> None:
    assert day_of(above) == day


def test_a_change_alone_is_no_publication() -> None:
    for head in (
        "<meta property='article:modified_time' content='2025-03-14T09:00:00+01:00'>",
        LD % '"dateModified":"2025-03-14T09:00:00+01:00"',
    ):
        article = read(page_of(head=head))
        assert article.published is None
        assert article.modified_at == datetime(2025, 3, 14, 8, tzinfo=UTC)


def test_more_than_a_day_ahead_is_refused() -> None:
    assert day_of(head=LD % '"datePublished":"2026-01-03T00:00:00Z"') is None
    assert day_of(head=LD % '"datePublished":"2026-01-01T23:00:00Z"') == "2026-01-01"


def test_the_second_and_the_offset_are_kept() -> None:
    published = read(page_of(head=LD % '"datePublished":"2025-03-12T23:35:10-05:00"')).published
    assert published == Stamp(
        at=datetime(2025, 3, 13, 4, 35, 10, tzinfo=UTC),
        offset="-05:00",
        precision="second",
        basis="jsonld",
        day="2025-03-12",
    )


def test_a_news_sitemap_s_time_is_used_where_the_page_gives_a_day() -> None:
    stamp = Stamp(
        at=datetime(2025, 3, 12, 8, 20, 5, tzinfo=UTC),
        offset="+03:00",
        precision="second",
        basis="sitemap",
        day="2025-03-12",
    )
    link = Link(url="https://news.example/port", outlet="o", found_in="s", published=stamp)
    for page in (page_of(), page_of("<p>12 March 2025</p>"), page_of(head=LD % '"datePublished":"2025-03-12"')):
        assert read(page, link=link).published == stamp


def test_a_guess_stands_only_where_the_page_gives_its_day() -> None:
    assert day_of("<div class='x'>12 March 2025</div>") == "2025-03-12"
    copyright_year = page_of(behind="<footer>Copyright © 2020 Harbour Courier</footer>")
    assert read(copyright_year).published is None
    link = page_of(behind="<p>See <a href='https://other.example/2019/06/19/x'>this report</a> too.</p>")
    assert read(link).published is None


def test_the_line_a_blog_prints_behind_a_text_dates_it() -> None:
    entry = "<p>This entry was posted on Wednesday, March 12th, 2025 at 3:04 pm and is filed under Harbours, Towns and other things.</p>"
    assert read(page_of(behind=entry)).published == Stamp(
        at=datetime(2025, 3, 12, tzinfo=UTC), offset=None, precision="day", basis="page", day="2025-03-12"
    )
