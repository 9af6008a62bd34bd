"""What pages and hosts state about mining and archives: the protocol's precedence, its patterns, and its errors."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from crawler.rights import Mining, noarchive, tdm
from storage import archive
from storage.coverage import record_page_rights, record_rights
from storage.records import Capture, HostPolicy, Outlet

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
UNSTATED = Mining()


def page(
    head: str = "", *headers: tuple[str, str], url: str = "https://a.example/politics/1?id=5", body: bytes = b""
) -> Capture:
    html = f"<!doctype html><html><head>{head}</head><body><p>Text.</p></body></html>".encode()
    return Capture(requested_url=url, url=url, fetched_at=NOW, status=200, headers=headers, body=body or html)


def host(tdmrep: object, *, origin: str = "https://a.example") -> HostPolicy:
    text = tdmrep if isinstance(tdmrep, str) else json.dumps(tdmrep)
    return HostPolicy(origin=origin, fetched_at=NOW, robots_status=200, robots="", tdmrep_status=200, tdmrep=text)


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("head", "reserved"),
    [
        (meta("tdm-reservation", "1"), True),
        (meta("tdm-reservation", "0"), False),
        (meta("tdm-reservation", "2"), None),
        (meta("tdm-reservation", ""), None),
        ("<META CONTENT='1' NAME='TDM-Reservation'/>", True),
        ("<meta name=tdm-reservation content=1>", True),
        ('<meta data-x="a > b" name="tdm-reservation" content="1">', True),
        (f"<!-- {meta('tdm-reservation', '1')} -->", None),
        (f"<script>'{meta('tdm-reservation', '1')}'</script>", None),
        ("", None),
    ],
)
def test_a_page_states_its_reservation(head: str, reserved: bool | None) -> None:
    assert tdm(page(head)).reserved is reserved


def test_the_header_is_read_whatever_its_case() -> None:
    said = page("", ("TDM-Reservation", " 1 "), ("tdm-policy", "/terms"))
    assert tdm(said) == Mining(reserved=True, policy="https://a.example/terms")


def test_a_page_outranks_the_header_and_the_header_the_file() -> None:
    file = host([{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.example/file"}])
    assert tdm(page(), file) == Mining(reserved=True, policy="https://a.example/file")
    assert tdm(page("", ("tdm-reservation", "0")), file) == Mining(reserved=False)
    over = page(meta("tdm-reservation", "1"), ("tdm-reservation", "0"), ("tdm-policy", "https://a.example/header"))
    assert tdm(over, file) == Mining(reserved=True)
    assert tdm(page(meta("tdm-reservation", "yes")), file).reserved is True  # a protocol error outranks nothing


@pytest.mark.parametrize(
    ("location", "fits"),
    [
        ("/", True),
        ("*", True),
        ("/politics", True),
        ("/politics/", True),
        ("/Politics/", False),
        ("/sport/", False),
        ("/politics/1?id=5$", True),
        ("/politics/1$", False),
        ("/*/1", True),
        ("/*id=5$", True),
        ("/*id=$", False),
        ("/p*s/*?id", True),
        ("/politics/1?id=5*5$", False),
        ("/%70olitics/", True),
        ("/politics/%24", False),
    ],
)
def test_a_location_fits_as_a_robots_rule_does(location: str, fits: bool) -> None:
    assert (tdm(page(), host([{"location": location, "tdm-reservation": 1}])).reserved is True) is fits


def test_a_special_character_is_meant_where_it_is_encoded() -> None:
    file = host([{"location": "/price-%24$", "tdm-reservation": 1}])
    assert tdm(page(url="https://a.example/price-$"), file).reserved is True
    assert tdm(page(url="https://a.example/price-"), file) == UNSTATED


def test_the_first_rule_that_fits_counts() -> None:
    rules = [{"location": "/politics/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]
    assert tdm(page(), host(rules)).reserved is False
    assert tdm(page(), host(rules[::-1])).reserved is True


@pytest.mark.parametrize(
    "tdmrep",
    [
        "",
        "<html>not here</html>",
        "[{",
        "[" * 100_000,
        {"location": "/", "tdm-reservation": 1},
        [{"tdm-reservation": 1}],
        [{"location": 5, "tdm-reservation": 1}],
        [{"location": "/", "tdm-reservation": "reserved"}],
        [{"location": "/", "tdm-reservation": True}],
        [["location", "/"]],
        "null",
    ],
)
def test_a_malformed_file_states_nothing(tdmrep: object) -> None:
    assert tdm(page(), host(tdmrep)) == UNSTATED


def test_a_value_written_as_text_or_behind_a_byte_order_mark_is_read() -> None:
    assert tdm(page(), host('\ufeff[{"location": "/", "tdm-reservation": "1"}]')).reserved is True


def test_another_hosts_file_says_nothing_of_this_one() -> None:
    assert tdm(page(), host([{"location": "/", "tdm-reservation": 1}], origin="https://b.example")) == UNSTATED


@pytest.mark.parametrize(
    ("head", "headers", "asks"),
    [
        ("", (), None),
        (meta("robots", "index, follow"), (), None),
        (meta("robots", "noarchive"), (), True),
        (meta("ROBOTS", "NoIndex, NoArchive"), (), True),
        (meta("googlebot", "noarchive"), (), True),
        (meta("cuttings", "noarchive"), (), True),
        (meta("bingbot", "noarchive"), (), None),
        (meta("description", "noarchive"), (), None),
        (f"<!--{meta('robots', 'noarchive')}-->", (), None),
        ("", (("X-Robots-Tag", "noarchive"),), True),
        ("", (("x-robots-tag", "noindex, noarchive, nosnippet"),), True),
        ("", (("X-Robots-Tag", "googlebot: noindex, noarchive"),), True),
        ("", (("X-Robots-Tag", "Cuttings: noarchive"),), True),
        ("", (("X-Robots-Tag", "otherbot: noarchive"),), None),
        ("", (("X-Robots-Tag", "otherbot: noindex"), ("X-Robots-Tag", "noarchive")), True),
        ("", (("X-Robots-Tag", "unavailable_after: 25 Jun 2026 15:00:00 PST, noarchive"),), True),
        ("", (("X-Robots-Tag", "noarchive, max-snippet:50"),), True),
    ],
)
def test_a_page_may_ask_not_to_be_shown_from_an_archive(
    head: str, headers: tuple[tuple[str, str], ...], asks: bool | None
) -> None:
    assert noarchive(page(head, *headers), agent="cuttings/0.1 (+https://c.example)") is asks


@pytest.mark.parametrize(
    "piece",
    [
        b"\xff\xfe\x00<meta ",
        b"<meta '",
        b'<meta "a" ',
        b"<meta a=",
        b"<script ",
        b"<!--",
        b"<meta name=a>",
        b"a",
        b"a ",
        b"<",
    ],
)
def test_no_bytes_break_or_slow_the_reading(piece: bytes) -> None:
    body = b"<meta " + piece * (100_000 // len(piece))
    began = time.process_time()
    assert tdm(page(body=body)) == UNSTATED
    assert noarchive(page(body=body + b">"), agent="cuttings") is None
    assert time.process_time() - began < 1.0  # quadratic would be ten


def test_pages_that_state_different_things_add_no_row_each() -> None:
    db = archive.open_memory()
    archive.sync_outlets(db, [Outlet(id="a", name="A", url="https://a.example/")], {"a": [("a.example", "/")]})
    record_rights(db, "a", now=NOW, robots="User-agent: *", tdmrep="[]")
    for hours in range(1, 9):
        at, mixed = NOW + timedelta(hours=hours), hours % 2 == 0
        record_page_rights(db, "a", now=at, tdm_reserved=mixed, terms=f"https://a.example/{mixed}")
        record_page_rights(db, "a", now=at, tdm_reserved=None, noarchive=None)
        record_rights(db, "a", now=at, robots="User-agent: *")
    stated = [tuple(row.values()) for row in db.query("select robots, tdmrep, tdm_reserved, terms from outlet_rights")]
    first = ("User-agent: *", "[]")
    assert stated == [
        (*first, None, None),
        (*first, 0, "https://a.example/False"),
        (*first, 1, "https://a.example/False"),
    ]
    record_page_rights(db, "a", now=NOW + timedelta(days=1), tdm_reserved=False, noarchive=True)
    last = db.execute("select tdm_reserved, terms, noarchive from outlet_rights order by seen_at desc").fetchone()
    assert last == (0, "https://a.example/False", 1)
