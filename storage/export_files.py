"""The data files of an export: which rows each has, and what identifies a row."""

import hashlib
import hmac
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from unicodedata import normalize

from storage import codebook, exposure
from storage.selection import conditions, quoted
from storage.study import Names, Study

Cell = str | int | float | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One data file: a table of an export, whatever its format."""

    name: str
    sql: str
    """Ordered by `key`, so that two exports of one archive are the same bytes."""
    key: tuple[str, ...]
    """Columns that tell rows apart; rows that agree in all of them are counted."""
    indexes: tuple[str, ...] = ()
    """Indexes of the table in the SQLite file, beside the key."""


def files(study: Study) -> tuple[File, ...]:
    """Return the files of a study, the main one first. Their SQL reads `temp.chosen` and `files_of_outlets`."""
    built = _article_files(study) + _detail_files(study) + _outlet_files(study)
    main = "stories" if study.unit == "story" else "articles"
    return tuple(sorted(built, key=lambda file: file.name != main))


def prepare(db: sqlite3.Connection, study: Study, *, secret: str) -> None:
    """Give the connection what the files' SQL needs: the set's outlets, and how names leave the archive."""
    key = hashlib.sha256(f"{secret}\n{study.source or study.title}".encode()).digest()
    db.create_function("names_of", 1, lambda names: _hidden_list(names, study.names, key), deterministic=True)
    db.create_function("name_of", 1, lambda name: _hidden(name, study.names, key), deterministic=True)
    db.create_function("unless_named", 3, _unless_named, deterministic=True)
    exposure.register(db)
    db.execute("drop table if exists temp.set_outlets")
    db.execute("create temp table set_outlets (outlet text primary key, context integer not null)")
    _add_outlets_of_study(db, study)
    articles = "chosen join articles a on a.id = chosen.article"
    for context, query in (
        (0, f"select distinct a.outlet from {articles} where context = 0"),
        (1, f"select distinct a.outlet from {articles}"),
        (1, f"select r.source_outlet from {articles} join reprints r on r.article = a.id"),
        (1, f"select s.origin_outlet from {articles} join stories s on s.id = a.story"),
        (1, f"select c.outlet from {articles} join credits c on c.article = a.id"),
    ):
        db.execute(f"insert or ignore into set_outlets select o.id, {context} from outlets o where o.id in ({query})")


def _add_outlets_of_study(db: sqlite3.Connection, study: Study) -> None:
    """Add the outlets a study is about, those without a selected article too: whether they were polled says why.

    Which ones a query is about cannot be told, unless the study says more.
    """
    of_outlets = [one for one in conditions(study) if one.place in ("outlets", "groups", "ownership", "kinds")]
    if study.sql and not of_outlets:
        return
    db.execute("insert into set_outlets select id, 0 from outlets")
    for one in of_outlets:
        db.execute(f"delete from set_outlets as a where not ({one.sql})", {"value": one.value})
    if study.languages:
        db.execute(
            """delete from set_outlets as a where not exists (select 1 from articles x
                 where x.outlet = a.outlet and x.language in (select value from json_each(?)))""",
            [json.dumps(study.languages)],
        )


def described(db: sqlite3.Connection, file: File) -> codebook.Table:
    """Return the description of a file's columns. Raises UndescribedError."""
    names = [column[0] for column in db.execute(f"select * from ({file.sql}) limit 0").description]
    return codebook.describe_file(file.name, names)


def batches(db: sqlite3.Connection, file: File, *, size: int) -> Iterator[list[Row]]:
    """Yield the rows of a file, at most `size` at a time."""
    cursor = db.execute(file.sql)
    while rows := cursor.fetchmany(size):
        yield rows


_SELECTED = "chosen.context = 0"
_BLANK = "null as coder_1, null as coder_2"
_FACTS = """f.class, f.kind, f.source, f.source_outlet, f.source_name, f.source_ownership, f.credit_status,
  f.headline_changed, f.lag_min_s, f.lag_max_s, f.edited, f.gone, exposed_on(a.outlet, a.published_day) as exposed"""


