"""Every table, view and column of an archive and of an export is described, once."""

import pytest

from storage import codebook
from storage.codebook import UndescribedError


def test_every_table_view_and_column_is_described():
    described = codebook.tables()
    assert {"articles", "article_facts", "story_risk", "seen", "articles_fts"} <= set(described)
    for table in described.values():
        assert table.about
        assert all(column.meaning for column in table.columns), table.name


def test_an_undescribed_column_is_refused():
    with pytest.raises(UndescribedError, match=r"articles\.colour"):
        codebook.describe("articles", {"id": "INTEGER", "colour": "TEXT"})
    with pytest.raises(UndescribedError, match="drawings"):
        codebook.describe("drawings", {"id": "INTEGER"})


def test_what_a_null_says_is_said_for_every_column_that_can_be_null():
    nullable = set(codebook.nullable())
    said = {
        name: {column.name: column.missing for column in table.columns} for name, table in codebook.tables().items()
    }
    assert [place for place in sorted(nullable) if not said[place[0]][place[1]]] == []


def test_the_codebook_names_no_column_the_schema_lacks():
    for name, table in codebook.tables().items():
        own = set(codebook._book()[name]) - {"about", "like"}
        assert own <= {column.name for column in table.columns}, name


@pytest.mark.parametrize(
    ("table", "column", "kind", "unit"),
    [
        ("articles", "published_at", "time", "UTC, YYYY-MM-DDTHH:MM:SSZ"),
        ("articles", "published_day", "day", "YYYY-MM-DD"),
        ("articles", "authors", "list", "JSON list of text"),
        ("reprints", "containment", "number", "0-1"),
        ("reprints", "lag_s", "integer", "seconds"),
        ("article_facts", "class", "text", ""),
        ("attention", "share", "number", "0-1"),
        ("story_risk", "event_at", "time", "UTC, YYYY-MM-DDTHH:MM:SSZ"),
    ],
)
def test_kind_and_unit_of_a_column(table, column, kind, unit):
    (found,) = (c for c in codebook.tables()[table].columns if c.name == column)
    assert (found.kind, found.unit) == (kind, unit)


def test_datasette_gets_a_description_for_every_table_and_column():
    tables = codebook.datasette_metadata()["databases"]["cuttings"]["tables"]
    assert tables["articles"]["description"] == "one posting of a text by one outlet at one address"
    assert tables["articles"]["columns"]["gone_at"].endswith("; null: not found removed")
    assert set(tables) == set(codebook.tables())
