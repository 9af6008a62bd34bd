"""What goes beside an export's data files: codebook, datapackage, citation, report, loaders, SQL, digests.

Nothing here reads the clock: the same archive and study give the same bytes.
"""

import hashlib
import json
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files as package_files
from pathlib import Path

import pyarrow as pa

from storage import analyses, codebook, export_coverage, export_files, export_sql
from storage.codebook import Column, Kind, Table
from storage.export_formats import path_of
from storage.selection import Step, conditions
from storage.study import Format, Study

SUMS = "SHA256SUMS"
WHOLE = "DIGEST"
CSV_RULES = """CSV files follow RFC 4180 in UTF-8 without a byte order mark. Text is quoted; a cell with nothing in it,
not even quotes, is null. A spreadsheet would run a text that begins with `=`, `+`, `-`, `@`, tab or carriage return, so
such a text is written with an apostrophe before it (also where apostrophes already stand before that sign). To have the
text back, take one apostrophe off every cell that matches `^'+[=+\\-@\\t\\r]`; `load.R` and `load.py` do."""

_NAMES = """The names of authors and of other people who had a hand in an article are hashed or left out in `articles.authors` and
`credits`, as `study.toml` says; a hash is the same all over this study and nowhere else. Names of sources stay as credited,
and so do titles, addresses, texts and the reasons of corrections as they are: they may name anybody."""

