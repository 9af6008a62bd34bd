"""Builders of what outlets serve: pages, feeds, sitemaps, robots.txt. Text in, text out; `NewsSite` serves it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

Paragraphs = Sequence[str]


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a feed, sitemap or section page."""

    url: str
    title: str | None = None
    published: str | None = None
    """ISO 8601, with offset or without."""
    author: str | None = None
    summary: str | None = None
    guid: str | None = None
    """None: the address."""


def article(
    title: str,
    paragraphs: Paragraphs,
    *,
    published: str | None = None,
    modified: str | None = None,
    byline: str | None = None,
    above: str = "",
    after: str = "",
    canonical: str | None = None,
    language: str | None = "en",
    jsonld: bool = True,
    site_name: str = "The Test Gazette",
    aside: Sequence[str] = (),
    head: str = "",
) -> str:
    """Return an article page as present-day news sites write it.

    `published` and `modified` are ISO 8601 and stand in JSON-LD, else in meta elements. `byline` stands under the
    headline. A paragraph that begins with `<` is markup and goes in as it is. `above` is markup inside the article
    before the text; `after` is markup *outside* the article element, where credit lines and boxes of outlets stand.
    `aside` are headlines of other stories.
    """
    heads = [f"<title>{escape(title)} - {escape(site_name)}</title>", head]
    heads.append(f'<meta property="og:title" content="{escape(title)}"><meta property="og:type" content="article">')
    if canonical:
        heads.append(f'<link rel="canonical" href="{escape(canonical)}">')
    if jsonld:
        heads.append(_jsonld(title, published, modified, byline, site_name))
    else:
        stated = {"article:published_time": published, "article:modified_time": modified}
        heads += [f'<meta property="{name}" content="{value}">' for name, value in stated.items() if value]
    body = "\n".join(part if part.startswith("<") else f"<p>{escape(part, quote=False)}</p>" for part in paragraphs)
    related = "".join(f'<li><a href="/other/{n}">{escape(line)}</a></li>' for n, line in enumerate(aside))
    return f"""<!DOCTYPE html>
<html{f' lang="{language}"' if language else ""}>
<head><meta charset="utf-8">{"".join(heads)}</head>
<body>
<header class="site-header"><a href="/">{escape(site_name)}</a>
<nav><ul><li><a href="/world">World</a></li><li><a href="/politics">Politics</a></li></ul></nav></header>
<main><article class="story">
<h1>{escape(title)}</h1>
{f'<p class="byline">{escape(byline)}</p>' if byline else ""}{above}
<div class="story-body">
{body}
</div>
</article>
{after}</main>
<aside class="related"><h3>More stories</h3><ul>{related}</ul></aside>
<footer class="site-footer"><p>All rights reserved. {escape(site_name)}</p></footer>
</body></html>
"""


def _jsonld(title: str, published: str | None, modified: str | None, byline: str | None, site_name: str) -> str:
    node = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": published,
        "dateModified": modified,
        "author": {"@type": "Person", "name": byline.removeprefix("By ")} if byline else None,
        "publisher": {"@type": "Organization", "name": site_name},
    }
    stated = {name: value for name, value in node.items() if value is not None}
    return f'<script type="application/ld+json">{json.dumps(stated, ensure_ascii=False)}</script>'


def section(items: Sequence[Item], *, head: str = "", next_page: str | None = None) -> str:
    """Return a page that lists articles: a front page or a section; `head` may hold `feed_link(…)`."""
    links = "\n".join(
        f'<article class="teaser"><h2><a href="{escape(item.url)}">{escape(item.title or item.url)}</a></h2></article>'
        for item in items
    )
    more = f'<a rel="next" href="{escape(next_page)}">Older</a>' if next_page else ""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body><main>{links}</main>{more}</body></html>'
    )


def feed_link(url: str, *, kind: str = "application/rss+xml") -> str:
    """Return the element by which a page names its feed."""
    return f'<link rel="alternate" type="{kind}" href="{escape(url)}">'


def rss(items: Sequence[Item], *, title: str = "Feed", language: str = "en") -> str:
    """Return an RSS 2.0 feed; its dates are RFC 822 with the offset given."""
    entries = "".join(
        f"<item><link>{escape(item.url)}</link><guid>{escape(item.guid or item.url)}</guid>"
        + (f"<title>{escape(item.title)}</title>" if item.title else "")
        + (f"<pubDate>{format_datetime(datetime.fromisoformat(item.published))}</pubDate>" if item.published else "")
        + (f"<dc:creator>{escape(item.author)}</dc:creator>" if item.author else "")
        + (f"<description>{escape(item.summary)}</description>" if item.summary else "")
        + "</item>"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{escape(title)}</title><language>{language}</language>{entries}</channel></rss>"
    )


def atom(items: Sequence[Item], *, title: str = "Feed") -> str:
    """Return an Atom feed."""
    entries = "".join(
        f'<entry><id>{escape(item.url)}</id><link rel="alternate" href="{escape(item.url)}"/>'
        f"<title>{escape(item.title or '')}</title>"
        + (f"<published>{item.published}</published><updated>{item.published}</updated>" if item.published else "")
        + (f"<author><name>{escape(item.author)}</name></author>" if item.author else "")
        + (f"<summary>{escape(item.summary)}</summary>" if item.summary else "")
        + "</entry>"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(title)}</title>{entries}</feed>"
    )


def sitemap(items: Sequence[Item]) -> str:
    """Return a sitemaps.org sitemap; `published` is its lastmod."""
    return _urlset(
        f"<url><loc>{escape(item.url)}</loc>"
        + (f"<lastmod>{item.published}</lastmod>" if item.published else "")
        + "</url>"
        for item in items
    )


def news_sitemap(items: Sequence[Item], *, name: str = "The Test Gazette", language: str = "en") -> str:
    """Return a news sitemap."""
    return _urlset(
        f"<url><loc>{escape(item.url)}</loc><news:news>"
        f"<news:publication><news:name>{escape(name)}</news:name><news:language>{language}</news:language>"
        "</news:publication>"
        + (f"<news:publication_date>{item.published}</news:publication_date>" if item.published else "")
        + (f"<news:title>{escape(item.title)}</news:title>" if item.title else "")
        + "</news:news></url>"
        for item in items
    )


def _urlset(entries: Iterable[str]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{"".join(entries)}</urlset>'
    )


def sitemap_index(urls: Sequence[str]) -> str:
    """Return a sitemap of sitemaps."""
    entries = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in urls)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'
    )


def robots(*, disallow: Sequence[str] = (), sitemaps: Sequence[str] = (), crawl_delay: float | None = None) -> str:
    """Return a robots.txt for every agent."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in disallow or [""])]
    if crawl_delay is not None:
        lines.append(f"Crawl-delay: {crawl_delay:g}")
    return "\n".join([*lines, *(f"Sitemap: {url}" for url in sitemaps)]) + "\n"
