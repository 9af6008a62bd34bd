"""Outlets and their articles → what each answers at each path: pages, feeds, sitemaps, robots.txt."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from html import escape

from scheduler.demo.papers import OUTLETS, Page, Paper, World, moment, pages, paragraphs, shown, spoken, stamp

UTF8_HTML = "text/html; charset=utf-8"
_SLOT = re.compile(r"\{\{(\w+)(?: (-?\d+))?\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an outlet says at one path."""

    body: bytes
    content_type: str
    status: int = 200
    modified: datetime | None = None


def replies(paper: Paper, day: int, world: World) -> dict[str, Reply]:
    """Return what an outlet answers on a day, by path. Anything else is not found."""
    present = shown(paper, day)
    answers = {page.path: _article(paper, page, present, world) for page in present}
    for page in pages().values():
        if page.paper == paper.id and page.path not in answers and "gone" in page.head and day > 1:
            answers[page.path] = Reply(body=b"", content_type="text/html", status=int(page.head["gone"]))
    return answers | _listings(paper, present, world)


def _article(paper: Paper, page: Page, present: Sequence[Page], world: World) -> Reply:
    layout = (OUTLETS / paper.id / "layout.html").read_text(encoding="utf-8")
    text = _SLOT.sub(lambda match: _fill(match, _slots(paper, page, present, world), world, paper), layout)
    return Reply(
        body=text.encode(paper.charset),
        content_type="text/html" if paper.charset != "utf-8" else "text/html; charset=utf-8",
        modified=moment(page.head.get("modified", page.head["published"]), world.base_day),
    )


def _slots(paper: Paper, page: Page, present: Sequence[Page], world: World) -> dict[str, str]:
    published = stamp(page.head["published"], world.base_day)
    language = page.head.get("language", paper.language)
    byline = page.head.get("byline", "")
    canonical = page.head.get("canonical")
    plain = {
        "title": escape(page.head["title"], quote=True).replace("&#x27;", "'"),
        "published": published,
        "modified": stamp(page.head.get("modified", page.head["published"]), world.base_day),
        "date": spoken(date.fromisoformat(published[:10]), language),
        "time": published[11:16],
        "lang": language,
        "charset": paper.charset,
        "section": page.head["section"],
        "byline": byline,
        "home": world.addresses[paper.id],
        "url": world.addresses[paper.id] + page.path,
        "canonical": f'<link rel="canonical" href="{canonical}">' if canonical else "",
        "body": "\n".join(map(_markup, paragraphs(page))),
        "after": "\n".join(map(_markup, page.after)),
        "related": "".join(
            f'<li><a href="{other.path}">{escape(other.head["title"], quote=False)}</a></li>'
            for other in present
            if other is not page
        ),
    }
    words = {"title": page.head["title"], "section": page.head["section"], "byline": byline}
    return plain | {f"{name}_json": json.dumps(value, ensure_ascii=False) for name, value in words.items()}


def _fill(match: re.Match[str], slots: Mapping[str, str], world: World, paper: Paper) -> str:
    """Put in a slot's value, and the slots that stand in that value."""
    name, days = match.groups()
    if name == "day":
        return spoken(world.base_day + timedelta(days=int(days)), paper.language)
    if name in world.addresses:
        return world.addresses[name]
    return _SLOT.sub(lambda inner: _fill(inner, {}, world, paper), slots[name])


def _markup(block: str) -> str:
    return block if block.startswith("<") else f"<p>{escape(block, quote=False)}</p>"


