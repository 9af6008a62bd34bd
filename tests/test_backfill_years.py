"""An archive a year, read as one: what docs/size.md tells to do when one file is no longer enough."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from backfill_fixture import configured, pages, run, warc

SIZE = Path(__file__).resolve().parents[1] / "docs" / "size.md"


def test_the_views_of_several_archives_are_read_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, year in enumerate(("2017", "2018")):
        config = configured(tmp_path / year, archive='path = "cuttings.db"')
        run(config, [warc(tmp_path / f"{year}.warc.gz", pages(3 + number, first=10 * number))])
    (sql,) = re.findall(r"```sql\n(attach .*?)```", SIZE.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(sql)
        rows = db.execute("select outlet, count(*), count(distinct key) from article_facts group by outlet").fetchall()
    assert rows == [("wire", 7, 7)]
