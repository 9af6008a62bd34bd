"""Response headers that keep scraped text from ever running in a reader's browser."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

STOCK_PAGES = re.compile(r"^/(cuttings|-)([/.]|$)")
CLOSED = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
OUR_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; {CLOSED}"
)
STOCK_POLICY = (  # Datasette's table and query pages carry inline script and style
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data:; {CLOSED}"
)


def guarded(app: App) -> App:
    """Return `app` with a content policy and its companions on every answer."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        policy = STOCK_POLICY if STOCK_PAGES.match(scope["path"]) else OUR_POLICY

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *safety(policy)]
            await send(message)

        await app(scope, receive, send_guarded)

    return answer


def safety(policy: str = OUR_POLICY) -> list[tuple[bytes, bytes]]:
    """Return the headers that every answer carries."""
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]
