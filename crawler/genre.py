"""What kind of page an article's is, and whether it is free to read: by what it states and what there is to read. Pure."""

import re
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from crawler.markup import Page, words_of
from storage.records import Genre
from storage.words import fold

_LIVE = re.compile(
    r"/(?:live|liveblog|live-?ticker|live-?blogs?|canli|canlı|canli-anlatim)(?:/|$)|[-/](?:live-(?:updates|blog)|liveblog|liveticker|live-ticker)(?:[-/.]|$)",
    re.IGNORECASE,
)
_MAYBE_LIVE = re.compile(
    r"\blive\b|\blive-?(?:blog|ticker|text)|minute by minute|ao vivo|en (?:vivo|directo|direct)|diretta|canlı|на живо|онлайн|трансляция|relacja|na żywo|direkte?\b",
    re.IGNORECASE,
)
_UPDATE = re.compile(
    r"live-?(?:blog|post|update|entry|item|event|ticker)|(?:^|[\s_-])(?:updates?|ticker)[\s_-]?(?:post|item|entry)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b\d\d?[:.h]\d\d\b")
_UPDATES, _TIMED = 4, 120  # blocks with a time in so many first characters; articles have boxes called live, too
_GALLERY = re.compile(
    r"/(?:(?:galler(?:y|ies)|photos?)/|(?:photo-?galler(?:y|ies)|fotogaleri|galeri|bildergalerie|fotostrecke|slideshow)[/-])",
    re.IGNORECASE,
)
_GALLERY_TYPES = frozenset(("ImageGallery", "MediaGallery"))
_READ = 2000  # characters; a longer text is read, whatever stands beside it
_SHOWN_BESIDE = 600  # characters; articles that embed a video state it, too, and have more to read
_PICTURES, _CAPTION = (
    8,
    20,
)  # captions, and characters of one, from which on a page that prints more of them is a gallery


def genre(page: Page, title: str | None, text: str) -> Genre:
    """Tell live blogs, galleries and videos from articles by what the page says it is and how much there is to read."""
    path = urlsplit(page.url).path
    if any("LiveBlogPosting" in name for name in page.types | {str(node.get("@type")) for node in page.articles}):
        return "liveblog"
    if _LIVE.search(path) or (_MAYBE_LIVE.search(f"{path} {title or ''}") and _has_updates(page)):
        return "liveblog"
    stated_video = (page.meta("og:type") or "").startswith("video") or re.search(r"/videos?/", path)
    if (stated_video and len(text) < _READ) or ("VideoObject" in page.types and len(text) < _SHOWN_BESIDE):
        return "video"
    gallery = _GALLERY.search(path) or re.match(r"(?:in pictures|photos?|bilder|fotogaleri)\s*:", fold(title or ""))
    if gallery or (page.types & _GALLERY_TYPES and len(text) < _READ) or _is_mostly_pictures(page, text):
        return "gallery"
    return "article"


def _has_updates(page: Page) -> bool:
    """Tell whether a page has several blocks called updates with a time in them."""
    blocks = (element for element in page.tree.iter("article", "div", "li", "section") if _is_called_update(element))
    timed = (block for block in blocks if block.find(".//time") is not None or _CLOCK.search(words_of(block)[:_TIMED]))
    return len(list(islice(timed, _UPDATES))) == _UPDATES


def _is_called_update(element: etree._Element) -> bool:
    return _UPDATE.search(f"{element.get('class') or ''} {element.get('id') or ''}"[:200]) is not None


def _is_mostly_pictures(page: Page, text: str) -> bool:
    captions = [size for element in page.tree.iter("figcaption") if (size := len(words_of(element))) >= _CAPTION]
    return len(captions) >= _PICTURES and sum(captions) > len(text)


def paywalled(page: Page) -> bool:
    """True where the page says that it, or a part of it, is not free to read."""
    stated = [node.get("isAccessibleForFree") for node in page.articles]
    if all(value is None for value in stated):
        parts = (node.get("hasPart") for node in page.articles)
        each = (part for listed in parts for part in (listed if isinstance(listed, list) else [listed]))
        stated = [part.get("isAccessibleForFree") for part in each if isinstance(part, dict)]
    tier = (page.meta("article:content_tier") or "").lower()
    return any(str(value).lower().endswith("false") for value in stated) or tier in ("locked", "paywalled")
