"""The pages of one article and one story, asked through the real ASGI application."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from archive_fixture import BY_SLUG, add_article, insert, make_archive
from sqlite_utils import Database
from test_site import ask, text_of

FACTS = '[{"source": "2013", "article": "2012"}]'


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("readings") / "cuttings.db")


def test_an_old_story_address_redirects(archive: Path) -> None:
    answer = ask(archive, f"/story/{BY_SLUG['summit-herald'].id}")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/story/{BY_SLUG['summit'].id}")


def test_evidence_is_marked_by_offset(archive: Path) -> None:
    html = ask(archive, f"/article/{BY_SLUG['summit'].id}").text
    assert re.findall(r'<mark class="place-0" title="([^"]*)">([^<]*)</mark>', html) == [
        ("Turkey–NATO relations: Turkey", "Turkey"),
        ("Turkey–NATO relations: NATO", "NATO"),
    ]
    assert "12 March 2018, 14:05:09 +03:00 (11:05:09 UTC)" in html


def test_language_and_direction_are_the_texts_own(archive: Path) -> None:
    html = ask(archive, f"/article/{BY_SLUG['arabic'].id}").text
    assert '<h1 id="headline" lang="ar" dir="rtl">' in html
    assert '<div class="text" lang="ar" dir="rtl">' in html


def test_an_edit_is_shown_as_a_difference(archive: Path) -> None:
    html = ask(archive, f"/article/{BY_SLUG['russian'].id}").text
    assert "<del>осенью</del>" in html
    assert "<ins>летом</ins>" in html


def test_an_article_of_a_thousand_versions_shows_the_newest_and_says_so(tmp_path: Path) -> None:
    path, piece = make_archive(tmp_path / "cuttings.db"), BY_SLUG["summit"]
    db = Database(path)
    with db.conn:
        for number in range(1_000):
            at = f"2018-04-{1 + number // 100:02}T10:{number % 100 // 60:02}:{number % 60:02}Z"
            text = f"Read {number} times"
            insert(db, "versions", article=piece.id, seen_at=at, title="Turkey", text=text, change="text", run=1)
            insert(db, "checks", article=piece.id, at=at, state="changed", status=200, run=1)
    db.close()
    html = ask(path, f"/article/{piece.id}").text
    words = text_of(html)
    assert html.count('<div class="version">') == html.count("<h3>") == 20
    assert words.count("text changed") == html.count('<div class="difference">') == 20  # the oldest shown has one too
    assert "981 earlier versions: all of them as a table." in words
    assert "1,000 later looks, the newest 100" in words


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    path, piece = make_archive(tmp_path / "cuttings.db"), BY_SLUG["summit"]
    db = Database(path)
    with db.conn:
        for number in range(30):
            at = f"2018-04-10T10:{number:02}:00Z"
            insert(
                db, "captures", url=f"https://kuzey.example/{number}", fetched_at=at, status=200, warc="a.warc.gz",
                byte_offset=number, byte_length=1, digest=f"sha1:{number}", article=piece.id,
            )  # fmt: skip
            insert(db, "story_log", story=piece.id, at=at, run=1, what="members", old="[1]", new="[1, 2]", why="")
    captures = db.execute("select count(*) from captures where article = ?", [piece.id]).fetchone()[0]
    db.close()
    assert f"{captures - 20} earlier: all of them as a table" in text_of(ask(path, f"/article/{piece.id}").text)
    html = ask(path, f"/story/{piece.id}").text
    assert "The newest 20; more as a table." in text_of(html)
    assert f"/cuttings/story_log?story={piece.id}" in html


def test_an_outlets_words_do_not_turn_ours(tmp_path: Path) -> None:
    path, piece = make_archive(tmp_path / "cuttings.db"), BY_SLUG["missiles"]
    db = Database(path)
    with db.conn:
        db.conn.execute("update stories set origin_name = '\u202eeriW\u2067 Vesti' where id = ?", [piece.id])
        db.conn.execute("update articles set title = '\u2067Missiles' where id = ?", [piece.id])
    db.close()
    page, lists = ask(path, f"/story/{piece.id}").text, ask(path, "/").text
    assert "<bdi>eriW Vesti</bdi></strong>, whose text is not archived" in page
    assert not set("\u202e\u2067") & set(lists)


def test_a_story_tells_lags_credits_and_changes(archive: Path) -> None:
    page = ask(archive, f"/story/{BY_SLUG['summit'].id}").text
    words = text_of(page)
    assert "3 articles at 3 outlets carry this text. It came from Kuzey Agency" in words
    assert "21 days 7 hours later" in words
    assert "between 12 hours 54 minutes and 1 day 12 hours later" in words
    assert "shared text without credit: the whole text, unchanged" in words
    assert "“The original source of this article is Kuzey Agency”" in words
    assert "<del>told</del>" in page
    assert "<ins>warned</ins>" in page


def test_credits_that_name_the_origin_are_marked(archive: Path) -> None:
    html = ask(archive, f"/story/{BY_SLUG['summit'].id}").text
    words = text_of(html)
    naming, of_origin = re.search(r"(\d+) pages? names? a source, (\d+) of them the origin found", words).groups()
    assert 0 < int(of_origin) <= int(naming)
    assert len(re.findall(r"<strong>the origin</strong>", html)) >= int(of_origin)


def test_another_article_can_be_compared(archive: Path) -> None:
    story, copy = BY_SLUG["summit"].id, BY_SLUG["summit-herald"].id
    assert "4 paragraphs in both" in ask(archive, f"/story/{story}?compare={copy}").text


def test_what_the_source_edited_later_is_no_change_of_the_copy(tmp_path: Path) -> None:
    path, source, copy = make_archive(tmp_path / "cuttings.db"), BY_SLUG["summit"], BY_SLUG["summit-herald"]
    edited, at = source.text.replace("2012", "2013"), "2018-04-10T10:00:00Z"
    db = Database(path)
    with db.conn:
        db.conn.execute("update texts set text = ? where article = ?", [edited, source.id])
        insert(db, "versions", article=source.id, seen_at=at, title=source.title, text=edited, change="text", run=1)
        db.conn.execute("update reprints set facts_changed = ? where article = ?", [FACTS, copy.id])
    db.close()
    html = ask(path, f"/story/{source.id}?compare={copy.id}").text
    words = text_of(html)
    assert "<del>" not in html
    assert "Kuzey Agency has edited its article since." in words
    assert "Kuzey Agency, as seen 12 March 2018, 11:05 UTC" in words
    assert "Numbers and names that differ" not in words
    unedited = text_of(ask(path, f"/story/{source.id}?compare={BY_SLUG['summit-mirror'].id}").text)
    assert "edited its article since" in unedited  # the mirror too has the older number


def add_copies(path: Path, ways: list[tuple[str, str]]) -> None:
    """Add to the summit story a copy for each (outlet, kind), a day apart, and a credit of each."""
    first, copy = BY_SLUG["summit"], BY_SLUG["summit-herald"]
    db = Database(path)
    with db.conn:
        for number, (outlet, kind) in enumerate(ways):
            at = f"2018-{4 + number // 28:02}-{1 + number % 28:02}T09:00:00Z"
            piece = replace(copy, slug=f"copy-{number}", outlet=outlet, at=at)
            add_article(db, piece)
            db.conn.execute("update articles set story = ? where id = ?", [first.id, piece.id])
            used = {"article": piece.id, "source": first.id, "source_story": first.id, "source_outlet": first.outlet}
            how = {"main": 1, "kind": kind, "containment": 1, "taken": 1, "credit_status": "none", "credited": 0}
            insert(db, "reprints", **used, **how, source_name="Kuzey Agency", run=1)
            told = {"role": "republication", "kind": "byline", "rule": "byline", "confidence": 1, "run": 1}
            insert(db, "credits", article=piece.id, name="A", words=f"By A {number}", **told)
    db.close()


def test_copies_without_a_change_are_one_row(tmp_path: Path) -> None:
    path = make_archive(tmp_path / "cuttings.db")
    add_copies(path, [("mirror", "verbatim"), ("sada", "verbatim"), ("mirror", "verbatim")])
    html = ask(path, f"/story/{BY_SLUG['summit'].id}").text
    words = text_of(html)
    assert (
        "4 articles carry it unchanged: The Harbour Herald, Mirror Post, صدى الساحل" in words
    )  # an outlet is named once
    assert html.count('<li value="') == 4  # the origin, the edited one, the copies, an excerpt
    assert words.count("how much later is not known") == 3  # each copy keeps its own lag


def test_a_story_of_very_many_articles_shows_the_first_and_says_so(tmp_path: Path) -> None:
    path = make_archive(tmp_path / "cuttings.db")
    add_copies(path, [("mirror", "edited")] * 140)
    html = ask(path, f"/story/{BY_SLUG['summit'].id}").text
    words = text_of(html)
    assert html.count('<li value="') == html.count('<text class="mark"') == 100
    assert "<circle" not in html
    assert "44 later articles of this story: all of them as a table." in words
    assert "· and 103 more" in words
    assert words.count("“By A ") + 3 == 100 == html.count('<td data-head="names">')
    assert "And 43 more claims of this kind." in words


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("missiles", "Its articles credit Vesti Wire, whose text is not archived"),
        ("missiles", "They are not called reprints of each other"),
        ("missiles", "credited to a source whose text is not archived: Vesti Wire."),
        ("missiles", "undetermined: it carries this text; from whom is not known."),
        ("statement", "Who had it first is contested"),
        ("statement", "order not known: up to 14 hours 19 minutes earlier or 9 hours 40 minutes later"),
        ("turkish", "1 article at 1 outlet carries this text"),
    ],
)
def test_unknown_and_contested_are_said_plainly(archive: Path, slug: str, said: str) -> None:
    assert said in text_of(ask(archive, f"/story/{BY_SLUG[slug].id}").text)
