"""The shape of a credit rule, and the phrases in which a text cites a source, which is less than being its copy. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from storage.records import CreditKind, Role

Where = Literal["anywhere", "top", "start", "end", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way in which a line names a source."""

    name: str
    languages: tuple[str, ...]
    """ISO 639-1; for readers of the table, every rule reads every page."""
    pattern: re.Pattern[str]
    role: Role
    kind: CreditKind
    confidence: float
    where: Where
    known: bool = False
    """Believes only names of outlets and agencies."""
    whole: bool = False
    """The line says nothing else and is no part of the text."""
    hints: tuple[str, ...] = ()
    """One of these stands in every line the pattern matches, in lower case: most lines are told apart without the pattern."""


QUOTED = r"[«“„\"'‘]?"
_CAPITAL = r"(?P<source>[A-ZÀ-ÖØ-ÞĞİŞА-ЯЁІЇЄҐΑ-ΩΆΈΉΊΌΎΏ\u0621-\u064a][\w'’.&/\-]*(?:\s+(?:[A-ZÀ-ÖØ-ÞĞİŞА-ЯЁІЇЄҐΑ-Ω0-9][\w'’.&/\-]*|of|the|de|du|der|für|\u0600-\u06ff)){0,4})"
_ARABIC = r"(?P<source>[\u0621-\u064a]+(?:\s[\u0621-\u064a]+){0,3})"


def _cite(name: str, languages: str, hints: str, phrase: str, source: str = _CAPITAL) -> Rule:
    """A phrase of the text that names a known source."""
    pattern = re.compile(phrase.replace("SRC", QUOTED + source))
    return Rule(
        name=name,
        languages=tuple(languages.split()),
        pattern=pattern,
        role="citation",
        kind="credit_line",
        confidence=0.7,
        where="text",
        known=True,
        hints=tuple(hints.split("|")),
    )


CITATIONS = (
    _cite(
        "according-to",
        "en",
        "ccording to",
        r"\b[Aa]ccording\s+to\s+(?:the\s+|a\s+)?(?:\w+\s+(?:newspaper|news\s+agency|agency|daily)\s+)?SRC",
    ),
    _cite(
        "told",
        "en",
        "told|tells|interview|by|citing|quoting",
        r"\b(?:told|tells|interview\s+with|reported\s+by|cited\s+by|quoted\s+by|citing|quoting)\s+(?:the\s+)?SRC",
    ),
    _cite(
        "reports",
        "en",
        "report|said|wrote|writes|quoted",
        r"SRC\s+(?:reported|reports|has\s+reported|said\s+in\s+a\s+report|wrote|writes|quoted)\b",
    ),
    _cite(
        "laut",
        "de",
        "laut|nach|bericht|melde|gegenüber|zitiert",
        r"\b(?:[Ll]aut|[Nn]ach\s+(?:Informationen|Angaben)\s+(?:von|der|des)|berichtete?n?|meldete?|gegenüber|zitierte?)\s+(?:die\s+|der\s+|das\s+|dem\s+|den\s+)?(?:Nachrichtenagentur\s+|Zeitung\s+)?SRC",
    ),
    _cite(
        "selon",
        "fr",
        "selon|après|rapporte|indiqué|déclaré|confié|auprès|cité",
        r"\b(?:[Ss]elon|[Dd]['’]après|rapporte|a\s+(?:indiqué|déclaré|confié)\s+à|auprès\s+de|cité\s+par)\s+(?:l['’](?:agence\s+)?|la\s+|le\s+)?SRC",
    ),
    _cite(
        "según",
        "es pt it",
        "seg|secondo|inform|reportó",
        r"\b(?:[Ss]eg[úu]n|[Ss]egundo|[Ss]econdo|informó|inform[ao]u?|reportó)\s+(?:la\s+agencia\s+|a\s+agência\s+|l['’]agenzia\s+|la\s+|el\s+|o\s+|a\s+)?SRC",
    ),
    _cite(
        "сообщает",
        "ru",
        "сообщ|переда|пис|пиш|информ|заяв|рассказ|отмеча",
        r"\b(?:[Сс]ообща(?:ет|ют|ло|ла|л)|[Сс]ообщил[аио]?|[Пп]ереда[её]т|[Пп]ередал[аио]?|[Пп]иш(?:ет|ут)|[Пп]исал[аио]?|[Ии]нформирует|[Зз]аявил[аи]?|рассказал[аи]?|отмечает)\s+(?:об\s+этом\s+|в\s+(?:интервью|беседе\s+с)\s+)?(?:корреспондент(?:у|ом)?\s+)?(?:агентств[оау]\s+|газет[аеы]\s+|издани[ея]\s+|телеканал\w*\s+)?SRC",
    ),
    _cite(
        "со-ссылкой-на",
        "ru uk",
        "ссылк|по дан|по инф|по соо|посиланням|за да|за інф",
        r"(?:\bсо\s+ссылкой\s+на|\b[Пп]о\s+(?:данным|информации|сообщению)|\bз\s+посиланням\s+на|\b[Зз]а\s+(?:даними|інформацією))\s+(?:агентств[оау]\s+|газет[уы]\s+|издани[ея]\s+|видання\s+)?SRC",
    ),
    _cite(
        "повідомляє",
        "uk",
        "повідом|передає|пише|інформує",
        r"\b(?:[Пп]овідомля[єю](?:ть)?|[Пп]овідоми(?:в|ла|ло|ли)|[Пп]ередає|[Пп]ише|[Іі]нформує)\s+(?:про\s+це\s+)?(?:агентство\s+|видання\s+)?SRC",
    ),
    _cite(
        "haberine-göre",
        "tr",
        "göre",
        r"SRC(?:['’]?(?:n?[iıuü]n))?\s+(?:haberine|aktardığına|bildirdiğine|yazdığına|duyurduğuna)\s+göre",
        r"(?P<source>[A-ZÇĞİÖŞÜ][\w.\-]*(?:\s[A-ZÇĞİÖŞÜ][\w.\-]*){0,3}?)",
    ),
    _cite(
        "açıkladı",
        "tr",
        "konuş|açıkla|demeç|bilgi|anlat|değerlendir",
        r"SRC['’]?(?:y?[ae]|n?[ae])\s+(?:konuş|açıkla|demeç|bilgi\s+ver|anlat|değerlendir)\w*",
        r"(?P<source>[A-ZÇĞİÖŞÜ][\w.\-]*(?:\s[A-ZÇĞİÖŞÜ][\w.\-]*){0,3}?)",
    ),
    _cite(
        "σύμφωνα-με",
        "el",
        "ύμφωνα με",
        r"[Σσ]ύμφωνα\s+με\s+(?:το\s+|την\s+|τον\s+|τα\s+)?(?:πρακτορείο\s+|εφημερίδα\s+)?SRC",
    ),
    _cite(
        "بحسب",
        "ar",
        "بحسب|وفق|ذكرت|أفادت|قالت|نقلت",
        r"(?:بحسب|وفق[اًا]{0,2}\s+ل|ذكرت|أفادت|قالت|نقلت)\s*(?:وكالة\s+|صحيفة\s+)?SRC",
        _ARABIC,
    ),
)
