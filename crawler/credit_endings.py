"""How far a statement of source goes: whether its line says more than that, and whether more makes it news. Pure.

"Originally published by Asia Monitor on March 3." is a credit; "Previously released by Israel, the man was arrested" is news.
What follows the name tells the two apart, and whether the sentence has this text for its subject.
"""

import re
from dataclasses import dataclass

from crawler.credit_shape import DAY

_WHEN = (
    r"(?:(?:originally|first)\s+)?(?:(?:in\s+the|in\s+its|in\s+der)\s+)?(?:ausgabe\s+|edition\s+|issue\s+|édition\s+|numéro\s+)?"
    r"(?:on|of|in|am|im|vom|le|du|el|del|dal|em|en|il|в|от|від|у|w|z\s+dnia|dated)?\s*(?:[^\W\d_]{3,12},?\s+)?(?:the\s+)?"
    rf"(?:{DAY}|[^\W\d_]{{3,12}}\.?\s+\d{{4}}|\d{{4}}|\d{{1,2}}\.?\s+[^\W\d_]{{3,12}}|[^\W\d_]{{3,12}}\s+\d{{1,2}})(?:\s*(?:г\.|года?|году|року|tarihinde|issue))?"
)
_WHO = r"(?:an?|our|ein\w*|unser\w*|une?|notre|una)\s+[^,.;!?]{0,40}\b(?:magazine|newspaper|weekly|journal|outlet|publication|site|website|network|agency|nonprofit|partner|blog|zeitschrift|zeitung|magazin|journal|revue|revista|rivista|diario)\b[^,.;!?]{0,60}"
_RIGHTS = (
    r"(?:and\s+|und\s+|et\s+|y\s+|и\s+|та\s+|ve\s+)?(?:(?:is|was|has|have|been|wird|wurde|ist|est|fue|appears?|runs|reproduced|used|posted|published|it\s+is)\s+){0,4}"
    r"(?:here\b|with\b[^.]{0,30}?\b(?:permission|thanks|licen[cs]e|agreement|arrangement)|by\s+permission|under\b[^.]{0,30}?\b(?:licen[cs]e|cc\b|creative|title|headline)"
    r"|as\s+part\b|courtesy|through\b|via\b|translat\w+|edited|adapted|written\s+by|by\s+(?-i:[A-ZÀ-Þ])|re-?(?:published|printed|posted|produced)|cross-?posted|(?:read|see|click|visit|follow)\b"
    r"|mit\b[^.]{0,30}?genehmigung|unter\b[^.]{0,40}?(?:lizenz|cc\b|titel)|erschienen|veröffentlicht|publiziert|übersetz\w+|übernommen|und\s+erscheint"
    r"|avec\b[^.]{0,30}?(?:autorisation|accord)|sous\b[^.]{0,30}?licence|tradu\w+|con\b[^.]{0,30}?(?:permiso|autorización|permesso)|com\b[^.]{0,30}?(?:permissão|autorização)|bajo\b[^.]{0,30}?licencia"
    r"|с\s+разрешения|перев[её]\w+|переклад\w*|за\s+згодą|tłum\w+|izniyle|çevir\w+|yay[ıi]\w+|με\s+άδεια|μετάφραση)[^.!?\n]{0,100}"
)
_ISSUE = r"(?:№|#|no\.?|nr\.?|n[°º]|issue|vol(?:ume|\.)?|pp?\.|s\.|ausgabe|heft|numéro|número|numero|numer|выпуск|номер|випуск|sayı|τεύχος)\s*\d+(?:\s?[/–-]\s?\d+)?"
_LINK = r"(?:at\s+)?(?:https?://\S+|www\.\S+|[\w\-]+(?:\.[\w\-]+)*\.[a-z]{2,4}(?:/\S*)?|link\b)"
_MORE_NAMES = r"(?:(?:and|und|et|y|e|и|та|ve|i|και)\s+)?(?:the\s+|die\s+|der\s+|la\s+|le\s+)?(?-i:[A-ZÀ-ÞĞİŞА-ЯЁІЇЄΑ-Ω][\w.’'-]*)(?:\s+(?-i:(?:of|de|da|di|for|and|the)|[A-ZÀ-ÞĞİŞА-ЯЁІЇЄΑ-Ω&][\w.’'-]*)){0,5}"
_MARKS = r"[\s,;:/|()\[\]«»“”\"‘’'–—&*_-]*+"
_ENDED = re.compile(
    rf"{_MARKS}(?:(?>{_ISSUE}|{_WHEN}|{_WHO}|{_RIGHTS}|{_LINK}|{_MORE_NAMES}){_MARKS}){{0,4}}(?:[.!?…。！]+[»”\"’)\]）】]*(?P<rest>\s+\S.*)?|、.*|）.*|】.*)?$",
    re.IGNORECASE,
)
"""What may follow a name up to the end of its sentence: days, permissions, links, more names."""
_CLAUSE = re.compile(r"\s*,\s+(?-i:[a-zß-ÿа-яёіїєґα-ω]{2,})(?:\s+\S+){2}")
_THIS_TEXT = re.compile(
    r"\b(?:article|story|piece|post|text|essay|interview|column|commentary|op-?ed|analysis|blog|editorial|transcript|translation|excerpt"
    r"|\w*artikel|\w*beitrag|kommentar|kolumne|analyse|fassung|übersetzung|meldung|article|texte|tribune|entretien|billet|chronique|artículo|artigo|articolo|texto|testo|nota"
    r"|reportaje|reportagem|columna|coluna|entrevista|intervista|стать[яи]|материал\w*|текст|публикаци\w+|интервью|колонка|новость|стаття|матеріал\w*|публікація|інтерв.ю"
    r"|artykuł|tekst|wywiad|felieton|haber\w*|yazı\w*|makale\w*|metin\w*|röportaj\w*|içerik\w*|söyleşi\w*|analiz\w*|άρθρο|κείμενο)\b|本文|文章|المقال|التقرير|النص",
    re.IGNORECASE,
)
_OF_ANYTHING = re.compile(
    r"^\W*(?:(?:originally|first|previously)\s+)?(?:released|reported|aired|ran|featured|reproduced|provided|distributed|supplied|syndicated|(?:by\s+)?courtesy|with|by|used|taken|produced)\b"
    r"|\band\s+(?:is|was)\s",
    re.IGNORECASE,
)
"""Beginnings that as well say something of prisoners, ships and films."""
_DAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december"
    "|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|januar|februar|märz|juni|juli|oktober|dezember"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|février|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo|enero|febrero|marzo|abril|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье|январ[еья]|феврал[еья]|марта?|апрел[еья]|июн[еья]|июл[еья]|август[ае]?|сентябр[еья]|октябр[еья]|ноябр[еья]|декабр[еья]"
    "|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|ocak|şubat|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık"
)
_DAY_WORD = re.compile(rf"\b(?:{_DAYS})\b|^(?:may|mai|mayo)$|\b(?:19|20)\d\d\b", re.IGNORECASE)
_AT_A_DAY = re.compile(
    rf"\s+(?:in|on|last|this|im|am|en|em|le|el|il|в|у)\s+(?:(?:early|late|mid|last)[\s-]+)?(?:{_DAYS}|may)\b.*$",
    re.IGNORECASE,
)
_NEAR = 160  # characters behind a name in which its sentence ends; more would make the pattern slow
_BREAKS_OFF = re.compile(
    r"(?:^|\s)(?:of|in|on|at|by|for|from|to|with|and|the|a|an|von|im|am|auf|bei|aus|de|du|des|en|sur|par|dans|por|con|da|do|di|su|в|во|на|с|со|из|и|у|з|та|w|z|i|ve)$",
    re.IGNORECASE,
)
_ARTICLES = ("a ", "an ", "ein ", "eine ", "einem ", "einer ", "un ", "une ", "una ", "bir ")
_NOTE = re.compile(r"\W*[^\W\d_]\S*(?:\s\S+){0,2}\s?")  # "Editor's note", before a colon
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Ending:
    """What stands around a statement in its line."""

    bare: bool
    """Nothing but the statement's sentence stands in the line."""
    ended: bool
    """The statement's sentence says nothing else."""
    opened: bool
    """No words stand before it."""


