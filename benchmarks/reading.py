"""Quality and cost of reading pages: ours beside stock trafilatura with metadata, in the same run.

    python benchmarks/reading.py [--data ../shared/data] [--corpus fundus,scrapinghub] [--half 0|1|all] [--limit N] [--farm N] [--peers]

Quality is measured by the data folder's own score_extraction.py; cpu-ms is this process's time for one page, from bytes to
result, the least of --rounds. "printed" is the headline on the pages where the truth is one of the page's headings.
`--peers` adds newspaper4k and news-please where they can be imported: `pip install newspaper4k news-please`, best elsewhere.
`--farm N` adds a page of each of the first N outlets of the farm beside the data folder, as the corpus "farm".
`--half` parts the pages by a digest of their outlet, so that what is tuned on one half can be checked on the other.
"""

import argparse
import gzip
import hashlib
import importlib.util
import json
import logging
import re
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import trafilatura

from crawler.charset import decode
from crawler.extract import extract
from crawler.markup import read_page, words_of
from storage.errors import ExtractError
from storage.records import Capture

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NOW = datetime(2026, 11, 20, tzinfo=UTC)  # after every page of the set and the farm
Truth = dict[str, Any]
Prediction = dict[str, Any]
Reader = Callable[[Capture], Prediction]


def pages(data: Path, corpora: set[str], half: str, limit: int) -> list[Truth]:
    """Return truth records in an order that depends on nothing but their ids."""
    with (data / "truth.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    chosen = [r for r in records if r["corpus"] in corpora and half in ("all", str(_digest(r["outlet"]) % 2))]
    return sorted(chosen, key=lambda record: _digest(record["id"]))[: limit or None]


def farm_pages(data: Path, count: int) -> list[Truth]:
    """Return truth records of one page of each of so many outlets of the farm, with the page itself."""
    if not count:
        return []
    from furniture import farm  # noqa: PLC0415 - beside this script

    made = farm(data.parent / "farm", outlets=count, pages=4)
    found = []
    for outlet in range(count):
        article = made.article(outlet, 1)
        url = made.base(outlet) + article["path"]
        found.append(
            {"id": url, "corpus": "farm", "outlet": made.shell_names[outlet], "url": url, "title": article["title"],
             "authors": [article["author"]], "published": article["date"].isoformat(), "encoding": made.sh[outlet].charset,
             "body": "\n".join(article["paras"]), "page": made.render(article)}
        )  # fmt: skip
    return found


def capture(data: Path, truth: Truth) -> Capture:
    """Return a page as if it had just been fetched."""
    body = truth.get("page") or gzip.decompress((data / "pages" / f"{truth['id']}.html.gz").read_bytes())
    url = truth.get("url") or f"https://{truth['outlet']}/story"
    headers = (("Content-Type", f"text/html; charset={truth['encoding']}"),)
    return Capture(requested_url=url, url=url, fetched_at=NOW, status=200, headers=headers, body=body)


def ours(page: Capture) -> Prediction:
    """Read a page with Cuttings."""
    try:
        article = extract(page)
    except ExtractError:
        return {}
    published = article.published.day if article.published else None
    return {"title": article.title, "authors": list(article.authors), "published": published, "text": article.text}


def stock(page: Capture) -> Prediction:
    """Read a page with trafilatura as it comes, with metadata."""
    found = trafilatura.bare_extraction(
        decode(page.body, page.content_type), url=page.url, output_format="python", with_metadata=True
    )
    return {"title": found.title, "authors": found.author, "published": found.date, "text": found.text} if found else {}


def peers() -> Iterator[tuple[str, Reader]]:
    """Yield those of newspaper4k and news-please that are installed; Cuttings needs neither."""
    if importlib.util.find_spec("newspaper"):
        yield "newspaper4k", newspaper4k
    if importlib.util.find_spec("newsplease"):
        yield "news-please", news_please


def newspaper4k(page: Capture) -> Prediction:
    """Read a page with newspaper4k as it comes."""
    from newspaper import Article  # noqa: PLC0415 - installed for comparison only

    found = Article(page.url)
    found.download(input_html=decode(page.body, page.content_type))
    found.parse()
    published = found.publish_date
    day = published.strftime("%Y-%m-%d") if isinstance(published, datetime) else None
    return {"title": found.title, "authors": list(found.authors), "published": day, "text": found.text}


def news_please(page: Capture) -> Prediction:
    """Read a page with news-please as it comes."""
    from newsplease import NewsPlease  # noqa: PLC0415 - installed for comparison only

    found = NewsPlease.from_html(decode(page.body, page.content_type), url=page.url)
    if found is None:
        return {}
    day = found.date_publish.strftime("%Y-%m-%d") if found.date_publish else None
    return {"title": found.title, "authors": list(found.authors or ()), "published": day, "text": found.maintext}


def scorer(data: Path) -> ModuleType:
    """Load the data folder's scoring script."""
    spec = importlib.util.spec_from_file_location("score_extraction", data / "score_extraction.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(data / "score_extraction.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(
    data: Path, truths: list[Truth], reader: Reader, *, rounds: int = 1
) -> tuple[dict[str, dict[str, Any]], list[float]]:
    """Return one reader's aggregates by corpus and the cpu-ms of every page."""
    results, costs = compare(data, truths, {"": reader}, rounds=rounds)
    return results[""], costs[""]


def compare(
    data: Path, truths: list[Truth], readers: dict[str, Reader], *, rounds: int
) -> tuple[dict[str, dict[str, dict[str, Any]]], dict[str, list[float]]]:
    """Return aggregates by reader and corpus, and the cpu-ms of every page (the least of `rounds`) by reader.

    Each page is read by every reader in turn, so that what else the machine does hits all alike.
    """
    score = scorer(data)
    groups: dict[str, dict[str, list[Any]]] = {name: {} for name in readers}
    costs: dict[str, list[float]] = {name: [] for name in readers}
    for truth in truths:
        page = capture(data, truth)
        for name, (prediction, cost) in _in_turn(page, readers, rounds).items():
            found = score.score_page(truth, prediction)
            if "title" in found and _is_printed(page, truth["title"]):
                found["printed"] = found["title"]
            groups[name].setdefault(truth["corpus"], []).append(found)
            costs[name].append(cost)
    results = {
        name: {corpus: _aggregate(score, found) for corpus, found in mine.items()} for name, mine in groups.items()
    }
    return results, costs


def _in_turn(page: Capture, readers: dict[str, Reader], rounds: int) -> dict[str, tuple[Prediction, float]]:
    read: dict[str, tuple[Prediction, float]] = {}
    for name in list(readers) * rounds:
        start = time.process_time()
        prediction = readers[name](page)
        cost = 1000 * (time.process_time() - start)
        read[name] = (prediction, min(cost, read[name][1]) if name in read else cost)
    return read


def _aggregate(score: ModuleType, found: list[Any]) -> dict[str, Any]:
    printed = [{"title": row["printed"]} for row in found if "printed" in row]
    figures: dict[str, Any] = score.aggregate(found)
    return figures | ({"printed": score.aggregate(printed)["title"]} if printed else {})


def _is_printed(page: Capture, title: str) -> bool:
    """Tell whether a true headline is a heading of its page; the others are the card's or the feed's wording."""
    parsed = read_page(page)
    headings = (list(parsed.tree.iter("h1")) or parsed.tree.iter("h2")) if parsed else ()
    return _letters(title) in {_letters(words_of(heading)) for heading in headings}


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def second_extractor(data: Path, truths: list[Truth]) -> float:
    """Return the share of pages for which ours runs trafilatura with its second extractors."""
    single, compared = trafilatura.bare_extraction, set()
    for truth in truths:

        def watched(*args: Any, told: Truth = truth, **options: Any) -> Any:
            if not options.get("fast"):
                compared.add(told["id"])
            return single(*args, **options)

        with mock.patch.object(trafilatura, "bare_extraction", watched):
            ours(capture(data, truth))
    return len(compared) / len(truths)


def rows(name: str, results: dict[str, dict[str, Any]], cost: list[float], base: list[float]) -> Iterator[str]:
    """Yield the printed lines of one reader; `base` is what the same pages cost stock trafilatura."""
    for corpus, found in sorted(results.items()):
        figures = [found.get(field, {}).get(key) for field, key in FIGURES]
        yield f"{name:12}{corpus:18}{found['pages']:5}  " + "  ".join(
            f"{value:8.3f}" if value is not None else f"{'-':>8}" for value in figures
        )
    yield (
        f"{name:12}cpu-ms a page: mean {statistics.mean(cost):.1f}, median {statistics.median(cost):.1f}, "
        f"{sum(cost) / sum(base):.2f} of stock trafilatura's"
    )


FIGURES = (
    ("body", "F1"),
    ("title", "exact"),
    ("printed", "exact"),
    ("authors", "F1"),
    ("date", "ok"),
    ("date", "wrong"),
    ("snip", "acc"),
)


def main() -> None:
    """Measure the readers and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--corpus", default="fundus,scrapinghub")
    parser.add_argument("--half", choices=("0", "1", "all"), default="all")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--farm", type=int, default=0, help="pages of the farm, one an outlet")
    parser.add_argument("--rounds", type=int, default=3, help="the cost of a page is the least of so many")
    parser.add_argument(
        "--peers", action="store_true", help="newspaper4k and news-please too, where they are installed"
    )
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    readers: dict[str, Reader] = {"trafilatura": stock, "cuttings": ours} | (dict(peers()) if asked.peers else {})
    truths = pages(asked.data, set(asked.corpus.split(",")), asked.half, asked.limit) + farm_pages(
        asked.data, asked.farm
    )
    for reader in readers.values():
        reader(capture(asked.data, truths[0]))  # models and patterns are loaded once
    results, costs = compare(asked.data, truths, readers, rounds=asked.rounds)
    share = second_extractor(asked.data, truths)
    print(f"{'':12}{'corpus':18}{'pages':>5}  " + "  ".join(f"{f'{field} {key}'[:8]:>8}" for field, key in FIGURES))
    for name, found in results.items():
        for line in rows(name, found, costs[name], costs["trafilatura"]):
            print(line)
    print(f"cuttings    second extractor on {100 * share:.0f} % of the pages")


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


if __name__ == "__main__":
    main()
