"""One function per address: ask the archive, put together what the page shows, render. Words are in phrases.py."""

import csv
import io
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from datasette import Response
from datasette.utils.asgi import NotFound

from storage.site import overviews, readings
from storage.site.cells import OWN_PAGES, address
from storage.site.feeds import articles_feed
from storage.site.questions import reading
from storage.site.searching import search_data, search_page

Answer = TypeVar("Answer")
Page = dict[str, Any]
LONGEST_ID = 18  # digits: more than any id has, fewer than SQLite's integers hold


async def ask(datasette: Any, question: partial[Answer]) -> Answer:
    """Ask the archive, within Datasette's time limit; a dear answer is kept under the question's name and arguments."""
    key = (question.func.__module__, question.func.__name__, repr(sorted(question.keywords.items())))
    answer: Answer = await datasette.get_database("cuttings").ask(key, question)
    return answer


async def render(datasette: Any, request: Any, template: str, page: Page) -> Response:
    """Return `page` rendered by `template`."""
    return Response.html(await datasette.render_template(template, page, request=request))


def absolute(datasette: Any, request: Any, path: str) -> str:
    """Return the whole address of a path of ours, under `base_url` where the keepers have set one."""
    base: str = datasette.plugin_config("cuttings")["base_url"]
    root = base or datasette.absolute_url(request, datasette.urls.path("/"))
    return root.rstrip("/") + path


def number(request: Any, what: str) -> int:
    """Return the id in the address. Raises NotFound for anything else."""
    text = request.url_vars["id"]
    if (id_ := whole_number(text)) is None:
        raise NotFound(f"There is no {what} “{text[:80]}”; its number is a row of digits.")
    return id_


def whole_number(text: str) -> int | None:
    """Return the id that `text` writes, None where it writes none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


async def front(datasette: Any, request: Any) -> Response:
    """`/`: what is new, unusual, shared and broken."""
    return await render(datasette, request, "front.html", await ask(datasette, partial(overviews.front)))


async def topic(datasette: Any, request: Any) -> Response:
    """`/topic/ID`: attention over time, shared stories, who reprints, the query."""
    id_ = request.url_vars["id"]
    page = await ask(datasette, partial(overviews.topic, id_=id_))
    if page is None:
        raise NotFound(f"There is no topic “{id_}”.")
    return await render(datasette, request, "topic.html", page)


async def story(datasette: Any, request: Any) -> Response:
    """`/story/ID`: the family of a text; an id it had before redirects."""
    id_ = number(request, "story")
    compared = request.args.get("compare") or ""
    page = await ask(datasette, partial(readings.story, id_=id_, compared=whole_number(compared)))
    if page is not None:
        return await render(datasette, request, "story.html", page)
    if (now := await ask(datasette, partial(reading.moved_story, id_=id_))) is not None:
        return Response.redirect(datasette.urls.path(address("story", now)), status=301)
    raise NotFound(f"There is no story {id_}.")


async def article(datasette: Any, request: Any) -> Response:
    """`/article/ID`: the text with its evidence, credits, versions, provenance."""
    id_ = number(request, "article")
    here = absolute(datasette, request, address("article", id_))
    page = await ask(datasette, partial(readings.article, id_=id_, here=here))
    if page is None:
        raise NotFound(f"There is no article {id_}.")
    return await render(datasette, request, "article.html", page)


async def outlet(datasette: Any, request: Any) -> Response:
    """`/outlet/ID`: coverage, classes over time, whom it reprints and who reprints it."""
    id_ = request.url_vars["id"]
    page = await ask(datasette, partial(overviews.outlet, id_=id_))
    if page is None:
        raise NotFound(f"There is no outlet “{id_}”.")
    return await render(datasette, request, "outlet.html", page)


async def flow(datasette: Any, request: Any) -> Response:
    """`/flow`: who reprints whom, as a matrix and a table."""
    topic_id, month = (request.args.get(name) or None for name in ("topic", "month"))
    page = await ask(datasette, partial(overviews.flow, topic=topic_id, month=month))
    return await render(datasette, request, "flow.html", page)


async def search(datasette: Any, request: Any) -> Response:
    """`/search?q=`: articles that hold the words; 400 with a sentence for a query that cannot be understood."""
    asked = {name: request.args.get(name) for name in request.args}
    before = whole_number(request.args.get("before") or "")
    page = await ask(datasette, partial(search_page, arguments=asked, before=before))
    html = await datasette.render_template("search.html", page, request=request)
    return Response.html(html, status=400 if page["problem"] else 200)


async def found(datasette: Any, request: Any) -> Response:
    """`/search.csv`, `/search.json`: what a search finds, as data; `Link` says where more is."""
    asked = {name: request.args.get(name) for name in request.args}
    before = whole_number(asked.pop("before", "") or "")
    question = partial(search_data, arguments=asked, before=before)
    rows, further = await datasette.get_database("cuttings").ask_once(question)
    next_ = absolute(datasette, request, request.path) + further if further else None
    headers = {"link": f'<{next_}>; rel="next"'} if next_ else {}
    if request.path.endswith(".json"):
        return Response.json({"rows": rows, "truncated": next_ is not None, "next": next_}, headers=headers)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["id"])
    writer.writeheader()
    writer.writerows(rows)
    return Response(text.getvalue(), headers=headers, content_type="text/csv; charset=utf-8")


async def row(datasette: Any, request: Any) -> Response:
    """`/article/ID.json` and the like: Datasette's row of it."""
    table = {page: table for table, page in OWN_PAGES.items()}[request.url_vars["page"]]
    return Response.redirect(datasette.urls.path(f"/cuttings{address(table, request.url_vars['id'])}.json"))


