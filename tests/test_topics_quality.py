"""Precision and recall of topic queries on our own labelled sentences, printed with -s and by benchmarks/topics.py."""

from collections import Counter

import pytest
import topic_sentences
import topic_sentences_more

from crawler.language import detect
from crawler.topics import Matcher, compile_topics
from storage.records import Topic

LEAST = 0.95
QUERIES = {id_: topic_sentences.QUERIES[id_] | more for id_, more in topic_sentences_more.QUERIES.items()}
SENTENCES = topic_sentences.SENTENCES | topic_sentences_more.SENTENCES


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return compile_topics([Topic(id=id_, name=id_, queries=queries) for id_, queries in QUERIES.items()])


def judge(matcher: Matcher, language: str, *, detected: bool) -> tuple[Counter[str], list[str]]:
    """Return counts of hits, misses and false hits in a language, and the sentences that went wrong."""
    counts: Counter[str] = Counter()
    wrong = []
    for sentence, label in SENTENCES[language]:
        languages = [likely.language for likely in detect(sentence)] if detected else [language]
        found = {tag.topic for tag in matcher.tags(None, sentence, languages)}
        counts.update(hit=len(found & set(label)), miss=len(set(label) - found), false=len(found - set(label)))
        if found != set(label):
            wrong.append(f"{language}: {sentence} — {label or 'none'} wanted, {''.join(sorted(found)) or 'none'} found")
    return counts, wrong


@pytest.mark.parametrize("detected", [False, True], ids=["language known", "language detected"])
def test_topics_are_precise_and_complete(matcher: Matcher, detected: bool) -> None:
    total: Counter[str] = Counter()
    for language in SENTENCES:
        counts, wrong = judge(matcher, language, detected=detected)
        total += counts
        print(f"{language}: {len(SENTENCES[language])} sentences, {dict(counts)}", *wrong, sep="\n  ")  # noqa: T201
        assert counts["miss"] <= 1, wrong
        assert counts["false"] <= 1, wrong
    precision = total["hit"] / (total["hit"] + total["false"])
    recall = total["hit"] / (total["hit"] + total["miss"])
    print(f"all: precision {precision:.3f}, recall {recall:.3f}")  # noqa: T201
    assert min(precision, recall) >= LEAST


def test_each_language_has_enough_sentences() -> None:
    assert {language: len(found) for language, found in SENTENCES.items() if len(found) < 25} == {}


def test_every_span_is_exact(matcher: Matcher) -> None:
    for language, sentences in SENTENCES.items():
        for sentence, _ in sentences:
            for tag in matcher.tags(sentence, sentence, [language]):
                assert {e.field for e in tag.evidence} == {"title", "text"}
                assert all(sentence[e.from_char : e.to_char] == e.words != "" for e in tag.evidence)
