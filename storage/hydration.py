"""A shared set being filled with texts: what it lacks, what was found for each article, and the files that say so.

Every finding goes to `hydration.jsonl` as soon as it is made, so that a killed `hydrate` goes on where it ended; the last
line of an article counts. The set's own files stay as they are: the texts come beside them as the table `texts`.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, Self

from storage import codebook, export_formats
from storage.codebook import Table
from storage.errors import StudyError
from storage.export_files import File, Row
from storage.export_read import Record, read
from storage.fingerprints import keys, read_words
from storage.records import Outlet
from storage.study import Format, Study, load
from storage.versions import digest_of

Result = Literal["identical", "edited", "gone", "unknown"]
Source = Literal["archive", "captures", "web"]

REPORT = "hydration.jsonl"
_BEST: tuple[Format, ...] = ("parquet", "jsonl", "sqlite", "csv")
_COLUMNS = ("article", "key", "result", "similarity", "source", "reason", "seen_at", "title", "text_digest", "text")
_TEXTS = File(name="texts", sql="", key=("article",))
_ROWS = 500  # texts in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An article of a set whose text is not in it."""

    article: int
    """Its id in the set: in another archive it has another."""
    key: str
    outlet: str
    url: str
    digest: str
    """SHA-256 of the text as it was exported."""
    passages: str
    """Keys of its passages, in hex; empty where the set does not say."""
    extractor: str
    """What cleaned it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of one article."""

    article: int
    key: str
    url: str
    result: Result
    similarity: float | None = None
    """Share of passages of both texts that they have in common, 0–1; None: no text, or the set has no passages."""
    source: Source | None = None
    """None: nothing was found."""
    reason: str = ""
    """Why there is no text, or why none better."""
    seen_at: str | None = None
    """When the text was there, UTC."""
    title: str | None = None
    """Of the page the text was read from; None where it came out of an archive's table."""
    wanted_digest: str
    text: str | None = None


class SharedSet:
    """A study exported without text. Raises StudyError where a folder is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.study: Study = load(folder / "study.toml")
        if self.study.text:
            raise StudyError(f"{folder}: was exported with its texts; there is nothing to fill")
        there = [one for one in _BEST if one in self.study.formats and self._has(one)]
        if not there:
            raise StudyError(f"{folder}: the data file `articles` is missing in every format")
        self._format = there[0]

    def _has(self, wanted: Format) -> bool:
        return (self.folder / export_formats.path_of(wanted, "articles")).is_file()

    def wanted(self) -> Iterator[Wanted]:
        """Yield the set's articles, context too."""
        for row in self._rows("articles"):
            yield Wanted(
                article=int(row["id"] or 0),
                key=str(row["key"]),
                outlet=str(row["outlet"]),
                url=str(row["url"]),
                digest=str(row["text_digest"]),
                passages=str(row.get("text_keys") or ""),
                extractor=str(row.get("extractor") or ""),
            )

    def outlets(self) -> list[Outlet]:
        """Return the outlets of the set as they were configured where it was made, as far as the set says."""
        names = ("id", "name", "url", "language", "country", "timezone")
        return [Outlet(**{name: row[name] for name in names if row.get(name)}) for row in self._rows("outlets")]  # type: ignore[arg-type]

    def _rows(self, name: str) -> Iterator[Record]:
        try:
            yield from read(self._format, self.folder, Table(name=name, about="", columns=()))
        except OSError as error:
            raise StudyError(f"{self.folder}: {name}: {error.strerror}") from error


class Journal:
    """`hydration.jsonl` of a set, open for appending; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / REPORT
        self._places: dict[int, tuple[int, Result, str]] = {}
        try:
            self._out = self._path.open("a+b")
            self._recover()
        except OSError as error:
            raise StudyError(f"{self._path}: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()

    def _recover(self) -> None:
        """Find what was settled before; the line a killed process left torn is cut."""
        self._out.seek(0)
        place = 0
        for line in self._out:
            if not line.endswith(b"\n"):
                break
            found = _from_line(line)
            self._places[found.article] = (place, found.result, found.wanted_digest)
            place += len(line)
        self._out.truncate(place)

    def result_of(self, wanted: Wanted) -> Result | None:
        """Return what came of an article before, if it was asked for with the same text in mind."""
        place = self._places.get(wanted.article)
        return place[1] if place and place[2] == wanted.digest else None

    def add(self, found: Found) -> None:
        """Write down what came of an article."""
        self._out.seek(0, 2)
        self._places[found.article] = (self._out.tell(), found.result, found.wanted_digest)
        self._out.write(json.dumps(asdict(found), ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
        self._out.flush()

    def __iter__(self) -> Iterator[Found]:
        """Yield what came of every article, the last finding of each, by id."""
        for _, (place, _, _) in sorted(self._places.items()):
            self._out.seek(place)
            yield _from_line(self._out.readline())

    @property
    def counts(self) -> Mapping[Result, int]:
        """Articles by result."""
        results: tuple[Result, ...] = ("identical", "edited", "gone", "unknown")
        return {result: sum(was == result for _, was, _ in self._places.values()) for result in results}


def compare(wanted: Wanted, text: str) -> tuple[Result, float | None]:
    """Return whether a text is the one that was exported, and how much of the two is shared."""
    if digest_of(text) == wanted.digest:
        return "identical", 1.0
    if not wanted.passages:
        return "edited", None
    exported, found = _unpacked(wanted.passages), frozenset(keys(read_words(text))[0])
    return "edited", round(len(found & exported) / len(found | exported), 3)


def better(one: Found | None, other: Found) -> Found:
    """Return of two findings of one article the one that is nearer to what was exported."""
    if one is None or _rank(other) > _rank(one):
        return other
    return one


def _rank(found: Found) -> tuple[bool, bool, float]:
    return found.result == "identical", found.text is not None, found.similarity or 0.0


def write_texts(shared: SharedSet, journal: Journal) -> list[Path]:
    """Write the table `texts` in the set's formats, each file whole or as it was; return the files."""
    table = codebook.describe_file("texts", _COLUMNS)
    written = []
    for wanted in shared.study.formats:
        path = shared.folder / ("texts.sqlite" if wanted == "sqlite" else export_formats.path_of(wanted, "texts"))
        aside = shared.folder / ".hydrating"
        aside.mkdir(exist_ok=True)
        writer = export_formats.open_writer(wanted, aside, _TEXTS, table)
        try:
            for rows in _batches(journal):
                writer.write(rows)
        finally:
            writer.close()
        (aside / export_formats.path_of(wanted, "texts")).replace(path)
        aside.rmdir()
        written.append(path)
    return written


def _batches(journal: Collection[Found] | Journal) -> Iterator[list[Row]]:
    rows: list[Row] = []
    for found in journal:
        rows.append(_row(found))
        if len(rows) == _ROWS:
            yield rows
            rows = []
    if rows:
        yield rows


def _row(found: Found) -> Row:
    digest = None if found.text is None else digest_of(found.text)
    return (
        found.article, found.key, found.result, found.similarity, found.source, found.reason or None, found.seen_at,
        found.title, digest, found.text,
    )  # fmt: skip


def _from_line(line: bytes) -> Found:
    given = json.loads(line.decode("utf-8", "surrogatepass"))
    return Found(**{field.name: given[field.name] for field in fields(Found)})


def _unpacked(keys_: str) -> frozenset[int]:
    raw = bytes.fromhex(keys_)
    return frozenset(int.from_bytes(raw[i : i + 4], "little", signed=True) for i in range(0, len(raw), 4))
