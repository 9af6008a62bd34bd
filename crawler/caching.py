"""How long an answer says that it stays fresh: Cache-Control and Age (RFC 9111). Pure."""

import re
from collections.abc import Iterable
from datetime import timedelta

_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)
_AGE = re.compile(r"\s*(\d{1,9})\s*")


def stays_fresh(headers: Iterable[tuple[str, str]]) -> timedelta:
    """Return how much longer a body is what it is by its headers; zero where they do not say. Never raises."""
    said = {name.lower(): value for name, value in headers}
    control = said.get("cache-control", "")
    if _NOT_KEPT.search(control) or not (stated := _MAX_AGE.search(control)):
        return timedelta()
    age = _AGE.fullmatch(said.get("age", ""))
    return timedelta(seconds=max(int(stated[1]) - (int(age[1]) if age else 0), 0))
