"""The site over the hand-made archive, asked through its real ASGI application."""

import asyncio
import csv
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from archive_fixture import BY_SLUG, SECRET, Piece, add_article, add_story, insert, make_archive
from sqlite_utils import Database

from storage.errors import ArchiveError, ConfigError, CuttingsError
from storage.migrations import migrations
from storage.settings import Site
from storage.site import overviews, phrases, serving
from storage.site.app import build
from storage.site.questions import finding
from storage.site.serving import Access, serve

SITE = Site(title="Kesikler", contact="archive@example.org")
SCRIPT = "<script>alert(1)</script>"
HOSTILE = Piece(
    slug="hostile",
    outlet="mirror",
    title=f'{SCRIPT}"><img src=x onerror=alert(2)>',
    text=f"NATO {SCRIPT}\n\n</textarea>{{{{ 7 * 191 }}}}<svg onload=alert(3)>\x01",
    at="2018-04-13T10:00:00Z",
    words=(("turkey-nato", "NATO"),),
    authors=(f"{SCRIPT}",),
)
PLAIN = ["/", "/topic/turkey-nato", "/flow", "/search", "/search?q=nato", "/method", "/outlet/mirror", "/outlet/sada"]
STOCK = ["/cuttings", "/cuttings/articles", "/cuttings/article_facts", "/cuttings?sql=select+*+from+credits"]
READINGS = [f"/article/{piece.id}" for piece in BY_SLUG.values()]
STORIES = [f"/story/{piece.id}" for piece in BY_SLUG.values() if not piece.story]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("site") / "press 100% #1?.db")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_archive(tmp_path_factory.mktemp("hostile") / "cuttings.db")
    spoil(Database(path))
    return path


def spoil(db: Database) -> None:
    """Put hostile words and addresses wherever an outlet could, and close the archive."""
    address = "javascript:alert(4)"
    with db.conn:
        add_article(db, HOSTILE, url=address, canonical_url='https://x.example/" onmouseover="alert(5)', section=SCRIPT)
        add_story(db, HOSTILE)
        told = {"words": SCRIPT, "role": "republication", "kind": "byline", "rule": "byline", "confidence": 1, "run": 1}
        insert(db, "credits", article=HOSTILE.id, name=SCRIPT, url=address, **told)
        db.conn.execute("update outlets set name = ?, url = ? where id = 'mirror'", (SCRIPT, address))
        db.conn.execute("update topics set name = ? where id = 'turkey-nato'", (SCRIPT,))
    db.close()


def ask(archive: Path, path: str, **more: Any) -> Any:
    """Return the site's answer to a GET."""
    return asyncio.run(build(archive, SITE, **more).client.get(path))


