"""The query language: what is refused and where, what is read as meant however it was typed."""

import re

import pytest

from storage.errors import QueryError
from storage.query import And, Or, Term, parse, terms


@pytest.mark.parametrize(
    ("query", "at", "says"),
    [
        ("and cat", 0, "write AND"),
        ("cat and", 4, "write AND"),
        ("not cat", 0, "write NOT"),
        ("a AND (not b)", 7, "write NOT"),
        ("Turkey And NATO", 7, "write AND"),
        ("-metro NATO", 0, "write NOT metro"),
        ("NATO -metro", 5, "write NOT metro"),
        ("rocket|missile", 0, "regular expressions"),
        ("[a-z]+", 0, "regular expressions"),
        ("/rockets?/", 0, "regular expressions"),
        (r"\bNATO\b", 0, "regular expressions"),
        ("r?cket", 0, "regular expressions"),
        ("r.*t", 0, "not in the middle"),
        ("fo*o", 0, "not in the middle"),
        ("foo*o", 0, "not in the middle"),
        ("author:Smith", 0, "only field is title:"),
        ("outlet: tass", 0, "only field is title:"),
        ("title:title:a", 6, "once is enough"),
        ("title:" * 3_000 + "a", 6, "once is enough"),
        ("title:NOT a", 6, "before NOT"),
        ("title:", 6, "missing at the end"),
        ('"a b"~', 0, "number of words"),
        ('"a b"~x', 0, "number of words"),
        ('"a b"~3x', 0, "number of words"),
        ('"a b"~' + "9" * 5_000, 0, "number of words"),
        ('"a b"~²', 0, "number of words"),
        ('"a b" ~5', 6, "right behind"),
        ("\u200b", 0, "at least one word"),
        ("（a OR b", 0, "never closed"),
    ],
)
def test_what_may_be_meant_otherwise_is_refused_where_it_stands(query: str, at: int, says: str) -> None:
    with pytest.raises(QueryError, match=re.escape(says)) as caught:
        parse(query)
    assert caught.value.position == at


@pytest.mark.parametrize(
    "query",
    ["or", "or OR argent", "rot AND not", '"and" tank', "NATO:n", "AT&T", "U.S.", "S-400", "10:30", '"[Video] a|b -c"', "$400"],
)  # fmt: skip
def test_words_that_look_like_signs_stay_words(query: str) -> None:
    assert terms(parse(query))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("（ａ OR b） ＡＮＤ c", "(a OR b) AND c"),
        ("＂air defence＂～５", '"air defence"~5'),
        ("“air defence” „a b“ «c d» 〝e f〞", '"air defence" "a b" "c d" "e f"'),
        ("\ufefftank \u200bAND\u200b \u200f(gun\u2069 OR\u00a0shell)\u200e", "tank AND (gun OR shell)"),
        ("=Tu\u00adrkey =Tu\u0308rkiye tank\u200b*", "=Turkey =Türkiye tank*"),
        ("title:\u2067كلمة\u2069", "title:كلمة"),
    ],
)
def test_full_width_signs_smart_quotes_and_unseen_characters_are_read_as_meant(typed: str, meant: str) -> None:
    assert shape(typed) == shape(meant)
    assert [term.source in typed for term in terms(parse(typed))] == [True] * len(terms(parse(typed)))


def shape(query: str) -> tuple[str, list[object]]:
    """Return the tree of a query without how its terms are written."""
    tree = parse(query)
    return re.sub(r"source='[^']*'|source=\"[^\"]*\"", "", str(tree)), [(term.words, term.near) for term in terms(tree)]


def test_a_pasted_headline_is_searched_as_it_is_but_for_signs_that_would_mislead() -> None:
    tree = parse("Путин — Эрдоган: and what now? [Video] | DW", hints=False)
    assert isinstance(tree, And)
    assert len(tree.parts) == 7
    for query in ("—", "NATO -metro", "author:Smith", '— "'):
        with pytest.raises(QueryError):
            parse(query, hints=False)


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("漢字 (x", "漢字 (x", 5),
        ("e\u0301tat (x", "e\u0301tat (x", 5),
        ("a\u200bb (x", "a\ufffdb (x", 4),
        ("\x1b[31m (x", "\ufffd[31m (x", 0),
        ("a\r\x00b \ud800c(x", "a \ufffdb \ufffdc(x", 7),
        ("a\tb\u2028(x", "a b (x", 4),
    ],
)
def test_the_caret_counts_the_columns_of_a_terminal_and_nothing_unseen_is_printed(
    query: str, line: str, column: int
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert str(caught.value).split("\n")[1:] == [f"  {line}", "  " + " " * column + "^"]


def test_right_to_left_words_stand_in_the_order_of_the_query_over_the_caret() -> None:
    with pytest.raises(QueryError, match="never closed") as caught:
        parse("كلمة AND (تركيا")
    assert caught.value.position == 9
    _, line, caret = str(caught.value).split("\n")
    assert caret == "  " + " " * 9 + "^"
    assert line.strip().replace("\u200e", "") == "كلمة AND (تركيا"
    assert re.split("[\u200e ]+", line.strip(" \u200e")) == ["كلمة", "AND", "(", "تركيا"]


def test_of_a_long_query_only_the_place_is_shown() -> None:
    with pytest.raises(QueryError) as caught:
        parse("a OR " * 1_500 + ") " + "OR b " * 500)
    _, line, caret = str(caught.value).split("\n")
    assert line.startswith("  …")
    assert line.endswith("…")
    assert line[len(caret) - 1] == ")"
    assert len(line) < 130


def test_ten_thousand_characters_are_read_at_once() -> None:
    tree = parse("(" * 99 + "a" + ")" * 99 + " OR tank" * 1_200)
    assert isinstance(tree, Or)
    assert len(tree.parts) == 1_201
    assert isinstance(tree.parts[0], Term)
