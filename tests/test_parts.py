"""Articles printed over several pages, the whole way: one article with the text of all, whatever happens in between."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from killing import Commands, kill
from news_pages import article
from news_site import Answer, NewsSite
from whole_way import one_pass, publish, rows, write_config

from crawler.clean import Cleaner
from crawler.warc import captures
from scheduler.collect import collect
from scheduler.config import load
from scheduler.scope import Scope
from storage.records import Article

NOW = (datetime.now(UTC) - timedelta(days=1)).replace(
    hour=12, minute=0, second=0, microsecond=0
)  # no pass runs over midnight
TITLE = "The long road of the harbour paper"
TEXTS = (
    [
        "Officials in Ankara said on Monday that the long paper on air defence had been sent to NATO planners at last.",
        "The paper has pages of its own on harbours, and asks for a budget that two of the members have refused so far.",
        "A harbour master spoke of winter storms, of ships that never came in, and of sailors who sold boats for coal.",
    ],
    [
        "His grandmother had kept the lighthouse keys, which hang behind glass in a museum that opens on Sundays only.",
        "Children skate where trawlers once lay, he told visitors, while gulls quarrel over chips outside every door.",
        "Nobody in the town council had read the second chapter, which counts the nets that were lost since the war.",
    ],
    [
        "A second meeting about the paper is planned for the end of the month, with figures that nobody has seen yet.",
        "The mayor will bring a map on which the old quays are drawn in ink, and the new ones in pencil, to be safe.",
        "In the evening the ferry left as always, half empty, with a brass band on deck that knew three tunes in all.",
    ],
)
WHOLE = "\n\n".join(line for text in TEXTS for line in text)


def pager(number: int, paths: Sequence[str]) -> str:
    """Return a pager as sites print it: the current number is plain."""
    items = (
        f"<li class='current'>{n}</li>" if n == number else f'<li><a href="{path}">{n}</a></li>'
        for n, path in enumerate(paths, 1)
    )
    return f"<ul class='pages'>{''.join(items)}</ul>"


def pages(root: str = "/long-road", *, texts: Sequence[Sequence[str]] = TEXTS, more: str = "") -> dict[str, str]:
    """Return an article over several pages, by path."""
    paths = [root if n == 1 else f"{root}?page={n}" for n in range(1, len(texts) + 1)]
    return {
        path: article(TITLE, [*text, more + pager(n, paths)])
        for n, (path, text) in enumerate(zip(paths, texts, strict=True), 1)
    }


def put(site: NewsSite, bodies: dict[str, str], *, listed: Sequence[str]) -> None:
    """Serve pages of which a feed lists some."""
    publish(site, {path: bodies[path] for path in listed})
    for path, body in bodies.items():
        site.add_page(path, body)


def config(directory: Path, site: NewsSite, *, crawl: str = "", **more: object) -> Path:
    return write_config(directory, [{"id": "gazette", "name": "The Gazette", "url": site.url(), **more}], crawl=crawl)


def stored(directory: Path) -> list[tuple[object, ...]]:
    """Return what the archive has of articles: path, text, status, versions."""
    found = rows(
        directory,
        "select url, text, text_status, (select group_concat(change) from versions v where v.article = a.id) as changes"
        " from articles a join texts t on t.article = a.id order by url",
    )
    return [(str(row["url"]).partition("/long")[2], row["text"], row["text_status"], row["changes"]) for row in found]


ONCE = [("-road", WHOLE, "full", "first")]


def test_three_pages_are_one_article_and_a_second_pass_adds_nothing(news_site: NewsSite, tmp_path: Path) -> None:
    put(news_site, pages(), listed=["/long-road"])
    path = config(tmp_path, news_site)
    assert one_pass(path).exit_code == 0
    assert stored(tmp_path) == ONCE
    asked = rows(tmp_path, "select url, outcome from fetches where kind = 'article' order by url")
    assert [row["outcome"] for row in asked] == ["new", "part", "part"]
    assert rows(tmp_path, "select fetched, new_articles, failed from coverage") == [
        {"fetched": 3, "new_articles": 1, "failed": 0}
    ]
    tables = ("articles", "versions", "captures", "evidence", "stories", "texts")
    before = {table: rows(tmp_path, f"select * from {table}") for table in tables}
    assert len(before["captures"]) == 3
    one_pass(path)
    assert {table: rows(tmp_path, f"select * from {table}") for table in tables} == before
    assert news_site.hits("/long-road?page=3") == 1


@pytest.mark.parametrize("listed", [["/long-road?page=2"], ["/long-road?page=3", "/long-road?page=2", "/long-road"]])
def test_links_to_later_pages_lead_to_the_one_article(
    news_site: NewsSite, tmp_path: Path, listed: Sequence[str]
) -> None:
    put(news_site, pages(), listed=listed)
    path = config(tmp_path, news_site)
    one_pass(path)
    one_pass(path)
    assert stored(tmp_path) == ONCE
    assert rows(tmp_path, "select count(*) as n from links where state = 'waiting'") == [{"n": 0}]


FIRST_PAGES = {
    "gone": (None, ["-road?page=2"]),
    "hardly an article": ("<html><body>Hello</body></html>", ["-road", "-road?page=2"]),
    "under another headline": (article("Gulls at the harbour", TEXTS[0]), ["-road", "-road?page=2"]),
    "another that names it": (
        article("Gulls at the harbour", [*TEXTS[0], pager(1, list(pages())[:2])]),
        ["-road", "-road?page=2"],
    ),
}


@pytest.mark.parametrize(("first", "expected"), FIRST_PAGES.values(), ids=FIRST_PAGES)
@pytest.mark.parametrize("listed", [["/long-road?page=2"], ["/long-road", "/long-road?page=2"]])
def test_a_later_page_of_nothing_is_an_article_of_its_own(
    news_site: NewsSite, tmp_path: Path, first: str | None, expected: list[str], listed: Sequence[str]
) -> None:
    put(news_site, pages(texts=TEXTS[:2]), listed=listed)
    news_site.add_page("/long-road", first or "gone", status=200 if first else 404)
    path = config(tmp_path, news_site)
    one_pass(path)
    one_pass(path)
    assert [row[0] for row in stored(tmp_path)] == expected
    assert stored(tmp_path)[-1] == ("-road?page=2", "\n\n".join(TEXTS[1]), "truncated", "first")


def test_a_later_page_waits_with_its_first_one_where_the_pass_ends_before(news_site: NewsSite, tmp_path: Path) -> None:
    put(news_site, pages(), listed=["/long-road?page=2"])
    news_site.add_answers("/long-road", Answer(status=429, headers={"Retry-After": "600"}, body=b"slow down"))
    path = config(tmp_path, news_site)
    one_pass(path, now=NOW)
    assert stored(tmp_path) == []
    news_site.add_page("/long-road", pages()["/long-road"])
    one_pass(path, now=NOW + timedelta(days=1))
    assert stored(tmp_path) == ONCE


def test_numbered_articles_that_name_each_other_are_all_kept(news_site: NewsSite, tmp_path: Path) -> None:
    head = '<link rel="prev" href="/brief/{}"><link rel="next" href="/brief/{}">'
    bodies = {
        f"/brief/{n}": article(f"Evening brief {n}", TEXTS[n - 3], head=head.format(n - 1, n + 1)) for n in (3, 4, 5)
    }
    publish(news_site, bodies)
    one_pass(config(tmp_path, news_site))
    titles = rows(tmp_path, "select title from articles order by url")
    assert [row["title"] for row in titles] == ["Evening brief 3", "Evening brief 4", "Evening brief 5"]


def test_a_later_page_in_hand_is_asked_as_the_article_it_belongs_to(news_site: NewsSite, tmp_path: Path) -> None:
    put(news_site, pages(), listed=[])
    given = Scope(urls=(news_site.url("/long-road?page=2"),))
    report = collect(load(config(tmp_path, news_site)), given, clock=lambda: NOW)
    assert stored(tmp_path) == ONCE
    assert report.in_hand
    assert (report.in_hand.asked, report.in_hand.wait) == (1, 0)


def test_the_view_with_the_whole_text_is_asked_instead(news_site: NewsSite, tmp_path: Path) -> None:
    bodies = pages(more='<a href="/long-road?page=all">View as single page</a>')
    bodies["/long-road?page=all"] = article(TITLE, [line for text in TEXTS for line in text])
    put(news_site, bodies, listed=["/long-road"])
    one_pass(config(tmp_path, news_site))
    assert stored(tmp_path) == ONCE
    assert [news_site.hits(path) for path in bodies] == [1, 0, 0, 1]


@pytest.mark.parametrize("view", ["", article("Subscribe", ["Here is a page on which one may subscribe to the Gazette for a fair price, every month."])])  # fmt: skip
def test_where_the_view_is_none_the_pages_are_read(news_site: NewsSite, tmp_path: Path, view: str) -> None:
    bodies = pages(more='<a href="/long-road?page=all">View as single page</a>')
    put(news_site, bodies, listed=["/long-road"])
    news_site.add_page("/long-road?page=all", view)
    one_pass(config(tmp_path, news_site))
    assert stored(tmp_path) == ONCE


def test_a_page_that_fails_cuts_the_text_and_its_return_is_no_edit(news_site: NewsSite, tmp_path: Path) -> None:
    bodies = pages()
    put(news_site, bodies, listed=["/long-road"])
    news_site.add_page("/long-road?page=3", "busy", status=500)
    path = config(tmp_path, news_site)
    one_pass(path, now=NOW)
    cut = "\n\n".join(line for text in TEXTS[:2] for line in text)
    assert stored(tmp_path) == [("-road", cut, "truncated", "first")]
    one_pass(path, now=NOW + timedelta(hours=1))
    assert stored(tmp_path) == [("-road", cut, "truncated", "first")]
    news_site.add_page("/long-road?page=3", bodies["/long-road?page=3"])
    one_pass(path, now=NOW + timedelta(days=1))
    assert stored(tmp_path) == ONCE
    assert rows(tmp_path, "select state from links") == [{"state": "unchanged"}]
    assert rows(tmp_path, "select count(*) as n from versions where text_digest = (select text_digest from articles)") == [{"n": 1}]  # fmt: skip


def test_a_later_look_compares_all_pages_and_a_failing_one_is_no_edit(news_site: NewsSite, tmp_path: Path) -> None:
    bodies = pages()
    put(news_site, bodies, listed=["/long-road"])
    path = config(tmp_path, news_site, crawl="recheck_hours = [1, 2, 3]")
    one_pass(path, now=NOW)
    news_site.add_page("/long-road?page=2", "busy", status=500)
    one_pass(path, now=NOW + timedelta(hours=1, minutes=1))
    assert stored(tmp_path) == ONCE
    edited = [
        *TEXTS[1][:2],
        "The town council has now read the second chapter, and counts the nets that were found again.",
    ]
    changed = pages(texts=[TEXTS[0], edited, TEXTS[2]])
    news_site.add_page("/long-road?page=2", changed["/long-road?page=2"])
    one_pass(path, now=NOW + timedelta(hours=8))
    expected = "\n\n".join([*TEXTS[0], *edited, *TEXTS[2]])
    assert stored(tmp_path) == [("-road", expected, "full", "first,text")]
    assert [row["state"] for row in rows(tmp_path, "select state from checks order by at")] == ["unknown", "changed"]


def test_a_reservation_on_a_later_page_holds(news_site: NewsSite, tmp_path: Path) -> None:
    put(news_site, pages(), listed=["/long-road"])
    news_site.add_page("/long-road?page=2", pages()["/long-road?page=2"], headers={"tdm-reservation": "1"})
    one_pass(config(tmp_path, news_site))
    assert stored(tmp_path) == [("-road", "\n\n".join(TEXTS[0]), "truncated", "first")]
    assert news_site.hits("/long-road?page=3") == 0


def test_pages_that_lead_in_a_circle_end(news_site: NewsSite, tmp_path: Path) -> None:
    head = '<link rel="next" href="/long-road?page={}">'
    bodies = {path: article(TITLE, TEXTS[n], head=head.format(n + 2)) for n, path in enumerate(list(pages())[:2])}
    bodies["/long-road?page=3"] = bodies["/long-road?page=2"]
    put(news_site, bodies, listed=["/long-road"])
    news_site.make_pages("/long-road?page", lambda path: Answer(body=bodies["/long-road?page=2"].encode()))
    one_pass(config(tmp_path, news_site))
    assert stored(tmp_path) == [("-road", "\n\n".join([*TEXTS[0], *TEXTS[1]]), "full", "first")]


def test_the_captures_alone_give_the_article_again(news_site: NewsSite, tmp_path: Path) -> None:
    put(news_site, pages(), listed=["/long-road"])
    path = config(tmp_path, news_site)
    one_pass(path)
    file = next((tmp_path / "archive" / "captures").rglob("*.warc.gz"))
    kept = list(captures(file))
    first = news_site.url("/long-road")
    assert [(each.url.partition("?")[2], each.part_of, each.part) for each in kept] == [
        ("", None, 1),
        ("page=2", first, 2),
        ("page=3", first, 3),
    ]
    loaded = load(path)
    again = Cleaner(loaded.outlets, loaded.topics).clean(*kept)
    assert isinstance(again, Article)
    assert (again.url, again.title, again.text, again.text_status, again.paging) == (first, TITLE, WHOLE, "full", None)
    assert [tag.topic for tag in again.tags] == ["turkey-nato"]


def test_all_pages_are_read_before_the_topic_is_judged(news_site: NewsSite, tmp_path: Path) -> None:
    put(news_site, pages(texts=[TEXTS[1], TEXTS[2], TEXTS[0]]), listed=["/long-road"])
    path = config(tmp_path, news_site)
    path.write_text(path.read_text().replace("[crawl]", '[archive]\nkeep = "matching"\n[crawl]'))
    one_pass(path)
    assert [row[2] for row in stored(tmp_path)] == ["full"]


def test_killed_between_two_pages_nothing_is_lost_and_nothing_is_there_twice(
    news_site: NewsSite, tmp_path: Path
) -> None:
    put(news_site, pages(), listed=["/long-road"])
    last = pages()["/long-road?page=3"]
    news_site.add_page("/long-road?page=3", last, wait_for=threading.Event())
    path = config(tmp_path, news_site)
    with Commands() as commands:
        pid = commands.start("collect", "--all", "--config", str(path), log=tmp_path / "log")
        news_site.wait_for_request("/long-road?page=3", timeout_s=120)
        kill(pid, group=True)
        commands.wait()
    assert stored(tmp_path) == []
    assert rows(tmp_path, "select state from links") == [{"state": "waiting"}]
    news_site.add_page("/long-road?page=3", last)
    one_pass(path)
    assert stored(tmp_path) == ONCE


def test_a_pass_that_ends_between_two_pages_keeps_what_it_has(news_site: NewsSite, tmp_path: Path) -> None:
    put(news_site, pages(), listed=["/long-road"])
    waits = Answer(status=429, headers={"Retry-After": "600"}, body=b"slow down")
    last = Answer(body=pages()["/long-road?page=3"].encode())
    news_site.add_answers("/long-road?page=2", waits, Answer(body=pages()["/long-road?page=2"].encode()))
    news_site.add_answers("/long-road?page=3", last)
    path = config(tmp_path, news_site)
    one_pass(path, now=NOW)
    assert stored(tmp_path) == [("-road", "\n\n".join(TEXTS[0]), "truncated", "first")]
    assert rows(tmp_path, "select state from links") == [{"state": "waiting"}]
    one_pass(path, now=NOW + timedelta(days=1))
    assert stored(tmp_path) == ONCE


def test_where_the_next_page_is_not_asked_the_article_is_kept_as_far_as_it_was_read(
    news_site: NewsSite, tmp_path: Path
) -> None:
    bodies = pages()
    for path, body in bodies.items():
        news_site.add_page(path, body)
    news_site.too_many_requests("/busy", retry_after="600")
    path = config(tmp_path, news_site)
    given = Scope(urls=(news_site.url("/long-road"), news_site.url("/busy")))
    collect(load(path), given, clock=lambda: NOW)
    assert [news_site.hits(each) for each in ("/busy", *bodies)] == [1, 1, 0, 0]
    assert stored(tmp_path) == [("-road", "\n\n".join(TEXTS[0]), "truncated", "first")]
    assert rows(tmp_path, "select count(*) as n from links where state = 'waiting'") == [{"n": 2}]
    news_site.remove_page("/busy")
    one_pass(path, now=NOW + timedelta(hours=1))
    assert stored(tmp_path) == ONCE


def test_an_edit_of_an_article_whose_next_page_was_another_is_a_version(news_site: NewsSite, tmp_path: Path) -> None:
    bodies = pages(texts=TEXTS[:2])
    bodies["/long-road?page=2"] = article("Gulls at the harbour", TEXTS[1])
    put(news_site, bodies, listed=["/long-road"])
    path = config(tmp_path, news_site, crawl="recheck_hours = [0]")
    one_pass(path, now=NOW)
    kept = "select text_status from articles where url like '%/long-road'"
    assert rows(tmp_path, kept) == [{"text_status": "full"}]
    news_site.add_page("/long-road", bodies["/long-road"].replace("harbours, and asks", "harbours, and now asks"))
    one_pass(path, now=NOW + timedelta(hours=1))
    changes = rows(tmp_path, "select change from versions v join articles a on a.id = v.article"
                             " where url like '%/long-road' order by v.rowid")  # fmt: skip
    assert [row["change"] for row in changes] == ["first", "text"]
