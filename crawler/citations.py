"""The words by which a text cites a source, which is less than being its copy: names of outlets and agencies near a verb. Pure.

First the names are found, then the words around each are looked at: whichever way round a language puts them, and whatever
ending it gives the name, no citation is lost.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from crawler.outlets import Directory
from crawler.sources import AGENCIES, MEDIA, WORDS_TOO, Names, squeeze
from storage.records import Credit
from storage.words import fold

_BEFORE, _AFTER = 70, 170  # characters around a name in which the word that makes it a citation stands
_CLOSE = 14  # characters to it from a name that is a word too ("die Zeit")
_NAMED = "\x00"  # stands for the name in what the rules read
_GAP = r"[^.!?;:。！？؟\x00]"
_DATELINE = re.compile(r"\s*[)\]/]*\s*(?:[-–—/.]|\)$)")
_ENDING = re.compile(r"\w*")
_SHORT = 4  # letters; shorter names in other letters than their own are words
_MOST_TRIES = 25  # mentions of one source that are looked at: the text of the source itself has hundreds
_CITED = 0.7  # less than any statement: the text may have used the source for one sentence only


@dataclass(frozen=True, slots=True)
class Cue:
    """Words before or behind a name that make it a citation."""

    name: str
    languages: tuple[str, ...]
    pattern: re.Pattern[str]
    """Over a text in which one name is NUL; group `gap` is what stands between."""


def _before(name: str, languages: str, words: str, gap: int = 45) -> Cue:
    return Cue(
        name, tuple(languages.split()), re.compile(rf"\b(?:{words})\b(?P<gap>{_GAP}{{0,{gap}}})\x00", re.IGNORECASE)
    )


def _behind(name: str, languages: str, words: str, gap: int = 30) -> Cue:
    return Cue(
        name, tuple(languages.split()), re.compile(rf"\x00(?P<gap>{_GAP}{{0,{gap}}}?)\b(?:{words})\b", re.IGNORECASE)
    )


CITATIONS = (
    _before(
        "according-to",
        "en",
        r"according\s+to|as\s+per|citing|quoting|cited\s+(?:by|in)|quoted\s+(?:by|in)|(?:seen|obtained|reviewed|published|carried|released|polled|compiled|broken)\s+(?:by|in)|reported\s+(?:\w+\s+)?(?:by|in|on)|first\s+reported\s+by|reports?\s+(?:by|in|from|on)|reporting\s+by",
    ),
    _before(
        "told",
        "en",
        r"told|tells?|telling|said\s+to|spoke\s+(?:to|with)|speaking\s+(?:to|with|on)|talking\s+to|interview(?:ed)?\s+(?:with|by|to|on|for)|statement\s+to|comment(?:s|ed)?\s+to|wrote\s+(?:in|for)|confirmed\s+to",
    ),
    _behind(
        "reports",
        "en",
        r"reports|reported|said|says|wrote|writes|quot(?:ed|es|ing)|cit(?:ed|es|ing)|learn(?:ed|t)|revealed|claim(?:s|ed)|added\s+that|interview(?:ed)?|correspondent|was\s+told|disclosed|has\s+seen|noted|broadcast",
    ),
    _before(
        "laut",
        "de",
        r"laut|zufolge|nach\s+(?:\w+\s+)?(?:Informationen|Angaben|Recherchen)|bericht(?:et|ete|eten|en|s)?|melde(?:t|te|ten)|schreibt|schrieb|gegenüber|zitier(?:t|te)|sagte|sagten|erklärte|erfuhr|berufung\s+auf|verweis\s+auf|interview\s+(?:mit|in|der)|gespräch\s+mit|mitteilte|erfahren\s+(?:hat|haben)",
        40,
    ),
    _behind(
        "berichtet",
        "de",
        r"bericht(?:et|ete|eten)|melde(?:t|te|ten)|schreibt|schrieb|zitiert\w*|vorlieg\w+|zufolge|erfuhr|erfahren|sagte|meldung|interview|unter\s+berufung|angaben",
        60,
    ),
    _before(
        "selon",
        "fr",
        r"selon|d['’]après|rapport(?:e|é|ent|ait)|indiqu(?:e|é)|déclar(?:e|é)|confi(?:e|é)|auprès|cité\w*\s+par|citant|dit|affirm(?:e|é)|précis(?:e|é)|annonc(?:e|é)|révèl(?:e|é)|révélé|expliqu(?:e|é)|appris|interrog(?:é|ée|és)\s+par|interview\s+(?:à|au|avec|accordée)|entretien\s+(?:à|au|avec|accordé)|assur(?:e|é)|relat(?:e|é)|écrit|informations?\s+d[eu]|contact(?:é|ée)s?\s+par|signal(?:e|é)",
    ),
    _behind(
        "rapporte",
        "fr",
        r"(?:a|ont)\s+(?:rapporté|indiqué|annoncé|révélé|affirmé|appris|écrit|cité|publié)|rapporte|révèle|écrit|indique|affirme|cite|citant",
    ),
    _before(
        "según",
        "es pt",
        r"según|segundo|conforme|de\s+acuerdo\s+con|de\s+acordo\s+com|inform(?:ó|a|aron|ou|e)|report(?:ó|a|aron|ou)|dij(?:o|eron)|disse(?:ram)?|declar(?:ó|aron|ou)|cit(?:ado|ada|ados|adas|ando)(?:\s+(?:por|pel[ao]))?|citó|señaló|afirmó|afirmou|explicó|explicou|aseguró|indicó|entrevista\s+(?:con|a|de|com|à|ao)|avançou|noticiou|adiantou|contó|relató|revel(?:ó|ou)|public(?:ó|ou|ado\s+por)|difund(?:ió|ido\s+por)|fontes?\s+d[ao]",
    ),
    _behind(
        "informó",
        "es pt",
        r"inform(?:ó|a|ou)|report(?:ó|a|ou)|public(?:ó|a|ou)|revel(?:ó|a|ou)|señal(?:ó|a)|afirm(?:ó|a|ou)|asegur(?:ó|a)|indic(?:ó|a|ou)|noticiou|avançou|cit(?:ó|a|ando|ou)",
    ),
    _before(
        "secondo",
        "it",
        r"secondo|stando\s+a\w*|rifer(?:isce|iscono|ito)|riport(?:a|ano|ato)|scriv(?:e|ono)|rivel(?:a|ato)|detto|dichiarat[oa]|spiegato|citat[oaie]|citando|intervista\s+(?:a\w*|con|rilasciata\s+a\w*)|fonti\s+d\w+|lo\s+ha\s+\w+|informa|fa\s+sapere|affermat[oa]",
    ),
    _behind(
        "riferisce",
        "it",
        r"rifer(?:isce|ito)|riport(?:a|ato)|scrive|rivela|informa|cita|ha\s+(?:scritto|riferito|riportato|rivelato)",
    ),
    _before(
        "podaje",
        "pl",
        r"podaj(?:e|ą)|poda(?:ł|ła|ło|ły)|inform(?:uje|ują|ował|owała)|poinformow(?:ał|ała|ało|ali|ano)|donos(?:i|zą)|doni(?:ósł|osła|osły)|pisz(?:e|ą)|napisał\w*|według|zdaniem|powiedzia(?:ł|ła|eli)|przekaz(?:ał|ała|ali|uje)|cytuje|cytowan\w+\s+przez|powołując\s+się\s+na|za\s+agencją|w\s+rozmowie\s+z|wywiadzie\s+dla|ustalił\w*",
    ),
    _behind(
        "poinformował",
        "pl",
        r"podaj(?:e|ą)|poda(?:ł|ła|ło)|inform(?:uje|ował|owała)|poinformował\w*|donosi|doniósł|doniosła|pisze|napisał\w*|przekaz(?:ał|ała)|ustalił\w*",
    ),
    _before(
        "со-ссылкой-на",
        "ru uk",
        r"(?:ссылкой|ссылаясь|ссылается|посиланням|посилаючись|покликаючись|покликанням)\s+на|по\s+(?:данным|информации|сообщени\w+|версии|словам)|за\s+(?:даними|інформацією|словами|повідомленням|версією)",
    ),
    _before(
        "сообщает",
        "ru",
        r"сообща(?:ет|ют|ло|ла|л|ли)|сообщил[аио]?|сообщени\w+|переда[её]т|передают|передал[аио]?|пиш(?:ет|ут)|писал[аио]?|написал[аио]?|информирует|заявил[аи]?|рассказал[аи]?|отмечает|отметил[аи]?|цитирует|цитируют|привод(?:ит|ят)|интервью|беседе|эфире|опубликовал[аои]?|узнал[аои]?|сказал[аи]?|пояснил[аи]?|уточн(?:ил|яет)\w*|говорится|поделил\w+|комментари\w+|источник\w*|собеседник\w*|корреспондент\w*|материале|публикации|об\s+этом",
    ),
    _behind(
        "сообщили",
        "ru",
        r"сообщ(?:ил|ает|ают|али|или|ила|ило|ал|ала)\w*|переда[её]т|передал[аио]?|пиш(?:ет|ут)|писал[аио]?|написал[аио]?|информирует|заявил[аи]?|рассказал[аи]?|узнал[аио]?|отмечает|отметил[аи]?|уточнил[аи]?|утвержда\w+|цитирует|со\s+ссылкой|ссылаясь|подтвердил[аи]?|опубликовал[аои]?|сказал[аи]?|пояснил[аи]?|стало\s+известно",
    ),
    _before(
        "повідомляє",
        "uk",
        r"повідомля[єю]\w*|повідоми(?:в|ла|ло|ли)|повідомляв\w*|переда[єю]\w*|передав|передала|пиш(?:е|уть)|писав|писала|написав\w*|інформує|інтерв.ю|розповіл?\w*|сказа(?:в|ла)|заяви(?:в|ла|ли)|коментарі?|йдеться|матеріалі|публікації|цитує|кореспондент\w*|зазнача\w+|уточню\w+|як\s+повідомля\w+|про\s+це",
    ),
    _behind(
        "повідомив",
        "uk",
        r"повідомля[єю]\w*|повідоми(?:в|ла|ло|ли)|переда[єю]\w*|пиш(?:е|уть)|писав|написав\w*|інформує|стверджу\w+|розповіл?\w*|сказа(?:в|ла)|заяви(?:в|ла|ли)|зазнача\w+|з\s+посиланням|дізнал\w+|опублікува\w+",
    ),
    _behind(
        "haberine-göre",
        "tr",
        r"haber(?:ine|inde|inin|lerine|de)|aktardığına|bildirdiğine|yazdığına|duyurduğuna|aktard\w+|iddia\s+etti|mikrofon\w+|ulaştığı|edindiği|(?<=[ae]\s)göre",
        40,
    ),
    _behind("muhabirine", "tr", r"muhabir(?:ine|lerine|inin\s+(?:edindiği|aldığı|ulaştığı))", 12),
    Cue(
        "açıkladı",
        ("tr",),
        re.compile(
            rf"\x00(?P<gap>(?:['’]?[yn]?[ae]|(?:\s\w+){{0,2}}\s\w+[ny][ae])\b{_GAP}{{0,40}}?)\b(?:konuş\w+|açıkla\w+|demeç\w*|bilgi\s+ver\w+|anlat\w+|değerlendir\w+|söyle\w+|röportaj\w*|mülakat\w*|yaptığı|yanıt\w*)",
            re.IGNORECASE,
        ),
    ),
    Cue(
        "bildirdi",
        ("tr",),
        re.compile(
            rf"\x00(?P<gap>,\s{_GAP}{{0,140}}?|[^.!?;:,\x00]{{0,25}}?)\b(?:bildir(?:di|ildi|iyor)\w*|yaz(?:dı|ıyor)|duyurdu|aktardı|geçti|haberleştirdi|yayı[nm]ladı|dayandır\w+)\b",
            re.IGNORECASE,
        ),
    ),
    _before(
        "σύμφωνα-με",
        "el",
        r"σύμφωνα\s+με|επικαλούμεν\w+|επικαλείται|μεταδίδει|μετέδωσ[εα]\w*|αναφέρ(?:ει|ουν)|ανέφερ[εα]\w*|γράφει|δήλωσ[εα]\w*|δηλώσεις|μίλησε|μιλώντας|συνέντευξη|επικαλ\w+|αποκάλυψε|αποκαλύπτει|δημοσιεύει|δημοσίευμα|ρεπορτάζ|είπε|πληροφορίες|σχολίασε|τόνισε",
    ),
    _behind(
        "μεταδίδει",
        "el",
        r"μεταδίδει|μετέδωσ[εα]|αναφέρει|ανέφερε|γράφει|αποκάλυψε|αποκαλύπτει|δημοσίευσε|επικαλ\w+|επισημαίνει|σημειώνει|έγραψε",
    ),
    _before(
        "بحسب",
        "ar",
        r"[وف]?(?:بحسب|حسب|حسبما|وفقا|وفقاً|وفق|ذكرت|ذكر|أفادت|أفاد|قالت|قال|قالوا|نقلت|نقل|نقلا|نقلاً|أوردت|أعلنت|كشفت|كتبت|نشرت|نشرته|أكدت|صرح|صرحت|تصريح|تصريحات|تصريحه|مقابلة|حديث|حوار|أضافت|أشارت|بثت|أبلغ|أخبر|مراسل|عن|لـ)",
        30,
    ),
    _behind("نقلت", "ar", r"(?:عن|إن|أن|أنها|ذكرت|أفادت|نقلت|قالت)", 12),
    Cue(
        "据",
        ("zh", "ja"),
        re.compile(
            r"(?:据|據|援引|引述|引用|告诉|告訴|接受)(?P<gap>[^。！？\x00]{0,12})\x00|\x00(?P<gap2>[^。！？\x00]{0,14}?)(?:报道|報道|報導|消息|采访|称|稱|伝え|によると)",
            re.IGNORECASE,
        ),
    ),
)


def citations(lines: Iterable[str], names: Names) -> Iterator[Credit]:
    """Yield each source a text cites, once, with the words that cite it."""
    mention = _mention(names.directory)
    tried: Counter[str] = Counter()
    for text in lines:
        for match in mention.finditer(text):
            name = _name_in(match, names)
            source = names.outlet_of(name) or squeeze(name)
            tried[source] += 1
            if tried[source] > _MOST_TRIES or names.is_own(name):
                continue
            if found := _cue_at(text, match, name):
                tried[source] = _MOST_TRIES
                yield _credit(name, *found, names)


def _name_in(match: re.Match[str], names: Names) -> str:
    """Return the name a text mentions without its case ending, Arabic ones with their article if they have one."""
    forms = (f"ال{match['arabic']}", match["arabic"]) if match["arabic"] else (match["name"] or match["eastern"],)
    return next((known for form in forms if (known := names.known(form))), forms[-1])


def _credit(name: str, rule: str, words: str, names: Names) -> Credit:
    return Credit(
        name=name,
        outlet=names.outlet_of(name),
        url=None,
        role="citation",
        kind="credit_line",
        words=words,
        rule=rule,
        confidence=_CITED,
    )


def _cue_at(text: str, match: re.Match[str], name: str) -> tuple[str, str] | None:
    """Return the rule that makes a name a citation, and the words; None if it is only mentioned."""
    start, end = match.span()
    left, right = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    around = f"{text[left:start]}{_NAMED}{text[end:right]}"
    close = _is_word_too(name) and not text[:start].endswith(("«", "“", "„", '"', "‘", "「", "《", "»"))
    for cue in CITATIONS:
        if found := cue.pattern.search(around):
            gap = next(part for part in (*found.groups(), "") if part is not None)
            if found.group().startswith(_NAMED) and _DATELINE.match(gap):
                continue
            if close and (len(gap) > _CLOSE or found.group().startswith(_NAMED)):
                continue
            ending = "" if found.group().startswith(_NAMED) else _ending(text, end)
            return cue.name, found.group().replace(_NAMED, match.group()) + ending
    return None


def _is_word_too(name: str) -> bool:
    """Tell whether a name may be a word: one that no agency or paper has for itself."""
    folded = fold(name)
    return folded in WORDS_TOO or (
        " " not in name and name not in AGENCIES and name not in MEDIA and not name.isupper()
    )


@lru_cache(maxsize=4)
def _mention(directory: Directory | None) -> re.Pattern[str]:
    """Return a pattern that finds every known name, with the ending or prefix its language gives it."""
    outlets = directory.outlets.values() if directory else ()
    known = {name for outlet in outlets for name in (outlet.name, *outlet.aliases) if len(name) > 1}
    known |= AGENCIES | MEDIA
    known |= {name.upper() for name in known if len(name) > _SHORT} | {
        name.capitalize() for name in known if name.isupper() and len(name) > _SHORT and name.isalpha()
    }
    spaced = {name for name in known if not "\u0600" <= name[0] <= "\u06ff" and not "\u3040" <= name[0] <= "\ud7ff"}
    arabic = {name.removeprefix("ال") for name in known if "\u0600" <= name[0] <= "\u06ff"}
    eastern = known - spaced - {name for name in known if "\u0600" <= name[0] <= "\u06ff"}
    return re.compile(
        rf"(?<!\w)(?P<name>{_trie(spaced)})(?=\W|$|[а-яіїєё]{{1,2}}(?!\w)|(?:a|u|em|owi|ie)(?!\w))"
        rf"|(?<!\w)[وف]?(?:بال|ال|لل|ل|ب|ك)?(?P<arabic>{_trie(arabic)})(?!\w)|(?P<eastern>{_trie(eastern)})"
    )


def _trie(names: Iterable[str]) -> str:
    """Return alternatives by their first letter, the longest first: a letter that begins none is passed at once."""
    by_letter: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        by_letter.setdefault(name[0], []).append(re.escape(name[1:]))
    return "|".join(f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in by_letter.items()) or "(?!)"


def _ending(text: str, start: int) -> str:
    """Return the letters that go on from a place in a text."""
    found = _ENDING.match(text, start)
    return found.group() if found else ""