def text_of(html: str) -> str:
    """Return what a reader sees of a page, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html)).replace("&#39;", "'").replace("\u00a0", " ")


@pytest.mark.parametrize("path", [*PLAIN, *STOCK, *READINGS, *STORIES])
def test_every_page_answers_in_the_frame_without_outside_resources(archive: Path, path: str) -> None:
    answer = ask(archive, path)
    assert answer.status_code == 200
    assert '<p class="name"><a href="/">Kesikler</a></p>' in answer.text
    assert not re.findall(r'<(?:script|link rel="stylesheet"|img|iframe)[^>]*(?:src|href)="(?:https?:)?//', answer.text)
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert ("'unsafe-inline'" in policy) == (path in STOCK)


@pytest.mark.parametrize(
    "path",
    ["/topic/none", "/outlet/none", "/article/12", "/article/x", "/story/99999999999999999999", "/cuttings/none", "/x"],
)
def test_what_is_not_there_is_said_in_a_sentence(archive: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask(archive, path)
    assert answer.status_code == 404
    assert "Not found" in answer.text
    assert ("'unsafe-inline'" in answer.headers["content-security-policy"]) == path.startswith("/cuttings")
    assert capsys.readouterr() == ("", "")  # Datasette's own handler prints every local variable


def test_the_front_page_puts_trouble_first(archive: Path) -> None:
    words = text_of(ask(archive, "/").text)
    assert "13 articles on 2 topics from 4 outlets, since 12 March 2018" in words
    assert words.index("failing صدى") < words.index("fewer than usual Mirror") < words.index("as usual Kuzey")
    assert "Ferry timetable" not in words  # on no topic


def test_an_outlet_page_says_what_its_articles_lack(archive: Path) -> None:
    assert "5 days without an answer; no author since 3 April 2018" in text_of(ask(archive, "/outlet/sada").text)


def test_classes_over_time_are_told_apart_by_words(archive: Path) -> None:
    html = ask(archive, "/outlet/mirror").text
    figures = re.findall(r"<figure>.*?</figure>", html, flags=re.DOTALL)
    captions = [text_of(re.findall(r"<figcaption>.*", figure)[0]).strip() for figure in figures]
    bars = [len(re.findall("<rect", figure)) for figure in figures]
    assert len(captions) > 1
    assert all(bars)
    with closing(sqlite3.connect(archive)) as db:
        counted = db.execute(
            "select class, count(distinct article) from article_facts where outlet = 'mirror' and month is not null "
            "group by 1"
        ).fetchall()
    said = {f"{phrases.CLASSES[name].mark} {phrases.CLASSES[name].words}": number for name, number in counted}
    assert {caption.rpartition(":")[0]: int(caption.rpartition(":")[2].split()[0]) for caption in captions} == said


def test_the_weeks_of_topics_are_a_table_too(archive: Path) -> None:
    html = ask(archive, "/").text
    table = re.search(r'aria-label="Topics by week">(.*?)</table>', html, flags=re.DOTALL)
    drawn = re.findall(r"<title>([\d,]+) (?:\d weeks before|this week)</title>", html.partition('id="outlets"')[0])
    assert table
    assert re.findall(r'<td class="number">([\d,]+)</td>', table[1]) == drawn


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/flow", "Who carries whose text"),
        ("/flow?topic=turkey-nato&month=2018-04", "Who carries whose text: Turkey–NATO relations, 2018-04"),
        ("/cuttings/median_lag_by_pair", "How much later outlets carry each other’s text"),
        ("/cuttings?sql=select+1", "A question in SQL"),
    ],
)
def test_a_title_names_the_page(archive: Path, path: str, title: str) -> None:
    shown = unescape(re.findall(r"<title>(.*?)</title>", ask(archive, path).text, flags=re.DOTALL)[0])
    assert shown == f"{title} · Kesikler"


@pytest.mark.parametrize("page", ["/", "/search?q=nato", "/flow", "/method", "/outlet/mirror", "/topic/turkey-nato",
                                  f"/story/{BY_SLUG['summit'].id}", f"/article/{BY_SLUG['summit'].id}"])  # fmt: skip
def test_what_a_page_says_is_there_as_data(archive: Path, page: str) -> None:
    html = ask(archive, page).text
    links = [unescape(link) for link in re.findall(r'href="(/[^"]*)"', html)]
    for kind in ("csv", "json"):
        data = [link for link in links if re.search(rf"\.{kind}(\?|$)", link)]
        assert data or (kind == "csv" and page.startswith("/article"))
        for link in data:
            answer = ask(archive, link)
            assert answer.status_code == 200
            rows = answer.json() if kind == "json" else list(csv.DictReader(answer.text.splitlines()))
            assert rows["rows"] if isinstance(rows, dict) else rows


def test_a_page_has_its_row_under_its_address(archive: Path) -> None:
    for page, id_ in (("article", BY_SLUG["summit"].id), ("story", BY_SLUG["summit"].id), ("topic", "turkey-nato")):
        moved = ask(archive, f"/{page}/{id_}.json")
        assert moved.status_code == 302
        there = ask(archive, moved.headers["location"]).json()
        assert str(dict(zip(there["columns"], there["rows"][0], strict=True))["id"]) == str(id_)


def test_a_search_is_given_whole_as_data(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ask(archive, "/search.json?q=nato").json()
    assert whole["next"] is None
    assert not whole["truncated"]
    ids = [row["id"] for row in whole["rows"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) > 2
    said = text_of(ask(archive, "/search?q=nato").text)
    assert f"{len(ids)} articles with" in said
    rows = list(csv.DictReader(ask(archive, "/search.csv?q=nato").text.splitlines()))
    assert [int(row["id"]) for row in rows] == ids
    monkeypatch.setattr(finding, "MOST_GIVEN", 2)
    found, address = [], "/search.json?q=nato"
    while address:
        answer = ask(archive, address)
        page = answer.json()
        assert page["truncated"] == bool(page["next"]) == ("link" in answer.headers)
        found += [row["id"] for row in page["rows"]]
        address = page["next"] and page["next"].replace("http://localhost", "")
    assert found == ids


def test_a_search_as_data_that_cannot_be_understood_is_refused(archive: Path) -> None:
    answer = ask(archive, "/search.json?q=t*")
    assert answer.status_code == 400
    assert "t*" in answer.json()["error"]
    assert ask(archive, "/search.csv?q=nato&from=yesterday").status_code == 400


def test_a_search_in_a_table_says_when_it_is_no_query(archive: Path) -> None:
    assert "Searched for as plain words" in ask(archive, "/cuttings/articles?_search=t*").text
    assert "Searched for as plain words" not in ask(archive, "/cuttings/articles?_search=nato").text


def test_a_found_word_is_marked_in_the_headline(archive: Path) -> None:
    html = ask(archive, "/search?q=nato").text
    assert re.search(r'<p class="headline"><a [^>]*>[^<]*<mark>', html)


def test_the_table_of_articles_begins_with_what_is_read(archive: Path) -> None:
    text = ask(archive, "/cuttings/articles").text
    columns = re.findall(r'<th [^>]*data-column="([a-z_]+)"', text)
    assert columns[:4] == ["id", "title", "outlet", "published_at"]
    with closing(sqlite3.connect(archive)) as db:
        assert sorted(columns) == sorted(row[1] for row in db.execute("pragma table_info(articles)"))


def test_an_outlets_tables_name_the_other_outlet_only(archive: Path) -> None:
    text = ask(archive, "/outlet/herald").text
    (takes,) = re.findall(r'<table class="flows">.*?</table>', text, re.DOTALL)
    assert "Text of" in takes
    assert "arried by" not in takes
    assert "/outlet/kuzey" in takes
    assert "/outlet/herald" not in takes
    (given,) = re.findall(r'<table class="flows">.*?</table>', ask(archive, "/outlet/kuzey").text, re.DOTALL)
    assert "Carried by" in given
    assert "Text of" not in given
    assert "/outlet/herald" in given
    assert "/outlet/kuzey" not in given


def test_the_data_of_a_long_matrix_are_of_its_topic_and_month(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overviews, "LARGEST_TABLE", 1)
    monkeypatch.setattr(overviews, "SMALL_MULTIPLES", 2)
    assert "The 2 busiest of 4 outlets." in text_of(ask(archive, "/topic/turkey-nato").text)
    for asked, pairs in (("", 5), ("?topic=turkey-nato", 3), ("?topic=turkey-nato&month=2018-04", 1)):
        html = ask(archive, f"/flow{asked}").text
        links = re.findall(r'all of them, by topic and month, <a href="([^"]*)">', html)
        assert bool(links) == (pairs > 1)
        for link in links:
            rows = list(csv.DictReader(ask(archive, unescape(link)).text.splitlines()))
            assert len({(row["from_outlet"], row["to_outlet"]) for row in rows}) == pairs
            assert not asked or {row["topic"] for row in rows} == {"turkey-nato"}


def test_small_curves_show_the_share_of_all_kept_of_an_outlet(tmp_path: Path) -> None:
    path = make_archive(tmp_path / "cuttings.db")
    with closing(sqlite3.connect(path)) as db, db:  # of its two articles of a day one is on the topic
        db.execute(
            "update articles set published_day = '2018-03-13' where outlet = 'herald' and published_day = '2018-03-20'"
        )
    figures = re.findall(r"<figure>.*?</figure>", ask(path, "/topic/turkey-nato").text, re.DOTALL)
    (curve,) = (figure for figure in figures if "/outlet/herald" in figure)
    assert re.findall(r"<title>(.*?)</title>", curve) == [
        "2018-03-13, of all that was kept of it: 50\u00a0%",
        "2018-03-29, of all that was kept of it: 100\u00a0%",
    ]
    (table,) = re.findall(
        r'aria-label="Share of each outlet by day"><table>(.*?)</table>',
        ask(path, "/topic/turkey-nato").text,
        re.DOTALL,
    )
    head, *body = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)]
    at = next(place for place, name in enumerate(head) if "/outlet/herald" in name)
    said = {row[0]: row[at].replace("\u00a0", " ") for row in body}
    assert said["2018-03-13"] == "50 %"
    assert said["2018-03-29"] == "100 %"
    assert said["2018-04-06"] == "—"  # nothing of it that day: no share


def test_an_article_page_says_that_its_source_was_edited_since(tmp_path: Path) -> None:
    path = make_archive(tmp_path / "cuttings.db")
    with sqlite3.connect(path) as db:
        copy, source = db.execute(
            "select article, source from reprints where source is not null and main limit 1"
        ).fetchone()
        db.execute("delete from versions where article = ? and change <> 'first'", [source])
        db.commit()
        said = "The source was edited since it was first seen"
        assert said not in text_of(ask(path, f"/article/{copy}").text)
        db.execute(
            "insert into versions (article, seen_at, change, title, text_digest, run) "
            "select id, first_seen_at, 'title', title, text_digest, (select min(id) from runs) from articles where id = ?",
            [source],
        )
    assert said in text_of(ask(path, f"/article/{copy}").text)


def test_a_contact_can_be_followed(archive: Path) -> None:
    assert (
        'Corrections: <a href="mailto:archive@example.org">archive@example.org</a>'
        in ask(archive, "/cuttings/runs").text
    )
    assert (
        'wrong here? <a href="mailto:archive@example.org">archive@example.org</a>' in ask(archive, "/outlet/sada").text
    )


def test_a_calendar_tells_days_without_an_answer_from_days_not_asked(archive: Path) -> None:
    html = ask(archive, "/outlet/sada").text
    days = {day: style for style, day in re.findall(r'<g class="(\w+)"><title>(\d{4}-\d{2}-\d{2}): ', html)}
    assert [days[f"2018-04-{day}"] for day in (14, 15, 16, 20)] == ["full", "full", "unanswered", "unanswered"]
    assert (days["2018-03-11"], days["2018-03-12"]) == ("none", "partial")
    assert "2018-04-16: 4 polls, 4 failed, 0 new articles; no answer" in html
    assert "2018-03-11: not asked" in html


def test_curves_of_a_month_or_two_are_drawn_by_day(archive: Path, tmp_path: Path) -> None:
    young = ask(archive, "/topic/turkey-nato").text
    assert "<title>2018-03-12, articles: 1</title>" in young
    assert ">2018-04-20</span>" in young  # the last pass, though the last article came before it
    assert "<title>2018-03-29, undetermined: 1</title>" in ask(archive, "/outlet/kuzey").text
    path = make_archive(tmp_path / "cuttings.db")
    db = Database(path)
    with db.conn:
        add_article(db, replace(HOSTILE, at="2018-01-30T10:00:00Z", outlet="kuzey"))
        add_story(db, replace(HOSTILE, at="2018-01-30T10:00:00Z", outlet="kuzey"))
    db.close()
    old = ask(path, "/topic/turkey-nato").text
    assert "<title>2018-01, articles: 1</title>" in old
    assert "(still running)</title>" in old
    assert "<title>2018-03, undetermined: 1</title>" in ask(path, "/outlet/kuzey").text


def test_the_flow_counts_pairs_and_unwatched_sources(archive: Path) -> None:
    words = text_of(ask(archive, "/flow").text)
    assert "Kuzey AgencyThe Harbour Herald22020not known" in words
    assert "Kuzey Agencyصدى الساحل110011 day 21 hours" in words  # cites its source: not without credit
    assert "Vesti Wire (not watched)Mirror Post11100not known" in words
    assert "Vesti Wire" not in text_of(ask(archive, "/flow?topic=turkey-nato").text)
    assert "No shared text found in 2017-01. Look at every topic and month." in text_of(
        ask(archive, "/flow?month=2017-01").text
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=KADIN", ["turkish"]),
        ("q=turkiye", ["turkish"]),
        ("q=ракета", ["russian"]),
        ("q=nato&language=ar", ["arabic"]),
        ("q=nato&outlet=kuzey&to=2018-03-31", ["summit"]),
        ("q=ferry", []),
        ("q=ferry&scope=all", ["off-topic"]),
        ("q=nato&from=2018-04-01&topic=russian-weapons", []),
    ],
)
def test_search_folds_inflects_and_filters(archive: Path, query: str, found: list[str]) -> None:
    answer = ask(archive, f"/search?{query}")
    assert answer.status_code == 200
    ids = re.findall(r'href="/article/(\d+)"', answer.text)
    assert ids == [str(BY_SLUG[slug].id) for slug in found]


def test_a_search_shows_when_and_narrows(archive: Path, tmp_path: Path) -> None:
    html = ask(archive, "/search?q=nato").text
    assert '<a href="?q=nato&amp;from=2018-03-12&amp;to=2018-03-12" aria-label="2018-03-12, articles found: 1">' in html
    assert "Narrow to a day" in html
    path = make_archive(tmp_path / "cuttings.db")
    db = Database(path)
    with db.conn:
        add_article(db, replace(HOSTILE, at="2018-02-13T10:00:00Z"))
        add_story(db, replace(HOSTILE, at="2018-02-13T10:00:00Z"))
    db.close()
    html = ask(path, "/search?q=nato").text
    assert '<a href="?q=nato&amp;from=2018-02-01&amp;to=2018-02-28" aria-label="2018-02, articles found: 1">' in html


def test_a_search_of_very_many_says_more_than(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_COUNTED", 3)
    words = text_of(ask(archive, "/search?q=nato").text)
    assert "More than 3 articles with “nato”, newest first." in words
    assert "The newest 3, by day." in words


@pytest.mark.parametrize(
    "query", ["q=%22open", "q=NOT+nato", "q=a*", "q=nato&from=yesterday", "q=(((", "q=" + "x" * 900]
)
def test_a_query_that_cannot_be_understood_gets_a_sentence(archive: Path, query: str) -> None:
    answer = ask(archive, f"/search?{query}")
    assert answer.status_code == 400
    assert "This cannot be searched for" in answer.text


@pytest.mark.parametrize(("path", "entries"), [("/feed/topic/turkey-nato.atom", 8), ("/feed/outlet/mirror.atom", 4)])
def test_feeds_are_atom(archive: Path, path: str, entries: int) -> None:
    answer = ask(archive, path)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.text)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == entries


def test_the_method_page_says_what_was_missed(archive: Path) -> None:
    words = text_of(ask(archive, "/method").text)
    assert "13 of them on 2 topics, collected from 4 outlets" in words
    assert "What this archive cannot see" in words
    cited = "Kesikler, archive of press cuttings, state of 20 April 2018, 06:00 UTC, collected with Cuttings 0.1.0"
    assert re.search(cited + r" \(configuration [0-9a-f]{16}\)\. http://localhost/method\.", words)
    assert "How articles were found: 14 in a pass over the outlet." in words
    assert "no words on its page were found that name a source" in words
    kept = text_of(ask(archive, "/method", config_toml='[archive]\nkeep = "matching"\n').text)
    assert "Only articles on a topic are kept" in kept


def test_canned_questions_have_answers(archive: Path) -> None:
    async def answers() -> dict[str, list[Any]]:
        site = build(archive, SITE)
        names = await site.get_canned_queries("cuttings", None)
        return {name: (await site.client.get(f"/cuttings/{name}.json?_shape=array")).json() for name in names}

    found = asyncio.run(answers())
    assert len(found) == 10
    assert all(isinstance(rows, list) and rows for rows in found.values()), found


def test_a_row_is_set_downwards_with_the_meaning_of_its_columns(archive: Path) -> None:
    id_ = BY_SLUG["summit"].id
    html = ask(archive, f"/cuttings/articles/{id_}").text
    words = text_of(html)
    assert f'<a href="/article/{id_}">The article’s page</a>' in html
    assert re.search(r"<code>published_day</code></th><td>2018-03-12</td><td class=\"meaning\">[^<]{9,}</td>", html)
    assert "1 row in captures, by article" in words
    assert "0 rows" not in words


def test_attention_by_coverage_counts_what_outlet_days_says(archive: Path) -> None:
    view = """
      select topic, substr(published_day, 1, 7) as month, sum(articles) as articles,
        sum(observed = 'full') as outlet_days_full, sum(observed = 'partial') as outlet_days_partial,
        sum(observed = 'none') as outlet_days_none,
        round(1.0 * sum(case when observed = 'full' then articles end) / nullif(sum(observed = 'full'), 0), 3)
          as articles_per_full_day
      from outlet_days where published_day is not null group by topic, month order by month desc, topic
    """
    with closing(sqlite3.connect(archive)) as db:
        db.row_factory = sqlite3.Row
        slow = [dict(row) for row in db.execute(view)]
    assert ask(archive, "/cuttings/attention_by_coverage.json?_shape=array").json() == slow != []


@pytest.mark.parametrize(
    "path",
    [*PLAIN, *STOCK, f"/article/{HOSTILE.id}", f"/story/{HOSTILE.id}", f"/cuttings/articles/{HOSTILE.id}",
     "/search?q=%3Cscript%3Ealert(1)%3C/script%3E", "/search?q=nato&scope=all", "/article/%3Cscript%3Ealert(1)"],
)  # fmt: skip
def test_scraped_words_never_become_markup(hostile: Path, path: str) -> None:
    html = ask(hostile, path).text
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "<svg onload" not in html
    assert "1337" not in html  # 7 * 191: not a template either
    assert not re.search(r"""href=["']?\s*javascript:""", html, re.IGNORECASE)
    assert not re.search(r"<[^>]*\sonmouseover=", html)


