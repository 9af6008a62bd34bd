"""The articles of a shared set asked for at their addresses; one printed over several pages is read page by page.

An article as far as its pages could be read is none: where it is not the one exported already, it stays unknown.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from crawler.clean import Refusal
from crawler.download import Answer, Fetch
from crawler.extract import EXTRACTOR
from crawler.outlets import host_of
from crawler.rights import tdm
from crawler.urls import url_key
from crawler.workers import Cleaners
from scheduler.config import Config
from scheduler.looks import leads_up
from scheduler.parts import Parts, Reading
from scheduler.saving import RESERVED
from storage import outlet_furniture, tombstones
from storage.archive import Database
from storage.articles import named
from storage.hydration import Found, Result, Source, Wanted, compare
from storage.records import Article, Capture, Outcome, utc_text
from storage.versions import digest_of


class Web:
    """What `crawl` asks for and tells of the answers; `settle` is told what came of each article."""

    def __init__(
        self, config: Config, db: Database | None, cleaners: Cleaners, asked: Iterable[Wanted],
        settle: Callable[[Found], None],
    ) -> None:  # fmt: skip
        self._db, self._settle = db, settle
        self._parts = Parts(_Pages(config, db, cleaners))
        self._by_url: dict[str, list[Wanted]] = {}
        for wanted in asked:
            self._by_url.setdefault(wanted.url, []).append(wanted)

    def fetches(self) -> Sequence[Fetch]:
        """Return what to ask first."""
        first = [Fetch(url=url, outlet=those[0].outlet, kind="article") for url, those in self._by_url.items()]
        return _in_turn(first)

    async def handle(self, answer: Answer) -> Iterable[Fetch]:
        """Take an answer; return the next page of its article, if it has one and all of it is wanted."""
        reading = await self._parts.read(answer)
        if not self._is_exported(reading) and (following := self._parts.following(reading)):
            return [following]
        self._read(reading)
        return ()

    def dropped(self, fetch: Fetch) -> None:
        """Take what was not asked: its host asked us to wait."""
        self._parts.cut(fetch)
        for wanted in self._by_url[fetch.part_of or fetch.url]:
            self._settle(nothing_found(wanted, "its host asked us to wait; the same command asks again"))

    def _is_exported(self, reading: Reading) -> bool:
        """Say whether what was read so far is what was exported: a paper may have split its page since."""
        article = reading.article
        if isinstance(article, Refusal):
            return False
        digest = digest_of(article.text)
        return all(wanted.digest == digest for wanted in self._by_url[reading.first.fetch.url])

    def _read(self, reading: Reading) -> None:
        for wanted in self._by_url[reading.first.fetch.url]:
            self._settle(self._judged(wanted, reading))

    def _judged(self, wanted: Wanted, reading: Reading) -> Found:
        article = reading.article
        if isinstance(article, Refusal):
            result: Result = "gone" if article.outcome is Outcome.GONE else "unknown"
            return nothing_found(wanted, _said(article), result=result)
        if not article.text:
            return nothing_found(wanted, "the page has no text")
        if self._db:
            keys = {url_key(wanted.url), url_key(article.url)}
            if tombstones.forbid(self._db, keys, outlet=None, names=named(article)):
                return nothing_found(wanted, "was forgotten here", result="gone")
        judged = text_found(wanted, article.text, source="web", seen_at=utc_text(reading.first.at), title=article.title)
        if reading.failed and judged.result != "identical":
            return nothing_found(wanted, f"a further page of it could not be read: {_said(reading.failed)}")
        return judged


class _Pages:
    """Reads pages and keeps nothing."""

    def __init__(self, config: Config, db: Database | None, cleaners: Cleaners) -> None:
        self._heeds = config.crawl.tdm_reserved != "keep"
        self._db, self._cleaners = db, cleaners

    async def clean(self, answer: Answer) -> Article | Refusal:
        if answer.outcome is not None or answer.capture is None:
            return Refusal(outcome=answer.outcome or Outcome.NO_TEXT, reason=answer.reason)
        if self.reserves(answer):
            return Refusal(outcome=Outcome.REFUSED, reason=RESERVED)
        if leads_up(url_key(answer.fetch.url), url_key(answer.capture.url)):
            return Refusal(outcome=Outcome.GONE, reason=f"leads to {answer.capture.url}")
        return await self._cleaners.clean(answer.capture, learned=self._learned(answer.fetch.outlet))

    async def clean_further(self, capture: Capture, so_far: Article) -> Article | Refusal:
        return await self._cleaners.clean(capture, so_far=so_far, learned=self._learned(so_far.outlet))

    def _learned(self, outlet: str | None) -> Collection[str]:
        return outlet_furniture.lines(self._db, outlet) if self._db and outlet else frozenset()

    def reserves(self, answer: Answer) -> bool:
        return self._heeds and answer.capture is not None and bool(tdm(answer.capture, answer.policy).reserved)


def text_found(
    wanted: Wanted, text: str, *, source: Source, seen_at: str | None = None, title: str | None = None
) -> Found:
    """Return a text that was found, compared with the one exported."""
    result, similarity = compare(wanted, text)
    return Found(
        article=wanted.article, key=wanted.key, url=wanted.url, result=result, similarity=similarity, source=source,
        seen_at=seen_at, title=title, wanted_digest=wanted.digest, text=text,
        reason=_other_rules(wanted) if result == "edited" and source != "archive" else "",
    )  # fmt: skip


def nothing_found(wanted: Wanted, reason: str, *, result: Result = "unknown") -> Found:
    """Return why there is no text of an article."""
    return Found(
        article=wanted.article, key=wanted.key, url=wanted.url, result=result, reason=reason,
        wanted_digest=wanted.digest,
    )  # fmt: skip


def _other_rules(wanted: Wanted) -> str:
    """Return what may make a text another one though the outlet left it as it was."""
    if wanted.extractor in ("", EXTRACTOR):
        return ""
    return f"cleaned by {EXTRACTOR}, the exported text by {wanted.extractor}: that alone may be the difference"


def _said(refusal: Refusal) -> str:
    return f"{refusal.outcome}: {refusal.reason}".rstrip(": ")


def _in_turn(fetches: Sequence[Fetch]) -> list[Fetch]:
    """Return fetches so that hosts take turns: each waits for its own delay, not for the others'."""
    place: dict[str, int] = {}
    turns = []
    for number, fetch in enumerate(fetches):
        host = host_of(fetch.url)
        place[host] = place.get(host, 0) + 1
        turns.append((place[host], number, fetch))
    return [fetch for _, _, fetch in sorted(turns, key=lambda turn: turn[:2])]
