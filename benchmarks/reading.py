"""Quality and cost of reading pages: ours beside stock trafilatura with metadata, in the same run.

    python benchmarks/reading.py [--data ../shared/data] [--corpus fundus,scrapinghub] [--half 0|1|all] [--limit N]

Quality is measured by the data folder's own score_extraction.py; cpu-ms is this process's time for one page, from bytes to result.
`--half` parts the pages by a digest of their outlet, so that what is tuned on one half can be checked on the other.
"""

import argparse
import gzip
import hashlib
import importlib.util
import json
import logging
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import trafilatura

from crawler.charset import decode
from crawler.extract import extract
from storage.errors import ExtractError
from storage.records import Capture

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NOW = datetime(2026, 11, 1, tzinfo=UTC)  # after every page of the set
Truth = dict[str, Any]
Prediction = dict[str, Any]


def pages(data: Path, corpora: set[str], half: str, limit: int) -> list[Truth]:
    """Return truth records in an order that depends on nothing but their ids."""
    with (data / "truth.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    chosen = [r for r in records if r["corpus"] in corpora and half in ("all", str(_digest(r["outlet"]) % 2))]
    return sorted(chosen, key=lambda record: _digest(record["id"]))[: limit or None]


def capture(data: Path, truth: Truth) -> Capture:
    """Return a page as if it had just been fetched."""
    body = gzip.decompress((data / "pages" / f"{truth['id']}.html.gz").read_bytes())
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


def scorer(data: Path) -> ModuleType:
    """Load the data folder's scoring script."""
    spec = importlib.util.spec_from_file_location("score_extraction", data / "score_extraction.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(data / "score_extraction.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(
    data: Path, truths: list[Truth], reader: Callable[[Capture], Prediction]
) -> tuple[dict[str, dict[str, Any]], list[float]]:
    """Return aggregates by corpus and the cpu-ms of every page."""
    score, groups, cost = scorer(data), {}, []
    for truth in truths:
        page = capture(data, truth)
        start = time.process_time()
        prediction = reader(page)
        cost.append(1000 * (time.process_time() - start))
        groups.setdefault(truth["corpus"], []).append(score.score_page(truth, prediction))
    return {corpus: score.aggregate(rows) for corpus, rows in groups.items()}, cost


def rows(name: str, results: dict[str, dict[str, Any]], cost: list[float]) -> Iterator[str]:
    """Yield the printed lines of one reader."""
    for corpus, found in sorted(results.items()):
        figures = [(field, key, found.get(field, {}).get(key)) for field, key in FIGURES]
        yield f"{name:12}{corpus:18}{found['pages']:5}  " + "  ".join(
            f"{value:8.3f}" if value is not None else f"{'-':>8}" for *_, value in figures
        )
    yield f"{name:12}cpu-ms a page: mean {statistics.mean(cost):.1f}, median {statistics.median(cost):.1f}"


FIGURES = (("body", "F1"), ("title", "exact"), ("authors", "F1"), ("date", "ok"), ("date", "wrong"), ("snip", "acc"))


def main() -> None:
    """Measure both readers and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--corpus", default="fundus,scrapinghub")
    parser.add_argument("--half", choices=("0", "1", "all"), default="all")
    parser.add_argument("--limit", type=int, default=0)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    truths = pages(asked.data, set(asked.corpus.split(",")), asked.half, asked.limit)
    print(f"{'':12}{'corpus':18}{'pages':>5}  " + "  ".join(f"{f'{field} {key}'[:8]:>8}" for field, key in FIGURES))
    for name, reader in (("trafilatura", stock), ("cuttings", ours)):
        reader(capture(asked.data, truths[0]))  # models and patterns are loaded once
        for line in rows(name, *measure(asked.data, truths, reader)):
            print(line)


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


if __name__ == "__main__":
    main()
