"""What topics cost an article, and what our labelled sentences say of them: `python benchmarks/topics.py [FILE]`.

100 topics of 10 terms (two phrases, one proximity) in each of 3 languages, over articles put together from our own
labelled sentences, or over FILE: JSON Lines with `title`, `text` and `language`.
"""

import json
import random
import sys
from itertools import chain
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import process_time

from crawler.topics import compile_topics
from storage.records import Topic
from storage.words import WORD

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import topic_sentences_more as more
from tests.topic_sentences import QUERIES, SENTENCES

LANGUAGES = ("en", "ru", "tr")
TOPICS, ARTICLES, WORDS = 100, 300, 500
MET = 0.05


def main() -> None:
    """Print the figures."""
    quality()
    articles = given(Path(sys.argv[1])) if len(sys.argv) > 1 else made()
    start = process_time()
    matcher = compile_topics(topics(articles))
    for language in LANGUAGES:
        matcher.tags(None, "", [language])
    print(f"compiled {TOPICS} topics x 10 terms x {len(LANGUAGES)} languages: {process_time() - start:.1f} cpu-s")
    words = sum(len(WORD.findall(text)) for _, text, _ in articles) / len(articles)
    for name in ("cold", "warm"):
        start = process_time()
        tags = sum(len(matcher.tags(title, text, [language])) for title, text, language in articles)
        cost = 1000 * (process_time() - start) / len(articles)
        print(f"{name}: {cost:.2f} cpu-ms per article ({words:.0f} words, {tags / len(articles):.1f} topics each)")
    print(f"peak memory {getrusage(RUSAGE_SELF).ru_maxrss // 1024} MB")


def quality() -> None:
    """Print precision and recall by language on the labelled sentences."""
    matcher = compile_topics(
        [Topic(id=id_, name=id_, queries=queries | more.QUERIES[id_]) for id_, queries in QUERIES.items()]
    )
    for language, sentences in (SENTENCES | more.SENTENCES).items():
        pairs = [(set(label), {tag.topic for tag in matcher.tags(None, text, [language])}) for text, label in sentences]
        hit = sum(len(wanted & found) for wanted, found in pairs)
        wanted, found = (sum(map(len, side)) for side in zip(*pairs, strict=True))
        print(f"{language}: {len(pairs)} sentences, precision {hit / found:.3f}, recall {hit / wanted:.3f}")


def topics(articles: list[tuple[str, str, str]]) -> list[Topic]:
    """Return topics of which few words stand in any article, as in life."""
    chance = random.Random(1)
    words = {
        language: sorted(
            {
                w
                for _, text, lang in articles
                if lang == language
                for w in WORD.findall(text)
                if len(w) > 3 and w.isalpha()
            }
        )
        for language in LANGUAGES
    }
    return [
        Topic(id=f"t{i}", name="", queries={lang: _query(_words(chance, words[lang])) for lang in LANGUAGES})
        for i in range(TOPICS)
    ]


def _words(chance: random.Random, words: list[str]) -> list[str]:
    return [word if chance.random() < MET else word[::-1] for word in chance.sample(words, 14)]


def _query(w: list[str]) -> str:
    phrase, other, near = f'"{w[8]} {w[9]}"', f'"{w[10]} {w[11]}"', f'"{w[12]} {w[13]}"~10'
    return f"({w[0]} OR {w[1]} OR {w[2]} OR {w[3]} OR {phrase}) AND ({w[4]} OR {w[5]} OR {other} OR {near}) NOT {w[6]}"


def made() -> list[tuple[str, str, str]]:
    """Return articles put together from the labelled sentences."""
    chance = random.Random(2)
    found = []
    for language in chain.from_iterable([LANGUAGES] * (ARTICLES // len(LANGUAGES))):
        sentences = [sentence for sentence, _ in SENTENCES[language]]
        text = ""
        while text.count(" ") < WORDS:
            text += " ".join(chance.sample(sentences, 4)) + "\n\n"
        found.append((chance.choice(sentences), text, language))
    return found


def given(file: Path) -> list[tuple[str, str, str]]:
    """Return articles of a file that are in our languages."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [(row["title"], row["text"], row["language"]) for row in rows if row["language"] in LANGUAGES]


if __name__ == "__main__":
    main()
