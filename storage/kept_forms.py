"""What dictionaries say of the words of queries, kept on disk: reading them takes seconds and 100 MB, topics change seldom.

Off unless `keep_in` names a folder, which cleaning processes do; what cannot be read or written there is made anew.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

_VERSION = "1 " + " ".join(version(name) for name in ("simplemma", "pymorphy3-dicts-ru", "pymorphy3-dicts-uk"))
"""Of what is written; the number goes up when `storage.forms` reads dictionaries otherwise."""
_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """Keep what is made from now on, by this process, in a folder."""
    global _folder  # noqa: PLW0603 - where a process keeps things is said once, when it starts
    _folder = folder


def kept(
    what: str, words: Iterable[str], language: str, make: Callable[[], Mapping[str, Iterable[str]]]
) -> dict[str, frozenset[str]]:
    """Return what `make` gives of words in a language, from the folder where it was made before."""
    if _folder is None:
        return _frozen(make())
    key = json.dumps([_VERSION, what, language, sorted(words)])
    path = _folder / f"{what}-{language}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"
    with suppress(OSError, ValueError, AttributeError):  # not there, or half of it
        return _frozen(json.loads(path.read_text(encoding="utf-8")))
    made = _frozen(make())
    with suppress(OSError):
        _folder.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps({word: sorted(forms) for word, forms in made.items()}), encoding="utf-8")
        aside.replace(path)
    return made


def _frozen(made: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {word: frozenset(forms) for word, forms in made.items()}
