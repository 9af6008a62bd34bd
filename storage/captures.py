"""Reads a capture's record back from its WARC file, as the table `captures` says where it is; finds a file's sound end."""

import base64
import gzip
import hashlib
import os
import zlib
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException


def payload_digest(path: Path, *, byte_offset: int, byte_length: int) -> str:
    """Return `sha1:BASE32` of the payload of the one record at `byte_offset`, `byte_length` bytes long.

    Raises OSError (also where the file ends too early) and ValueError (not a whole WARC response record).
    """
    with path.open("rb") as file:
        lacking = byte_offset + byte_length - os.fstat(file.fileno()).st_size
        if lacking > 0:
            raise OSError(f"the file ends {lacking} bytes before the record does")
        file.seek(byte_offset)
        stored = file.read(byte_length)
    digest = hashlib.sha1(_payload(stored), usedforsecurity=False).digest()
    return f"sha1:{base64.b32encode(digest).decode()}"


def whole_until(path: Path, offset: int) -> int:
    """Return the end of the last whole gzip member at or behind `offset`, which must be a member's start."""
    with path.open("rb") as file:
        file.seek(offset)
        member, chunk, end = zlib.decompressobj(wbits=31), file.read(1 << 16), offset
        while chunk:
            try:
                member.decompress(chunk)
            except zlib.error:
                break
            rest = member.unused_data
            if member.eof:
                end = file.tell() - len(rest)
                member = zlib.decompressobj(wbits=31)
            chunk = rest or file.read(1 << 16)
    return end


def _payload(stored: bytes) -> bytes:
    """Return the payload of a response record, one gzip member or none, as it was captured."""
    try:
        whole = gzip.decompress(stored) if stored[:2] == b"\x1f\x8b" else stored
        record = next(iter(ArchiveIterator(BytesIO(whole))), None)
        if record is None or record.rec_type != "response":
            raise ValueError("no response record")
        payload: bytes = record.raw_stream.read()
    except (EOFError, gzip.BadGzipFile, zlib.error, ArchiveLoadFailed, StatusAndHeadersParserException) as error:
        raise ValueError(f"not a whole record: {error}") from error
    return payload
