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
