"""Fixtures every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from news_site import NewsSite

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def news_site() -> Iterator[NewsSite]:
    """A running web server on loopback."""
    with NewsSite() as site:
        yield site


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
