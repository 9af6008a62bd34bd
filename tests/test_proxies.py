"""Proxies named by the environment, against a real one on loopback."""

import base64
import select
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from news_site import NewsSite, closed_port
from test_download import SETTINGS, ask

from storage.records import Outcome

REFUSING = replace(SETTINGS, allow_private_addresses=False)
USER, PASSWORD = "anna", "p@ss/w:rd%"
QUOTED = "anna:p%40ss%2Fw%3Ard%25"


class Proxy(ThreadingHTTPServer):
    """Passes requests on to `backend`, whatever host they name; wants a password if it has one."""

    daemon_threads = True

    def __init__(self, backend: str, password: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.backend = backend
        self.password = password
        self.asked: list[str] = []
        self.place = f"127.0.0.1:{self.server_address[1]}"


class _Passing(BaseHTTPRequestHandler):
    server: Proxy

    def do_GET(self) -> None:
        if not self._let_in():
            return
        connection = HTTPConnection(self.server.backend)
        connection.request("GET", urlsplit(self.path).path, headers={"Connection": "close"})
        answer = connection.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name in ("Content-Type", "Location"):
            if value := answer.headers[name]:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        connection.close()

    def do_CONNECT(self) -> None:
        if not self._let_in():
            return
        with socket.create_connection(
            (self.server.backend.split(":")[0], int(self.server.backend.split(":")[1]))
        ) as far:
            self.send_response(200)
            self.end_headers()
            while True:
                for ready in select.select([self.connection, far], [], [], 5)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    (far if ready is self.connection else self.connection).sendall(data)

    def _let_in(self) -> bool:
        self.server.asked.append(f"{self.command} {self.path}")
        stated = self.headers.get("Proxy-Authorization", "")
        expected = "Basic " + base64.b64encode(f"{USER}:{self.server.password}".encode()).decode()
        if self.server.password and stated != expected:
            self.send_response(407)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False
        return True

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def proxy(news_site: NewsSite, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A proxy in front of `news_site`, in an environment that names none yet."""
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with Proxy(news_site.host) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY"])
def test_a_page_comes_through_the_proxy_and_its_name_is_not_resolved_here(
    name: str, proxy: Proxy, news_site: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, f"http://{proxy.place}")
    news_site.add_page("/a", "<p>x</p>")
    (answer,) = ask(["http://nowhere.invalid/a"], REFUSING)
    assert answer.outcome is None
    assert answer.capture
    assert (answer.capture.body, answer.capture.url, answer.capture.ip_address) == (
        b"<p>x</p>",
        "http://nowhere.invalid/a",
        None,
    )
    assert "GET http://nowhere.invalid/robots.txt" in proxy.asked


def test_literal_addresses_are_refused_behind_a_proxy_too(
    proxy: Proxy, news_site: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy.place)
    news_site.redirect("/r", "http://0x7f000001/")
    urls = ["http://10.0.0.1/", "http://[::1]/", "http://localhost/", "http://2130706433/", "http://a.invalid/r"]
    assert {answer.outcome for answer in ask(urls, REFUSING)} == {Outcome.OFF_SITE}
    assert all("a.invalid" in asked for asked in proxy.asked)


@pytest.mark.parametrize("password", [PASSWORD, "other"], ids=["right", "wrong"])
def test_a_password_is_used_and_kept_nowhere(
    password: str,
    proxy: Proxy,
    news_site: NewsSite,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    proxy.password = password
    monkeypatch.setenv("http_proxy", f"http://{QUOTED}@{proxy.place}")
    monkeypatch.setenv("https_proxy", f"http://{QUOTED}@{proxy.place}")
    news_site.add_page("/a", "<p>x</p>")
    caplog.set_level(0)
    found = ask(["http://news.invalid/a", "https://news.invalid/a"], REFUSING)
    assert [(answer.outcome, answer.local) for answer in found] == [
        (None, False) if password == PASSWORD else (Outcome.NETWORK, True),
        (Outcome.NETWORK, password != PASSWORD),
    ]
    coded = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    kept = repr(found) + caplog.text
    assert not [word for word in (PASSWORD, QUOTED, coded, USER) if word in kept]


def test_a_secure_page_is_asked_for_by_connect(
    proxy: Proxy, news_site: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.place}")
    (answer,) = ask(["https://news.invalid/a"], REFUSING)
    assert (answer.outcome, answer.local) == (Outcome.NETWORK, False)  # nobody speaks TLS at the other end
    assert set(proxy.asked) == {"CONNECT news.invalid:443"}


def test_hosts_of_no_proxy_are_asked_directly(
    proxy: Proxy, news_site: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy.place)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,.example")
    news_site.add_page("/a", "<p>x</p>")
    (answer,) = ask([news_site.url("/a")])
    assert (answer.outcome, proxy.asked) == (None, [])


def test_a_proxy_that_is_not_there_is_our_own_networks_failure(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    with closed_port() as nowhere:
        monkeypatch.setenv("http_proxy", nowhere)
        (answer,) = ask(["http://news.invalid/a"], REFUSING)
    assert (answer.outcome, answer.local) == (Outcome.NETWORK, True)


def test_the_proxy_itself_is_not_asked_as_a_page(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy.place.replace("127.0.0.1", "proxy.example"))
    port = proxy.place.rpartition(":")[2]
    (answer,) = ask([f"http://proxy.example:{port}/a"], REFUSING)
    assert (answer.outcome, proxy.asked) == (Outcome.OFF_SITE, [])
