"""How an archive comes to its present shape: numbered steps, each applied once, and what newer versions have more.

A new archive is made whole by the steps. An older one gets what `schema`, `schema_index` and `views` have gained since it was
made (`storage/additions.py`): after the first release shapes only grow, so adding suffices, and whoever adds a table, or a
column at the end of one, adds it there and nowhere else. What adding cannot say (rows to be filled in) is a step of its own.
Every step is one transaction, and so are the additions: interrupted, an archive is as it was or one step further, and the
next writer goes on.
"""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from storage.additions import add_what_is_missing
from storage.schema import APPLICATION_ID, TABLES
from storage.schema_care import SECRETS
from storage.schema_index import SEARCH
from storage.views import VIEWS

migrations = Migrations("cuttings")


def migrate(db: Database) -> None:
    """Bring an archive, new or of any earlier version, to the present shape. Raises sqlite3.Error where it cannot be."""
    migrations.apply(db)
    add_what_is_missing(db)


@migrations()
def tables(db: Database) -> None:
    """Create every table of the contract."""
    _run_script(db, f"pragma application_id = {APPLICATION_ID};" + TABLES + SEARCH)


@migrations()
def views(db: Database) -> None:
    """Create the views people and exports read."""
    _run_script(db, VIEWS)


@migrations()
def secrets(db: Database) -> None:
    """Give an archive its own; those made before have no place for it yet."""
    _run_script(db, SECRETS.replace("create table", "create table if not exists"))
    db.conn.execute("insert into secrets (name, value) values ('names', lower(hex(randomblob(32))))")


def _run_script(db: Database, script: str) -> None:
    """Run statements one by one: `executescript` would commit the migration's transaction first."""
    for statement in script.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)
