"""A small archive filled by hand: four outlets, fourteen articles, three stories at several outlets, one excerpt.

What each story shows: `summit` credited and uncredited copies of an archived origin; `missiles` an origin known only
from credits; `statement` a contested origin; the single articles an edit, a removal, right-to-left and Cyrillic text.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from storage import indexing
from storage.migrations import migrations
from storage.records import from_utc_text, utc_text

BOOK: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
RUN = 1
FIRST_DAY, LAST_DAY = date(2018, 3, 12), date(2018, 4, 20)
NOW = datetime(2018, 4, 20, 6, tzinfo=UTC)
FAILING = ("sada", date(2018, 4, 15))  # its last good day
SECRET = "https://hooks.example/secret"
CONFIG = f'[archive]\nkeep = "all"\n\n[notify]\nwebhook = "{SECRET}"\n'


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One article of the fixture; ids follow from `at`, as in a real archive."""

    slug: str
    outlet: str
    title: str
    text: str
    at: str
    offset: str = "+00:00"
    """Empty: none stated."""
    precision: str = "second"
    language: str = "en"
    story: str = ""
    """Slug of the piece whose story this is, when not its own."""
    words: tuple[tuple[str, str], ...] = ()
    """(topic, word in the text that is its evidence)."""
    authors: tuple[str, ...] = ()
    gone_at: str | None = None

    @property
    def id(self) -> int:
        """The article's id."""
        return int(from_utc_text(self.at).timestamp()) * 1000


PIECES = tuple(Piece(**entry) for entry in BOOK["articles"])
BY_SLUG = {piece.slug: piece for piece in PIECES}


def make_archive(path: Path) -> Path:
    """Create the archive at `path` and return it."""
    db = Database(path)
    db.execute("pragma foreign_keys = on")
    db.execute("pragma journal_mode = wal")
    migrations.apply(db)
    fill(db)
    db.close()
    return path


def fill(db: Database) -> None:
    """Write every row of the fixture into a migrated archive."""
    with db.conn:
        _add_settings(db)
        for piece in PIECES:
            add_article(db, piece)
        for first in PIECES:
            if not first.story:
                add_story(db, first)
        _add_moved_story(db)
        for entry in BOOK["reprints"]:
            _add_reprint(db, **entry)
        for entry in BOOK["credits"]:
            insert(db, "credits", **_credit(**entry))
        _add_lives(db)
        _add_collecting(db)


def insert(db: Database, table: str, **row: object) -> None:
    """Insert one row."""
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    db.conn.execute(f"insert into {table} ({columns}) values ({values})", row)


def digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _add_settings(db: Database) -> None:
    first = f"{FIRST_DAY}T00:00:00Z"
    run = {"id": RUN, "command": "collect", "started_at": "2018-04-20T05:50:00Z", "ended_at": utc_text(NOW)}
    insert(db, "configs", digest=digest(CONFIG), toml=CONFIG, first_used_at=first)
    insert(db, "runs", **run, result="done", config_digest=digest(CONFIG), version="0.1.0", vantage="a desk in Izmir")
    for outlet in BOOK["outlets"]:
        host = f"{outlet['id']}.example"
        feed = {"outlet": outlet["id"], "url": f"https://{host}/feed.xml", "kind": "feed", "found_by": "front-page"}
        insert(db, "outlets", **outlet, url=f"https://{host}/")
        insert(db, "outlet_hosts", outlet=outlet["id"], host=host, kind="primary")
        insert(db, "feeds", **feed, first_used_at=first)
    for topic, name in BOOK["topics"].items():
        queries = json.dumps(BOOK["queries"][topic], ensure_ascii=False)
        insert(db, "topics", id=topic, name=name, version="v1")
        insert(db, "topic_versions", topic=topic, version="v1", queries=queries, since=first)
    rights = {"outlet": "kuzey", "seen_at": utc_text(NOW), "robots": "User-agent: *\nAllow: /\n", "tdm_reserved": 1}
    insert(db, "outlet_rights", **rights, terms="https://kuzey.example/terms")


def add_article(db: Database, piece: Piece, **changed: object) -> None:
    """Write one article with its text, capture, first version, tags, evidence and index entry.

    `changed` replaces columns of `articles`.
    """
    url = f"https://{piece.outlet}.example/{piece.slug}"
    row: dict[str, object] = {
        "id": piece.id,
        "key": digest(url)[:16],
        "outlet": piece.outlet,
        "url": url,
        "url_key": url.removeprefix("https://"),
        "requested_url": url,
        "title": piece.title,
        "authors": json.dumps(piece.authors, ensure_ascii=False),
        "published_at": piece.at,
        "published_offset": piece.offset or None,
        "published_precision": piece.precision,
        "published_basis": "jsonld",
        "published_day": piece.at[:10],
        "first_seen_at": piece.at,
        "checked_at": utc_text(NOW),
        "gone_at": piece.gone_at,
        "found_by": "live",
        "language": piece.language,
        "language_declared": piece.language,
        "language_confidence": 0.99,
        "text_status": "full",
        "word_count": len(piece.text.split()),
        "text_digest": digest(piece.text),
        "extractor": "trafilatura 2.3.1",
        "run": RUN,
    }
    insert(db, "articles", **row | changed)
    insert(db, "texts", article=piece.id, text=piece.text)
    _add_capture(db, piece, url)
    stored = {"title": piece.title, "text": piece.text, "text_digest": digest(piece.text)}
    insert(db, "versions", article=piece.id, seen_at=piece.at, change="first", run=RUN, **stored)
    _add_tags(db, piece)
    indexing.index_article(db, piece.id)


