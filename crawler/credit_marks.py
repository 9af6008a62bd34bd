"""The places where pages name a source in few words: `Source: X`, bylines, datelines, agencies' marks, links. A table. Pure."""

import re

from crawler.credit_shape import CODE, DAY, END, QUOTED, SRC, TITLE, Rule

_AND = r"(?:\s*[,/+&]\s*|\s+(?:and|und|et|y|e|i|и|та|ve|και|و)\s+)"
_NAMES = r"(?P<source>[^\n.;()]{2,90}?)"  # one, or a list
_LINKED = r"(?:\s+(?:link|linki|article|url))?"


def _label(name: str, languages: str, hints: str, label: str, source: str = SRC) -> Rule:
    """`Source: X` as a line of its own above or behind the text, or as a line's last sentence."""
    # A dash does not end a sentence: "Source – X" must be the whole line.
    before = rf"(?:^\W{{0,3}}(?:{label}){_LINKED}\s*(?:[:：]|[-–—]\s)|(?:[.!?…»”\"）]\s*|[(（\[【]\s*|\d\s+)(?:{label})\s*[:：])"
    return Rule(
        name=name,
        languages=tuple(languages.split()),
        pattern=re.compile(
            rf"{before}\s*{TITLE}(?:(?:[^\W\d_]{{2,20}}\s+){{1,2}}(?=[«“„\"]))?{QUOTED}{source}{END}(?=.{{0,150}}$)",
            re.IGNORECASE,
        ),
        role="republication",
        kind="credit_line",
        confidence=0.85,
        where="around",
        whole=True,
        states=True,
        hints=tuple(hints.split("|")),
    )


LABELS = (
    _label(
        "source",
        "en fr",
        "source|original|courtesy|news agency",
        r"(?:original\s+|news\s+)?sources?|original\s+source(?:\s+of\s+(?:this|the)\s+\w+)?|source\s+originale|lien\s+original|original\s+(?:article|link|story)|article\s+original|courtesy|news\s+agency",
    ),
    _label(
        "источник",
        "ru",
        "источник|оригинал",
        r"(?:перво)?источник(?:и|\s+информации|\s+новости|\s+материала)?|оригинал(?:\s+(?:статьи|публикации|материала|новости))?|ссылка\s+на\s+(?:оригинал|источник)",
    ),
    _label(
        "джерело",
        "uk",
        "джерел|оригінал",
        r"(?:першо)?джерел[оа](?:\s+інформації)?|оригінал(?:\s+(?:статті|матеріалу|публікації))?",
    ),
    _label(
        "kaynak",
        "tr",
        "kayna|alınt|orijinal|aslı|ajansı",
        r"kaynak(?:lar|ça)?|haber(?:in)?\s+kaynağı|alıntı(?:dır)?|(?:\w+[ıiuü]n\s+)?(?:orijinali|aslı)(?:\s+için)?|haber\s+ajansı",
    ),
    _label(
        "quelle", "de", "quelle|original", r"(?:text|original)?quelle[n]?|originalartikel|originaltext|originalbeitrag"
    ),
    _label(
        "fuente",
        "es it pt",
        "fuente|font|informaci",
        r"fuentes?(?:\s+original)?|font[ei]s?(?:\s+originale?)?|con\s+informaci[óo]n\s+de\s*:",
    ),
    _label(
        "źródło",
        "pl cs nl sv da no",
        "źród|za:|podst|zdroj|bron|källa|kilde",
        r"źródł[oa](?:\s+informacji)?|za|(?:opracowano\s+)?na\s+podstawie|opr\.\s+na\s+podst\.|zdroj|bron|källa|kilde",
    ),
    _label("πηγή", "el", "πηγ", r"πηγ[ήη](?:ές)?|πηγές"),
    _label("المصدر", "ar fa", "مصدر|مصادر|منبع", r"(?:ال)?مصدر|المصادر|منبع"),
    _label(
        "来源",
        "zh ja ko",
        "来源|稿源|來源|出典|引用元|出处|原文|출처",
        r"(?:文章|新闻|稿件|信息|消息)?来源|稿源|(?:新聞)?來源|出典|引用元|出处|原文链接|출처",
        r"《?(?P<source>[^\s,;:()\[\]，。；：、（）《》|]{2,30})",
    ),
)


