"""How regular verbs are conjugated, and what follows from how a word ends, whatever a dictionary says of it. Pure.

Dictionaries lack verbs (Polish has none here), and give a form that is also another word (*frappe*, *muestra*) to that one.
Yields a stem and a pattern for what may follow it, both in folded letters, as `storage.endings` reads them. What no
language has as a word does no harm; so stems are made generously, endings are not.
"""

import re
from collections.abc import Callable, Iterator

Ways = Iterator[tuple[str, str]]

_FRENCH_ER = "(?:e|es|ons|ez|ent|ai[st]?|aient|ions|iez|as?|ames|ates|erent|er(?:ai[st]?|as?|ons|ez|ont|ions|iez|aient)?|ee?s?|ant)"
_FRENCH_IR = (
    "i(?:[est]|es|s(?:s(?:e|es|ons|ez|ent|ai[st]|aient|ions|iez|ant))|r|rent|r(?:ai[st]?|as?|ons|ez|ont|aient))?"
)
_FRENCH = (("aux", ()), ("al", ("al(?:e|es)?|aux",)), ("if", ("i(?:f|fs|ve|ves)",)), ("eux", ("eu(?:x|se|ses)",)),
           ("ien", ("ien(?:s|ne|nes)?",)), ("ais", ("ais(?:e|es)?",)), ("ois", ("ois(?:e|es)?",)))  # fmt: skip
