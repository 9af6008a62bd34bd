"""Times as stated → stamps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import choose, from_url, parse_stamp, printed_day, published
from storage.records import Stamp

NOW = datetime(2018, 4, 1, 12, tzinfo=UTC)
FIRST, LAST = (datetime.fromisoformat(day) for day in ("1971-01-01", "2100-01-01"))


def stamp(text: str, timezone: str | None = None) -> tuple[str, str | None, str, str] | None:
    found = parse_stamp(text, basis="meta", timezone=timezone)
    return found and (f"{found.at:%Y-%m-%dT%H:%M:%SZ}", found.offset, found.precision, found.day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-03-03T23:35:10-05:00", ("2018-03-04T04:35:10Z", "-05:00", "second", "2018-03-03")),
        ("2018-03-03T23:35:10.123456Z", ("2018-03-03T23:35:10Z", "+00:00", "second", "2018-03-03")),
        ("2018-03-03T23:35+0300", ("2018-03-03T20:35:00Z", "+03:00", "minute", "2018-03-03")),
        ("20180303T233510Z", ("2018-03-03T23:35:10Z", "+00:00", "second", "2018-03-03")),
        ("2018-03-03", ("2018-03-03T00:00:00Z", None, "day", "2018-03-03")),
        ("2018-03-03T23:35:10", ("2018-03-03T00:00:00Z", None, "day", "2018-03-03")),
        ("Sat, 03 Mar 2018 23:35:10 +0300", ("2018-03-03T20:35:10Z", "+03:00", "second", "2018-03-03")),
        ("Sat, 3 Mar 2018 23:35:10 GMT", ("2018-03-03T23:35:10Z", "+00:00", "second", "2018-03-03")),
        ("Sat, 03 Mar 18 23:35:10 EST", ("2018-03-04T04:35:10Z", "-05:00", "second", "2018-03-03")),
        ("Sat Mar  3 23:35:10 UTC 2018", ("2018-03-03T23:35:10Z", "+00:00", "second", "2018-03-03")),
        ("1520120110", ("2018-03-03T23:35:10Z", None, "second", "2018-03-03")),
        ("1520120110000", ("2018-03-03T23:35:10Z", None, "second", "2018-03-03")),
        ("March 29, 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("29. März 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("29 марта 2018 г., 14:05 МСК", ("2018-03-29T11:05:00Z", "+03:00", "minute", "2018-03-29")),
        ("29 Mart 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("29 березня 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("29 Μαρτίου 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("1er août 2018", ("2018-08-01T00:00:00Z", None, "day", "2018-08-01")),
        ("29 de marzo de 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("29 مارس 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("2018年3月29日", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("29.03.2018 14:05 Uhr", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("03/29/2018 3:04 pm EST", ("2018-03-29T20:04:00Z", "-05:00", "minute", "2018-03-29")),
        ("Thứ năm, 29/3/2018, 14:05 (GMT+7)", ("2018-03-29T07:05:00Z", "+07:00", "minute", "2018-03-29")),
        ("29. marraskuuta 2018", ("2018-11-29T00:00:00Z", None, "day", "2018-11-29")),
        ("29 listopada 2018", ("2018-11-29T00:00:00Z", None, "day", "2018-11-29")),
        ("2018 m. kovo 29 d.", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("۲۹ مارس ۲۰۱۸", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("٢٩/٠٣/٢٠١٨", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("29 آذار 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("29 במרץ 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("29 Μαρ 2018", ("2018-03-29T00:00:00Z", None, "day", "2018-03-29")),
        ("28.01.22", ("2022-01-28T00:00:00Z", None, "day", "2022-01-28")),
        ("03/04/2018", None),
        ("05/12/11", None),
        ("2018-03", None),
        ("2018-02-30", None),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_parse_stamp(text: str, expected: tuple[str, str | None, str, str] | None) -> None:
    assert stamp(text) == expected


@pytest.mark.parametrize(
    ("text", "timezone", "expected"),
    [
        ("2018-07-03T23:35:10", "Europe/Istanbul", ("2018-07-03T20:35:10Z", None, "second", "2018-07-03")),
        ("3 Temmuz 2018 23:35", "Europe/Istanbul", ("2018-07-03T20:35:00Z", None, "minute", "2018-07-03")),
        ("2018-07-03 01:35:10", "+03:00", ("2018-07-02T22:35:10Z", None, "second", "2018-07-03")),
        ("2018-07-03T22:35:10Z", "Europe/Istanbul", ("2018-07-03T22:35:10Z", "+00:00", "second", "2018-07-04")),
        ("2018-07-03T23:35:10-05:00", "Europe/Istanbul", ("2018-07-04T04:35:10Z", "-05:00", "second", "2018-07-03")),
        ("Giriş Tarihi: 03.04.2018 11:20", "Europe/Istanbul", ("2018-04-03T08:20:00Z", None, "minute", "2018-04-03")),
        ("4 апреля 2018, 11:20", "Europe/Moscow", ("2018-04-04T08:20:00Z", None, "minute", "2018-04-04")),
        ("11:20, 4 апреля 2018", "Europe/Moscow", ("2018-04-04T08:20:00Z", None, "minute", "2018-04-04")),
        ("14:05 29.03.2018", "Europe/Kyiv", ("2018-03-29T11:05:00Z", None, "minute", "2018-03-29")),
        ("29 mars 2018 à 14 h 05", "Europe/Paris", ("2018-03-29T12:05:00Z", None, "minute", "2018-03-29")),
        ("29.03.2018 14.05 Uhr", "Europe/Berlin", ("2018-03-29T12:05:00Z", None, "minute", "2018-03-29")),
        ("입력 2018.03.29. 오전 9:05", "Asia/Seoul", ("2018-03-29T00:05:00Z", None, "minute", "2018-03-29")),
        ("2018년 3월 29일 오후 2:05", "Asia/Seoul", ("2018-03-29T05:05:00Z", None, "minute", "2018-03-29")),
        ("2018年3月29日14時05分", "Asia/Tokyo", ("2018-03-29T05:05:00Z", None, "minute", "2018-03-29")),
        ("2018年3月29日 下午2:05", "Asia/Shanghai", ("2018-03-29T06:05:00Z", None, "minute", "2018-03-29")),
        ("2018. március 29. 14:05", "Europe/Budapest", ("2018-03-29T12:05:00Z", None, "minute", "2018-03-29")),
        ("2018-07-03T00:00:00", "Europe/Istanbul", ("2018-07-03T00:00:00Z", None, "day", "2018-07-03")),
    ],
)
def test_the_outlet_s_zone_serves_where_none_is_stated(
    text: str, timezone: str, expected: tuple[str, str | None, str, str]
) -> None:
    assert stamp(text, timezone) == expected


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2018/03/29/title", "2018-03-29"),
        ("https://a.example/2018-3-9/title", "2018-03-09"),
        ("https://a.example/news/20180329-title", "2018-03-29"),
        ("https://a.example/news/201803291-title", None),
        ("https://a.example/news/2018/13/29", None),
        ("https://2018-03-29.example/", None),
    ],
)
def test_from_url(url: str, day: str | None) -> None:
    found = from_url(url)
    assert (found and found.day) == day


@pytest.mark.parametrize(
    ("text", "day_first", "day"),
    [
        ("3/4/2018 3:04 PM", False, "2018-03-04"),
        ("3/4/2018 15:04", True, "2018-04-03"),
        ("05/12/11-19:13", True, "2011-12-05"),
        ("13/4/2018", False, "2018-04-13"),
        ("4/13/2018", True, "2018-04-13"),
    ],
)
def test_who_writes_the_day_first_is_told(text: str, day_first: bool, day: str) -> None:
    found = parse_stamp(text, basis="page", day_first=day_first)
    assert found
    assert found.day == day


def test_printed_day() -> None:
    assert printed_day("Sputnik News 3 March 2018") == datetime(2018, 3, 3, tzinfo=UTC)
    assert printed_day("Sputnik News") is None


def at(text: str) -> Stamp:
    found = parse_stamp(text, basis="jsonld")
    assert found
    return found


def test_the_future_is_refused() -> None:
    ahead = [at("2018-04-02T12:00:01Z"), at("2018-04-02T11:59:59Z"), None]
    assert choose(ahead, now=NOW) == ahead[1]
    assert choose([at("2018-04-03")], now=NOW) is None


def test_a_day_gives_way_to_a_time_of_that_day() -> None:
    assert choose([at("2018-03-03"), at("2018-03-09T10:00:00Z"), at("2018-03-03T10:00:00Z")], now=NOW) == at(
        "2018-03-03T10:00:00Z"
    )
    assert choose([at("2018-03-03"), at("2018-03-09T10:00:00Z")], now=NOW) == at("2018-03-03")


def test_an_edit_time_in_the_published_field_gives_way_to_the_feed() -> None:
    edit, feed = at("2018-03-03T18:00:00Z"), at("2018-03-03T10:00:00Z")
    assert published([edit, feed], modified=edit, link=feed, now=NOW) == feed
    assert published([edit, feed], modified=at("2018-03-03T19:00:00Z"), link=feed, now=NOW) == edit


@given(st.datetimes(min_value=FIRST, max_value=LAST), st.integers(-12 * 60, 14 * 60))
def test_every_iso_time_is_read_as_written(local: datetime, minutes: int) -> None:
    sign, hours, rest = "-" if minutes < 0 else "+", *divmod(abs(minutes), 60)
    found = parse_stamp(f"{local:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{rest:02}", basis="feed")
    assert found is not None
    assert found.at == (local.replace(tzinfo=UTC, microsecond=0) - timedelta(minutes=minutes))
    assert (found.offset, found.day) == (f"{sign}{hours:02}:{rest:02}", f"{local:%Y-%m-%d}")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    parse_stamp(text, basis="page", timezone="Europe/Istanbul")


@pytest.mark.parametrize("text", ["1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1900-01-01"])
def test_a_system_s_zero_is_no_day(text: str) -> None:
    assert parse_stamp(text, basis="jsonld") is None
