"""The phrases by which pages name the source of their text: a table of rules, and the agencies that need no outlet of ours. Pure.

A rule's pattern has a group `source`; SRC stands for it. `where` says which lines it reads:
anywhere (outside menus and teasers), top (between headline and text), start (the first paragraphs), end (the last lines of
the text and what follows), text (every paragraph). `known` rules only believe names of outlets and agencies, because
"according to X" mostly names people. `whole` lines leave the text: they say nothing else.
"""

import re

from crawler.citations import CITATIONS, QUOTED, Rule

SRC = r"(?P<source>[^\s,;:()\[\]«»“”„\"–—|.][^;()\[\]«»“”„\"–—|\n]{0,70}?)"
_NAME = r"(?P<source>[^\s,;:()][^;:()\n'’]{0,50}?)"  # where words that follow end it
_END = r"(?=\s*(?:[.,;:!?()\[\]–—|»”\"’]|$|\bon\s|\bunder\b|\bwith\b|\band\s+is\b|\bam\s+\d|\ble\s+\d|\bel\s+\d|\bat\s+http|https?:|\d{1,2}[\s.]))"
_CODE = r"(?P<source>[^\W\d_][\w.\-İ]*(?:\s[^\W\d_][\w\-İ]*){0,3})"
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th|\.)?\s+[^\W\d_]{3,12}\.?,?\s+\d{4}|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d\d-\d\d)"


def _line(name: str, languages: str, hints: str, phrase: str, confidence: float = 0.95) -> Rule:
    """A statement that stands in a line of its own or a sentence, anywhere on the page."""
    return Rule(
        name=name,
        languages=tuple(languages.split()),
        pattern=re.compile(phrase.replace("SRC", QUOTED + SRC + _END), re.IGNORECASE),
        role="republication",
        kind="credit_line",
        confidence=confidence,
        where="anywhere",
        whole=True,
        hints=tuple(hints.split("|")),
    )


def _label(name: str, languages: str, label: str) -> Rule:
    """`Source: X` as a line of its own, behind the text."""
    pattern = re.compile(rf"^\W{{0,3}}(?:{label})\s*[:：]\s*{QUOTED}{SRC}{_END}", re.IGNORECASE)
    return Rule(
        name=name,
        languages=tuple(languages.split()),
        pattern=pattern,
        role="republication",
        kind="credit_line",
        confidence=0.85,
        where="end",
        whole=True,
        hints=(":", "："),
    )


def _dateline(name: str, languages: str, phrase: str, confidence: float = 0.95) -> Rule:
    """An agency's mark at the beginning of its text."""
    pattern = re.compile(phrase.replace("SRC", _CODE))
    return Rule(
        name=name,
        languages=tuple(languages.split()),
        pattern=pattern,
        role="republication",
        kind="dateline",
        confidence=confidence,
        where="start",
        known=True,
    )


_PAPER = r"(?:the\s+)?(?:website\s+(?:of\s+)?|site\s+of\s+)?"
_WORK = r"(?:article|story|piece|post|report|text|essay|interview|column|commentary|op-?ed|analysis)"

