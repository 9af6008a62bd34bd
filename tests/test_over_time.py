"""Outlets over days: edits, removals and returns, feeds that move, GUIDs that lie, a 304 that is none."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from news_pages import Item, article, rss
from news_site import NewsSite
from whole_way import one_pass, rows, write_config

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
SUBJECTS = (
    "air defence", "harbour dues", "grain silos", "border posts", "rail freight", "steel quotas", "fishing rights",
    "gas storage", "mine clearing", "visa rules", "satellite links", "winter coal", "flood barriers", "night trains",
)  # fmt: skip


def page(n: int, *, title: str = "", extra: Sequence[str] = (), aside: Sequence[str] = ()) -> str:
    """Return the article about the subject of this number, whose words no other has."""
    subject = SUBJECTS[n]
    lines = [
        f"Officials in Ankara said on Monday that the paper on {subject} had been sent to NATO planners in Brussels.",
        f"It has {n + 40} pages on {subject} and asks for a budget that “two of the members” have refused so far.",
        f"A second meeting about {subject} is planned for the end of the month, with figures nobody has seen yet.",
    ]
    return article(title or f"Ankara and NATO quarrel over {subject}", [*lines, *extra], aside=aside)


def at(config: Path, hours: float) -> None:
    """Make a pass so many hours after the first."""
    one_pass(config, now=NOW + timedelta(hours=hours))


def configured(folder: Path, site: NewsSite, *, crawl: str = "", feeds: Sequence[str] = ("/feed",)) -> Path:
    outlet = {"id": "gazette", "name": "The Gazette", "url": site.url(), "feeds": [site.url(feed) for feed in feeds]}
    return write_config(folder, [outlet], crawl=crawl)


def add_feed(
    site: NewsSite,
    paths: Sequence[str],
    path: str = "/feed",
    *,
    guids: Mapping[str, str] | None = None,
    **answer: object,
) -> None:
    items = [Item(site.url(each), f"Report {each}", guid=(guids or {}).get(each)) for each in paths]
    site.add_page(path, rss(items), content_type="application/rss+xml", **answer)


def stored(folder: Path) -> list[str]:
    return [str(row["url"]).rsplit("/", 1)[1] for row in rows(folder, "select url from articles order by url")]


def changes(folder: Path) -> list[tuple[str, str]]:
    """Return what versions after the first were for, in their order."""
    sql = "select url, change from versions v join articles a on a.id = v.article where change <> 'first' order by v.rowid"
    return [(str(row["url"]).rsplit("/", 1)[1], str(row["change"])) for row in rows(folder, sql)]


def states(folder: Path) -> list[str]:
    return [str(row["state"]) for row in rows(folder, "select state from checks order by rowid")]


def test_a_304_that_is_a_lie_is_found_out_by_another_feed(news_site: NewsSite, tmp_path: Path) -> None:
    """The liar's ETag never changes. Once it is caught it is asked without conditions."""
    for n in range(5):
        news_site.add_page(f"/{n}", page(n))
    add_feed(news_site, ["/0"], "/liar", etag='"same"')
    add_feed(news_site, ["/1"], "/honest")
    config = configured(tmp_path, news_site, feeds=("/liar", "/honest"))
    at(config, 0)
    add_feed(news_site, ["/0", "/2"], "/liar", etag='"same"')
    add_feed(news_site, ["/1", "/3"], "/honest")
    at(config, 1)
    assert stored(tmp_path) == ["0", "1", "2", "3"]
    add_feed(news_site, ["/0", "/2", "/4"], "/liar", etag='"same"')
    at(config, 2)
    assert stored(tmp_path) == ["0", "1", "2", "3", "4"]


def test_a_304_is_not_believed_for_more_than_a_day(news_site: NewsSite, tmp_path: Path) -> None:
    for n in range(2):
        news_site.add_page(f"/{n}", page(n))
    add_feed(news_site, ["/0"], etag='"same"')
    config = configured(tmp_path, news_site)
    at(config, 0)
    add_feed(news_site, ["/0", "/1"], etag='"same"')
    for hours in (1, 12, 25):
        at(config, hours)
    assert stored(tmp_path) == ["0", "1"]


