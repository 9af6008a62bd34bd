"""A page that stands where an article should: block page, consent wall, login, paywall, or an empty shell for scripts. Pure.

Theory: such a page has next to no text of its own, and what it has talks of nothing but the way in. So a mark or a phrase
counts only where there is no article beside it; an article about cookies or Cloudflare has other things to say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from crawler import wall_rules as rules
from crawler.genre import paywalled
from crawler.markup import Line, Page, lines, read_page, words_of
from crawler.printing import plain
from storage.records import Capture

WallKind = Literal["javascript", "consent", "block", "paywall", "login"]
WALLS: Mapping[WallKind, str] = {
    "javascript": "needs JavaScript",
    "consent": "consent wall",
    "block": "block page",
    "paywall": "paywall",
    "login": "login page",
}
"""What each is called in messages."""

_LITTLE = 1200  # characters a page with a block may print; block pages with help texts print up to about 1,000
LONGEST_WALL = 12_000
"""Characters a wall may print; longer texts are terms or articles."""
_PROSE = 80  # characters from which a line is prose and no label
_OTHER_PROSE = 400  # characters of prose that do not speak of consent: with more, there is something to read
_SHELL = 300  # characters an empty shell may print: a name, a menu, "loading"
_SHELL_LINKS = 8  # a page that lists anything has more
_TEASER = 2500  # characters a paywalled page may show
_LEAD = 40  # characters by which a paragraph is found among the lines
_BEHIND, _OFFER = 12, 300  # lines behind a text in which the way in is offered, and characters of such a line
_SHOWN = 120  # characters of the words that say it
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_MITIGATED = "cf-mitigated"


class Wall(NamedTuple):
    """What stands in the way, and the words that say so."""

    kind: WallKind
    words: str


def wall(capture: Capture) -> Wall | None:
    """Return what stands in the way of a page's article; None for a page that shows what it has."""
    challenged = next((value for name, value in capture.headers if name.lower() == _MITIGATED), "")
    if challenged.strip().lower() == "challenge":  # Cloudflare: on every challenge page, whatever it looks like
        return Wall("block", "Cloudflare: cf-mitigated: challenge")
    page = read_page(capture)
    return wall_of(page, capture, lines(page.tree)) if page else None


def wall_of(page: Page, capture: Capture, printed: Sequence[Line]) -> Wall | None:
    """As `wall`, for a page that has been read; `printed` are its lines."""
    if paywalled(page):
        return Wall("paywall", "the page says it is not free to read")
    text = " ".join(line.text for line in printed)
    if any(node.get("articleBody") for node in page.articles):
        return None
    found = _block(page, capture, text) or _consent(page, capture, printed) or _login(page, capture, text)
    return found or _paywall(text) or _shell(page, capture, printed, text)


def is_cut_short(printed: Sequence[Line], text: str) -> bool:
    """Say whether a short text breaks off at an offer to subscribe or sign in; in menus above it that means nothing."""
    if len(text) > _TEASER or not text:
        return False
    lead = text.rpartition("\n\n")[2][:_LEAD]
    last = max((place for place, line in enumerate(printed) if line.text.startswith(lead)), default=None)
    near = printed[last : last + _BEHIND] if last is not None else ()
    return any(len(line.text) <= _OFFER and rules.WAY_IN.search(line.text) for line in near)


def _block(page: Page, capture: Capture, text: str) -> Wall | None:
    if len(text) > _LITTLE or page.articles:
        return None
    title = plain(page.tree.findtext("head/title"))
    words = rules.BLOCK_WORDS.search(text)
    for product, pattern in rules.BLOCKS:
        if pattern.search(capture.body):
            return Wall("block", f"{product}: {_shown(title or text or 'nothing but a script')}")
    if rules.BLOCK_TITLE.fullmatch(title) or rules.BLOCK_TITLE.fullmatch(text):
        return Wall("block", _shown(title or text))
    return Wall("block", _shown(words.group())) if words else None


def _consent(page: Page, capture: Capture, printed: Sequence[Line]) -> Wall | None:
    size = sum(len(line.text) for line in printed)
    if size > LONGEST_WALL or page.articles:
        return None
    sent_on, at_gate = _sent_on(capture), _is_gate(capture.url)
    if sent_on and at_gate:
        return Wall("consent", f"sent on to {_shown(capture.url)}")
    prose = [line.text for line in printed if len(line.text) >= _PROSE]
    if not sent_on and page.meta("og:type") == "article" and sum(map(len, prose)) > _LITTLE:
        return None
    sentences = [sentence for text in prose for sentence in _SENTENCE.split(text)]
    about = [sentence for sentence in sentences if rules.CONSENT_TOPIC.search(sentence)]
    other = sum(map(len, sentences)) - sum(map(len, about))
    asked = next((match for line in printed if (match := rules.CONSENT_ASK.search(line.text))), None)
    if asked is None or not about or other > _OTHER_PROSE or not any(map(rules.ACCEPT.fullmatch, _buttons(page))):
        return None
    return Wall("consent", _shown(asked.string[asked.start() :]))


def _login(page: Page, capture: Capture, text: str) -> Wall | None:
    if len(text) > _LITTLE or page.articles:
        return None
    asks = page.tree.find(".//input[@type='password']") is not None
    if asks and (_sent_on(capture) or rules.LOGIN_PATH.search(urlsplit(capture.url).path)):
        return Wall("login", _shown(plain(page.tree.findtext("head/title")) or text))
    return None


def _paywall(text: str) -> Wall | None:
    words = rules.SUBSCRIBE.search(text) if len(text) <= _TEASER else None
    return Wall("paywall", _shown(words.group())) if words else None


def _shell(page: Page, capture: Capture, printed: Sequence[Line], text: str) -> Wall | None:
    if page.articles or len(text) > _SHELL or sum(len(line.links) for line in printed) > _SHELL_LINKS:
        return None
    scripts = len(_SCRIPT.findall(capture.body))
    for said in (text, *map(words_of, page.tree.iter("noscript"))):
        if scripts and rules.NEEDS_SCRIPT.search(said):
            return Wall("javascript", _shown(said))
    if scripts and not any(len(line.text) >= _PROSE for line in printed) and (not text or _mounts(page)):
        return Wall("javascript", f"an empty page and {scripts} script{'s' if scripts > 1 else ''}")
    return None


_SCRIPT = re.compile(rb"<script\b(?![^>]{0,200}(?:json|template|x-))", re.IGNORECASE)  # that a browser runs
_MOUNT = re.compile(r"(?:root|app|__next|__nuxt|main|react-root|app-root|gatsby|svelte|mount|content)", re.IGNORECASE)


def _mounts(page: Page) -> bool:
    """Say whether an empty element waits to be filled by a script."""
    named = page.tree.iter("div", "main", "section", "app-root")
    return any(_MOUNT.fullmatch(element.get("id") or element.tag) and not words_of(element) for element in named)


def _buttons(page: Page) -> Iterator[str]:
    for element in page.tree.iter("button", "a", "input"):
        yield plain(element.get("value") if element.tag == "input" else words_of(element)).strip(" .!✓×")


def _sent_on(capture: Capture) -> bool:
    asked, answered = urlsplit(capture.requested_url), urlsplit(capture.url)
    return (asked.hostname, asked.path) != (answered.hostname, answered.path)


def _is_gate(url: str) -> bool:
    parts = urlsplit(url)
    return bool(rules.CONSENT_HOST.search(parts.hostname or "") or rules.CONSENT_PATH.search(parts.path))


def _shown(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
