"""Raw page → credits: who the page says its text came from, read before any furniture is removed. Pure.

Names resolve through the outlets; the outlet's own name is never its own credit. Statements of republication may name anybody;
citations and agency marks must name an outlet of ours or an agency, because the same words name people.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from crawler.citations import Rule, Where
from crawler.credit_fields import stated_credits
from crawler.credit_rules import RULES
from crawler.dates import printed_day
from crawler.markup import Line, Page, absolute, plain, words_of
from crawler.outlets import host_of
from crawler.sources import Names, is_generic, same_site, squeeze
from storage.records import Credit

_TOP = 14  # lines below the headline in which bylines and datelines stand
_START = 4  # first paragraphs, one of which may open with an agency's mark
_TAIL = 30  # lines behind the text in which credits still stand
_LEAD = 40  # characters by which a paragraph is found again among the lines
_LONG_LINE = 240  # characters; a longer line says more than its credit
_LONGEST_NAME = 7  # words
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:related|sidebar|widget|recommend\w*|most-?read|comments?|menu|nav|teasers|trending|caption|figure|photo-?credit|cookie|promo)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BYLINE_CLASS = re.compile(
    r"byline|author|autor|source|agency|agence|agentur|signature|kaynak|ajans|credit|meta", re.IGNORECASE
)
_BARS = re.compile(r"\s*[|•·]\s*")
_BY = re.compile(r"^(?:(?:written\s+)?by|von|par|por|di|da|автор|haber|yazan)\b", re.IGNORECASE)
_LEADING = re.compile(
    r"^(?:the\s+(?=[a-zа-я])|website\s+|site\s+|web\s+site\s+|сайт\w*\s+|агентств\w+\s+|газет\w+\s+|издани\w+\s+|информагентств\w+\s+|der\s+|die\s+|das\s+|la\s+|le\s+|les\s+|l['’]|el\s+|το\s+|την\s+|τον\s+)",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s+(?:on|in|at|by|under|with|and|und|et|y|и|та|ve|as|is|was|here|am|im|le|el|website|site|magazine's|newspaper|gazetesi|haber\s+ajansı)$",
    re.IGNORECASE,
)
_TITLE_IN_QUOTES = re.compile(r"[“«\"„]([^”»\"“]{10,200})[”»\"“]")
_RULES_AT: dict[Where, list[Rule]] = {
    where: [rule for rule in RULES if rule.where == where] for where in ("anywhere", "top", "start", "end", "text")
}
_HINTED: dict[Where, re.Pattern[str]] = {
    where: re.compile("|".join(sorted({re.escape(hint) for rule in rules for hint in rule.hints})))
    for where, rules in _RULES_AT.items()
    if all(rule.hints for rule in rules)
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The credits of a page and the lines that say nothing else."""

    credits: tuple[Credit, ...]
    lines: tuple[str, ...]
    own_days: tuple[str, ...] = ()
    """Lines in which the page's own outlet dates the article."""
    top: tuple[Line, ...] = ()
    """Lines between headline and text."""
    end: tuple[Line, ...] = ()
    """The last lines of the text and those behind it."""


def read_credits(
    page: Page, printed: Sequence[Line], paragraphs: Sequence[str], *, title: str | None, names: Names
) -> Reading:
    """Return what a page, given its printed lines, says about the source of the text whose `paragraphs` are given."""
    zones = _zones(printed, paragraphs, title)
    found: list[Credit] = list(stated_credits(page, names))
    spent: list[str] = []
    own_days: list[str] = []
    for where in ("anywhere", "end", "top", "start", "text"):
        said = {squeeze(credit.name) for credit in found if credit.role == "republication"}
        for rule, line in _promising(where, zones[where]):
            credit, drop = _apply(rule, line, page.url, names, said)
            found += [credit] if credit else []
            spent += [line.text] if drop else []
            own_days += [line.text] if drop and not credit and rule.name == "source-and-day" else []
    spent += [line.text for line in zones["top"] if set(_BARS.split(line.text)) <= set(spent)]
    return Reading(
        credits=tuple(_once(found)),
        lines=tuple(spent),
        own_days=tuple(own_days),
        top=tuple(zones["top"]),
        end=tuple(zones["end"]),
    )


