"""Versions: on real pages, how many changes of the page alone are taken for edits, and how many edits are passed over.

Run: python benchmarks/versions.py SHARED [N]  (which holds data/pages; N pages, spread over the outlets)

Each page is cleaned as it is and with a change to its HTML, and the two texts are compared with nothing known of the
outlet's other pages: the hardest case.
"""

import gzip
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from crawler.clean import read
from storage.records import Article, Capture
from storage.sameness import Around, edited

URL = "https://example.org/2026/03/02/article-12345"
_PARAGRAPH = re.compile(r"<p[ >][^<]{80,}.*?</p>", re.DOTALL)
_TITLES = ("Ferry fares rise again in spring", "Mayor opens a bridge of wood", "Three ships collide off the coast")
_OTHERS = ("School opens in the western district", "Old harbour gets a new light", "Snow delays trains in the north")


def _into(html: str, place: float, what: str) -> str:
    """Put `what` behind the paragraph that lies so far into the text."""
    ends = [match.end() for match in _PARAGRAPH.finditer(html)]
    end = ends[int(place * (len(ends) - 1))] if ends else len(html)
    return html[:end] + what + html[end:]


def _list(titles: tuple[str, ...]) -> str:
    return "<ul>" + "".join(f'<li><a href="/{n}">{title}</a></li>' for n, title in enumerate(titles)) + "</ul>"


def _related(titles: tuple[str, ...]) -> str:
    return "".join(f'<p><a href="/x">{title}</a></p>' for title in titles)


PAGE: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "counter": (lambda h: _into(h, 0, "<p>1,234 views</p>"), lambda h: _into(h, 0, "<p>1,301 views</p>")),
    "age": (lambda h: _into(h, 0, "<p>3 min ago</p>"), lambda h: _into(h, 0, "<div>2 hours ago</div>")),
    "comments": (lambda h: _into(h, 1, "<p>5 comments</p>"), lambda h: _into(h, 1, "<p>17 comments</p>")),
    "pointer": (
        lambda h: _into(h, 0.5, f"<p>Read also: {_TITLES[0]}</p>"),
        lambda h: _into(h, 0.5, f"<p>Read also: {_OTHERS[0]}</p>"),
    ),
    "list": (
        lambda h: _into(h, 1, "<h3>Most read</h3>" + _list(_TITLES)),
        lambda h: _into(h, 1, "<h3>Most read</h3>" + _list(_OTHERS)),
    ),
    "bare list": (lambda h: _into(h, 1, _related(_TITLES)), lambda h: _into(h, 1, _related(_OTHERS))),
    "type": (lambda h: h, lambda h: re.sub(r"(?<=\w)[’'](?=\w)", "&#8217;", h).replace("</p>", " </p>")),
}


def texts(html: str, kind: str) -> tuple[str, str] | None:
    """Return the cleaned texts of a page before and after a change of kind `kind`."""
    found = []
    for change in PAGE[kind]:
        capture = Capture(
            requested_url=URL,
            url=URL,
            fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
            status=200,
            headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=change(html).encode(),
        )
        article = read(capture)
        if not isinstance(article, Article):
            return None
        found.append(article.text)
    return found[0], found[1]


def edits(text: str) -> dict[str, str]:
    """Return a text with each kind of small edit."""
    paragraphs = text.split("\n\n")
    middle = len(paragraphs) // 2
    words = paragraphs[middle].split(" ")
    changed = [*words[: len(words) // 2], "altogether", *words[len(words) // 2 + 1 :]]
    number = re.search(r"\d+", text)
    with_number = text[: number.start()] + str(int(number[0]) + 2) + text[number.end() :] if number else text + " 2."
    return {
        "one word": "\n\n".join([*paragraphs[:middle], " ".join(changed), *paragraphs[middle + 1 :]]),
        "one figure": with_number,
        "a paragraph less": "\n\n".join(paragraphs[:middle] + paragraphs[middle + 1 :]),
        "a note more": text + "\n\nCorrection: an earlier version of this article named the wrong town",
        "a sentence more": text + "\n\nThe ministry later said that two of the wounded had died.",
    }


def main(shared: Path, most: int) -> None:
    """Print both counts by kind."""
    pages = sorted((shared / "data/pages").glob("*.html.gz"))
    taken, passed, seen = Counter[str](), Counter[str](), Counter[str]()
    for path in pages[:: max(len(pages) // most, 1)][:most]:
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        for kind in PAGE:
            if pair := texts(html, kind):
                seen[kind] += 1
                taken[kind] += edited(*pair, Around)
        text = pair[0] if pair else ""
        for kind, after in edits(text).items() if len(text) > 1000 else ():
            seen[kind] += 1
            passed[kind] += not edited(text, after, Around)
    for kind in seen:
        what = f"{taken[kind]} taken for edits" if kind in PAGE else f"{passed[kind]} edits passed over"
        print(f"{kind:18} {seen[kind]:4} pages: {what}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100)