async def method(datasette: Any, request: Any) -> Response:
    """`/method`: how all of this was collected, to be quoted."""
    page = await ask(datasette, partial(overviews.method))
    return await render(
        datasette, request, "method.html", page | {"permalink": absolute(datasette, request, "/method")}
    )


async def feed(datasette: Any, request: Any) -> Response:
    """`/feed/topic/ID.atom`, `/feed/outlet/ID.atom`: the newest articles."""
    kind, id_ = request.url_vars["kind"], request.url_vars["id"]
    root = absolute(datasette, request, "")
    xml = await ask(datasette, partial(articles_feed, kind=kind, id_=id_, root=root))
    if xml is None:
        raise NotFound(f"There is no {kind} “{id_}”.")
    return Response(xml, content_type="application/atom+xml; charset=utf-8")


async def robots(datasette: Any, request: Any) -> Response:
    """`/robots.txt`: nothing of a private site, the pages but not the questions of a public one."""
    closed = ("/search", "/cuttings", "/dumps/") if datasette.plugin_config("cuttings")["public"] else ("/",)
    return Response.text("\n".join(["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]))


async def inside(datasette: Any, request: Any) -> Response:
    """`/-/…`: what Datasette says of itself, paths and threads included, is the keepers' alone."""
    raise NotFound("There is no page at this address.")


ROUTES: tuple[tuple[str, Callable[..., Awaitable[Response]]], ...] = (
    (r"^/$", front),
    (r"^/(?P<page>article|story|topic|outlet)/(?P<id>[^/]+)\.json$", row),
    (r"^/topic/(?P<id>[^/]+)$", topic),
    (r"^/story/(?P<id>[^/]+)$", story),
    (r"^/article/(?P<id>[^/]+)$", article),
    (r"^/outlet/(?P<id>[^/]+)$", outlet),
    (r"^/flow$", flow),
    (r"^/search$", search),
    (r"^/search\.(csv|json)$", found),
    (r"^/method$", method),
    (r"^/robots\.txt$", robots),
    (r"^/feed/(?P<kind>topic|outlet)/(?P<id>[^/]+)\.atom$", feed),
)
PUBLIC_ROUTES = ((r"^/-/(?!static/)", inside),)
"""Of a public site, besides."""
