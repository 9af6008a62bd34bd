"""Times as outlets state them → Stamps. Pure: the clock is an argument."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_zone
from zoneinfo import ZoneInfo

from crawler.months import MONTHS
from storage.records import Basis, Precision, Stamp
from storage.words import fold

_LONGEST = 300  # characters in which a time stands; what is longer is no statement of one
AHEAD = timedelta(hours=24)  # DESIGN 6: a time further ahead of the fetch is refused
OLDEST = 1900
_ZEROS = frozenset(
    (date(1900, 1, 1), date(1969, 12, 31), date(1970, 1, 1))
)  # a system's zero, not a press cutting's day
SAME_EVENT = timedelta(hours=36)  # two statements of one publication in unknown zones lie at most this far apart

# Only names that mean one offset in news feeds; IST and CST-like doubles outside North America are left unread.
_ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "wet"), 0),
    **dict.fromkeys(("bst", "cet", "west", "mez"), 1),
    **dict.fromkeys(("cest", "eet", "mesz", "sast"), 2),
    **dict.fromkeys(("eest", "msk", "trt", "мск"), 3),
    "est": -5,
    "edt": -4,
    "et": None,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "jst": 9,
    "kst": 9,
}
_HALVES = {"上午": "am", "午前": "am", "오전": "am", "下午": "pm", "午後": "pm", "오후": "pm"}
_CST = -6
_EARLY = "上午|午前|오전|下午|午後|오후"  # the half of the day, set before the hour
_OFFSET = r"(?P<zone>Z\b|(?:UTC|GMT)?\s?[+\-−]\d\d?:?\d\d\b|(?:UTC|GMT)?\s?[+\-−]\d\d?\b|[^\W\d_]{2,4}\b)?"
_CLOCK = rf"(?P<early>{_EARLY})?\s?(?P<hour>\d\d?)(?:[:.]|\s?h\s?|[時时시点]\s?)(?P<minute>\d\d)[分분]?(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?\s*\(?{_OFFSET}"
_GAP = r"(?:[\s,|/·•()\-–—]|\b(?:at|um|à|saat|в|о|στις|alle|a las|às)\b|T)*"
_TAIL = rf"(?:{_GAP}(?:(?!{_EARLY})[^\W\d_]{{2,12}}\s+)?{_CLOCK})?"
_WORD = r"(?P<month_word>[^\W\d_]{3,})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d)(?P<year>\d{{4}})(?:[-/]|\.\s?)(?P<month>\d\d?)(?:[-/]|\.\s?)(?P<day>\d\d?)(?!\d)\.?{_TAIL}",
        r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?\s*"
        rf"{_OFFSET})?(?!\d)",
        rf"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th|er|º|\.|-го|-е)?[\s\-/]*(?:de\s+|of\s+)?{_WORD}\.?,?[\s\-/]*(?:de\s+)?(?P<year>\d{{4}}|\d\d(?=\s\d\d:))(?:\s*(?:года?|г\.|р\.|yılı))?{_TAIL}",
        rf"{_WORD}\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TAIL}",
        rf"(?<!\d)(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{{4}})(?!\d){_TAIL}",
        rf"(?<!\d)(?P<a>\d\d?)[/-](?P<b>\d\d?)[/-](?P<year>\d{{4}})(?!\d){_TAIL}",
        rf"(?<![\d/])(?P<a>\d\d?)/(?P<b>\d\d?)/(?P<year>\d\d)(?![\d/]){_TAIL}",
        rf"(?P<year>\d{{4}})\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日일号]{_TAIL}",
        rf"(?P<year>\d{{4}})\.?\s+(?:m\.\s+|gada\s+)?{_WORD}\s+(?P<day>\d\d?)(?!\d)\.?{_TAIL}",
        rf"(?<![\d.])(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d\d)(?![\d.]){_TAIL}",
    )
)
_CLOCK_BEFORE = re.compile(
    r"(?<![\d:.])(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\s*(?P<half>[ap]\.?m\b\.?))?[\s,|/·•–—-]*$",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"(1\d{9})(\d{3})?(?:\.\d+)?")
_UNIX_C = re.compile(r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) +(\d\d?) (\d\d:\d\d:\d\d) (?:([A-Z]{3,4}) )?(\d{4})")
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/\-_.]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")


def parse_stamp(text: str, *, basis: Basis, timezone: str | None = None, day_first: bool | None = None) -> Stamp | None:
    """Read a time as feeds, sitemaps, structured data and pages write it (ISO 8601, RFC 822, words), or None.

    `timezone` (an IANA name or ±hh:mm) is used where the text states no zone; without one the precision is `day`.
    Days that could be months too (03/04/2018) give None unless `day_first` tells, months alone and impossible dates always.
    """
    text = " ".join(text[:_LONGEST].split())
    if epoch := _EPOCH.fullmatch(text):
        moment = datetime.fromtimestamp(int(epoch[1]), UTC)
        return _stamp(moment, None, "second", basis=basis, timezone=timezone)
    if unix := _UNIX_C.fullmatch(text):
        text = f"{unix[2]} {unix[1]} {unix[5]} {unix[3]} {unix[4] or ''}"
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            found = match.groupdict() | {"order": {True: "dm", False: "md", None: None}[day_first]}
            if not found.get("hour") and (clock := _CLOCK_BEFORE.search(text[: match.start()])):
                found |= clock.groupdict()
            if stamp := _read(found, basis=basis, timezone=timezone):
                return stamp
    return None


def printed_day(text: str, *, day_first: bool | None = None) -> datetime | None:
    """Return the day a line of text states, as 00:00 UTC, or None."""
    stamp = parse_stamp(text, basis="page", day_first=day_first)
    return datetime.fromisoformat(stamp.day).replace(tzinfo=UTC) if stamp else None


def days_in(text: str, *, day_first: bool | None = None) -> set[str]:
    """Return every day a short text gives, YYYY-MM-DD; also day-first ones in an address (29-10-2021)."""
    order = {True: "dm", False: "md", None: None}[day_first]
    matches = (match.groupdict() | {"order": order} for pattern in _PATTERNS for match in pattern.finditer(text))
    return {day.isoformat() for found in matches if (day := _day(found))}


def from_url(url: str) -> Stamp | None:
    """Return the day that the path of an address states, or None."""
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    for match in _URL_DAY.finditer(path):
        if not match[2] and not (len(match[3]) == len(match[4]) == 2):  # noqa: PLR2004 - 2018111 could be many days
            continue
        if stamp := parse_stamp(f"{match[1]}-{match[3]}-{match[4]}", basis="url"):
            return stamp
    return None


def choose(stated: Iterable[Stamp | None], *, now: datetime) -> Stamp | None:
    """Return the best of several statements of one time, most trusted first; those too far ahead of `now` are refused.

    A statement of the day alone gives way to a later one that gives the time of about the same day.
    """
    stamps = [stamp for stamp in stated if stamp and stamp.at <= now + AHEAD]
    if not stamps:
        return None
    best = stamps[0]
    if best.precision != "day":
        return best
    noon = best.at + timedelta(hours=12)
    finer = (stamp for stamp in stamps if stamp.precision != "day" and abs(stamp.at - noon) <= SAME_EVENT)
    same_day = [stamp for stamp in finer if best.day in _days(stamp)]
    return same_day[0] if same_day else best


def published(
    stated: Sequence[Stamp | None], *, modified: Stamp | None, link: Stamp | None, now: datetime
) -> Stamp | None:
    """Choose the time of publication; an edit time in its place (as `modified` shows) gives way to an earlier link's."""
    best = choose(stated, now=now)
    if not (best and link and modified) or "day" in (best.precision, link.precision):
        return best
    return link if best.at == modified.at and link.at < best.at and link.at <= now else best


