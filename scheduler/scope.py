"""What a pass is asked to do."""

from dataclasses import dataclass
from datetime import datetime


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
    """Article addresses per outlet; None: `max_links`."""
    urls: tuple[str, ...] = ()
    """Article addresses in hand: only these are asked, and nothing is polled. What starts with `#` is a remark."""


DUE = Scope()
"""Whatever is due."""
