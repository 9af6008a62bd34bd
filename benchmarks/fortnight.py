"""The simulated fortnight: does adaptive polling see what was published, at what cost, and is every incident told once?

Real: the rules (pace, plan, health, drift, judging) and the archive they read and write. Simulated: the clock, the network,
and what outlets publish (benchmarks/fortnight_world.py). Prints a line an outlet, then the bars; exit 1 if one is missed.

    python benchmarks/fortnight.py --seeds 1-3       # the seeds it was tuned on
    python benchmarks/fortnight.py --seeds 101-105   # others
"""

import argparse
import heapq
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from fortnight_world import END, MEASURED, START, Incident, Press, oracle, world

from scheduler.config import Config
from scheduler.judging import Judge
from scheduler.pace import Glance
from scheduler.plan import weight
from scheduler.settings import Notify
from scheduler.tally import Tally
from scheduler.turns import turn_of
from storage import archive, coverage
from storage.coverage import FetchRow, Poll
from storage.paces import pace_of
from storage.records import Outcome, Outlet, utc_text

EVERY = timedelta(hours=1)
JUDGED = MEASURED - timedelta(days=2)
FAILS = 0.02**3  # a request fails once in fifty times, and is tried twice more
LEAST_SEEN, MOST_POLLS = 0.995, 1.5
EXPECTED = {"down": ("state", "failing"), "frozen": ("state", "silent"), "layout": ("authors", "missing"), "unreadable": ("state", "failing")}  # fmt: skip


@dataclass(slots=True)
class Watched:
    """An outlet and what collecting it has come to."""

    press: Press
    outlet: Outlet
    seen: int = 0
    """Articles listed so far, seen or lost."""
    last: Poll | None = None
    polls: int = 0
    published: int = 0
    lost: int = 0
    gaps: set[datetime] = field(default_factory=set)
    """Polls at which a whole list was new: as far as anybody can know, something was lost."""


