"""Changed topics brought to stored articles: what is to be done, and which articles it may concern.

A topic's row in `retags` says that stored articles carry it as it is configured: all of them, or those up to an id.
Configured otherwise, it loses the row; so does a topic that is no longer configured (its tags stay as they are).
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from storage.candidates import Needed, Words, match_text

NONE = -1  # no article's id


@dataclass(frozen=True, slots=True)
class Stored:
    """What of an article decides its topics."""

    id: int
    title: str | None
    text: str
    language: str | None
    confidence: float | None
    """Of the language, 0–1."""
    withheld: bool
    """There is no text because its outlet reserves it: what is stored may not say all that the article said."""


def rules_of(version: str, min_score: float) -> str:
    """Return what decides a topic's tags, as `retags.rules` has it."""
    return f"{version} {min_score:g}"


def sync_retags(db: Database, rules: Mapping[str, str]) -> None:
    """Forget how far topics were applied that are configured otherwise now; `rules` by topic. In a transaction.

    In an archive without articles every topic is applied already.
    """
    for topic, known in db.execute("select topic, rules from retags").fetchall():
        if rules.get(topic) != known:
            db.execute("delete from retags where topic = ?", [topic])
    if not db.execute("select 1 from articles limit 1").fetchone():
        for topic, rules_ in rules.items():
            db.execute("insert or ignore into retags values (?, ?, null)", [topic, rules_])


def pending(db: Database, topics: Collection[str]) -> dict[str, int]:
    """Return those of `topics` that not all articles carry as configured, and the id up to which articles do."""
    known = dict(db.execute("select topic, up_to from retags").fetchall())
    return {topic: known.get(topic, NONE) for topic in topics if known.get(topic, NONE) is not None}


def note_progress(db: Database, rules: Mapping[str, str], up_to: int | None) -> None:
    """Record that articles up to an id, or all, carry these topics as configured. In the batch's transaction."""
    for topic, rules_ in rules.items():
        db.execute("insert or replace into retags values (?, ?, ?)", [topic, rules_, up_to])


def languages(db: Database) -> list[str]:
    """Return the languages of the archive's articles."""
    rows = db.execute("select distinct language from articles where language is not null order by 1")
    return [language for (language,) in rows]


def gather(
    db: Database,
    needs: Mapping[str, Sequence[Needed | None]],
    *,
    topics: Collection[str],
    sure: float,
    after: int = NONE,
) -> int:
    """Put together which articles are to be matched with `topics`, and return how many.

    `needs`: by language what the topics' queries need, None for what the index cannot find. Articles whose language is
    less than `sure` are taken whatever they say, and so are those that carry one of the topics.
    """
    with db.atomic():  # interrupted in between, nothing stays open that the run's end would be lost with
        db.execute("drop table if exists temp.candidates")
        db.execute("create temp table candidates (article integer primary key)")
        add = "insert or ignore into temp.candidates select a.id from articles a"
        db.execute(f"{add} where language is null or coalesce(language_confidence, 0) < ?", [sure])
        db.execute(
            "insert or ignore into temp.candidates select article from article_topics"
            " where topic in (select value from json_each(?))",
            [json.dumps(list(topics))],
        )
        whole = [language for language, each in needs.items() if None in each]
        db.execute(f"{add} where language in (select value from json_each(?))", [json.dumps(whole)])
        for text, spoken in _by_text(needs, Words(db.conn)).items():
            db.execute(
                f"{add} join articles_fts f on f.rowid = a.id"
                " where articles_fts match ? and a.language in (select value from json_each(?))",
                [text, json.dumps(spoken)],
            )
        db.execute("delete from temp.candidates where article <= ?", [after])
    return int(db.execute("select count(*) from temp.candidates").fetchone()[0])


def _by_text(needs: Mapping[str, Sequence[Needed | None]], words: Words) -> dict[str, list[str]]:
    """Return what to ask the index for, and for articles of which languages."""
    found: dict[str, list[str]] = {}
    for language, each in needs.items():
        for needed in each if None not in each else ():
            if needed is not None and (text := match_text(needed, words)):
                found.setdefault(text, []).append(language)
    return found


def gathered(db: Database) -> list[int]:
    """Return the ids of the articles that were gathered."""
    return [id_ for (id_,) in db.execute("select article from temp.candidates order by article")]


def candidates(db: Database, *, size: int, newest: bool = False) -> Iterator[list[Stored]]:
    """Yield the articles that were gathered, oldest first (or newest), in batches."""
    order, beyond, place = ("desc", "<", 2**63 - 1) if newest else ("asc", ">", NONE)
    sql = f"""select a.id, a.title, coalesce(t.text, ''), a.language, a.language_confidence,
                coalesce(t.text, '') = '' and exists (
                  select 1 from outlet_rights r where r.outlet = a.outlet and r.tdm_reserved = 1)
              from temp.candidates c join articles a on a.id = c.article left join texts t on t.article = a.id
              where c.article {beyond} ? order by c.article {order} limit ?"""
    while rows := db.execute(sql, [place, size]).fetchall():
        yield [
            Stored(id_, title, text, language, confidence, bool(withheld))
            for id_, title, text, language, confidence, withheld in rows
        ]
        place = rows[-1][0]


def out_of_reach(db: Database, topics: str) -> dict[str, int]:
    """Count what retagging cannot reach: addresses found off topic whose text was not kept, tags of inactive topics.

    `topics`: the digest of those in force; what they themselves found off topic needs no other look.
    """
    sql = """select (select count(*) from links where state = 'off_topic' and screened_by is not ?),
                    (select count(*) from article_topics where topic in (select id from topics where not active))"""
    return dict(zip(("not_kept", "inactive"), db.execute(sql, [topics]).fetchone(), strict=True))
