"""One pass, answer by answer: what was answered is saved at once, what it names is asked next.

The pass reads no clock: every row carries the time of the answer it came with.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crawler.clean import Refusal
from crawler.discovery import Listing
from crawler.download import Answer, Fetch, Handle
from crawler.outlets import Directory, host_of
from crawler.urls import clean_url, url_key, without_credentials
from crawler.warc import WarcFolder
from crawler.workers import Cleaners
from scheduler.asking import Asking
from scheduler.config import Config, duration
from scheduler.deferring import Deferred
from scheduler.ledger import Ledger
from scheduler.looks import Looks
from scheduler.parts import OVER, Parts, Reading
from scheduler.places import same_again
from scheduler.polling import Polling
from scheduler.saving import Saving
from scheduler.scope import InHand, Scope
from scheduler.spans import Span
from scheduler.tally import Tally
from scheduler.uplink import Sign, Uplink, sign_of
from storage import frontier, queries, tombstones
from storage.archive import Database
from storage.records import Article, HostPolicy, Link, Outcome, Outlet

Progress = Callable[[int, int], None]
"""Told after each answer how many were answered and how many asked."""


class OfflineError(Exception):
    """Nobody can be reached: the pass ends here, and what was not asked waits."""


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
        self.unplaced: list[str] = []
        """Addresses in hand that belong to no outlet."""
        self._twice = self._stored = self._forgotten = 0
        self._db = db
        self._config = config
        self._scope = scope
        self.is_of_the_past = scope.is_past
        self._polling = Polling(
            db,
            self.tallies,
            self.outlets,
            began=now,
            span=scope.span or Span(begin=scope.since or now - duration(config.crawl.lookback)),
            max_links=lambda outlet: min(
                scope.limit or config.crawl.max_links, outlet.max_links or config.crawl.max_links
            ),
            max_bytes=config.crawl.max_body_bytes,
        )
        self._looks = Looks(db, hours=config.crawl.recheck_hours, now=now)
        self._asking = Asking(db, self.tallies, now=now)
        self._deferred = Deferred(db, self._asking, began=now)
        self._alone: list[Reading] = []  # of the deferred, to be gone on with
        self._ledger = Ledger(
            db, self.outlets, self.tallies, run=run, covers=not scope.is_past, in_hand=scope.urls is not None
        )
        self._uplink = Uplink()
        self._uncharged: list[Answer] = []
        self._saving: Saving | None = None
        self._parts: Parts | None = None
        self._polls = 0
        self._unanswered: Counter[tuple[str, str]] = Counter()
        self._last_at = now

    @property
    def policies(self) -> Mapping[str, HostPolicy]:
        """What hosts stated for machines when they were last asked, by origin."""
        return self._ledger.policies

    @property
    def offline(self) -> bool:
        """Our own line was down at the end."""
        return self._uplink.was_down

    def first(self, *, resting: Collection[str] = (), failing: Collection[str] = ()) -> list[Fetch]:
        """Return the polls of every outlet and the first of its addresses to ask; the others follow as these land.

        Hosts in `resting` will not be asked; outlets in `failing` did not answer the last time.
        """
        fetches = self._due() if self._scope.urls is None else self._in_hand(self._scope.urls)
        self._polls = len(fetches)
        self._unanswered.update((fetch.outlet, fetch.url) for fetch in fetches)
        for id_ in self.outlets:
            fetches += self._asking.draw(id_)
        self._uplink = Uplink(
            hosts={host_of(fetch.url) for fetch in fetches} - set(resting),
            failing={host_of(outlet.url) for outlet in self.outlets.values() if outlet.id in failing},
        )
        return fetches

    def _due(self) -> list[Fetch]:
        polls: list[Fetch] = []
        for outlet in self.outlets.values():
            most = self._polling.most(outlet)
            polls += self._polling.of(outlet)
            if self._scope.span:
                self._asking.only(outlet.id, ())
                continue
            self._asking.look_again(outlet.id, self._looks.due(outlet.id, limit=most))
            self.tallies[outlet.id].asked = frontier.count_waiting(self._db, outlet.id, now=self.now, limit=most)
        return polls

    def _in_hand(self, urls: Sequence[str]) -> list[Fetch]:
        """Take up the addresses given: not those of no outlet, nor what is stored; what was asked in vain comes last."""
        directory = Directory(self._config.outlets)
        found: defaultdict[str, dict[str, Link]] = defaultdict(dict)
        for stated in urls:
            url = clean_url(stated)
            outlet = directory.of_url(url) if url else None
            if url and outlet and outlet in self.outlets:
                link = Link(url=url, outlet=outlet, found_in="url-list", found_by="url-list", basis="page")
                self._twice += url_key(url) in found[outlet]
                found[outlet].setdefault(url_key(url), link)
            else:
                self.unplaced.append(without_credentials(stated))
        with self._db.atomic():
            for id_, links in found.items():
                forgotten = tombstones.held(self._db, links.keys())
                self._forgotten += len(forgotten)
                new = [
                    (key, link)
                    for key, link in links.items()
                    if key not in forgotten and not queries.is_stored(self._db, key)
                ]
                frontier.record_links(self._db, new, now=self.now, began=self.now)
                keys = [key for key, _ in new if frontier.is_waiting(self._db, key, self.now)]
                fresh = set(keys)
                vain = [key for key, _ in new if self._scope.again and key not in fresh]
                frontier.revive(self._db, vain)
                keys += [key for key in vain if frontier.is_waiting(self._db, key, self.now)]
                most = self._polling.most(self.outlets[id_])
                self._asking.only(id_, keys)
                self._stored += len(links) - len(forgotten) - len(keys)
                self.tallies[id_].asked = min(len(keys), most)
                self.tallies[id_].counts["cut_off"] += max(len(keys) - most, 0)
        return []

    @property
    def in_hand(self) -> InHand | None:
        """What has become of the addresses given so far; None where none were."""
        if self._scope.urls is None:
            return None
        return InHand(
            given=len(self._scope.urls),
            twice=self._twice,
            foreign=len(self.unplaced),
            stored=self._stored,
            forgotten=self._forgotten,
            asked=sum(tally.counts["fetched"] - tally.further for tally in self.tallies.values()),
        )

    def handler(self, cleaners: Cleaners, warc: WarcFolder, progress: Progress) -> Handle:
        """Return what `crawl` calls with each answer. It raises OfflineError once nobody can be reached."""
        saving = self._saving = Saving(self._db, self._config, cleaners=cleaners, warc=warc, run=self.run)
        parts = self._parts = Parts(saving)
        done = 0

        async def handle(answer: Answer) -> list[Fetch]:
            nonlocal done
            more: list[Fetch] = []
            self._last_at = answer.at
            sign = self._listen(answer, saving)
            if answer.fetch.kind not in ("article", "recheck"):
                more = await self._poll(answer, cleaners, warc)
            elif sign in ("failed", "local") and not answer.fetch.part_of:
                self._hold_back(answer)
            else:
                more = await self._page(answer, parts, saving)
            while self._alone:
                more += await self._go_on(self._alone.pop(), parts, saving)
            if self._uplink.down:
                raise OfflineError
            self._polls, done = self._polls + len(more), done + 1
            progress(done, self._polls + self._asking.asked)
            return more + self._asking.draw(answer.fetch.outlet)

        return handle

    def drop(self, fetch: Fetch) -> None:
        """Note that an address was not asked: its link waits for another pass; so does that of an article read in part."""
        reading = self._parts.cut(fetch) if self._parts and fetch.part_of else None
        if reading and self._saving:
            self._save(reading, self._saving)
        else:
            self._asking.landed(fetch, settled=False)

    def cut_short(self) -> None:
        """Count the polls that there was no time for, but for those of hosts that have asked us to wait."""
        resting = queries.resting(self._db, now=self.now)
        missed = Counter({key: n for key, n in self._unanswered.items() if host_of(key[1]) not in resting})
        with self._db.atomic():
            for id_ in self.outlets:
                if polls := sum(n for (outlet, _), n in missed.items() if outlet == id_):
                    self._ledger.write_missed(id_, polls=polls, at=self._last_at)

    def counts(self) -> Counter[str]:
        """Return the pass's counts over all outlets."""
        counts: Counter[str] = Counter()
        for tally in self.tallies.values():
            counts.update(tally.counts)
            counts.update({str(outcome): n for outcome, n in tally.outcomes.items()})
        if self._saving:
            furniture = self._saving.furniture
            recleaned = self._saving.recleaned + furniture.rewritten
            counts.update({name: n for name, n in (("recleaned", recleaned), ("furniture", furniture.learned)) if n})
        return counts

    async def finish(self) -> None:
        """Bring what the pass has shown of its outlets to what is stored."""
        if self._saving:
            await self._saving.furniture.finish(now=self._last_at)

    def close(self) -> None:
        """Save what was read in part, and charge links with what failed last, unless it was our own line."""
        if self._saving and self._parts:
            for reading in self._parts.all_cut():
                self._save(reading, self._saving)
        if self._saving and not self.offline:
            self._charge(self._saving)
        while self._saving and self._alone:
            reading = self._alone.pop()
            reading.failed = OVER if reading.asks else None
            self._save(reading, self._saving)
        with self._db.atomic():
            for reading in self._deferred.left():
                self._count(reading.first, Outcome.PART, on_topic=False)

    def _listen(self, answer: Answer, saving: Saving) -> Sign | None:
        """Note what an answer says of our own line; once somebody answers, what failed before was its own failure."""
        sign = sign_of(answer)
        if sign:
            self._uplink.note(host_of(answer.fetch.url), sign)
        if sign == "answered":
            self._charge(saving)
        return sign

    def _charge(self, saving: Saving) -> None:
        """Settle the links of failures that were held back."""
        while self._uncharged:
            answer = self._uncharged.pop()
            refusal = Refusal(outcome=answer.outcome or Outcome.NETWORK, reason=answer.reason)
            with self._db.atomic():
                saving.save(answer, refusal, known=self._looks.article(answer.fetch.url))
            self._asking.landed(answer.fetch, settled=True)
            self._release(answer.fetch.url, refusal, saving)

    async def _poll(self, answer: Answer, cleaners: Cleaners, warc: WarcFolder) -> list[Fetch]:
        answer = same_again(answer)
        listing = await self._polling.read(answer, cleaners)
        if listing and listing.problem and not (listing.links or listing.sitemaps or listing.feeds):
            answer, listing = replace(answer, outcome=Outcome.PARSE_ERROR, reason=listing.problem), None
        keeps = self._config.archive.keep_captures == "all" and answer.outcome is None
        if keeps and answer.capture and not (listing and self._names_forgotten(listing)):
            warc.write(answer.capture)
        with self._db.atomic():
            fetches = self._polling.answered(answer, listing)
            if self._scope.span:
                self._asking.add(answer.fetch.outlet, self._polling.chosen())
            self._unanswered.update((fetch.outlet, fetch.url) for fetch in fetches)
            self._unanswered[answer.fetch.outlet, answer.fetch.url] -= 1
            self._ledger.write(answer, answer.outcome or Outcome.POLL)
        return fetches

    def _names_forgotten(self, listing: Listing) -> bool:
        """Say whether a list tells of an article that was forgotten: its words would be captured with it."""
        return bool(tombstones.held(self._db, [url_key(link.url) for link in listing.links]))

    async def _page(self, answer: Answer, parts: Parts, saving: Saving) -> list[Fetch]:
        """Read a page; return what is to be asked next for its article, which is saved once all of it has come."""
        link = answer.fetch.link
        if answer.capture and link:  # other feeds may have said more of it since it was asked for
            known = frontier.link_of(self._db, url_key(link.url)) or link
            answer = replace(answer, capture=replace(answer.capture, link=known))
        reading = await parts.read(answer)
        if answer.fetch.part_of:
            with self._db.atomic():
                self._count_further(answer, (reading.failed or answer).outcome or Outcome.PART)
        with self._db.atomic():
            place = self._deferred.place(reading)
        if place == "part":
            self._settle_part(reading, saving)
        elif place == "waits":
            self._asking.landed(answer.fetch, settled=False)
        else:
            reading.earlier = None
            return await self._go_on(reading, parts, saving)
        return []

    async def _go_on(self, reading: Reading, parts: Parts, saving: Saving) -> list[Fetch]:
        """Return what is to be asked next for an article; save it if that is nothing."""
        if following := parts.following(reading):
            return [following]
        outcome, article = self._save(reading, saving), reading.article
        if outcome is Outcome.NEW and isinstance(article, Article) and article.outlet:
            await saving.furniture.note_new(article.outlet, now=reading.first.at)
        return []

    def _save(self, reading: Reading, saving: Saving) -> Outcome:
        """Save an article as far as it was read, in one transaction, and its first page's answer with it."""
        answer, article = reading.first, reading.article
        with self._db.atomic():
            known = self._looks.article(answer.fetch.url)
            outcome = saving.save(answer, article, known=known, further=reading.further, failed=reading.failed)
            self._count(answer, outcome, on_topic=isinstance(article, Article) and bool(article.tags))
        self._asking.landed(answer.fetch, settled=True)
        self._release(answer.fetch.url, article, saving)
        return outcome

    def _release(self, url: str, first: Article | Refusal, saving: Saving) -> None:
        """Settle the pages that waited for this one, or leave them to be gone on with as articles of their own."""
        for reading, place in self._deferred.released(url_key(url), first):
            if place == "part":
                self._settle_part(reading, saving)
            else:
                reading.earlier = None
                self._alone.append(reading)

    def _settle_part(self, reading: Reading, saving: Saving) -> None:
        """Settle the link of a page that is a part of another article, and the pages that took it for their first."""
        with self._db.atomic():
            saving.defer(reading.first, of=reading.earlier)
            self._count(reading.first, Outcome.PART, on_topic=False)
        self._asking.landed(reading.first.fetch, settled=True)
        self._release(reading.first.fetch.url, reading.article, saving)

    def _hold_back(self, answer: Answer) -> None:
        """Count a failure that may be our own line's, and leave its link and article alone until that is known."""
        with self._db.atomic():
            self._count(answer, answer.outcome or Outcome.NETWORK, on_topic=False)
        self._uncharged.append(answer)
        self._asking.landed(answer.fetch, settled=False)

    def _count_further(self, answer: Answer, outcome: Outcome) -> None:
        self.tallies[answer.fetch.outlet].further += 1
        self._count(answer, outcome, on_topic=False)

    def _count(self, answer: Answer, outcome: Outcome, *, on_topic: bool) -> None:
        self.tallies[answer.fetch.outlet].count(outcome, on_topic=on_topic)
        self._ledger.write(answer, outcome)
