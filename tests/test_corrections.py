"""Human decisions: said in a CSV, done at once, kept through everything that writes anew, taken back again."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_stories import TEXT, prose
from whole_way import rows, write_config

from scheduler.cli import cli
from storage import archive, corrections
from storage.articles import Provenance, save_article
from storage.identity import Identity
from storage.records import Article, Credit, Evidence, Outlet, Stamp, Tag

NOW = datetime(2026, 1, 1, tzinfo=UTC)
START = datetime(2025, 3, 1, 9, tzinfo=UTC)
OUTLETS: list[dict[str, object]] = [
    {"id": "wire", "name": "The Wire", "url": "https://wire.example/", "aliases": ["Wire Service"]},
    {"id": "copy", "name": "The Copy", "url": "https://copy.example/"},
    {"id": "late", "name": "The Late", "url": "https://late.example/"},
]
LEAD = "Ankara wrote to NATO on Monday. "
TAG = Tag(
    topic="turkey-nato",
    score=0.5,
    hits=1,
    topic_version="v",
    evidence=(Evidence(field="text", from_char=0, to_char=6, words="Ankara", term="Ankara"),),
)


def page(outlet: str, hours: float, text: str = LEAD + TEXT) -> Article:
    at = START + timedelta(hours=hours)
    url = f"https://{outlet}.example/letter"
    stamp = Stamp(at=at, precision="second", basis="jsonld", day=at.date().isoformat())
    return Article(url=url, requested_url=url, outlet=outlet, title="A letter", text=text, published=stamp, language="en",
                   text_status="full", tags=(TAG,))  # fmt: skip


PAGES = [page("wire", 0), page("copy", 5), page("late", 9)]


class World:
    """An archive of three copies, and decisions about them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = write_config(folder, OUTLETS)
        self.path = folder / "archive" / "cuttings.db"
        self.save(*PAGES)

    def save(self, *pages: Article, extractor: str = "test") -> None:
        with closing(archive.open_archive(self.path)) as db:
            outlets = [Outlet(id=str(o["id"]), name=str(o["name"]), url=str(o["url"])) for o in OUTLETS]
            archive.sync_outlets(db, outlets, {outlet.id: [(f"{outlet.id}.example", "/")] for outlet in outlets})
            db.execute("insert or ignore into topics values ('turkey-nato', 'Turkey', 'v', 1)")
            run = archive.start_run(db, "test", now=NOW)
            for one in pages:
                known = Identity(url_key=f"{one.outlet}.example/letter", key=f"key-of-{one.outlet}")
                how = Provenance(extractor=extractor, found_by="live", run=run, at=NOW)
                save_article(db, one, known, how, keep_all=True)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(self.config), *words])

    def correct(self, *lines: str, head: str = "article,kind,value,reason") -> Result:
        file = self.folder / "decisions.csv"
        file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return self.run("correct", str(file), "--json")

    def done(self, *lines: str) -> dict[str, object]:
        result = self.correct(*lines)
        assert result.exit_code == 0, result.output
        assert self.run("verify").exit_code == 0
        return dict(json.loads(result.stdout))

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in rows(self.folder, sql)]

    def sources(self) -> dict[object, object]:
        sql = "select a.outlet, source_outlet from reprints r join articles a on a.id = r.article where main"
        return {outlet: source for outlet, source in self.ask(sql)}  # noqa: C416

    def origin(self) -> tuple[object, ...]:
        sql = "select origin_outlet, origin_name, origin_basis, origin is null from stories order by article_count desc"
        return self.ask(sql)[0]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


APART = "https://late.example/letter,not-reprint-of,key-of-wire,the same law is quoted"


def test_what_is_not_a_reprint_of_one_is_none_of_its_copies_either(world: World) -> None:
    assert world.sources() == {"copy": "wire", "late": "wire"}
    assert world.done(APART)["recorded"] == 1
    assert world.sources() == {"copy": "wire"}
    assert world.ask("select count(*) from stories") == [(2,)]


