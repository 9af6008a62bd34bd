"""Precision and recall of topic queries on our own labelled sentences, printed at the end of every test run."""

from collections import Counter
from collections.abc import Callable

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
def test_topics_are_precise_and_complete(
    matcher: Matcher, detected: bool, record_property: Callable[[str, object], None]
) -> None:
    judged = {language: judge(matcher, language, detected=detected) for language in SENTENCES}
    total: Counter[str] = sum((counts for counts, _ in judged.values()), Counter())
    lines = [f"  {language}: {shares(counts)}" for language, (counts, _) in judged.items()]
    wrong = [one for _, each in judged.values() for one in each]
    record_property("figures", "\n    ".join(["\n".join([*lines, f"  all: {shares(total)}"]), *wrong]))
    assert [language for language, (counts, _) in judged.items() if max(counts["miss"], counts["false"]) > 1] == []
    assert total["hit"] >= LEAST * (total["hit"] + total["miss"])
    assert total["hit"] >= LEAST * (total["hit"] + total["false"])


def shares(counts: Counter[str]) -> str:
    """Return counts with the precision and recall they make."""
    precision, recall = (counts["hit"] / (counts["hit"] + counts[wrong]) for wrong in ("false", "miss"))
    return f"{counts['hit']} found, {counts['miss']} missed, {counts['false']} false: precision {precision:.3f}, recall {recall:.3f}"


def test_each_language_has_enough_sentences() -> None:
    assert {language: len(found) for language, found in SENTENCES.items() if len(found) < 25} == {}


def test_every_span_is_exact(matcher: Matcher) -> None:
    for language, sentences in SENTENCES.items():
        for sentence, _ in sentences:
            for tag in matcher.tags(sentence, sentence, [language]):
                assert {e.field for e in tag.evidence} == {"title", "text"}
                assert all(sentence[e.from_char : e.to_char] == e.words != "" for e in tag.evidence)