def _promising(where: Where, zone: Sequence[Line]) -> Iterator[tuple[Rule, Line]]:
    """Pair rules with the lines that may hold what they look for; above the text a line may be several, set apart by bars."""
    pieces = [piece for line in zone for piece in _pieces(line)] if where == "top" else zone
    for line in pieces:
        lower = line.text.lower()
        for rule in _RULES_AT[where] if where not in _HINTED or _HINTED[where].search(lower) else ():
            if not rule.hints or any(hint in lower for hint in rule.hints):
                yield rule, line


def _pieces(line: Line) -> Iterator[Line]:
    yield line
    parts = _BARS.split(line.text) if len(line.text) <= _LONG_LINE else []
    for part in parts if len(parts) > 1 else ():
        links = tuple((text, address) for text, address in line.links if text in part)
        yield Line(text=part, element=line.element, links=links)


def _apply(rule: Rule, line: Line, base: str, names: Names, said: set[str]) -> tuple[Credit | None, bool]:
    """Return the credit a rule reads in a line, if any, and whether the line says nothing else."""
    match = rule.pattern.search(line.text)
    if match is None:
        return None, False
    whole = rule.whole and len(line.text) <= _LONG_LINE
    link = _link_at(line, match, base)
    name, url = _source(match["source"], link, rule, names, said)
    if name and names.is_own(name, url):
        return None, whole and (rule.name == "source-and-day" or rule.kind == "credit_line")
    if not name or not _credible(rule, line, match, url, names, said):
        return None, False
    words = line.text if whole else match.group().strip()
    quoted = _TITLE_IN_QUOTES.search(line.text) if whole and rule.where == "anywhere" else None
    credit = Credit(
        name=name,
        outlet=names.outlet_of(name, url),
        url=url,
        role=rule.role,
        kind=rule.kind,
        words=words,
        rule=rule.name,
        confidence=rule.confidence,
        stated_title=quoted[1] if quoted else None,
        stated_at=printed_day(line.text) if whole else None,
    )
    return credit, whole


def _source(
    captured: str, link: tuple[str, str] | None, rule: Rule, names: Names, said: set[str]
) -> tuple[str | None, str | None]:
    """Return the name a rule captured, cleaned and resolved, with its link's address; None if it names nobody."""
    url = link[1] if link else None
    if rule.known:
        exact = rule.where in ("top", "end")
        return (_known_name(captured, names, said, exact=exact), url)
    name = _clean_name(link[0] if link and _names_the_same(link[0], captured) else captured)
    if is_generic(name) or name.startswith("http"):
        name = _clean_name(captured)
    if name.startswith("http") or re.fullmatch(r"[\w\-]+(?:\.[\w\-]+)+(?:/\S*)?", name):
        url = url or absolute("https://x/", name if name.startswith("http") else f"https://{name}")
        name = host_of(url) if url else name
    elif is_generic(name) and url:
        name = host_of(url)
    if is_generic(name) or len(name.split()) > _LONGEST_NAME or not _is_name(name):
        return None, None
    return name, url


def _names_the_same(linked: str, captured: str) -> bool:
    """Tell whether a link's text is the captured name, or more or less of it; a link may stand on the day beside it."""
    one, other = squeeze(linked), squeeze(captured)
    return bool(one) and (one in other or other in one) and len(linked.split()) <= _LONGEST_NAME


def _known_name(captured: str, names: Names, said: set[str], *, exact: bool) -> str | None:
    """Return the longest beginning or end of what was captured that is a known name (all of it where `exact`)."""
    words = _clean_name(captured).split()
    shorter = [part for cut in range(1, len(words)) for part in (words[:-cut], words[cut:])]
    for part in (words, *(() if exact else shorter)):
        form = " ".join(part).strip(" .,-–")
        if form and squeeze(form) in said:
            return form
        if known := names.known(form):
            return known
    return None


def _credible(rule: Rule, line: Line, match: re.Match[str], url: str | None, names: Names, said: set[str]) -> bool:
    """Hold a line against what its rule alone cannot see: who stands behind its link, what element it is in."""
    if rule.name == "source-and-day":
        return (
            names.known(match["source"]) is not None
            or squeeze(match["source"]) in said
            or (url is not None and not same_site(url, host_of(url), names))
        )
    if rule.name == "byline":
        return bool(_BY.match(line.text) or any(_BYLINE_CLASS.search(_names_of(element)) for element in _near(line)))
    return True


