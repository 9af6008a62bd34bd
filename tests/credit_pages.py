"""Pages for the rules of credits: where a line stands, the words that must fire a rule and whom they name, words that must not."""

from test_extract import PROSE

STATED: dict[str, tuple[tuple[str, str, str], tuple[str, str]]] = {
    "original-source": (
        (
            "after",
            'The original source of this article is <a href="https://sputniknews.com/x/1">Sputnik News</a>',
            "Sputnik News",
        ),
        ("after", "The original source of this article is the website"),
    ),
    "originally-published": (
        ("last", "This article first appeared on Asia Monitor on March 3, 2018.", "Asia Monitor"),
        ("last", "The vaccine first appeared in the autumn of that year."),
    ),
    "republished": (
        ("last", "Republished with permission from The Strategy Forum.", "Strategy Forum"),
        ("last", "Reprinted from the newspaper."),
    ),
    "authored-via": (
        ("top", "Authored by John Smith via Strategic Forum,", "Strategic Forum"),
        ("top", "Authored by John Smith"),
    ),
    "via": (("last", "Via SouthFront", "SouthFront"), ("last", "Via the website")),
    "provided-by": (
        ("last", "This article was provided by Horizon Wire.", "Horizon Wire"),
        ("middle", "Food was provided by the author."),
    ),
    "ursprünglich-erschienen": (
        ("last", "Dieser Text ist zuerst erschienen bei Blätter Heute.", "Blätter Heute"),
        ("last", "Der Film ist zuerst erschienen im Internet."),
    ),
    "erschien-zuerst": (
        ("last", "Der Beitrag erschien zuerst auf Nachdenkmagazin.", "Nachdenkmagazin"),
        ("last", "Das Buch erschien zuerst im Internet."),
    ),
    "zuerst-bei-erschienen": (
        ("last", "Dieser Artikel ist zuerst bei Zeit Online erschienen.", "Zeit Online"),
        ("last", "Die Sonne war zuerst im Osten zu sehen."),
    ),
    "publié-à-l-origine": (
        ("last", "Cet article a été publié à l’origine par Le Courrier.", "Courrier"),
        ("last", "Cet article a été publié hier par le site web."),
    ),
    "initialement-publié": (
        ("last", "Article initialement publié sur Orient Hebdo.", "Orient Hebdo"),
        ("last", "Un livre initialement publié dans le journal."),
    ),
    "publicado-originalmente": (
        ("last", "Publicado originalmente en La Jornada.", "Jornada"),
        ("last", "El libro fue publicado en otoño."),
    ),
    "pubblicato-originariamente": (
        ("last", "Articolo pubblicato originariamente su Il Foglio.", "Il Foglio"),
        ("last", "Il libro è stato pubblicato ieri."),
    ),
    "впервые-опубликовано": (
        ("last", "Впервые опубликовано на сайте Военное обозрение.", "Военное обозрение"),
        ("last", "Впервые опубликовано на сайте агентства."),
    ),
    "перепечатано": (
        ("last", "Перепечатано из Независимой газеты.", "Независимой газеты"),
        ("last", "Перепечатано из газеты."),
    ),
    "по-материалам": (("last", "По материалам ТАСС", "ТАСС"), ("last", "По материалам газеты.")),
    "вперше-опубліковано": (
        ("last", "Вперше опубліковано на сайті Дзеркало тижня.", "Дзеркало тижня"),
        ("last", "Вперше опубліковано в газеті минулого року"),
    ),
    "за-матеріалами": (("last", "За матеріалами Укрінформ.", "Укрінформ"), ("last", "За матеріалами сайту.")),
    "ilk-yayın": (
        ("last", "Bu yazı ilk olarak Birikim Dergisi'nde yayınlanmıştır.", "Birikim Dergisi"),
        ("last", "Kitap ilk kez yazıldı ve yayınlandı."),
    ),
    "αναδημοσίευση": (
        ("last", "Αναδημοσίευση από το Παρατηρητήριο.", "Παρατηρητήριο"),
        ("last", "Αναδημοσίευση από το διαδίκτυο."),
    ),
    "نقلا-عن": (("last", "نقلا عن رويترز", "رويترز"), ("last", "نقلا عن مواقع")),
    "source": (("last", "Source: Horizon Monitor", "Horizon Monitor"), ("last", "Source: website")),
    "источник": (("last", "Источник: РИА Новости", "РИА Новости"), ("last", "Источник: сайт")),
    "джерело": (("last", "Джерело: Українська правда", "Українська правда"), ("last", "Джерело: видання")),
    "kaynak": (("last", "Kaynak: Hürriyet", "Hürriyet"), ("last", "Kaynak: internet")),
    "quelle": (("last", "Quelle: Zeit Online", "Zeit Online"), ("last", "Quelle: eigene")),
    "fuente": (("last", "Fuente: El Observador", "Observador"), ("last", "Fuente: internet")),
    "źródło": (("last", "Źródło: Gazeta Polska", "Gazeta Polska"), ("last", "Źródło: internet")),
    "πηγή": (("last", "Πηγή: Καθημερινή", "Καθημερινή"), ("last", "Πηγή: διαδίκτυο")),
    "المصدر": (("last", "المصدر: الجزيرة", "الجزيرة"), ("last", "المصدر: وكالات")),
    "来源": (("last", "来源:新华社", "新华社"), ("last", "来源:网络")),
    "byline": (("top", "By Sputnik", "Sputnik"), ("top", "By John Miller")),
    "byline-person-agency": (
        ("top", "By John Miller, Associated Press", "Associated Press"),
        ("top", "By John Miller, London"),
    ),
    "source-and-day": (
        ("top", '<a href="https://sputniknews.com/x/1">Sputnik News</a> 3 March 2018', "Sputnik News"),
        ("top", "Example News, March 29, 2018"),
    ),
    "agency-parentheses": (
        ("first", "ANKARA, March 3 (AA) – The minister spoke.", "AA"),
        ("first", "The minister (63) spoke to his party (AKP) – again."),
    ),
    "agency-slashes": (
        ("first", "МОСКВА, 3 марта. /ТАСС/. Министр заявил.", "ТАСС"),
        ("first", "The and/or question was put."),
    ),
    "agency-dash-first": (
        ("first", "РИА Новости — Министр заявил.", "РИА Новости"),
        ("first", "Moscow — The minister spoke."),
    ),
    "place-dash-agency": (
        ("first", "МОСКВА, 3 мар — РИА Новости. Министр заявил.", "РИА Новости"),
        ("first", "МОСКВА, 3 мар — Министр заявил."),
    ),
    "agency-mark": (("last", "dpa/lno", "dpa"), ("last", "Ende/aus")),
    "agency-closing": (("last", f"{PROSE.strip()} (DHA)", "DHA"), ("last", f"{PROSE.strip()} (sic)")),
    "avec": (("last", "Avec AFP", "AFP"), ("last", "Avec plaisir")),
    "mit-material-von": (("last", "Mit Material von dpa", "dpa"), ("last", "Mit Material von gestern")),
    "contributed": (
        ("last", "Reuters contributed to this report.", "Reuters"),
        ("last", "Anna Miller contributed to this report."),
    ),
    "copyright-of": (
        ("after", "Copyright © Sputnik, Sputnik News, 2018", "Sputnik"),
        ("after", "Copyright © Example News, 2018"),
    ),
    "appeared-first": (
        ("last", "The post Talks on delivery go on appeared first on Asia Monitor.", "Asia Monitor"),
        ("last", "The disease appeared first in the autumn."),
    ),
    "this-appeared": (
        ("last", "This essay appeared in Strategic Forum.", "Strategic Forum"),
        ("last", "This article was published on Tuesday."),
    ),
    "by-permission": (
        ("last", "Used with permission from Asia Monitor.", "Asia Monitor"),
        ("last", "The site may be used with the permission of the author."),
    ),
    "agency-feed": (
        (
            "last",
            "This story has not been edited by our staff and is auto-generated from a syndicated feed from Horizon Wire.",
            "Horizon Wire",
        ),
        ("last", "The cattle were bought from a feed from the south."),
    ),
    "dieser-text-erschien": (
        ("last", "Dieser Artikel ist in Blätter Heute erschienen.", "Blätter Heute"),
        ("last", "Dieser Artikel ist im Herbst sehr gefragt."),
    ),
    "übernommen-von": (
        ("last", "Mit freundlicher Genehmigung von Blätter Heute.", "Blätter Heute"),
        ("last", "Die Kosten werden übernommen von der Kasse, sagte er."),
    ),
    "repris-de": (
        ("last", "Cet article est repris du site Orient Hebdo.", "Orient Hebdo"),
        ("last", "Les travaux ont repris dans le Nord."),
    ),
    "tomado-de": (("last", "Tomado de La Jornada.", "Jornada"), ("last", "El camino tomado de noche es largo.")),
    "este-artículo-se-publicó": (
        ("last", "Este artículo se publicó en La Jornada.", "Jornada"),
        ("last", "Este artículo se vende en otoño."),
    ),
    "pierwotnie-opublikowano": (
        ("last", "Artykuł ukazał się pierwotnie w Gazecie Morskiej.", "Gazecie Morskiej"),
        ("last", "Po raz pierwszy zobaczono go w Gdańsku."),
    ),
    "alıntı": (
        ("last", "Bu yazı Birikim Dergisi'nden alınmıştır.", "Birikim Dergisi"),
        ("last", "Önlemler ilçede alınmıştır."),
    ),
    "转载自": (("last", "本文转载自海洋时报", "海洋时报"), ("last", "本文转载自网络")),
    "place-agency": (
        ("first", "КИЇВ. 3 березня. УНН. Міністр заявив.", "УНН"),
        ("first", "КИЇВ. 3 березня. Міністр. Заявив."),
    ),
    "电头": (("first", "新华社安卡拉3月3日电 部长说，谈判将继续。", "新华社"), ("first", "新华社的记者住在安卡拉。")),
    "with-reporting-by": (("last", "With reporting by AFP", "AFP"), ("last", "With reporting by Anna Miller")),
    "con-información-de": (("last", "Con información de EFE", "EFE"), ("last", "Con información de la policía")),
    "με-πληροφορίες-από": (("last", "Με πληροφορίες από ΑΠΕ-ΜΠΕ", "ΑΠΕ-ΜΠΕ"), ("last", "Με πληροφορίες από κατοίκους")),
    "при-участии": (("last", "С использованием материалов ТАСС", "ТАСС"), ("last", "С использованием материалов дела")),
    "link-to-original": (
        ("last", '<a href="https://sputniknews.com/x/1">Read the original article</a>', "Sputnik International"),
        ("last", '<a href="/2018/talks">Read the original article</a>'),
    ),
    "hat-tip": (
        ("last", 'h/t <a href="https://asia.example/t">Asia Monitor</a>', "Asia Monitor"),
        ("last", "h/t readers"),
    ),
}

