"""The words of bylines, as data: what stands before a name, behind it, and in its place. Pure."""

import re

_WORK = (
    r"author|written|posted|created|published|reported|story|words|text|texte|analysis|opinion|article|interview|column|comment|report|essay|"
    r"review|feature|eingestellt|geschrieben|erstellt|verfasst|veröffentlicht|kolumne|kommentar|gastbeitrag|gastkommentar|reportage|beitrag|"
    r"blog-?\s?beitrag|artikel|bericht|analyse|porträt|essay|ein\s+interview|ein\s+gastbeitrag|ein\s+kommentar|eine\s+\w+|publié|écrit|"
    r"propos\s+recueillis|escrito|publicado|entrevista|scritto|intervista|a\s+cura"
)
_LABELS = (
    r"autor(?:in|en|ka|zy|s|es|e|i)?|autorin\s*/\s*autor|authors?|auteure?s?|text|texte|testo|texto|tekst|szöveg|írta|szerző|piše|napsal[ai]?|"
    r"συντάκτης|κείμενο|текст|автор(?:ы|и|ка)?|penulis|reporter|oleh|tác\s+giả|yazan|yazar|haber|muhabir|نویسنده|کاتب|الكاتب"
)
BY = re.compile(
    rf"^(?:\W*)(?:(?:{_WORK})\s+)?"
    r"(?:(?:by|from|von|vom|par|por|di|da|door|av|af|od|yazan|yazar|haber|автор(?:ы|и)?|του|της|γράφ(?:ει|ουν)\s+[οηι]ι?|oleh|oprac\.|بقلم|كتبت?|מאת|โดย)\s*:?\s+"
    rf"|(?:{_LABELS})(?:\s*[:：]\s*|\s+)"
    r"|(?-i:De\s+(?=[A-ZÀ-Þ][^\s]+\s+[A-ZÀ-Þ]))|(?-i:By|Von|Par|Por|Author|Autor)(?=[A-ZÀ-Þ]))"
    r"(?:(?:unser(?:em|er|en)?|onze|our|notre|nuestr[oa]|nostr[oa])\s+(?:\w+\s+)?(?=\S+\s+\S))?",
    re.IGNORECASE,
)
DENSE_BY = re.compile(r"^[（(\[【]?\s*(?:作者|撰文|文字|记者|記者|本报记者|本報記者|取材|執筆|文|글)\s*[:：/／・\s]\s*")
DENSE_ROLE = re.compile(
    r"(?:本[报報])?(?:通[讯訊]员|特[约約]?记者|见习记者|[记記]者)|(?:선임|수습|객원)?기자|특파원|논설위원|편집위원"
)
NO_DENSE_NAME = re.compile(
    r"(?:网|網|报|報|社|台|新[闻聞]|[编編][辑輯集]部?|小编|小編|导|導|道|电|電|摄|攝|撮影|部|局|院|时报|時報|통신|일보|방송)$"
    r"|^(?:来源|責任|责任|责编|編集|编辑|新华|共同|朝日|毎日|読売|産経|日経|연합|미디어)|뉴스|신문"
)
ASIDE = re.compile(r"\s*[(（\[][^()（）\[\]]*[)）\]]|\s*\S*@\S*")
OTHER_WORK = re.compile(
    r"(?:^|[\s,;|/•·–—-]+)(?:photo(?:s|graphs?|graphy)?|fotos?|bild(?:er)?|illustration(?:en|s)?|grafik|graphics?|video|фото|fotoğraf|editing|edited|"
    r"edición|reviewed|fact[\s-]?checked|translated|traducción|übersetz(?:t|ung)|adaptation|mitarbeit|redaktion)\b\s*(?:\W|by\b|von\b|par\b|por\b).*$",
    re.IGNORECASE,
)
TRAIL = re.compile(
    r"\s*(?:(?:[,|–—-]|\s(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|on|am|um|le|el|at)[.,]?(?=\s))?\s*\d.*"
    r"|[,|–—-]?\s*(?:updated|published|last\s+updated|stand|follow(?=\s|$))\b.*|\s(?:on|am|um|le|el|at))$",
    re.IGNORECASE,
)
LATIN_AND = "[yei]"
SPLIT = re.compile(
    r"\s*(?:[,;|/／•·・\n]|\s(?:and|und|et|y|e|i|ve|и|й|та|і|och|og|en(?=\s+[A-ZÀ-Þ]\w+\s+[A-ZÀ-Þ])|και|with|mit|avec|dan)\s|\s[&+–—-]\s|、|，|；)\s*",
    re.IGNORECASE,
)
WITH = re.compile(r"^(?:and|und|et|with|mit|avec|con|ve|и)\s+", re.IGNORECASE)
NOT_A_PERSON = re.compile(
    r"\b(?:staff|editor(?:s|ial)?|redaktion|redaktor|redacci[oó]n|redação|redazione|r[ée]daction|redakcja|redaktsiya|team|desk|news|newsroom|agenc(?:y|ies)|"
    r"agence|agentur|agenzia|agencias?|correspondents?|admin(?:istrator)?|webmaster|press|media|online|digital|web|guest|contributors?|writers?|reporters?|bureau|"
    r"editora|редакция|редакція|новости|агентство|корр|haber|haberler|merkezi|ajans[ıi]?|gazete|gazetesi|servis[i]?|"
    r"department|service|wire|wires|reports?|publications?|magazin|magazine|times|post|journal|foundation|institute|institut|center|centre|council|"
    r"university|association|company|ltd|inc|gmbh|blog|website|portal|archive|world|today|board|society|daily|international|"
    r"chief|economist|analyst|professor(?:in)?|director|manager|fellow|columnist|journalist(?:in)?|political|senior|president|founder|"
    r"photographer|producer|presenter|author|autor(?:in)?|columnista|periodista|corresponsal|journaliste|giornalista|gazeteci|"
    r"http|https|www|email|e-mail|twitter|facebook|follow|share|view|posts?|comments?|published|updated|subscribe|anonymous|unknown|user|read|edition)\b|"
    r"[@\d#©…:：＝]|(?<!\w)(?:the|unser\w*|our)\s|\.(?:com|org|net|de|ru|co|tr|uk)\b",
    re.IGNORECASE,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROLES = _words(
    """senior junior chief political diplomatic defence defense economics economic business sports sport foreign national world europe security health
    science technology education environment city night deputy associate assistant executive managing staff special investigative crime data
    editor reporter correspondent writer columnist journalist analyst economist director producer critic fellow contributor presenter news bbc cnn
    redakteur redakteurin korrespondent korrespondentin journaliste corresponsal periodista"""
)
STOP = _words(
    """in for aus from at à bei im of as is über special contributing dans en est wrote writes berichtet
    специально из обозреватель корреспондент журналист"""
)
PARTICLES = _words(
    "von van der den de la las los le di da dos das do del della el al bin ibn bint zu zum zur ter ten te du af abu 't y e i vom ben san ould"
)
DEGREES = _words("phd md mba rn esq msc ba ma")
PLACES = frozenset(
    re.split(
        r"[|\n]\s*",
        """new york|los angeles|san francisco|san diego|las vegas|new delhi|hong kong|tel aviv|são paulo
        sao paulo|rio de janeiro|buenos aires|washington dc|washington d.c|cape town|mexico city
        st petersburg|st. petersburg|saint petersburg|the hague|den haag|kuala lumpur|abu dhabi
        frankfurt am main|united states|united kingdom|united nations|saudi arabia|south africa|south korea
        north korea|sri lanka|new zealand|costa rica|puerto rico|el salvador|addis ababa|phnom penh
        san salvador|santiago de chile|ciudad de méxico|la paz|la habana|нью йорк|санкт петербург
        новая зеландия|tel-aviv|bad homburg|nur sultan|sierra leone|west bank|gaza city|port louis
        port moresby""",
    )
)
