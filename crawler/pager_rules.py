"""What `pager` knows about the pages of an article, as data: how their addresses are numbered, what links to them say."""

import re

_words = re.compile(r"\S+").findall

# Parameters that number the pages of one text; `start`, `offset` and `cpage` (WordPress: comments) number other things
PARAMETERS = frozenset(
    _words("page p pg pageno pagenum pagenumber page_no page_num paged pagina strona str seite sayfa side sida")
)
WEAK_PARAMETERS = frozenset(("p",))
"""WordPress and others number articles by it, too."""
_WORD = r"(?:page|pagina|seite|sayfa|strona|stranica|sida|side|pg|p)"
EXTENSION = re.compile(r"\.(?:s?html?|php\d?|aspx?|jsp|ece)$", re.IGNORECASE)
INDEX = re.compile(r"/(?:index|default)$", re.IGNORECASE)
# Numbers in paths without extension. Behind a mere hyphen one is weak: WordPress ends a second slug in -2
STRONG = (
    re.compile(rf"/{_WORD}[-_/]?(\d{{1,4}})$", re.IGNORECASE),
    re.compile(rf"[-_,.]{_WORD}[-_]?(\d{{1,4}})$", re.IGNORECASE),
    re.compile(r"/(\d{1,4})$"),
)
BARE = STRONG[-1]
"""Numbers days, issues and instalments, too."""
DATE = re.compile(r"/(?:19|20)\d\d(?:[-/.]\d{1,2}){0,2}$")
"""In front of such a number: it is a month, a day or the day's n-th article."""
WEAK = (re.compile(r"[-_,.](\d{1,4})$"), re.compile(r",(\d{1,4})(?=,)"))

NUMBER = re.compile(
    r"\W*(?:(?:go\s+to\s+)?(?:page|seite|sayfa|strona|pagina|página|halaman|страница|сторінка|σελίδα|sida|side|الصفحة|صفحة|第)\W{0,2})?"
    r"(\d{1,4})\s*[页頁]?(?:\W|$).{0,80}",
    re.IGNORECASE,
)
"""A link that is a number, or has a page's number in front of its heading."""
MARK = re.compile(
    r"\W*(?:\b(?:page|seite|sayfa|strona|pagina|página|halaman|страница|сторінка|σελίδα|sida|side|الصفحة|صفحة)\W{0,2}\d{1,2}"
    r"(?:\s*(?:/|of|von|de|di|van|из|z)\s*\d{1,2})?(?!\d)|\b\d{1,2}\s*/\s*\d{1,2}\b)\W*",
    re.IGNORECASE,
)
"""In a headline: which page it stands on."""
SAYS_PAGE = re.compile(r"\W*[^\W\d]")
"""Of such a link: the word comes before the number."""

