"""`cuttings topic`: what a topic's query means, by what is in the archive; tried out without changing anything."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from crawler.topics import Matcher, compile_topics, topic_version
from crawler.topics.compiled import Compiled
from crawler.topics.narrowing import sought
from crawler.topics.stored import SURE
from scheduler.config import Config
from scheduler.topic_matching import BATCH, matched, needs
from scheduler.topic_retag import require_topics
from storage import retag, tags, topic_views
from storage.archive import Database
from storage.candidates import Some, Sought, Words
from storage.query import terms
from storage.records import Tag, Topic
from storage.words import fold

Progress = Callable[[int, int], None]
EXAMPLES = 5
CONTEXT = 50  # characters either side of the evidence
NEAR = 8  # words shown that look like one
_LOOKED_AT = 500  # of those
_LESS = 2  # letters fewer than the word: what begins like this looks like it
_LEAST_START = 3
_MORE = 6  # letters more than the word


@dataclass(frozen=True, slots=True)
class WordForms:
    """A word of a query: what of it the archive holds (folded form → articles), and what looks like it."""

    word: str
    forms: Mapping[str, int]
    """Without an archive: forms a dictionary gives, with 0."""
    endings_of: tuple[str, ...]
    """Stems that any regular ending may follow."""
    near: Mapping[str, int]
    """Words that begin alike and are not matched → articles."""


@dataclass(frozen=True, slots=True)
class TermMeaning:
    """A term of a query in one language."""

    term: str
    hits: int
    """Articles on the topic that it is evidence for."""
    words: tuple[WordForms, ...]


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The query in one language."""

    language: str
    query: str
    hits: int
    """Articles of this language that it is true of."""
    terms: tuple[TermMeaning, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """An article on the topic, with its evidence in context, marked by [ ]."""

    article: int
    day: str | None
    outlet: str
    title: str | None
    score: float
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a topic's query means."""

    topic: str
    version: str
    articles: int
    """In the archive."""
    matched: int
    """Read whole; the index says of all others that the query cannot be true of them."""
    changes: Mapping[str, int]
    """What `cuttings retag` would do to its tags."""
    languages: tuple[InLanguage, ...]
    outlets: Mapping[str, int]
    months: Mapping[str, int]
    examples: tuple[Example, ...]

    @property
    def hits(self) -> int:
        """Articles that the query is true of."""
        return sum(self.outlets.values())


@dataclass(slots=True)
class Trial:
    """A topic's query tried on an archive."""

    matched: int = 0
    tags: dict[int, Tag] = field(default_factory=dict)
    """Of the articles it is true of, newest first."""
    changes: Counter[str] = field(default_factory=Counter)


def topic_of(config: Config, id_: str) -> Topic:
    """Return a configured topic. Raises ConfigError."""
    require_topics(config, [id_])
    return next(topic for topic in config.topics if topic.id == id_)


def try_out(db: Database, matcher: Matcher, *, workers: int, progress: Progress = lambda done, all_: None) -> Trial:
    """Match every article that the only topic's query may be true of; writes nothing."""
    (topic,) = matcher.topics
    trial = Trial()
    count = retag.gather(db, needs(matcher, retag.languages(db)), topics=[topic.id], sure=SURE)
    batches = retag.candidates(db, size=BATCH, newest=True)
    for batch, found in matched([topic], batches, count=count, workers=workers, matcher=matcher):
        wanted = {article.id: each for article, each in zip(batch, found, strict=True)}
        withheld = {article.id: article.withheld for article in batch}
        trial.changes.update(change.what for change in tags.compare(db, withheld, wanted, topics=[topic.id]))
        trial.tags |= {id_: each[0] for id_, each in wanted.items() if each}
        trial.matched += len(batch)
        progress(trial.matched, count)
    return trial


def explain(config: Config, topic: Topic, db: Database | None, *, workers: int, progress: Progress) -> Meaning:
    """Return what a topic's query means; `db` is None where there is no archive yet."""
    matcher = compile_topics([topic])
    trial = try_out(db, matcher, workers=workers, progress=progress) if db else Trial()
    spoken = topic_views.languages_of(db, trial.tags) if db else {}
    languages = sorted({*topic.queries, *(_others(config, db) if "any" in topic.queries else ())} - {"any"}) or ["en"]
    in_each = [
        _in_language(db, matcher.compiled(language), language, topic, {id_: tag for id_, tag in trial.tags.items() if spoken[id_] == language})
        for language in languages
    ]  # fmt: skip
    where = list(topic_views.outlets_and_days(db, trial.tags)) if db else []
    return Meaning(
        topic=topic.id,
        version=topic_version(topic),
        articles=topic_views.article_count(db) if db else 0,
        matched=trial.matched,
        changes=trial.changes,
        languages=tuple(in_each),
        outlets=dict(Counter(outlet for outlet, _ in where).most_common()),
        months=dict(sorted(Counter(day[:7] for _, day in where).items())),
        examples=tuple(_examples(db, trial)) if db else (),
    )


def query_words(compiled: Compiled) -> dict[str, list[Sought]]:
    """Return the words of each term of the only topic's query."""
    return {term.source: sought(compiled, term) for query in compiled.queries for term in terms(query.node)}


def look_alikes(db: Database, words: Words, one: Sought, query: Sequence[Sought], language: str) -> dict[str, int]:
    """Return words of a language that begin like `one` and that nothing in the query matches, with their articles."""
    folded = fold(one.word)
    if one.ends or len(folded) < _LEAST_START:
        return {}
    start = folded if one.word.isupper() else folded[: max(_LEAST_START, len(folded) - _LESS)]
    begun = {
        word: count
        for word, count in words.beginning(start).items()
        if len(word) <= len(folded) + _MORE and not any(other.matches(word) for other in query)
    }
    common = sorted(begun, key=lambda word: (-begun[word], word))[:_LOOKED_AT]
    return {word: begun[word] for word in topic_views.in_language(db, common, language)[:NEAR]}


def any_word(compiled: Compiled, db: Database, words: Words, language: str) -> Some:
    """Return what an article needs to hold one word of the query, or one that looks like it."""
    each = [one for found in query_words(compiled).values() for one in found]
    alike = {word for one in each for word in look_alikes(db, words, one, each, language)}
    return Some((*each, Sought("", frozenset(alike))))


def _others(config: Config, db: Database | None) -> Sequence[str]:
    return retag.languages(db) if db else sorted({outlet.language for outlet in config.outlets if outlet.language})


def _in_language(
    db: Database | None, compiled: Compiled, language: str, topic: Topic, on_topic: Mapping[int, Tag]
) -> InLanguage:
    words = Words(db.conn) if db else None
    hits = Counter(term for tag in on_topic.values() for term in {e.term for e in tag.evidence})
    found = query_words(compiled)
    query = [one for words_ in found.values() for one in words_]
    meanings = [
        TermMeaning(
            term,
            hits[term],
            tuple(_held(db, words, one, query, language) if db and words else _known(one) for one in words_of),
        )
        for term, words_of in found.items()
    ]
    stated = topic.queries.get(language, topic.queries.get("any", ""))
    return InLanguage(language, stated, len(on_topic), tuple(meanings))


def _known(one: Sought) -> WordForms:
    stems = tuple(sorted({rule.stem for rule in one.rules}))
    return WordForms(one.word, dict.fromkeys(sorted(one.exact), 0), stems, {})


def _held(db: Database, words: Words, one: Sought, query: Sequence[Sought], language: str) -> WordForms:
    held = words.of(one)
    spoken = topic_views.in_language(db, sorted(held, key=lambda form: (-held[form], form)), language)
    return WordForms(one.word, {form: held[form] for form in spoken}, (), look_alikes(db, words, one, query, language))


def _examples(db: Database, trial: Trial) -> list[Example]:
    newest = list(trial.tags)[:EXAMPLES]
    articles = topic_views.shown(db, newest)
    return [
        Example(id_, it.day, it.outlet, it.title, trial.tags[id_].score, passages(trial.tags[id_], it.title, it.text))
        for id_ in newest
        if (it := articles[id_])
    ]


def passages(tag: Tag, title: str | None, text: str) -> tuple[str, ...]:
    """Return the first evidence of each term in its context, in brackets."""
    fields = {"title": title or "", "text": text}
    firsts = {e.term: e for e in reversed(tag.evidence)}.values()
    return tuple(_passage(fields[e.field], e.from_char, e.to_char) for e in reversed(firsts))


def _passage(whole: str, start: int, end: int) -> str:
    first, last = max(0, start - CONTEXT), end + CONTEXT
    marked = f"{whole[first:start]}[{whole[start:end]}]{whole[end:last]}"
    return f"{'…' if first else ''}{' '.join(marked.split())}{'…' if last < len(whole) else ''}"
