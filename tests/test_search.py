"""Search: folded, inflected, safe, and with snippets of the original text."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from storage import vocabulary
from storage.archive import open_archive
from storage.errors import QueryError
from storage.indexing import index_article, together, unindex_article
from storage.migrations import migrations
from storage.search import match_expression, register

TEXTS = {
    1: ("tr", "KADINLAR MECLİSTE", "Kadınların oranı arttı. Türkiye'nin füzelerini konuştular."),
    2: ("tr", "Ankara", "Bir kadın gemilerden indi, savunma sistemlerini anlattı."),
    3: ("ru", "Визит", "Министр прилетел из Турции. Речь шла о поставках ракет и ёлок."),
    4: ("de", "Straßenbau", "Die Straße ist gesperrt, Raketen wurden nicht gesehen."),
    5: ("en", "Missiles over town", "Two missiles fell; the café near the S-400 site closed."),
    6: ("el", "Πύραυλοι", "Η Τουρκία αγόρασε πυραύλους από την Ρωσία."),
    7: ("ar", "أنقرة", "وصلت الصواريخ إلى تركيا، قال مُحَمَّد."),
    8: ("uk", "Зброя", "Україна отримала ракети й зброю з Туреччини."),
    9: ("pl", "Rakiety", "Rosja wystrzeliła rakiety, mówi Łukasz."),
    10: ("en", "Soft", "The mis\u00adsile flew over An\u200bkara yesterday and landed."),
}


def archive(texts: dict[int, tuple[str, str, str]] = TEXTS) -> Database:
    """Return an archive in memory that holds `texts`, indexed."""
    db = Database(memory=True)
    migrations.apply(db)
    register(db.conn)
    db.execute("insert into runs(id, command, started_at, version) values (1, 'test', '2026-01-01T00:00:00Z', '0')")
    db.execute("insert into outlets(id, name, url) values ('o', 'O', 'https://o.example/')")
    for id_, (language, title, text) in texts.items():
        add(db, id_, language, title, text)
    db.conn.commit()
    return db


def add(db: Database, id_: int, language: str, title: str, text: str) -> None:
    db.execute(
        "insert into articles(id, key, outlet, url, url_key, requested_url, title, authors, first_seen_at, checked_at,"
        " found_by, language, text_status, word_count, text_digest, extractor, run)"
        " values (?, ?, 'o', ?, ?, '', ?, ?, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'live', ?, 'full', 1, '', '', 1)",
        [id_, str(id_), str(id_), str(id_), title, json.dumps(["Ayşe Yılmaz"]), language],
    )
    db.execute("insert into texts values (?, ?)", [id_, text])
    index_article(db, id_)


def hits(db: Database, query: str) -> list[int]:
    expression = match_expression(db.conn, query)
    rows = db.execute("select rowid from articles_fts where articles_fts match ? order by rowid", [expression])
    return [id_ for (id_,) in rows]


@pytest.fixture(scope="module")
def db() -> Database:
    return archive()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kadın", [1, 2]),
        ("KADIN", [1, 2]),
        ("kadin", [1, 2]),
        ("kadınlar", [1, 2]),
        ("füze", [1]),
        ("füzelerin", [1]),
        ("Türkiye", [1]),
        ("Türkiye'nin", [1]),
        ("gemi", [2]),
        ('"savunma sistemi"', [2]),
        ("Турция", [3]),
        ("Турции", [3]),
        ("ТУРЦИЯ", [3]),
        ("ракеты", [3]),
        ("елка", [3]),
        ("Strasse", [4]),
        ("straße", [4]),
        ("Rakete", [4]),
        ("cafe", [5]),
        ("S-400", [5]),
        ("s400", []),
        ("missile", [5, 10]),
        ("title:missile", [5]),
        ("title:(missile OR Ankara)", [2, 5]),
        ("missile NOT café", [10]),
        ("missile AND S-400", [5]),
        ("missile S-400", [5]),
        ("miss*", [5, 10]),
        ('"missile flew"', [10]),
        ('"missile landed"~10', [10]),
        ('"missile landed"~3', []),
        ("πυραυλος", [6]),
        ("Τουρκία", [6]),
        ("صاروخ OR الصواريخ", [7]),
        ("محمد", [7]),
        ("зброя", [8]),
        ("Туреччина", [8]),
        ("lukasz", [9]),
        ("rakieta", [9]),
        ("=missile", [10]),
        ("*rakete", [4]),
        ("Ayşe", list(TEXTS)),
        ("and", [10]),
        ('"S-400 sites"', [5]),
        ('"missil* flew"', [10]),
        ('"fell missil*"~3', [5]),
        ('"missil* caf* fell"~5', [5]),
        ('"missil* fell"~1', [5]),
        ('"two fell"~1', []),
        ("STRASSE", [4]),
        ("strassen", [4]),
        ("＂savunma sistemi＂", [2]),
        ("Turcja — Rosja", []),
        ("Rosja — rakiety", [9]),
    ],
)
def test_finds_folded_and_inflected_forms(db: Database, query: str, found: list[int]) -> None:
    assert hits(db, query) == sorted(found)


def test_a_name_with_a_hyphen_is_found_without_it_within_a_phrase_too() -> None:
    db = archive({1: ("en", "Arms", "The S400 missiles came."), 2: ("en", "Arms", "The S-400 missile came.")})
    for query in ('"S-400 missile"', '"S-400 missile"~3', '"the S-400 missil*"'):
        assert hits(db, query) == [1, 2]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "-metro",
        "a -b",
        "author:x",
        "a*b",
        '"a b"~',
        "title:" * 80 + "a",
        "(",
        ")",
        '"',
        "a AND",
        "NOT a",
        "a OR NOT b",
        "ab*",
        "*",
        "a" * 501,
        '"x"~3',
        "title:",
    ],
)
def test_a_query_it_cannot_understand_gets_a_sentence(db: Database, query: str) -> None:
    with pytest.raises(QueryError):
        match_expression(db.conn, query)


@settings(max_examples=150, deadline=None)
@given(query=st.text(alphabet="abcİıß\"()*:~=-+^{}'; ANDORNT\x00é,.", max_size=40))
def test_no_query_is_a_syntax_error_or_an_injection(db: Database, query: str) -> None:
    try:
        expression = match_expression(db.conn, query)
    except QueryError:
        expression = db.execute("select forms(?)", [query]).fetchone()[0]
    db.execute("select count(*) from articles_fts where articles_fts match ?", [expression]).fetchone()


def test_snippets_show_the_original_text_even_around_soft_hyphens_and_marks(db: Database) -> None:
    def marked(query: str, id_: int) -> str:
        sql = "select highlight(articles_fts, 2, '[', ']') from articles_fts where articles_fts match ? and rowid = ?"
        return str(db.execute(sql, [match_expression(db.conn, query), id_]).fetchone()[0])

    assert "[Straße]" in marked("strasse", 4)
    assert "[Türkiye]'nin" in marked("turkiye", 1)
    assert "[missile]" in marked("missile", 10)
    assert "[landed]" in marked("landed", 10)
    assert "[مُحَمَّد]" in marked("محمد", 7)


def test_a_changed_text_is_found_by_its_new_words_only() -> None:
    db = archive()
    unindex_article(db, 5)
    db.execute("update texts set text = 'Nothing about rockets.' where article = 5")
    index_article(db, 5)
    assert hits(db, "rocket") == [5]
    assert hits(db, "town") == [5]
    assert hits(db, "S-400") == []
    unindex_article(db, 5)
    unindex_article(db, 5)
    assert hits(db, "town") == []


def test_a_rolled_back_article_leaves_nothing_and_its_words_come_back_with_the_next() -> None:
    db = archive({})
    db.conn.execute("begin")
    add(db, 1, "en", "Tanks", "Many tanks.")
    db.conn.rollback()
    assert hits(db, "tank") == []
    assert db.execute("select count(*) from word_forms").fetchone() == (0,)
    add(db, 1, "en", "Tanks", "Many tanks.")
    assert hits(db, "tank") == [1]


def test_sql_functions_fold_and_expand_and_never_fail(db: Database) -> None:
    def call(sql: str, value: str | None) -> object:
        return db.execute(sql, [value]).fetchone()[0]

    assert call("select fold(?)", "KADIN Straße") == "kadin strasse"
    assert call("select fold(?)", None) is None
    assert call("select forms(?)", None) is None
    sql = "select count(*) from articles_fts where articles_fts match forms(?)"
    assert call(sql, "kadın") == 2
    assert call(sql, 'missile" OR (') == 0 or call(sql, 'missile"') == 2
    assert call(sql, "((") == 0


def test_expansion_is_bounded() -> None:
    words = " ".join(
        "araba" + end + plural for end in ("", "lar") for plural in ("", "da", "dan", "ya", "nin", "yla", "ndan")
    )
    db = archive({1: ("tr", "a", words)})
    phrase = '"' + " ".join(["araba"] * 12) + '"'
    assert len(match_expression(db.conn, phrase)) < 100_000


def test_the_index_answers_without_our_functions() -> None:
    db = archive()
    plain = sqlite3.connect(":memory:")
    db.conn.commit()
    db.conn.backup(plain)
    assert plain.execute("select rowid from articles_fts where articles_fts match 'kadin'").fetchall() == [(2,)]


def test_what_is_stored_together_is_found_when_all_of_it_is() -> None:
    db = archive({})
    with db.conn, together(db):
        for id_ in (9, 3, 5):
            add(db, id_, *TEXTS[id_])
        unindex_article(db, 3)
        db.execute("update texts set text = 'Речь о танках.' where article = 3")
        index_article(db, 3)
        unindex_article(db, 5)
        assert hits(db, "rakiety") == []
    assert [hits(db, word) for word in ("rakiety", "танк", "ракета", "missile")] == [[9], [3], [], []]
    add(db, 10, *TEXTS[10])
    assert hits(db, "missile") == [10]


def test_what_is_stored_together_and_undone_is_not_found() -> None:
    db = archive({})

    def stop_midway() -> None:
        with db.conn, together(db):
            add(db, 9, *TEXTS[9])
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        stop_midway()
    add(db, 4, *TEXTS[4])
    assert (hits(db, "rakiety"), hits(db, "raketen")) == ([], [4])


def forms(db: Database) -> list[str]:
    return [form for (form,) in db.execute("select distinct form from word_forms order by form")]


def test_words_that_were_undone_are_learned_again() -> None:
    db = archive({})
    vocabulary.learn(db, "en", "tanks rolled")
    db.conn.commit()
    vocabulary.learn(db, "en", "ships sailed")
    db.conn.rollback()
    assert forms(db) == ["rolled", "tanks"]
    vocabulary.learn(db, "en", "tanks and ships sailed")
    assert forms(db) == ["and", "rolled", "sailed", "ships", "tanks"]


def test_words_undone_to_a_savepoint_are_learned_again() -> None:
    db = archive({})
    vocabulary.learn(db, "en", "tanks rolled")
    db.execute("savepoint here")
    vocabulary.learn(db, "en", "ships sailed")
    db.execute("rollback to here")
    vocabulary.learn(db, "en", "ships")
    assert forms(db) == ["rolled", "ships", "tanks"]


def test_words_that_were_dropped_are_learned_again(tmp_path: Path) -> None:
    path = tmp_path / "cuttings.db"
    with closing(open_archive(path)) as db, closing(open_archive(path)) as other:
        with db.conn:
            vocabulary.learn(db, "en", "tanks rolled past ships")
            vocabulary.drop(db, ["tanks"])
            vocabulary.learn(db, "en", "tanks rolled")
        assert forms(db) == ["past", "rolled", "ships", "tanks"]
        with other.conn:
            vocabulary.drop(other, ["ships"])
        with db.conn:
            vocabulary.learn(db, "en", "ships rolled")
        assert forms(db) == ["past", "rolled", "ships", "tanks"]


def test_more_words_than_are_remembered_are_all_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "_MOST_REMEMBERED", 2)
    db = archive({})
    texts = ["one two three", "three four", "one five", "two six"]
    for text in texts:
        vocabulary.learn(db, "en", text)
    assert forms(db) == sorted({word for text in texts for word in text.split()})
