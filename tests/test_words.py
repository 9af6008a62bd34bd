"""Folding, words and forms."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.endings import rules
from storage.forms import bases, inflect
from storage.words import fold, tokens


@pytest.mark.parametrize(
    ("spellings", "folded"),
    [
        (("kadın", "KADIN", "kadin", "Kadın"), "kadin"),
        (("İstanbul", "istanbul", "ISTANBUL", "i\u0307stanbul"), "istanbul"),
        (("ёлка", "ЕЛКА", "Ёлка"), "елка"),
        (("Straße", "STRASSE", "strasse", "STRAẞE"), "strasse"),
        (("Τουρκία", "ΤΟΥΡΚΙΑ", "τουρκια"), "τουρκια"),
        (("Ρώσος", "ΡΩΣΟΣ"), "ρωσοσ"),
        (("أنقرة", "انقره", "أَنْقَرَة", "أنقـــرة"), "انقره"),
        (("Łódź", "lodz"), "lodz"),
        (("mis\u00adsile", "mis\u200bsile", "MISSILE"), "missile"),
        (("Erdog\u0306an", "Erdoğan"), "erdogan"),
        (("Київ", "КИЇВ", "Киі\u0308в"), "київ"),
        (("٤٠٠", "400"), "400"),
    ],
)
def test_spellings_of_a_word_fold_to_one(spellings: tuple[str, ...], folded: str) -> None:
    assert {fold(spelling) for spelling in spellings} == {folded}


def test_short_i_stays_a_letter_of_its_own() -> None:
    assert fold("Китай") == "китай"
    assert fold("мой") != fold("мои")


def test_apostrophes_and_hyphens_end_words_and_soft_hyphens_do_not() -> None:
    text = "NATO’nun S-400 mis\u00adsile l'OTAN a_b"
    assert [token.word for token in tokens(text)] == ["NATO", "nun", "S", "400", "mis\u00adsile", "l", "OTAN", "a", "b"]
    assert all(text[start:end] == word for word, start, end in tokens(text))


LETTERS = st.text(alphabet="aİıßéёй Αάς'’-.½²№™\u00ad\u0301\u0308abçğ0٤ﬁ\n", max_size=60)


@given(LETTERS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(LETTERS)
def test_folding_keeps_the_words_in_their_order(text: str) -> None:
    assert [token.word for token in tokens(fold(text))] == [
        fold(token.word) for token in tokens(text) if fold(token.word)
    ]


def test_sqlite_sees_the_same_words() -> None:
    text = "NATO’nun İncirlik'te S-400 ёлка Straße m² № 5 ½ قال Київ Ærø"
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table t using fts5(x, tokenize='unicode61 remove_diacritics 2')")
    db.execute("create virtual table v using fts5vocab(t, 'instance')")
    db.execute("insert into t values (?)", [fold(text)])
    assert [row[0] for row in db.execute("select term from v order by offset")] == [fold(t.word) for t in tokens(text)]


@pytest.mark.parametrize(
    ("language", "word", "forms", "others"),
    [
        ("en", "missile", "missiles", "missal"),
        ("en", "Sarmat", "Sarmats", "Sarmatian"),
        ("en", "country", "countries", "counter"),
        ("de", "Rakete", "Raketen", "Raketenstart"),
        ("de", "Hyperschallwaffe", "Hyperschallwaffen", "Hyperschall"),
        ("de", "russisch", "russischen russisches", "Russe"),
        ("ru", "Турция", "Турции Турцией Турцию", "турка турок"),
        ("ru", "Сармат", "Сарматом Сармата Сармату", "сарматский"),
        ("ru", "ракеты", "ракет ракетами ракета", "ракетка"),
        ("ru", "самолёт", "самолеты самолётов", "самолетик"),
        ("uk", "Туреччина", "Туреччиною Туреччині", "турка"),
        ("uk", "Авангард", "Авангарда Авангарду", "авангардний"),
        ("tr", "füze", "füzelerinin füzeye füzelerdeki füzesini", "füzyon"),
        ("tr", "İncirlik", "İncirlikte İncirliğe İncirlikten", "incir"),
        ("tr", "İskender", "İskenderin İskenderler", "İskenderun"),
        ("tr", "üs", "üssü üsler üslerden", "üstün"),
        ("tr", "şehir", "şehri şehre şehirler", "şehirli"),
        ("tr", "kitap", "kitabı kitaplar", "kitapçı"),
        ("tr", "Türk", "Türkler Türklerin Türkün", "Türkçe Türkiye Türklük Türkçü"),
        ("tr", "Rus", "Ruslar Rusların", "Rusça Rusya"),
        ("tr", "silah", "silahı silahlarının silahıyla", "silahlı silahsız silahçı silahlanma silahlık"),
        ("tr", "Ankara", "Ankarada Ankaranın Ankaradaki", "Ankaralı Ankaralılar"),
        ("tr", "Bakanlığı", "Bakanlığınca Bakanlığına", "Bakan"),
        ("fr", "Turquie", "Turquie", "turquoise"),
        ("fr", "arme", "armes", "armée"),
        ("el", "Τουρκία", "Τουρκίας", "Τούρκος"),
        ("el", "πύραυλος", "πυραύλων πυραύλους πύραυλοι", "πυραυλικός"),
        ("es", "misil", "misiles", "misa"),
        ("it", "missile", "missili", "missione"),
        ("pl", "Rosja", "Rosji Rosję Rosją", "rosół"),
        ("pl", "rakieta", "rakiety rakiet rakietami", "rakietka"),
        ("pl", "turecki", "tureccy tureckiego tureckimi", "Turek"),
        ("pl", "broń", "broni bronią", "bronić"),
        ("ar", "تركيا", "وتركيا بتركيا لتركيا", "تركيب"),
        ("ar", "صاروخ", "الصاروخ صواريخ للصواريخ صواريخها", "صراخ"),
        ("xx", "word", "WORD", "words"),
    ],
)
def test_a_word_has_its_forms_and_no_others(language: str, word: str, forms: str, others: str) -> None:
    found = inflect([word], language)[word]
    assert [form for form in [word, *forms.split()] if not found.match(fold(form))] == []
    assert [other for other in others.split() if found.match(fold(other))] == []


def test_the_last_word_of_a_turkish_compound_keeps_its_possessive() -> None:
    system = rules("sistemi", "tr", compound=True)
    assert all(
        any(rule.matches(form) for rule in system) for form in ("sistemi", "sistemlerinin", "sistemini", "sistemleri")
    )
    assert not any(rule.matches("sistematik") for rule in system)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ru", "турции", "турция"),
        ("uk", "ракетами", "ракета"),
        ("en", "missiles", "missile"),
        ("el", "τουρκιασ", "τουρκια"),
        ("ar", "الصواريخ", "صواريخ"),
    ],
)
def test_forms_share_a_base(language: str, one: str, other: str) -> None:
    assert bases(one, language) & bases(other, language)
