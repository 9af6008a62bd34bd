"""Topics: query → compiled words → one pass over an article → tags with evidence.

storage.query.parse → compiled.Compiled (vocabulary.Vocabulary) → meeting.Meeting → matcher.Matcher → Tag
"""

from crawler.topics.matcher import Matcher, compile_topics, topic_version, topics_version

__all__ = ["Matcher", "compile_topics", "topic_version", "topics_version"]
