"""The query language, what it matches, the evidence and the score."""

import pickle
import re
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.topics import Matcher, compile_topics, samples, topic_version
from crawler.topics.score import Reach, score
from storage.errors import QueryError
from storage.query import parse
from storage.records import Evidence, Tag, Topic
from storage.words import fold


def matcher(query: str, **others: str) -> Matcher:
    return compile_topics([Topic(id="t", name="T", queries={"any": query, **others})])


def tag(query: str, text: str, language: str = "en", title: str | None = None) -> Tag | None:
    found = matcher(query).tags(title, text, [language])
    return found[0] if found else None


def words(query: str, text: str, language: str = "en", title: str | None = None) -> list[str]:
    found = tag(query, text, language, title)
    return [evidence.words for evidence in found.evidence] if found else []


@pytest.mark.parametrize(
    ("query", "at", "says"),
    [
        ("", 0, "at least one word"),
        ("a AND", 5, "missing at the end"),
        ("AND a", 0, "before AND"),
        ("(a OR b", 0, "never closed"),
        ("a) b", 1, "closes nothing"),
        ('a "b c', 2, "quotation mark"),
        ("NOT a", 0, "something to find"),
        ("a OR NOT b", 0, "something to find"),
        ("a and b", 2, "write AND"),
        ("a or b", 2, "write OR"),
        ("ab*", 0, "at least 3 letters"),
        ("*abc*", 0, "not both"),
        ("ab*cd", 0, "not in the middle"),
        ("=Turk*", 0, "exclude"),
        ('="a b"', 0, "single word"),
        ('"one"~5', 0, "at least two words"),
        ('"a b"~0', 0, "1 to 1000"),
        ("word~5", 0, "quotation marks"),
        ("title: a", 0, "at once"),
        ("a ()", 3, "before )"),
        ("...", 0, "no word"),
        ("(" * 101 + "a", 100, "too many brackets"),
    ],
)
def test_a_wrong_query_is_shown_where_it_is_wrong(query: str, at: int, says: str) -> None:
    with pytest.raises(QueryError, match=re.escape(says)) as caught:
        parse(query)
    assert caught.value.position == at
    assert str(caught.value).splitlines()[-1] == "  " + " " * at + "^"


def test_the_caret_stands_under_the_right_line_of_a_long_query() -> None:
    with pytest.raises(QueryError) as caught:
        parse("(a OR b)\n  AND (c")
    assert str(caught.value).splitlines()[-2:] == ["    AND (c", "        ^"]


@given(st.text(alphabet='abcAND ORT()"*=~1:-\n', max_size=40))
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    try:
        compiled = matcher(text)
    except QueryError:
        return
    compiled.tags("A b", "c and", ["xx"])


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("turkey nato", "Turkey left NATO", ["Turkey", "NATO"]),
        ("turkey AND russia", "Turkey left NATO", []),
        ("turkey OR russia AND iran", "Turkey", ["Turkey"]),
        ("(turkey OR russia) AND iran", "Turkey", []),
        ("turkey NOT bird", "Turkey and the bird", []),
        ("turkey NOT (bird AND oven)", "Turkey and the bird", ["Turkey"]),
        ('"air defence"', "air defence, air and sea defence", ["air defence"]),
        ('"air defence"', "by air\n\ndefence", []),
        ('"air defence"~3', "defence of the air", ["defence of the air"]),
        ('"air defence"~2', "defence of the air", []),
        ('"missile launcher"', "two missile launchers", ["missile launchers"]),
        ("rocket*", "rocketry and rockets", ["rocketry", "rockets"]),
        ("*craft", "aircraft and a craft of crafts", ["aircraft", "craft", "crafts"]),
        ("S-400", "S-400, S400, S 400, S‑400s, s-400, S.500", ["S-400", "S400", "S 400", "S‑400s"]),
        ("F-16", "F-16s and F-160", ["F-16s"]),
        ("anti-aircraft", "antiaircraft guns", ["antiaircraft"]),
        ("NATO", "NATO, Nato, nato, NATOs, Natos", ["NATO", "Nato", "NATOs"]),
        ("nato", "NATO, Nato, nato", ["NATO", "Nato", "nato"]),
        ("WHO", "Who knows who the WHO is? Who Says So", ["WHO"]),
        ("=Turkey", "Turkey's turkey, TURKEY, Turkeys", ["Turkey"]),
        ('"North Atlantic Alliance"', "the NORTH ATLANTIC ALLIANCE", ["NORTH ATLANTIC ALLIANCE"]),
        ("Moody's", "Moody’s said", ["Moody"]),
        ("O'Neill", "O’Neill said O", ["O’Neill"]),
        ('"and"', "and", ["and"]),
        ("title:turkey", "Turkey", []),
    ],
)
def test_matches(query: str, text: str, found: list[str]) -> None:
    assert words(query, text) == found


