"""The words of the pages: neutral, plain, the same everywhere. Pure; also the templates' filters."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from storage.health import WORDS as MISSING
from storage.records import from_utc_text


class Phrase(NamedTuple):
    """How a value of the archive reads on a page."""

    mark: str
    """A shape, so that colour is never the only sign."""
    words: str
    style: str
    """CSS class."""


CLASSES: Mapping[str, Phrase] = {
    "unmatched": Phrase("○", "no earlier text found", "unmatched"),
    "credited": Phrase("●", "shared text, credited", "credited"),
    "credited-unverified": Phrase("◍", "credited to a source whose text is not archived", "unverified"),
    "cited": Phrase("◐", "shared text, its source only cited", "cited"),
    "uncredited": Phrase("▲", "shared text without credit", "uncredited"),
    "undetermined": Phrase("◇", "undetermined", "undetermined"),
}
KINDS: Mapping[str, str] = {
    "verbatim": "the whole text, unchanged",
    "edited": "the text, edited",
    "excerpt": "part of the text",
    "claimed": "as its own credit says; the source’s text is not archived",
}
CREDIT_STATUS: Mapping[str, str] = {
    "exact": "credits its source",
    "intermediary": "credits an outlet between it and the source",
    "other": "credits somebody else",
    "citation": "cites the source, without saying that the text is its own",
    "none": "gives no credit",
    "unknown": "credit not known",
}
CLASS_MEANINGS: Mapping[str, str] = {
    "unmatched": "No earlier article or named source with this text is known here. There may be one elsewhere.",
    "credited": "At least part of its text is an earlier article’s, and its page names that outlet, or one between, as the source.",
    "credited-unverified": "Its page says that the text is another’s, which is not archived: whether it is the same cannot be checked.",
    "cited": "It shares text with an earlier article, whose outlet its page mentions without saying that the text is its own.",
    "uncredited": "It shares text with an earlier article, and no words on its page were found that name a source.",
    "undetermined": "It shares text, but whom it is from is not known: its page names another, or the order or the source is unclear.",
}
"""What puts an article into a class."""
PUBLISHED_BASIS: Mapping[str, str] = {
    "jsonld": "the page’s structured data (JSON-LD)",
    "meta": "the page’s meta elements",
    "feed": "the outlet’s feed",
    "sitemap": "the outlet’s sitemap",
    "page": "the page’s words",
    "url": "the address",
    "correction": "a person’s correction",
}
FOUND_BY: Mapping[str, str] = {
    "live": "in a pass over the outlet",
    "warc": "in a stored WARC file",
    "sitemap": "in a sitemap of the past",
    "url-list": "in a list of addresses",
}
ORIGIN_BASIS: Mapping[str, str] = {
    "credit": "others credit it",
    "canonical": "others’ pages name its address as the canonical one",
    "correction": "decided by hand",
    "earliest": "the earliest",
    "agency": "a news agency; no credit says so",
    "fullest": "the fullest text; times do not decide",
}
HEALTH: Mapping[str, Phrase] = {
    "failing": Phrase("✕", "failing", "bad"),
    "silent": Phrase("■", "silent", "bad"),
    "gap suspected": Phrase("▲", "gap suspected", "warn"),
    "low": Phrase("▼", "fewer than usual", "warn"),
    "high": Phrase("△", "more than usual", "warn"),
    "recovered": Phrase("◆", "recovered", "good"),
    "ok": Phrase("●", "as usual", "good"),
}
HEALTH_ORDER = tuple(HEALTH)
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
LANGUAGES: Mapping[str, str] = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fa": "Persian", "fr": "French", "he": "Hebrew", "hu": "Hungarian", "it": "Italian", "ka": "Georgian",
    "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sr": "Serbian",
    "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip
TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def day(text: str | None) -> str:
    """Return a day or time as `12 March 2018`; a dash when unknown."""
    if not text:
        return "—"
    moment = datetime.strptime(text[:10], "%Y-%m-%d").replace(tzinfo=UTC)
    return f"{moment.day} {moment:%B %Y}"


def moment(text: str | None) -> str:
    """Return a UTC time as `12 March 2018, 11:05 UTC`; a dash when unknown."""
    return f"{day(text)}, {text[11:16]} UTC" if text else "—"


def instant(text: str | None) -> str:
    """Return a UTC time as `12 March 2018, 11:05:09 UTC`; a dash when unknown."""
    return f"{day(text)}, {text[11:19]} UTC" if text else "—"


def published(article: Any) -> str:
    """Return an article's time of publication as its outlet states it, with zone and precision."""
    at, offset, precision = (article[f"published_{name}"] for name in ("at", "offset", "precision"))
    if not at:
        return f"no time stated; first seen {moment(article['first_seen_at'])}"
    if precision == "day":
        return f"{day(article['published_day'])} (only the day is stated)"
    clock = slice(11, 19 if precision == "second" else 16)
    if not offset or offset == "+00:00":
        return f"{day(at)}, {at[clock]} UTC"
    local = (from_utc_text(at) + _offset(offset)).isoformat()
    return f"{day(local)}, {local[clock]} {offset.replace('-', '−')} ({at[clock]} UTC)"


def published_briefly(article: Any) -> str:
    """Return an article's time of publication in UTC, to the minute, for lists."""
    if article["published_precision"] == "day":
        return day(article["published_day"])
    return (
        moment(article["published_at"]) if article["published_at"] else f"first seen {moment(article['first_seen_at'])}"
    )


