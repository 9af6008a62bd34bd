"""Forms that neither a dictionary of one base form a word nor an ending gives. Pure.

The dictionaries name one base form for each form: *shot* is a noun there and *geworfen* a word of its own, so those
who look for *shoot* and *werfen* would not find them. These are the irregular verbs and nouns of the grammars.
"""

from collections.abc import Iterator

_ENGLISH = """
bear bore borne born; bend bent; bet bet; bind bound; bite bit bitten; bleed bled; break broke broken; breed bred;
burn burnt; catch caught; cling clung; come came; deal dealt; dig dug; do did done does; draw drew drawn; dream dreamt;
drink drank drunk; drive drove driven; dwell dwelt; eat ate eaten; fall fell fallen; feed fed; feel felt; fight fought;
find found; flee fled; fling flung; fly flew flown flies; freeze froze frozen; get got gotten; give gave given;
go went gone goes; grind ground; grow grew grown; hang hung; hear heard; hide hid hidden; hold held; keep kept;
kneel knelt; know knew known; lead led; lean leant; leap leapt; learn learnt; leave left; lend lent; lie lay lain lying;
light lit; lose lost; make made; mean meant; meet met; pay paid; ride rode ridden; ring rang rung; rise rose risen;
run ran running; say said; see saw seen; seek sought; sell sold; send sent; shake shook shaken; shine shone;
shoot shot; show shown; shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; slay slew slain; sleep slept;
slide slid; sling slung; sow sown; speak spoke spoken; spend spent; spin spun; spit spat; split split; spoil spoilt;
spring sprang sprung; stand stood; steal stole stolen; stick stuck; sting stung; stink stank stunk; strike struck stricken;
strive strove striven; swear swore sworn; sweep swept; swell swollen; swim swam swum; swing swung; take took taken;
teach taught; tear tore torn; tell told; think thought; throw threw thrown; tread trod trodden; wake woke woken;
wear wore worn; weave wove woven; weep wept; win won; wind wound; wring wrung; write wrote written; blow blew blown;
buy bought; bring brought; build built; choose chose chosen; begin began begun; become became; beat beaten;
calf calves; half halves; knife knives; leaf leaves; life lives; loaf loaves; self selves; shelf shelves; thief thieves;
wife wives; wolf wolves; man men; woman women; child children; foot feet; goose geese; mouse mice; tooth teeth; ox oxen;
analysis analyses; axis axes; basis bases; crisis crises; hypothesis hypotheses; oasis oases; thesis theses;
criterion criteria; phenomenon phenomena; datum data; medium media; bacterium bacteria;
bad worse worst; good better best; big bigger biggest; far further furthest
"""
_ENGLISH_PREFIXES = ("with", "under", "over", "out", "fore", "up", "mis", "re", "un", "a", "be", "for")

