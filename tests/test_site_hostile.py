"""What readers may send: nasty searches, wrong ids, large questions. Each gets a page or a sentence, never a 500."""

import asyncio
import html
import random
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from archive_fixture import BY_SLUG, make_archive
from test_site import SITE

from storage.site.app import build

NASTY = [
    '"', '""', '"open', "'", "*", "a*", "***", "^", "^nato", "(", ")", "()", "((((((((", "NOT", "NOT nato", "AND", "OR",
    "nato AND", "AND nato", "NEAR", "NEAR(", "NEAR(a b, x)", "title:", "nope:nato", "{title} : nato", "nato~", "nato~3",
    '"a b"~999999999', "=", "==nato", "-nato", "+nato", "\\", "\x00", "\x01\x02", "nato\x00nato", "ﷺ", "🚀", "ı", "İ",
    "\u202enato", "\ud7ff", "%", "_", "nato;drop table topics", "<script>alert(1)</script>", "{{ 7 * 7 }}", ":q", "?", "@x",
    "x" * 499, "x" * 5_000, "nato " * 90, "(" * 200 + "nato" + ")" * 200, "nato OR " * 60 + "nato", "*nato*", "select 1",
    "kad" + "ı" * 60, "türk* rus* nato* of* th*",
]  # fmt: skip
SIGNS = [
    '"', "'", "(", ")", "*", "^", ":", "-", "+", "{", "}", "~", "=", "\x00", "AND", "OR", "NOT", "NEAR(", " ", " ", " nato ",
    "Турции", "kadın", "title:", "text:", "“", "”", "\\", "%", "_", "[", "]", "\n", "\r", "\t", "\u200b", "\u202e", "😀", "e\u0301",
    "\ufeff", "İ", "ß", "9999999999", ",", ";", "--", "/*", "?", "$", "（",
]  # fmt: skip
WRONG = [
    "/article/0", "/article/-1", "/article/1.5", "/article/1e9", f"/article/{'9' * 19}", f"/article/{'9' * 5_000}",
    "/article/٣", "/article/%00", "/article/..%2f..%2fetc", "/story/0", "/story/x", f"/story/{'9' * 400}", "/topic/%00",
    "/topic/' or 1=1", "/topic/turkey-nato/more", "/outlet/%F0%9F%9A%80", "/feed/topic/none.atom",
    "/feed/outlet/%00.atom", "/feed/story/1.atom", "/feed/topic/turkey-nato", "/nothing", "/topic", "/outlet", "/article",
    "/cuttings/none", "/cuttings/articles/none", "/cuttings/articles/1.json", "/cuttings/none.csv",
]  # fmt: skip
BAD = [
    "/search?q=nato&from=yesterday", "/search?q=nato&from=2018-02-31", "/search?q=nato&to=2018-99-99",
    "/search?q=nato&to=٢٠١٨-01-01", "/cuttings/articles?_sort=none", "/cuttings/articles?_search_none=x",
    "/cuttings?sql=drop+table+topics", "/cuttings?sql=select", "/cuttings.csv?sql=select+none",
    "/cuttings.csv?sql=select+zeroblob(900000000)", "/cuttings/articles?_size=-1", "/cuttings/articles?_size=x",
    "/cuttings/articles.json?_shape=none", "/cuttings/articles?_where=none+is+1",
]  # fmt: skip
HARMLESS = [
    f"/search?q=nato&before={'9' * 40}", "/search?q=nato&before=x", "/search?q=nato&outlet=none&topic=none&class=none",
    "/search?q=nato&scope=none", "/search?none=1", "/flow?topic=none&month=none", "/flow?month=%00",
    f"/story/{BY_SLUG['summit'].id}?compare={'9' * 5_000}", f"/story/{BY_SLUG['summit'].id}?compare=x",
    "/cuttings?sql=select+1&_timelimit=x", "/cuttings/articles?_next=none", "/cuttings/articles?_timelimit=x",
    "/cuttings/articles?_facet_size=x", "/cuttings.json?sql=select+1;",
]  # fmt: skip
ROWS = "with recursive n(i) as (select 1 union all select i + 1 from n limit {}) select {} from n"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("hostile-readers") / "cuttings.db")


def ask(archive: Path, paths: list[str], method: str = "get") -> dict[str, Any]:
    """Return the site's answer to each path."""

    async def answers() -> dict[str, Any]:
        client = build(archive, SITE).client
        return {path: await getattr(client, method)(path) for path in paths}

    return asyncio.run(answers())


def statuses(archive: Path, paths: list[str], method: str = "get") -> dict[str, int]:
    """Return the status of the site's answer to each path."""
    return {path: answer.status_code for path, answer in ask(archive, paths, method).items()}


@pytest.mark.parametrize(
    "address",
    ["/search?q={}", "/search?scope=all&q={}", "/cuttings/articles?_search={}", "/cuttings/articles?_search_title={}",
     "/cuttings/articles?_searchmode=raw&_search={}", "/cuttings/articles.csv?_search={}"],
)  # fmt: skip
def test_a_nasty_search_is_answered_or_refused_in_a_sentence(archive: Path, address: str) -> None:
    answers = ask(archive, [address.format(quote(query, errors="replace")) for query in NASTY])
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code not in (200, 400)} == {}
    for path, answer in answers.items():
        if answer.status_code == 400:
            assert re.search(r'class="(lead|notice)"[^>]*>(<p>)?[A-Z][^<]{15,}', answer.text), path


