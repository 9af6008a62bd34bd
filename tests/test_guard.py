"""What is never asked, however it is spelled."""

import asyncio
import socket
from dataclasses import replace

import pytest
from news_site import NewsSite
from test_download import SETTINGS, ask

from crawler.guard import PublicResolver, is_public, literal
from crawler.outcomes import AddressRefusedError
from storage.records import Outcome

REFUSING = replace(SETTINGS, allow_private_addresses=False)
PRIVATE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0", "127.0.0.1.", "localhost",
    "a.localhost", "LOCALHOST.", "１２７.０.０.１", "127。0。0。1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[::]", "[::1]",
    "[0:0::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]", "[fd00::1]", "[fe80::1]", "[fe80::1%eth0]", "[fec0::1]", "[ff02::1]", "[::zz]",
]  # fmt: skip
PUBLIC = [
    "93.184.216.34", "8.8.8.8", "1572395042", "[2001:4860:4860::8888]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]",
    "[2002:808:808::]",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_seen_in_every_spelling(host: str) -> None:
    address = literal(host)
    assert address is not None
    assert not is_public(address)


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_address_is_not_refused(host: str) -> None:
    assert is_public(literal(host) or "")


@pytest.mark.parametrize(
    "host", ["example.org", "a", "1.2.3.4.example.org", "0x.example", "xn--mnchen-3ya.de", "127.0.0.1.nip.io"]
)
def test_a_name_is_left_to_the_resolver(host: str) -> None:
    assert literal(host) is None


def resolver(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> PublicResolver:
    """Return a resolver on a machine whose name server says this of every name."""

    def answer(host: str, port: int, *more: object, **rest: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return PublicResolver()


def test_a_name_with_a_private_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve() -> None:
        await resolver(monkeypatch, "127.0.0.1", "10.0.0.1").resolve("rebound.example", 80)

    with pytest.raises(AddressRefusedError, match=r"rebound\.example"):
        asyncio.run(resolve())


def test_of_a_name_with_both_only_the_public_address_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve() -> list[str]:
        found = await resolver(monkeypatch, "10.0.0.1", "93.184.216.34").resolve("half.example", 80)
        return [entry["host"] for entry in found]

    assert asyncio.run(resolve()) == ["93.184.216.34"]


def test_a_name_that_resolves_to_loopback_is_refused_where_the_connection_is_made(
    news_site: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def rebound(host: str, *more: object, **rest: object) -> object:
        return real("127.0.0.1" if host == "rebound.example" else host, *more, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    port = news_site.host.rpartition(":")[2]
    (answer,) = ask([f"http://rebound.example:{port}/a"], REFUSING)
    assert (answer.outcome, answer.reason) == (Outcome.OFF_SITE, "private address: rebound.example")
    assert news_site.requests == []
    (answer,) = ask([f"http://rebound.example:{port}/a"])
    assert answer.outcome is Outcome.GONE


def test_private_addresses_are_refused_before_any_request(news_site: NewsSite) -> None:
    port = news_site.host.rpartition(":")[2]
    urls = [f"http://{host}:{port}/a" for host in PRIVATE if "%" not in host and "zz" not in host]
    answers = ask([*urls, "ftp://a.example/"], REFUSING)
    assert {answer.outcome for answer in answers} == {Outcome.OFF_SITE}
    assert news_site.requests == []


def test_credentials_of_a_redirect_are_neither_sent_nor_kept(news_site: NewsSite) -> None:
    news_site.add_page("/a", b"<p>x</p>")
    news_site.redirect("/r", f"http://user:secret@{news_site.host}/a#part")
    (answer,) = ask([news_site.url("/r")])
    assert answer.capture
    assert answer.capture.url == news_site.url("/a")
    assert not any("authorization" in request.headers for request in news_site.requests)
    assert news_site.hits("/a") == 1


@pytest.mark.parametrize("to", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/", "data:text/html,x"])
def test_a_redirect_out_of_the_web_is_off_site(to: str, news_site: NewsSite) -> None:
    news_site.redirect("/r", to)
    (answer,) = ask([news_site.url("/r")])
    assert answer.outcome is Outcome.OFF_SITE
