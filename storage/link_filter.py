"""`cuttings link`: the program's own linking over articles given as JSON, in an archive that lives in memory."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

from storage.archive import open_memory
from storage.members import UNREAD
from storage.records import Precision, utc_text
from storage.stories import place
from storage.words import fold

Json = object
_NOW = datetime(
    1970, 1, 1, tzinfo=UTC
)  # stands for "first seen" where a line states no time; in nothing that is printed
_HALF = re.compile("[\ud800-\udfff]")
_ROLES = ("republication", "citation", "contributor", "link")
_KINDS = ("byline", "credit_line", "dateline", "canonical", "structured_data", "link")


class _LineError(ValueError):
    """A line cannot be done; says why."""


@dataclass(frozen=True, slots=True)
class _Credit:
    name: str
    role: str
    kind: str
    words: str
    url: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class _Line:
    """One article as given."""

    id: Json
    outlet: str
    title: str | None
    text: str
    language: str | None
    at: datetime | None
    precision: Precision | None
    credits: tuple[_Credit, ...] | None


def half_pair(text: str) -> int | None:
    """Return the place, counted from 1, of the first half of a surrogate pair; it is in no text that can be stored."""
    found = None if text.isascii() else _HALF.search(text)
    return found.start() + 1 if found else None


def link_articles(records: Sequence[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """Return `{id, story, origin, origin_basis, reprints}` for each record, in order, or `{id, error}` for a wrong one."""
    lines: dict[int, _Line] = {}
    errors: dict[int, str] = {}
    seen: set[str] = set()
    for number, record in enumerate(records):
        try:
            lines[number] = _read(record, seen)
        except _LineError as error:
            errors[number] = str(error)
    results = _linked(lines)
    return [
        {"id": record.get("id"), "error": errors[number]} if number in errors else results[number]
        for number, record in enumerate(records)
    ]


def _read(record: Mapping[str, Json], seen: set[str]) -> _Line:
    for name in ("id", "outlet", "text"):
        if name not in record:
            raise _LineError(f"{name} is missing")
    identity = _as_text(record["id"])
    if identity in seen:
        raise _LineError(f"id {identity} was given before")
    at, precision = _time(_string(record, "published_at"))
    outlet, text = _string(record, "outlet"), _string(record, "text")
    if not outlet or text is None:
        raise _LineError("outlet and text are strings, outlet not empty")
    line = _Line(
        id=record["id"],
        outlet=outlet,
        title=_string(record, "title"),
        text=text,
        language=_string(record, "language"),
        at=at,
        precision=precision,
        credits=_credits(record.get("credits")),
    )
    seen.add(identity)
    return line


def _as_text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _string(record: Mapping[str, Json], name: str) -> str | None:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise _LineError(f"{name} is a string or null")
    if value is not None and (place := half_pair(value)):
        raise _LineError(f"{name}: half of a surrogate pair is no text (character {place})")
    return value


def _time(text: str | None) -> tuple[datetime | None, Precision | None]:
    """A time without a zone is known to the day, like a date."""
    if not text:
        return None, None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _LineError(f"published_at is no ISO 8601 time: {text!r}") from None
    if at.tzinfo is None:
        return at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC), "day"
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise _LineError(f"published_at is no time in the years 1 to 9999: {text!r}") from None
    return at, "second" if text.count(":", 0, 19) > 1 else "minute"


def _credits(given: Json) -> tuple[_Credit, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(credit, dict) for credit in given):
        raise _LineError("credits is a list of objects")
    return tuple(_credit(credit) for credit in given)


def _credit(given: Mapping[str, Json]) -> _Credit:
    name = _string(given, "outlet") or _string(given, "name")
    role, kind = _string(given, "role") or "republication", _string(given, "kind") or "credit_line"
    if not name or role not in _ROLES or kind not in _KINDS:
        raise _LineError(f"a credit has a name, a role ({', '.join(_ROLES)}) and a kind ({', '.join(_KINDS)})")
    confidence = given.get("confidence", 1.0)
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise _LineError("a credit's confidence is a number from 0 to 1")
    return _Credit(
        name=name,
        role=role,
        kind=kind,
        words=_string(given, "words") or "",
        url=_string(given, "url"),
        confidence=float(confidence),
    )


def _linked(lines: Mapping[int, _Line]) -> dict[int, dict[str, Json]]:
    db = open_memory()
    outlets: dict[str, str] = {}
    for line in lines.values():
        outlets.setdefault(_plain(line.outlet), line.outlet)
    articles = dict(zip(lines, _ids(lines.values()), strict=True))
    with db.conn:
        run = _prepare(db, outlets)
        for number, line in lines.items():
            _insert(db, articles[number], line, outlets, run=run)
            place(db, articles[number], run=run, now=_NOW)
    results = _results(db, {articles[number]: line.id for number, line in lines.items()})
    db.close()
    return {number: results[article] for number, article in articles.items()}


def _plain(name: str) -> str:
    return " ".join(fold(name).split())


def _ids(lines: Iterable[_Line]) -> Iterator[int]:
    """Ids as the archive gives them: by time, the first that is free."""
    taken: set[int] = set()
    for line in lines:
        id_ = 1000 * int((line.at or _NOW).timestamp())
        while id_ in taken:
            id_ += 1
        taken.add(id_)
        yield id_


def _prepare(db: Database, outlets: Mapping[str, str]) -> int:
    db.conn.execute("insert into runs (id, command, started_at, version) values (1, 'link', ?, '')", (utc_text(_NOW),))
    db.conn.executemany("insert into outlets (id, name, url) values (?, ?, '')", outlets.items())
    return 1


def _insert(db: Database, id_: int, line: _Line, outlets: Mapping[str, str], *, run: int) -> None:
    key = hashlib.sha256(_as_text(line.id).encode(errors="surrogatepass")).hexdigest()
    at = utc_text(line.at) if line.at else None
    row = {
        "id": id_,
        "key": key,
        "outlet": _plain(line.outlet),
        "url": "",
        "url_key": key,
        "requested_url": "",
        "title": line.title,
        "published_at": at,
        "published_precision": line.precision,
        "published_day": at[:10] if at else None,
        "first_seen_at": at or utc_text(_NOW),
        "checked_at": utc_text(_NOW),
        "found_by": "url-list",
        "language": line.language,
        "text_status": "full",
        "word_count": 0,
        "text_digest": "",
        "extractor": UNREAD if line.credits is None else "given",
        "run": run,
    }
    db.conn.execute(f"insert into articles ({', '.join(row)}) values ({', '.join('?' * len(row))})", (*row.values(),))
    db.conn.execute("insert into texts (article, text) values (?, ?)", (id_, line.text))
    db.conn.executemany(
        """insert into credits (article, name, outlet, url, role, kind, words, rule, confidence, run)
           values (?, ?, ?, ?, ?, ?, ?, 'given', ?, ?)""",
        [
            (
                id_,
                c.name,
                name if (name := _plain(c.name)) in outlets else None,
                c.url,
                c.role,
                c.kind,
                c.words,
                c.confidence,
                run,
            )
            for c in line.credits or ()
        ],
    )


def _results(db: Database, ids: Mapping[int, Json]) -> dict[int, dict[str, Json]]:
    """What the archive says, in the ids that were given."""
    names: dict[int, Json] = {}
    homes = dict(db.conn.execute("select id, story from articles"))
    for article, story in homes.items():
        if story not in names or _as_text(ids[article]) < _as_text(names[story]):
            names[story] = ids[article]
    origins = {row[0]: row[1:] for row in db.conn.execute("select id, origin, origin_basis from stories")}
    reprints: dict[int, list[dict[str, Json]]] = {}
    sql = """select article, source, kind, containment, taken, similarity, credited from reprints
             order by article, main desc, containment desc, source"""
    for article, source, kind, containment, taken, similarity, credited in db.conn.execute(sql):
        reprints.setdefault(article, []).append(
            {
                "source": ids.get(source),
                "kind": kind,
                "containment": containment,
                "taken": taken,
                "similarity": similarity,
                "credited": None if credited is None else bool(credited),
            }
        )
    return {
        article: {
            "id": id_,
            "story": names[homes[article]],
            "origin": ids.get(origins[homes[article]][0]),
            "origin_basis": origins[homes[article]][1],
            "reprints": reprints.get(article, []),
        }
        for article, id_ in ids.items()
    }
