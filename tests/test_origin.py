"""Who had it first, and who says so: small cases with their reasons."""

import pytest

from storage.origin import Claim, CreditStatus, Decided, Member, Origin, credit_status, in_order, origin_of

DAY = 86_400


def member(name: str, *, at: int = 0, lasts: int = 0, **facts: object) -> Member:
    number = sum(map(ord, name))
    return Member(**{"id": number, "key": name, "outlet": name, "start": at, "end": at + lasts, "words": 100} | facts)  # type: ignore[arg-type]


def claim(outlet: str | None, name: str = "", *, role: str = "republication", **facts: object) -> Claim:
    given = {
        "outlet": outlet,
        "name": name or str(outlet),
        "role": role,
        "kind": "credit_line",
        "words": f"Source: {outlet}",
    }
    return Claim(**given | facts)  # type: ignore[arg-type]


def origin(*members: Member) -> Origin:
    return origin_of(in_order(members))


def names(members: list[Member]) -> list[str]:
    return [m.key for m in members]


def test_clear_times_order() -> None:
    assert names(in_order([member("b", at=9), member("a", at=99), member("c", at=1)])) == ["c", "b", "a"]


def test_a_day_is_an_interval_and_says_nothing_within_it() -> None:
    paper = member("paper", lasts=DAY - 1, words=90)
    agency = member("wire", at=9 * 3600, agency=True)
    assert names(in_order([paper, agency])) == ["wire", "paper"]
    assert origin(paper, agency).basis == "agency"


def test_fuller_text_first_where_nothing_else_is_known() -> None:
    cut, full = member("cut", lasts=DAY, words=50), member("full", lasts=DAY, words=100)
    found = origin(cut, full)
    assert (found.article, found.basis) == (full.id, "fullest")


def test_equal_texts_of_one_day_have_no_known_origin() -> None:
    assert origin(member("one", lasts=DAY), member("two", lasts=DAY, words=95)) == Origin(basis="unknown")


def test_a_credit_beats_the_clock_and_is_contested() -> None:
    copy = member("copy", at=0, claims=(claim("wire"),))
    wire = member("wire", at=DAY)
    found = origin(copy, wire)
    assert (found.article, found.basis, found.contested) == (wire.id, "credit", True)


def test_a_cross_outlet_canonical_is_named_as_such() -> None:
    copy = member("copy", at=9, claims=(claim("wire", kind="canonical", words=""),))
    assert origin(copy, member("wire")).basis == "canonical"


def test_credits_in_a_circle_are_left_to_the_clock() -> None:
    one, two = member("one", at=5, claims=(claim("two"),)), member("two", at=1, claims=(claim("one"),))
    assert names(in_order([one, two])) == ["two", "one"]


def test_a_single_uncredited_article_is_nobodys_original() -> None:
    assert origin(member("a")) == Origin()


def test_a_named_source_that_is_not_archived() -> None:
    copy = member("copy", at=9, claims=(claim(None, "Sputnik News"),))
    silent = member("silent", at=1)
    found = origin(copy, silent)
    assert (found.article, found.outlet, found.name, found.basis) == (None, None, "Sputnik News", "credit")


def test_two_absent_sources_are_contested() -> None:
    found = origin(member("a", claims=(claim(None, "AA"),)), member("b", claims=(claim(None, "TASS"),)))
    assert (found.name, found.contested) == ("AA", True)


def test_credited_inside_outweighs_one_outside_voice() -> None:
    wire = member("wire", at=1)
    copies = [member(f"copy{n}", at=9 + n, claims=(claim("wire"),)) for n in range(2)]
    other = member("other", at=30, claims=(claim(None, "Sputnik"),))
    found = origin(wire, *copies, other)
    assert (found.article, found.contested) == (wire.id, True)


def test_a_person_decides() -> None:
    assert (
        origin(member("a", at=1, origin_is=Decided(number=1, key="b", name="b")), member("b", at=9)).basis
        == "correction"
    )
    assert origin(member("a", origin_is=Decided(number=1, name="Reuters"))).name == "Reuters"


STORY = [member("wire"), member("mid", at=5)]


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        pytest.param(None, "unknown", id="nobody looked"),
        pytest.param((), "none", id="no credit"),
        pytest.param((claim("wire"),), "exact", id="names the source"),
        pytest.param((claim("mid"),), "intermediary", id="names another member"),
        pytest.param((claim(None, "Elsewhere"),), "other", id="names somebody else"),
        pytest.param((claim("wire", role="citation"),), "citation", id="only cites it"),
        pytest.param((claim("copy"),), "none", id="names itself"),
        pytest.param((claim("wire", role="citation", words="told wire"),), "none", id="words came with the text"),
    ],
)
def test_credit_status(claims: tuple[Claim, ...] | None, status: CreditStatus) -> None:
    source = member("wire", text="Karatas told wire on Tuesday.")
    assert credit_status(member("copy", at=9, claims=claims), source, STORY) == status


def test_a_house_credited_by_name_is_found_in_its_other_edition() -> None:
    edition = member("tass-en", owner="TASS", claims=(claim("tass", owner="TASS", kind="structured_data", words=""),))
    copy = member("copy", at=9, claims=(claim("tass", owner="TASS"),))
    assert origin(edition, copy).article == edition.id
    assert credit_status(copy, edition, [edition, copy]) == "exact"
