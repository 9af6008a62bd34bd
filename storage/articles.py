"""Saving an article: its row, text, version, tags, evidence, credits, search entry and story, in one transaction.

What counts as an edit is in `storage.sameness`. An article cleaned by other rules than before is written anew in place
where its words are the same, and so is one printed over several pages of which some could not be read before: what our
rules and failures changed is no version.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlite_utils import Database

from storage import corrections, indexing, late_looks, stories, tombstones, versions
from storage.identity import Identity, address_holding
from storage.learning import without
from storage.records import Article, Credit, FoundBy, Outcome, Tag, utc_text
from storage.versions import digest_of
from storage.words import words_in


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
    recleaned: bool = False
    """Its words are written anew, as other rules than before clean them."""


def save_article(
    db: Database,
    article: Article,
    identity: Identity,
    provenance: Provenance,
    *,
    keep_all: bool,
    captures: Callable[[], Sequence[CaptureRow]] | None = None,
) -> Saved:
    """Store a new article, or what changed of a known one, or nothing; all or nothing.

    `captures` writes the bytes of its pages and says where; it is called only when there is something to keep them for.
    """
    run, now = provenance.run, provenance.at
    with db.atomic():
        if _is_forgotten(db, article, identity):
            return Saved(outcome=Outcome.FORGOTTEN, article=None)
        known = address_holding(db, identity.url_key)
        change: versions.Change | Literal["completed"] = "first"
        if known is None:
            if not article.tags and not keep_all:
                return Saved(outcome=Outcome.OFF_TOPIC, article=None)
            id_ = _insert(db, article, identity, provenance)
        else:
            id_ = known[0]
            if provenance.found_by == "warc" and late_looks.is_late(db, id_, now):
                return _late(db, id_, article, provenance, captures)
            if identity.moved:
                db.execute("update articles set url = ? where id = ?", [article.url, id_])
            found = versions.change_of(db, id_, article)
            if found == "in part":
                return Saved(outcome=Outcome.PART, article=id_)
            if found is None:
                db.execute("update articles set checked_at = ? where id = ?", [utc_text(now), id_])
                recleaned = reclean(db, id_, article, extractor=provenance.extractor, run=run, now=now)
                return Saved(outcome=Outcome.UNCHANGED, article=id_, recleaned=recleaned)
            change = found
            _update(db, id_, article, extractor=provenance.extractor, now=now)
        kept = [save_capture(db, row, id_) for row in captures()] if captures else []
        first_page = kept[0] if kept else None
        if change == "completed":
            versions.rewrite_last(db, id_, article, capture=first_page)
        else:
            versions.write_version(db, id_, article, change, capture=first_page, run=run, at=utc_text(now))
        _index(db, id_, article, run=run, now=now)
        return Saved(outcome=_CHANGED.get(change, Outcome.VERSION), article=id_)


@contextmanager
def together(db: Database) -> Iterator[None]:
    """Index, and put into stories, at the end what is saved meanwhile: that is two thirds of the work. In a transaction."""
    with indexing.together(db), stories.together(db):
        yield


def _is_forgotten(db: Database, article: Article, identity: Identity) -> bool:
    return tombstones.forbid(db, (identity.url_key, *identity.also), outlet=article.outlet, names=named(article))


def named(article: Article) -> list[str]:
    """Return what names people: authors, sources, and the words of bylines."""
    bylines = (credit.words for credit in article.credits if credit.kind == "byline")
    return [*article.authors, *(credit.name for credit in article.credits), *bylines]


_CHANGED: Mapping[str, Outcome] = {"first": Outcome.NEW, "completed": Outcome.UNCHANGED}


def _late(
    db: Database,
    id_: int,
    article: Article,
    provenance: Provenance,
    captures: Callable[[], Sequence[CaptureRow]] | None,
) -> Saved:
    """Store what an old capture says of an article that was looked at since; the very same look changes nothing."""
    run, at = provenance.run, provenance.at
    if late_looks.was_looked_at(db, id_, at):
        return Saved(outcome=Outcome.UNCHANGED, article=None)
    if article.paging is not None:
        return Saved(outcome=Outcome.PART, article=id_)
    kept = [save_capture(db, row, id_) for row in captures()] if captures else []
    found = late_looks.note(db, id_, article, at=at, run=run, capture=kept[0] if kept else None)
    if found.earliest:
        stories.place(db, id_, run=run, now=at)
    return Saved(outcome=Outcome.VERSION if found.version else Outcome.UNCHANGED, article=id_)


def reclean(db: Database, id_: int, article: Article, *, extractor: str, run: int, now: datetime) -> bool:
    """Write over an article what today's rules make of the page it came from; no version. Return whether it had changed.

    Nothing is done for one that was cleaned by these rules.
    """
    (by,) = db.execute("select extractor from articles where id = ?", [id_]).fetchone()
    if by == extractor:
        return False
    with db.atomic():
        return clean_again(db, id_, article, extractor=extractor, run=run, now=now)


def clean_again(db: Database, id_: int, article: Article, *, extractor: str, run: int, now: datetime) -> bool:
    """Write over an article all that today's rules read on its stored page, its time of publication apart; no version.

    Return whether any of it had changed. In a transaction. What names a person who was forgotten stays as it is.
    """
    if tombstones.forbid(db, (), outlet=None, names=named(article)):
        return False
    if not _differs(db, id_, article):
        db.execute("update articles set extractor = ? where id = ?", [extractor, id_])
        return False
    _update(db, id_, article, extractor=extractor)
    versions.rewrite_last(db, id_, article)
    _index(db, id_, article, run=run, now=now)
    return True


def _differs(db: Database, id_: int, article: Article) -> bool:
    """Whether anything stored of an article is other than it would be written today; its evidence follows from the rest."""
    row = _lasting(article)
    stored = db.execute(f"select {', '.join(row)} from articles where id = ?", [id_]).fetchone()
    credits = db.execute(f"select {_CREDIT} from credits where article = ? order by rowid", [id_]).fetchall()
    tags = db.execute("select topic, topic_version, score from article_topics where article = ?", [id_]).fetchall()
    refused = corrections.off_topics(db, id_)
    wanted = {(tag.topic, tag.topic_version, tag.score) for tag in article.tags if tag.topic not in refused}
    return (list(stored), [list(one) for one in credits], set(tags)) != (
        list(row.values()),
        [_credit_row(credit) for credit in article.credits],
        wanted,
    )


def rewrite(
    db: Database, id_: int, furniture: Collection[str], tags: Iterable[Tag], *, run: int, now: datetime
) -> None:
    """Write an article and its versions without paragraphs learned to be `furniture`; `tags` of what is left. In a transaction."""
    text = without(words_of(db, id_)[1], furniture)
    indexing.unindex_article(db, id_)
    db.execute("update texts set text = ? where article = ?", [text, id_])
    db.execute(
        "update articles set text_digest = ?, word_count = ? where id = ?", [digest_of(text), len(words_in(text)), id_]
    )
    versions.rewrite_all(db, id_, lambda old: without(old, furniture))
    retag(db, id_, tags, run=run)
    indexing.index_article(db, id_)
    stories.place(db, id_, run=run, now=now)


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


def indexed_captures(db: Database) -> dict[str, int]:
    """Return how far each WARC file is known to the archive, in bytes."""
    rows = db.execute("select warc, max(byte_offset + byte_length) from captures group by warc").fetchall()
    return dict(rows)


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
        "checked_at": utc_text(provenance.at),
        **_columns(article),
    }
    names = ", ".join(row)
    db.execute(f"insert into articles ({names}) values ({', '.join('?' * len(row))})", list(row.values()))
    db.execute("insert into texts values (?, ?)", [id_, article.text])
    return id_


def _update(db: Database, id_: int, article: Article, *, extractor: str, now: datetime | None = None) -> None:
    """Write the article's present state over the old one; the old one stays in `versions`. `now`: it was looked at."""
    indexing.unindex_article(db, id_)
    row = _lasting(article) | {"extractor": extractor} | ({"checked_at": utc_text(now)} if now else {})
    db.execute(f"update articles set {', '.join(f'{name} = ?' for name in row)} where id = ?", [*row.values(), id_])
    db.execute("update texts set text = ? where article = ?", [article.text, id_])
    db.execute("delete from article_topics where article = ?", [id_])
    db.execute("delete from credits where article = ?", [id_])


