"""The site's pure parts: differences, marks, phrases, charts, citations, feeds."""

import sqlite3
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.site import atom, charts, citation, difference, marks, phrases
from storage.site.difference import Line, Part

words = st.text(alphabet="ab .\n", max_size=40)
texts = st.lists(words, max_size=6).map("\n\n".join)
spans = st.lists(st.builds(marks.Span, st.integers(-2, 50), st.integers(-2, 60), st.sampled_from("xy"), st.just("")))


def side(lines: list[Line], name: str) -> list[str]:
    """Return the paragraphs of one side of a comparison."""
    shown: list[str] = []
    for line in lines:
        parts = getattr(line, name)
        shown += line.run or (["".join(part.text for part in parts)] if parts else [])
    return shown


@given(texts, texts)
def test_a_comparison_loses_no_word_of_either_text(left: str, right: str) -> None:
    lines = difference.compare(left, right)
    assert side(lines, "left") == [text for text in left.split("\n\n") if text.strip()]
    assert side(lines, "right") == [text for text in right.split("\n\n") if text.strip()]


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(line.kind in {"equal", "run"} for line in difference.compare(text, text))


def test_long_equal_runs_are_one_line() -> None:
    same = "\n\n".join(f"paragraph {n} of it" for n in range(9))
    lines = difference.compare(f"A man came in.\n\n{same}", f"A woman came in.\n\n{same}")
    assert [line.kind for line in lines] == ["edited", "run"]
    assert lines[0].left == (Part("A "), Part("man", True), Part(" came in."))
    assert len(lines[1].run) == 9


def test_words_of_a_long_paragraph_are_told_apart() -> None:
    left = [f"word{n}" for n in range(5_000)]
    right = [word if n % 2 else "other" for n, word in enumerate(left)]
    (line,) = difference.compare(" ".join(left), " ".join(right))
    assert [part.text.strip() for part in line.left if part.changed] == left[::2]
    assert [part.text.strip() for part in line.right if part.changed] == right[::2]


def test_other_blanks_are_no_difference() -> None:
    (line,) = difference.compare("one  two\nthree", "one two three four")
    assert line.left == (Part("one  two\nthree"),)
    assert line.right == (Part("one two three "), Part("four", True))


@pytest.mark.parametrize(
    ("paragraphs", "kinds"), [(100, {"edited"}), (101, {"cut", "added"})], ids=["few enough", "too many to pair"]
)
def test_many_changed_paragraphs_are_not_paired(paragraphs: int, kinds: set[str]) -> None:
    left, right = ("\n\n".join(f"paragraph {n} is {side}" for n in range(paragraphs)) for side in ("old", "new"))
    lines = difference.compare(left, right)
    assert {line.kind for line in lines} == kinds
    assert side(lines, "left") == left.split("\n\n")
    assert side(lines, "right") == right.split("\n\n")


def test_texts_too_long_to_compare_are_shown_whole() -> None:
    left = " ".join(["a"] * (difference.MOST_COMPARED + 1))
    assert difference.words(left, left + " b") == ((Part(left, True),), (Part(left + " b", True),))
    assert difference.words(left, left) == ((Part(left),), (Part(left),))


def test_unlike_paragraphs_are_cut_and_added() -> None:
    lines = difference.compare("one two three\n\nkept here", "kept here\n\nquite another thing")
    assert [line.kind for line in lines] == ["cut", "equal", "added"]


@given(st.text(alphabet="ab \n", max_size=40), spans)
def test_pieces_are_the_text(text: str, found: list[marks.Span]) -> None:
    assert "".join(piece.text for piece in marks.pieces(text, found)) == text


@given(texts, spans)
def test_paragraphs_lose_nothing(text: str, found: list[marks.Span]) -> None:
    shown = ["".join(piece.text for piece in paragraph) for paragraph in marks.paragraphs(text, found)]
    assert shown == [paragraph for paragraph in text.split("\n\n") if paragraph]


def test_overlapping_evidence_names_both_topics() -> None:
    found = marks.pieces("abcdef", [marks.Span(0, 4, "x", "X: abcd"), marks.Span(2, 6, "y", "Y: cdef")])
    assert [(piece.text, piece.topics) for piece in found] == [("ab", ("x",)), ("cd", ("x", "y")), ("ef", ("y",))]


def test_a_snippet_is_cut_at_its_marks() -> None:
    found = marks.snippet("of \x02NATO\x03 and <b>", ("\x02", "\x03"))
    assert [(piece.text, bool(piece.topics)) for piece in found] == [
        ("of ", False),
        ("NATO", True),
        (" and <b>", False),
    ]
    assert marks.snippet(None, ("\x02", "\x03")) == []


