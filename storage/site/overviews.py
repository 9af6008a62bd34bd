"""What the pages over many articles show, put together from the archive's rows: front, topic, outlet, flow, method."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from storage.site import charts
from storage.site.phrases import CLASSES, HEALTH_ORDER, count, fine_percent
from storage.site.questions import Row, finding, watching

Page = dict[str, Any]
CALENDAR_WEEKS = 26
LARGEST_MATRIX = 24  # rows and columns; the table under it has everything
LARGEST_TABLE = 50  # pairs: 200 outlets have 15,000, a page of 1.4 MB; all of them are there as data
SMALL_MULTIPLES = 12
TOP_REPRINTERS = 10
WELL = frozenset({"ok", "recovered"})
"""States of an outlet that need nobody's attention."""
CELL = 34


class Measure(NamedTuple):
    """A curve of attention."""

    heading: str
    words: str
    """Of a bar."""
    of: Callable[[Row], float]
    """Its height, from a row of `attention`."""
    tall: int = 80
    say: Callable[[float], str] = "{:,}".format


MEASURES = (
    Measure("Articles", "articles", lambda row: row["articles"], tall=140),
    Measure("Stories: one text counts once", "stories", lambda row: row["stories"]),
    Measure("Share of all that was kept", "of all that was kept", lambda row: row["share"] or 0, say=fine_percent),
)


def front(db: sqlite3.Connection) -> Page:
    """Return what the front page shows."""
    last = watching.last_pass(db)
    topics = _with_weeks(watching.topics(db), watching.topic_weeks(db, last["day"]))
    outlets = _with_weeks(watching.outlets(db), watching.outlet_weeks(db, last["day"]))
    return {
        "last": last,
        "totals": watching.totals(db),
        "new": watching.new_since(db, last["at"]),
        "topics": topics,
        "troubled": [item for item in _worst_first(outlets) if item["row"]["state"] not in WELL],
        "well": [item for item in _worst_first(outlets) if item["row"]["state"] in WELL],
        "unusual": [("topic", item) for item in topics if item["unusual"]]
        + [("outlet", item) for item in outlets if item["unusual"]],
        "stories": watching.shared_stories(db, 12),
        "articles": watching.newest(db, 15),
    }


def topic(db: sqlite3.Connection, *, id_: str) -> Page | None:
    """Return what `/topic/ID` shows, or None."""
    found = watching.topic(db, id_)
    if found is None:
        return None
    last = watching.last_pass(db)
    attention = watching.attention(db, id_)
    period = _grain([row["month"] for row in attention], last)
    if period == "day":
        attention = watching.attention_days(db, id_)
    periods = _periods([row[period] for row in attention], last[period] or "")
    flows, by_outlet = finding.flows(db, topic=id_), watching.outlet_periods(db, id_, period)
    busiest = list(dict.fromkeys(row["outlet"] for row in by_outlet))
    kept = watching.all_by_period(db, busiest[:SMALL_MULTIPLES], period)
    return {
        "topic": found,
        "last": last,
        "queries": json.loads(found["queries"] or "{}"),
        "versions": watching.topic_versions(db, id_),
        "attention": list(reversed(attention)),
        "charts": [
            (
                measure.heading,
                charts.over_time(
                    periods,
                    {row[period]: measure.of(row) for row in attention},
                    words=measure.words,
                    running=last[period],
                    size=(640, measure.tall),
                    say=measure.say,
                ),
            )
            for measure in MEASURES
        ],
        "period": period,
        "outlets": _multiples(busiest[:SMALL_MULTIPLES], by_outlet, kept, periods, last[period]),
        "outlet_count": len(busiest),
        "reprinters": _reprinters(flows, {row["outlet"]: row["all_periods"] for row in by_outlet}),
        "stories": watching.topic_stories(db, id_, 12),
        "articles": watching.newest(db, 20, topic=id_),
        "flows": flows[:12],
    }