_GERMAN = """
backen backte gebacken bäckt; bergen barg geborgen birgt; bersten barst geborsten birst; biegen bog gebogen;
bieten bot geboten; binden band gebunden; bitten bat gebeten; blasen blies geblasen bläst; bleiben blieb geblieben;
braten briet gebraten brät; brechen brach gebrochen bricht; brennen brannte gebrannt; bringen brachte gebracht;
denken dachte gedacht; dringen drang gedrungen; empfehlen empfahl empfohlen empfiehlt; essen aß gegessen isst;
fahren fuhr gefahren fährt; fallen fiel gefallen fällt; fangen fing gefangen fängt; finden fand gefunden;
fliegen flog geflogen; fliehen floh geflohen; fließen floss geflossen; frieren fror gefroren; geben gab gegeben gibt;
gehen ging gegangen; gelingen gelang gelungen; gelten galt gegolten gilt; gewinnen gewann gewonnen; gießen goss gegossen;
graben grub gegraben gräbt; greifen griff gegriffen; haben hatte gehabt hat; halten hielt gehalten hält;
hängen hing gehangen; heben hob gehoben; heißen hieß geheißen; helfen half geholfen hilft; kennen kannte gekannt;
klingen klang geklungen; kommen kam gekommen; laden lud geladen lädt; lassen ließ gelassen lässt; laufen lief gelaufen läuft;
leiden litt gelitten; leihen lieh geliehen; lesen las gelesen liest; liegen lag gelegen; lügen log gelogen;
meiden mied gemieden; messen maß gemessen misst; nehmen nahm genommen nimmt; nennen nannte genannt; pfeifen pfiff gepfiffen;
raten riet geraten rät; reiben rieb gerieben; reißen riss gerissen; reiten ritt geritten; rennen rannte gerannt;
riechen roch gerochen; ringen rang gerungen; rufen rief gerufen; saufen soff gesoffen säuft; schaffen schuf geschaffen;
scheiden schied geschieden; scheinen schien geschienen; schieben schob geschoben; schießen schoss geschossen;
schlafen schlief geschlafen schläft; schlagen schlug geschlagen schlägt; schleichen schlich geschlichen;
schließen schloss geschlossen; schmelzen schmolz geschmolzen schmilzt; schneiden schnitt geschnitten;
schreiben schrieb geschrieben; schreien schrie geschrien; schreiten schritt geschritten; schweigen schwieg geschwiegen;
schwimmen schwamm geschwommen; schwinden schwand geschwunden; schwören schwor geschworen; sehen sah gesehen sieht;
senden sandte gesandt; singen sang gesungen; sinken sank gesunken; sitzen saß gesessen; sprechen sprach gesprochen spricht;
springen sprang gesprungen; stechen stach gestochen sticht; stehen stand gestanden; stehlen stahl gestohlen stiehlt;
steigen stieg gestiegen; sterben starb gestorben stirbt; stoßen stieß gestoßen stößt; streichen strich gestrichen;
streiten stritt gestritten; tragen trug getragen trägt; treffen traf getroffen trifft; treiben trieb getrieben;
treten trat getreten tritt; trinken trank getrunken; tun tat getan tut; verderben verdarb verdorben verdirbt;
vergessen vergaß vergessen vergisst; verlieren verlor verloren; wachsen wuchs gewachsen wächst; waschen wusch gewaschen wäscht;
weichen wich gewichen; weisen wies gewiesen; wenden wandte gewandt; werben warb geworben wirbt; werden wurde geworden wird;
werfen warf geworfen wirft; wiegen wog gewogen; winden wand gewunden; wissen wusste gewusst weiß; ziehen zog gezogen;
zwingen zwang gezwungen; hoch hohe hohen hoher hohes hohem höher höchste
"""
_GERMAN_APART = (
    "zusammen", "zurück", "auseinander", "entgegen", "gegenüber", "nieder", "wieder", "vorbei", "weiter", "durch", "statt",
    "teil", "fest", "frei", "fort", "heim", "hinaus", "hinein", "heraus", "herein", "hinzu", "hin", "her", "los", "nach",
    "über", "unter", "um", "weg", "auf", "aus", "bei", "ein", "mit", "vor", "ab", "an", "zu",
)  # fmt: skip
_GERMAN_BOUND = ("miss", "über", "unter", "durch", "hinter", "wider", "ent", "ver", "zer", "be", "er", "ge", "um")

_FRENCH = """
beau bel belle beaux belles; nouveau nouvel nouvelle nouveaux nouvelles; vieux vieil vieille vieilles; blanc blanche blanches;
grec grecque grecs grecques; public publique publics publiques; turc turque turcs turques; long longue longues; œil yeux;
avoir eu a ont avait; élire élu élue élus élues élit élisent; lire lu lue lus lues lit lisent; naître né née nés nées;
mourir mort morte morts mortes meurt meurent; mettre mis mise mises met mettent; prendre pris prise prises prend prennent;
faire fait faite faits faites font fit; dire dit dite dits dites disent; voir vu vue vus vues voit voient vit;
venir venu venue venus venues vient viennent vint; tenir tenu tenue tenus tenues tient tiennent tint;
abattre abattu abattue abattus abattues abat abattent; battre battu battue battus battues bat battent;
conduire conduit conduite conduits conduites; détruire détruit détruite détruits détruites; ouvrir ouvert ouverte ouverts ouvertes;
vaincre vaincu vaincue vaincus vaincues; vivre vécu vit vivent; recevoir reçu reçue reçus reçues reçoit reçoivent
"""
_SPANISH = """
abrir abierto; caer cayó cayeron caído cae caen; cubrir cubierto; dar dio dieron dado da dan; decir dijo dijeron dicho dice dicen;
escribir escrito; estar estuvo está están; hacer hizo hicieron hecho hace hacen hará; ir fue fueron ido va van;
morir murió murieron muerto muere mueren; poner puso pusieron puesto pone ponen; proponer propuso propuesto;
imponer impuso impusieron impuesto; poder pudo puede pueden; querer quiso quiere; romper roto; saber supo sabe;
ser fue es son era; tener tuvo tuvieron tenido tiene tienen; traer trajo traído; venir vino vinieron viene vienen;
ver vio visto ve ven; volver volvió vuelto vuelve vuelven; devolver devuelto devuelve; resolver resuelto resuelve
"""
_ITALIAN = """
dire detto detta detti dette dice dicono disse; fare fatto fatta fatti fatte fa fanno fece; prendere preso presa presi prese;
chiudere chiuso chiusa chiusi chiuse; mettere messo messa messi messe; vedere visto vista visti viste vide; uomo uomini;
venire venuto venuta venuti venute viene vengono venne; tenere tiene tengono; uovo uova; andare va vanno;
nascere nato nata nati nate; morire morto morta morti morte muore muoiono; rompere rotto rotta rotti rotte ruppe
"""
_POLISH = """
Niemcy Niemiec Niemczech Niemcom; Węgry Węgier Węgrzech; Włochy Włoch Włoszech; człowiek ludzie ludzi ludziom ludźmi ludziach;
dziecko dzieci dzieciom dziećmi dzieciach; brat bracia braci braćmi; ksiądz księdza księża księży; ręka ręce rąk rękę;
tydzień tygodnia tygodnie tygodni tygodniu; dzień dnia dni dniu dniem dniach; krew krwi krwią; miesiąc miesięcy;
brać bierze biorą; wziąć wziął wzięła wzięli wzięto weźmie; nieść niósł niosła niosą; uciec uciekł uciekła uciekli
"""

