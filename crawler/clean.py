"""Capture → article: the one sequence for live pages, stored captures and other people's WARC files.

    extract (text, metadata, credits) → the outlet of the final address → topics

With `keep = "matching"` a page that cannot be on a topic is told apart before that. Pure; `workers.py` runs it on all cores, beside fetching.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.extract import extract, require_html
from crawler.outlets import Directory
from crawler.prefilter import Prefilter
from crawler.topics import Matcher, compile_topics
from crawler.urls import clean_url
from storage.errors import ExtractError
from storage.records import Article, Capture, Outcome, Outlet, Topic

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a capture gave no article."""

    outcome: Outcome
    reason: str


def read(capture: Capture, *, outlet: Outlet | None = None, directory: Directory | None = None) -> Article | Refusal:
    """Extract a capture's article; a page that gives none, or breaks the parser, is a Refusal."""
    try:
        return extract(capture, outlet=outlet, directory=directory)
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

    def clean_on_topic(self, capture: Capture) -> Article | Refusal:
        """As `clean`, but a page that cannot be on any topic is refused unread."""
        id_ = self._directory.of_url(capture.url)
        outlet = self._directory.outlets.get(id_) if id_ else None
        if outlet is None or self._may_carry(capture, outlet):
            return self.clean(capture)
        return Refusal(outcome=Outcome.OFF_TOPIC, reason="none of the words that a topic needs")

    def _may_carry(self, capture: Capture, outlet: Outlet) -> bool:
        try:
            require_html(capture)
        except ExtractError:
            return True  # for `clean` to say
        return self._prefilter.may_carry(capture, language=outlet.language)

    def clean(self, capture: Capture) -> Article | Refusal:
        """Read and tag one capture, filed under the outlet of its final address."""
        outlet = self._directory.of_url(capture.url)
        if outlet is None or clean_url(capture.url) is None:
            return Refusal(outcome=Outcome.OFF_SITE, reason="the address belongs to no outlet")
        article = read(capture, outlet=self._directory.outlets[outlet], directory=self._directory)
        return article if isinstance(article, Refusal) else self.tag(replace(article, outlet=outlet))

    def tag(self, article: Article) -> Article:
        """Return the article with the tags of the topics in force."""
        languages = article.likely_languages or ((article.language,) if article.language else ())
        return replace(article, tags=self._matcher.tags(article.title, article.text, languages))
