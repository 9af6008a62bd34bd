"""Feeds, sitemaps and section pages: how many are read, and milliseconds beside the bare parsers.

Run: python benchmarks/discovery.py SHARED  (which holds data/feeds, data/sitemaps, data/pages, data/truth.jsonl)
"""

import gzip
import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import feedparser
from lxml import etree, html

from crawler.discovery import links_from_feed, links_from_page, links_from_sitemap
from crawler.urls import clean_url, shape_points, url_key
from storage.records import Outlet

OUTLET = Outlet(id="example", name="Example", url="https://example.org/")
URL = "https://example.org/x"
HEADLINE = "Ministers meet in Ankara over the fleet, number"


def timed(name: str, work: Callable[[bytes], object], bodies: Sequence[bytes]) -> None:
    """Print the CPU milliseconds one body takes, best of three rounds."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for body in bodies:
            work(body)
        best = min(best, time.process_time() - start)
    print(f"  {name:24} {best / len(bodies) * 1000:8.3f} ms")


def feeds(folder: Path) -> None:
    bodies = [path.read_bytes() for path in sorted(folder.iterdir())]
    listings = [links_from_feed(body, URL, outlet=OUTLET) for body in bodies]
    read = sum(bool(listing.links) for listing in listings)
    links = [link for listing in listings for link in listing.links]
    print(f"feeds read: {read} of {len(bodies)}; links {len(links)}", end="")
    print(
        f", with title {sum(bool(link.title) for link in links)}, with time {sum(bool(link.published) for link in links)}"
    )
    for path, listing in zip(sorted(folder.iterdir()), listings, strict=True):
        if listing.problem:
            print(f"  {path.name}: {len(listing.links)} links, {listing.problem}")
    items = "".join(
        f"<item><title>{HEADLINE} {n}</title><link>https://example.org/2026/05/{n}</link><guid>{n}</guid>"
        f"<pubDate>Thu, 14 May 2026 23:35:00 +0000</pubDate><description>{HEADLINE}</description></item>"
        for n in range(10_000)
    )
    long = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    start = time.process_time()
    read = len(links_from_feed(long, URL, outlet=OUTLET).links)
    print(f"  10,000 items: {read} read in {time.process_time() - start:.1f} cpu-s")
    timed("ours", lambda body: links_from_feed(body, URL, outlet=OUTLET), bodies)
    timed("feedparser as it comes", lambda body: feedparser.parse(io.BytesIO(body)), bodies)
    timed("lxml, parsed only", lambda body: etree.fromstring(body, etree.XMLParser(recover=True)), bodies)


def sitemaps(folder: Path) -> None:
    real = [path.read_bytes() for path in sorted(folder.iterdir())]
    listings = [links_from_sitemap(body, URL, outlet=OUTLET) for body in real]
    print(f"sitemaps read: {sum(bool(listing.links or listing.sitemaps) for listing in listings)} of {len(real)}")
    for path, listing in zip(sorted(folder.iterdir()), listings, strict=True):
        if listing.problem:
            print(f"  {path.name}: {len(listing.links)} links, {listing.problem}")
    entries = "".join(
        f"<url><loc>https://example.org/a-{n}</loc><lastmod>2026-05-14</lastmod></url>" for n in range(100)
    )
    made = [f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()] * 50
    timed("ours, 100 entries", lambda body: links_from_sitemap(body, URL, outlet=OUTLET), made)
    timed("lxml, parsed only", etree.fromstring, made)


def pages(data: Path) -> None:
    rows = [json.loads(line) for line in (data / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["url"] and row["corpus"] != "trafilatura"]
    shaped = sum(shape_points(row["url"]) > 1 for row in rows)
    print(f"real article addresses that look like one by themselves: {shaped} of {len(rows)}")
    found = 0
    for row in rows:  # each as a headline in a list, among sections
        address = clean_url(row["url"]) or ""
        outlet = Outlet(id="x", name="X", url="/".join(address.split("/")[:3]) + "/")
        menu = "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in ("world", "sport", "middle-east"))
        body = f'<nav><ul>{menu}</ul></nav><main><h3><a href="{address}">{HEADLINE} {len(address)}</a></h3></main>'
        listing = links_from_page(body.encode(), outlet.url, outlet=outlet)
        found += {url_key(link.url) for link in listing.links} == {url_key(address)}
    print(f"  found as the only article of a section page made around them: {found}")
    bodies = [gzip.decompress((data / "pages" / f"{row['id']}.html.gz").read_bytes()) for row in rows[:60]]
    timed("ours", lambda body: links_from_page(body, URL, outlet=OUTLET), bodies)
    timed("lxml, parsed only", html.fromstring, bodies)
    urls = [row["url"].encode() for row in rows]
    timed("url_key", lambda url: url_key(url.decode()), urls)
    timed("clean_url", lambda url: clean_url(url.decode()), urls)


if __name__ == "__main__":
    shared = Path(sys.argv[1])
    feeds(shared / "data" / "feeds")
    sitemaps(shared / "data" / "sitemaps")
    pages(shared / "data")
