"""The pages of a pass: clean an answer, save what it brings, settle its link, note a later look."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus

from crawler.clean import Refusal
from crawler.download import Answer
from crawler.extract import EXTRACTOR
from crawler.outlets import Directory
from crawler.rights import noarchive, tdm, without_text
from crawler.topics import topics_version
from crawler.urls import clean_url, url_key
from crawler.warc import Keeper, capture_at
from crawler.warc_records import digest_of, payload_of
from crawler.workers import Cleaners
from scheduler.config import Config
from scheduler.learning import Furniture
from scheduler.looks import leads_up
from scheduler.places import body_digest, stated
from scheduler.recognition import Recognition
from storage import articles, coverage, frontier, identity, tombstones, versions
from storage.archive import Database
from storage.records import Article, Capture, FoundBy, Outcome, Validators

CHECK_STATES: Mapping[Outcome, str] = {
    Outcome.GONE: "gone",
    Outcome.REFUSED: "refused",
    Outcome.ROBOTS: "refused",
    Outcome.VERSION: "changed",
    Outcome.UNCHANGED: "alive",
}  # everything else: unknown

RESERVED = "reserved: text-and-data mining"
LONGEST_REST = timedelta(days=30)


class Saving:
    """Saves the answers of article addresses, one transaction each."""

    def __init__(self, db: Database, config: Config, *, cleaners: Cleaners, warc: Keeper, run: int) -> None:
        self._db = db
        self._keeping = config.archive
        self._crawl = config.crawl
        self._screens = config.archive.keep == "matching" and bool(config.topics)
        self._topics = topics_version(config.topics)
        self._directory = Directory(config.outlets)
        self._fronts = frozenset(url_key(outlet.url) for outlet in config.outlets)
        self._recognition = Recognition(db, self._directory)
        self._cleaners = cleaners
        self._warc = warc
        self._run = run
        self.furniture = Furniture(db, cleaners, run=run, learns=config.archive.keep == "all")
        self.recleaned = 0
        """Articles written anew as today's rules clean them; no versions."""

    async def clean(self, answer: Answer) -> Article | Refusal:
        """Return the article of an answer, or why there is none."""
        capture = answer.capture
        if answer.outcome is not None or capture is None:
            return Refusal(outcome=answer.outcome or Outcome.NO_TEXT, reason=answer.reason)
        looks_again = answer.fetch.kind == "recheck"
        if looks_again and body_digest(capture) == answer.fetch.validators.body_digest:
            return Refusal(outcome=Outcome.UNCHANGED, reason="the same bytes")
        screens = self._screens and self._is_first_look(answer, capture)
        cleaned = await (self._cleaned_on_topic(capture) if screens else self._cleaned(capture))
        if looks_again and isinstance(cleaned, Article):
            await self._clean_stored(answer)
        return cleaned

    async def clean_further(self, capture: Capture, so_far: Article) -> Article | Refusal:
        """Return an article with a further page of it, or why that cannot be read."""
        return await self._cleaned(capture, so_far=so_far)

    def _is_first_look(self, answer: Answer, capture: Capture) -> bool:
        """Say whether nothing is lost where a page that is off topic goes unread: no edit, no removal, no way it led."""
        if answer.fetch.kind != "article" or clean_url(capture.url) is None:
            return False
        asked, final = url_key(answer.fetch.url), url_key(capture.url)
        same_as = capture.link.same_as if capture.link else None
        keys = [asked, final, *([same_as] if same_as else ())]
        return not self._leads_away(asked, final) and not identity.is_known(self._db, capture.url, keys)

    async def _clean_stored(self, answer: Answer) -> None:
        """Clean the stored pages of an article again where other rules did, so that like is compared with like."""
        id_ = identity.cleaned_otherwise(self._db, answer.fetch.url, EXTRACTOR)
        places = versions.captured_at(self._db, id_) if id_ is not None else []
        if id_ is None or not places or any("://" in warc for warc, _ in places):
            return
        stored = [capture_at(self._warc.folder / warc, byte_offset=offset) for warc, offset in places]
        captures = [replace(capture, link=answer.fetch.link) for capture in stored if capture]
        cleaned = await self._cleaned(*captures) if len(captures) == len(stored) else None
        if isinstance(cleaned, Article):
            with self._db.atomic():
                self.recleaned += articles.reclean(
                    self._db, id_, cleaned, extractor=EXTRACTOR, run=self._run, now=answer.at
                )

    async def _cleaned(self, *captures: Capture, so_far: Article | None = None) -> Article | Refusal:
        """Clean the captures of an article, with all that is known of its outlet's furniture by the time it is done."""
        return await self._as_known(captures[0], partial(self._cleaners.clean, *captures, so_far=so_far))

    async def _cleaned_on_topic(self, capture: Capture) -> Article | Refusal:
        """As `_cleaned`, but a page that cannot be on any topic goes unread."""
        return await self._as_known(capture, partial(self._cleaners.clean_on_topic, capture))

    async def _as_known(
        self, capture: Capture, clean: Callable[..., Awaitable[Article | Refusal]]
    ) -> Article | Refusal:
        outlet = self._directory.of_url(capture.url)
        while True:
            known = self.furniture.of(outlet)
            cleaned = await clean(learned=known)
            if self.furniture.of(outlet) == known:
                return cleaned

    def save(
        self,
        answer: Answer,
        cleaned: Article | Refusal,
        *,
        known: int | None,
        further: Sequence[Capture] = (),
        failed: Refusal | None = None,
    ) -> Outcome:
        """Save one answer and return its outcome; `known` is the article it is a later look at. In a transaction.

        Of an article printed over several pages the answer is the first's; `further` are the others', `failed` says why
        they are not all: its link waits if that may pass.
        """
        if isinstance(cleaned, Article) and answer.capture:
            cleaned = self._led_away(answer, cleaned, known) or self._allowed(answer, cleaned, known)
        if isinstance(cleaned, Article) and answer.capture:
            saved = self._store(cleaned, [answer.capture, *further], known)
            outcome, article, reason = saved.outcome, saved.article, failed.reason if failed else ""
            if known is not None and article != known:
                self._check(known, "unknown", f"now at {cleaned.url}", answer)
            elif article is not None:
                self._remember(answer, in_part=bool(further) or cleaned.paging is not None)
        elif isinstance(cleaned, Refusal):
            outcome, article, reason = cleaned.outcome, known, cleaned.reason
            taken = (
                answer.outcome is not None or outcome is not Outcome.REFUSED
            )  # a page that was given, and may be kept
            keeps = self._keeping.keep_captures == "all" and taken and outcome is not Outcome.UNCHANGED
            if answer.capture and keeps:
                for capture in (answer.capture, *further):
                    articles.save_capture(self._db, self._keep(capture))
        self._settle(answer, outcome, further, failed)
        if outcome is Outcome.FORGOTTEN and known is None:
            self._bury(answer, further)
        if article is not None and outcome is not Outcome.NEW:
            if outcome is Outcome.UNCHANGED:
                self._revisit(article, answer)
            self._check(article, CHECK_STATES.get(outcome, "unknown"), reason, answer)
        return outcome

    def defer(self, answer: Answer, *, of: str | None) -> None:
        """Settle the link of a page that is a further one of an article asked for elsewhere, at `of`. In a transaction."""
        forgotten = bool(of and tombstones.held(self._db, [url_key(of)]))
        if answer.capture and self._keeping.keep_captures == "all" and not forgotten:
            articles.save_capture(self._db, self._keep(answer.capture))
        self._settle(answer, Outcome.PART, (), None)

    def _bury(self, answer: Answer, further: Sequence[Capture]) -> None:
        """Keep nothing of the addresses that led to what was forgotten, and never ask them again."""
        link = answer.fetch.link
        urls = [*([link.url] if link else []), *(capture.requested_url for capture in further)]
        for url in urls:
            tombstones.extend(self._db, url_key(url), outlet=answer.fetch.outlet, run=self._run, now=answer.at)

    def _settle(self, answer: Answer, outcome: Outcome, further: Sequence[Capture], failed: Refusal | None) -> None:
        """Write what came of an article's link, and that those of its further pages need not be asked."""
        may_pass = failed is not None and failed.outcome in frontier.TEMPORARY
        if answer.fetch.link and answer.fetch.kind == "article":
            wait = retry_after(answer.retry_after, answer.at)
            settled = failed.outcome if failed and may_pass else outcome
            screened_by = self._topics if settled is Outcome.OFF_TOPIC else None
            key = url_key(answer.fetch.link.url)
            frontier.settle_link(self._db, key, settled, now=answer.at, wait=wait, screened_by=screened_by)
        for capture in further:
            frontier.settle_link(self._db, url_key(capture.requested_url), Outcome.PART, now=answer.at)

    def _led_away(self, answer: Answer, article: Article, known: int | None) -> Refusal | None:
        """Return that an address is gone if it led to a front page, a section or an error page."""
        final = url_key(article.url)
        asked = url_key(answer.fetch.url)
        if not self._leads_away(asked, final):
            return None
        if known is not None and identity.carries(self._db, known, article.text):
            return None
        return Refusal(outcome=Outcome.GONE, reason=f"leads to {article.url}")

    def _leads_away(self, asked: str, final: str) -> bool:
        return asked != final and (final in self._fronts or leads_up(asked, final))

    def _allowed(self, answer: Answer, article: Article, known: int | None) -> Article | Refusal:
        """Return what may be kept of an article whose outlet has something to say about mining its texts."""
        capture = answer.capture
        if capture is None:
            return article
        mining = tdm(capture, answer.policy)
        hidden = noarchive(capture, agent=self._crawl.user_agent)
        if article.outlet and (mining.reserved is not None or hidden):
            coverage.record_page_rights(
                self._db,
                article.outlet,
                now=capture.fetched_at,
                tdm_reserved=mining.reserved,
                terms=mining.policy,
                noarchive=hidden,
            )
        if not mining.reserved or self._crawl.tdm_reserved == "keep":
            return article
        if self._crawl.tdm_reserved == "skip":
            return Refusal(outcome=Outcome.REFUSED, reason=RESERVED)
        if known is not None:  # stored before the reservation: what we have stays, what is there now is not taken
            return Refusal(outcome=Outcome.UNCHANGED, reason=RESERVED)
        return without_text(article)

    def reserves(self, answer: Answer) -> bool:
        """Say whether an answer's outlet reserves the mining of its text, and we heed it."""
        heeds = self._crawl.tdm_reserved != "keep"
        return heeds and answer.capture is not None and bool(tdm(answer.capture, answer.policy).reserved)

    def _check(self, article: int, state: str, reason: str, answer: Answer) -> None:
        versions.record_check(
            self._db, article, state=state, status=answer.status, reason=reason, run=self._run, now=answer.at
        )

    def _remember(self, answer: Answer, *, in_part: bool) -> None:
        """Note what to ask an article's address with the next time; a first page that has not changed proves nothing."""
        if answer.capture is None or answer.fetch.link is None:
            return
        said = Validators() if in_part else stated(answer.capture)
        frontier.remember_answer(self._db, url_key(answer.fetch.link.url), said, answer.at)

    def _revisit(self, article: int, answer: Answer) -> None:
        """Keep as evidence that an answer brought again what was kept before."""
        capture = answer.capture
        if capture is None or self._keeping.keep_captures == "none":
            return
        not_modified = capture.status == HTTPStatus.NOT_MODIFIED
        stored = versions.last_capture(self._db, article, not_modified=not_modified)
        if stored and (not_modified or digest_of(payload_of(capture)) == stored.digest):
            self._warc.revisit(capture, of=stored)

    def _store(self, article: Article, captures: Sequence[Capture], known: int | None) -> articles.Saved:
        capture = captures[0]
        keep = self._keeping.keep_captures
        keeps = keep == "all" or (keep == "matching" and bool(article.tags))
        found_by: FoundBy = capture.link.found_by if capture.link else "live"
        saved = articles.save_article(
            self._db,
            article,
            self._recognition.of(article, capture.link, known),
            articles.Provenance(extractor=EXTRACTOR, found_by=found_by, run=self._run, at=capture.fetched_at),
            keep_all=self._keeping.keep == "all",
            captures=(lambda: [self._keep(each) for each in captures]) if keeps and article.text else None,
        )
        self.recleaned += saved.recleaned
        if saved.outcome is Outcome.OFF_TOPIC and keep == "all":
            articles.save_capture(self._db, self._keep(capture))
        return saved

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
        wait = timedelta(seconds=int(text)) if text.isdecimal() else _aware(parsedate_to_datetime(text)) - now
    except OverflowError:
        return LONGEST_REST
    except ValueError:
        return None
    return min(wait, LONGEST_REST)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
