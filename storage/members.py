"""Reads what stories are decided from: articles as members, their credits, what they share. Decides nothing."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from sqlite_utils import Database

from storage import corrections
from storage.corrections import NOTHING
from storage.origin import Claim, Member
from storage.overlap import Change, Span
from storage.records import from_utc_text
from storage.reprints import Story, Tie, Ties

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
_OVERLAPS = """
select a, b, words_shared from overlaps
where a in (select value from json_each(:ones)) and b in (select value from json_each(:others))
union all select a, b, words_shared from overlaps
where b in (select value from json_each(:ones)) and a in (select value from json_each(:rest))"""


@dataclass(slots=True)
class Scene:
    """What a decision around some articles needs, as far as it was loaded."""

    members: dict[int, Member] = field(default_factory=dict)
    ties: Ties = field(default_factory=Ties)
    stories: dict[int, Story] = field(default_factory=dict)
    """By member."""
    furniture: dict[int, list[list[int]]] = field(default_factory=dict)
    """By member: stretches of words (from, to)."""

    def add(self, stories: Iterable[Story]) -> None:
        """Remember who is in which story."""
        self.stories |= {member.id: story for story in stories for member in story.members}


def load_members(db: Database, scene: Scene, articles: Iterable[int]) -> None:
    """Add articles to the scene that are not there yet."""
    missing = set(articles) - scene.members.keys()
    if not missing:
        return
    ids = json.dumps(sorted(missing))
    claims = _claims(db, ids)
    decided = corrections.of_all(db, ids)
    for row in db.conn.execute(_MEMBERS, (ids,)):
        id_, key, outlet, owner, agency, title, text, published, precision, seen, words, covered, extractor = row
        scene.furniture[id_] = json.loads(covered)
        start = int(from_utc_text(published or seen).timestamp())
        scene.members[id_] = Member(
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
            not_from=decided.get(id_, NOTHING).not_from,
            origin_is=decided.get(id_, NOTHING).origin_is,
        )


def load_ties(db: Database, scene: Scene, ones: set[int], others: set[int]) -> None:
    """Add what any of `ones` shares with any of `others`, all of them in the scene and `ones` among them."""
    if not ones or len(others) <= 1:
        return
    given = {
        "ones": json.dumps(list(ones)),
        "others": json.dumps(list(others)),
        "rest": json.dumps(list(others - ones)),
    }
    for a, b, words in db.conn.execute(_OVERLAPS, given):
        scene.ties.add(a, b, words, partial(_tie, db, scene, (a, b)))


def _claims(db: Database, ids: str) -> dict[int, list[Claim]]:
    found: dict[int, list[Claim]] = {}
    for article, name, outlet, owner, role, kind, words, confidence in db.conn.execute(_CREDITS, (ids,)):
        claim = Claim(name=name, outlet=outlet, owner=owner, role=role, kind=kind, words=words, confidence=confidence)
        found.setdefault(article, []).append(claim)
    return found


def _tie(db: Database, scene: Scene, pair: tuple[int, int]) -> Tie:
    sql = "select similarity, spans, changes from overlaps where a = ? and b = ?"
    similarity, spans, changes = db.conn.execute(sql, pair).fetchone()
    a, b = (scene.members[id_] for id_ in pair)
    furniture = scene.furniture[a.id], scene.furniture[b.id]
    own = [span for row in json.loads(spans) if (span := _own(row, *furniture)).same]
    words = sum(span.same for span in own)
    return Tie(
        words=words,
        share=min(1.0, words / max(1, a.words)),
        taken=min(1.0, words / max(1, b.words)),
        quoted=sum(span.quoted for span in own),
        unquoted_run=max((span.unquoted_run for span in own), default=0),
        similarity=similarity,
        spans=tuple(own),
        changes=tuple(Change(*change) for change in json.loads(changes)),
    )


def _own(row: list[int], furniture_a: list[list[int]], furniture_b: list[list[int]]) -> Span:
    """A stored span without the words that are furniture on either side."""
    chars, words, (same, quoted, run) = row[:4], row[4:8], row[8:]
    covered = max(_covered(words[:2], furniture_a), _covered(words[2:], furniture_b))
    if covered:
        same, quoted, run = (round(count * (1 - covered)) for count in (same, quoted, run))
    return Span(
        a_chars=(chars[0], chars[1]),
        b_chars=(chars[2], chars[3]),
        a_words=(words[0], words[1]),
        b_words=(words[2], words[3]),
        same=same,
        quoted=quoted,
        unquoted_run=run,
    )


def _covered(stretch: list[int], furniture: list[list[int]]) -> float:
    if not furniture:
        return 0.0
    start, stop = stretch
    return min(1.0, sum(max(0, min(stop, to) - max(start, since)) for since, to in furniture) / max(1, stop - start))


def lag(article: Member, source: Member) -> tuple[int | None, int | None, int | None]:
    """Return seconds from source to article, shortest and longest possible; the first only if both are precise."""
    shortest, longest = article.start - source.end, article.end - source.start
    return (article.start - source.start if article.precise and source.precise else None), shortest, longest
