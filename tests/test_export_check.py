"""What an exported study would say today: which cells differ from the archive's, and why; which files are damaged."""

import hashlib

import pytest
from archive_fixture import BY_SLUG
from export_fixture import change

from storage.errors import StudyError
from storage.export import check


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet", "sqlite"])
def test_check_finds_nothing_in_an_unchanged_archive(archive, run, format_):
    assert list(check(run(f'formats = ["{format_}"]\ntext = true'), archive)) == []


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet", "sqlite"])
def test_check_names_cells_rows_and_reasons(archive, run, format_):
    folder = run(f'topics = ["turkey-nato"]\nformats = ["{format_}"]')
    story, article = BY_SLUG["summit"].id, BY_SLUG["excerpt"].id
    change(archive, "update stories set origin_name = 'Vesti Wire' where id = ?", story)
    change(archive, "delete from article_topics where article = ?", article)
    found = {(d.file, d.row, d.column): d for d in check(folder, archive)}
    cell = found[("stories", str(story), "origin_name")]
    assert (cell.exported, cell.now) == (None, "Vesti Wire")
    assert "looks back over the whole archive" in cell.why
    assert "its members are there now" in cell.why
    assert "not selected" in found[("articles", str(article), "")].why
    assert found[("topics", f"{article} turkey-nato", "")]


def test_check_notices_a_file_that_was_changed_or_removed(archive, run):
    folder = run()
    (folder / "report.md").write_text("All is well.")
    (folder / "checks.csv").unlink()
    found = {d.file: d.why for d in check(folder, archive)}
    assert found == {
        "report.md": "the file was changed after the export",
        "checks.csv": "the file is missing from the folder",
    }


def test_check_compares_what_is_whole_and_says_what_cannot_be(archive, run):
    folder = run('formats = ["jsonl", "csv"]')
    (folder / "articles.jsonl").write_text("{torn")
    for name in ("topics.jsonl", "topics.csv"):
        (folder / name).write_text("torn")
    change(archive, "update articles set section = 'World' where id = ?", BY_SLUG["excerpt"].id)
    found = {(d.file, d.column): d.why for d in check(folder, archive)}
    assert found[("articles", "section")]
    assert found[("topics", "")] == "cannot be compared: no data file of it is as it was exported"
    assert len(found) == 5


def test_check_notices_that_the_sums_themselves_were_written_anew(archive, run):
    folder = run('formats = ["csv"]')
    (folder / "report.md").write_text("All is well.")
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    digest = hashlib.sha256(b"All is well.").hexdigest()
    anew = [f"{digest}  report.md" if line.endswith("report.md") else line for line in sums]
    (folder / "SHA256SUMS").write_text("\n".join(anew) + "\n")
    assert [(d.file, d.why) for d in check(folder, archive)] == [
        ("SHA256SUMS", "the file, or DIGEST, was changed after the export")
    ]
    (folder / "SHA256SUMS").write_text("nonsense\n")
    (folder / "articles.csv").write_bytes(b"id,x\r\n1\r\n")
    with pytest.raises(StudyError, match=r"articles\.csv: cannot be read"):
        list(check(folder, archive))


def test_check_does_not_blame_the_topics_for_a_later_run(archive, run):
    folder = run('topics = ["turkey-nato"]\nformats = ["jsonl"]')
    change(archive, "update article_topics set run = 9 where article = ?", BY_SLUG["summit"].id)
    change(archive, "update article_topics set run = 9, score = 0.01 where article = ?", BY_SLUG["excerpt"].id)
    found = {(d.row.split()[0], d.column): d.why for d in check(folder, archive)}
    assert found == {
        (str(BY_SLUG["summit"].id), "run"): "a later run wrote the row again, all else in it as it was",
        (str(BY_SLUG["excerpt"].id), "run"): "a later run wrote the row again",
        (str(BY_SLUG["excerpt"].id), "score"): "the topic's queries, or the article's text, changed",
    }
