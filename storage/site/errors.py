"""Errors as sentences in the site's frame; never a traceback, never a path."""

import logging
from http import HTTPStatus
from typing import Any

from datasette import Response
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, NotFound
from datasette.views.base import DatasetteError

from storage.errors import CuttingsError

log = logging.getLogger(__name__)
TIMED_OUT = (
    "This question took too long to answer. Narrow it: fewer days, one outlet, a longer word. What this site asks of its "
    "own accord is worked out meanwhile: try again in a minute."
)

TOO_MUCH_MEMORY = "This question needs more memory than a reader is given. Ask for fewer or shorter values."
OUR_FAULT = "The archive could not answer. What went wrong is in the server’s log."
NO_PAGE = {"", "404", "Database not found", "Database not found: cuttings"}
"""What Datasette says of an address that is none of its own."""


def answer(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return a function that answers `exception` as a page, or as JSON where the address asks for it."""

    async def inner() -> Response:
        status, sentence = _say(exception, searching=any(name.startswith("_search") for name in request.args))
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            log.warning("took too long: %s", request.path)
        elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("no answer for %s", request.path, exc_info=exception)
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": sentence, "status": status}, status=status)
        template = datasette.jinja_env.get_template("error.html")
        context = {"status": status, "sentence": sentence, "urls": datasette.urls, "menu_links": list}
        return Response.html(await template.render_async(context), status=status)

    return inner


def _say(exception: Exception, *, searching: bool) -> tuple[int, str]:
    match exception:
        case NotFound() if str(exception) in NO_PAGE:
            return exception.status, "There is no page at this address."
        case Base400():
            return exception.status, str(exception)
        case DatasetteError():
            return _of_datasette(exception, searching=searching)
        case CuttingsError():
            return HTTPStatus.BAD_REQUEST, str(exception)
        case MemoryError():
            return HTTPStatus.BAD_REQUEST, TOO_MUCH_MEMORY
    if isinstance(exception, QueryInterrupted) or "interrupted" in str(exception):
        return HTTPStatus.SERVICE_UNAVAILABLE, TIMED_OUT
    return HTTPStatus.INTERNAL_SERVER_ERROR, OUR_FAULT


def _of_datasette(exception: DatasetteError, *, searching: bool) -> tuple[int, str]:
    """Return what Datasette complains of: a wrong column or query, which it calls an error of the server's."""
    status = HTTPStatus.BAD_REQUEST if exception.status >= HTTPStatus.INTERNAL_SERVER_ERROR else exception.status
    sentence = str(exception.message)
    if exception.title == "SQL Interrupted":
        return status, TIMED_OUT
    if searching and exception.title == "Invalid SQL":  # the reader's search words, as FTS5 reads them
        return status, f"This cannot be searched for ({sentence}). Put words in quotation marks."
    return status, sentence