def _dateline(name: str, languages: str, phrase: str, confidence: float = 0.95, source: str = CODE) -> Rule:
    """An agency's mark at the beginning of its text."""
    return Rule(
        name=name,
        languages=tuple(languages.split()),
        pattern=re.compile(phrase.replace("SRC", source)),
        role="republication",
        kind="dateline",
        confidence=confidence,
        where="start",
        known=True,
    )


_CAPITALS = r"[A-ZА-ЯЁІЇЄҐİŞĞÜÖÇÁÉΑ-Ω\u0621-\u064a]"
DATELINES = (
    _dateline(
        "agency-parentheses",
        "en de tr fr es it el ar",
        r"^(?:[^()\n]{0,70}[^()\n\s]\s*)?\((?P<source>[^\W\d_][\w.\-İ]*(?:\s[^\W\d_][\w\-İ]*){0,3}(?:\s?[/,+]\s?[\w\s\-]{2,20}){0,3})\)\s*(?:[-–—:.,]|\s?(?=[A-ZÀ-ÞĞİŞΑ-ΩА-Я\"“„\u0621-\u064a]))",
    ),
    _dateline("agency-slashes", "ru en uk", r"^[^/\n]{0,70}/\s?(?:(?:Корр|Кор|Corr)\.\s+)?SRC\s?/"),
    _dateline("agency-dash-first", "ru uk en tr it", r"^SRC\s?[-–—]\s?(?=\S)", 0.85),
    _dateline(
        "place-dash-agency",
        "ru uk tr en ar de",
        rf"^{_CAPITALS}[^!?\n]{{1,50}}?\s?[-–—]\s?SRC(?:\s?[-–—.,/:]|\.\s)",
    ),
    _dateline(
        "place-agency",
        "uk ru de ar",
        rf"^{_CAPITALS}[^!?\n]{{1,40}}?(?:[.,]\s|\s?/\s?)SRC(?:\.|\s?[-–—/:])\s",
    ),
    _dateline(
        "电头",
        "zh ja",
        r"^[(（【]?(?P<source>新华社|新華社|中新社|中新网|中国新闻网|人民网|央视网|新华网|共同社|法新社|路透社|美联社|环球网)[^。，]{0,20}?(?:电|電|讯|訊|消息|报道)[)）】]?",
        0.9,
    ),
)