def test_origin_is_a_member_an_outlet_or_a_name(world: World) -> None:
    world.done("key-of-wire,origin-is,https://copy.example/letter,its author told us")
    assert world.origin() == ("copy", None, "correction", 0)
    assert world.sources() == {"wire": "copy", "late": "copy"}
    world.done("key-of-copy,origin-is,Wire Service,the agency's archive has it")
    assert world.origin() == ("wire", None, "correction", 0)
    world.done("key-of-late,origin-is,Reuters,seen on its terminal")
    assert world.origin() == (None, "Reuters", "correction", 1)


def test_a_date_moves_the_origin_and_is_given_back(world: World) -> None:
    dates = (
        "select published_at, published_precision, published_basis, published_day from articles where outlet = 'late'"
    )
    before = world.ask(dates)
    assert world.done("key-of-late,date,2025-02-27T23:30+03:00,printed in the paper")["dated"] == 1
    assert world.ask(dates) == [("2025-02-27T20:30:00Z", "minute", "correction", "2025-02-27")]
    assert world.origin()[0] == "late"
    world.done("key-of-late,date,2025-02-26,and online a day before")
    assert world.ask(dates) == [("2025-02-26T00:00:00Z", "day", "correction", "2025-02-26")]
    world.done("key-of-late,date,,it was another paper")
    assert (world.ask(dates), world.origin()[0]) == (before, "wire")


def test_a_topic_is_taken_away_and_comes_back(world: World) -> None:
    tags = "select outlet, topic from article_topics join articles on id = article order by 1"
    assert world.done("key-of-copy,not-on-topic,turkey-nato,a recipe")["untagged"] == 1
    assert [outlet for outlet, _ in world.ask(tags)] == ["late", "wire"]
    world.done("key-of-copy,not-on-topic,,it is no recipe")
    assert [outlet for outlet, _ in world.ask(tags)] == ["copy", "late", "wire"]


EVERY_KIND = (
    APART,
    "key-of-copy,origin-is,Reuters,said so",
    "key-of-copy,not-on-topic,turkey-nato,a recipe",
    "key-of-copy,date,2025-02-27,printed",
)
SETTLED = """select a.outlet, a.published_at, s.origin_name, s.article_count, (select count(*) from article_topics
             where article = a.id) from articles a join stories s on s.id = a.story order by 1"""


def test_decisions_outlive_relink_and_new_versions(world: World) -> None:
    world.done(*EVERY_KIND)
    settled = world.ask(SETTLED)
    assert ("copy", "2025-02-27T00:00:00Z", "Reuters", 2, 0) in settled
    report = json.loads(world.run("relink", "--json").stdout)
    assert (report["moved"], report["origins"], report["reprints"], report["decisions"]) == (0, 0, 0, 0)
    world.save(replace(PAGES[1], text=PAGES[1].text + " The ministry then took the letter back, it said on Tuesday."))
    assert world.ask("select count(*) from versions where change = 'text'") == [(1,)]
    world.save(replace(PAGES[2], title="A letter, cleaned otherwise"), extractor="other")
    assert world.ask(SETTLED) == settled
    assert world.run("verify").exit_code == 0


def test_the_last_decision_wins_and_all_are_kept(world: World) -> None:
    world.done("key-of-wire,origin-is,Reuters,one", "key-of-wire,origin-is,copy,another")
    assert world.origin()[0] == "copy"
    world.done(APART, "key-of-late,not-reprint-of,,a mistake")
    assert world.sources() == {"wire": "copy", "late": "copy"}
    kept = world.ask("select kind, value, reason from corrections order by id")
    assert len(kept) == 4
    assert kept[-1] == ("not-reprint-of", None, "a mistake")


def test_the_same_file_again_records_nothing(world: World) -> None:
    world.done(*EVERY_KIND)
    again = world.done(*EVERY_KIND)
    assert (again["recorded"], again["known"]) == (0, len(EVERY_KIND))


