"""A byline, as printed or as structured data gives it → names of people: no roles, places, outlets, handles. Pure."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from crawler.months import MONTHS
from crawler.name_rules import (
    ASIDE,
    BY,
    DEGREES,
    DENSE_BY,
    DENSE_ROLE,
    LATIN_AND,
    NO_DENSE_NAME,
    NOT_A_PERSON,
    OTHER_WORK,
    PARTICLES,
    PLACES,
    ROLES,
    SPLIT,
    STOP,
    TRAIL,
    WITH,
)
from crawler.printing import plain
from storage.words import fold

_DAY = re.compile(r"[\s,|–—-]+([^\W\d_]{3,12})\.?\s+\d{1,2}\b.*$")
_LONGEST = 5  # words of a name, particles not counted
_PAIR = 2  # given and family name
_DENSE = (2, 4)  # letters of a name in a script that writes it in one
_DENSE_PAIR = 6  # letters of a Japanese name with a space in it
_LISTED = "记"  # of 记者, behind which spaces part names
_ONE_WORD = re.compile(r"[A-ZÀ-ÞĀ-ŽА-ЯΑ-Ω][a-zß-ÿā-žа-яёα-ώςіїєґ'’-]{2,14}")
_MARKS = " .,:-–—()\"'«»“”*"
_LONGEST_BYLINE = 500  # characters of what states authors; no list of people is longer, and patterns here are quadratic


def people(text: str, shunned: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the names of people in a byline. `shunned`: squeezed names of outlets and agencies."""
    for piece in _pieces(text):
        for name in _dense_names(piece, listed=_LISTED in text) or [_without_role(piece, shunned)]:
            if _is_person(name) and squeezed(name) not in shunned:
                yield name


def given_names(text: str, shunned: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the one word a byline consists of where it can be somebody's first name: "By Ramona"."""
    pieces = _pieces(text)
    name = pieces[0] if len(pieces) == 1 else ""
    if _ONE_WORD.fullmatch(name) and not NOT_A_PERSON.search(name) and squeezed(name) not in shunned:
        yield name


@lru_cache(maxsize=2048)  # every page asks for the same two hundred agencies
def squeezed(name: str) -> str:
    """Return the letters and digits of a name, folded: "MDR.de" and "Mdr De" are one."""
    return re.sub(r"[\W_]+", "", fold(name))


def without_by(text: str) -> str:
    """Return a byline without its "By"."""
    return DENSE_BY.sub("", BY.sub("", text))


def _pieces(text: str) -> list[str]:
    """Part a byline at commas, bars and words for "and", without its "By", days and what is said of pictures."""
    text = plain(text[:_LONGEST_BYLINE])
    if "://" in text:  # an account's address, or a webmaster with his own
        return []
    text = OTHER_WORK.sub("", TRAIL.sub("", _without_day(ASIDE.sub(" ", text))))
    text = without_by(text)
    pieces = [WITH.sub("", without_by(piece)).strip(_MARKS) for piece in SPLIT.split(text) if piece]
    pieces = _together(text, _family_first(text, [piece for piece in pieces if piece]))
    mixed = any(not piece.isupper() for piece in pieces if " " in piece)
    return [piece for piece in pieces if not (mixed and piece.isupper())]  # beside names an outlet's or a role


def _without_day(text: str) -> str:
    """Leave out a month and day behind the names, and what follows them."""
    found = _DAY.search(text)
    return text[: found.start()] if found and fold(found[1]) in MONTHS else text


def _family_first(text: str, pieces: Sequence[str]) -> list[str]:
    """Turn "Miller, Anna; de la Cruz, Juan" into names: where commas part pairs of a family name and given names."""
    pairs = list(zip(pieces[::2], pieces[1::2], strict=False))
    listed = [part for part in re.split(r"\s*;\s*|\s(?:and|und|et|y|e)\s", text) if part]
    if len(pieces) % 2 or not pairs or len(listed) != len(pairs) or any(part.count(",") != 1 for part in listed):
        return list(pieces)
    return [f"{given} {family}" for family, given in pairs] if all(map(_is_family_first, pairs)) else list(pieces)


def _is_family_first(pair: tuple[str, str]) -> bool:
    family, given = (words.split() for words in pair)
    particles = [word for word in family if word.lower() in PARTICLES]
    return len(family) - len(particles) == 1 and len(given) == 1 and not NOT_A_PERSON.search(" ".join(pair))


def _together(text: str, pieces: Sequence[str]) -> list[str]:
    """Put names with an "and" in them together again: José Ortega y Gasset."""
    joined: list[str] = []
    for piece in pieces:
        if joined and " " not in piece and " " in joined[-1]:
            both = re.search(rf"{re.escape(joined[-1])}\s{LATIN_AND}\s{re.escape(piece)}", text)
            if both:
                joined[-1] = both[0]
                continue
        joined.append(piece)
    return joined


def _without_role(piece: str, shunned: frozenset[str]) -> str:
    """Cut off what a name's owner is, where and for whom: "Anna Miller in Berlin", "Anna Miller Political Editor"."""
    words = piece.split()
    while len(words) > _PAIR and (squeezed(words[-1]) in shunned or squeezed(words[-1]) in DEGREES):
        words.pop()
    stop = next((at for at, word in enumerate(words) if at >= _PAIR and word.lower() in STOP), len(words))
    words = words[:stop]
    role = len(words)
    while role > _PAIR and words[role - 1].lower().strip(".,") in ROLES:
        role -= 1
    return " ".join(words[:role] if len(words) - role >= _PAIR else words).strip(_MARKS)


def _dense_names(piece: str, *, listed: bool) -> list[str]:
    """Names in scripts that write them in one word: 김철수 기자. Two words are one Japanese name, unless `listed`: 记者 王小明 李华."""
    words = DENSE_ROLE.sub(" ", piece).split()
    if len(words) == _PAIR and not listed and sum(map(len, words)) <= _DENSE_PAIR and all(map(_in_dense, words)):
        return [" ".join(words)]
    return words if words and all(map(_is_dense, words)) else []


def _is_dense(word: str) -> bool:
    return _DENSE[0] <= len(word) <= _DENSE[1] and _in_dense(word)


def _in_dense(word: str) -> bool:
    return all("\u3040" <= letter <= "\ud7af" for letter in word)


def _is_person(name: str) -> bool:
    words = name.split()
    own = [word for word in words if word.lower() not in PARTICLES]
    if len(words) < _PAIR or len(own) > _LONGEST or len(words) > 2 * _LONGEST:
        return _is_dense(name) and not NO_DENSE_NAME.search(name)
    if NOT_A_PERSON.search(name) or NO_DENSE_NAME.search(name) or fold(name) in PLACES:
        return False
    return all(
        word[0].isupper() or not word[0].isalpha() or not _cased(word[0]) or word.lower() in PARTICLES for word in words
    )


def _cased(letter: str) -> bool:
    return letter.lower() != letter.upper()
