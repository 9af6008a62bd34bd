"""Pages asked as articles that say they are further ones of another: each waits until its first page was read.

Only then is it known whether it is a part: under the same headline. Else, and where no first page can be had, it is an
article of its own, for nothing found is thrown away on a pager's word. Killed in between, its link waits.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from crawler.clean import Refusal
from crawler.joining import same_headline
from crawler.urls import url_key
from scheduler.asking import Asking
from scheduler.parts import Reading
from storage import frontier, identity, queries, tombstones
from storage.archive import Database
from storage.records import Article, Link

MOST_HELD = 100  # pages of a pass, in memory; the next is taken for an article of its own
Place = Literal["part", "waits", "alone"]


class Deferred:
    """The pages of a pass that wait for their first one."""

    def __init__(self, db: Database, asking: Asking, *, began: datetime) -> None:
        self._db = db
        self._asking = asking
        self._began = began
        self._held: defaultdict[str, list[Reading]] = defaultdict(list)

    def place(self, reading: Reading) -> Place:
        """Say what an article is as far as is known now; its first page is asked if it waits for that. In a transaction."""
        fetch, article = reading.first.fetch, reading.article
        if reading.earlier is None or fetch.link is None or fetch.kind != "article" or isinstance(article, Refusal):
            return "alone"
        key = url_key(reading.earlier)
        state = frontier.state_of(self._db, key)
        if tombstones.held(self._db, [key]):
            return "part"
        if stored := identity.holding_link(self._db, key):
            return _of_one(queries.title_of(self._db, stored[0]), article.title)
        waits = state is None or (state == "waiting" and frontier.is_waiting(self._db, key, self._began))
        if key == url_key(fetch.url) or not waits or sum(map(len, self._held.values())) >= MOST_HELD:
            return "alone"
        self._ask(key, reading, fetch.link)
        self._held[key].append(reading)
        return "waits"

    def released(self, key: str, first: Article | Refusal) -> Iterable[tuple[Reading, Place]]:
        """Yield the pages that waited for what is now read, and what they are; none where it may be had the next time."""
        if isinstance(first, Refusal) and first.outcome in frontier.TEMPORARY:
            return
        for reading in self._held.pop(key, []):
            here, there = (each.title if isinstance(each, Article) else None for each in (reading.article, first))
            yield reading, _of_one(there, here)

    def left(self) -> Iterable[Reading]:
        """Yield the pages whose first ones were not asked in this pass: their links wait, too."""
        for readings in self._held.values():
            yield from readings

    def _ask(self, key: str, reading: Reading, link: Link) -> None:
        """Have the first page asked, in place of the one that was, unless it will be anyway."""
        outlet, at = reading.first.fetch.outlet, reading.first.at
        first = replace(link, url=reading.earlier or link.url, guid=None, same_as=None)
        found = frontier.record_links(self._db, [(key, first)], now=at, began=self._began)
        if found.fresh or not self._asking.asks(outlet, key):
            self._asking.also(outlet, key)


def _of_one(first: str | None, headline: str | None) -> Place:
    """Say what a page is by the headlines; a first page that has none proves nothing."""
    return "part" if first and same_headline(first, headline) else "alone"
