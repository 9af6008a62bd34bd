"""Which time on a page of links belongs to which of them. Pure.

A time counts for an article if it is the only one in the nearest element around the link that holds any, and that
element names no other article: a date above a list of headlines is nobody's.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from lxml import etree

_CLIMB = 8
"""Elements above a link or a time that are looked at."""
_MOST_TIMES = 5000
_LONGEST = 60  # characters of a time
_OF_EDITS = re.compile(r"modif|updat|edit|guncel|güncel", re.IGNORECASE)


def around(element: etree._Element) -> Iterator[etree._Element]:
    """Yield an element and those around it, nearest first, below `body`."""
    yield element
    yield from islice((above for above in element.iterancestors() if above.tag not in ("body", "html")), _CLIMB)


def times_of(tree: etree._Element, teasers: Mapping[str, Sequence[etree._Element]]) -> dict[str, str]:
    """Return the time beside each article as written; `teasers`: the elements that link to it, by its key."""
    times: dict[etree._Element, list[str]] = defaultdict(list)
    for element in islice(tree.iter("time"), _MOST_TIMES):
        for above in around(element) if _is_of_publication(element) else ():
            times[above].append(element.get("datetime") or "")
    if not times:
        return {}
    articles: dict[etree._Element, set[str]] = defaultdict(set)
    for key, elements in teasers.items():
        for element in elements:
            for above in around(element):
                articles[above].add(key)
    return {
        key: stated
        for key, elements in teasers.items()
        if (stated := next(filter(None, (_time_of(element, times, articles) for element in elements)), None))
    }


def _time_of(
    element: etree._Element, times: Mapping[etree._Element, list[str]], articles: Mapping[etree._Element, set[str]]
) -> str | None:
    nearest = next((above for above in around(element) if above in times), None)
    if nearest is None or len(times[nearest]) > 1 or len(articles[nearest]) > 1:
        return None
    return times[nearest][0]


def _is_of_publication(element: etree._Element) -> bool:
    stated = element.get("datetime") or ""
    names = f"{element.get('itemprop') or ''} {element.get('class') or ''}"[:200]
    return 0 < len(stated) <= _LONGEST and not _OF_EDITS.search(names)