def _offset(text: str) -> timedelta:
    hours, minutes = int(text[1:3]), int(text[4:6])
    return (-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes)


def duration(seconds: float) -> str:
    """Return a length of time by its two largest units: `21 days 7 hours`."""
    rest, parts = abs(int(seconds)), []
    for name, size in UNITS:
        number, rest = divmod(rest, size)
        if number:
            parts.append(count(number, name))
    return " ".join(parts[:2]) or "0 seconds"


def lag(row: Any) -> str:
    """Return how much later than its source an article came: exact, an interval, or why it is not known."""
    exact, least, most = row["lag_s"], row["lag_min_s"], row["lag_max_s"]
    if exact is not None:
        return "at the same second" if exact == 0 else f"{duration(exact)} later"
    if least is None or most is None:
        return "how much later is not known"
    if least < 0 < most:
        return f"order not known: up to {duration(least)} earlier or {duration(most)} later"
    return f"between {duration(least)} and {duration(most)} later"


def percent(share: float | None) -> str:
    """Return a share 0–1 as `74 %`; a dash when unknown. Never rounds up to all or down to nothing."""
    if share is None:
        return "—"
    rounded = round(share * 100)
    if rounded in (0, 100) and share not in (0, 1):
        return "<\u00a01\u00a0%" if rounded == 0 else ">\u00a099\u00a0%"
    return f"{rounded}\u00a0%"


def fine_percent(share: float | None) -> str:
    """Return a share 0–1 that is small as a rule, of a topic in all, as `0.42 %`; from 10 % on as `percent` does."""
    if not share or share >= 0.1:  # noqa: PLR2004
        return percent(share)
    return f"{100 * share:.2f}\u00a0%" if share >= 0.00005 else "<\u00a00.01\u00a0%"  # noqa: PLR2004


def count(number: int | None, one: str, many: str = "") -> str:
    """Return `1 article`, `2,340 articles`."""
    return f"{number or 0:,} {one if number == 1 else many or one + 's'}"


def safe_url(url: str | None) -> str | None:
    """Return `url` if a reader may follow it: http or https with a host; else None."""
    try:
        parts = urlsplit(url or "")
        return (
            url
            if parts.scheme in ("http", "https") and parts.hostname and not set("\t\r\n ") & set(url or "")
            else None
        )
    except ValueError:
        return None


def contact_href(contact: str) -> str | None:
    """Return where a contact's words lead: an address on the web, `mailto:` of a plain mail address, else None."""
    return f"mailto:{contact}" if MAIL_ADDRESS.fullmatch(contact) else safe_url(contact)


def unturned(text: str | None) -> str:
    """Return an outlet's words without the characters that turn the direction of what follows them, ours included.

    An element that isolates its text does not close what is left open inside it.
    """
    return (text or "").translate(TURNING)


def direction(language: str | None) -> str:
    """Return the `dir` attribute of a text in `language`; `auto` where the language is not known."""
    return "auto" if not language else "rtl" if language in RIGHT_TO_LEFT else "ltr"


def language_name(code: str | None) -> str:
    """Return a language's English name; the code itself where we have none."""
    return LANGUAGES.get(code or "", code or "language not known")


def decision(row: Any, names: Mapping[str, str]) -> str:
    """Return one line of `story_log` as a sentence; `names` are the outlets'."""
    if row["what"] == "origin":
        old, new = (_origin(json.loads(state), names) for state in (row["old"], row["new"]))
        return f"the origin is {new} ({ORIGIN_BASIS.get(row['why'], row['why'])}); before: {old}"
    if row["what"] == "id":
        return f"story {row['old']} became story {row['new']}; {row['why']}"
    if row["what"] == "members":
        return f"{count(len(json.loads(row['old'])), 'article')} left the story: {row['why']}"
    return str(row["why"])


def _origin(state: Sequence[Any], names: Mapping[str, str]) -> str:
    """Return `[article, outlet, name]` of an origin in words."""
    article, outlet, name = state
    named = names.get(outlet, name) or "not known"
    return f"{named}, whose text is not archived" if named != "not known" and article is None else named


def _phrase(table: Mapping[str, Phrase]) -> Callable[[str | None], Phrase]:
    return lambda value: table.get(value or "", Phrase("·", value or "not known", "undetermined"))


FILTERS: Mapping[str, Callable[..., object]] = {
    "day": day,
    "moment": moment,
    "instant": instant,
    "published": published,
    "published_briefly": published_briefly,
    "lag": lag,
    "duration": duration,
    "percent": percent,
    "fine_percent": fine_percent,
    "counted": count,
    "safe_url": safe_url,
    "contact_href": contact_href,
    "unturned": unturned,
    "direction": direction,
    "language_name": language_name,
    "class_phrase": _phrase(CLASSES),
    "health_phrase": _phrase(HEALTH),
    "missing_words": lambda value: MISSING.get(value, value),
    "class_meaning": lambda value: CLASS_MEANINGS.get(value, ""),
    "basis_of_time": lambda value: PUBLISHED_BASIS.get(value, value or "not known"),
    "found_by_words": lambda value: FOUND_BY.get(value, value),
    "basis_words": lambda value: ORIGIN_BASIS.get(value, value),
    "kind_words": lambda value: KINDS.get(value, value),
    "credit_words": lambda value: CREDIT_STATUS.get(value, value),
}
