"""`cuttings backfill` of files elsewhere: servers that send one on, have too much to do, break off, or have no such file."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import fsspec
import pytest
from aiohttp import ClientPayloadError
from backfill_fixture import LINES, Here, capture, configured, here, pages, run, warc, whole
from news_pages import article
from news_site import Answer, NewsSite, closed_port
from whole_way import rows

from crawler import warc_sources
from crawler.gleaners import Hands, Job
from crawler.gleaning import Gleaned, Stint
from crawler.warc_reading import Stretch
from crawler.warc_sources import expand, path_of, size_of
from scheduler.backfill_patience import TRIES
from scheduler.backfill_sample import sample
from scheduler.config import load
from storage.errors import ConfigError

NOT_NOW = [Answer(status=status, headers={"Retry-After": "0"}) for status in (503, 429)]


@pytest.fixture
def raw(tmp_path: Path) -> bytes:
    """A WARC file of three articles."""
    warc(tmp_path / "x.warc.gz", pages(3))
    return (tmp_path / "x.warc.gz").read_bytes()


def test_a_server_that_gives_parts_is_asked_for_stretches_and_another_for_the_whole(
    news_site: NewsSite, tmp_path: Path
) -> None:
    warc(tmp_path / "x.warc.gz", pages(12))
    raw = (tmp_path / "x.warc.gz").read_bytes()
    whole_only = news_site.add_page("/x.warc.gz", raw, content_type="application/warc")
    with ranges_of(raw) as in_parts:
        assert (size_of(whole_only), size_of(in_parts)) == (len(raw), len(raw))
        for folder, address, stretches in (("a", whole_only, 1), ("b", in_parts, 5)):
            found = sample(load(configured(tmp_path / folder)), [address], hands=here, show=lambda progress: None)
            assert found.articles == 12, "in all, about"
            done = run(configured(tmp_path / folder), [address], stretch_bytes=len(raw) // 5)
            assert (done.counts["new"], done.failed) == (12, [])
            assert rows(tmp_path / folder, "select count(*) as n from backfills") == [{"n": stretches}]


@contextmanager
def ranges_of(raw: bytes) -> Iterator[str]:
    """Serve a file as object stores do, parts of it if asked; yield its address."""

    class Store(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            first, last = (int(each) for each in asked.removeprefix("bytes=").split("-")) if asked else (0, len(raw))
            part = raw[first : last + 1]
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(len(part)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(part)

        do_HEAD = do_GET

        def log_message(self, *words: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Store) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/x.warc.gz"
        server.shutdown()
        thread.join()


def test_a_server_that_has_too_much_to_do_is_asked_again(news_site: NewsSite, tmp_path: Path, raw: bytes) -> None:
    file = Answer(body=raw, content_type="application/warc")
    address = news_site.add_answers("/x.warc.gz", *NOT_NOW, *NOT_NOW, file)
    done = run(configured(tmp_path / "a"), [address])
    assert (done.exit_code, done.counts["new"], done.failed) == (0, 3, [])


@pytest.mark.parametrize(
    ("answer", "said", "asked"),
    [
        (NOT_NOW[0], "the server says 503 Service Unavailable", 2 * TRIES),
        (Answer(status=429, headers={"Retry-After": "7200"}), "the server says 429 Too Many Requests", 2),
        (Answer(status=403), "the server says 403 Forbidden", 2),
        (Answer(status=404), "the server says 404 Not Found", 2),
    ],
)
def test_what_a_server_says_is_what_is_told_and_whether_it_is_asked_again(
    news_site: NewsSite, tmp_path: Path, answer: Answer, said: str, asked: int
) -> None:
    address = news_site.add_answers("/x.warc.gz", answer)
    done = run(configured(tmp_path / "a"), [address])
    assert (done.exit_code, done.failed) == (1, [f"{address}: {said}"])
    assert news_site.hits("/x.warc.gz") == asked, "HEAD and GET"
    assert rows(tmp_path / "a", "select state, reason from backfills") == [{"state": "failed", "reason": said}]


def test_a_file_that_is_cut_off_on_its_way_is_asked_for_again(
    news_site: NewsSite, tmp_path: Path, raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc_sources, "WAIT_S", 0.0)
    file = Answer(body=raw, content_type="application/warc")
    cut = Answer(body=raw, content_type="application/warc", send_only=len(raw) // 2)
    address = news_site.add_answers("/x.warc.gz", file, cut, cut, cut, file)
    done = run(configured(tmp_path / "a"), [address])
    assert (done.counts["new"], done.counts["damaged"], done.failed) == (3, 0, [])
    address = news_site.add_answers("/y.warc.gz", file, cut)
    done = run(configured(tmp_path / "b"), [address])
    assert (done.exit_code, done.counts["damaged"]) == (1, 0)
    assert "not completed" in done.failed[0]


def test_a_file_that_is_sent_on_is_called_what_it_was_asked_for(
    news_site: NewsSite, tmp_path: Path, raw: bytes
) -> None:
    news_site.add_page("/there.warc.gz", raw, content_type="application/warc")
    address = news_site.redirect("/here.warc.gz", "/there.warc.gz")
    assert run(configured(tmp_path / "a"), [address]).counts["new"] == 3
    assert rows(tmp_path / "a", "select distinct warc from captures") == [{"warc": address}]


def test_nobody_there_is_no_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_sources, "WAIT_S", 0.0)
    with closed_port() as address:
        done = run(configured(tmp_path / "a"), [f"{address}x.warc.gz"])
    assert "Cannot connect to host 127.0.0.1" in done.failed[0]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=503), "cannot be read: the server says 503"),
        (Answer(body=gzip.compress(b"a.warc.gz\n")[:-9]), "cannot be read: .*ended before"),
        (Answer(body=b"<!DOCTYPE html>\n<p>Sign in</p>"), "is a web page, not a list"),
        (Answer(body=b"\n# nothing\n"), "names no file"),
    ],
)
def test_a_list_that_is_none_is_one_line(news_site: NewsSite, answer: Answer, said: str) -> None:
    address = news_site.add_answers("/warc.paths.gz", answer)
    with pytest.raises(ConfigError, match=said):
        list(expand(address))


def test_a_file_that_cannot_be_read_again_fails_there_and_the_next_run_goes_on(tmp_path: Path) -> None:
    url = "https://wire.example/politics/dues-quarrel-of-ankara"
    ferry = "The ferry to the islands sails twice a day and costs three lira more from Monday on, they said. " * 20
    captures = [
        capture(url, article("Ankara and NATO quarrel over dues", LINES)),
        capture(url, article("Ferry fares rise", [ferry]), hours=5),  # off topic, and read again as it is known
        *pages(1, first=9),
    ]
    address = warc(tmp_path / "x.warc.gz", captures)

    class Gone(Here):
        async def do(self, stint: Stint) -> Gleaned:
            if stint.reads_all:
                return Gleaned(begins=stint.start, ends=stint.start, over=False, failed="gone")
            return await super().do(stint)

    @contextmanager
    def gone(job: Job) -> Iterator[Hands]:
        yield Gone(job)

    config = configured(tmp_path / "a", archive='keep = "matching"')
    done = run(config, [address], hands=gone)
    assert (done.exit_code, done.failed) == (1, [f"{address}: gone"])
    assert (run(config, [address]).exit_code, rows(tmp_path / "a", "select count(*) as n from articles")) == (
        0,
        [{"n": 2}],
    )
    run(configured(tmp_path / "b", archive='keep = "matching"'), [address])
    assert whole(tmp_path / "a") == whole(tmp_path / "b")


def test_files_are_read_over_http_without_ranges_and_from_wherever_fsspec_reaches(
    news_site: NewsSite, tmp_path: Path
) -> None:
    warc(tmp_path / "x.warc.gz", pages(3))
    raw = (tmp_path / "x.warc.gz").read_bytes()
    address = news_site.add_page("/x.warc.gz", raw, content_type="application/warc")
    fsspec.filesystem("memory").pipe("/backfill/x.warc.gz", raw)
    for number, source in enumerate((address, "memory://backfill/x.warc.gz")):
        config = configured(tmp_path / f"a{number}")
        done = run(config, [source], stretch_bytes=1000)
        assert (done.counts["new"], done.failed) == (3, [])
        assert rows(config.parent, "select distinct warc from captures") == [{"warc": source}]
    assert run(configured(tmp_path / "b"), [news_site.url("/none.warc.gz")]).exit_code == 1


@pytest.mark.parametrize(
    "error", [TimeoutError("no answer"), OSError(5, "Input/output error"), ClientPayloadError("cut")]
)
def test_a_line_that_breaks_is_no_damage(tmp_path: Path, error: Exception) -> None:
    raw = b"".join(
        Path(str(path_of(warc(tmp_path / f"{n}.warc.gz", pages(40, first=n))))).read_bytes() for n in (0, 50)
    )

    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > len(raw) // 2:
                raise error
            return super().read(min(size or 1000, 1000) if size and size > 0 else 1000)

    stretch = Stretch(Broken(raw), start=0, stop=None, exact=True, wants=lambda url: True, max_bytes=100_000)
    with pytest.raises(type(error)):
        list(stretch.groups())
    assert stretch.met["damaged"] == 0
