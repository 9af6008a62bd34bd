"""By what the pages that stand before an article are known. Data; `walls.py` applies it.

Marks of products are their own script names and error texts, never their names alone: an article about Cloudflare names it.
Sources: Cloudflare's documentation (`cf-mitigated: challenge` on every challenge page), the block pages themselves.
"""

import re
from typing import NamedTuple


class Mark(NamedTuple):
    """What a product writes into its block page, and only there."""

    product: str
    pattern: re.Pattern[bytes]


BLOCKS = (
    Mark("Cloudflare", re.compile(rb"_cf_chl_opt|cf-error-details|id=[\"']?challenge-(?:form|error-text)\b|/cdn-cgi/challenge-platform/[^\"'\s]{0,40}/orchestrate/")),
    Mark("DataDome", re.compile(rb"https?://(?:geo|ct|interstitial)\.captcha-delivery\.com|\bdd=\{[^}]{0,400}captcha-delivery\.com")),
    Mark("PerimeterX", re.compile(rb"id=[\"']?px-captcha\b|\bpx-block\b|window\._pxAppId\s*=[\s\S]{0,2000}captcha\.px-|Press (?:&amp;|&|and) Hold to confirm you are")),
    Mark("Incapsula", re.compile(rb"Incapsula incident ID|Request unsuccessful\. Incapsula|_Incapsula_Resource\?[^\"']{0,200}(?:incident_id|SWUDNSAI|CWUDNSAI)")),
    Mark("Akamai", re.compile(rb"https?(?:&#58;|:)(?:&#47;|/){2}errors(?:&#46;|\.)edgesuite(?:&#46;|\.)net|Reference(?:&#32;|\s)(?:&#35;|#)\d{1,2}(?:&#46;|\.)[0-9a-f]{6,}")),
    Mark("AWS WAF", re.compile(rb"window\.gokuProps\s*=|awsWafCookieDomainList|\.awswaf\.com/[^\"'\s]{0,80}/challenge\.js")),
    Mark("Sucuri", re.compile(rb"Access Denied - Sucuri Website Firewall|sucuri\.net/privacy-policy|sucuri_cloudproxy_js")),
    Mark("DDoS-Guard", re.compile(rb"<title>\s*DDoS-Guard\s*</title>|/\.well-known/ddos-guard/(?:check|js-challenge|mark)", re.IGNORECASE)),
    Mark("Qrator", re.compile(rb"/__qrator/qauth")),
    Mark("Variti", re.compile(rb"<title>\s*(?:StormWall|Variti)\b", re.IGNORECASE)),
    Mark("Kasada", re.compile(rb"window\.KPSDK\s*=|/149e9513-01fa-4fb0-aad4-566afd725d1b/")),
    Mark("captcha", re.compile(rb"class=[\"']?(?:g-recaptcha|h-captcha|cf-turnstile|smart-captcha)\b|/showcaptcha\?|id=[\"']?captcha-form\b")),
)  # fmt: skip
"""A mark counts only on a page with next to no text: captchas stand in comment forms, too."""

BLOCK_TITLE = re.compile(
    r"just a moment\W*|attention required!.*|access (?:to this page has been )?denied\W*|access to this (?:site|page) (?:has been|is) (?:blocked|denied)\W*|"
    r"(?:403 )?forbidden|403\W*(?:error|access denied)?|robot check|are you (?:a )?(?:ro)?bot\W*|(?:please )?verify (?:that )?you are (?:a )?human\W*|human verification|security (?:check|verification)|"
    r"checking your browser.*|one moment,? please\W*|pardon our interruption\W*|bot (?:verification|detection)|"
    r"nur einen moment\W*|zugriff (?:verweigert|gesperrt|nicht möglich)\W*|un instant\W*|accès (?:refusé|interdit)\W*|un momento\W*|acceso denegado\W*|accesso negato\W*|"
    r"bir dakika lütfen\W*|erişim (?:engellendi|reddedildi)\W*|один момент\W*|доступ (?:запрещ[её]н|ограничен)\W*|проверка (?:браузера|безопасности)\W*|вы не робот\W*|ой!|зачекайте.{0,20}|доступ заборонено\W*",
    re.IGNORECASE,
)  # fmt: skip
"""The whole title of a page that is nothing but a block."""

