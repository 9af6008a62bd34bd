"""All topics against one article, in one pass per likely language: tags with their evidence."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TypeVar

from crawler.topics.compiled import Compiled, Query
from crawler.topics.meeting import Found, Meeting, Shown
from crawler.topics.score import LEAD_WORDS, QUARTERS, Reach, score
from storage.query import parse
from storage.records import Evidence, Tag, Topic

ANY = "any"
KEPT = 50  # matches kept as evidence; `hits` counts all
COMPARED = 5_000  # matches in a language; more are no article, and showing where each stands would take seconds

M = TypeVar("M", Found, Shown)


def topic_version(topic: Topic) -> str:
    """Return the digest of a topic's queries."""
    queries = json.dumps(dict(topic.queries), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(queries.encode()).hexdigest()[:16]


def topics_version(topics: Sequence[Topic]) -> str:
    """Return the digest of what decides whether an article is on any of `topics`."""
    rules = sorted(f"{topic.id} {topic_version(topic)} {topic.min_score:g}" for topic in topics)
    return hashlib.sha256("\n".join(rules).encode()).hexdigest()[:16]


def compile_topics(topics: Sequence[Topic]) -> "Matcher":
    """Return a matcher of `topics`. Raises QueryError for a query that does not parse."""
    return Matcher(topics)


class Matcher:
    """Topics ready to be matched; a language is compiled when its first article comes."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        for topic in topics:
            for query in topic.queries.values():
                parse(query)
        self.topics = tuple(topics)
        self.versions = [topic_version(topic) for topic in topics]
        self._compiled: dict[str, Compiled] = {}

    def tags(self, title: str | None, text: str, languages: Sequence[str]) -> tuple[Tag, ...]:
        """Return the topics of an article, in the order of the configuration.

        `languages`: all it may be in (ISO 639-1), best first; none: every language that a topic has a query for.
        """
        met: dict[int, list[tuple[Query, Meeting]]] = {}
        codes = [language.lower().partition("-")[0] for language in languages] or self.query_languages()
        for language in dict.fromkeys(codes):
            meeting = Meeting(self.compiled(language), title or "", text)
            for query in self._true_queries(meeting):
                met.setdefault(query.topic, []).append((query, meeting))
        tags = [self._tag(place, met[place], title or "", text) for place in sorted(met)]
        return tuple(tag for tag in tags if tag is not None)

    def query_languages(self) -> list[str]:
        """Return the languages that a topic has a query for, `any` among them."""
        return sorted({language for topic in self.topics for language in topic.queries})

    def compiled(self, language: str) -> Compiled:
        """Return all queries in one language (ISO 639-1)."""
        if language not in self._compiled:
            self._compiled[language] = Compiled(self.topics, language, fallback=ANY)
        return self._compiled[language]

    def _true_queries(self, meeting: Meeting) -> Iterable[Query]:
        unmet = meeting.places.keys().isdisjoint
        for query in meeting.compiled.queries:
            if not any(map(unmet, query.needs)) and meeting.is_true(query.node):
                yield query

    def _tag(self, place: int, met: Sequence[tuple[Query, Meeting]], title: str, text: str) -> Tag | None:
        """Return the tag of a topic (its place in the list) whose query is true in these languages."""
        found = [sorted(set(meeting.evidence(query.node))) for query, meeting in met]
        weight = max(_weigh(query, meeting, each) for (query, meeting), each in zip(met, found, strict=True))
        if weight < self.topics[place].min_score:
            return None
        hits, kept = _united([meeting for _, meeting in met], found)
        fields = {"title": title, "text": text}
        return Tag(
            topic=self.topics[place].id,
            topic_version=self.versions[place],
            score=weight,
            hits=hits,
            evidence=tuple(
                Evidence(
                    field=f.field, from_char=f.start, to_char=f.end, words=fields[f.field][f.start : f.end], term=f.term
                )
                for f in kept
            ),
        )


def _weigh(query: Query, meeting: Meeting, found: Sequence[Found]) -> float:
    lead_end = meeting.text_from + LEAD_WORDS
    in_text = {match.at for match in found if match.at >= meeting.text_from}
    return score(
        Reach(
            title_whole=meeting.is_true(query.node, before=meeting.text_from),
            title_some=any(match.at < meeting.text_from for match in found),
            lead_whole=meeting.is_true(query.node, before=lead_end),
            lead_some=any(at < lead_end for at in in_text),
            places=len(in_text),
            words=meeting.text_words,
            quarters=len({QUARTERS * (at - meeting.text_from) // max(meeting.text_words, 1) for at in in_text}),
        )
    )


def _united(meetings: Sequence[Meeting], found: Sequence[Sequence[Found]]) -> tuple[int, list[Shown]]:
    """Return how many matches there are, and those kept; what two languages share counts once.

    Beyond COMPARED matches in a language only those that may be kept are compared: then the most of a language count.
    """
    most = max(map(len, found))
    alone = len(found) == 1 or most > COMPARED
    compared = [_kept(each) for each in found] if alone else found
    shown = {meeting.show(match) for meeting, each in zip(meetings, compared, strict=True) for match in each}
    return most if alone else len(shown), _kept(sorted(shown, key=_order))


def _order(match: Shown) -> tuple[bool, int, int, str]:
    return match.field == "text", match.start, match.end, match.term


def _kept(found: Sequence[M]) -> list[M]:
    """Return at most KEPT of the matches, which are in order: the first of every term, then the earliest others."""
    if len(found) <= KEPT:
        return list(found)
    first: dict[str, int] = {}
    for place, match in enumerate(found):
        first.setdefault(match.term, place)
    kept = dict.fromkeys([*first.values(), *range(KEPT)])
    return [found[place] for place in sorted(list(kept)[:KEPT])]