def _lasting(article: Article) -> dict[str, object]:
    """Return the columns that a later look may change: not the time of publication, into which outlets write edit times."""
    return {name: value for name, value in _columns(article).items() if not name.startswith("published_")}


def _columns(article: Article) -> dict[str, object]:
    """Return the columns of `articles` that say what was read."""
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
        "language": article.language,
        "language_declared": article.language_declared,
        "language_confidence": article.language_confidence,
        "section": article.section,
        "text_status": article.text_status,
        "genre": article.genre,
        "word_count": len(words_in(article.text)),
        "text_digest": digest_of(article.text),
    }


def _free_id(db: Database, moment: datetime) -> int:
    """Return the first free integer from 1000 × the epoch second of `moment`."""
    id_ = max(int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()), 0) * 1000
    taken = "select 1 from articles where id = :id union all select 1 from tombstones where article = :id"
    while db.execute(taken, {"id": id_}).fetchone():  # one that was forgotten stays the id of what is gone
        id_ += 1
    return id_


def _index(db: Database, id_: int, article: Article, *, run: int, now: datetime) -> None:
    """Write what is derived from an article's words."""
    write_tags(db, id_, article.tags, run=run)
    _write_credits(db, id_, article, run=run)
    indexing.index_article(db, id_)
    stories.place(db, id_, run=run, now=now)


