"""Words, keys and furniture: laws that linking rests on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.fingerprints import SHINGLE, WINDOW, keys, packed_places, read_words, unpacked_places
from storage.furniture import Sketch, furniture, is_common

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
DAY = 86_400


def words(count: int, name: str = "w") -> str:
    return " ".join(f"{name}{number}" for number in range(count))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param("Ankara’s F-16 deal", "ANKARA's «F-16» Deal", id="case and punctuation"),
        pytest.param("İSTANBUL ısparta", "istanbul Isparta", id="Turkish i"),
        pytest.param("πρωθυπ\u00adουργός", "ΠΡΩΘΥΠΟΥΡΓΟΣ", id="soft hyphen, tonos, final sigma"),
        pytest.param("e\u0301te\u0301", "été", id="combining marks"),
    ],
)
def test_writing_that_does_not_count(one: str, two: str) -> None:
    assert read_words(one).ids.tolist() == read_words(two).ids.tolist()


def test_places_are_exact() -> None:
    text = "Türkiye, «NATO» üyesi."
    found = read_words(text)
    assert [text[s:e] for s, e in zip(found.starts, found.ends, strict=True)] == ["Türkiye", "NATO", "üyesi"]
    assert found.quoted.tolist() == [False, True, False]


@pytest.mark.parametrize("text", ["北约秘书长星期二在布鲁塞尔说", "นายกรัฐมนตรีกล่าวว่า", "首相は火曜日に述べた"])
def test_scripts_without_spaces_go_by_characters(text: str) -> None:
    assert read_words(text).dense
    assert len(read_words(text).ids) >= len(text) - 4


def test_an_open_quotation_ends_with_its_paragraph() -> None:
    assert read_words("“one two\n\nthree").quoted.tolist() == [True, True, False]


@given(
    st.lists(WORD, max_size=60), st.lists(WORD, min_size=WINDOW + SHINGLE - 1, max_size=60), st.lists(WORD, max_size=60)
)
def test_a_shared_stretch_shares_a_key(before: list[str], shared: list[str], after: list[str]) -> None:
    one, two = " ".join([*before, *shared]), " ".join([*shared, *after])
    assert set(keys(read_words(one))[0]) & set(keys(read_words(two))[0])


@given(st.lists(WORD, max_size=200))
def test_keys_are_distinct_and_in_order(text: list[str]) -> None:
    found, places = keys(read_words(" ".join(text)))
    assert len(found) == len(set(found)) == len(places)
    assert places == sorted(places)


@given(st.sets(st.integers(0, 3_000)), st.integers(1, 300))
def test_places_come_back_however_far_apart(places: set[int], apart: int) -> None:
    wanted = [place * apart for place in sorted(places)]
    assert unpacked_places(packed_places(wanted)) == wanted


@pytest.mark.parametrize("text", ["", "one", "one two three four", "\n\n…!"])
def test_too_short_for_a_key(text: str) -> None:
    assert keys(read_words(text)) == ([], [])


def sketch(number: int, text: str, *, outlet: str | None = None, day: int = 0) -> Sketch:
    found = read_words(text)
    held, places = keys(found)
    return Sketch(
        article=number,
        key=f"{number:04}",
        outlet=outlet or f"o{number}",
        at=day * DAY,
        words=len(found.ids),
        shingle=SHINGLE,
        keys=tuple(held),
        places=tuple(places),
    )


def shared_keys(sketches: list[Sketch]) -> set[int]:
    return set.intersection(*(set(one.keys) for one in sketches))


def common(key: int, held: list[Sketch]) -> bool:
    return is_common(key, held, {one.article: one for one in held}.get)


FOOTER = words(90, "footer")


def test_a_footer_of_unlike_articles_is_common() -> None:
    held = [sketch(n, words(200, f"own{n}x") + " " + FOOTER, day=3 * n) for n in range(6)]
    assert all(common(key, held) for key in shared_keys(held))
    assert not any(common(key, held[:2]) for key in shared_keys(held))


def test_a_text_carried_by_many_outlets_is_not_common() -> None:
    text = words(300, "text").split()
    cuts = [text, text[100:], text[:150], text[150:] + text[:150], [*words(60, "intro").split(), *text]]
    held = [sketch(n, " ".join(cut), day=3 * n) for n, cut in enumerate(cuts * 4)]
    for key in {key for one in held for key in one.keys}:
        assert not common(key, [one for one in held if key in one.keys])


def test_a_passage_many_quote_within_days_is_not_common() -> None:
    held = [sketch(n, words(200, f"own{n}x") + " " + FOOTER) for n in range(6)]
    assert not any(common(key, held) for key in shared_keys(held))


def test_a_template_of_one_outlet_is_common_but_versions_of_one_day_are_not() -> None:
    bulletins = [words(120, "template") + " " + words(80, f"fill{n}x") for n in range(4)]
    weekly = [sketch(n, text, outlet="weather", day=7 * n) for n, text in enumerate(bulletins)]
    versions = [sketch(n, text, outlet="agency") for n, text in enumerate(bulletins)]
    assert all(common(key, weekly) for key in shared_keys(weekly))
    assert not any(common(key, versions) for key in shared_keys(versions))


def test_furniture_covers_the_footer_and_nothing_else() -> None:
    article = sketch(1, words(200, "own") + " " + FOOTER)
    common = set(sketch(2, FOOTER).keys) & set(article.keys)
    ((start, stop),) = furniture(article, common)
    assert stop == article.words == 290
    assert 200 - WINDOW <= start <= 200 + WINDOW
    assert furniture(article, ()) == []


@pytest.mark.parametrize("marks", ["“”", "„“", "„”", "””", "«»", "»«", "‹›", "›‹", "「」", "『』", '""', "‘’", "''"])
def test_every_pair_of_marks_quotes(marks: str) -> None:
    found = read_words(f"He said: {marks[0]}we don't know, and we won’t say{marks[1]}, and left")
    assert found.quoted.tolist() == [False] * 2 + [True] * 9 + [False] * 2  # an apostrophe parts words


@pytest.mark.parametrize("text", [
    "The workers’ rights and the players’ wages don’t rise",
    "The workers' rights and the players' wages don't rise",
    "Two countries” said nothing ” at all ” here",
    "Home › News › World",
    "l'accord d'Ankara qu'on n'a pas signé",
    "S-400’lerin Türkiye’ye teslimi NATO’yu böldü",
])  # fmt: skip
def test_an_apostrophe_quotes_nothing(text: str) -> None:
    assert not read_words(text).quoted.any()