def outlet(db: sqlite3.Connection, *, id_: str) -> Page | None:
    """Return what `/outlet/ID` shows, or None."""
    found = watching.outlet(db, id_)
    if found is None:
        return None
    last = watching.last_pass(db)
    period, periods, counts = _classes(db, id_, last)
    flows = finding.flows(db, outlet=id_)
    return {
        "outlet": found,
        "missing": watching.missing_fields(db, id_),
        "last": last,
        "groups": json.loads(found["groups"]),
        "calendar": _calendar(watching.coverage(db, id_, last["day"], CALENDAR_WEEKS * 7), last["day"]),
        "weeks": CALENDAR_WEEKS,
        "charts": _class_charts(periods, counts, last[period]),
        "period": period,
        "classes": [(name, counts[name]) for name in sorted(counts, reverse=True)],
        "class_names": list(CLASSES),
        "takes": [row for row in flows if row["outlet"] == id_][:LARGEST_TABLE],
        "given": [row for row in flows if row["watched"] and row["source"] == id_][:LARGEST_TABLE],
        "largest": LARGEST_TABLE,
        "rights": watching.rights(db, id_),
        "feeds": watching.sources_watched(db, id_),
        "articles": watching.newest(db, 20, outlet=id_),
    }


def flow(db: sqlite3.Connection, *, topic: str | None, month: str | None) -> Page:
    """Return what `/flow` shows."""
    flows = finding.flows(db, topic=topic, month=month)
    return {
        "flows": flows[:LARGEST_TABLE],
        "pairs": len(flows),
        "matrix": _matrix(flows),
        "topics": watching.topic_names(db),
        "months": finding.months(db),
        "topic": topic,
        "month": month,
    }


def method(db: sqlite3.Connection) -> Page:
    """Return what `/method` shows."""
    outlets = finding.outlet_coverage(db)
    topics = [
        (row, json.loads(row["queries"] or "{}"))
        for id_ in _ids(watching.topic_names(db))
        if (row := watching.topic(db, id_))
    ]
    return {
        "last": watching.last_pass(db),
        "totals": watching.totals(db),
        "runs": finding.runs(db),
        "outlets": outlets,
        "never": [row["name"] for row in outlets if not row["days"]],
        "topics": topics,
        "counts": finding.counts(db),
        "story_methods": finding.story_methods(db),
        "classes": list(CLASSES),
    }


def _ids(rows: Iterable[Row]) -> list[str]:
    return [row["id"] for row in rows]


def _grain(months: Sequence[str], last: Row) -> watching.Period:
    """Return what a bar is of: a curve of a month or two would be a bar or two, so those are drawn by day."""
    if not months:
        return "month"
    return (
        "day" if len(charts.month_range(min(months), max(*months, last["month"]))) <= charts.MONTHS_BY_DAY else "month"
    )


def _periods(known: Sequence[str], last: str) -> list[str]:
    """Return every month or day from the first known to the last pass, so that a curve that ended is seen to end."""
    between = charts.month_range if len(last) == len("2018-03") else charts.day_range
    return between(min(known), max(*known, last)) if known else []


def _classes(
    db: sqlite3.Connection, id_: str, last: Row
) -> tuple[watching.Period, list[str], dict[str, dict[str, int]]]:
    """Return what a bar is of, the bars' periods and an outlet's articles by period and class."""
    rows = watching.classes_by_period(db, id_, "month")
    period = _grain([row["period"] for row in rows], last)
    if period == "day":
        rows = watching.classes_by_period(db, id_, period)
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        counts[row["period"]][row["class"]] = row["articles"]
    return period, _periods(list(counts), last[period] or ""), counts


def _with_weeks(rows: list[Row], weekly: list[Row]) -> list[Page]:
    """Return each row with its weekly counts, their small chart and what is unusual about this week."""
    weeks: defaultdict[str, list[int]] = defaultdict(lambda: [0] * watching.WEEKS)
    for row in weekly:
        weeks[row["id"]][watching.WEEKS - 1 - row["weeks_ago"]] = row["articles"]
    return [
        {"row": row, "weeks": week, "now": week[-1], "chart": charts.weeks_chart(week), "unusual": charts.usual(week)}
        for row in rows
        for week in [weeks[row["id"]]]
    ]


def _worst_first(outlets: list[Page]) -> list[Page]:
    place = {state: at for at, state in enumerate(HEALTH_ORDER)}
    return sorted(outlets, key=lambda item: (place.get(item["row"]["state"], len(place)), item["row"]["name"]))


def _class_charts(
    periods: list[str], counts: Mapping[str, Mapping[str, int]], running: str | None
) -> list[tuple[str, int, charts.Chart]]:
    """Return class, articles and small chart of each class an outlet's articles have, all on one scale."""
    most = max((number for of in counts.values() for number in of.values()), default=0)
    by_class = {name: {at: of[name] for at, of in counts.items() if of.get(name)} for name in CLASSES}
    return [
        (name, sum(of.values()), charts.over_time(
            periods, of, words=CLASSES[name].words, running=running, highest=most, size=(300, 80),
        ))
        for name, of in by_class.items() if of
    ]  # fmt: skip


