"""One stretch of a WARC file → the articles of our outlets in it, cleaned and tagged as a pass would: a worker's task.

    open → stretch → outlet's host? → HTML of 200 → clean (`keep = "matching"`: if it can be on a topic) → compact results

Results carry no bodies: what the archive keeps of an answer is where it stands in its file.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http import HTTPStatus

from crawler.clean import Cleaner, Refusal
from crawler.content_coding import TooLargeError
from crawler.outlets import Directory
from crawler.rights import statements
from crawler.urls import is_list_page, url_key
from crawler.warc import Place
from crawler.warc_reading import Found, Stretch
from crawler.warc_records import digest_of, parted, said_of
from crawler.warc_sources import UNREADABLE, opened, trouble
from storage.records import Article, Capture, Outcome, Outlet

MOST_PAGES = 200
"""Results of a task; the rest of its stretch is another. Some 10 kB each, so an answer of a worker has 2 MB."""
MOST_TEXT = 4_000_000  # characters of their texts together, where articles are longer than any
READING_ON = -1
"""Told between answers."""
_HOSTS = 65_536  # remembered, whether they are an outlet's


@dataclass(frozen=True, slots=True, kw_only=True)
class Stint:
    """A task: a stretch of a file to be read."""

    address: str
    name: str
    """What the archive calls the file."""
    start: int = 0
    stop: int | None = None
    """None: to the file's end."""
    exact: bool = True
    """An answer's records begin at `start`."""
    most: int = MOST_PAGES
    reads_all: bool = False
    """Also what cannot be on a topic is cleaned."""
    learned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What is known of outlets' furniture."""
    unreadable: Mapping[int, str] = field(default_factory=dict)
    """Places of answers that have ended a worker, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came of one answer, or of those an article was printed over."""

    captures: tuple[Capture, ...]
    """Without their bodies, but for what states rights."""
    places: tuple[Place, ...]
    result: Article | Refusal
    learned: frozenset[str] = frozenset()
    """What was known of its outlet's furniture."""
    start: int = 0
    """Where its records begin."""
    end: int = 0
    """Where those of the next answer do."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Of the task up to there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gleaned:
    """What came of a task."""

    begins: int
    """Where the first answers of the stretch begin: where those of the stretch before must end."""
    ends: int
    """Where what was not read begins."""
    over: bool
    """The whole stretch was read."""
    pages: tuple[Page, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    failed: str | None = None
    """Why the file cannot be read; the rest says nothing then."""
    wait_s: float | None = None
    """Seconds after which it may be; None: trying again is of no use."""


class Gleaner:
    """Does tasks, for one configuration. `told` hears where each answer stands before it is cleaned, and when it was."""

    def __init__(self, outlets: Sequence[Outlet], cleaner: Cleaner, *, screens: bool, max_bytes: int) -> None:
        self._directory = Directory(outlets)
        self._fronts = frozenset(url_key(outlet.url) for outlet in outlets)
        self._cleaner = cleaner
        self._screens = screens
        self._max_bytes = max_bytes
        self._is_ours = lru_cache(_HOSTS)(self._directory.has_host)

    def do(self, stint: Stint, *, told: Callable[[int], None] = lambda at: None) -> Gleaned:
        """Read a stretch. A file that cannot be read is `failed`; what pages do to us is their result."""
        try:
            with opened(stint.address) as file:
                stretch = Stretch(
                    file,
                    start=stint.start,
                    stop=stint.stop,
                    exact=stint.exact,
                    wants=self.wants,
                    max_bytes=self._max_bytes,
                )
                return self._read(stint, stretch, told)
        except UNREADABLE as error:
            reason, wait_s = trouble(error, stint.address)
            return Gleaned(begins=stint.start, ends=stint.start, over=False, failed=reason, wait_s=wait_s)

    def wants(self, url: str) -> bool:
        """Say whether an address is one of our outlets'."""
        if not self._is_ours(url.partition("://")[2].partition("/")[0]):
            return False
        return self._directory.of_url(url) is not None

    def _read(self, stint: Stint, stretch: Stretch, told: Callable[[int], None]) -> Gleaned:
        pages: list[Page] = []
        seen: Counter[str] = Counter()
        size = 0
        for group in stretch.groups():
            told(group[0].byte_offset)
            page = self._page(stint, group, seen)
            told(READING_ON)
            if page:
                pages.append(replace(page, start=stretch.at, end=stretch.ends, counts=stretch.counts + seen))
                size += len(page.result.text) if isinstance(page.result, Article) else 0
            if len(pages) >= stint.most or size >= MOST_TEXT:
                break
        begins = stretch.begins if stretch.begins is not None else stretch.ends
        return Gleaned(
            begins=begins,
            ends=stretch.ends,
            over=stretch.over,
            pages=tuple(pages),
            counts=stretch.counts + seen,
        )

    def _page(self, stint: Stint, group: Sequence[Found], seen: Counter[str]) -> Page | None:
        """Return what came of a group; None for what is no answer to an article's address."""
        captures: list[Capture] = []
        kept: list[Found] = []
        for found in group:
            capture = self._capture(found, seen)
            if isinstance(capture, Refusal):
                return None if captures else self._refused(stint, found, capture)
            if capture is None or bool(capture.part_of) != bool(captures):
                break  # a further page whose first one is not here is a part of what is not here
            captures.append(capture)
            kept.append(found)
        if not captures:
            return None
        learned = self._learned(stint, captures[0])
        if reason := stint.unreadable.get(group[0].byte_offset):
            result: Article | Refusal = Refusal(outcome=Outcome.PARSE_ERROR, reason=reason)
        else:
            result = self._cleaned(captures, stint, learned)
        return Page(
            captures=tuple(map(_compact, captures)),
            places=tuple(_place(stint, found) for found in kept),
            result=result,
            learned=learned,
        )

    def _refused(self, stint: Stint, found: Found, refusal: Refusal) -> Page:
        bare = Capture(
            requested_url=found.url, url=found.url, fetched_at=found.fetched_at, status=HTTPStatus.OK, body=b""
        )
        learned = self._learned(stint, bare)
        return Page(captures=(bare,), places=(_place(stint, found),), result=refusal, learned=learned)

    def _learned(self, stint: Stint, capture: Capture) -> frozenset[str]:
        return stint.learned.get(self._directory.of_url(capture.url) or "", frozenset())

    def _capture(self, found: Found, seen: Counter[str]) -> Capture | Refusal | None:
        """Return an answer to be cleaned; None for one that is no article's."""
        if found.block is None:
            return Refusal(outcome=Outcome.TOO_LARGE, reason=f"more than {self._max_bytes} bytes")
        try:
            capture = found.capture(max_bytes=self._max_bytes)
        except TooLargeError as error:
            return Refusal(outcome=Outcome.TOO_LARGE, reason=str(error))
        except (ValueError, TypeError, KeyError, AttributeError):  # no HTTP, or a metadata record nobody of ours wrote
            seen["unreadable"] += 1
            return None
        kind = self._other(found, capture)
        seen[kind] += bool(kind)
        return None if kind else capture

    def _other(self, found: Found, capture: Capture) -> str:
        """Say what an answer is that is no article's; empty for one that may be."""
        if capture.status != HTTPStatus.OK:
            return "not_200"
        if capture.link or capture.part_of:
            return ""
        polled = bool(said_of(found.said))
        return "lists" if polled or url_key(capture.url) in self._fronts or is_list_page(capture.url) else ""

    def _cleaned(self, captures: Sequence[Capture], stint: Stint, learned: Collection[str]) -> Article | Refusal:
        if self._screens and not stint.reads_all and len(captures) == 1:
            return self._cleaner.clean_on_topic(captures[0], learned)
        return self._cleaner.clean(*captures, learned=learned)


def _place(stint: Stint, found: Found) -> Place:
    return Place(
        warc=stint.name,
        byte_offset=found.byte_offset,
        byte_length=found.byte_length,
        digest=digest_of(parted(found.block or b"")[1]),
    )


def _compact(capture: Capture) -> Capture:
    return replace(capture, body=statements(capture), encoded=None, request_headers=())
