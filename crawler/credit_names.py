"""What a rule captured → the names in it, cleaned, each with its link: one, or the agencies of "Reuters, AP". Pure."""

import re
from collections.abc import Iterator

from crawler.credit_endings import breaks_off, is_no_name, without_day
from crawler.credit_shape import Rule
from crawler.markup import Line, absolute
from crawler.outlets import host_of
from crawler.printing import plain
from crawler.sources import Names, domain_label, is_agency, is_generic, squeeze

Source = tuple[str, str | None]
"""A name and its link's address."""

_LONGEST_NAME = 7  # words
_MORE_IN_LINK = 2  # words, "the" and "Agency"; a longer link is a sentence
_MOST_NAMES = 6  # in one line; longer lists are lists of something else
_LIST = 80  # characters behind a name in which a list of others goes on
_LEADING = re.compile(
    r"^(?:the\s+(?=[a-zа-я])|(?:web)?site\s+|blog\s+(?=\w)|web\s+site\s+|сайт\w*\s+|агентств\w+\s+|газет\w+\s+|издани\w+\s+|информагентств\w+\s+|журнал\w*\s+|портал\w*\s+|видан\w+\s+|via\s+"
    r"|der\s+|die\s+|das\s+|la\s+|le\s+|les\s+|l['’]|el\s+|το\s+|την\s+|τον\s+|gazeta\s+(?=\W)|صحيفة\s+|موقع\s+|قناة\s+|agencja\s+|وكالة\s+(?:أنباء\s+)?|ειδησεογραφικό\s+πρακτορείο\s+|εφημερίδα\s+|περιοδικό\s+|(?:the\s+)?news\s+agency\s+|agence\s+(?=[a-zà-ÿ]{2,}\s)|nachrichtenagentur\s+|haber\s+ajansı\s+)",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s+(?:on|in|at|by|under|with|and|und|et|y|и|та|ve|as|is|was|here|am|im|le|el|website|site|magazine's|newspaper|gazetesi|dergisi(?=ndan)|haber\s+ajansı|news\s+agency|print\s+edition.*)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S+")
_HOST = re.compile(r"(?:www\.)?[\w\-]+(?:\.[\w\-]+)*\.[^\W\d_]{2,}(?:/\S*)?")
_BETWEEN = re.compile(r"\s*[,/;+&|،、]\s*|\s+(?:and|und|et|y|e|i|и|та|й|ve|και|و)\s+|\s[-–—]\s")
_AND_MORE = re.compile(
    r"[»”\"’]?\s*(?:[,/;+&،、]|\s(?:and|und|et|y|e|i|и|та|й|ve|και|و)\s)\s*[«“„\"]?(?P<name>[^\s,/;+&،、|()«»“”„\"–—.][^,/;+&،、|()«»“”„\"–—.]{0,40})"
)


def sources_in(
    rule: Rule, line: Line, match: re.Match[str], *, base: str, names: Names, said: set[str]
) -> list[Source]:
    """Return who is named where a rule matched; none if nobody is.

    `said` are names credited already, folded: agency marks repeat them though no outlet of ours bears them.
    """
    captured = _without_tags(match["source"], line, base)
    link = _link_at(line, match, base)
    if rule.known:
        found = list(_known_names(captured, rule, names, said))
        return [
            (name, _address_of(line, name, base) or (link[1] if link and len(found) == 1 else None)) for name in found
        ]
    listed = _list_at(captured, line.text[match.end("source") :][:_LIST], names)
    if listed:
        return [(name, _address_of(line, name, base)) for name in listed]
    one = _named(captured, link, line.text[match.start("source") :], names)
    return [one] if one else []


def _without_tags(captured: str, line: Line, base: str) -> str:
    """Return what stands before links to other pages of the same site: "Source: X", and then the page's tags."""
    home = host_of(base)
    for text, address in line.links:
        place = captured.find(text) if text else 0
        if place > 0 and host_of(absolute(base, address) or "") == home:
            captured = captured[:place]
    return captured


def _named(captured: str, link: tuple[str, str] | None, rest: str, names: Names) -> Source | None:
    """Return the one name a rule captured, cleaned, else its link's host; None if it names nobody."""
    url = link[1] if link else None
    if address := _ADDRESS.match(rest):
        url = url or absolute("https://x/", address.group().rstrip(".,;)"))
        return (host_of(url), url) if url and host_of(url) else None
    name = clean_name(link[0] if link and _names_the_same(link[0], captured) else captured)
    if is_generic(name) or name.startswith("http"):
        name = clean_name(captured)
    if _HOST.fullmatch(name):
        url = url or absolute("https://x/", f"https://{name.lower()}")
        name = host_of(url) if url and name.isascii() else name
    elif (is_generic(name) or name.startswith("http")) and url:
        name = host_of(url)
    linked = url is not None and squeeze(name) == domain_label(host_of(url))
    if is_generic(name) or is_generic(domain_label(name) or name) or len(name.split()) > _LONGEST_NAME:
        return None
    if not _is_name(name) and not linked:
        return None
    if (known := names.known(name)) or linked:
        return known or name, url
    name = clean_name(without_day(name))
    return None if not url and (is_no_name(name) or breaks_off(captured.strip())) else (name, url)


def _list_at(captured: str, rest: str, names: Names) -> list[str]:
    """Return the names of a list, where the others but for its first are known: commas stand in names too; nothing if it is none."""
    pieces = [piece for part in _BETWEEN.split(captured) if (piece := clean_name(part))]
    first, inner = clean_name(captured), [name for piece in pieces[1:] if (name := _listed(piece, names))]
    if inner or (len(pieces) > 1 and _listed(pieces[0], names)):
        first = pieces[0]
    if is_generic(first) or len(first.split()) > _LONGEST_NAME or not _is_name(first) or is_no_name(first):
        found = inner
    else:
        found = [names.known(first) or first, *inner]
    while len(found) < _MOST_NAMES and (more := _AND_MORE.match(rest)):
        name = _listed(clean_name(more["name"]), names)
        if not name:
            break
        found.append(name)
        rest = rest[more.end() :]
    split = len(pieces) > 1 and first == pieces[0]
    return list(dict.fromkeys(found)) if len(found) > 1 or split else []


def _listed(piece: str, names: Names) -> str | None:
    """Return a known name, in a list also in another case than its own: dpa/afp."""
    return names.known(piece) or (names.known(piece.upper()) if piece.islower() else None)


def _known_names(captured: str, rule: Rule, names: Names, said: set[str]) -> Iterator[str]:
    if whole := _known_name(captured, names, said, exact=True):
        yield whole
        return
    pieces = [piece for part in _BETWEEN.split(captured) if (piece := clean_name(part))]
    found = [name for piece in pieces if (name := _known_name(piece, names, said, exact=True))]
    if found and len(pieces) > 1:
        yield from (
            name for piece in pieces if (name := _known_name(piece, names, said, exact=True) or _listed(piece, names))
        )
    elif not rule.exact and (part := _known_name(captured, names, said, exact=False)):
        yield part


def _known_name(captured: str, names: Names, said: set[str], *, exact: bool) -> str | None:
    """Return the longest beginning or end of what was captured that is a known name (all of it where `exact`)."""
    words = clean_name(captured).split()
    shorter = [part for cut in range(1, len(words)) for part in (words[:-cut], words[cut:])]
    for part in (words, *(() if exact else shorter)):
        form = " ".join(part).strip(" .,-–")
        if form and squeeze(form) in said:
            return form
        if known := names.known(form):
            return known
    return None


def is_list_of_agencies(text: str, names: Names) -> bool:
    """Tell whether a text is agencies' names and nothing else."""
    pieces = [piece for part in _BETWEEN.split(text) if (piece := clean_name(part))]
    return bool(pieces) and all(is_agency(piece) or _is_ours(piece, names) for piece in pieces)


def _is_ours(piece: str, names: Names) -> bool:
    return names.directory is not None and names.directory.named(piece) is not None


def _names_the_same(linked: str, captured: str) -> bool:
    """Tell whether a link's text is the captured name, or more or less of it; a link may stand on the day beside it."""
    one, other = squeeze(linked), squeeze(captured)
    return bool(one) and (one in other or other in one) and len(linked.split()) <= len(captured.split()) + _MORE_IN_LINK


def _address_of(line: Line, name: str, base: str) -> str | None:
    """The address of the link that bears a name of a list."""
    return next((absolute(base, address) for text, address in line.links if squeeze(text) == squeeze(name)), None)


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


def clean_name(name: str) -> str:
    """Return a name without what stands around it: quotation marks, articles, "the newspaper"."""
    name = plain(name).strip(' \t.,:;–—-|«»“”„"‘()[]*《》【】')
    for _ in range(2):
        name = _TRAILING.sub("", _LEADING.sub("", name)).strip(' .,:;–—-«»“”„"')
    return name


def _is_name(name: str) -> bool:
    """Names have a capital, or are written in letters without case; known ones (dpa) are told by their letters."""
    return (
        any(letter.isupper() or (letter.isalpha() and letter.lower() == letter.upper()) for letter in name)
        or ("." in name and any(letter.isalpha() for letter in name))
        or is_agency(name)
    )
