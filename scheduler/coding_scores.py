"""Precision, recall and agreement from what people coded of a sample, with intervals. Pure.

What was answered is known; of the rest of a stratum each article falls, with unknown probabilities, into one of the cells
right, wrong, missed and rightly left out: Dirichlet(answers + p), where p is 1/2 shared among the strata by their size,
the Jeffreys prior, as in `topic_scores`; strata with few answers are taken together. The interval is where 95 % of DRAWS draws of the whole lie. Agreement is
Krippendorff's alpha for names (nltk); its interval is that of RESAMPLES samples of the coded articles, drawn from them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduler.topic_scores import DRAWS, THIN, Estimate
from storage.codings import Coding
from storage.study import CLASSES

AGREED = "agreed"
METHOD = "95 % intervals: precision and recall Dirichlet by stratum, exact for what was coded; alpha by resampling"
RESAMPLES = 1_000
_PRIOR = 0.5
_INTERVAL = (2.5, 97.5)  # percent
_FEWEST = 2  # coders an agreement needs

Cell = tuple[bool, bool]
"""Whether the rules say so, whether people do."""
_CELLS: tuple[Cell, ...] = ((True, True), (True, False), (False, True), (False, False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How right the rules are about one thing."""

    of: str
    """on topic, or a class."""
    precision: Estimate | None
    """None: the rules say it of nothing that was coded."""
    recall: Estimate | None
    """None: nothing was drawn that the rules left out, or people found nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What a study's sample says."""

    study: str
    unit: str
    coded: int
    """Articles or stories with an answer."""
    twice: int
    """By two coders or more."""
    differ: int
    """About which coders differ and did not settle it: in no precision or recall."""
    quality: Sequence[Quality]
    """Empty where answers are neither yes and no nor classes."""
    alpha: Estimate | None
    """None: too few were coded twice, or there is one code only."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """One sampled article or story: what the rules said, what people said."""

    tagged: bool
    class_: str | None
    stratum: str
    size: int
    answer: str


def judge(codings: Sequence[Coding]) -> Scores | None:
    """Return what the answers about one study's sample say; None without any."""
    if not codings:
        return None
    rows: dict[int, dict[str, Coding]] = defaultdict(dict)
    for one in codings:
        rows[one.article][one.coder] = one
    judged = [row for row in map(_settled, rows.values()) if row]
    alone = [{coder: one.code for coder, one in row.items() if coder != AGREED} for row in rows.values()]
    return Scores(
        study=codings[0].study,
        unit=codings[0].unit,
        coded=len(rows),
        twice=sum(len(row) >= _FEWEST for row in alone),
        differ=len(rows) - len(judged),
        quality=_qualities(judged),
        alpha=_agreement(alone),
    )


def _settled(row: Mapping[str, Coding]) -> _Judged | None:
    """Return an article with the answer its coders gave or settled on; None where they differ."""
    any_ = next(iter(row.values()))
    codes = {row[AGREED].code} if AGREED in row else {one.code for one in row.values()}
    if len(codes) > 1:
        return None
    return _Judged(any_.tagged, any_.class_, any_.stratum, any_.stratum_size, codes.pop())


def _qualities(judged: Sequence[_Judged]) -> list[Quality]:
    answers = {one.answer for one in judged}
    if answers and answers <= {"yes", "no"}:
        return [_quality("on topic", [(one, (one.tagged, one.answer == "yes")) for one in judged])]
    if answers and answers <= set(CLASSES):
        met = [name for name in CLASSES if name in answers or name in {one.class_ for one in judged}]
        return [_quality(name, [(one, (one.class_ == name, one.answer == name)) for one in judged]) for name in met]
    return []


