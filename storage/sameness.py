"""Has an outlet edited an article, or has only the page around it moved on? Pure.

Theory: two texts are one if nothing but type differs (white space, quotation marks, kinds of dashes, soft hyphens,
entities), or nothing but paragraphs that are the page's. A paragraph is the page's if it is a counter or points to other
articles (`page_lines`), if the outlet's other articles carry it, or if it is one of their headlines. Whatever else
differs, be it one word or one figure in a sentence, is an edit: a version too many can be passed over, an edit that was
not kept is lost. For the same reason a paragraph that speaks of a correction is always the article's, and prose must
stand on a good part of the other articles: agencies repeat their background from report to report.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from storage.page_lines import ends_sentence, heads_list, is_counter, is_date, is_line, is_note, labels
from storage.words import INVISIBLE

OTHERS = 3  # as many other stories must carry a line (as in `storage.furniture`: DISTINCT_OF_OUTLET)
SHARE_OF_PROSE = 0.25  # of the articles looked at: donation boxes and disclaimers are on most, background is not
SHARE_OF_NUMBERED = 0.5  # so many carry a line that is the same but for its numbers: a counter is on nearly every page
LEAST_TITLE = 20  # characters without white space; shorter headlines may be anybody's words
AROUND_TITLE = 40  # characters of label, place and time beside a headline
EDGE = 3  # paragraphs from either end among which a date is the page's
LEAST_WORDS = 4  # of a line that may be a headline at the end of a text
EDITED_LINE = 0.5  # as similar, two lines are one that was edited

_QUOTES = "\"'`´‘’‚‛“”„‟‹›«»「」『』〝〞〟＂＇ʼʹʻʽ′″‵‶′\u02ee\u05f3\u05f4"
_DASHES = "‐‑‒–—―−﹘﹣－⸺⸻"
_TYPE = dict.fromkeys(map(ord, _QUOTES + INVISIBLE + "\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")) | dict.fromkeys(map(ord, _DASHES), "-")  # fmt: skip
_SPACE = re.compile(r"\s+")
_RUN_OF_DASHES = re.compile(r"-{2,}")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What other articles of the outlet carry."""

    articles: int = 0
    """How many were looked at, of different stories."""
    exact: Counter[str] = field(default_factory=Counter)
    """Bare paragraph → how many carry it."""
    numbered: Counter[str] = field(default_factory=Counter)
    """The same with every number alike."""
    titles: frozenset[str] = frozenset()
    """Bare headlines."""


def around(texts: Iterable[str], titles: Iterable[str]) -> Around:
    """Return what texts of other stories and headlines of an outlet show."""
    exact: Counter[str] = Counter()
    numbered: Counter[str] = Counter()
    articles = 0
    for text in texts:
        found = {bare(paragraph) for paragraph in text.split("\n\n")}
        exact.update(found)
        numbered.update({_NUMBER.sub("0", one) for one in found if any(map(str.isdigit, one))})
        articles += 1
    headlines = frozenset(title for title in map(bare, titles) if len(title) >= LEAST_TITLE)
    return Around(articles=articles, exact=exact, numbered=numbered, titles=headlines)


def bare(text: str) -> str:
    """Return a text without what type-setting alone changes; case and the other punctuation count."""
    plain = html.unescape(html.unescape(text)).translate(_TYPE)
    plain = unicodedata.normalize("NFKC", plain).translate(_TYPE)
    return _RUN_OF_DASHES.sub("-", _SPACE.sub("", plain))


def edited(old: str, new: str, look_around: Callable[[], Around]) -> bool:
    """Say whether the outlet changed a text; `look_around` is asked only where that is not plain from the two alone."""
    if old == new or bare(old) == bare(new):
        return False
    before, after = old.split("\n\n"), new.split("\n\n")
    if _same(_own(before, Around()), _own(after, Around())):
        return False
    surroundings = look_around()
    return not _same(_own(before, surroundings), _own(after, surroundings))


def extends(longer: str, shorter: str) -> bool:
    """Say whether a text has every paragraph of another, in order."""
    paragraphs = map(bare, longer.split("\n\n"))
    return all(bare(paragraph) in paragraphs for paragraph in shorter.split("\n\n"))  # each `in` goes on in the row


def _own(paragraphs: Sequence[str], surroundings: Around) -> list[str]:
    """Return the paragraphs that are the article's."""
    own = []
    in_list = False
    for place, paragraph in enumerate(paragraphs):
        in_list = heads_list(paragraph) or (in_list and is_line(paragraph))
        at_edge = place < EDGE or place >= len(paragraphs) - EDGE
        if not (in_list or _of_page(paragraph, surroundings) or (at_edge and is_date(paragraph))) or is_note(paragraph):
            own.append(paragraph)
    return own


def _of_page(paragraph: str, surroundings: Around) -> bool:
    if is_counter(paragraph) or labels(paragraph):
        return True
    words = bare(paragraph)
    carriers = surroundings.exact[words]
    if carriers >= OTHERS and (is_line(paragraph) or carriers >= SHARE_OF_PROSE * surroundings.articles):
        return True
    if is_line(paragraph) and any(map(str.isdigit, words)):
        alike = surroundings.numbered[_NUMBER.sub("0", words)]
        if alike >= OTHERS and alike >= SHARE_OF_NUMBERED * surroundings.articles:
            return True
    return _names_another(paragraph, words, surroundings.titles)


def _names_another(paragraph: str, words: str, titles: frozenset[str]) -> bool:
    """Say whether a paragraph is the headline of another article, with at most a label or a time beside it."""
    if words in titles:
        return True
    if ends_sentence(paragraph) or len(words) < LEAST_TITLE:
        return False
    return any(
        len(words) - len(title) <= AROUND_TITLE and title in words for title in titles if len(title) < len(words)
    )


def _same(before: Sequence[str], after: Sequence[str]) -> bool:
    """Say whether two rows of paragraphs are one text, but for other headlines at their ends."""
    words = bare("".join(before))
    if words and words == bare("".join(after)):
        return True
    body, lines = _tail(before)
    later_body, later_lines = _tail(after)
    words = bare("".join(body))
    return (
        bool(words)
        and len(lines) == len(later_lines)
        and words == bare("".join(later_body))
        and not any(_one_edited(one, other) for one in lines for other in later_lines)
    )


def _tail(paragraphs: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Cut off the lines at the end that may be headlines of other articles."""
    cut = len(paragraphs)
    while cut and _may_be_headline(paragraphs[cut - 1]):
        cut -= 1
    return paragraphs[:cut], paragraphs[cut:]


def _may_be_headline(paragraph: str) -> bool:
    return is_line(paragraph) and not is_note(paragraph) and len(paragraph.split()) >= LEAST_WORDS


def _one_edited(one: str, other: str) -> bool:
    """Say whether a line is another one edited, rather than a different one or the same."""
    first, second = bare(one), bare(other)
    return first != second and SequenceMatcher(None, first, second, autojunk=False).ratio() >= EDITED_LINE
