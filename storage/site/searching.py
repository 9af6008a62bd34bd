"""The search page: what was asked, what was understood, what was found."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from storage import search
from storage.errors import QueryError
from storage.site import charts, marks
from storage.site.questions import finding, watching

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ASKED = ("q", "from", "to", "outlet", "language", "topic", "scope")


def search_page(db: sqlite3.Connection, *, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Return what the search page shows; `problem` is a sentence when the query cannot be understood."""
    asked = {name: (arguments.get(name) or "").strip() for name in ASKED}
    page: dict[str, Any] = {
        "asked": asked, "problem": "", "hits": None, "outlets": watching.outlets(db), "topics": watching.topics(db),
        "languages": finding.languages(db),
    }  # fmt: skip
    if not asked["q"]:
        return page
    for name in ("from", "to"):
        if asked[name] and not DAY.fullmatch(asked[name]):
            return page | {"problem": f"“{name}” wants a day written as 2018-03-12, not “{asked[name]}”."}
    try:
        wanted = _understood(db, asked, arguments.get("before") or "")
    except QueryError as error:
        sentence, _, place = str(error).partition("\n")
        return page | {"problem": f"{sentence}.", "place": place}
    return page | _found(db, wanted, asked)


def _understood(db: sqlite3.Connection, asked: Mapping[str, str], before: str) -> finding.Search:
    match = search.match_expression(db, asked["q"])
    return finding.Search(
        match=match, since=asked["from"] or None, until=asked["to"] or None, outlet=asked["outlet"] or None,
        language=asked["language"] or None, topic=asked["topic"] or None, everything=asked["scope"] == "all",
        before=int(before) if before.isdecimal() else None,
    )  # fmt: skip


def _found(db: sqlite3.Connection, wanted: finding.Search, asked: Mapping[str, str]) -> dict[str, Any]:
    rows = finding.hits(db, wanted)
    whole = replace(wanted, before=None)
    months = {row["month"]: {"hits": row["articles"]} for row in finding.hit_months(db, whole)}
    ordered = charts.month_range(min(months), max(months)) if months else []
    last = rows[finding.PAGE - 1]["id"] if len(rows) > finding.PAGE else None
    return {
        "hits": [(row, marks.snippet(row["snippet"], finding.MARKS)) for row in rows[: finding.PAGE]],
        "count": finding.hit_count(db, whole),
        "most_counted": finding.MOST_COUNTED,
        "chart": charts.stacked(ordered, months, styles={"hits": "articles found"}, running=None, height=80),
        "months": [
            (month, months[month]["hits"], _link(asked, month)) for month in reversed(ordered) if month in months
        ],
        "next": "?" + urlencode({**{k: v for k, v in asked.items() if v}, "before": last}) if last else "",
    }


def _link(asked: Mapping[str, str], month: str) -> str:
    """Return the address of this search narrowed to a month."""
    return "?" + urlencode({k: v for k, v in asked.items() if v} | {"from": f"{month}-01", "to": f"{month}-31"})
