"""Pages that cannot be on a topic are told apart before cleaning: what cleaning would tag must pass, however it is written."""

import dataclasses
import gzip
import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from html.entities import codepoint2name
from pathlib import Path

import pytest
import topic_sentences_more as more
from news_pages import article
from news_site import NewsSite
from topic_sentences import QUERIES, SENTENCES
from whole_way import one_pass, publish, rows, write_config

from crawler.clean import Cleaner, Refusal
from crawler.extract import extract
from crawler.prefilter import Prefilter
from crawler.topics import Matcher, compile_topics, topics_version
from crawler.unparsed import unparsed
from scheduler.config import load
from storage.errors import ExtractError
from storage.records import Article, Capture, Link, Outcome, Outlet, Topic
from storage.words import WORD

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TOPICS = [Topic(id=id_, name=id_, queries=queries | more.QUERIES[id_]) for id_, queries in QUERIES.items()]
ON_TOPIC = [
    (language, sentence)
    for language, sentences in (SENTENCES | more.SENTENCES).items()
    for sentence in [sentence for sentence, label in sentences if label][::4]
]
NEUTRAL = "Report number 7"
URL = "https://a.example/7"


@cache
def matcher() -> Matcher:
    return compile_topics(TOPICS)


@cache
def prefilter() -> Prefilter:
    return Prefilter(matcher())


def capture(page: str | bytes, *, content_type: str = "text/html; charset=utf-8", told: str | None = None) -> Capture:
    link = Link(url=URL, outlet="a", found_in="https://a.example/feed", basis="feed", title=told)
    return Capture(
        requested_url=URL, url=URL, fetched_at=NOW, status=200, headers=(("Content-Type", content_type),),
        body=page.encode() if isinstance(page, str) else page, link=link,
    )  # fmt: skip


def is_tagged(page: Capture, by: Matcher) -> bool:
    try:
        found = extract(page)
    except ExtractError:
        return False
    return bool(by.tags(found.title, found.text, found.likely_languages))


def written(sentence: str) -> str:
    """A page on nothing but one sentence, which is markup already."""
    return article(NEUTRAL, [f"<p>{sentence}</p>"] * 3)


def of_words(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda sentence: WORD.sub(lambda word: change(word[0]), sentence)


def named(sentence: str) -> str:
    return "".join(f"&{codepoint2name[ord(c)]};" if ord(c) in codepoint2name else c for c in sentence)


MANNERS: Mapping[str, Callable[[str], str]] = {
    "as it is": escape,
    "torn by bold": of_words(lambda word: f"{word[:2]}<b>{word[2:]}</b>"),
    "with drop caps": of_words(lambda word: f'<span class="cap">{word[:1]}</span>{word[1:]}'),
    "every letter in an element": of_words(lambda word: "".join(f"<i>{c}</i>" for c in word)),
    "torn by a comment": of_words(lambda word: f"{word[:2]}<!-- <p> > -->{word[2:]}"),
    "torn by an unknown element": of_words(lambda word: f"{word[:1]}<x-mark data-a='x'></x-mark>{word[1:]}"),
    "in an element whose name begins as style": lambda text: f"<style-x>{escape(text)}</style-x><style>p {{}}</style>",
    "in an element whose name begins as script": lambda text: f"<script-x>{escape(text)}</script-x><script></script>",
    "soft hyphens": of_words("\u00ad".join),
    "soft hyphens by name": of_words("&shy;".join),
    "zero-width spaces": of_words("\u200b".join),
    "zero-width joiners": of_words("&zwj;".join),
    "control characters": of_words(lambda word: f"{word[:2]}\x0b&#11;{word[2:]}"),
    "entities by name": named,
    "entities by number": of_words(lambda word: "".join(f"&#{ord(c)};" for c in word)),
    "entities by number, unfinished": of_words(lambda word: "".join(f"&#x{ord(c):X}" for c in word)),
    "in capitals": str.upper,
}  # fmt: skip


@pytest.mark.parametrize("manner", MANNERS)
def test_what_would_be_tagged_passes_however_it_is_written(manner: str) -> None:
    pages = [capture(written(MANNERS[manner](sentence))) for _, sentence in ON_TOPIC]
    tagged = [page for page in pages if is_tagged(page, matcher())]
    assert len(tagged) >= 0.5 * len(pages)
    assert [page.body.decode() for page in tagged if not prefilter().may_carry(page)] == []


def in_block(tag: str) -> Callable[[str], Capture]:
    text = f"<{tag}>Somebody said something about it on Monday, and others were of another mind altogether.</{tag}>"
    return lambda sentence: capture(article(NEUTRAL, [f"{text}<{tag}>{escape(sentence)}</{tag}>{text}"]))


FILLER = "<p>A harbour master spoke of winter storms, of ships that never came in, and of boats sold for coal.</p>"


def only_in(head: str, *, title: str = "") -> Capture:
    return capture(
        f"<html><head>{head}<title>{title}</title></head><body><article>{FILLER * 4}</article></body></html>"
    )


def ld(**fields: str) -> str:
    node = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **fields})
    return f'<script type="application/ld+json">{node}</script>'