@pytest.mark.parametrize(
    ("language", "query", "text", "found"),
    [
        ("tr", "NATO", "NATO'nun NATO’dan Natoya NATOya natoya", ["NATO", "NATO", "Natoya", "NATOya"]),
        ("tr", '"NATO zirvesi"', "NATO'nun zirvesinde", ["NATO'nun zirvesinde"]),
        ("tr", "İncirlik", "İncirlik'te INCIRLIK incirliğe", ["İncirlik", "INCIRLIK", "incirliğe"]),
        ("tr", "=Türkiye", "türkiye", []),
        ("ru", "Турция", "Турции, Турцией; ТУРЦИЯ", ["Турции", "Турцией", "ТУРЦИЯ"]),
        ("ru", "ТАСС", "ТАССом, тасс", ["ТАССом"]),
        ("ru", "ГРАД", "Град побил посевы. Били «Градами», «ГРАДОМ», град, градом.", ["Градами", "ГРАДОМ"]),
        ("ru", "С-400", "С 400 солдатами. ЗРК С 400, с 400", ["С 400"]),
        ("ru", '"Северный поток"', "Северного потока", ["Северного потока"]),
        ("uk", "комп'ютер", "комп’ютером", ["комп’ютером"]),
        ("fr", "OTAN", "l'OTAN, l’Otan", ["OTAN", "Otan"]),
        ("it", "NATO", "Nato a Roma, è nato. Con la Nato.", ["Nato"]),
        ("de", "*rakete", "Interkontinentalraketen", ["Interkontinentalraketen"]),
        ("ar", "تركيا", "وتركيا", ["وتركيا"]),
    ],
)
def test_matches_in_other_languages(language: str, query: str, text: str, found: list[str]) -> None:
    assert words(query, text, language) == found


def test_exact_words_count_in_a_headline_of_capitals_only_there() -> None:
    assert words("=Turkey", "text", title="TURKEY JOINS TALKS") == ["TURKEY"]
    assert words("=Turkey", "text", title="TURKEY joins talks") == []
    assert words("=Türkiye", "metin", "tr", title="TÜRKİYE GÖRÜŞMELERDE") == ["TÜRKİYE"]


def test_evidence_says_where_and_why() -> None:
    found = tag(
        '(=Turkey OR ankara) AND ("air defence" OR title:nato) NOT bird',
        "Ankara wants air\u00a0defence.",
        title="Nato, Turkey",
    )
    assert found is not None
    assert found.evidence == (
        Evidence(field="title", from_char=0, to_char=4, words="Nato", term="nato"),
        Evidence(field="title", from_char=6, to_char=12, words="Turkey", term="=Turkey"),
        Evidence(field="text", from_char=0, to_char=6, words="Ankara", term="ankara"),
        Evidence(field="text", from_char=13, to_char=24, words="air\u00a0defence", term='"air defence"'),
    )
    assert found.hits == 4


def test_branches_that_do_not_hold_are_no_evidence() -> None:
    assert words("(turkey AND russia) OR iran", "Turkey and Iran") == ["Iran"]


def test_fifty_matches_are_kept_all_are_counted_and_every_term_is_among_them() -> None:
    found = tag("tank OR drone", "tank " * 80 + "drone")
    assert found is not None
    assert found.hits == 81
    assert len(found.evidence) == 50
    assert found.evidence[-1].words == "drone"


def test_offsets_are_code_points_past_emoji_and_marks() -> None:
    text = "🚀🚀 Erdog\u0306an’ın füzesi"
    found = tag("Erdoğan füze", text, "tr")
    assert found is not None
    assert [text[e.from_char : e.to_char] for e in found.evidence] == ["Erdog\u0306an", "füzesi"]