@pytest.mark.parametrize(
    "address",
    ["/search?scope=all&q={}", "/cuttings/articles?_search={}",
     "/cuttings.json?sql=select+count(*)+from+articles_fts+where+articles_fts+match+forms(:q)&q={}"],
)  # fmt: skip
def test_signs_thrown_together_are_searched_for_or_refused_in_a_sentence(archive: Path, address: str) -> None:
    chance = random.Random(5)
    queries = ["".join(chance.choices(SIGNS, k=chance.randint(1, 25))) for _ in range(100)]
    answers = ask(archive, [address.format(quote(query)) for query in queries])
    refused = {path: answer for path, answer in answers.items() if answer.status_code != 200}
    assert {answer.status_code for answer in refused.values()} <= {400}
    assert all("cannot be searched for" in answer.text for answer in refused.values())
    if address.startswith("/search"):
        assert 0 < len(refused) < len(answers)
    else:
        assert refused == {}  # what cannot be read is taken as a list of words


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_wrong_address_is_not_found(archive: Path, method: str) -> None:
    answers = ask(archive, WRONG, method)
    moved = [answer.headers["location"] for answer in answers.values() if answer.status_code == 302]
    found = {path: answer.status_code for path, answer in answers.items() if answer.status_code != 302}
    found |= statuses(archive, moved, method)  # Datasette writes some characters in an encoding of its own
    assert {path: status for path, status in found.items() if status != 404} == {}


def test_a_wrong_question_is_refused_with_its_reason(archive: Path) -> None:
    answers = ask(archive, BAD)
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 400} == {}
    assert all(len(answer.text) > 40 for answer in answers.values())


def test_what_means_nothing_is_passed_over(archive: Path) -> None:
    assert {path: status for path, status in statuses(archive, HARMLESS).items() if status != 200} == {}


def test_an_answer_that_would_fill_the_memory_is_refused(archive: Path) -> None:
    large = "/cuttings.{}?sql=" + quote(ROWS.format(2_000, "hex(zeroblob(1000000))"))
    for form in ("json", "csv"):
        answer = ask(archive, [large.format(form)])[large.format(form)]
        assert answer.status_code == 400
        assert "more than 128 MB" in answer.text


@pytest.mark.parametrize("data", ["csv?", "json?_shape=array&", "json?_shape=arrayfirst&"])
def test_data_without_room_to_say_so_is_never_cut_off(archive: Path, data: str) -> None:
    path = f"/cuttings.{data}sql={quote(ROWS.format(2_345, 'i'))}"
    answer = ask(archive, [path])[path]
    numbers = [int(number) for number in re.findall(r"\b\d+\b", answer.text)]
    assert numbers == list(range(1, 2_346))


def test_a_raw_search_is_read_as_ours(archive: Path) -> None:
    paths = [f"/cuttings/articles.json?_shape=array&_search=NATO*{mode}" for mode in ("", "&_searchmode=raw")]
    answers = ask(archive, [*paths, "/cuttings/articles.json?_shape=array&_searchmode=raw&_search=n*"])
    ours, raw, short = (answer.json() for answer in answers.values())
    assert ours == raw != []
    assert short == []  # a prefix of one letter would be most of an archive


def test_data_cut_off_says_so(archive: Path) -> None:
    path = f"/cuttings.json?sql={quote(ROWS.format(2_345, 'i'))}"
    answer = ask(archive, [path])[path].json()
    assert (len(answer["rows"]), answer["truncated"]) == (1_000, True)


def test_a_table_as_csv_has_every_row_that_is_counted(archive: Path) -> None:
    paths = ["/cuttings/coverage.csv?_size=max", "/cuttings/coverage.csv", "/cuttings/coverage.json?_size=1"]
    answers = ask(archive, paths)
    counted = answers[paths[2]].json()["filtered_table_rows_count"]
    assert counted > 100  # more than a page
    for path in paths[:2]:
        assert len(answers[path].text.splitlines()) == counted + 1


def test_the_search_boxes_of_tables_find_what_search_finds(archive: Path) -> None:
    words = ["KADIN", "turkiye", "ракета", "missile"]
    paths = [f"/cuttings/articles.json?_shape=array&_col=id&_search={quote(word)}" for word in words]
    answers = ask(archive, [*paths, *(f"/search?scope=all&q={quote(word)}" for word in words)])
    for word, path in zip(words, paths, strict=True):
        shown = re.findall(r'href="/article/(\d+)"', answers[f"/search?scope=all&q={quote(word)}"].text)
        assert [str(row["id"]) for row in answers[path].json()] == shown != [], word


@pytest.mark.parametrize(("rows", "said"), [(150, "returning 150 rows"), (2_345, "returning more than 200 rows")])
def test_a_page_draws_some_rows_and_says_that_there_are_more(archive: Path, rows: int, said: str) -> None:
    query = f"sql={quote(ROWS.format(rows, 'i'))}"
    text = ask(archive, [f"/cuttings?{query}"])[f"/cuttings?{query}"].text
    assert said in text
    assert text.count('<td class="col-') == min(rows, 200)
    to_all = re.search(r'<a href="([^"]+)">The CSV has all of them', text)
    assert (to_all is not None) == (rows > 200)
    if to_all:
        address = html.unescape(to_all[1])
        assert len(ask(archive, [address])[address].text.splitlines()) == 1 + rows