PLACES: Mapping[str, Callable[[str], Capture]] = {
    **{f"in {tag}": in_block(tag) for tag in ("p", "div", "li", "td", "blockquote", "section", "span")},
    "element title": lambda s: only_in(ld(name="x"), title=escape(s)),
    "element title, escaped twice": lambda s: only_in(ld(name="x"), title=escape(named(s))),
    "og:title": lambda s: only_in(ld(name="x") + f'<meta property="og:title" content="{escape(s)}">'),
    "twitter:title": lambda s: only_in(ld(name="x") + f"<META content='{escape(s)} > <' NAME=twitter:title>"),
    "headline": lambda s: only_in(ld(headline=s)),
    "headline of another type attribute": lambda s: only_in(ld(headline=s).replace("ld+json", "ld&#x2B;json")),
    "the link": lambda s: capture(only_in(ld(name="x")).body, told=s),
    "articleBody": lambda s: capture(
        f'<html><head><title>{NEUTRAL}</title>{ld(headline=NEUTRAL, articleBody=" ".join([s] * 8))}</head><body><div id="a"></div></body></html>'
    ),
    "heading in parts": lambda s: capture(
        article(NEUTRAL, [FILLER] * 4).replace(
            f"<h1>{NEUTRAL}</h1>", f"<h1><div>{s[:1]}</div>{escape(s[1:])}</h1>"
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_what_would_be_tagged_passes_wherever_it_stands(place: str) -> None:
    pages = [PLACES[place](sentence) for language, sentence in ON_TOPIC if language in ("en", "tr", "ru")]
    tagged = [page for page in pages if is_tagged(page, matcher())]
    assert tagged
    assert [page.body.decode() for page in tagged if not prefilter().may_carry(page)] == []


ENCODINGS = [
    ("ru", "windows-1251"), ("ru", "koi8-r"), ("ru", "utf-16"), ("uk", "windows-1251"), ("tr", "windows-1254"),
    ("tr", "iso-8859-9"), ("tr", "utf-16-be"), ("el", "windows-1253"), ("ar", "windows-1256"), ("pl", "iso-8859-2"),
    ("de", "latin-1"), ("fr", "windows-1252"), ("ru", "gb18030"), ("en", "utf-16-le"), ("es", "utf-8-sig"),
]  # fmt: skip


@pytest.mark.parametrize("where", ["header", "meta", "nowhere"])
@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
def test_what_would_be_tagged_passes_in_any_encoding(language: str, encoding: str, where: str) -> None:
    meta = f'<meta charset="{encoding}">' if where == "meta" else ""
    content_type = f"text/html; charset={encoding}" if where == "header" else "text/html"
    sentences = [sentence for spoken, sentence in ON_TOPIC if spoken == language]
    page = article(NEUTRAL, sentences * 2, language=language).replace('<meta charset="utf-8">', meta)
    found = capture(page.encode(encoding, "ignore"), content_type=content_type)
    assert prefilter().may_carry(found) or not is_tagged(found, matcher())
    if "utf-16-" not in encoding and (encoding, where) not in {("koi8-r", "nowhere"), ("gb18030", "nowhere")}:
        assert is_tagged(found, matcher())


HALF = "(Turkey OR Ankara) AND (NATO OR title:alliance)"


@pytest.mark.parametrize(
    ("sentence", "passes"),
    [
        ("Officials in Ankara wrote to NATO", True),
        ("Officials in Ankara wrote to the union", False),
        ("NATO officials wrote to the union", False),
        ("Officials in Turkey praised the alliances", True),
        ("Officials of the alliances praised nobody", False),
    ],
)
def test_a_page_with_half_of_what_a_query_needs_does_not_pass(sentence: str, passes: bool) -> None:
    by = Prefilter(compile_topics([Topic(id="t", name="t", queries={"en": HALF})]))
    assert by.may_carry(capture(article(NEUTRAL, [f"{sentence} on Monday, and others agreed."] * 3))) is passes


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("harbour", "The harbours were closed for the winter, said the mayor on Monday."),
        ('"harbour mayor"~9 AND winter*', "The harbours were closed, said the mayor, who hates wintertime."),
        ("*burg", "The road to Hamburg was closed, said the mayor on Monday."),
        ("F-16", "Two F-16s were seen over the bay, said the mayor on Monday."),
        ('"S-400"', "An S400 battery was seen on the bay, said the mayor on Monday."),
        ("city NOT harbour", "The cities were closed, harbour and all, and the harbour, said the mayor on Monday."),
    ],
)
def test_any_language_s_forms_are_known_where_a_topic_has_one_query_for_all(query: str, sentence: str) -> None:
    by = Prefilter(compile_topics([Topic(id="t", name="t", queries={"any": query})]))
    assert by.may_carry(capture(article(NEUTRAL, [sentence] * 3)))


OFF_TOPIC = article("Harbour closed", ["The harbour of the town was closed for the winter, the mayor said."] * 3)
BLOCK = "<html><head><title>Just a moment...</title></head><body><p>Checking your browser before you go on.</p></body></html>"
PROSE = f"<p>{'The page that you asked for may have been moved, or it may never have been there at all. ' * 3}</p>"
ERROR = f"<html><head><title>404 Not found</title></head><body><h1>404</h1>{PROSE * 12}</body></html>"
CONSENT = f"<html><body>{'<p>We and our partners store cookies, and ask for your consent to process personal data.</p>' * 40}</body></html>"


@pytest.mark.parametrize(("page", "passes"), [(OFF_TOPIC, False), (BLOCK, True), (ERROR, True), (CONSENT, True)])
def test_only_a_page_that_shows_an_article_is_judged(page: str, passes: bool) -> None:
    assert prefilter().may_carry(capture(page)) is passes


def test_scripts_styles_and_comments_are_no_text() -> None:
    page = "<script>var nato = '<p>nato'</script><style>.nato{}</style><!-- nato --><p>A word</p><!--><p>more</p>"
    assert unparsed(capture(page)).words >= {"a", "word", "more"}
    assert "nato" not in unparsed(capture(page)).words


@pytest.mark.parametrize(
    "piece", ["<!--", "<script>", "<script type=application/ld+json", "<h1>", "<a ", "<meta og:title ", "&amp;"]
)
def test_a_page_of_what_is_never_closed_costs_no_more_than_its_length(piece: str) -> None:
    unparsed(capture(piece * 200_000))  # quadratic, it would take minutes: pytest's time limit tells


DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SPOKEN = ("ar", "de", "el", "en", "fr", "it", "pl", "ru", "tr", "uk")


def stored(truth: Mapping[str, str]) -> Capture:
    body = gzip.decompress((DATA / "pages" / f"{truth['id']}.html.gz").read_bytes())
    return dataclasses.replace(capture(body, content_type="text/html"), link=None)


@pytest.mark.skipif(not DATA.exists(), reason="the labelled pages are not beside the checkout (../shared/data)")
@pytest.mark.timeout(300)
def test_every_real_page_that_would_be_tagged_passes() -> None:
    truths = [json.loads(line) for line in (DATA / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    chance = random.Random(7)
    sample = chance.sample([t for t in truths if t.get("language") in SPOKEN and t.get("body")], 60)
    topics = list(load(Path(__file__).resolve().parents[1] / "config.toml").topics)
    for truth in sample:
        words = sorted({w for w in WORD.findall(truth["body"]) if len(w) > 4 and w.isalpha() and w.islower()})
        if len(words) > 1:
            topics.append(
                Topic(id=truth["id"], name="", queries={truth["language"]: " AND ".join(chance.sample(words, 2))})
            )
    by = compile_topics(topics)
    on_own_topic = Prefilter(by)
    tagged = [truth["id"] for truth in sample if is_tagged(stored(truth), by)]
    assert len(tagged) > 40
    assert [t["id"] for t in sample if t["id"] in tagged and not on_own_topic.may_carry(stored(t))] == []


OUTLET = Outlet(id="a", name="A", url="https://a.example/", language="en")


def test_a_page_that_cannot_be_on_a_topic_is_refused_unread() -> None:
    cleaner = Cleaner([OUTLET], [Topic(id="t", name="t", queries={"en": QUERIES["t"]["en"]})])
    assert cleaner.clean_on_topic(capture(OFF_TOPIC)) == Refusal(
        outcome=Outcome.OFF_TOPIC, reason="none of the words that a topic needs"
    )
    assert isinstance(cleaner.clean(capture(OFF_TOPIC)), Article)
    on_topic = capture(
        article("Letter", ["Officials in Ankara wrote a letter to NATO about the missile on Monday."] * 3)
    )
    assert cleaner.clean_on_topic(on_topic) == cleaner.clean(on_topic)


IN_ENGLISH = """
[[topics]]
id = "turkey-nato"
name = "Turkey and NATO"
queries = { en = '(Turkey OR Ankara) AND NATO' }
"""
LARGE = "The harbour of the town was closed for the winter, the mayor said on Monday. "
AT = datetime(2026, 11, 2, 8, tzinfo=UTC).replace(microsecond=0)


def test_only_what_may_be_on_a_topic_is_cleaned_in_a_pass(news_site: NewsSite, tmp_path: Path) -> None:
    on = article("Letter of the week", ["Officials in Ankara wrote a letter to NATO about air defence on Monday."] * 3)
    apart = article("Two letters", ["Officials in Ankara wrote nothing on Monday, or so they said when asked.",
                                    "The senator wrote nato without capitals, which his readers did not like."])  # fmt: skip
    too_large_to_clean = article("A long story", [LARGE * 41_000])
    publish(news_site, {"/on": on, "/apart": apart, "/large": too_large_to_clean, "/off": OFF_TOPIC})
    path = write_config(
        tmp_path,
        [{"id": "gazette", "name": "G", "url": news_site.url()}],
        crawl="recheck_hours = [1]",
        topics=IN_ENGLISH,
    )
    path.write_text('[archive]\nkeep = "matching"\nkeep_captures = "all"\n' + path.read_text())
    one_pass(path, now=AT)
    news_site.change_page("/on", OFF_TOPIC)
    one_pass(path, now=AT + timedelta(hours=1, minutes=1))
    digest = topics_version(load(path).topics)
    assert outcomes(tmp_path) == {("on", "article", "new"), ("on", "recheck", "version"), ("apart", "article", "off_topic"),
                                  ("large", "article", "off_topic"), ("off", "article", "off_topic")}  # fmt: skip
    assert {(name(row["url"]), row["state"], row["screened_by"]) for row in rows(tmp_path, "select * from links")} == {
        ("on", "new", None), ("apart", "off_topic", digest), ("large", "off_topic", digest), ("off", "off_topic", digest),
    }  # fmt: skip
    kept = rows(tmp_path, "select url, article is null as nobody_s from captures")
    assert sorted((name(row["url"]), row["nobody_s"]) for row in kept) == [
        ("apart", 1), ("large", 1), ("off", 1), ("on", 0), ("on", 0),
    ]  # fmt: skip
    assert rows(tmp_path, "select sum(fetched) as n, sum(new_articles) as new from coverage") == [{"n": 5, "new": 1}]


def test_an_address_that_leads_to_the_front_page_is_gone_and_not_off_topic(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/off": OFF_TOPIC})
    news_site.add_page(
        "/", OFF_TOPIC.replace("</head>", '<link rel="alternate" type="application/rss+xml" href="/feed"></head>')
    )
    news_site.redirect("/off", news_site.url("/"))
    path = write_config(tmp_path, [{"id": "gazette", "name": "G", "url": news_site.url()}], topics=IN_ENGLISH)
    path.write_text('[archive]\nkeep = "matching"\n' + path.read_text())
    one_pass(path, now=AT)
    assert outcomes(tmp_path) == {("off", "article", "gone")}


def outcomes(archive: Path) -> set[tuple[str, str, str]]:
    found = rows(archive, "select url, kind, outcome from fetches where kind in ('article', 'recheck')")
    return {(name(row["url"]), str(row["kind"]), str(row["outcome"])) for row in found}


def name(url: object) -> str:
    return str(url).rsplit("/", 1)[1]


@pytest.mark.parametrize(
    ("link", "passes"),
    [("/news/harbour-closed?page=2", True), ("/news/harbour-closed/2/", True), ("/news/harbour-closed-2.html", True),
     ("?page=2", True), ("2/", True), ("?page=1", True), ("harbour-closed/2", True), ("../news/harbour-closed_2.html", True),
     ("?page=all", True), ("/news/harbour-closed/komplettansicht", True), ("/news/harbour-closed?view=single", True),
     ("/news/harbour-closed?page=21", False), ("/news/other?page=2", False), ("?page=12", False), ("style2.css", False),
     ("/news/harbour-closed-calls", False), ("tel:2", False), ("#2", False)],
)  # fmt: skip
def test_a_page_that_may_go_on_elsewhere_is_not_judged_alone(link: str, passes: bool) -> None:
    page = OFF_TOPIC.replace("</main>", f'<a href="{link}">2</a></main>')
    there = dataclasses.replace(capture(page), url="https://news.example/news/harbour-closed.html")
    assert prefilter().may_carry(there) is passes


@pytest.mark.parametrize(("address", "passes"), [("?page=2", True), ("/seite-2", True), ("/2026/03/02", False)])
def test_a_further_page_is_not_judged_alone(address: str, passes: bool) -> None:
    there = dataclasses.replace(capture(OFF_TOPIC), url=f"https://news.example/news/harbour-closed{address}")
    assert prefilter().may_carry(there) is passes
