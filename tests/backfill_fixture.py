"""What tests of `cuttings backfill` share: WARC files of made-up captures, workers, and all of an archive but its provenance."""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from news_pages import article
from whole_way import TOPICS, rows

from crawler.gleaners import Gleaners, Hands, Job
from crawler.gleaning import Gleaned, Stint
from crawler.warc_records import exchange, warcinfo
from scheduler.backfill import Backfilled, backfill
from scheduler.config import load
from storage.records import Capture, Link

BEGAN = datetime(2018, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 26, tzinfo=UTC)
LINES = (
    "Officials in Ankara said on Monday that the paper on harbour dues had been sent to NATO planners in Brussels.",
    "It has forty pages and asks for a budget that two of the members have refused so far.",
    "The harbour of Izmir would get a third of it, said a person who has read the paper.",
)
# Not `checked_at`: a look that brought nothing new is a revisit record, which has no bytes to read
SAME = {
    "articles": "select key, outlet, url, url_key, requested_url, canonical_url, og_url, title, authors, published_at,"
    " published_offset, published_precision, published_basis, published_day, modified_at, first_seen_at, gone_at, language,"
    " language_declared, language_confidence, section, text_status, genre, word_count, text_digest, extractor, id, story"
    " from articles order by key",
    "texts": "select * from texts order by article",
    "tags": "select article, topic, score, hits, topic_version from article_topics order by article, topic",
    "evidence": "select article, topic, field, from_char, to_char, words, term from evidence order by 1, 2, 3, 4",
    "credits": "select article, name, outlet, url, role, kind, words, rule, confidence, stated_title, stated_at from credits"
    " order by article, name, rule, words",
    "stories": "select id, title, origin, origin_outlet, origin_name, origin_basis, origin_confidence, contested,"
    " article_count, outlet_count, first_published_at, last_published_at, method_version from stories order by id",
    "reprints": "select article, source, source_story, source_outlet, source_name, main, kind, containment, taken,"
    " similarity, credit_status, credited, headline_changed, facts_changed, lag_s, spans from reprints order by 1, 2, 5",
    "versions": "select article, seen_at, title, text, text_digest, change from versions order by article, seen_at, rowid",
    "captures": "select url, fetched_at, status, content_type, byte_offset, byte_length, digest, article from captures"
    " order by url, fetched_at",
}


def whole(folder: Path) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Return all of an archive that is not about how it came there."""
    return {name: rows(folder, sql) for name, sql in SAME.items()}


class Here:
    """Does tasks in this very process; `before` hears of each."""

    count = 1

    def __init__(self, job: Job, before: Callable[[Stint], None] = lambda stint: None) -> None:
        self._gleaner = job.gleaner()
        self._before = before

    async def do(self, stint: Stint) -> Gleaned:
        self._before(stint)
        return self._gleaner.do(stint)


@contextmanager
def here(job: Job) -> Iterator[Hands]:
    yield Here(job)


@contextmanager
def one_process(job: Job) -> Iterator[Gleaners]:
    with Gleaners(job, workers=1) as gleaners:
        yield gleaners


def run(config: Path, addresses: Sequence[str], **more: object) -> Backfilled:
    settings: dict[str, object] = {"hands": here, "clock": lambda: LATER, **more}
    return backfill(load(config), addresses, **settings)  # type: ignore[arg-type]


def configured(folder: Path, *, archive: str = 'keep_captures = "all"') -> Path:
    """Write a configuration of two outlets, The Wire and The Copy."""
    folder.mkdir(parents=True, exist_ok=True)
    outlets = "".join(
        f'[[outlets]]\nid = "{id_}"\nname = "{name}"\nurl = "https://{id_}.example/"\n\n'
        for id_, name in (("wire", "The Wire"), ("copy", "The Copy"))
    )
    path = folder / "config.toml"
    path.write_text(f"[archive]\n{archive}\n\n{outlets}{TOPICS}", encoding="utf-8")
    return path


def capture(url: str, page: str | bytes, *, hours: int = 0, **more: object) -> Capture:
    """Return an answer of 200, so many hours after BEGAN."""
    fields: dict[str, object] = {
        "requested_url": url, "url": url, "fetched_at": BEGAN + timedelta(hours=hours), "status": 200,
        "headers": (("Content-Type", "text/html; charset=utf-8"),),
        "body": page.encode() if isinstance(page, str) else page,
    }  # fmt: skip
    return Capture(**{**fields, **more})  # type: ignore[arg-type]


def pages(count: int, *, host: str = "wire.example", first: int = 0) -> Iterator[Capture]:
    """Yield captures of articles that have nothing in common but a topic."""
    for n in range(first, first + count):
        lines = [
            f"Letter {n} of {n * 7919 % 104729} words went from Ankara to NATO, said officer {n * 31 % 997} on day {n}."
        ]
        lines += [
            f"Page {n} counts {n * k * 613 % 9973} ships, {n * 17 % 83} gulls and {k} harbour lights."
            for k in (1, 2, 3)
        ]
        yield capture(
            f"https://{host}/letters/letter-{n}-from-the-harbour",
            article(f"Letter {n} from the harbour", lines),
            hours=n,
        )


def warc(path: Path, captures: Iterable[Capture], *, before: bool = False) -> str:
    """Write a WARC file, as others write them or (`before`) with our records before each answer; return its address."""
    with path.open("wb") as file:
        file.write(warcinfo(path.name, BEGAN, {"software": "test"}))
        for each in captures:
            link = Link(url=each.requested_url, outlet="wire", found_in="https://wire.example/feed", title=None)
            records = exchange(replace(each, link=None if each.part_of else link))
            file.write((records.before if before else b"") + records.answer)
    return path.resolve().as_uri()


def starts(path: Path) -> list[int]:
    """Return where the records of a file begin."""
    raw, found = path.read_bytes(), []
    at = raw.find(b"\x1f\x8b\x08")
    while at >= 0:
        found.append(at)
        at = raw.find(b"\x1f\x8b\x08", at + 1)
    return found


def foreign(url: str, *, status: str = "200 OK", content_type: str = "text/html", body: bytes) -> bytes:
    """Return a response record as crawlers write it that keep chunks."""
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    fields = f"WARC-Type: response\r\nWARC-Record-ID: <urn:x:{url}>\r\nWARC-Date: 2018-03-01T09:00:00Z\r\n"
    length = len(head) + len(chunked)
    lines = f"WARC/1.0\r\n{fields}WARC-Target-URI: {url}\r\nContent-Length: {length}\r\n\r\n".encode()
    return gzip.compress(lines + head + chunked + b"\r\n\r\n")
