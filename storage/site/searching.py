"""The search page: what was asked, what was understood, what was found."""

import re
import sqlite3
from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from storage import search
from storage.errors import QueryError
from storage.query import parse
from storage.site import charts, marks
from storage.site.phrases import CLASSES
from storage.site.questions import finding, watching

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ASKED = ("q", "from", "to", "outlet", "language", "topic", "class", "scope")
NARROWING = {
    "from": "from that day on", "to": "up to that day", "outlet": "at that outlet", "language": "in that language",
    "topic": "on that topic", "class": "with that finding about their text",
}  # fmt: skip
"""Filter → what it asks of the articles found."""
SHORTEST_OPEN = 3  # letters before a `*`: with two, 780,000 hits took 1.6 s


def search_page(db: sqlite3.Connection, *, arguments: Mapping[str, str], before: int | None = None) -> dict[str, Any]:
    """Return what the search page shows; `problem` is a sentence when the query cannot be understood.

    `before` is the id the page starts below, for older hits.
    """
    asked = {name: (arguments.get(name) or "").strip() for name in ASKED}
    page: dict[str, Any] = {
        "asked": asked, "problem": "", "hits": None, "outlets": watching.outlet_names(db), "topics": watching.topic_names(db),
        "languages": finding.languages(db), "classes": CLASSES, "place": "",
    }  # fmt: skip
    if not asked["q"]:
        return page
    try:
        wanted = _understood(db, asked, before)
    except QueryError as error:
        sentence, _, place = str(error).partition("\n")
        return page | {"problem": f"{sentence}.", "place": place}
    return page | _found(db, wanted, asked)


def search_data(
    db: sqlite3.Connection, *, arguments: Mapping[str, str], before: int | None = None
) -> tuple[list[dict[str, Any]], str]:
    """Return the rows a search finds, newest first, and the address's query of those that are left; raises QueryError."""
    asked = {name: (arguments.get(name) or "").strip() for name in ASKED}
    rows = finding.all_hits(db, _understood(db, asked, before))
    most = finding.MOST_GIVEN
    further = _link(asked, before=str(rows[most - 1]["id"])) if len(rows) > most else ""
    return [dict(row) for row in rows[:most]], further


def query_problem(query: str) -> str:
    """Return why a query cannot be read as one, in a sentence; else nothing."""
    try:
        parse(query, hints=False)
    except QueryError as error:
        return str(error).partition("\n")[0]
    return ""


def _is_day(text: str) -> bool:
    try:
        return bool(DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _understood(db: sqlite3.Connection, asked: Mapping[str, str], before: int | None) -> finding.Search:
    for name in ("from", "to"):
        if asked[name] and not _is_day(asked[name]):
            raise QueryError(asked[name], 0, f"“{name}” wants a day written as 2018-03-12")
    match = search.match_expression(db, asked["q"])
    return finding.Search(
        match=match, since=asked["from"] or None, until=asked["to"] or None, outlet=asked["outlet"] or None,
        language=asked["language"] or None, topic=asked["topic"] or None, class_=asked["class"] or None,
        everything=asked["scope"] == "all", before=before,
    )  # fmt: skip


def _found(db: sqlite3.Connection, wanted: finding.Search, asked: Mapping[str, str]) -> dict[str, Any]:
    rows = finding.hits(db, wanted)
    whole = replace(wanted, before=None)
    found = finding.hit_days(db, whole)
    period, counts = _by_period({row["day"]: row["articles"] for row in found if row["day"]})
    between = charts.day_range if period == "day" else charts.month_range
    ordered = between(min(counts), max(counts)) if counts else []
    last = rows[finding.PAGE - 1]["id"] if len(rows) > finding.PAGE else None
    return {
        "hits": [
            (row, *(marks.snippet(row[name], finding.MARKS) for name in ("headline", "snippet")))
            for row in rows[: finding.PAGE]
        ],
        "count": sum(row["articles"] for row in found),
        "most_counted": finding.MOST_COUNTED,
        "most_given": finding.MOST_GIVEN,
        "chart": charts.over_time(ordered, counts, words="articles found", running=None, size=(640, 80)),
        "period": period,
        "periods": [(name, counts[name]) for name in reversed(ordered) if name in counts],
        "links": {name: _link(asked, **_within(name)) for name in counts},
        "next": _link(asked, before=str(last)) if last else "",
        "data": _link(asked),
        "wider": [] if rows else _wider(asked),
    }


def _wider(asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return searches that may find what this one does not: (what is different, address)."""
    ways = []
    words = asked["q"].split()
    if words and words[-1].isalpha() and len(words[-1]) >= SHORTEST_OPEN:
        ways.append((f"words that begin with “{words[-1]}”", _link(asked, q=f"{asked['q']}*")))
    if len(words) > 1 and all(word.isalpha() for word in words):
        ways.append(("articles that hold any one of these words", _link(asked, q=" OR ".join(words))))
    ways += [(f"also articles that are not {words}", _link(asked, **{name: ""}))
             for name, words in NARROWING.items() if asked[name]]  # fmt: skip
    if asked["scope"] != "all" and not asked["topic"]:
        ways.append(("also articles on no topic", _link(asked, scope="all")))
    return ways


def _link(asked: Mapping[str, str], **changed: str) -> str:
    """Return the address of this search with some of its parts changed; an empty one is dropped."""
    return "?" + urlencode({name: value for name, value in {**asked, **changed}.items() if value})


def _by_period(days: Mapping[str, int]) -> tuple[str, dict[str, int]]:
    """Return what a bar is of and the bars' counts: months, days where all is within two months."""
    months: Counter[str] = Counter()
    for day, number in days.items():
        months[day[:7]] += number
    few = bool(months) and len(charts.month_range(min(months), max(months))) <= charts.MONTHS_BY_DAY
    return ("day", dict(days)) if few else ("month", dict(months))


def _within(period: str) -> dict[str, str]:
    """Return the filters of a month, `YYYY-MM`, or a day."""
    if DAY.fullmatch(period):
        return {"from": period, "to": period}
    days = monthrange(int(period[:4]), int(period[5:]))[1]
    return {"from": f"{period}-01", "to": f"{period}-{days}"}
