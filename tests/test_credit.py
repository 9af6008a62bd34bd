"""Every rule of the table has a page that must fire it and one that must not."""

from datetime import UTC, datetime

import pytest
from test_extract import PROSE, capture, page_of

from crawler.credit_rules import RULES
from crawler.extract import extract
from crawler.outlets import Directory
from crawler.sources import registrable
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


# rule: (where it stands, what must fire it, the source's name), (where, what must not)
CASES: dict[str, tuple[tuple[str, str, str], tuple[str, str]]] = {
    "original-source": (
        (
            "after",
            'The original source of this article is <a href="https://sputniknews.com/x/1">Sputnik News</a>',
            "Sputnik News",
        ),
        ("after", "The original source of this article is the website"),
    ),
    "originally-published": (
        ("last", "This article first appeared on Asia Monitor on March 3, 2018.", "Asia Monitor"),
        ("last", "The vaccine first appeared in the autumn of that year."),
    ),
    "republished": (
        ("last", "Republished with permission from The Strategy Forum.", "Strategy Forum"),
        ("last", "Reprinted from the newspaper."),
    ),
    "authored-via": (
        ("top", "Authored by John Smith via Strategic Forum,", "Strategic Forum"),
        ("top", "Authored by John Smith"),
    ),
    "via": (("last", "Via SouthFront", "SouthFront"), ("last", "Via the website")),
    "provided-by": (
        ("last", "This article was provided by Horizon Wire.", "Horizon Wire"),
        ("middle", "Food was provided by the author."),
    ),
    "ursprünglich-erschienen": (
        ("last", "Dieser Text ist zuerst erschienen bei Blätter Heute.", "Blätter Heute"),
        ("last", "Der Film ist zuerst erschienen im Internet."),
    ),
    "erschien-zuerst": (
        ("last", "Der Beitrag erschien zuerst auf Nachdenkmagazin.", "Nachdenkmagazin"),
        ("last", "Das Buch erschien zuerst im Internet."),
    ),
    "zuerst-bei-erschienen": (
        ("last", "Dieser Artikel ist zuerst bei Zeit Online erschienen.", "Zeit Online"),
        ("last", "Die Sonne war zuerst im Osten zu sehen."),
    ),
    "publié-à-l-origine": (
        ("last", "Cet article a été publié à l’origine par Le Courrier.", "Courrier"),
        ("last", "Cet article a été publié hier par le site web."),
    ),
    "initialement-publié": (
        ("last", "Article initialement publié sur Orient Hebdo.", "Orient Hebdo"),
        ("last", "Un livre initialement publié dans le journal."),
    ),
    "publicado-originalmente": (
        ("last", "Publicado originalmente en La Jornada.", "Jornada"),
        ("last", "El libro fue publicado en otoño."),
    ),
    "pubblicato-originariamente": (
        ("last", "Articolo pubblicato originariamente su Il Foglio.", "Il Foglio"),
        ("last", "Il libro è stato pubblicato ieri."),
    ),
    "впервые-опубликовано": (
        ("last", "Впервые опубликовано на сайте Военное обозрение.", "Военное обозрение"),
        ("last", "Впервые опубликовано на сайте агентства."),
    ),
    "перепечатано": (
        ("last", "Перепечатано из Независимой газеты.", "Независимой газеты"),
        ("last", "Перепечатано из газеты."),
    ),
    "по-материалам": (("last", "По материалам ТАСС", "ТАСС"), ("last", "По материалам газеты.")),
    "вперше-опубліковано": (
        ("last", "Вперше опубліковано на сайті Дзеркало тижня.", "Дзеркало тижня"),
        ("last", "Вперше опубліковано в газеті минулого року"),
    ),
    "за-матеріалами": (("last", "За матеріалами Укрінформ.", "Укрінформ"), ("last", "За матеріалами сайту.")),
    "ilk-yayın": (
        ("last", "Bu yazı ilk olarak Birikim Dergisi'nde yayınlanmıştır.", "Birikim Dergisi"),
        ("last", "Kitap ilk kez yazıldı ve yayınlandı."),
    ),
    "αναδημοσίευση": (
        ("last", "Αναδημοσίευση από το Παρατηρητήριο.", "Παρατηρητήριο"),
        ("last", "Αναδημοσίευση από το διαδίκτυο."),
    ),
    "نقلا-عن": (("last", "نقلا عن رويترز", "رويترز"), ("last", "نقلا عن مواقع")),
    "source": (("last", "Source: Horizon Monitor", "Horizon Monitor"), ("last", "Source: website")),
    "источник": (("last", "Источник: РИА Новости", "РИА Новости"), ("last", "Источник: сайт")),
    "джерело": (("last", "Джерело: Українська правда", "Українська правда"), ("last", "Джерело: видання")),
    "kaynak": (("last", "Kaynak: Hürriyet", "Hürriyet"), ("last", "Kaynak: internet")),
    "quelle": (("last", "Quelle: Zeit Online", "Zeit Online"), ("last", "Quelle: eigene")),
    "fuente": (("last", "Fuente: El Observador", "Observador"), ("last", "Fuente: internet")),
    "źródło": (("last", "Źródło: Gazeta Polska", "Gazeta Polska"), ("last", "Źródło: internet")),
    "πηγή": (("last", "Πηγή: Καθημερινή", "Καθημερινή"), ("last", "Πηγή: διαδίκτυο")),
    "المصدر": (("last", "المصدر: الجزيرة", "الجزيرة"), ("last", "المصدر: وكالات")),
    "来源": (("last", "来源:新华社", "新华社"), ("last", "来源:网络")),
    "byline": (("top", "By Sputnik", "Sputnik"), ("top", "By John Miller")),
    "byline-person-agency": (
        ("top", "By John Miller, Associated Press", "Associated Press"),
        ("top", "By John Miller, London"),
    ),
    "source-and-day": (
        ("top", '<a href="https://sputniknews.com/x/1">Sputnik News</a> 3 March 2018', "Sputnik News"),
        ("top", "Example News, March 29, 2018"),
    ),
    "agency-parentheses": (
        ("first", "ANKARA, March 3 (AA) – The minister spoke.", "AA"),
        ("first", "The minister (63) spoke to his party (AKP) – again."),
    ),
    "agency-slashes": (
        ("first", "МОСКВА, 3 марта. /ТАСС/. Министр заявил.", "ТАСС"),
        ("first", "The and/or question was put."),
    ),
    "agency-dash-first": (
        ("first", "РИА Новости — Министр заявил.", "РИА Новости"),
        ("first", "Moscow — The minister spoke."),
    ),
    "place-dash-agency": (
        ("first", "МОСКВА, 3 мар — РИА Новости. Министр заявил.", "РИА Новости"),
        ("first", "МОСКВА, 3 мар — Министр заявил."),
    ),
    "agency-mark": (("last", "dpa/lno", "dpa"), ("last", "Ende/aus")),
    "agency-closing": (("last", f"{PROSE.strip()} (DHA)", "DHA"), ("last", f"{PROSE.strip()} (sic)")),
    "avec": (("last", "Avec AFP", "AFP"), ("last", "Avec plaisir")),
    "mit-material-von": (("last", "Mit Material von dpa", "dpa"), ("last", "Mit Material von gestern")),
    "contributed": (
        ("last", "Reuters contributed to this report.", "Reuters"),
        ("last", "Anna Miller contributed to this report."),
    ),
    "copyright-of": (
        ("after", "Copyright © Sputnik, Sputnik News, 2018", "Sputnik"),
        ("after", "Copyright © Example News, 2018"),
    ),
    "according-to": (
        ("middle", "According to Reuters, nothing was signed.", "Reuters"),
        ("middle", "According to Karatas, nothing was signed."),
    ),
    "told": (
        ("middle", "The expert told Sputnik that nothing was signed.", "Sputnik"),
        ("middle", "The expert told Parliament that nothing was signed."),
    ),
    "reports": (
        ("middle", "TASS reported that nothing was signed.", "TASS"),
        ("middle", "Ankara reported that nothing was signed."),
    ),
    "laut": (
        ("middle", "Laut Reuters wurde nichts unterzeichnet.", "Reuters"),
        ("middle", "Laut Gesetz wurde nichts unterzeichnet."),
    ),
    "selon": (
        ("middle", "Selon Reuters, rien n’a été signé.", "Reuters"),
        ("middle", "Selon Paris, rien n’a été signé."),
    ),
    "según": (("middle", "Según la agencia EFE, nada se firmó.", "EFE"), ("middle", "Según Madrid, nada se firmó.")),
    "сообщает": (("middle", "Об этом сообщает ТАСС.", "ТАСС"), ("middle", "Об этом сообщает Кремль.")),
    "со-ссылкой-на": (
        ("middle", "Пишет со ссылкой на Reuters газета.", "Reuters"),
        ("middle", "Пишет со ссылкой на Петрова газета."),
    ),
    "повідомляє": (
        ("middle", "Про це повідомляє Укрінформ.", "Укрінформ"),
        ("middle", "Про це повідомляє Міноборони."),
    ),
    "haberine-göre": (
        ("middle", "Hürriyet'in haberine göre görüşme sürüyor.", "Hürriyet"),
        ("middle", "Bakanlığın haberine göre görüşme sürüyor."),
    ),
    "açıkladı": (
        ("middle", "Uzman Sputnik'e konuştu ve bekleyin dedi.", "Sputnik"),
        ("middle", "Uzman Ankara'ya konuştu ve bekleyin dedi."),
    ),
    "σύμφωνα-με": (
        ("middle", "Σύμφωνα με το Reuters δεν υπογράφηκε τίποτα.", "Reuters"),
        ("middle", "Σύμφωνα με την Άγκυρα δεν υπογράφηκε τίποτα."),
    ),
    "بحسب": (("middle", "بحسب وكالة الأناضول لم يوقع شيء.", "الأناضول"), ("middle", "بحسب الوزير لم يوقع شيء.")),
}


