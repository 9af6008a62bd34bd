"""What a setting must be beyond its type: addresses, XPaths, numbers, names. Each check raises ConfigError at its place."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import etree, html

from crawler.outlets import host_of, prefixes
from crawler.urls import clean_url, without_credentials
from storage.errors import ConfigError
from storage.records import Outlet

KINDS = ("agency", "newspaper", "broadcaster", "magazine", "think-tank", "republisher", "government", "blog")
OWNERSHIPS = ("state", "state-affiliated", "public-service", "party", "private", "unknown")
# Least and most, wherever a setting of this name stands; above them lie typing errors and what timers cannot count
RANGES: Mapping[str, tuple[float, float]] = {
    "delay_s": (0, 86_400),
    "concurrency": (1, 1_000),
    "timeout_s": (1, 86_400),
    "max_body_bytes": (1, 2**31 - 1),
    "max_links": (1, 1_000_000),
    "recheck_hours": (0, 100_000),
    "min_score": (0, 1),
}
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


def with_addresses(outlet: Outlet, place: str) -> Outlet:
    """Return an outlet with its addresses as they will be asked."""

    def asked(url: str, name: str) -> str:
        if without_credentials(url) != url:
            raise ConfigError(f"{place}.{name}", f"{without_credentials(url)!r} is given with a user name or password; "
                              "none is sent, take it out")  # fmt: skip
        address = clean_url(url)
        if address is None or not host_of(address):
            raise ConfigError(f"{place}.{name}", f"{url!r} is not an absolute http(s) address")
        return address

    for i, host in enumerate(outlet.hosts):
        address = host if "//" in host else f"https://{host}"
        if "@" in host or clean_url(address) is None or not host_of(address):
            raise ConfigError(
                f"{place}.hosts[{i}]", f"{without_credentials(host)!r} is no host; such as 'dw.com' or 'dw.com/tr'"
            )
    return dataclasses.replace(
        outlet,
        url=asked(outlet.url, "url"),
        feeds=tuple(asked(url, "feeds") for url in outlet.feeds),
        sitemaps=tuple(asked(url, "sitemaps") for url in outlet.sitemaps),
        sections=tuple(asked(url, "sections") for url in outlet.sections),
    )


def check_words(outlet: Outlet, place: str) -> None:
    """Check an outlet's id, XPaths and the values taken from lists."""
    identifier(outlet.id, f"{place}.id")
    one_of(outlet.ownership, OWNERSHIPS, f"{place}.ownership")
    if outlet.kind is not None:
        one_of(outlet.kind, KINDS, f"{place}.kind")
    if outlet.timezone is not None:
        zone(outlet.timezone, f"{place}.timezone")
    if outlet.body is not None:
        _xpath(outlet.body, f"{place}.body")
    for i, path in enumerate(outlet.drop):
        _xpath(path, f"{place}.drop[{i}]")


def check_distinct_places(outlets: Sequence[Outlet], places: Sequence[str]) -> None:
    """Check that no address is claimed by two outlets: what is found there could be filed under either."""
    owners: dict[tuple[str, str], int] = {}
    for i, outlet in enumerate(outlets):
        for host, path in prefixes(outlet):
            other = owners.setdefault((host, path), i)
            if other != i:
                raise ConfigError(places[i], f"{host}{path} is an address of outlet {outlets[other].id!r} already")


def check_numbers(record: object, place: str) -> None:
    """Check the numbers of a settings record against RANGES."""
    for name, (least, most) in RANGES.items():
        value = getattr(record, name, None)
        for number in value if isinstance(value, tuple) else (value,):
            if number is not None and not least <= number <= most:
                wanted = f"at least {least}" if number < least else f"a number from {least} to {most}"
                raise ConfigError(f"{place}.{name}", f"must be {wanted}")


def check_agent(agent: str, place: str) -> None:
    """Check that a user agent begins with a name, by which robots.txt knows it, and fits on one line."""
    if not agent.isprintable() or not agent.partition("/")[0].strip():
        raise ConfigError(place, f"{agent!r} does not begin with a name; such as 'cuttings/0.1 (+https://…)'")


def distinct(ids: Sequence[str], what: str, places: Sequence[str]) -> None:
    """Check that no id is given twice."""
    for i, id_ in enumerate(ids):
        if id_ in ids[:i]:
            raise ConfigError(f"{places[i]}.id", f"{id_!r} is the id of {what}[{ids.index(id_)}] already")


def identifier(id_: str, place: str) -> None:
    """Check that an id is fit for addresses and file names."""
    if not _ID.fullmatch(id_):
        raise ConfigError(place, f"{id_!r}: ids are lower-case letters, digits, - and _")


def one_of(value: object, allowed: Sequence[object], place: str) -> None:
    """Check a value against a list."""
    if value not in allowed:
        raise ConfigError(place, f"{value!r} is not one of {', '.join(map(str, allowed))}")


def zone(name: str, place: str) -> None:
    """Check an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the zone database, such as "Europe"
        raise ConfigError(place, f"{name!r} is no time zone; such as 'Europe/Istanbul'") from None


def check_webhook(address: str, place: str) -> None:
    """Check the address that changes are posted to; empty: none."""
    if address and not (address.startswith(("http://", "https://")) and host_of(address)):
        raise ConfigError(place, f"{address!r} is no address; such as 'https://example.org/hook'")


def _xpath(path: str, place: str) -> None:
    """Ask an empty page: that finds unknown functions and prefixes, too, and paths that lead to no elements."""
    try:
        found = html.Element("html").xpath(path)
    except (etree.XPathError, ValueError) as error:
        raise ConfigError(place, f"{path!r} is no XPath: {error}") from None
    if not isinstance(found, list):
        raise ConfigError(place, f"{path!r} is an XPath of {type(found).__name__}, not of elements")
