"""Days asked for, and which entries and files of a sitemap are of them. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from crawler.dates import from_url
from storage.records import Link

_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_.]?(0[1-9]|1[0-2])(?!\d{3})")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days, UTC; None: without end."""

    begin: datetime | None = None
    end: datetime | None = None
    """Midnight after the last day."""
    past: bool = False
    """Asked for by a backfill: only sitemaps are read, all there are; a pass reads what is recent of everything."""

    def has_day(self, day: str | None) -> bool:
        """Say whether a day (YYYY-MM-DD) is one of these; one that is not known is."""
        if day is None:
            return True
        too_early = self.begin is not None and day < f"{self.begin:%Y-%m-%d}"
        too_late = self.end is not None and day >= f"{self.end:%Y-%m-%d}"
        return not (too_early or too_late)

    def has(self, link: Link) -> bool:
        """Say whether an entry is of these days: by its date of publication, else by its address, else by its last change.

        An entry that says nothing of the kind is of no day; it is asked only where no day was.
        """
        stated = link.published or from_url(link.url)
        at = stated.at if stated else link.modified_at
        if at is None:
            return self.begin is None and self.end is None
        return (self.begin is None or at >= self.begin) and (self.end is None or at < self.end)

    def may_hold(self, address: str) -> bool:
        """Say whether a sitemap may have entries of these days, by the month or year that its address names."""
        months = ["".join(month) for month in _MONTH.findall(address)]
        years = _YEAR.findall(address)
        for named, form in ((months, "%Y%m"), (years, "%Y")):
            if len(named) == 1:
                too_early = self.begin is not None and named[0] < self.begin.strftime(form)
                too_late = self.end is not None and named[0] > self.end.strftime(form)
                return not (too_early or too_late)
        return True
