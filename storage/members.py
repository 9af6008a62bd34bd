"""Reads what stories are decided from: articles as members, their credits, what they share. Decides nothing."""

import json
from collections.abc import Iterable

from sqlite_utils import Database

from storage.origin import Claim, Member
from storage.overlap import Change, Span
from storage.records import from_utc_text
from storage.reprints import Tie, Ties

UNREAD = "unread"  # `articles.extractor` of a text that came without its page: nobody looked for credits
_LASTS_S = {"second": 0, "minute": 59, "day": 86_399}  # how long a stated time may still have to run

_MEMBERS = """
select a.id, a.key, a.outlet, nullif(o.owner, ''), o.kind = 'agency', a.title, coalesce(t.text, ''), a.published_at,
       a.published_precision, a.first_seen_at, f.own_words, f.furniture, a.extractor
from articles a join outlets o on o.id = a.outlet left join texts t on t.article = a.id
join fingerprints f on f.article = a.id where a.id in (select value from json_each(?))
"""
_CREDITS = """select c.article, c.name, c.outlet, nullif(o.owner, ''), c.role, c.kind, c.words, c.confidence
              from credits c left join outlets o on o.id = c.outlet
              where c.article in (select value from json_each(?)) order by c.article, c.rowid"""
_OVERLAPS = """select a, b, similarity, spans, changes from overlaps
               where a in (select value from json_each(:ids)) and b in (select value from json_each(:ids))"""


def load(db: Database, articles: Iterable[int]) -> tuple[dict[int, Member], Ties]:
    """Return members by id and what any two of them share, furniture apart."""
    ids = json.dumps(sorted(articles))
    claims = _claims(db, ids)
    decided = _decisions(db, ids)
    members: dict[int, Member] = {}
    furniture: dict[int, list[list[int]]] = {}
    for (
        id_,
        key,
        outlet,
        owner,
        agency,
        title,
        text,
        published,
        precision,
        seen,
        words,
        covered,
        extractor,
    ) in db.conn.execute(_MEMBERS, (ids,)):
        furniture[id_] = json.loads(covered)
        start = int(from_utc_text(published or seen).timestamp())
        not_from, origin_is = decided.get(id_, (frozenset(), None))
        members[id_] = Member(
            id=id_,
            key=key,
            outlet=outlet,
            owner=owner,
            agency=bool(agency),
            title=title,
            text=text,
            start=start,
            end=start + (_LASTS_S[precision or "second"] if published else 0),
            precise=bool(published) and precision != "day",
            words=words,
            claims=None if extractor == UNREAD else tuple(claims.get(id_, ())),
            not_from=not_from,
            origin_is=origin_is,
        )
    ties = (
        (a, b, _tie(members[a], members[b], similarity, json.loads(spans), json.loads(changes), furniture))
        for a, b, similarity, spans, changes in db.conn.execute(_OVERLAPS, {"ids": ids})
        if a in members and b in members
    )
    return members, Ties(ties)


def _claims(db: Database, ids: str) -> dict[int, list[Claim]]:
    found: dict[int, list[Claim]] = {}
    for article, name, outlet, owner, role, kind, words, confidence in db.conn.execute(_CREDITS, (ids,)):
        claim = Claim(name=name, outlet=outlet, owner=owner, role=role, kind=kind, words=words, confidence=confidence)
        found.setdefault(article, []).append(claim)
    return found


def _decisions(db: Database, ids: str) -> dict[int, tuple[frozenset[str], str | None]]:
    """What people decided: the keys an article is not a reprint of, and where its story came from."""
    sql = """select c.article, c.kind, coalesce(a.key, c.value) from corrections c
             left join articles a on cast(a.id as text) = c.value
             where c.kind in ('not-reprint-of', 'origin-is') and c.article in (select value from json_each(?))
             order by c.id"""
    decided: dict[int, tuple[frozenset[str], str | None]] = {}
    for article, kind, value in db.conn.execute(sql, (ids,)):
        not_from, origin_is = decided.get(article, (frozenset(), None))
        decided[article] = (not_from | {value}, origin_is) if kind == "not-reprint-of" else (not_from, value)
    return decided


def _tie(
    a: Member,
    b: Member,
    similarity: float,
    spans: list[list[int]],
    changes: list[list[str]],
    furniture: dict[int, list[list[int]]],
) -> Tie:
    own = [span for row in spans if (span := _own(row, furniture[a.id], furniture[b.id])).same]
    words = sum(span.same for span in own)
    return Tie(
        words=words,
        share=min(1.0, words / max(1, a.words)),
        taken=min(1.0, words / max(1, b.words)),
        quoted=sum(span.quoted for span in own),
        unquoted_run=max((span.unquoted_run for span in own), default=0),
        similarity=similarity,
        spans=tuple(own),
        changes=tuple(Change(*change) for change in changes),
    )


def _own(row: list[int], furniture_a: list[list[int]], furniture_b: list[list[int]]) -> Span:
    """A stored span without the words that are furniture on either side."""
    chars, words, (same, quoted, run) = row[:4], row[4:8], row[8:]
    covered = max(_covered(words[:2], furniture_a), _covered(words[2:], furniture_b))
    return Span(
        a_chars=(chars[0], chars[1]),
        b_chars=(chars[2], chars[3]),
        a_words=(words[0], words[1]),
        b_words=(words[2], words[3]),
        same=round(same * (1 - covered)),
        quoted=round(quoted * (1 - covered)),
        unquoted_run=round(run * (1 - covered)),
    )


def _covered(stretch: list[int], furniture: list[list[int]]) -> float:
    start, stop = stretch
    return min(1.0, sum(max(0, min(stop, to) - max(start, since)) for since, to in furniture) / max(1, stop - start))


def lag(article: Member, source: Member) -> tuple[int | None, int | None, int | None]:
    """Return seconds from source to article, shortest and longest possible; the first only if both are precise."""
    shortest, longest = article.start - source.end, article.end - source.start
    return (article.start - source.start if article.precise and source.precise else None), shortest, longest
