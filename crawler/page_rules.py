"""What `pages` knows about the links of front and section pages, as data."""

import re

_words = re.compile(r"\S+").findall

# Path segments that hold people or services, never articles, in the languages of the configured outlets
NOT_ARTICLES = frozenset(
    _words(
        """
        author authors autor autoren autores auteur auteurs yazar yazarlar avtor profile profil user users
        search suche ara arama recherche buscar poisk
        login logon signin signup register registrieren account konto kayit giris
        subscribe subscription subscriptions abo abonnement abonelik newsletter newsletters bulten donate spenden bagis
        shop store about about-us ueber-uns hakkimizda kunye contact kontakt iletisim contacts impressum imprint
        datenschutz privacy privacy-policy cookie cookies terms terms-of-use agb legal advertise advertising werbung
        reklam careers jobs help faq sitemap feed feeds rss share print comment comments reply
        wp-login.php wp-admin wp-json cdn-cgi podcasts horoscope live-tv
        """
    )
)
# Segments that mostly hold lists; some outlets keep articles there, so the rest must speak for it clearly
LISTS = frozenset(
    _words(
        """
        tag tags topic topics label labels keyword keywords thema themen schlagwort etiket etiketler
        konu konular tema temas category categories kategorie kategorien kategori kategoriler categoria categorias
        rubrique rubriques rubric rubrik
        """
    )
)

NOT_A_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|bmp|tiff?|css|js|json|xml|rss|atom|pdf|docx?|xlsx?|pptx?|zip|gz|rar|7z|"
    r"mp[34]|m4[av]|ogg|wav|webm|avi|mov|apk|exe|ics|woff2?)$",
    re.IGNORECASE,
)
PAGE_OF_LIST = re.compile(
    r"(?:/(?:page|seite|sayfa)[/-]?\d{1,4}|[?&](?:page|paged|pg|seite|sayfa)=\d{1,4})/?$", re.IGNORECASE
)

# Class, id and role words of the parts of a page that are about the site; words of a class name are apart by - or _
FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|breadcrumbs?|footer|foot|masthead|topbar|toolbar|social|share|"
    r"sharing|login|cookie|consent|newsletter|tags?|tagcloud|pagination|pager|skip|lang|language)(?:$|[\s_-])",
    re.IGNORECASE,
)
FURNITURE_TAGS = frozenset(("nav", "footer", "form", "select", "dialog"))
TEASER = re.compile(
    r"(?:^|[\s_-])(?:headline|heading|title|titre|titulo|baslik|teaser|story|stories|article|post|card|news|promo|entry|"
    r"item|manset|haber)(?:$|[\s_-])",
    re.IGNORECASE,
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))
MORE = re.compile(  # says that there is more, not what
    r"(?:read|learn|see|view|show|find out)\s+(?:more|all|full|the full)\b.{0,20}|more|continue reading.{0,20}|"
    r"mehr(?:\s+lesen)?|weiterlesen|devamı.{0,20}|lire (?:la suite|plus).{0,10}|leer más|подробнее|читать.{0,20}|"
    r"читати.{0,20}|περισσότερα|المزيد|\d+\s+comments?|[\W\d_]*",
    re.IGNORECASE,
)

HEADLINE_LETTERS, HEADLINE_WORDS = 25, 4
"""From here on an anchor's text is as long as a headline; of shorter ones on shared/data's pages most are menus."""
DENSE_LETTERS = 10
"""The same in scripts that write without spaces (Chinese, Japanese, Thai)."""
LONGEST_TITLE = 300

# Points, set on 60 pages of shared real ones, looked through on 60 others (benchmarks/discovery.py counts the farm's)
ACCEPT = 3
ACCEPT_KNOWN = 0
"""For a link of a known shape, text and place alone: not in furniture, or with a headline there."""
IN_FURNITURE, CALLED_FURNITURE = -3, -1
LIST_PENALTY = 4
STRANGE_PENALTY = 2
"""For a shape that none of many known articles has."""