def test_every_rule_has_its_pages() -> None:
    assert {rule.name for rule in RULES} == set(CASES)


@pytest.mark.parametrize("rule", CASES)
def test_a_page_that_must_fire(rule: str) -> None:
    (where, words, name), _ = CASES[rule]
    article = read(**{where: words})
    credits = fired(rule, article)
    assert [credit.name for credit in credits] == [name], [(c.rule, c.name) for c in article.credits]
    expected = next(entry for entry in RULES if entry.name == rule)
    assert (credits[0].role, credits[0].kind) == (expected.role, expected.kind)
    printed = " ".join(page(**{where: words}).replace(">", "> ").replace("<", " <").split())
    assert all(word in printed for word in credits[0].words.split())


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
    "jsonld-sourceOrganization": '<script type="application/ld+json">{"@type":"NewsArticle","sourceOrganization":{"@type":"Organization","name":"Sputnik"}}</script>',
    "jsonld-publisher": '<script type="application/ld+json">{"@type":"NewsArticle","publisher":{"@type":"Organization","name":"Sputnik"}}</script>',
    "jsonld-author": '<script type="application/ld+json">{"@type":"NewsArticle","author":{"@type":"Organization","name":"Sputnik"}}</script>',
    "meta-author": '<meta name="author" content="Sputnik">',
}


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