def _add_capture(db: Database, piece: Piece, url: str) -> None:
    place = {"warc": "2018-04/cuttings-20180420.warc.gz", "byte_offset": 1024, "byte_length": 4096}
    answer = {"url": url, "fetched_at": piece.at, "status": 200, "content_type": "text/html"}
    insert(db, "captures", **answer, **place, digest="sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", article=piece.id)


def _add_tags(db: Database, piece: Piece) -> None:
    for topic in dict.fromkeys(topic for topic, _ in piece.words):
        words = [word for tagged, word in piece.words if tagged == topic]
        tag = {"article": piece.id, "topic": topic, "run": RUN}
        insert(db, "article_topics", **tag, score=0.6, hits=len(words), topic_version="v1")
        for word in words:
            start = piece.text.casefold().index(word.casefold())
            span = {"from_char": start, "to_char": start + len(word), "words": piece.text[start : start + len(word)]}
            insert(db, "evidence", **tag, field="text", **span, term=word)


def add_story(db: Database, first: Piece) -> None:
    """Write the story that starts with `first` and put its members into it."""
    members = [piece for piece in PIECES if piece is first or piece.story == first.slug] or [first]
    told = BOOK["origins"].get(first.slug, {"origin_basis": "earliest", "origin_confidence": 0.9})
    if not {"origin_name", "contested"} & set(told):
        told = told | {"origin": first.id, "origin_outlet": first.outlet}
    insert(
        db,
        "stories",
        id=first.id,
        title=first.title,
        article_count=len(members),
        outlet_count=len({piece.outlet for piece in members}),
        first_published_at=min(piece.at for piece in members),
        last_published_at=max(piece.at for piece in members),
        method_version="1",
        run=RUN,
        **told,
    )
    db.conn.executemany("update articles set story = ? where id = ?", [(first.id, piece.id) for piece in members])


def _add_moved_story(db: Database) -> None:
    """The summit story went by its second article until an earlier one was found."""
    old, new = BY_SLUG["summit-herald"].id, BY_SLUG["summit"].id
    decision = {"story": old, "at": utc_text(NOW), "run": RUN, "what": "id", "old": str(old), "new": str(new)}
    insert(db, "story_log", **decision, why="its members are there now")


def _add_reprint(db: Database, *, article: str, source: str = "", **row: object) -> None:
    piece, origin = BY_SLUG[article], BY_SLUG.get(source)
    first = BY_SLUG[(origin or piece).story or (origin or piece).slug]
    if origin:
        row |= {"source": origin.id, "source_outlet": origin.outlet, "headline_changed": origin.title != piece.title}
    insert(db, "reprints", article=piece.id, main=1, source_story=first.id, run=RUN, **row)


def _credit(*, article: str, **row: object) -> dict[str, object]:
    return {"article": BY_SLUG[article].id, "rule": row["kind"], "confidence": 0.95, "run": RUN, **row}


def _add_lives(db: Database) -> None:
    edited, gone = BY_SLUG["russian"], BY_SLUG["gone"]
    before, seen_at = edited.text.replace("летом", "осенью"), "2018-04-10T06:20:00Z"
    db.conn.execute(
        "update versions set text = ?, text_digest = ? where article = ?", (before, digest(before), edited.id)
    )
    now = {"title": edited.title, "text": edited.text, "text_digest": digest(edited.text)}
    insert(db, "versions", article=edited.id, seen_at=seen_at, change="text", run=RUN, **now)
    insert(db, "versions", article=gone.id, seen_at=gone.gone_at, change="gone", run=RUN)
    insert(db, "checks", article=edited.id, at=seen_at, state="changed", status=200, run=RUN)
    insert(db, "checks", article=gone.id, at="2018-04-12T15:00:00Z", state="alive", status=200, run=RUN)
    insert(db, "checks", article=gone.id, at=gone.gone_at, state="gone", status=404, run=RUN)


def _add_collecting(db: Database) -> None:
    states = {"sada": "failing", "mirror": "low"}
    for outlet in (entry["id"] for entry in BOOK["outlets"]):
        for n in range((LAST_DAY - FIRST_DAY).days + 1):
            day = FIRST_DAY + timedelta(days=n)
            failed = 4 if outlet == FAILING[0] and day > FAILING[1] else int(n % 9 == 0)
            gap = int(outlet == "mirror" and n == 20)
            polled = {"polls": 4, "polls_failed": failed, "links": 0 if failed == 4 else 20, "gap_suspected": gap}
            insert(db, "coverage", outlet=outlet, collected_day=str(day), overlap=0.5, **polled)
        state = states.get(outlet, "ok")
        detail = "5 days without an answer" if state == "failing" else None
        insert(db, "health", outlet=outlet, state=state, since="2018-04-16T00:00:00Z", detail=detail, run=RUN)
    insert(db, "drifts", outlet=FAILING[0], field="authors", since_at="2018-04-03T00:00:00Z", usual=0.9, run=RUN)
