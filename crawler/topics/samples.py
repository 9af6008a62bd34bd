"""A topic's sample sentences: do they match, and do the others not?"""

from dataclasses import replace

from crawler.language import detect
from crawler.topics.matcher import compile_topics
from storage.records import Topic


def check(topic: Topic) -> list[str]:
    """Return a line for each sample sentence that does not do what it must, whatever the topic's `min_score`.

    Raises QueryError.
    """
    matcher = compile_topics([replace(topic, min_score=0.0)])  # a sentence is no article: its score says nothing

    def matched(sentence: str, languages: list[str]) -> bool:
        return any(matcher.tags(title, text, languages) for title, text in ((None, sentence), (sentence, "")))

    problems = []
    for sentence in topic.must_match:
        languages = [likely.language for likely in detect(sentence)]
        if not matched(sentence, languages):
            problems.append(f"must_match, but does not: {sentence!r} (read as {', '.join(languages) or 'no language'})")
    for sentence in topic.must_not_match:
        languages = [likely.language for likely in detect(sentence)]
        if matched(sentence, languages):
            problems.append(f"must_not_match, but does: {sentence!r} (read as {', '.join(languages) or 'no language'})")
    return problems