def _article_files(study: Study) -> list[File]:
    columns = _columns("a", "articles", {} if study.names == "plain" else {"authors": "names_of(a.authors)"})
    sampled = ""
    if study.sample is not None and study.unit == "article":
        tagged = f"exists (select 1 from article_topics x where x.article = a.id and {_on_topic(study)})"
        sampled = f""", {quoted(study.title)} as study, 'article' as unit, {tagged} as tagged, chosen.stratum, chosen.stratum_size,
          chosen.weight, {_BLANK}"""
    text = ", t.text" if study.text else ", nullif(hex(k.keys), '') as text_keys"
    articles = f"""select {columns}, {_FACTS}, chosen.context{sampled}{text}
      from chosen join articles a on a.id = chosen.article join article_class f on f.article = a.id
      left join {"texts t on t.article" if study.text else "fingerprints k on k.article"} = a.id order by a.id"""
    indexes = ("outlet, published_day", "published_day", "story")
    return [File(name="articles", sql=articles, key=("id",), indexes=indexes), _stories(study)]


def _stories(study: Study) -> File:
    sampled = ""
    if study.sample is not None and study.unit == "story":
        tagged = f"""exists (select 1 from articles a join article_topics x on x.article = a.id
          where a.story = s.id and {_on_topic(study)})"""
        sampled = f""", (select key from articles where id = s.id) as key, {quoted(study.title)} as study, 'story' as unit,
          {tagged} as tagged, m.stratum, m.stratum_size, m.weight, {_BLANK}"""
    sql = f"""select {_columns("s", "stories", {})}, m.context is null as context{sampled} from stories s
      left join (select a.story, 0 as context, max(stratum) as stratum, max(stratum_size) as stratum_size,
                   max(weight) as weight
                 from chosen join articles a on a.id = chosen.article where chosen.context = 0 group by a.story) m
        on m.story = s.id
      where s.id in (select a.story from chosen join articles a on a.id = chosen.article) order by s.id"""
    return File(name="stories", sql=sql, key=("id",), indexes=("origin_outlet",))


def _detail_files(study: Study) -> list[File]:
    words = {} if study.text else {"words": "null"}
    return [
        _topics(study),
        _detail("evidence", ("article", "topic", "field", "from_char", "to_char", "term"), where=_tags(study),
                indexes=("article, topic",), instead=words),
        _detail("credits", ("article", "role", "kind", "rule", "name", "url"), indexes=("article", "outlet"),
                instead=_people(study)),
        _detail("reprints", ("article", "source", "source_name"), where="true",
                indexes=("article", "source", "source_story")),
        _detail("versions", ("article", "seen_at", "change"), indexes=("article, seen_at",),
                instead={} if study.text else {"text": ""}),
        _detail("checks", ("article", "at"), indexes=("article, at",)),
        _codings(),
    ]  # fmt: skip


def _topics(study: Study) -> File:
    sql = f"""select {_columns("x", "article_topics", {})}, (select name from topics where id = x.topic) as name
      from chosen join article_topics x on x.article = chosen.article
      where {_tags(study)} order by x.article, x.topic"""
    return File(name="topics", sql=sql, key=("article", "topic"), indexes=("topic, article",))


def _codings() -> File:
    sql = f"""select {_columns("x", "codings", {})} from chosen join codings x on x.article = chosen.article
      order by x.study, x.unit, x.article, x.coder"""
    return File(name="codings", sql=sql, key=("study", "unit", "article", "coder"), indexes=("article",))


def _people(study: Study) -> dict[str, str]:
    """Return how credits that name a person leave the archive: other credits name sources, which stay."""
    if study.names == "plain":
        return {}
    person = "{0}.role = 'contributor' and {0}.outlet is null"
    people = f"""(select json_group_array(value) from
      (select j.value from articles a, json_each(a.authors) j where a.id = x.article
       union all select p.name from credits p where p.article = x.article and {person.format("p")}))"""
    x = person.format("x")
    return {
        "name": f"case when {x} then name_of(x.name) else x.name end",
        "url": f"case when not ({x}) then x.url end",
        "words": f"case when not ({x}) then unless_named(x.words, x.name, {people}) end",
    }


