"""Configured outlets → which of them an address or a name belongs to. Pure."""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.urls import ascii_host
from storage.records import Outlet
from storage.words import fold


@lru_cache(maxsize=512)  # a page's address is asked about at every step
def host_of(url: str) -> str:
    """Return the host of an absolute address as outlets are compared by it: lower case, `www.`/`m.` dropped, port kept.

    An address without a usable host gives an empty string.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    host = ascii_host(host) or host  # links carry a host in ASCII, configurations as people write it
    for prefix in ("www.", "m."):
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
            break
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{host}:{port}" if host and port not in (None, default) else host


def prefixes(outlet: Outlet) -> list[tuple[str, str]]:
    """Return the `(host, path prefix)` pairs of an outlet, its own address first; a path ends in `/`."""
    places = [outlet.url, *(place if "//" in place else f"https://{place}" for place in outlet.hosts)]
    return [(host_of(place), urlsplit(place).path.rstrip("/") + "/") for place in places]


class Directory:
    """Who owns an address, who goes by a name."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        self.outlets = {outlet.id: outlet for outlet in outlets}
        self._by_host: dict[str, list[tuple[str, str]]] = {}
        self._by_name: dict[str, str] = {}
        for outlet in self.outlets.values():
            for host, path in prefixes(outlet):
                self._by_host.setdefault(host, []).append((path, outlet.id))
            for name in (outlet.name, *outlet.aliases, outlet.id):
                self._by_name.setdefault(_plain(name), outlet.id)
        self._by_letters = {_letters(name): id_ for name, id_ in reversed(self._by_name.items())}
        for paths in self._by_host.values():
            paths.sort(key=lambda entry: -len(entry[0]))

    def of_url(self, url: str) -> str | None:
        """Return the id of the outlet whose host and path are the longest prefix of `url`, or None."""
        owners = self._by_host.get(host_of(url), ())
        path = urlsplit(url).path.rstrip("/") + "/" if owners else ""
        return next((id_ for prefix, id_ in owners if path.startswith(prefix)), None)

    def has_host(self, authority: str) -> bool:
        """Say whether some outlet is at a host (with port), whatever the path."""
        return host_of(f"http://{authority}") in self._by_host or host_of(f"https://{authority}") in self._by_host

    def named(self, name: str) -> str | None:
        """Return the id of the outlet that goes by `name` or, if `name` is an address, owns it; or None."""
        return self._by_name.get(_plain(name)) or (self.of_url(f"https://{name}") if "." in name.strip() else None)

    def spelled(self, letters: str) -> str | None:
        """Return the id of the outlet whose name is written so but for spaces, as hosts are (`global-research`); or None."""
        return self._by_letters.get(_letters(_plain(letters)))


def _plain(name: str) -> str:
    return " ".join(fold(name).split())


def _letters(name: str) -> str:
    return name.replace(" ", "").replace("-", "")
