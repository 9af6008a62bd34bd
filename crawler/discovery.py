"""Where an outlet lists its articles → links. Pure: bytes in, records out; the front of the modules that do the work.

`feeds` RSS, RDF, Atom, JSON Feed · `sitemaps` urlset, index, news, text · `pages` front and section pages ·
`robots` the sitemaps robots.txt names. None of them raises; what could not be read is `Listing.problem`.
"""

import re
from collections.abc import Collection
from dataclasses import replace

from crawler.feeds import links_from_feed, looks_like_html
from crawler.listing import MAX_BYTES, MAX_LINKS, Child, Listing, at_most, in_one_line, unpack
from crawler.pages import links_from_page
from crawler.robots import robots_sitemaps
from crawler.sitemaps import links_from_sitemap
from storage.records import FeedKind, Outlet

__all__ = [
    "Child",
    "Listing",
    "links_from_feed",
    "links_from_page",
    "links_from_sitemap",
    "links_of",
    "looks_like_html",
    "robots_sitemaps",
]

_SITEMAP_ROOT = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
_XML_LIST = re.compile(
    rb"\A\s*(?><\?.*?\?>\s*|<!--.*?-->\s*)*<(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex)\b", re.IGNORECASE | re.DOTALL
)
_HEAD = 3000  # bytes in which a document shows what it is


def links_of(
    body: bytes,
    url: str,
    kind: FeedKind,
    *,
    outlet: Outlet,
    content_type: str = "",
    known: Collection[str] = (),
    max_bytes: int = MAX_BYTES,
) -> Listing:
    """Read a listing configured or found as `kind`; `Listing.kind` says what it turned out to be (a section's next page
    may be a feed's).

    `known`: addresses or keys of articles of this outlet, which tell its sections' links apart.
    """
    body, cut = unpack(body, max_bytes=max_bytes)
    head = body[:_HEAD]
    if kind == "section" and not _XML_LIST.search(head):
        listing = links_from_page(body, url, outlet=outlet, known=known, content_type=content_type, max_bytes=max_bytes)
    elif kind in ("feed", "section") and not _SITEMAP_ROOT.search(head):
        listing = links_from_feed(body, url, outlet=outlet, content_type=content_type, max_bytes=max_bytes)
    else:
        listing = links_from_sitemap(body, url, outlet=outlet, max_bytes=max_bytes)
    return at_most(replace(listing, problem=in_one_line(cut, listing.problem)), MAX_LINKS)
