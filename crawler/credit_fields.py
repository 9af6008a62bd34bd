"""Machine-readable statements of a page about its source: addresses, meta elements, structured data → credits. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.jsonld import texts
from crawler.markup import Page, absolute
from crawler.outlets import host_of
from crawler.printing import plain
from crawler.sources import Names, domain_label, is_generic, registrable, same_site
from storage.records import Credit, CreditKind

# Field → how sure it is. An address in the first two kinds is another outlet's page; a name may be anybody's in the third,
# and in the last only a known one is believed: publishers and authors are mostly the page's own.
_BASES = {"isBasedOn": 0.9, "isBasedOnUrl": 0.9}
_META_SOURCES = {"syndication-source": 0.95, "original-source": 0.95, "article:original_source": 0.95}
_SOURCE_NAMES = {"sourceOrganization": 0.9}
_KNOWN_NAMES = {"publisher": 0.8, "author": 0.8, "creator": 0.8, "provider": 0.8}
FIELD_RULES = (
    "canonical",
    "og-url",
    *(f"jsonld-{key}" for key in (*_BASES, *_SOURCE_NAMES, *_KNOWN_NAMES)),
    *(f"meta-{name}" for name in (*_META_SOURCES, "author")),
)
"""The rules of machine-readable statements, by name."""
_ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/\d+\w*/(?=https?:)")
"""What the Internet Archive puts in front of the addresses in the pages it keeps."""


def stated_credits(page: Page, names: Names) -> Iterator[Credit]:
    """Yield the credits in a page's addresses and machine-readable fields."""
    for rule, stated in (("canonical", page.canonical_url), ("og-url", page.og_url)):
        url = _ARCHIVED.sub("", stated or "")
        if url and urlsplit(url).path.strip("/") and _is_other_site(url, page.url, names):
            yield from _pointed(url, stated or url, rule, names, 0.9 if rule == "canonical" else 0.8)
    for key, confidence in _BASES.items():
        for value in page.stated(key):
            for address in _addresses(value):
                if target := absolute(page.url, address):
                    yield from _pointed(target, address, f"jsonld-{key}", names, confidence)
    for name, confidence in _META_SOURCES.items():
        if content := page.meta(name):
            target = absolute(page.url, content) if content.startswith("http") else None
            yield from (
                _pointed(target, content, f"meta-{name}", names, confidence)
                if target
                else _named(content, f"meta-{name}", names, confidence - 0.05, known=False)
            )
    for key, confidence in (_SOURCE_NAMES | _KNOWN_NAMES).items():
        for value in page.stated(key):
            for name in texts(value):
                yield from _named(name, f"jsonld-{key}", names, confidence, known=key in _KNOWN_NAMES)
    for content in page.metas.get("author", ()):
        yield from _named(content, "meta-author", names, 0.8, known=True)


def _addresses(value: object) -> Iterator[str]:
    """Yield the addresses in a JSON-LD value: a string, a node, or a list of them."""
    for item in value if isinstance(value, list) else [value]:
        address = (item.get("url") or item.get("@id")) if isinstance(item, dict) else item
        if isinstance(address, str):
            yield address


def _is_other_site(url: str, page_url: str, names: Names) -> bool:
    """Tell whether an address is another outlet's, or on another site where no outlet is known to own it."""
    outlet = names.directory.of_url(url) if names.directory else None
    if outlet and names.outlet:
        return outlet != names.outlet
    return registrable(host_of(url)) != registrable(host_of(page_url))


def _pointed(url: str, words: str, rule: str, names: Names, confidence: float) -> Iterator[Credit]:
    """A credit by address: its outlet's name, or its host."""
    host = host_of(url)
    outlet = names.outlet_of(host, url)
    if not host or same_site(url, host, names):
        return
    label = domain_label(host)
    name = names.directory.outlets[outlet].name if names.directory and outlet else names.known(label.upper()) or host
    kind: CreditKind = "canonical" if rule in ("canonical", "og-url") else "structured_data"
    yield Credit(
        name=name,
        outlet=outlet,
        url=url,
        role="republication",
        kind=kind,
        words=words,
        rule=rule,
        confidence=confidence,
    )


def _named(name: str, rule: str, names: Names, confidence: float, *, known: bool) -> Iterator[Credit]:
    name = plain(name)
    if not name or is_generic(name) or names.is_own(name) or (known and not names.known(name)):
        return
    kind: CreditKind = "byline" if rule.endswith(("author", "creator")) else "structured_data"
    yield Credit(
        name=name,
        outlet=names.outlet_of(name),
        role="republication",
        kind=kind,
        words=name,
        rule=rule,
        confidence=confidence,
    )