CITED: dict[str, tuple[tuple[str, str, str], tuple[str, str]]] = {
    "according-to": (
        ("middle", "According to Reuters, nothing was signed.", "Reuters"),
        ("middle", "According to Karatas, nothing was signed."),
    ),
    "told": (
        ("middle", "The expert told Sputnik that nothing was signed.", "Sputnik"),
        ("middle", "The expert told Parliament that nothing was signed."),
    ),
    "reports": (
        ("middle", "TASS reported that nothing was signed.", "TASS"),
        ("middle", "Ankara reported that nothing was signed."),
    ),
    "laut": (
        ("middle", "Laut Reuters wurde nichts unterzeichnet.", "Reuters"),
        ("middle", "Laut Gesetz wurde nichts unterzeichnet."),
    ),
    "selon": (
        ("middle", "Selon Reuters, rien n’a été signé.", "Reuters"),
        ("middle", "Selon Paris, rien n’a été signé."),
    ),
    "según": (("middle", "Según la agencia EFE, nada se firmó.", "EFE"), ("middle", "Según Madrid, nada se firmó.")),
    "сообщает": (("middle", "Об этом сообщает ТАСС.", "ТАСС"), ("middle", "Об этом сообщает Кремль.")),
    "со-ссылкой-на": (
        ("middle", "Пишет со ссылкой на Reuters газета.", "Reuters"),
        ("middle", "Пишет со ссылкой на Петрова газета."),
    ),
    "повідомляє": (
        ("middle", "Про це повідомляє Укрінформ.", "Укрінформ"),
        ("middle", "Про це повідомляє Міноборони."),
    ),
    "haberine-göre": (
        ("middle", "Hürriyet'in haberine göre görüşme sürüyor.", "Hürriyet"),
        ("middle", "Bakanlığın haberine göre görüşme sürüyor."),
    ),
    "açıkladı": (
        ("middle", "Uzman Sputnik'e konuştu ve bekleyin dedi.", "Sputnik"),
        ("middle", "Uzman Ankara'ya konuştu ve bekleyin dedi."),
    ),
    "σύμφωνα-με": (
        ("middle", "Σύμφωνα με το Reuters δεν υπογράφηκε τίποτα.", "Reuters"),
        ("middle", "Σύμφωνα με την Άγκυρα δεν υπογράφηκε τίποτα."),
    ),
    "بحسب": (("middle", "بحسب وكالة الأناضول لم يوقع شيء.", "وكالة الأناضول"), ("middle", "بحسب الوزير لم يوقع شيء.")),
    "berichtet": (
        ("middle", "Reuters berichtet, es sei nichts unterzeichnet.", "Reuters"),
        ("middle", "Ankara berichtet, es sei nichts unterzeichnet."),
    ),
    "rapporte": (
        ("middle", "Le Monde révèle que rien n’a été signé.", "Le Monde"),
        ("middle", "Paris révèle que rien n’a été signé."),
    ),
    "informó": (
        ("middle", "La agencia Reuters informó que nada se firmó.", "Reuters"),
        ("middle", "Reuters abrió una oficina."),
    ),
    "secondo": (("middle", "Lo riferisce l’agenzia Tass.", "Tass"), ("middle", "Lo riferisce il ministero.")),
    "riferisce": (
        ("middle", "Come Bloomberg riferisce, nulla è stato firmato.", "Bloomberg"),
        ("middle", "Bloomberg ha un ufficio a Roma."),
    ),
    "podaje": (
        ("middle", "Jak podaje Reuters, nic nie podpisano.", "Reuters"),
        ("middle", "Jak podaje ministerstwo, nic nie podpisano."),
    ),
    "poinformował": (
        ("middle", "Agencja Reuters podała, że nic nie podpisano.", "Reuters"),
        ("middle", "Agencja Reuters ma biuro w Ankarze."),
    ),
    "сообщили": (
        ("middle", "ТАСС сообщил источник, что ничего не подписано.", "ТАСС"),
        ("middle", "ТАСС — агентство в Москве."),
    ),
    "повідомив": (
        ("middle", "Reuters повідомляє, що нічого не підписано.", "Reuters"),
        ("middle", "Reuters має бюро в Києві."),
    ),
    "muhabirine": (
        ("middle", "Uzman, AA muhabirine bekleyin dedi.", "AA"),
        ("middle", "AA binasının önünde bekleyin dedi."),
    ),
    "bildirdi": (
        ("middle", "Rus ajansı RIA Novosti, görüşmenin sürdüğünü bildirdi.", "RIA Novosti"),
        ("middle", "Ankara, görüşmenin sürdüğünü bildirdi."),
    ),
    "μεταδίδει": (
        ("middle", "Το Reuters μεταδίδει ότι δεν υπογράφηκε τίποτα.", "Reuters"),
        ("middle", "Το Reuters έχει γραφείο στην Άγκυρα."),
    ),
    "نقلت": (("middle", "رويترز نقلت أنه لم يوقع شيء.", "رويترز"), ("middle", "مكتب رويترز في أنقرة مغلق.")),
    "据": (("middle", "据新华社报道,没有签署。", "新华社"), ("middle", "新华社在安卡拉有办事处。")),
}
