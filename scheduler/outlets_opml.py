"""OPML 1 and 2, the lists of feeds that readers exchange ↔ outlets: feeds of one site are one outlet. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from crawler.outlets import host_of
from crawler.urls import clean_url
from scheduler.outlets_file import Cells, list_cell
from storage.records import Outlet

# A path that stands for an edition of its own (dw.com/tr); any other is a section, whose feed is one of the outlet's
_EDITION = re.compile(r"/[a-z]{2}(?:[-_][a-z]{2})?/?", re.IGNORECASE)
_FEED_HOSTS = re.compile(r"^(?:feeds?|rss)\d?\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site of an OPML file."""

    line: int
    cells: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """What an OPML file lists."""

    entries: tuple[Site, ...]
    notes: tuple[str, ...]
    unusable: tuple[tuple[int, str], ...]
    """Line and reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subscription:
    line: int
    name: str
    site: str
    """Address of the site, made up from the feed's where none is stated."""
    guessed: bool
    feed: str | None
    groups: tuple[str, ...]
    language: str


def read(raw: bytes) -> Sites | None:
    """Return the sites an OPML file lists; None if it is no OPML."""
    # what is broken is read as far as it goes; entities and addresses of other files are not followed
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, remove_comments=True, huge_tree=False
    )
    root = etree.fromstring(raw.lstrip(b"\xef\xbb\xbf \t\r\n"), parser)
    outlines = [] if root is None else [node for node in root.iter() if _tag(node) == "outline"]
    if not outlines:
        return None
    unusable: list[tuple[int, str]] = []
    sites: defaultdict[tuple[str, str], list[_Subscription]] = defaultdict(list)
    for outline in outlines:
        found = _subscription(outline)
        if isinstance(found, str):
            unusable.append((outline.sourceline, found))
        elif found:
            sites[_key(found.site)].append(found)
    broken = [f"line {error.line}: {error.message}; what could be read was" for error in list(parser.error_log)[:1]]
    guessed = [found[0].name for found in sites.values() if all(one.guessed for one in found)]
    notes = broken + ([f"no site stated, taken from the feed's address: {', '.join(guessed)}"] if guessed else [])
    return Sites(entries=tuple(map(_site, sites.values())), notes=tuple(notes), unusable=tuple(unusable))


def write(outlets: Iterable[tuple[Outlet, Sequence[str]]], *, title: str) -> str:
    """Return outlets with their feeds as OPML 2.0, each under its first group."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for outlet, feeds in outlets:
        group = outlet.groups[0] if outlet.groups else ""
        if group and group not in folders:
            folders[group] = etree.SubElement(body, "outline", text=group, title=group)
        for feed in feeds or (None,):
            stated = {"text": outlet.name, "title": outlet.name}
            stated |= (
                {"type": "rss", "xmlUrl": feed, "htmlUrl": outlet.url} if feed else {"type": "link", "url": outlet.url}
            )
            if len(outlet.groups) > 1:
                stated["category"] = ",".join(name.replace(",", " ") for name in outlet.groups)
            if outlet.language:
                stated["language"] = outlet.language
            etree.SubElement(folders[group] if group else body, "outline", {k: _xml(v) for k, v in stated.items()})
    return str(etree.tostring(root, encoding="unicode", pretty_print=True))


def _subscription(outline: etree._Element) -> _Subscription | str | None:
    """Return a subscription, a reason why it is none, or None for a folder."""
    stated = {name.lower(): value.strip() for name, value in outline.attrib.items() if value.strip()}
    feed, site = stated.get("xmlurl"), stated.get("htmlurl")
    is_link = stated.get("type", "").lower() == "link" and stated.get("url")
    if not feed and not site and not is_link:
        named = stated.get("text") or stated.get("title") or "without a name"
        return f"no address ({named})" if len(outline) == 0 and "type" in stated else None  # else a folder
    name = stated.get("text") or stated.get("title") or ""
    address = clean_url(feed) if feed else None
    if feed and address is None:
        return f"{feed!r} is no web address"
    home = clean_url(site or stated.get("url") or "") if site or is_link else None
    guess = f"https://{_FEED_HOSTS.sub('', urlsplit(address).netloc)}/" if address else ""
    if home is None and not guess:
        return f"{site or stated.get('url')!r} is no web address"
    if home is None and address:
        guess = guess if urlsplit(address).scheme == "https" else f"http{guess.removeprefix('https')}"
    return _Subscription(
        line=outline.sourceline,
        name=name,
        site=home or guess,
        guessed=home is None,
        feed=address,
        groups=tuple(dict.fromkeys([*_folders(outline), *_categories(stated.get("category", ""))])),
        language=stated.get("language", "").partition("-")[0],
    )


def _site(found: Sequence[_Subscription]) -> Site:
    """Return the feeds of one site as one outlet, called as the shortest of them."""
    names = sorted({one.name for one in found if one.name}, key=lambda name: (len(name), name))
    parts = urlsplit(found[0].site)
    path = parts.path if _EDITION.fullmatch(parts.path) else "/"
    cells = {
        "name": names[0] if names else "",
        "url": f"{parts.scheme}://{parts.netloc}{path}",
        "language": next((one.language for one in found if one.language), ""),
        "groups": list_cell(tuple(dict.fromkeys(group for one in found for group in one.groups))),
        "feeds": list_cell(tuple(dict.fromkeys(one.feed for one in found if one.feed))),
    }
    return Site(line=found[0].line, cells={name: cell for name, cell in cells.items() if cell})


def _key(site: str) -> tuple[str, str]:
    path = urlsplit(site).path
    return host_of(site), path.strip("/").lower() if _EDITION.fullmatch(path) else ""


def _folders(outline: etree._Element) -> Iterator[str]:
    for folder in reversed(list(outline.iterancestors())):
        if _tag(folder) == "outline" and (name := (folder.get("text") or folder.get("title") or "").strip()):
            yield name


def _categories(stated: str) -> Iterator[str]:
    """OPML 2.0: categories apart by commas, each a path with slashes (`/Regions/Turkey`) or a word."""
    for category in stated.split(","):
        if words := category.strip().strip("/"):
            yield words


def _tag(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""


def _xml(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() or letter == " ")
