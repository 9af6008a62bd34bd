"""The stages as filters over JSON Lines: one line in, one line out, same order; a bad line gets `error`, the rest go on."""

import gzip
import json
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from crawler.clean import Refusal, read
from crawler.language import detect
from crawler.topics import Matcher, compile_topics, topic_version
from storage.errors import CuttingsError
from storage.link_filter import half_pair, link_articles
from storage.records import Article, Capture, Topic, utc_text

Line = Mapping[str, object]
_BATCH = 16  # lines a worker takes at once: less than a second of work
_AHEAD = 2  # batches a worker: it never waits for the next, and no more of the input is held than that


class LineError(CuttingsError):
    """A line that cannot be done; `str()` says why."""


def extract_lines(lines: Iterable[str], *, workers: int) -> Iterator[tuple[str, bool]]:
    """Yield `(line, done)` for each input line of `cuttings extract`.

    A line is a page: of an article printed over several, text_status is `truncated`, for only this page's text is there.
    """
    return _each(_extract_line, lines, workers=workers)


def tag_lines(lines: Iterable[str], topics: Sequence[Topic], *, workers: int) -> Iterator[tuple[str, bool]]:
    """Yield `(line, done)` for each input line of `cuttings tag`."""
    return _each(partial(_tag_line, tuple(topics)), lines, workers=workers)


def link_lines(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield `(line, done)` for each input line of `cuttings link`, after all of them were read."""
    parsed = [_parsed(line) for line in lines if line.strip()]
    good = [record for record, error in parsed if error is None]
    results = iter(link_articles(good))
    for record, error in parsed:
        answer = {"id": record.get("id"), "error": error} if error else dict(next(results))
        yield _printed(answer), "error" not in answer or answer["error"] is None


def article_line(id_: object, article: Article) -> dict[str, object]:
    """Return what `cuttings extract` prints of an article."""
    published = article.published
    return {
        "id": id_,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "og_url": article.og_url,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": utc_text(published.at) if published else None,
        "published_offset": published.offset if published else None,
        "published_precision": published.precision if published else None,
        "published_basis": published.basis if published else None,
        "published_day": published.day if published else None,
        "modified_at": utc_text(article.modified_at) if article.modified_at else None,
        "language": article.language,
        "language_declared": article.language_declared,
        "section": article.section,
        "text": article.text,
        "text_status": article.text_status,
        "credits": [
            {**asdict(credit), "stated_at": utc_text(credit.stated_at) if credit.stated_at else None}
            for credit in article.credits
        ],
        "error": None,
    }


def _each(do: Callable[[Line], dict[str, object]], lines: Iterable[str], *, workers: int) -> Iterator[tuple[str, bool]]:
    wanted = (line for line in lines if line.strip())
    if workers == 1:
        yield from (_answer(do, line) for line in wanted)
        return
    under_way: deque[Future[list[tuple[str, bool]]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        while batch := list(islice(wanted, _BATCH)):
            under_way.append(pool.submit(_answers, do, batch))
            if len(under_way) >= workers * _AHEAD:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


def _answers(do: Callable[[Line], dict[str, object]], lines: Sequence[str]) -> list[tuple[str, bool]]:
    return [_answer(do, line) for line in lines]


def _answer(do: Callable[[Line], dict[str, object]], line: str) -> tuple[str, bool]:
    record, error = _parsed(line)
    if error is None:
        try:
            return _printed(do(record)), True
        except (CuttingsError, OSError, ValueError) as problem:  # ValueError: such as a path with a null byte
            error = str(problem)
    return _printed({"id": record.get("id"), "error": error}), False


def _printed(answer: Mapping[str, object]) -> str:
    line = json.dumps(answer, ensure_ascii=False)
    return json.dumps(answer) if half_pair(line) else line  # as it was written, such as \ud800


def _parsed(line: str) -> tuple[Line, str | None]:
    try:
        record = json.loads(line)
        if not isinstance(record, dict):
            return {}, "not a JSON object"
        json.dumps([record.get("id")])  # it must come out again
    except ValueError as error:
        return {}, f"not JSON: {error}"
    except RecursionError:
        return {}, "not JSON: nested too deeply"
    place = half_pair(line)  # what undecodable bytes are read as
    return record, f"not UTF-8 (character {place})" if place else None


def _extract_line(record: Line) -> dict[str, object]:
    url = _text(record, "url")
    if "html" in record:
        body, content_type = _text(record, "html").encode(), "text/html; charset=utf-8"
    else:
        body, content_type = Path(_text(record, "path")).read_bytes(), ""
        if body.startswith(b"\x1f\x8b"):
            try:
                body = gzip.decompress(body)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise LineError(f"broken gzip: {error}") from error
    content_type = _optional(record, "content_type") or content_type or "text/html"
    capture = Capture(
        requested_url=url,
        url=url,
        fetched_at=datetime.now(UTC),
        status=200,
        headers=(("Content-Type", content_type),),
        body=body,
    )
    article = read(capture)
    if isinstance(article, Refusal):
        raise LineError(f"{article.outcome}: {article.reason}")
    return article_line(record.get("id"), article)


_matchers: dict[tuple[str, ...], Matcher] = {}


def _tag_line(topics: tuple[Topic, ...], record: Line) -> dict[str, object]:
    title, text = _optional(record, "title") or "", _text(record, "text")
    stated = _optional(record, "language")
    languages = [stated] if stated else [likely.language for likely in detect(f"{title}\n\n{text}")]
    tags = _matcher(topics).tags(title, text, languages)
    shown = [
        {"topic": tag.topic, "score": tag.score, "evidence": [asdict(evidence) for evidence in tag.evidence]}
        for tag in tags
    ]
    return {"id": record.get("id"), "language": languages[0] if languages else None, "topics": shown}


def _matcher(topics: tuple[Topic, ...]) -> Matcher:
    """Return the compiled topics, made once a process."""
    key = tuple(topic_version(topic) for topic in topics)
    if key not in _matchers:
        _matchers[key] = compile_topics(topics)
    return _matchers[key]


def _text(record: Line, name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise LineError(f"{name}: expected text")
    if place := half_pair(value):
        raise LineError(f"{name}: half of a surrogate pair is no text (character {place})")
    return value


def _optional(record: Line, name: str) -> str | None:
    return None if record.get(name) is None else _text(record, name)
