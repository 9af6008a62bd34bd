"""Names of sources: agencies that need no outlet of ours, words that name nobody, and whose name is whose on a page. Pure."""

import re
from dataclasses import dataclass

from crawler.outlets import Directory, host_of
from storage.words import fold

_NO_LETTER = re.compile(r"[\W_]+")
_SHORT_NAME = 4  # letters; AP, Fars, WAM are words or parts of words too
_SECOND_LEVEL = frozenset(("co", "com", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gen", "bel"))


def _listed(names: str) -> frozenset[str]:
    return frozenset(name.strip() for name in names.replace("\n", "").split("|"))


def _folded(names: str) -> frozenset[str]:
    return frozenset(map(fold, _listed(names)))


# Agencies as pages write them; those of two or three capitals count only where a rule asks for `known` names in their place.
AGENCIES = _listed(
    """Reuters|Thomson Reuters|Рейтер|Ройтерс|Рейтерс|Ρόιτερς|Reuter|AP|The Associated Press|Associated Press|Ассошиэйтед Пресс|АП|Асошиейтед Прес|
    AFP|Agence France-Presse|Agence France Presse|АФП|Франс Пресс|Франс-Пресс|dpa|DPA|Deutsche Presse-Agentur|Deutschen Presse-Agentur|dpa-AFX|dpa-infocom|dpa-tmn|ДПА|
    TASS|Tass|ITAR-TASS|ТАСС|ИТАР-ТАСС|Interfax|Интерфакс|Interfax-Ukraine|Интерфакс-Украина|Інтерфакс-Україна|Інтерфакс|INTERFAX.RU|Interfax.ru|
    RIA Novosti|RIA|РИА Новости|РИА «Новости»|РІА Новини|РИА|РИАН|РИА ФАН|Sputnik|Sputnik News|Sputnik International|Спутник|Прайм|ПРАЙМ|Росбалт|REGNUM|ИА REGNUM|
    Xinhua|Xinhua News Agency|Синьхуа|新华社|新華社|新华网|中新社|中新网|中国新闻网|人民网|央视网|环球网|路透社|法新社|美联社|共同社|德新社|塔斯社|俄新社|彭博社|韩联社|中央社|
    AA|Anadolu|Anadolu Agency|Anadolu Ajansı|Anadolu Ajansi|Анадолу|Анадолу Аджанси|Агентство Анадолу|DHA|Demirören Haber Ajansı|Doğan Haber Ajansı|İHA|IHA|İhlas Haber Ajansı|
    ANKA|ANKA Haber Ajansı|UPI|EFE|Efe|Agencia EFE|Agencia Efe|Europa Press|ANSA|Ansa|Adnkronos|AdnKronos|AGI|LaPresse|Askanews|Bloomberg|Bloomberg News|Bloomberg HT|Блумберг|Μπλούμπεργκ|APA|sda|SDA|
    Keystone-SDA|KNA|epd|SID|afx|ots|IANS|PTI|Press Trust of India|ANI|Yonhap|Yonhap News Agency|연합뉴스|Ёнхап|Kyodo|Kyodo News|Киодо|Jiji Press|時事通信|共同通信|ロイター|Bernama|Antara|VNA|
    Ukrinform|Укринформ|Укрінформ|UNIAN|УНИАН|УНІАН|УНН|РБК-Украина|РБК-Україна|Belga|ANP|PAP|Polska Agencja Prasowa|ČTK|CTK|MTI|TT|NTB|Ritzau|STT|WAM|SANA|IRNA|ISNA|
    Tasnim|Тасним|Fars|Fars News Agency|Mehr|Mehr News Agency|SPA|KUNA|MENA|Petra|APS|Lusa|Agência Lusa|Agência Brasil|The Canadian Press|Canadian Press|La Presse Canadienne|
    AAP|Australian Associated Press|PA|PA Media|Press Association|ΑΠΕ-ΜΠΕ|ΑΠΕ - ΜΠΕ|ΑΠΕ|ΜΠΕ|Αθηναϊκό Πρακτορείο|Αθηναϊκό-Μακεδονικό Πρακτορείο Ειδήσεων|AMNA|Tanjug|Танјуг|BTA|БТА|
    ATS|Keystone-ATS|dts|dts Nachrichtenagentur|dapd|DAPD|awp|AWP|Télam|Prensa Latina|Notimex|Servimedia|Colpisa|Andina|Italpress|Agenzia Nova|Radiocor|Dire|Agenzia Dire|Folhapress|Estadão Conteúdo|
    Agerpres|Mediafax|Hina|HINA|SRNA|FENA|FoNet|BNS|ELTA|LETA|TASR|SITA|IAR|KAI|Newseria|ΚΥΠΕ|Κυπριακό Πρακτορείο Ειδήσεων|Γαλλικό Πρακτορείο|İLKHA|UBA|PNA|APP|UNI|NAN|GNA|ILNA|MAP|TAP|Panapress|
    وكالة الأنباء السعودية|وكالة أنباء الإمارات|وكالة الأنباء القطرية|قنا|بنا|العمانية|وكالة الأنباء الألمانية|Суспільне|Сіньхуа|Асошіейтед Прес|Франс Прес|
    БЕЛТА|БелТА|BelTA|Trend|Report|Azertac|АЗЕРТАДЖ|Armenpress|Арменпресс|Казинформ|
    رويترز|فرانس برس|وكالة الصحافة الفرنسية|أ ف ب|ا ف ب|أ.ف.ب|أسوشيتد برس|أسوشييتد برس|د ب أ|د.ب.أ|سبوتنيك|نوفوستي|ريا نوفوستي|تاس|إنترفاكس|انترفاكس|بلومبرغ|بلومبيرغ|
    الأناضول|وكالة الأناضول|شينخوا|سانا|واس|وام|وفا|كونا|بترا|إرنا|تسنيم|فارس"""
)
# Papers and broadcasters that others cite: known by name, but a line that is nothing but theirs is as often a link to their page.
MEDIA = _listed(
    """DW|Deutsche Welle|BBC|BBC News|Би-би-си|CNN|CNN Türk|RT|RFE/RL|Radio Free Europe|Радио Свобода|Радіо Свобода|Voice of America|Euronews|Al Jazeera|Al-Jazeera|Аль-Джазира|The Guardian|Guardian|
    The New York Times|New York Times|The Washington Post|Washington Post|The Wall Street Journal|Wall Street Journal|WSJ|Financial Times|The Times|The Telegraph|The Economist|
    CNBC|NBC News|CBS News|ABC News|Fox News|NPR|Newsweek|Foreign Policy|Foreign Affairs|Bild|Der Spiegel|Spiegel|Die Welt|Die Zeit|FAZ|Süddeutsche Zeitung|Handelsblatt|ARD|ZDF|Tagesschau|ORF|
    Le Monde|Le Figaro|Libération|Le Parisien|BFMTV|BFM TV|RFI|France Info|Franceinfo|France 24|El País|El Mundo|Corriere della Sera|La Repubblica|La Stampa|Коммерсантъ|Коммерсант|Известия|Ведомости|РБК|
    Российская газета|Лента.ру|Газета.Ru|Meduza|Медуза|Українська правда|Європейська правда|Hürriyet|Sabah|Cumhuriyet|Milliyet|Habertürk|NTV|Sözcü|Yeni Şafak|TRT|TRT Haber|Middle East Eye|
    Kathimerini|Καθημερινή|Το Βήμα|ΕΡΤ|ΣΚΑΪ|Global Times|人民日报|环球时报|央视新闻|纽约时报|华尔街日报|华盛顿邮报|金融时报|半岛电视台|Politico|Axios|The Conversation|Project Syndicate|
    Rzeczpospolita|Gazeta Wyborcza|Onet|RMF FM|TVN24|الجزيرة|العربية|الشرق الأوسط|نيويورك تايمز|واشنطن بوست|وول ستريت جورنال|سي إن إن|بي بي سي|الغارديان|فايننشال تايمز"""
)
AGENCY_NAMES = {" ".join(fold(name).split()): name for name in AGENCIES | MEDIA}
_WIRES = frozenset(" ".join(fold(name).split()) for name in AGENCIES)
# Names that are words, first names or other bodies' names too: believed where they stand in an agency's place, or in quotation marks.
WORDS_TOO = _folded(
    """Mehr|Report|Trend|Petra|Fars|Antara|Bild|Spiegel|Sabah|Guardian|Прайм|Спутник|Известия|MENA|PA|TT|APA|APS|SPA|SID|STT|WAM|SANA|AGI|
        Reuter|TRT|ARD|Zeit|Die Welt|The Times|Politico|العربية|UNI|APP|UBA|NAN|MAP|TAP|Dire|KAI|SITA|ATS|Andina|قنا|بنا|العمانية|Суспільне|فارس|سانا|وفا|بترا|واس|وام|كونا|АП"""
)
GENERIC = _folded(
    """site|website|web site|the site|this site|our site|our website|this website|newspaper|the newspaper|agency|the agency|news agency|magazine|blog|internet|
        source|sources|the source|author|the author|here|link|page|this page|article|the original|media|social media|facebook|twitter|x|youtube|instagram|telegram|
        agencies|news agencies|wire|wires|news wires|newswires|newswire|wire services|wire reports|agency reports|press|pixabay|shutterstock|getty images|getty|istock|unsplash|wikipedia|google|giphy|paypal|flickr|pinterest|
        youtube.com|twitter.com|facebook.com|t.me|agencies and own sources|own source|own|email|e-mail|rss|author's own|pexels|reader|readers|various|staff|file|
        company|press release|unknown|anonymous|official|open sources|
        pressemitteilung|eigener bericht|direktüberweisung|newsletter|redaktion|redacción|redazione|agencias|agências|agenzie|agences|rédaction|elaboración propia|redacción y agencias|
        открытые источники|открытых источников|соцсети|соцсетей|собственная информация|собственный корреспондент|пресс-служба|пресс-релиз|власна інформація|відкриті джерела|
        internet kaynakları|sosyal medya|agencje|inf. własna|informacja własna|własne|πρακτορεία|ειδήσεις|وكالة أنباء|الانترنت|الإنترنت|موقع|صحيفة|مواقع إلكترونية|
        сайт|сайта|газета|газеты|агентство|агентства|издание|издания|источник|сми|телеграм|редакция|канал|сайт агентства|видання|сайту|агентства|джерело|змі|
        site web|journal|le site|agence|zeitung|webseite|agentur|agenturen|nachrichtenagenturen|haber ajansları|агентств|информагентства|інформагентства|агенції|agencies and staff|agences de presse|die zeitung|eigene|internet|haber|ajans|ajanslar|gazete|site|haber merkezi|kaynak|
        ιστοσελίδα|εφημερίδα|πρακτορείο|διαδίκτυο|الموقع|وكالات|الوكالة|الصحيفة|مواقع|网络|本站|互联网"""
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
    return listed is not None and (len(name) > _SHORT_NAME or name.isupper() or name in AGENCIES or name in MEDIA)


def squeeze(name: str) -> str:
    """Return the letters and digits of a name, folded."""
    return _NO_LETTER.sub("", fold(name))


def is_generic(name: str) -> bool:
    """Tell whether a captured name names nobody: "website", "agency", "here"."""
    return fold(name) in GENERIC


def is_agency(name: str) -> bool:
    """Tell whether a name is a news agency's, no paper's, and no mere word."""
    folded = " ".join(fold(name).split())
    return folded in _WIRES and folded not in WORDS_TOO and _is_agency(name)


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
