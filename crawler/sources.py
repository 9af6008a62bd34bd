"""Names of sources: agencies that need no outlet of ours, words that name nobody, and whose name is whose on a page. Pure."""

import re
from dataclasses import dataclass

from crawler.outlets import Directory, host_of
from storage.words import fold

_NO_LETTER = re.compile(r"[\W_]+")
_SHORT_NAME = 4  # letters; AP, Fars, WAM are words or parts of words too
_SECOND_LEVEL = frozenset(("co", "com", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gen", "bel"))

# Agencies as pages write them; those of two or three capitals count only where a rule asks for `known` names in their place.
AGENCIES = frozenset(
    name.strip()
    for name in """Reuters|Thomson Reuters|Рейтер|Ройтерс|AP|The Associated Press|Associated Press|AFP|Agence France-Presse|Agence France Presse|
    dpa|Deutsche Presse-Agentur|dpa-AFX|TASS|ITAR-TASS|ТАСС|ИТАР-ТАСС|Interfax|Интерфакс|Interfax-Ukraine|Интерфакс-Украина|Інтерфакс-Україна|
    RIA Novosti|RIA|РИА Новости|РИА|РИАН|Sputnik|Sputnik News|Спутник|Xinhua|Xinhua News Agency|Синьхуа|新华社|新華社|路透社|法新社|美联社|共同社|
    AA|Anadolu|Anadolu Agency|Anadolu Ajansı|Анадолу|DHA|Demirören Haber Ajansı|Doğan Haber Ajansı|İHA|IHA|İhlas Haber Ajansı|ANKA|ANKA Haber Ajansı|
    UPI|EFE|Agencia EFE|Europa Press|ANSA|Adnkronos|AGI|Bloomberg|Bloomberg News|APA|sda|Keystone-SDA|KNA|epd|SID|afx|ots|
    IANS|PTI|Press Trust of India|ANI|Yonhap|연합뉴스|Kyodo|Kyodo News|Jiji Press|Bernama|Antara|VNA|Ukrinform|Укринформ|Укрінформ|UNIAN|УНИАН|УНІАН|
    РБК-Украина|Belga|ANP|PAP|ČTK|CTK|MTI|TT|NTB|Ritzau|STT|WAM|SANA|IRNA|ISNA|Tasnim|Fars|Fars News Agency|Mehr|SPA|KUNA|MENA|Petra|APS|Lusa|Agência Brasil|
    The Canadian Press|Canadian Press|AAP|Australian Associated Press|PA|PA Media|Press Association|ΑΠΕ-ΜΠΕ|ΑΠΕ|ΜΠΕ|AMNA|Tanjug|Танјуг|BTA|БТА|
    БЕЛТА|BelTA|Trend|Report|Azertac|АЗЕРТАДЖ|Armenpress|Арменпресс|Meduza|رويترز|فرانس برس|أ ف ب|سبوتنيك|الأناضول|وكالة الأناضول|شينخوا|سانا|واس|وام|
    DW|Deutsche Welle|BBC|BBC News|CNN|RT|RFE/RL|Radio Free Europe|Euronews|Al Jazeera|The Guardian|The New York Times|New York Times|
    The Washington Post|Washington Post|The Wall Street Journal|Wall Street Journal|Financial Times|Bild|Der Spiegel|Spiegel|Le Monde|Le Figaro|
    Коммерсантъ|Коммерсант|Известия|Ведомости|РБК|Hürriyet|Sabah|Cumhuriyet|Kathimerini|Global Times|Politico|Axios|The Conversation|Project Syndicate""".replace(
        "\n", ""
    ).split("|")
)
AGENCY_NAMES = {" ".join(fold(name).split()): name.strip() for name in AGENCIES}
GENERIC = frozenset(
    map(
        fold,
        """site|website|web site|the site|this site|our site|our website|this website|newspaper|the newspaper|agency|the agency|news agency|magazine|blog|internet|
        source|sources|the source|author|the author|here|link|page|this page|article|the original|media|social media|facebook|twitter|x|youtube|instagram|telegram|
        agencies|news agencies|wire|wires|wire services|press|pixabay|shutterstock|getty images|getty|istock|unsplash|wikipedia|google|
        сайт|сайта|газета|газеты|агентство|агентства|издание|издания|источник|сми|телеграм|редакция|канал|сайт агентства|видання|сайту|агентства|джерело|змі|
        site web|journal|le site|agence|zeitung|webseite|agentur|agenturen|die zeitung|eigene|internet|haber|ajans|ajanslar|gazete|site|haber merkezi|kaynak|
        ιστοσελίδα|εφημερίδα|πρακτορείο|διαδίκτυο|الموقع|وكالات|الوكالة|الصحيفة|مواقع|网络|本站|互联网""".replace(
            "\n", ""
        ).split("|"),
    )
) | {""}


@dataclass(frozen=True, slots=True)
class Names:
    """Whose names are whose on this page."""

    own: frozenset[str]
    """Names of the page's own outlet, folded, letters and digits only."""
    outlet: str | None
    """Id of the page's own outlet."""
    directory: Directory | None

    def is_own(self, name: str, url: str | None = None) -> bool:
        """Tell whether a name or address is the page's own outlet."""
        found = self.outlet_of(name, url)
        return found == self.outlet if found and self.outlet else squeeze(name) in self.own

    def outlet_of(self, name: str, url: str | None = None) -> str | None:
        """Return the id of the outlet a name, else an address, belongs to, else the one the address spells the name of."""
        if self.directory is None:
            return None
        told = self.directory.named(name) or (self.directory.of_url(url) if url else None)
        label = domain_label(host_of(url) if url else name)
        return told or (self.directory.spelled(label) if len(label) > _SHORT_NAME else None)

    def known(self, name: str) -> str | None:
        """Return `name`, shorn of case endings if need be, if it is an outlet's or an agency's; else None."""
        bare = name.replace("’", "'").partition("'")[0].strip()
        # Greek and Cyrillic names carry case endings.
        inflected = len(bare) > _SHORT_NAME and "\u0370" <= bare[-1] <= "\u04ff"
        forms = [name, bare, bare[:-1], bare[:-2]] if inflected else [name, bare]
        for form in forms:
            if form and ((self.directory and self.directory.named(form)) or _is_agency(form)):
                return form
        return None


def _is_agency(name: str) -> bool:
    """Tell whether a name is an agency's; short ones are capitals or as their agency writes them (dpa), never mere words."""
    listed = AGENCY_NAMES.get(" ".join(fold(name).split()))
    return listed is not None and (len(name) > _SHORT_NAME or name.isupper() or name in AGENCIES)


def squeeze(name: str) -> str:
    """Return the letters and digits of a name, folded."""
    return _NO_LETTER.sub("", fold(name))


def is_generic(name: str) -> bool:
    """Tell whether a captured name names nobody: "website", "agency", "here"."""
    return fold(name) in GENERIC


def same_site(url: str, host: str, names: Names) -> bool:
    """Tell whether an address is the page's own site, by outlet where there are outlets, else by name."""
    if names.outlet and (found := names.outlet_of(host, url)):
        return found == names.outlet
    return not names.own.isdisjoint(map(squeeze, (host, registrable(host), domain_label(host) or host)))


def domain_label(host: str) -> str:
    """Return the name in a host (`globalresearch` of www.globalresearch.ca); of an address of numbers, or no host, nothing."""
    bought, dot, ending = registrable(host).partition(".")
    return bought if dot and not ending[-1:].isdecimal() and " " not in host else ""


def registrable(host: str) -> str:
    """Return the part of a host that is bought: the last two labels, three under .co.uk and its like.

    A host with a port of its own, or a bare IP address, is one by itself.
    """
    labels = host.split(".")
    if ":" in host or labels[-1].isdecimal():
        return host
    keep = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2  # noqa: PLR2004
    return ".".join(labels[-keep:])
