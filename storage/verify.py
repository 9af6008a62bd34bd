"""Is the archive what it promises to be? Reads everything, writes nothing."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage.additions import is_older
from storage.archive import open_as_is
from storage.captures import payload_digest, whole_until
from storage.errors import ArchiveError
from storage.records import Outcome
from storage.settings import Archive
from storage.sums import matches_sum, summed_path

_SHOWN = 5  # ids named for one broken promise; the count says how many there are


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A promise that does not hold."""

    what: str
    """One sentence fit for a person."""
    count: int
    """Rows or records it concerns."""
    examples: tuple[str, ...]
    """Ids or places of some of them."""

    def __str__(self) -> str:
        more = ", …" if self.count > len(self.examples) else ""
        return f"{self.what}: {self.count} ({', '.join(self.examples)}{more})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What `verify` found."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    """What is worth saying and no problem, such as a torn record that the next writer cuts."""


def verify(archive: Archive) -> Verified:
    """Check database, invariants, index and captures of an archive. Raises ArchiveError if it cannot be opened."""
    notes: list[str] = []
    try:
        return _verify(archive, notes)
    except ArchiveError as error:
        if getattr(error.__cause__, "sqlite_errorcode", None) != sqlite3.SQLITE_CORRUPT:
            raise
        return Verified(problems=tuple(_problem("the database file is damaged", [str(error.__cause__)])), notes=())


def _verify(archive: Archive, notes: list[str]) -> Verified:
    with closing(open_as_is(archive.path).conn) as db:
        db.text_factory = lambda stored: stored.decode(errors="backslashreplace")  # damaged text can still be named
        db.create_function("digest_of", 1, lambda stored: hashlib.sha256(stored).hexdigest(), deterministic=True)
        problems = [*_damage(db)]
        if not problems and is_older(db):
            notes.append(
                "made by an earlier version; the next command that writes brings it up to date: verify it then"
            )
        elif not problems:  # sentences about rows mean nothing where the file itself is broken
            problems = [*_promises(db), *_captures(db, archive.captures, notes)]
            notes += _unfinished(db)
    return Verified(problems=tuple(problems), notes=tuple(notes))


def _damage(db: sqlite3.Connection) -> Iterator[Problem]:
    """Yield what SQLite itself finds wrong with the file."""
    try:
        found = [row[0] for row in db.execute("pragma integrity_check") if row[0] != "ok"]
        broken = [f"{table} row {row} → {to}" for table, row, to, _ in db.execute("pragma foreign_key_check")]
    except sqlite3.DatabaseError as error:
        found, broken = [str(error)], []
    yield from _problem("the database file is damaged", found)
    yield from _problem("a row points at another that is not there", broken)


def _promises(db: sqlite3.Connection) -> Iterator[Problem]:
    outcomes = ", ".join(f"'{outcome}'" for outcome in Outcome)
    for what, query in {**_BROKEN, "a fetch has no known outcome": _BAD_FETCH.format(outcomes=outcomes)}.items():
        try:
            found = [str(row[0]) for row in db.execute(query)]
        except sqlite3.DatabaseError as error:
            found = [f"cannot be asked: {error}"]
        yield from _problem(what, found)


# What must not be: sentence → query whose first column names what breaks it. `digest_of` takes blobs: as text, SQLite
# hands no function what is not UTF-8.
_BROKEN: Mapping[str, str] = {
    "an article has no version": "select id from articles where id not in (select article from versions)",
    "an article is stored that was forgotten": """select id from articles where key in (select key from tombstones)
        union select id from articles where outlet in (select outlet from tombstones where url_key = 'outlet:' || outlet)""",
    "an article is in no story": "select id from articles where story is null",
    "a tag has no evidence": """select t.article || ' ' || t.topic from article_topics t where not exists
        (select 1 from evidence e where e.article = t.article and e.topic = t.topic)""",
    "evidence does not say what stands at its place": """select e.article || ' ' || e.topic from evidence e
        join articles a on a.id = e.article left join texts t on t.article = e.article
        where case e.field when 'title' then a.title else t.text end is not null and e.words is not
        substr(case e.field when 'title' then a.title else t.text end, e.from_char + 1, e.to_char - e.from_char)""",
    "a text is not the one its digest was made of": """select a.id from articles a join texts t on t.article = a.id
        where a.text_digest <> digest_of(cast(t.text as blob))""",
    "a version's text is not the one its digest was made of": """select article || ' ' || seen_at from versions
        where text is not null and text_digest is not digest_of(cast(text as blob))""",
    "a version changes nothing": """select article || ' ' || seen_at from (
        select article, seen_at, change, title is lag(title) over w and text_digest is lag(text_digest) over w as same
        from versions window w as (partition by article order by seen_at, rowid)
        ) where same and change in ('title', 'text', 'both')""",
    "a story has no article": """select id from stories s where not exists
        (select 1 from articles a where a.story = s.id)""",
    "a story's counts are not true": """select s.id from stories s join (select story, count(*) as articles,
        count(distinct outlet) as outlets from articles group by story) a on a.story = s.id
        where s.article_count <> a.articles or s.outlet_count <> a.outlets""",
    "a story's id is not its smallest article": """select story from articles where story is not null group by story
        having min(id) <> story""",
    "an article with sources has not exactly one main one": """select article from reprints group by article
        having sum(main) <> 1 or max(main) <> 1""",
    "`credited` does not follow from credit_status": """select article from reprints where credited is not
        case credit_status when 'exact' then 1 when 'intermediary' then 1 when 'unknown' then null else 0 end""",
    "an article cannot be searched": "select id from articles where id not in (select id from articles_fts_docsize)",
    "the search index knows an article that is not there": """select id from articles_fts_docsize
        where id not in (select id from articles)""",
}
_BAD_FETCH = "select run || ' ' || url from fetches where outcome not in ({outcomes})"