@pytest.mark.parametrize(
    ("at", "offset", "precision", "said"),
    [
        ("2018-03-12T11:05:09Z", "+03:00", "second", "12 March 2018, 14:05:09 +03:00 (11:05:09 UTC)"),
        ("2018-03-12T23:05:00Z", "-05:30", "minute", "12 March 2018, 17:35 −05:30 (23:05 UTC)"),
        ("2018-03-12T23:05:00Z", None, "minute", "12 March 2018, 23:05 UTC"),
        ("2018-03-12T00:00:00Z", None, "day", "12 March 2018 (only the day is stated)"),
        (None, None, None, "no time stated; first seen 13 March 2018, 08:00 UTC"),
    ],
)
def test_a_time_is_said_with_zone_and_precision(at: str | None, offset: str | None, precision: str, said: str) -> None:
    article = {
        "published_at": at, "published_offset": offset, "published_precision": precision,
        "published_day": "2018-03-12", "first_seen_at": "2018-03-13T08:00:00Z",
    }  # fmt: skip
    assert phrases.published(article) == said


@pytest.mark.parametrize(
    ("exact", "least", "most", "said"),
    [
        (1_841_091, None, None, "21 days 7 hours later"),
        (0, 0, 0, "at the same second"),
        (None, 46_491, 132_890, "between 12 hours 54 minutes and 1 day 12 hours later"),
        (None, -3600, 60, "order not known: up to 1 hour earlier or 1 minute later"),
        (None, None, None, "how much later is not known"),
    ],
)
def test_a_lag_is_never_more_exact_than_known(
    exact: int | None, least: int | None, most: int | None, said: str
) -> None:
    assert phrases.lag({"lag_s": exact, "lag_min_s": least, "lag_max_s": most}) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "—"), (0, "0 %"), (0.001, "< 1 %"), (0.42, "42 %"), (0.999, "> 99 %"), (1, "100 %")],
)
def test_a_share_is_not_rounded_to_all_or_nothing(share: float | None, said: str) -> None:
    assert phrases.percent(share).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "—"),
        (0, "0 %"),
        (0.00001, "< 0.01 %"),
        (0.0042, "0.42 %"),
        (0.1, "10 %"),
        (0.999, "> 99 %"),
        (1, "100 %"),
    ],
)
def test_a_small_share_is_said_finely(share: float | None, said: str) -> None:
    assert phrases.fine_percent(share).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    "url",
    [None, "", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//host/x", "/x", "http://", "https:x",
     "java\nscript:alert(1)", "https://ho st/", "vbscript:x", "http://[bad/"],
)  # fmt: skip
def test_an_unsafe_address_is_no_link(url: str | None) -> None:
    assert phrases.safe_url(url) is None


def test_a_safe_address_is_a_link() -> None:
    assert phrases.safe_url("https://example.org/a?b=1#c") == "https://example.org/a?b=1#c"


def test_every_class_has_a_meaning() -> None:
    assert list(phrases.CLASS_MEANINGS) == list(phrases.CLASSES)


def test_every_class_and_health_state_has_a_shape_of_its_own() -> None:
    for table in (phrases.CLASSES, phrases.HEALTH):
        assert len({phrase.mark for phrase in table.values()}) == len(table)


def test_months_run_over_the_end_of_a_year() -> None:
    assert charts.month_range("2018-11", "2019-02") == ["2018-11", "2018-12", "2019-01", "2019-02"]


def test_bars_fill_the_height_and_mark_the_running_month() -> None:
    counts = {"2018-01": 4, "2018-02": 2}
    chart = charts.over_time(["2018-01", "2018-02"], counts, words="of a", running="2018-02")
    assert [round(bar.height) for bar in chart.bars] == [140, 70]
    assert chart.bars[-1].label == "2018-02, of a: 2 (still running)"
    assert [bar.style for bar in chart.bars] == ["", "partial"]


def test_charts_that_stand_together_have_one_scale() -> None:
    chart = charts.over_time(["2018-01"], {"2018-01": 2}, words="of a", running=None, highest=8)
    assert ([bar.height for bar in chart.bars], chart.highest) == ([35], "8")


def test_a_small_share_has_a_bar_and_is_said() -> None:
    shares = {"2026-01": 1 / 30_000, "2026-02": 0.5}
    chart = charts.over_time(list(shares), shares, words="of all", running=None, say=phrases.fine_percent)
    assert [bar.label.replace("\u00a0", " ") for bar in chart.bars] == [
        "2026-01, of all: < 0.01 %", "2026-02, of all: 50 %",
    ]  # fmt: skip
    assert all(bar.height > 0 for bar in chart.bars)


def test_one_among_thousands_has_a_bar() -> None:
    counts = {"2018-01": 9_000, "2018-02": 1, "2018-03": 0}
    chart = charts.over_time(list(counts), counts, words="of a", running=None)
    assert [(bar.period, bar.height) for bar in chart.bars] == [("2018-01", 140), ("2018-02", 1)]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60))
def test_stops_on_a_rail_stay_on_it_in_order(seconds: list[int]) -> None:
    times = sorted(f"2018-01-{1 + s % 28:02d}T{s % 24:02d}:00:00Z" for s in seconds)
    known = [(time, time[:11] + "23:59:59Z" if time[11:13] == "00" else time) for time in times]
    stops = charts.rail(known, times, [("credited", "●")] * len(times))
    assert [stop.number for stop in stops] == list(range(1, len(times) + 1))
    assert all(0 <= stop.x <= 640 for stop in stops)
    assert [stop.x for stop in stops] == sorted(stop.x for stop in stops)
    assert all(0 <= stop.since <= stop.until <= 640 for stop in stops)
    assert all(stop.until == stop.since for stop, time in zip(stops, times, strict=True) if time[11:13] != "00")