NEXT_PAGE = re.compile(
    r"\W*(?:(?:go\s+to\s+(?:the\s+)?)?next\s+page|continue(?:d)?\s+(?:on|to)\s+(?:the\s+)?(?:next\s+)?page|(?:zur\s+)?nächste\s+seite|weiter\s+(?:auf|zu|zur)\s+(?:nächsten\s+)?seite|"
    r"sonraki\s+sayfa|halaman\s+(?:selanjutnya|berikutnya)|(?:la\s+)?page\s+suivante|(?:la\s+)?página\s+siguiente|siguiente\s+página|próxima\s+página|página\s+seguinte|pagina\s+(?:successiva|seguente|următoare)|volgende\s+pagina|"
    r"nästa\s+sida|næste\s+side|neste\s+side|seuraava\s+sivu|następna\s+strona|další\s+strana|következő\s+oldal|"
    r"следующая\s+страница|наступна\s+сторінка|επόμενη\s+σελίδα|الصفحة\s+التالية|下一页|下一頁|次(?:の)?ページ(?:へ)?|다음\s*페이지)\b.{0,40}",
    re.IGNORECASE,
)
NEXT = re.compile(
    r"\W*(?:next|weiter|sonraki|ileri|devam(?:ı)?|suivante?|siguiente|próxim[ao]|seguinte|successiv[ao]|avanti|volgende|nästa|næste|neste|następna|dalej|další|"
    r"вперед|вперёд|далее|следующая|далі|наступна|επόμεν[ηο]|التالي|次へ|[›»→>|]{1,3})\W*",
    re.IGNORECASE,
)
"""Says that something comes next, not what: believed where the address could be nothing else."""
WHOLE = re.compile(
    r".{0,30}(?:\b(?:single|one)[\s-]page\b|\ball\s+pages\b|\b(?:auf|als)\s+eine[rm]?\s+seite\b|\balle[s]?\s+(?:seiten\s+)?auf\s+einer\s+seite\b|\btek\s+sayfa|"
    r"\b(?:sur|en)\s+une\s+(?:seule\s+)?page\b|\ben\s+una\s+(?:sola\s+)?página\b|\b(?:em|numa)\s+(?:uma\s+)?(?:única\s+)?página\b|\bin\s+(?:una\s+)?(?:sola|unica)\s+pagina\b|"
    r"\bop\s+(?:één|een)\s+pagina\b|\bna\s+jednej\s+stronie\b|\bна\s+одной\s+странице\b|\bодной\s+страницей\b|\bна\s+одній\s+сторінці\b|\bσε\s+μία\s+σελίδα\b|"
    r"في\s+صفحة\s+واحدة|单页|單頁|阅读全文|在本页阅读全文|全ページ|1ページで|한\s*페이지).{0,30}",
    re.IGNORECASE,
)
"""Says that a link leads to one page with the whole text."""
ALL = re.compile(
    r"\W*(?:(?:view|show|read)\s+)?(?:all|full(?:\s+(?:text|article|story|version))?|complete(?:\s+article)?|alle[s]?|alle\s+seiten|komplett(?:ansicht)?|ganze[rn]?\s+(?:artikel|text)|tümü|hepsi|tout|todo|tudo|tutto|всё|все|全文)\W*",
    re.IGNORECASE,
)
PRINT = re.compile(
    r"\W*(?:print(?:er)?(?:[\s-](?:this|version|view|page|friendly|article).{0,20})?|druck(?:en|version|ansicht)|artikel\s+drucken|yazdır|imprim(?:ir|er)(?:\s+.{0,20})?|stampa|drukuj|"
    r"версия\s+для\s+печати|печать|распечатать|друк(?:увати)?|εκτύπωση|طباعة|打印|印刷)\W*",
    re.IGNORECASE,
)
"""These two are believed of an article that goes on, at its own address with a mark such as ?page=all."""
SYMBOLS = re.compile(r"\W+")
LABELS = (SYMBOLS, NUMBER, NEXT, NEXT_PAGE, WHOLE, ALL, PRINT)

WHOLE_NAMES = PARAMETERS | frozenset(
    _words(
        """
        all full single singlepage single_page onepage one_page fullpage full_page pagewanted view print printable mode
        showall show_all viewall komplett tmpl format
        """
    )
)
WHOLE_VALUES = frozenset(("", *_words("all full complete komplett single onepage print 1 true yes y")))
WHOLE_END = re.compile(
    r"[/_,.-](?:(?:page|seite|sayfa)[/_-]?)?(?:all|full|complete|komplett|komplettansicht|single|single-?page|one-?page|print|printable|drucken|druckversion|"
    r"yazdir|imprimir|imprimer|stampa|tek-?sayfa)$",
    re.IGNORECASE,
)

ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:comments?|kommentare?|commentaires?|comentarios?|yorum(?:lar)?|disqus|respond|repl(?:y|ies)|forum|galler(?:y|ies)|galerie|galeri|"
    r"slide(?:r|s|show)?|carousel|views?-element-container|view-display-id|swiper|related|recommended|sidebar(?=\s|$)|most-?read|latest|teasers?|calendar|takvim)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Class and id words of parts of a page that have pagers of their own."""