def _quality(of: str, rows: Sequence[tuple[_Judged, Cell]]) -> Quality:
    counts: dict[tuple[str, int], Counter[Cell]] = defaultdict(Counter)
    for one, cell in rows:
        counts[one.stratum, one.size][cell] += 1
    possible = [cell for cell in _CELLS if any(own[cell[0], not cell[1]] + own[cell] for own in counts.values())]
    totals = _drawn(counts, possible)
    exact = {cell: sum(size * own[cell] / own.total() for (_, size), own in counts.items()) for cell in _CELLS}
    right, wrong, missed = (totals.get(cell, np.zeros(DRAWS)) for cell in _CELLS[:3])
    left_out = any(not cell[0] for cell in possible)
    return Quality(
        of=of,
        precision=_estimate(exact[True, True], exact[True, False], right, wrong),
        recall=_estimate(exact[True, True], exact[False, True], right, missed) if left_out else None,
    )


def _drawn(
    counts: Mapping[tuple[str, int], Counter[Cell]], possible: Sequence[Cell]
) -> dict[Cell, npt.NDArray[np.float64]]:
    """Return, for each cell, how many articles of all strata may be in it, DRAWS times."""
    generator = np.random.default_rng(0)  # the same sheet, the same figures
    total = np.zeros((DRAWS, len(possible)))
    all_ = sum(size for _, size in counts)
    for stratum in _pooled(counts, possible):
        chances = generator.dirichlet(stratum.effective + _PRIOR * stratum.size / all_, DRAWS)
        left = max(stratum.size - int(stratum.known.sum()), 0)
        total += stratum.known + generator.multinomial(left, chances)
    return {cell: total[:, index] for index, cell in enumerate(possible)}


@dataclass(frozen=True, slots=True)
class _Stratum:
    size: int
    known: npt.NDArray[np.float64]
    """Answers by cell."""
    effective: npt.NDArray[np.float64]
    """The same, as many as a sample without weights would need to say as much (Kish 1965)."""


def _pooled(counts: Mapping[tuple[str, int], Counter[Cell]], possible: Sequence[Cell]) -> list[_Stratum]:
    """Return the strata; those with too few answers to say what the rest of them is like together, each by its weight."""
    thick: list[_Stratum] = []
    thin: list[_Stratum] = []
    for (_, size), own in sorted(counts.items()):
        known = np.array([own[cell] for cell in possible], np.float64)
        (thin if own.total() < THIN else thick).append(_Stratum(size, known, known))
    if thin:
        size = sum(one.size for one in thin)
        weights = [one.size / one.known.sum() for one in thin]
        shares = sum(weight * one.known for weight, one in zip(weights, thin, strict=True)) / size
        effective = size**2 / sum(weight**2 * one.known.sum() for weight, one in zip(weights, thin, strict=True))
        thick.append(_Stratum(size, sum(one.known for one in thin) + np.zeros(len(possible)), effective * shares))
    return thick


def _estimate(
    hits: float, others: float, drawn_hits: npt.NDArray[np.float64], drawn_others: npt.NDArray[np.float64]
) -> Estimate | None:
    if not hits + others:
        return None
    all_ = drawn_hits + drawn_others
    low, high = np.percentile(np.divide(drawn_hits, all_, out=np.zeros(DRAWS), where=all_ > 0), _INTERVAL)
    value = hits / (hits + others)
    return Estimate(value, min(float(low), value), max(float(high), value))


def _agreement(rows: Iterable[Mapping[str, str]]) -> Estimate | None:
    pairs = [row for row in rows if len(row) >= _FEWEST]
    if len(pairs) < _FEWEST or len({code for row in pairs for code in row.values()}) < _FEWEST:
        return None
    generator = np.random.default_rng(0)
    found = [_alpha([pairs[i] for i in generator.integers(len(pairs), size=len(pairs))]) for _ in range(RESAMPLES)]
    low, high = np.percentile(found, _INTERVAL)
    value = _alpha(pairs)
    return Estimate(value, min(float(low), value), max(float(high), value))


def _alpha(rows: Sequence[Mapping[str, str]]) -> float:
    """Return Krippendorff's alpha; 1 where all codes are the same."""
    from nltk.metrics.agreement import AnnotationTask  # noqa: PLC0415  its import takes a second or two

    answers = [(coder, number, code) for number, row in enumerate(rows) for coder, code in row.items()]
    return float(AnnotationTask(answers).alpha())
