"""`cuttings schedule` as a process: it is woken, asked to end, told to read its configuration anew."""

import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from news_pages import article
from news_site import Answer, NewsSite
from processes import COMMAND
from whole_way import one_pass, publish, rows, write_config

from scheduler.cli import cli
from scheduler.collect import Report
from scheduler.config import Config, load
from scheduler.daemon import Daemon, earliest_pass
from scheduler.status import stopped
from scheduler.stopping import Stop
from storage import archive

HOUR = timedelta(hours=1)
LIMIT_S = 60  # for a line to come: a loaded machine
OUTLET = {"id": "gazette", "name": "The Gazette"}
PAGE = article(
    "A report of the week", ["The harbour was closed for the winter, the mayor said on Monday after a meeting."] * 3
)


class Running:
    """A daemon in a process of its own, read line by line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def line(self) -> dict[str, object]:
        """Return the next line of its log."""
        assert self.process.stderr
        said: dict[str, object] = json.loads(self.process.stderr.readline())
        return said

    def end(self) -> float:
        """Send SIGTERM; return the seconds until it has ended, with exit code 0."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(LIMIT_S) == 0
        return time.monotonic() - began


@contextmanager
def running(config: Path) -> Iterator[Running]:
    words = [*COMMAND, "--config", str(config), "schedule"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        watch = threading.Timer(LIMIT_S, process.kill)
        watch.start()
        try:
            yield Running(process)
        finally:
            watch.cancel()
            process.kill()


def test_it_makes_a_pass_at_once_says_one_line_and_ends_when_asked(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": PAGE})
    with running(write_config(tmp_path, [{**OUTLET, "url": news_site.url()}])) as daemon:
        line = daemon.line()
        assert (line["level"], line["outlets"], line["new_articles"]) == ("info", 1, 1)
        assert str(line["message"]).startswith("pass 1: 1 outlet; 1 new article, 0 on topic;")
        assert daemon.end() < 10
        assert daemon.line()["message"] == "stopped"
    assert rows(tmp_path, "select command, result from runs") == [{"command": "collect", "result": "done"}]


def test_a_pass_that_hangs_ends_in_time_and_loses_nothing(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": PAGE, "/2": PAGE})
    news_site.add_answers("/2", Answer(body=b"<html>", wait_for=threading.Event()))
    with running(write_config(tmp_path, [{**OUTLET, "url": news_site.url()}])) as daemon:
        news_site.wait_for_request("/2", timeout_s=LIMIT_S)
        assert daemon.end() < 10
        assert daemon.line()["interrupted"] is True
    assert rows(tmp_path, "select state from links where url like '%/2'") == [{"state": "waiting"}]
    assert rows(tmp_path, "select result from runs") == [{"result": "interrupted"}]
    news_site.add_page("/2", PAGE.replace("report", "second report"))
    one_pass(tmp_path / "config.toml")
    assert {row["state"] for row in rows(tmp_path, "select state from links")} == {"new"}


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_what_an_interrupted_pass_left_is_asked_soon_after_the_next_start(
    news_site: NewsSite, tmp_path: Path, ended_by: signal.Signals
) -> None:
    publish(news_site, {"/1": PAGE, "/2": PAGE.replace("report", "second report")})
    news_site.add_answers("/2", Answer(body=b"<html>", wait_for=threading.Event()))
    with running(write_config(tmp_path, [{**OUTLET, "url": news_site.url(), "every": "1d"}])) as daemon:
        news_site.wait_for_request("/2", timeout_s=LIMIT_S)
        daemon.process.send_signal(ended_by)
        daemon.process.wait(LIMIT_S)
    news_site.add_page("/2", PAGE.replace("report", "second report"))
    with closing(sqlite3.connect(tmp_path / "archive" / "cuttings.db")) as db, db:  # the machine was off for a while
        db.execute("update fetches set at = strftime('%Y-%m-%dT%H:%M:%SZ', at, '-6 minutes')")
    with running(tmp_path / "config.toml") as daemon:
        assert daemon.line()["outlets"] == 1
        assert {row["state"] for row in rows(tmp_path, "select state from links")} == {"new"}
        assert earliest_pass(load(tmp_path / "config.toml"), now=datetime.now(UTC)) > datetime.now(UTC) + HOUR, "once"
        daemon.end()


def test_a_wrong_configuration_is_named_and_the_old_one_stays(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": PAGE})
    config = write_config(tmp_path, [{**OUTLET, "url": news_site.url()}])
    good = config.read_text()
    with running(config) as daemon:
        daemon.line()
        config.write_text(good + "\n[wrong]\n")
        daemon.process.send_signal(signal.SIGHUP)
        said = daemon.line()
        assert (said["level"], str(said["message"]).partition(":")[0]) == (
            "error",
            "configuration not reloaded, the old one stays in force",
        )
        assert "wrong: no such setting" in str(said["message"])
        with NewsSite() as other:
            publish(other, {"/1": PAGE.replace("report", "paper")})
            config.write_text(good + f'\n[[outlets]]\nid = "b"\nname = "B"\nurl = "{other.url()}"\n')
            daemon.process.send_signal(signal.SIGHUP)
            assert daemon.line()["message"] == "configuration reloaded: 2 outlets"
            assert daemon.line()["outlets"] == 1  # the new one; the other is not due
        daemon.end()


def test_with_nobody_to_ask_it_says_so_and_waits_for_a_configuration_that_names_somebody(
    news_site: NewsSite, tmp_path: Path
) -> None:
    publish(news_site, {"/1": PAGE})
    config = write_config(tmp_path, [{**OUTLET, "url": news_site.url(), "active": False}])
    with running(config) as daemon:
        assert daemon.line()["message"] == "no outlet is active: nothing will be asked"
        config.write_text(config.read_text().replace("active = false", ""))
        daemon.process.send_signal(signal.SIGHUP)
        assert daemon.line()["message"] == "configuration reloaded: 1 outlet"
        assert daemon.line()["new_articles"] == 1
        daemon.end()


@pytest.mark.parametrize(
    ("schedule", "wait"),
    [
        ('every = "2h"\nadaptive = false', timedelta(hours=2)),
        ('cron = "0 5 * * *"\ntimezone = "Europe/Berlin"', timedelta(hours=16)),
    ],
    ids=["interval", "cron"],
)
def test_the_next_pass_is_when_the_archive_says(
    news_site: NewsSite, tmp_path: Path, schedule: str, wait: timedelta
) -> None:
    publish(news_site, {"/1": PAGE})
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    path = write_config(tmp_path, [{**OUTLET, "url": news_site.url()}], topics=f"[schedule]\n{schedule}\n")
    assert earliest_pass(load(path), now=noon) == noon
    one_pass(path, now=noon)
    assert abs(earliest_pass(load(path), now=noon) - noon - wait) <= timedelta(minutes=7)


def test_status_says_when_nobody_makes_passes_any_more(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": PAGE})
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    path = write_config(tmp_path, [{**OUTLET, "url": news_site.url(), "every": "1d"}])
    one_pass(path, now=noon)
    with closing(archive.open_archive(tmp_path / "archive" / "cuttings.db")) as db:
        assert stopped(db, load(path), now=noon + 36 * HOUR) is None, "the outlet is hardly due"
        said = stopped(db, load(path), now=noon + timedelta(days=4))
        assert str(said).startswith("no pass since 2 March, though outlets are due")
        archive.start_run(db, "collect", now=noon + timedelta(days=4, hours=-1))
        assert stopped(db, load(path), now=noon + timedelta(days=4)) is None, "one is being made"
    result = CliRunner().invoke(cli, ["status", "--config", str(path)])  # today, long after
    assert (result.exit_code, "nor cron seems to run" in result.stderr) == (1, True)


def test_an_outlet_that_was_asked_by_a_clock_that_ran_ahead_is_due(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": PAGE})
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    path = write_config(tmp_path, [{**OUTLET, "url": news_site.url()}])
    one_pass(path, now=noon + timedelta(days=400))
    assert earliest_pass(load(path), now=noon) == noon


def test_a_host_that_asked_us_to_wait_is_no_reason_for_a_pass(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.too_many_requests("/", retry_after="7200")
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    path = write_config(tmp_path, [{**OUTLET, "url": news_site.url(), "every": "1m"}])
    one_pass(path, now=noon)
    assert earliest_pass(load(path), now=noon + timedelta(hours=1)) == noon + timedelta(hours=2)


def test_clocks_that_jump_back_and_passes_that_fail_do_not_stop_it(tmp_path: Path) -> None:
    path = write_config(tmp_path, [{**OUTLET, "url": "http://127.0.0.1:9/"}])
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    clock = iter([noon] * 4 + [noon - timedelta(days=400)] * 20)
    passes: list[datetime] = []

    def make_pass(config: Config, stop: Stop) -> Report:
        passes.append(noon)
        if len(passes) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return Report(outlets={}, said=("the webhook does not answer",))

    daemon = Daemon(load(path), make_pass, lambda: load(path), clock=lambda: next(clock))
    _without_the_last_moment(daemon.run)
    assert len(passes) == 2


def _without_the_last_moment(run: Callable[[], None]) -> None:
    """Run a daemon in this process: SIGTERM must not end the tests."""
    timers = set(threading.enumerate())
    run()
    for thread in set(threading.enumerate()) - timers:
        if isinstance(thread, threading.Timer):
            thread.cancel()
