"""The hand-check sheet of a topic: drawn from both sides, filled in by a person, read back as precision and recall.

One side are the articles that the query is true of, the other those that hold one of its words, or a word that looks
like one, and are not on the topic. Of each side and language (a stratum) as many are drawn as of any other, as far as
there are so many; the weight says for how many articles a row stands. What shares no word with the query is not drawn.
"""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from crawler.topics import compile_topics
from scheduler.topic_meaning import Progress, any_word, passages, try_out
from scheduler.topic_scores import Judged
from storage import retag, topic_views
from storage.archive import Database
from storage.candidates import Words
from storage.errors import ConfigError
from storage.export_formats import neutral
from storage.records import Tag, Topic

COLUMNS = (
    "row", "title", "passage", "on_topic", "note", "topic", "topic_version", "language", "side", "stratum_size",
    "weight", "key", "outlet", "published_day", "url", "evidence",
)  # fmt: skip
YES, NO = frozenset({"yes", "y", "1", "true", "x"}), frozenset({"no", "n", "0", "false"})
PASSAGE = 400  # characters of the text
_UNSURE = frozenset({"", "?"})

Stratum: TypeAlias = tuple[str, str]
"""Language, side."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sheet that was written."""

    file: Path
    strata: Mapping[Stratum, tuple[int, int]]
    """Articles, and how many of them were drawn."""


def write_sheet(db: Database, topic: Topic, file: Path, *, count: int, workers: int, progress: Progress) -> Drawn:
    """Draw `count` articles and write the sheet; the same archive and query draw the same. Raises ConfigError."""
    if file.exists():
        raise ConfigError(str(file), "exists; it may be a sheet that somebody has filled in, and is left alone")
    matcher = compile_topics([topic])
    tags = try_out(db, matcher, workers=workers, progress=progress).tags
    languages = retag.languages(db)
    words = Words(db.conn)
    asked = {code: compiled for code in languages if (compiled := matcher.compiled(code)).queries}
    alike = {code: [any_word(compiled, db, words, code)] for code, compiled in asked.items()}
    retag.gather(db, alike, topics=[], sure=0.0)
    near = set(retag.gathered(db)) - set(tags)
    strata = _strata(db, tags, near, languages=set(asked))
    if count < len(strata):
        raise ConfigError(
            "--sample", f"at least {len(strata)}: one of each language and side, or what is left out is not told"
        )
    drawn = _draw(strata, count, seed=f"{topic.id} {matcher.versions[0]}")
    rows = _rows(db, topic.id, matcher.versions[0], tags, strata, drawn)
    try:
        with file.open("x", encoding="utf-8-sig", newline="") as out:  # spreadsheets need the mark to see UTF-8
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            writer.writerows([neutral(cell) for cell in row] for row in rows)
    except OSError as error:
        raise ConfigError(str(file), f"cannot be written: {error.strerror}") from error
    return Drawn(file, {stratum: (len(ids), len(drawn[stratum])) for stratum, ids in strata.items()})


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet as people have filled it in."""

    strata: Sequence[Judged]
    unjudged: int
    """Rows without an answer."""
    versions: frozenset[str]
    """Of the topic, when the sheet was drawn; empty where the column is gone."""


def read_sheet(file: Path, topic: str) -> Filled:
    """Return what a filled sheet says. Raises ConfigError, naming the line."""
    counts: dict[Stratum, list[int]] = {}
    sizes: dict[Stratum, int] = {}
    unjudged = 0
    versions: set[str] = set()
    seen: dict[str, int] = {}
    for line, row in _read(file):
        place = f"{file}, line {line}"
        if row["key"] and seen.setdefault(row["key"], line) != line:
            raise ConfigError(place, f"is the article of line {seen[row['key']]} again; each counts once")
        versions.update(filter(None, [row["topic_version"]]))
        if row["topic"] != topic:
            raise ConfigError(place, f"is of topic {row['topic']!r}, not of {topic!r}")
        stratum = (row["language"], row["side"])
        if not row["stratum_size"].isdecimal() or row["side"] not in {"tagged", "near"}:
            raise ConfigError(place, "side or stratum_size is not what was written there")
        sizes[stratum] = int(row["stratum_size"])
        counts.setdefault(stratum, [0, 0])
        answer = row["on_topic"].strip().lower()
        if answer in _UNSURE:
            unjudged += 1
        elif answer in YES | NO:
            counts[stratum][answer in NO] += 1
        else:
            raise ConfigError(place, f"on_topic is {row['on_topic']!r}; write yes or no, or leave it empty")
    judged = [
        Judged(language=language, tagged=side == "tagged", size=sizes[language, side], yes=yes, no=no)
        for (language, side), (yes, no) in sorted(counts.items())
    ]
    return Filled(judged, unjudged, frozenset(versions))


def _read(file: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(file), f"cannot be read: {error}") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # what a spreadsheet saves as CSV depends on its country
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter)
    wanted = {"topic", "language", "side", "stratum_size", "on_topic"}
    if missing := wanted - set(reader.fieldnames or ()):
        raise ConfigError(
            str(file), f"is no sheet of `cuttings topic --sample`: no column {', '.join(sorted(missing))}"
        )
    wanted |= {"key", "topic_version"}  # what a person may have cut off
    return [(reader.line_num, {name: row.get(name) or "" for name in wanted}) for row in reader if row["topic"]]


def _strata(db: Database, tags: Mapping[int, Tag], near: set[int], *, languages: set[str]) -> dict[Stratum, list[int]]:
    strata: dict[Stratum, list[int]] = {}
    for side, articles in (("tagged", tags), ("near", near)):
        for id_, language in topic_views.languages_of(db, articles).items():
            if side == "tagged" or language in languages:
                strata.setdefault((language or "", side), []).append(id_)
    return dict(sorted(strata.items()))


def _draw(strata: Mapping[Stratum, Sequence[int]], count: int, *, seed: str) -> dict[Stratum, list[int]]:
    """Take one of each stratum in turn, in an order that only the seed and the ids decide."""
    shuffled = {
        stratum: sorted(ids, key=lambda id_: hashlib.sha256(f"{seed} {id_}".encode()).digest())
        for stratum, ids in strata.items()
    }
    drawn: dict[Stratum, list[int]] = {stratum: [] for stratum in strata}
    left = min(count, sum(map(len, strata.values())))
    while left:
        for stratum, ids in shuffled.items():
            if left and len(drawn[stratum]) < len(ids):
                drawn[stratum].append(ids[len(drawn[stratum])])
                left -= 1
    return drawn


def _rows(
    db: Database, topic: str, version: str, tags: Mapping[int, Tag], strata: Mapping[Stratum, Sequence[int]],
    drawn: Mapping[Stratum, Sequence[int]],
) -> list[list[str]]:  # fmt: skip
    chosen = [(id_, stratum) for stratum, ids in drawn.items() for id_ in ids]
    chosen.sort(
        key=lambda one: hashlib.sha256(str(one[0]).encode()).digest()
    )  # nobody sees from the order what is which
    articles = topic_views.shown(db, [id_ for id_, _ in chosen])
    rows = []
    for number, (id_, (language, side)) in enumerate(chosen, 1):
        it, size = articles[id_], len(strata[language, side])
        evidence = " | ".join(passages(tags[id_], it.title, it.text)) if id_ in tags else ""
        weight = size / len(drawn[language, side])
        rows.append([
            str(number), it.title or "", " ".join(it.text[:PASSAGE].split()), "", "", topic, version, language, side,
            str(size), f"{weight:.4f}", it.key, it.outlet, it.day or "", it.url, evidence,
        ])  # fmt: skip
    return rows
