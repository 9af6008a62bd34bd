"""The frozen records passed between stages. Imports nothing of ours; every time is aware and UTC."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

Precision = Literal["second", "minute", "day"]
Basis = Literal["jsonld", "meta", "feed", "sitemap", "page", "url"]
Role = Literal["republication", "citation", "contributor", "link"]
CreditKind = Literal["byline", "credit_line", "dateline", "canonical", "structured_data", "link"]
TextStatus = Literal["full", "stub", "paywalled", "truncated", "empty"]
Genre = Literal["article", "liveblog", "gallery", "video"]
FoundBy = Literal["live", "warc", "sitemap", "url-list"]
FeedKind = Literal["feed", "sitemap", "news-sitemap", "section"]


class Outcome(StrEnum):
    """What one attempt at one address came to; every fetch has exactly one."""

    NEW = "new"
    OFF_TOPIC = "off_topic"
    """Read, carries no topic, and was not stored (`keep = "matching"`)."""
    VERSION = "version"
    """A known article whose text or title the outlet changed."""
    UNCHANGED = "unchanged"
    GONE = "gone"
    ROBOTS = "robots"
    REFUSED = "refused"
    """403, 451, a block page."""
    OFF_SITE = "off_site"
    """The final address belongs to no outlet, or is one we refuse to ask."""
    HTTP_ERROR = "http_error"
    NETWORK = "network"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    NOT_HTML = "not_html"
    NO_TEXT = "no_text"
    PARSE_ERROR = "parse_error"
    FORGOTTEN = "forgotten"
    """A tombstone says it is never to be collected again."""
    PART = "part"
    """A further page of an article printed over several: what became of the article is its first page's outcome. Of a first
    page: the others could not be read, and what is stored is at least as much."""
    POLL = "poll"
    """A feed, sitemap, section or front page that answered."""


def utc(moment: datetime) -> datetime:
    """Return `moment` in UTC. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError(f"naive time: {moment!r}")
    return moment.astimezone(UTC)


