"""An export stands at its place whole, or nothing of it does: whatever is there before, fails, or is killed."""

import os
import resource
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest
from archive_fixture import BY_SLUG
from export_fixture import change

from storage import export_aside, study
from storage.errors import StudyError
from storage.export import export


def beside(folder):
    return [path.name for path in folder.iterdir() if not path.name.startswith("cuttings.db")]


def test_a_directory_that_is_not_empty_is_left_alone(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("x")
    with pytest.raises(StudyError, match="is not an empty folder"):
        run()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.tex"]


def test_an_empty_directory_is_used(run, tmp_path):
    (tmp_path / "out").mkdir()
    assert (run() / "report.md").is_file()


def test_a_failed_export_leaves_nothing(archive, run, tmp_path):
    change(archive, "update articles set published_day = 'someday' where id = ?", BY_SLUG["gone"].id)
    with pytest.raises(StudyError, match="articles: a cell cannot be written"):
        run('formats = ["csv", "parquet"]')
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("cuttings.db")] == []


def test_a_disk_that_is_too_small_is_noticed_before_anything_is_written(run, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=50_000))
    with pytest.raises(StudyError, match=r"0\.1 MB are free, about 0\.[0-9] MB are needed"):
        run("text = true")
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("cuttings.db")] == []


def test_an_interrupted_export_leaves_nothing(archive, tmp_path):
    def interrupt(done, asked):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(archive, study.parse('title = "A study"'), tmp_path / "out", progress=interrupt)
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("cuttings.db")] == []


def test_here_is_a_place_too(archive, tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    export(archive, study.parse('title = "A study"'), Path())
    assert (tmp_path / "new" / "report.md").is_file()


def test_a_link_to_an_empty_folder_stays_one(run, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    assert (run() / "report.md").is_file()
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "disk" / "report.md").is_file()


def test_where_a_disk_is_mounted_is_said_before_anything_is_written(archive, tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(Path, "is_mount", lambda path: path == tmp_path / "out")  # a test cannot mount a disk
    with pytest.raises(StudyError, match="a disk is mounted there"):
        export(archive, study.parse('title = "A study"'), tmp_path / "out")
    assert beside(tmp_path) == ["out"]


@contextmanager
def small_files():
    """Let no file grow, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield lambda *_: resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet", "sqlite"])
def test_a_disk_that_fills_up_is_told_in_a_sentence(archive, tmp_path, format_):
    asked = study.parse(f'title = "A study"\ntext = true\nformats = ["{format_}"]')
    with small_files() as fill, pytest.raises(StudyError, match="cannot be written, nothing of it is left"):
        export(archive, asked, tmp_path / "out", progress=fill)
    assert beside(tmp_path) == []


def killed(archive, place):
    """Export to `place` in a process that is killed while it writes; `wait` for that is the caller's."""
    pid = os.fork()
    if pid == 0:
        export(
            archive, study.parse('title = "A study"'), place, progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        )
        os._exit(0)
    os.waitpid(pid, 0)


def test_what_a_killed_export_left_goes_with_the_next_one_to_the_same_place(archive, run, tmp_path):
    killed(archive, tmp_path / "out")
    killed(archive, tmp_path / "other")
    (left, other) = sorted(beside(tmp_path), reverse=True)
    assert not (tmp_path / "out").exists()
    assert (left[:5], other[:7]) == (".out.", ".other.")
    run()
    assert sorted(beside(tmp_path)) == [other, "out"]


def test_what_another_export_is_writing_stays(archive, run, tmp_path):
    with export_aside.aside(tmp_path / "out") as folder:
        (folder / "half").touch()
        export(archive, study.parse('title = "A study"'), tmp_path / "out")
        assert (folder / "half").is_file()
        shutil.rmtree(tmp_path / "out")
    assert (tmp_path / "out" / "half").is_file()