_FRENCH_VERBAL = ("ant", "ait", "aient", "erent", "era", "erait", "ons", "ez")  # no noun in -er or -ir has such a form
_SPANISH_VERBAL = ("ndo", "mos", "ron")
_SPANISH = {
    "ar": "(?:o|as?|amos|an|e|es|emos|en|aste|aron|ab(?:a|as|amos|an)|ad[oa]s?|ando|ar(?:e|as?|emos|an|ia|ias|ian)?|as(?:e|en)|ara|aran)",
    "er": "(?:o|es?|emos|en|a|as|amos|an|i|io|iste|ieron|ia|ias|ian|id[oa]s?|iendo|er(?:e|as?|emos|an|ia|ian)?|ier(?:a|an))",
    "ir": "(?:o|es?|imos|en|a|as|amos|an|i|io|iste|ieron|ia|ias|ian|id[oa]s?|iendo|ir(?:e|as?|emos|an|ia|ian)?|ier(?:a|an))",
}
_SPANISH_WITH = "(?:(?:se|me|te|nos)?(?:l[oa]s?|les?)|se|me|te|nos|os)"  # exportarlos, exportándose
_ITALIAN_WITH = "(?:(?:ce|se|te|me|ve|glie)?(?:l[oaie]|ne)|si|ci|vi|mi|ti|gli)"
_STRESSED = "(?:o|as?|an|es?|en)"  # where a Spanish stem changes its vowel
_ITALIAN = {
    "are": "(?:o|i|a|iamo|ate|ano|ai|av[oiae]|avano|at[oaie]|ando|are|o'|ar?ono|er(?:o|ai|a|emo|ete|anno|ebbe|ebbero))",
    "ere": "(?:o|i|e|iamo|ete|ono|ev[oiae]|evano|ut[oaie]|endo|ere|e|erono|er(?:o|ai|a|emo|ete|anno|ebbe|ebbero))",
    "ire": "(?:o|i|e|iamo|ite|ono|iv[oiae]|ivano|it[oaie]|endo|ire|i|irono|ir(?:o|ai|a|emo|ete|anno|ebbe|ebbero)|isc(?:o|i|e|ono|a|ano))",
}
_PAST = "(?:l|la|lo|li|ly|lem|lam|les|las|lismy|lysmy|no|wszy|c)"
_PASSIVE = "n(?:y|a|e|ego|ej|emu|ym|ymi|ych|i)|ni(?:e|a|u|em)"
_POLISH = (
    ("ować", f"(?:owa(?:{_PAST}|{_PASSIVE})|uj(?:e|esz|emy|ecie|a|ac|ac[yaei]|acego|acych)|uj)"),
    ("dawać", f"da(?:wa(?:{_PAST}|{_PASSIVE})|j(?:e|esz|emy|ecie|a))"),
    ("słać", f"sl(?:a(?:{_PAST}|{_PASSIVE})|e|esz|emy|ecie|a)"),
    ("jąć", f"j(?:[ae]{_PAST}|et(?:o|y|a|e|ego|ej|ych|ym|ymi)|m(?:ie|a|uje|uja))"),
    ("sić", f"(?:si{_PAST}|si(?:sz|my|cie|)|sz(?:a|on(?:o|y|a|e|ego|ej|ych|ym|ymi)|eni(?:e|a|u|em)))"),
    ("ywać", f"(?:ywa(?:{_PAST}|{_PASSIVE})|uj(?:e|esz|emy|ecie|a|ac|ac[yaei])|ywaja?)"),
    ("sać", f"(?:sa(?:{_PAST}|{_PASSIVE})|sz(?:e|esz|emy|ecie|a)|saja?)"),
    ("zać", f"(?:za(?:{_PAST}|{_PASSIVE})|z(?:e|esz|emy|ecie|a)|zaja?)"),
    ("ać", f"a(?:{_PAST}|{_PASSIVE}|sz|my|cie|ja|jac|jac[yaei]|jacych|)"),
    ("nąć", f"n(?:a{_PAST}|e{_PAST}|ie(?:ta?|to|ty|te|sz|my|cie|)|iet(?:y|a|e|ego|ej|ych)|a)"),
    ("ić", f"(?:i{_PAST}|i(?:sz|my|cie|)|ia?|a|ion(?:o|y|a|e|ego|ej|ych|ym|ymi)|on(?:o|y|a|e|ego|ej|ych|ym|ymi)|i?eni(?:e|a|u|em))"),
    ("yć", f"(?:y{_PAST}|y(?:sz|my|cie|)|a|on(?:o|y|a|e|ego|ej|ych|ym|ymi)|eni(?:e|a|u|em)|yt(?:y|a|e|o))"),
    ("eć", f"(?:ia{_PAST}|ie{_PAST}|e{_PAST}|a{_PAST}|i(?:sz|my|cie|)|y(?:sz|my|cie|)|e(?:je|)|a)"),
    ("aść", "ad(?:l|la|lo|li|ly|nie|na|ajac)"),
    ("ść", ""),
)  # fmt: skip
_PERSON = "(?:m|n|k|n[iu]z|l[ae]r)"
_TURKISH = (
    "(?:m[ae](?=.))?(?:"
    f"[dt][iu]{_PERSON}?|m[iu]s(?:[iu]m|s[iu]n|[iu]z|l[ae]r|t[iu]r?(?:l[ae]r)?)?"
    f"|[iu]?yor(?:du|mus|sa|dur|lar|lardi|um|uz|sun)*|y?[ae]n(?:l[ae]r)?(?:[iu]n?|[ae]|d[ae]n?)?"
    f"|y?[ae]c[ae](?:k(?:t[iu]r?|l[ae]r|mis)*|g[iu](?:n[iu]?|m|z|nd[ae]n?|n[ae])?)"
    f"|[dt][iu](?:k(?:t[ae]n|l[ae]r[iu]n?[iu]?)?|g[iu](?:n[iu]?|m|nd[ae]n?|n[ae])?)|y?[ae]r(?:ak|ek)|y?[iu]p|y?[iu]nc[ae]"
    f"|[aeiu]?r(?:l[ae]r|d[iu]|s[ae]|k[ae]n)*|m[ae]z(?:l[ae]r)?|m[ae]l[iu]|s[ae]{_PERSON}?|s[iu]n(?:l[ae]r)?"
    f"|m[ae]k(?:t[ae]n?|l[ae]|t[ae]d[iu]r|[iu]c[iu]n)?|m[ae](?:s[iu](?:n[iu]?n?|n[ae]|nd[ae]n?)?|l[ae]r[iu]?(?:n[iu]?n?|n[ae])?|y[iu]|y[ae]|n[iu]n|d[ae]n?)?"
    ")"
)
_GREEK_PREFIXES = (
    "κατα",
    "παρα",
    "απο",
    "επι",
    "ανα",
    "εκ",
    "εξ",
    "συν",
    "δια",
    "προ",
    "υπο",
    "μετα",
    "αντι",
    "εισ",
    "περι",
    "",
)
_GREEK_STEMS = (  # present, aorist, passive aorist
    ("πτω", "ψ", ("φθ", "φτ")), ("βω", "ψ", ("φθ", "φτ")), ("φω", "ψ", ("φθ", "φτ", "φ")), ("πω", "ψ", ("φθ", "φτ")),
    ("ευω", "ευσ", ("ευθ", "ευτ")), ("χω", "ξ", ("χθ", "χτ")), ("γω", "ξ", ("χθ", "χτ")), ("κω", "ξ", ("χθ", "χτ")),
    ("σσω", "ξ", ("χθ", "χτ", "γ")), ("ιζω", "ισ", ("ισθ", "ιστ")), ("αζω", "ασ", ("ασθ", "αστ")), ("αζω", "αξ", ("αχθ", "αχτ")),
    ("ζω", "σ", ("σθ", "στ")), ("ωνω", "ωσ", ("ωθ",)), ("νω", "σ", ("θ",)), ("θω", "σ", ("στ",)), ("ω", "", ()),
)  # fmt: skip
_GREEK_PRESENT = (
    "(?:ω|εισ|ει|ουμε|ετε|ουν|ομαι|εσαι|εται|ομαστε|ονται|οταν|ονταν|οντασ|α|εσ|ε|αμε|ατε|αν|ομεν[οηα][σιυ]?)"
)
_GREEK_AORIST = "(?:ω|εισ|ει|ουμε|ετε|ουν|α|εσ|ε|αμε|ατε|αν)"
_GREEK_PASSIVE = "(?:ω|εισ|ει|ουμε|ειτε|ουν|ηκα|ηκεσ|ηκε|ηκαμε|ηκατε|ηκαν)"
_GREEK_STRESSED = (("(?:ω|αω|ασ|α|αει|αμε|ατε|αν|ουν|ουσε|ουσαν|ωντασ)", ""), (_GREEK_AORIST, "ησ"), (_GREEK_PASSIVE, "ηθ"),
                   ("(?:ω|εισ|ει|ουμε|ειτε|ουν|ειται|ουνται)", ""))  # fmt: skip
