"""Times as outlets state them → Stamps. Pure: the clock is an argument."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_zone
from zoneinfo import ZoneInfo

from storage.records import Basis, Precision, Stamp
from storage.words import fold

AHEAD = timedelta(hours=24)  # DESIGN 6: a time further ahead of the fetch is refused
OLDEST = 1900  # older years are a system's zero, not a press cutting
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
_CST = -6
_MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber maerz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
)


def _month_words() -> dict[str, int]:
    """Folded month words and their prefixes of three letters up, where a prefix means one month only."""
    found: dict[str, set[int]] = {}
    for line in _MONTHS:
        for number, word in enumerate(map(fold, line.split()), 1):
            for end in range(3, len(word) + 1):
                found.setdefault(word[:end], set()).add(number)
    return {word: numbers.pop() for word, numbers in found.items() if len(numbers) == 1}


MONTHS = _month_words()
_OFFSET = r"(?P<zone>Z\b|(?:UTC|GMT)?\s?[+\-−]\d\d?:?\d\d\b|(?:UTC|GMT)?\s?[+\-−]\d\d?\b|[^\W\d_]{2,4}\b)?"
_CLOCK = (
    rf"(?P<hour>\d\d?)[:.h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?\s*{_OFFSET}"
)
_GAP = r"(?:[\s,|/·•()\-–—]|\b(?:at|um|à|saat|в|о|στις|alle|a las|às)\b|T)*"
_TAIL = rf"(?:{_GAP}(?:[^\W\d_]{{2,12}}\s+)?{_CLOCK})?"
_WORD = r"(?P<month_word>[^\W\d_]{3,})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)(?!\d){_TAIL}",
        r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?\s*"
        rf"{_OFFSET})?(?!\d)",
        rf"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th|er|º|\.|-го|-е)?[\s\-/]*(?:de\s+|of\s+)?{_WORD}\.?,?[\s\-/]*(?:de\s+)?(?P<year>\d{{4}}|\d\d(?=\s\d\d:))(?:\s*(?:года?|г\.|р\.|yılı))?{_TAIL}",
        rf"{_WORD}\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TAIL}",
        rf"(?<!\d)(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{{4}})(?!\d){_TAIL}",
        rf"(?<!\d)(?P<a>\d\d?)[/-](?P<b>\d\d?)[/-](?P<year>\d{{4}})(?!\d){_TAIL}",
        rf"(?P<year>\d{{4}})\s?年\s?(?P<month>\d\d?)\s?月\s?(?P<day>\d\d?)\s?日{_TAIL}",
    )
)
_EPOCH = re.compile(r"(1\d{9})(\d{3})?(?:\.\d+)?")
_UNIX_C = re.compile(r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) +(\d\d?) (\d\d:\d\d:\d\d) (?:([A-Z]{3,4}) )?(\d{4})")
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/\-_.]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")


def parse_stamp(text: str, *, basis: Basis, timezone: str | None = None) -> Stamp | None:
    """Read a time as feeds, sitemaps, structured data and pages write it (ISO 8601, RFC 822, words), or None.

    `timezone` (an IANA name or ±hh:mm) is used where the text states no zone; without one the precision is `day`.
    Ambiguous days (03/04/2018), months alone and impossible dates give None.
    """
    text = " ".join(text.split())
    if epoch := _EPOCH.fullmatch(text):
        moment = datetime.fromtimestamp(int(epoch[1]), UTC)
        return _stamp(moment, None, "second", basis=basis, timezone=timezone)
    if unix := _UNIX_C.fullmatch(text):
        text = f"{unix[2]} {unix[1]} {unix[5]} {unix[3]} {unix[4] or ''}"
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if stamp := _read(match.groupdict(), basis=basis, timezone=timezone):
                return stamp
    return None


def printed_day(text: str) -> datetime | None:
    """Return the day a line of text states, as 00:00 UTC, or None."""
    stamp = parse_stamp(text, basis="page")
    return datetime.fromisoformat(stamp.day).replace(tzinfo=UTC) if stamp else None


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
        clock = time(_hour(hour, found.get("half")), int(minute), int(found.get("second") or 0))
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
        if a <= 12 and b <= 12 and a != b:  # noqa: PLR2004 - months; day first or month first cannot be told
            return None
        month, day = (a, b) if b > 12 else (b, a)  # noqa: PLR2004
    else:
        word = found.get("month_word")
        month = MONTHS.get(fold(word), 0) if word else int(found["month"] or 0)
        day = int(found["day"] or 0)
    try:
        return date(year, month, day) if year >= OLDEST else None
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
