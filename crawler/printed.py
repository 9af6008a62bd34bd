"""What stands printed between headline and text and behind it: the day, the lines that name the authors. Pure."""

import re
from collections.abc import Iterator, Sequence

from crawler import dates
from crawler.markup import Line
from crawler.name_rules import BY

_SHORT = 90  # characters of a line that gives a day or names somebody and says little else
_FEW = 6  # words
_WORD = re.compile(r"[^\W\d_]{2,}")
_BAR = re.compile(r"[|·•]")
_YEAR = re.compile(r"\d{4}|\d\d([./])\d\d\1\d\d")
_PUBLISHED = re.compile(
    r"\b(?:published|posted|created|erstellt|veröffentlicht|publié|publicado|publicada|pubblicato|опубликовано|опубліковано|публикувано|објављено|"
    r"objavljeno|opublikowano|publikováno|zverejnené|publisert|publicerad|publiceret|offentliggjort|julkaistu|gepubliceerd|geplaatst|közzétéve|"
    r"diterbitkan|dipublikasikan|đăng|δημοσι\w+|yayın\w*|giriş|نشر|النشر|انتشار)\b|发布|發布|发表|發表|公開|配信|掲載|입력|등록",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:(?:last\s+)?(?:updated?|modified|edited)|aktualisiert|geändert|stand|mise?\s+à\s+jour|modifié|actualizad[oa]|atualizad[oa]|aggiornato|"
    r"обновлено|оновлено|обновена|ažurirano|aktualizacja|aktualizováno|oppdatert|uppdaterad|opdateret|päivitetty|bijgewerkt|frissítve|actualizat|"
    r"diperbarui|cập\s+nhật|ενημ[εέ]ρ\w+|ενημερώθηκε|güncelle\w*|تحديث|آخرین)\b|更新|수정",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:written\s+)?by|autor(?:in|en|es)?|authors?|auteur|von|text|автор|yazar|συντάκτης|作者)\s*[:：]?$",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^\W{0,3}(?:(?:autorin\s*/\s*autor|autor(?:in|en|es)?|authors?|auteure?|автор(?:ы|и)?|yazar|συντάκτης)\s*[:：]?\s|(?:text|作者|记者)\s*[:：])"
    r"\s*(?P<names>\S.*)$",
    re.IGNORECASE,
)
_NAME_AND_DAY = re.compile(r"^[^|\d]{5,40}\|\s*\d\d?[./]\d\d?[./]\d{4}")
_BEHIND_DAY = re.compile(
    r"(?:\d{4}|\d\d[:.]\d\d(?:\s*(?:Uhr|h))?)\W{1,4}(?P<byline>(?:by|von|par|por|di|av|door|автор)\s+[^\W\d]+(?:[\s-][^\W\d]+){0,4})",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:author|autor|auteur|byline|yazar|writer|reporter|muhabir)s?(?:$|[\s_\d-])", re.IGNORECASE
)
_RIGHT = re.compile(r"text-align\s*:\s*right", re.IGNORECASE)
_DATED = re.compile(
    r"^(?:datum|date|fecha|data|дата|tarih|published|veröffentlicht|publié|опубликовано|发布时间)\W", re.IGNORECASE
)
_ENTRY = re.compile(  # what blogs print behind a text
    r"\b(?:(?:this\s+(?:entry|post|article)\s+was|dieser\s+(?:artikel|beitrag|eintrag)\s+wurde)\s.{0,20}|(?:posted|published)\s+on\s"
    r"|cet(?:te)?\s+(?:article|entrée)\s+a\s+été\s+publiée?|esta\s+entrada\s+fue\s+publicada|запись\s+опубликована)",
    re.IGNORECASE,
)
_HEADLINE = ("h1", "h2")  # whose day is the event's


def day_lines(top: Sequence[Line], end: Sequence[Line], *, day_first: bool | None = None) -> Iterator[str]:
    """Yield the short lines above the text that give a day, and those behind it that say it is the article's.

    They begin where they speak of publication; those of a change are left out.
    """
    yield from (line.text[: found.end() + _SHORT] for line in end if (found := _ENTRY.match(line.text)))
    for line in (*top, *(line for line in end if _DATED.match(line.text))):
        if len(line.text) > _SHORT or not _YEAR.search(line.text) or line.element.tag in _HEADLINE:
            continue
        published = _PUBLISHED.search(line.text)
        text = line.text[published.start() :] if published else line.text
        if (published or (not _CHANGED.search(text) and _says_little_else(text))) and dates.printed_day(
            text, day_first=day_first
        ):
            yield text


def bylines(top: Sequence[Line]) -> Iterator[str]:
    """Yield the lines above the text that name authors: by their words, or by the class of their element."""
    label = ""
    for line in top:
        behind = _BEHIND_DAY.search(line.text) if len(line.text) <= _SHORT else None
        if behind:
            yield behind["byline"]
        elif label or (len(line.text) <= _SHORT and _names_somebody(line)):
            yield f"{label} {line.text[:_SHORT]}".strip()
        label = line.text if _LABEL.match(line.text) else ""


def signatures(end: Sequence[Line]) -> Iterator[str]:
    """Yield what lines behind the text ("Autorin: …", a name at the right) say of the authors."""
    for line in end:
        if len(line.text) > _SHORT:
            continue
        if found := _SIGNED.match(line.text):
            yield found["names"]
        elif line.element.get("align") == "right" or _RIGHT.search(line.element.get("style") or ""):
            yield line.text


def _says_little_else(text: str) -> bool:
    """Tell a line of day, names and section from a caption or an embedded post that ends in a day."""
    words = len(_WORD.findall(text))
    return not text.startswith(("—", "–")) and (words <= _FEW or bool(_BAR.search(text) or BY.match(text)))


def _names_somebody(line: Line) -> bool:
    if _LABEL.match(line.text):
        return False
    near = (line.element, line.element.getparent())
    classed = any(_NAMED.search(element.get("class") or "") for element in near if element is not None)
    return bool(classed or BY.match(line.text) or _NAME_AND_DAY.match(line.text))
