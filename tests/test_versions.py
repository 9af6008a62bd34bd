"""Later looks: what is a version, what only the page moving on, and what gone, refused and unknown are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from news_pages import article
from news_site import Answer, NewsSite
from warcio.archiveiterator import ArchiveIterator
from whole_way import one_pass, publish, rows, write_config

from storage import archive, indexing

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINES = (
    "Ankara wrote to NATO on Monday about the harbour, officials told reporters in the capital.",
    "The blast in the harbour left 12 dead and 30 wounded, the governor said in a short statement.",
    "Nobody answered before the evening, and the ministry would not say when an answer was expected.",
    "NATO ministers are to meet in Brussels on Thursday, where the letter is expected to be discussed.",
)


def page(*lines: str, head: str = "", foot: str = "") -> str:
    body = article("A letter from Ankara to NATO", list(lines or LINES), published="2026-03-02T10:00:00+03:00")
    first, last = f"<p>{LINES[0]}", f"{LINES[-1]}</p>"
    return body.replace(first, head + first, 1).replace(last, last + foot, 1)


@pytest.fixture
def config(news_site: NewsSite, tmp_path: Path) -> Path:
    outlet = {"id": "gazette", "name": "Gazette", "url": news_site.url("/"), "feeds": [news_site.url("/feed")]}
    publish(news_site, {"/politics/letter-1": page()})
    path = write_config(tmp_path, [outlet], crawl="recheck_hours = [0]")
    one_pass(path, now=NOW)
    return path


def look(config: Path, hours: int) -> list[tuple[str, str]]:
    """Make a pass; return every version's change and every check's state so far."""
    one_pass(config, now=NOW + timedelta(hours=hours))
    changes = rows(config.parent, "select change from versions order by rowid")
    states = rows(config.parent, "select state from checks order by rowid")
    return [(str(row["change"]), "") for row in changes[1:]] + [("", str(row["state"])) for row in states]


def test_a_page_that_moves_on_is_no_version_and_an_edit_beside_it_is(
    config: Path, news_site: NewsSite, tmp_path: Path
) -> None:
    moved_on = page(head="<p>1,234 views</p>", foot="<p>17 comments</p><p>Read also: Ferry fares rise again</p>")
    news_site.add_page("/politics/letter-1", moved_on.replace("would not", "would&nbsp;not"))
    assert look(config, 1) == [("", "alive")]
    assert rows(tmp_path, "select count(*) as n from captures") == [{"n": 1}]
    lines = [line.replace("12 dead", "14 dead") for line in LINES]
    news_site.add_page("/politics/letter-1", page(*lines, foot="<p>18 comments</p>"))
    assert look(config, 2) == [("text", ""), ("", "alive"), ("", "changed")]
    assert rows(tmp_path, "select count(*) as n from captures") == [{"n": 2}]


def test_a_story_that_goes_on_later_is_a_version_even_where_it_said_so(
    config: Path, news_site: NewsSite, tmp_path: Path
) -> None:
    breaking = (*LINES[:2], "This is a breaking story, more to follow…")
    news_site.add_page("/politics/letter-1", page(*breaking))
    assert look(config, 1)[0] == ("text", "")
    news_site.add_page("/politics/letter-1", page(*breaking, *LINES[2:]))
    assert [change for change, _ in look(config, 2) if change] == ["text", "text"]
    kept = rows(tmp_path, "select text from versions order by rowid")
    assert str(kept[1]["text"]).endswith("more to follow…")


def test_what_has_not_changed_is_neither_sent_nor_cleaned_nor_kept_again(
    config: Path, news_site: NewsSite, tmp_path: Path
) -> None:
    news_site.add_page("/politics/letter-1", page() + "<!-- 2 -->", etag='"v2"')
    look(config, 1)
    assert look(config, 2) == [("", "alive"), ("", "alive")]
    assert rows(tmp_path, "select status from checks order by rowid") == [{"status": 200}, {"status": 304}]
    news_site.add_page("/politics/letter-1", page() + "<!-- 2 -->")
    look(config, 3)
    found = rows(tmp_path, "select status, reason from checks order by rowid desc limit 1")
    assert found == [{"status": 200, "reason": "the same bytes"}]
    assert rows(tmp_path, "select count(*) as n from captures") == [{"n": 1}]


def test_an_unchanged_answer_is_a_revisit_record(config: Path, tmp_path: Path) -> None:
    assert look(config, 1) == [("", "alive")]
    (path,) = (tmp_path / "archive" / "captures").rglob("*.warc.gz")
    with path.open("rb") as file:
        kinds = [(record.rec_type, record.rec_headers["WARC-Target-URI"]) for record in ArchiveIterator(file)]
    (url,) = (url for kind, url in kinds if kind == "response")
    assert [target for kind, target in kinds if kind == "revisit"] == [url]


def test_gone_refused_and_unknown_are_different_and_a_return_is_recorded(
    config: Path, news_site: NewsSite, tmp_path: Path
) -> None:
    path = "/politics/letter-1"
    news_site.add_page("/", "<html><body><h1>Gazette</h1><p>All the news there is.</p></body></html>")
    news_site.add_page("/politics", "<html><body><h1>Politics</h1><p>Every letter there is.</p></body></html>")
    for hours, answer in enumerate(
        [
            Answer(status=403),
            Answer(status=410),
            Answer(status=404),
            Answer(status=500),
            Answer(status=302, headers={"Location": "/"}),
            Answer(status=302, headers={"Location": "/politics/"}),
        ],
        1,
    ):
        news_site.add_answers(path, answer)
        look(config, hours)
    news_site.add_page(path, page(*LINES, "The answer came on Tuesday, and it was a short one, the ministry said."))
    look(config, 9)
    states = ["refused", "gone", "gone", "unknown", "gone", "gone", "changed"]
    assert [row["state"] for row in rows(tmp_path, "select state from checks order by rowid")] == states
    changes = [row["change"] for row in rows(tmp_path, "select change from versions order by rowid")]
    assert changes == ["first", "gone", "text", "back"]
    assert rows(tmp_path, "select gone_at, url like '%letter-1' as here from articles") == [
        {"gone_at": None, "here": 1}
    ]


def test_other_rules_of_ours_make_no_version(config: Path, news_site: NewsSite, tmp_path: Path) -> None:
    db = archive.open_archive(tmp_path / "archive" / "cuttings.db")
    old = "\n\n".join(["A caption that older rules left in, which the outlet has not touched.", *LINES])
    with db.atomic():
        (id_,) = db.execute("select id from articles").fetchone()
        indexing.unindex_article(db, id_)
        db.execute("update articles set extractor = 'older', text_digest = 'other'")
        db.execute("update texts set text = ?", [old])
        db.execute("update versions set text = ?, text_digest = 'other'", [old])
        indexing.index_article(db, id_)
    db.close()
    news_site.add_page("/politics/letter-1", page() + "<!-- 2 -->")
    assert look(config, 1) == [("", "alive")]
    (stored,) = rows(tmp_path, "select t.text, v.text as version from texts t join versions v on v.article = t.article")
    assert stored["text"] == stored["version"] == "\n\n".join(LINES)
    news_site.add_page("/politics/letter-1", page(*LINES[:3]))
    assert look(config, 2) == [("text", ""), ("", "alive"), ("", "changed")]
