"""One pass, answer by answer: what was answered is saved at once, what it names is asked next.

The pass reads no clock: every row carries the time of the answer it came with.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from crawler.download import Answer, Fetch, Handle
from crawler.outlets import Directory, host_of
from crawler.urls import clean_url, url_key
from crawler.warc import WarcFolder
from crawler.workers import Cleaners
from scheduler.config import Config, duration
from scheduler.looks import Looks
from scheduler.polling import Polling
from scheduler.saving import Saving, retry_after
from scheduler.scope import Scope
from scheduler.tally import Tally
from storage import coverage, frontier
from storage.archive import Database
from storage.coverage import FetchRow
from storage.records import Article, Link, Outcome, Outlet

Progress = Callable[[int, int], None]
"""Told after each answer how many were answered and how many asked."""


class Pass:
    """One round over `outlets`, as run `run`."""

    def __init__(
        self,
        db: Database,
        config: Config,
        scope: Scope,
        *,
        run: int,
        now: datetime,
        outlets: Sequence[Outlet],
    ) -> None:
        self.run = run
        self.now = now
        self.outlets: Mapping[str, Outlet] = {outlet.id: outlet for outlet in outlets}
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally, {outlet.id: Tally() for outlet in outlets})
        self._db = db
        self._config = config
        self._scope = scope
        self._polling = Polling(
            db,
            self.tallies,
            self.outlets,
            began=now,
            oldest=scope.since or now - duration(config.crawl.lookback),
            max_links=lambda outlet: scope.limit or outlet.max_links or config.crawl.max_links,
            max_bytes=config.crawl.max_body_bytes,
        )
        self._looks = Looks(db, hours=config.crawl.recheck_hours, now=now)
        self._first: list[Fetch] = []
        self._robots: set[str] = set()
        self.unplaced: list[str] = []
        """Addresses in hand that belong to no outlet."""

    def first(self) -> list[Fetch]:
        """Return the polls of every outlet, then its waiting links and the articles due for another look."""
        self._first = self._in_hand() if self._scope.urls else self._due()
        return self._first

    def _due(self) -> list[Fetch]:
        fetches: list[Fetch] = []
        for outlet in self.outlets.values():
            fetches += self._polling.of(outlet)
            fetches += self._looks.due(outlet.id, limit=self._polling.most(outlet))
            waiting = frontier.waiting(self._db, outlet.id, now=self.now, limit=self._polling.most(outlet))
            fetches += self._polling.ask(outlet.id, waiting)
        return fetches

    def _in_hand(self) -> list[Fetch]:
        """Return fetches of the addresses given, those of no outlet left out; one asked before is not asked again."""
        directory = Directory(self._config.outlets)
        found: defaultdict[str, list[tuple[str, Link]]] = defaultdict(list)
        for stated in self._scope.urls:
            url = clean_url(stated)
            outlet = directory.of_url(url) if url else None
            if url and outlet and outlet in self.outlets:
                link = Link(url=url, outlet=outlet, found_in="url-list", found_by="url-list", basis="page")
                found[outlet].append((url_key(url), link))
            else:
                self.unplaced.append(stated)
        fetches = []
        with self._db.atomic():
            for id_, links in found.items():
                frontier.record_links(self._db, links, now=self.now, began=self.now)
                waiting = {key for key, _ in frontier.waiting(self._db, id_, now=self.now, limit=-1)}
                fetches += self._polling.ask(id_, [(key, link) for key, link in links if key in waiting])
        return fetches

    def handler(self, cleaners: Cleaners, warc: WarcFolder, progress: Progress) -> Handle:
        """Return what `crawl` calls with each answer."""
        saving = Saving(self._db, self._config, cleaners=cleaners, warc=warc, run=self.run)
        asked, done = len(self._first), 0

        async def handle(answer: Answer) -> list[Fetch]:
            nonlocal asked, done
            if answer.fetch.kind in ("article", "recheck"):
                fetches = await self._page(answer, saving)
            else:
                fetches = await self._poll(answer, cleaners, warc)
            asked, done = asked + len(fetches), done + 1
            progress(done, asked)
            return fetches

        return handle

    def counts(self) -> Counter[str]:
        """Return the pass's counts over all outlets."""
        counts: Counter[str] = Counter()
        for tally in self.tallies.values():
            counts.update(tally.counts)
            counts.update({str(outcome): n for outcome, n in tally.outcomes.items()})
        return counts

    def close(self) -> None:
        """Write each outlet's coverage of this pass."""
        with self._db.atomic():
            for id_, tally in self.tallies.items():
                first_time = not coverage.has_answered(self._db, id_)
                coverage.add_coverage(
                    self._db,
                    id_,
                    tally.day(),
                    overlap=tally.overlap,
                    gap_suspected=tally.overlap == 0.0 and not first_time,
                    now=self.now,
                )

    async def _poll(self, answer: Answer, cleaners: Cleaners, warc: WarcFolder) -> list[Fetch]:
        listing = await self._polling.read(answer, cleaners)
        if self._config.archive.keep_captures == "all" and answer.outcome is None and answer.capture:
            warc.write(answer.capture)
        with self._db.atomic():
            self._record(answer, answer.outcome or Outcome.POLL)
            return self._polling.answered(answer, listing)

    async def _page(self, answer: Answer, saving: Saving) -> list[Fetch]:
        link = answer.fetch.link
        if answer.capture and link:  # other feeds may have said more of it since it was asked for
            known = frontier.link_of(self._db, url_key(link.url)) or link
            answer = replace(answer, capture=replace(answer.capture, link=known))
        cleaned = await saving.clean(answer)
        with self._db.atomic():
            outcome = saving.save(answer, cleaned, known=self._looks.article(answer.fetch.url))
            self._record(answer, outcome)
        on_topic = isinstance(cleaned, Article) and bool(cleaned.tags)
        self.tallies[answer.fetch.outlet].count(outcome, on_topic=on_topic)
        return []

    def _record(self, answer: Answer, outcome: Outcome) -> None:
        fetch = answer.fetch
        self._record_robots(answer)
        if answer.retry_after and (wait := retry_after(answer.retry_after, answer.at)):
            frontier.rest(
                self._db, host_of(answer.capture.url if answer.capture else fetch.url), until=answer.at + wait
            )
        row = FetchRow(
            outlet=fetch.outlet,
            url=fetch.url,
            at=answer.at,
            kind=fetch.kind,
            outcome=outcome,
            status=answer.status,
            ms=answer.ms,
            size_bytes=answer.size_bytes,
        )
        coverage.record_fetch(self._db, row, run=self.run)

    def _record_robots(self, answer: Answer) -> None:
        """Record the robots.txt of a host once a pass; it is the outlet's word only on the outlet's own host."""
        policy, outlet = answer.policy, self.outlets.get(answer.fetch.outlet)
        if policy is None or policy.origin in self._robots:
            return
        self._robots.add(policy.origin)
        ours = outlet is not None and host_of(policy.origin) == host_of(outlet.url)
        row = FetchRow(
            outlet=outlet.id if outlet and ours else None,
            url=policy.robots_url,
            at=answer.at,
            kind="robots",
            outcome=Outcome.POLL if policy.robots_status == HTTPStatus.OK else Outcome.GONE,
            status=policy.robots_status,
            ms=None,
            size_bytes=len(policy.robots.encode()),
        )
        coverage.record_fetch(self._db, row, run=self.run)
        if outlet and ours:
            coverage.record_rights(self._db, outlet.id, now=answer.at, robots=policy.robots)
