"""A real web server on 127.0.0.1 that plays news outlets, good and bad: one `NewsSite` is one host with its own port.

    with NewsSite() as site:
        site.add_page("/a", article("Headline", ["First.", "Second."], published="2026-03-02T10:00:00+03:00"))
        site.add_page("/feed", rss([Item(site.url("/a"), "Headline")]), content_type="application/rss+xml")
        ...
        assert site.hits("/a") == 1

Pages may be added, changed and removed while it runs. Nothing sleeps: a page that waits, waits for an event.
The builders of pages, feeds and sitemaps are in `news_pages.py`.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Self

HTML = "text/html; charset=utf-8"
DRIP_PIECES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says at one path."""

    body: bytes = b""
    content_type: str | None = HTML
    """None: no such header."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    """Answered with 304 when the request has it in If-None-Match."""
    last_modified: str | None = None
    """HTTP date; answered with 304 when the request has exactly it in If-Modified-Since."""
    wait_for: threading.Event | None = None
    """Answer nothing before this is set (or the site closes)."""
    send_only: int | None = None
    """Announce the whole body, send this many bytes, close."""
    drip_s: float | None = None
    """Send the body in many small pieces, this many seconds apart, until the site closes; with `raw`: wait, then close."""
    drop: bool = False
    """Close the connection without a word."""
    raw: bytes | None = None
    """Send just these bytes, whatever they are, instead of an answer, and close."""
    repeat: int | None = 1
    """Send the body so many times, which the length says; None: for ever, with no length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asked."""

    method: str
    path: str
    """With its query string."""
    headers: Mapping[str, str]
    """Names in lower case."""


class NewsSite:
    """One host. `add_page` and friends say what it answers; `requests` is what it was asked; anything else is 404."""

    def __init__(self) -> None:
        self._answers: dict[str, list[Answer]] = {}
        self._makers: dict[str, Callable[[str], Answer]] = {}
        self._asked = threading.Condition()
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._server = _Server(self)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path: str = "/") -> str:
        """Return the absolute address of a path."""
        return f"http://{self.host}{path}"

    def add_page(self, path: str, body: str | bytes = "", *, charset: str = "utf-8", **answer: object) -> str:
        """Answer `path` (with its query, if it has one) from now on, replacing what was there; returns its address.

        `answer` are the fields of `Answer`; a text body is encoded in `charset`, which the default content type names.
        """
        if isinstance(body, str):
            body = body.encode(charset, "xmlcharrefreplace")
        answer.setdefault("content_type", f"text/html; charset={charset}")
        return self.add_answers(path, Answer(body=body, **answer))  # type: ignore[arg-type]

    def add_answers(self, path: str, *answers: Answer) -> str:
        """Answer `path` with each of `answers` in turn, the last one for ever; returns its address."""
        with self._asked:
            self._answers[path] = list(answers)
        return self.url(path)

    def change_page(self, path: str, body: str | bytes, *, charset: str = "utf-8") -> None:
        """Give `path` another body; headers stay, an ETag follows the body."""
        with self._asked:
            old = self._answers[path][-1]
            raw = body.encode(charset, "xmlcharrefreplace") if isinstance(body, str) else body
            self._answers[path] = [replace(old, body=raw, etag=etag_of(raw) if old.etag else None)]

    def remove_page(self, path: str) -> None:
        """Answer 404 from now on."""
        with self._asked:
            self._answers.pop(path, None)

    def make_pages(self, prefix: str, make: Callable[[str], Answer]) -> None:
        """Answer every path that begins with `prefix`, and has no page of its own, with what `make` makes of it."""
        with self._asked:
            self._makers[prefix] = make

    def redirect(self, path: str, to: str, *, status: int = 302) -> str:
        """Send `path` on to another address or path; two that name each other are a loop."""
        return self.add_answers(path, Answer(status=status, headers={"Location": to}))

    def too_many_requests(self, path: str, *, retry_after: str | None = "120", then: Answer | None = None) -> str:
        """Answer 429, with Retry-After unless None; `then` once, if given, and 429 no more."""
        refusal = Answer(status=429, headers={"Retry-After": retry_after} if retry_after else {}, body=b"slow down")
        return self.add_answers(path, refusal, *([then] if then else []))

    def hits(self, path: str) -> int:
        """Return how often `path` (with its query) was asked for."""
        return sum(request.path == path for request in list(self.requests))

    def wait_for_request(self, path: str, *, count: int = 1, timeout_s: float = 20) -> None:
        """Return once `path` has been asked for `count` times. Raises TimeoutError."""
        with self._asked:
            if not self._asked.wait_for(lambda: self.hits(path) >= count, timeout_s):
                raise TimeoutError(f"{path} was asked for {self.hits(path)} times, not {count}")

    def _answer(self, request: Request) -> Answer:
        with self._asked:
            self.requests.append(request)
            self._asked.notify_all()
            path = request.path if request.path in self._answers else request.path.partition("?")[0]
            if answers := self._answers.get(path):
                return answers.pop(0) if len(answers) > 1 else answers[0]
            make = next((make for prefix, make in self._makers.items() if request.path.startswith(prefix)), None)
            return make(request.path) if make else Answer(status=404, body=b"<title>404</title>not here")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, site: NewsSite) -> None:
        self.site = site
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: the client going away in the middle is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site: NewsSite = self.server.site  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = site._answer(Request(method=self.command, path=self.path, headers=headers))
        self.close_connection = True
        while answer.wait_for and not answer.wait_for.wait(0.05) and not site.closing.is_set():
            pass
        if answer.drop or answer.raw is not None:
            self.connection.sendall(answer.raw or b"")
            site.closing.wait(answer.drip_s or 0)
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if _not_modified(answer, headers):
            answer = replace(answer, status=304, body=b"", content_type=None)
        self._head(answer)
        if self.command != "HEAD":
            self._body(answer, site.closing)

    do_HEAD = do_GET

    def _head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        stated = {
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body) * answer.repeat) if answer.repeat and answer.status != 304 else None,
            "ETag": answer.etag,
            "Last-Modified": answer.last_modified,
            "Connection": "close",
        }
        for name, value in {**stated, **answer.headers}.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()

    def _body(self, answer: Answer, closing: threading.Event) -> None:
        body = answer.body[: answer.send_only]
        if answer.drip_s is None:
            for _ in range(answer.repeat) if answer.repeat else count():
                self.wfile.write(body)
            return
        size = max(1, len(body) // DRIP_PIECES)
        for start in range(0, len(body), size):
            if closing.wait(answer.drip_s):
                return
            self.wfile.write(body[start : start + size])

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: `NewsSite.requests` is the log."""


def etag_of(body: bytes) -> str:
    """Return the ETag our pages carry: it follows the body."""
    return f'"{sha256(body).hexdigest()[:16]}"'


def _not_modified(answer: Answer, headers: Mapping[str, str]) -> bool:
    if answer.status != 200:
        return False
    if asked := headers.get("if-none-match"):
        return answer.etag is not None and answer.etag in [tag.strip() for tag in asked.split(",")]
    return answer.last_modified is not None and headers.get("if-modified-since") == answer.last_modified


@contextmanager
def news_sites(count: int) -> Iterator[Sequence[NewsSite]]:
    """Run several hosts at once."""
    sites: list[NewsSite] = []
    try:
        sites.extend(NewsSite().__enter__() for _ in range(count))
        yield sites
    finally:
        for site in sites:
            site.__exit__(None, None, None)


@contextmanager
def closed_port() -> Iterator[str]:
    """Yield an address where connections are refused: the port is taken, but nobody listens."""
    with socket.socket() as taken, suppress(OSError):
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"
