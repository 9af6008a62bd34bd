"""The ten questions asked first, each a file of SQL: the site's canned queries, and `analyses.sql` of an export.

A file begins with its title and what it counts, as comments. The SQL is what SQLite and DuckDB understand alike, so that
it says the same of the archive, of `study.sqlite` and of Parquet files with the views of `load.sql`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

NAMES = (
    "shared_share_by_month", "median_lag_by_pair", "headline_change_rate", "share_without_credit", "first_carrier",
    "removal_rate", "network_edges", "attention_by_coverage", "largest_stories", "edits_by_outlet",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One question and the SQL that answers it."""

    name: str
    title: str
    description: str
    sql: str


@cache
def analyses() -> tuple[Analysis, ...]:
    """Return the ten, in the order they are shown in."""
    return tuple(_read(name) for name in NAMES)


def canned_queries() -> Mapping[str, Mapping[str, str]]:
    """Return them as Datasette wants its canned queries."""
    return {one.name: {"title": one.title, "description": one.description, "sql": one.sql} for one in analyses()}


def script() -> str:
    """Return them all as one file of SQL."""
    return "\n\n".join(f"-- {one.name}: {one.title}\n-- {one.description}\n{one.sql};" for one in analyses()) + "\n"


def _read(name: str) -> Analysis:
    lines = files("storage").joinpath("analyses", f"{name}.sql").read_text(encoding="utf-8").splitlines()
    said = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    sql = "\n".join(line for line in lines if not line.startswith("--"))
    return Analysis(name=name, title=said[0], description=" ".join(said[1:]), sql=sql)
