"""Every page in a real browser: no console message, no outside request, no sideways scrolling, nothing scraped runs."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import browser
import pytest
import uvicorn
from archive_fixture import BY_SLUG, Piece, add_article, add_story, insert, make_archive
from hostile_words import ADDRESSES, WORDS
from sqlite_utils import Database
from test_site import HOSTILE, PLAIN, SITE, STOCK, spoil

from storage import snapshot
from storage.site.app import build

WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
PAGES = [
    *PLAIN,
    *STOCK,
    "/cuttings/median_lag_by_pair",
    "/search?q=nothinglikethis",
    "/flow?topic=turkey-nato&month=2018-04",
    "/nothing",
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


@contextmanager
def serving(archive: Path, **more: Any) -> Iterator[str]:
    """Serve an archive on loopback; yield its address."""
    ready = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[object] | None = None) -> None:
            await super().startup(sockets)  # type: ignore[arg-type]
            ready.set()

    server = Server(uvicorn.Config(build(archive, SITE, **more).app(), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    assert ready.wait(30)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with the hand-made archive and a hostile article."""
    archive = make_archive(tmp_path_factory.mktemp("site") / "cuttings.db")
    spoil(Database(archive))
    with serving(archive) as address:
        yield address


@pytest.mark.parametrize("path", [*PAGES, f"/article/{HOSTILE.id}", f"/story/{HOSTILE.id}"])
def test_a_page_fits_is_quiet_and_stays_at_home(window: browser.Browser, address: str, path: str) -> None:
    for width in WIDTHS:
        for scheme in SCHEMES:
            window.look(width=width, scheme=scheme)
            window.open(address + path)
            assert [said for said in window.console() if path != "/nothing" or "404" not in said] == []
            assert [url for url in window.requested() if not url.startswith((address, "data:"))] == []
            assert window.overflow() == 0


@pytest.mark.parametrize("path", [*PAGES, f"/article/{HOSTILE.id}", f"/story/{HOSTILE.id}"])
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
    assert window.run(ODD_LINKS, CONTACT) == []
    assert window.console() == []  # an alert or a blocked script would be said here


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[int]]]:
    """A site of hostile words and addresses in every place an outlet fills, and its articles' ids."""
    archive = make_archive(tmp_path_factory.mktemp("fuzzed") / "cuttings.db")
    db, ids = Database(archive), []
    with db.conn:
        for number, words in enumerate(WORDS):
            piece = Piece(
                slug=f"fuzz-{number}", outlet="mirror", title=words, text=f"NATO {words}\n\n{words} and more", authors=(words,),
                at=f"2018-04-14T{number % 24:02}:{number:02}:00Z", words=(("turkey-nato", "NATO"),),
            )  # fmt: skip
            address = ADDRESSES[number % len(ADDRESSES)]
            add_article(db, piece, url=address, canonical_url=address + "#", requested_url=address, section=words)
            add_story(db, piece)
            told = {"role": "republication", "kind": "byline", "rule": "byline", "confidence": 1, "run": 1}
            insert(db, "credits", article=piece.id, name=words, url=address, words=words, **told)
            used = {
                "article": piece.id,
                "source": ids[-1] if ids else None,
                "source_story": piece.id,
                "source_name": words,
            }
            how = {
                "main": 1,
                "kind": "edited",
                "containment": 0.9,
                "taken": 0.9,
                "credit_status": "none",
                "credited": 0,
            }
            insert(db, "reprints", **used, **how, run=1)
            ids.append(piece.id)
        db.conn.execute(
            "update outlets set name = ?, owner = ?, url = ? where id = 'mirror'", (WORDS[3], *ADDRESSES[:2])
        )
        db.conn.execute("update topics set name = ? where id = 'turkey-nato'", (WORDS[5],))
    db.close()
    with serving(archive) as address:
        yield address, ids


def test_a_fuzz_of_hostile_words_and_addresses_runs_nothing(
    window: browser.Browser, fuzzed: tuple[str, list[int]]
) -> None:
    address, ids = fuzzed
    sql = "/cuttings?sql=select+title,authors,url,canonical_url,section+from+articles"
    lists = ["/", "/topic/turkey-nato", "/outlet/mirror", "/flow", "/method", "/search?q=nato", "/cuttings/articles",
             "/cuttings/credits", "/cuttings/reprints", "/cuttings/articles_by_topic", "/cuttings/median_lag_by_pair", sql]  # fmt: skip
    pages = lists + [f"/{kind}/{id_}" for id_ in ids for kind in ("article", "story")]
    window.look(width=390)
    for path in [*pages, *(f"/search?q={quote(words[:400])}" for words in WORDS)]:
        window.open(address + path)
        said = [line for line in window.console() if "400 (Bad Request)" not in line]  # a search that is no query
        assert (path, said) == (path, [])
        assert [url for url in window.requested() if not url.startswith((address, "data:"))] == [], path
        assert window.run("return document.documentElement.dataset.ran") is None, path
        assert (path, window.run(ODD_LINKS, CONTACT)) == (path, [])
        assert window.run(FOREIGN) == 0, path
        assert (path, window.overflow(), window.too_wide()) == (path, 0, [])


