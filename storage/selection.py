"""Which articles a study takes: one condition after another, each counted, then a sample, then its context.

Works in temporary tables of a read-only connection: `chosen` (article, context, stratum, stratum_size, weight).
"""

import hashlib
import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from storage.archive import open_reader
from storage.errors import StudyError
from storage.study import Study

SQL_LIMIT_S = 60.0  # a selection by hand-written SQL that runs longer is refused
_STEPS_BETWEEN_LOOKS = 100_000  # SQLite virtual machine steps, a few milliseconds

_CHOSEN = """
create temp table chosen (
  article integer primary key, context integer not null, stratum text, stratum_size integer, weight real
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One reason for an article to be in."""

    place: str
    """Setting of STUDY.toml."""
    says: str
    """In words."""
    sql: str
    """True for an `articles a` that is in; the setting's value is bound as `:value`."""
    value: str | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one condition left out."""

    place: str
    says: str
    left_out: int
    left: int


def choose(db: sqlite3.Connection, study: Study, *, path: Path) -> tuple[Step, ...]:
    """Fill `chosen` with what the study takes, and return what each condition left out, in articles.

    Raises StudyError for a name the archive does not know, and for an empty selection, naming the condition.
    """
    _refuse_unknown(db, study)
    db.execute("drop table if exists temp.chosen")
    db.execute(_CHOSEN)
    left = db.execute("insert into chosen (article, context) select id, 0 from articles").rowcount
    if not left:
        raise StudyError("the archive holds no articles")
    steps = []
    ids = sorted(_ids_by_hand(study.sql, path)) if study.sql else ()
    for condition in conditions(study, ids=ids):
        out = _narrow(db, condition)
        steps.append(Step(place=condition.place, says=condition.says, left_out=out, left=left - out))
        if left == out:
            raise StudyError(f"{condition.place}: nothing is left: none of {left} articles is {condition.says}")
        left -= out
    if study.sample is not None:
        drawn, apart = _sample(db, study, study.sample)
        says = f"in the sample of {study.sample}" + (
            "" if apart else f", which is too small for strata of {_by(study)}"
        )
        steps.append(Step(place="sample", says=says, left_out=left - drawn, left=drawn))
    _add_context(db)
    return tuple(steps)


def conditions(study: Study, *, ids: Sequence[int] = ()) -> Iterator[Condition]:
    """Yield the study's conditions in the order they are applied. `ids` is what its `sql` names."""
    if study.sql:
        yield Condition(place="sql", says="named by the query", sql=f"a.id in {_LIST}", value=json.dumps(ids))
    for place, says, sql, value in _table(study):
        if value:
            bound = json.dumps(value) if isinstance(value, tuple) else value
            shown = ", ".join(value) if isinstance(value, tuple) else value
            yield Condition(place=place, says=f"{says} {shown}", sql=sql, value=bound)


_LIST = "(select value from json_each(:value))"
_OF_OUTLET = "a.outlet in (select id from outlets where {column} in (select value from json_each(:value)))"


def _table(study: Study) -> Iterable[tuple[str, str, str, tuple[str, ...] | str | float | None]]:
    tagged = f"select 1 from article_topics at where at.article = a.id and at.topic in {_LIST}"
    scored = "select 1 from article_topics at where at.article = a.id and at.score >= :value"
    if study.topics:
        scored += f" and at.topic in ({', '.join(quoted(topic) for topic in study.topics)})"
    grouped = f"select o.id from outlets o join json_each(o.groups) g where g.value in {_LIST}"
    return [
        ("topics", "on topic", f"exists ({tagged})", study.topics),
        ("min_score", "on a topic with a score of at least", f"exists ({scored})", study.min_score),
        ("outlets", "of outlet", f"a.outlet in {_LIST}", study.outlets),
        ("groups", "of an outlet in group", f"a.outlet in ({grouped})", study.groups),
        ("ownership", "of an outlet owned as", _OF_OUTLET.format(column="ownership"), study.ownership),
        ("kinds", "of an outlet of kind", _OF_OUTLET.format(column="kind"), study.kinds),
        ("languages", "in language", f"a.language in {_LIST}", study.languages),
        ("from", "published on or after", "a.published_day >= :value", study.from_day),
        ("to", "published on or before", "a.published_day <= :value", study.to_day),
        ("classes", "of class", f"(select class from article_class where article = a.id) in {_LIST}", study.classes),
    ]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _narrow(db: sqlite3.Connection, condition: Condition) -> int:
    keep = f"select 1 from articles a where a.id = chosen.article and {condition.sql}"
    return db.execute(f"delete from chosen where not exists ({keep})", {"value": condition.value}).rowcount


def _refuse_unknown(db: sqlite3.Connection, study: Study) -> None:
    for place, table, names in (("topics", "topics", study.topics), ("outlets", "outlets", study.outlets)):
        known = [id_ for (id_,) in db.execute(f"select id from {table} order by id")]
        for index, name in enumerate(names):
            if name not in known:
                listed = ", ".join(known) or "none"
                raise StudyError(f"{place}[{index}]: the archive has no {name!r}; known: {listed}")