def test_a_feed_of_hostile_words_is_well_formed(hostile: Path) -> None:
    root = ET.fromstring(ask(hostile, "/feed/outlet/mirror.atom").text)
    assert root.findtext("{http://www.w3.org/2005/Atom}title") == SCRIPT


@pytest.mark.parametrize(
    "sql",
    [
        "select zeroblob(900000000)",
        "insert into topics values ('x','x','x',1)",
        "attach 'x' as y",
        "pragma journal_mode",
    ],
)
def test_one_request_cannot_harm(archive: Path, sql: str) -> None:
    assert ask(archive, f"/cuttings.json?sql={sql}").status_code == 400


def test_the_archive_is_opened_read_only(archive: Path) -> None:
    site = build(archive, SITE)
    assert list(site.databases) == ["_internal", "cuttings"]
    with pytest.raises(ArchiveError):
        site.get_database("cuttings").connect(write=True)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        site.get_database("cuttings").connect().execute("delete from topics")


def test_settings_that_are_secret_are_not_readable(archive: Path) -> None:
    paths = ["/cuttings/configs.json", "/cuttings.json?sql=select+*+from+configs", "/-/metadata.json", "/method"]
    answers = [ask(archive, path) for path in paths]
    assert all(answer.status_code == 200 and SECRET not in answer.text for answer in answers)


