"""What knowing an outlet's furniture adds to reading its pages: a set of many pages an outlet, built from the farm's shells.

    python benchmarks/furniture.py FARM [--outlets 60] [--pages 60] [--news 0.3]

Each outlet is a real outlet's page (menus, boxes, remnants of its article) with texts of other people's sentences, so that
what stands on all its pages is furniture by construction. Furniture is learned from the first half of an outlet's pages, as
a pass learns it from stored texts, and measured on the other half: body F1 (score_extraction's shingles, as in
benchmarks/reading.py) of stock trafilatura, of ours from one page alone, and of ours with what was learned. On a share of
the pages (`--news`) the same three paragraphs of news are told again, in the middle and at the end: none may be learned.
"""

import argparse
import hashlib
import importlib.util
import logging
import random
import statistics
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import trafilatura

from crawler.extract import extract
from storage.errors import ExtractError
from storage.learning import Learned, Sample, learn
from storage.page_lines import line_key
from storage.records import Capture

SHARED = Path(__file__).resolve().parents[2] / "shared"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
TOLD_AGAIN = 3  # paragraphs


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the farm and what its article says."""

    capture: Capture
    paragraphs: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of one outlet."""

    name: str
    alone: float
    known: float
    stock: float
    learned: tuple[Learned, ...]
    eaten: int
    """Paragraphs of its articles that were learned."""


def module(path: Path) -> ModuleType:
    """Load a script that is no part of a package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def farm(folder: Path, *, outlets: int, pages: int) -> Any:
    """Return the farm's maker of pages."""
    options = argparse.Namespace(
        shells=str(folder / "shells.json.gz"), max_shell=0, N=outlets, M=pages, cp1252=False, no_gzip=True, cache=4096,
        seed=3, crosspost=0.05, topic=0.3, mention=0.1, tls=False, names=True, port=80, initial=None, rate=0,
    )  # fmt: skip
    return module(folder / "newsfarm.py").Farm(options)


def pages_of(made: Any, outlet: int, *, news: float) -> Iterator[Page]:
    """Yield an outlet's pages, newest first, some telling the same news again."""
    chance = random.Random(hashlib.sha256(b"%d" % outlet).digest())
    again = [" ".join(chance.choice(made.sents) for _ in range(2)) for _ in range(TOLD_AGAIN)]
    for number in reversed(range(made.M)):
        article = dict(made.article(outlet, number))
        paragraphs = list(article["paras"])
        if chance.random() < news:
            paragraphs[len(paragraphs) // 2 : len(paragraphs) // 2] = again[:2]
            paragraphs.append(again[2])
        article["paras"] = paragraphs
        url = made.base(outlet) + article["path"]
        headers = (("Content-Type", f"text/html; charset={made.sh[outlet].charset}"),)
        body = made.render(article)
        capture = Capture(requested_url=url, url=url, fetched_at=NOW, status=200, headers=headers, body=body)
        yield Page(capture, tuple(paragraphs), article["date"])


def text_of(page: Page, learned: frozenset[str] = frozenset()) -> str:
    """Read a page with Cuttings."""
    try:
        return extract(page.capture, learned=learned).text
    except ExtractError:
        return ""


def stock(page: Page) -> str:
    """Read a page with trafilatura as it comes."""
    found = trafilatura.bare_extraction(page.capture.body.decode(), output_format="python")
    return (found.text or "") if found else ""


def measure(name: str, pages: list[Page], body_f1: Callable[[str, str], float]) -> Figures:
    """Learn on the first half of an outlet's pages, measure on the other."""
    first, second = pages[: len(pages) // 2], pages[len(pages) // 2 :]
    spread = timedelta(days=1)  # the farm's articles are minutes apart; an outlet's are hours
    samples = [
        Sample(at=NOW - n * spread, paragraphs=text.split("\n\n")) for n, text in enumerate(map(text_of, first)) if text
    ]
    learned = learn(samples)
    keys = frozenset(one.line for one in learned)
    own = {line_key(paragraph) for page in pages for paragraph in page.paragraphs}
    truths = ["\n".join(page.paragraphs) for page in second]

    def mean(read: Callable[[Page], str]) -> float:
        return statistics.mean(body_f1(truth, read(page)) for truth, page in zip(truths, second, strict=True))

    return Figures(
        name=name,
        alone=mean(text_of),
        known=mean(lambda page: text_of(page, keys)),
        stock=mean(stock),
        learned=tuple(learned),
        eaten=len(keys & own),
    )


def main() -> None:
    """Measure and print a line an outlet, and the means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("farm", type=Path, nargs="?", default=SHARED / "farm")
    parser.add_argument("--outlets", type=int, default=60)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--news", type=float, default=0.3)
    parser.add_argument("-v", "--verbose", action="store_true", help="print what was learned")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    score = module(SHARED / "data" / "score_extraction.py")

    def body_f1(truth: str, text: str) -> float:
        return float(score.page_f1(score.shingle_match(truth, text)))

    made = farm(asked.farm, outlets=asked.outlets, pages=asked.pages)
    found = []
    for outlet in range(asked.outlets):
        figures = measure(made.shell_names[outlet], list(pages_of(made, outlet, news=asked.news)), body_f1)
        found.append(figures)
        print(
            f"{figures.name[:44]:44} stock {figures.stock:.3f}  alone {figures.alone:.3f}  known {figures.known:.3f}  "
            f"learned {len(figures.learned):3}  eaten {figures.eaten}"
        )
        for one in figures.learned if asked.verbose else ():
            print(f"    {one.carriers}/{one.articles} {one.words[:110]}")
    print(
        f"{'mean':44} stock {statistics.mean(f.stock for f in found):.4f}  alone {statistics.mean(f.alone for f in found):.4f}  "
        f"known {statistics.mean(f.known for f in found):.4f}  learned {sum(len(f.learned) for f in found)}  "
        f"eaten {sum(f.eaten for f in found)}"
    )


if __name__ == "__main__":
    main()