def _zones(printed: Sequence[Line], paragraphs: Sequence[str], title: str | None) -> dict[Where, list[Line]]:
    """Part the lines of a page by where they stand to its text."""
    leads = {paragraph[:_LEAD] for paragraph in paragraphs if len(paragraph) >= _LEAD}
    leads.discard((title or "")[:_LEAD])  # it may stand in a menu too
    inside = [place for place, line in enumerate(printed) if line.text[:_LEAD] in leads]
    first, last = (inside[0], inside[-1]) if inside else (0, len(printed) - 1)
    heads = [place for place in range(min(first + 1, len(printed))) if title and title[:_LEAD] in printed[place].text]
    top = heads[-1] if heads else max(0, first - _TOP)
    home = {ancestor for place in inside[:1] for ancestor in printed[place].element.iterancestors("article")}
    elsewhere: dict[object, bool] = {}
    here = {
        place: line
        for place, line in enumerate(printed)
        if place >= top and not _is_elsewhere(line.element, home, elsewhere)
    }
    text = [line for place, line in here.items() if first <= place <= last]
    return {
        "anywhere": list(here.values()),
        "top": [line for place, line in here.items() if place <= max(first + 2, top + _TOP)][:_TOP],
        "start": [line for line in text if len(line.text) >= _LEAD][:_START],
        "text": text,
        "end": [line for place, line in here.items() if last - 2 <= place <= last + _TAIL],
    }


def _is_elsewhere(element: etree._Element | None, home: set[object], judged: dict[object, bool]) -> bool:
    """Tell whether an element is not the article's own: a menu, a caption, a list of other articles. `judged` remembers."""
    if element is None or element.tag in ("body", "html"):
        return False
    if element not in judged:
        other = (
            element.tag in ("nav", "figure", "figcaption")
            or (element.tag == "aside" and len(words_of(element)) > _LONG_LINE)  # a short one is a note
            or (element.tag == "article" and home and element not in home)
        )
        named = element.tag not in ("main", "article") and _ELSEWHERE.search(_names_of(element))
        judged[element] = bool(other or named) or _is_elsewhere(element.getparent(), home, judged)
    return judged[element]


def _near(line: Line) -> list[object]:
    return [
        line.element,
        *list(line.element)[:3],
        *([line.element.getparent()] if line.element.getparent() is not None else []),
    ]


def _names_of(element: object) -> str:
    get = getattr(element, "get", None)
    return " ".join(get(name) or "" for name in ("class", "id", "rel", "itemprop")) if get else ""


def _link_at(line: Line, match: re.Match[str], base: str) -> tuple[str, str] | None:
    """The link that carries the captured name, else the only one in the match."""
    source = squeeze(match["source"])
    links = [(text, url) for text, address in line.links if text and (url := absolute(base, address))]
    named = [
        (text, url) for text, url in links if squeeze(text) and (squeeze(text) in source or source in squeeze(text))
    ]
    if named:
        return max(named, key=lambda link: (squeeze(link[0]) == source, len(link[0])))
    inside = [link for link in links if link[0] in match.group()]
    return inside[0] if len(inside) == 1 else None


def _clean_name(name: str) -> str:
    name = plain(name).strip(' \t.,:;–—-|«»“”„"‘()[]*')
    for _ in range(2):
        name = _TRAILING.sub("", _LEADING.sub("", name)).strip(' .,:;–—-«»“”"')
    return name


def _is_name(name: str) -> bool:
    """Names have a capital or a digit, or are written in letters without case."""
    return (
        any(
            letter.isupper() or letter.isdigit() or (letter.isalpha() and letter.lower() == letter.upper())
            for letter in name
        )
        or "." in name
    )


def _once(credits: Sequence[Credit]) -> Iterator[Credit]:
    """Each claim once: per source and rule; citations once per source, and not beside a republication in the same words."""
    seen: set[tuple[str, str]] = set()
    for credit in credits:
        source = credit.outlet or squeeze(credit.name)
        key = (source, credit.role if credit.role == "citation" else credit.rule)
        if key in seen:
            continue
        seen.add(key)
        yield replace(credit, name=credit.name[:200])
