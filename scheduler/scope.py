"""What a pass is asked to do."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a pass is asked to do."""

    only: tuple[str, ...] = ()
    """Ids of outlets, asked whether due or not; empty: those that are due."""
    everything: bool = False
    """All active outlets, whether due or not."""
    since: datetime | None = None
    """Sitemap entries older than this are passed over; None: `lookback`."""
    limit: int | None = None
    """Article addresses per outlet, where that is fewer than `max_links`."""
    on_time: bool = False
    """The caller keeps time: what is due is asked when its time has come, not a little before for the caller's sake."""
    urls: tuple[str, ...] | None = None
    """Article addresses in hand: only these are asked, and nothing is polled. None: the pass polls."""
    again: bool = True
    """Addresses in hand that were asked in vain before are asked once more."""
    span: Span | None = None
    """Only sitemaps are polled, to their end, for articles of these days; nothing else is asked, and no day is covered."""

    @property
    def is_past(self) -> bool:
        """What is asked is backfill's, and says nothing of what outlets do now."""
        return self.span is not None or not self.again


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """What became of the addresses in hand."""

    given: int
    twice: int
    """The same address again."""
    foreign: int
    """Of no outlet, or no addresses."""
    stored: int
    """Asked in an earlier pass, and what came of it is in the archive."""
    forgotten: int = 0
    """Removed with `cuttings forget`, and not to be collected again."""
    asked: int

    @property
    def wait(self) -> int:
        """Beyond the outlet's limit, or at hosts that have asked us to wait."""
        return self.given - self.twice - self.foreign - self.stored - self.forgotten - self.asked


DUE = Scope()
"""Whatever is due."""
