"""Builds the Datasette instance over an archive, or over a published snapshot of it."""

import sqlite3
import tomllib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.utils import parse_metadata

from storage import codebook
from storage.analyses import canned_queries
from storage.errors import ArchiveError
from storage.schema import APPLICATION_ID
from storage.settings import Site
from storage.site.database import ArchiveDatabase, read_only_uri
from storage.snapshot import DUMPS, Snapshot

HERE = Path(__file__).parent
DATABASE = "cuttings"
PLUGIN = "cuttings"
"""Under this name the plugin finds what `build` tells it."""

SETTINGS: Mapping[str, int | bool] = {  # findings/site.md 2.5: measured at a million articles
    "suggest_facets": False,
    "facet_time_limit_ms": 1500,
    "default_facet_size": 10,
    "sql_time_limit_ms": 3000,
    "num_sql_threads": 4,
    "default_page_size": 30,  # with 50 a page of `articles` took 140 ms to draw
    "max_returned_rows": 1000,
    "default_cache_ttl": 60,
    "max_csv_mb": 300,
    "truncate_cells_html": 300,
    "allow_download": False,
    "template_debug": False,
    "trace_debug": False,
}
CONFIG_SHOWN = {
    "archive": ("keep", "keep_captures"),
    "crawl": ("user_agent", "vantage", "obey_robots", "tdm_reserved", "delay_s", "recheck_hours"),
    "schedule": ("every", "timezone", "adaptive"),
}
"""What of config.toml readers may see: never [notify], [backup] or paths."""


class _Datasette(Datasette):  # type: ignore[misc]  # datasette is untyped
    """Datasette whose rules of access are those it was built with: read once, not for every table of every page (3 ms)."""

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self._rules: dict[tuple[str, str], Any] = {}

    def _table_permission_allows(self, database: str, table: str) -> Any:
        if (database, table) not in self._rules:
            self._rules[database, table] = super()._table_permission_allows(database, table)
        return self._rules[database, table]


def build(archive: Path, site: Site, *, shown: Snapshot | None = None, config_toml: str | None = None) -> Datasette:
    """Return a read-only Datasette over `archive`, its database named `cuttings`; over a snapshot where `shown` is one.

    `config_toml` is the configuration `/method` describes; the last one used when None. Raises ArchiveError when
    `archive` is not an archive of ours.
    """
    config = config_toml if config_toml is not None else _last_config(archive)
    if config_toml is not None:
        _last_config(archive)  # refuses a file that is not an archive
    database = shown.database if shown else archive
    told = {"public": shown is not None, "config": _shown(config), "dumps": shown.dumps if shown else ()}
    metadata = _metadata()
    metadata["title"] = site.title
    metadata["plugins"] = {PLUGIN: asdict(site) | told | {"made_at": shown.made_at if shown else ""}}
    datasette = _Datasette(
        files=[],
        metadata=metadata,
        settings=dict(SETTINGS),
        template_dir=str(HERE / "templates"),
        plugins_dir=str(HERE / "plugins"),
        static_mounts=[
            ("static", str(HERE / "static")),
            *([("dumps", str(shown.folder / DUMPS))] if shown else []),
        ],
    )
    datasette.remove_database("_memory")  # stands in when Datasette is given no file
    ours = [query["sql"].strip() for query in metadata["databases"][DATABASE]["queries"].values()]
    datasette.add_database(ArchiveDatabase(datasette, database, immutable=shown is not None, kept=ours), name=DATABASE)
    return datasette


def _last_config(archive: Path) -> str:
    """Return the configuration of the last run that had one, or an empty string."""
    try:
        with closing(sqlite3.connect(read_only_uri(archive), uri=True)) as connection:
            if connection.execute("pragma application_id").fetchone()[0] != APPLICATION_ID:
                raise ArchiveError(f"{archive} is not a Cuttings archive")
            row = connection.execute(
                "select toml from runs join configs on configs.digest = runs.config_digest "
                "order by runs.id desc limit 1"
            ).fetchone()
    except sqlite3.Error as error:
        raise ArchiveError(f"cannot read the archive {archive}: {error}") from error
    return row[0] if row else ""


def _metadata() -> dict[str, Any]:
    """Return metadata.yaml with the codebook's words for every table and column, and the canned queries."""
    metadata: dict[str, Any] = parse_metadata((HERE / "metadata.yaml").read_text(encoding="utf-8"))
    tables = metadata["databases"][DATABASE]["tables"]
    for name, described in codebook.datasette_metadata()["databases"][DATABASE]["tables"].items():
        tables[name] = described | tables.get(name, {})
    metadata["databases"][DATABASE]["queries"] = canned_queries()
    return metadata


def _shown(config_toml: str) -> dict[str, dict[str, object]]:
    config = tomllib.loads(config_toml)
    return {
        section: {key: config[section][key] for key in keys if key in config.get(section, {})}
        for section, keys in CONFIG_SHOWN.items()
    }