class Newsroom:
    """Polls a world from START to END as the daemon would, and judges it."""

    def __init__(self, presses: Sequence[Press], *, seed: int, every: str = "1h") -> None:
        self.random = random.Random(seed)
        outlets = [
            Outlet(id=p.kind.name, name=p.kind.name, url=f"https://{p.kind.name}.example/", every=every)
            for p in presses
        ]
        config = Config(path=Path("config.toml"), toml="", outlets=tuple(outlets), notify=Notify(command="true"))
        self.config = config
        self.db = archive.open_memory()
        archive.sync_outlets(self.db, outlets, {outlet.id: () for outlet in outlets})
        self.run = archive.start_run(self.db, "collect", now=START)
        self.watched = [Watched(press=p, outlet=o) for p, o in zip(presses, outlets, strict=True)]
        self._ids = 0

    def live(self) -> None:
        """Poll until the end."""
        turns = [(START + timedelta(seconds=i), i) for i in range(len(self.watched))]
        while turns[0][0] < END:
            at, i = heapq.heappop(turns)
            now = at + timedelta(seconds=self.random.randint(0, 60))  # a pass begins, and asks others before
            heapq.heappush(turns, (self._poll(self.watched[i], now), i))

    def _poll(self, watched: Watched, now: datetime) -> datetime:
        """Poll an outlet; return its next turn."""
        measured = now >= MEASURED
        watched.polls += measured
        down = watched.press.happening("down", now) or self.random.random() < FAILS
        outcome = Outcome.NETWORK if down else Outcome.POLL
        tally = Tally()
        tally.counts.update({"polls": 1, "polls_failed": int(bool(down))})
        with self.db.atomic():
            self._fetched(watched.outlet.id, "feed", outcome, now)
            if not down:
                self._read(watched, tally, now)
            coverage.add_coverage(self.db, watched.outlet.id, tally.day(), now=now)
            if now >= JUDGED or not down:
                self._judge(watched.outlet.id, tally, now)
        failures = (watched.last.failures if watched.last else 0.0) + (weight(outcome, None) or 0.0) if down else 0.0
        watched.last = Poll(at=now, failures=failures)
        known = pace_of(self.db, watched.outlet.id)
        return turn_of(self.config, watched.outlet, watched.last, known, timedelta(seconds=2), on_time=True).at

    def _judge(self, outlet: str, tally: Tally, now: datetime) -> None:
        judge = Judge(db=self.db, config=self.config, run=self.run, now=now)
        judge.judge(outlet, tally) if now >= JUDGED else judge.learn_pace(outlet, tally)

    def _read(self, watched: Watched, tally: Tally, now: datetime) -> None:
        press, first = watched.press, watched.last is None
        total = press.at(now)
        new, listed = total - watched.seen, min(total, press.kind.listed)
        lost = max(new - press.kind.listed, 0) if not first else 0
        tally.gap = bool(listed) and new >= listed and not first
        if now >= MEASURED and not first:
            watched.published += new
            watched.lost += lost
        if tally.gap:
            watched.gaps.add(now)
        found = min(new, listed)
        tally.glances.append(Glance(listed=listed, known=listed - found, wish=timedelta(), first=first))
        unreadable = press.happening("unreadable", now)
        for _ in range(found):
            outcome = Outcome.NO_TEXT if unreadable else Outcome.NEW
            self._fetched(watched.outlet.id, "article", outcome, now)
            tally.count(outcome, on_topic=False)
            if not unreadable:
                self._store(watched, now)
        watched.seen = total

    def _fetched(self, outlet: str, kind: str, outcome: Outcome, now: datetime) -> None:
        row = FetchRow(
            outlet=outlet, url="https://x.example/", at=now, kind=kind, outcome=outcome, status=200, ms=1, size_bytes=1
        )
        coverage.record_fetch(self.db, row, run=self.run)

    def _store(self, watched: Watched, now: datetime) -> None:
        """Store an article as far as judging reads it: many outlets name authors under some of their articles only."""
        self._ids += 1
        named = {"daily-b": 0.5, "portal": 0.1, "ticker": 0.0}.get(watched.outlet.id, 0.93)
        authors = "[]" if watched.press.happening("layout", now) or self.random.random() > named else '["A. Author"]'
        section = "world" if self.random.random() < 0.97 else None
        self.db.execute(
            "insert into articles (id, key, outlet, url, url_key, requested_url, title, authors, published_at, first_seen_at,"
            " checked_at, found_by, section, text_status, word_count, text_digest, extractor, run)"
            " values (?, ?, ?, '', ?, '', 'A headline', ?, ?, ?, ?, 'live', ?, 'full', 300, '', '', ?)",
            [
                int(now.timestamp()) * 1000 + self._ids % 1000, str(self._ids), watched.outlet.id, str(self._ids),
                authors, utc_text(now), utc_text(now), utc_text(now), section, self.run,
            ],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notice."""

    at: datetime
    outlet: str
    about: str
    state: str
    was: str | None
    well: bool


def notices(room: Newsroom) -> Iterator[Told]:
    """Yield what was told in the fortnight."""
    for (body,) in room.db.execute("select body from notices order by id").fetchall():
        said = json.loads(body)
        told = Told(**{name: said[name] for name in ("outlet", "about", "state", "was", "well")}, at=datetime.fromisoformat(said["at"]))  # fmt: skip
        if told.at >= MEASURED:
            yield told


def problems(room: Newsroom) -> list[str]:
    """Return what was told wrongly or not at all: every incident once, its end once, nothing else but real gaps."""
    found, told = [], list(notices(room))
    for watched in room.watched:
        mine = [each for each in told if each.outlet == watched.outlet.id]
        gaps = [each for each in mine if each.state == "gap suspected"]
        found += [f"{watched.outlet.id}: gap told at {each.at}, none was" for each in gaps if not _real(each, watched)]
        rest = [each for each in mine if each.state != "gap suspected" and each.was != "gap suspected"]
        ends_in_gap = [each for each in mine if each.well and each.was == "gap suspected"]
        for incident in watched.press.incidents:
            about, state = EXPECTED[incident.what]
            opened = [each for each in rest if (each.about, each.state) == (about, state) and _during(each, incident)]
            closed = [each for each in rest if each.about == about and each.well and each.at >= incident.end]
            closed = closed or ends_in_gap[-1:]  # a gap was suspected when it came back
            if (len(opened), len(closed)) != (1, 1):
                found.append(
                    f"{watched.outlet.id}: {incident.what} told {len(opened)} times, its end {len(closed)} times"
                )
            rest = [each for each in rest if each not in (*opened, *closed)]
        found += [
            f"{each.outlet}: told at {each.at:%d %b %H:%M} of {each.about} {each.state} (was {each.was})"
            for each in rest
        ]
    return found


def _real(told: Told, watched: Watched) -> bool:
    return any(abs(told.at - gap) < timedelta(seconds=1) for gap in watched.gaps)


def _during(told: Told, incident: Incident) -> bool:
    return incident.start <= told.at < incident.end


def delays(room: Newsroom) -> Iterator[str]:
    """Yield how long each incident went on before it was told."""
    told = list(notices(room))
    for watched in room.watched:
        for incident in watched.press.incidents:
            about, state = EXPECTED[incident.what]
            mine = [
                each for each in told if each.outlet == watched.outlet.id and (each.about, each.state) == (about, state)
            ]
            first = next((each for each in mine if _during(each, incident)), None)
            yield (
                f"{incident.what} {(first.at - incident.start).total_seconds() / 3600:.1f} h"
                if first
                else f"{incident.what} never"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-3", help="first-last")
    first, _, last = parser.parse_args().seeds.partition("-")
    totals: dict[str, Counter[str]] = {}
    wrong: list[str] = []
    for seed in range(int(first), int(last or first) + 1):
        room = Newsroom(world(seed), seed=seed)
        room.live()
        wrong += [f"seed {seed}: {each}" for each in problems(room)]
        print(f"seed {seed}: told after: {', '.join(delays(room))}", flush=True)
        for watched in room.watched:
            counts = totals.setdefault(watched.outlet.id, Counter())
            best = oracle(watched.press, start=MEASURED, every=EVERY)
            counts.update(
                polls=watched.polls, oracle=best, published=watched.published, lost=watched.lost, gaps=len(watched.gaps)
            )
    healthy = [id_ for id_ in totals if id_ not in ("dies", "freezes")]
    rows = [
        *((id_, totals[id_]) for id_ in totals),
        ("healthy outlets", sum((totals[id_] for id_ in healthy), Counter())),
    ]
    print(f"{'outlet':16}{'articles':>10}{'seen':>9}{'polls':>8}{'oracle':>8}{'ratio':>7}")
    for id_, n in rows:
        seen = 1 - n["lost"] / max(n["published"], 1)
        print(
            f"{id_:16}{n['published']:>10}{seen:>9.2%}{n['polls']:>8}{n['oracle']:>8}{n['polls'] / n['oracle']:>7.2f}"
        )
    print(
        "\n".join(wrong)
        or "every incident was told once and its end once; nothing else was but lists that had turned over whole"
    )
    whole = rows[-1][1]
    held = (
        1 - whole["lost"] / whole["published"] >= LEAST_SEEN
        and whole["polls"] <= MOST_POLLS * whole["oracle"]
        and not wrong
    )
    print("the bars hold" if held else "a bar is missed")
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
