"""Whatever breaks under a pass, `verify` passes afterwards and the next pass completes what was missed."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from killing import Commands, kill
from news_pages import article
from news_site import NewsSite, closed_port, news_sites
from whole_way import one_pass, publish, rows, write_config

from scheduler.cli import cli
from scheduler.collect import collect
from scheduler.config import load
from scheduler.scope import Scope
from storage import archive
from storage.verify import verify

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGES = 6
LINE = (
    "Letter {} from the harbour went from Ankara to NATO, said officer {}, who counted {} ships and {} gulls that day."
)


def pages(count: int, *, seed: int = 0, length: int = 4) -> dict[str, str]:
    rng = random.Random(seed)
    return {
        f"/letter-{seed}-{n}": article(
            f"Letter {seed}-{n} from the harbour",
            [LINE.format(n, *(rng.randint(0, 10**6) for _ in range(3))) for _ in range(length)],
        )
        for n in range(count)
    }


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with news_sites(1) as (one,):
        publish(one, pages(PAGES))
        yield one


def configured(folder: Path, *sites: NewsSite, more: str = "") -> Path:
    outlets = [
        {"id": f"o{n}", "name": f"Outlet {n}", "url": site.url(), "feeds": [site.url("/feed")]}
        for n, site in enumerate(sites)
    ]
    return write_config(folder, outlets, crawl=f'recheck_hours = []\n{more}[archive]\nkeep_captures = "all"')


def run(config: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [*words, "--config", str(config)])
    return result.exit_code, result.output


def assert_complete(config: Path, count: int = PAGES) -> None:
    """A pass completes what was missed; then all is there once, and the archive is what it promises to be."""
    one_pass(config)
    assert rows(config.parent, "select count(*) as n, count(distinct url) as urls from articles") == [
        {"n": count, "urls": count}
    ]
    assert rows(config.parent, "select count(*) as n from links where state <> 'new'") == [{"n": 0}]
    assert_sound(config)


def assert_sound(config: Path) -> None:
    assert [str(problem) for problem in verify(load(config).archive).problems] == []


@contextmanager
def disk(folder: Path, *, size_kb: int) -> Iterator[None]:
    """Mount a small disk at a folder; skips where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("small disks can be mounted by root only")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


@pytest.mark.parametrize("size_kb", [700, 1300, 2200])
def test_a_disk_that_fills_up_ends_the_pass_in_a_line_and_nothing_is_lost(
    size_kb: int, site: NewsSite, tmp_path: Path
) -> None:
    publish(site, pages(PAGES, length=300))
    home = tmp_path / "disk"
    with disk(home, size_kb=size_kb):
        config = configured(home, site)
        code, said = run(config, "collect", "--all")
        assert code == 2, said
        assert len(said.strip().splitlines()) <= 2, said
        assert "Traceback" not in said
        remount(home, "size=64m")
        if (home / "archive" / "cuttings.db").exists():
            assert_sound(config)
        assert_complete(config)


@pytest.mark.parametrize("size_kb", [300, 900])
def test_a_backup_or_a_restore_that_finds_no_room_leaves_all_as_it_was(
    size_kb: int, site: NewsSite, tmp_path: Path
) -> None:
    config = configured(tmp_path, site)
    one_pass(config)
    whole, small, home = tmp_path / "whole", tmp_path / "small", tmp_path / "home"
    assert run(config, "backup", str(whole))[0] == 0
    with disk(small, size_kb=size_kb):
        code, said = run(config, "backup", str(small / "copy"))
        assert (code, "Traceback" in said, len(said.splitlines())) == (2, False, 1), said
        assert list(small.iterdir()) == []
    with disk(home, size_kb=size_kb):
        other = configured(home, site)
        code, said = run(other, "restore", str(whole))
        assert (code, "Traceback" in said, len(said.splitlines())) == (2, False, 1), said
        assert [path.name for path in home.rglob("*") if path.is_file() and path.suffix != ".lock"] == ["config.toml"]
        remount(home, "size=64m")
        assert run(other, "restore", str(whole))[0] == 0
        assert_complete(other)


@pytest.mark.parametrize("largest", [200_000, 1_000_000, 1_400_000])
def test_a_file_that_cannot_grow_is_a_full_disk(largest: int, site: NewsSite, tmp_path: Path) -> None:
    publish(site, pages(PAGES, length=300))
    config = configured(tmp_path, site)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        code, said = run(config, "collect", "--all")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code == 2, said
    assert "Traceback" not in said
    assert_complete(config)