RULES = (
    _line(
        "original-source",
        "en",
        "original source",
        rf"\b(?:the\s+)?original\s+source\s+(?:of|for)\s+(?:this|the)\s+{_WORK}\s+(?:is|was)\s*:?\s*{_PAPER}SRC",
        0.99,
    ),
    _line(
        "originally-published",
        "en",
        "originally|first |previously",
        rf"\b(?:originally|first|previously)\s+(?:published|appeared|posted|printed|ran|aired)\s+(?:by|on|in|at|with|via)\s*:?\s*{_PAPER}SRC",
    ),
    _line(
        "republished",
        "en",
        "publish|print|post|reproduced|syndicated",
        rf"\b(?:re-?published|reprinted|re-?posted|cross-?posted|reproduced|syndicated)\s+(?:here\s+)?(?:with\s+(?:\w+\s+){{0,2}}permission\s+)?(?:from|of)\s+{_PAPER}SRC",
    ),
    _line(
        "authored-via", "en", " via ", rf"^(?:authored|submitted|written|posted)\s+by\s+.{{2,60}}?\s+via\s+{_PAPER}SRC"
    ),
    _line("via", "en", "via", rf"^via\s*:?\s+{_PAPER}SRC\s*\.?$", 0.85),
    _line(
        "provided-by",
        "en",
        "provided|distributed|supplied|syndicated",
        rf"^(?:this\s+{_WORK}\s+(?:was|is)\s+)?(?:provided|distributed|supplied|syndicated)\s+(?:by|through)\s+{_PAPER}SRC",
        0.8,
    ),
    _line(
        "ursprünglich-erschienen",
        "de",
        "erschienen|veröffentlicht|publiziert",
        r"\b(?:zuerst|ursprünglich|erstmals)\s+(?:erschienen|veröffentlicht|publiziert)\s+(?:in|im|auf|bei|beim|von)\s+(?:der\s+|dem\s+|den\s+)?SRC",
    ),
    _line(
        "erschien-zuerst",
        "de",
        "erschien|erscheint|veröffentlicht",
        r"\b(?:erschien(?:en)?|erscheint|veröffentlicht)\s+(?:ist\s+|wurde\s+)?(?:zuerst|ursprünglich|zunächst)\s+(?:in|im|auf|bei|beim|von)\s+(?:der\s+|dem\s+|den\s+)?SRC",
    ),
    _line(
        "zuerst-bei-erschienen",
        "de",
        "erschienen|veröffentlicht",
        r"\b(?:zuerst|ursprünglich|zunächst|im\s+Original)\s+(?:in|im|auf|bei|beim|von)\s+(?:der\s+|dem\s+|den\s+)?SRC(?=\s+(?:erschienen|veröffentlicht))".replace(
            "SRC", _NAME
        ),
    ),
    _line(
        "publié-à-l-origine",
        "fr",
        "publi|paru|diffus",
        r"\b(?:publié|paru|diffusé)e?s?\s+(?:initialement|à\s+l['’]origine|d['’]abord|pour\s+la\s+première\s+fois)\s+(?:par|sur|dans|en)\s+(?:le\s+site\s+(?:de\s+)?|la\s+|le\s+|l['’])?SRC",
    ),
    _line(
        "initialement-publié",
        "fr",
        "publi|paru|diffus",
        r"\b(?:initialement|à\s+l['’]origine|d['’]abord)\s+(?:publié|paru|diffusé)e?s?\s+(?:par|sur|dans)\s+(?:le\s+site\s+(?:de\s+)?|la\s+|le\s+|l['’])?SRC",
    ),
    _line(
        "publicado-originalmente",
        "es pt",
        "publicad",
        r"\b(?:publicad[oa]\s+(?:originalmente|originariamente)|originalmente\s+publicad[oa])\s+(?:en|por|em|no|na)\s+(?:el\s+|la\s+)?SRC",
    ),
    _line(
        "pubblicato-originariamente",
        "it",
        "pubblicato|apparso",
        r"\b(?:pubblicato\s+(?:originariamente|originalmente|per\s+la\s+prima\s+volta)|apparso\s+originariamente)\s+(?:su|da|in|sul|sulla)\s+SRC",
    ),
    _line(
        "впервые-опубликовано",
        "ru",
        "опубликован",
        r"\b(?:впервые|первоначально|изначально)\s+(?:был[ао]?\s+)?опубликован[ао]?\s+(?:на\s+сайте\s+|на\s+|в\s+|изданием\s+)?SRC",
    ),
    _line(
        "перепечатано",
        "ru",
        "пере|републик",
        r"\b(?:перепечатано|перепечатка|перепост|републикация)\s+(?:из|с\s+сайта|с)\s+(?:издания\s+|газеты\s+)?SRC",
    ),
    _line(
        "по-материалам",
        "ru",
        "по материалам",
        r"\bпо\s+материалам\s+(?:агентства\s+|сайта\s+|издания\s+|газеты\s+|СМИ\s*:\s*)?SRC",
        0.9,
    ),
    _line(
        "вперше-опубліковано",
        "uk",
        "опубліковано",
        r"\b(?:вперше|спочатку)\s+(?:було\s+)?опубліковано\s+(?:на\s+сайті\s+|на\s+|в\s+|у\s+)?SRC",
    ),
    _line(
        "за-матеріалами", "uk", "за матеріалами", r"\bза\s+матеріалами\s+(?:агентства\s+|сайту\s+|видання\s+)?SRC", 0.9
    ),
    _line(
        "ilk-yayın",
        "tr",
        "yayı",
        r"\bilk\s+(?:olarak|kez|önce)\s+SRC(?:['’]?(?:n?[dt][ae]|[dt][ae]n?|nda|nde))\s+yayı[nm]lan".replace(
            "SRC", _NAME
        ),
    ),
    _line(
        "αναδημοσίευση",
        "el",
        "δημοσ",
        r"(?:αναδημοσίευση|αναδημοσιεύεται|πρωτοδημοσιεύθηκε|δημοσιεύθηκε\s+αρχικά)\s+(?:από|στο|στην|στον)\s+(?:το\s+|την\s+|τον\s+)?SRC",
    ),
    _line("نقلا-عن", "ar", "نقل|منقول", r"(?:نقل[اًا]{1,2}\s+عن|نقلاً\s+عن|منقول\s+(?:عن|من))\s*:?\s*SRC", 0.85),
    _label(
        "source",
        "en fr",
        r"(?:original\s+)?source|sources|source\s+originale|lien\s+original|original\s+(?:article|link)",
    ),
    _label("источник", "ru", r"источник(?:и)?|оригинал(?:\s+(?:статьи|публикации|материала))?|ссылка\s+на\s+оригинал"),
    _label("джерело", "uk", r"джерел[оа]|оригінал"),
    _label("kaynak", "tr", r"kaynak(?:lar)?|haber\s+kaynağı|haberin\s+kaynağı"),
    _label("quelle", "de", r"quelle[n]?|originalquelle|originalartikel"),
    _label("fuente", "es it pt", r"fuentes?|font[ei]|fonte\s+original"),
    _label("źródło", "pl cs nl", r"źródł[oa]|zdroj|bron"),
    _label("πηγή", "el", r"πηγ[ήη](?:ές)?"),
    _label("المصدر", "ar", r"ال?مصدر|المصادر"),
    _label("来源", "zh ja", r"(?:文章|新闻|稿件)?来源|來源|出典|引用元"),
    Rule(
        name="byline",
        languages=("en", "de", "fr", "es", "it", "tr", "ru"),
        role="republication",
        kind="byline",
        confidence=0.9,
        where="top",
        known=True,
        whole=True,
        pattern=re.compile(
            rf"^(?:(?:written\s+)?by|von|par|por|di|da|автор|haber|yazan)?\s*:?\s*(?P<source>[^|–—]{{2,60}}?)(?:\s+(?:staff|newsroom|redaktion|staff\s+writers?))?(?:(?:\s*,\s*[^,|–—\n]{{2,40}})?\s*[|,–—-]?\s*{_DAY}.{{0,20}})?$",
            re.IGNORECASE,
        ),
    ),
    Rule(
        name="byline-person-agency",
        languages=("en", "de"),
        role="republication",
        kind="byline",
        confidence=0.85,
        where="top",
        known=True,
        whole=True,
        hints=("by", "von", "par"),
        pattern=re.compile(
            r"^(?:by|von|par)\s+[^,|/\n]{3,60}(?:\s*[,|/]\s*|\s+for\s+|\s+-\s+)(?:the\s+)?(?P<source>[^,|/\n]{2,40})$",
            re.IGNORECASE,
        ),
    ),
    Rule(
        name="source-and-day",
        languages=("en",),
        role="republication",
        kind="dateline",
        confidence=0.9,
        where="top",
        whole=True,
        pattern=re.compile(rf"^{QUOTED}(?P<source>[^\W\d][^,|\n]{{1,60}}?)[\s,|–—-]+(?P<date>{_DAY})\.?$"),
    ),
    _dateline(
        "agency-parentheses",
        "en de tr fr es",
        r"^(?:[^()\n]{0,70}[^()\n\s]\s*)?\(SRC(?:\s*[/,]\s*[^()]{2,30})?\)\s*(?:[-–—:.]|\s(?=[A-ZÀ-ÞĞİŞ\"“„]))",
    ),
    _dateline("agency-slashes", "ru en uk", r"^[^/\n]{0,70}/\s?SRC\s?/"),
    _dateline("agency-dash-first", "ru uk en tr", r"^SRC\s?[-–—]\s?(?=\S)", 0.85),
    _dateline(
        "place-dash-agency", "ru uk tr en", r"^[A-ZА-ЯЁІЇЄҐİŞĞÜÖÇ][^.!?\n]{1,50}?\s?[-–—]\s?SRC(?:\s?[-–—.,/]|\.\s)"
    ),
    Rule(
        name="agency-mark",
        languages=("de", "tr", "en", "fr"),
        role="republication",
        kind="credit_line",
        confidence=0.9,
        where="end",
        known=True,
        whole=True,
        pattern=re.compile(
            r"^[(/\[]?\s*(?P<source>[^\W\d_][\w\-]*(?:\s[^\W\d_][\w\-]*){0,2})(?:\s*[/,+&]\s*[\w\-]{2,20}){0,4}\s*[)/\]]?\.?$"
        ),
    ),
    Rule(
        name="agency-closing",
        languages=("tr", "en", "de", "el"),
        role="republication",
        kind="credit_line",
        confidence=0.85,
        where="end",
        known=True,
        hints=("(", " - "),
        pattern=re.compile(
            r"[\s.!?»”\"](?:\(|\s-\s)(?P<source>[^\W\d_][\w\-]*(?:\s[^\W\d_][\w\-]*){0,2})(?:\s*[/,]\s*[\w\-\s]{2,20}){0,3}\)?\s*\.?$"
        ),
    ),
    Rule(
        name="avec",
        languages=("fr",),
        role="contributor",
        kind="credit_line",
        confidence=0.85,
        where="end",
        known=True,
        whole=True,
        hints=("avec",),
        pattern=re.compile(
            r"^[(\[]?\s*(?:[^()\n]{0,40}\s)?avec\s+(?:les?\s+agences?\s+|l['’])?(?P<source>[^()\n,.]{2,40}?)(?:\s*(?:,|et)\s+[^()\n]{2,40})?\s*[)\]]?\.?$",
            re.IGNORECASE,
        ),
    ),
    Rule(
        name="mit-material-von",
        languages=("de", "en", "es", "el"),
        role="contributor",
        kind="credit_line",
        confidence=0.8,
        where="end",
        known=True,
        whole=True,
        hints=("mit", "with", "con ", "με"),
        pattern=re.compile(
            r"^\W{0,2}(?:mit\s+(?:material|informationen)\s+(?:von|der)|(?:with\s+(?:reporting|material|input|inputs|files|agency\s+inputs)\s+(?:by|from))|con\s+informaci[óo]n\s+de|με\s+πληροφορίες\s+από)\s+(?:der\s+|the\s+)?(?P<source>[^\n,.;()]{2,40})",
            re.IGNORECASE,
        ),
    ),
    Rule(
        name="contributed",
        languages=("en",),
        role="contributor",
        kind="credit_line",
        confidence=0.8,
        where="end",
        known=True,
        hints=("contributed",),
        pattern=re.compile(
            r"(?P<source>(?:The\s+)?[A-Z][\w.]*(?:\s[A-Z][\w.]*){0,3})\s+contributed\s+to\s+this\s+(?:report|story|article)"
        ),
    ),
    Rule(
        name="copyright-of",
        languages=("en", "de", "fr"),
        role="republication",
        kind="credit_line",
        confidence=0.7,
        where="end",
        known=True,
        whole=True,
        hints=("copyright", "©", "(c)"),
        pattern=re.compile(
            r"^\W{0,2}(?:copyright[\s:©]*(?:\(c\)\s*)?|(?:©|\(c\))\s*(?=\d{4}))(?:\d{4}\s*)?(?P<source>[^,.;|©\d]{2,50}?)(?:[,.;|\s]|\d{4}|$).{0,80}$",
            re.IGNORECASE,
        ),
    ),
    *CITATIONS,
)
