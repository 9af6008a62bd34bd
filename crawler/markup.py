"""Bytes of a page → one parsed tree with its meta elements, its JSON-LD and its printed lines. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from crawler.charset import decode
from crawler.jsonld import Node, crumbs_of, is_json_ld, loads, nodes_of, types
from crawler.printing import plain, printed
from storage.records import Capture

_PARSER_OPTIONS = {"encoding": "utf-8", "remove_comments": True, "remove_pis": True, "collect_ids": False}
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_UNREAD = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "select",
        "option",
        "button",
        "textarea",
        "iframe",
        "object",
        "head",
        "math",
    ]
)
# Often most of a page's bytes; every reader behind this one would walk around them
_UNPRINTED = ("script", "style", "template", "svg", "math")
_CLASSES = etree.ElementDefaultClassLookup(
    element=lxml_html.HtmlElement
)  # lxml.html's own asks Python for each element
_LONGEST_NAME = 4000  # characters; many patterns look at classes, and none has to look through megabytes
_OVERNAMED = f"//*[string-length(@class)>{_LONGEST_NAME} or string-length(@id)>{_LONGEST_NAME} or string-length(@style)>{_LONGEST_NAME}]"
# XML has no control characters and no U+FFFE; one of them in a text makes body extractors give up the page
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\x0c"))
_CONTROL_REFERENCE = re.compile(
    rb"&#(?:0{0,9}(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)|[xX]0{0,9}(?:[0-8bcefBCEF]|1[\da-fA-F]|[fF]{3}[efEF])(?![\da-fA-F]));?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A printed line: the text of a block between breaks."""

    text: str
    """White space collapsed."""
    element: etree._Element
    """The element it stands in."""
    links: tuple[tuple[str, str], ...]
    """Text and address, as written, of its links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page; readers of it change nothing."""

    url: str
    """As finally answered."""
    tree: etree._Element
    metas: Mapping[str, tuple[str, ...]]
    """Contents of meta elements by lower-case name, property, itemprop or http-equiv."""
    articles: tuple[Node, ...]
    """Article and Posting nodes of its JSON-LD that are about this page, in order."""
    canonical_url: str | None
    og_url: str | None
    types: frozenset[str] = frozenset()
    """What its JSON-LD says there is on the page, articles and others; not what these contain."""
    crumbs: tuple[str, ...] = ()
    """Names of the JSON-LD breadcrumbs, in order."""

    def meta(self, *names: str) -> str | None:
        """Return the first content that is not empty under the first of `names` that has one."""
        return next((content for name in names for content in self.metas.get(name, ()) if content), None)

    def stated(self, key: str) -> Iterator[Any]:
        """Yield what the page's article nodes say under `key`."""
        return (node[key] for node in self.articles if node.get(key))


def read_page(capture: Capture, *, language: str | None = None) -> Page | None:
    """Parse a capture; None where there is no markup at all. `language` helps where no encoding is named."""
    text = decode(capture.body, capture.content_type, language=language)
    parser = lxml_html.HTMLParser(**_PARSER_OPTIONS)
    parser.set_element_class_lookup(_CLASSES)
    try:
        tree = lxml_html.document_fromstring(without_controls(text.encode("utf-8", "replace")), parser=parser)
    except etree.ParserError:  # nothing but white space and comments
        return None
    documents = [loads(script.text) for script in tree.iter("script") if is_json_ld(script)]
    articles = tuple(node for document in documents for node in nodes_of(document))
    stated_types = frozenset(name for document in documents for name in types(document))
    etree.strip_elements(tree, *_UNPRINTED, with_tail=False)
    for element in tree.xpath(_OVERNAMED):
        for name in ("class", "id", "style"):
            if len(element.get(name) or "") > _LONGEST_NAME:
                del element.attrib[name]
    _gather_in_body(tree)
    metas = _metas(tree)
    canonical = next(iter(tree.xpath('//link[translate(@rel,"CANOIL","canoil")="canonical"]/@href')), None)
    og_url = next(iter(metas.get("og:url", ())), None)
    return Page(
        url=capture.url,
        tree=tree,
        metas=metas,
        articles=articles,
        types=stated_types,
        canonical_url=absolute(capture.url, canonical),
        og_url=absolute(capture.url, og_url),
        crumbs=next((crumbs for document in documents if (crumbs := tuple(crumbs_of(document)))), ()),
    )


