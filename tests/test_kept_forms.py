"""What dictionaries say of queries' words is made once and kept on disk; what cannot be kept is made anew."""

from pathlib import Path

import pytest

from storage import forms, kept_forms
from storage.forms import inflect
from storage.kept_forms import keep_in, kept

FORMS = {"rocket": ["rocket", "rockets"]}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to keep things in, for one test."""
    monkeypatch.setattr(kept_forms, "_folder", None)
    keep_in(tmp_path / "forms")
    return tmp_path / "forms"


def never() -> dict[str, list[str]]:
    raise AssertionError("made again")


def test_what_was_made_is_read(folder: Path) -> None:
    made = kept("forms", ["rocket"], "en", lambda: FORMS)
    assert kept("forms", ["rocket"], "en", never) == made == {"rocket": frozenset({"rocket", "rockets"})}
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(("what", "words", "language"), [("common", ["rocket"], "en"), ("forms", ["ship"], "en"),
                                                         ("forms", ["rocket"], "de")])  # fmt: skip
def test_anything_else_is_made(what: str, words: list[str], language: str) -> None:
    kept("forms", ["rocket"], "en", lambda: FORMS)
    with pytest.raises(AssertionError):
        kept(what, words, language, never)


@pytest.mark.parametrize("text", ["", "{", '["rocket"]'])
def test_half_a_file_is_made_anew(folder: Path, text: str) -> None:
    kept("forms", ["rocket"], "en", lambda: FORMS)
    (file,) = folder.iterdir()
    file.write_text(text)
    assert kept("forms", ["rocket"], "en", lambda: FORMS) == {"rocket": frozenset({"rocket", "rockets"})}
    assert kept("forms", ["rocket"], "en", never)


def test_a_folder_that_cannot_be_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep_in(tmp_path / "file" / "forms")
    assert kept("forms", ["rocket"], "en", lambda: FORMS) == {"rocket": frozenset({"rocket", "rockets"})}


def test_forms_are_the_same_made_and_read(folder: Path) -> None:
    words = ("frigate", "mice")
    forms._known.cache_clear()
    made = inflect(words, "en")
    (file,) = folder.iterdir()
    forms._known.cache_clear()
    assert inflect(words, "en") == made
    forms._known.cache_clear()
    file.write_text(file.read_text().replace("frigates", "frigatoj"))
    assert inflect(words, "en")["frigate"].match("frigatoj")  # it was read
    forms._known.cache_clear()
    assert made["frigate"].match("frigates")
