"""What robots.txt says about where the sitemaps are. Pure. (Whether we may ask is the download's business.)"""

import re

from crawler.urls import clean_url

_SITEMAP = re.compile(r"\s*site-?map\s*:\s*(\S+)", re.IGNORECASE)


def robots_sitemaps(body: bytes, url: str = "") -> tuple[str, ...]:
    """Return the addresses of `Sitemap:` lines in order, each once; `url`, the file's own, is for relative ones."""
    lines = body.decode("utf-8-sig", "replace").splitlines()
    stated = (match[1] for line in lines if (match := _SITEMAP.match(line)))
    return tuple(dict.fromkeys(address for text in stated if (address := clean_url(text, url))))
