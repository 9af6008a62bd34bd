"""Inflected forms: what a word in dictionary form must find, and what looks like it and is another word."""

import pytest

from storage.forms import inflect
from storage.words import fold

FORMS = {
    "en": {
        "shoot": "shot shoots shooting", "leave": "left leaves", "withdraw": "withdrew withdrawn", "bomb": "bombed bombing",
        "rise": "rose risen", "wife": "wives", "crisis": "crises", "rebuild": "rebuilt", "oversee": "oversaw",
    },
    "de": {
        "Russland": "Russlands", "abschießen": "abgeschossen abzuschießen abschoss", "werfen": "warf geworfen wirft",
        "liefern": "geliefert lieferte", "einmarschieren": "einmarschiert", "versenken": "versenkt versenkten",
        "beschließen": "beschlossen beschloss", "Nordatlantisches": "Nordatlantischen", "Flugabwehrsystem": "Flugabwehrsysteme",
    },
    "uk": {"Іскандер": "Іскандерами Іскандерів", "збити": "збито збита збили", "Калібр": "Калібрами"},
    "ru": {"Искандер": "Искандерами", "поставлять": "поставляющий поставляли", "ребёнок": "дети"},
    "fr": {
        "frapper": "frappé frappe frappaient", "fournir": "fourni fournissent", "naval": "navale navaux",
        "offensif": "offensive", "abattre": "abattus abattent", "élire": "élus", "turc": "turque",
    },
    "es": {"mostrar": "muestra mostró", "herir": "hirió herido", "luz": "luces", "hacer": "hizo hecho", "cerrar": "cierra",
           "vender": "venderlas vendiéndolo", "retirar": "retirarse"},
    "it": {"attaccare": "attaccato attaccano", "abbattere": "abbattuti", "distruggere": "distrutti", "politico": "politiche",
           "vendere": "venderlo vendendogli", "ritirare": "ritirarsi"},
    "el": {"καταρρίπτω": "κατέρριψε καταρρίφθηκε", "χτυπώ": "χτύπησε χτυπά", "εξάγω": "εξάγει εξήγαγε", "πόλη": "πόλεις πόλεων",
           "διαταγή": "διαταγές διαταγών"},
    "pl": {
        "eksportować": "eksportowała eksportuje eksportowano", "zestrzelić": "zestrzelono zestrzelił", "zboże": "zbóż",
        "podpisać": "podpisano podpisze", "statek": "statki statków", "sojusznik": "sojusznicy", "wybory": "wyborów", "myśliwiec": "myśliwce",
        "Stany": "Stanów", "Niemcy": "Niemiec", "rząd": "rządzie", "wniosek": "wniosku", "Europejska": "Europejskiej",
        "Kaspijskie": "Kaspijskiego Kaspijskim", "Północna": "Północnej", "Nowe": "Nowym Nowego", "Żółte": "Żółtym", "pole": "pól polu",
        "oblicze": "oblicza obliczu", "przejąć": "przejęto", "ogłosić": "ogłoszono", "sprzedawać": "sprzedaje",
    },
    "tr": {"imzalamak": "imzaladı imzalayan", "saldırmak": "saldırdı saldıran", "renk": "rengi", "hat": "hattı hatlar"},
    "ar": {"أسقط": "أسقطت يسقط", "صاروخ": "صواريخ بصاروخ صواريخهم صاروخي", "جسر": "جسور الجسور", "مهندس": "مهندسي لمهندسي المهندسين",
           "دبابة": "دبابات لدباباتها"},
}  # fmt: skip
OTHERS = {
    "en": {"Turkey": "Turkish", "shoot": "shooter", "refugee": "refuge", "care": "car"}, "de": {"Russland": "russisch", "Türkei": "türkisch"},
    "fr": {"mer": "mes mée", "port": "porte", "exporter": "exportateur"}, "es": {"mar": "mas mando", "lugar": "lugo"},
    "pl": {"Turcja": "turecki", "rakieta": "rakietowy"}, "tr": {"Rus": "Rusya Rusça", "füze": "füzecilik", "su": "suç"},
    "ar": {"قطر": "قطري قطرية", "صاروخ": "الصاروخي صاروخية", "مضيق": "مضايقة المضايقات", "سوري": "لسوريا السوريا"},
    "el": {"διαταγή": "διαταγείς"},
}  # fmt: skip
POSSESSED = {"hattı": "hatları hatlarından hattına", "kaynağı": "kaynakları kaynağının", "şehri": "şehirleri", "üssü": "üsleri",
             "sistemi": "sistemleri sistemlerinin", "saldırısı": "saldırıları", "ismi": "isimleri"}  # fmt: skip


def unlike(words: dict[str, str], language: str, *, found: bool, compound: bool = False) -> list[str]:
    """Return forms that are found, or are not, against what is wanted."""
    forms = inflect(words, language, compound=compound)
    return [form for word, each in words.items() for form in each.split() if forms[word].match(fold(form)) != found]


@pytest.mark.parametrize("language", FORMS)
def test_a_base_form_finds_its_forms(language: str) -> None:
    assert unlike(FORMS[language], language, found=True) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_base_form_finds_no_other_word(language: str) -> None:
    assert unlike(OTHERS[language], language, found=False) == []


def test_the_last_word_of_a_turkish_compound_finds_its_plural() -> None:
    assert unlike(POSSESSED, "tr", found=True, compound=True) == []
