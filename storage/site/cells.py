"""Cells of stock table and query pages: ids lead to our pages, outside addresses are safe."""

import re
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from storage.site.phrases import safe_url

PAGES = {
    "article": "article", "source": "article", "origin": "article",
    "story": "story", "source_story": "story",
    "outlet": "outlet", "source_outlet": "outlet", "origin_outlet": "outlet", "to_outlet": "outlet",
    "topic": "topic",
}  # fmt: skip
"""Column → the page its value is an id of."""
OWN_PAGES = {"articles": "article", "stories": "story", "outlets": "outlet", "topics": "topic"}
"""Table → the page of its `id`."""
NUMBER, NAME = re.compile(r"[0-9]+"), re.compile(r"[a-z0-9][a-z0-9_-]*")
IDS = {"article": NUMBER, "story": NUMBER, "outlet": NAME, "topic": NAME}
SHOWN = 80


def cell(value: object, *, column: str, table: str | None, urls: Any) -> Markup | None:
    """Return the cell's HTML, or None to leave it to Datasette. A foreign key comes as `{value, label}`."""
    key, label = (value["value"], value["label"]) if isinstance(value, dict) else (value, value)
    page = OWN_PAGES.get(table or "") if column == "id" else PAGES.get(column)
    if page and IDS[page].fullmatch(str(key)):
        return Markup('<a href="{}">{}</a>').format(urls.path(f"/{page}/{key}"), label if label is not None else key)
    if isinstance(value, str) and "://" in value[:12] and column.endswith("url"):
        return _outside(value)
    return None


def _outside(url: str) -> Markup:
    shown = url if len(url) <= SHOWN else url[:SHOWN] + "…"
    if href := safe_url(url):
        return Markup('<a href="{}" rel="noopener noreferrer nofollow ugc">{}</a>').format(href, shown)
    return Markup("{}").format(shown)


def address(page: str, key: object) -> str:
    """Return the path of one of our pages."""
    return f"/{page}/{quote(str(key), safe='')}"
