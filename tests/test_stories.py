"""Stories in an archive: whatever the order, with late originals, absent sources, reposts, footers and removals."""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from storage.migrations import migrations
from storage.records import utc_text
from storage.relink import relink
from storage.stories import place, withdraw

NOW = datetime(2026, 1, 1, tzinfo=UTC)
START = datetime(2025, 3, 1, 9, tzinfo=UTC)


def prose(seed: str, count: int) -> str:
    """Words nobody else has, in paragraphs."""
    rng = random.Random(seed)
    return " ".join("".join(rng.choices("abcdefghijklmnoprstuvyz", k=6)) for _ in range(count))


TEXT = prose("text", 200)
FIRST_60_PERCENT = " ".join(TEXT.split()[:120])


@dataclass(frozen=True)
class Given:
    """An article to be archived."""

    name: str
    text: str = TEXT
    hours: float = 0
    outlet: str = ""
    owner: str = ""
    kind: str = "newspaper"
    title: str = "A title"
    precision: str = "second"
    credits: tuple[tuple[str, str | None, str], ...] = ()
    """(name, outlet, role)"""


def archive() -> Database:
    db = Database(memory=True)
    migrations.apply(db)
    db.conn.execute("pragma foreign_keys = on")
    db.conn.execute(
        "insert into runs (id, command, started_at, version) values (1, 'test', '2026-01-01T00:00:00Z', '')"
    )
    return db


def id_of(given: Given) -> int:
    at = START + timedelta(hours=given.hours)
    return 1000 * int(at.timestamp()) + sum(map(ord, given.name)) % 1000


def store(db: Database, given: Given) -> int:
    """Insert or replace an article as `save_article` would, and put it into stories."""
    at, id_ = START + timedelta(hours=given.hours), id_of(given)
    outlet = given.outlet or given.name
    outlets = {outlet: (given.owner, given.kind)} | {o: ("", "agency") for _, o, _ in given.credits if o}
    for name, (owner, kind) in outlets.items():
        sql = "insert or ignore into outlets (id, name, url, owner, kind) values (?, ?, '', ?, ?)"
        db.conn.execute(sql, (name, name, owner, kind))
    db.conn.execute(
        """insert into articles (id, key, outlet, url, url_key, requested_url, title, published_at, published_precision,
           first_seen_at, checked_at, found_by, text_status, word_count, text_digest, extractor, run)
           values (?, ?, ?, '', ?, '', ?, ?, ?, ?, ?, 'live', 'full', 0, '', 'test', 1)
           on conflict (key) do update set title = excluded.title""",
        (id_, given.name, outlet, given.name, given.title, utc_text(at), given.precision, utc_text(NOW), utc_text(NOW)),
    )
    db.conn.execute("insert or replace into texts (article, text) values (?, ?)", (id_, given.text))
    db.conn.execute("delete from credits where article = ?", (id_,))
    db.conn.executemany(
        """insert into credits (article, name, outlet, role, kind, words, rule, confidence, run)
           values (?, ?, ?, ?, 'credit_line', 'the original source is ' || ?, 'test', 0.9, 1)""",
        [(id_, name, source, role, name) for name, source, role in given.credits],
    )
    place(db, id_, run=1, now=NOW)
    return id_


def archived(given: Iterable[Given]) -> Database:
    db = archive()
    with db.conn:
        for one in given:
            store(db, one)
    check_invariants(db)
    return db


def check_invariants(db: Database) -> None:
    assert not db.execute("select id from articles where story is null").fetchall()
    counted = "select id from stories s where article_count is not (select count(*) from articles where story = s.id)"
    assert not db.execute(counted).fetchall()
    assert not db.execute(
        "select id from stories s where id <> (select min(id) from articles where story = s.id)"
    ).fetchall()
    assert not db.execute("select article from reprints group by 1 having sum(main) <> 1").fetchall()
    assert not db.execute("pragma foreign_key_check").fetchall()


def picture(db: Database) -> list[tuple[object, ...]]:
    """Everything decided, in order."""
    stories = db.execute("select a.key, s.* from articles a join stories s on s.id = a.story order by 1").fetchall()
    reprints = db.execute("select * from reprints order by article, main desc, source").fetchall()
    return [*stories, *reprints]


def rows(db: Database, columns: str) -> dict[str, tuple[object, ...]]:
    sql = f"""select a.key, {columns} from reprints r join articles a on a.id = r.article
              left join articles s on s.id = r.source"""
    return {row[0]: row[1:] for row in db.execute(sql)}


