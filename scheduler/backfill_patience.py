"""Files elsewhere that cannot be read for now: asked again after the wait that the server asks for, then given up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from crawler.gleaners import Hands
from crawler.gleaning import Gleaned, Stint

TRIES = 5  # attempts; the waits between them are 200 s together where the server says nothing
LONGEST_WAIT_S = 600.0  # a longer one is left to the next run


class Attempt(Protocol):
    """What came of an attempt."""

    @property
    def wait_s(self) -> float | None:
        """Seconds after which another may do better; None: it has done, or never will."""


Result = TypeVar("Result", bound=Attempt)


async def patiently(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Attempt something until it does, or TRIES times; return the last result."""
    for earlier in range(TRIES - 1):
        result = await attempt()
        wait = result.wait_s
        if wait is None or wait > LONGEST_WAIT_S:
            return result
        await asyncio.sleep(wait * 3**earlier)
    return await attempt()


class Patient:
    """Hands that do a task again when its file could not be read for now."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self.count = hands.count

    async def do(self, stint: Stint) -> Gleaned:
        """Do a task."""
        return await patiently(lambda: self._hands.do(stint))
