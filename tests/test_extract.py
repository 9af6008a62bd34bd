"""Pages → articles: the pattern case in several layouts, furniture, encodings, refusals, headlines, authors."""

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.charset import decode
from crawler.extract import extract
from crawler.outlets import Directory
from storage.errors import ExtractError
from storage.records import Article, Capture, Credit, Link, Outcome, Outlet, Stamp

SEED = Path(__file__).resolve().parents[2] / "shared" / "seed" / "globalresearch-reprint.md"
NOW = datetime(2018, 4, 1, 12, tzinfo=UTC)
REPUBLISHER = Outlet(
    id="globalresearch",
    name="Global Research",
    url="https://www.globalresearch.ca/",
    aliases=("CRG", "Centre for Research on Globalization"),
)
AGENCY = Outlet(
    id="sputnik", name="Sputnik International", url="https://sputniknews.com/", aliases=("Sputnik", "Sputnik News")
)
OUTLETS = Directory([REPUBLISHER, AGENCY])
ADDRESS = "https://www.globalresearch.ca/will-turkey-withdraw-from-nato/5633800"
PROSE = "The ministry said on Tuesday that the talks on the delivery would go on for another week, and that no date had been set. "


def capture(
    page: str | bytes,
    *,
    url: str = "https://news.example/world/a-story-1",
    content_type: str = "text/html; charset=utf-8",
    link: Link | None = None,
) -> Capture:
    body = page.encode() if isinstance(page, str) else page
    return Capture(
        requested_url=url,
        url=url,
        fetched_at=NOW,
        status=200,
        headers=(("Content-Type", content_type),),
        body=body,
        link=link,
    )


def read(page: str | bytes, **kwargs: object) -> Article:
    return extract(capture(page, **kwargs))  # type: ignore[arg-type]


def page_of(body: str, *, head: str = "", title: str = "Talks on delivery go on") -> str:
    return f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def story(inside: str = "", *, before: str = "", after: str = "", head: str = "", paragraphs: int = 5) -> str:
    text = "".join(f"<p>{n}. {PROSE * 2}</p>" for n in range(paragraphs))
    return page_of(
        f"<main><article><h1>Talks on delivery go on</h1>{before}{text}{inside}</article>{after}</main>", head=head
    )


# -- the pattern case


def seed_blocks() -> list[str]:
    if not SEED.exists():
        pytest.skip(f"the pattern case needs {SEED.name} from the shared folder, which is not here")
    return [
        block for block in SEED.read_text(encoding="utf-8").split("\n\n") if block.strip() and block.strip() != "---"
    ]


def to_html(block: str) -> str:
    block = html.escape(block.strip().removeprefix("## "), quote=False)
    block = re.sub(
        r"\[([^\]]+)\]\(([^)]*)\)",
        lambda m: (
            f'<a href="{m[2] if m[2] != "#" else "https://sputniknews.com/military/201803031062170/"}">{m[1]}</a>'
        ),
        block,
    )
    block = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", block, flags=re.DOTALL)
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", block, flags=re.DOTALL)