_ARABIC_LETTERS = re.compile("[^اويىأإآةه]{3}")
_SHORTEST = 2  # letters of a stem


def conjugated(word: str, folded: str, known: frozenset[str], language: str) -> Ways:
    """Yield stems and what may follow them; `known` are the folded forms a dictionary gives."""
    if language in _BY_LANGUAGE:
        yield from (way for way in _BY_LANGUAGE[language](word, folded, known) if len(way[0]) >= _SHORTEST)


def _english(word: str, folded: str, known: frozenset[str]) -> Ways:
    del word
    if folded + "ed" in known or folded + "d" in known:
        yield folded.removesuffix("e"), "(?:e|es|ed|ing)" if folded.endswith("e") else "(?:s|es|ed|ing)?"


def _german(word: str, folded: str, known: frozenset[str]) -> Ways:
    if known and word[:1].isupper() and not folded.endswith(("s", "x", "z")):
        yield folded, "s?"  # Russlands
    for ending in ("isch", "lich", "ig"):
        if (match := re.fullmatch(rf"(.{{2,}}{ending})(?:e|en|er|es|em)?", folded)) and (
            ending != "ig" or folded[-2:] != "er"
        ):
            yield match[1], "(?:e|en|er|es|em)?"


def _french(word: str, folded: str, known: frozenset[str]) -> Ways:
    verb = not known or any(form.endswith(_FRENCH_VERBAL) for form in known)
    if verb and word.endswith("er"):
        yield folded[:-2], _FRENCH_ER
        if folded.endswith(("ger", "cer")):
            yield folded[:-2], "e?(?:ons|ait|aient|a|ant|ai|ais)"
    if verb and word.endswith("ir"):
        yield folded[:-2], _FRENCH_IR
    if verb and word.endswith(("re", "ir")):
        yield from (
            (form, "(?:s|e|es)?") for form in known if form.endswith(("u", "is", "it")) and form[:2] == folded[:2]
        )
    for ending, patterns in _FRENCH:
        if folded.endswith(ending):
            yield from ((folded.removesuffix(ending), pattern) for pattern in patterns)


def _spanish(word: str, folded: str, known: frozenset[str]) -> Ways:
    del word
    if folded.endswith("z"):
        yield folded[:-1], "(?:z|ces)"
    ending = folded[-2:]
    if ending in _SPANISH and (not known or any(form.endswith(_SPANISH_VERBAL) for form in known)):
        stem = folded[:-2]
        yield stem, _SPANISH[ending]
        yield stem, f"(?:{ending}|{'ando' if ending == 'ar' else 'iendo'}){_SPANISH_WITH}"
        if change := re.fullmatch(r"(.*)([eou])([^aeiou]{1,3})", stem):
            for vowel in {"e": ("ie", "i"), "o": ("ue", "u"), "u": ("ue",)}[change[2]]:
                yield change[1] + vowel + change[3], _SPANISH[ending] if vowel in "iu" else _STRESSED