def without_controls(markup: bytes) -> bytes:
    """Return UTF-8 markup without control characters and references to them, form feeds as spaces."""
    for mark in (b"\xef\xbf\xbe", b"\xef\xbf\xbf"):
        markup = markup.replace(mark, b"")
    return _CONTROL_REFERENCE.sub(b"", markup.translate(None, _CONTROLS).replace(b"\x0c", b" "))


_HEAD = frozenset(("base", "link", "meta", "noscript", "object", "script", "style", "template", "title"))


def _gather_in_body(tree: etree._Element) -> None:
    """Put what is printed into the body: HTML lets the tags of head and body be left out, libxml2 then loses count."""
    head = tree.find("head")
    strays = [child for child in (head if head is not None else ()) if child.tag not in _HEAD]
    strays += [child for child in tree if child.tag not in ("head", "body", "frameset")]
    strays = [stray for stray in strays if isinstance(stray.tag, str)]
    if tree.tag != "html" or not strays:
        return
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    before = [stray for stray in strays if stray.getparent() is head or tree.index(stray) < tree.index(body)]
    body[:0] = before
    body.extend(stray for stray in strays if stray not in before)


def absolute(base: str, address: str | None) -> str | None:
    """Return an http(s) address made absolute, or None."""
    if not address or not address.strip():
        return None
    try:
        full = urljoin(base, address.strip())
    except ValueError:
        return None
    return full if full.startswith(("http://", "https://")) else None


def words_of(element: etree._Element) -> str:
    """Return the printed words of an element, white space collapsed."""
    return printed(" ".join(element.itertext()) if element.find(".//br") is not None else "".join(element.itertext()))


def lines(tree: etree._Element) -> tuple[Line, ...]:
    """Return the printed lines of a page, or of one element, in order: text between block elements and line breaks."""
    body = tree.find("body") if tree.tag == "html" else tree
    if body is None:
        return ()
    printer = _Printer(body)
    walker = etree.iterwalk(body, events=("start", "end"))
    for event, element in walker:
        tag, start = element.tag, event == "start"
        if tag in BLOCKS:
            owner = element if start and tag != "br" else element.getparent()
            if printer.text:
                printer.end_line(owner)
            else:  # most blocks begin and end right behind another
                printer.owner = owner
        elif tag == "a":
            printer.mark_link(element.get("href") if start else None)
        if start and tag in _UNREAD:
            walker.skip_subtree()
        elif start and element.text:
            printer.text.append(element.text)
        elif not start and element.tail and element is not body:
            printer.text.append(element.tail)
    printer.end_line(None)
    return tuple(printer.lines)


class _Printer:
    """Gathers text and links until a line ends."""

    def __init__(self, owner: etree._Element) -> None:
        self.lines: list[Line] = []
        self.text: list[str] = []
        self.owner = owner
        self._links: list[tuple[str, str]] = []
        self._open: tuple[str, int] | None = None

    def end_line(self, owner: etree._Element | None) -> None:
        """Close the line; what follows stands in `owner`. A link around blocks goes on in the next line."""
        address = self._open[0] if self._open else None
        self.mark_link(None)
        if words := printed("".join(self.text)):
            self.lines.append(Line(text=words, element=self.owner, links=tuple(self._links)))
        self.owner, self.text, self._links = owner, [], []
        self.mark_link(address)

    def mark_link(self, address: str | None) -> None:
        """Close the link that is open, if any, and open one to `address`."""
        if self._open and (words := printed("".join(self.text[self._open[1] :]))):
            self._links.append((words, self._open[0]))
        self._open = (address, len(self.text)) if address else None


def _metas(tree: etree._Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for meta in tree.iter("meta"):
        content = plain(meta.get("content"))
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := meta.get(attribute):
                key = name.strip().lower()
                found[key] = (*found.get(key, ()), content)
    return found
