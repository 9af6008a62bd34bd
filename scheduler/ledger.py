"""What a pass writes down of each answer, in that answer's transaction: the attempt, the outlet's day, what hosts stated.

So `fetches` and `coverage` agree at every moment, however a pass ends.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from crawler.download import Answer
from crawler.outlets import host_of
from crawler.robots_rules import conclusive
from crawler.urls import url_key
from scheduler.plan import weight
from scheduler.saving import retry_after
from scheduler.tally import Tally
from storage import coverage, frontier
from storage.archive import Database
from storage.coverage import DayCounts, FetchRow
from storage.policies import store_policy, stored_policies
from storage.queries import POLL_KINDS
from storage.records import HostPolicy, Outcome, Outlet, article_key


class Ledger:
    """Writes `fetches`, `coverage`, `host_policies`, `host_rests` and what robots.txt adds to `outlet_rights`."""

    def __init__(
        self,
        db: Database,
        outlets: Mapping[str, Outlet],
        tallies: Mapping[str, Tally],
        *,
        run: int,
        covers: bool = True,
        in_hand: bool = False,
    ) -> None:
        self.policies: Mapping[str, HostPolicy] = stored_policies(db)
        """By origin, as they were before the pass."""
        self._db = db
        self._tallies = tallies
        self._run = run
        self._covers = covers  # what is asked says what its outlet published that day
        self._in_hand = in_hand  # somebody gave the addresses to be collected today
        self._stated = {origin: policy.fetched_at for origin, policy in self.policies.items()}
        self._written: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._at_home: defaultdict[str, list[str]] = defaultdict(list)
        for outlet in outlets.values():
            self._at_home[host_of(outlet.url)].append(outlet.id)

    def write(self, answer: Answer, outcome: Outcome) -> None:
        """Write down one answer and its outcome; the outlet's tally has counted it."""
        fetch = answer.fetch
        if answer.policy:
            self._write_policy(answer.policy, at=answer.at)
        if answer.retry_after and (wait := retry_after(answer.retry_after, answer.at)):
            host = host_of(answer.asked or fetch.url)
            frontier.rest(self._db, host, until=answer.at + wait)
        poll = fetch.kind in POLL_KINDS
        found_by = fetch.link.found_by if fetch.kind == "article" and fetch.link else "live"
        past = not self._covers or (found_by != "live" and not self._in_hand)  # left over from a backfill
        row = FetchRow(
            outlet=fetch.outlet,
            url=article_key(url_key(fetch.url)) if outcome is Outcome.FORGOTTEN else fetch.url,  # it tells, too
            at=answer.at,
            kind="backfill" if past else fetch.kind,  # says nothing of what the outlet does now
            outcome=outcome,
            status=answer.status,
            ms=answer.ms,
            size_bytes=answer.size_bytes,
            weight=weight(outcome, answer.status, nameless=answer.nameless) if poll else None,
        )
        coverage.record_fetch(self._db, row, run=self._run)
        self._cover(fetch.outlet, at=answer.at, poll=poll, past=past)

    def write_missed(self, outlet: str, *, polls: int, at: datetime) -> None:
        """Add polls that a pass had no time for to the outlet's day: an absence of collecting, not of articles."""
        if self._covers:
            coverage.add_coverage(self._db, outlet, DayCounts(polls=polls, polls_failed=polls), now=at)

    def _cover(self, outlet: str, *, at: datetime, poll: bool, past: bool) -> None:
        """Add to the outlet's day what its tally has counted since the last time."""
        if not self._covers:
            return
        tally, written = self._tallies[outlet], self._written[outlet]
        counted = Counter(tally.day_counts())
        if past:
            self._written[outlet] = counted
            return
        coverage.add_coverage(self._db, outlet, DayCounts(**(counted - written)), now=at)
        self._written[outlet] = counted
        if poll and tally.overlap is not None:
            coverage.set_overlap(self._db, outlet, tally.overlap, gap_suspected=tally.gap, now=at)

    def _write_policy(self, policy: HostPolicy, *, at: datetime) -> None:
        """Keep what a host was really asked for in this pass; it is the word of the outlets at home there."""
        last = self._stated.get(policy.origin)
        if last and policy.fetched_at <= last:
            return
        self._stated[policy.origin] = policy.fetched_at
        at_home = self._at_home.get(host_of(policy.origin), [])
        asked = [("robots", policy.robots_url, policy.robots_status, policy.robots)]
        if policy.tdmrep_status is not None:
            asked.append(("tdmrep", policy.tdmrep_url, policy.tdmrep_status, policy.tdmrep or ""))
        for kind, url, status, text in asked:
            row = FetchRow(
                outlet=at_home[0] if at_home else None,
                url=url,
                at=at,
                kind=kind,
                outcome=_outcome(status),
                status=status,
                ms=None,
                size_bytes=len(text.encode()),
            )
            coverage.record_fetch(self._db, row, run=self._run)
        if conclusive(policy):
            store_policy(self._db, policy)
            for outlet in at_home:
                coverage.record_rights(self._db, outlet, now=at, robots=policy.robots, tdmrep=policy.tdmrep)


def _outcome(status: int | None) -> Outcome:
    """Return what came of asking for a file that many hosts have not got."""
    if status is None:
        return Outcome.NETWORK
    if status == HTTPStatus.OK:
        return Outcome.POLL
    missing = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return Outcome.GONE if missing and status != HTTPStatus.TOO_MANY_REQUESTS else Outcome.HTTP_ERROR
