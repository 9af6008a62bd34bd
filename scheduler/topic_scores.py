"""Precision and recall from judged strata, with intervals. Pure.

What was not judged of a stratum is on the topic with an unknown probability within Beta(yes + p, no + p). Where there is
one stratum on a side, p is 1/2, the Jeffreys interval, which keeps what it promises for few rows and for shares near 0 and
1 (Brown, Cai, DasGupta 2001); several share that 1/2 by their size. With 1/2 for each, five languages of 20 rows held the
true recall in 74 of 100 simulated sheets, ten of 10 rows in 55; shared, in 97 and 91, one language in 92 to 99.
What was judged is known: a stratum judged whole adds no doubt. The interval is where 95 % of DRAWS draws of all lie.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 40_000
METHOD = "95 % intervals: Jeffreys (Beta), strata weighted by their size, exact for what was judged"
_PRIOR = 0.5  # of a side, shared among its strata
_INTERVAL = (2.5, 97.5)  # percent

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One side of one language, as people have judged a sample of it."""

    language: str
    tagged: bool
    """The query is true of these."""
    size: int
    """Articles."""
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, 0–1, with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How good a query is in one language, or over all."""

    language: str
    """Empty: over all."""
    judged: int
    precision: Estimate | None
    """None: nothing judged."""
    recall: Estimate | None
    """None: one side was not judged."""


def scores(strata: Sequence[Judged]) -> list[Scores]:
    """Return the scores of each language and, last, over all that could be estimated."""
    languages = sorted({one.language for one in strata})
    each = [_score(language, [one for one in strata if one.language == language]) for language in languages]
    return [*each, _score("", strata)] if len(languages) > 1 else each


def _score(language: str, strata: Sequence[Judged]) -> Scores:
    judged = [one for one in strata if one.yes + one.no]
    tagged = [one for one in judged if one.tagged]
    complete = len(judged) == len(strata) and bool(tagged)
    return Scores(
        language=language,
        judged=sum(one.yes + one.no for one in judged),
        precision=_estimate(tagged, _precision) if tagged else None,
        recall=_estimate(judged, _recall) if complete else None,
    )


def _estimate(strata: Sequence[Judged], of: Callable[[Sequence[Judged], Sequence[Shares]], Shares]) -> Estimate:
    generator = np.random.default_rng(0)  # the same sheet, the same figures
    found = [np.array([one.yes / (one.yes + one.no)]) for one in strata]
    drawn = [_draw(generator, one, prior=_PRIOR * one.size / _size(strata, one.tagged)) for one in strata]
    low, high = np.percentile(of(strata, drawn), _INTERVAL)
    value = float(of(strata, found)[0])
    return Estimate(value, min(float(low), value), max(float(high), value))


def _draw(generator: np.random.Generator, one: Judged, *, prior: float) -> Shares:
    """Return shares of a stratum that may be on the topic: what was judged, and the rest as it may be."""
    judged = one.yes + one.no
    rest = generator.binomial(max(one.size - judged, 0), generator.beta(one.yes + prior, one.no + prior, DRAWS))
    shares: Shares = (one.yes + rest) / max(one.size, judged)
    return shares


def _size(strata: Sequence[Judged], tagged: bool) -> int:
    return sum(one.size for one in strata if one.tagged == tagged)


def _precision(strata: Sequence[Judged], shares: Sequence[Shares]) -> Shares:
    return _on_topic(strata, shares) / sum(one.size for one in strata)


def _recall(strata: Sequence[Judged], shares: Sequence[Shares]) -> Shares:
    found = [(one, share) for one, share in zip(strata, shares, strict=True) if one.tagged]
    all_ = _on_topic(strata, shares)
    hits = _on_topic([one for one, _ in found], [share for _, share in found])
    return np.divide(hits, all_, out=np.zeros_like(all_), where=all_ > 0)


def _on_topic(strata: Sequence[Judged], shares: Sequence[Shares]) -> Shares:
    """Return how many articles of the strata are on the topic."""
    total: Shares = np.sum([one.size * share for one, share in zip(strata, shares, strict=True)], axis=0)
    return total
