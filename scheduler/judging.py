"""What a pass says of the outlets it asked: their health, what their articles lack, their pace; and who is to be told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler import drift, health, pace
from scheduler.config import Config
from scheduler.drift import Seen
from scheduler.health import WELL, Facts, day_words
from scheduler.notify import channels
from scheduler.tally import Tally
from scheduler.volume import Day
from storage import coverage, notices
from storage import health as stored
from storage.archive import Database
from storage.health import FIELDS, PAGES, WORDS, Newest
from storage.paces import pace_of, save_pace
from storage.records import utc_text

LOOKED_AT = 200
"""Newest articles that changes are looked for in: a week of a daily paper, and enough for one in a hundred."""
PAGES_SPAN = timedelta(hours=3)
"""How long no page must have been readable: a block page that is gone in an hour is no incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Writes what becomes known of outlets in one run. Every call is one transaction of the caller's."""

    db: Database
    config: Config
    run: int
    now: datetime

    def judge(self, outlet: str, tally: Tally) -> None:
        """Judge an outlet by what a pass brought of it and what is stored."""
        if not tally.unanswered:
            self.learn_pace(outlet, tally)
            self._look_at_fields(outlet)
        self._judge_state(outlet, tally)

    def learn_pace(self, outlet: str, tally: Tally) -> None:
        """Note how far the outlet's lists have turned over."""
        known = pace_of(self.db, outlet)
        save_pace(self.db, outlet, pace.learn(known, tally.glances, now=self.now), run=self.run)

    def _judge_state(self, outlet: str, tally: Tally) -> None:
        before = stored.state_of(self.db, outlet)
        pages = [Seen(at=at, has=read) for at, read in stored.pages_of(self.db, outlet, limit=LOOKED_AT)]
        self._look_for(outlet, PAGES, pages, span=PAGES_SPAN)
        unread = stored.drifts_of(self.db, outlet).get(PAGES)
        facts = Facts(
            now=self.now,
            answered=not tally.unanswered,
            reason=tally.problems[0] if tally.problems else "",
            unread_since=unread.since if unread else None,
            gap=tally.gap,
            days=[Day(**row._asdict()) for row in stored.days_of(self.db, outlet)],
            last_read_at=stored.last_read_at(self.db, outlet),
            previous=before.state if before else None,
            since=before.since if before else None,
        )
        state, why = health.state(facts)
        if before and state == before.state and not why:
            why = before.detail or ""
        coverage.set_health(self.db, outlet, state, detail=why, run=self.run, now=self.now)
        was = before.state if before else None
        if state != was and not (state in WELL and (was is None or was in WELL)):
            self._tell_state(outlet, state, was, why)

    def _look_at_fields(self, outlet: str) -> None:
        newest = stored.newest_of(self.db, outlet, limit=LOOKED_AT)
        known = stored.drifts_of(self.db, outlet)
        for field in FIELDS:
            if field not in known and all(field in each.has for each in newest[: drift.THERE]):
                continue  # the usual case, for the price of a look
            articles = [Seen(at=each.at, has=field in each.has) for each in newest]
            if changed := self._look_for(outlet, field, articles):
                since, well = changed
                self._tell_drift(outlet, field, since, well=well)
        self._look_at_canary(outlet, newest)

    def _look_for(
        self, outlet: str, field: str, articles: list[Seen], *, span: timedelta | None = None
    ) -> tuple[datetime, bool] | None:
        """Note whether a field has gone, or has come back; return since when it was missing, and whether it is back."""
        known = stored.drifts_of(self.db, outlet).get(field)
        if known is None:
            found = drift.drift(articles, now=self.now, span=span)
            if found:
                stored.open_drift(self.db, outlet, field, since=found.since, usual=found.usual, run=self.run)
            return (found.since, False) if found else None
        if not drift.is_back(articles, usual=known.usual):
            return None
        stored.close_drift(self.db, outlet, field)
        return known.since, True

    def _look_at_canary(self, outlet: str, newest: list[Newest]) -> None:
        """Once a day (UTC), note whether the newest article is complete."""
        last = stored.canary_at(self.db, outlet)
        if newest and (last is None or last.date() != self.now.date()):
            stored.save_canary(self.db, outlet, newest[0], run=self.run, now=self.now)

    def _tell_state(self, outlet: str, state: str, was: str | None, why: str) -> None:
        well = state in WELL
        words = f"{state}, was {was}" if well else f"{state}{f': {why}' if why else ''}"
        self._tell(
            outlet,
            {"about": "state", "since": utc_text(self.now), "state": state, "was": was, "well": well, "detail": why},
            words,
        )

    def _tell_drift(self, outlet: str, field: str, since: datetime, *, well: bool) -> None:
        words = f"{WORDS[field]} since {day_words(since)}" if not well else f"{field} are there again"
        said = {
            "about": field,
            "since": utc_text(since),
            "state": "complete" if well else "missing",
            "was": "missing" if well else "complete",
        }
        self._tell(outlet, {**said, "well": well, "detail": words}, words)

    def _tell(self, outlet: str, said: Mapping[str, object], words: str) -> None:
        name = next((each.name for each in self.config.outlets if each.id == outlet), outlet)
        body = {"outlet": outlet, "name": name, "at": utc_text(self.now), **said, "words": f"{name}: {words}"}
        notices.add(self.db, outlet, body, channels=channels(self.config.notify), run=self.run, now=self.now)


def judge_all(judge: Judge, tallies: Mapping[str, Tally], *, offline: bool, missed: Collection[str]) -> tuple[str, ...]:
    """Judge every outlet asked, in one transaction; return those that answered no poll, unless it was our own line."""
    unanswered = list(missed)
    with judge.db.atomic():
        for id_, tally in tallies.items():
            if not tally.counts["polls"]:
                continue  # only addresses in hand were asked for: that says nothing of the outlet
            if tally.unanswered and offline:
                continue
            if tally.unanswered:
                unanswered.append(id_)
            judge.judge(id_, tally)
    return tuple(unanswered)