def _tags(study: Study) -> str:
    return f"{_SELECTED} and {_on_topic(study)}"


def _on_topic(study: Study) -> str:
    """Return what is true of a tag `x` that is of a topic of the study; of every tag where it names none."""
    return f"x.topic in ({', '.join(map(quoted, study.topics))})" if study.topics else "true"


def _outlet_files(study: Study) -> list[File]:
    outlets = f"select {_columns('o', 'outlets', {})}, x.context from set_outlets x join outlets o on o.id = x.outlet"
    ours = "select outlet from set_outlets where context = 0"
    days = "".join(
        f" and published_day {sign} '{day}'" for sign, day in ((">=", study.from_day), ("<=", study.to_day)) if day
    )
    coverage = f"select {_columns('c', 'coverage', {})} from coverage c where c.outlet in ({ours}) order by 1, 2"
    volume = f"""select outlet, published_day, month, sum(articles) as articles from volume
      where outlet in ({ours}){days} group by outlet, published_day, month order by 1, 2"""
    return [
        File(name="coverage", sql=coverage, key=("outlet", "collected_day")),
        File(name="outlets", sql=f"{outlets} order by o.id", key=("id",)),
        File(name="volume", sql=volume, key=("outlet", "published_day"), indexes=("outlet, published_day",)),
    ]


def _detail(
    name: str,
    key: tuple[str, ...],
    *,
    where: str = _SELECTED,
    indexes: tuple[str, ...] = (),
    instead: Mapping[str, str] | None = None,
) -> File:
    """Return the file of a table's rows of chosen articles; `instead` gives a column other SQL, '' drops it."""
    order = ", ".join(f"x.{column}" for column in key)
    sql = f"""select {_columns("x", name, instead or {})} from chosen join {name} x on x.article = chosen.article
      where {where} order by {order}, x.rowid"""
    return File(name=name, sql=sql, key=key, indexes=indexes)


def _columns(alias: str, table: str, instead: Mapping[str, str]) -> str:
    """Return a table's columns as SQL, in the schema's order."""
    names = [column.name for column in codebook.tables()[table].columns]
    made = {name: f"{instead[name]} as {name}" if name in instead else f"{alias}.{name}" for name in names}
    return ", ".join(sql for name, sql in made.items() if instead.get(name) != "")


def _hidden_list(names: str, how: Names, key: bytes) -> str:
    if how == "plain":
        return names
    hidden = [_hidden(name, how, key) for name in json.loads(names)]
    return json.dumps([name for name in hidden if name is not None])


def _hidden(name: str, how: Names, key: bytes) -> str | None:
    """Return a name as the study lets it out: itself, a keyed digest that is the same all over the study, or None."""
    if how == "plain":
        return name
    one_way = " ".join(normalize("NFC", name).casefold().split())
    return hmac.new(key, one_way.encode(), "sha256").hexdigest()[:16] if how == "hash" else None


def _unless_named(words: str, source: str, people: str) -> str | None:
    """Return the words of a credit; None where a part of a person's name is among them that is no part of the source's."""
    parts = {part for person in json.loads(people) for part in _parts(person)} - _parts(source)
    said, said_parts = normalize("NFC", words).casefold(), _parts(words)
    named = any(part in (said if part[0] >= _UNSPACED else said_parts) for part in parts)
    return None if named else words


def _parts(text: str) -> set[str]:
    return set(_PART.findall(normalize("NFC", text).casefold()))


_UNSPACED = "\u2e80"  # from here on: scripts that put no space between words, and say much in two characters
_PART = re.compile(rf"[{_UNSPACED}-\uffff]{{2,}}|\w{{3,}}")
