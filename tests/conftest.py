"""Fixtures every test may use."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from archive_fixture import make_archive
from news_site import NewsSite

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def news_site() -> Iterator[NewsSite]:
    """A running web server on loopback."""
    with NewsSite() as site:
        yield site


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with a little of everything."""
    return make_archive(tmp_path / "cuttings.db")


@pytest.fixture
def run(archive: Path, tmp_path: Path) -> Callable[..., Path]:
    """Export a study of `archive`, given as TOML behind its title; returns the folder."""
    from storage import study  # not for every test: pyarrow takes half a second
    from storage.export import export

    def make(toml: str = "", name: str = "out") -> Path:
        export(archive, study.parse(f'title = "A study"\n{toml}'), tmp_path / name)
        return tmp_path / name

    return make


@pytest.fixture
def shared() -> Path:
    """The folder of texts and pages that are not part of this project."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` beside this project is absent")
    return SHARED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have measured (`record_property("figures", ...)`), also when they pass and run in processes."""
    reports = [
        report for found in terminalreporter.stats.values() for report in found if hasattr(report, "user_properties")
    ]
    measured = {
        (report.nodeid, text) for report in reports for name, text in report.user_properties if name == "figures"
    }
    if measured:
        terminalreporter.section("figures")
        for node, text in sorted(measured):
            terminalreporter.write_line(f"{node}\n{text}")
