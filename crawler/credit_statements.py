"""The sentences in which a page says that its text is another's: "originally published in X", "по материалам X". A table. Pure.

They count at the beginning of a line or of a sentence, with this text, or nothing, for a subject: "the book was first
published by X" says nothing of the page.
"""

import re

from crawler.credit_shape import END, NAME, QUOTED, SRC, TITLE, Rule

# A subject may bear the text's own title; longer ones are sentences about something else.
_OPEN = r"(?:^|[.!?…:;)\]»”\"]\s+|\s[-–—|]\s)[^\w«“„\"‘]{0,4}"
_TEXT_EN = r"(?:article|story|piece|post|report|text|essay|interview|column|commentary|op-?ed|analysis|blog|item|content|editorial|opinion|translation|excerpt|dispatch|news|entry|work|paper|review|letter|speech|statement|feature|transcript|original|version)"
_SUBJECT_EN = rf"(?:(?:(?:this|these|the\s+(?:above|following|original|preceding|post)|an?\s+(?:\w+\s+)?version\s+of|[«“„\"‘][^«»“”„\"’\n]{{5,200}}[»”“\"’],?)\b[^.!?\n]{{0,80}}?|{_TEXT_EN})\s+(?:(?:was|is|were|has|have|had|been|also|and)\s+){{0,4}})?"
_SUBJECT_DE = r"(?:(?:(?:dies\w*|der|das|die|ein\w*)\s+(?:\w+\s+){0,3}?)?(?:\w*artikel|text|\w*beitrag|\w*interview|bericht|kommentar|essay|analyse|\w*version|fassung|übersetzung|original|meldung|reportage|kolumne|geschichte)\b[^.!?\n]{0,60}?\s+(?:(?:ist|wurde|erschien|sind|wird)\s+)?)?"
_SUBJECT_FR = r"(?:(?:(?:cet?t?e?|l['’]|la|le|une?)\s*)?(?:première\s+)?(?:article|texte|tribune|entretien|interview|enquête|version|analyse|billet|reportage|chronique)\b[^.!?\n]{0,60}?\s+(?:(?:a|ont|est|été|d['’]abord|fut)\s+){0,4})?"
_SUBJECT_ROMANCE = r"(?:(?:(?:est[ea]|quest[oa]|il|el|la|o|a|una?|l['’])\s*)?(?:artículo|artigo|articolo|texto|testo|nota|noticia|notícia|notizia|reportaje|reportagem|columna|coluna|entrevista|intervista|contenido|conteúdo|versión|versão|versione|análisis|análise|pezzo|crónica|matéria|material)\b[^.!?\n]{0,60}?\s+(?:(?:fue|ha|sido|foi|è|stato|stata|appare|apareció|se)\s+){0,4})?"
_SUBJECT_SLAVIC = r"(?:(?:(?:эта|этот|данн\w+|ця|цей|це|настоящ\w+|этого|ten|artykuł|tekst)\s+)?(?:статья|материал\w*|текст|публикация|интервью|колонка|новость|стаття|матеріал|публікація|інтерв.ю|оригинал|перевод|artykuł|tekst|materiał|wywiad|felieton)\b[^.!?\n]{0,60}?\s+(?:(?:был[аои]?|було|була|został[ao]?|zostały|ukazał|się|по-?русски)\s+){0,3})?"
_PAPER = r"(?:the\s+)?(?:website\s+(?:of\s+)?|site\s+of\s+)?"
_ART_DE = r"(?:der\s+|dem\s+|den\s+|die\s+|das\s+)?(?:(?:Zeitung|Zeitschrift|Magazin|Webseite|Website|Portal|Blog|Seite)\s+(?:von\s+)?)?"
_ART_FR = r"(?:(?:le\s+)?(?:site|journal|quotidien|magazine|blog|revue)\s+(?:de\s+|du\s+)?)?(?:la\s+|l['’])?"
_ART_ES = r"(?:(?:el\s+|la\s+|o\s+|a\s+)?(?:sitio|diario|periódico|revista|portal|página|jornal|site|blog)\s+(?:web\s+)?(?:de\s+|do\s+|da\s+)?)?(?:el\s+(?=[a-z])|la\s+(?=[a-z]))?"
_ART_RU = r"(?:(?:сайт\w*|портал\w*|издани\w+|газет\w+|журнал\w*|агентств\w+|информагентств\w+|информационн\w+|ИА|интернет-издани\w+|телеканал\w*|СМИ|ленты\s+новостей|видання|виданн\w+|газеті|журналі|сайті)\s*:?\s+){0,3}"
_ENDED = QUOTED + SRC + END