def test_an_honest_304_is_believed(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/0", page(0))
    add_feed(news_site, ["/0"], etag='"1"')
    config = configured(tmp_path, news_site)
    for hours in (0, 1, 2):
        at(config, hours)
    assert [request.headers.get("if-none-match") for request in news_site.requests if request.path == "/feed"] == [
        None,
        '"1"',
        '"1"',
    ]


def test_a_new_headline_at_a_new_address_is_the_same_article_where_guids_can_be_trusted(
    news_site: NewsSite, tmp_path: Path
) -> None:
    paths = [f"/report-{n}" for n in range(12)]
    guids = {path: f"tag:gazette.example,2026:{10_000 + n}" for n, path in enumerate(paths)}
    for n, path in enumerate(paths):
        news_site.add_page(path, page(n))
    config = configured(tmp_path, news_site)
    for hours in range(3):  # the document changes from pass to pass, its GUIDs stay
        add_feed(news_site, paths[: 10 + hours], guids=guids)
        at(config, hours)
    assert len(stored(tmp_path)) == 12
    moved = "/ankara-and-nato-agree-at-last"
    news_site.add_page(moved, page(3, title="Ankara and NATO agree at last"))
    news_site.redirect(paths[3], moved, status=301)
    renamed = [moved if path == paths[3] else path for path in paths]
    add_feed(news_site, renamed, guids={**guids, moved: guids[paths[3]]})
    at(config, 4)
    assert len(stored(tmp_path)) == 12
    assert [change for _, change in changes(tmp_path)] == ["title"]


@pytest.mark.parametrize("guid", ["the same for all", "new each time", "a position"])
def test_guids_that_lie_lose_nothing_and_double_nothing(guid: str, news_site: NewsSite, tmp_path: Path) -> None:
    config = configured(tmp_path, news_site)
    for hours in range(4):
        paths = [f"/report-{n}" for n in reversed(range(3 * (hours + 1)))]
        for n in range(3 * (hours + 1)):
            news_site.add_page(f"/report-{n}", page(n))
        made = {
            "the same for all": dict.fromkeys(paths, "https://gazette.example/item"),
            "new each time": {path: f"build-{hours}-{path}" for path in paths},
            "a position": {path: f"item-{place:06}" for place, path in enumerate(paths)},
        }
        add_feed(news_site, paths, guids=made[guid])
        at(config, hours)
    assert len(stored(tmp_path)) == 12
    assert [news_site.hits(f"/report-{n}") for n in range(12)] == [1] * 12
    assert changes(tmp_path) == []


def test_an_edit_is_a_version_and_new_furniture_is_none(news_site: NewsSite, tmp_path: Path) -> None:
    for n in range(3):
        news_site.add_page(f"/{n}", page(n))
    add_feed(news_site, ["/0", "/1", "/2"])
    config = configured(tmp_path, news_site, crawl="recheck_hours = [1, 2]")
    at(config, 0)
    straight = page(0, aside=["Ships wait outside the harbour", "A winter without coal"])
    news_site.add_page("/0", straight.replace("“", '"').replace("”", '"').replace("</p>\n<p>", " </p>\n\n <p>  "))
    news_site.add_page("/1", page(1, extra=["Correction: an earlier report named the wrong harbour, the paper said."]))
    news_site.add_page("/2", page(2, title="A headline that was rewritten in the evening"))
    at(config, 1.1)
    assert sorted(changes(tmp_path)) == [("1", "text"), ("2", "title")]
    at(config, 2.1)
    assert len(changes(tmp_path)) == 2
    texts = [str(row["text"]) for row in rows(tmp_path, "select text from versions where change = 'text'")]
    assert "Correction: an earlier report" in texts[0]


@pytest.mark.parametrize(
    ("answer", "state", "versions"),
    [
        ({"status": 410}, "gone", ["gone", "back"]),
        ({"status": 404}, "gone", ["gone", "back"]),
        ({"status": 302, "headers": {"Location": "/"}}, "gone", ["gone", "back"]),
        ({"status": 403}, "refused", []),
        ({"status": 451}, "refused", []),
        ({"status": 500}, "unknown", []),
        ({"drop": True}, "unknown", []),
        ({"content_type": "application/pdf", "body": b"%PDF-1.7"}, "unknown", []),
    ],
    ids=["410", "404", "to the front page", "403", "451", "500", "no answer", "a pdf"],
)
def test_gone_refused_and_unknown_are_different_and_a_return_is_recorded(
    answer: dict[str, object], state: str, versions: list[str], news_site: NewsSite, tmp_path: Path
) -> None:
    news_site.add_page("/", "<html><body><p>The front page of the Gazette.</p></body></html>")
    news_site.add_page("/0", page(0))
    add_feed(news_site, ["/0"])
    config = configured(tmp_path, news_site, crawl="recheck_hours = [1, 3]")
    at(config, 0)
    news_site.add_page("/0", **{"body": b"", **answer})  # type: ignore[arg-type]
    at(config, 1.1)
    news_site.add_page("/0", page(0))
    at(config, 3.1)
    assert states(tmp_path)[0] == state
    assert states(tmp_path)[-1] == "alive"
    assert [change for _, change in changes(tmp_path)] == versions
    assert rows(tmp_path, "select count(*) as n from articles where gone_at is not null") == [{"n": 0}]


def test_articles_are_looked_at_again_when_due_and_at_no_other_time(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/0", page(0))
    news_site.add_page("/off", article("Winter in the town", ["Nobody spoke of anything but the cold, they say."] * 3))
    add_feed(news_site, ["/0", "/off"])
    config = configured(tmp_path, news_site)
    hits = []
    for hours in (0, 23, 25, 26, 100, 169, 200, 721, 800, 4321, 4400):
        at(config, hours)
        hits.append(news_site.hits("/0"))
    assert hits == [1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5]
    assert news_site.hits("/off") == 1
    assert changes(tmp_path) == []


def test_an_article_of_a_site_that_was_broken_for_two_days_is_stored(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/0", status=500)
    add_feed(news_site, ["/0"])
    config = configured(tmp_path, news_site)
    for hours in range(48):
        at(config, hours)
    assert rows(tmp_path, "select state from links") == [{"state": "waiting"}]
    news_site.add_page("/0", page(0))
    for hours in range(48, 73):
        at(config, hours)
    assert stored(tmp_path) == ["0"]


def test_a_look_that_came_to_nothing_is_made_again_and_not_at_once(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/0", page(0))
    add_feed(news_site, ["/0"])
    config = configured(tmp_path, news_site, crawl="recheck_hours = [24]")
    at(config, 0)
    news_site.add_page("/0", content_type="application/pdf", body=b"%PDF-1.7")
    hits = []
    for hours in (25, 26, 30, 32, 33):
        at(config, hours)
        hits.append(news_site.hits("/0"))
    assert hits == [2, 2, 2, 3, 3]
    news_site.add_page("/0", page(0))
    for hours in (40, 47, 60):
        at(config, hours)
    assert states(tmp_path) == ["unknown", "unknown", "alive"]


def test_looks_that_come_to_nothing_for_a_week_end(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/0", page(0))
    add_feed(news_site, ["/0"])
    config = configured(tmp_path, news_site, crawl="recheck_hours = [24]")
    at(config, 0)
    news_site.add_page("/0", content_type="application/pdf", body=b"%PDF-1.7")
    for days in (2, 4, 6, 8, 10, 12, 14):
        at(config, 24 * days + 1)
    assert states(tmp_path) == ["unknown"] * 4
