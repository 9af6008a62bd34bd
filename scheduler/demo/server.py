"""Serves the outlets of the demonstration on loopback, one port each; `advance()` brings the second day."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from scheduler.demo.papers import DAYS, World, papers
from scheduler.demo.replies import Reply, replies

NOT_FOUND = Reply(body=b"<title>404</title><p>Not found.</p>", content_type="text/html", status=404)


class Outlets:
    """The running outlets."""

    def __init__(self, addresses: Mapping[str, str], base_day: date) -> None:
        self._world = World(base_day=base_day, addresses=addresses)
        self.day = DAYS[0]
        self._replies = self._of_day()

    @property
    def addresses(self) -> Mapping[str, str]:
        """Outlet id → `http://127.0.0.1:port`."""
        return self._world.addresses

    def advance(self) -> None:
        """Let the second day begin: an edit, a removal, two new cross-posts."""
        self.day = DAYS[-1]
        self._replies = self._of_day()  # one assignment: a request sees one day or the other

    def reply(self, outlet: str, path: str) -> Reply:
        """Return what an outlet answers at a path without query."""
        return self._replies[outlet].get(path, NOT_FOUND)

    def _of_day(self) -> dict[str, dict[str, Reply]]:
        return {id_: replies(paper, self.day, self._world) for id_, paper in papers().items()}


@contextmanager
def serve(base_day: date) -> Iterator[Outlets]:
    """Run every outlet of the demonstration until the block ends; dates count from `base_day`."""
    with ExitStack() as running:
        servers = {id_: running.enter_context(_Server(id_)) for id_ in papers()}
        outlets = Outlets({id_: server.address for id_, server in servers.items()}, base_day)
        for server in servers.values():
            server.outlets = outlets
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            running.callback(thread.join)
            running.callback(server.shutdown)
        yield outlets


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    outlets: Outlets

    def __init__(self, outlet: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.outlet = outlet
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        reply = self.server.outlets.reply(self.server.outlet, urlsplit(self.path).path)
        etag = f'"{sha256(reply.body).hexdigest()[:20]}"'
        known = reply.status == 200 and self._has(reply, etag)  # noqa: PLR2004
        self.send_response(304 if known else reply.status)
        self.send_header("ETag", etag)
        if reply.modified:
            self.send_header("Last-Modified", format_datetime(reply.modified, usegmt=True))
        if not known:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if not known and self.command == "GET":
            self.wfile.write(reply.body)

    do_HEAD = do_GET

    def _has(self, reply: Reply, etag: str) -> bool:
        """Whether the client says that it has this reply already."""
        if tags := self.headers.get("If-None-Match"):
            return etag in tags
        since: str | None = self.headers.get("If-Modified-Since")
        if since is None or reply.modified is None:
            return False
        return reply.modified <= parsedate_to_datetime(since)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: what was asked is in the archive's `fetches`."""
