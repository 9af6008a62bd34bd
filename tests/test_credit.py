"""Every rule of the table has a page that must fire it and one that must not."""

import re
import time
from datetime import UTC, datetime

import pytest
from credit_pages import CITED, STATED
from test_extract import PROSE, capture, page_of

from crawler.citations import CITATIONS, citations
from crawler.credit_fields import FIELD_RULES
from crawler.credit_rules import RULES
from crawler.extract import extract
from crawler.outlets import Directory
from crawler.sources import Names, registrable
from storage.records import Article, Credit, Outlet

OWN = Outlet(id="example", name="Example News", url="https://news.example/", aliases=("EN Daily",))
OTHERS = (
    Outlet(
        id="sputnik", name="Sputnik International", url="https://sputniknews.com/", aliases=("Sputnik", "Sputnik News")
    ),
    Outlet(id="hurriyet", name="Hürriyet", url="https://www.hurriyet.com.tr/"),
    Outlet(id="tass", name="TASS", url="https://tass.com/", aliases=("ТАСС",)),
    Outlet(id="zeit", name="Die Zeit", url="https://www.zeit.de/", aliases=("Zeit Online",)),
)
DIRECTORY = Directory([OWN, *OTHERS])


def page(*, top: str = "", first: str = "", middle: str = "", last: str = "", after: str = "", head: str = "") -> str:
    """A page with lines below the headline, an opening of the text, a paragraph in it, a last line, and lines outside the article."""
    lines = "".join(f"<p>{line}</p>" for line in [top] if line)
    body = "".join(f"<p>{n}. {PROSE * 2}</p>" for n in range(4))
    own = f"<p>{first} {PROSE * 2}</p>{body}<p>{PROSE} {middle} {PROSE}</p>" + (f"<p>{last}</p>" if last else "")
    return page_of(
        f"<main><article><h1>Talks on delivery go on</h1>{lines}{own}</article><div>{after}</div></main>", head=head
    )


def read(**places: str) -> Article:
    return extract(capture(page(**places)), outlet=OWN, directory=DIRECTORY)


def fired(rule: str, article: Article) -> list[Credit]:
    return [credit for credit in article.credits if credit.rule == rule]


CASES = STATED | CITED


def test_every_rule_has_its_pages() -> None:
    assert {rule.name for rule in RULES} == set(STATED)
    assert {cue.name for cue in CITATIONS} == set(CITED)


@pytest.mark.parametrize("rule", CASES)
def test_a_page_that_must_fire(rule: str) -> None:
    (where, words, name), _ = CASES[rule]
    article = read(**{where: words})
    credits = fired(rule, article)
    assert [credit.name for credit in credits] == [name], [(c.rule, c.name) for c in article.credits]
    if rule in CITED:
        assert (credits[0].role, credits[0].kind) == ("citation", "credit_line")
    else:
        expected = next(entry for entry in RULES if entry.name == rule)
        assert (credits[0].role, credits[0].kind) == (expected.role, expected.kind)
    assert credits[0].words in " ".join(re.sub(r"<[^>]+>", "", page(**{where: words})).split())


@pytest.mark.parametrize("rule", CASES)
def test_a_page_that_must_not(rule: str) -> None:
    where, words = CASES[rule][1]
    assert fired(rule, read(**{where: words})) == []


POINTED = {
    "canonical": '<link rel="canonical" href="https://sputniknews.com/x/1">',
    "og-url": '<meta property="og:url" content="https://sputniknews.com/x/1">',
    "meta-syndication-source": '<meta name="syndication-source" content="https://sputniknews.com/x/1">',
    "meta-original-source": '<meta name="original-source" content="https://sputniknews.com/x/1">',
    "jsonld-isBasedOn": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Talks on delivery go on","isBasedOn":"https://sputniknews.com/x/1"}</script>',
    "jsonld-isBasedOnUrl": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Talks on delivery go on","isBasedOnUrl":["https://sputniknews.com/x/1"]}</script>',
    "meta-article:original_source": '<meta property="article:original_source" content="https://sputniknews.com/x/1">',
    "jsonld-creator": '<script type="application/ld+json">{"@type":"NewsArticle","creator":["Sputnik"]}</script>',
    "jsonld-provider": '<script type="application/ld+json">{"@type":"NewsArticle","provider":{"@type":"Organization","name":"Sputnik"}}</script>',
    "jsonld-sourceOrganization": '<script type="application/ld+json">{"@type":"NewsArticle","sourceOrganization":{"@type":"Organization","name":"Sputnik"}}</script>',
    "jsonld-publisher": '<script type="application/ld+json">{"@type":"NewsArticle","publisher":{"@type":"Organization","name":"Sputnik"}}</script>',
    "jsonld-author": '<script type="application/ld+json">{"@type":"NewsArticle","author":{"@type":"Organization","name":"Sputnik"}}</script>',
    "meta-author": '<meta name="author" content="Sputnik">',
}