def utc_text(moment: datetime) -> str:
    """Return the archive's form of a time, `YYYY-MM-DDTHH:MM:SSZ`."""
    return utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_utc_text(text: str) -> datetime:
    """Read the archive's form of a time."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def article_key(url_key: str) -> str:
    """Return the digest of a `url_key` that names an article on every machine: 32 hexadecimal digits."""
    return hashlib.sha256(url_key.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time of publication as somebody stated it."""

    at: datetime
    """UTC; for day precision 00:00:00Z of the stated day, to be compared as an interval."""
    offset: str | None = None
    """±hh:mm as stated, or None when the statement had no offset."""
    precision: Precision
    basis: Basis
    """Where it was stated."""
    day: str
    """YYYY-MM-DD, the day as the outlet dates it (its own zone where known)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", utc(self.at))


def stamp_json(stamp: Stamp | None) -> dict[str, str | None] | None:
    """Return a stamp as plain JSON values."""
    if stamp is None:
        return None
    return {
        "at": utc_text(stamp.at),
        "offset": stamp.offset,
        "precision": stamp.precision,
        "basis": stamp.basis,
        "day": stamp.day,
    }


def stamp_of(data: dict[str, str] | None) -> Stamp | None:
    """Return the stamp that `stamp_json` wrote."""
    if data is None:
        return None
    return Stamp(**{**data, "at": from_utc_text(data["at"])})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publication we watch, as configured."""

    id: str
    name: str
    url: str
    """Absolute; with a path for an edition."""
    language: str | None = None
    """ISO 639-1."""
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    kind: str | None = None
    owner: str | None = None
    ownership: str = "unknown"
    groups: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Other addresses of this outlet: `host` or `host/path`, no scheme."""
    aliases: tuple[str, ...] = ()
    """Names by which it is credited."""
    timezone: str | None = None
    """IANA name, for pages that print times without one."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    body: str | None = None
    """XPath of the article body, where the general way fails."""
    drop: tuple[str, ...] = ()
    """XPaths removed before cleaning."""
    delay_s: float | None = None
    every: str | None = None
    max_links: int | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject we look for."""

    id: str
    name: str
    queries: Mapping[str, str]
    """Query by language (ISO 639-1); `any` where a language has none of its own."""
    min_score: float = 0.0
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address found, with what was said about it there."""

    url: str
    outlet: str
    """Id of the outlet whose page named it (the article's own outlet comes from the final address)."""
    found_in: str
    """Address of the feed, sitemap or section, or `url-list`."""
    found_by: FoundBy = "live"
    basis: Literal["feed", "sitemap", "page"] = "feed"
    """What kind of place named it: a feed, a sitemap, or a page."""
    title: str | None = None
    published: Stamp | None = None
    modified_at: datetime | None = None
    """UTC; when the place says the page last changed (a sitemap's `lastmod`, Atom's `updated`): never before publication."""
    authors: tuple[str, ...] = ()
    language: str | None = None
    guid: str | None = None
    """The feed's own identifier of the item, where it has one."""
    same_as: str | None = None
    """`url_key` of an older link that the feed says is this item; only of an outlet whose GUIDs have proved true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What an address said of its last full answer, to ask with the next time (RFC 9110, 13)."""

    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    """SHA-256 of the body after decoding: servers give false 304s, and new ETags for the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPolicy:
    """What a host (scheme, name, port) stated for machines, as it answered."""

    origin: str
    """`https://example.org`, as robots.txt is asked."""
    fetched_at: datetime
    robots_status: int | None
    """HTTP status of robots.txt; None where there was no answer."""
    robots: str
    """robots.txt; empty where there is none or it could not be read."""
    tdmrep_status: int | None = None
    """Of /.well-known/tdmrep.json; None: not asked, or no answer."""
    tdmrep: str | None = None
    """That file's text, where it answered with one."""

    @property
    def robots_url(self) -> str:
        """Address of the robots.txt."""
        return f"{self.origin}/robots.txt"

    @property
    def tdmrep_url(self) -> str:
        """Address of the TDM reservation file (W3C TDMRep, 5.1)."""
        return f"{self.origin}/.well-known/tdmrep.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One answer of a server: bytes and headers."""

    requested_url: str
    url: str
    """The address that finally answered."""
    fetched_at: datetime
    status: int
    status_line: str | None = None
    """As received, `HTTP/1.1 200 OK`; None where that is not known."""
    headers: tuple[tuple[str, str], ...] = ()
    """As received, in order; text stands for bytes, as latin-1."""
    body: bytes
    """Payload after content decoding."""
    encoded: bytes | None = None
    """The payload as it came, where the server had compressed it; None where that is `body`."""
    request_headers: tuple[tuple[str, str], ...] = ()
    """Of the request this answers, as sent."""
    ip_address: str | None = None
    """Of the server that answered."""
    cut: bool = False
    """Its end is not here, as the WARC record says that it was taken from."""
    link: Link | None = None
    part_of: str | None = None
    """Of a further page of an article, or the one page that has all of it: the address asked for its first page."""
    part: int = 1
    """The how many-th of an article's pages this is, in the order they are read."""

    @property
    def content_type(self) -> str:
        """The Content-Type header, or an empty string."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A capture kept earlier, as a later answer that brings nothing new refers to it."""

    url: str
    """The address that finally answered."""
    fetched_at: datetime
    digest: str
    """`sha1:BASE32` of its payload as received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One claim of a page about where its text came from."""

    name: str
    """The source as the page names it."""
    outlet: str | None = None
    """Id, if it is one of ours."""
    url: str | None = None
    role: Role
    kind: CreditKind
    words: str
    """The exact words that say it."""
    rule: str
    """Name of the rule that read it."""
    confidence: float
    """0–1."""
    stated_title: str | None = None
    stated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One match behind a tag."""

    field: Literal["title", "text"]
    from_char: int
    """Code points into the stored field."""
    to_char: int
    """Exclusive."""
    words: str
    """`field[from_char:to_char]`."""
    term: str
    """The term as the query writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A topic an article carries, and why."""

    topic: str
    topic_version: str
    score: float
    """0–1, how central the topic is."""
    hits: int
    """All matches; `evidence` keeps at most 50."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """What a page of an article printed over several pages says of the others; addresses are absolute."""

    earlier: str | None = None
    """Of the first page, or of one before this; None on the first."""
    following: str | None = None
    """Of the page after this; None on the last."""
    whole: str | None = None
    """Of one page that has the text of all."""
    read: tuple[str, ...] = ()
    """Asked so far for this article, the first page's left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One posting of a text, read and tagged."""

    url: str
    """As finally answered."""
    requested_url: str
    outlet: str | None = None
    """Id of the outlet of `url`; None where no configuration says."""
    canonical_url: str | None = None
    og_url: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: Stamp | None = None
    modified_at: datetime | None = None
    language: str | None = None
    """Detected, ISO 639-1."""
    language_declared: str | None = None
    language_confidence: float | None = None
    likely_languages: tuple[str, ...] = ()
    """Every language worth trying, best first; starts with `language`."""
    section: str | None = None
    text: str
    """Paragraphs apart by one newline-newline; furniture gone."""
    text_status: TextStatus = "full"
    genre: Genre = "article"
    credits: tuple[Credit, ...] = ()
    tags: tuple[Tag, ...] = field(default=())
    pages: int = 1
    """Of how many pages its text was read."""
    paging: Paging | None = None
    """What is left to read of an article printed over several pages; None: nothing."""
