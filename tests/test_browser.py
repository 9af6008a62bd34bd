"""Every page in a real browser: no console message, no outside request, no sideways scrolling, nothing scraped runs."""

import os
import threading
from collections.abc import Iterator

import browser
import pytest
import uvicorn
from archive_fixture import BY_SLUG, make_archive
from sqlite_utils import Database
from test_site import HOSTILE, PLAIN, SITE, STOCK, spoil

from storage.site.app import build

WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
PAGES = [
    *PLAIN,
    *STOCK,
    "/cuttings/median_lag_by_pair",
    "/search?q=nothinglikethis",
    f"/cuttings/articles/{BY_SLUG['summit'].id}",
    *(f"/article/{BY_SLUG[slug].id}" for slug in ("summit-mirror", "arabic", "russian", "gone")),
    *(f"/story/{BY_SLUG[slug].id}" for slug in ("summit", "missiles", "statement")),
]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    if reason := browser.missing():
        if os.environ.get("CI"):
            pytest.fail(f"CI must try the pages in a browser; {reason}")
        pytest.skip(f"pages not tried in a browser; {reason}")
    with browser.started(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with the hand-made archive and a hostile article."""
    archive = make_archive(tmp_path_factory.mktemp("site") / "cuttings.db")
    spoil(Database(archive))
    ready = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[object] | None = None) -> None:
            await super().startup(sockets)  # type: ignore[arg-type]
            ready.set()

    server = Server(uvicorn.Config(build(archive, SITE).app(), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    assert ready.wait(30)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


@pytest.mark.parametrize("path", [*PAGES, f"/article/{HOSTILE.id}", f"/story/{HOSTILE.id}"])
def test_a_page_fits_is_quiet_and_stays_at_home(window: browser.Browser, address: str, path: str) -> None:
    for width in WIDTHS:
        for scheme in SCHEMES:
            window.look(width=width, scheme=scheme)
            window.open(address + path)
            assert window.console() == []
            assert [url for url in window.requested() if not url.startswith((address, "data:"))] == []
            assert window.overflow() == 0


@pytest.mark.parametrize("path", [*PAGES, f"/article/{HOSTILE.id}", f"/story/{HOSTILE.id}", "/nothing"])
def test_axe_finds_no_serious_barrier(window: browser.Browser, address: str, path: str) -> None:
    if reason := browser.missing_checks():
        if os.environ.get("CI"):
            pytest.fail(f"CI must look for barriers; {reason}")
        pytest.skip(f"barriers not looked for; {reason}")
    for width in WIDTHS:
        for scheme in SCHEMES:
            window.look(width=width, scheme=scheme)
            window.open(address + path)
            assert window.barriers() == []


@pytest.mark.parametrize(
    "path", ["/", f"/article/{HOSTILE.id}", "/outlet/mirror", "/search?q=script", "/cuttings/articles"]
)
def test_nothing_scraped_runs(window: browser.Browser, address: str, path: str) -> None:
    window.open(address + path)
    assert window.run("return document.querySelectorAll('img[src=x], svg[onload], [onerror]').length") == 0
    links = window.run("return [...document.links].map(link => link.protocol)")
    assert set(links) <= {"http:", "https:"}
    assert window.console() == []  # an alert or a blocked script would be said here


def test_keys_lead_to_search_and_through_lists(window: browser.Browser, address: str) -> None:
    window.open(address + "/")
    press = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], bubbles: true}))"
    window.run(press, "j")
    assert window.run("return document.activeElement.hasAttribute('data-step')")
    window.run(press, "/")
    assert window.run("return document.activeElement.id") == "q"


def test_text_has_contrast_in_both_schemes(window: browser.Browser, address: str) -> None:
    for scheme in SCHEMES:
        window.look(width=1280, scheme=scheme)
        for path in (
            "/",
            f"/article/{BY_SLUG['summit-mirror'].id}",
            f"/story/{BY_SLUG['summit'].id}",
            "/flow",
            "/outlet/kuzey",
        ):
            window.open(address + path)
            assert window.run(CONTRAST) == []


CONTRAST = """
const linear = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
const luminance = rgb => rgb.slice(0, 3).map(linear)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
const ground = element => {
  for (let e = element; e; e = e.parentElement) {
    const c = numbers(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
  return [255, 255, 255];
};
const poor = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || e.closest("svg, script, [aria-hidden], .hidden, .skip, option")) continue;
  const [a, b] = [luminance(numbers(getComputedStyle(e).color)), luminance(ground(e))].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 40)}`);
}
return poor;
"""
