"""What is an edit and what is the page moving on, in several languages, both ways."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sameness import Around, around, bare, edited

ENGLISH = (
    "Ankara wrote to NATO on Monday, officials said.",
    "The blast in the harbour left 12 dead and 30 wounded.",
    'Nobody answered "before the evening", the ministry added.',
)
TURKISH = (
    "Ankara pazartesi günü NATO'ya bir mektup yazdı.",
    "Limandaki patlamada 12 kişi öldü, 30 kişi yaralandı.",
    "Bakanlık akşama kadar yanıt gelmediğini bildirdi.",
)
RUSSIAN = (
    "Анкара в понедельник направила письмо в НАТО.",
    "При взрыве в порту погибли 12 человек, 30 ранены.",
    "Ответа до вечера не последовало, сообщили в министерстве.",
)
GERMAN = (
    "Ankara schrieb am Montag an die Nato.",
    "Bei der Explosion im Hafen starben 12 Menschen, 30 wurden verletzt.",
    "Bis zum Abend kam keine Antwort, hieß es aus dem Ministerium.",
)
LANGUAGES = {"en": ENGLISH, "tr": TURKISH, "ru": RUSSIAN, "de": GERMAN}
TEXTS = list(LANGUAGES.values())
OTHER_TITLE = "Ministers meet again in the old harbour"
BOX = "Please give to our independent newsroom today. Every coin counts, and our readers keep us going."
ELSEWHERE = around(
    [f"Another report, number {n}, of something else.\n\n{BOX}\n\nListen to this page\n\n{n} gazette points" for n in range(8)],
    [OTHER_TITLE, "Очередная встреча министров прошла в порту", "Bakanlar eski limanda yeniden bir araya geldi"],
)  # fmt: skip


def joined(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def asked_for_nothing() -> Around:
    raise AssertionError("the two texts say enough")


def is_edited(old: str, new: str, surroundings: Around = ELSEWHERE) -> bool:
    assert edited(old, new, lambda: surroundings) == edited(new, old, lambda: surroundings), "not the same both ways"
    return edited(old, new, lambda: surroundings)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("He said so.", "He  said\n\nso. "),
        ("He said “so”.", 'He said "so".'),
        ("He said «so».", "He said „so“."),
        ("NATO'nun", "NATO’nun"),
        ("a – b", "a - b"),
        ("a — b", "a--b"),
        ("Hoch­haus\u200b", "Hochhaus"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("Nobody&nbsp;came", "Nobody\u00a0came"),
        ("Кие\u0306в", "Кие\u0306в".replace("е\u0306", "ӗ")),
        ("İzmir", "I\u0307zmir"),
        ("Well…", "Well..."),
        ("10\u202f000", "10 000"),
    ],
)
def test_type_is_no_edit(old: str, new: str) -> None:
    assert bare(old) == bare(new)
    assert not edited(old, new, asked_for_nothing)


@pytest.mark.parametrize("text", TEXTS, ids=LANGUAGES)
@pytest.mark.parametrize(
    ("of", "to"),
    [("12", "14"), ("NATO", "EU"), ("НАТО", "ЕС"), ("Nato", "EU"), (".", "!"), ("Ankara", "ankara"), ("Анкара", "анкара"), (" 30", "")],
)  # fmt: skip
def test_a_word_a_figure_or_a_mark_in_a_sentence_is_an_edit(text: tuple[str, ...], of: str, to: str) -> None:
    old = joined(*text)
    new = old.replace(of, to, 1)
    assert is_edited(old, new) is (new != old)


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("en", "Correction: An earlier version of this article misstated the minister's name"),
        ("en", "Clarification (3 March 2026)"),
        ("en", "This article was amended on 3 March to say who wrote the letter."),
        ("en", "Officials later said two of the wounded had died."),
        ("tr", "Düzeltme: Haberin önceki hâlinde bakanın adı yanlış yazılmıştı"),
        ("ru", "Исправлено: в первой версии было неверно указано имя министра"),
        ("ru", "Позже число погибших выросло до 14."),
        ("de", "Korrektur: In einer früheren Version stand der falsche Name"),
        ("de", "Zwei der Verletzten starben am Abend."),
        ("tr", "Yaralılardan ikisi akşam saatlerinde öldü."),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_note_or_a_sentence_more_is_an_edit(language: str, note: str, place: int) -> None:
    text = list(LANGUAGES[language])
    assert is_edited(joined(*text), joined(*text[:place], note, *text[place:]))
    surroundings = around([f"Report {n} is another.\n\nIt has an end." for n in range(8)], [])
    assert is_edited(joined(*text), joined(*text[:place], note, *text[place:]), surroundings)


def test_a_correction_is_an_edit_however_many_carry_its_words() -> None:
    note = "This article has been corrected."
    surroundings = around([f"Report {n} is another.\n\n{note}" for n in range(8)], [])
    assert is_edited(joined(*ENGLISH), joined(*ENGLISH, note), surroundings)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1,234 views", "1,301 views"),
        ("5 comments", "17 comments"),
        ("3 min ago", "2 hours ago"),
        ("Updated 5 minutes ago", "Updated 1 day ago"),
        ("Last updated: 2 March 2026, 14:05", "Last updated: 3 March 2026, 09:10"),
        ("1.2K shares", "3.4K shares"),
        ("Ankara 12°C", "Ankara 15°C"),
        ("1.234 görüntülenme", "1.301 görüntülenme"),
        ("5 yorum", "17 yorum"),
        ("3 dakika önce", "2 saat önce"),
        ("Son güncelleme: 2 Mart 2026 14:05", "Son güncelleme: 3 Mart 2026 09:10"),
        ("1234 просмотра", "1301 просмотр"),
        ("5 комментариев", "17 комментариев"),
        ("3 минуты назад", "2 часа назад"),
        ("Обновлено: 2 марта 2026, 14:05", "Обновлено: 3 марта 2026, 09:10"),
        ("5 Kommentare", "17 Kommentare"),
        ("vor 3 Minuten", "vor 2 Stunden"),
        ("Stand: 2. März 2026, 14:05 Uhr", "Stand: 3. März 2026, 09:10 Uhr"),
        ("Monday, 2 March 2026", "Tuesday, 3 March 2026"),
        ("Read also: A quiet day in the harbour", "Read also: Ministers disagree about fish"),
        ("Lesen Sie auch: Ruhiger Tag im Hafen", "Lesen Sie auch: Minister streiten über Fisch"),
        ("Читайте также: Тихий день в порту", "Читайте также: Министры спорят о рыбе"),
        ("Related: A quiet day", "Related: Fish again"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_counters_ages_and_pointers_are_the_pages(old: str, new: str, place: int) -> None:
    text = list(ENGLISH)
    if place == 1 and ("March" in old and "updated" not in old):
        pytest.skip("a day amid the text may head a part of it")
    before, after = ([*text[:place], line, *text[place:]] for line in (old, new))
    assert not edited(joined(*before), joined(*after), asked_for_nothing)
    assert not edited(joined(*text), joined(*after), asked_for_nothing)
    after[0 if place else 1] = after[0 if place else 1].replace("Monday", "Tuesday")
    assert is_edited(joined(*before), joined(*after)), "an edit beside it is seen"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12 dead", "14 dead"),
        ("12 dead, 30 wounded", "14 dead, 28 wounded"),
        ("Death toll: 12", "Death toll: 14"),
        ("12 ölü", "14 ölü"),
        ("12 погибших", "14 погибших"),
        ("12 Tote", "14 Tote"),
        ("Losses: 1,200 tanks", "Losses: 1,210 tanks"),
        ("2 March 2026: the letter", "3 March 2026: the letter"),
        ("Popular protests in Tbilisi", "Popular protests in Batumi"),
        ("More from the minister than expected", "Less from the minister than expected"),
        ("Record of 45°C in Ankara and Izmir", "Record of 46°C in Ankara and Izmir"),
        ("By Ayşe Yılmaz, Ankara", "By Mehmet Demir, Ankara"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_short_line_of_the_article_is_not_the_pages(old: str, new: str, place: int) -> None:
    before, after = ([*ENGLISH[:place], line, *ENGLISH[place:]] for line in (old, new))
    assert is_edited(joined(*before), joined(*after))


@pytest.mark.parametrize(
    "line", [BOX, "Listen to this page", "31 gazette points", OTHER_TITLE, f"World | {OTHER_TITLE} (2)"]
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_what_the_outlets_other_pages_carry_is_the_pages(line: str, place: int) -> None:
    with_it = joined(*ENGLISH[:place], line, *ENGLISH[place:])
    assert not is_edited(joined(*ENGLISH), with_it)
    assert is_edited(joined(*ENGLISH), with_it, Around()), "nothing is known of the outlet"


def test_a_list_of_other_articles_may_change_at_the_end() -> None:
    week = ["Most read", "Ferry fares rise in spring again", "Mayor opens a bridge of wood"]
    later = ["Most read", "Three ships collide off the coast", "New school for the western district"]
    assert not edited(joined(*ENGLISH, *week), joined(*ENGLISH, *later), asked_for_nothing)
    assert not edited(joined(*ENGLISH, *week[1:]), joined(*ENGLISH, *later[1:]), asked_for_nothing)
    assert is_edited(joined(*ENGLISH, *week[1:]), joined(*ENGLISH, week[1], "Mayor opens a bridge of steel"))
    assert is_edited(joined(*ENGLISH), joined(*ENGLISH, "The minister answers at last on Friday"))
    assert is_edited(joined(*ENGLISH, *week[1:]), joined(*ENGLISH, *week[1:], "The minister answers at last on Friday"))
    note = "Correction: the ferry is not the one that was named"
    assert is_edited(joined(*ENGLISH, *week[1:]), joined(*ENGLISH, week[1], note))


def test_background_that_some_reports_repeat_is_text_when_it_is_added() -> None:
    background = "The conflict over the harbour began in 2014. Talks have failed three times since."
    texts = [f"Report {n} of many." + (f"\n\n{background}" if n < 4 else "") for n in range(30)]
    assert is_edited(joined(*ENGLISH), joined(*ENGLISH, background), around(texts, []))


def test_paragraphs_in_another_order_are_an_edit() -> None:
    assert is_edited(joined(*ENGLISH), joined(*ENGLISH[::-1]))


def test_a_text_that_is_all_page_is_still_compared() -> None:
    assert is_edited("5 comments", "Read also: all of it")
    assert is_edited("5 comments", "")
    assert not is_edited("", "")


@given(st.lists(st.text(alphabet="ab 1.\n“\"'’-–\u00ad&;", max_size=30), max_size=6))
def test_a_text_is_never_an_edit_of_itself_or_of_itself_set_otherwise(paragraphs: list[str]) -> None:
    text = joined(*paragraphs)
    assert not edited(text, text, asked_for_nothing)
    assert not edited(text, text.replace("“", '"').replace("–", "-").replace(" ", "\u00a0"), asked_for_nothing)


def test_long_texts_are_compared_at_once() -> None:
    lines = [f"At {n} the minister said something of number {n}" for n in range(3000)]
    other = [line.replace("minister", "president") for line in lines]
    began = time.process_time()
    assert edited(joined(*lines), joined(*other), lambda: ELSEWHERE)
    assert time.process_time() - began < 5
