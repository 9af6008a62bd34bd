"""Which paragraphs of an outlet's texts are furniture: learned from its own newest articles, however they look. Pure.

Theory: what belongs to an outlet's pages stands on most of them, whatever they are about; news, even news that is told
again with every report, stands on those about one matter. So only shares of all that the outlet publishes count, each
story once, and they must be larger the more a paragraph reads like news: nearly every article for prose, a good part
for a line that is no sentence ("UP NEXT"), some for what calls the reader to something ("Sign up", an address). A busy
day is about one matter: unless nearly all articles carry a line, they must lie days apart. Where a paragraph bears
evidence of a topic, both must hold, on a larger sample.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.page_lines import is_line, is_note, line_key

SAMPLE = 60
"""Newest stories looked at."""
LEAST_STORIES = 10  # of fewer, half may be about one matter
NEARLY_ALL = 0.8  # of prose: an outlet's own formats apart, all its articles
OF_LINES = 0.4  # subheadings ("Background") recur, on fewer
LONGEST_LINE = 40  # characters; longer ones may be a sentence that lost its full stop
OF_CALLS = 0.1  # boxes take turns
LEAST_CARRIERS = 5
DAYS_APART = timedelta(days=3)
LEAST_WITH_EVIDENCE = 20  # carriers: it would take news away, not only from the text but from its topic

_CALL = re.compile(
    r"https?://|www\.|\w@\w+\.\w|"
    r"\b(?:subscrib\w+|newsletters?|sign\s+up|click\s+(?:here|on|the)|donat(?:e|ions?)\b.{0,60}\b(?:us|our)|support\s+(?:us|our)\b|share\s+this|"
    r"(?:get|keep)\s+in\s+touch|send\s+us|tell\s+us|contact\s+us|follow\s+(?:us|our)|join\s+(?:us|our)|our\s+(?:app|channel|podcast|website|readers)|"
    r"abone\s+ol\w*|tıklay\w+|bültenimiz\w*|bizi\s+takip|destek\s+ol\w*|"
    r"подпи(?:шитесь|сывайтесь|саться)|нажмите|поддерж\w+\s+(?:нас|нашу|наш)|наш\w*\s+(?:канал|телеграм|сайт)\w*|"
    r"підпи(?:шіться|суйтесь)|підтримай\w*\s+(?:нас|наш)|наш\w*\s+(?:канал|телеграм|сайт)\w*|"
    r"abonnier\w+|klick\w+\s+sie|unterstütz\w+\s+(?:sie\s+)?uns\w*|unser(?:e|en|em)?\s+newsletter|spende\w*\s+(?:sie\s+)?(?:an\s+)?uns|"
    r"abonnez|inscrivez|cliquez|soutenez|suivez|suscr[ií]b\w+|haga\s+clic|síganos|apoya\w*|iscriviti|clicca|sostieni|assine|"
    r"subskryb\w+|kliknij|wesprzyj|zapisz\s+się|εγγραφ\w+|πατήστε|ακολουθήστε|اشترك\w*|اضغط|تابعونا)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A stored article, one of its story."""

    at: datetime
    """When it was published, else first seen; UTC."""
    paragraphs: Sequence[str]
    bearing: frozenset[int] = frozenset()
    """Which of them, by place, bear evidence of a topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A paragraph that belongs to an outlet's pages."""

    line: str
    """`storage.page_lines.line_key` of it."""
    words: str
    """As printed."""
    carriers: int
    """Articles that had it."""
    articles: int
    """Articles looked at."""


def learn(samples: Sequence[Sample]) -> list[Learned]:
    """Return what of an outlet's paragraphs is furniture, by these of its articles, the most carried first."""
    if len(samples) < LEAST_STORIES:
        return []
    carriers: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for number, sample in enumerate(samples):
        for place, paragraph in enumerate(sample.paragraphs):
            if not is_note(paragraph):
                carriers[line_key(paragraph)].setdefault(number, place)
    found = [
        Learned(line=line, words=words, carriers=len(held), articles=len(samples))
        for line, held in carriers.items()
        if line and len(held) >= LEAST_CARRIERS
        for words in [_words(samples, held)]
        if _is_furniture(words, [samples[n] for n in held], len(samples), _bears(samples, held))
    ]
    return sorted(found, key=lambda one: (-one.carriers, one.line))


def without(text: str, lines: Iterable[str]) -> str:
    """Return a text without the paragraphs whose keys are in `lines`; as it is where nothing would be left."""
    unwanted = frozenset(lines)
    kept = [paragraph for paragraph in text.split("\n\n") if line_key(paragraph) not in unwanted]
    return "\n\n".join(kept) if kept else text


def _is_furniture(words: str, carriers: Sequence[Sample], articles: int, bears: bool) -> bool:
    share = len(carriers) / articles
    times = [sample.at for sample in carriers]
    apart = max(times) - min(times) >= DAYS_APART
    if bears:
        return share >= NEARLY_ALL and apart and len(carriers) >= LEAST_WITH_EVIDENCE
    least = OF_CALLS if _CALL.search(words) else OF_LINES if _is_short_line(words) else NEARLY_ALL
    return share >= NEARLY_ALL or (apart and share >= least)


def _is_short_line(words: str) -> bool:
    return len(words) <= LONGEST_LINE and is_line(words)


def _words(samples: Sequence[Sample], held: dict[int, int]) -> str:
    """The paragraph as the first that has it prints it."""
    number, place = next(iter(held.items()))
    return samples[number].paragraphs[place]


def _bears(samples: Sequence[Sample], held: dict[int, int]) -> bool:
    return any(place in samples[number].bearing for number, place in held.items())
