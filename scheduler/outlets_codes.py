"""Names of countries, languages and kinds as other lists write them → the codes of config.toml; and ids from names. Pure."""

import re
from collections.abc import Collection
from functools import cache

from babel import Locale
from babel.core import get_global

from crawler.outlets import host_of
from scheduler.setting_checks import KINDS
from storage.words import fold

_LOCALES = ("en", "tr", "ru", "uk", "de", "fr", "es", "it", "pt", "el", "ar", "pl", "nl")
"""Languages in which a list may name countries and languages."""
# English names that CLDR has only as variants or not at all
_COUNTRIES = {"turkey": "TR", "uk": "GB", "great britain": "GB", "usa": "US", "u.s.": "US", "united states of america": "US",
              "russian federation": "RU", "south korea": "KR", "north korea": "KP", "republic of korea": "KR", "czech republic": "CZ",
              "czechia": "CZ", "macedonia": "MK", "bosnia": "BA", "iran": "IR", "syria": "SY", "palestine": "PS",
              "ivory coast": "CI", "burma": "MM", "moldova": "MD", "vatican": "VA"}  # fmt: skip
_NO_COUNTRIES = frozenset(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))  # regions of CLDR
_KINDS = {"audio_broadcast": "broadcaster", "video_broadcast": "broadcaster", "tv": "broadcaster", "television": "broadcaster",
          "radio": "broadcaster", "news agency": "agency", "wire": "agency", "wire service": "agency", "print": "newspaper",
          "print_native": "newspaper", "daily": "newspaper", "think tank": "think-tank", "thinktank": "think-tank"}  # fmt: skip
_NO_KINDS = frozenset(("digital_native", "other"))  # Media Cloud's: they say none of ours, and that is no mistake
_TWO_LETTERS = 2
_LONGEST_ID = 48
_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")


def country(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country by its code (two or three letters) or name; None if unknown."""
    code = text.strip().upper()
    if len(code) == _TWO_LETTERS and code in Locale("en").territories:
        return None if code in _NO_COUNTRIES else code
    alias = get_global("territory_aliases").get(code, ())
    if len(alias) == 1 and code.isalpha() and alias[0].isalpha():
        return str(alias[0])
    name = _plain(text)
    return _COUNTRIES.get(name) or _territories().get(name)


def language(text: str) -> str | None:
    """Return the ISO 639-1 code of a language by its code, a tag such as `en-GB`, or its name; None if unknown."""
    code = re.split(r"[-_]", text.strip().lower())[0]
    alias = str(get_global("language_aliases").get(code, code))
    if len(alias) == _TWO_LETTERS and alias in Locale("en").languages:
        return alias
    return _languages().get(_plain(text))


def kind(text: str) -> str | None:
    """Return one of our kinds of outlet; empty for a kind that is none of ours, None for a word we do not know."""
    word = text.strip().lower()
    if word in _NO_KINDS:
        return ""
    return word if word in KINDS else _KINDS.get(word)


def new_id(name: str, url: str, taken: Collection[str]) -> str:
    """Return an id made of a name in Latin letters, else of the address's host, that is not taken."""
    stem = _slug(name) if fold(name).isascii() else ""
    stem = stem if len(stem) >= _TWO_LETTERS else _slug(host_of(url))
    stem = stem[:_LONGEST_ID].strip("-") or "outlet"
    number, id_ = 1, stem
    while id_ in taken:
        number += 1
        id_ = f"{stem}-{number}"
    return id_


def _slug(text: str) -> str:
    return _NOT_IN_IDS.sub("-", fold(text).replace("'", "").replace("’", "")).strip("-")


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


@cache
def _territories() -> dict[str, str]:
    return {
        _plain(name): code
        for locale in reversed(_LOCALES)
        for code, name in Locale(locale).territories.items()
        if len(code) == _TWO_LETTERS and code not in _NO_COUNTRIES
    }


@cache
def _languages() -> dict[str, str]:
    return {
        _plain(name): code
        for locale in reversed(_LOCALES)
        for code, name in Locale(locale).languages.items()
        if len(code) == _TWO_LETTERS
    }
