"""Raw page → credits: who the page says its text came from, read before any furniture is removed. Pure.

Names resolve through the outlets; the outlet's own name is never its own credit. Statements of republication may name anybody;
citations and agency marks must name an outlet of ours or an agency, because the same words name people.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from crawler.citations import citations
from crawler.credit_endings import ending_of, is_news
from crawler.credit_fields import stated_credits
from crawler.credit_names import clean_name, is_list_of_agencies, sources_in
from crawler.credit_rules import RULES
from crawler.credit_shape import DAY, Rule, Where
from crawler.credit_zones import LONG_LINE, names_of, zones_of
from crawler.dates import printed_day
from crawler.markup import Line, Page, absolute
from crawler.outlets import host_of
from crawler.sources import Names, domain_label, registrable, same_site, squeeze
from storage.records import Credit

_LONGEST_LINE = 2000  # characters; of a longer one, beginning and end are read
_LONGEST_MARK = 140  # characters of a line that is no more than a byline or a mark
_FEW_MARKS = 6  # by which two printings of one headline differ in length
_FEW_WORDS = 4  # shorter headlines are other articles' too
_NO_OUTLETS = frozenset(
    (
        "facebook",
        "twitter",
        "x",
        "t",
        "instagram",
        "youtube",
        "linkedin",
        "pinterest",
        "reddit",
        "whatsapp",
        "wa",
        "telegram",
        "vk",
        "ok",
        "addtoany",
        "google",
        "apple",
        "creativecommons",
        "wikipedia",
        "archive",
    )
)  # where pages are shared and looked up
_SHORT_LINE = 90  # characters; a line that is no more than a link is shorter
_UNVERIFIED = 0.15  # less sure where nobody knows the name after "Source:" and nothing is linked: it may be a graph's
_AUTHOR_CLASS = re.compile(r"byline|author|autor|signature", re.IGNORECASE)
_BYLINE_CLASS = re.compile(
    r"byline|author|autor|source|agency|agence|agentur|signature|kaynak|ajans|credit|meta", re.IGNORECASE
)
_BARS = re.compile(r"\s*[|•·]\s*")
_DAY_FIRST = re.compile(rf"^(?:[^\W\d_]{{4,15}}\s*:?\s*)?{DAY}(?:[,\s]+\d\d?[:.]\d\d)?\s*[|,–—-]?\s*")
_BY = re.compile(r"^(?:(?:written\s+)?by|von|par|por|di|da|автор|haber|yazan)\b", re.IGNORECASE)
_PICTURE = re.compile(
    r"\b(?:photo|foto|fotos|bild|фото|fotoğraf|fot|φωτ\w*|imagen?|image|صورة)\s*(?:credit|by|de|von|:|©)|^\W{0,3}(?:arşiv|archive|file|архивн\w+\s+фото|архівн\w+\s+фото)\b|^\W{0,3}(?:(?:ap|afp)\s+)?(?:photo|photograph|foto|fotos|picture|image|cover|video|bild|bildquelle|titelbild|beitragsbild|symbolbild|illustration|crédit|crédits|imagen|imagem|immagine|zdjęcie|fot\.|фото|відео|видео|иллюстрация|зображення"
    r"|fotoğraf|görsel|φωτ|εικόνα|صورة|الصورة|图片|图源|источник\s+(?:фото|изображени)|джерело\s+(?:фото|зображ)|fuente\s+de\s+(?:la\s+)?(?:foto|imagen))|/\s?(?:getty|shutterstock|ap\s+photo)|\bgetty\s+images|(?-i:(?:REUTERS|Reuters|AFP|AP|dpa)\s?/\s?[A-ZÀ-Þ][a-zà-ÿ]+\s[A-ZÀ-Þ])",
    re.IGNORECASE,
)
_TITLE_IN_QUOTES = re.compile(r"[“«\"„]([^”»\"“]{10,200})[”»\"“]")
_RULES_AT: dict[Where, list[Rule]] = {
    where: [rule for rule in RULES if rule.where == where] for where in ("anywhere", "around", "top", "start", "end")
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


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a rule must know of the page around its line."""

    base: str
    names: Names
    text: frozenset[str]
    """Lines of the text but for its last ones."""
    start: frozenset[str]
    """The first of them."""


