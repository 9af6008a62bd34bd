"""`cuttings backfill` of WARC files as other programs write them, and as they come to harm."""

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import brotli
import pytest
from backfill_fixture import LATER, LINES, configured, run
from news_pages import article
from whole_way import rows

from scheduler.backfill import Backfilled
from scheduler.config import load
from scheduler.reextracting import reextract_archive
from storage.captures import payload_digest
from storage.verify import verify

HTML = {"Content-Type": "text/html; charset=utf-8"}
SITE = "https://wire.example/politics/"


def page(n: int = 0) -> bytes:
    """Return one of several articles with nothing in common but a topic."""
    more = [
        f"Number {n * 31 + k} of the {n * 7 + k} harbour lights was out on day {n}, said the keeper." for k in range(9)
    ]
    return article(f"Ankara and NATO quarrel over dues {n}", [*LINES, *more]).encode()


def record(
    url: str | bytes,
    payload: bytes,
    *,
    status: str = "HTTP/1.1 200 OK",
    headers: Mapping[str, str] = HTML,
    end: str = "\r\n",
    fields: Mapping[str, str] | None = None,
    packed: bool = True,
    lacking: int = 0,
) -> bytes:
    """Return a response record; `lacking`: how many bytes its Content-Length says too few."""
    head = end.join([status, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()
    about = {"WARC-Type": "response", "WARC-Date": "2018-03-01T09:00:00Z"} | dict(fields or {})
    about |= {"Content-Length": str(len(head) + len(payload) - lacking)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in about.items()).encode()
    target = url.encode() if isinstance(url, str) else url
    whole = b"WARC/1.1\r\n" + lines + b"WARC-Target-URI: " + target + b"\r\n\r\n" + head + payload + b"\r\n\r\n"
    return gzip.compress(whole) if packed else whole


def brought(folder: Path, raw: bytes, *, name: str = "x.warc.gz", **more: object) -> Backfilled:
    """Bring a file in."""
    (folder / name).write_bytes(raw)
    return run(configured(folder), [(folder / name).resolve().as_uri()], **more)


def stored(folder: Path, columns: str) -> Sequence[Mapping[str, object]]:
    return rows(folder, f"select {columns} from articles order by first_seen_at, url")


def chunks(payload: bytes, size: int = 700, *, said: bytes = b"", trailer: bytes = b"") -> bytes:
    pieces = [payload[at : at + size] for at in range(0, len(payload), size)]
    return b"".join(b"%x%s\r\n%s\r\n" % (len(piece), said, piece) for piece in pieces) + b"0\r\n" + trailer + b"\r\n"


CHUNKED = {**HTML, "Transfer-Encoding": "chunked"}
ODDITIES: Mapping[str, tuple[bytes, Mapping[str, object]]] = {
    "in chunks": (chunks(page()), {"headers": CHUNKED}),
    "in chunks with remarks and a trailer": (chunks(page(), said=b";a=b", trailer=b"X: y\r\n"), {"headers": CHUNKED}),
    "in chunks by its header only": (page(), {"headers": CHUNKED}),
    "gzip in chunks": (chunks(gzip.compress(page())), {"headers": {**CHUNKED, "Content-Encoding": "gzip"}}),
    "brotli": (brotli.compress(page()), {"headers": {**HTML, "Content-Encoding": "br"}}),
    "gzip by its header only": (page(), {"headers": {**HTML, "Content-Encoding": "gzip"}}),
    "HTTP/2": (page(), {"status": "HTTP/2 200"}),
    "no reason": (page(), {"status": "HTTP/1.0 200"}),
    "no Content-Type": (page(), {"headers": {"Server": "x"}}),
    "no header at all": (page(), {"headers": {}}),
    "lines that end with LF alone": (page(), {"end": "\n"}),
    "a length that is not its own": (page(), {"headers": {**HTML, "Content-Length": "12"}}),
    "a second in parts": (page(), {"fields": {"WARC-Date": "2018-03-01T09:00:00.123456789Z"}}),
    "an address in angle brackets": (page(), {}),
}


@pytest.mark.parametrize(("payload", "more"), ODDITIES.values(), ids=ODDITIES)
@pytest.mark.parametrize("packed", [True, False], ids=["compressed", "bare"])
def test_answers_are_read_however_they_are_written(
    tmp_path: Path, payload: bytes, more: Mapping[str, object], packed: bool
) -> None:
    url = f"<{SITE}dues-quarrel-of-ankara>"
    name = "x.warc.gz" if packed else "x.warc"
    done = brought(tmp_path, record(url, payload, packed=packed, **more), name=name)  # type: ignore[arg-type]
    assert (done.exit_code, done.counts["damaged"], done.counts["unreadable"]) == (0, 0, 0)
    assert stored(tmp_path, "url, title, first_seen_at, text_status, word_count") == [
        {"url": url.strip("<>"), "title": "Ankara and NATO quarrel over dues 0", "first_seen_at": "2018-03-01T09:00:00Z",
         "text_status": "full", "word_count": 191}
    ]  # fmt: skip
    (kept,) = rows(tmp_path, "select byte_offset, byte_length, digest from captures")
    place = {key: int(str(kept[key])) for key in ("byte_offset", "byte_length")}
    assert payload_digest(tmp_path / name, **place) == kept["digest"]
    config = load(tmp_path / "config.toml")
    again = reextract_archive(config, workers=1, clock=lambda: LATER, progress=lambda done, asked: None)
    assert (again.counts["changed"], again.counts["without_capture"]) == (0, 0)
    assert verify(config.archive).problems == ()


@pytest.mark.parametrize("fields", [{"WARC-Truncated": "length"}, {"WARC-Segment-Number": "1"}, {}], ids=str)
def test_of_a_record_that_has_not_all_of_an_answer_the_article_is_truncated(
    tmp_path: Path, fields: Mapping[str, str]
) -> None:
    whole = page()
    half = whole[: len(whole) * 3 // 4] if fields else chunks(whole)[: len(whole) * 3 // 4]
    half = record(f"{SITE}dues-quarrel-of-ankara", half, fields=fields, headers=HTML if fields else CHUNKED)
    brought(tmp_path, half + record(f"{SITE}dues-quarrel-of-izmir", page(1)))
    assert stored(tmp_path, "text_status") == [{"text_status": "truncated"}, {"text_status": "full"}]
    reextract_archive(load(tmp_path / "config.toml"), workers=1, clock=lambda: LATER, progress=lambda done, asked: None)
    assert stored(tmp_path, "text_status") == [{"text_status": "truncated"}, {"text_status": "full"}]


def test_an_article_is_one_in_whatever_spelling_of_its_address_and_two_are_two(tmp_path: Path) -> None:
    spellings = (f"{SITE}dues-quarrel", "http://www.WIRE.example:80/politics/dues-quarrel/?utm_source=a#b",
                 "https://m.wire.example/politics/dues-quarrel")  # fmt: skip
    others = (f"{SITE}g\xf6r-dues-quarrel".encode("latin-1"), f"{SITE}g\xfcr-dues-quarrel".encode("latin-1"),
              f"{SITE}a dues quarrel")  # fmt: skip
    raw = [record(url, page(), fields={"WARC-Date": f"2018-03-0{n}T09:00:00Z"}) for n, url in enumerate(spellings, 1)]
    raw += [record(url, page(n)) for n, url in enumerate(others, 1)]
    done = brought(tmp_path, b"".join(raw))
    assert (done.counts["new"], done.counts["unchanged"]) == (4, 2)
    assert {str(row["url"]).removeprefix(SITE) for row in stored(tmp_path, "url")} == {
        "dues-quarrel", "g%F6r-dues-quarrel", "g%FCr-dues-quarrel", "a%20dues%20quarrel"
    }  # fmt: skip


@pytest.mark.parametrize("harm", ["its first line", "a length too large", "a length too small"])
def test_a_damaged_record_of_a_file_that_is_not_compressed_costs_itself(tmp_path: Path, harm: str) -> None:
    lacking = {"a length too large": -9, "a length too small": 90}.get(harm, 0)
    bad = record(f"{SITE}dues-quarrel-1", page(1), packed=False, lacking=lacking)
    bad = bad.replace(b"WARC/1.1", b"\0\0\0\0/1.1") if not lacking else bad
    others = [record(f"{SITE}dues-quarrel-{n}", page(n), packed=False) for n in (0, 2, 3)]
    done = brought(tmp_path, b"".join([others[0], bad, *others[1:]]), name="x.warc")
    assert (done.exit_code, done.counts["damaged"]) == (0, 1)
    assert {"0", "2", "3"} <= {str(row["url"])[-1] for row in stored(tmp_path, "url")}


@pytest.mark.parametrize("packed", [True, False], ids=["compressed", "bare"])
def test_a_border_that_is_none_is_found_out_by_the_next_run_too(tmp_path: Path, packed: bool) -> None:
    forged = record(f"{SITE}forged-dues-quarrel", page(9), packed=packed)
    forged += record(f"{SITE}forged-dues-quarrel-again", page(8), packed=packed)
    raw = b"x" * 700 + b"\r\n\r\n" + forged
    bait = record("https://elsewhere.example/a", raw, packed=False, headers={"Content-Type": "application/warc"})
    bait = _stored(bait) if packed else bait
    first, last = (record(f"{SITE}dues-quarrel-{n}", page(n), packed=packed) for n in (0, 1))
    border = len(first) + 300
    whole = first + bait + last
    address = (tmp_path / "x.warc.gz").resolve().as_uri()
    (tmp_path / "x.warc.gz").write_bytes(whole)
    config = configured(tmp_path)

    def stop(progress: object) -> None:
        if rows(tmp_path, "select 1 from backfills where state = 'done'"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(config, [address], stretch_bytes=border, show=stop)
    run(config, [address], stretch_bytes=border)
    assert {str(row["url"]).removeprefix(SITE) for row in stored(tmp_path, "url")} == {
        "dues-quarrel-0",
        "dues-quarrel-1",
    }


def _stored(record: bytes) -> bytes:
    """Return a gzip member in which a record stands as it is."""
    return gzip.compress(record, 0)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no WARC records in it"),
        (gzip.compress(b"nothing of the kind\n" * 9), "no WARC records in it"),
        (
            gzip.compress(b"".join(record(f"{SITE}quarrel-of-{n}", page(n), packed=False) for n in (1, 2))),
            "in one piece",
        ),
    ],
    ids=["empty", "another thing", "one member"],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, raw: bytes, said: str) -> None:
    done = brought(tmp_path, raw)
    assert (done.exit_code, done.counts["new"]) == (1, 0)
    assert said in done.failed[0]
