"""Reads a capture's record back from its WARC file, as the table `captures` says where it is."""

import base64
import gzip
import hashlib
import zlib
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed


def payload_digest(path: Path, *, byte_offset: int, byte_length: int) -> str:
    """Return `sha1:BASE32` of the payload of the one record at `byte_offset`, `byte_length` bytes long.

    Raises OSError (also where the file ends too early) and ValueError (not a whole WARC response record).
    """
    with path.open("rb") as file:
        file.seek(byte_offset)
        stored = file.read(byte_length)
    if len(stored) < byte_length:
        raise OSError(f"the file ends {byte_length - len(stored)} bytes before the record does")
    digest = hashlib.sha1(_payload(stored), usedforsecurity=False).digest()
    return f"sha1:{base64.b32encode(digest).decode()}"


def _payload(stored: bytes) -> bytes:
    """Return the payload of a response record, one gzip member or none, as it was captured."""
    try:
        whole = gzip.decompress(stored) if stored[:2] == b"\x1f\x8b" else stored
        record = next(iter(ArchiveIterator(BytesIO(whole))), None)
        if record is None or record.rec_type != "response":
            raise ValueError("no response record")
        payload: bytes = record.raw_stream.read()
    except (EOFError, gzip.BadGzipFile, zlib.error, ArchiveLoadFailed) as error:
        raise ValueError(f"not a whole record: {error}") from error
    return payload
