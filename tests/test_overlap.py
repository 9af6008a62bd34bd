"""Aligned spans of two texts."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.fingerprints import read_words
from storage.overlap import Change, Overlap, align

TEXT = (
    "The ministry of defence said on Tuesday that 14 soldiers had been killed in the north. "
    "It added that the operation would go on until the border was secure, and that allies had been told. "
    "Officials in Ankara declined to say how many troops were involved or when they would return."
)


def shared(one: str, two: str) -> Overlap | None:
    return align(read_words(one), read_words(two))


def test_a_text_and_itself() -> None:
    found = shared(TEXT, TEXT)
    assert found is not None
    assert (found.words_shared, found.similarity, found.changes) == (found.words_a, 1.0, ())
    assert [span.a_chars for span in found.spans] == [(0, len(TEXT) - 1)]


def test_reordered_paragraphs_are_several_spans() -> None:
    first, second, third = TEXT.split(". ")
    found = shared(TEXT, ". ".join([third, first, second]))
    assert found is not None
    assert found.words_shared == found.words_a
    assert len(found.spans) == 2


def test_unlike_texts_share_nothing() -> None:
    assert shared(TEXT, "Der Wetterdienst meldet für den Süden Regen und Wind aus Nordwest bei zwölf Grad.") is None
    assert shared(TEXT, "") is None


def test_a_repeated_sentence_counts_once() -> None:
    found = shared(TEXT, TEXT.split(". ", maxsplit=1)[0] * 5)
    assert found is not None
    assert found.words_shared <= 16


def test_changed_numbers_and_names_are_named() -> None:
    found = shared(TEXT.replace("14", "19").replace("Ankara", "Athens"), TEXT)
    assert found is not None
    assert found.changes == (Change("number", "19", "14"), Change("name", "Athens", "Ankara"))


def test_other_quotation_marks_change_nothing() -> None:
    found = shared("He said: “" + TEXT + "”", 'He said: "' + TEXT + '"')
    assert found is not None
    assert found.words_shared == found.words_a == found.words_b


def test_words_in_quotation_marks_are_counted() -> None:
    found = shared(f"“{TEXT}”", TEXT)
    assert found is not None
    assert sum(span.quoted for span in found.spans) == found.words_shared
    assert max(span.unquoted_run for span in found.spans) == 0


def test_a_fifth_of_the_words_edited() -> None:
    rng = random.Random(5)
    text = [f"w{n}" for n in range(300)]
    edited = [word if rng.random() > 0.2 else "x" + word for word in text]
    found = shared(" ".join(edited), " ".join(text))
    assert found is not None
    assert 0.7 <= found.words_shared / 300 <= 0.82


@pytest.mark.parametrize("text", ["北约秘书长星期二在布鲁塞尔说土耳其是联盟的重要成员并且将继续参加联合演习" * 2])
def test_chinese(text: str) -> None:
    found = shared(text + "记者报道", text)
    assert found is not None
    assert found.words_shared == len(text)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=80), st.lists(st.sampled_from("abcdefgh"), max_size=80))
def test_spans_hold_for_any_texts(one: list[str], two: list[str]) -> None:
    a, b = " ".join(one), " ".join(two)
    found = shared(a, b)
    if found is None:
        return
    assert 0 < found.words_shared <= min(len(one), len(two))
    for span in found.spans:
        assert 0 <= span.a_chars[0] < span.a_chars[1] <= len(a)
        assert 0 <= span.b_chars[0] < span.b_chars[1] <= len(b)
        assert span.same <= min(span.a_words[1] - span.a_words[0], span.b_words[1] - span.b_words[0])
        assert span.quoted == 0
        assert span.unquoted_run == span.same