_FRICTIONLESS: dict[Kind, dict[str, str]] = {
    "time": {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%SZ"},
    "day": {"type": "date"},
    "list": {"type": "array"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "text": {"type": "string"},
}
_MEDIA: dict[Format, str] = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "sqlite": "application/vnd.sqlite3",
}


def write(db: sqlite3.Connection, study: Study, folder: Path, *, steps: Sequence[Step], rows: Mapping[str, int]) -> str:
    """Write the record of an export whose data files are in `folder`, and return the digest of the whole."""
    described = {file.name: export_files.described(db, file) for file in export_files.files(study)}
    texts = {
        "study.toml": study.source,
        "selection.sql": _sql(study),
        "codebook.md": _codebook(study, list(described.values())),
        "report.md": _report(db, study, steps=steps, rows=rows),
        "CITATION.cff": _citation(study),
        "load.R": _loader("load.R"),
        "load.py": _loader("load.py"),
        "analyses.sql": analyses.script(),
    }
    if "parquet" in study.formats:
        texts["load.sql"] = export_sql.load_sql(described.values())
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    package = _datapackage(study, described, folder=folder)
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return _write_sums(folder)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def methods(db: sqlite3.Connection) -> list[str]:
    """Return the versions of everything that had a hand in the numbers, a line each."""
    extractors = [
        name
        for (name,) in db.execute(
            "select distinct a.extractor from chosen join articles a on a.id = chosen.article order by 1"
        )
    ]
    methods = [
        name
        for (name,) in db.execute(
            """select distinct s.method_version from chosen join articles a on a.id = chosen.article
           join stories s on s.id = a.story order by 1"""
        )
    ]
    topics = db.execute(
        """select distinct at.topic, at.topic_version, v.queries from chosen
           join article_topics at on at.article = chosen.article
           left join topic_versions v on v.topic = at.topic and v.version = at.topic_version order by 1, 2"""
    )
    return [
        f"cuttings {_own_version()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"pyarrow {pa.__version__}",
        f"texts cleaned by {', '.join(extractors) or 'nothing'}",
        f"stories formed by method {', '.join(methods) or 'none'}",
        *(f"topic {topic}, version {used}: {queries}" for topic, used, queries in topics),
    ]  # fmt: skip


def _own_version() -> str:
    try:
        return version("cuttings")
    except PackageNotFoundError:
        return "from source, not installed"


def _codebook(study: Study, tables: Sequence[Table]) -> str:
    return "\n".join([
        f"# Codebook: {study.title}", "",
        "Times are UTC, `YYYY-MM-DDTHH:MM:SSZ`; days are `YYYY-MM-DD` as the outlet dates them unless said. "
        "Null means not known, never none. Ids belong to this archive; `key` is the same in every archive.", "",
        "Under `keep = \"matching\"` only articles on a topic are stored: stories, shares and queries changed later do "
        "not reach what was not kept. `report.md` says what this archive kept.", "",
        CSV_RULES, "", codebook.markdown(tables),
    ])  # fmt: skip


def _report(db: sqlite3.Connection, study: Study, *, steps: Sequence[Step], rows: Mapping[str, int]) -> str:
    counted = "select count(*), count(distinct a.story) from chosen join articles a on a.id = article where context = ?"
    articles, stories = db.execute(counted, [0]).fetchone()
    context, _ = db.execute(counted, [1]).fetchone()
    lines = [
        f"# {study.title}", "",
        f"{articles} articles in {stories} stories; {context} further articles are context: sources or origins outside "
        f"the selection, marked `context` = 1 and not part of any count here. The main file is "
        f"`{'stories' if study.unit == 'story' else 'articles'}`.", "",
        "## Rows", "", *(f"- {name}: {count}" for name, count in rows.items()), "",
        "## What was left out, and why", "",
        *(f"- `{step.place}`: {step.left_out} articles not {step.says}; {step.left} left" for step in steps),
        *([] if steps else ["Nothing: the study takes every article of the archive."]), "",
        *_corrections(db, study),
        "## Coverage", "", *export_coverage.in_words(db, study), "",
        "## Methods", "", export_coverage.methods_paragraph(db, study), "", *(f"- {line}" for line in methods(db)), "",
        "## Rights", "",
        f"The metadata are under {study.license}. Titles, texts and quoted words are third-party material and stay "
        "under their publishers' rights." + ("" if study.text else " Full texts are not part of this set."), "",
        "A story looks back over the whole archive: origin and class may change as the archive grows. "
        "`cuttings export --check` lists the cells that would differ today, and why.", "",
        *([] if study.names == "plain" else ["## Names", "", _NAMES, ""]),
        "## CSV", "", CSV_RULES, "",
    ]  # fmt: skip
    return "\n".join(lines)


def _corrections(db: sqlite3.Connection, study: Study) -> list[str]:
    """What people decided about the articles of the study, and what keeps or kept others out of it."""
    made = db.execute(
        """select c.article, c.kind, coalesce(c.value, '(withdrawn)'), coalesce(c.reason, 'no reason given'),
             case when chosen.article is null then ', not in this study' else '' end
           from corrections c left join chosen on chosen.article = c.article
           where chosen.article is not null or c.kind = 'date'
             or (c.kind = 'not-on-topic' and (c.value is null or c.value in (select value from json_each(?))))
           order by c.article, c.id""",
        [json.dumps(study.topics)],
    ).fetchall()
    listed = [f"- article {article}{out}: {kind} {value} ({reason})" for article, kind, value, reason, out in made]
    return ["## Human corrections", "", *(listed or ["None."]), ""]


def _sql(study: Study) -> str:
    parts = ["-- Conditions, applied one after another to `articles a`; :value is bound to what follows."]
    for condition in conditions(study):
        value = study.sql if condition.place == "sql" else condition.value
        parts.append(f"-- {condition.place}: {condition.sql}\n--   {value}".replace("\n", "\n-- "))
    parts += [f"-- {file.name}\n{file.sql};" for file in export_files.files(study)]
    return "\n\n".join(parts) + "\n"


def _citation(study: Study) -> str:
    quoted = json.dumps  # a JSON string is a YAML string
    lines = [
        "cff-version: 1.2.0",
        "message: Please cite this data set as below.",
        "type: dataset",
        f"title: {quoted(study.title, ensure_ascii=False)}",
        f"license: {quoted(study.license)}",
        "authors:",
    ]
    for author in study.authors:
        lines.append(f"  - name: {quoted(author.name, ensure_ascii=False)}")
        lines += [f"    orcid: {quoted(f'https://orcid.org/{author.orcid}')}"] if author.orcid else []
    lines += [] if study.authors else ["  - name: Not named"]
    return "\n".join(lines) + "\n"  # fmt: skip


def _loader(name: str) -> str:
    return package_files("storage").joinpath("export_loaders", f"{name}.txt").read_text(encoding="utf-8")


def _datapackage(study: Study, described: Mapping[str, Table], *, folder: Path) -> dict[str, object]:
    tabular = [wanted for wanted in study.formats if wanted != "sqlite"]
    resources = [_resource(table, wanted, folder) for table in described.values() for wanted in tabular]
    return {
        "profile": "data-package",
        "name": "".join(c if c.isascii() and c.isalnum() else "-" for c in study.title.lower()).strip("-") or "study",
        "title": study.title,
        "licenses": [{"name": study.license}],
        "contributors": [{"title": author.name, "role": "author"} for author in study.authors],
        "resources": resources,
    }


def _resource(table: Table, wanted: Format, folder: Path) -> dict[str, object]:
    path = path_of(wanted, table.name)
    # Frictionless reads CSV itself, other formats only with more installed, and Parquet's nulls as NaN: there it checks
    # size and digest, and the schema is for people.
    tabular = {"profile": "tabular-data-resource"} if wanted == "csv" else {"type": "file"}
    return {
        **tabular,
        "name": f"{table.name}-{wanted}",
        "path": path,
        "description": f"A row is {table.about}.",
        "format": wanted,
        "mediatype": _MEDIA[wanted],
        "encoding": "utf-8",
        "bytes": (folder / path).stat().st_size,
        "hash": f"sha256:{digest_of(folder / path)}",
        "schema": {"fields": [_field(column) for column in table.columns], "missingValues": [""]},
    }


def _field(column: Column) -> dict[str, object]:
    said = {"description": column.meaning, "unit": column.unit, "missing": column.missing or "never"}
    return {"name": column.name, **_FRICTIONLESS[column.kind], **said}


def _write_sums(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())
    sums = folder / SUMS
    sums.write_text("".join(f"{digest_of(folder / name)}  {name}\n" for name in names), encoding="utf-8")
    whole = digest_of(sums)
    (folder / WHOLE).write_text(f"{whole}  {SUMS}\n", encoding="utf-8")
    return whole