def test_a_locked_database_ends_the_pass_and_the_next_completes_it(
    site: NewsSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configured(tmp_path, site)
    one_pass(config)
    publish(site, pages(PAGES) | pages(2, seed=1))
    monkeypatch.setattr(archive, "PRAGMAS", (*archive.PRAGMAS, "busy_timeout = 100"))
    with closing(sqlite3.connect(load(config).archive.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        code, said = run(config, "collect", "--all")
        assert (code, "database is locked" in said) == (2, True), said
        assert_sound(config)
    assert_complete(config, PAGES + 2)


def test_a_database_that_cannot_be_written_is_named_and_can_be_read(site: NewsSite, tmp_path: Path) -> None:
    home = tmp_path / "disk"
    with disk(home, size_kb=64_000):
        config = configured(home, site)
        one_pass(config)
        publish(site, pages(PAGES) | pages(2, seed=1))
        remount(home, "ro")
        code, said = run(config, "collect", "--all")
        assert (code, "cuttings.db" in said, "Traceback" in said) == (2, True, False), said
        for words in (["verify"], ["status"]):
            code, said = run(config, *words)
            assert code == 0, said
        remount(home, "rw")
        assert_complete(config, PAGES + 2)


def test_a_clock_that_jumps_back_and_forth_loses_nothing(site: NewsSite, tmp_path: Path) -> None:
    config = configured(tmp_path, site)
    everything: dict[str, str] = {}
    for seed, jump in enumerate((0, -3, 400, 1, -800, 2)):
        everything |= pages(2, seed=seed)
        publish(site, everything)
        site.add_page("/broken", "down", status=500)
        now = NOW + timedelta(days=jump)
        report = collect(load(config), clock=lambda now=now: now)  # type: ignore[misc]
        assert set(report.outlets) == {"o0"}, "due whatever the clock said before"
        assert rows(tmp_path, "select count(*) as n from articles") == [{"n": 2 * seed + 2}]
    assert_complete(config, len(everything))
    assert len(list((tmp_path / "archive" / "captures").rglob("*.gz"))) <= 6


def test_a_link_that_rests_by_a_clock_that_ran_ahead_is_asked(site: NewsSite, tmp_path: Path) -> None:
    config = configured(tmp_path, site)
    some = dict(list(pages(PAGES).items())[:-1])
    (late,) = pages(PAGES).keys() - some.keys()
    site.add_page(late, "down", status=500)
    one_pass(config, now=NOW + timedelta(days=4000))
    assert rows(tmp_path, "select count(*) as n from links where state = 'waiting'") == [{"n": 1}]
    publish(site, pages(PAGES))
    one_pass(config, now=NOW)
    assert rows(tmp_path, "select count(*) as n from articles") == [{"n": PAGES}]


def test_names_that_cannot_be_found_are_our_own_line_and_nobody_is_charged(site: NewsSite, tmp_path: Path) -> None:
    config = configured(tmp_path, site)
    toml = config.read_text()
    gone = '\n[[outlets]]\nid = "o1"\nname = "Outlet 1"\nurl = "http://nowhere-either.invalid/"\nfeeds = ["http://nowhere-either.invalid/feed"]\n'
    config.write_text(toml.replace(f"http://{site.host}", "http://nowhere.invalid") + gone)
    code, said = run(config, "collect", "--all")
    assert (code, "this machine is offline" in said) == (1, True), said
    assert rows(tmp_path, "select * from health") == []
    assert_sound(config)
    config.write_text(toml)
    assert_complete(config)


def test_all_outlets_failing_at_once_are_our_own_line_and_come_back(site: NewsSite, tmp_path: Path) -> None:
    with closed_port() as one, closed_port() as other:
        config = configured(tmp_path, site)
        toml = config.read_text()
        config.write_text(
            toml.replace(f"http://{site.host}/", one) + f'\n[[outlets]]\nid = "o1"\nname = "O"\nurl = "{other}"\n'
        )
        code, said = run(config, "collect", "--all")
    assert (code, "this machine is offline" in said) == (1, True), said
    config.write_text(toml)
    assert_complete(config)


class Power:
    """What a loss of power would leave of WARC files: bytes and names that were synced, no others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._sizes: dict[Path, int] = {}
        self._names: dict[Path, set[str]] = {}
        self._really = os.fsync
        monkeypatch.setattr(os, "fsync", self._fsync)

    def _fsync(self, descriptor: int) -> None:
        self._really(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self._names[path] = {name.name for name in path.iterdir()}
        else:
            self._sizes[path] = os.fstat(descriptor).st_size

    def lose(self, archive_: Path, image: Path) -> None:
        """Copy an archive's folder as it would be found after the power failed now."""
        shutil.copytree(archive_, image)
        for path in archive_.rglob("*.warc.gz"):
            below = [path, *(above for above in path.parents if above.is_relative_to(archive_) and above != archive_)]
            copied = image / path.relative_to(archive_)
            if all(each.name in self._names.get(each.parent, ()) for each in below):
                os.truncate(copied, self._sizes.get(path, 0))
            else:
                copied.unlink()


def test_what_a_commit_names_was_synced_before_it(
    site: NewsSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configured(tmp_path, site)
    power = Power(monkeypatch)
    moments: list[Path] = []

    def fail(done: int, asked: int) -> None:
        lost = tmp_path / f"lost-{done}"
        power.lose(tmp_path / "archive", lost / "archive")
        shutil.copy(config, lost)
        moments.append(lost)

    collect(load(config), Scope(everything=True), clock=lambda: datetime.now(UTC), progress=fail)
    for lost in moments:
        assert_sound(lost / "config.toml")
    counts = [rows(lost, "select count(*) as n from captures")[0]["n"] for lost in moments]
    assert (counts[0], counts[-1]) == (0, PAGES)
    assert_complete(moments[len(moments) // 2] / "config.toml")


def test_after_a_loss_of_power_any_part_of_the_log_is_a_sound_archive(site: NewsSite, tmp_path: Path) -> None:
    """WARC records are synced before the row that names them: a log cut anywhere never names what is not there."""
    config = configured(tmp_path, site)
    image = tmp_path / "image"

    def photograph(done: int, asked: int) -> None:
        shutil.rmtree(image, ignore_errors=True)
        shutil.copytree(tmp_path / "archive", image / "archive")

    collect(load(config), Scope(everything=True), clock=lambda: datetime.now(UTC), progress=photograph)
    log = (image / "archive" / "cuttings.db-wal").read_bytes()
    assert len(log) > 100_000
    counts = set()
    for part in range(8):
        lost = tmp_path / f"lost-{part}"
        shutil.copytree(image, lost)
        with (lost / "archive" / "cuttings.db-wal").open("r+b") as file:
            file.truncate(len(log) * part // 7 - 1000 * (part > 0))
        (lost / "archive" / "cuttings.db-shm").unlink()
        shutil.copy(config, lost)
        if part > 1:
            assert_sound(lost / "config.toml")
            with closing(archive.open_reader(lost / "archive" / "cuttings.db")) as db:
                counts.add(db.execute("select count(*) from articles").fetchone()[0])
        if part % 3 == 2:
            assert_complete(lost / "config.toml")
    assert len(counts) > 1, "the log was cut at several articles"


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
@pytest.mark.parametrize("words", [["forget", "--outlet", "o0", "--reason", "asked"], ["backup", "DEST"], ["restore", "SRC", "--replace"], ["relink"], ["reextract"]],
                         ids=lambda words: words[0])  # fmt: skip
def test_every_command_that_writes_may_be_killed_at_any_moment(
    words: list[str], site: NewsSite, tmp_path: Path
) -> None:
    config = configured(tmp_path, site)
    one_pass(config)
    assert run(config, "backup", str(tmp_path / "source"))[0] == 0
    rng = random.Random(words[0])
    with Commands() as commands:
        for attempt in range(4):
            given = [
                word.replace("DEST", str(tmp_path / f"copy-{attempt}")).replace("SRC", str(tmp_path / "source"))
                for word in words
            ]
            pid = commands.start(*given, "--config", str(config), log=tmp_path / "log")
            _let_run(pid, rng.uniform(0.05, 1.0))
            kill(pid, group=True)
            commands.wait()
            assert_sound(config)
    for half in tmp_path.glob("copy-*"):
        assert (half / "backup.json").exists(), "a backup has its name only when it is whole"
    code, said = run(
        config,
        *(word.replace("DEST", str(tmp_path / "copy")).replace("SRC", str(tmp_path / "source")) for word in words),
    )
    assert code == 0, said
    assert_sound(config)


def _let_run(pid: int, seconds: float) -> None:
    """Wait until a process ends, at most so long."""
    import select

    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        select.select([watch], [], [], seconds)
    finally:
        os.close(watch)


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # what a signal raises in SQLite's callback
def test_what_sqlite_does_for_long_is_ended_by_ctrl_c(tmp_path: Path) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with closing(sqlite3.connect(":memory:")) as db, pytest.raises(KeyboardInterrupt):
            archive.interruptible(db, endless)
    finally:
        signal.signal(signal.SIGALRM, before)
