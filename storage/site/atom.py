"""Atom feeds of a topic's or an outlet's newest articles. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

ATOM = "http://www.w3.org/2005/Atom"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot carry, even escaped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article of a feed."""

    key: str
    """Machine-independent: the entry's identity."""
    title: str
    author: str
    url: str
    """Absolute address of our page."""
    updated: str
    """UTC, YYYY-MM-DDTHH:MM:SSZ."""
    published: str | None
    language: str | None
    summary: str


def feed(*, title: str, url: str, home: str, updated: str, entries: Iterable[Entry]) -> str:
    """Return an Atom document; `url` and `home` are absolute."""
    root = ET.Element("feed", {"xmlns": ATOM})
    _child(root, "id", url)
    _child(root, "title", title)
    _child(root, "updated", updated)
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": url})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": home})
    for entry in entries:
        _entry(ET.SubElement(root, "entry"), entry)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _entry(node: ET.Element, entry: Entry) -> None:
    if entry.language:
        node.set("xml:lang", _plain(entry.language))
    _child(node, "id", f"urn:cuttings:{entry.key}")
    _child(node, "title", entry.title)
    _child(ET.SubElement(node, "author"), "name", entry.author)
    ET.SubElement(node, "link", {"rel": "alternate", "type": "text/html", "href": entry.url})
    _child(node, "updated", entry.updated)
    if entry.published:
        _child(node, "published", entry.published)
    _child(node, "summary", entry.summary)


def _child(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _plain(text)


def _plain(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)
