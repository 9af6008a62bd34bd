"""How to cite an article: a sentence and a BibTeX entry. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

CLOSED = ("?", "!", "…", "؟")  # a title that ends so takes no full stop
BIBTEX_SPECIAL = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What a citation needs to know."""

    key: str
    authors: Sequence[str]
    title: str
    outlet: str
    day: str | None
    """YYYY-MM-DD as the outlet dates it."""
    url: str
    archived_url: str
    """Our page."""
    seen_day: str
    """YYYY-MM-DD, UTC: the first day the text was seen."""
    digest: str


def sentence(cited: Cited) -> list[tuple[str, bool]]:
    """Return the citation as one sentence, in pieces; True: an outlet's words, perhaps written from right to left."""
    authors = [(", ".join(cited.authors), True), (". ", False)] if cited.authors else []
    return [
        *authors,
        ("“", False), (cited.title, True), ("” " if cited.title.endswith(CLOSED) else ".” ", False), (cited.outlet, True),
        (f", {cited.day or 'undated'}. ", False), (cited.url, True), (f". Archived {cited.seen_day}, ", False),
        (cited.archived_url, True), (f" (text SHA-256 {cited.digest[:16]}…).", False),
    ]  # fmt: skip


def bibtex(cited: Cited) -> str:
    """Return a BibTeX entry."""
    fields = {
        "author": " and ".join(f"{{{_escape(author)}}}" for author in cited.authors),
        "title": f"{{{_escape(cited.title)}}}",
        "journal": _escape(cited.outlet),
        "year": (cited.day or "")[:4],
        "date": cited.day or "",
        "url": cited.url.replace("{", "%7B").replace("}", "%7D"),
        "urldate": cited.seen_day,
        "note": f"Archived at {_escape(cited.archived_url)}, text SHA-256 {cited.digest}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@online{{cuttings-{cited.key},", *lines, "}"])


def _escape(text: str) -> str:
    return text.translate(BIBTEX_SPECIAL)
