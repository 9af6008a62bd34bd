"""What tests of exports share: changing an archive, and what was written."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path


def change(archive: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(archive)) as db, db:
        db.execute(sql, values)


def records(folder: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")[:-1]]


def ids(folder: Path, context: int = 0) -> set[object]:
    return {row["id"] for row in records(folder, "articles") if row["context"] == context}
