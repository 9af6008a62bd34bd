"""The answers that a backfill found: saved by the code that saves a pass's, as if they had come when they were captured."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.clean import Refusal
from crawler.download import Answer, Fetch
from crawler.gleaners import Hands
from crawler.gleaning import Page, Stint
from crawler.joining import same_headline
from crawler.outlets import Directory
from crawler.urls import url_key
from crawler.workers import Cleaners
from scheduler.backfill_places import Pointing
from scheduler.backfill_plan import File
from scheduler.config import Config
from scheduler.saving import Saving
from storage import backfills, identity, queries
from storage.archive import Database
from storage.policies import stored_policies
from storage.records import Article, Capture, Link, Outcome, Paging

if TYPE_CHECKING:
    from scheduler.backfill import Backfilled

CLOCKS_APART = timedelta(days=1)
"""An answer that was captured later than this from now was not: its file is somebody's mistake, or trap."""
NOT_HERE = Refusal(outcome=Outcome.NO_TEXT, reason="its next page does not follow in the file")


class LostError(Exception):
    """A file that was read cannot be read any more."""


class BackfillSaving:
    """Saves pages one by one, in their order."""

    def __init__(
        self,
        db: Database,
        config: Config,
        cleaners: Cleaners,
        hands: Hands,
        *,
        done: "Backfilled",
        now: datetime,
    ) -> None:
        self._db = db
        self._hands = hands
        self._done = done
        self._latest = now + CLOCKS_APART
        self._pointing = Pointing(config.archive.captures)
        self._saving = Saving(db, config, cleaners=cleaners, warc=self._pointing, run=done.run or 0)
        self._directory = Directory(config.outlets)
        self._policies = stored_policies(db)

    def learned(self) -> Mapping[str, frozenset[str]]:
        """Return what is known of the outlets' furniture now."""
        return self._saving.furniture.all()

    async def save(self, page: Page, file: File) -> bool:
        """Save a page; return whether it is an article new to the archive. In a transaction. Raises LostError."""
        first = page.places[0]
        if page.captures[0].fetched_at > self._latest:
            self._done.counts["unreadable"] += 1
            return False
        if backfills.is_kept(self._db, first.warc, first.byte_offset):
            self._count(page, Outcome.UNCHANGED)
            return False
        page = await self._as_known(page, file)
        outcome = self._save(page)
        self._count(page, outcome)
        article = page.result
        if outcome is Outcome.NEW and isinstance(article, Article) and article.outlet:
            await self._saving.furniture.note_new(article.outlet, now=page.captures[0].fetched_at)
        return outcome is Outcome.NEW

    async def finish(self, *, now: datetime) -> None:
        """Bring what was learned to what is stored."""
        await self._saving.furniture.finish(now=now)

    async def _as_known(self, page: Page, file: File) -> Page:
        """Return a page as it is read with all that is known by now: of its outlet's furniture, and of the article.

        Raises LostError where its file cannot be read again.
        """
        reads_all = self._is_known_unread(page)
        learned = self.learned()
        outlet = self._directory.of_url(page.captures[0].url) or ""
        while reads_all or page.learned != learned.get(outlet, frozenset()):
            stint = Stint(
                address=file.address, name=file.name, start=page.start, most=1, reads_all=True, learned=learned
            )
            again = await self._hands.do(stint)
            if again.failed:
                raise LostError(again.failed)
            if not again.pages:
                return page
            page, reads_all, learned = again.pages[0], False, self.learned()
        return page

    def _is_known_unread(self, page: Page) -> bool:
        """Say whether a page was refused unread that may be a later look at an article we have."""
        if not isinstance(page.result, Refusal) or page.result.outcome is not Outcome.OFF_TOPIC:
            return False
        capture = page.captures[0]
        keys = [url_key(capture.requested_url), url_key(capture.url)]
        return identity.is_known(self._db, capture.url, keys)

    def _save(self, page: Page) -> Outcome:
        captures = [_found_here(capture, page.places[0].warc) for capture in page.captures]
        self._pointing.take(captures, page.places)
        first, article = captures[0], page.result
        outlet = self._directory.of_url(first.url) or ""
        answer = Answer(
            fetch=Fetch(url=first.requested_url, outlet=outlet, kind="article"),
            at=first.fetched_at,
            status=first.status,
            capture=first,
            policy=self._policies.get("/".join(first.url.split("/", 3)[:3])),
        )
        failed = None
        if isinstance(article, Article) and article.paging:
            if self._is_part(article, article.paging):
                self._saving.defer(answer, of=article.paging.earlier)
                return Outcome.PART
            left = replace(article.paging, earlier=None)
            more = left.following or left.whole
            article = replace(article, paging=left if more and not self._saving.reserves(answer) else None)
            failed = NOT_HERE if article.paging else None
        return self._saving.save(answer, article, known=None, further=captures[1:], failed=failed)

    def _is_part(self, article: Article, paging: Paging) -> bool:
        """Say whether a page is a further one of an article that is stored."""
        stored = identity.holding_link(self._db, url_key(paging.earlier)) if paging.earlier else None
        title = queries.title_of(self._db, stored[0]) if stored else None
        return bool(title) and same_headline(title, article.title)

    def _count(self, page: Page, outcome: Outcome) -> None:
        outlet = self._directory.of_url(page.captures[0].url) or ""
        self._done.outlets.setdefault(outlet, Counter())[outcome] += 1
        self._done.counts[outcome] += 1


def _found_here(capture: Capture, warc: str) -> Capture:
    """Return a capture whose link says that a WARC file is where we have it from."""
    link = capture.link or Link(url=capture.requested_url, outlet="", found_in=warc, basis="page")
    return replace(capture, link=replace(link, found_by="warc"))
