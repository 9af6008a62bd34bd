"""Datasette's hooks: addresses, headers, limits of a connection, cells. Everything else is in the package around it."""

# mypy: disable-error-code="untyped-decorator"
# (Datasette has no types)

import sqlite3
from collections.abc import Generator
from typing import Any

from datasette import hookimpl
from jinja2 import Environment
from markupsafe import Markup

from storage import search
from storage.site import app, errors, pages, phrases
from storage.site.cells import cell, labelled
from storage.site.connection import limit
from storage.site.headers import App, guarded
from storage.site.searching import query_problem
from storage.site.whole import whole


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """Our pages; Datasette tries these before its own."""
    public = datasette.plugin_config(app.PLUGIN)["public"]
    return [*pages.ROUTES, *(pages.PUBLIC_ROUTES if public else ())]


@hookimpl
def asgi_wrapper() -> Any:
    """Put security headers on every answer; give data as CSV with all its rows."""

    def wrap(application: App) -> App:
        return guarded(whole(application))

    return wrap


@hookimpl(trylast=True)  # Datasette's own `escape_fts` is registered before
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Give SQL users `fold` and `forms`, Datasette's search boxes our search, and bound what one request can cost."""
    if database == app.DATABASE:
        search.register(conn, as_well="escape_fts")
        limit(conn, public=datasette.plugin_config(app.PLUGIN)["public"])


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """Give every template, error pages included, the site's settings and our filters."""
    env.globals["site"] = datasette.plugin_config(app.PLUGIN)
    env.filters.update({**phrases.FILTERS, "labelled": labelled, "query_problem": query_problem})


@hookimpl
def render_cell(value: object, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """Link ids to our pages, outside addresses safely, in table and query pages."""
    return cell(value, column=column, table=table, urls=datasette.urls) if database == app.DATABASE else None


@hookimpl(wrapper=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Generator[None, Any, list[Any]]:
    """Answer an error with a sentence in our frame, in place of Datasette's: that prints every local variable."""
    yield
    return [errors.answer(datasette, request, exception)]  # how pluggy's wrappers answer
