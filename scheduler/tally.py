"""What a pass has seen of one outlet so far."""

from collections import Counter
from dataclasses import dataclass, field

from storage.coverage import FAILED, DayCounts
from storage.records import Outcome


@dataclass(slots=True)
class Tally:
    """Counts of one outlet in one pass."""

    counts: Counter[str] = field(default_factory=Counter)
    """By the names of `DayCounts`."""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    """Of its article addresses."""
    known_links: int = 0
    asked: int = 0
    """Article addresses asked for."""
    sitemaps: int = 0
    """Files of sitemap indexes asked for."""
    problems: list[str] = field(default_factory=list)
    """What polls could not read, a line each."""

    @property
    def overlap(self) -> float | None:
        """Share of the polls' links that were known before; None when no poll listed any."""
        listed = self.counts["links"]
        return self.known_links / listed if listed else None

    @property
    def unanswered(self) -> bool:
        """No poll answered."""
        return self.counts["polls"] == self.counts["polls_failed"]

    def count(self, outcome: Outcome, *, on_topic: bool) -> None:
        """Count one article address's outcome."""
        self.outcomes[outcome] += 1
        self.counts["fetched"] += 1
        self.counts["new_articles"] += outcome is Outcome.NEW
        self.counts["on_topic"] += outcome is Outcome.NEW and on_topic
        self.counts["failed"] += outcome in FAILED

    def day_counts(self) -> dict[str, int]:
        """Return the counts by the names of `DayCounts`."""
        return {name: self.counts[name] for name in DayCounts.__slots__}

    def day(self) -> DayCounts:
        """Return what the pass adds to the outlet's day."""
        return DayCounts(**self.day_counts())
