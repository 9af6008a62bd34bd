"""How an outlet is doing, from what its passes brought. Pure.

States, the gravest that holds: failing (no poll answers, or no page can be read) / silent / gap suspected / low / high /
recovered (was one of these, until the end of the next day) / ok. Silence is measured in whole days of 24 hours since the last new
article, so that a night is none, and in articles that would usually have come in them, so that a Sunday is none either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.volume import Day, unusual, usual, well_polled

SILENT_AFTER_ARTICLES = 10.0
"""A silence counts once so many articles would usually have come: by chance once in 20,000 gaps between articles."""
WAKING = timedelta(hours=12)  # without a new article before a low day is left to be judged as a silence
WELL = ("ok", "recovered")
VOLUME = ("low", "high")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an outlet after a pass that asked it."""

    now: datetime
    answered: bool
    """At least one poll did."""
    reason: str = ""
    """Why none did."""
    unread_since: datetime | None = None
    """Its pages cannot be read any more."""
    gap: bool = False
    """A list shared nothing with what was known."""
    days: Sequence[Day] = ()
    """Newest first, today included."""
    last_read_at: datetime | None = None
    """When a new article was last read."""
    previous: str | None = None
    """State before this pass; None: there was none."""
    since: datetime | None = None
    """Since when."""


def state(facts: Facts) -> tuple[str, str]:
    """Return `(state, why)` of an outlet."""
    if not facts.answered:
        return "failing", facts.reason or "no poll answered in the last pass"
    if facts.unread_since:
        return "failing", f"its pages cannot be read since {day_words(facts.unread_since)}"
    past = well_polled([day for day in facts.days if day.day < facts.now.date()])
    if (missing := _missing(facts, past)) >= SILENT_AFTER_ARTICLES:
        return "silent", f"no new article since {_moment(facts.last_read_at)}; usually {missing:.0f} would have come"
    if facts.gap:
        return "gap suspected", "a list shared nothing with what was known: something may have been missed"
    return _volume(facts, past) or _well(facts)


def _missing(facts: Facts, past: Sequence[Day]) -> float:
    """Return how many articles would usually have come in the whole days since the last one; unknown days count nothing."""
    if facts.last_read_at is None:
        return 0.0
    polled = {day.day for day in facts.days if day.answered}
    before = [day for day in past if day.day <= facts.last_read_at.date()]
    missing, at = 0.0, facts.last_read_at
    while at + _DAY <= facts.now:
        dates = (at.date(), (at + _DAY).date())
        if polled.issuperset(dates):  # not polled is not silent
            expected = [usual(before, each.weekday()) for each in dates]
            missing += min(each.articles if each else 0.0 for each in expected)
        at += _DAY
    return missing


def _volume(facts: Facts, past: Sequence[Day]) -> tuple[str, str] | None:
    """Judge yesterday, if it was polled well; today is not over."""
    yesterday = (facts.now - _DAY).date()
    before_that = (facts.now - 2 * _DAY).date()
    if len(past) < 2 or (past[0].day, past[1].day) != (yesterday, before_that):  # noqa: PLR2004
        return None  # what was missed a day before came later: that is our doing
    found = unusual(past[0], past[1:])
    if facts.previous not in (*VOLUME, "ok", None):
        return None  # yesterday was not whole, or holds what had waited
    if found == "low" and (facts.last_read_at is None or facts.now - facts.last_read_at >= WAKING):
        return (facts.previous, "") if facts.previous == "low" else None  # it may turn out to be a silence
    normal = usual(past[1:], yesterday.weekday())
    if found is None or normal is None:
        return None
    return found, f"{past[0].read} new articles on {day_words(facts.now - _DAY)}; usually {normal.articles:.0f}"


def _well(facts: Facts) -> tuple[str, str]:
    if facts.previous is None or facts.previous == "ok":
        return "ok", ""
    if facts.previous == "recovered":
        fresh = facts.since is not None and facts.now.date() <= (facts.since + _DAY).date()
        return ("recovered", "") if fresh else ("ok", "")
    return "recovered", f"was {facts.previous}"


def day_words(moment: datetime) -> str:
    """Return a day as people write it, `3 March`."""
    return f"{moment.day} {moment:%B}"


def _moment(moment: datetime | None) -> str:
    return f"{day_words(moment)}, {moment:%H:%M}Z" if moment else "the beginning"
