"""What an answer says about text-and-data mining (W3C TDM Reservation Protocol: header and meta element). Pure."""

import re
from dataclasses import replace

from storage.records import Article, Capture

_HEAD = 65_536  # bytes of a page in which its meta elements stand
_META = re.compile(rb"<meta\b[^>]*>", re.IGNORECASE)
_NAME = re.compile(rb"""\bname\s*=\s*["']?tdm-(reservation|policy)\b""", re.IGNORECASE)
_CONTENT = re.compile(rb"""\bcontent\s*=\s*["']?([^"'\s>]*)""", re.IGNORECASE)


def tdm(capture: Capture) -> tuple[bool | None, str | None]:
    """Return whether mining is reserved, None where nothing is said, and the address of the policy if one is named."""
    said = {name.lower(): value.strip() for name, value in capture.headers if name.lower().startswith("tdm-")}
    for meta in _META.findall(capture.body[:_HEAD]):
        name, content = _NAME.search(meta), _CONTENT.search(meta)
        if name and content:
            said.setdefault(f"tdm-{name[1].decode().lower()}", content[1].decode("utf-8", "replace"))
    reservation = said.get("tdm-reservation")
    return ({"1": True, "0": False}.get(reservation) if reservation else None), said.get("tdm-policy")


def without_text(article: Article) -> Article:
    """Return an article's metadata alone: no text, and of its tags what the headline bears out."""
    tags = [replace(tag, evidence=tuple(e for e in tag.evidence if e.field == "title")) for tag in article.tags]
    return replace(
        article,
        text="",
        text_status="empty",
        tags=tuple(replace(tag, hits=len(tag.evidence)) for tag in tags if tag.evidence),
        credits=(),
    )