def seen_first(stated: Sequence[Stamp | None], seen: Sequence[Stamp]) -> list[Stamp | None]:
    """Return statements of a time with those first whose day is the one printed with the article."""
    days = {stamp.day for stamp in seen}
    return sorted(stated, key=lambda stamp: not (stamp and days & _days(stamp)))


def as_seen(stamp: Stamp, seen: Sequence[Stamp]) -> Stamp:
    """Return a time stated in UTC with the day its readers see, where that is printed or in the address."""
    if stamp.offset != "+00:00":
        return stamp
    for other in seen:
        start = datetime.fromisoformat(other.day).replace(tzinfo=UTC)
        if start - timedelta(hours=14) <= stamp.at < start + timedelta(hours=36):  # offsets run from -12 to +14
            return replace(stamp, day=other.day)
    return stamp


def _days(stamp: Stamp) -> set[str]:
    return {stamp.day, stamp.at.strftime("%Y-%m-%d")}


def _read(found: dict[str, str | None], *, basis: Basis, timezone: str | None) -> Stamp | None:
    """Turn the named groups of a pattern into a Stamp, or None where they name no day there is."""
    day = _day(found)
    if day is None:
        return None
    hour, minute = found.get("hour"), found.get("minute")
    if hour is None or minute is None:
        return _whole_day(day, basis)
    try:
        clock = time(
            _hour(hour, found.get("half") or _HALVES.get(found.get("early") or "")),
            int(minute),
            int(found.get("second") or 0),
        )
    except ValueError:
        return _whole_day(day, basis)
    precision: Precision = "second" if found.get("second") else "minute"
    offset = _offset(found.get("zone"))
    if offset is not None:
        return _stamp(datetime.combine(day, clock, offset), offset, precision, basis=basis, timezone=timezone)
    local = zone(timezone)
    if local is None or clock == time():  # midnight without a zone is a day
        return _whole_day(day, basis)
    return _stamp(datetime.combine(day, clock, local), None, precision, basis=basis, timezone=timezone)


