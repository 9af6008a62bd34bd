"""The pages of a pass: clean an answer, save what it brings, settle its link, note a later look."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawler.clean import Refusal
from crawler.download import Answer
from crawler.extract import EXTRACTOR
from crawler.outlets import Directory
from crawler.rights import tdm, without_text
from crawler.urls import article_key, article_url_key, url_key
from crawler.warc import WarcFolder
from crawler.workers import Cleaners
from scheduler.config import Config
from storage import articles, coverage, frontier
from storage.archive import Database
from storage.records import Article, Capture, FoundBy, Outcome

CHECK_STATES: Mapping[Outcome, str] = {
    Outcome.GONE: "gone",
    Outcome.REFUSED: "refused",
    Outcome.ROBOTS: "refused",
    Outcome.VERSION: "changed",
    Outcome.UNCHANGED: "alive",
}  # everything else: unknown


LONGEST_REST = timedelta(days=30)


class Saving:
    """Saves the answers of article addresses, one transaction each."""

    def __init__(self, db: Database, config: Config, *, cleaners: Cleaners, warc: WarcFolder, run: int) -> None:
        self._db = db
        self._keeping = config.archive
        self._tdm_reserved = config.crawl.tdm_reserved
        self._directory = Directory(config.outlets)
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
            cleaned = self._allowed(cleaned, answer.capture, known)
        if isinstance(cleaned, Article) and answer.capture:
            saved = self._store(cleaned, answer.capture, known)
            outcome, article, reason = saved.outcome, saved.article, ""
            if known is not None and article != known:
                self._check(known, "unknown", f"now at {cleaned.url}", answer)
        elif isinstance(cleaned, Refusal):
            outcome, article, reason = cleaned.outcome, known, cleaned.reason
            keeps = self._keeping.keep_captures == "all" and outcome is not Outcome.REFUSED
            if answer.capture and answer.outcome is None and keeps:
                articles.save_capture(self._db, self._keep(answer.capture))
        if answer.fetch.link and answer.fetch.kind == "article":
            wait = retry_after(answer.retry_after, answer.at)
            frontier.settle_link(self._db, url_key(answer.fetch.link.url), outcome, now=answer.at, wait=wait)
        if article is not None and outcome is not Outcome.NEW:
            self._check(article, CHECK_STATES.get(outcome, "unknown"), reason, answer)
        return outcome

    def _allowed(self, article: Article, capture: Capture, known: int | None) -> Article | Refusal:
        """Return what may be kept of an article whose outlet has something to say about mining its texts."""
        reserved, policy = tdm(capture)
        if reserved is not None and article.outlet:
            coverage.record_rights(
                self._db, article.outlet, now=capture.fetched_at, tdm_reserved=reserved, terms=policy
            )
        if not reserved or self._tdm_reserved == "keep":
            return article
        if self._tdm_reserved == "skip":
            return Refusal(outcome=Outcome.REFUSED, reason="reserved: text-and-data mining")
        if known is not None:  # stored before the reservation: what we have stays, what is there now is not taken
            return Refusal(outcome=Outcome.UNCHANGED, reason="reserved: text-and-data mining")
        return without_text(article)

    def _check(self, article: int, state: str, reason: str, answer: Answer) -> None:
        articles.record_check(
            self._db, article, state=state, status=answer.status, reason=reason, run=self._run, now=answer.at
        )

    def _store(self, article: Article, capture: Capture, known: int | None) -> articles.Saved:
        keep = self._keeping.keep_captures
        keeps = keep == "all" or (keep == "matching" and bool(article.tags))
        found_by: FoundBy = capture.link.found_by if capture.link else "live"
        return articles.save_article(
            self._db,
            article,
            self._identity(article, known),
            articles.Provenance(extractor=EXTRACTOR, found_by=found_by, run=self._run, at=capture.fetched_at),
            keep_all=self._keeping.keep == "all",
            capture=(lambda: self._keep(capture)) if keeps and article.text else None,
        )

    def _identity(self, article: Article, known: int | None) -> articles.Identity:
        """Return who an article is: the one looked at again, if this is it; else by its canonical, else its address."""
        own = url_key(article.url)
        if known is not None:
            identity, url = articles.identity_of(self._db, known)
            if url_key(url) == own or articles.carries(self._db, known, article.text):
                return identity
        same_outlet = self._directory.of_url(article.canonical_url or "") == article.outlet
        key = article_url_key(article.url, article.canonical_url, same_outlet=same_outlet)
        holder = articles.address_holding(self._db, key) if key != own else None
        if holder and url_key(holder[1]) != own and not articles.carries(self._db, holder[0], article.text):
            key = own  # another article claims it: not every page that names a canonical is a variant of it
        return articles.Identity(url_key=key, key=article_key(key))

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
    """Read a Retry-After header, seconds or an HTTP date (RFC 9110, 10.2.3); at most LONGEST_REST is believed."""
    if not header:
        return None
    text = header.strip()
    try:
        wait = (
            timedelta(seconds=int(text)) if text.isdecimal() else parsedate_to_datetime(text).replace(tzinfo=UTC) - now
        )
    except OverflowError:
        return LONGEST_REST
    except ValueError:
        return None
    return min(wait, LONGEST_REST)
