"""`cuttings export --codings`: the filled sheets of a sampled study read back, kept, and judged.

A sheet is the main file of a study with `sample = N`, as CSV, with answers under coder_1, coder_2, … Each coder may fill a
copy of their own. Where coders differ, a column `agreed` may say what they settled on.
"""

import csv
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from scheduler.coding_scores import AGREED, Scores, judge
from scheduler.config import Config
from scheduler.outlets_file import Cells, Table, read_table
from storage import archive, codings
from storage.archive import Database
from storage.codings import Coding
from storage.errors import StudyError
from storage.export_formats import unneutral

NEEDED = ("key", "study", "unit", "tagged", "stratum", "stratum_size")
_CODER = re.compile(rf"coder_\w+|{AGREED}")
# As coders write them, and as spreadsheets of their languages write true and false; hayir is what capitals fold to.
_YES = "yes y 1 true x ja j wahr waar oui vrai sí si verdadero sì vero sim evet doğru да истина так tak prawda ano ναι نعم بله כן"
_NO = "no n 0 false nein falsch nee onwaar nej nei non faux falso não nao hayır hayir yanlış нет ложь ні nie fałsz όχι لا خیر לא"
_YES_NO: Mapping[str, str] = {**dict.fromkeys(_YES.split(), "yes"), **dict.fromkeys(_NO.split(), "no")}
_WHOLE = re.compile(r"(\d+)[.,]0+")  # pandas makes fractions of whole numbers beside empty cells
_EMPTY = "NA"  # as R writes empty cells
_NUMBER = re.compile(r"[\d.,]+(e\+?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What reading sheets came to."""

    busy: bool = False
    """Another command writes to the archive; nothing was done."""
    answers: int = 0
    """On the sheets."""
    scores: Sequence[Scores] = ()
    """Of each study and unit on the sheets."""


def read_codings(files: Sequence[Path], config: Config, *, now: datetime) -> Read:
    """Keep the answers of all sheets, or of none, and judge each study by all answers kept. Raises StudyError."""
    tables = [(file, _table(file)) for file in files]
    archive.open_reader(config.archive.path).close()  # says what to do where there is none
    with archive.writing(config.archive.path) as db:
        if db is None:
            return Read(busy=True)
        found = [coding for file, table in tables for coding in _codings(db, file, table)]
        _refuse_two_answers(found)
        studies = sorted({(one.study, one.unit) for one in found})
        _refuse_two_samples([*(one for study in studies for one in codings.of_study(db, *study)), *found])
        run = archive.start_run(db, "export", now=now, config=(config.digest, config.toml))
        with db.atomic():
            answers = codings.keep(db, found, run=run)
        archive.finish_run(db, run, now=now, result="done", counts={"codings": answers})
        scores = [judge(codings.of_study(db, study, unit)) for study, unit in studies]
        return Read(answers=answers, scores=[score for score in scores if score])


def _refuse_two_answers(found: Sequence[Coding]) -> None:
    """Raise StudyError where one coder says two things of one article: two people may have filled the same column."""
    said: dict[tuple[str, str, int, str], str] = {}
    for one in found:
        before = said.setdefault((one.study, one.unit, one.article, one.coder), one.code)
        if before != one.code:
            raise StudyError(
                f"{one.coder} says both {before!r} and {one.code!r} of article {one.article}: "
                "let each coder fill a column of their own; nothing was kept"
            )


def _refuse_two_samples(known: Sequence[Coding]) -> None:
    """Raise StudyError where a study's answers are of samples drawn from different populations: no weight fits both."""
    sizes: dict[tuple[str, str, str], int] = {}
    for one in known:
        before = sizes.setdefault((one.study, one.unit, one.stratum), one.stratum_size)
        if before != one.stratum_size:
            raise StudyError(
                f"{one.study!r}: stratum {one.stratum!r} has {one.stratum_size} here and {before} in answers read before: "
                "a sample drawn anew is another study; give it another title under `study`; nothing was kept"
            )


def _table(file: Path) -> Table:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a sheet may have the articles' texts
    try:
        table = read_table(file)
    except (OSError, ValueError, csv.Error) as error:
        hint = "; save it as CSV in UTF-8" if isinstance(error, UnicodeError) else ""
        raise StudyError(f"{file}: cannot be read: {error}{hint}") from error
    lines = [(line, {name: _as_written(cell) for name, cell in cells.items()}) for line, cells in table.lines]
    table = replace(table, lines=tuple(lines))
    if missing := [name for name in NEEDED if name not in table.columns]:
        raise StudyError(f"{file}: is no sheet of a study with a sample: no column {', '.join(missing)}")
    if not _coders(table):
        raise StudyError(f"{file}: there is no answer under coder_1, coder_2, …")
    return table


def _as_written(cell: str) -> str:
    """Return a cell as it stood before R or pandas wrote it."""
    whole = _WHOLE.fullmatch(cell)
    return "" if cell == _EMPTY else whole[1] if whole else cell


def _coders(table: Table) -> list[str]:
    """Return the columns with answers; an empty one is a coder's who fills another copy."""
    columns = [column for column in table.columns if _CODER.fullmatch(column)]
    return [column for column in columns if any(cells.get(column) for _, cells in table.lines)]


def _codings(db: Database, file: Path, table: Table) -> Iterator[Coding]:
    for line, cells in table.lines:
        place = f"{file}, line {line}"
        if not cells["stratum_size"]:
            continue  # context: it was not sampled
        article = _article(db, cells, place)
        for coder in _coders(table):
            yield _coding(cells, place, article=article, coder=coder)


def _article(db: Database, cells: Cells, place: str) -> int:
    key = unneutral(cells["key"])
    article = codings.article_with(db, key)
    made_number = article is None and _NUMBER.fullmatch(key)  # a key of digits, perhaps with an e among them
    if made_number and cells.get("url"):
        article = codings.article_at(db, unneutral(cells["url"]))
    if article is None:
        hint = (
            "; a spreadsheet may have taken it for a number: open the sheet with that column as text"
            if made_number
            else ""
        )
        raise StudyError(f"{place}: this archive has no article with key {key!r}{hint}")
    return article


def _coding(cells: Cells, place: str, *, article: int, coder: str) -> Coding:
    if not cells["stratum_size"].isdecimal() or cells["tagged"] not in ("0", "1"):
        raise StudyError(f"{place}: stratum_size or tagged is not what was written there")
    if cells["unit"] not in ("article", "story"):
        raise StudyError(f"{place}: unit is {cells['unit']!r}, not article or story")
    code = unneutral(cells.get(coder, "")).casefold()
    return Coding(
        study=unneutral(cells["study"]), unit=cells["unit"], article=article, coder=coder, code=_YES_NO.get(code, code),
        tagged=cells["tagged"] == "1", class_=cells.get("class") or None, stratum=unneutral(cells["stratum"]),
        stratum_size=int(cells["stratum_size"]),
    )  # fmt: skip