def test_a_study_names_the_decisions_about_its_articles_and_those_that_keep_others_out(world: World) -> None:
    world.done(*EVERY_KIND)
    study = world.folder / "study.toml"
    study.write_text('title = "Letters"\nauthors = [{ name = "A. Researcher" }]\ntopics = ["turkey-nato"]\n', "utf-8")
    done = world.run("export", str(study), "-o", str(world.folder / "out"))
    assert done.exit_code == 0, done.output
    report = (world.folder / "out" / "report.md").read_text("utf-8")
    assert ": not-reprint-of key-of-wire (the same law is quoted)" in report
    assert ", not in this study: not-on-topic turkey-nato (a recipe)" in report


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("key-of-nobody,date,2025-01-01,why", "none in the archive has the id, key or address 'key-of-nobody'"),
        ("key-of-wire,is-nice,x,why", "'is-nice' is none of not-reprint-of, origin-is, not-on-topic, date"),
        ("key-of-wire,date,2025-01-01,", "reason: is missing"),
        ("key-of-wire,date,2025-13-01,why", "'2025-13-01' is no date"),
        ("key-of-wire,date,2025-01-01T10:00,why", "a time needs its zone"),
        ("key-of-wire,not-on-topic,cooking,why", "no topic 'cooking'; topics are russian-weapons, turkey-nato"),
        ("key-of-wire,not-reprint-of,Reuters,why", "'Reuters' is no article of the archive"),
        ("key-of-wire,not-reprint-of,key-of-wire,why", "is the article itself"),
        ("key-of-wire,origin-is,12345,why", "no article 12345"),
        ("key-of-wire,date,2025-01-01,one, two", "more cells than columns"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_taken_over(world: World, line: str, said: str) -> None:
    result = world.correct("key-of-wire,origin-is,Reuters,good", line)
    assert result.exit_code == 2
    assert "decisions.csv line 3: " in result.stderr
    assert said in result.stderr
    assert world.ask("select count(*) from corrections") == [(0,)]


def test_a_file_without_our_columns_is_refused(world: World) -> None:
    result = world.correct("a,b", head="article,kind,value,because,reason")
    assert (result.exit_code, "no such column: because" in result.stderr) == (2, True)


def test_spreadsheets_write_semicolons_and_who_decided_is_kept(world: World) -> None:
    result = world.correct("key-of-wire;date;2025-01-01;two, three;Ada", head="article;kind;value;reason;made_by")
    assert result.exit_code == 0
    assert world.ask("select reason, made_by from corrections") == [("two, three", "Ada")]


def test_another_writer_is_waited_for_by_the_person(world: World) -> None:
    with archive.only_writer(world.path):
        assert world.correct(APART).exit_code == 1
        assert world.run("relink").exit_code == 1
    assert world.ask("select count(*) from corrections") == [(0,)]


def test_an_article_that_comes_later_finds_its_decisions(world: World) -> None:
    world.done(APART)
    world.save(Article(url="https://wire.example/2", requested_url="https://wire.example/2", outlet="wire", title="B",
                       text=prose("other", 150), text_status="full"))  # fmt: skip
    with closing(archive.open_reader(world.path)) as db:
        (late,) = world.ask("select id from articles where outlet = 'late'")[0]
        assert corrections.of(db, int(str(late))).not_from == {"key-of-wire"}


def test_relink_takes_up_aliases_and_owners(world: World) -> None:
    said = Credit(name="Morning Herald", outlet=None, url=None, role="republication", kind="credit_line", rule="test",
                  words="Source: Morning Herald", confidence=0.9)  # fmt: skip
    world.save(replace(PAGES[1], credits=(said,), text=PAGES[1].text + " And then the ministry took it back again."))
    assert world.sources()["copy"] is None
    world.config = write_config(world.folder, [{**OUTLETS[0], "aliases": ["Morning Herald"]}, *OUTLETS[1:]])
    report = json.loads(world.run("relink", "--json").stdout)
    assert (report["credits"], report["origins"]) == (1, 1)
    assert world.sources() == {"copy": "wire", "late": "wire"}
    assert world.ask("select origin_basis from stories") == [("credit",)]
    wire = {**OUTLETS[0], "aliases": ["Morning Herald"]}
    world.config = write_config(world.folder, [{**outlet, "owner": "One House"} for outlet in (wire, *OUTLETS[1:])])
    assert world.run("relink").exit_code == 0
    assert world.sources() == {}
    assert world.run("verify").exit_code == 0