def test_every_machine_readable_rule_has_its_pages() -> None:
    assert set(FIELD_RULES) == set(POINTED)


@pytest.mark.parametrize("rule", POINTED)
def test_machine_readable_sources(rule: str) -> None:
    article = read(head=POINTED[rule])
    assert [(credit.outlet, credit.role) for credit in fired(rule, article)] == [("sputnik", "republication")]
    assert article.outlet == "example"
    own = POINTED[rule].replace("sputniknews.com", "news.example").replace("Sputnik", "Example News")
    assert read(head=own).credits == ()


def test_the_day_and_title_a_credit_states() -> None:
    article = read(
        last='This article, “Turkey can calmly leave the bloc”, was originally published by <a href="https://asia.example/t">Asia Monitor</a> on March 3, 2018.'
    )
    (credit,) = fired("originally-published", article)
    assert credit == Credit(
        name="Asia Monitor",
        outlet=None,
        url="https://asia.example/t",
        role="republication",
        kind="credit_line",
        words="This article, “Turkey can calmly leave the bloc”, was originally published by Asia Monitor on March 3, 2018.",
        rule="originally-published",
        confidence=0.95,
        stated_title="Turkey can calmly leave the bloc",
        stated_at=datetime(2018, 3, 3, tzinfo=UTC),
    )
    assert "originally published" not in article.text
    assert article.published is None or article.published.day != "2018-03-03"


def test_a_teaser_of_another_article_is_no_credit() -> None:
    aside = '<aside class="related"><p>Originally published by Asia Monitor</p><p>Source: Horizon Monitor</p></aside>'
    assert read(after=aside).credits == ()


def test_a_photographer_s_agency_is_no_credit() -> None:
    assert (
        read(first='<figure><img src="a.jpg"><figcaption>The minister. (Reuters)</figcaption></figure>').credits == ()
    )


def test_the_outlet_is_not_its_own_source() -> None:
    assert read(top="By EN Daily", last="Source: Example News").credits == ()


def test_an_address_that_spells_the_outlet_s_name_is_its_own() -> None:
    away = '<link rel="canonical" href="https://www.examplenews.org/2018/talks">'
    assert read(head=away).credits == ()


def test_an_address_that_spells_a_name_is_that_outlet_s() -> None:
    unlike = '<link rel="canonical" href="https://sputniknewsroom.example/2018/talks">'
    spelled = '<link rel="canonical" href="https://sputnik-news.example/2018/talks">'
    assert [credit.outlet for credit in read(head=unlike).credits] == [None]
    assert [credit.outlet for credit in read(head=spelled).credits] == ["sputnik"]


def test_a_line_above_the_text_may_be_several_set_apart_by_bars() -> None:
    article = read(
        top='By <a href="https://sputniknews.com/">Sputnik</a> | Example News, March 29, 2018 | TASS 3 March 2018'
    )
    assert {(credit.kind, credit.outlet, credit.words) for credit in article.credits} == {
        ("byline", "sputnik", "By Sputnik"),
        ("dateline", "tass", "TASS 3 March 2018"),
    }
    assert "March" not in article.text
    assert article.published
    assert article.published.day == "2018-03-29"


def test_a_byline_may_bear_a_place_and_a_day() -> None:
    (credit,) = fired("byline", read(top="By Sputnik, Example News, March 29, 2018"))
    assert (credit.name, credit.outlet) == ("Sputnik", "sputnik")
    assert not fired("byline", read(top="By Anna Miller, Sputnik Street, March 29, 2018"))


def test_a_link_on_the_day_names_nobody() -> None:
    (credit,) = fired("source-and-day", read(top='Sputnik News <a href="https://sputniknews.com/x/1">3 March 2018</a>'))
    assert (credit.name, credit.url) == ("Sputnik News", "https://sputniknews.com/x/1")


