"""A wish to end soon, as SIGTERM brings it: whoever works looks at it or is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stop:
    """Asked for at most once; safe to ask from a signal handler."""

    def __init__(self) -> None:
        self.asked = False
        self._tell: Callable[[], object] = lambda: None

    def ask(self) -> None:
        """Ask to end: what is in the air comes down, what waits is not asked."""
        self.asked = True
        self._tell()

    @contextmanager
    def telling(self, tell: Callable[[], object]) -> Iterator[None]:
        """Call `tell` when it is asked for, or at once if it was; not after the block."""
        self._tell = tell
        if self.asked:
            tell()
        try:
            yield
        finally:
            self._tell = lambda: None
