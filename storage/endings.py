"""How words without a dictionary inflect: a stem and a pattern for what may follow it. Folded letters. Pure.

Turkish needs no dictionary at all, its endings are regular; for the others this is what names do
(Sarmat: Sarmats; Σαρμάτης: Σαρμάτη; Ankara: Ankarze), and what the dictionaries leave out.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

VOWELS = frozenset("aeiou")
_UNCHANGING = re.compile("ki|ken")  # Turkish endings that keep their vowel


class Rule(NamedTuple):
    """A word is an inflected form if it starts with `stem` and `rest` matches all that follows."""

    stem: str
    rest: re.Pattern[str]
    harmony: bool = False
    """The vowels of `rest` must follow those of the stem, as in Turkish."""

    def matches(self, folded: str) -> bool:
        """Say whether `folded` is a form."""
        if not folded.startswith(self.stem) or self.rest.fullmatch(folded, len(self.stem)) is None:
            return False
        return not self.harmony or _harmonic(self.stem, folded[len(self.stem) :])


def _harmonic(stem: str, rest: str) -> bool:
    """Say whether endings follow Turkish vowel harmony as far as folded letters show it: İskenderin, not İskenderun."""
    last = next((c for c in reversed(stem) if c in VOWELS), "")
    for vowel in (c for c in _UNCHANGING.sub("", rest) if c in VOWELS):
        if (vowel == "u" and last in {"a", "e", "i"}) or (vowel == "i" and last in {"o", "u"}):
            return False
        last = vowel
    return True


# Turkish cases after a consonant, after a vowel, after a possessive of the third person. Only there -ca is taken for a
# case (Bakanlığınca, by the ministry): else it names a language (Türkçe is not Türk, Rusça not Rus).
_CASE_C = "(?:[iu]n?|[ae]|[dt][ae]n?|l[ae])"
_CASE_V = "(?:y[iu]|n[iu]n|y[ae]|[dt][ae]n?|yl[ae])"
_CASE_P = "(?:n[iu]n?|n[ae]|nd[ae]n?|yl[ae]|nc[ae])"
_POSSESSED_C = f"(?:[iu]m[iu]z{_CASE_C}?|[iu]{_CASE_P}?)"
_POSSESSED_V = f"(?:m[iu]z{_CASE_C}?|s[iu]{_CASE_P}?)"
_PLURAL = f"l[ae]r(?:{_POSSESSED_C}|{_CASE_C})?"
_TAIL = f"(?:ki(?:l[ae]r{_CASE_C}?|{_CASE_P})?)?(?:[dt][iu]r(?:l[ae]r)?|y?[dt][iu]|y?m[iu]s|y?s[ae]|y?ken)?"
_TR_C = f"(?:{_PLURAL}|{_POSSESSED_C}|{_CASE_C})?{_TAIL}"
_TR_V = f"(?:{_PLURAL}|{_POSSESSED_V}|{_CASE_V})?{_TAIL}"
_TR_SOFT = {"k": "g", "t": "d", "p": "b"}
_TR_HARD = {soft: hard for hard, soft in _TR_SOFT.items()}
_TR_SHORTEST = 3  # letters of a stem that endings are taken from
_SHORTEST = 2


def _turkish(word: str) -> Iterator[tuple[str, str]]:
    yield word, _TR_V if word[-1] in VOWELS else _TR_C
    if word[-1] in "iu":
        yield word, f"{_CASE_P}{_TAIL}"  # Bakanlığı: Bakanlığına
    if word[-3:] in {"lar", "ler"} and len(word) >= _TR_SHORTEST + 3:
        yield from _turkish(word[:-3])
    syllables = sum(c in VOWELS for c in word)
    if syllables == 1 and word[-1] not in VOWELS:
        yield word + word[-1], f"(?=[aeiu]){_TR_C}"  # üs: üssü
    if word[-1] in _TR_SOFT and (syllables > 1 or word.endswith(("nk", "lp"))):
        yield word[:-1] + _TR_SOFT[word[-1]], f"(?=[aeiu]){_TR_C}"
    if syllables > 1 and word[-1] not in VOWELS and word[-2] in "iu" and word[-3:-2] not in VOWELS:
        yield word[:-2] + word[-1], f"(?=[aeiu]){_TR_C}"  # şehir: şehri


def _turkish_compound(word: str) -> Iterator[tuple[str, str]]:
    """The last word of a compound carries a possessive in the dictionary already: sistemi, sistemleri."""
    yield from _turkish(word)
    if word[-1] in "iu" and len(word) > _TR_SHORTEST:
        for bare in _without_possessive(word):
            yield bare, f"l[ae]r[iu]{_CASE_P}?{_TAIL}"


def _without_possessive(word: str) -> Iterator[str]:
    """Yield what the plural is made of: sistemi: sistem, kaynağı: kaynak, hattı: hat, şehri: şehir."""
    bare = word[:-1]
    yield bare
    if word.endswith(("si", "su")):
        yield word[:-2]
    if bare[-1] in _TR_HARD:
        yield bare[:-1] + _TR_HARD[bare[-1]]
    if bare[-1] == bare[-2]:
        yield bare[:-1]
    elif not VOWELS & set(bare[-2:]):
        vowel = "u" if next((c for c in reversed(bare) if c in VOWELS), "") in {"o", "u"} else "i"
        yield bare[:-1] + vowel + bare[-1]


# Endings by how the dictionary form ends; the longest that fits is used. The first of a row is taken off.
_GREEK = {
    "μα": "(?:μα|ματοσ|ματα|ματων)", "ικοσ": "ικ(?:οσ|ου|ο|ε|οι|ων|ουσ|η|ησ|εσ|α)", "ισ": "(?:ισ|εωσ|εισ|εων|η|ησ)",
    "οσ": "(?:οσ|ου|ο|ε|οι|ων|ουσ)", "ησ": "(?:ησ|η|εσ|ων)", "ασ": "(?:ασ|α|εσ|ων)", "α": "(?:α|ασ|εσ|ων)",
    **{f"{c}η": f"{c}(?:η|ησ|εσ|εισ|εων|εωσ|ων)" for c in "σξψλμτ"},  # once in -ις: πόλεις
    "η": "(?:η|ησ|εσ|ων)", "ο": "(?:ο|ου|α|ων)", "ι": "(?:ι|ιου|ια|ιων)",
}  # fmt: skip
_POLISH = {
    "ski": "s(?:k(?:i|iego|iemu|im|a|iej|ie|ich|imi)|cy)", "cki": "c(?:k(?:i|iego|iemu|im|a|iej|ie|ich|imi)|cy)",
    "ny": "n(?:y|ego|emu|ym|a|ej|e|i|ych|ymi|ow|om|ami|ach)?", "wy": "w(?:y|ego|emu|ym|a|ej|e|i|ych|ymi)",
    "cje": "cj(?:e|i|om|ami|ach)", "ory": "or(?:y|ow|om|ami|ach)", "ki": "k(?:i|iego|iemu|im|a|iej|ie|ich|imi)",
    "gi": "g(?:i|iego|iemu|im|a|iej|ie|ich|imi)", "nik": "ni(?:k(?:u|a|owi|iem|i|ow|om|ami|ach)?|cy)", "ca": "c(?:a|y|e|o|ow|om|ami|ach)?",
    "ster": "st(?:er|ra|rowi|rem|rze|rowie|row|rom|rami|rach)", "ek": "(?:ek(?:u|a|owi|iem|i|ow|om|ami|ach)?|k(?:u|a|owi|iem|i|ow|om|ami|ach))",
    "iec": "(?:iec|c(?:a|owi|em|u|e|y|ow|om|ami|ach))", "anin": "an(?:in(?:a|owi|em|ie)?|ie|om|ami|ach)?", "sel": "s(?:el|l(?:a|owi|em|e|owie|ow|om|ami|ach))",
    "giel": "g(?:iel|l(?:a|u|em|e))", "gien": "g(?:ien|ni(?:a|u|em|e))", "zien": "(?:zien|zni(?:a|owi|em|u|owie|ow|om|ami|ach))",
    "kiew": "k(?:iew|wi(?:e|a)?)", "ska": "sk(?:a|iej|i|e|o|om|ami|ach)|sce", "one": "on(?:e|ych|ym|ymi)", "nie": "ni(?:e|a|u|em|om|ami|ach)|n",
    "rno": "r(?:n(?:o|a|u|em|ie|om|ami|ach)|en)", "ko": "k(?:o|a|u|iem|om|ami|ach)?", "d": "d(?:u|a|owi|em|y|ow|om|ami|ach|zie|zi)?",
    "r": "r(?:u|a|owi|em|y|ow|om|ami|ach|owie|ze|zy)?", "y": "(?:y|ego|emu|ym|a|ej|e|ych|ymi|ow|om|ami|ach)?",
    "jna": "j(?:na|ny|nie|ne|no|nom|nami|nach|en)", "nt": "n(?:t(?:u|a|owi|em|y|ow|om|ami|ach)?|cie|ci)", "asto": "(?:ast(?:o|a|u|em|om|ami|ach)?|escie)",
    "ja": "j(?:a|i|e|o|om|ami|ach)|i", "ka": "(?:k(?:a|i|iej|e|o|om|ami|ach)?|ce|ek)", "ga": "(?:g(?:a|i|iej|e|o|om|ami|ach)?|dze)",
    "ra": "r(?:a|y|ze|e|ej|o|om|ami|ach)?", "ta": "(?:t(?:a|y|e|ej|o|om|ami|ach|ow)?|ci|cie)", "da": "d(?:a|y|zie|e|ej|o|om|ami|ach)?",
    "a": "(?:a|y|i|e|ie|ej|o|om|ami|ach)?", "o": "(?:o|a|u|em|ie|om|ami|ach)?", "e": "(?:e|a|u|em|om|ami|ach)?",
    "g": "g(?:u|a|owi|owie|iem|i|ow|om|ami|ach)?", "k": "k(?:u|a|owi|iem|i|ow|om|ami|ach)?",
    "t": "(?:t(?:u|a|owi|em|y|ow|om|ami|ach)?|ci|cie)", "": "(?:u|a|owi|em|ie|y|i|e|ow|om|ami|ach|owie|ze|ia|iom|iami|iach)?",
}  # fmt: skip
_DECLINED = "e|y|a|ego|ej|emu|ym|ymi|ych|i"
_POLISH |= {  # adjectives as they stand in names: Morze Czarne, Siły Zbrojne, Nowe Delhi; some nouns end alike
    **{f"{c}e": f"{c}(?:{_DECLINED})" for c in "nwrdt"},
    **{f"{c}e": f"{c}(?:{_DECLINED}|u|em|om|ami|ach)?" for c in ("l", "sz", "cz")},
    **{f"{c}ie": f"{c}i?(?:e|a|ego|ej|emu|m|mi|ch)?" for c in "kg"},
}
_ITALIAN = {"co": "c(?:o|a|hi|i|he)", "ca": "c(?:a|he)", "go": "g(?:o|a|hi|he)", "ga": "g(?:a|he)", "io": "i(?:o|a|e)?",
            "o": "[oaie]", "e": "[ei]", "a": "[ae]", "": ""}  # fmt: skip
_SIMPLE = {
    "en": {"y": "(?:y|ys|ies)", "s": "s(?:es)?", "": "(?:s|es)?"},
    "de": {"e": "e(?:n|s)?", "er": "er(?:n|s)?", "s": "s(?:es|e|en)?", "isch": "isch(?:e|en|er|es|em)?", "": "(?:s|es|e|en|er|n)?"},
    "fr": {"s": "s", "x": "x", "": "(?:s|e|es|x)?"},
    "es": {"z": "(?:z|ces)", "o": "(?:o|a)s?", "": "(?:s|es)?"},
    "it": _ITALIAN,
    "el": _GREEK,
    "pl": _POLISH,
}  # fmt: skip


def _by_ending(word: str, table: dict[str, str]) -> Iterator[tuple[str, str]]:
    for length in range(5, -1, -1):
        ending = word[len(word) - length :]
        if ending in table and len(word) > length + 1:
            yield word[: len(word) - length], table[ending]
            return


def written(ways: Iterable[tuple[str, str]], *, harmony: bool = False) -> tuple[Rule, ...]:
    """Return stems and what may follow them as rules."""
    return tuple(Rule(stem, _pattern(rest), harmony=harmony) for stem, rest in ways)


@cache
def _pattern(rest: str) -> re.Pattern[str]:
    return re.compile(rest)


def rules(folded: str, language: str, *, compound: bool = False) -> tuple[Rule, ...]:
    """Return how `folded` may end in `language`; `compound` for the last word of a phrase. Empty: not known."""
    if len(folded) < _SHORTEST or not folded.isalpha():
        return ()
    if language == "tr":
        turkish: Callable[[str], Iterator[tuple[str, str]]] = _turkish_compound if compound else _turkish
        return written(turkish(folded), harmony=True)
    return written(_by_ending(folded, _SIMPLE.get(language, {})))