def test_queries_of_the_articles_language_run_else_any() -> None:
    both = matcher("tank", ru="ракета")
    assert both.tags(None, "ракеты", ["ru"])
    assert not both.tags(None, "tank", ["ru"])
    assert both.tags(None, "tanks", ["en"])


def test_queries_of_all_likely_languages_run_and_their_matches_unite() -> None:
    (found,) = matcher("tank", ru="ракета", uk="зброя").tags(None, "ракети і зброя, ракеты", ["uk", "ru"])
    assert {evidence.words for evidence in found.evidence} == {"зброя", "ракеты"}
    assert matcher("tank", ru="ракета").tags(None, "ракеты", [])


def test_too_low_a_score_is_no_tag() -> None:
    topic = Topic(id="t", name="T", queries={"any": "tank"}, min_score=0.5)
    assert not compile_topics([topic]).tags(None, "word " * 300 + "tank", ["en"])
    assert compile_topics([topic]).tags("Tanks", "A tank.", ["en"])


def test_a_matcher_travels_to_workers() -> None:
    first = matcher('tank OR "air defence"')
    before = first.tags(None, "tanks, air defence", ["en"])
    assert pickle.loads(pickle.dumps(first)).tags(None, "tanks, air defence", ["en"]) == before


def test_a_version_is_the_queries_and_nothing_else() -> None:
    one = Topic(id="a", name="A", queries={"en": "x", "tr": "y"})
    assert topic_version(one) == topic_version(Topic(id="b", name="B", queries={"tr": "y", "en": "x"}, min_score=0.3))
    assert topic_version(one) != topic_version(Topic(id="a", name="A", queries={"en": "x"}))


def test_samples_are_checked() -> None:
    good = Topic(
        id="t",
        name="T",
        queries={"any": "tank"},
        must_match=("The tanks rolled on.",),
        must_not_match=("A quiet day.",),
    )
    bad = Topic(
        id="t",
        name="T",
        queries={"any": "tank"},
        must_match=("A quiet day.",),
        must_not_match=("The tanks rolled on.",),
    )
    assert samples.check(good) == []
    assert [problem.partition(":")[0] for problem in samples.check(bad)] == [
        "must_match, but does not",
        "must_not_match, but does",
    ]


def test_samples_are_checked_whatever_the_least_score() -> None:
    strict = Topic(
        id="t",
        name="T",
        queries={"any": "tank"},
        min_score=1.0,
        must_match=("A tank among many other words.",),
        must_not_match=("Another tank among many other words.",),
    )
    assert [problem.partition(":")[0] for problem in samples.check(strict)] == ["must_not_match, but does"]


REACH = st.builds(
    Reach,
    title_whole=st.just(False),
    title_some=st.booleans(),
    lead_whole=st.just(False),
    lead_some=st.booleans(),
    places=st.integers(1, 50),
    words=st.integers(1, 2000),
    quarters=st.integers(1, 4),
)


@given(REACH)
def test_the_score_is_a_share_and_more_never_lowers_it(reach: Reach) -> None:
    def changed(**values: bool | int) -> float:
        return score(Reach(**{name: values.get(name, getattr(reach, name)) for name in Reach.__dataclass_fields__}))

    assert 0 < score(reach) <= 1
    assert score(reach) <= changed(places=reach.places + 1)
    assert score(reach) <= changed(quarters=min(4, reach.quarters + 1))
    assert score(reach) <= changed(title_some=True) <= changed(title_some=True, title_whole=True)
    assert score(reach) <= changed(lead_some=True) <= changed(lead_some=True, lead_whole=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 300), st.sets(st.integers(0, 299), max_size=12), st.integers(0, 299))
def test_a_word_that_becomes_a_match_never_lowers_the_score(length: int, at: set[int], one_more: int) -> None:
    def scored(places: set[int]) -> float:
        found = tag("tank OR gun", " ".join("tank" if i in places else "word" for i in range(length)), title="Guns")
        assert found is not None
        return found.score

    assert 0 < scored(at) <= scored(at | {one_more}) <= 1


