"""What a person names as WARC sources → files one by one, and open files: here, over http(s), or wherever fsspec reaches."""

import gzip
import shutil
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import lru_cache
from glob import has_magic
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, cast
from urllib.parse import unquote, urljoin, urlsplit

import fsspec
from aiohttp import ClientError, ClientResponseError

from storage.errors import ConfigError

COMMON_CRAWL = "https://data.commoncrawl.org/"
"""Where the paths of a list are when they are nowhere nearer."""
UNREADABLE = (OSError, ValueError, ImportError, ClientError, TimeoutError)
"""What opening and reading raise: gone, no rights, no ranges, no such protocol, a broken line."""
WAIT_S = 5.0
"""Before asking again after a broken line, or a server that has too much to do and does not say how long; then thrice as long."""
_FOR_NOW = (408, 429, 500, 502, 503, 504)  # Common Crawl's answer to many at a time is 503
_LIST = ("warc.paths", "warc.paths.gz", ".txt", ".txt.gz", ".paths", ".paths.gz")
_PIECE = 1 << 20
_LONGEST_LIST = 64_000_000  # bytes; a year of CC-NEWS has under a megabyte


class Trouble(NamedTuple):
    """Why a file cannot be read."""

    reason: str
    wait_s: float | None
    """Seconds after which it may be; None: asking again is of no use. Of a file on this machine it never is."""


def trouble(error: BaseException, address: str) -> Trouble:
    """Return what an error of UNREADABLE says of the file at an address; fsspec takes all that goes wrong for a missing file."""
    if isinstance(error, FileNotFoundError) and isinstance(error.__cause__, (ClientError, TimeoutError)):
        error = error.__cause__
    if isinstance(error, ClientResponseError):
        wait = _wait_of(error) if error.status in _FOR_NOW else None
        return Trouble(f"the server says {error.status} {error.message}", wait)
    if isinstance(error, (ValueError, ImportError)):  # of what stands there, or of how it is named
        return Trouble(str(error), None)
    for_good = path_of(address) is not None or isinstance(error, (FileNotFoundError, PermissionError))
    return Trouble(f"{type(error).__name__}: {error}", None if for_good else WAIT_S)


def _wait_of(answer: ClientResponseError) -> float:
    with suppress(ValueError, KeyError):  # a date, which nobody sends with 429 or 503, or none
        return float(answer.headers["Retry-After"] if answer.headers else "")
    return WAIT_S


def expand(named: str, *, base: str | None = None) -> Iterator[str]:
    """Yield the addresses of the WARC files that a name stands for: itself, what a glob matches, what a list names.

    Raises ConfigError for what matches or lists nothing, and for a file of this machine that is not there.
    """
    if named.endswith(_LIST):
        yield from _listed(named, base)
        return
    if not _is_pattern(named):
        if "://" not in named and not Path(named).is_file():
            raise ConfigError(named, "no such file")
        yield address_of(named)
        return
    found = _matching(named)
    if not found:
        raise ConfigError(named, "matches no file")
    yield from found


def address_of(named: str) -> str:
    """Return the address of a file: `file:///…` of one on this machine."""
    return named if "://" in named else Path(named).resolve().as_uri()


def path_of(address: str) -> Path | None:
    """Return the path of a file on this machine; None for one that is elsewhere."""
    parts = urlsplit(address)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def size_of(address: str) -> int | None:
    """Return a file's size in bytes; None where its server does not say. Raises UNREADABLE."""
    path = path_of(address)
    if path:
        return path.stat().st_size
    system, place = fsspec.core.url_to_fs(address)
    size = system.info(place).get("size")
    return int(size) if size is not None else None


def opened(address: str) -> BinaryIO:
    """Open a file for reading, anywhere in it; what comes in one piece only is put on disk first. Raises UNREADABLE."""
    path = path_of(address)
    if path:
        return path.open("rb")
    if not in_parts(address):
        return _on_disk(fsspec.open(address, "rb", block_size=0).open())
    return cast("BinaryIO", fsspec.open(address, "rb").open())


@lru_cache(10_000)
def in_parts(address: str) -> bool:
    """Say whether a file is given in parts; some web servers have whole ones only, which fsspec finds out by asking. Raises UNREADABLE."""
    if not address.startswith(("http://", "https://")):
        return True
    try:
        with fsspec.open(address, "rb", block_size=1).open() as file:
            file.seek(1)
            file.read(1)
    except ValueError:
        return False
    return True


def _on_disk(file: BinaryIO) -> BinaryIO:
    with file, ExitStack() as undo:
        copy = undo.enter_context(TemporaryFile())
        shutil.copyfileobj(file, copy, _PIECE)
        copy.seek(0)
        undo.pop_all()
        return cast("BinaryIO", copy)


def _is_pattern(named: str) -> bool:
    """Say whether a name stands for several files; in an address `?` begins a query."""
    return "*" in named or ("://" not in named and has_magic(named) and not Path(named).exists())


def _matching(pattern: str) -> list[str]:
    try:
        system, place = fsspec.core.url_to_fs(pattern)
        found = [path for path in sorted(system.glob(place)) if system.isfile(path)]
    except UNREADABLE as error:
        raise ConfigError(pattern, f"cannot be listed: {error}") from error
    return [str(system.unstrip_protocol(path)) if "://" in pattern else Path(path).as_uri() for path in found]


def _listed(named: str, base: str | None) -> Iterator[str]:
    try:
        with opened(address_of(named)) as file:
            raw = file.read(_LONGEST_LIST)
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except (*UNREADABLE, EOFError, zlib.error) as error:
        raise ConfigError(named, f"cannot be read: {trouble(error, address_of(named)).reason}") from error
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise ConfigError(named, "names no file")
    if lines[0].startswith("<"):
        raise ConfigError(named, "is a web page, not a list of files")
    for line in lines:
        yield _placed(line, named, base)


def _placed(line: str, named: str, base: str | None) -> str:
    """Return the address of a line of a list: as it stands, else below `base`, the list's host, its folder or Common Crawl."""
    if "://" in line:
        return line
    if base:
        return f"{base.rstrip('/')}/{line.lstrip('/')}"
    if "://" in named:
        return urljoin(named, "/" + line.lstrip("/"))
    near = Path(named).resolve().parent / line
    return near.as_uri() if near.exists() else urljoin(COMMON_CRAWL, line.lstrip("/"))
