"""What is kept of an exchange is what went over the wire: from a real server through the crawl into a WARC file."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from news_site import NewsSite
from test_download import SETTINGS, ask
from warc_fixture import by_fastwarc, by_warcio, folder

from crawler.download import Answer
from crawler.warc import captures
from storage.records import Capture, Validators

PAGE = "<p>Ракета</p>".encode("windows-1251") * 30
PACKED = gzip.compress(PAGE)
HEAD = (
    b"HTTP/1.1 200 Fine by me\r\nserver: x\r\nX-Title: %s\r\nSet-Cookie: a=1\r\nETag: \"1\"\r\nset-cookie: b=2\r\n"
    b"Connection: close\r\n" % "Ракета".encode("windows-1251")
)  # fmt: skip


def captured(url: str, **more: object) -> Capture:
    (answer,) = ask([url], **more)  # type: ignore[arg-type]
    assert answer.capture, answer.reason
    return answer.capture


def stored(path: Path, capture: Capture) -> Path:
    with folder(path) as warc:
        return path / warc.write(capture).warc


def chunks(body: bytes, size: int = 7) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


ANSWERS = {
    "length": (b"Content-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE), None),
    "until it closes": (b"\r\n" + PAGE, None),
    "gzip": (b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(PACKED), PACKED), PACKED),
    "chunked": (b"Transfer-Encoding: chunked\r\n\r\n" + chunks(PAGE), None),
    "chunked gzip": (b"transfer-encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" + chunks(PACKED), PACKED),
    "no body": (b"Content-Length: 0\r\n\r\n", None),
}


@pytest.mark.parametrize(("sent", "encoded"), ANSWERS.values(), ids=ANSWERS)
def test_headers_and_payload_are_kept_as_they_came(
    sent: bytes, encoded: bytes | None, news_site: NewsSite, tmp_path: Path
) -> None:
    news_site.add_page("/a?b=1", raw=HEAD + sent)
    capture = captured(news_site.url("/a?b=1"))
    body = b"" if b"Length: 0" in sent else PAGE
    head, _, _ = (HEAD + sent).partition(b"\r\n\r\n")
    assert [f"{name}: {value}".encode("latin-1") for name, value in capture.headers] == head.split(b"\r\n")[1:]
    assert (capture.status_line, capture.body, capture.encoded) == ("HTTP/1.1 200 Fine by me", body, encoded)
    assert capture.ip_address == "127.0.0.1"
    path = stored(tmp_path, capture)
    assert list(captures(path)) == [replace(capture, fetched_at=capture.fetched_at.replace(microsecond=0))]
    for read in (by_warcio, by_fastwarc):
        assert read(path)[-1].content == body


def test_the_request_is_kept_as_it_was_sent(news_site: NewsSite, tmp_path: Path) -> None:
    news_site.add_page("/a?b=1", PAGE)
    capture = captured(news_site.url("/a?b=1"), validators=Validators(etag='"0"', last_modified="Mon, 02 Mar 2026"))
    (asked,) = [request for request in news_site.requests if request.path == "/a?b=1"]
    sent = {name.lower(): value for name, value in capture.request_headers}
    assert sent == dict(asked.headers)
    assert sent["user-agent"] == SETTINGS.user_agent
    assert sent["accept-encoding"] == "gzip, deflate"
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"0"', "Mon, 02 Mar 2026")
    path = stored(tmp_path, capture)
    request = next(record for record in by_warcio(path) if record.kind == "request")
    assert request.headers == capture.request_headers
    assert b"GET /a?b=1 HTTP/1.1\r\n" in gzip.decompress(path.read_bytes())


def test_a_redirect_is_not_taken_for_the_answer(news_site: NewsSite) -> None:
    moved = (
        b"HTTP/1.1 302 Found\r\nLocation: /a\r\nX-Of: redirect\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
    )
    news_site.add_page("/r", raw=moved + gzip.compress(b"moved"))
    news_site.add_page("/a", raw=b"HTTP/1.1 200 OK\r\nX-Of: page\r\nConnection: close\r\n\r\n" + PAGE)
    capture = captured(news_site.url("/r"))
    assert (capture.url, capture.body, capture.encoded) == (news_site.url("/a"), PAGE, None)
    assert dict(capture.headers)["X-Of"] == "page"


def test_a_304_is_kept_with_its_question(news_site: NewsSite) -> None:
    news_site.add_page("/a", PAGE, etag='"1"')
    capture = captured(news_site.url("/a"), validators=Validators(etag='"1"'))
    assert (capture.status, capture.body, capture.encoded) == (304, b"", None)
    assert ("If-None-Match", '"1"') in capture.request_headers


def test_a_proxy_s_password_and_address_are_not_kept(news_site: NewsSite, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://paper.example/a"
    news_site.add_page(url, PAGE)
    monkeypatch.setenv("http_proxy", f"http://user:secret@{news_site.host}")
    monkeypatch.delenv("no_proxy", raising=False)
    capture = captured(url)
    assert "proxy-authorization" in news_site.requests[-1].headers
    assert "authorization" not in {name.lower().removeprefix("proxy-") for name, _ in capture.request_headers}
    assert capture.ip_address is None
    assert capture.body == PAGE


def test_a_body_that_is_not_whole_is_no_capture(news_site: NewsSite) -> None:
    news_site.add_page("/cut", PACKED[:-20], headers={"Content-Encoding": "gzip"})
    (answer,) = ask([news_site.url("/cut")])
    assert isinstance(answer, Answer)
    assert answer.outcome == "network"
    assert answer.capture is None
