"""The README's ten lines from a question to a table do what they say."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from archive_fixture import make_archive

README = Path(__file__).resolve().parents[1] / "README.md"
LINES = 10


def block() -> str:
    found = re.search(r"<!-- study -->\n```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_ten_lines_print_a_table(tmp_path):
    pytest.importorskip("pandas", reason="pandas is not installed: pip install '.[test]'")
    assert len(block().splitlines()) <= LINES
    (tmp_path / "archive").mkdir()
    make_archive(tmp_path / "archive" / "cuttings.db")
    (tmp_path / "config.toml").write_text("")
    programs = tmp_path / "bin"
    programs.mkdir()
    calls = {"cuttings": "-c 'from scheduler.cli import cli; cli()'", "python3": ""}
    for name, words in calls.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words} "$@"\n')
        (programs / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(README.parent)}
    done = subprocess.run(
        ["sh", "-ec", block()], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    table = done.stdout[done.stdout.index("class") :]
    assert re.search(r"kuzey +herald +0 +0 +2", table), table
