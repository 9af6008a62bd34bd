"""What a pass has seen of one outlet so far."""

from collections import Counter
from dataclasses import dataclass, field

from scheduler.pace import Glance
from storage.coverage import FAILED, DayCounts
from storage.records import Outcome


@dataclass(slots=True)
class Tally:
    """Counts of one outlet in one pass."""

    counts: Counter[str] = field(default_factory=Counter)
    """By the names of `DayCounts`."""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    """Of its article addresses."""
    listed: int = 0
    """Links that stood in the polls' answers, read or unchanged."""
    known: int = 0
    """Of those, links that had been found before this pass."""
    gap: bool = False
    """A poll shares nothing with what was known before: something may have been missed."""
    asked: int = 0
    """Article addresses to be asked for."""
    further: int = 0
    """Of its answers, those that were further pages of an article."""
    glances: list[Glance] = field(default_factory=list)
    """What its lists of the newest showed."""
    problems: list[str] = field(default_factory=list)
    """What polls could not read, a line each."""

    @property
    def overlap(self) -> float | None:
        """Share of the polls' links that were known before; None when no poll listed any."""
        return self.known / self.listed if self.listed else None

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
        self.counts["off_topic"] += outcome is Outcome.OFF_TOPIC
        self.counts["failed"] += outcome in FAILED

    def day_counts(self) -> dict[str, int]:
        """Return the counts by the names of `DayCounts`."""
        return {name: self.counts[name] for name in DayCounts.__slots__}

    def day(self) -> DayCounts:
        """Return what the pass adds to the outlet's day."""
        return DayCounts(**self.day_counts())
