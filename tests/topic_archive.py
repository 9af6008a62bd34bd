"""Archives for tests of topics: an outlet, a configuration, articles saved as collecting saves them."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from topic_sentences import SENTENCES

from crawler.clean import Cleaner
from crawler.language import detect
from crawler.topics import topic_version
from scheduler.config import Config, load
from storage import archive
from storage.articles import Provenance, save_article
from storage.identity import Identity
from storage.records import Article, Stamp

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
Queries = Mapping[str, str | Mapping[str, str]]


def configure(folder: Path, topics: Queries, *, more: str = "", each: str = "") -> Config:
    """Write a configuration with these topics, and return it; `each` is added to every topic."""
    blocks = []
    for id_, query in topics.items():
        queries = {"any": query} if isinstance(query, str) else query
        stated = ", ".join(f"{code} = {json.dumps(text, ensure_ascii=False)}" for code, text in queries.items())
        blocks.append(f'[[topics]]\nid = "{id_}"\nname = "{id_}"\nqueries = {{ {stated} }}\n{each}\n')
    outlet = '[[outlets]]\nid = "a"\nname = "A"\nurl = "https://a.example/"\n'
    (folder / "config.toml").write_text("\n".join([more, outlet, *blocks]), encoding="utf-8")
    return load(folder / "config.toml")


def collect(config: Config, texts: Iterable[tuple[str | None, str]], *, first: int = 0) -> None:
    """Save articles as a pass does: with their likely languages, tagged by the topics in force."""
    cleaner = Cleaner(config.outlets, config.topics)
    with closing(archive.open_archive(config.archive.path)) as db:
        archive.sync_outlets(db, config.outlets, {"a": [("a.example", "/")]})
        versions = {topic.id: topic_version(topic) for topic in config.topics}
        archive.sync_topics(db, config.topics, versions, now=NOW)
        run = archive.start_run(db, "collect", now=NOW)
        with db.atomic():
            for number, (title, text) in enumerate(texts, first):
                at = NOW + timedelta(minutes=number)
                article = cleaner.tag(article_of(number, title, text, at))
                identity = Identity(url_key=f"a.example/{number}", key=f"k{number}")
                provenance = Provenance(extractor="by hand", found_by="live", run=run, at=at)
                save_article(db, article, identity, provenance, keep_all=True)
        archive.finish_run(db, run, now=NOW, result="done", counts={})


def article_of(number: int, title: str | None, text: str, at: datetime) -> Article:
    """Return an untagged article, its languages as cleaning would find them."""
    likely = detect(f"{title or ''}\n\n{text}")
    return Article(
        url=f"https://a.example/{number}",
        requested_url=f"https://a.example/{number}",
        outlet="a",
        title=title,
        published=Stamp(at=at, offset="+00:00", precision="second", basis="jsonld", day=at.date().isoformat()),
        language=likely[0].language if likely else None,
        language_confidence=likely[0].confidence if likely else None,
        likely_languages=tuple(guess.language for guess in likely),
        text=text,
    )


def labelled() -> list[tuple[str | None, str]]:
    """Return the labelled sentences of all languages, each an article of its own; every third is a headline."""
    sentences = [sentence for those in SENTENCES.values() for sentence, _ in those]
    return [(sentence, "") if number % 3 == 0 else (None, sentence) for number, sentence in enumerate(sentences)]


def rows(config: Config, sql: str) -> list[tuple[object, ...]]:
    """Return rows of the archive."""
    with closing(sqlite3.connect(config.archive.path)) as db:
        return db.execute(sql).fetchall()


def tags(config: Config) -> list[tuple[object, ...]]:
    """Return everything the archive says of tags but which run wrote it."""
    return rows(
        config,
        """select a.url_key, t.topic, t.score, t.hits, t.topic_version, e.field, e.from_char, e.to_char, e.words, e.term
           from article_topics t join articles a on a.id = t.article
           left join evidence e on e.article = t.article and e.topic = t.topic
           order by 1, 2, 6 desc, 7, 8, 10""",
    )
