"""Who is told of changes of health: once, again when it is well, and again until it was heard."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from news_pages import article
from news_site import NewsSite
from whole_way import one_pass, publish, rows, write_config

from scheduler import notify
from scheduler.settings import Notify
from storage import archive, notices

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAGE = article(
    "A report of the week", ["The harbour was closed for the winter, the mayor said on Monday after a meeting."] * 3
)


@contextmanager
def hook(*statuses: int) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """A webhook that answers with `statuses` in turn, the last for ever; yields its address and what it was told."""
    heard: list[dict[str, object]] = []
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = left.pop(0) if len(left) > 1 else left[0]
            if status == 200:
                heard.append(json.loads(body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settings(tmp_path: Path, site: NewsSite, told: str) -> Path:
    return write_config(
        tmp_path, [{"id": "gazette", "name": "The Gazette", "url": site.url()}], topics=f"[notify]\n{told}\n"
    )


def heard_by_command(tmp_path: Path) -> list[dict[str, object]]:
    path = tmp_path / "told"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_an_outlet_that_fails_and_is_well_again_is_told_once_each_by_both_ways(
    news_site: NewsSite, tmp_path: Path
) -> None:
    publish(news_site, {"/1": PAGE})
    with hook(200) as (address, heard):
        config = settings(tmp_path, news_site, f'command = "cat >> {tmp_path}/told"\nwebhook = "{address}"')
        one_pass(config, now=NOON)
        assert (heard, heard_by_command(tmp_path)) == ([], [])
        for path in ("/", "/feed"):
            news_site.add_page(path, status=500)
        for n in (1, 2):
            one_pass(config, now=NOON + n * HOUR)
        publish(news_site, {"/1": PAGE})
        for n in (3, 4):
            one_pass(config, now=NOON + n * HOUR)
    assert heard == heard_by_command(tmp_path)
    assert [(said["state"], said["was"], said["well"], said["at"]) for said in heard] == [
        ("failing", "ok", False, "2026-03-02T13:00:00Z"),
        ("recovered", "failing", True, "2026-03-02T15:00:00Z"),
    ]
    assert set(heard[0]) == {"outlet", "name", "at", "about", "since", "state", "was", "well", "detail", "words"}
    assert (heard[0]["outlet"], heard[0]["name"], heard[0]["about"]) == ("gazette", "The Gazette", "state")
    assert str(heard[0]["words"]).startswith("The Gazette: failing: f")
    assert heard[1]["words"] == "The Gazette: recovered, was failing"


def test_what_could_not_be_told_is_said_and_told_at_the_next_pass(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/", status=500)
    with hook(503, 200) as (address, heard):
        config = settings(tmp_path, news_site, f'command = "echo no mail here >&2; exit 7"\nwebhook = "{address}"')
        first, second = (one_pass(config, now=NOON + n * HOUR).said for n in (0, 1))
    assert first == (
        "notify.command: exit code 7: no mail here; told again at the next pass",
        "notify.webhook: HTTP Error 503: Service Unavailable; told again at the next pass",
    )
    assert second == first[:1]
    assert len(heard) == 1
    assert rows(tmp_path, "select waiting from notices") == [{"waiting": '["command"]'}]
    assert [row["result"] for row in rows(tmp_path, "select result from runs")] == ["attention", "attention"]


def test_with_nobody_to_tell_changes_are_only_kept(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/", status=500)
    assert one_pass(settings(tmp_path, news_site, ""), now=NOON).said == ()
    assert rows(tmp_path, "select outlet, waiting from notices") == [{"outlet": "gazette", "waiting": "[]"}]


def test_notices_are_told_in_order_and_those_behind_a_failure_wait(tmp_path: Path) -> None:
    db = archive.open_memory()
    run = archive.start_run(db, "collect", now=NOON)
    db.execute("insert into outlets (id, name, url) values ('a', 'A', 'https://a.example/')")
    for n in range(3):
        notices.add(db, "a", {"n": n}, channels=["command"], run=run, now=NOON)
    told = tmp_path / "told"
    fails_at_one = f"grep -v '\"n\": 1' >> {told}"
    said = notify.tell(db, Notify(command=fails_at_one), user_agent="x")
    assert said == ["notify.command: exit code 1; told again at the next pass"]
    assert [notice.body for notice in notices.untold(db)] == ['{"n": 1}', '{"n": 2}']
    assert notify.tell(db, Notify(command=f"cat >> {told}"), user_agent="x") == []
    assert [json.loads(line)["n"] for line in told.read_text().splitlines()] == [0, 1, 2]


def test_a_way_that_is_no_longer_configured_has_nobody_to_tell() -> None:
    db = archive.open_memory()
    run = archive.start_run(db, "collect", now=NOON)
    db.execute("insert into outlets (id, name, url) values ('a', 'A', 'https://a.example/')")
    notices.add(db, "a", {}, channels=["webhook"], run=run, now=NOON)
    assert notify.tell(db, Notify(), user_agent="x") == []
    assert notices.untold(db) == []


def test_a_command_that_hangs_does_not_hold_up_the_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "COMMAND_S", 0.1)
    assert notify.run_command("exec sleep 30", "{}") == "took longer than 0.1 s"


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://no such host/", "https://127.0.0.1:9/"])
def test_a_webhook_that_is_not_there_is_a_line(address: str) -> None:
    assert notify.post(address, "{}", user_agent="x")
