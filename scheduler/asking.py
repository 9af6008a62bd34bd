"""Which addresses of articles a pass asks next: each outlet has a few in the air, the rest waits in the archive.

So no outlet's thousands stand before another's few, and a pass over any number of links needs no more memory.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime

from crawler.download import Fetch
from crawler.urls import url_key
from scheduler.tally import Tally
from storage import frontier
from storage.archive import Database
from storage.records import Link

IN_THE_AIR = 8  # of an outlet: one is being answered, some are being cleaned
TOO_FEW = 3  # then the archive is worth another look


class Asking:
    """Hands out an outlet's waiting links, newest first, as many as its tally allows (`Tally.asked`), and later looks."""

    def __init__(self, db: Database, tallies: Mapping[str, Tally], *, now: datetime) -> None:
        self._db = db
        self._tallies = tallies
        self._now = now
        self._looks: defaultdict[str, deque[Fetch]] = defaultdict(deque)
        self._in_hand: dict[str, deque[str]] = {}
        self._drawn: Counter[str] = Counter()
        self._air: defaultdict[str, set[str]] = defaultdict(set)
        self._held: defaultdict[str, set[str]] = defaultdict(set)
        self._all_looks = 0

    @property
    def asked(self) -> int:
        """How many addresses were handed out or will be."""
        return self._all_looks + sum(tally.asked for tally in self._tallies.values())

    def look_again(self, outlet: str, looks: Iterable[Fetch]) -> None:
        """Take up an outlet's articles that are due for another look."""
        before = len(self._looks[outlet])
        self._looks[outlet].extend(looks)
        self._all_looks += len(self._looks[outlet]) - before

    def only(self, outlet: str, keys: Iterable[str]) -> None:
        """Ask an outlet for the links of these keys and no others."""
        self._in_hand[outlet] = deque(keys)

    def add(self, outlet: str, keys: Iterable[str]) -> None:
        """Ask an outlet, of which only certain links are asked, for these too."""
        in_hand = self._in_hand.setdefault(outlet, deque())
        before = len(in_hand)
        in_hand.extend(keys)
        self._tallies[outlet].asked += len(in_hand) - before

    def asks(self, outlet: str, key: str) -> bool:
        """Say whether a waiting link is among those that are asked sooner or later, or was."""
        in_hand = self._in_hand.get(outlet)
        return in_hand is None or key in in_hand or key in self._held[outlet]

    def also(self, outlet: str, key: str) -> None:
        """Ask an outlet for the link of this key too, in place of one that was asked."""
        self._tallies[outlet].asked += 1
        self._tallies[outlet].further += 1
        if outlet in self._in_hand:
            self._in_hand[outlet].append(key)

    def landed(self, fetch: Fetch, *, settled: bool) -> None:
        """Note that an address was answered; `settled`: its link says so."""
        self._air[fetch.outlet].discard(fetch.url)
        if settled and fetch.link:
            self._held[fetch.outlet].discard(url_key(fetch.link.url))

    def draw(self, outlet: str) -> list[Fetch]:
        """Return what to ask of an outlet now; nothing while enough is in the air."""
        air, looks = self._air[outlet], self._looks[outlet]
        if len(air) > TOO_FEW:
            return []
        room = IN_THE_AIR - len(air)
        fetches = [looks.popleft() for _ in range(min(room // 2, len(looks)))]
        fetches += self._links(outlet, room - len(fetches))
        fetches += [looks.popleft() for _ in range(min(room - len(fetches), len(looks)))]
        air.update(fetch.url for fetch in fetches)
        return fetches

    def _links(self, outlet: str, room: int) -> list[Fetch]:
        room = min(room, self._tallies[outlet].asked - self._drawn[outlet])
        if room <= 0:
            return []
        held = self._held[outlet]
        drawn = self._next(outlet, room)
        held.update(key for key, _ in drawn)
        self._drawn[outlet] += len(drawn)
        return [Fetch(url=link.url, outlet=outlet, kind="article", link=link) for _, link in drawn]

    def _next(self, outlet: str, room: int) -> list[tuple[str, Link]]:
        held = self._held[outlet]
        if (in_hand := self._in_hand.get(outlet)) is not None:
            keys = [in_hand.popleft() for _ in range(min(room, len(in_hand)))]
            return [(key, link) for key in keys if (link := frontier.link_of(self._db, key))]
        waiting = frontier.waiting(self._db, outlet, now=self._now, limit=room + len(held))
        return [(key, link) for key, link in waiting if key not in held][:room]
