"""What a server compressed for the way, undone: gzip, deflate, brotli (RFC 9110, 8.4). Pure.

We ask for gzip and deflate; caches that forget to look send brotli all the same.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from gzip import BadGzipFile, GzipFile
from io import BytesIO

import brotli

_GZIP = b"\x1f\x8b"
_PIECE = 1 << 16
_RAW = -zlib.MAX_WBITS  # what some servers call deflate lacks the zlib frame around it


class CodingBrokenError(ValueError):
    """The stream breaks off or is damaged: part of the body has not come."""


class TooLargeError(ValueError):
    """More bytes come out than are allowed."""


_MOST_CODINGS = 3  # one is usual; each costs a whole unpacking


def decode(payload: bytes, content_encodings: Iterable[str], *, max_bytes: int) -> bytes:
    """Return `payload` without what its Content-Encoding headers say was done to it, the last first.

    What is not coded as stated, or in a way unknown to us, stays as it came: servers also write `utf-8` there.
    Raises CodingBrokenError and TooLargeError (over `max_bytes`).
    """
    codings = [coding.strip().lower() for value in content_encodings for coding in value.split(",")]
    if len(codings) > _MOST_CODINGS:
        raise CodingBrokenError(f"{len(codings)} codings on top of each other")
    for coding in reversed(codings):
        if coding in _PIECES and payload:  # a 304 states the coding of what it does not send
            payload = _whole(payload, _PIECES[coding], max_bytes)
        elif coding not in ("", "identity"):
            break
    return payload


def _whole(payload: bytes, pieces: "_Pieces", max_bytes: int) -> bytes:
    parts, size = [], 0
    for part in pieces(payload):
        size += len(part)
        if size > max_bytes:
            raise TooLargeError(f"more than {max_bytes} bytes after decompression")
        parts.append(part)
    return b"".join(parts)


def _gunzipped(payload: bytes) -> Iterable[bytes]:
    if not payload.startswith(_GZIP):
        yield payload
        return
    some = False
    file = GzipFile(fileobj=BytesIO(payload))
    try:
        while part := file.read1(_PIECE):
            some = True
            yield part
    except BadGzipFile as error:  # bytes behind the end, a wrong check sum: browsers show what came before
        if not some:
            raise CodingBrokenError(str(error)) from error
    except (EOFError, zlib.error) as error:
        raise CodingBrokenError(f"gzip breaks off: {error}") from error


def _inflated(payload: bytes) -> Iterable[bytes]:
    for wbits in (zlib.MAX_WBITS, _RAW):
        unpacker = zlib.decompressobj(wbits)
        try:
            first = unpacker.decompress(payload, _PIECE)
        except zlib.error:
            continue
        yield first
        yield from _rest(unpacker)
        return
    yield payload


def _rest(unpacker: "zlib._Decompress") -> Iterable[bytes]:
    while not unpacker.eof:
        try:
            part = unpacker.decompress(unpacker.unconsumed_tail, _PIECE)
        except zlib.error as error:
            raise CodingBrokenError(f"deflate is damaged: {error}") from error
        if not part and not unpacker.eof:
            raise CodingBrokenError("deflate breaks off")
        yield part


def _unbrotlied(payload: bytes) -> Iterable[bytes]:
    unpacker = brotli.Decompressor()
    try:
        part = unpacker.process(payload, output_buffer_limit=_PIECE)
        while part:
            yield part
            part = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=_PIECE)
    except brotli.error as error:
        raise CodingBrokenError(f"brotli is damaged: {error}") from error
    if not unpacker.is_finished():
        raise CodingBrokenError("brotli breaks off")


_Pieces = Callable[[bytes], Iterable[bytes]]
_PIECES: Mapping[str, _Pieces] = {"gzip": _gunzipped, "x-gzip": _gunzipped, "deflate": _inflated, "br": _unbrotlied}