def _stamp(
    moment: datetime, offset: tzinfo | None, precision: Precision, *, basis: Basis, timezone: str | None
) -> Stamp:
    """A Stamp whose day is the stated one, or the outlet's where the statement is in UTC, which no reader sees."""
    local = zone(timezone)
    in_utc = moment.utcoffset() == timedelta(0)
    day = moment.astimezone(local) if local and in_utc else moment
    stated = _offset_text(moment) if offset is not None else None
    return Stamp(at=moment, offset=stated, precision=precision, basis=basis, day=f"{day:%Y-%m-%d}")


def _whole_day(day: date, basis: Basis) -> Stamp:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Stamp(at=at, precision="day", basis=basis, day=day.isoformat())


def _day(found: dict[str, str | None]) -> date | None:
    year = int(found["year"] or 0)
    if len(found["year"] or "") == 2:  # noqa: PLR2004 - RFC 822
        year += 2000 if year < 70 else 1900  # noqa: PLR2004
    if found.get("a"):
        a, b = int(found["a"] or 0), int(found["b"] or 0)
        if len(found["year"] or "") == 2 and not found.get("order"):  # noqa: PLR2004 - 11/12/05 may begin with the year
            return None
        both = a <= 12 and b <= 12 and a != b  # noqa: PLR2004 - months
        if both and not found.get("order"):
            return None
        month_first = found.get("order") == "md" if both else b > 12  # noqa: PLR2004
        month, day = (a, b) if month_first else (b, a)
    else:
        word = found.get("month_word")
        month = MONTHS.get(fold(word), 0) if word else int(found["month"] or 0)
        day = int(found["day"] or 0)
    try:
        stated = date(year, month, day)
        return stated if year >= OLDEST and stated not in _ZEROS else None
    except ValueError:
        return None


def _hour(hour: str, half: str | None) -> int:
    number = int(hour)
    if half and 1 <= number <= 12:  # noqa: PLR2004 - a clock's hours
        number = number % 12 + (12 if half.lower().startswith("p") else 0)
    return number


def _offset(text: str | None) -> fixed_zone | None:
    """Read `Z`, `+03:00`, `-0500`, `GMT+3`, `EST`; None for nothing or a name that means no one offset."""
    if not text:
        return None
    if match := re.search(r"([+\-−])(\d\d?):?(\d\d)?$", text):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes > 14 * 60:
            return None
        return fixed_zone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    hours = _CST if text.lower() == "cst" else _ZONES.get(text.lower())
    return None if hours is None else fixed_zone(timedelta(hours=hours))


def _offset_text(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def zone(name: str | None) -> tzinfo | None:
    """Return the zone of an IANA name or of ±hh:mm, or None. Raises KeyError for a name there is not."""
    if not name:
        return None
    return _offset(name) if name[0] in "+-" else ZoneInfo(name)