def _ids_by_hand(sql: str, path: Path) -> set[int]:
    """Return the first column of a query on a read-only connection of its own, stopped after SQL_LIMIT_S."""
    db: sqlite3.Connection = open_reader(path).conn
    (articles,) = db.execute("select count(*) from articles").fetchone()
    ends = time.monotonic() + SQL_LIMIT_S
    db.execute("select 1 from articles_fts limit 0")  # the search index is opened by statements we would refuse
    db.set_progress_handler(lambda: time.monotonic() > ends, _STEPS_BETWEEN_LOOKS)
    db.set_authorizer(_allowed)
    ids: set[int] = set()
    try:
        for row in db.execute(sql):
            if not isinstance(row[0], int):
                raise StudyError(f"sql: the first column must be article ids, not {repr(row[0])[:_SHOWN]}")
            ids.add(row[0])
            if len(ids) > articles:
                raise StudyError(
                    f"sql: names more ids than there are articles ({articles}); is the first column `article`?"
                )
    except sqlite3.Error as error:
        too_long = time.monotonic() > ends
        raise StudyError(f"sql: {f'ran longer than {SQL_LIMIT_S:.0f} s' if too_long else error}") from error
    finally:
        db.close()
    return ids


_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_SHOWN = 60  # characters of a wrong cell


def _allowed(action: int, what: str | None, *_: str | None) -> int:
    """Allow reading, and what the search index asks for itself; what keys hashed names is not for reading."""
    reads = action in _READING or (action, what) == (sqlite3.SQLITE_PRAGMA, "data_version")
    secret = (action, what) == (sqlite3.SQLITE_READ, "secrets")
    return sqlite3.SQLITE_OK if reads and not secret else sqlite3.SQLITE_DENY


def _by(study: Study) -> str:
    return " and ".join(study.strata)


def _sample(db: sqlite3.Connection, study: Study, size: int) -> tuple[int, bool]:
    """Keep a stratified random part of `chosen`; return how many articles that is, and whether it is stratified.

    The order is a digest of seed and key, so the same archive and seed give the same sample, on any machine. Where there
    are more strata than are to be drawn, all are one: else those left out would be in nobody's weight.
    """
    members: dict[str, list[int]] = defaultdict(list)
    strata: dict[str, list[tuple[bytes, str]]] = defaultdict(list)
    for unit, key, stratum, article in db.execute(_sampled(study)):
        if unit not in members:
            strata[stratum].append((hashlib.blake2b(f"{study.seed}:{key}".encode(), digest_size=8).digest(), unit))
        members[unit].append(article)
    apart = len(strata) <= size
    drawn_from = strata if apart else {"all": [unit for units in strata.values() for unit in units]}
    parts = _shares({stratum: len(units) for stratum, units in drawn_from.items()}, size)
    db.execute("delete from chosen")
    for stratum, units in sorted(drawn_from.items()):
        for _, unit in sorted(units)[: parts[stratum]]:
            rows = [(article, stratum, len(units), len(units) / parts[stratum]) for article in members[unit]]
            db.executemany("insert into chosen values (?, 0, ?, ?, ?)", rows)
    return int(db.execute("select count(*) from chosen").fetchone()[0]), apart


def _sampled(study: Study) -> str:
    columns = {"class": "f.class", "month": "substr(a.published_day, 1, 7)"}
    stratum = " || ' / ' || ".join(f"coalesce({columns.get(name, f'a.{name}')}, '?')" for name in study.strata) or "''"
    unit = "a.key" if study.unit == "article" else "coalesce(cast(a.story as text), a.key)"
    return f"""select {unit}, a.key, {stratum}, a.id from chosen join articles a on a.id = chosen.article
      join article_class f on f.article = a.id order by a.id"""


def _shares(sizes: dict[str, int], wanted: int) -> dict[str, int]:
    """Share `wanted`, at least one a stratum, over strata in proportion to size: largest remainders."""
    total = sum(sizes.values())
    wanted = min(wanted, total)
    others = (wanted - len(sizes)) / max(1, total - len(sizes))
    exact = {name: 1 + others * (size - 1) for name, size in sizes.items()}
    shares = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (shares[name] - exact[name], name))
    for name in by_remainder[: wanted - sum(shares.values())]:
        shares[name] += 1
    return shares


def _add_context(db: sqlite3.Connection) -> None:
    """Bring in sources and origins from outside the selection, and theirs, until nothing is missing."""
    added = 1
    while added:
        added = db.execute(
            """insert or ignore into chosen (article, context)
               select r.source, 1 from chosen join reprints r on r.article = chosen.article
               where r.source is not null
               union
               select s.origin, 1 from chosen join articles a on a.id = chosen.article join stories s on s.id = a.story
               where s.origin is not null"""
        ).rowcount
