"""The command itself: words, exit codes, where options may stand."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from news_pages import article
from news_site import NewsSite, closed_port
from whole_way import publish, write_config

from scheduler.cli import cli

BODY = [
    f"Officials in Ankara sent the letter number {n} to NATO on Monday, and nobody has answered it so far."
    for n in range(4)
]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_the_version_is_the_distributions() -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, "cuttings, version 0.1.0\n")


@pytest.mark.parametrize("words", [("--config", "{}", "check"), ("check", "--config", "{}")], ids=["before", "after"])
def test_config_stands_before_or_after_the_command(words: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("")
    assert run(*(word.format(path) for word in words)).exit_code == 0


def test_the_environment_names_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[crawl]\nwrong = 1\n")
    monkeypatch.setenv("CUTTINGS_CONFIG", str(path))
    result = run("check")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: crawl.wrong: no such setting")


def test_init_writes_a_configuration_that_checks_and_never_overwrites(tmp_path: Path) -> None:
    assert run("init", str(tmp_path / "new")).exit_code == 0
    path = tmp_path / "new" / "config.toml"
    assert run("--config", str(path), "check").exit_code == 0
    again = run("init", str(tmp_path / "new"))
    assert again.exit_code == 2
    assert "left alone" in again.stderr


def test_collect_status_and_serve_say_what_they_found(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": article("A letter", BODY)})
    with closed_port() as nowhere:
        outlets = [{"id": "a", "name": "A", "url": news_site.url()}, {"id": "away", "name": "Away", "url": nowhere}]
        config = str(write_config(tmp_path, outlets))
        assert "no archive yet" in run("--config", config, "serve").stderr
        result = run("--config", config, "collect", "--json")
        assert result.exit_code == 1
        report = json.loads(result.stdout)
        assert (report["outlets"]["a"]["new_articles"], report["unanswered"]) == (1, ["away"])
        assert "away: could not be polled" in result.stderr
        quiet = run("--config", config, "collect", "--all", "-q")
        assert (quiet.stdout, quiet.exit_code) == ("", 1)
    status = run("--config", config, "status")
    assert status.exit_code == 1
    assert "away: failing" in status.stderr
    states = {
        row["outlet"]: row["state"] for row in json.loads(run("--config", config, "status", "--json").stdout)["outlets"]
    }
    assert states == {"a": "ok", "away": "failing"}


def test_check_online_names_what_an_outlet_lacks(news_site: NewsSite, tmp_path: Path) -> None:
    publish(news_site, {"/1": article("A letter", BODY)})
    config = str(write_config(tmp_path, [{"id": "a", "name": "A", "url": news_site.url()}]))
    result = run("--config", config, "check", "--online")
    assert "outlet a: found 1 feed or sitemap" in result.stdout
    assert "missing: date, author" in result.stdout
    assert not (tmp_path / "archive").exists()


def test_a_topic_whose_samples_fail_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[[topics]]\nid = "t"\nname = "T"\nquery = "NATO"\nmust_match = ["Nothing of the kind"]\n')
    result = run("--config", str(path), "check")
    assert result.exit_code == 1
    assert "Nothing of the kind" in result.stderr
