"""Saving an article: its row, text, version, tags, evidence, credits, search entry and story, in one transaction."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

from storage import search, stories
from storage.records import Article, FoundBy, Outcome, utc_text
from storage.words import fold, tokens

SAME_TEXT = (
    0.5  # of all words of two pages at one canonical address: variants of one article share more, two articles less
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who an article is."""

    url_key: str
    key: str
    """Machine-independent digest of `url_key`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How an article came here."""

    extractor: str
    """What cleaned it, with versions."""
    found_by: FoundBy
    run: int
    at: datetime
    """When its page was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """Where an answer is kept."""

    url: str
    fetched_at: datetime
    status: int
    content_type: str
    warc: str
    byte_offset: int
    byte_length: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving came to."""

    outcome: Outcome
    article: int | None
    """Id; None when nothing is stored."""


def digest_of(text: str) -> str:
    """Return the SHA-256 of a stored text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def save_article(
    db: Database,
    article: Article,
    identity: Identity,
    provenance: Provenance,
    *,
    keep_all: bool,
    capture: Callable[[], CaptureRow] | None = None,
) -> Saved:
    """Store a new article, or what changed of a known one, or nothing; all or nothing.

    `capture` writes the answer's bytes and says where; it is called only when there is something to keep them for.
    """
    run, now = provenance.run, provenance.at
    with db.atomic():
        if db.execute("select 1 from tombstones where url_key = ?", [identity.url_key]).fetchone():
            return Saved(outcome=Outcome.FORGOTTEN, article=None)
        known = address_holding(db, identity.url_key)
        if known is None and not article.tags and not keep_all:
            return Saved(outcome=Outcome.OFF_TOPIC, article=None)
        if known is None:
            id_ = _insert(db, article, identity, provenance)
            change: str | None = "first"
        else:
            id_ = known[0]
            change = _change(db, id_, article)
        if change is None:
            db.execute("update articles set checked_at = ? where id = ?", [utc_text(now), id_])
            return Saved(outcome=Outcome.UNCHANGED, article=id_)
        if change != "first":
            _update(db, id_, article, now=now)
        where = save_capture(db, capture(), id_) if capture else None
        _write_version(db, id_, article, change, capture=where, run=run, now=now)
        _write_tags(db, id_, article, run=run)
        _write_credits(db, id_, article, run=run)
        search.index_article(db, id_)
        stories.place(db, id_, run=run, now=now)
        return Saved(outcome=Outcome.NEW if change == "first" else Outcome.VERSION, article=id_)


def identity_of(db: Database, article: int) -> tuple[Identity, str]:
    """Return who a stored article is, and its address."""
    key, digest, url = db.execute("select url_key, key, url from articles where id = ?", [article]).fetchone()
    return Identity(url_key=key, key=digest), url


def carries(db: Database, article: int, text: str) -> bool:
    """Say whether a stored article's text is this one, more or less: SAME_TEXT of their words are the same."""
    stored = db.execute("select text from texts where article = ?", [article]).fetchone()
    ours, theirs = ({fold(token.word) for token in tokens(each)} for each in (text, stored[0] if stored else ""))
    return len(ours & theirs) >= SAME_TEXT * len(ours | theirs)


def save_capture(db: Database, row: CaptureRow, article: int | None = None) -> int:
    """Store where an answer is kept; `article` is None for one that gave none."""
    cursor = db.execute(
        "insert into captures (url, fetched_at, status, content_type, warc, byte_offset, byte_length, digest, article)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            row.url, utc_text(row.fetched_at), row.status, row.content_type, row.warc,
            row.byte_offset, row.byte_length, row.digest, article,
        ],
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def record_check(
    db: Database, article: int, *, state: str, status: int | None, reason: str, run: int, now: datetime
) -> None:
    """Note a later look at an article; the first that finds it gone, and its return, are versions too."""
    with db.atomic():
        at = utc_text(now)
        db.execute("insert into checks values (?, ?, ?, ?, ?, ?)", [article, at, state, status, reason or None, run])
        gone = db.execute("select gone_at is not null from articles where id = ?", [article]).fetchone()[0]
        if state == "gone" and not gone:
            db.execute("update articles set gone_at = ?, checked_at = ? where id = ?", [at, at, article])
            _mark(db, article, "gone", run=run, at=at)
        elif state in ("alive", "changed"):
            db.execute("update articles set gone_at = null, checked_at = ? where id = ?", [at, article])
            if gone:
                _mark(db, article, "back", run=run, at=at)


def indexed_captures(db: Database) -> dict[str, int]:
    """Return how far each WARC file is known to the archive, in bytes."""
    rows = db.execute("select warc, max(byte_offset + byte_length) from captures group by warc").fetchall()
    return dict(rows)


def address_holding(db: Database, url_key: str) -> tuple[int, str] | None:
    """Return `(id, url)` of the stored article that goes by a key, if any."""
    row = db.execute("select id, url from articles where url_key = ?", [url_key]).fetchone()
    return (row[0], row[1]) if row else None