CONTACT = f"mailto:{SITE.contact}"
ODD_LINKS = """
return [...document.links].filter(link => !["http:", "https:"].includes(link.protocol)).map(link => link.href)
  .filter(href => href !== arguments[0]);
"""
FOREIGN = """
return document.querySelectorAll('main :is(script[src*="//"], iframe, object, embed, img, base, meta, video, math)').length
  + [...document.querySelectorAll('main *')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length;
"""


def test_keys_lead_to_search_and_through_lists(window: browser.Browser, address: str) -> None:
    window.open(address + "/")
    press = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], bubbles: true}))"
    window.run(press, "j")
    assert window.run("return document.activeElement.hasAttribute('data-step')")
    window.run(press, "/")
    assert window.run("return document.activeElement.id") == "q"


@pytest.mark.parametrize("path", ["/flow", "/cuttings/articles", f"/story/{BY_SLUG['summit'].id}"])
def test_keys_step_through_what_a_page_lists(window: browser.Browser, address: str, path: str) -> None:
    window.open(address + path)
    press = (
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], bubbles: true}));"
        "const link = document.activeElement.closest('a'); return link ? link.getBoundingClientRect().top + scrollY : -1"
    )
    first, second, third, back = (window.run(press, key) for key in "jjjk")
    assert first < second < third
    assert back == second
    assert window.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"  # seen where one is


def test_the_first_stop_of_the_keyboard_skips_to_the_content(window: browser.Browser, address: str) -> None:
    window.open(address + "/")
    for kind in ("keyDown", "keyUp"):
        window.cdp("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    link = "const e = document.activeElement; return [e.getAttribute('href'), e.getBoundingClientRect().left >= 0]"
    assert window.run(link) == ["#content", True]


def test_nothing_stays_folded_on_paper(window: browser.Browser, address: str) -> None:
    window.look(width=1280)
    window.open(address + "/outlet/mirror")
    folded = (
        "return [...document.querySelectorAll('details:not([open]) > :not(summary)')]"
        ".filter(e => !e.checkVisibility({contentVisibilityAuto: true}) || !e.getBoundingClientRect().height).length"
    )
    assert window.run(folded) > 0
    window.cdp("Emulation.setEmulatedMedia", media="print")
    window.open(address + "/outlet/mirror")  # a page already drawn may take the other medium a moment later
    assert window.run(folded) == 0
    assert not window.run("return document.querySelector('.masthead nav').checkVisibility()")
    window.cdp("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "path", ["/", "/flow", "/outlet/kuzey", "/outlet/mirror", "/topic/turkey-nato", f"/story/{BY_SLUG['summit'].id}"]
)
def test_shapes_of_charts_have_contrast(window: browser.Browser, address: str, path: str, scheme: str) -> None:
    window.look(width=1280, scheme=scheme)
    window.open(address + path)
    drawn, poor = window.run(COLOURS + SHAPES)
    assert drawn
    assert poor == []


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a public site, over a snapshot."""
    folder = tmp_path_factory.mktemp("public")
    archive = make_archive(folder / "cuttings.db")
    shown = snapshot.make(archive, folder / "public", now=datetime(2018, 5, 1, tzinfo=UTC))
    with serving(archive, shown=shown) as address:
        yield address


@pytest.mark.parametrize(
    "path", [*PLAIN, "/cuttings", f"/article/{BY_SLUG['summit'].id}", f"/story/{BY_SLUG['summit'].id}"]
)
def test_a_public_page_fits_is_quiet_and_open_to_all(window: browser.Browser, published: str, path: str) -> None:
    for width in WIDTHS:
        for scheme in SCHEMES:
            window.look(width=width, scheme=scheme)
            window.open(published + path)
            assert window.console() == []
            assert [url for url in window.requested() if not url.startswith((published, "data:"))] == []
            assert window.overflow() == 0
            assert browser.missing_checks() or window.barriers() == []


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
            assert window.run(COLOURS + CONTRAST) == []


COLOURS = """
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
"""
SHAPES = """
const shapes = [...document.querySelectorAll("main svg :is(rect, path, circle)")]
  .filter(e => !e.matches(".matrix g rect, .frame"));  // whose number is read
const paint = (style, of) => style[of] === "none" ? null : numbers(style[of]);
const poor = [];
for (const e of shapes) {
  const style = getComputedStyle(e), under = e.matches("g > rect ~ path") && e.parentElement.querySelector("rect");
  const back = (under && paint(getComputedStyle(under), "fill")) || ground(e.closest("svg").parentElement);
  const mixed = (c, share) => c.slice(0, 3).map((v, i) => v * share + back[i] * (1 - share));
  const seen = [["fill", +style.fillOpacity], ["stroke", 1]].map(([of, share]) => [paint(style, of), share])
    .filter(([c]) => c && !(c[3] === 0)).map(([c, share]) => luminance(mixed(c, share)));
  const best = Math.max(0, ...seen.map(l => (Math.max(l, luminance(back)) + .05) / (Math.min(l, luminance(back)) + .05)));
  if (best < 3) poor.push(`${best.toFixed(2)} ${e.outerHTML.slice(0, 90)} in ${e.parentElement.getAttribute("class")}`);
}
return [shapes.length, poor];
"""
CONTRAST = """
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
