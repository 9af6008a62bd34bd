"""A file of names and passwords that lets readers at another host see full texts (HTTP Basic, behind TLS).

A line is `name:password`; `#` begins a comment. The file is readable by its owner alone, or it is refused.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import stat
from collections.abc import Mapping
from pathlib import Path

from storage.errors import ConfigError
from storage.site.headers import App, Message, Receive, Send, safety

SHORTEST = 10  # characters
WAIT_AFTER_WRONG_S = 1.0  # so that guessing stays slow; other requests go on meanwhile


def read(path: Path) -> dict[str, str]:
    """Return name → password. Raises ConfigError for a file others can read, or one without a usable line."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigError(str(path), "others can read it: chmod 600")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error
    known = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, password = line.partition(":")
        if not (name and colon and len(password) >= SHORTEST):
            raise ConfigError(
                f"{path}:{number}", f"wants name:password, the password of at least {SHORTEST} characters"
            )
        known[name] = password
    if not known:
        raise ConfigError(str(path), "names nobody; a line is name:password")
    return known


def guarded_by(known: Mapping[str, str], app: App) -> App:
    """Return `app` for those who know a password; others get 401."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not allows(known, dict(scope["headers"]).get(b"authorization", b"")):
            if b"authorization" in dict(scope["headers"]):
                await asyncio.sleep(WAIT_AFTER_WRONG_S)
            await _refuse(send)
            return
        await app(scope, receive, send)

    return answer


def allows(known: Mapping[str, str], header: bytes) -> bool:
    """Say whether an Authorization header names a reader and their password; takes as long for a wrong name."""
    scheme, _, encoded = header.partition(b" ")
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    same = hmac.compare_digest(_digest(password), _digest(known.get(name, "")))
    return scheme.lower() == b"basic" and name in known and same


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


async def _refuse(send: Send) -> None:
    headers = [
        (b"www-authenticate", b'Basic realm="Cuttings", charset="UTF-8"'),
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        *safety(),
    ]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": b"This archive asks for a name and a password.\n"})