def _insert(db: Database, article: Article, identity: Identity, provenance: Provenance) -> int:
    published = article.published
    id_ = _free_id(db, published.at if published else provenance.at)
    row = {
        "id": id_,
        "key": identity.key,
        "outlet": article.outlet,
        "url": article.url,
        "url_key": identity.url_key,
        "requested_url": article.requested_url,
        "first_seen_at": utc_text(provenance.at),
        "found_by": provenance.found_by,
        "extractor": provenance.extractor,
        "run": provenance.run,
        **_columns(article, provenance.at),
    }
    names = ", ".join(row)
    db.execute(f"insert into articles ({names}) values ({', '.join('?' * len(row))})", list(row.values()))
    db.execute("insert into texts values (?, ?)", [id_, article.text])
    return id_


def _update(db: Database, id_: int, article: Article, *, now: datetime) -> None:
    """Write the article's present state over the old one; the old one stays in `versions`."""
    search.unindex_article(db, id_)
    row = _columns(article, now)
    for name in ("published_at", "published_offset", "published_precision", "published_basis", "published_day"):
        del row[name]  # the first statement stands: outlets write edit times into the published field
    db.execute(f"update articles set {', '.join(f'{name} = ?' for name in row)} where id = ?", [*row.values(), id_])
    db.execute("update texts set text = ? where article = ?", [article.text, id_])
    db.execute("delete from article_topics where article = ?", [id_])
    db.execute("delete from credits where article = ?", [id_])


def _columns(article: Article, now: datetime) -> dict[str, object]:
    """Return the columns of `articles` that a later look may change."""
    published = article.published
    return {
        "canonical_url": article.canonical_url,
        "og_url": article.og_url,
        "title": article.title,
        "authors": json.dumps(article.authors, ensure_ascii=False),
        "published_at": utc_text(published.at) if published else None,
        "published_offset": published.offset if published else None,
        "published_precision": published.precision if published else None,
        "published_basis": published.basis if published else None,
        "published_day": published.day if published else None,
        "modified_at": utc_text(article.modified_at) if article.modified_at else None,
        "checked_at": utc_text(now),
        "language": article.language,
        "language_declared": article.language_declared,
        "language_confidence": article.language_confidence,
        "section": article.section,
        "text_status": article.text_status,
        "genre": article.genre,
        "word_count": sum(1 for _ in tokens(article.text)),
        "text_digest": digest_of(article.text),
    }


def _change(db: Database, id_: int, article: Article) -> str | None:
    """Return what of title and text is new: title / text / both, or None."""
    title, digest = db.execute("select title, text_digest from articles where id = ?", [id_]).fetchone()
    new_title, new_text = title != article.title, digest != digest_of(article.text)
    if new_title and new_text:
        return "both"
    return "title" if new_title else "text" if new_text else None


def _free_id(db: Database, moment: datetime) -> int:
    """Return the first free integer from 1000 × the epoch second of `moment`."""
    id_ = max(int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()), 0) * 1000
    while db.execute("select 1 from articles where id = ?", [id_]).fetchone():
        id_ += 1
    return id_


def _write_version(
    db: Database, id_: int, article: Article, change: str, *, capture: int | None, run: int, now: datetime
) -> None:
    db.execute(
        "insert into versions values (?, ?, ?, ?, ?, ?, ?, ?)",
        [id_, utc_text(now), article.title, article.text, digest_of(article.text), change, capture, run],
    )


def _mark(db: Database, article: int, change: str, *, run: int, at: str) -> None:
    """Write that an article went, or that it is back with the words it has now."""
    db.execute(
        "insert into versions (article, seen_at, title, text, text_digest, change, run)"
        " select a.id, ?2, iif(?3 = 'back', a.title, null), iif(?3 = 'back', t.text, null),"
        " iif(?3 = 'back', a.text_digest, null), ?3, ?4 from articles a join texts t on t.article = a.id where a.id = ?1",
        [article, at, change, run],
    )


def _write_tags(db: Database, id_: int, article: Article, *, run: int) -> None:
    for tag in article.tags:
        db.execute(
            "insert into article_topics values (?, ?, ?, ?, ?, ?)",
            [id_, tag.topic, tag.score, tag.hits, tag.topic_version, run],
        )
        for e in tag.evidence:
            db.execute(
                "insert into evidence values (?, ?, ?, ?, ?, ?, ?, ?)",
                [id_, tag.topic, e.field, e.from_char, e.to_char, e.words, e.term, run],
            )


def _write_credits(db: Database, id_: int, article: Article, *, run: int) -> None:
    for credit in article.credits:
        db.execute(
            "insert into credits values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                id_, credit.name, credit.outlet, credit.url, credit.role, credit.kind, credit.words, credit.rule,
                credit.confidence, credit.stated_title, utc_text(credit.stated_at) if credit.stated_at else None, run,
            ],
        )  # fmt: skip
