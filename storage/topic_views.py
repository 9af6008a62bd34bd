"""What `cuttings topic` shows of an archive: articles by id, the languages and the words there. Reads only."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from storage.forms import bases


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as a person looks at it."""

    article: int
    key: str
    outlet: str
    url: str
    day: str | None
    language: str | None
    title: str | None
    text: str


def shown(db: Database, articles: Collection[int]) -> dict[int, Shown]:
    """Return articles by id."""
    rows = db.execute(
        """select a.id, a.key, a.outlet, a.url, a.published_day, a.language, a.title, coalesce(t.text, '')
           from articles a left join texts t on t.article = a.id where a.id in (select value from json_each(?))""",
        [json.dumps(list(articles))],
    )
    return {row[0]: Shown(*row) for row in rows}


def outlets_and_days(db: Database, articles: Collection[int]) -> Iterator[tuple[str, str]]:
    """Yield the outlet and the day of each article: its published day, else the one it was first seen on."""
    sql = """select outlet, coalesce(published_day, substr(first_seen_at, 1, 10)) from articles
             where id in (select value from json_each(?))"""
    yield from db.execute(sql, [json.dumps(list(articles))])


def languages_of(db: Database, articles: Collection[int]) -> dict[int, str | None]:
    """Return the language of each article."""
    sql = "select id, language from articles where id in (select value from json_each(?))"
    return dict(db.execute(sql, [json.dumps(list(articles))]).fetchall())


def article_count(db: Database) -> int:
    """Return how many articles the archive has."""
    return int(db.execute("select count(*) from articles").fetchone()[0])


def in_language(db: Database, words: Iterable[str], language: str) -> list[str]:
    """Return those of some folded words that texts of a language hold; words that no language learns stay."""
    sql = "select 1 from word_forms where language = ? and base = ? and form = ?"

    def held(word: str) -> bool:
        known = bases(word, language) if word.isalpha() else ()
        return not known or any(db.execute(sql, [language, base, word]).fetchone() for base in known)

    return list(filter(held, words))
