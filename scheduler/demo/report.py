"""What the demonstration prints at its end: plain text, at most 100 columns, no more than the evidence says. Pure."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from textwrap import shorten

from storage.summary import Disappeared, Edit, Overview, SharedText

WIDTH = 100
LEAD_WORDS = 6  # shown before a change, so that a reader finds the place
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
CREDIT_WORDS = {
    "exact": "names it",
    "intermediary": "names one in between",
    "citation": "cites it only",
    "other": "names another",
    "none": "no credit found",
    "unknown": "not known",
}
_COLUMNS = (24, 24, 20, 22, 10)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”»“]?\s+")


def report(
    overview: Overview, shared: Sequence[SharedText], edits: Sequence[Edit], gone: Sequence[Disappeared]
) -> Iterator[str]:
    """Yield the lines of the closing table."""
    yield (
        f"{overview.articles} articles of {overview.outlets} outlets in {overview.languages} languages, "
        f"{overview.on_topic} on a topic; {overview.stories} texts, {overview.shared_stories} at more than one outlet."
    )
    yield from ("", _row("OUTLET", "SHARES TEXT WITH", "HOW MUCH OF IT", "CREDIT", "LATER BY"))
    yield from (_shared_row(text) for text in shared)
    yield from ("", "EDITED AFTER IT WAS FIRST SEEN", *(line for edit in edits for line in _edit_lines(edit)))
    yield from ("", "NO LONGER THERE", *(line for article in gone for line in _gone_lines(article)))


def _shared_row(text: SharedText) -> str:
    credit = "says so; not watched" if text.kind == "claimed" else CREDIT_WORDS[text.credit_status]
    return _row(text.outlet, text.source or "not known", how_much(text), credit, later_by(text))


def how_much(text: SharedText) -> str:
    """Say how much was shared, of the other's text, such as `all` or `55 %`."""
    if text.taken is None or text.containment is None:
        return "cannot be compared"
    if text.kind == "verbatim":
        return "all"
    taken = f"{text.taken:.0%}".replace("%", " %")
    return taken if text.kind != "excerpt" else f"{taken}, excerpt"


def later_by(text: SharedText) -> str:
    """Say how much later, as a range where the times are not precise."""
    if text.lag_s is not None:
        return _span(text.lag_s)
    if text.lag_min_s is None or text.lag_max_s is None:
        return "not known"
    first, last = _span(text.lag_min_s), _span(text.lag_max_s)
    if text.lag_min_s <= 0:
        return f"up to {last}"
    number, _, unit = first.partition(" ")
    return last if first == last else f"{number}–{last}" if last.endswith(f" {unit}") else f"{first} – {last}"


def _span(seconds: int) -> str:
    for size, unit in ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min")):
        if abs(seconds) >= size:
            return f"{round(seconds / size)} {unit}"
    return f"{seconds} s"


def _edit_lines(edit: Edit) -> Iterator[str]:
    changed = list(changed_sentences(edit.text_before, edit.text_after))
    if edit.title_before != edit.title_after:
        changed.insert(0, (edit.title_before or "", edit.title_after or ""))
        yield f"{edit.outlet}, first published under another headline"
    else:
        yield _heading(edit.outlet, edit.title_after)
    for before, after in changed:
        start = _same_words(before, after)
        yield from (_marked("-", before, start) for _ in range(bool(before)))
        yield from (_marked("+", after, start) for _ in range(bool(after)))


def changed_sentences(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of sentences, as they were and as they are; an empty string where there was or is none."""
    old, new = _SENTENCE_END.split(before), _SENTENCE_END.split(after)
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            yield " ".join(old[a:b]), " ".join(new[c:d])


def _gone_lines(article: Disappeared) -> Iterator[str]:
    yield _heading(article.outlet, article.title)
    if article.still_at:
        copies = "one copy" if article.still_at == 1 else f"{article.still_at} copies"
        yield f"    {copies} of the text still at other outlets"


def _heading(outlet: str, title: str | None) -> str:
    return shorten(f"{outlet}: {title or 'without a title'}", WIDTH, placeholder=" …")


def _same_words(before: str, after: str) -> int:
    """Return how many words two sentences have in common at their start."""
    pairs = zip(before.split(), after.split(), strict=False)
    return next((n for n, (old, new) in enumerate(pairs) if old != new), 0)


def _marked(mark: str, sentence: str, same: int) -> str:
    """Return a sentence cut to a line, so that the word after the first `same` can be seen."""
    start = max(0, same - LEAD_WORDS)
    line = ("… " if start else "") + " ".join(sentence.split()[start:])
    return f"  {mark} {shorten(line, WIDTH - 4, placeholder=' …')}"


def _row(*cells: str) -> str:
    last = len(cells) - 1
    fitted = [shorten(cell, _COLUMNS[n] - (n < last), placeholder="…") for n, cell in enumerate(cells)]
    return "".join(cell.ljust(width) for cell, width in zip(fitted, _COLUMNS, strict=True)).rstrip()
