"""Where the polls of a pass lead on: from indexes to sitemaps, and from page to page of a list."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from storage.feeds import Feed
from storage.records import FeedKind

SITEMAP_DEPTH = 2
SITEMAP_FILES = 50  # per outlet and pass
NO_LIMIT = 1 << 40  # of a backfill, which reads them all
SECTION_PAGES = 5

SHRUNK = 0.5  # a news sitemap that is so much shorter than the last time was begun anew, it has not run over

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A sitemap that an index names."""

    url: str
    modified_at: datetime | None
    """As the index says."""
    last_used_at: datetime | None
    depth: int

    @property
    def changed(self) -> bool:
        """The index says so."""
        return self.modified_at is not None and (self.last_used_at is None or self.modified_at > self.last_used_at)


class Sitemaps:
    """The sitemaps that indexes name, handed out one for each that was answered, SITEMAP_FILES an outlet.

    So the indexes of an outlet are all read before the first choice. Every other one is the newest of those that changed,
    the others are those that were not asked for longest: whatever an index claims, each has its turn.
    """

    def __init__(self, *, most: int = SITEMAP_FILES) -> None:
        self._most = most
        self._named: defaultdict[str, list[Named]] = defaultdict(list)
        self._asked: Counter[str] = Counter()
        self._more: set[str] = set()

    def add(self, outlet: str, named: Iterable[Named]) -> None:
        """Take up sitemaps; of more than could be asked, those that could come first."""
        every = [*self._named[outlet], *named]
        newest = sorted(every, key=_newest_first)[: self._most]
        longest = sorted(every, key=_longest_unasked_first)[: self._most]
        kept = list({each.url: each for each in (*newest, *longest)}.values())
        if len(kept) < len(every):
            self._more.add(outlet)
        self._named[outlet] = kept

    def next(self, outlet: str) -> Named | None:
        """Return the sitemap to ask next; None when there is none, or enough were asked."""
        named = self._named[outlet]
        if not named or self._asked[outlet] >= self._most:
            return None
        order = _longest_unasked_first if self._asked[outlet] % 2 else _newest_first
        self._asked[outlet] += 1
        chosen = min(named, key=order)
        named.remove(chosen)
        return chosen

    def left(self, outlet: str) -> bool:
        """Say whether sitemaps of an outlet wait for the next pass because enough were asked in this one."""
        return self._asked[outlet] == self._most and (outlet in self._more or bool(self._named[outlet]))


def _newest_first(named: Named) -> tuple[bool, float, float, int]:
    """Order sitemaps that changed by when they did, then the others by when they were asked."""
    modified = (named.modified_at or _NEVER).timestamp()
    return (not named.changed, -modified if named.changed else 0.0, _used(named), -named.depth)


def _longest_unasked_first(named: Named) -> tuple[float, int, float]:
    return (_used(named), -named.depth, -(named.modified_at or _NEVER).timestamp())


def _used(named: Named) -> float:
    return (named.last_used_at or _NEVER).timestamp()


@dataclass(slots=True)
class Chain:
    """The pages of one list, as far as they were read in a pass."""

    place: Feed
    """Where it begins, as it stood before the pass."""
    links: int = 0
    known: int = 0
    """Links that had been found before the pass."""
    goes_on: bool = False
    """It has more than one page."""

    def add(self, links: int, known: int) -> None:
        """Take up a page's links."""
        self.links += links
        self.known += known

    def runs_over(self, kind: FeedKind) -> bool:
        """Say whether the list shares nothing with what was known: what stood between may have come and gone unseen.

        Said of lists of the newest only, read before. A news sitemap may begin anew each day, and is shorter then.
        """
        before = self.place.listed or 0
        begun_anew = kind == "news-sitemap" and self.links < SHRUNK * before
        return bool(before and self.links) and self.known == 0 and not begun_anew
