"""What a page states of itself in JSON-LD: its article nodes, what else there is, where it stands. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from crawler.printing import plain

Node = Mapping[str, Any]
"""A JSON-LD node as parsed."""

_ARTICLE_TYPE = re.compile(r"(?:^|[/:])(?!Job)\w*(?:Article|Posting)$")
_NOT_THIS_PAGE = frozenset(
    (
        "itemListElement",
        "isPartOf",
        "isBasedOn",
        "citation",
        "mentions",
        "about",
        "comment",
        "hasPart",
        "review",
        "relatedLink",
    )
)


def types(value: object) -> Iterator[str]:
    """Yield the types of the nodes that JSON-LD states of the page itself: at its top, in its graph, as its main entity."""
    for node in value if isinstance(value, list) else [value]:
        if isinstance(node, dict):
            stated = node.get("@type")
            yield from (name for name in _listed(stated) if isinstance(name, str))
            for key in ("@graph", "mainEntity"):
                yield from types(node.get(key))


def article_nodes(text: str) -> Iterator[Node]:
    """Yield the Article and Posting nodes of a JSON-LD text that are about its page; none where it does not parse."""
    return nodes_of(loads(text))


def nodes_of(document: object) -> Iterator[Node]:
    for node in _typed(document):
        yield _with_names(node, document)


def is_json_ld(script: etree._Element) -> bool:
    return "ld+json" in (script.get("type") or "").lower() and bool(script.text)


def crumbs_of(value: object) -> Iterator[str]:
    """Yield the names of the first BreadcrumbList in a document."""
    if isinstance(value, dict) and value.get("@type") == "BreadcrumbList":
        for item in _listed(value.get("itemListElement")):
            if isinstance(item, dict):
                inner = item.get("item")
                yield from texts(item.get("name") or (inner if isinstance(inner, dict) else None))[:1]
        return
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if crumbs := tuple(crumbs_of(inner)) if isinstance(inner, dict | list) else ():
            yield from crumbs
            return


def _with_names(node: Node, document: object) -> Node:
    """Return an article node whose author and publisher, where given by `@id` alone, are the named nodes of its document."""
    told = {key: value for key in ("author", "publisher") if _is_unnamed(value := node.get(key))}
    if not told:
        return node
    named = dict(_named(document))
    return {
        **node,
        **{key: [named.get(str(item.get("@id")), item) for item in _listed(value)] for key, value in told.items()},
    }


def _is_unnamed(value: object) -> bool:
    """Tell references from nodes with a name: {"@id": …}, or a list of them."""
    items = _listed(value)
    return bool(items) and all(isinstance(item, dict) and "@id" in item and not item.get("name") for item in items)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _named(value: object) -> Iterator[tuple[str, Node]]:
    if isinstance(value, dict):
        if value.get("@id") and value.get("name"):
            yield str(value["@id"]), value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _named(item)


def _typed(value: object) -> Iterator[Node]:
    """Walk JSON-LD depth first, article nodes only, leaving out what is about other pages."""
    if isinstance(value, list):
        for item in value:
            yield from _typed(item)
    elif isinstance(value, dict):
        types = value.get("@type")
        if any(
            isinstance(name, str) and _ARTICLE_TYPE.search(name)
            for name in (types if isinstance(types, list) else [types])
        ):
            yield value
            return
        for key, item in value.items():
            if key not in _NOT_THIS_PAGE and isinstance(item, list | dict):
                yield from _typed(item)


def loads(text: str) -> object:
    """Parse JSON-LD as found in the wild: CDATA marks, raw line ends, trailing commas and semicolons."""
    text = text.strip()
    if "<!" in text or "]]>" in text or "-->" in text:
        text = re.sub(r"^\s*(?://)?\s*<!\[CDATA\[|(?://)?\s*\]\]>\s*$|^\s*<!--|-->\s*$", "", text)
    text = text.strip().rstrip(";")
    for attempt in (text, re.sub(r",\s*([}\]])", r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def texts(value: object) -> Sequence[str]:
    """Return the strings of a JSON-LD value that may be a string, a node with a name, or a list of them."""
    if isinstance(value, str):
        return (plain(value),)
    if isinstance(value, dict):
        return texts(value.get("name") or value.get("@value") or value.get("headline"))
    if isinstance(value, list):
        return tuple(text for item in value for text in texts(item))
    return ()
