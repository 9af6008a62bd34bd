"""What backfilled answers are kept as: where they stand in the files they came from. Nothing is written anew."""

from collections.abc import Sequence
from pathlib import Path

from crawler.warc import Place
from storage.records import Capture, Stored


class Pointing:
    """Stands where a pass has its WARC folder, and says of the answers at hand where they are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._at_hand: list[tuple[Capture, Place]] = []

    def take(self, captures: Sequence[Capture], places: Sequence[Place]) -> None:
        """Take up the answers that are saved next."""
        self._at_hand = list(zip(captures, places, strict=True))

    def write(self, capture: Capture) -> Place:
        """Return where an answer at hand is kept."""
        return next(place for each, place in self._at_hand if each is capture)

    def revisit(self, capture: Capture, *, of: Stored) -> None:
        """Keep nothing: that it brought nothing new is in the file it came from."""
