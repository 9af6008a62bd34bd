"""Errors as sentences in the site's frame; never a traceback, never a path."""

import logging
import sqlite3
from http import HTTPStatus
from typing import Any

from datasette import Response
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from storage.errors import QueryError

log = logging.getLogger(__name__)
TIMED_OUT = "This question took too long to answer. Narrow it: fewer days, one outlet, a longer word."


def answer(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return a function that answers `exception` as a page, or as JSON where the address asks for it."""

    async def inner() -> Response:
        status, sentence = _say(exception)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("no answer for %s", request.path, exc_info=exception)
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": sentence, "status": status}, status=status)
        template = datasette.jinja_env.get_template("error.html")
        context = {"status": status, "sentence": sentence, "urls": datasette.urls, "menu_links": list}
        return Response.html(await template.render_async(context), status=status)

    return inner


def _say(exception: Exception) -> tuple[int, str]:
    match exception:
        case Base400():
            return exception.status, str(exception)
        case DatasetteError():
            return exception.status, TIMED_OUT if exception.title == "SQL Interrupted" else str(exception.message)
        case QueryError():
            return HTTPStatus.BAD_REQUEST, str(exception)
        case QueryInterrupted():
            return HTTPStatus.SERVICE_UNAVAILABLE, TIMED_OUT
        case sqlite3.OperationalError() if "interrupted" in str(exception):
            return HTTPStatus.SERVICE_UNAVAILABLE, TIMED_OUT
        case _:
            return (
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "The archive could not answer. What went wrong is in the server's log.",
            )
