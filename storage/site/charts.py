"""Geometry of the charts; templates draw it as SVG, so every label is escaped like any other text. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from storage.records import from_utc_text

WIDEST_BAR = 44
MONTHS_BY_DAY = 2  # so few months are drawn by day
LOWEST_BAR = 1
CHANCE = 2  # roots of the mean: of a hundred weeks in which nothing happens, five lie farther out
DECEMBER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar."""

    x: float
    y: float
    width: float
    height: float
    label: str
    """Said by the bar's title."""
    style: str = ""
    """CSS class."""
    period: str = ""
    """The month or day it counts, where bars are of periods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars over a base line, with the labels of its axes."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    highest: str
    """As said on the axis."""
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """An article on a story's time rail."""

    x: float
    since: float
    until: float
    """Where its time begins and ends, the same where it is known: `x` may be moved aside."""
    number: int
    label: str
    style: str
    mark: str
    """A shape, so that colour is never the only sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A square of a calendar or matrix."""

    x: int
    y: int
    label: str
    style: str
    text: str = ""


def month_range(first: str, last: str) -> list[str]:
    """Return every month from `first` to `last` (`YYYY-MM`), both included."""
    year, month = int(first[:4]), int(first[5:7])
    months = []
    while (text := f"{year:04d}-{month:02d}") <= last[:7]:
        months.append(text)
        year, month = (year, month + 1) if month < DECEMBER else (year + 1, 1)
    return months


def day_range(first: str, last: str) -> list[str]:
    """Return every day from `first` to `last` (`YYYY-MM-DD`), both included."""
    start = date.fromisoformat(first)
    return [(start + timedelta(days=place)).isoformat() for place in range((date.fromisoformat(last) - start).days + 1)]


def over_time(
    periods: Sequence[str], counts: Mapping[str, float], *, words: str, running: str | None, highest: float = 0,
    size: tuple[int, int] = (640, 140), say: Callable[[float], str] = "{:,}".format,
) -> Chart:  # fmt: skip
    """Return one bar a month or day; the period `running` is marked as partial.

    `words` say what is counted, `say` writes a number in words for readers. The highest bar fills the height, unless
    charts that stand together are given one `highest`.
    """
    width, height = size
    tallest = highest or max((counts.get(period, 0) for period in periods), default=0)
    step = width / max(len(periods), 1)
    wide = min(step * 0.8, WIDEST_BAR)
    bars = []
    for place, period in enumerate(periods):
        if not (number := counts.get(period, 0)):
            continue
        tall = max(height * number / tallest, LOWEST_BAR)  # one among thousands is seen
        partial = " (still running)" if period == running else ""
        bars.append(Bar(
            x=round(place * step + (step - wide) / 2, 2), y=round(height - tall, 2), width=round(wide, 2),
            height=round(tall, 2), label=f"{period}, {words}: {say(number)}{partial}",
            style="partial" if partial else "", period=period,
        ))  # fmt: skip
    return Chart(
        width=width, height=height, bars=tuple(bars), highest=say(tallest), first=periods[0] if periods else "",
        last=periods[-1] if len(periods) > 1 else "",
    )  # fmt: skip


def weeks_chart(weeks: Sequence[int], *, width: int = 120, height: int = 28) -> Chart:
    """Return small bars of weekly counts, oldest first; the last one is this week."""
    highest, step = max(weeks, default=0), width / max(len(weeks), 1)
    bars = []
    for weeks_ago, number in zip(range(len(weeks) - 1, -1, -1), weeks, strict=True):
        tall = height * number / max(highest, 1)
        when = f"{weeks_ago} weeks before" if weeks_ago else "this week"
        bars.append(Bar(
            x=round((len(weeks) - 1 - weeks_ago) * step + 1, 2), y=round(height - tall, 2), width=round(step - 2, 2),
            height=round(tall, 2), style="" if weeks_ago else "now", label=f"{number:,} {when}",
        ))  # fmt: skip
    return Chart(width=width, height=height, bars=tuple(bars), highest=f"{highest:,}", first="", last="")


def rail(
    times: Sequence[tuple[str, str]], labels: Sequence[str], signs: Sequence[tuple[str, str]], *,
    width: int = 640, apart: float = 26,
) -> list[Stop]:  # fmt: skip
    """Place articles on a line by their earliest times, the first first, moved right where they would touch.

    `times` are (earliest, latest), `signs` (CSS class, shape).
    """
    if not times:
        return []
    known = [(from_utc_text(earliest).timestamp(), from_utc_text(latest).timestamp()) for earliest, latest in times]
    first = known[0][0]
    scale = (width - 2 * apart) / max(max(latest for _, latest in known) - first, 1)
    places = [apart + scale * (earliest - first) for earliest, _ in known]
    for left in range(1, len(places)):
        places[left] = max(places[left], places[left - 1] + apart)
    if places[-1] > width - apart:  # too many to stand apart by time: squeeze them evenly
        shrink = (width - 2 * apart) / max(places[-1] - apart, 1)
        places = [apart + (place - apart) * shrink for place in places]
    return [
        Stop(
            x=round(place, 2), since=round(apart + scale * (earliest - first), 2),
            until=round(apart + scale * (latest - first), 2), number=number, label=label, style=style, mark=mark,
        )
        for number, (place, (earliest, latest), label, (style, mark)) in enumerate(
            zip(places, known, labels, signs, strict=True), 1
        )
    ]  # fmt: skip


def calendar(last_day: str, days: Mapping[str, tuple[str, str]], *, weeks: int, size: int = 16) -> list[Cell]:
    """Return a square per day of the `weeks` up to `last_day`, a column a week; `days` gives (style, words)."""
    end = date.fromisoformat(last_day)
    start = end - timedelta(days=end.weekday() + 7 * (weeks - 1))
    cells = []
    for place in range((end - start).days + 1):
        day = start + timedelta(days=place)
        style, words = days.get(day.isoformat(), ("none", "not asked"))
        cells.append(Cell(x=place // 7 * size, y=place % 7 * size, label=f"{day.isoformat()}: {words}", style=style))
    return cells


def usual(weeks: Sequence[int]) -> str:
    """Say in words what is unusual about this week (the last), or return an empty string."""
    before, now = weeks[:-1], weeks[-1]
    if 2 * sum(map(bool, before)) < len(before) or not any(before):  # too little is known of what is usual
        return ""
    mean = sum(before) / len(before)
    chance = CHANCE * mean**0.5  # counts of so many vary by their root
    if now > max(before) and now > mean + chance:
        return f"more than in any of the {len(before)} weeks before"
    if now < min(before) and now < mean - chance:
        return f"fewer than in any of the {len(before)} weeks before"
    return ""
