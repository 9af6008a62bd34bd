"""Later looks at stored articles: which are due in a pass, and how each is asked."""

from datetime import datetime

from crawler.download import Fetch
from crawler.urls import url_key
from storage import frontier, queries
from storage.archive import Database


class Looks:
    """The articles a pass looks at again, at ages of `hours` (DESIGN, `recheck_hours`)."""

    def __init__(self, db: Database, *, hours: tuple[int, ...], now: datetime) -> None:
        self._db = db
        self._hours = hours
        self._now = now
        self._articles: dict[str, int] = {}

    def due(self, outlet: str, *, limit: int) -> list[Fetch]:
        """Return the looks that are due at an outlet, the newest `limit` articles."""
        fetches = []
        due = queries.rechecks_due(self._db, outlet, hours=self._hours, now=self._now, limit=limit)
        for article, url, requested_url in due:
            self._articles[url] = article
            link = frontier.link_of(self._db, url_key(requested_url))
            fetches.append(Fetch(url=url, outlet=outlet, kind="recheck", link=link))
        return fetches

    def article(self, url: str) -> int | None:
        """Return the article that is looked at again at an address; None for an address asked the first time."""
        return self._articles.get(url)