def test_each_source_has_the_link_that_carries_its_whole_name() -> None:
    byline, day = (
        '<a href="https://sputniknews.com/">Sputnik</a>',
        '<a href="https://sputniknews.com/x/1">Sputnik News</a>',
    )
    (credit,) = fired("source-and-day", read(top=f"By {byline} | {day} 3 March 2018"))
    assert (credit.name, credit.url) == ("Sputnik News", "https://sputniknews.com/x/1")


def test_an_author_by_microdata_may_be_an_agency() -> None:
    (credit,) = fired("byline", read(top='<span itemprop="author"><span itemprop="name">Sputnik</span></span>'))
    assert credit.outlet == "sputnik"


def test_a_note_set_aside_is_read_and_a_sidebar_is_not() -> None:
    said = "The original source of this article is Sputnik News."
    assert fired("original-source", read(after=f"<aside>{said}</aside>"))
    assert not fired("original-source", read(after=f"<aside><p>{PROSE * 2}</p><p>{said}</p></aside>"))


def test_the_source_s_day_is_not_ours() -> None:
    times = (
        '<p>Example News, <time datetime="2018-03-29T08:11:05-04:00">March 29, 2018</time></p>'
        '<p>Sputnik News <time datetime="2018-03-03">3 March 2018</time></p>'
    )
    article = read(top=f"</p>{times}<p>")
    assert article.published
    assert (article.published.at.isoformat(), article.published.offset) == ("2018-03-29T12:11:05+00:00", "-04:00")
    assert "Example News" not in article.text


def test_an_agency_and_a_day_are_no_person() -> None:
    assert read(top='<span class="author">By Sputnik March 29, 2018</span>').authors == ()


def test_a_page_alone_names_known_agencies() -> None:
    article = extract(capture(page(top="By Sputnik")))
    assert [(credit.name, credit.outlet) for credit in article.credits] == [("Sputnik", None)]


@pytest.mark.parametrize(
    ("host", "bought"),
    [
        ("www.a.example", "a.example"),
        ("news.a.co.uk", "a.co.uk"),
        ("a.com.tr:8080", "a.com.tr:8080"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_registrable(host: str, bought: str) -> None:
    assert registrable(host) == bought


def test_an_archived_page_s_canonical_is_the_address_it_was_kept_from() -> None:
    kept = "https://web.archive.org/web/20240218232538/https://news.example/world/a-story-1"
    assert read(head=f'<link rel="canonical" href="{kept}">').credits == ()


def names_and_roles(article: Article) -> list[tuple[str, str]]:
    return [(credit.name, credit.role) for credit in article.credits]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Source: Reuters, AP", ["Reuters", "AP"]),
        ("Quelle: dpa/afp", ["dpa", "AFP"]),
        ("Источники: ТАСС и Интерфакса", ["ТАСС", "Интерфакс"]),
        ("Reuters/NTV Haber", ["Reuters"]),
        ("Source: Centre for Trade, Law and Peace", ["Centre for Trade"]),
        ("المصدر: رويترز، فرانس برس", ["رويترز", "فرانس برس"]),
    ],
)
def test_a_line_may_name_several_sources(line: str, names: list[str]) -> None:
    assert names_and_roles(read(last=line)) == [(name, "republication") for name in names]


def test_what_stands_below_the_headlines_of_a_list_of_articles_is_theirs() -> None:
    teasers = "".join(
        f'<div><a href="/s/{n}">Harvest delayed by late frost {n}</a><p>{mark}</p></div>'
        for n, mark in enumerate(("Source: Reuters", "(DHA)", "Originally published by Asia Monitor"))
    )
    assert read(after=teasers).credits == ()
    alone = '<p><a href="/s/1">Harvest delayed by late frost</a></p><p>Source: Reuters</p>'
    assert names_and_roles(read(after=alone)) == [("Reuters", "republication")]


@pytest.mark.parametrize(
    "line",
    [
        "Photo: AP",
        "REUTERS/John Doe",
        "Источник фото: РИА Новости",
        "Foto: picture alliance/dpa",
        "(Photo by John Doe/AFP via Getty Images)",
        "Follow Reuters on Twitter",
        "Data by Refinitiv",
        "Kaynak suyu satışları arttı.",
        "Die Quelle des Flusses liegt hoch.",
        "A source close to the ministry said no.",
        "The book was first published by Penguin Books in 1998.",
        "The report was originally published in 2012.",
        '<a href="/tag/reuters">Reuters</a>',
    ],
)
def test_lines_that_only_look_like_credits(line: str) -> None:
    assert read(last=line).credits == ()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("AA'ya konuşan uzman bekleyin dedi.", "AA"),
        ("TASS ajansına konuşan Lavrov bekleyin dedi.", "TASS"),
        ("Как сообщили «Интерфаксу» в ведомстве, ничего не подписано.", "Интерфакс"),
        (", передає кореспондент Укрінформу.", "Укрінформ"),
        ("sagte der Minister der dpa.", "dpa"),
        ("a-t-il déclaré à l’AFP.", "AFP"),
        ("δήλωσε στο ΑΠΕ-ΜΠΕ.", "ΑΠΕ-ΜΠΕ"),
        ("dijo a Reuters un portavoz.", "Reuters"),
        ("ha detto all’ANSA il ministro.", "ANSA"),
        ("powiedział PAP minister.", "PAP"),
        ("disse à Lusa o ministro.", "Lusa"),
        ("قال لوكالة فرانس برس إنه لم يوقع.", "فرانس برس"),
    ],
)
def test_no_citation_is_lost_whichever_way_its_language_turns_it(said: str, name: str) -> None:
    article = read(middle=said)
    assert names_and_roles(article) == [(name, "citation")]
    assert article.credits[0].words in said


