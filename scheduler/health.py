"""How an outlet is doing, from what its passes brought. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

SILENT_AFTER_ARTICLES = 8  # a silence counts once this many articles would usually have come


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One collected day of an outlet, as `coverage` has it."""

    polls: int
    polls_failed: int
    new_articles: int


def state(days: Sequence[Day], *, previous: str | None, answered: bool) -> tuple[str, str]:
    """Return `(state, why)` from an outlet's collected days, newest first, and whether it answered this pass.

    States: ok / failing / silent / recovered.

    Only days with an answered poll count towards silence: not polled is not silent.
    """
    if not answered:
        return "failing", "no poll answered in the last pass"
    polled = [day for day in days if day.polls > day.polls_failed]
    quiet = next((i for i, day in enumerate(polled) if day.new_articles), len(polled))
    before = polled[quiet:]
    usual = sum(day.new_articles for day in before) / len(before) if before else 0.0
    if usual * quiet >= SILENT_AFTER_ARTICLES:
        return "silent", f"no new article on {quiet} polled days; usually {usual:.1f} a day"
    if previous in ("failing", "silent"):
        return "recovered", f"was {previous}"
    return "ok", ""
