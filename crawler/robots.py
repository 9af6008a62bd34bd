"""What robots.txt says: where the sitemaps are, and by which rule an address is closed. Pure. (That closed addresses are
not asked is the download's business.)
"""

import re
from collections.abc import Iterator

from protego import Protego

from crawler.robots_rules import Rules, product_of
from crawler.urls import clean_url

_SITEMAP = re.compile(r"\s*site-?map\s*:\s*(\S+)", re.IGNORECASE)


def robots_sitemaps(body: bytes, url: str = "") -> tuple[str, ...]:
    """Return the addresses of `Sitemap:` lines in order, each once; `url`, the file's own, is for relative ones."""
    lines = body.decode("utf-8-sig", "replace").splitlines()
    stated = (match[1] for line in lines if (match := _SITEMAP.match(line)))
    return tuple(dict.fromkeys(address for text in stated if (address := clean_url(text, url))))


def closing_rule(robots: str, url: str, agent: str) -> str | None:
    """Return the lines by which a robots.txt closes an address to `agent`, our user agent; None if it is open.

    What counts is the verdict of a crawl; the lines are the longest that say so (RFC 9309, 2.2.2).
    """
    if Rules(robots, agent).allow(url):
        return None
    ours = product_of(agent).lower()
    groups = list(_groups(robots))
    named = [group for group in groups if any(re.split(r"[/\s*]", name, maxsplit=1)[0] == ours for name in group[0])]
    chosen = named or [group for group in groups if "*" in group[0]]
    closing = [
        (path, names)
        for names, paths in chosen
        for path in paths
        if not Protego.parse(f"User-agent: *\nDisallow: {path}").can_fetch(url, agent)
    ]
    if not closing:
        return "its rules"
    path, names = max(closing, key=lambda found: len(found[0]))
    return f"User-agent: {'*' if not named else ', '.join(names)}, Disallow: {path}"


def _groups(robots: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the user agents, in lower case, and the closed paths of each group."""
    names: list[str] = []
    paths: list[str] = []
    in_rules = False
    for line in robots.splitlines():
        field, _, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if field == "user-agent":
            if in_rules:
                yield names, paths
                names, paths, in_rules = [], [], False
            names.append(value.lower())
        elif field in ("allow", "disallow"):
            in_rules = True
            paths += [value] if field == "disallow" and value else []
    yield names, paths