def test_sql_has_fold_and_forms(archive: Path) -> None:
    sql = "select fold('İSTANBUL'), count(*) from articles_fts where articles_fts match forms('KADIN')"
    assert ask(archive, f"/cuttings.json?_shape=arrays&sql={sql}").json()["rows"] == [["istanbul", 1]]


def test_what_is_written_meanwhile_is_seen(archive: Path, tmp_path: Path) -> None:
    path = make_archive(tmp_path / "cuttings.db")
    site = build(path, SITE)

    async def scenario() -> tuple[str, str]:
        before = (await site.client.get("/")).text
        db = Database(path)
        with db.conn:
            add_article(db, HOSTILE)
            add_story(db, HOSTILE)
        db.close()
        return before, (await site.client.get("/")).text

    before, after = asyncio.run(scenario())
    assert "14 articles on 2 topics" not in before
    assert "14 articles on 2 topics" in after


def test_a_table_that_is_made_meanwhile_is_seen(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "cuttings.db"
    shutil.copy(archive, path)

    async def asked() -> list[tuple[int, list[str] | None]]:
        datasette = build(path, SITE)
        await datasette.invoke_startup()
        found: list[tuple[int, list[str] | None]] = []
        for sql in ("select 1", "create table later (a, b)", "alter table later rename b to c"):
            with closing(sqlite3.connect(path)) as db:
                db.execute(sql)
            front, table = [await datasette.client.get(f"/cuttings{at}.json") for at in ("", "/later")]
            columns = {one["name"]: one["columns"] for one in front.json()["tables"]}
            found.append((table.status_code, columns.get("later")))
        return found

    assert asyncio.run(asked()) == [(404, None), (200, ["a", "b"]), (200, ["a", "c"])]


def test_it_serves_until_interrupted(archive: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from storage.settings import Site; "
        "from storage.site.serving import Access, serve"
    )
    command = [sys.executable, "-c", f"{program}; serve(Path(sys.argv[1]), Site(), Access(port=0))", str(archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = re.search(r"http://127.0.0.1:\d+/", server.stdout.readline())
        assert address
        assert "Newest shared stories" in httpx.get(address[0]).text
        server.send_signal(signal.SIGINT)
        _, complaints = server.communicate(timeout=20)
    assert complaints.rstrip().endswith("KeyboardInterrupt")
    assert "ERROR" not in complaints


def test_what_is_asked_at_the_start_ends_before_the_server_says_that_it_has_ended(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    async def ask_for_ever(datasette: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # what is cancelled takes a moment
            said.append("asked no more")

    async def scenario() -> None:
        told: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        started = asyncio.Event()

        async def send(message: dict[str, str]) -> None:
            said.append(message["type"])
            started.set()

        with serving._live(archive, SITE, None) as app:
            served = asyncio.create_task(app({"type": "lifespan"}, told.get, send))
            await told.put({"type": "lifespan.startup"})
            await started.wait()
            await told.put({"type": "lifespan.shutdown"})
            await served

    monkeypatch.setattr(serving, "_ask_all", ask_for_ever)
    asyncio.run(scenario())
    assert said == ["lifespan.startup.complete", "asked no more", "lifespan.shutdown.complete"]


def test_others_are_let_in_only_to_a_public_site(archive: Path) -> None:
    with pytest.raises(ConfigError, match="--public"):
        serve(archive, SITE, Access(host="0.0.0.0"))


def test_a_taken_port_is_named(archive: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CuttingsError, match=f"cannot listen on 127.0.0.1:{port}"):
            serve(archive, SITE, Access(port=port))


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("create table t (x)").connection.close()
    for path in (other, tmp_path / "absent.db"):
        with pytest.raises(ArchiveError):
            build(path, SITE)


def test_an_archive_without_articles_has_pages_and_answers(tmp_path: Path) -> None:
    empty = tmp_path / "cuttings.db"
    db = Database(empty)
    migrations.apply(db)
    db.close()

    async def statuses() -> dict[str, int]:
        site = build(empty, SITE)
        canned = [f"/cuttings/{name}" for name in await site.get_canned_queries("cuttings", None)]
        paths = ["/", "/flow", "/search?q=nato", "/method", "/cuttings", "/cuttings/articles", *canned]
        return {path: (await site.client.get(path)).status_code for path in paths}

    assert {path: status for path, status in asyncio.run(statuses()).items() if status != 200} == {}
