"""Capture → article: the one sequence for live pages, stored captures and other people's WARC files.

    extract (text, metadata, credits) → the outlet of the final address → further pages → topics

With `keep = "matching"` a page that cannot be on a topic is told apart before that. Pure; `workers.py` runs it on all cores, beside fetching.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from crawler.extract import extract, require_html
from crawler.joining import with_page
from crawler.outlets import Directory
from crawler.prefilter import Prefilter
from crawler.topics import Matcher, compile_topics
from crawler.urls import clean_url, url_key
from storage.errors import ExtractError
from storage.learning import without
from storage.records import Article, Capture, Outcome, Outlet, Tag, Topic

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a capture gave no article."""

    outcome: Outcome
    reason: str


def read(
    capture: Capture,
    *,
    outlet: Outlet | None = None,
    directory: Directory | None = None,
    learned: Collection[str] = (),
) -> Article | Refusal:
    """Extract a capture's article; a page that gives none, or breaks the parser, is a Refusal."""
    try:
        return extract(capture, outlet=outlet, directory=directory, learned=learned)
    except ExtractError as error:
        return Refusal(outcome=error.outcome, reason=error.reason)
    except MemoryError:
        raise  # what a page may take is the worker's matter
    except Exception as error:  # the one boundary where anything a hostile page does becomes an outcome
        logger.exception("cannot read %s", capture.url)
        return Refusal(outcome=Outcome.PARSE_ERROR, reason=f"{type(error).__name__}: {error}")


class Cleaner:
    """The sequence, for one configuration."""

    def __init__(self, outlets: Sequence[Outlet], topics: Sequence[Topic]) -> None:
        self._directory = Directory(outlets)
        self._matcher: Matcher = compile_topics(topics)
        self._prefilter = Prefilter(self._matcher)

    def clean_on_topic(self, capture: Capture, learned: Collection[str] = ()) -> Article | Refusal:
        """As `clean`, but a page that cannot be on any topic is refused unread."""
        id_ = self._directory.of_url(capture.url)
        outlet = self._directory.outlets.get(id_) if id_ else None
        if outlet is None or self._may_carry(capture, outlet):
            return self.clean(capture, learned=learned)
        return Refusal(outcome=Outcome.OFF_TOPIC, reason="none of the words that a topic needs")

    def _may_carry(self, capture: Capture, outlet: Outlet) -> bool:
        try:
            require_html(capture)
            return self._prefilter.may_carry(capture, language=outlet.language)
        except (ExtractError, RecursionError):
            return True  # for `clean` to say

    def clean(
        self, *captures: Capture, so_far: Article | None = None, learned: Collection[str] = ()
    ) -> Article | Refusal:
        """Read and tag an article, filed under the outlet of its final address.

        Usually of one capture; of an article printed over several pages of all of them, in the order they were asked in,
        or of those that come after what was read `so_far`. The first page that cannot be read is the Refusal.
        `learned`: the furniture of its outlet, of which what was read so far may still have some.
        """
        for capture in captures:
            page = self._page(capture, learned)
            if isinstance(page, Refusal):
                return page
            if so_far is not None and page.outlet != so_far.outlet:
                return Refusal(outcome=Outcome.OFF_SITE, reason="goes on at another outlet")
            if so_far is not None and url_key(capture.url) not in (url_key(capture.requested_url), url_key(so_far.url)):
                return Refusal(outcome=Outcome.GONE, reason=f"leads to {capture.url}")
            if so_far is not None:
                so_far = with_page(replace(so_far, text=without(so_far.text, learned)), page)
            else:
                so_far = page
        if so_far is None:
            raise ValueError("no capture")
        return self.tag(so_far)

    def _page(self, capture: Capture, learned: Collection[str]) -> Article | Refusal:
        outlet = self._directory.of_url(capture.url)
        if outlet is None or clean_url(capture.url) is None:
            return Refusal(outcome=Outcome.OFF_SITE, reason="the address belongs to no outlet")
        page = read(capture, outlet=self._directory.outlets[outlet], directory=self._directory, learned=learned)
        return page if isinstance(page, Refusal) else replace(page, outlet=outlet)

    def tag(self, article: Article) -> Article:
        """Return the article with the tags of the topics in force."""
        languages = article.likely_languages or ((article.language,) if article.language else ())
        return replace(article, tags=self.tags(article.title, article.text, languages))

    def tags(self, title: str | None, text: str, languages: Sequence[str]) -> tuple[Tag, ...]:
        """Return the tags of a text in any of `languages`, best first."""
        return self._matcher.tags(title, text, languages)