BLOCK_WORDS = re.compile(
    r"(?:verify|confirm|prove|make sure) (?:that )?you(?:'re| are) (?:a |not a )?(?:human|robot|bot)|checking (?:if the site connection is secure|your browser before)|"
    r"unusual (?:traffic|activity) from your (?:computer )?(?:network|browser|ip)|you (?:have been|were|are being) blocked|your (?:access|request|ip(?: address)?) (?:to this (?:site|page|service) )?(?:has been|was|is) (?:blocked|denied|banned)|"
    r"don't have permission to access .{1,200} on this server|enable (?:javascript and cookies|cookies and javascript) to continue|"
    r"(?:is |are )?(?:currently )?(?:not available|unavailable) (?:in|to (?:users|visitors) in) (?:your (?:country|region|location|area)|(?:most )?(?:european|eu)\b|the eu\b)|not available (?:in|from) your (?:country|region|location)|"
    r"bestätigen sie,? dass sie (?:ein mensch|kein roboter) sind|in (?:ihrem land|ihrer region) nicht verfügbar|vérifiez que vous êtes (?:un )?humain|n'est pas disponible dans votre (?:pays|région)|"
    r"robot olmadığınızı (?:doğrula|onayla)|bulunduğunuz (?:ülkede|bölgede) (?:kullanılamıyor|erişilemez)|erişim(?:i|e)? engellen(?:di|miştir)|подтвердите,? что (?:вы не робот|запросы отправляли вы)|вы не робот|"
    r"недоступ(?:ен|на|но) в вашей стране|доступ к (?:ресурсу|сайту) (?:ограничен|заблокирован)|підтвердьте,? що ви (?:не робот|людина)",
    re.IGNORECASE,
)  # fmt: skip

CONSENT_HOST = re.compile(
    r"(?:^|\.)(?:consent|consents|guce|cmp|privacy-mgmt|privacymanager|gdpr|choices|myprivacy|consentmanager)\.",
    re.IGNORECASE,
)
CONSENT_PATH = re.compile(
    r"/(?:consent|zustimmung|cookie-?(?:wall|consent|muur|gate)|privacy-?(?:gate|wall|consent)|cookies?-akzeptieren|pur-?abo|toestemming|gdpr)(?:[/.?_-]|$)",
    re.IGNORECASE,
)
CONSENT_TOPIC = re.compile(
    r"cookie|consent|einwillig|zustimm|datenschutz|gerätekennung|tracking|vendor|third part|drittanbieter|personal data|personenbezogen|personali[sz]ed|personalisiert|"
    r"consentement|traceur|données personnelles|consentimiento|datos personales|consenso|dati personali|toestemming|persoonsgegevens|çerez|kvkk|kişisel veri|rıza|"
    r"файлы? ?cookie|персональн\w+ данн|соглас(?:ие|ен)|куки|файли cookie|персональн\w+ дан|прийняти|privacy|partners? store|legitimate interest|berechtigt\w+ interesse|werbung|advertis|publicité",
    re.IGNORECASE,
)
CONSENT_ASK = re.compile(
    r"\bwe(?: and our [\w ]{0,20}partners)? (?:and (?:third|selected) \w+ )?(?:use|store|process|need|ask|value)\b|we value your privacy|your (?:privacy|consent|choices|cookie)|before you continue|"
    r"\bwir(?: und unsere [\w ]{0,20}partner)? (?:verwenden|nutzen|setzen|benötigen|verarbeiten|brauchen)|ihre (?:einwilligung|zustimmung|privatsphäre)|mit werbung (?:weiter|nutzen|lesen)|"
    r"nous(?: et nos [\w ]{0,20}partenaires)? (?:utilisons|stockons|déposons)|votre (?:consentement|vie privée)|(?:nosotros y )?(?:nuestros socios|usamos|utilizamos) |tu (?:consentimiento|privacidad)|(?:noi e )?i nostri partner|utilizziamo|il tuo consenso|"
    r"wij (?:en onze [\w ]{0,20}partners )?gebruiken|uw toestemming|(?:biz ve )?(?:iş )?ortaklarımız|kullanıyoruz|rızanız|çerez (?:kullan|tercih|ayar)|мы (?:и наши партн[её]ры )?использу|ваше(?:го)? согласи|ми (?:та наші партнери )?використов",
    re.IGNORECASE,
)  # fmt: skip
ACCEPT = re.compile(
    r"(?:i )?(?:accept|agree|allow|consent)(?: (?:all|and (?:continue|close|proceed)|cookies|to all)\b.*)?|accept all.*|yes,? i (?:agree|accept)|got it|"
    r"(?:alle(?:n|s)? )?(?:akzeptieren|zustimmen|annehmen|erlauben)(?: (?:und|&) (?:weiter|schlie(?:ß|ss)en).*)?|einverstanden|zustimmen und .*|akzeptieren und .*|mit werbung (?:weiterlesen|lesen).*|"
    r"(?:tout )?accepter(?: (?:et|tout|les).*)?|j'accepte|aceptar(?: (?:todo|y|todas|cookies).*)?|accett[ao](?: (?:tutti|tutto|e).*)?|(?:alles )?accepteren|akkoord|akceptuj.*|zgadzam się.*|"
    r"(?:tümünü |hepsini |hepsine )?(?:kabul (?:et|ediyorum)|onayla|izin ver)|принять(?: вс[её].*)?|принимаю|соглас(?:ен|иться)|прийняти(?: все.*)?|погоджуюсь|αποδοχή.*|συμφωνώ",
    re.IGNORECASE,
)  # fmt: skip
"""The whole text of a button."""

