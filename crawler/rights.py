"""What an outlet states about the use of a page: text-and-data mining, and showing it from an archive. Pure.

Mining (W3C TDM Reservation Protocol, 2024): a site's file `/.well-known/tdmrep.json`, whose first rule that fits the
address counts; over it the answer's headers; over them the page's meta elements. What does not follow the protocol
states nothing. `noarchive` (robots meta element, X-Robots-Tag) is for search engines' copies: recorded, not enforced.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import unquote, urlsplit

from crawler.robots_rules import product_of
from crawler.urls import clean_url
from storage.records import Article, Capture, HostPolicy

_HEAD = 65_536  # bytes of a page in which its meta elements stand
_MOST_RULES = 1000  # of a tdmrep.json: more are nobody's statement
_NOT_MARKUP = re.compile(
    r"<!--.*?(?:-->|$)|<(script|style|template|noscript)\b.*?(?:</\1|$)", re.IGNORECASE | re.DOTALL
)
_META = re.compile(r"""<meta\b((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*)>""", re.IGNORECASE)  # linear on any bytes
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_NOT_AN_AGENT = re.compile(r"unavailable_after|max-(?:snippet|image-preview|video-preview)", re.IGNORECASE)
_ANY_AGENT = frozenset(("", "robots", "googlebot"))  # said to all, or to the one whose copies `noarchive` was made for


@dataclass(frozen=True, slots=True, kw_only=True)
class Mining:
    """What is stated about mining one page."""

    reserved: bool | None = None
    """None: nothing is stated."""
    policy: str | None = None
    """Absolute address of the terms, if named."""


def tdm(capture: Capture, policy: HostPolicy | None = None) -> Mining:
    """Return what is stated about mining a page, by its host (`policy`), its headers and its meta elements."""
    stated = _of_file(capture.url, policy) if policy else Mining()
    headers = {name.lower(): value.strip() for name, value in capture.headers}
    metas: dict[str, str] = {}
    for name, content in _metas(capture):
        metas.setdefault(name, content.strip())
    for said in (headers, metas):
        if (reserved := _reserved(said.get("tdm-reservation"))) is not None:
            stated = Mining(reserved=reserved, policy=_address(said.get("tdm-policy"), capture.url))
    return stated


def noarchive(capture: Capture, *, agent: str) -> bool | None:
    """Return True where a page asks not to be shown from an archive, None where it says nothing of it.

    `agent` is our user agent; what is said to others by name is not meant for us.
    """
    agents = _ANY_AGENT | {product_of(agent).lower()}
    said = [(name, content) for name, content in _metas(capture) if name]
    said += [_of_agent(value) for name, value in capture.headers if name.lower() == "x-robots-tag"]
    asks = any(
        "noarchive" in {word.strip().lower() for word in content.split(",")} for name, content in said if name in agents
    )
    return True if asks else None


def statements(capture: Capture) -> bytes:
    """Return of a page's body no more than what `tdm` and `noarchive` read there: meta elements, in their order."""
    said = [
        (name, content)
        for name, content in _metas(capture)
        if name.startswith("tdm-") or "noarchive" in content.lower()
    ]
    return "".join(
        f'<meta name="{html.escape(name)}" content="{html.escape(content)}">' for name, content in said
    ).encode()


def without_text(article: Article) -> Article:
    """Return an article's metadata alone: no text, and of its tags what the headline bears out."""
    tags = [replace(tag, evidence=tuple(e for e in tag.evidence if e.field == "title")) for tag in article.tags]
    return replace(
        article,
        text="",
        text_status="empty",
        tags=tuple(replace(tag, hits=len(tag.evidence)) for tag in tags if tag.evidence),
        credits=(),
    )


def _reserved(value: object) -> bool | None:
    """Read a `tdm-reservation`; any value but 0 and 1 is a protocol error and states nothing."""
    return {"1": True, "0": False}.get(str(value)) if isinstance(value, (str, int)) and value is not True else None


def _address(stated: object, base: str) -> str | None:
    return clean_url(stated, base) if isinstance(stated, str) and stated.strip() else None


def _of_file(url: str, policy: HostPolicy) -> Mining:
    """Return what a host's tdmrep.json states about an address: the first rule in sequence that fits."""
    parts = urlsplit(url)
    if not policy.tdmrep or policy.origin != f"{parts.scheme}://{parts.netloc}":
        return Mining()
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    for location, rule in _rules(policy.tdmrep):
        reserved = _reserved(rule.get("tdm-reservation"))
        if reserved is not None and _fits(location, path):
            return Mining(reserved=reserved, policy=_address(rule.get("tdm-policy"), policy.tdmrep_url))
    return Mining()


def _rules(text: str) -> Iterator[tuple[str, dict[str, object]]]:
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return
    for rule in data[:_MOST_RULES] if isinstance(data, list) else ():
        if isinstance(rule, dict) and isinstance(rule.get("location"), str):
            yield rule["location"], cast("dict[str, object]", rule)


def _fits(location: str, path: str) -> bool:
    """Say whether a location fits a path as robots.txt rules do: a beginning, `*` anything, a last `$` the end."""
    at_end = location.endswith("$")
    first, *others = (unquote(piece) for piece in location.removesuffix("$").split("*"))
    path = unquote(path)
    if not path.startswith(first):
        return False
    if not others:
        return not at_end or path == first
    place = len(first)
    for piece in others[:-1]:
        found = path.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return path[place:].endswith(others[-1]) if at_end else others[-1] in path[place:]


def _metas(capture: Capture) -> Iterator[tuple[str, str]]:
    """Yield `(name in lower case, content)` of a page's meta elements."""
    head = _NOT_MARKUP.sub("", capture.body[:_HEAD].decode("utf-8", "replace"))
    for element in _META.findall(head):
        said = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(element)}
        if "name" in said and "content" in said:
            yield said["name"].strip().lower(), said["content"]


def _of_agent(value: str) -> tuple[str, str]:
    """Cut an X-Robots-Tag into the agent it is meant for, empty for all, and what it says."""
    agent, colon, said = value.partition(":")
    if not colon or "," in agent or _NOT_AN_AGENT.fullmatch(agent.strip()):
        return "", value
    return agent.strip().lower(), said
