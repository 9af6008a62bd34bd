"""Whose failure it is: an outlet's, or our own line's."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from crawler.download import Answer, Fetch
from scheduler.uplink import TURNED, WITNESSES, Sign, Uplink, sign_of
from storage.records import Outcome

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MANY = tuple(f"h{n}" for n in range(WITNESSES))


def line(signs: str, *, hosts: Sequence[str], failing: Sequence[str] = ()) -> Uplink:
    """Return the evidence of `host:sign` words in order: + answered, - failed, ! this machine said so."""
    meanings: dict[str, Sign] = {"+": "answered", "-": "failed", "!": "local"}
    uplink = Uplink(hosts=hosts, failing=failing)
    for word in signs.split():
        uplink.note(word[1:], meanings[word[0]])
    return uplink


@pytest.mark.parametrize(
    ("hosts", "signs", "down", "was_down"),
    [
        ("a", "-a -a -a", False, False),
        ("a", "!a", True, True),
        ("a", "!a -a", False, False),
        ("ab", "-a -b", True, True),
        ("ab", "-a", False, False),
        ("ab", "!a", False, True),
        ("ab", "+a -b", False, False),
        ("ab", "+a !b", False, False),
        ("abc", "-a -b", False, True),
        ("abc", "-a -b +c", False, False),
        ("abc", "+c -a -b", False, False),
        ("abc", "+a +b +c -a -b", True, True),
        ("abc", "+a +b +c -a -b +c", False, False),
        ("a", "+a !a", True, True),
        ("a", "+a -a -a", False, False),
        ("ab", "", False, False),
    ],
    ids=[
        "the only outlet refuses", "the only outlet, and we have no route", "the only outlet, and not always our fault",
        "nobody answers", "the other may yet answer", "nobody answered, by this machine's own word", "one is down",
        "one outlet's name server is down", "not everybody was asked", "the third answers", "two new ones are dead",
        "two that had answered", "back again", "the only outlet, and the line breaks", "the only outlet shuts us out",
        "nothing asked",
    ],
)  # fmt: skip
def test_whose_failure(hosts: str, signs: str, down: bool, was_down: bool) -> None:
    uplink = line(signs, hosts=hosts)
    assert (uplink.down, uplink.was_down) == (down, was_down)


def test_many_in_a_row_are_no_coincidence() -> None:
    signs = "+z " + " ".join(f"-{host}" for host in MANY)
    assert line(signs, hosts=[*MANY, "z", "y"]).down
    assert not line(signs.rsplit(" ", 1)[0], hosts=[*MANY, "z", "y"]).was_down


def test_those_that_were_down_before_prove_nothing() -> None:
    signs = " ".join(f"-{host}" for host in MANY)
    uplink = line(signs, hosts=MANY, failing=MANY)
    assert (uplink.down, uplink.was_down) == (False, False)


def test_one_host_again_and_again_is_one_host() -> None:
    assert not line("+a +b " + "-a " * 99, hosts="ab").down
    assert TURNED > 1


@pytest.mark.parametrize(
    ("answer", "sign"),
    [
        ({"status": 200}, "answered"),
        ({"status": 503, "outcome": Outcome.HTTP_ERROR}, "answered"),
        ({"outcome": Outcome.TOO_LARGE}, "answered"),
        ({"outcome": Outcome.NETWORK}, "failed"),
        ({"outcome": Outcome.TIMEOUT}, "failed"),
        ({"outcome": Outcome.NETWORK, "local": True}, "local"),
        ({"outcome": Outcome.ROBOTS}, None),
        ({"outcome": Outcome.OFF_SITE}, None),
    ],
)
def test_what_an_answer_says(answer: dict[str, object], sign: Sign | None) -> None:
    fetch = Fetch(url="https://a.example/", outlet="a", kind="feed")
    assert sign_of(Answer(fetch=fetch, at=NOW, **answer)) == sign  # type: ignore[arg-type]
