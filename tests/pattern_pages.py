"""The pages of the pattern case, built around the text of a real reprint: Markdown in, HTML out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from news_pages import article

AGENCY_AT = "2018-03-03T17:45:00+03:00"
REPRINT_AT = "2018-03-29T08:11:05-04:00"
COPY_AT = "2018-03-31T09:30:00+02:00"
COPY_TITLE = "Where Turkey goes from here"
COPIED = 0.6
"""Share of the text the silent copy takes."""


@dataclass(frozen=True)
class Seed:
    """The reprint, block by block, in Markdown."""

    title: str
    agency_title: str
    dateline: str
    body: tuple[str, ...]
    """From the standfirst to the last paragraph, one subheading among them."""
    notice: str
    """The agency's own last line about the views of others."""
    source_line: str
    blocks: tuple[str, ...]
    """Copyright, Facebook, membership, disclaimer, fair use, media inquiries."""


def read_seed(path: Path) -> Seed:
    """Read the reprint's text and tell its blocks apart."""
    blocks = [" ".join(block.split()) for block in path.read_text(encoding="utf-8").split("\n\n")]
    blocks = [block for block in blocks if block not in ("", "---")]
    first = next(i for i, block in enumerate(blocks) if block.startswith("*Commenting"))
    notice = next(i for i, block in enumerate(blocks) if block.startswith("*The views"))
    return Seed(
        title=blocks[0].removeprefix("## "),
        agency_title=blocks[1],
        dateline=blocks[first - 1],
        body=tuple(blocks[first:notice]),
        notice=blocks[notice],
        source_line=blocks[notice + 1],
        blocks=tuple(blocks[notice + 2 :]),
    )


def agency_page(seed: Seed) -> str:
    """Return the original: its own headline, a time with offset, the same text."""
    paragraphs = [*_html(seed.body, "/tags/x"), *_html([seed.notice], "#")]
    return article(seed.agency_title, paragraphs, published=AGENCY_AT, site_name="Sputnik")


def copy_page(seed: Seed) -> str:
    """Return the first 60 % of the words under another headline, with no word about where they are from."""
    left = round(COPIED * sum(len(words(block).split()) for block in seed.body))
    kept = []
    for block in seed.body:
        kept.append(" ".join(words(block).split()[:left]))
        left -= len(words(block).split())
        if left <= 0:
            break
    return article(
        COPY_TITLE, _html(kept, ""), published=COPY_AT, byline="By Staff Writer", site_name="The Third Outlet"
    )


def reprint_page(seed: Seed, *, agency: str, source: str) -> str:
    """Return the republisher's page as its system writes it: no JSON-LD, credit line and boxes outside the article.

    `agency` is the address of the agency's front page, `source` that of its article.
    """
    posted = datetime.fromisoformat(REPRINT_AT)
    above = (
        f"<p><strong>{escape(seed.agency_title)}</strong></p>",
        f'<p>By <a href="{agency}">Sputnik</a></p>',
        f"<p>Global Research, {posted:%B %d, %Y}</p>",
        f"<p>{_markup(seed.dateline, source)}</p>",
    )
    credit = f'<div class="source-line"><p>{_markup(seed.source_line, source)}</p></div>'
    boxes = [f'<div class="box"><p>{_markup(block, "/join")}</p></div>' for block in seed.blocks]
    return article(
        words(seed.title),
        [*_html(seed.body, "/tag/x"), *_html([seed.notice], "#")],
        published=REPRINT_AT,
        above="".join(above),
        after=credit + "".join(boxes),
        jsonld=False,
        site_name="Global Research",
    )


def words(block: str) -> str:
    """Return a block as it reads, without its Markdown."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", block).replace("*", "").strip()


def _html(blocks: Iterable[str], href: str) -> list[str]:
    """Return paragraphs: speech that runs on after its block is a quotation, a line without a full stop a heading."""
    written = []
    for block in blocks:
        tag = "h3" if len(block) < 30 and not block.endswith((".", ",")) else "p"
        markup = f"<{tag}>{_markup(block, href)}</{tag}>"
        written.append(f"<blockquote>{markup}</blockquote>" if block.endswith(',"') else markup)
    return written


def _markup(block: str, href: str) -> str:
    """Return a block of Markdown as HTML; addresses the seed left out become `href`."""
    text = escape(block, quote=False)
    text = re.sub(r"\[([^\]]*)\]\(([^)]*)\)", lambda m: f'<a href="{href if m[2] == "#" else m[2]}">{m[1]}</a>', text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", text)
