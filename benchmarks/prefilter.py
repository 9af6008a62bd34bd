"""What telling pages apart before cleaning costs and loses, beside cleaning the same pages: `python benchmarks/prefilter.py`.

    python benchmarks/prefilter.py [--data ../shared/data] [--farm ../shared/farm] [--half 0|1|all] [--limit N]

With config.toml's topics and with the 100 topics of benchmarks/topics.py. A page lost is one that cleaning and matching
tag and the filter does not let pass: there must be none. Pages are taken in turn by both, by the filter twice: what the
first time took longer is the reading of languages, printed apart; cleaning alone reads only those of its articles.
"""

import argparse
import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from crawler.clean import Refusal, read
from crawler.prefilter import Prefilter
from crawler.topics import compile_topics
from scheduler.config import load
from storage.records import Capture, Topic

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import reading
from benchmarks import topics as hundred

HOME = Path(__file__).resolve().parents[1]
CORPORA = {"fundus", "scrapinghub", "waddle", "trafilatura"}
SLOT = re.compile(r"@@NF_([A-Z]+)(\d*)_([HJ])@@")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=reading.DATA)
    parser.add_argument("--farm", type=Path, default=reading.DATA.parent / "farm")
    parser.add_argument("--half", default="all")
    parser.add_argument("--limit", type=int, default=0)
    options = parser.parse_args()
    truths = reading.pages(options.data, CORPORA, options.half, options.limit)
    real = [(reading.capture(options.data, truth), truth.get("language")) for truth in truths]
    made = [(page, "en") for page in shells(options.farm, options.limit or 200)]
    for name, topics in (
        ("config.toml", load(HOME / "config.toml").topics),
        ("100 topics", hundred.topics(hundred.made())),
    ):
        for where, pages in (("real pages", real), ("farm", made)):
            compare(f"{name}, {where}", topics, pages)


def shells(farm: Path, limit: int) -> list[Capture]:
    """Return the farm's pages, filled with its own sentences."""
    shells_, sentences, titles = json.loads(gzip.decompress((farm / "shells.json.gz").read_bytes()))
    chance = random.Random(3)
    pages = []
    for n in range(limit):
        html = SLOT.sub(
            lambda slot: chance.choice(titles if slot[1] == "TITLE" else sentences), shells_[n % len(shells_)]["html"]
        )
        url = f"https://farm.example/{n}"
        headers = (("Content-Type", "text/html; charset=utf-8"),)
        pages.append(
            Capture(requested_url=url, url=url, fetched_at=reading.NOW, status=200, headers=headers, body=html.encode())
        )
    return pages


def compare(name: str, topics: Sequence[Topic], pages: Sequence[tuple[Capture, str | None]]) -> None:
    """Print what the filter and cleaning cost and say of the same pages."""
    matcher = compile_topics(topics)
    prefilter = Prefilter(matcher)
    read(pages[0][0])  # opens what is opened once
    spent = {"filter": 0.0, "languages": 0.0, "cleaning": 0.0}
    counts: Counter[str] = Counter()
    for page, language in pages:
        start = process_time()
        prefilter.may_carry(page, language=language)
        between = process_time()
        passes = prefilter.may_carry(page, language=language)
        again = process_time() - between
        spent["filter"] += again
        spent["languages"] += max(between - start - again, 0.0)
        start = process_time()
        article = read(page)
        spent["cleaning"] += process_time() - start
        tagged = not isinstance(article, Refusal) and bool(
            matcher.tags(article.title, article.text, article.likely_languages)
        )
        counts.update({"pass": passes, "tagged": tagged, "lost": tagged and not passes})
        counts.update({"no article, refused as off topic": isinstance(article, Refusal) and not passes})
    cost = {what: 1000 * seconds / len(pages) for what, seconds in spent.items()}
    print(
        f"{name}: {len(pages)} pages; filter {cost['filter']:.2f}, cleaning {cost['cleaning']:.2f} cpu-ms a page"
        f" ({cost['filter'] / cost['cleaning']:.2f}), languages {spent['languages']:.1f} cpu-s once;"
        f" {', '.join(f'{what} {count}' for what, count in counts.items())}"
    )


if __name__ == "__main__":
    main()