def groups(db: Database) -> set[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for key, story in db.execute("select key, story from articles"):
        found.setdefault(story, set()).add(key)
    return {frozenset(keys) for keys in found.values()}


FOOTER = prose("footer", 90)
MANY = [
    *(Given(f"footed{n}", prose(f"own{n}", 110) + "\n\n" + FOOTER, hours=-99 * n) for n in range(7)),
    *(Given(f"copy{n}", prose(f"intro{n}", 20 * n) + " " + TEXT, hours=50 + n) for n in range(4)),
    Given("wire", TEXT, hours=49.5, kind="agency"),
    Given("cut", FIRST_60_PERCENT + "\n\n" + FOOTER, hours=60),
    Given("excerpt", prose("longer", 300) + " " + FIRST_60_PERCENT, hours=70),
    Given("press review", TEXT + "\n\n" + prose("other", 200), hours=90),
    Given("other", prose("other", 200), hours=80),
    *(
        Given(f"weather{n}", prose("template", 100) + prose(f"w{n}", 60), hours=200 * n, outlet="weather")
        for n in range(4)
    ),
]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_relink_give_the_same(seed: int) -> None:
    shuffled = list(MANY)
    random.Random(seed).shuffle(shuffled)
    expected, db = picture(archived(MANY)), archived(shuffled)
    assert picture(db) == expected
    with db.conn:
        counts = relink(db, run=1, now=NOW)
    assert picture(db) == expected
    assert (counts.articles, counts.moved, counts.reprints, counts.decisions) == (len(MANY), 0, 0, 0)


def test_what_belongs_together() -> None:
    db = archived(MANY)
    assert frozenset({"wire", "copy0", "copy1", "copy2", "copy3", "cut", "press review"}) in groups(db)
    assert sum(len(group) > 1 for group in groups(db)) == 1
    kinds = rows(db, "s.key, r.kind")
    assert kinds["copy0"] == ("wire", "verbatim")
    assert kinds["cut"] == ("wire", "excerpt")
    assert kinds["excerpt"] == ("wire", "excerpt")
    assert not [key for key in kinds if key.startswith(("footed", "weather", "wire"))]


def test_a_late_found_original_takes_over_and_the_old_decision_is_kept() -> None:
    db = archived([Given("early", hours=5), Given("late", hours=9)])
    assert rows(db, "s.key") == {"late": ("early",)}
    with db.conn:
        store(db, Given("wire", hours=1))
    check_invariants(db)
    assert rows(db, "s.key") == {"early": ("wire",), "late": ("wire",)}
    assert {what for (what,) in db.execute("select what from story_log")} >= {"id"}


def test_withdrawing_leaves_what_would_be_without_it() -> None:
    db = archived(MANY)
    with db.conn:
        (wire,) = db.execute("select id from articles where key = 'wire'").fetchone()
        withdraw(db, wire, run=1, now=NOW)
        db.conn.execute("delete from articles where id = ?", (wire,))
    check_invariants(db)
    assert picture(db) == picture(archived([one for one in MANY if one.name != "wire"]))


def test_a_changed_text_leaves_its_story() -> None:
    db = archived([Given("one", hours=1), Given("two", hours=2)])
    with db.conn:
        store(db, Given("two", prose("new", 150), hours=2))
    check_invariants(db)
    assert len(groups(db)) == 2
    assert not rows(db, "kind")
    assert ("members",) in db.execute("select what from story_log").fetchall()


SPUTNIK = ("Sputnik", "sputnik", "republication")
REPRINT = Given("republisher", prose("intro", 30) + " " + TEXT, hours=600, title="Its own", credits=(SPUTNIK,))
SILENT = Given("silent", FIRST_60_PERCENT, hours=700)


def test_the_pattern_case_with_the_agency() -> None:
    db = archived([REPRINT, SILENT, Given("agency", outlet="sputnik", kind="agency", hours=1, title="The agency's")])
    assert len(groups(db)) == 1
    columns = "s.key, r.kind, credit_status, credited, headline_changed, lag_s"
    assert rows(db, columns) == {
        "republisher": ("agency", "edited", "exact", 1, 1, 599 * 3600),
        "silent": ("agency", "excerpt", "none", 0, 1, 699 * 3600),
    }


@pytest.mark.parametrize("silent_hours", [1, 700])
def test_the_pattern_case_without_the_agency(silent_hours: float) -> None:
    db = archived([REPRINT, Given("silent", FIRST_60_PERCENT, hours=silent_hours)])
    assert len(groups(db)) == 1
    columns = "r.source, source_outlet, source_name, r.kind, credited, containment"
    assert rows(db, columns) == {"republisher": (None, "sputnik", "Sputnik", "claimed", 1, None)}
    assert db.execute("select origin, origin_outlet, origin_name from stories").fetchone() == (
        None,
        "sputnik",
        "Sputnik",
    )


def test_two_copies_of_an_absent_text_are_siblings_unless_one_credits_the_other() -> None:
    via = Given("via", hours=900, credits=(("republisher", "republisher", "republication"),))
    db = archived([REPRINT, Given("second", hours=650, credits=(SPUTNIK,)), via])
    assert rows(db, "s.key, r.kind") == {
        "republisher": (None, "claimed"),
        "second": (None, "claimed"),
        "via": ("republisher", "excerpt"),
    }


def test_same_owner_is_a_repost() -> None:
    db = archived([Given("one", owner="House"), Given("two", owner="House", hours=1), Given("else", hours=2)])
    assert len(groups(db)) == 1
    assert rows(db, "s.key") == {"else": ("one",)}


def test_days_that_overlap_leave_the_order_open() -> None:
    db = archived([Given("day", precision="day", hours=-9), Given("clock", hours=3), Given("later", hours=90)])
    assert db.execute("select origin, origin_basis from stories").fetchone() == (None, "unknown")
    assert rows(db, "s.key, lag_s, lag_max_s - lag_min_s") == {"later": ("day", None, 86_399)}


def test_within_a_day_an_agency_is_believed_to_be_first() -> None:
    db = archived([Given("day", precision="day", hours=-9), Given("wire", hours=3, kind="agency")])
    assert rows(db, "s.key, lag_s, lag_min_s, lag_max_s") == {"day": ("wire", None, -12 * 3600, 12 * 3600 - 1)}
    assert db.execute("select origin_basis from stories").fetchone() == ("agency",)


SPEECH = prose("speech", 80)
FORM = (
    "{0}, aged {1}, of {2}, died peacefully at home on {3} May with the family at the bedside. A much loved and deeply "
    "missed friend of all who knew {4}, with {5} grandchildren. The funeral service takes place at {6} church at {7} "
    "o'clock, family flowers only please; donations, if desired, may be given to the {8} hospice at the door."
)
FORMS = [
    FORM.format("Edith Marlow", 91, "Harrowby", 14, "Edith", 7, "St Oswald's", "11", "Larkfield"),
    FORM.format("Tom Pettifer", 68, "Quenby", 22, "Tom", 3, "Holy Trinity", "2", "Moorside"),
]


@pytest.mark.parametrize(
    "reports",
    [
        *(
            pytest.param(
                [
                    f"{prose('a', before)} {marks[0]}{SPEECH}{marks[1]} {prose('b', between)}",
                    f"{marks[0]}{SPEECH}{marks[1]} {prose('c', after)}",
                ],
                id=f"one speech quoted in {marks}, {size} reports",
            )
            for marks in ("“”", '""', "‘’", "''", "„“", "””", "«»", "»«", "‹›", "›‹", "「」", "『』")
            for size, before, between, after in (("short", 30, 20, 40), ("long", 90, 60, 150))
        ),
        pytest.param([prose(name, 100) + " " + prose("phrase", 30) for name in "de"], id="a shared paragraph"),
        pytest.param(FORMS, id="a form filled in twice"),
    ],
)
def test_no_reprints(reports: list[str]) -> None:
    db = archived(Given(f"report{n}", text, hours=n) for n, text in enumerate(reports))
    assert len(groups(db)) == 2
    assert not rows(db, "kind")


def test_the_same_words_outside_quotation_marks_are_an_excerpt() -> None:
    reports = [f"{prose('a', 90)} {SPEECH} {prose('b', 60)}", f"{SPEECH} {prose('c', 150)}"]
    db = archived(Given(f"report{n}", text, hours=n) for n, text in enumerate(reports))
    assert rows(db, "kind") == {"report1": ("excerpt",)}


def test_names_changed_here_and_there_leave_it_a_reprint() -> None:
    edited = FORMS[0].replace("Harrowby", "Harrowby-on-Sea").replace("Larkfield", "local")
    db = archived([Given("one", FORMS[0]), Given("two", edited, hours=1)])
    assert list(rows(db, "kind")) == ["two"]


@pytest.mark.parametrize("text", ["", "…", "Two words", "Live"])
def test_hardly_any_text_is_a_story_of_its_own(text: str) -> None:
    assert len(groups(archived([Given("one", text), Given("two", text, hours=1)]))) == 2


def test_facts_and_places_of_a_reprint() -> None:
    source = "In the north 14 soldiers died on Tuesday, the ministry said. " + TEXT
    copy = source.replace("14", "19")
    db = archived([Given("source", source), Given("copy", "Our intro. " + copy, hours=1)])
    (facts, spans), *_ = rows(db, "facts_changed, spans").values()
    assert json.loads(str(facts)) == [{"kind": "number", "source": "14", "article": "19"}]
    ((start, end, from_, to),) = json.loads(str(spans))
    assert ("Our intro. " + copy)[start:end] == copy
    assert source[from_:to] == source


def decide(kind: str, value: str) -> Callable[[Database], None]:
    def write(db: Database) -> None:
        (id_,) = db.execute("select id from articles where key = 'two'").fetchone()
        sql = "insert into corrections (made_at, article, kind, value) values ('2026-01-01T00:00:00Z', ?, ?, ?)"
        db.conn.execute(sql, (id_, kind, value))

    return write


def test_human_decisions_survive_relink() -> None:
    db = archived([Given("one"), Given("two", hours=1)])
    with db.conn:
        decide("not-reprint-of", "one")(db)
        relink(db, run=1, now=NOW)
    check_invariants(db)
    assert len(groups(db)) == 2
    assert not rows(db, "kind")