def plain(block: str) -> str:
    return " ".join(re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", block).replace("*", "").split())


def classic(blocks: list[str]) -> str:
    """Everything a paragraph of one article, the source and legal lines in divs behind it."""
    h = list(map(to_html, blocks))
    article = "".join(f"<p>{block}</p>" for block in h[1:-7])
    return (
        f"<div id='content'><article><h1>{h[0]}</h1>{article}</article><div class='post-source'>{h[-7]}</div>"
        + "".join(f"<div>{block}</div>" for block in h[-6:])
        + "</div>"
    )


def within(blocks: list[str]) -> str:
    """Everything inside the article, legal blocks as paragraphs of it."""
    h = list(map(to_html, blocks))
    return f"<article><h1>{h[0]}</h1>" + "".join(f"<p>{block}</p>" for block in h[1:]) + "</article>"


def with_footer(blocks: list[str]) -> str:
    """Header lines in a header, the legal blocks in footers."""
    h = list(map(to_html, blocks))
    top = f"<header><h1>{h[0]}</h1><h2 class='subtitle'>{h[1]}</h2><div class='byline'>{h[2]}</div><div class='meta'>{h[3]}</div></header>"
    body = "".join(f"<p>{block}</p>" for block in h[4:-7])
    return f"<main><article>{top}<div class='entry-content'>{body}</div><footer><p>{h[-7]}</p></footer></article></main><footer>{'<br>'.join(h[-6:])}</footer>"


def with_breaks(blocks: list[str]) -> str:
    """One old div with line breaks."""
    h = list(map(to_html, blocks))
    return f"<table><tr><td><h1>{h[0]}</h1><div>{'<br><br>'.join(h[1:])}</div></td></tr></table>"


def spans(blocks: list[str]) -> str:
    """Divs all the way."""
    h = list(map(to_html, blocks))
    body = "".join(f"<div class='p'>{block}</div>" for block in h[1:-8])
    return (
        f"<div class='wrap'><div class='title'><h1>{h[0]}</h1></div><div class='post'>{body}</div><div class='after'>"
        + "".join(f"<p>{block}</p>" for block in h[-8:])
        + "</div></div>"
    )


LAYOUTS = [classic, within, with_footer, with_breaks, spans]


@pytest.mark.parametrize("known", [True, False], ids=["with outlets", "one page alone"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_pattern_case(layout, known: bool) -> None:
    blocks = seed_blocks()
    texts = list(map(plain, blocks))
    head = "<meta property='article:published_time' content='2018-03-29T13:05:22-04:00'><meta property='og:site_name' content='Global Research'>"
    page = page_of(layout(blocks), head=head, title=f"{texts[0].removeprefix('## ')} - Global Research")
    article = extract(
        capture(page, url=ADDRESS), outlet=REPUBLISHER if known else None, directory=OUTLETS if known else None
    )

    assert article.title == "Will Turkey Withdraw From NATO? Shift in Military Alliances. Ankara Realigns with Moscow?"
    assert article.published == Stamp(
        at=datetime(2018, 3, 29, 17, 5, 22, tzinfo=UTC),
        offset="-04:00",
        precision="second",
        basis="meta",
        day="2018-03-29",
    )
    first = next(i for i, text in enumerate(texts) if text.startswith("Commenting on President Putin"))
    last = next(i for i, text in enumerate(texts) if text.startswith("The views and opinions"))
    assert [text for text in texts[first : last + 1] if text not in article.text] == []
    assert texts[1] in article.text
    blocks_out = [text for i, text in enumerate(texts) if i not in range(first, last + 1) and i != 1]
    assert [text for text in blocks_out if text in article.text] == []
    for phrase in (
        "Global Research",
        "Copyright",
        "Facebook",
        "fair use",
        "media inquiries",
        "original source",
        "3 March 2018",
    ):
        assert phrase not in article.text
    by_rule = {credit.rule: credit for credit in article.credits}
    assert by_rule["original-source"].name == "Sputnik News"
    assert by_rule["original-source"].words == "The original source of this article is Sputnik News"
    assert by_rule["byline"].words == "By Sputnik"
    assert by_rule["source-and-day"].stated_at == datetime(2018, 3, 3, tzinfo=UTC)
    assert by_rule["source-and-day"].url == "https://sputniknews.com/military/201803031062170/"
    for rule in ("original-source", "byline", "source-and-day"):
        assert by_rule[rule].role == "republication"
        assert by_rule[rule].outlet == ("sputnik" if known else None)
    assert article.authors == ()


# -- text


@pytest.mark.parametrize(
    "furniture",
    [
        "<p>Read also: <a href='/x'>Another story of the day</a></p>",
        "<p><a href='/x'>Another story of the day</a></p>",
        "<p>Become a member of Example News</p>",
        "<p>Comment on this article on our Facebook page</p>",
        "<p>Copyright © Example News, 2018</p>",
        "<p>Disclaimer: The contents of this article are of sole responsibility of the author. " + PROSE + "</p>",
        "<p>Sign up for our newsletter</p>",
        "<figure><img src='a.jpg'><figcaption>The minister arrives on Monday.</figcaption></figure>",
        "<div class='newsletter'><p>The best of the day in your inbox.</p></div>",
        "<p>Talks on delivery go on</p>",
        "<p>Lesen Sie auch: Ein anderes Thema</p>",
        "<p>Читайте также: Другая новость</p>",
        "<p>İlgili haber: Başka bir konu</p>",
    ],
)
def test_furniture_is_no_text(furniture: str) -> None:
    assert read(story(furniture)).text == read(story()).text


@pytest.mark.parametrize(
    "kept",
    [
        "<p>he said.</p>",
        "<h2>What comes next</h2>",
        "<p>" + PROSE + "Copyright law was not at issue.</p>",
        "<blockquote><p>" + PROSE + "</p></blockquote>",
    ],
)
def test_the_article_s_own_words_stay(kept: str) -> None:
    words = " ".join(re.sub("<[^>]+>", "", kept).split())
    article = read(story(kept + f"<p>9. {PROSE * 2}</p>"))
    assert words in article.text.split("\n\n")


def test_short_lines_may_come_twice() -> None:
    article = read(story("<p>he said.</p>" + f"<p>8. {PROSE * 2}</p>" + "<p>he said.</p>" + f"<p>9. {PROSE * 2}</p>"))
    assert article.text.count("he said.") == 2


def test_comments_of_readers_are_no_text() -> None:
    comments = (
        "<div id='comments'><ol class='commentlist'><li><p>"
        + "What nonsense, I never read worse. " * 5
        + "</p></li></ol></div>"
    )
    assert "nonsense" not in read(story(after=comments)).text


def test_an_outlet_s_own_paths() -> None:
    page = page_of(
        f"<h1>A headline</h1><div class='odd'><p>One. {PROSE}</p><p class='ad'>Buy.</p></div><div><p>{PROSE * 9}</p></div>"
    )
    outlet = Outlet(
        id="o", name="O", url="https://news.example/", body="//div[@class='odd']", drop=("//*[@class='ad']",)
    )
    assert extract(capture(page), outlet=outlet).text == f"One. {PROSE.strip()}"


def test_a_page_in_which_all_is_comments_still_has_a_text() -> None:
    page = page_of("<div class='comment'><h1>A headline</h1>" + f"<p>{PROSE * 3}</p>" * 4 + "</div>")
    assert PROSE.strip() in read(page).text


# -- encodings

TURKISH = "İstanbul'da yapılan açıklamada Dışişleri Bakanlığı görüşmelerin süreceğini, ışığın söndüğünü bildirdi. "
RUSSIAN = "Россия и Турция подписали соглашение о поставках систем С-400, сообщили в министерстве. "


@pytest.mark.parametrize(
    ("text", "codec", "content_type", "head"),
    [
        (TURKISH, "cp1254", "text/html; charset=windows-1254", ""),
        (TURKISH, "cp1254", "text/html; charset=iso-8859-9", ""),
        (TURKISH, "cp1254", "text/html", "<meta charset='windows-1254'>"),
        (TURKISH, "cp1254", "text/html", "<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-9'>"),
        (TURKISH, "cp1254", "text/html", ""),
        (RUSSIAN, "cp1251", "text/html; charset=windows-1251", ""),
        (RUSSIAN, "cp1251", "text/html", ""),
        (RUSSIAN, "koi8-r", "text/html; charset=koi8-r", ""),
        (RUSSIAN, "utf-16", "text/html", ""),
        (RUSSIAN, "utf-8-sig", "text/html; charset=windows-1251", ""),
        (RUSSIAN, "utf-8", "text/html; charset=iso-8859-1", ""),
        (
            "Der Außenminister erklärte, die „Türkei“ prüfe – größere Mengen. ",
            "cp1252",
            "text/html; charset=iso-8859-1",
            "",
        ),
        ("日本の首相は今日、新しい政策を発表した。", "shift_jis", "text/html; charset=Shift_JIS", ""),
        ("中国政府今天宣布新的政策。", "gb18030", "text/html; charset=gb2312", ""),
    ],
)
def test_decode(text: str, codec: str, content_type: str, head: str) -> None:
    page = f"<html><head>{head}</head><body><p>{text * 6}</p></body></html>"
    assert decode(page.encode(codec), content_type) == page


def test_nul_characters_are_dropped() -> None:
    assert decode(b"<p>a\0b</p>") == "<p>ab</p>"


# -- refusals


@pytest.mark.parametrize(
    ("body", "content_type", "outcome"),
    [
        (b"%PDF-1.7", "application/pdf", Outcome.NOT_HTML),
        (b'{"a": 1}', "application/json", Outcome.NOT_HTML),
        (b"", "text/html", Outcome.NOT_HTML),
        (b"<html><body><!-- nothing --></body></html>", "text/html", Outcome.NO_TEXT),
        (
            b"<html><head><title>404 Not Found</title></head><body><h1>Page not found</h1><p>Sorry.</p></body></html>",
            "text/html",
            Outcome.GONE,
        ),
        (
            "<html><head><title>Sayfa bulunamadı</title></head><body><p>Üzgünüz.</p></body></html>".encode(),
            "text/html; charset=utf-8",
            Outcome.GONE,
        ),
    ],
)
def test_refusals(body: bytes, content_type: str, outcome: Outcome) -> None:
    with pytest.raises(ExtractError) as caught:
        read(body, content_type=content_type)
    assert caught.value.outcome == outcome


@pytest.mark.parametrize("title", ["410 migrants rescued off the coast, guard says", "404 people left the town by bus"])
def test_a_headline_that_begins_with_a_number_is_no_error(title: str) -> None:
    assert read(page_of(f"<article><h1>{title}</h1><p>{PROSE * 3}</p></article>", title=title)).title == title


def test_an_article_about_a_missing_page_is_not_gone() -> None:
    page = story().replace("Talks on delivery go on", "Page not found: how the web forgets")
    assert read(page).title == "Page not found: how the web forgets"


# -- headline, authors, time, addresses


@pytest.mark.parametrize(
    ("head", "title", "h1", "expected"),
    [
        ("", "Talks go on at last - Example News", "<h1>Talks go on at last</h1>", "Talks go on at last"),
        (
            "<meta property='og:title' content='Talks go on at last | World | News'>",
            "x",
            "",
            "Talks go on at last | World",
        ),
        (
            "<meta property='og:title' content='Talks on the delivery go on'>",
            "x",
            "<h1>News</h1><h1>Talks on delivery go on</h1>",
            "Talks on delivery go on",
        ),
        (
            "<meta property='og:title' content='Talks go on at last'>",
            "x",
            "<h1><span>Defence</span> Talks go on at last</h1>",
            "Talks go on at last",
        ),
    ],
)
def test_headline(head: str, title: str, h1: str, expected: str) -> None:
    assert (
        read(page_of(f"<article>{h1}" + f"<p>{PROSE * 3}</p>" * 4 + "</article>", head=head, title=title)).title
        == expected
    )


LD = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Talks on delivery go on",%s}</script>'


@pytest.mark.parametrize(
    ("head", "before", "expected"),
    [
        (
            LD % '"author":[{"@type":"Person","name":"Anna Miller"},{"@type":"Organization","name":"Example News"}]',
            "",
            ("Anna Miller",),
        ),
        (LD % '"author":"Anna Miller and Jan van der Berg"', "", ("Anna Miller", "Jan van der Berg")),
        ("<meta name='author' content='By Anna Miller, Defence Editor'>", "", ("Anna Miller",)),
        ("<meta name='author' content='admin'>", "<p class='byline'>Von Jürgen Groß</p>", ("Jürgen Groß",)),
        ("<meta name='author' content='Miller, Anna'>", "", ("Anna Miller",)),
        ("<meta name='author' content='@annamiller'>", "", ()),
        ("", "<p class='byline'>By Reuters Staff</p>", ()),
        ("", "<p>By Anna Miller</p>", ("Anna Miller",)),
    ],
)
def test_authors(head: str, before: str, expected: tuple[str, ...]) -> None:
    article = read(story(head=head, before=before))
    assert article.authors == expected
    assert not any(name in article.text for name in expected)


def test_only_article_nodes_state_the_time() -> None:
    video = '<script type="application/ld+json">[{"@type":"VideoObject","datePublished":"2011-01-01T00:00:00Z"},{"@type":"WebPage","datePublished":"2012-01-01"}]</script>'
    article = read(
        story(head=video + LD % '"datePublished":"2018-03-03T23:35:10-05:00","dateModified":"2018-03-04T10:00:00Z"')
    )
    assert article.published == Stamp(
        at=datetime(2018, 3, 4, 4, 35, 10, tzinfo=UTC),
        offset="-05:00",
        precision="second",
        basis="jsonld",
        day="2018-03-03",
    )
    assert article.modified_at == datetime(2018, 3, 4, 10, tzinfo=UTC)


def test_an_address_is_never_taken_from_a_canonical() -> None:
    article = read(
        story(
            head="<link rel='canonical' href='https://sputniknews.com/x/1'><meta property='og:url' content='/world/a-story-1'>"
        )
    )
    assert (article.url, article.canonical_url, article.og_url) == (
        "https://news.example/world/a-story-1",
        "https://sputniknews.com/x/1",
        "https://news.example/world/a-story-1",
    )


def test_the_feed_s_word_is_used() -> None:
    stamp = Stamp(
        at=datetime(2018, 3, 3, 9, 0, 30, tzinfo=UTC),
        offset="+00:00",
        precision="second",
        basis="feed",
        day="2018-03-03",
    )
    link = Link(
        url="https://news.example/world/a-story-1",
        outlet="o",
        found_in="f",
        title="Talks on delivery go on",
        published=stamp,
        authors=("Anna Miller",),
    )
    page = page_of(
        "<article>" + f"<p>{PROSE * 3}</p>" * 4 + "</article>",
        title="x",
        head="<meta name='date' content='2018-03-03'>",
    )
    article = read(page, link=link)
    assert (article.title, article.published, article.authors) == ("Talks on delivery go on", stamp, ("Anna Miller",))


def test_language_section_status() -> None:
    article = read(story(head=LD % '"articleSection":["World"],"isAccessibleForFree":false'))
    assert (article.language, article.language_declared, article.section, article.text_status) == (
        "en",
        "en",
        "World",
        "paywalled",
    )
    assert article.likely_languages[0] == article.language
    assert read(page_of(f"<article><h1>Short</h1><p>{PROSE}</p></article>")).text_status == "stub"


def test_results_do_not_depend_on_pages_read_before() -> None:
    assert [read(story()).text for _ in range(4)] == [read(story()).text] * 4
    assert [credit for credit in read(story()).credits if isinstance(credit, Credit)] == []


@pytest.mark.parametrize(
    "left_out", ["<body>", "</body>", "<head> </head> <body> </body>", "<head> </head> <body> </body> </html>"]
)
def test_tags_that_html_lets_be_left_out_lose_nothing(left_out: str) -> None:
    paragraphs = "".join(
        f"<p>The harbour master spoke for the {n}. time of ships that had not come in.</p>" for n in range(5)
    )
    credit = "<p>This article was first published by Gamma Post.</p>"
    whole = (
        "<html lang=en><head><title>Ships</title></head><body><article><h1>Ships that did not come</h1>"
        f"{paragraphs}{credit}</article></body></html>"
    )
    without = whole
    for tag in left_out.split():
        without = without.replace(tag, "")
    full, short = extract(capture(whole)), extract(capture(without))
    assert [found.name for found in short.credits] == ["Gamma Post"]
    assert (short.text, short.title) == (full.text, full.title)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_page_in_utf_16_is_a_page(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    text = "Министры обсудили в понедельник закрытие порта на зиму, сообщили журналистам после встречи."
    page = f"{mark}<html><head><title>Порт закрыт</title></head><body><article><h1>Порт закрыт</h1><p>{text}</p><p>{text}</p></article></body></html>"
    capture_ = Capture(
        requested_url="https://a.example/1", url="https://a.example/1", fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
        status=200, headers=(("Content-Type", "text/html"),), body=page.encode(encoding),
    )  # fmt: skip
    assert extract(capture_).text.startswith(text)