BYLINES = (
    Rule(
        name="byline",
        languages=("en", "de", "fr", "es", "it", "tr", "ru"),
        role="republication",
        kind="byline",
        confidence=0.9,
        where="top",
        known=True,
        exact=True,
        whole=True,
        pattern=re.compile(
            rf"^(?:(?:(?:written|posted|published)\s+)?by|from|von|par|por|di|da|de|автор|haber|yazan|autor|auteur|autore|foto\s+y\s+texto)?\s*:?\s*"
            rf"(?:redazione|redaktion|redacción|rédaction)?\s*(?P<source>[^|–—\n]{{2,60}}?)"
            rf"(?:\s+(?:staff|newsroom|redaktion|redazione|staff\s+writers?|in\s+[^\W\d_]+))?"
            rf"(?:(?:\s*,\s*[^,|–—\n]{{2,40}})?\s*[|,–—-]?\s*(?:publié\s+le\s+|am\s+|el\s+)?{DAY}.{{0,20}})?$",
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
        exact=True,
        whole=True,
        pattern=re.compile(
            r"^(?:(?:by|von|par|por|di)\s+)?[^,|/\n()]{3,80}?(?:\s*[,|/]\s*|\s+for\s+|\s+[-–—]\s+|\s*\()(?:the\s+)?(?P<source>[^,|/\n()]{2,40})\)?$",
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
        pattern=re.compile(rf"^{QUOTED}(?P<source>[^\W\d][^,|\n]{{1,60}}?)[\s,|–—-]+(?P<date>{DAY})\.?$"),
    ),
)

MARKS = (
    Rule(
        name="agency-mark",
        languages=("de", "tr", "en", "fr"),
        role="republication",
        kind="credit_line",
        confidence=0.9,
        where="end",
        known=True,
        exact=True,
        whole=True,
        pattern=re.compile(
            r"^[-–—\s]{0,3}[(/\[]{0,2}\s*(?P<source>[^\W\d_][\w\-]*(?:\s[^\W\d_][\w\-]*){0,2}(?:\s*[/,+&]\s*[\w\-\s]{2,20}){0,4})\s*[)/\]]?\.?$"
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
        exact=True,
        hints=(),
        pattern=re.compile(
            r"(?:[\s.!?»”\"](?:[(\[]|\s?[-–—]\s|/{1,2}\s?)|[.!?…][»”\"]?\s)(?P<source>[^\W\d_][\w\-]*(?:\s[^\W\d_][\w\-]*){0,2}(?:\s*[/,+]\s*[\w\-][\w\-\s]{1,19}){0,3})\s?(?:[)\]]|/{1,2})?\s*\.?$"
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
            r"^\W{0,2}(?:copyright[\s:©]*(?:\(c\)\s*)?|©\s*|\(c\)\s*(?=\d{4}))(?:\d{4}\s*,?\s*)?(?:by\s+)?(?:the\s+)?(?P<source>[^,.;|©\d]{2,50})(?:[,.;|]|\d{4}|$).{0,120}$",
            re.IGNORECASE,
        ),
    ),
)


def _contributor(name: str, languages: str, hints: str, phrase: str, confidence: float = 0.8) -> Rule:
    """What a page says it used of others beside its own work."""
    return Rule(
        name=name,
        languages=tuple(languages.split()),
        role="contributor",
        kind="credit_line",
        confidence=confidence,
        where="around",
        known=True,
        exact=True,
        whole=True,
        hints=tuple(hints.split("|")),
        pattern=re.compile(phrase.replace("SRC", _NAMES), re.IGNORECASE),
    )


_AGENCIES_AND = rf"(?:(?:agencies|agences|agenturen|agencias|ajanslar|agencies\s+feeds?){_AND})?"
CONTRIBUTORS = (
    _contributor(
        "avec",
        "fr",
        "avec",
        rf"^\W{{0,2}}(?:[^()\n]{{0,40}}\s)?avec\s+(?:les?\s+agences?\s+|l['’])?{_AGENCIES_AND}SRC\s*[)\]]?\.?$",
        0.85,
    ),
    _contributor(
        "mit-material-von",
        "de",
        "mit",
        rf"^\W{{0,2}}(?:[^()\n]{{2,40}},\s)?mit\s+(?:(?:\w*material|informationen|\w*agenturen|textmaterial)\s+)?(?:(?:von|der|des)\s+)?{_AGENCIES_AND}SRC\s*[)\]]?\.?$",
    ),
    _contributor(
        "with-reporting-by",
        "en",
        "with |additional",
        rf"^\W{{0,2}}(?:(?:.{{0,60}}[.,]\s)?(?:with\s+(?:additional\s+)?(?:reporting|material|information|inputs?|files|reports?|agency\s+inputs|contributions?|agencies)|additional\s+(?:reporting|material|information))\s+(?:by|from|via|supplied\s+by)\s+|with\s+)(?:the\s+)?{_AGENCIES_AND}(?:the\s+)?SRC\s*[)\]]?\.?$",
    ),
    _contributor(
        "con-información-de",
        "es pt it",
        "con |com ",
        rf"^\W{{0,2}}(?:[^()\n]{{0,40}}[,.]\s)?(?:con|com)\s+(?:(?:il\s+|la\s+)?(?:contributo|collaborazione|colaboración|colaboração|aporte)|informaci[óo]n(?:es)?|informações|datos|dados|material(?:es)?|reportes|despachos|agencias?|agências?|informazioni|notizie)\s+(?:de|da|do|das|dos|del|di|dell['’])?\s*(?:la\s+)?(?:agencia\s+)?{_AGENCIES_AND}SRC\s*[)\]]?\.?$",
    ),
    _contributor(
        "με-πληροφορίες-από",
        "el",
        "με ",
        r"^\W{0,2}με\s+(?:πληροφορίες|στοιχεία|υλικό)\s+(?:από|του|της)\s*(?:το\s+|την\s+|τα\s+)?SRC\s*[)\]]?\.?$",
    ),
    _contributor(
        "при-участии",
        "ru uk",
        "использован|использ|с участием|при участии|з використанням",
        r"^\W{0,2}(?:с\s+использованием\s+(?:материалов|информации)|з\s+використанням\s+(?:матеріалів|інформації))\s+SRC\s*[)\]]?\.?$",
    ),
    _contributor(
        "contributed",
        "en",
        "contributed",
        r"(?:^|[.!?]\s+)\W{0,3}(?:the\s+)?SRC\s+(?:also\s+)?contributed\s+(?:to\s+this\s+(?:report|story|article)|(?:to\s+)?(?:reporting|this\s+report))",
    ),
)

_LINK_WORDS = (
    r"(?:(?:click\s+here\s+to\s+)?(?:read|view|see|visit|go\s+to)\s+(?:the\s+)?(?:full\s+|complete\s+)?(?:original|source)(?:\s+(?:article|story|post|report|source|text|version))?(?:\s+(?:here|at|on|in)\b)?"
    r"|original\s+(?:article|story|post|source|link)|(?:zum|zur|link\s+zum)\s+(?:original\w*|quelle|ursprünglichen\s+\w+)|(?:hier\s+)?(?:den\s+)?original(?:artikel|beitrag|text)(?:\s+lesen)?"
    r"|(?:lire|voir)\s+(?:l['’]article\s+original|l['’]original|la\s+source)|article\s+original|(?:leer|ver)\s+(?:el\s+|la\s+)?(?:artículo|nota|noticia|texto)?\s*original|artículo\s+original|nota\s+original"
    r"|leggi\s+(?:l['’])?(?:articolo\s+)?originale|articolo\s+originale|(?:ler|leia|ver)\s+(?:o\s+)?(?:artigo|texto|matéria)?\s*original|(?:czytaj\s+)?oryginał|link\s+do\s+oryginału"
    r"|(?:читать\s+)?(?:в\s+)?оригинал\w*(?:\s+(?:статьи|публикации|материала|текста|новости))?|источник|ссылка\s+на\s+(?:оригинал|источник)|перейти\s+к\s+(?:оригиналу|источнику)"
    r"|(?:читати\s+)?оригінал\w*(?:\s+(?:статті|публікації|матеріалу))?|джерело|посилання\s+на\s+(?:оригінал|джерело)|kaynak|haberin\s+(?:kaynağı|orijinali|aslı)|orijinal\s+(?:haber|makale|metin)\w*|source|quelle|fuente|fonte|źródło|bron"
    r"|πηγή|διαβάστε\s+το\s+πρωτότυπο|المصدر|رابط\s+(?:المصدر|المقال\s+الأصلي)|المقال\s+الأصلي|阅读原文|查看原文|原文链接|原文|来源)"
)
LINKS = (
    Rule(
        name="link-to-original",
        languages=("en", "de", "fr", "es", "it", "pt", "pl", "ru", "uk", "tr", "el", "ar", "zh"),
        role="link",
        kind="link",
        confidence=0.7,
        where="around",
        whole=True,
        pattern=re.compile(rf"^\W{{0,3}}{_LINK_WORDS}\s*[:：]?\s*(?P<source>[^\n]{{0,80}}?)\W{{0,3}}$", re.IGNORECASE),
    ),
    Rule(
        name="hat-tip",
        languages=("en",),
        role="link",
        kind="link",
        confidence=0.6,
        where="around",
        whole=True,
        hints=("h/t", "hat tip", "ht:"),
        pattern=re.compile(
            rf"^\W{{0,3}}(?:h/t|hat[\s-]tip|ht(?=:))(?:\s+to)?\s*:?\s*(?:the\s+)?{QUOTED}{SRC}{END}", re.IGNORECASE
        ),
    ),
)
