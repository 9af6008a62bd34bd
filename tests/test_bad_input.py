"""What goes wrong on the first day, through the command itself: a clear line, the right exit code, nothing lost."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from news_pages import Item, article, feed_link, rss, section
from news_site import NewsSite, closed_port
from whole_way import publish, rows, write_config

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-c", "from scheduler.cli import cli; cli()"]
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1
BODY = [
    "Officials in Ankara said on Tuesday that a paper on air defence would be sent to every NATO capital this week.",
    "The paper has nine pages and asks for a common budget, which two of the member countries have refused so far.",
    "A second meeting is planned for the end of the month, when the planners are to come with figures of their own.",
]


def command(directory: Path, *words: str, **options: object) -> subprocess.Popen[str]:
    """Start `cuttings` in `directory` as a process of its own, in a group of its own as a terminal would."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]), "NO_COLOR": "1"}
    return subprocess.Popen(
        [*COMMAND, *words], cwd=directory, env=env, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


def cuttings(directory: Path, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
    with command(directory, *words, **options) as process:
        out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def assert_one_clear_line(done: subprocess.CompletedProcess[str], *said: str) -> None:
    assert "Traceback" not in done.stderr + done.stdout
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    for words in said:
        assert words in lines[0]


def outlet(url: str, **more: object) -> Mapping[str, object]:
    return {"id": "gazette", "name": "The Gazette", "url": url, **more}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[[outlets]]\nid = 'a'\nname = 'A'\nurll = 'http://a.example/'\n", "urll"),
        ("[crawl]\ndelay_s = 'two'\n", "delay_s"),
        ("[[outlets]]\nid = 'a'\nname = 'A'\n", "url"),
        ("[crawl\n", "config.toml"),
        ("[[topics]]\nid = 't'\nname = 'T'\nquery = 'Ankara AND ('\n", "topics[0].quer"),
    ],
    ids=["unknown key", "wrong type", "missing", "not TOML", "query"],
)
@pytest.mark.parametrize("word", ["collect", "check"])
def test_a_broken_config_is_named_and_nothing_touched(toml: str, said: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(toml)
    done = cuttings(tmp_path, word)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_no_config_at_all_says_how_to_get_one(tmp_path: Path) -> None:
    done = cuttings(tmp_path, "collect")
    assert done.returncode == 2
    assert_one_clear_line(done, "config.toml", "cuttings init")


def test_an_outlet_out_of_reach_does_not_stop_the_others(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/a": article("Ankara writes to NATO", BODY, published="2026-03-02T10:00:00+03:00")})
    with closed_port() as nowhere:
        write_config(tmp_path, [outlet(news_site.url()), {"id": "away", "name": "Away", "url": nowhere}])
        done = cuttings(tmp_path, "collect")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "away" in done.stderr
    assert "Traceback" not in done.stderr
    assert [row["outlet"] for row in rows(tmp_path, "select outlet from articles")] == ["gazette"]
    assert {"network"} == {row["outcome"] for row in rows(tmp_path, "select * from fetches where outlet = 'away'")}


def test_what_is_not_an_article_is_an_outcome(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/a": article("Ankara writes to NATO", BODY), "/b.pdf": "", "/c": "", "/d": "", "/e": ""})
    news_site.add_page("/b.pdf", b"%PDF-1.7 \xff\xfe", content_type="application/pdf")
    news_site.add_page("/c", "<html><body></body></html>")
    news_site.remove_page("/d")
    news_site.add_page("/e", b"\x00\xff" * 500)
    write_config(tmp_path, [outlet(news_site.url())])
    done = cuttings(tmp_path, "collect")
    assert done.returncode == 0, done.stderr
    found = rows(tmp_path, "select url, outcome from fetches where kind = 'article'")
    outcomes = {str(row["url"]).rpartition("/")[2]: row["outcome"] for row in found}
    assert outcomes.pop("e") in ("no_text", "not_html", "parse_error")
    assert outcomes == {"a": "new", "b.pdf": "not_html", "c": "no_text", "d": "gone"}


@pytest.mark.parametrize("body", [b"", rss([]).encode(), b"not a feed"], ids=["no bytes", "no entries", "no feed"])
def test_an_empty_feed_is_no_failure_of_the_program(body: bytes, news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/feed", body, content_type="application/rss+xml")
    write_config(tmp_path, [outlet(news_site.url(), feeds=[news_site.url("/feed")])])
    done = cuttings(tmp_path, "collect")
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": 0}]


def test_a_second_collect_says_so_and_leaves(news_site: NewsSite, tmp_path: Path) -> None:
    go = threading.Event()
    publish(news_site, {"/a": article("Ankara writes to NATO", BODY)})
    news_site.add_page("/a", article("Ankara writes to NATO", BODY), wait_for=go)
    write_config(tmp_path, [outlet(news_site.url())], crawl="")
    with command(tmp_path, "collect") as first:
        news_site.wait_for_request("/a", timeout_s=60)
        second = cuttings(tmp_path, "collect")
        go.set()
        first.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "another" in (second.stdout + second.stderr).lower()
    assert news_site.hits("/a") == 1
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": 1}]


def test_a_folder_that_cannot_be_written_is_one_line(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/a": article("Ankara writes to NATO", BODY)})
    write_config(tmp_path, [outlet(news_site.url())])
    tmp_path.chmod(0o555)
    try:
        done = cuttings(tmp_path, "collect", preexec_fn=obey_permissions)
    finally:
        tmp_path.chmod(0o755)
    assert done.returncode in (1, 2)
    assert_one_clear_line(done, "archive")
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def obey_permissions() -> None:
    """Give up root's right to write anywhere, so that the test means the same for every user."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


def test_ctrl_c_in_the_middle_loses_and_doubles_nothing(news_site: NewsSite, tmp_path: Path) -> None:
    never = threading.Event()
    first = article("Ankara writes to NATO", BODY)
    slow = article("NATO answers Ankara", [line.replace("paper", "answer") for line in reversed(BODY)])
    publish(news_site, {"/a": first, "/slow": slow})
    news_site.add_page("/slow", slow, wait_for=never)
    write_config(tmp_path, [outlet(news_site.url())])
    with command(tmp_path, "collect") as process:
        news_site.wait_for_request("/slow", timeout_s=60)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130, err[-500:]
    assert "Traceback" not in err[-500:]
    assert [row["result"] for row in rows(tmp_path, "select result from runs")] == ["interrupted"]
    never.set()
    assert cuttings(tmp_path, "collect", "--all").returncode == 0
    titles = [row["title"] for row in rows(tmp_path, "select title from articles order by title")]
    assert titles == ["Ankara writes to NATO", "NATO answers Ankara"]
    assert cuttings(tmp_path, "verify").returncode == 0


def test_a_front_page_without_feed_lists_articles(news_site: NewsSite, tmp_path: Path) -> None:
    items = [Item(f"/2026/03/0{n}/ankara-writes-to-nato-{n}", f"Ankara writes to NATO, part {n}") for n in range(1, 4)]
    for item in items:
        news_site.add_page(item.url, article(item.title or "", [f"{line} {item.title}." for line in BODY]))
    news_site.add_page("/", section(items, head=feed_link("/gone-feed")))
    write_config(tmp_path, [outlet(news_site.url())])
    done = cuttings(tmp_path, "collect")
    assert "Traceback" not in done.stderr
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": 3}]
