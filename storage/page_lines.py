"""Lines that speak of the page and not of the matter: counters, ages, dates, heads of lists of other articles. Pure.

Word lists are the second means: what an outlet's other pages show comes first (`storage.sameness`). So they are narrow:
a counter is a line with no word outside COUNTERS ("12 dead" has one); what is left over counts as the article's.
"""

import hashlib
import re

from storage.words import fold, tokens

LONGEST_LINE = 120  # characters; longer ones are prose
LONGEST_LABELLED = 220  # a label and a headline
LONGEST_COUNTER = 80

_NO_LETTER = re.compile(r"\W+")
_NUMBER = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»«“)\]\s]*$")


def _words(text: str) -> frozenset[str]:
    return frozenset(map(fold, text.split()))


COUNTERS = _words(
    """
    view views viewed read reads reading time times comment comments share shares shared like likes liked vote votes
    people person users readers reactions this and by to of in the a one an ago just now now: sec secs second seconds
    min mins minute minutes hr hrs hour hours day days week weeks month months year years today yesterday
    last updated update posted published added h m d

    görüntülenme görüntüleme okunma okundu okuma süresi kez kişi yorum yorumlar paylaşım paylaşıldı beğeni beğendi
    toplam sn saniye dk dakika dakikada saat gün hafta ay yıl önce şimdi bugün dün son güncelleme güncellendi eklenme
    yayınlanma yayınlandı

    просмотр просмотра просмотров просмотры прочтений прочитали комментарий комментария комментариев комментарии
    лайк лайка лайков репостов поделились понравилось раз раза человек время чтения на сек секунд секунды секунду мин
    минут минуты минута минуту час часа часов дней дня день день недель недели неделю назад сегодня вчера только что
    обновлено опубликовано последнее обновление

    перегляд перегляди переглядів коментар коментарі коментарів хвилин хвилини хвилину годин години годину днів дні
    тому сьогодні вчора оновлено опубліковано читання

    aufruf aufrufe ansichten kommentar kommentare mal gelesen geteilt gefällt personen lesezeit lesedauer vor sek
    sekunde sekunden minute minuten std stunde stunden tag tagen tage woche wochen monat monaten jahr jahren gerade
    eben heute gestern aktualisiert zuletzt veröffentlicht stand uhr am um der die das und

    vue vues lu lectures commentaire commentaires partage partages fois temps lecture il y heure heures jour jours
    semaine semaines mois an ans mis jour le la de publié visto visitas veces leído lectura comentario comentarios
    compartir compartido hace minuto minutos hora horas día días semana semanas actualizado tiempo visualizações
    comentários há dias atualizado commenti visualizzazioni minuti ore fa giorni condivisioni lettura di

    مشاهدة مشاهدات تعليق تعليقات دقيقة دقائق ساعة ساعات منذ يوم أيام قراءة آخر تحديث
    """
)
CALENDAR = _words(
    """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
    gmt utc est edt cet cest bst eet msk at on am pm st nd rd th
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    pazartesi salı çarşamba perşembe cuma cumartesi pazar tsi
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    понедельник вторник среда четверг пятница суббота воскресенье мск в г года
    січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
    понеділок вівторок середа четвер пятниця субота неділя
    januar februar märz mai juni juli oktober dezember
    montag dienstag mittwoch donnerstag freitag samstag sonntag
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    lundi mardi mercredi jeudi vendredi samedi dimanche à
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes martes miércoles jueves viernes sábado domingo
    """
)

