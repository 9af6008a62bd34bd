"""Full-text search over folded words, with inflected forms expanded on the query's side.

`articles_fts` holds folded words in their order, so any sqlite3 reads it and snippets show the original text.
`word_forms` is the archive's vocabulary by base form: a word of a query becomes all forms of it that the archive holds.
"""

import sqlite3
from itertools import product
from math import prod

import Stemmer

from storage.endings import Rule, rules
from storage.errors import QueryError
from storage.forms import bases
from storage.query import And, Node, Not, Or, Term, Title, Word, joined, parse
from storage.words import fold, tokens

LONGEST_SEARCH = 500  # characters of a query
_MOST_FORMS = 300  # of one word; Turkish words have about a hundred
_MOST_PHRASES = 400  # combinations of forms a phrase is written out as
_SHORTEST_PART = 3  # letters before an apostrophe that stand for the whole word
_APOSTROPHES = "'’ʼ`´‘"
_LAST = "\U0010ffff"


def register(connection: sqlite3.Connection, *, as_well: str = "") -> None:
    """Give a connection the SQL functions `fold(text)` and `forms(query)`, the latter under a second name `as_well`.

    `forms` never fails, since SQL could not say why: a query it cannot read is taken as a list of words.
    """
    connection.create_function("fold", 1, lambda text: None if text is None else fold(str(text)), deterministic=True)
    for name in filter(None, ("forms", as_well)):
        connection.create_function(name, 1, lambda query: None if query is None else _forgiving(connection, str(query)))


def match_expression(connection: sqlite3.Connection, query: str) -> str:
    """Return `query` (the language of topic queries) as FTS5 MATCH text. Raises QueryError with a sentence.

    Case, capitals and accents do not count here, `=` only keeps a word from being inflected.
    """
    if len(query) > LONGEST_SEARCH:
        raise QueryError(query[:80], 0, f"a search has at most {LONGEST_SEARCH} characters")
    return _Expansion(connection, query).text(parse(query, hints=False))


def _forgiving(connection: sqlite3.Connection, query: str) -> str:
    try:
        return match_expression(connection, query)
    except QueryError:
        return " ".join(f'"{token.word}"' for token in tokens(fold(query[:LONGEST_SEARCH]))) or '""'


class _Expansion:
    """One query against the vocabulary of one archive."""

    def __init__(self, connection: sqlite3.Connection, query: str) -> None:
        self.connection = connection
        self.query = query
        self.languages = self._languages()

    def text(self, node: Node) -> str:
        """Return FTS5 text; every word is folded and quoted, so nothing in it is read as syntax."""
        match node:
            case Term():
                return self._term(node)
            case Title(part):
                return f"{{title}} : ({self.text(part)})"
            case Or(parts):
                return "(" + " OR ".join(map(self.text, parts)) + ")"
            case And(parts):
                wanted = [self.text(part) for part in parts if not isinstance(part, Not)]
                if wanted:
                    unwanted = [f" NOT {self.text(part.part)}" for part in parts if isinstance(part, Not)]
                    return "((" + " AND ".join(wanted) + ")" + "".join(unwanted) + ")"
        raise QueryError(self.query, 0, "NOT needs something to find beside it, in the same brackets")

    def _term(self, term: Term) -> str:
        words = _without_endings(term.words)
        ways = [words]
        if any(word.joiner for word in words):
            ways.append(tuple(joined(words)))
        return "(" + " OR ".join(found for way in ways for found in self._phrases(way, term.near)) + ")"

    def _phrases(self, words: tuple[Word, ...], near: int | None) -> list[str]:
        last = len(words) - 1
        open_at = {i for i, word in enumerate(words) if word.kind == "prefix" and (near is not None or i == last)}
        choices = [[fold(word.text)] if i in open_at else self._forms(word) for i, word in enumerate(words)]
        while prod(map(len, choices)) > _MOST_PHRASES and len(choices) > 1:
            longest = max(range(len(choices)), key=lambda i: len(choices[i]))
            choices[longest] = choices[longest][: max(1, len(choices[longest]) * 2 // 3)]
        if near is not None:
            stars = [" *" if i in open_at else "" for i in range(len(words))]
            groups = (
                " ".join(f'"{form}"{star}' for form, star in zip(forms, stars, strict=True))
                for forms in product(*choices)
            )
            return [f"NEAR({group}, {near - 1})" for group in groups]
        star = " *" if open_at else ""
        return [f'"{" ".join(forms)}"{star}' for forms in product(*choices)]

    def _forms(self, word: Word) -> list[str]:
        """Return the folded word first, then the forms of it that the archive holds."""
        folded = fold(word.text)
        if word.kind == "exact":
            return [folded]
        if word.kind == "prefix":  # in front of another word, where FTS5 takes no *
            return [folded, *self._select("form glob ?", f"{folded}*")]
        if word.kind == "suffix":
            return [folded, *self._ending(folded)]
        forms = dict.fromkeys([folded])
        for language in self.languages:
            if language == "tr":
                forms |= dict.fromkeys(self._turkish(word.text))
                continue
            for base in bases(folded, language):
                forms |= dict.fromkeys(self._select("language = ? and base = ?", language, base))
        return list(forms)[:_MOST_FORMS]

    def _ending(self, folded: str) -> list[str]:
        """Return the forms of compounds: a scan of the vocabulary, some hundred thousand words."""
        found = dict.fromkeys(self._select("form glob ?", f"*{folded}"))
        for language in self.languages:
            for base in bases(folded, language):
                found |= dict.fromkeys(self._select("language = ? and base glob ?", language, f"*{base}"))
        return list(found)[:_MOST_FORMS]

    def _turkish(self, word: str) -> list[str]:
        patterns = [
            rule
            for stem in sorted(_turkish_stems(word), key=len, reverse=True)
            for rule in rules(stem, "tr", compound=True)
        ]
        return [form for rule in patterns for form in self._starting(rule)]

    def _starting(self, rule: Rule) -> list[str]:
        found = self._select("language = 'tr' and base >= ? and base < ?", rule.stem, rule.stem + _LAST, limit=5_000)
        return [form for form in found if rule.matches(form)]

    def _select(self, where: str, *values: str, limit: int = _MOST_FORMS) -> list[str]:
        rows = self.connection.execute(f"select distinct form from word_forms where {where} limit {limit}", values)
        return [form for (form,) in rows]

    def _languages(self) -> list[str]:
        """Return the vocabulary's languages by hopping from one to the next; a scan would read every word."""
        hops = self.connection.execute(
            "with recursive hop(l) as (select min(language) from word_forms union all"
            " select (select min(language) from word_forms where language > l) from hop where l is not null)"
            " select l from hop where l is not null"
        )
        return [language for (language,) in hops]


def _turkish_stems(word: str) -> set[str]:
    """Return the word, and what it is a form of if it carries endings, folded."""
    lower = word.replace("I", "ı").replace("İ", "i").lower()
    stemmer = Stemmer.Stemmer("turkish")
    return {
        fold(word),
        *(stem for form in (lower, fold(word)) if len(stem := fold(stemmer.stemWord(form))) >= _SHORTEST_PART),
    }


def _without_endings(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Drop what is bound by an apostrophe: the ending of Türkiye'nin, the article of l'OTAN."""
    kept: list[Word] = []
    for word in words:
        if word.joiner and word.joiner in _APOSTROPHES and kept:
            if len(kept[-1].text) >= _SHORTEST_PART:
                continue
            kept.pop()
            kept.append(Word(word.text, word.kind))
        else:
            kept.append(word)
    return tuple(kept)
