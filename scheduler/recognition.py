"""Which article a page is: the one looked at again, one that moved here, one whose variant it is, or a new one.

An address alone decides nothing but itself: a redirect, a canonical and a feed's identifier count only where the texts
bear them out, because of two articles made one, one is lost.
"""

from dataclasses import replace

from crawler.outlets import Directory
from crawler.urls import article_url_key, url_key
from storage import guids, identity
from storage.archive import Database
from storage.identity import Identity
from storage.records import Article, Link, article_key


class Recognition:
    """Recognises articles the archive has."""

    def __init__(self, db: Database, directory: Directory) -> None:
        self._db = db
        self._directory = directory

    def of(self, article: Article, link: Link | None, known: int | None) -> Identity:
        """Return who an article is: the one looked at again, or that moved here; else by canonical, else by address."""
        own = url_key(article.url)
        asked = (own, url_key(article.requested_url), *((url_key(link.url),) if link else ()))
        return replace(self._of(article, link, known, own), also=tuple(dict.fromkeys(asked)))

    def _of(self, article: Article, link: Link | None, known: int | None, own: str) -> Identity:
        if known is not None and (same := self._as_before(article, known, own)):
            return same
        key = self._key(article, own)
        if identity.address_holding(self._db, key) is None:
            moved = identity.moved_to(self._db, article.url)
            if moved is not None:
                return identity.identity_of(self._db, moved)[0]
            if same := self._as_feed_says(article, link):
                return same
        return Identity(url_key=key, key=article_key(key))

    def _as_before(self, article: Article, known: int, own: str) -> Identity | None:
        """Return the identity of the article looked at again if this is it, here or where it moved to."""
        identity_, url = identity.identity_of(self._db, known)
        if url_key(url) == own:
            return identity_
        holder = identity.address_holding(self._db, own)
        elsewhere = self._directory.of_url(url) != article.outlet or (holder is not None and holder[0] != known)
        if elsewhere or not identity.carries(self._db, known, article.text):
            return None
        return replace(identity_, moved=True)

    def _as_feed_says(self, article: Article, link: Link | None) -> Identity | None:
        """Return the identity of the older article that the feed says this is, if their texts bear it out."""
        older = link.same_as if link else None
        holder = identity.holding_link(self._db, older) if older else None
        if holder is None or article.outlet is None or self._directory.of_url(holder[1]) != article.outlet:
            return None
        if identity.carries(self._db, holder[0], article.text):
            return replace(identity.identity_of(self._db, holder[0])[0], moved=True)
        guids.contradict_guid(self._db, article.outlet)
        return None

    def _key(self, article: Article, own: str) -> str:
        """Return the key of an article's canonical address, unless that is another article's; else its own."""
        same_outlet = self._directory.of_url(article.canonical_url or "") == article.outlet
        key = article_url_key(article.url, article.canonical_url, same_outlet=same_outlet)
        holder = identity.address_holding(self._db, key) if key != own else None
        if holder and url_key(holder[1]) != own and not identity.carries(self._db, holder[0], article.text):
            return own  # not every page that names a canonical is a variant of it
        return key
