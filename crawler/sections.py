"""The section an outlet files an article under: structured data, meta, breadcrumbs, the address. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from lxml import etree

from crawler.jsonld import texts
from crawler.markup import Page, words_of
from storage.words import fold

_METAS = (
    "article:section",
    "og:article:section",
    "parsely-section",
    "section",
    "articlesection",
    "category",
)
_TRAILS = etree.XPath(
    '(//ol|//ul|//nav|//div)[contains(@class,"breadcrumb") or contains(@itemtype,"BreadcrumbList") or @itemprop="breadcrumb"]'
)
_CRUMBS = (etree.XPath('.//*[@itemprop="name"]'), etree.XPath(".//a"))
_LONGEST = 40  # characters of a section's name; longer crumbs are headlines
_HOME = frozenset(
    map(
        fold,
        [
            "home",
            "homepage",
            "start",
            "startseite",
            "accueil",
            "inicio",
            "início",
            "portada",
            "página inicial",
            "главная",
            "головна",
            "anasayfa",
            "ana sayfa",
            "αρχική",
            "strona główna",
            "首页",
            "首頁",
            "ホーム",
            "トップ",
            "홈",
            "الرئيسية",
            "beranda",
            "hjem",
            "hem",
            "domov",
            "úvod",
            "početna",
            "naslovna",
            "acasă",
            "etusivu",
            "news",
            "nachrichten",
        ],
    )
)
_PLAIN = re.compile(r"[a-z]{4,20}")
# First words of addresses that say what is there and not what it is about
_NO_SECTION = re.compile(
    r"news|article|articles|story|stories|post|posts|blog|index|archive|archives|page|pages|content|"
    r"detail|details|haber|haberler|artikel|nachrichten|noticias|noticia|actualites|notizie|read|view|show|node|"
    r"item|latest|home|aktuell|newsroom|media|press|live|video|videos"
)


def section(page: Page, *, title: str | None, names: Callable[[], Iterable[str]]) -> str | None:
    """Return the section, or None. `names` gives the outlet's own, folded; the address counts only where its first word is a plain one."""
    stated = [text for value in page.stated("articleSection") for text in texts(value)[:1]]
    stated.append(page.meta(*_METAS) or "")
    if found := next((text for text in stated if text and not text.startswith("http")), None):
        return found
    if found := _of_crumbs(page.crumbs, title, names):
        return found
    trail = next(iter(_TRAILS(page.tree)), None)
    marked = () if trail is None else next((found for crumbs in _CRUMBS if (found := crumbs(trail))), ())
    marked = [words_of(element) for element in marked[:8]]
    if found := _of_crumbs(marked, title, names):
        return found
    return _of_address(page.url)


def _of_crumbs(crumbs: Sequence[str], title: str | None, names: Callable[[], Iterable[str]]) -> str | None:
    """Return the last crumb that is neither the article itself nor the way home."""
    home = _HOME.union(names()) if crumbs else _HOME
    inner = [crumb for crumb in crumbs if crumb and fold(crumb) not in home]
    if inner and (fold(inner[-1]) == fold(title or "") or len(inner[-1]) > _LONGEST):
        inner.pop()
    return inner[-1] if inner and len(inner[-1]) <= _LONGEST else None


def _of_address(url: str) -> str | None:
    first, *rest = urlsplit(url).path.strip("/").split("/")
    return first if rest and _PLAIN.fullmatch(first) and not _NO_SECTION.fullmatch(first) else None
