"""Whether it is our own line that fails, judged by what a pass's answers say together. Pure.

One host that does not answer is down itself. Our line is down when hosts that ought to answer fail one after another and
nobody answers in between; or when this machine itself says that it reaches nobody (no route, no name server). A name
server's "try again" about one host alone proves nothing: that host's own may be broken.
Known exception: an outlet that is all there is, and does not answer, is taken to be down unless this machine says it is us.
"""

from collections.abc import Collection, Set
from dataclasses import dataclass, field
from typing import Literal

from crawler.download import Answer
from storage.records import Outcome

Sign = Literal["answered", "failed", "local"]

WITNESSES = 10  # hosts in a row that ought to answer and did not: so many outlets do not die within one moment
TURNED = 2  # hosts in a row that had answered in this very pass and then did not

_SILENCE = frozenset({Outcome.NETWORK, Outcome.TIMEOUT})
_UNASKED = frozenset({Outcome.ROBOTS, Outcome.OFF_SITE})  # may have been refused without a word on the line


def sign_of(answer: Answer) -> Sign | None:
    """Return what an answer says about our line; None: nothing."""
    if answer.status is not None:
        return "answered"
    if answer.outcome in _SILENCE:
        return "local" if answer.local else "failed"
    return None if answer.outcome in _UNASKED else "answered"


@dataclass(slots=True)
class Uplink:
    """The evidence of one pass so far."""

    hosts: Collection[str] = ()
    """Hosts the pass asks from the start."""
    failing: Collection[str] = ()
    """Those that failed the last time too: their silence says nothing."""
    _answered: set[str] = field(default_factory=set)
    _silent: dict[str, bool] = field(default_factory=dict)
    """Hosts that failed since anybody last answered, and whether it was this machine that said so."""

    def note(self, host: str, sign: Sign) -> None:
        """Take one answer into account."""
        if sign == "answered":
            self._answered.add(host)
            self._silent.clear()
        else:
            self._silent[host] = self._silent.get(host, True) and sign == "local"

    @property
    def down(self) -> bool:
        """It is clear that nobody can be reached: asking on would only add failures."""
        return self._many or (self.was_down and self._silent.keys() >= set(self.hosts))

    @property
    def was_down(self) -> bool:
        """At the end of a pass: what failed since anybody last answered was our own failure."""
        everybody = bool(self._silent) and (not self._answered or self._silent.keys() >= self._answered)
        ours = len(self._witnesses) > 1 or all(self._silent.values())
        return self._many or (everybody and ours)

    @property
    def _many(self) -> bool:
        return len(self._silent.keys() & self._answered) >= TURNED or len(self._witnesses) >= WITNESSES

    @property
    def _witnesses(self) -> Set[str]:
        return self._silent.keys() - set(self.failing)
