"""Bytes of a page → all that its article could be made of, without parsing it: at least that, never less. Pure.

Theory: a parser only leaves things out or puts together what tags have torn apart. So every tag becomes a mark; between
marks of an element that may stand in the middle of a word, words count both whole and in pieces. What is no text but may
become the article's is read too: titles in meta elements, headline and articleBody of JSON-LD. Scripts, styles and
comments are left out, each no further than to the next of its kind, so that thousands never closed cost no more than one.
Known exception: a word torn by a block element (`<div>N</div>ATO`), which no reader puts together outside a heading.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from crawler.charset import decode
from crawler.jsonld import Node, article_nodes, texts
from crawler.markup import BLOCKS, without_controls
from storage.records import Capture
from storage.words import WORD, fold

_WITHIN, _BETWEEN = "\ue000", "\ue001"  # marks of tags: one that may tear a word, one that ends it; nobody's letters
_APART = "\ue002"  # between headings
_LINE = 30  # characters; shorter lines are labels and menus
_ENDS = r"(?=[\s/>])"  # a tag's name does here: `<style-x>` is no style
# Groups are repeated by * and not by *+, which Python before 3.11.5 gets wrong; a turn can be read in one way only
_TAGS = re.compile(
    rf"""<(?:(?:[sS][cC][rR][iI][pP][tT]|[sS][tT][yY][lL][eE]){_ENDS}[^<>]*+>       # script or style, to its end
           [^<]*+(?:<(?!/?(?i:script|style){_ENDS})[^<]*+)*</(?i:script|style){_ENDS}[^<>]*+>
         |!--(?!-?>)[^-<]*+(?:(?:-(?!-!?>)|<(?!!--))[^-<]*+)*--!?>           # comment
         |/?([a-zA-Z][^\s<>/]*+)[^<>]*+>)                                     # any other tag: its name
    """,
    re.VERBOSE,
)
_HEADINGS = re.compile(rf"<(?i:h[12]|title){_ENDS}[^<]*+(?:<(?!/?(?i:h[12]|title){_ENDS})[^<]*+)*")
_METAS = re.compile(r"""<[mM][eE][tT][aA]\b(?:[^<>"']++|"[^"]*+"?|'[^']*+'?)*""")
_TITLE = re.compile(r"(?:og|twitter):title", re.IGNORECASE)
_CONTENT = re.compile(r"""content\s*=\s*(?:"([^"]*)|'([^']*)|([^\s"'>]+))""", re.IGNORECASE)
_JSON_LD = re.compile(
    rf"<[sS][cC][rR][iI][pP][tT]{_ENDS}[^<>]{{0,300}}?\b(?i:ld(?:\+|&#?\w{{1,8}};?)json)[^<>]*+>"
    rf"([^<]*+(?:<(?!/?(?i:script){_ENDS})[^<]*+)*)</(?i:script){_ENDS}"
)
_REFERENCE = re.compile(r"&(\w+)")  # `&copyright` is © and `right` to some parsers, a word to others


class _Marks(dict[str | None, str]):
    """Name of a tag, as written → the mark to put in its place; None: a comment, script or style."""

    def __missing__(self, name: str | None) -> str:
        self[name] = mark = _BETWEEN if name and name.lower() in BLOCKS else _WITHIN
        return mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Unparsed:
    """What stands on a page."""

    words: frozenset[str]
    """Folded."""
    titles: tuple[str, ...]
    """All that may become the headline, and more; entities resolved."""
    lines: tuple[str, ...]
    """Text between blocks, but for short ones; longest first."""
    has_article: bool
    """Its JSON-LD describes an article."""


class _Text(NamedTuple):
    """Text without tags, marks in their place."""

    text: str
    names: str
    """What stood right behind an ampersand."""


def unparsed(capture: Capture, *, language: str | None = None) -> Unparsed:
    """Read a page; `language` (ISO 639-1) helps where no encoding is named. Never raises for what a page says."""
    markup = decode(capture.body, capture.content_type, language=language)
    body, nodes = _stripped(markup), list(_nodes(markup))
    told = capture.link.title if capture.link else None
    titles = [*_titles(markup), *([told] if told else []), *_stated(nodes, "headline")]
    headings = _headings(markup)
    first = "h1" if any(tag == "h1" and text.strip() for tag, text in headings) else "h2"
    lines = (line.replace(_WITHIN, "").strip() for line in body.text.split(_BETWEEN) if len(line) >= _LINE)
    return Unparsed(
        words=_words(body.text, body.names, *titles, *(text for _, text in headings), *_stated(nodes, "articleBody")),
        titles=(*titles, *(text for tag, text in headings if tag in (first, "ti"))),
        lines=tuple(sorted((line for line in lines if len(line) >= _LINE), key=len, reverse=True)),
        has_article=bool(nodes),
    )


def _stripped(markup: str) -> _Text:
    parts = _TAGS.split(markup)
    parts[1::2] = map(_MARKS.__getitem__, parts[1::2])
    text = without_controls("".join(parts).encode("utf-8", "replace")).decode("utf-8")
    return _Text(html.unescape(text), " ".join(_REFERENCE.findall(text)))


_MARKS = _Marks()


def _titles(markup: str) -> Iterator[str]:
    """Yield the titles stated for cards; entities may be written twice, as `&amp;uuml;`."""
    for meta in _METAS.findall(markup):
        if "title" in meta.lower() and _TITLE.search(html.unescape(meta)):
            for found in _CONTENT.findall(meta):
                yield html.unescape(html.unescape("".join(found)))


def _headings(markup: str) -> list[tuple[str, str]]:
    """Return the tags and texts of headings and the page's title, each as if in one piece, as its readers take it."""
    found = _HEADINGS.findall(markup)
    text = _stripped(_APART.join(heading[heading.find(">") + 1 :] for heading in found)).text
    texts_ = html.unescape(text.replace(_WITHIN, "").replace(_BETWEEN, "")).split(_APART)
    return [(heading[1:3].lower(), text) for heading, text in zip(found, texts_, strict=False)]


def _nodes(markup: str) -> Iterator[Node]:
    for script in _JSON_LD.findall(markup):
        yield from article_nodes(script)


def _stated(nodes: list[Node], key: str) -> Iterator[str]:
    return (text for node in nodes if node.get(key) for text in texts(node[key]))


def _words(*fields: str) -> frozenset[str]:
    """Return the folded words of all fields; each stretch without spaces is read once, however often it stands there."""
    chunks = {chunk for field in fields for chunk in field.replace(_BETWEEN, " ").split()}
    if twice := [html.unescape(chunk) for chunk in chunks if "&" in chunk]:
        chunks.update(twice)
    marked = [chunk for chunk in chunks if _WITHIN in chunk]
    chunks.difference_update(marked)
    chunks.update(piece for chunk in marked for piece in (chunk.replace(_WITHIN, ""), *chunk.split(_WITHIN)))
    plain = [chunk for chunk in chunks if chunk.isascii()]  # folds in no time
    texts_ = " ".join(plain), " ".join(chunks.difference(plain))
    return frozenset(word for text in texts_ for word in WORD.findall(fold(text)))
