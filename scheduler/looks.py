"""Later looks at stored articles: which are due in a pass, how each is asked, and where a redirect has led it."""

import re
from datetime import datetime

from crawler.download import Fetch
from crawler.urls import ARTICLE_SHAPED, shape_points, url_key
from storage import frontier, queries
from storage.archive import Database

# Addresses that sites send people to who ask for what is no more
_ERROR_PAGE = re.compile(
    r"/(?:404|410|error|error-?404|(?:page-)?not-?found|notfound|hata|sayfa-bulunamadi|fehler|oshibka)(?:\.\w{2,5})?(?:\?|$)",
    re.IGNORECASE,
)


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
            key = url_key(requested_url)
            fetches.append(
                Fetch(
                    url=url,
                    outlet=outlet,
                    kind="recheck",
                    link=frontier.link_of(self._db, key),
                    validators=frontier.validators(self._db, outlet, key, now=self._now),
                )
            )
        return fetches

    def article(self, url: str) -> int | None:
        """Return the article that is looked at again at an address; None for an address asked the first time."""
        return self._articles.get(url)


def leads_up(asked: str, final: str) -> bool:
    """Say whether an address led to no article but to a front page, a section above it or an error page. Both are keys."""
    if asked == final:
        return False
    path = final[final.index("/") :]
    if path == "/" or _ERROR_PAGE.search(path):
        return True
    return asked.startswith(f"{final}/") and shape_points(f"http://{final}") < ARTICLE_SHAPED
