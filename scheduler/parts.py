"""Articles whose pages are still coming in: what was read of each so far, and what is asked next.

Nothing of them is in the archive before the last page is: killed in between, the link waits as for every page.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from crawler.clean import Refusal
from crawler.download import Answer, Fetch
from crawler.joining import without_whole
from scheduler.saving import RESERVED
from storage.records import Article, Capture, Outcome, Paging

MOST_BYTES = 8_000_000
"""Of an article's pages together, held until the last has come; ten pages of the heaviest sites."""
OVER = Refusal(outcome=Outcome.TIMEOUT, reason="the pass was over before its next page was asked")


class Reader(Protocol):
    """Reads one page: `Saving`, as `Saving` says, or what keeps nothing."""

    async def clean(self, answer: Answer) -> Article | Refusal:
        """Return the article of an answer, or why there is none."""

    async def clean_further(self, capture: Capture, so_far: Article) -> Article | Refusal:
        """Return an article with a further page of it, or why that cannot be read."""

    def reserves(self, answer: Answer) -> bool:
        """Say whether an answer's outlet reserves the mining of its text, and we heed it."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """An article as far as it was read."""

    first: Answer
    """With its first page."""
    article: Article | Refusal
    further: list[Capture] = field(default_factory=list)
    """Of its other pages, in the order they were asked in."""
    failed: Refusal | None = None
    """Why the next page could not be read."""
    earlier: str | None = None
    """The address of an earlier page, where what was asked first turned out to be a further one."""

    @property
    def asks(self) -> str | None:
        """The address to ask next; None: it is read, or as far as may be."""
        paging = self.article.paging if isinstance(self.article, Article) and not self.failed else None
        return (paging.whole or paging.following) if paging else None


class Parts:
    """The articles of a pass that are being read page by page."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._open: dict[tuple[str, str], Reading] = {}

    async def read(self, answer: Answer) -> Reading:
        """Return an article as read with an answer, which is a first page's or that of a page asked for."""
        reading = self._open.pop((answer.fetch.kind, answer.fetch.part_of or ""), None)
        if reading is None:
            return await self._begun(answer)
        await self._read_on(reading, answer)
        return reading

    def following(self, reading: Reading) -> Fetch | None:
        """Return what is to be asked next for an article; None if it is to be saved now."""
        address, first = reading.asks, reading.first.fetch
        if address is None:
            return None
        self._open[first.kind, first.url] = reading
        return Fetch(url=address, outlet=first.outlet, kind=first.kind, part_of=first.url)

    def cut(self, fetch: Fetch) -> Reading | None:
        """Return the article whose further page is not asked, as it is to be saved; None for any other fetch."""
        reading = self._open.pop((fetch.kind, fetch.part_of or ""), None)
        if reading:
            reading.failed = OVER
        return reading

    def all_cut(self) -> Iterable[Reading]:
        """Return the articles that are still being read, as they are to be saved when a pass ends."""
        while self._open:
            _, reading = self._open.popitem()
            reading.failed = OVER
            yield reading

    async def _begun(self, answer: Answer) -> Reading:
        article = await self._reader.clean(answer)
        if isinstance(article, Refusal) or article.paging is None:
            return Reading(first=answer, article=article)
        left = replace(article.paging, earlier=None)
        no_more = left == Paging() or self._reader.reserves(answer)
        return Reading(
            first=answer,
            article=replace(article, paging=None if no_more else left),
            earlier=article.paging.earlier,
        )

    async def _read_on(self, reading: Reading, answer: Answer) -> None:
        """Add the page of an answer to an article, or why it could not be."""
        article, capture = reading.article, answer.capture
        if not isinstance(article, Article) or article.paging is None:
            return
        refusal = self._refused(reading, answer)
        if capture and not refusal:
            capture = replace(capture, part_of=reading.first.fetch.url, part=len(reading.further) + 2)
            read = await self._reader.clean_further(capture, article)
            if isinstance(read, Article):
                if read.paging == Paging():  # it is another article, whose link is left to be asked for: this one ended
                    reading.article = replace(read, paging=None)
                else:
                    reading.article = read
                    reading.further.append(capture)
                return
            refusal = read
        if article.paging.whole and article.paging.following:
            reading.article = without_whole(article)
        else:
            reading.failed = refusal

    def _refused(self, reading: Reading, answer: Answer) -> Refusal | None:
        if answer.outcome is not None or answer.capture is None:
            return Refusal(outcome=answer.outcome or Outcome.NO_TEXT, reason=answer.reason)
        if self._reader.reserves(answer):
            return Refusal(outcome=Outcome.REFUSED, reason=RESERVED)
        held = [capture for capture in (reading.first.capture, *reading.further, answer.capture) if capture]
        if sum(len(capture.body) for capture in held) > MOST_BYTES:
            return Refusal(outcome=Outcome.TOO_LARGE, reason="its pages are more than is held at once")
        return None