NEEDS_SCRIPT = re.compile(
    r"(?:enable|turn on|activate|requires?|needs?|without) (?:the use of )?java\s?-?script|java\s?-?script (?:is |must be |to be |has to be )?(?:\w+ )?(?:required|disabled|enabled|turned off|aktiv\w*|deaktiviert|désactivé)|"
    r"aktivieren sie (?:bitte )?java\s?-?script|activ(?:er|ez) (?:le )?java\s?-?script|activ(?:ar|e) java\s?-?script|java\s?-?script'?i? (?:etkinleştir|açık)|"
    r"включ(?:ите|ить) (?:поддержку )?java\s?-?script|увімкн(?:іть|ути) java\s?-?script",
    re.IGNORECASE,
)  # fmt: skip

LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|sso|auth|authenticate|account/login|anmelden|einloggen|connexion|giris|üye-?giri[sş]i?|vhod|oauth2?)(?:[/.?_-]|$)",
    re.IGNORECASE,
)
SUBSCRIBE = re.compile(
    r"subscribe (?:now )?to (?:continue|read|keep)|(?:this|the) (?:article|content|story) is (?:for|only (?:available )?(?:for|to)|exclusive(?:ly)? (?:for|to)) (?:subscribers|members)|to continue reading|"
    r"(?:weiterlesen|lesen) (?:mit|im) .{0,30}\b(?:abo|plus|premium)|nur für abonnent|réservé (?:aux|à nos) abonnés|solo para suscriptores|riservato agli abbonati|"
    r"devamını (?:okumak|görmek) için (?:abone|üye)|abonelere özel|(?:только|доступ\w*) (?:для|по) подпис|оформите подписку|лише для (?:перед)?платників",
    re.IGNORECASE,
)

WAY_IN = re.compile(
    r"(?:subscribe|sign (?:in|up)|log in|register|create (?:an|a free) account|become a (?:member|subscriber)|start your (?:free )?trial).{0,60}\bto (?:continue|keep reading|finish reading|read (?:this|the (?:full|rest|whole|entire|complete)|on\b|more of)|(?:access|unlock|view) (?:this|the (?:full|rest)))|"
    r"to continue reading|(?:this|the) (?:article|content|story) is (?:for|only (?:available )?(?:for|to)|exclusive(?:ly)? (?:for|to)|reserved for) (?:our )?(?:\w+ )?(?:subscribers|members)|you(?:'ve| have) (?:reached|read) (?:your|all your) .{0,40}(?:limit|free articles)|(?:subscribers|members)[- ]only (?:article|content|story)|for subscribers only|"
    r"weiterlesen (?:mit|im) |\blesen (?:mit|im) .{0,30}\b(?:abo|plus|premium)|(?:nur|exklusiv) für (?:unsere )?abonnent|um (?:den|diesen) (?:\w+ )?(?:artikel|beitrag|text) .{0,30}(?:zu lesen|weiterzulesen)|(?:artikel|beitrag) ist .{0,20}(?:kostenpflichtig|abonnenten)|"
    r"réservé\w* (?:aux|à nos) abonnés|il vous reste \d+.{0,8}% de cet article|pour lire la suite|abonnez-vous pour (?:lire|continuer)|"
    r"(?:exclusivo|s[oó]lo|solamente) para (?:suscriptores|assinantes)|suscr[ií]b\w+ para (?:seguir|continuar|leer)|assine para (?:ler|continuar)|riservato agli abbonati|abbonati per (?:leggere|continuare)|"
    r"(?:alleen|enkel|exclusief) voor abonnees|(?:bara|endast|enbart) för prenumeranter|(?:kun|bare) for abonnenter|bli abonnent for å|bliv abonnent|vain tilaajille|pozostało (?:jeszcze )?\d+ ?% artykułu|(?:tylko )?dla (?:subskrybentów|prenumeratorów)|pouze pro předplatitele|"
    r"(?:только|доступ\w*) (?:для|по) подпис|оформите подписку|чтобы (?:читать|прочитать|продолжить) .{0,40}(?:подпи|войди|зарегистр)|лише для (?:перед)?платників|"
    r"devamını (?:okumak|görmek) için (?:abone|üye)|abonelere özel|μόνο για συνδρομητές|订阅.{0,10}(?:阅读|继续)|登录.{0,6}(?:阅读全文|继续阅读)|付费阅读|残り\s?\d+\s?文字|会員限定|有料会員|続きを読むには|구독자 전용|للمشتركين فقط",
    re.IGNORECASE,
)  # fmt: skip
"""What stands where a text breaks off for those who have not paid or signed in."""
