"""Bytes of a JSON Feed (jsonfeed.org, versions 1 and 1.1) → links. Pure."""

import json
import re
from collections.abc import Mapping

from crawler.listing import (
    Listing,
    each_once,
    guid_of,
    in_one_line,
    language_code,
    lost_of,
    names_of,
    stamp_of,
    title_of,
)
from crawler.urls import clean_url
from storage.records import Link, Outlet

_ITEMS = re.compile(r'"items"\s*:\s*\[')
_NEXT = re.compile(r"[^\s,]")
_DECODER = json.JSONDecoder(strict=False)


def json_feed(body: bytes, url: str, outlet: Outlet, cut: str | None) -> Listing:
    """Read the JSON Feed found at `url`; of a broken one the items before the break. `cut`: what unpacking said."""
    text, problem = body.decode("utf-8-sig", "replace"), None
    try:
        document = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        problem = f"malformed JSON: {error}"
        document = {"items": whole} if (whole := _whole_items(text)) else None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        return Listing(kind="feed", problem=in_one_line(cut, problem or "not a feed: JSON without items"))
    language = language_code(_text(document, "language"))
    links = [_link(item, url, language, outlet) if isinstance(item, dict) else None for item in items]
    return Listing(
        kind="feed",
        links=each_once(link for link in links if link),
        problem=in_one_line(cut, problem, lost_of(links)),
        next_page=clean_url(_text(document, "next_url"), url) if _text(document, "next_url") else None,
    )


def _whole_items(text: str) -> list[object]:
    """Return the items before the place where the JSON breaks."""
    start = _ITEMS.search(text)
    items: list[object] = []
    place = start.end() if start else len(text)
    while place < len(text):
        try:
            item, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        items.append(item)
        following = _NEXT.search(text, place)
        place = following.start() if following else len(text)
    return items


def _link(item: Mapping[str, object], url: str, language: str | None, outlet: Outlet) -> Link | None:
    own = _text(item, "url")
    address = (
        (clean_url(own, url) if own else None) or clean_url(_text(item, "id")) or clean_url(_text(item, "external_url"))
    )
    if address is None:
        return None
    modified = stamp_of(_text(item, "date_modified"), basis="feed", outlet=outlet)
    people = item.get("authors") or item.get("author")
    return Link(
        url=address,
        outlet=outlet.id,
        found_in=url,
        basis="feed",
        title=title_of(_text(item, "title")),
        published=stamp_of(_text(item, "date_published"), basis="feed", outlet=outlet),
        modified_at=modified.at if modified else None,
        authors=names_of(
            person.get("name")
            for person in (people if isinstance(people, list) else [people])
            if isinstance(person, dict)
        ),
        language=language_code(_text(item, "language")) or language,
        guid=guid_of(item.get("id")),
    )


def _text(node: Mapping[str, object], name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""