def read_credits(
    page: Page, printed: Sequence[Line], paragraphs: Sequence[str], *, title: str | None, names: Names
) -> Reading:
    """Return what a page, given its printed lines, says about the source of the text whose `paragraphs` are given."""
    zones = zones_of(printed, paragraphs, title, page.url)
    found: list[Credit] = list(stated_credits(page, names))
    spent: list[str] = []
    own_days: list[str] = []
    sheet = _Sheet(base=page.url, names=names, text=_texts(zones["text"], zones["end"]), start=_texts(zones["start"]))
    for where in ("anywhere", "around", "end", "top", "start"):
        said = {squeeze(credit.name) for credit in found if credit.role == "republication"}
        for rule, line in _promising(where, zones[where]):
            if line.text in spent and (rule.role == "link" or rule.kind == "byline" or rule.name == "agency-mark"):
                continue
            credits, drop = _apply(rule, line, sheet, said)
            found += credits
            spent += [line.text] if drop else []
            own_days += [line.text] if drop and not credits and rule.name == "source-and-day" else []
    found += citations((line.text for line in zones["text"]), names)
    found += _same_headline(zones["anywhere"], title, page.url, names)
    spent += [line.text for line in zones["top"] if set(_BARS.split(line.text)) <= set(spent)]
    return Reading(
        credits=tuple(_once(found)),
        lines=tuple(spent),
        own_days=tuple(own_days),
        top=tuple(zones["top"]),
        end=tuple(zones["end"]),
    )


def _texts(zone: Sequence[Line], less: Sequence[Line] = ()) -> frozenset[str]:
    """Return the lines of a zone that rules will see, without those of another."""
    left = {id(line) for line in less}
    return frozenset(piece.text for line in zone if id(line) not in left for piece in _pieces(line, "anywhere"))


def _promising(where: Where, zone: Sequence[Line]) -> Iterator[tuple[Rule, Line]]:
    """Pair rules with the lines that may hold what they look for; above the text a line may be several, set apart by bars."""
    pieces = [piece for line in zone for piece in _pieces(line, where)]
    for line in pieces:
        lower = line.text.lower()
        for rule in _RULES_AT[where] if where not in _HINTED or _HINTED[where].search(lower) else ():
            if len(line.text) > _LONGEST_MARK and rule.where in ("top", "end") and rule.whole:
                continue
            if rule.role == "link" and not line.links and not rule.hints:
                continue
            if not rule.hints or any(hint in lower for hint in rule.hints):
                yield rule, line


def _pieces(line: Line, where: Where) -> Iterator[Line]:
    if len(line.text) > _LONGEST_LINE:
        half = _LONGEST_LINE // 2
        for part in (line.text[:half], line.text[-half:]):
            yield replace(line, text=part)
        return
    yield line
    if where != "top" or len(line.text) > LONG_LINE:
        return
    parts = _BARS.split(line.text)
    parts += [_DAY_FIRST.sub("", part) for part in parts if _DAY_FIRST.match(part)]
    for part in parts if len(parts) > 1 else ():
        links = tuple((text, address) for text, address in line.links if text in part)
        yield Line(text=part, element=line.element, links=links)


def _apply(rule: Rule, line: Line, sheet: _Sheet, said: set[str]) -> tuple[list[Credit], bool]:
    """Return the credits a rule reads in a line, and whether the line says nothing else."""
    names = sheet.names
    match = rule.pattern.search(line.text)
    if match is None or (len(line.text) <= LONG_LINE and _PICTURE.search(line.text)):
        return [], False
    if rule.role == "link":
        return _linked(rule, line, match, sheet.base, names)
    sources = sources_in(rule, line, match, base=sheet.base, names=names, said=said)
    whole = rule.whole and len(line.text) <= LONG_LINE
    if rule.states:
        ending = ending_of(line.text, match)
        amid = line.text in sheet.text
        told = any(names.known(name) or (url and _elsewhere_at(sheet.base, url, names)) for name, url in sources)
        if is_news(
            match, ending, told=told, inside=amid and line.text not in sheet.start, label=rule.where == "around"
        ):
            return [], False
        whole = whole and (ending.bare or (ending.opened and ending.ended and not amid))
    others = [(name, url) for name, url in sources if not names.is_own(name, url)]
    if sources and not others:
        return [], whole and (rule.name == "source-and-day" or rule.kind == "credit_line")
    if not others or not _credible(rule, line, match, others[0], names, said):
        return [], False
    words = line.text if whole else match.group().strip()
    return [_credit(rule, match, words, name, names, url=url, whole=whole) for name, url in others], whole


def _credit(
    rule: Rule, match: re.Match[str], words: str, name: str, names: Names, *, url: str | None, whole: bool
) -> Credit:
    quoted = _TITLE_IN_QUOTES.search(words) if whole and rule.where == "anywhere" else None
    title = match.groupdict().get("title") or (quoted[1] if quoted and quoted[1] != name else None)
    unsure = rule.where == "around" and rule.role == "republication" and not url and not names.known(name)
    return Credit(
        name=name,
        outlet=names.outlet_of(name, url),
        url=url,
        role=rule.role,
        kind=rule.kind,
        words=words,
        rule=rule.name,
        confidence=round(rule.confidence - (_UNVERIFIED if unsure else 0), 2),
        stated_title=title,
        stated_at=printed_day(words) if whole else None,
    )


