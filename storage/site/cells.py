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
UNLABELLED = (
    ('<select name="_filter_column', '<select aria-label="Filter by column" name="_filter_column'),
    ('<select name="_filter_op', '<select aria-label="How the column is compared" name="_filter_op'),
    ('<input type="text" name="_filter_value', '<input type="text" aria-label="Compared with" name="_filter_value'),
    ('<select name="_sort"', '<select aria-label="Sort by column" name="_sort"'),
    (
        '<dl class="column-descriptions">',
        '<details><summary>What the columns mean</summary><dl class="column-descriptions">',
    ),
)
"""What Datasette's table page lacks for readers who do not see it, and what is too long to stand above every table."""


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


def labelled(html: Markup) -> Markup:
    """Return Datasette's table page with labels on its fields and the meaning of its columns folded."""
    text = str(html)
    for there, ours in UNLABELLED:
        text = text.replace(there, ours)
    if "<summary>What the columns mean" in text:
        text = text.replace("</dl>", "</dl></details>", 1)
    return Markup(text)  # noqa: S704  what Datasette's own template has escaped


def address(page: str, key: object) -> str:
    """Return the path of one of our pages."""
    return f"/{page}/{quote(str(key), safe='')}"
