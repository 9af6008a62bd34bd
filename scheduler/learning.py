"""Furniture of the outlets: learned as their articles come in, told to the cleaners, taken out of what is stored.

The first articles of an outlet are cleaned with nothing known of it; what they show is learned early in a pass, so that
few have to be written anew. A text written anew is no version: the outlet changed nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from crawler.topics.stored import languages_of
from crawler.workers import Cleaners
from storage import articles, outlet_furniture, stories
from storage.archive import Database
from storage.learning import learn, without
from storage.records import Tag

_MARKS = frozenset(10 * 2**n for n in range(6))  # new articles of an outlet in a pass at which it is looked at
_AT_ONCE = 50  # texts written anew in one transaction
_MOST_REWRITTEN = 1000  # stored articles gone through at a time; the others' turn comes with the next passes


class Furniture:
    """What a pass, as run `run`, knows and learns of the furniture of its outlets.

    `learns`: all articles are kept; those on topics alone do not show what an outlet's pages have in common.
    """

    def __init__(self, db: Database, cleaners: Cleaners, *, run: int, learns: bool) -> None:
        self._db = db
        self._cleaners = cleaners
        self._run = run
        self._learns = learns
        self._lines = {outlet: outlet_furniture.lines(db, outlet) for outlet in outlet_furniture.outlets_with_some(db)}
        self._new: Counter[str] = Counter()
        self._busy: set[str] = set()
        self.learned = 0
        """Paragraphs found to be furniture."""
        self.rewritten = 0
        """Stored articles they were taken out of."""

    def of(self, outlet: str | None) -> frozenset[str]:
        """Return the keys of all that is known to be furniture of an outlet."""
        return self._lines.get(outlet or "", frozenset())

    def all(self) -> Mapping[str, frozenset[str]]:
        """Return the same of every outlet that has some."""
        return {outlet: lines for outlet, lines in self._lines.items() if lines}

    async def note_new(self, outlet: str, *, now: datetime) -> None:
        """Count a new article; at the first few marks, look at what the outlet's articles show."""
        self._new[outlet] += 1
        if self._new[outlet] in _MARKS and outlet not in self._busy:
            await self._look(outlet, now)

    async def finish(self, *, now: datetime) -> None:
        """Look at every outlet that had new articles, and go on with what earlier passes left."""
        for outlet in sorted(self._lines.keys() | self._new.keys()):
            await self._look(outlet, now)

    async def _look(self, outlet: str, now: datetime) -> None:
        self._busy.add(outlet)
        if self._new[outlet] and self._learns:
            stories.catch_up(self._db)  # a text counts once a story
            found = [
                one for one in learn(outlet_furniture.samples(self._db, outlet)) if one.line not in self.of(outlet)
            ]
            with self._db.atomic():
                outlet_furniture.remember(self._db, outlet, found, run=self._run, now=now)
            self._lines[outlet] = self.of(outlet) | {one.line for one in found}
            self.learned += len(found)
        await self._take_out(outlet, now)
        self._busy.discard(outlet)

    async def _take_out(self, outlet: str, now: datetime) -> None:
        """Write the newest stored texts that still have an outlet's furniture without it."""
        waiting = outlet_furniture.pending(self._db, outlet, limit=_MOST_REWRITTEN)
        known = self.of(outlet)
        having = [(id_, text) for id_, text in waiting if without(text, known) != text]
        for n in range(0, len(having), _AT_ONCE):
            await self._rewrite(having[n : n + _AT_ONCE], known, now)
        if waiting:
            with self._db.atomic():
                below = waiting[-1][0] if len(waiting) == _MOST_REWRITTEN else None
                outlet_furniture.note_progress(self._db, outlet, below)

    async def _rewrite(self, texts: Sequence[tuple[int, str]], known: frozenset[str], now: datetime) -> None:
        tagged = [(id_, text, await self._tags(id_, without(text, known))) for id_, text in texts]
        with self._db.atomic(), articles.together(self._db):
            for id_, old, tags in tagged:
                if tags is not None and articles.words_of(self._db, id_)[1] == old:  # else a later look has written it
                    articles.rewrite(self._db, id_, known, tags, run=self._run, now=now)
                    self.rewritten += 1

    async def _tags(self, id_: int, text: str) -> Sequence[Tag] | None:
        title, language, confidence = articles.spoken(self._db, id_)
        languages = languages_of(title, text, language=language, confidence=confidence)
        return await self._cleaners.tags(title, text, languages)