def ending_of(text: str, match: re.Match[str]) -> Ending:
    """Look at what stands before and behind a match."""
    tail = text[match.end() :]
    ended = _ENDED.match(tail[:_NEAR])
    ended = None if ended and len(tail) > _NEAR and not ended["rest"] else ended
    if not ended and not _begins_cased(tail):
        return Ending(bare=not text[: match.start()].strip(), ended=True, opened=True)
    before = text[: match.start()]
    opened = not _WORD.search(before) or (match.group()[:1] in ":：" and _NOTE.fullmatch(before) is not None)
    return Ending(bare=bool(ended and opened and not ended["rest"]), ended=bool(ended), opened=opened)


def _begins_cased(tail: str) -> bool:
    """Tell whether the first letter behind a name has capitals: of other scripts, clauses are not told apart here."""
    letter = next((mark for mark in tail if mark.isalpha()), "a")
    return letter.lower() != letter.upper()


def is_news(match: re.Match[str], ending: Ending, *, told: bool, inside: bool, label: bool) -> bool:
    """Tell a sentence of news from a statement. `told`: the source is known or linked; `inside`: amid the text; `label`: "Source: X"."""
    if ending.bare:
        return False
    if label:
        return not told and not ending.ended and _CLAUSE.match(match.string, match.end()) is not None
    about = match.string[match.start() : match.start("source")]
    this_text = _THIS_TEXT.search(about) is not None
    if inside and not told:
        return True
    if ending.ended or this_text:
        return False
    return not told or _OF_ANYTHING.search(about) is not None


def without_day(name: str) -> str:
    """Return a name without the day behind it: "Asia Monitor in June"."""
    return _AT_A_DAY.sub("", name)


def is_no_name(name: str) -> bool:
    """Tell whether words taken for a name say when or are anybody: "June", "a senior official"."""
    return _DAY_WORD.search(name) is not None or name.startswith(_ARTICLES)


def breaks_off(captured: str) -> bool:
    """Tell whether words taken for a name end in a preposition: what they lead to is the name, or no name at all."""
    return _BREAKS_OFF.search(captured) is not None
