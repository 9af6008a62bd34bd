"""Which paragraphs of an outlet's texts are furniture: learned from its own newest articles, however they look. Pure.

Theory: what belongs to an outlet's pages stands on most of them, whatever they are about and whenever they came; news,
even news that is told again with every report, stands on those about one matter. So only shares of all that the outlet
publishes count, each story once, over days, and they must be larger the more a paragraph reads like news: nearly every
article for prose, a good part for a short line that is no sentence ("UP NEXT"), some for what opens with a call to the
reader ("Sign up"). What bears evidence of a topic, or speaks of a correction, is never furniture. Where only articles
on topics are kept (keep = "matching") the sample is of one matter, and nothing can be learned: the caller's business.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.page_lines import is_line, is_note, line_key

SAMPLE = 60
"""Newest stories looked at."""
LEAST_STORIES = 15  # of fewer, most may be about one matter
NEARLY_ALL = 0.8  # of prose: an outlet's own formats apart, all its articles
OF_LINES = 0.4  # subheadings ("Background") recur, on fewer
LONGEST_LINE = 40  # characters; longer ones may be a sentence that lost its full stop
OF_CALLS = 0.2  # boxes take turns
LEAST_CARRIERS = 5
DAYS_APART = timedelta(days=3)
NEARLY_ALL_APART = timedelta(days=1)  # of an outlet: no one matter fills it longer, word for word

_CALL = re.compile(
    r"^\W{0,3}(?:please\s+|bitte\s+|пожалуйста,?\s+)?(?:"
    r"subscribe|sign\s+up|click\s+(?:here|on|the)|donate|support\s+(?:us|our\s+(?:work|journalism|newsroom|site))|share\s+this|"
    r"(?:get|keep)\s+in\s+touch|send\s+us|write\s+to|contact\s+us|follow\s+(?:us|our)|join\s+(?:us|our)|download\s+our|"
    r"(?:our|the)\s+newsletter|get\s+(?:our|the)\s+\w+\s+(?:newsletter|app|alerts)|"
    r"abone\s+ol\w*|tıklay\w+|bültenimiz\w*|bizi\s+takip|"
    r"подпи(?:шитесь|сывайтесь)|нажмите|поддержите\s+(?:нас|наш)|підпи(?:шіться|суйтесь)|підтримайте\s+(?:нас|наш)|"
    r"abonnieren\s+sie|klicken\s+sie|unterstützen\s+sie\s+uns|unser\s+newsletter|"
    r"abonnez-vous|inscrivez-vous|cliquez|soutenez-nous|suivez-nous|suscr[ií]bete|suscr[ií]base|haga\s+clic|síganos|iscriviti|clicca|assine|"
    r"zasubskrybuj|kliknij|wesprzyj\s+nas|zapisz\s+się|εγγραφείτε|πατήστε|ακολουθήστε|اشترك|اضغط|تابعونا)\b",
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
        if line and len(held) >= LEAST_CARRIERS and not _bears(samples, held)
        for words in [_words(samples, held)]
        if _is_furniture(words, [samples[n] for n in held], len(samples))
    ]
    return sorted(found, key=lambda one: (-one.carriers, one.line))


def without(text: str, lines: Iterable[str]) -> str:
    """Return a text without the paragraphs whose keys are in `lines`; as it is where nothing would be left."""
    unwanted = frozenset(lines)
    kept = [paragraph for paragraph in text.split("\n\n") if line_key(paragraph) not in unwanted]
    return "\n\n".join(kept) if kept else text


def _is_furniture(words: str, carriers: Sequence[Sample], articles: int) -> bool:
    share = len(carriers) / articles
    times = [sample.at for sample in carriers]
    days = max(times) - min(times)
    if share >= NEARLY_ALL and days >= NEARLY_ALL_APART:
        return True
    least = OF_CALLS if _CALL.match(words) else OF_LINES if _is_short_line(words) else NEARLY_ALL
    return share >= least and days >= DAYS_APART


def _is_short_line(words: str) -> bool:
    return len(words) <= LONGEST_LINE and is_line(words)


def _words(samples: Sequence[Sample], held: dict[int, int]) -> str:
    """The paragraph as the first that has it prints it."""
    number, place = next(iter(held.items()))
    return samples[number].paragraphs[place]


def _bears(samples: Sequence[Sample], held: dict[int, int]) -> bool:
    return any(place in samples[number].bearing for number, place in held.items())
