"""Machine-readable statements of a page about its source: addresses, meta elements, structured data → credits. Pure."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.markup import Page, absolute, plain, texts
from crawler.outlets import host_of
from crawler.sources import Names, is_generic, registrable, same_site
from storage.records import Credit, CreditKind


def stated_credits(page: Page, names: Names) -> Iterator[Credit]:
    """Yield the credits in a page's addresses and machine-readable fields."""
    for rule, url in (("canonical", page.canonical_url), ("og-url", page.og_url)):
        if url and urlsplit(url).path.strip("/") and _is_other_site(url, page.url, names):
            yield from _pointed(url, url, rule, names, 0.9 if rule == "canonical" else 0.8)
    for key in ("isBasedOn", "isBasedOnUrl"):
        for value in page.stated(key):
            for item in value if isinstance(value, list) else [value]:
                address = (
                    item
                    if isinstance(item, str)
                    else item.get("url") or item.get("@id")
                    if isinstance(item, dict)
                    else None
                )
                if isinstance(address, str) and (url := absolute(page.url, address)):
                    yield from _pointed(url, address, f"jsonld-{key}", names, 0.9)
    for name in ("syndication-source", "original-source", "article:original_source"):
        if content := page.meta(name):
            url = absolute(page.url, content) if content.startswith("http") else None
            yield from (
                _pointed(url, content, f"meta-{name}", names, 0.95)
                if url
                else _named(content, f"meta-{name}", names, 0.9, known=False)
            )
    for key, known in (("sourceOrganization", False), ("publisher", True), ("author", True), ("creator", True)):
        for value in page.stated(key):
            for name in texts(value):
                yield from _named(
                    name, f"jsonld-{key}", names, 0.9 if key == "sourceOrganization" else 0.8, known=known
                )
    for content in page.metas.get("author", ()):
        yield from _named(content, "meta-author", names, 0.8, known=True)


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
    name = names.directory.outlets[outlet].name if names.directory and outlet else host
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