def _multiples(
    busiest: list[str], rows: list[Row], kept: list[Row], periods: list[str], running: str | None
) -> list[Page]:
    """Return a small chart for each of the busiest outlets: the topic's share of all that was kept of it."""
    shown = {row["outlet"]: row for row in rows}
    on_topic = {(row["outlet"], row["period"]): row["articles"] for row in rows}
    shares: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in kept:
        at = row["outlet"], row["period"]
        shares[row["outlet"]][row["period"]] = on_topic.get(at, 0) / row["articles"]
    return [
        {
            "outlet": shown[id_],
            "shares": shares[id_],
            "chart": charts.over_time(
                periods, shares[id_], words="of all that was kept of it", running=running,
                size=(200, 48), say=fine_percent,
            ),
        }
        for id_ in busiest
    ]  # fmt: skip


def _reprinters(flows: list[Row], all_articles: Mapping[str, int]) -> list[Page]:
    """Return the outlets that carry most of others' text on a topic, with what share of their articles that is."""
    sums: dict[str, Page] = {}
    for row in flows:
        found = sums.setdefault(row["outlet"], {
            "id": row["outlet"], "name": row["outlet_name"], "articles": 0, "credited": 0, "uncredited": 0,
        })  # fmt: skip
        for name in ("articles", "credited", "uncredited"):
            found[name] += row[name] or 0
    for id_, found in sums.items():
        found["share"] = found["articles"] / all_articles[id_] if all_articles.get(id_) else None
    return sorted(sums.values(), key=lambda found: (-found["articles"], found["name"]))[:TOP_REPRINTERS]


def _calendar(coverage: list[Row], day: str | None) -> list[charts.Cell]:
    days = {row["collected_day"]: _asked(row) for row in coverage if row["polls"]}
    return charts.calendar(day, days, weeks=CALENDAR_WEEKS) if day else []


def _asked(row: Row) -> tuple[str, str]:
    """Return how a day's polls went, as the style of its square and in words."""
    asked = f"{count(row['polls'], 'poll')}, {row['polls_failed']} failed, {count(row['new_articles'], 'new article')}"
    if row["polls"] <= row["polls_failed"]:
        return "unanswered", f"{asked}; no answer"
    if row["gap_suspected"]:
        return "gap", f"{asked}; a gap is suspected"
    return "partial" if row["polls_failed"] or row["failed"] else "full", asked


def _matrix(flows: list[Row]) -> Page:
    """Return sources down, reprinting outlets across, the largest first."""
    down: defaultdict[tuple[str, int], int] = defaultdict(int)
    across: defaultdict[str, int] = defaultdict(int)
    names: dict[object, str] = {}
    for row in flows:
        source = (row["source"], row["watched"])
        down[source] += row["articles"]
        across[row["outlet"]] += row["articles"]
        names[source], names[row["outlet"]] = row["source_name"], row["outlet_name"]
    rows = sorted(down, key=lambda key: (-down[key], key))[:LARGEST_MATRIX]
    columns = sorted(across, key=lambda key: (-across[key], key))[:LARGEST_MATRIX]
    most = max((row["articles"] for row in flows), default=1)
    cells = []
    for row in flows:
        source = (row["source"], row["watched"])
        if source in rows and row["outlet"] in columns:
            unclear = row["articles"] - row["credited"] - row["uncredited"]
            counts = (
                f"{count(row['articles'], 'article')}, {row['credited']} with credit, {row['uncredited']} without"
                f"{f', {unclear} citing it or unclear' if unclear else ''}"
            )
            cells.append(charts.Cell(
                x=columns.index(row["outlet"]) * CELL, y=rows.index(source) * CELL, text=str(row["articles"]),
                label=f"{row['outlet_name']} from {row['source_name']}: {counts}",
                style=f"level-{1 + 3 * row['articles'] // most}{' without' if row['uncredited'] else ''}",
            ))  # fmt: skip
    return {
        "cells": cells, "rows": [(names[key], place * CELL, key[1]) for place, key in enumerate(rows)],
        "columns": [(names[key], place * CELL) for place, key in enumerate(columns)], "cell": CELL,
        "width": len(columns) * CELL, "height": len(rows) * CELL,
        "left_out": len(down) > len(rows) or len(across) > len(columns),
    }  # fmt: skip
