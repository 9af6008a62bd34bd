"""robots.txt as RFC 9309 has it: what an answer states, and what that means for an address. Pure.

Protego reads the rules (longest match, Allow before Disallow, `*` and `$`); which group is ours is settled here,
because it would take a group for `cut` to be meant for `cuttings`, and one for `cuttings/1.0` not to be.
"""

import codecs
import re
from http import HTTPStatus

from protego import Protego

from storage.records import HostPolicy

MOST_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least so much is read."""
FRESH_H = 24
"""RFC 9309, 2.4."""
USABLE_DAYS = 30
"""RFC 9309, 2.3.1.4: a copy may stand in for an unreachable file, "for example, 30 days"."""

_AGENT_LINE = re.compile(r"^[ \t]*user[ -]?agent[ \t]*[: \t][ \t]*([^#\n]*)", re.IGNORECASE | re.MULTILINE)
_COMPATIBLE = re.compile(r"compatible;\s*([^\s;/)]+)")
_OTHER = "somebody-else"


def product_of(user_agent: str) -> str:
    """Return the product token of a user agent, by which robots.txt names us; `Mozilla` names nobody."""
    token = re.split(r"[/\s(;]", user_agent.strip(), maxsplit=1)[0]
    inner = _COMPATIBLE.search(user_agent)
    return (inner[1] if inner and token == "Mozilla" else token) or _OTHER  # noqa: S105


def robots_text(body: bytes, *, cut: bool = False) -> str:
    """Return the text of a robots.txt, whatever it is encoded in; of one that was `cut` off only its whole lines."""
    if len(body) > MOST_BYTES:
        body, cut = body[:MOST_BYTES], True
    encoding = "utf-16" if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    text = body.decode(encoding, "replace").replace("\0", "")
    if cut:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    return text


def conclusive(policy: HostPolicy) -> bool:
    """Say whether a host has answered for its robots.txt: also that there is none, but not that it cannot say."""
    status = policy.robots_status
    return status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS


class Rules:
    """What one robots.txt states for one agent."""

    def __init__(self, text: str, agent: str) -> None:
        ours = product_of(agent).lower()

        def whose(line: re.Match[str]) -> str:
            named = line[1].strip()
            token = re.split(r"[/\s*]", named, maxsplit=1)[0].lower()
            return f"User-agent: {'*' if named == '*' else ours if token == ours else _OTHER}"

        text = "\n".join(text.removeprefix("\ufeff").splitlines())
        is_page = text.lstrip().startswith("<")
        self._agent = ours
        self._rules = Protego.parse("" if is_page else _AGENT_LINE.sub(whose, text))

    def allow(self, url: str) -> bool:
        """Say whether the agent may ask an absolute address."""
        return self._rules.can_fetch(url, self._agent)

    @property
    def delay_s(self) -> float:
        """Crawl-delay for the agent; 0 where none is stated."""
        return self._rules.crawl_delay(self._agent) or 0.0
