"""Stored articles against topics, in as many processes as pay."""

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process

from crawler.topics import Matcher, compile_topics
from crawler.topics.narrowing import needed
from crawler.topics.stored import languages_of
from storage.candidates import Needed
from storage.records import Tag, Topic
from storage.retag import Stored

BATCH = 500  # articles matched at a time, and saved in one transaction
WORTH_PROCESSES = 4_000  # articles; for fewer, starting processes and opening their dictionaries takes longer
_AHEAD = 2  # batches a process: it never waits for the next

Matched = tuple[Sequence[Stored], Sequence[tuple[Tag, ...]]]


def needs(matcher: Matcher, languages: Iterable[str]) -> dict[str, list[Needed | None]]:
    """Return what the topics' queries need of an article, by the language of the article."""
    found: dict[str, list[Needed | None]] = {}
    for language in languages:
        compiled = matcher.compiled(language)
        each = [needed(compiled, place) for place in range(len(matcher.topics))]
        found[language] = [what for asks, what in each if asks]
    return found


def tags_of(matcher: Matcher, article: Stored) -> tuple[Tag, ...]:
    """Return the tags that collecting the stored text would give."""
    languages = languages_of(article.title, article.text, language=article.language, confidence=article.confidence)
    return matcher.tags(article.title, article.text, languages)


def matched(
    topics: Sequence[Topic], batches: Iterator[list[Stored]], *, count: int, workers: int, matcher: Matcher
) -> Iterator[Matched]:
    """Yield each batch with the tags of its articles, in order; `count` articles in all."""
    if workers == 1 or count < WORTH_PROCESSES:
        yield from ((batch, [tags_of(matcher, article) for article in batch]) for batch in batches)
        return
    under_way: deque[tuple[list[Stored], Future[list[tuple[Tag, ...]]]]] = deque()
    with _processes(topics, workers) as pool:
        for batch in batches:
            under_way.append((batch, pool.submit(_match, batch)))
            if len(under_way) >= workers * _AHEAD:
                done, future = under_way.popleft()
                yield done, future.result()
        for done, future in under_way:
            yield done, future.result()


@contextmanager
def _processes(topics: Sequence[Topic], workers: int) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(tuple(topics),))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


_matcher: Matcher = compile_topics(())


def _begin(topics: tuple[Topic, ...]) -> None:
    """Get a process ready: Ctrl-C is its parent's business, and it ends when its parent is gone."""
    global _matcher  # noqa: PLW0603 - what an executor's initializer can leave to its tasks
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _matcher = compile_topics(topics)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _match(articles: Sequence[Stored]) -> list[tuple[Tag, ...]]:
    return [tags_of(_matcher, article) for article in articles]
