"""What we never ask: other schemes, and private networks unless allowed, at every redirect and where we connect.

A literal address is checked here, however it is spelled, also when a proxy will connect. A name is checked by the
resolver of the connection itself, so that what was checked is what is asked (a name may resolve differently a
moment later). Behind a proxy names are the proxy's to resolve.
"""

import ipaddress
import socket
import unicodedata
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from aiohttp.abc import ResolveResult
from aiohttp.resolver import ThreadedResolver
from scrapy import Request
from scrapy.crawler import Crawler

from crawler.outcomes import AddressRefusedError
from crawler.outlets import host_of

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_COMPATIBLE = IPv6Network("::/96")  # RFC 4291, 2.5.5.1, deprecated: likewise
_DOTS = str.maketrans("。", ".")  # as browsers and resolvers take it


def is_public(address: str) -> bool:
    """Say whether an IP address is on the public internet, and so is any IPv4 address inside it."""
    return all(
        each.is_global and not each.is_multicast and not getattr(each, "is_site_local", False)
        for each in _with_embedded(ipaddress.ip_address(address.partition("%")[0]))
    )


def _with_embedded(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Return an address or, where it only wraps an IPv4 address (mapped, NAT64, 6to4), that one."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address.sixtofour:
        return [address.sixtofour]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]


def literal(host: str) -> str | None:
    """Return the IP address a host is spelled as (decimal, octal, hexadecimal, short, IPv6), or None for a name."""
    host = unicodedata.normalize("NFKC", host).translate(_DOTS).strip("[]").rstrip(".")
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):  # RFC 6761, 6.3
        return "127.0.0.1"
    if ":" in host:
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            return "::"  # no name has a colon: refuse what we cannot read
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def proxy_places() -> frozenset[tuple[str, int]]:
    """Return host and port of the proxies the environment names."""
    parts = [urlsplit(proxy if "://" in proxy else f"http://{proxy}") for proxy in getproxies().values()]
    default = {"https": 443}
    return frozenset((part.hostname, part.port or default.get(part.scheme, 80)) for part in parts if part.hostname)


class PublicResolver(ThreadedResolver):
    """Resolves names to their public addresses; our proxies may stand where they like."""

    def __init__(self) -> None:
        super().__init__()
        self._proxies = proxy_places()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the public addresses of a name. Raises AddressRefusedError if all are private, OSError if there are none."""
        found = await super().resolve(host, port, family)
        if (host.rstrip("."), port) in self._proxies:
            return found
        public = [entry for entry in found if is_public(entry["host"])]
        if found and not public:
            raise AddressRefusedError(f"private address: {host}")
        return public


class Guard:
    """Refuses addresses before they are asked, takes credentials and fragment off, and names the host's slot."""

    def __init__(self, crawler: Crawler, *, allow_private: bool) -> None:
        self._crawler = crawler
        self._allow_private = allow_private
        self._proxies = proxy_places()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, allow_private=crawler.settings.getbool("CUTTINGS_ALLOW_PRIVATE"))

    async def process_request(self, request: Request) -> Request | None:
        try:
            parts = urlsplit(request.url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise AddressRefusedError("refused address: no usable host") from error
        if parts.scheme not in ("http", "https") or not host:
            raise AddressRefusedError(f"refused address: {parts.scheme}:")
        if "@" in parts.netloc or parts.fragment:  # a redirect's: never sent, never stored
            bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
            return request.replace(url=bare)
        if not self._allow_private:
            address = literal(host)
            at_proxy = (host.rstrip("."), port or {"https": 443}.get(parts.scheme, 80)) in self._proxies
            if at_proxy or (address and not is_public(address)):
                raise AddressRefusedError(f"private address: {host}")
        request.meta["download_slot"] = host_of(request.url)  # a redirect may have changed the host
        if "fetch" in request.cb_kwargs:
            await self._crawler.spider.room.enter(id(request.cb_kwargs["fetch"]))  # type: ignore[union-attr]
        return None
