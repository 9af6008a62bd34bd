"""What servers compressed comes out whole, bounded, or not at all."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.content_coding import CodingBrokenError, TooLargeError, decode

PAGE = b"<p>A line of a page that repeats itself, as pages do.</p>" * 4000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


CODED = {
    "gzip": gzip.compress, "x-gzip": gzip.compress, "GZip ": gzip.compress, "deflate": zlib.compress,
    "br": brotli.compress, "identity": bytes, "": bytes, "utf-8": bytes,
}  # fmt: skip


@given(st.binary(max_size=2000), st.lists(st.sampled_from(["gzip", "deflate", "br", "identity"]), max_size=3))
def test_every_coding_is_undone_the_last_first(body: bytes, codings: list[str]) -> None:
    payload = body
    for coding in codings:
        payload = CODED[coding](payload) if payload else payload
    assert decode(payload, [", ".join(codings)], max_bytes=10_000) == body
    assert decode(payload, codings, max_bytes=10_000) == body


@pytest.mark.parametrize("coding", CODED)
def test_more_than_is_allowed_is_too_large(coding: str) -> None:
    packed = CODED[coding](PAGE)
    assert decode(packed, [coding], max_bytes=len(PAGE)) == PAGE
    if packed != PAGE:
        with pytest.raises(TooLargeError):
            decode(packed, [coding], max_bytes=len(PAGE) - 1)


def test_layers_of_a_bomb_are_counted_each() -> None:
    bomb = gzip.compress(gzip.compress(b"0" * 5_000_000))
    with pytest.raises(TooLargeError):
        decode(bomb, ["gzip, gzip"], max_bytes=100_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("cut", [10, -200, -1])
def test_a_stream_that_breaks_off_is_broken(coding: str, cut: int) -> None:
    with pytest.raises(CodingBrokenError):
        decode(CODED[coding](bytes(range(256)) * 99 + PAGE)[:cut], [coding], max_bytes=10**9)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_stream_that_is_damaged_is_broken(coding: str) -> None:
    packed = CODED[coding](bytes(i * i % 251 for i in range(300_000)))
    with pytest.raises(CodingBrokenError):
        decode(packed[: len(packed) // 2] + b"\xff" * 5000, [coding], max_bytes=10**9)


def test_what_browsers_read_is_read() -> None:
    assert decode(raw_deflate(PAGE), ["deflate"], max_bytes=10**9) == PAGE
    assert decode(gzip.compress(PAGE) + b"\0\0", ["gzip"], max_bytes=10**9) == PAGE
    assert decode(gzip.compress(PAGE) + b"<!-- cached -->", ["gzip"], max_bytes=10**9) == PAGE
    assert decode(gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:]), ["gzip"], max_bytes=10**9) == PAGE
    assert decode(gzip.compress(PAGE)[:-8] + b"checksum", ["gzip"], max_bytes=10**9) == PAGE
    assert decode(PAGE, ["gzip"], max_bytes=10**9) == PAGE
    assert decode(PAGE, ["deflate"], max_bytes=10**9) == PAGE
    assert decode(b"", ["gzip"], max_bytes=10**9) == b""