def _listings(paper: Paper, present: Sequence[Page], world: World) -> dict[str, Reply]:
    """Front page, section, feed, sitemap and robots.txt."""
    home = world.addresses[paper.id]
    robots = f"User-agent: *\nDisallow: /search\n\nSitemap: {home}{paper.sitemap}\n"
    listed = [page for page in present if not paper.sitemap_sections or page.head["section"] in paper.sitemap_sections]
    answers = {
        "/": Reply(body=_front(paper, present).encode(), content_type=UTF8_HTML),
        "/robots.txt": Reply(body=robots.encode(), content_type="text/plain"),
        paper.sitemap: Reply(body=_sitemap(paper, listed, world).encode(), content_type="application/xml"),
    }
    if paper.section:
        inside = [page for page in present if page.path.startswith(paper.section)]
        answers[paper.section] = Reply(body=_front(paper, inside).encode(), content_type=UTF8_HTML)
    if paper.feed:
        build = {"rss": _rss, "atom": _atom}[paper.feed_kind]
        kind = f"application/{paper.feed_kind}+xml"
        answers[paper.feed] = Reply(body=build(paper, present, world).encode(), content_type=kind)
    return answers


def _front(paper: Paper, present: Sequence[Page]) -> str:
    teasers = "\n".join(
        f'<div class="teaser"><h2><a href="{page.path}">{escape(page.head["title"], quote=False)}</a></h2></div>'
        for page in present
    )
    link = f'<link rel="alternate" type="application/{paper.feed_kind}+xml" href="{paper.feed}">' if paper.feed else ""
    slots = {"lang": paper.language, "charset": "utf-8", "site": paper.name, "teasers": teasers, "feed_link": link}
    layout = (OUTLETS / "front.html").read_text(encoding="utf-8")
    return _SLOT.sub(lambda match: slots[match[1]], layout)


def _rss(paper: Paper, present: Sequence[Page], world: World) -> str:
    items = "\n".join(
        f"<item><title>{escape(page.head['title'])}</title><link>{_address(page, world)}</link>"
        f"<guid>{_address(page, world)}</guid>{_pub_date(page, world)}</item>"
        for page in present
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>{escape(paper.name)}</title>'
        f"<link>{world.addresses[paper.id]}/</link><description>{escape(paper.name)}</description>"
        f"<language>{paper.language}</language>\n{items}\n</channel></rss>\n"
    )


def _pub_date(page: Page, world: World) -> str:
    """Say nothing where the page itself knows no more than the day."""
    stated = datetime.fromisoformat(stamp(page.head["published"], world.base_day))
    return f"<pubDate>{format_datetime(stated)}</pubDate>" if stated.tzinfo else ""


def _atom(paper: Paper, present: Sequence[Page], world: World) -> str:
    entries = "\n".join(
        f"<entry><id>{_address(page, world)}</id><title>{escape(page.head['title'])}</title>"
        f'<link rel="alternate" href="{_address(page, world)}"/>'
        f"<author><name>{escape(page.head['byline'])}</name></author>"
        f"<published>{_iso(page, 'published', world)}</published>"
        f"<updated>{_iso(page, 'modified', world)}</updated></entry>"
        for page in present
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"'
        f' xml:lang="{paper.language}">'
        f"<title>{escape(paper.name)}</title><id>{world.addresses[paper.id]}/</id>"
        f"<updated>{_iso(present[0], 'published', world)}</updated>\n{entries}\n</feed>\n"
    )


def _sitemap(paper: Paper, listed: Sequence[Page], world: World) -> str:
    build = {"news": _news_entry, "plain": _entry}[paper.sitemap_kind]
    entries = "\n".join(build(paper, page, world) for page in listed)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{entries}\n</urlset>\n'
    )


def _entry(paper: Paper, page: Page, world: World) -> str:
    return f"<url><loc>{_address(page, world)}</loc><lastmod>{_iso(page, 'modified', world)}</lastmod></url>"


def _news_entry(paper: Paper, page: Page, world: World) -> str:
    language = page.head.get("language", paper.language)
    return (
        f"<url><loc>{_address(page, world)}</loc><news:news>"
        f"<news:publication><news:name>{escape(paper.name)}</news:name>"
        f"<news:language>{language}</news:language></news:publication>"
        f"<news:publication_date>{_iso(page, 'published', world)}</news:publication_date>"
        f"<news:title>{escape(page.head['title'])}</news:title></news:news></url>"
    )


def _address(page: Page, world: World) -> str:
    return world.addresses[page.paper] + page.path


def _iso(page: Page, which: str, world: World) -> str:
    return stamp(page.head.get(which, page.head["published"]), world.base_day)
