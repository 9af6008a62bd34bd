"""Live blogs, galleries, videos and articles that merely show some; texts that are whole, cut short, or hardly there."""

import pytest
from test_extract import PROSE, page_of, read

TEXT = "".join(f"<p>{n}. {PROSE * 2}</p>" for n in range(6))
LONG = "".join(f"<p>Day {n}. {PROSE * 2}</p>" for n in range(18))
SHORT = f"<p>{PROSE * 3}</p><p>Next. {PROSE * 2}</p>"
LD = '<script type="application/ld+json">%s</script>'
LIVE_PATH = "https://news.example/world/live/2026/mar/01/talks"


def update(n: int) -> str:
    return f'<div class="live-post"><time>1{n}:05</time><h3>Update {n} of the day</h3><p>{n} crates came. {PROSE * 2}</p></div>'


UPDATES = "".join(update(n) for n in range(6))
PICTURES = "".join(
    f'<figure><img src="/{n}.jpg"><figcaption>Ships in the harbour on day {n}, seen from the old town above it.</figcaption></figure>'
    for n in range(10)
)


def genre(inside: str, *, head: str = "", title: str = "Talks on delivery go on", url: str = "") -> str:
    page = page_of(f"<article><h1>{title}</h1>{inside}</article>", head=head, title=title)
    return read(page, url=url or "https://news.example/world/a-story-1").genre


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (genre(TEXT, head=LD % '{"@type":"LiveBlogPosting","headline":"Talks"}'), "liveblog"),
        (genre(TEXT, head=LD % '{"@graph":[{"@type":["NewsArticle","LiveBlogPosting"]}]}'), "liveblog"),
        (genre(UPDATES, url=LIVE_PATH), "liveblog"),
        (genre(UPDATES, title="Live: talks on delivery go on"), "liveblog"),
        (genre(TEXT, title="Live music is back in the harbour"), "article"),
        (genre(TEXT + update(1), title="Live: how the talks went"), "article"),
        (genre(TEXT, url="https://news.example/live-music/bands-in-the-harbour"), "article"),
        (genre(SHORT + PICTURES), "gallery"),
        (genre(SHORT, head=LD % '{"@type":"ImageGallery"}'), "gallery"),
        (genre(SHORT, url="https://news.example/photos/the-harbour"), "gallery"),
        (genre(TEXT, url="https://news.example/world/photos-show-the-council-lied"), "article"),
        (genre(LONG + PICTURES), "article"),
        (genre(LONG, head=LD % '[{"@type":"NewsArticle"},{"@type":"ImageGallery"}]'), "article"),
        (genre(f"<p>{PROSE}</p>", head=LD % '{"@type":"VideoObject","name":"Talks"}'), "video"),
        (genre(f"<p>{PROSE}</p>", url="https://news.example/video/talks"), "video"),
        (genre(f"<p>{PROSE}</p>", head='<meta property="og:type" content="video.other">'), "video"),
        (genre(TEXT, head=LD % '[{"@type":"NewsArticle"},{"@type":"VideoObject"}]'), "article"),
        (genre(LONG, url="https://news.example/video/a-long-story-about-video"), "article"),
    ],
)
def test_genre(given: str, expected: str) -> None:
    assert given == expected


def status(inside: str, *, head: str = "", before: str = "") -> str:
    return read(page_of(f"{before}<article><h1>Talks on delivery go on</h1>{inside}</article>", head=head)).text_status


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (status(TEXT, head=LD % '{"@type":"NewsArticle","isAccessibleForFree":"False"}'), "paywalled"),
        (
            status(TEXT, head=LD % '{"@type":"NewsArticle","isAccessibleForFree":"http://schema.org/False"}'),
            "paywalled",
        ),
        (
            status(
                TEXT,
                head=LD
                % '{"@type":"NewsArticle","hasPart":{"@type":"WebPageElement","isAccessibleForFree":false,"cssSelector":".paid"}}',
            ),
            "paywalled",
        ),
        (status(TEXT, head='<meta property="article:content_tier" content="locked">'), "paywalled"),
        (status(TEXT, head='<meta property="article:content_tier" content="free">'), "full"),
        (status(TEXT, head=LD % '{"@type":"NewsArticle","isAccessibleForFree":"True"}'), "full"),
        *(
            (status(f"{SHORT}<div class='box'><p>{words}</p></div>"), "paywalled")
            for words in (
                "Subscribe to continue reading this story.",
                "Sign in or create an account to read the full article",
                "Weiterlesen mit dem Plus-Abo",
                "Il vous reste 57.09% de cet article à lire. La suite est réservée aux abonnés.",
                "Suscríbete para seguir leyendo",
                "Pozostało jeszcze 89% artykułu",
                "Чтобы читать дальше, оформите подписку",
                "Haberin devamını okumak için abone olun",
                "この記事は会員限定です。",
            )
        ),
        (status(SHORT, before="<div>Sign in to continue reading where you left off</div>"), "full"),
        (status(LONG + "<p>Subscribe to continue reading our newsletter every day.</p>"), "full"),
        (status(f"{SHORT}<p>The minister went on and on about the harbour and the quay …</p>"), "truncated"),
        (status(SHORT, head=LD % '{"@type":"NewsArticle","wordCount":1400}'), "truncated"),
        (status(SHORT, head=LD % '{"@type":"NewsArticle","wordCount":"130"}'), "full"),
        (status(f"<p>{PROSE}</p>"), "stub"),
        (status(TEXT), "full"),
    ],
)
def test_text_status(given: str, expected: str) -> None:
    assert given == expected


def test_a_live_blog_keeps_every_update_and_its_standing_parts_once() -> None:
    key = '<div class="key"><h2>Key points</h2><ul><li>Forty crates have come from the northern harbour since Monday morning.</li></ul></div>'
    page = page_of(f"<article><h1>Talks on delivery go on</h1>{key}{UPDATES}{key}</article>")
    text = read(page, url=LIVE_PATH).text
    assert [n for n in range(6) if f"{n} crates came." in text] == list(range(6))
    assert [n for n in range(6) if f"Update {n} of the day" in text] == list(range(6))
    assert text.count("Forty crates have come from the northern harbour") == 1


@pytest.mark.parametrize(
    "last",
    [
        "Email Anna Miller at anna@news.example or follow her @annamiller. Follow us on Twitter @newsexample and on Facebook, where you find all our stories of the week, and those of the last week, too, as well as pictures of the harbour and of the crates in it that nobody else has.",
        "ATENÇÃO: Comentários com textos ininteligíveis não serão aprovados pelo moderador.",
        "Comments are moderated and will be published only when an editor has approved them.",
    ],
)
def test_what_is_said_of_following_and_commenting_at_the_end_is_no_text(last: str) -> None:
    assert (
        last[:20] not in read(page_of(f"<article><h1>Talks on delivery go on</h1>{TEXT}<p>{last}</p></article>")).text
    )


def test_a_card_that_opens_on_a_name_is_no_text() -> None:
    card = (
        '<span class="person"><a href="/p">Anna Miller</a><span class="card"><span><img src="/p.jpg"><a href="/p">Anna Miller</a>'
        '<a href="/1">Inspectors go to the border twice</a> <a href="/2">What the crates were for</a></span></span></span>'
    )
    text = read(
        page_of(
            f"<article><h1>Talks on delivery go on</h1><p>The chief inspector {card} said so. {PROSE}</p>{TEXT}</article>"
        )
    ).text
    assert "The chief inspector Anna Miller said so." in text
    assert "go to the border twice" not in text
