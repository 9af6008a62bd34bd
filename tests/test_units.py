"""The examples in docs/ are what they say they are."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from scheduler.cli import cli

DOCS = Path(__file__).resolve().parents[1] / "docs"
UNITS = ("cuttings.service", "cuttings-collect.service", "cuttings-collect.timer")


@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_units(name: str, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is absent: the unit files are not verified here")
    program = tmp_path / "cuttings"
    program.touch(mode=0o755)
    for unit in UNITS:  # what it starts must exist
        text = (DOCS / "systemd" / unit).read_text(encoding="utf-8")
        text = text.replace("/srv/cuttings/.venv/bin/cuttings", str(program)).replace(
            "file:/srv/cuttings/README.md", "file:/usr"
        )
        (tmp_path / unit).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "cuttings" in line and "User=" not in line]
    assert (ours, done.returncode) == ([], 0), done.stderr


def test_the_commands_of_the_examples_exist() -> None:
    texts = [path.read_text(encoding="utf-8") for path in DOCS.rglob("*") if path.is_file()]
    named = {word for text in texts for word in re.findall(r"bin/cuttings (?:-q )?([a-z]+)", text)}
    assert named == {"collect", "schedule", "digest"}
    assert named <= set(cli.commands)


def test_cron_calls_often_and_not_on_the_hour() -> None:
    lines = [
        line
        for line in (DOCS / "crontab").read_text(encoding="utf-8").splitlines()
        if "collect" in line and line[0] != "#"
    ]
    [minutes] = [line.split()[0] for line in lines]
    assert [int(minute) for minute in minutes.split(",")] == [7, 17, 27, 37, 47, 57]


def test_the_notice_shown_is_one_as_it_is_told() -> None:
    from test_judging import Weeks

    weeks = Weeks()
    weeks.live(29)
    weeks.live(2, authors="[]")
    [(body,)] = weeks.db.execute("select body from notices").fetchall()
    shown = re.search(r"```json\n(.+?)\n```", (DOCS / "running.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    assert " ".join(shown[1].split()) == body


def test_the_source_archive_has_the_documentation() -> None:
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert "docs" in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
