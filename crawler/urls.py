"""Addresses: which we would ask, and which two are one article. Pure.

`clean_url` is for asking and storing, `url_key` for comparing. The key's rules (KEY_VERSION counts changes): it is
taken out of an AMP cache · scheme, credentials, fragment and default ports go · the host is in lower case and ASCII,
without www., m., mobile. and amp. · percent-encoding and dot segments are as RFC 3986, 6.2.2, has them · session ids,
AMP marks, index files, doubled and trailing slashes go from the path · tracking, session and AMP parameters go, and words
that say where a reader came from where the path alone names an article; the others stay, sorted by name. The case of
paths and every parameter we do not know stay: of two articles made one, one is lost; one article under two keys is only a
repost.
"""

import re
from functools import lru_cache
from urllib.parse import urljoin

import idna

from crawler import url_rules

KEY_VERSION = 3
MAX_LENGTH = 8000
"""Characters of an address: servers refuse request lines over 8 kB."""
LAST_PORT = 65535
ARTICLE_SHAPED = 2
"""Points of `shape_points` from which an address alone looks like an article's."""

_WEB = re.compile(r"(https?):[/\\]{2,}", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?:(?<=://)|^)[^/?#\s]*@")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:[/\\]{2}", re.IGNORECASE)
_PARTS = re.compile(r"([^/?#]*)([^?#]*)(\?[^#]*)?")
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[^:\[\]]+)(?::(\d{0,5}))?")
_HOST = re.compile(r"\[[0-9a-f:.]+\]|(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|([^A-Za-z0-9\-._~!$&'()*+,;=:@/?])")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_CONTROLS = dict.fromkeys((9, 10, 13))  # tab and line ends, which browsers take out of addresses
_EDGES = "".join(map(chr, range(33)))


def clean_url(url: str, base: str = "") -> str | None:
    """Return `url`, relative to `base`, as an absolute http(s) address without credentials and fragment.

    None for what we never ask: other schemes, no usable host or port, longer than MAX_LENGTH.
    """
    text = url.strip(_EDGES).translate(_CONTROLS)
    try:
        text = urljoin(base, text) if base else text
    except ValueError:  # a broken IPv6 literal
        return None
    scheme = _WEB.match(text)
    parts = _split(text[scheme.end() :]) if scheme and len(text) <= MAX_LENGTH else None
    if scheme is None or parts is None:
        return None
    place, path, query = parts
    address = f"{scheme[1].lower()}://{place.removesuffix(_DEFAULT_PORTS[scheme[1].lower()])}{path}{query}"
    return address if len(address) <= MAX_LENGTH else None


def without_credentials(text: str) -> str:
    """Return an address, or a line with addresses, as it is but for the user names and passwords in it."""
    return _CREDENTIALS.sub("", text)


@lru_cache(maxsize=1024)  # a page's own addresses are asked for some ten times while it is saved; 16 MB of the longest
def url_key(url: str) -> str:
    """Return what makes an address one article's, such as `example.org/a?id=5`. A key is its own key.

    Raises ValueError for what `clean_url` refuses.
    """
    text = url.strip(_EDGES).translate(_CONTROLS)
    address = clean_url(text if _SCHEME.match(text) else f"http://{text}")
    if address is None:
        raise ValueError(f"not an address we would ask: {url!r}")
    key = address.partition("://")[2]
    while (again := _key(key)) != key:  # what one rule uncovers is another's: they only ever shorten, so it ends
        key = again
    return key


def article_url_key(final_url: str, canonical_url: str | None, *, same_outlet: bool) -> str:
    """Return the key of an article: its canonical's if that is on the same outlet and no front or section page, else its own.

    That no other article claims the canonical is for the archive to see.
    """
    own = url_key(final_url)
    canonical = clean_url(canonical_url, final_url) if canonical_url and same_outlet else None
    if canonical is None or is_list_page(canonical):
        return own
    return url_key(canonical)


def is_list_page(url: str) -> bool:
    """Say whether an address is a front or section page's: no query, and no more than plain words in its path."""
    path, mark, _ = url_key(url).partition("/")[2].partition("?")
    return not mark and url_rules.PLAIN_WORDS.fullmatch(path) is not None


def shape_points(url: str) -> int:
    """Return 0 to 4: how much in path and query of an address looks like one article (slug, number, date, id)."""
    _, path, query = _pieces(_WEB.sub("", url, count=1))
    path = path.rstrip("/")
    segments = path.split("/")[1:]
    points = 1 if url_rules.PAGE_SUFFIX.search(path) else 0
    points += 2 if any(map(_is_slug, segments[-2:])) else 0
    points += 2 if url_rules.DATE_IN_PATH.search(path + "/") else 0
    points += 2 if any(map(url_rules.NUMBERED.search, segments[-2:])) else 0
    points += 2 if any(map(_names_article, query.removeprefix("?").split("&"))) else 0
    return min(points, 4)


def _is_slug(segment: str) -> bool:
    """Three words or more; in a script without spaces (Chinese, Thai), three letters of three bytes."""
    return segment.count("%") >= url_rules.LONG_ESCAPED or len(url_rules.WORD.findall(segment)) > 2  # noqa: PLR2004


def _names_article(pair: str) -> bool:
    name, mark, value = pair.partition("=")
    return name.lower() not in url_rules.PAGING and any(map(str.isdigit, value if mark else name))


def _pieces(text: str) -> tuple[str, str, str]:
    """Cut an address without scheme into authority, path and `?query`; the fragment goes."""
    match = _PARTS.match(text)
    return (match[1], match[2], match[3] or "") if match else ("", "", "")


def _split(text: str) -> tuple[str, str, str] | None:
    """Return host with port, path and `?query` of an address without scheme in normal form; None without a host."""
    head, mark, tail = text.partition("?")
    authority, path, query = _pieces(head.replace("\\", "/") + mark + tail)
    place = _AUTHORITY.fullmatch(_plain_host(authority.rpartition("@")[2]))
    host = ascii_host(place[1]) if place else None
    if place is None or host is None or int(place[2] or 0) > LAST_PORT:
        return None
    port = (place[2] or "").lstrip("0")
    return f"{host}:{port}" if port else host, _without_dots(_escaped(path)), _escaped(query)


def _plain_host(authority: str) -> str:
    """Undo percent-encoding in a host, which browsers allow."""
    try:
        return re.sub(
            r"(?:%[0-9A-Fa-f]{2})+", lambda run: bytes.fromhex(run[0].replace("%", "")).decode(), authority
        ).lower()
    except UnicodeDecodeError:
        return ""


def ascii_host(host: str) -> str | None:
    """Return a host in ASCII (IDNA 2008 as browsers map it), or None if it cannot be one."""
    host = host.rstrip(".")
    try:
        host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except UnicodeError:
        return None
    return host if _HOST.fullmatch(host) else None


def _escaped(text: str) -> str:
    """Percent-encode what must be, decode what need not be (RFC 3986, 6.2.2)."""

    def one(match: re.Match[str]) -> str:
        if match[1]:
            letter = chr(int(match[1], 16))
            return letter if letter in _UNRESERVED else match[0].upper()
        return "".join(f"%{byte:02X}" for byte in match[2].encode("utf-8", "surrogatepass"))

    return _ESCAPE.sub(one, text)


def _without_dots(path: str) -> str:
    """Return a path starting with `/` with its `.` and `..` segments carried out (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    segments = path.removeprefix("/").split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    ends_in_folder = segments[-1] in (".", "..")
    return "/" + "/".join(kept) + ("/" if ends_in_folder and kept else "")


def _key(text: str) -> str:
    """One round of the rules over an address without scheme that `_split` accepts."""
    place, path, query = _split(url_rules.AMP_CACHE.sub("", text, count=1)) or _split(text) or ("", "", "")
    for port in _DEFAULT_PORTS.values():
        place = place.removesuffix(port)
    page = _bare_host(place) + _bare_path(path)
    return page + _bare_query(query, names_article=shape_points(page) >= ARTICLE_SHAPED)


def _bare_host(host: str) -> str:
    while host.startswith(url_rules.HOST_PREFIXES) and host.count(".") > 1:
        host = host.partition(".")[2]
    return host


def _bare_path(path: str) -> str:
    for rule in url_rules.PATH_CUTS:
        path = rule.sub("", path)
    return path.rstrip("/") or "/"


def _bare_query(query: str, *, names_article: bool) -> str:
    pairs = query.removeprefix("?").split("&")
    kept = [pair for pair in pairs if pair and not (_dropped(pair) or (names_article and _says_source(pair)))]
    return "?" + "&".join(sorted(kept, key=lambda pair: pair.partition("=")[0])) if kept else ""


def _dropped(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    return (
        name in url_rules.TRACKING
        or name.startswith(url_rules.TRACKING_PREFIXES)
        or name in url_rules.SESSION
        or (name in url_rules.SESSION_IF_LONG and url_rules.SESSION_VALUE.fullmatch(value) is not None)
        or (name in url_rules.AMP_IF_SAID and value.lower() == "amp")
    )


def _says_source(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return name.lower() in url_rules.SOURCE_IF_WORD and not any(map(str.isdigit, value))
