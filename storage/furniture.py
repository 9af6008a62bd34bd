"""Which keys of a text are common property: footers, disclaimers, templates, a live blog's standing parts. Pure.

A passage says nothing about who copied whom once several articles carry it that have nothing else in common; so a key
is common if, among the oldest articles that hold it, enough are *distinct*. Counting articles alone would not do: a
text reprinted by fifty outlets is in fifty articles, which are all the same. Nor would counting unlike articles of one
week: a passage that many quote is news; furniture comes back. The verdict depends on the set of articles
and not on the order they came in; when it changes, `storage.stories` judges again whoever holds the key.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

DISTINCT_ARTICLES = 4  # this many otherwise unlike articles, of any outlets, share the passage
DISTINCT_OF_OUTLET = 3  # or this many of one outlet: its template or standing part
DAYS_APART_S = 2 * 86_400  # and lie so far apart; an agency's versions of one report, or those who quote it, do not
SAME_IN_OUTLET = 0.8  # within an outlet only nearly equal texts are one; a template fills more than half
RUN_IS_TEXT = 0.7  # a passage that makes up so much of either article is its text, not its furniture
ELSEWHERE_TOO = 0.15  # so much agreement outside the passage, too: edited copies of one text


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An article that holds a key, as far as its place and time go."""

    article: int
    key: str
    outlet: str
    at: int | None
    """Epoch second of publication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch(Holder):
    """What is known of an article without reading it: its keys in their order."""

    words: int
    shingle: int
    """Words a key covers."""
    keys: tuple[int, ...]
    places: tuple[int, ...]
    """The word each key starts at."""


def is_common(key: int, holders: Sequence[Holder], read: Callable[[int], Sketch | None]) -> bool:
    """Whether `key` is common property, judged by articles that hold it; `read` is asked for as few as will do."""
    if not _may_be_common(holders):
        return False
    distinct: list[Sketch] = []
    for holder in sorted(holders, key=lambda one: (one.at or 0, one.key)):
        if any(_one_time(holder, other) for other in distinct):
            continue
        sketch = read(holder.article)
        if sketch and all(_unlike(key, sketch, other) for other in distinct):
            distinct.append(sketch)
            in_outlet = sum(other.outlet == sketch.outlet for other in distinct)
            if len(distinct) >= DISTINCT_ARTICLES or in_outlet >= DISTINCT_OF_OUTLET:
                return True
    return False


def _may_be_common(holders: Sequence[Holder]) -> bool:
    """Whether the times alone allow it."""
    outlets = Counter(holder.outlet for holder in holders)
    often = [outlet for outlet, count in outlets.items() if count >= DISTINCT_OF_OUTLET]
    return _apart(holders) >= DISTINCT_ARTICLES or any(
        _apart(holder for holder in holders if holder.outlet == outlet) >= DISTINCT_OF_OUTLET for outlet in often
    )


def _apart(holders: Iterable[Holder]) -> int:
    """How many, at most, lie DAYS_APART_S apart; those without a time are apart from all."""
    times = [holder.at for holder in holders]
    count, last = times.count(None), None
    for at in sorted(at for at in times if at is not None):
        if last is None or at - last >= DAYS_APART_S:
            count, last = count + 1, at
    return count


def _one_time(one: Holder, two: Holder) -> bool:
    return one.at is not None and two.at is not None and abs(one.at - two.at) < DAYS_APART_S


def _unlike(key: int, one: Sketch, two: Sketch) -> bool:
    if one.outlet == two.outlet:
        return not _nearly_equal(one, two)
    return not (_same_text(key, one, two) or _same_text(key, two, one))


def _nearly_equal(one: Sketch, two: Sketch) -> bool:
    both = len(set(one.keys) & set(two.keys))
    return both >= SAME_IN_OUTLET * max(len(one.keys), len(two.keys))


def _same_text(key: int, one: Sketch, two: Sketch) -> bool:
    """Whether `one` shares more with `two` than the passage around `key`."""
    theirs = set(two.keys)
    shared = [k in theirs for k in one.keys]
    first = last = one.keys.index(key)
    while first > 0 and shared[first - 1]:
        first -= 1
    while last + 1 < len(shared) and shared[last + 1]:
        last += 1
    run = last + 1 - first
    outside, agree = len(shared) - run, sum(shared) - run
    return run >= RUN_IS_TEXT * len(shared) or agree > max(1, ELSEWHERE_TOO * outside)


def furniture(sketch: Sketch, common: Iterable[int]) -> list[tuple[int, int]]:
    """Return the stretches of words (from, to) that common keys cover; two in a row cover what lies around them."""
    known = set(common)
    spans: list[tuple[int, int]] = []
    run: list[int] = []
    for index, key in enumerate((*sketch.keys, None)):
        if key in known:
            run.append(index)
        elif run:
            spans.append(_covered(sketch, run))
            run = []
    return spans


def _covered(sketch: Sketch, run: list[int]) -> tuple[int, int]:
    """From the last own key before to the first own key after; a single common key covers only itself."""
    places, size = sketch.places, sketch.shingle
    if len(run) == 1 and len(places) > 1:
        return places[run[0]], places[run[0]] + size
    start = places[run[0] - 1] + size if run[0] else 0
    stop = places[run[-1] + 1] if run[-1] + 1 < len(places) else sketch.words
    return min(start, places[run[0]]), max(stop, places[run[-1]] + size)
