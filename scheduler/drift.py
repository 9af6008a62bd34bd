"""When something that an outlet's articles used to have is missing: change points told apart from noise. Pure.

Articles are taken newest first, each with or without a field. For every length of the newest run the question is how much
better "one in ten of those that used to have it" explains the run than "as before" does (a likelihood ratio, as in Page's
CUSUM). An outlet that has names under every article is believed after a handful without, one that has them under half of
its articles after some twenty; a night of agency copy is no change, so a run must last a day, or three where the field
was often missing before.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

EVIDENCE = 12.0
"""Of a change, as the logarithm of the ratio: by chance once in 160,000 articles."""
BACK = 6.0  # of its end: wrong once in 400; being told that all is well a little early does no harm
SURE = 2.0  # standard errors by which a share of few articles is taken to be smaller than it looks
THERE = 3  # newest articles that have it: enough for BACK, however often it was there
LEFT = 0.1  # of its usual share: what is left of a field after a layout has changed
OFTEN = 0.3  # of articles that have a field, at least, before its absence is looked for
ALWAYS = 0.87
"""Share from which a day without is enough: a paper whose Sundays have no names has them under six sevenths, .86."""
ENOUGH = 30  # articles before the run
_SPAN, _LONG_SPAN = timedelta(days=1), timedelta(days=3)


class Seen(NamedTuple):
    """One article: when it was first seen, and whether it has the field."""

    at: datetime
    has: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A field that is missing."""

    since: datetime
    """When the first article without it was seen."""
    usual: float
    """Share of articles that had it before, 0-1."""
    run: int
    """Articles since then."""


def drift(articles: Sequence[Seen], *, now: datetime, span: timedelta | None = None) -> Drift | None:
    """Return since when a field is missing, or None. `articles` newest first; `span`: how long a run must last."""
    had = sum(each.has for each in articles)
    if had == 0 or all(each.has for each in articles[:THERE]):
        return None
    shares = []  # of the articles older than each, cautiously
    for i, each in enumerate(articles[: max(len(articles) - ENOUGH, 0)]):
        had -= each.has
        shares.append(_at_least(had, len(articles) - i - 1))
    first = _best_run(articles, shares)
    if first is None or shares[first] < OFTEN:
        return None
    usual = shares[first]
    last = _best_run(articles, [usual] * len(shares))  # where it began, by one measure for all lengths
    if last is None or is_back(articles, usual=usual):
        return None
    least = span if span is not None else _SPAN if usual >= ALWAYS else _LONG_SPAN
    since = articles[last].at
    return Drift(since=since, usual=usual, run=last + 1) if now - since >= least else None


def _best_run(articles: Sequence[Seen], shares: Sequence[float]) -> int | None:
    """Return the index of the oldest article of the run that speaks loudest for a change; None if none is loud enough.

    `shares`: of the articles older than each, how many have the field.
    """
    best: tuple[float, int] | None = None
    absent = 0
    for i, usual in enumerate(shares):
        absent += not articles[i].has
        evidence = absent * _for_absence(usual) - (i + 1 - absent) * _for_presence(usual)
        if not articles[i].has and usual >= OFTEN and evidence >= EVIDENCE and (best is None or evidence > best[0]):
            best = evidence, i
    return best[1] if best else None


def is_back(articles: Sequence[Seen], *, usual: float) -> bool:
    """Say whether the newest articles have again what `usual` of them had."""
    evidence = 0.0
    for each in articles:
        evidence += _for_presence(usual) if each.has else -_for_absence(usual)
        if evidence >= BACK:
            return True
        if evidence < -BACK:
            return False
    return False


def _at_least(had: int, of: int) -> float:
    """Return the share that is meant at least by so many of so few: the lower end of Wilson's interval."""
    share, slack = had / of, SURE**2 / of
    return (share + slack / 2 - math.sqrt(slack * (share * (1 - share) + slack / 4))) / (1 + slack)


def _for_absence(usual: float) -> float:
    """How much an article without the field speaks for its having gone."""
    return math.log((1 - LEFT * usual) / (1 - min(usual, 0.99)))


def _for_presence(usual: float) -> float:
    """How much an article with the field speaks against that."""
    return -math.log(LEFT) if usual else 0.0