def test_a_day_is_a_stretch_of_the_rail() -> None:
    times = [("2018-03-12T00:00:00Z", "2018-03-12T23:59:59Z"), ("2018-03-14T00:00:00Z", "2018-03-14T00:00:00Z")]
    day, later = charts.rail(times, ["", ""], [("", "")] * 2)
    assert (day.x, day.since, later.x, later.since, later.until) == (26, 26, 614, 614, 614)
    assert day.until == pytest.approx(26 + 588 / 2, abs=0.1)


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        ([10, 12, 30], "more than in any of the 2 weeks before"),
        ([40, 42, 10], "fewer than in any of the 2 weeks before"),
        ([10, 30, 20], ""),
        ([0, 0, 9], ""),
        ([0, 0, 0, 0, 0, 8, 9, 90], ""),  # watched for two weeks: nobody knows what is usual
        ([2, 3, 2, 3, 4], ""),  # so few vary by chance
    ],
)
def test_unusual_means_outside_all_the_weeks_before(weeks: list[int], said: str) -> None:
    assert charts.usual(weeks) == said


def test_a_citation_keeps_outlets_words_apart_from_ours() -> None:
    cited = citation.Cited(
        key="k1", authors=["سارة"], title="ما الجديد؟", outlet="صدى", day="2018-03-12", url="https://x.example/a",
        archived_url="https://y.example/article/1", seen_day="2018-03-13", digest="ab" * 32,
    )  # fmt: skip
    pieces = citation.sentence(cited)
    assert "".join(words for words, _ in pieces) == (
        "سارة. “ما الجديد؟” صدى, 2018-03-12. https://x.example/a. Archived 2018-03-13, https://y.example/article/1 "
        "(text SHA-256 abababababababab…)."
    )
    assert [words for words, theirs in pieces if theirs] == [
        "سارة", "ما الجديد؟", "صدى", "https://x.example/a", "https://y.example/article/1",
    ]  # fmt: skip


def test_bibtex_escapes_what_latex_reads() -> None:
    cited = citation.Cited(
        key="k1", authors=["A & B"], title="50% {of} it_all \\input", outlet="Out#let", day="2018-03-12",
        url="https://x.example/{a}",
        archived_url="https://y.example/article/1", seen_day="2018-03-13", digest="ab" * 32,
    )  # fmt: skip
    entry = citation.bibtex(cited)
    assert r"author = {{A \& B}}" in entry
    assert r"title = {{50\% \{of\} it\_all \textbackslash{}input}}" in entry
    assert "url = {https://x.example/%7Ba%7D}" in entry
    assert entry.count("{") == entry.count("}")


@given(st.text())
def test_a_feed_is_well_formed_whatever_the_words(text: str) -> None:
    entry = atom.Entry(
        key="k", title=text, author=text, url="u", updated="t", published=None, language=None, summary=text
    )
    assert ET.fromstring(atom.feed(title=text, url="u", home="h", updated="t", entries=[entry])).tag.endswith("feed")


def test_bars_of_an_empty_chart() -> None:
    assert charts.over_time([], {}, words="a", running=None).bars == ()
    assert charts.rail([], [], []) == []


def test_rows_of_sqlite_serve_as_articles() -> None:
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    row = db.execute("select null as lag_s, 60 as lag_min_s, 120 as lag_max_s").fetchone()
    db.close()
    assert phrases.lag(row) == "between 1 minute and 2 minutes later"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            {"what": "origin", "old": "[null, null, null]", "new": '[5, "wire", null]', "why": "earliest"},
            "the origin is The Wire (the earliest); before: not known",
        ),
        (
            {"what": "origin", "old": '[null, null, "Pressenetz"]', "new": '[5, "wire", null]', "why": "credit"},
            "the origin is The Wire (others credit it); before: Pressenetz, whose text is not archived",
        ),
        (
            {"what": "id", "old": "7", "new": "5", "why": "its members are there now"},
            "story 7 became story 5; its members are there now",
        ),
        (
            {"what": "members", "old": "[1, 2]", "new": "[]", "why": "no longer of this text"},
            "2 articles left the story: no longer of this text",
        ),
        ({"what": "gone", "old": "5", "new": "null", "why": "its last article is gone"}, "its last article is gone"),
    ],
)
def test_a_decision_reads_as_a_sentence(row: dict[str, str], sentence: str) -> None:
    assert phrases.decision(row, {"wire": "The Wire"}) == sentence


@pytest.mark.parametrize(("contact", "href"), [
    ("archive@example.org", "mailto:archive@example.org"),
    ("https://example.org/contact", "https://example.org/contact"),
    ("Ask at the desk", None),
    ("javascript:alert(1)", None),
    ("a@b.org?bcc=all@c.org", None),
])  # fmt: skip
def test_only_an_address_of_a_contact_is_a_link(contact: str, href: str | None) -> None:
    assert phrases.contact_href(contact) == href
