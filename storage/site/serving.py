"""Serves the site: the archive itself to its keepers, a snapshot of it to everybody."""

import asyncio
import ipaddress
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn

from storage import snapshot
from storage.errors import ArchiveError, ConfigError, CuttingsError
from storage.settings import Site
from storage.site import passwords
from storage.site.app import DATABASE, build
from storage.site.headers import App, Message, Receive, Send

log = logging.getLogger(__name__)
PUBLIC = "public"
"""Folder beside the archive that holds its snapshots."""
LOOK_EVERY_S = 600  # whether a run has ended since: a snapshot of a million articles takes two minutes
GRACE_S = 60  # an answer begun from the old snapshot may go on; the longest page is answered in seconds

say: Callable[[str], None] = partial(print, flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who is let in, and where."""

    host: str = "127.0.0.1"
    port: int = 8001
    """0: any free one."""
    public: bool = False
    """A snapshot without full texts, in place of the archive."""
    password_file: Path | None = None


def serve(
    archive: Path,
    site: Site,
    access: Access,
    *,
    config_toml: str | None = None,
    announce: Callable[[str], None] = say,
) -> None:
    """Serve the archive until interrupted; `announce` gets one line with the address once it answers.

    Raises ConfigError for another host than loopback without `public` or a password file, CuttingsError when the port
    is taken, KeyboardInterrupt after a clean stop by Ctrl-C.
    """
    if not (access.public or access.password_file or _is_loopback(access.host)):
        problem = (
            f"{access.host} can be reached by others: full texts need 127.0.0.1, or use --public or --password-file"
        )
        raise ConfigError("--host", problem)
    known = passwords.read(access.password_file) if access.password_file else {}
    with _listen(access.host, access.port) as listener:
        opened = _published if access.public else _live
        if access.public:
            announce("Looking whether the snapshot that is shown is new; to make one of a large archive takes minutes")
        with opened(archive, site, config_toml) as app:
            _run(_closed(known, app), listener, access, site, announce)


def _run(app: App, listener: socket.socket, access: Access, site: Site, announce: Callable[[str], None]) -> None:
    address = f"[{access.host}]" if ":" in access.host else access.host
    announce(f"{site.title} is at http://{address}:{listener.getsockname()[1]}/ (Ctrl-C stops it)")
    config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=3)
    uvicorn.Server(config).run(sockets=[listener])


def _closed(known: Mapping[str, str], app: App) -> App:
    return passwords.guarded_by(known, app) if known else app


@contextmanager
def _live(archive: Path, site: Site, config_toml: str | None) -> Iterator[App]:
    """Yield the site over the archive itself; what takes long is asked at its start, before a reader does."""
    datasette = build(archive, site, config_toml=config_toml)
    ours = datasette.app()

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await ours(scope, receive, send)
            return
        asking = asyncio.get_running_loop().create_task(_ask_all(datasette))

        async def received() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":  # before it is answered: uvicorn waits for nothing after that
                asking.cancel()
                await asyncio.wait([asking])
            return message

        await ours(scope, received, send)

    try:
        yield app
    finally:
        datasette.get_database(DATABASE).stop()


async def _ask_all(datasette: Any) -> None:
    """Ask for every page and question over the whole archive, so that its answer is kept where it takes long."""
    topics = await datasette.execute(DATABASE, "select id from topics where active order by id")
    questions = await datasette.get_canned_queries(DATABASE, None)
    paths = ["/", "/flow", "/method", *(f"/topic/{quote(row['id'], safe='')}" for row in topics.rows)]
    for path in (*paths, "/cuttings", "/cuttings/articles", *(f"/cuttings/{name}" for name in questions)):
        await datasette.client.get(path)


class Newest:
    """The site over the newest snapshot: one assignment leads the next request to another."""

    def __init__(self, archive: Path, open_site: Callable[[snapshot.Snapshot], Any]) -> None:
        self._archive, self._open = archive, open_site
        self.directory = archive.parent / PUBLIC
        self.shown = self._snapshot()
        self._left: list[Any] = []
        self._site = self._warm(self.shown)
        self._app: App = self._site.app()
        self.let_go()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def renew(self) -> bool:
        """Show a new snapshot if a run has ended since the last one; say whether there is one."""
        made = self._snapshot()
        if made == self.shown:
            return False
        self._left.append(self._site)
        self._site, self.shown = self._warm(made), made
        self._app = self._site.app()
        return True

    def stop(self) -> None:
        """Give up what is being worked out."""
        self._site.get_database(DATABASE).stop()

    def let_go(self) -> None:
        """Delete all older snapshots and end the threads that read them."""
        for site in self._left:
            site.get_database(DATABASE).stop()
            site.executor.shutdown(wait=False)
        self._left.clear()
        snapshot.remove_others(self.directory, self.shown)

    def _snapshot(self) -> snapshot.Snapshot:
        found = snapshot.current(self.directory)
        if found is not None and found.state == snapshot.state_of(self._archive) and found.database.exists():
            return found
        return snapshot.make(self._archive, self.directory, now=datetime.now(UTC))

    def _warm(self, shown: snapshot.Snapshot) -> Any:
        """Return the site with its tables counted and its dear answers made: nobody should wait for them."""
        site = self._open(shown)

        async def prepare() -> None:
            await _ask_all(site)
            await site.get_database(DATABASE).settle()

        asyncio.run(prepare())
        return site


@contextmanager
def _published(archive: Path, site: Site, config_toml: str | None) -> Iterator[Newest]:
    """Yield the public site, which renews itself while it is served."""

    def open_site(shown: snapshot.Snapshot) -> Any:
        return build(archive, site, shown=shown, config_toml=config_toml)

    newest, stop = Newest(archive, open_site), threading.Event()
    thread = threading.Thread(target=_renewing, args=(newest, stop), name="snapshots", daemon=True)
    thread.start()
    try:
        yield newest
    finally:
        stop.set()
        newest.stop()


def _renewing(newest: Newest, stop: threading.Event) -> None:
    while not stop.wait(LOOK_EVERY_S):
        try:
            if newest.renew() and not stop.wait(GRACE_S):
                newest.let_go()
        except ArchiveError as error:  # a full disk: the old snapshot goes on, the next look tries again
            log.error("%s", error)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise CuttingsError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