def words_of(db: Database, id_: int) -> tuple[str | None, str, str | None]:
    """Return an article's title, text and language."""
    sql = "select title, text, language from articles a join texts t on t.article = a.id where a.id = ?"
    title, text, language = db.execute(sql, [id_]).fetchone()
    return title, text, language


def spoken(db: Database, id_: int) -> tuple[str | None, str | None, float | None]:
    """Return an article's title, language and how sure that is (0–1)."""
    sql = "select title, language, language_confidence from articles where id = ?"
    title, language, confidence = db.execute(sql, [id_]).fetchone()
    return title, language, confidence


def retag(db: Database, id_: int, tags: Iterable[Tag], *, run: int) -> None:
    """Write an article's tags anew. In a transaction."""
    db.execute("delete from article_topics where article = ?", [id_])
    write_tags(db, id_, tags, run=run)


def write_tags(db: Database, id_: int, tags: Iterable[Tag], *, run: int) -> None:
    """Add tags with their evidence, but for topics that people have said the article is not on."""
    off_topics = corrections.off_topics(db, id_)
    for tag in tags:
        if tag.topic in off_topics:
            continue
        db.execute(
            "insert into article_topics values (?, ?, ?, ?, ?, ?)",
            [id_, tag.topic, tag.score, tag.hits, tag.topic_version, run],
        )
        for e in tag.evidence:
            db.execute(
                "insert into evidence values (?, ?, ?, ?, ?, ?, ?, ?)",
                [id_, tag.topic, e.field, e.from_char, e.to_char, e.words, e.term, run],
            )


_CREDIT = "name, outlet, url, role, kind, words, rule, confidence, stated_title, stated_at"


def _credit_row(credit: Credit) -> list[object]:
    return [
        credit.name, credit.outlet, credit.url, credit.role, credit.kind, credit.words, credit.rule, credit.confidence,
        credit.stated_title, utc_text(credit.stated_at) if credit.stated_at else None,
    ]  # fmt: skip


def _write_credits(db: Database, id_: int, article: Article, *, run: int) -> None:
    for credit in article.credits:
        db.execute(
            f"insert into credits (article, {_CREDIT}, run) values ({', '.join('?' * 12)})",
            [id_, *_credit_row(credit), run],
        )
