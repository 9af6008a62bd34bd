"""What is forgotten can be seen, and a tombstone laid by mistake can be withdrawn."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from forget_fixture import ELSE, NOW, World, collected_in, problems, publish
from news_pages import article
from news_site import news_sites
from whole_way import one_pass, rows, write_config

from scheduler.cli import cli
from scheduler.config import load
from scheduler.forgetting import Target, forget
from storage import archive, forgetting
from storage.forgetting import Why


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with collected_in(tmp_path_factory.mktemp("forget")) as world:
        yield world


@pytest.fixture
def world(collected: World, tmp_path: Path) -> World:
    """A copy of the collected archive; the outlets go on as they are."""
    return collected.copied_to(tmp_path)


def test_what_is_forgotten_can_be_listed(world: World) -> None:
    assert listed(world) == []
    gulls, roes = world.id_of("gulls"), world.id_of("zyxqworth-crates")
    for target, reason in ((Target(articles=(str(gulls),)), "court"), (Target(person="Jane Roe"), "letter")):
        forget(load(world.config), target, reason=reason, now=NOW, confirm=lambda plan: lambda done, of: None)
    assert [(one["outlet"], one["persons"], one["articles"], one["reason"]) for one in listed(world)] == [
        (None, 0, [gulls], "court"),
        (None, 1, [roes], "letter"),
    ]
    assert {str(gulls), str(roes), "court", "letter"} <= set(re.findall(r"\w+", run(world, "--list")))


@pytest.mark.parametrize("named", ["id", "key", "address"])
def test_an_article_forgotten_by_mistake_is_collected_again(named: str, world: World) -> None:
    (row,) = rows(world.folder, "select id, key from articles where url like '%/gulls'")
    address = world.first.url("/gulls")
    world.forget("--article", address)
    said = {"id": str(row["id"]), "key": str(row["key"]), "address": address}[named]
    assert run(world, "--withdraw", "--article", said).strip() == "withdrawn: 1 article may be collected again"
    assert listed(world) == []
    one_pass(world.config)
    assert rows(world.folder, "select key from articles where url = ?", address) == [{"key": row["key"]}]
    assert problems(world) == ([], ())


def test_an_outlet_forgotten_by_mistake_is_collected_again_but_not_what_was_forgotten_of_it_before(
    world: World,
) -> None:
    with closing(archive.open_archive(load(world.config).archive.path)) as db, db.atomic():
        forgetting.forget_article(db, world.id_of("gulls"), (), Why(reason="court", run=1, now=NOW - timedelta(days=9)))
    world.forget("--outlet", "o0")
    assert run(world, "--withdraw", "--outlet", "o0").strip() == "withdrawn: 1 article may be collected again"
    one_pass(world.config)
    assert rows(world.folder, "select title from articles where outlet = 'o0'") == [
        {"title": "Zyxqworth counts the crates"}
    ]
    assert [one["reason"] for one in listed(world)] == ["court"]
    assert problems(world) == ([], ())


def test_a_person_forgotten_by_mistake_is_collected_again_and_so_is_what_was_refused_since(world: World) -> None:
    byline = article("A second report", ELSE[::-1], byline="By Jane Roe", published="2026-11-21T10:00:00+00:00")
    world.forget("--person", "Jane Roe")
    with news_sites(1) as (later,):
        publish(later, {"/second": byline}, {"/second": "A second report"})
        write_config(world.folder, [{"id": "o0", "name": "Outlet 0", "url": world.first.url()},
                                    {"id": "o2", "name": "Outlet 2", "url": later.url()}])  # fmt: skip
        one_pass(world.config)
        jane = "select title from articles where authors like '%Jane%' order by title"
        assert rows(world.folder, jane) == []
        run(world, "--withdraw", "--person", "JANE ROE")
        one_pass(world.config)
        assert [row["title"] for row in rows(world.folder, jane)] == ["A second report", "Zyxqworth counts the crates"]
    assert listed(world) == []


def test_what_was_forgotten_by_mistake_comes_back_with_a_backup(world: World, tmp_path: Path) -> None:
    for words in (["backup", "copy"], ["forget", "--outlet", "o1", "--reason", "asked"],
                  ["forget", "--withdraw", "--outlet", "o1"], ["restore", "copy", "--replace"]):  # fmt: skip
        given = [str(tmp_path / word) if word == "copy" else word for word in words]
        assert CliRunner().invoke(cli, [*given, "--config", str(world.config)]).exit_code == 0
    assert rows(world.folder, "select count(*) as n from articles where outlet = 'o1'") == [{"n": 1}]


@pytest.mark.parametrize(
    "words",
    [
        ["--withdraw", "--article", "https://example.org/never-forgotten"],
        ["--withdraw", "--outlet", "o1"],
        ["--withdraw", "--person", "Somebody Else"],
        ["--withdraw", "--outlet", "o1", "--dry-run"],
        ["--withdraw"],
        ["--list", "--outlet", "o1"],
        ["--outlet", "o1"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_listed_or_withdrawn_changes_nothing(words: list[str], world: World) -> None:
    result = CliRunner().invoke(cli, ["forget", *words, "--config", str(world.config)])
    assert (result.exit_code, "Traceback" in result.output) == (2, False), result.output
    assert rows(world.folder, "select count(*) as n from articles") == [{"n": 3}]


def run(world: World, *words: str) -> str:
    result = CliRunner().invoke(cli, ["forget", *words, "--config", str(world.config)])
    assert result.exit_code == 0, result.output
    return result.output


def listed(world: World) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run(world, "--list", "--json"))
    return found