def test_a_headline_counts_more_than_a_mention_at_the_end() -> None:
    body = "word " * 400
    scores = [
        found.score if (found := tag("tank gun", text, title=title)) else 0
        for title, text in [(None, body + "tank gun"), (None, "tank gun " + body), ("A tank, a gun", body)]
    ]
    assert scores == sorted(scores)
    assert len(set(scores)) == 3


def test_a_text_of_one_word_repeated_is_read_in_time() -> None:
    assert tag('"air defence"~5 OR "air air air"', "air " * 20_000) is not None


def test_words_may_stand_twice_in_a_query_and_near_themselves() -> None:
    assert words('"tank tank"~3', "A tank and a tank.") == ["tank and a tank"]
    assert words('"tank tank"~3', "A tank.") == []


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ('"tank gun shell"~3', "gun tank x gun shell", ["tank x gun shell"]),
        ('"tank gun shell"~3', "gun tank x x gun shell", []),
        ('"tank gun"~2', "tank gun x x x tank x gun", ["tank gun", "tank x gun"]),
        ('"tank gun"~2', "tank x x gun", []),
        ('"tank tank gun"~4', "tank gun x x x tank gun tank", ["tank gun tank"]),
        ('"=Tank tank"~3', "Tank x. x Tank x tank", ["Tank x. x Tank", "Tank x tank"]),
    ],
)
def test_words_near_each_other_are_found_in_their_shortest_stretches(query: str, text: str, found: list[str]) -> None:
    assert words(query, text) == found


@pytest.mark.parametrize("languages", [["en"], ["en", "de", "fr"]])
def test_a_text_of_one_matching_word_is_counted_whole_and_kept_in_part(languages: list[str]) -> None:
    topics = [Topic(id=str(i), name="T", queries={"any": 'NATO AND "NATO NATO"~9'}) for i in range(10)]
    text = "NATO " * 20_000
    compile_topics(topics).tags(None, text[:50], languages)
    tracemalloc.start()
    found = compile_topics(topics).tags("NATO", text, languages)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {(tag.hits, len(tag.evidence)) for tag in found} == {(40_000, 50)}
    assert len(found) == 10
    assert peak < 60e6  # bytes; each topic for itself would take as much as this


def test_matches_that_languages_share_count_once_unless_there_are_thousands() -> None:
    few = matcher("tank", de="panzer").tags(None, "tank panzer " * 30, ["en", "de"])
    assert [tag.hits for tag in few] == [60]
    many = matcher("tank", de="panzer").tags(None, "tank panzer " * 6_000, ["en", "de"])
    assert [tag.hits for tag in many] == [6_000]


@pytest.mark.parametrize(
    "text",
    [
        "The mis\u00adsile struck.\r\n\r\nMissi\u00adles fell.",
        "👩‍👩‍👧🚀 missile\ufe0f, \u202bmissile\u202c \u2067missile\u2069",
        "mi\u0301ssile missi\u0301le\r\nMISSILE",
    ],
)
def test_spans_are_exact_among_soft_hyphens_marks_emoji_and_line_ends(text: str) -> None:
    found = tag("missile", text, title=text)
    assert found is not None
    assert {fold(e.words) for e in found.evidence} <= {"missile", "missiles"}
    assert all(text[e.from_char : e.to_char] == e.words for e in found.evidence)
    assert found.hits == 2 * len(re.findall("missile", fold(text)))


@pytest.mark.parametrize("apart", ["\n\n", "\r\n\r\n"])
def test_no_phrase_reaches_into_the_next_paragraph(apart: str) -> None:
    assert words('"air defence"', f"air{apart}defence. Air\r\ndefence") == ["Air\r\ndefence"]


def test_exact_words_are_met_however_their_letters_are_composed() -> None:
    assert words("=Tu\u0308rkiye", "Türkiye ve Tu\u0308rkiye", "tr") == ["Türkiye", "Tu\u0308rkiye"]
    assert words("=Tur\u00adkey", "Turkey, Tur\u00adkey, turkey") == ["Turkey", "Tur\u00adkey"]


def test_a_match_met_in_two_languages_counts_once() -> None:
    (found,) = matcher("NATO").tags(None, "Türkiye'nin NATO'daki yeri", ["tr", "de"])
    assert (found.hits, [evidence.words for evidence in found.evidence]) == (1, ["NATO"])
