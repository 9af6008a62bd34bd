"""The stored tags of articles compared with what they should be, and made so.

A tag that a person has taken away (`corrections`, not-on-topic) should not be, whatever the text says.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from storage import corrections
from storage.articles import write_tags
from storage.records import Evidence, Tag

What = Literal["came", "gone", "changed", "kept", "renewed"]


@dataclass(frozen=True, slots=True)
class Change:
    """A tag that is other than it was."""

    article: int
    topic: str
    what: What
    """changed: its score or evidence; kept: it may rest on a text that was withheld; renewed: only its version."""
    tag: Tag
    """As it should be; as it was where it is gone or kept."""


def compare(
    db: Database, articles: Mapping[int, bool], found: Mapping[int, Sequence[Tag]], *, topics: Collection[str]
) -> Iterator[Change]:
    """Yield what differs between the stored tags of `topics` and those found, by article.

    `articles`: whether the article's text was withheld; then no tag is taken away for want of it.
    """
    stored = _stored(db, list(articles), topics)
    decided = corrections.of_all(db, json.dumps(list(articles)))
    for article, withheld in articles.items():
        had = stored.get(article, {})
        refused = decided.get(article, corrections.NOTHING).off_topics
        wanted = {tag.topic: tag for tag in found.get(article, ()) if tag.topic not in refused}
        for topic in sorted(had.keys() | wanted.keys()):
            old, new = had.get(topic), wanted.get(topic)
            if old is None and new is not None:
                yield Change(article, topic, "came", new)
            elif old is not None and new is None:
                yield Change(article, topic, "kept" if withheld and topic not in refused else "gone", old)
            elif old is not None and new is not None and _said(old) != _said(new):
                yield Change(article, topic, "changed", new)
            elif old is not None and new is not None and old.topic_version != new.topic_version:
                yield Change(article, topic, "renewed", new)


def apply(db: Database, change: Change, *, run: int) -> None:
    """Write a change. In a transaction."""
    key = [change.article, change.topic]
    if change.what == "renewed":
        sql = "update article_topics set topic_version = ?, run = ? where article = ? and topic = ?"
        db.execute(sql, [change.tag.topic_version, run, *key])
        return
    if change.what != "kept":
        db.execute("delete from article_topics where article = ? and topic = ?", key)  # its evidence goes with it
    if change.what in {"came", "changed"}:
        write_tags(db, change.article, [change.tag], run=run)


def _said(tag: Tag) -> tuple[float, int, list[tuple[str, int, int, str]]]:
    return tag.score, tag.hits, sorted((e.field, e.from_char, e.to_char, e.term) for e in tag.evidence)


def _stored(db: Database, articles: Sequence[int], topics: Collection[str]) -> dict[int, dict[str, Tag]]:
    given = [json.dumps(articles), json.dumps(list(topics))]
    where = "article in (select value from json_each(?)) and topic in (select value from json_each(?))"
    evidence: dict[tuple[int, str], list[Evidence]] = {}
    sql = f"select article, topic, field, from_char, to_char, words, term from evidence where {where}"
    for article, topic, field, start, end, words, term in db.execute(sql, given):
        one = Evidence(field=field, from_char=start, to_char=end, words=words, term=term)
        evidence.setdefault((article, topic), []).append(one)
    stored: dict[int, dict[str, Tag]] = {}
    sql = f"select article, topic, score, hits, topic_version from article_topics where {where}"
    for article, topic, score, hits, version in db.execute(sql, given):
        stored.setdefault(article, {})[topic] = Tag(
            topic=topic,
            topic_version=version,
            score=score,
            hits=hits,
            evidence=tuple(evidence.get((article, topic), ())),
        )
    return stored
