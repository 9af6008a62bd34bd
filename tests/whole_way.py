"""Outlets on loopback → config.toml → `collect` → rows: what tests of the whole way share."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from news_pages import Item, feed_link, rss, section
from news_site import NewsSite

from scheduler.collect import Report, collect
from scheduler.config import load
from scheduler.scope import Scope

TOPICS = """
[[topics]]
id = "turkey-nato"
name = "Turkey–NATO relations"
query = '(=Turkey OR Türkiye OR Ankara OR Erdogan) AND (NATO OR "North Atlantic Alliance")'

[[topics]]
id = "russian-weapons"
name = "Russian weapons"
query = '(Russia OR Russian OR Moscow) AND (missile OR weapon OR weapons)'
"""


def publish(site: NewsSite, pages: Mapping[str, str], *, published: Mapping[str, str] | None = None) -> None:
    """Serve pages by path, with a front page that names a feed that names them all."""
    items = [Item(site.url(path), None, (published or {}).get(path)) for path in pages]
    for path, body in pages.items():
        site.add_page(path, body)
    site.add_page("/feed", rss(items), content_type="application/rss+xml")
    site.add_page("/", section([], head=feed_link("/feed")))


def write_config(
    directory: Path, outlets: Sequence[Mapping[str, object]], *, crawl: str = "", topics: str = TOPICS
) -> Path:
    """Write a config.toml for outlets on loopback; each needs `id`, `name` and `url`."""
    blocks = (
        "\n".join(
            ["[[outlets]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in outlet.items())]
        )
        for outlet in outlets
    )
    head = f"[crawl]\nallow_private_addresses = true\ndelay_s = 0.0\ntimeout_s = 10\n{crawl}\n"
    path = directory / "config.toml"
    path.write_text("\n\n".join([head, *blocks, topics]), encoding="utf-8")
    return path


def one_pass(config: Path, *, now: datetime | None = None) -> Report:
    """Collect once over all outlets."""
    return collect(load(config), Scope(everything=True), clock=lambda: now or datetime.now(UTC))


def rows(directory: Path, sql: str, *values: object) -> list[dict[str, object]]:
    """Read from the archive below `directory`."""
    with closing(sqlite3.connect(directory / "archive" / "cuttings.db")) as db:
        cursor = db.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
