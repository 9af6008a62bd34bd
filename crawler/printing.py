"""Text as a reader sees it: without entities, tags, invisible marks and runs of white space. Pure."""

import html
import re

_INVISIBLE = "\xad\u200b\u2060\ufeff"


def plain(text: str | None) -> str:
    """Return text with entities resolved, tags and invisible marks gone, white space collapsed."""
    text = html.unescape(text or "")
    if "<" in text:
        text = re.sub(r"</?[a-zA-Z][^<>]*>", " ", text)
    return printed(text)


def printed(text: str) -> str:
    """Return text with invisible marks gone and white space collapsed."""
    if not text.isascii():
        for mark in _INVISIBLE:
            text = text.replace(mark, "")
    return " ".join(text.split())