NEWS = (
    "Previously released by Israel, the man was arrested again in Ankara on Tuesday.",
    "First reported on Tuesday by the harbour master, the leak has since spread to the beaches.",
    "First aired on Monday, the speech has been seen by two million people.",
    "Originally released in June, the report names forty firms.",
    "This report was originally published by the Ministry of Health in June, and has been disputed since.",
    "This news comes from Kyiv, where 40 missiles fell in one night.",
    "This letter comes from Ankara and it asks NATO for 40 tanks.",
    "Provided by Turkey, the drones destroyed 40 tanks in a week.",
    "Courtesy of the Turkish navy, three ships left for Cyprus.",
    "With permission from the Turkish army, reporters saw the border.",
    "Reproduced from a Soviet design, the missile flies 300 kilometres.",
    "Syndicated from Moscow, the channel was banned in March.",
    "Впервые опубликовано в Берлине в 1915 году, письмо называет имена министров.",
    "Source: a senior Turkish official, who spoke to reporters on condition of anonymity.",
)


@pytest.mark.parametrize("line", NEWS)
@pytest.mark.parametrize("place", ["top", "first", "middle", "last"])
def test_a_sentence_of_news_that_begins_as_a_credit_is_none_and_stays(place: str, line: str) -> None:
    article = read(**{place: line})
    assert article.credits == ()
    assert place == "top" or line in article.text


@pytest.mark.parametrize("line", NEWS)
def test_a_paragraph_of_news_amid_the_text_stays(line: str) -> None:
    article = read(middle=f"</p><p>{line}</p><p>")
    assert article.credits == ()
    assert line in article.text


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Originally published by Asia Monitor on March 3, 2018.", "Asia Monitor"),
        ("Originally published by Asia Monitor in June.", "Asia Monitor"),
        ("Republished from Asia Monitor, translated by Anna Miller.", "Asia Monitor"),
        ("First reported by Asia Monitor.", "Asia Monitor"),
        ("Courtesy of Asia Monitor", "Asia Monitor"),
        ("(Reprinted from Asia Monitor, No. 12, with the kind permission of its editors.)", "Asia Monitor"),
        ("Перепечатано из журнала «Старый порт», № 4.", "Старый порт"),
        ("Mit freundlicher Genehmigung übernommen aus „Hafenblatt“, Ausgabe 41.", "Hafenblatt"),
    ],
)
@pytest.mark.parametrize("place", ["middle", "last", "after"])
def test_a_line_that_is_a_statement_is_a_credit_and_no_text(place: str, line: str, name: str) -> None:
    article = read(**{place: f"</p><p>{line}</p><p>" if place == "middle" else line})
    assert [(credit.name, credit.words) for credit in article.credits] == [(name, line)]
    assert line not in article.text


@pytest.mark.parametrize(
    ("byline", "authors", "names"),
    [
        ("From Reuters and AFP", (), ["Reuters", "AFP"]),
        ("Jane Miller for Reuters", ("Jane Miller",), ["Reuters"]),
    ],
)
def test_a_byline_parts_people_from_agencies(byline: str, authors: tuple[str, ...], names: list[str]) -> None:
    article = read(top=f'<span class="byline">{byline}</span>')
    assert article.authors == authors
    assert [credit.name for credit in article.credits] == names


