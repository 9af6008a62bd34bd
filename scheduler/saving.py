"""The pages of a pass: clean an answer, save what it brings, settle its link, note a later look."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawler.clean import Cleaners, Refusal
from crawler.download import Answer
from crawler.extract import EXTRACTOR
from crawler.outlets import Directory
from crawler.urls import article_key, article_url_key, url_key
from crawler.warc import WarcFolder
from storage import articles, frontier
from storage.archive import Database
from storage.records import Article, Capture, FoundBy, Outcome
from storage.settings import Archive

CHECK_STATES: Mapping[Outcome, str] = {
    Outcome.GONE: "gone",
    Outcome.REFUSED: "refused",
    Outcome.ROBOTS: "refused",
    Outcome.VERSION: "changed",
    Outcome.UNCHANGED: "alive",
}  # everything else: unknown


class Saving:
    """Saves the answers of article addresses, one transaction each."""

    def __init__(
        self, db: Database, keeping: Archive, directory: Directory, *, cleaners: Cleaners, warc: WarcFolder, run: int
    ) -> None:
        self._db = db
        self._keeping = keeping
        self._directory = directory
        self._cleaners = cleaners
        self._warc = warc
        self._run = run

    async def clean(self, answer: Answer) -> Article | Refusal:
        """Return the article of an answer, or why there is none."""
        if answer.outcome is None and answer.capture:
            return await self._cleaners.clean(answer.capture)
        return Refusal(outcome=answer.outcome or Outcome.NO_TEXT, reason=answer.reason)

    def save(self, answer: Answer, cleaned: Article | Refusal, *, known: int | None) -> Outcome:
        """Save one answer and return its outcome; `known` is the article it is a later look at. In a transaction."""
        if isinstance(cleaned, Article) and answer.capture:
            saved = self._store(cleaned, answer.capture)
            outcome, article, reason = saved.outcome, saved.article, ""
        elif isinstance(cleaned, Refusal):
            outcome, article, reason = cleaned.outcome, known, cleaned.reason
        if answer.fetch.link and answer.fetch.kind == "article":
            wait = retry_after(answer.retry_after, answer.at)
            frontier.settle_link(self._db, url_key(answer.fetch.link.url), outcome, now=answer.at, wait=wait)
        if article is not None and outcome is not Outcome.NEW:
            state = CHECK_STATES.get(outcome, "unknown")
            articles.record_check(
                self._db, article, state=state, status=answer.status, reason=reason, run=self._run, now=answer.at
            )
        return outcome

    def _store(self, article: Article, capture: Capture) -> articles.Saved:
        key = self._key(article)
        keep = self._keeping.keep_captures
        found_by: FoundBy = capture.link.found_by if capture.link else "live"
        return articles.save_article(
            self._db,
            article,
            articles.Identity(url_key=key, key=article_key(key)),
            articles.Provenance(extractor=EXTRACTOR, found_by=found_by, run=self._run, at=capture.fetched_at),
            keep_all=self._keeping.keep == "all",
            capture=(lambda: self._keep(capture)) if keep == "all" or (keep == "matching" and article.tags) else None,
        )

    def _key(self, article: Article) -> str:
        """Return the article's url_key: its canonical's on the same outlet unless another article claims that."""
        own = url_key(article.url)
        same_outlet = self._directory.of_url(article.canonical_url or "") == article.outlet
        key = article_url_key(article.url, article.canonical_url, same_outlet=same_outlet)
        holder = articles.address_holding(self._db, key)
        return own if holder and url_key(holder[1]) not in (key, own) else key

    def _keep(self, capture: Capture) -> articles.CaptureRow:
        place = self._warc.write(capture)
        return articles.CaptureRow(
            url=capture.url,
            fetched_at=capture.fetched_at,
            status=capture.status,
            content_type=capture.content_type,
            warc=place.warc,
            byte_offset=place.byte_offset,
            byte_length=place.byte_length,
            digest=place.digest,
        )


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read a Retry-After header: seconds or an HTTP date (RFC 9110, section 10.2.3)."""
    if not header:
        return None
    if header.strip().isdigit():
        return timedelta(seconds=int(header))
    try:
        return parsedate_to_datetime(header).replace(tzinfo=UTC) - now
    except ValueError:
        return None
