"""What others are let see: a snapshot without full texts, its dumps, its renewal; or the archive, for a password."""

import asyncio
import base64
import csv
import gzip
import hashlib
import io
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from archive_fixture import BY_SLUG, SECRET, insert, make_archive
from sqlite_utils import Database
from test_site import PLAIN, READINGS, SITE, STOCK, STORIES

from storage import snapshot
from storage.errors import ArchiveError, ConfigError
from storage.site import passwords
from storage.site.app import build
from storage.site.headers import App
from storage.site.serving import Access, Newest, serve

NOW = datetime(2018, 4, 20, 7, tzinfo=UTC)
WORDS = "Diplomats from five countries"
SUMMIT = BY_SLUG["summit"].id
PRIVATE = ["configs", "links", "fetches", "corrections", "tombstones", "host_policies", "guids", "fingerprints"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_archive(tmp_path_factory.mktemp("public") / "cuttings.db")
    db = Database(path)
    with db.conn:
        insert(db, "tombstones", url_key="x", key="x", removed_at="2018-04-20T06:00:00Z", reason=SECRET)
    db.close()
    return path


@pytest.fixture(scope="module")
def made(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> snapshot.Snapshot:
    return snapshot.make(archive, tmp_path_factory.mktemp("snapshots"), now=NOW)


def ask(archive: Path, made: snapshot.Snapshot, paths: list[str]) -> dict[str, Any]:
    """Return the public site's answers."""

    async def answers() -> dict[str, Any]:
        client = build(archive, SITE, shown=made).client
        return {path: await client.get(path) for path in paths}

    return asyncio.run(answers())


def test_no_byte_of_a_text_or_a_secret_is_in_the_snapshot(made: snapshot.Snapshot) -> None:
    content = made.database.read_bytes()
    assert WORDS.encode() not in content
    assert SECRET.encode() not in content
    with closing(sqlite3.connect(made.database)) as db:
        tables = {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}
        assert db.execute("select count(*), (select count(text) from versions) from texts").fetchone() == (0, 0)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    assert tables <= snapshot.PUBLISHED
    assert not tables & set(PRIVATE)


def test_without_texts_headlines_are_compared_and_what_was_edited_is_said(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "cuttings.db"
    with closing(sqlite3.connect(archive)) as old, closing(sqlite3.connect(path)) as new:
        old.backup(new)
    gone, at, facts = BY_SLUG["gone"].id, "2018-04-10T10:00:00Z", '[{"source": "3", "article": "7"}]'
    db = Database(path)
    with db.conn:
        insert(db, "versions", article=SUMMIT, seen_at=at, title="Turkey talks", text="x", change="both", run=1)
        db.conn.execute("update reprints set facts_changed = ? where source = ?", [facts, SUMMIT])
    db.close()
    pages = ask(
        path,
        snapshot.make(path, tmp_path / "public", now=NOW),
        [f"/article/{SUMMIT}", f"/story/{SUMMIT}", f"/article/{gone}"],
    )
    article, story, removed = (page.text for page in pages.values())
    assert "Turkey <del>tells NATO it will keep talking</del>" in article
    assert ">at its outlet</a>" in article
    assert ">at its outlet</a>" not in removed
    assert "as last seen" not in removed
    assert (
        "from the present text of <bdi>Kuzey Agency</bdi>, which was edited since it was first seen: <bdi>3</bdi>"
        in story
    )


def test_every_page_of_the_public_site_answers_without_full_text(archive: Path, made: snapshot.Snapshot) -> None:
    tables = ["texts", "versions", "runs", "captures", "articles_fts", "articles_fts_content", "article_facts"]
    paths = [*PLAIN, *STOCK, *READINGS, *STORIES, "/search?q=diplomats", *(f"/cuttings/{table}" for table in tables)]
    answers = ask(archive, made, paths)
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    assert [path for path, answer in answers.items() if WORDS in answer.text or SECRET in answer.text] == []
    assert "The full text is not published here" in answers[f"/article/{SUMMIT}"].text
    assert f'href="/article/{SUMMIT}"' in answers["/search?q=diplomats"].text
    assert "as of 20 April 2018, 07:00 UTC, without full texts" in answers["/"].text


def test_every_canned_question_runs_on_the_snapshot(archive: Path, made: snapshot.Snapshot) -> None:
    names = asyncio.run(build(archive, SITE).get_canned_queries("cuttings", None))
    answers = ask(archive, made, [f"/cuttings/{name}.json?_shape=array" for name in names])
    assert [path for path, answer in answers.items() if answer.status_code != 200 or not answer.json()] == []


def test_the_index_of_words_cannot_be_read(archive: Path, made: snapshot.Snapshot) -> None:
    path = "/cuttings.json?_shape=arrays&sql=select count(block) from articles_fts_data"
    assert ask(archive, made, [path])[path].json()["rows"] == [[0]]


def test_datasette_says_nothing_of_itself_to_everybody(archive: Path, made: snapshot.Snapshot) -> None:
    inside = [
        f"/-/{name}" for name in ("databases", "databases.json", "threads.json", "plugins", "settings", "versions")
    ]
    path = "/cuttings.json?_shape=array&sql=select * from pragma_database_list"
    answers = ask(archive, made, [*inside, path, "/robots.txt"])
    assert {answers[name].status_code for name in inside} == {404}
    assert str(made.folder) not in answers[path].text
    assert answers["/robots.txt"].text == "User-agent: *\nDisallow: /search\nDisallow: /cuttings\nDisallow: /dumps/\n"


def test_the_dumps_have_every_row_and_say_how_many(archive: Path, made: snapshot.Snapshot) -> None:
    with closing(sqlite3.connect(archive)) as db:
        counts = {name: db.execute(f"select count(*) from {name}").fetchone()[0] for name in snapshot.DUMPED}
    assert {dump.name.removesuffix(".csv.gz"): dump.rows for dump in made.dumps} == counts
    answers = ask(archive, made, ["/cuttings", *(f"/dumps/{dump.name}" for dump in made.dumps)])
    for dump in made.dumps:
        content = answers[f"/dumps/{dump.name}"].content
        assert hashlib.sha256(content).hexdigest() == dump.sha256
        assert dump.sha256[:16] in answers["/cuttings"].text
        rows = list(csv.reader(io.StringIO(gzip.decompress(content).decode())))
        assert len(rows) - 1 == dump.rows
        assert "text" not in rows[0]


def test_a_new_snapshot_is_shown_once_a_run_has_ended(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "cuttings.db")
    newest = Newest(archive, lambda shown: build(archive, SITE, shown=shown))
    first = newest.shown
    assert newest.renew() is False  # nothing has been collected since

    db = Database(archive)
    with db.conn:
        db.conn.execute("update topics set name = 'Renamed topic' where id = 'turkey-nato'")
        run = {"id": 99, "command": "collect", "started_at": "2018-04-21T05:50:00Z", "ended_at": "2018-04-21T06:00:00Z"}
        insert(db, "runs", **run, result="done", version="0.1.0")
    db.close()
    assert "Renamed topic" not in _page(newest, "/")
    assert newest.renew() is True
    assert "Renamed topic" in _page(newest, "/")
    assert first.database.exists()  # answers begun from it go on

    newest.let_go()
    folders = [path.name for path in newest.directory.iterdir() if not path.is_symlink()]
    assert folders == [newest.shown.folder.name]
    assert snapshot.current(newest.directory) == newest.shown


def test_an_unchanged_archive_is_not_copied_again(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "cuttings.db")
    shown = [Newest(archive, lambda shown: build(archive, SITE, shown=shown)).shown for _ in range(2)]
    assert shown[0] == shown[1]


def test_a_snapshot_that_cannot_be_made_leaves_the_old_one(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "cuttings.db")
    old = snapshot.make(archive, tmp_path / "public", now=NOW)
    broken = tmp_path / "broken.db"
    broken.write_bytes(archive.read_bytes()[:40_000])
    with pytest.raises(ArchiveError):
        snapshot.make(broken, tmp_path / "public", now=NOW)
    assert snapshot.current(tmp_path / "public") == old
    assert sorted(path.name for path in (tmp_path / "public").iterdir()) == [old.folder.name, "current"]


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "readers"
    path.write_text("# the desk\nayşe:uzun bir parola\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_password_lets_in_and_nothing_else_does(archive: Path, password_file: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(passwords, "WAIT_AFTER_WRONG_S", 0)
    closed = passwords.guarded_by(passwords.read(password_file), build(archive, SITE).app())
    headers = [None, "Basic", "Basic !!!", _basic("ayşe", "wrong"), _basic("nobody", ""), _basic("ayşe", ""),
               _basic("ayşe", "uzun bir parola").replace("Basic", "Bearer"), _basic("ayşe", "uzun bir parola")]  # fmt: skip
    statuses = [_status(closed, f"/article/{SUMMIT}", header) for header in headers]
    assert statuses == [401, 401, 401, 401, 401, 401, 401, 200]


@pytest.mark.parametrize(
    ("content", "mode", "complaint"),
    [
        ("ayşe:uzun bir parola\n", 0o644, "others can read it"),
        ("ayşe\n", 0o600, "readers:1: wants name:password"),
        ("# nobody\nayşe:short\n", 0o600, "readers:2: wants name:password"),
        ("# nobody\n", 0o600, "names nobody"),
    ],
)
def test_a_password_file_that_protects_nothing_is_refused(
    password_file: Path, archive: Path, content: str, mode: int, complaint: str
) -> None:
    password_file.write_text(content, encoding="utf-8")
    password_file.chmod(mode)
    with pytest.raises(ConfigError, match=complaint):
        serve(archive, SITE, Access(host="0.0.0.0", port=0, password_file=password_file))


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def _status(app: App, path: str, header: str | None) -> int:
    async def get() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://site") as client:  # type: ignore[arg-type]
            return (await client.get(path, headers={"authorization": header} if header else {})).status_code

    return asyncio.run(get())


def _page(app: App, path: str) -> str:
    async def get() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://site") as client:  # type: ignore[arg-type]
            return (await client.get(path)).text

    return asyncio.run(get())