def test_a_last_line_of_with_and_an_agency_is_a_contributor_and_no_text() -> None:
    article = read(last="With Reuters")
    assert names_and_roles(article) == [("Reuters", "contributor")]
    assert "With Reuters" not in article.text
    assert read(last="With John Miller").credits == ()


def test_who_first_reported_the_news_is_cited() -> None:
    line = "First reported by Reuters, the leak has since spread to the beaches."
    article = read(last=line)
    assert names_and_roles(article) == [("Reuters", "citation")]
    assert line in article.text


@pytest.mark.parametrize(
    "line",
    [
        "Editor's note: This article first appeared in Asia Monitor.",
        "Originally published by Asia Monitor, an independent weekly based in Izmir.",
        "Dieser Text erschien zuerst in Asia Monitor, Ausgabe vom 3. März 2018.",
    ],
)
def test_a_statement_may_say_who_its_source_is(line: str) -> None:
    article = read(last=line)
    assert [credit.name for credit in article.credits] == ["Asia Monitor"]
    assert "Asia Monitor" not in article.text


def test_a_statement_that_goes_on_is_a_credit_and_stays() -> None:
    line = "This article first appeared in Asia Monitor, where the author has written of the harbour since spring."
    article = read(last=line)
    assert [credit.name for credit in article.credits] == ["Asia Monitor"]
    assert line in article.text


def test_what_stands_before_a_statement_in_its_line_stays() -> None:
    line = "The harbour opens again on Monday. Originally published by Asia Monitor."
    article = read(last=line)
    assert [credit.name for credit in article.credits] == ["Asia Monitor"]
    assert "The harbour opens again" in article.text


@pytest.mark.parametrize("name", ["Tuesday", "June 2018", "a senior official", "Berlin in"])
def test_days_and_anybody_are_no_sources(name: str) -> None:
    assert read(last=f"Source: {name}").credits == ()


def test_an_outlet_may_be_called_by_a_day() -> None:
    line = 'Source: <a href="https://sundaytimes.example/x/1">Sunday Observer</a>'
    assert [credit.name for credit in read(last=line).credits] == ["Sunday Observer"]


@pytest.mark.parametrize(
    "line",
    [
        "Agencies",
        "Source: Agencies",
        "Source: news wires",
        "Kaynak: Ajanslar",
        "Источник: агентства",
        "Quelle: Agenturen",
        "Source : agences",
        "Quelle: Pressemitteilung",
        "Источник: открытые источники",
    ],
)
def test_agencies_without_a_name_are_nobody(line: str) -> None:
    assert read(last=line).credits == ()


def test_a_photographer_s_name_and_agency_are_no_byline() -> None:
    assert read(top="Michael Miller, AP").credits == ()
    assert read(top='<span class="credit">Anna Miller/dpa</span>').credits == ()


def test_a_dateline_is_no_citation() -> None:
    assert names_and_roles(read(first="РИА Новости — Министр заявил.")) == [("РИА Новости", "republication")]


def test_a_link_that_bears_the_headline_leads_to_the_original() -> None:
    article = read(after='<p>More: <a href="https://sputniknews.com/x/1">Talks on delivery go on</a></p>')
    (credit,) = fired("same-headline", article)
    assert (credit.outlet, credit.role, credit.kind, credit.stated_title) == (
        "sputnik",
        "link",
        "link",
        "Talks on delivery go on",
    )
    assert not fired("same-headline", read(after='<a href="/2018/talks">Talks on delivery go on</a>'))


def test_a_source_s_headline_stands_before_its_name() -> None:
    (credit,) = fired("source", read(last="Source: “Ankara turns to the east”, Asia Monitor, 3 March 2018"))
    assert (credit.name, credit.stated_title, credit.stated_at) == (
        "Asia Monitor",
        "Ankara turns to the east",
        datetime(2018, 3, 3, tzinfo=UTC),
    )


def test_an_unknown_unlinked_name_is_less_sure() -> None:
    (graph,), (agency,) = (
        fired("source", read(last=line)) for line in ("Source: Horizon Statistics", "Source: Reuters")
    )
    assert graph.confidence < agency.confidence


@pytest.mark.parametrize("piece", ["by ", "/", "и ", "told AP ", "dpa, ", "via ", "("])
def test_a_line_of_a_hundred_thousand_characters_costs_little(piece: str) -> None:
    line = (piece * 100_000)[:100_000]
    before = time.process_time()
    for rule in RULES:
        rule.pattern.search(line[:2000])
    list(citations([line], Names(own=frozenset(), outlet=None, directory=None)))
    assert time.process_time() - before < 5
