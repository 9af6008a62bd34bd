"""Documentation that can fail."""

import dataclasses
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from crawler.settings import Crawl
from scheduler.cli import cli
from scheduler.config import Notify, Schedule
from storage.records import Outlet, Topic
from storage.settings import Archive, Backup, Site

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
STARTER = (ROOT / "scheduler" / "starter.toml").read_text(encoding="utf-8")
SECTIONS = {"archive": Archive, "crawl": Crawl, "schedule": Schedule, "notify": Notify, "site": Site, "backup": Backup}


def test_the_readme_table_of_commands_is_as_generated() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "README.md"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, "run: cog -r README.md"


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_with_an_example(name: str) -> None:
    assert f"Example: cuttings {name}" in (cli.commands[name].help or "")


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_the_common_options(name: str) -> None:
    options = {
        text
        for parameter in cli.commands[name].params
        if isinstance(parameter, click.Option)
        for text in parameter.opts
    }
    assert {"--config", "-v", "-q"} <= options


def test_the_starter_shows_every_setting_with_its_default() -> None:
    shown = tomllib.loads(re.sub(r"^# ?(?=[a-z_]+ = )", "", STARTER, flags=re.MULTILINE))
    for section, record in SECTIONS.items():
        for field in dataclasses.fields(record):
            default = field.default
            value = (
                list(default) if isinstance(default, tuple) else str(default) if isinstance(default, Path) else default
            )
            assert shown[section][field.name] == value, f"{section}.{field.name}"


@pytest.mark.parametrize("field", [field.name for record in (Outlet, Topic) for field in dataclasses.fields(record)])
def test_the_starter_shows_every_key_of_outlets_and_topics(field: str) -> None:
    assert re.search(rf"\b{field}\b", STARTER)


@pytest.mark.parametrize("marker", ["demo", "tests"])
def test_the_readme_has_one_line_to_set_up_and_run(marker: str) -> None:
    block = re.search(rf"<!-- {marker} -->\n```sh\n(.+)\n```", README)
    assert block
    assert "\n" not in block[1]


def test_the_architecture_page_names_files_that_exist() -> None:
    for name in re.findall(r"`((?:crawler|storage|scheduler)/[\w/]+\.\w+)`", README):
        assert (ROOT / name).exists(), name