_ARABIC = """
مدفع مدافع; قرية قرى; جسر جسور; بحر بحار; رصاصة رصاص; هجوم هجمات
"""  # plurals that the dictionary lacks


def _table(text: str) -> dict[str, tuple[str, ...]]:
    rows = (row.split() for row in text.replace("\n", " ").split(";"))
    return {base: tuple(forms) for base, *forms in rows}


_TABLES = {"en": _table(_ENGLISH), "de": _table(_GERMAN), "fr": _table(_FRENCH), "es": _table(_SPANISH), "it": _table(_ITALIAN), "ar": _table(_ARABIC), "pl": {base.lower(): forms for base, forms in _table(_POLISH).items()}}  # fmt: skip


def irregular(word: str, language: str) -> frozenset[str]:
    """Return the irregular forms of a base form, those of prefixed verbs too: abgeschossen, withdrawn."""
    table, lower = _TABLES.get(language, {}), word.lower()
    found = set(table.get(lower, ()))
    if language == "en":
        found.update(f"{prefix}{form}" for prefix in _ENGLISH_PREFIXES for form in table.get(_rest(lower, prefix), ()))
    if language == "de" and word[:1].islower():
        found.update(_german(lower, table))
    return frozenset(found)


def _rest(word: str, prefix: str) -> str:
    return word[len(prefix) :] if word.startswith(prefix) else ""


def _german(verb: str, table: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield what a German verb has apart from its regular endings."""
    yield from _strong(verb, table)
    for prefix in _GERMAN_APART:
        rest = _rest(verb, prefix)
        if len(rest) > 4 and rest.endswith("n"):  # noqa: PLR2004 - shortest verbs that take one: gehen, tun apart
            yield f"{prefix}zu{rest}"
            yield from (f"{prefix}{form}" for form in (*_strong(rest, table), *_weak_participles(rest)))
    for prefix in _GERMAN_BOUND:
        yield from (prefix + form.removeprefix("ge") for form in _strong(_rest(verb, prefix), table))
    yield from _weak_participles(verb)


def _strong(verb: str, table: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield past, participle and third person with their endings."""
    for place, form in enumerate(table.get(verb, ())):
        yield form
        yield from (
            form + ending for ending in (("en", "e", "t", "n"), ("e", "en", "er", "es", "em"), ())[min(place, 2)]
        )


def _weak_participles(verb: str) -> Iterator[str]:
    """Yield the regular participle, declined: geliefert, versenkten."""
    stem = verb.removesuffix("n").removesuffix("e")
    bare = verb.endswith("ieren") or verb.startswith(_GERMAN_BOUND)
    participle = ("" if bare else "ge") + stem + ("et" if stem.endswith(("t", "d")) else "t")
    yield from (participle + ending for ending in ("", "e", "en", "er", "es", "em"))
