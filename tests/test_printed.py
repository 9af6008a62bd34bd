"""What is printed beside the text: bylines, signatures, days."""

from datetime import UTC, datetime

import pytest

from crawler.extract import extract
from storage.records import Article, Capture

PROSE = "".join(
    f"<p>The {word} council said on Monday that the old port would be opened again in spring, and that work had begun.</p>"
    for word in ("city", "town", "village", "county")
)


def read(above: str = "", behind: str = "", head: str = "", url: str = "https://news.example/port") -> Article:
    body = f"<html><head><title>Port opens again</title>{head}</head><body><article><h1>Port opens again</h1>{above}{PROSE}{behind}</article></body></html>"
    now = datetime(2026, 1, 1, tzinfo=UTC)
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return extract(Capture(requested_url=url, url=url, fetched_at=now, status=200, headers=headers, body=body.encode()))


@pytest.mark.parametrize(
    ("above", "behind"),
    [
        ("<div>By<a href='/x'>Anna Martel</a></div>", ""),
        ("<dl><dt>Autor:</dt><dd>Anna Martel/SP-X</dd></dl>", ""),
        ("<h5 class='field field--name-author-2'>Anna Martel</h5>", ""),
        ("<p>Von Anna Martel, MDR THÜRINGEN</p>", ""),
        ("<p>Von Anna Martel Fr, 11. Oktober 2019</p>", ""),
        ("", "<ul><li><strong>Autorin/Autor</strong> Anna Martel</li></ul>"),
        ("", "<p style='text-align: right'><strong>Anna Martel</strong></p>"),
    ],
)
def test_authors_are_read_where_they_are_printed(above: str, behind: str) -> None:
    assert read(above, behind).authors == ("Anna Martel",)


@pytest.mark.parametrize("above", ["<p>Interview: Opening Soon</p>", "<p>By popular demand</p>", "<p>New York</p>"])
def test_other_lines_are_no_authors(above: str) -> None:
    assert read(above).authors == ()


@pytest.mark.parametrize(
    ("above", "url", "day"),
    [
        ("<p>November 8, 2023 at 5:49 p.m.</p>", "https://news.example/port", "2023-11-08"),
        ("", "https://news.example/2023/11/08/port", "2023-11-08"),
        ("<p>November 2, 2023</p>", "https://news.example/port", "2023-11-09"),
    ],
)
def test_a_time_in_utc_bears_the_day_its_readers_see(above: str, url: str, day: str) -> None:
    head = '<meta property="article:published_time" content="2023-11-09T01:49:09Z">'
    published = read(above, head=head, url=url).published
    assert published
    assert published.day == day
    assert published.at == datetime(2023, 11, 9, 1, 49, 9, tzinfo=UTC)


def test_a_printed_day_is_believed_before_a_vague_meta_and_a_change_is_not() -> None:
    head = '<meta name="date" content="2022-01-26T14:32:06+02:00">'
    for above in ("<p>21.01.2022 - 13:30</p>", "<p>Updated 23.01.2022</p><p>21.01.2022</p>"):
        published = read(above, head=head).published
        assert published
        assert published.day == "2022-01-21"