def _linked(rule: Rule, line: Line, match: re.Match[str], base: str, names: Names) -> tuple[list[Credit], bool]:
    """A line that leads to the original elsewhere, and says no more."""
    away = {url: text for text, address in line.links if (url := _elsewhere_at(base, address, names))}
    if (
        rule.name == "hat-tip"
        and not away
        and (named := sources_in(rule, line, match, base=base, names=names, said=set()))
    ):
        (name, _), *_ = named
        return [_credit(rule, match, line.text, name, names, url=None, whole=True)], True
    if len(away) != 1 or len(line.text) > _SHORT_LINE:
        return [], False
    ((url, text),) = away.items()
    named = sources_in(rule, line, match, base=base, names=names, said=set()) if match["source"].strip() else []
    told = next((name for name, _ in named if rule.name == "hat-tip" or squeeze(name) != squeeze(text)), None)
    name = told or _name_at(url, text, names)
    return [_credit(rule, match, line.text, name, names, url=url, whole=True)], True


def _name_at(url: str, text: str, names: Names) -> str:
    """Return the name of the outlet at an address, else the link's text if it is a name, else the host."""
    outlet = names.directory.of_url(url) if names.directory else None
    if outlet and names.directory:
        return names.directory.outlets[outlet].name
    return names.known(text) or host_of(url)


def _elsewhere_at(base: str, address: str, names: Names) -> str | None:
    """Return a link's absolute address if it leads to another site's page."""
    url = absolute(base, address)
    host = host_of(url) if url else ""
    if not url or not host or same_site(url, host, names) or registrable(host) == registrable(host_of(base)):
        return None
    return None if domain_label(host) in _NO_OUTLETS else url


def _same_headline(lines: Sequence[Line], title: str | None, base: str, names: Names) -> Iterator[Credit]:
    """A link that bears the article's own headline and leads to another site."""
    if not title or len(title.split()) < _FEW_WORDS:
        return
    wanted = squeeze(title)
    for line in lines:
        for text, address in line.links:
            if (
                abs(len(text) - len(title)) <= _FEW_MARKS
                and squeeze(text) == wanted
                and (url := _elsewhere_at(base, address, names))
            ):
                name = _name_at(url, text, names)
                yield Credit(
                    name=name,
                    outlet=names.outlet_of(name, url),
                    url=url,
                    role="link",
                    kind="link",
                    words=text,
                    rule="same-headline",
                    confidence=0.75,
                    stated_title=text,
                )


def _credible(
    rule: Rule, line: Line, match: re.Match[str], source: tuple[str, str | None], names: Names, said: set[str]
) -> bool:
    """Hold a line against what its rule alone cannot see: who stands behind its link, what element it is in."""
    name, url = source
    if rule.name == "source-and-day":
        return (
            names.known(match["source"]) is not None
            or squeeze(match["source"]) in said
            or (url is not None and not same_site(url, host_of(url), names))
        )
    if rule.name == "byline" and not squeeze(clean_name(match["source"])).startswith(squeeze(name)):
        return False
    if rule.name in ("byline", "byline-person-agency"):
        return not (url and not urlsplit(url).path.strip("/") and same_site(url, host_of(url), names)) and bool(
            _BY.match(line.text)
            or any(_AUTHOR_CLASS.search(names_of(element)) for element in _near(line))
            or (rule.name == "byline" and any(_BYLINE_CLASS.search(names_of(element)) for element in _near(line)))
            or _signed_by_agencies(line, match, names)
        )
    if rule.name == "agency-mark":
        return squeeze(name) in said or (is_list_of_agencies(name, names) and not _is_one_link(line))
    if rule.name == "via":
        return url is None or not same_site(url, host_of(url), names)
    return True


def _signed_by_agencies(line: Line, match: re.Match[str], names: Names) -> bool:
    """Tell whether a short line is agencies' names alone, or with a place behind."""
    text = line.text
    before, after = text[: match.start("source")], text[match.end("source") :]
    agency, _, place = match["source"].partition(" - ")
    return (
        len(text) <= _SHORT_LINE
        and is_list_of_agencies(agency, names)
        and (agency.strip(" ()") != "AA" or before or _is_turkish(line))  # elsewhere it sets the size of letters
        and (not place or place.isupper())
        and (
            not before.strip() or _DAY_FIRST.fullmatch(before) is not None
        )  # with a person's name it is mostly a photograph's
        and not after
    )


def _is_turkish(line: Line) -> bool:
    root = line.element.getroottree().getroot()
    return (root.get("lang") or "").lower().startswith(("tr", "az"))


def _is_one_link(line: Line) -> bool:
    """Tell whether a line is a link and no more: a tag, a menu's entry; credits of the kind have another rule."""
    return len(line.links) == 1 and squeeze(line.links[0][0]) == squeeze(line.text)


def _near(line: Line) -> list[object]:
    return [
        line.element,
        *list(line.element)[:3],
        *([line.element.getparent()] if line.element.getparent() is not None else []),
    ]


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
