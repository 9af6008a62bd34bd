"""What belongs to an outlet's pages and not to the article: elements removed before reading, paragraphs after it. Pure.

Two kinds of phrase: WHOLE ones are furniture wherever they stand alone in a short paragraph; LEGAL ones even in a long one,
because disclaimers run to paragraphs. Neither looks at a paragraph in the middle of a sentence: a phrase must open it.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice

from lxml import etree

from crawler.wall_rules import WAY_IN
from storage.page_lines import line_key
from storage.words import fold

SHORT = 220  # characters; longer paragraphs are somebody's prose unless a legal phrase opens them
_LAST, _LAST_SHORT = 3, 450  # paragraphs at the end, where "follow us" and "sign up" go on for a while, and characters
_POPOVER_LINKS, _POPOVER = 2, 800  # links and characters of a card that opens on a name
_PROSE = 40  # characters
_OPENING = 300  # characters in which a legal phrase shows
_NO_WORD = re.compile(r"\W+")
_WITH_PROSE = ("p", "div", "span", "li", "td", "br", "a", "em", "strong", "b", "i", "blockquote", "section", "article")
_MOST_OF_PAGE = 0.2  # an element holding more of the page's prose than this is no furniture, whatever its class says

_HEAD = 8  # paragraphs among which a headline, byline or date may stand
_FOOT = 3
_SAME_TITLE = 0.9
MAY_REPEAT = 40
"""Characters; shorter lines ("he said.") may well come twice."""
_BYLINE = 120  # characters
_DATE = re.compile(
    r"\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4}|\d{4}\s?年\s?\d\d?\s?月\s?\d\d?\s?日|"
    r"\d\d?(?:st|nd|rd|th|\.|º)?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?\d{4}|[^\W\d_]{3,12}\.?\s+\d\d?(?:st|nd|rd|th)?,?\s+\d{4}|"
    r"\d\d?[:.h]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?(?:\s*[A-Z]{2,4}\b)?"
)
_BYLINE_WORDS = re.compile(
    r"\b(?:(?:last\s+)?updated?|modified|published|posted|created|first|on|at|by|and|von|vom|um|uhr|stand|aktualisiert|veröffentlicht|und|par|publié|le|à|mis\s+à\s+jour|et|por|publicado|atualizado|el|às|às|y|"
    r"опубликовано|обновлено|güncelleme|yayın(?:lanma)?|tarihi|giriş|saat|ve|"
    r"mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|sábado|domingo|lunes|martes|miércoles|jueves|viernes)\b",
    re.IGNORECASE,
)

_CLASS = re.compile(
    r"(?:^|[\s_-])(?:newsletter|related|read-?(?:more|also|next)|most-?read|share|sharing|social|donat\w*|paywall-?hint|subscribe|"
    r"subscription|disclaimer|copyright|author-?(?:box|bio|info)|about-?(?:the-)?author|bio|recommend\w*|promo\w*|sponsored|advert\w*|"
    r"taboola|outbrain|cookie|breadcrumbs?|comments?|caption|wp-caption-text|credits?|tags?-?list|post-?tags|pagination|"
    r"teasers|trending|popular|follow-?us|embed-?consent|consent)(?:$|[\s_-])",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"""^\W*(?:
    (?:read|see|watch|listen)\s+(?:also|more|next|too|full|the\s+full)\b|also\s+read\b|more\s+(?:on|from|about)\s+this\b|related\s*(?:articles?|stories|news|topics?|content)?\s*:|
    (?:click|tap)\s+here\b|continue\s+reading|story\s+continues|article\s+continues|advertisement|sponsored\b|
    sign\s+up\b|subscribe\b|get\s+(?:our|the\s+latest|breaking)\b|newsletter|follow\s+(?:us|him|her|them|\S+\s+on)\b|like\s+us\b|join\s+(?:us|our)\b|
    share\s+(?:this|on|via|the)\b|share\s*$|print\s+this|email\s+this|(?:leave|post|add)\s+(?:a|your)\s+comment|comments?\s*(?:\(\d+\))?\s*$|comment\s+on\b|
    become\s+a\s+(?:\w+\s+)?(?:member|patron|supporter|subscriber)|donate\b|support\s+(?:us|our|independent)\b|please\s+(?:donate|consider|support|share|subscribe|click)\b|
    articles?\s+by\s*:|(?:all|more)\s+(?:articles|posts|stories)\s+by\b|copyright\b|©|\(c\)\s+\d{4}|all\s+rights\s+reserved|
    for\s+(?:media|press)\s+(?:inquiries|enquiries|queries)|(?:media|press)\s+contact\s*:|download\s+(?:our|the)\s+app|
    (?:image|photo|picture|video|featured\s+image|cover\s+image)s?\s*(?:credits?|source|courtesy|by|:)|(?:reuters|ap|afp|getty|epa)\s+photo|
    editor'?s?\s+picks?|recommended\b|trending\b|tags?\s*:|topics?\s*:|tags?\s*$|https?://\S+$|filed\s+under|posted\s+in\b|loading\b|
    lesen\s+sie\s+(?:auch|mehr|hier|dazu)|mehr\s+(?:zum\s+thema|dazu|lesen)|lesen\s+sie|zum\s+thema\s*:?|auch\s+interessant|newsletter\s+abonnieren|jetzt\s+abonnieren|
    (?:bild|foto|fotos|quelle\s+bild|bildquelle|symbolbild)\s*:|anzeige\s*$|werbung\s*$|empfohlener\s+(?:externer|redaktioneller)|externer\s+inhalt|
    lire\s+(?:aussi|également|plus|la\s+suite)|à\s+lire|voir\s+aussi|abonnez-vous|inscrivez-vous|suivez-nous|partager|crédit\s+photo|
    lea\s+también|leer\s+más|te\s+puede\s+interesar|ver\s+también|suscr[ií]b|síguenos|compartir|foto\s*:|
    leia\s+(?:também|mais)|veja\s+também|assine|leggi\s+anche|iscriviti|
    les\s+også|läs\s+(?:också|även|mer)|læs\s+også|lue\s+myös|lees\s+ook|czytaj\s+(?:też|także|więcej|również)|zobacz\s+(?:też|także|również)|přečtěte\s+si|olvassa\s+el|
    ayrıca\s+(?:bkz|okuyun)|ilgili\s+haber|devamını\s+oku|haberin\s+devamı|abone\s+ol|bizi\s+takip|
    читайте\s+(?:также|ещё|еще|нас)|читать\s+(?:также|далее|полностью)|смотрите\s+также|подпис(?:ывайтесь|аться|ка)|поделиться|фото\s*:|по\s+теме\s*:|
    читайте\s+також|підписуйтесь|дивіться\s+також|поділитися|
    διαβάστε\s+(?:επίσης|ακόμη|ακόμα|περισσότερα)|δείτε\s+(?:επίσης|ακόμη)|ακολουθήστε|
    اقرأ\s+(?:أيضا|أيضاً|المزيد)|شاهد\s+أيضا|تابعونا|
    相关(?:新闻|阅读|链接)|更多(?:新闻|精彩)|责任编辑|【?关连|関連記事|続きを読む
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_LEGAL = re.compile(
    r"""^\W*(?:
    disclaimer\b|haftungsausschluss|sorumluluk\s+reddi|(?:avis\s+de\s+)?non-responsabilité|
    (?:the\s+)?(?:contents?|views|opinions|statements)\s+(?:of|in|expressed\s+in)\s+this\s+(?:article|post|piece|text)\b.{0,80}\b(?:responsib|author|necessarily|own\b)|
    \S+\s+contains\s+copyrighted\s+material|this\s+(?:site|web\s?site|page|article|post)\s+(?:may\s+)?contains?\s+copyrighted|
    we\s+are\s+making\s+such\s+material\s+available|the\s+material\s+on\s+this\s+site\s+is\s+(?:distributed|provided)|fair\s+use(?:\s+notice)?\s*[:.]|
    if\s+you\s+wish\s+to\s+use\s+copyrighted|(?:this\s+material|the\s+material\s+on\s+this\s+site)\s+may\s+not\s+be\s+(?:published|reproduced|copied)|
    (?:no\s+part\s+of\s+this|reproduction\s+(?:in|of)|unauthori[sz]ed\s+(?:use|reproduction))\b|
    (?:\S+\s+){0,9}grants\s+permission\s+to\s+(?:cross-?post|re-?publish|re-?post|reproduce)|for\s+publication\s+of\s+.{3,60}\bcontact\s*:|
    (?:\S+\s+){0,8}will\s+not\s+be\s+(?:held\s+)?responsible\s+for\s+any\s+(?:inaccura|error|incorrect)|
    copyright\s*(?:©|\(c\)|\d{4})|©\s*(?:copyright\s*)?\d{4}|all\s+rights\s+reserved
    )""",
    re.IGNORECASE | re.VERBOSE,
)


_HEADS_OTHERS = re.compile(
    r"""\W*(?:
    (?:more|other|further|latest|related|recommended|popular|top|similar|trending|our\s+latest)\s+(?:\w+\s+)?(?:articles?|stories|news|posts?|content|links?|reading|topics?|coverage|headlines|videos?)(?:\s+(?:from|on|by|in|about)\b.{0,40})?|
    more\s+(?:from|on|about|in|by)\b.{0,40}|related|recommended(?:\s+for\s+you)?|you\s+(?:may|might)\s+(?:also\s+)?(?:like|be\s+interested).{0,20}|most\s+(?:read|popular|viewed|commented|shared).{0,20}|what\s+to\s+read\s+next|up\s+next|
    (?:view\s+|show\s+|all\s+|reader\s+|\d+\s+)?comments?(?:\s*\(?\d*\)?)|leave\s+a\s+(?:reply|comment).{0,20}|join\s+the\s+(?:conversation|discussion)|about\s+the\s+authors?|(?:celebrity|entertainment|local|national)\s+headlines|ads\s+by\s+google|
    (?:weitere|ähnliche|verwandte|aktuelle|neueste|neuste|passende|kommentierte|die\s+neuesten)\s+(?:artikel|beiträge|themen|nachrichten|meldungen|news|inhalte|links|informationen|infos|videos)(?:\s+(?:zum|zu|aus|von)\b.{0,40})?|mehr\s+(?:zu|zum|aus|von|über)\b.{0,40}|
    (?:meistgelesen|meist\s*gelesene?|meist-?diskutiert|auch\s+interessant|das\s+könnte\s+(?:sie|dich)\s+(?:auch\s+)?interessieren|zum\s+weiterlesen|kommentare?|keine\s+kommentare|\d+\s+kommentare?|diskutieren\s+sie\s+mit|ihre\s+meinung|über\s+den\s+autor|über\s+die\s+autor(?:in|en))(?:\s*\(\d+\))?|
    (?:à\s+lire\s+(?:aussi|également)|sur\s+le\s+même\s+(?:sujet|thème)|articles?\s+(?:liés?|similaires?|connexes?)|les?\s+plus\s+lus?|(?:\d+\s+)?commentaires?|vos\s+réactions|dans\s+la\s+même\s+rubrique)|
    (?:noticias|artículos|contenido|notas)\s+relacionad[oa]s?|te\s+puede\s+interesar|le\s+puede\s+interesar|más\s+(?:noticias|información|leíd[oa]s|sobre\b.{0,40})|lo\s+más\s+(?:leído|visto)|(?:\d+\s+)?comentarios?(?:\s*\(\d+\))?|(?:notícias|matérias)\s+relacionadas|mais\s+(?:lidas|notícias|sobre\b.{0,40})|(?:articoli|notizie)\s+correlat[ei]|(?:\d+\s+)?commenti|
    (?:\w+\s+)?komentarze(?:\s*\(\d+\))?|zobacz\s+(?:też|także|również)|czytaj\s+(?:też|także|również)|(?:najnowsze|najczęściej\s+czytane|powiązane|podobne)(?:\s+\w+)?|polecamy|
    (?:\w+\s+)?комментари[ий](?:\s*\(?\d*\)?)|(?:другие|последние|главные|похожие|новые)\s+(?:новости|материалы|статьи|публикации|записи)(?:\s+.{0,40})?|(?:новости|материалы|ссылки|статьи)\s+по\s+теме|новости\s+партн[её]ров|главное\s+за\s+(?:сутки|день|неделю)|(?:ещ[её]|также)\s+по\s+теме|по\s+теме|в\s+разделе|читайте\s+также|смотрите\s+также|популярное|обсуждение|оставить\s+комментарий|добавить\s+комментарий|
    (?:інші|останні|головні|схожі)\s+(?:новини|матеріали|статті)(?:\s+.{0,40})?|(?:новини|матеріали)\s+(?:за|по)\s+тем[іи]|коментарі(?:\s*\(?\d*\)?)|читайте\s+також|
    (?:τελευταίες|σχετικές?|περισσότερες)\s+ειδήσεις|σχετικά\s+(?:άρθρα|θέματα|νέα)|σχόλια(?:\s*\(?\d*\)?)|διαβάστε\s+(?:επίσης|ακόμη|ακόμα)|
    (?:ilgili|benzer|diğer|son|en\s+çok\s+okunan)\s+haberler|(?:\d+\s+)?yorum(?:lar)?(?:\s*\(\d+\))?|les\s+også|relaterte?\s+(?:saker|artikler)|siste\s+nytt|mest\s+(?:lest|läst)|(?:gerelateerde?|meer)\s+(?:artikelen|nieuws)(?:\s+.{0,30})?|lees\s+(?:ook|meer)|reacties(?:\s*\(\d+\))?|
    (?:相关|相關|推荐|推薦|热门|熱門|更多|最新)(?:新闻|新聞|文章|阅读|閱讀|报道|報導|内容|內容|消息|链接)|(?:网友|網友)?(?:评论|評論|留言)|関連(?:記事|ニュース|リンク)|おすすめ(?:記事)?|コメント|人気記事|(?:مقالات|مواضيع|أخبار)\s+ذات\s+صلة|اقرأ\s+أيضا|التعليقات|संबंधित\s+(?:खबरें|समाचार)|관련\s*기사
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADING = 70  # characters


def heads_other_things(line: str) -> bool:
    """Tell whether a line is the heading of what stands behind an article: other stories, readers' comments."""
    return len(line) <= _HEADING and _HEADS_OTHERS.fullmatch(line) is not None


_FOLLOW = re.compile(
    r"\b(?:follow|folgen\s+sie|folge\s+(?:uns|mir)|suivez|s[ií]gue(?:n|nos|me)?|siga|segui(?:ci|te)?|подписывайтесь|takip\s+ed)\b.{0,80}(?:\b(?:twitter|facebook|instagram|telegram|youtube|bluesky|mastodon)\b|@\w{3})",
    re.IGNORECASE,
)
_ON_COMMENTS = re.compile(
    r"\b(?:comment(?:s|ing|aires?)?|coment[áa]rios?|kommentar\w*|комментари\w+|коментар\w*|yorum\w*)\b.{0,160}\b(?:moderat\w*|approved|removed|registered|logged\s+in|aprovados?|publicad[oa]s?|moderad[oa]s?|freigeschaltet|gelöscht|registrier\w+|modérés?|удал\w+|модер\w+|зарегистр\w+)\b",
    re.IGNORECASE,
)


def is_furniture(paragraph: str, *, last: bool = False) -> bool:
    """Tell whether a paragraph, perhaps one of the `last` of its text, belongs to the page and not to the article."""
    short = len(paragraph) <= (_LAST_SHORT if last else SHORT)
    if last and short and (WAY_IN.search(paragraph) or _FOLLOW.search(paragraph) or _ON_COMMENTS.search(paragraph)):
        return True
    return bool(_LEGAL.match(paragraph[:_OPENING]) or (short and _WHOLE.match(paragraph)))


def repeats_title(paragraph: str, title: str | None) -> bool:
    """Tell whether a paragraph is the headline again."""
    if not title or len(paragraph) > 2 * len(title) + 20:
        return False
    one, other = fold(paragraph), fold(title)
    alike = SequenceMatcher(None, one, other, autojunk=False)  # a letter or a site name apart
    return one == other or (alike.quick_ratio() >= _SAME_TITLE and alike.ratio() >= _SAME_TITLE)


def without_furniture(
    paragraphs: Sequence[str],
    *,
    title: str | None,
    spent: Iterable[str] = (),
    teasers: Iterable[str] = (),
    authors: Iterable[str] = (),
    learned: Collection[str] = (),
) -> list[str]:
    """Return the article's own paragraphs in order.

    Left out: furniture, what was `learned` to be the outlet's, a second headline, lines said twice, `spent` lines (credits), `teasers` (lines that are one link),
    the line of authors and date.
    """
    credits = list(spent)
    unwanted = {_key(line) for lines in (credits, map(_undated, credits)) for line in lines}
    away = frozenset(teasers)
    people = {_key(name) for name in authors}
    kept: list[str] = []
    for place, paragraph in enumerate(paragraphs):
        key = _key(paragraph)
        near_edge = place < _HEAD or place >= len(paragraphs) - _FOOT
        last = place >= len(paragraphs) - _LAST
        of_page = is_furniture(paragraph, last=last) or (learned and line_key(paragraph) in learned)
        unfit = not key or key in unwanted or paragraph in away or of_page
        if unfit or (place < _HEAD and repeats_title(paragraph, title)):
            continue
        if near_edge and _is_byline(paragraph, people):
            continue
        if len(paragraph) > MAY_REPEAT:
            unwanted.add(key)
        kept.append(paragraph)
    return kept


def _undated(line: str) -> str:
    """A line as body extractors leave it, who drop time elements."""
    return _DATE.sub("", line)


def _key(text: str) -> str:
    return _NO_WORD.sub("", fold(text))


def _is_byline(paragraph: str, people: set[str]) -> bool:
    """Tell whether a short line is a date or names the authors and says nothing else."""
    if len(paragraph) > _BYLINE:
        return False
    rest = _BYLINE_WORDS.sub("", _DATE.sub("", paragraph))
    key = _key(rest)
    for name in people:
        key = key.replace(name, "")
    return len(key) <= 3 and key != _key(paragraph)  # noqa: PLR2004 - "and", "und"


def prune(tree: etree._Element) -> None:
    """Remove elements from `tree` that are furniture by their class or id."""
    body = tree.find("body")
    if body is None:
        return
    most = _long_text(body) * _MOST_OF_PAGE
    doomed = []
    for element in body.iter("div", "section", "aside", "ul", "p", "figcaption", "footer", "span", "form"):
        names = f"{element.get('class', '')} {element.get('id', '')}"
        called = element.tag == "figcaption" or (_is_called_furniture(names) and _long_text(element) <= most)
        if called or (element.tag == "span" and _is_popover(element)):
            doomed.append(element)
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()


def _is_popover(span: etree._Element) -> bool:
    """Tell whether a span among text is a card that opens on a name: a picture, then links and no word beside them."""
    first = next(span.iter("img", "a"), None)
    if first is None or first.tag != "img" or len(list(islice(span.iter("a"), _POPOVER_LINKS))) < _POPOVER_LINKS:
        return False
    size = sum(map(len, span.itertext()))
    return size <= _POPOVER and sum(len(text) for link in span.iter("a") for text in link.itertext()) >= 0.9 * size


@lru_cache(maxsize=16384)  # a site has few class names and many elements
def _is_called_furniture(names: str) -> bool:
    return _CLASS.search(names) is not None


def _long_text(element: etree._Element) -> int:
    """Characters in pieces of text long enough to be prose; scripts are none."""
    return sum(len(piece) for piece in element.itertext(*_WITH_PROSE) if len(piece) >= _PROSE)
