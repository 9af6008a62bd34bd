"""The closing table of the demonstration and the reads behind it."""

from dataclasses import replace
from pathlib import Path

import pytest
from archive_fixture import make_archive
from sqlite_utils import Database

from scheduler.demo.report import changed_sentences, how_much, later_by, report
from storage.summary import SharedText, disappeared, edits, overview, shared_texts

TEXT = SharedText(
    article=1,
    title="Title",
    outlet="Outlet",
    source="Source",
    kind="edited",
    containment=0.9,
    taken=0.8,
    credit_status="none",
    headline_changed=True,
    lag_s=90_000,
    lag_min_s=90_000,
    lag_max_s=90_000,
)


def changed(**values: object) -> SharedText:
    return replace(TEXT, **values)


@pytest.fixture
def archive(tmp_path: Path) -> Database:
    return Database(make_archive(tmp_path / "cuttings.db"))


def test_the_reads_agree_with_the_tables(archive: Database) -> None:
    counts = overview(archive)
    assert counts.articles == archive["articles"].count
    assert counts.shared_stories == archive.execute("select count(*) from stories where outlet_count > 1").fetchone()[0]
    main = archive.execute("select count(*) from reprints where main = 1").fetchone()[0]
    assert len(shared_texts(archive)) == main > 0
    changes = archive.execute("select count(*) from versions where change in ('title', 'text', 'both')").fetchone()[0]
    assert len(edits(archive)) == changes > 0
    gone = archive.execute("select count(*) from articles where gone_at is not null").fetchone()[0]
    assert len(disappeared(archive)) == gone > 0


def test_an_edit_has_what_stood_there_before(archive: Database) -> None:
    for edit in edits(archive):
        assert (edit.title_before, edit.text_before) != (edit.title_after, edit.text_after)


def test_the_table_fits_a_terminal(archive: Database) -> None:
    lines = list(report(overview(archive), shared_texts(archive), edits(archive), disappeared(archive)))
    assert max(map(len, lines)) <= 100
    assert "steal" not in "\n".join(lines).lower()
    assert "original" not in "\n".join(lines).lower()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT, "1 d"),
        (changed(lag_s=7_199), "2 h"),
        (changed(lag_s=59), "59 s"),
        (changed(lag_s=0), "0 s"),
        (changed(lag_s=None, lag_min_s=1_600_000, lag_max_s=1_690_000), "19–20 d"),
        (changed(lag_s=None, lag_min_s=30_000, lag_max_s=110_000), "8 h – 1 d"),
        (changed(lag_s=None, lag_min_s=None, lag_max_s=None), "not known"),
        (changed(lag_s=None, lag_min_s=-3_600, lag_max_s=82_800), "up to 23 h"),
    ],
)
def test_how_late_is_said_no_finer_than_known(text: SharedText, said: str) -> None:
    assert later_by(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT, "80 %"),
        (changed(kind="verbatim", taken=0.97), "all"),
        (changed(kind="excerpt", taken=0.55), "55 %, excerpt"),
        (changed(kind="claimed", taken=None, containment=None), "cannot be compared"),
    ],
)
def test_how_much_is_said_in_shares_of_the_source(text: SharedText, said: str) -> None:
    assert how_much(text) == said


def test_only_changed_sentences_are_shown() -> None:
    before = "Three were hurt. The road is closed. Nobody knows why."
    after = "Seven were hurt. The road is closed. Nobody knows why. A hall was lost."
    assert list(changed_sentences(before, after)) == [
        ("Three were hurt.", "Seven were hurt."),
        ("", "A hall was lost."),
    ]