def _pointed(word: str) -> str:
    """Return a pattern of an Arabic word with or without the marks of its vowels."""
    return "".join(f"{letter}[\u064b-\u0652]*" for letter in word)


def _line(name: str, languages: str, hints: str, phrase: str, confidence: float = 0.95, ending: str = _ENDED) -> Rule:
    """A statement that stands in a line of its own or a sentence, anywhere on the page."""
    pattern = phrase if phrase.startswith("^") else _OPEN + phrase
    return Rule(
        name=name,
        languages=tuple(languages.split()),
        pattern=re.compile(pattern.replace("TITLE", TITLE).replace("SRC", ending), re.IGNORECASE),
        role="republication",
        kind="credit_line",
        confidence=confidence,
        where="anywhere",
        whole=True,
        states=True,
        hints=tuple(hints.split("|")),
    )


STATEMENTS = (
    _line(
        "original-source",
        "en",
        "original source",
        rf"(?:the\s+)?original\s+source\s+(?:of|for)\s+(?:this|the)\s+{_TEXT_EN}\s+(?:is|was)\s*:?\s*{_PAPER}SRC",
        0.99,
    ),
    _line(
        "originally-published",
        "en",
        "originally|first |previously",
        rf"{_SUBJECT_EN}(?:originally|first|previously)\s+(?:published|appeared|posted|printed|ran|aired|reported|released|featured)(?:\s+as\s+[«“„\"‘][^«»“”„\"’\n]{{5,200}}[»”“\"’])?\s+(?:by|on|in|at|with|via)\s*:?\s*{_PAPER}TITLE{_PAPER}SRC",
    ),
    _line(
        "appeared-first",
        "en",
        " first | originally ",
        rf"{_SUBJECT_EN}(?:appeared|published|posted|ran|printed)\s+(?:first|originally)\s+(?:by|on|in|at)\s*:?\s*{_PAPER}SRC",
    ),
    _line(
        "republished",
        "en",
        "publish|print|post|reproduced|syndicated",
        rf"(?:{_SUBJECT_EN}|.{{3,120}}\band\s+(?:is|was)\s+)(?:re-?published|reprinted|re-?posted|cross-?posted|reproduced|syndicated)\s+(?:here\s+)?(?:(?:with|by|under)\s+(?:\w+\s+){{0,2}}(?:permission|arrangement|licen[cs]e|agreement)\s+)?(?:from|of|with|courtesy\s+of)\s+(?:an?\s+)?(?:original\s+)?{_PAPER}SRC",
    ),
    _line(
        "this-appeared",
        "en",
        "this ",
        rf"(?:this|the\s+(?:above|original))\s+(?!entry|blog|item){_TEXT_EN}\s+(?:(?:has|have|had|was|is|also)\s+){{0,3}}(?:(?:appeared|ran|been\s+published|published|posted|taken|reproduced|excerpted|adapted|comes?|produced)\s+(?:in|on|by|at|from)|from)\s+(?!\w+\s+\d|(?:mon|tues|wednes|thurs|fri|satur|sun)day){_PAPER}SRC",
        0.85,
    ),
    _line(
        "by-permission",
        "en",
        "permission|courtesy|arrangement|partner|collaboration|cooperation",
        rf"{_SUBJECT_EN}(?:(?:(?:re)?(?:published|printed|posted|produced|used)\s+)?(?:(?:with|by)\s+(?:\w+\s+){{0,2}}(?:permission|arrangement)\s+(?:of|from|with|by)|(?:by\s+)?courtesy\s+of)|(?:published|posted|produced)\s+(?:in|as\s+part\s+of\s+an?)\s+(?:\w+\s+)?(?:partnership|collaboration|cooperation)\s+with)\s+{_PAPER}SRC",
        0.85,
    ),
    _line(
        "agency-feed",
        "en",
        "feed",
        rf"(?:.{{0,140}}\b)?(?:auto-?\w+|published|generated|taken|sourced)\s+(?:directly\s+)?from\s+(?:an?\s+|the\s+)?(?:\w+\s+){{0,2}}feed\s+(?:from|of|by|provided\s+by)\s+{_PAPER}SRC",
        0.9,
    ),
    _line(
        "authored-via", "en", " via ", rf"^(?:authored|submitted|written|posted)\s+by\s+.{{2,60}}?\s+via\s+{_PAPER}SRC"
    ),
    _line("via", "en", "via", rf"^[(\[]?via\s*:?\s+{_PAPER}SRC\s*\.?[)\]]?$", 0.8),
    _line(
        "provided-by",
        "en",
        "provided|distributed|supplied|syndicated",
        rf"^(?:this\s+{_TEXT_EN}\s+(?:was|is)\s+)?(?:provided|distributed|supplied|syndicated)\s+(?:by|through)\s+{_PAPER}SRC",
        0.8,
    ),
    _line(
        "ursprünglich-erschienen",
        "de",
        "erschienen|veröffentlich|publiziert",
        rf"{_SUBJECT_DE}(?:(?:zuerst|ursprünglich|erstmals)\s+(?:erschienen|veröffentlicht|publiziert)|erstveröffentlich(?:ung|t))\s*:?\s*(?:(?:ist|wurde)\s+)?(?:(?:am\s+\d[^.]{{0,3}}\.?[^.]{{0,16}}\s)?(?:in|im|auf|bei|beim|von|durch)\s+)?{_ART_DE}SRC",
    ),
    _line(
        "erschien-zuerst",
        "de",
        "erschien|erscheint|veröffentlicht",
        rf"{_SUBJECT_DE}(?:erschien(?:en)?|erscheint|veröffentlicht)\s+(?:ist\s+|wurde\s+)?(?:zuerst|ursprünglich|zunächst|erstmals)\s+(?:in|im|auf|bei|beim|von)\s+{_ART_DE}SRC",
    ),
    _line(
        "zuerst-bei-erschienen",
        "de",
        "erschienen|veröffentlicht",
        rf"{_SUBJECT_DE}(?:zuerst|ursprünglich|zunächst|erstmals|im\s+Original)\s+(?:am\s+\d[^.]{{0,3}}\.?[^.]{{0,16}}\s)?(?:in|im|auf|bei|beim|von)\s+{_ART_DE}SRC",
        ending=QUOTED + NAME + r"[»“”\"‘’]?(?=\s+(?:(?:am\s+\d.{0,20}\s)?(?:erschienen|veröffentlicht|publiziert)))",
    ),
    _line(
        "dieser-text-erschien",
        "de",
        "erschien|veröffentlich",
        rf"(?:dies\w+|der|das)\s+(?:original)?(?:artikel|text|beitrag|interview|bericht|kommentar|essay)\s+(?:ist\s+|wurde\s+)?(?:(?:am|im)\s+[^,.]{{3,20}}\s+)?(?:in|im|auf|bei|beim|von)\s+{_ART_DE}SRC",
        0.85,
        ending=QUOTED + NAME + r"[»“”\"‘’]?\s+(?:erschienen|veröffentlicht|publiziert)\b",
    ),
    _line(
        "übernommen-von",
        "de",
        "übernommen|genehmigung|nachdruck|nachgedruckt|entnommen|stammt|abdruck|wiedergabe|erlaubnis",
        rf"{_SUBJECT_DE}(?:(?:mit\s+(?:freundlicher\s+)?genehmigung\s+)?(?:wir\s+)?(?:übernommen|nachgedruckt|nachdruck|entnommen|stammt)\s+(?:(?:mit\s+(?:freundlicher\s+)?genehmigung\s+)?(?:von|vom|aus|der|des|dem))|(?:mit|dank)\s+(?:freundlicher\s+)?(?:genehmigung|erlaubnis)\s+(?:von|der|des|vom))\s+{_ART_DE}SRC",
        0.9,
    ),
    _line(
        "publié-à-l-origine",
        "fr",
        "publi|paru|diffus",
        rf"{_SUBJECT_FR}(?:publié|paru|diffusé)e?s?\s+(?:initialement|à\s+l['’]origine|d['’]abord|pour\s+la\s+première\s+fois)\s+(?:par|sur|dans|en)\s+{_ART_FR}SRC",
    ),
    _line(
        "initialement-publié",
        "fr",
        "publi|paru|diffus",
        rf"{_SUBJECT_FR}(?:(?:initialement|à\s+l['’]origine|d['’]abord)\s+(?:été\s+)?(?:publié|paru|diffusé)e?s?\s+(?:par|sur|dans)|première\s+(?:publication|parution)\s*(?::|dans|sur))\s*{_ART_FR}SRC",
    ),
    _line(
        "repris-de",
        "fr",
        "repris|reproduit|autorisation|republié|tiré|issu|extrait|partenariat|paru |publié |traduit",
        rf"{_SUBJECT_FR}(?:(?:repris|reproduit|republié|tiré|issu|extrait|traduit)e?\s+(?:avec\s+l['’](?:aimable\s+)?(?:autorisation|accord)\s+)?(?:de|du|d['’]après|à\s+partir\s+d[eu]|depuis)|(?:publié|paru)e?\s+(?:en\s+partenariat\s+avec|avec\s+l['’]autorisation\s+d[eu])|(?:cet|l['’])\s*(?:article|entretien|interview)\s+(?:est|a\s+été)\s+(?:paru|publié)\s+(?:dans|sur|par)|avec\s+l['’](?:aimable\s+)?autorisation\s+(?:de|du))\s*{_ART_FR}SRC",
        0.9,
    ),
    _line(
        "publicado-originalmente",
        "es pt",
        "publicad|aparecid",
        rf"{_SUBJECT_ROMANCE}(?:publicad[oa]\s+(?:original(?:mente)?|originariamente|inicialmente|primero|por\s+primera\s+vez|pela\s+primeira\s+vez)|(?:originalmente|inicialmente|originariamente|aparecido\s+originalmente)(?:\s+publicad[oa])?)\s+(?:en|por|em|no|na|pel[oa])\s+{_ART_ES}SRC",
    ),
    _line(
        "tomado-de",
        "es pt it",
        "tomad|tratto|reprod|republica|ripreso|concession|permesso|autori|cortesía|gentileza|permiso|extraíd|retirad|traduci|traduzi|ripubblicat|estratto",
        rf"{_SUBJECT_ROMANCE}(?:tomad[oa]\s+de(?:l)?|(?:reproducid|reproduzid|republicad|extraíd|retirad|traducid|traduzid)[oa]\s+(?:(?:con|com)\s+(?:\w+\s+)?(?:permiso|autorización|permissão|autorização)\s+)?d(?:e|el|o|a|os|as)|(?:se\s+republica|se\s+reproduce)\s+(?:con\s+(?:\w+\s+)?(?:permiso|autorización)\s+)?de(?:l)?|(?:por|con)\s+(?:cortesía|gentileza|autorización|permiso)\s+de(?:l)?|cortesía\s+de(?:l)?|(?:ri)?pubblicat[oa]\s+(?:per|su|con)\s+(?:gentile\s+|il\s+|l['’])?(?:concessione|permesso|autorizzazione)\s+d(?:i|el|ella|ello)|per\s+gentile\s+concessione\s+d(?:i|el|ella)|(?:ripubblicato|estratto)\s+da(?:l(?:la)?)?|(?:liberamente\s+)?tratto\s+da(?:l(?:la)?)?|ripreso\s+da(?:l(?:la)?)?)\s*:?\s+{_ART_ES}SRC",
        0.9,
    ),
    _line(
        "este-artículo-se-publicó",
        "es pt it",
        "public|pubblicat|apareci|uscit",
        rf"(?:est[ea]|quest[oa])\s+(?:artículo|artigo|articolo|texto|testo|nota|reportaje|reportagem|entrevista|intervista)\s+(?:(?:se|fue|ha|sido|foi|è|stato|stata)\s+){{0,3}}(?:public(?:ó|ado|ada|ou)|pubblicat[oa]|apareció|uscit[oa])\s+(?:en|por|em|no|na|su|da|dal|sul|nel)\s+{_ART_ES}SRC",
        0.85,
    ),
    _line(
        "pubblicato-originariamente",
        "it",
        "pubblicat|apparso|uscito",
        rf"{_SUBJECT_ROMANCE}(?:pubblicat[oa]\s+(?:originariamente|originalmente|inizialmente|per\s+la\s+prima\s+volta)|(?:apparso|uscito)\s+(?:originariamente|originalmente|per\s+la\s+prima\s+volta)|(?:originariamente|originalmente)\s+(?:pubblicat[oa]|apparso))\s+(?:su|da|in|sul|sulla|dal|dalla|nel|nella)\s*:?\s+SRC",
    ),
    _line(
        "впервые-опубликовано",
        "ru",
        "опубликован",
        rf"{_SUBJECT_SLAVIC}(?:(?:впервые|первоначально|изначально)\s+(?:был[аои]?\s+)?опубликован[аоы]?|опубликован[аоы]?\s+(?:впервые|первоначально|изначально)|(?:оригинал\w*|статья|материал|текст|интервью)(?:\s+(?:статьи|материала|текста|был\w?)){0, 2}\s+опубликован[аоы]?(?=\s+(?:на|в)\s))\s*:?\s*(?:\d[\d\s.]{{1,12}}\s?(?:[а-я]+\s+\d{{4}}\s+)?)?(?:на\s+|в\s+)?{_ART_RU}SRC",
    ),
    _line(
        "перепечатано",
        "ru uk",
        "пере|репуб|репост|взят|разрешени|согласия|дозволу|заимств",
        rf"{_SUBJECT_SLAVIC}(?:(?:(?:перепечатан[оаы]?|перепечатка|перепост|перепубликац\w+|републикация|репост|передрук(?:овано|ований)?|взято|взят[аы]?|заимствован[оаы]?|публикуется|друкується|публікується|перевод)\s*:?\s*)?(?:с|з|із)\s+(?:(?:любезн\w+|дозволом)\s+)?(?:разрешени[яе]|согласия|дозволу|люб.язного\s+дозволу)\s+(?:редакц\w+\s+)?|(?:перепечатан[оаы]?|перепечатка|перепост|перепубликац\w+|републикация|репост|передрук(?:овано)?|взято|взят[аы]?|заимствован[оаы]?)\s*:?\s*(?:из|с|со|з|із)\s+){_ART_RU}SRC",
    ),
    _line(
        "по-материалам",
        "ru",
        "по материалам|информация|по сообщени|по информации|по данным",
        rf"(?:{_SUBJECT_SLAVIC}(?:подготовлен[оа]?\s+|написан[оа]?\s+|составлен[оа]?\s+)?по\s+материалам|при\s+подготовке\s+[^.!?\n]{{0,40}}использован\w+\s+(?:информация|материал\w*)|^[(\[]?по\s+(?:сообщени\w+|информации|данным)(?=[^.]{{2,40}}\.?[)\]]?$))\s*:?\s*{_ART_RU}SRC",
        0.9,
    ),
    _line(
        "вперше-опубліковано",
        "uk",
        "опублікован",
        rf"{_SUBJECT_SLAVIC}(?:(?:вперше|уперше|спочатку)\s+(?:(?:було|була)\s+)?опублікован[оаи]?|опублікован[оаи]?\s+(?:вперше|уперше)|(?:оригінал\w*|стаття|матеріал|текст|інтерв.ю)(?:\s+(?:статті|матеріалу|тексту|був|було|була)){0, 2}\s+опублікован[оаий]{1, 2}(?=\s+(?:на|в|у)\s))\s*:?\s*(?:на\s+|в\s+|у\s+)?{_ART_RU}SRC",
    ),
    _line(
        "за-матеріалами",
        "uk",
        "за матеріалами|за повідомлен|за інформаці",
        rf"(?:{_SUBJECT_SLAVIC}(?:підготовлено\s+)?за\s+матеріалами|^[(\[]?за\s+(?:повідомлення\w*|інформацією)(?=[^.]{{2,40}}\.?[)\]]?$))\s*:?\s*{_ART_RU}SRC",
        0.9,
    ),
    _line(
        "pierwotnie-opublikowano",
        "pl",
        "pierwotnie|po raz pierwszy|na podstawie|przedruk|ukazał|pochodzi|zgod|uprzejmo|opublikowan",
        rf"{_SUBJECT_SLAVIC}(?:(?:pierwotnie|po\s+raz\s+pierwszy)\s+(?:się\s+)?(?:ukazał[ao]?|opublikowan[yoa]|został[ao]?\s+opublikowan[yoa])|opublikowan[yoa]\s+(?:pierwotnie|po\s+raz\s+pierwszy)|(?:ten\s+)?(?:artykuł|tekst|wywiad)\s+(?:ukazał|pochodzi|został\s+opublikowany|opublikowano)(?:\s+(?:się|pierwotnie|najpierw|po\s+raz\s+pierwszy)){{0,2}}|przedruk(?:owano)?|(?:publikujemy|przedrukowano|przedruk)?\s*(?:za\s+zgodą|dzięki\s+uprzejmości)(?:\s+redakcji)?)\s*:?\s*(?:na\s+(?:łamach\s+|stronie\s+|portalu\s+)?|w\s+|przez\s+|z\s+|za\s+)?(?:(?:miesięcznik|tygodnik|dziennik|portal|serwis|magazyn|czasopism)\w*\s+)?SRC",
    ),
    _line(
        "ilk-yayın",
        "tr",
        "yayı",
        r"(?:[^.!?\n]{0,80}?\s)?ilk\s+(?:olarak|kez|defa|önce)\s+(?:\d[\w\s.]{3,25}\s(?:tarihinde\s+)?)?SRC",
        ending=QUOTED + NAME + r"[»“”\"]?(?:['’]?(?:n?[dt][ae]|[dt][ae]n?|nda|nde)|\s+taraf[ıi]ndan)\s+yayı[nm]lan\w*",
    ),
    _line(
        "alıntı",
        "tr",
        "alın|derlen|aktarıl|çevril|tercüme|izniyle|servis edil|geçil|tarafından",
        r"^\W{0,3}(?:(?:bu\s+)?(?:haber|yazı|makale|metin|röportaj|içerik|söyleşi|analiz)\w*\s*:?,?\s+)?(?:ilk\s+olarak\s+)?SRC",
        0.85,
        ending=QUOTED
        + NAME
        + r"[»“”\"]?(?:(?:['’][dt][ae]n|['’]nd[ae]n|nd[ae]n|\s+(?:\w*\s?sitesinden|gazetesinden|dergisinden|ajansından))\s+(?:\w+\s+)?(?:alın(?:mış|tı)|derlen|aktarıl|çevril|tercüme\s+edil)\w*"
        r"|['’]n?[ıiuü]n\s+izniyle|\s+taraf[ıi]ndan\s+(?:servis\s+edil|geçil)\w*)",
    ),
    _line(
        "αναδημοσίευση",
        "el",
        "δημοσ|άδεια|παραχώρηση",
        r"(?:(?:το\s+(?:άρθρο|κείμενο)|η\s+συνέντευξη)[^.!?\n]{0,40}?\s+)?(?:αναδημοσίευση(?:\s+(?:με\s+(?:την\s+)?άδεια|κατόπιν\s+άδειας))?|(?:το\s+)?(?:αρχικό|πρωτότυπο)\s+(?:κείμενο|άρθρο)\s+δημοσιεύ(?:θηκε|τηκε)|(?:το|αυτό\s+το)\s+άρθρο\s+δημοσιεύ(?:θηκε|τηκε)|με\s+(?:την\s+)?(?:ευγενική\s+)?(?:άδεια|παραχώρηση)|αναδημοσιεύεται|(?:πρωτο)?δημοσιεύ(?:θηκε|τηκε)\s+(?:αρχικά|για\s+πρώτη\s+φορά)|πρωτοδημοσιεύ(?:θηκε|τηκε)|πρώτη\s+δημοσίευση)\s*:?\s*(?:(?:από|στο|στην|στον|στη|σε|του|της)\s+)?(?:το\s+|την\s+|τη\s+|τον\s+)?(?:(?:εφημερίδα|περιοδικό|ιστοσελίδα|ιστότοπο|πρακτορείο|site)\w*\s+)?SRC",
    ),
    _line(
        "نقلا-عن",
        "ar",
        "نقل|منقول|نشر|نُ|بإذن|أُعيد|أعيد|يُعاد|بالاتفاق|بالتعاون",
        rf"^\W{{0,3}}(?:{_pointed('نقلا')}\s+عن|{_pointed('منقول')}\s+(?:عن|من)|(?:{_pointed('نشر')}|{_pointed('نشرت')})\s+(?:هذا\s+|هذه\s+)?(?:\w+\s+)?(?:{_pointed('أولا')}|لأول\s+مرة|{_pointed('أصلا')}|في\s+الأصل)\s+(?:في|على)|(?:{_pointed('أعيد')}|{_pointed('يعاد')})\s+(?:{_pointed('نشره')}|{_pointed('نشر')}\w*)(?:\s+\w+)?\s+(?:بإذن\s+من|{_pointed('نقلا')}\s+عن|من)|(?:بإذن|بالاتفاق|بالتعاون)\s+(?:من|مع))\s*:?\s*(?:(?:وكالة|صحيفة|موقع|قناة|مجلة|جريدة)\s+)?{QUOTED}(?P<source>[^\n.,،:()«»“”\"]{{2,40}})[»”\"]?[.)]?$",
        0.85,
    ),
    _line(
        "转载自",
        "zh ja",
        "转载|轉載|转自|轉自|摘自|原载|原載|首发|本文来自",
        r"^.{0,20}?(?:转载自|轉載自|转自|轉自|摘自|原载于?|原載於?|首发于|本文来自)\s*[:：]?\s*[《「『“]?SRC",
        0.9,
    ),
)
