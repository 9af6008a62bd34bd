"""The inflected forms of a word, from dictionaries where there is one, else by its endings; and base forms.

Forms are made from the query's words rather than base forms from the text's words: the dictionaries (up to 45 MB
when open) are read once for all words of a language and closed again, and matching is a look-up.
Measured on nouns and names of Universal Dependencies, lemmas found this way beat stems in every language but
cost too much per word of text (findings: 27–425 µs); Turkish endings are regular enough to need no dictionary.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import pymorphy3
import Stemmer
from simplemma.strategies.dictionaries import DefaultDictionaryFactory, StreamDictionaryFactory
from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

from storage.endings import Rule, rules, written
from storage.irregular import irregular
from storage.kept_forms import kept
from storage.verbs import arabic_verb, conjugated
from storage.words import fold

MORPHOLOGY = frozenset({"ru", "uk"})
_NO_DICTIONARY = MORPHOLOGY | {"tr", "az", "pl"}  # Turkish: endings do better; Polish: 360 MB
_SMALL = frozenset({"ar", "el", "en", "fr", "it"})  # read into memory whole, 25 to 45 MB; others take 110 MB and more
_START = 3  # letters by which forms are looked for in the others
_SHORTEST_TAIL = 4  # letters of the last part of a German compound
_NAMES = frozenset({"Abbr", "Geox", "Name", "Orgn", "Surn"})  # OpenCorpora's marks of acronyms and names
_LEAST_SCORE = 0.1  # of a guess at an unknown Slavic word


@dataclass(frozen=True, slots=True)
class Forms:
    """What counts as one word: folded forms, and rules for those nobody listed."""

    exact: frozenset[str]
    rules: tuple[Rule, ...] = ()

    def match(self, folded: str) -> bool:
        """Say whether a folded word is one of the forms."""
        return folded in self.exact or any(rule.matches(folded) for rule in self.rules)


def inflect(words: Iterable[str], language: str, *, compound: bool = False) -> dict[str, Forms]:
    """Return the forms of each word in `language` (ISO 639-1; any other code: the word itself, folded).

    `compound`: the words end phrases, where a Turkish word carries a possessive already.
    """
    wanted = frozenset(words)
    known = _known(wanted, language)
    return {word: _forms(word, known.get(word, frozenset()), language, compound) for word in wanted}


def acronym(word: str, language: str) -> Forms:
    """Return the forms of a word written in capitals: only Turkish writes endings onto it (Natoya)."""
    folded = fold(word)
    return Forms(frozenset({folded}), rules(folded, language) if language == "tr" else ())


def common(words: Iterable[str], language: str) -> frozenset[str]:
    """Return those of `words` that are also ordinary words of the language, as WHO is who."""
    return _common(frozenset(word.lower() for word in words), language)


@lru_cache(maxsize=50_000)
def bases(folded: str, language: str) -> frozenset[str]:
    """Return keys that the inflected forms of a folded word share, for the archive's vocabulary.

    Cheap (4 µs, Russian and Ukrainian 70 µs) and a little generous. Turkish words are their own: endings are matched
    on the query's side. A language without stems gives nothing.
    """
    if language in MORPHOLOGY:
        parses = _analyzer(language).parse(folded)
        return frozenset(fold(parse.normal_form) for parse in parses[:_READINGS])
    if language == "tr":
        return frozenset({folded})
    if language not in _STEMS:
        return frozenset()
    if language == "ar":
        folded = _ARABIC_FRONT.sub("", folded)
    stem = _stemmer(language).stemWord(folded)
    return frozenset({stem.rstrip("ι") if language == "el" else stem})  # the Greek one stems Τουρκία and Τουρκίας apart


@lru_cache(maxsize=8)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMS[language])


def close_dictionaries() -> None:
    """Give back the memory of dictionaries that are still open; they open again when needed."""
    _dictionary.cache_clear()
    _analyzer.cache_clear()


@lru_cache(maxsize=1)
def _dictionary(language: str) -> Mapping[str, str]:
    factory = DefaultDictionaryFactory if language in _SMALL else StreamDictionaryFactory
    dictionary: Mapping[str, str] = factory().get_dictionary(language)
    return dictionary


@lru_cache(maxsize=64)
def _common(words: frozenset[str], language: str) -> frozenset[str]:
    if language in MORPHOLOGY:
        parses = {word: _analyzer(language).parse(word) for word in words}
        return frozenset(w for w, found in parses.items() if found[0].is_known and not _NAMES & found[0].tag.grammemes)
    if not words or language not in SUPPORTED_LANGUAGES - _NO_DICTIONARY:
        return frozenset()
    listed = kept("common", words, language, lambda: {word: [word] for word in words if word in _dictionary(language)})
    return frozenset(listed)


@lru_cache(maxsize=64)
def _known(words: frozenset[str], language: str) -> dict[str, frozenset[str]]:
    """Return the forms that a dictionary gives, by word."""
    if language in MORPHOLOGY:
        return {word: _slavic(word, language) for word in words}
    if words and language in SUPPORTED_LANGUAGES - _NO_DICTIONARY:
        return kept("forms", words, language, lambda: _from_dictionary(words, language))
    return {}


def _forms(word: str, known: frozenset[str], language: str, compound: bool) -> Forms:
    folded = fold(word)
    exact = frozenset(map(fold, known | irregular(word, language))) | {folded}
    if language == "ar":
        return Forms(_with_clitics(folded, exact, arabic_verb(word)))
    ways = rules(folded, language, compound=compound) if not known or language == "el" else ()
    verbal = conjugated(word, folded, exact if known else frozenset(), language)
    return Forms(exact, (*ways, *written(verbal, harmony=language == "tr")))


def _from_dictionary(words: frozenset[str], language: str) -> dict[str, frozenset[str]]:
    """Read a dictionary once, from end to end, and keep what belongs to `words`; nothing for a word it lacks."""
    dictionary = _dictionary(language)
    spellings = {word: {word, word.lower(), word.capitalize()} for word in words}
    lemmas = {word: {found for s in spellings[word] if (found := dictionary.get(s))} for word in words}
    tails = {word: _tails(word) if language == "de" else [] for word in words}
    wanted: dict[str, set[str]] = {}
    for word in words:
        for lemma in (*spellings[word], *lemmas[word], *(tail for _, tail in tails[word])):
            wanted[lemma] = set()
    starts = {fold(lemma)[:_START] for lemma in wanted}
    for form in dictionary:
        if language not in _SMALL and fold(form[:_START]) not in starts:
            continue
        if (group := wanted.get(dictionary.get(form) or "")) is not None:
            group.add(form)
    return {word: _own(word, spellings[word], lemmas[word], tails[word], wanted) for word in words}


def _own(
    word: str, spellings: set[str], lemmas: set[str], tails: list[tuple[str, str]], found: dict[str, set[str]]
) -> frozenset[str]:
    for group in (spellings, lemmas):
        if forms := frozenset().union(*(found[lemma] for lemma in group)):
            return forms | {word}
    for head, tail in tails:
        if found[tail]:
            return frozenset(head + form for form in found[tail])
    return frozenset()


def _tails(word: str) -> list[tuple[str, str]]:
    """Return the splits of a German compound into a head and a noun, longest noun first."""
    return [(word[:i], word[i:].capitalize()) for i in range(3, len(word) - _SHORTEST_TAIL + 1)]


@lru_cache(maxsize=2)
def _analyzer(language: str) -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang=language)


def _slavic(word: str, language: str) -> frozenset[str]:
    parses = _analyzer(language).parse(word.lower())
    base = [parse for parse in parses if fold(parse.normal_form) == fold(word)]
    likely = [parse for parse in base if parse.is_known or parse.score >= _LEAST_SCORE]
    if not base:  # an inflected form; a guess at an unknown name in -е or -о would invent a declension
        likely = [parse for parse in parses if parse.is_known or word[-1:] in "иы"]
    forms = {form.word for parse in likely for form in parse.lexeme}
    if language == "uk" and word[:1].isupper() and fold(word)[-1:] in _UK_CONSONANTS:
        forms |= {word + ending for ending in _UK_NAMES}  # names waver: Авангарда, Авангарду; of weapons there are many
    if language == "uk" and word.endswith("ти"):
        forms |= {form[:-1] + ending for form in forms if form.endswith(("то", "но")) for ending in _UK_PASSIVE}
    return frozenset(forms)


_STEMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian",
    "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "sv": "swedish",
}  # fmt: skip
_UK_CONSONANTS = frozenset("бвгґджзклмнпрстфх")
_UK_NAMES = ("а", "у", "ом", "ові", "і", "и", "ів", "ам", "ами", "ах")
_UK_PASSIVE = ("ий", "а", "е", "і", "ого", "ої", "ому", "ій", "им", "ою", "у", "их", "ими")  # of збито
_READINGS = 3  # of an ambiguous Slavic word
_ARABIC_FRONT = re.compile("^[وف]?(?:[بك]?ال|لل)(?=...)")

_AND, _TO, _THE = ("", "و", "ف"), ("", "ب", "ك", "ل"), "ال"
_LED = frozenset("".join(parts) for parts in product(_AND, _TO))
_DEFINITE = frozenset((front + _THE).replace("لال", "لل") for front in _LED)
_OWNERS = ("", "ه", "ها", "هم", "نا", "هما")
_ENDINGS = (*_OWNERS, "ان", "ين", "ون", "ات")
_ACCUSATIVE, _CONSTRUCT = "ا", "ي"  # of what has no article; the first not behind by, as, to either
_AGENT = re.compile("م|.ا")  # words that have a plural in -ون, before another noun -ي; else -ي makes a Qatari of Qatar
_LIKE_A_DEED = re.compile("م.ا..")  # straits; with -ه or -ات it is the noun of a verb (مضايقة, harassment)


def _with_clitics(base: str, words: frozenset[str], verbs: frozenset[str]) -> frozenset[str]:
    """Return Arabic words with what is written onto them: and, so, by, as, to, the; endings, his, her, their, our."""
    found = {front + fold(verb) + end for verb in verbs for front in ("", *"وفلس") for end in ("", "ه", "ها", "هم")}
    for word in {word.removeprefix(_THE) for word in words}:
        if word.endswith(_CONSTRUCT) and not base.endswith(_CONSTRUCT):  # the rockets of; with an article, of rockets
            found |= {front + word for front in _LED}
            continue
        for stem, end in _ended(word, whole=word == base.removeprefix(_THE)):
            found |= {front + stem + end for front in _FRONTS.get(end, _LED | _DEFINITE)}
    return frozenset(found)


_FRONTS: Mapping[str, Iterable[str]] = {_ACCUSATIVE: _AND, _CONSTRUCT: _LED}


def _ended(word: str, *, whole: bool) -> Iterator[tuple[str, str]]:
    """Yield stems and endings; only what a query asks for, not its broken plural, takes those of dual and plural."""
    owners = tuple(end for end in _OWNERS if end != "ه") if _LIKE_A_DEED.fullmatch(word) and not whole else _OWNERS
    yield from ((word, end) for end in (*(_ENDINGS if whole else owners), _ACCUSATIVE))
    if whole and _AGENT.match(word):
        yield word, _CONSTRUCT
    if word.endswith("ه"):
        yield from ((word[:-1] + "ت", end) for end in (*(_ENDINGS if whole else owners), _ACCUSATIVE))
        if whole:
            yield word[:-1], "ات"
