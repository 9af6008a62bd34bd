"""How an archive comes to its present shape: numbered steps, each applied once, in one transaction."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from storage.schema import APPLICATION_ID, TABLES
from storage.schema_index import SEARCH
from storage.views import VIEWS

migrations = Migrations("cuttings")


@migrations()
def tables(db: Database) -> None:
    """Create every table of the contract."""
    _run_script(db, f"pragma application_id = {APPLICATION_ID};" + TABLES + SEARCH)


@migrations()
def views(db: Database) -> None:
    """Create the views people and exports read."""
    _run_script(db, VIEWS)


def _run_script(db: Database, script: str) -> None:
    """Run statements one by one: `executescript` would commit the migration's transaction first."""
    for statement in script.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)