def _italian(word: str, folded: str, known: frozenset[str]) -> Ways:
    del word
    ending = folded[-3:]
    if ending in _ITALIAN and (not known or any(form.endswith("ndo") for form in known)):
        stem = folded[:-3]
        yield stem, _ITALIAN[ending]
        yield stem, f"(?:{ending[:-1]}|{'ando' if ending == 'are' else 'endo'}){_ITALIAN_WITH}"
        if stem.endswith(("c", "g")):
            yield stem + "h", "(?:i|iamo|er(?:o|ai|a|emo|ete|anno|ebbe|ebbero))"
        yield from ((form[:-1], "[oaie]") for form in known if form.endswith(("to", "so")) and form[:2] == folded[:2])
    if folded.endswith("ico"):
        yield folded[:-3], "ic(?:o|a|i|he)"
    if folded.endswith(("ivo", "ano", "ario")):
        yield folded[:-1], "[oaie]" if folded[-2] != "i" else "(?:o|a|e)?"


def _polish(word: str, folded: str, known: frozenset[str]) -> Ways:
    del known
    for ending, rest in _POLISH:
        if word.endswith(ending):
            yield folded[: -len(ending)], rest or "sc"
            return


def _turkish(word: str, folded: str, known: frozenset[str]) -> Ways:
    del known
    if word.endswith(("mak", "mek")):
        stem = folded[:-3]
        yield stem, _TURKISH
        if stem.endswith(("a", "e")):
            yield stem[:-1], "[iu]yor.*"
        if stem.endswith("t"):
            yield stem[:-1] + "d", f"(?=[aeiu]){_TURKISH}"


def _greek(word: str, folded: str, known: frozenset[str]) -> Ways:
    del known
    if word.endswith("ώ"):
        yield from ((folded[:-1] + more, rest) for rest, more in _GREEK_STRESSED)
    elif folded.endswith(("ω", "ομαι")):
        active = folded.removesuffix("ομαι") + "ω" if folded.endswith("ομαι") else folded
        yield active[:-1], _GREEK_PRESENT
        for prefix in _GREEK_PREFIXES:
            if active.startswith(prefix):
                yield from _greek_past(prefix, active.removeprefix(prefix))


def _greek_past(prefix: str, verb: str) -> Ways:
    """Yield the aorist with and without its augment, and the passive: κατέρριψε, καταρρίψει, καταρρίφθηκε."""
    for present, aorist, passive in _GREEK_STEMS:
        if not verb.endswith(present):
            continue
        stem = verb.removesuffix(present)
        augmented = (prefix[:-1] if prefix[-1:] in set("αοι") and prefix not in {"προ", "περι"} else prefix) + "ε"
        yield prefix + stem + aorist, _GREEK_AORIST
        yield augmented + stem + aorist, "(?:α|εσ|ε|αμε|ατε|αν)"
        yield from ((prefix + stem + end, _GREEK_PASSIVE) for end in passive)
    if verb == "αγω":
        yield (
            (prefix[:-1] if prefix[-1:] in set("αοι") else prefix),
            "(?:ηγαγ(?:α|εσ|ε|αμε|ατε|αν)|αγαγ(?:ω|ει|ουν|εισ)|(?:α|η)χθ(?:ει|ουν|ηκε|ηκαν))",
        )


def arabic_verb(word: str) -> frozenset[str]:
    """Return the forms of an Arabic word that is a verb by its looks: three root letters, or one of أ before them."""
    root = word[1:] if word[:1] == "أ" and len(word) == 4 else word  # noqa: PLR2004 - form IV
    if not _ARABIC_LETTERS.fullmatch(root):
        return frozenset()
    present = {front + root + end for front in "يتن" for end in ("", "ون", "ان", "وا")}
    return frozenset(present | {word + end for end in ("ت", "وا", "تا", "نا")})


_BY_LANGUAGE: dict[str, Callable[[str, str, frozenset[str]], Ways]] = {
    "en": _english, "de": _german, "fr": _french, "es": _spanish, "it": _italian, "pl": _polish, "tr": _turkish, "el": _greek,
}  # fmt: skip