def _captures(db: sqlite3.Connection, folder: Path, notes: list[str]) -> Iterator[Problem]:
    """Yield captures whose bytes are gone or changed; note torn tails and captures that lie elsewhere."""
    missing, changed, elsewhere = [], [], 0
    ends: dict[str, int] = {}
    rows = db.execute("select id, warc, byte_offset, byte_length, digest from captures order by warc, byte_offset")
    for id_, warc, offset, length, digest in rows:
        if "://" in warc:
            elsewhere += 1
            continue
        ends[warc] = max(ends.get(warc, 0), offset + length)
        try:
            if payload_digest(folder / warc, byte_offset=offset, byte_length=length) != digest:
                changed.append(f"{id_} in {warc}: another payload")
        except OSError as error:
            missing.append(f"{id_} in {warc}: {error.strerror or error}")
        except ValueError as error:
            changed.append(f"{id_} in {warc}: {error}")
    if elsewhere:
        notes.append(f"{elsewhere} captures lie at other addresses and were not read")
    yield from _problem("a capture's bytes are not there", missing)
    yield from _problem("a capture's bytes are not those its digest was made of", changed)
    yield from _files(folder, ends, notes)


def _files(folder: Path, ends: Mapping[str, int], notes: list[str]) -> Iterator[Problem]:
    """Yield closed captures files that are gone or changed; note what the next writer has to finish in the others."""
    closed = {summed_path(path) for path in folder.rglob("*.warc.gz.sha256")}
    paths = sorted({*folder.rglob("*.warc.gz"), *closed})
    changed = []
    for path in paths:
        warc = path.relative_to(folder).as_posix()
        try:
            if path not in closed:
                notes += _unfinished_file(path, warc, ends.get(warc, 0), newest=path == paths[-1])
            elif not matches_sum(path):
                changed.append(f"{warc}: another SHA-256")
        except OSError as error:
            changed.append(f"{warc}: {error.strerror or error}")
    yield from _problem("a captures file cannot be read or is not what its SHA-256 was made of", changed)


def _unfinished_file(path: Path, warc: str, end: int, *, newest: bool) -> Iterator[str]:
    """Note a torn record behind the last known one (whole ones, of feeds, are kept unindexed), and a sum to come."""
    size = path.stat().st_size
    if size < end:
        return  # its captures are missing: a problem, and no writer touches it
    if torn := size - whole_until(path, end):
        yield f"{warc}: {torn} bytes of a torn record at its end; the next writer cuts them"
    if not newest:
        yield f"{warc}: no SHA-256 beside it yet; the next writer writes it"


def _unfinished(db: sqlite3.Connection) -> list[str]:
    rows = db.execute("select id, command, started_at from runs where ended_at is null order by id").fetchall()
    (left,) = db.execute("select count(*) from erasures").fetchone()
    note = "what was forgotten is still in WARC files or free space: the next `cuttings collect` or `forget` ends it"
    return [note] * bool(left) + [
        f"run {id_} ({command}, {at}) has not ended: still running, or killed" for id_, command, at in rows
    ]


def _problem(what: str, found: list[str]) -> Iterator[Problem]:
    if found:
        yield Problem(what=what, count=len(found), examples=tuple(found[:_SHOWN]))
