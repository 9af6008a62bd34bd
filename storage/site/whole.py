"""Data as CSV, and a query's as a bare JSON array, has every row: Datasette alone would stop at a page or a thousand, unsaid.

A table's bare array is a page of it, as in every Datasette; its `Link` header says where the next one is.
"""

import re
from urllib.parse import parse_qsl, urlencode

from storage.site.database import DRAWN, LISTING, WHOLE
from storage.site.headers import App, Message, Receive, Send

STOCK = re.compile(r"^/cuttings(?=[/.]|$)")
DATA = re.compile(r"^/cuttings(/[^/]+)?\.(?P<format>csv|json)$")
ROWS = re.compile(r"^/cuttings/[^/]+$")
REFUSED = {"_searchmode", "_timelimit"}
"""What readers may not ask Datasette for: raw searches (`a*` finds most of an archive; ours take `*` too), and time limits
of their own, since it answers one that is no number with an error."""
BARE = {"array", "arrayfirst"}
"""Shapes of JSON with no room to say that rows are missing."""


def whole(app: App) -> App:
    """Return `app` with what it gives as data given whole."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and STOCK.match(scope["path"]):
            asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            kept = [(name, value) for name, value in asked if name not in REFUSED]
            data = DATA.match(scope["path"])
            csv = data is not None and data["format"] == "csv"
            DRAWN.set(data is None)
            WHOLE.set(csv or (data is not None and any(name == "_shape" and value in BARE for name, value in asked)))
            LISTING.set(ROWS.match(scope["path"]) is not None and not any(name == "sql" for name, _ in asked))
            if csv or kept != asked:
                scope = {**scope, "query_string": urlencode(_streaming(kept) if csv else kept).encode("latin-1")}
        await app(scope, receive, send)

    return answer


def _streaming(asked: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the query of a CSV's address with all pages asked for, unless a reader wants so many rows."""
    kept = [(name, value) for name, value in asked if (name, value) != ("_size", "max") and name != "_stream"]
    return kept if any(name in {"_size", "_next"} for name, _ in kept) else [*kept, ("_stream", "on")]