# Some say by themselves that a headline follows; the others do so with nothing or a colon behind them.
_LABEL = re.compile(
    r"""^\W*(?:
    (?:read\s+(?:also|more|next)|also\s+read|see\s+also|more\s+(?:stories|news)\s+(?:on|from)|you\s+may\s+also|
    ayrıca\s+(?:oku|bkz)\w*|bunlar\s+da|читайте\s+(?:также|ещ[её]|далее)|смотрите\s+также|читайте\s+також|дивіться\s+також|
    lesen\s+sie\s+(?:auch|mehr|dazu)|mehr\s+zum\s+thema|auch\s+interessant|das\s+könnte\s+(?:sie|dich)\s+(?:auch\s+)?interessieren|
    lire\s+aussi|à\s+lire|voir\s+aussi|sur\s+le\s+même\s+sujet|lea\s+también|te\s+puede\s+interesar|leia\s+também|leggi\s+anche|
    اقرأ\s+أيضا)\b|
    (?:related|recommended|trending|popular|(?:most|more)\s+(?:read|popular|viewed|shared|commented)|latest|top|
    more\s+(?:on|from|about)(?:\s+\w+){0,3}|don.?t\s+miss|up\s+next|editors?.?s?\s+picks?|
    ilgili|benzer|diğer|(?:en\s+)?çok\s+okunan(?:lar)?|öne\s+çıkan(?:lar)?|son\s+dakika|sıradaki|günün\s+öne\s+çıkanları|
    по\s+теме|(?:самое\s+)?(?:читаемое|популярное|обсуждаемое)|последние|рекомендуем|материалы\s+по\s+теме|главные|
    ещ[её]\s+по\s+теме|найпопулярніше|останні|
    (?:die\s+)?meistgelesen(?:en?)?|meistgeklickt|zum\s+thema|mehr\s+(?:dazu|aus|von)(?:\s+\w+){0,3}|aktuelle|empfohlen|
    les\s+plus\s+lus|lo\s+más\s+(?:leído|visto)|mais\s+lidas|i\s+più\s+letti|الأكثر\s+قراءة)
    (?:\s+(?:news|stories|articles?|posts?|now|today|this\s+week|haber(?:ler)?|yazılar|новости|новини|статьи|nachrichten|artikel|beiträge))?
    \s*(?:[:：|»›>]|$)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HEAD_OF_LIST = 5  # words: a label and nothing after it

# Where a paragraph speaks of what was changed it is never the page's, however many articles carry the like.
_NOTE = re.compile(
    r"\b(?:correct(?:ed|ion|ions|s|ing)|clarif\w+|errat(?:um|a)|retract\w+|amended|editor.?s.?\s+note|"
    r"an\s+earlier\s+version|düzelt\w+|tekzip|editörün\s+notu|исправ\w+|уточн\w+|опроверж\w+|поправк\w+|"
    r"korrektur\w*|korrigier\w*|berichtig\w+|richtiggestellt|richtigstellung|klarstellung|anmerkung\s+der\s+redaktion|"
    r"in\s+einer\s+früheren\s+(?:version|fassung)|correctif|rectificat\w+|corrección|correção|rettifica)\b",
    re.IGNORECASE,
)
_DEGREES = re.compile(r"\d\s*°|°\s*[CF]\b")


def line_key(paragraph: str) -> str:
    """Return what paragraphs that say the same have in common: a digest of their folded letters; empty without any.

    Numbers count in sentences; in a line they may be a counter's.
    """
    letters = _NO_LETTER.sub("", fold(paragraph))
    if is_line(paragraph):
        letters = _NUMBER.sub("0", letters)
    return hashlib.blake2b(letters.encode(), digest_size=8).hexdigest() if letters else ""


def ends_sentence(paragraph: str) -> bool:
    """Say whether a paragraph ends as a sentence does."""
    return _SENTENCE_END.search(paragraph) is not None


def is_line(paragraph: str) -> bool:
    """Say whether a paragraph is short and no sentence: a headline, a label, a counter."""
    return len(paragraph) <= LONGEST_LINE and not ends_sentence(paragraph)


def is_note(paragraph: str) -> bool:
    """Say whether a paragraph speaks of a correction."""
    return _NOTE.search(paragraph) is not None


def is_counter(paragraph: str) -> bool:
    """Say whether a line says how often, how long ago or how warm, and nothing else."""
    if len(paragraph) > LONGEST_COUNTER or not any(map(str.isdigit, paragraph)):
        return False
    words = _letters(paragraph)
    if _DEGREES.search(paragraph) and len(words - {"c", "f"}) <= 1:
        return True
    return bool(words) and words <= COUNTERS | CALENDAR and not words <= CALENDAR


def is_date(paragraph: str) -> bool:
    """Say whether a line is a day or a time and nothing else."""
    return len(paragraph) <= LONGEST_COUNTER and any(map(str.isdigit, paragraph)) and _letters(paragraph) <= CALENDAR


def labels(paragraph: str) -> bool:
    """Say whether a short paragraph points to other articles: "Read also: …"."""
    return len(paragraph) <= LONGEST_LABELLED and _LABEL.match(paragraph) is not None


def heads_list(paragraph: str) -> bool:
    """Say whether a line is the head of a list of other articles: "Most read"."""
    return labels(paragraph) and is_line(paragraph) and len(paragraph.split()) <= _HEAD_OF_LIST


def _letters(paragraph: str) -> frozenset[str]:
    """Return the folded words of a line, numbers apart."""
    cut = re.sub(r"\d+(?:[.,:]\d+)*(?:[kmKM]\b)?", " ", paragraph)
    return frozenset(fold(token.word) for token in tokens(cut))
