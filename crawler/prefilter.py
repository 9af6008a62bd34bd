"""Can a page be on any topic at all? Told from its bytes, so that with `keep = "matching"` most pages are never cleaned. Pure.

Theory: a query can be true of an article only if words that it needs stand somewhere on the page, in one of their forms.
Phrases, NOT, title: and the capitals rule are left to matching, which sees the text. Forms depend on the language, which
is known only after cleaning: so every language is tried that a topic has a query for. Of a query for `any` language the
words are tried as they are written; only where other forms of them could make it true, the page's language is asked for.
What is no article (a block page, a consent wall, an error page) has no topic either but must not be taken for one that is
off topic: only a page that shows an article is judged.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from crawler.extract import says_it_is_gone
from crawler.language import detect
from crawler.page_numbers import readings
from crawler.pager_rules import PARAMETERS
from crawler.topics.compiled import Compiled
from crawler.topics.matcher import ANY, Matcher
from crawler.topics.vocabulary import Entry
from crawler.unparsed import Unparsed, unparsed
from crawler.urls import url_key
from crawler.wall_rules import CONSENT_TOPIC
from storage.candidates import Sought
from storage.endings import rules
from storage.query import And, Node, Not, Or, Term, Title
from storage.records import Capture
from storage.words import fold

_FIRST = 2  # letters by which most words are passed over
_PROSE = 80  # characters; shorter lines are headings, bylines, menus
_MUCH_PROSE = 1500  # characters in long lines: block pages, logins and shells print at most 1,200 (crawler/walls.py)
_TITLE = 300  # characters; what is longer, some heading that was never closed, is searched so far only
_OTHER_PROSE = 600  # of them not on cookies: consent walls have at most 400 (crawler/walls.py)
_SHORTEST_PATH = 5  # characters; a shorter one is in every address
_LONG_NAME = 12  # characters; shorter ones (`story`) also name other things, and relative to them an address is short
# What follows the name of an article in the address of its next page (some count from 0), or of the page with all of it
_FIRST_BUT_ONE = rb"\b(?:%b)=1(?![0-9])" % "|".join(sorted(PARAMETERS)).encode()
_ALL = rb"(?<![a-zA-Z])(?i:all|full|single|one-?_?page|komplett|complete)"
_PAGE = rb"(?:[^\s\"'<>%%0-9]{0,20}2(?![0-9])|(?:\.\w{2,5})?[?/&;][^\s\"'<>%%]{0,30}(?:%b|%b))" % (_FIRST_BUT_ONE, _ALL)
_SHORT_PAGE = re.compile(
    rb"href\s*=\s*[\"']?(?!/|\#|\w{2,10}:|[^\s\"'<>]{0,24}\.(?:css|ico|png|svg))[^\s\"'<>]{0,20}?"
    rb"(?:(?<![0-9])2(?![0-9])|%b|%b)[^\s\"'<>]{0,10}[\s\"'>]" % (_FIRST_BUT_ONE, _ALL)
)
"""An address relative to the page's own, in lower case, as short as `pager` believes one: `?page=2`, `2/`, `story_2.html`, `?page=all`."""
_SAMPLE = 200  # characters, from which a language is told of 98 % of sentences (crawler/language.py)
_SAMPLES = 2  # of a page's longest lines
_SAMPLED = 1000  # characters of them


class Prefilter:
    """Topics ready to be looked for in pages; a language's forms are read when a page could not be refused without them."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._words = _Words()
        self._languages: dict[str, Compiled] = {}
        self._own = [language for language in matcher.query_languages() if language != ANY]
        self._neutral = matcher.compiled(ANY)
        self._inflected = frozenset(n for n, entry in enumerate(self._neutral.vocabulary.entries) if _inflects(entry))
        self._learn([ANY])

    def may_carry(self, capture: Capture, *, language: str | None = None) -> bool:
        """Say whether the article of a page may be on a topic; `language` (ISO 639-1) is its outlet's.

        True for every page that extracting and matching would tag, and for one that may be no article.
        """
        page = unparsed(capture, language=language)
        if not _shows_an_article(page) or _may_go_on(capture):
            return True
        self._learn(self._own)
        met = self._words.met(page.words)
        if self._is_met(met):
            return True
        if not self._may_be_met(met.get(ANY, set())):
            return False
        return self._learn([*([language] if language else ()), *_languages(page)]) and self._is_met(
            self._words.met(page.words)
        )

    def _learn(self, languages: Iterable[str]) -> bool:
        """Take up languages; say whether one was new."""
        new = [language for language in dict.fromkeys(languages) if language not in self._languages]
        for language in new:
            compiled = self._languages[language] = self._matcher.compiled(language)
            self._words.add(compiled, language)
        return bool(new)

    def _is_met(self, met: Mapping[str, set[int]]) -> bool:
        return any(
            not any(map(here.isdisjoint, query.needs)) and _possible(query.node, self._languages[language], here)
            for language, here in met.items()
            for query in self._languages[language].queries
        )

    def _may_be_met(self, met: set[int]) -> bool:
        """Say whether a query for any language could be true if its words had other forms than are known."""
        met = met | self._inflected
        return any(_possible(query.node, self._neutral, met) for query in self._neutral.queries)


class _Words:
    """The words of all queries in several languages, to be met among the folded words of a page."""

    def __init__(self) -> None:
        self._exact: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self._starts: defaultdict[str, list[tuple[Sought, str, int]]] = defaultdict(list)
        self._first: set[str] = set()
        self._ends: list[tuple[tuple[str, ...], str, int]] = []

    def add(self, compiled: Compiled, language: str) -> None:
        """Add the words of one language's queries."""
        for number in range(len(compiled.vocabulary.entries)):
            sought = compiled.vocabulary.sought(number)
            for form in sought.exact:
                self._exact[form].append((language, number))
            for start in set(_beginnings(sought)):
                self._starts[start].append((sought, language, number))
                self._first.add(start[:_FIRST])
            if sought.ends:
                self._ends.append((tuple(sought.ends), language, number))

    def met(self, words: frozenset[str]) -> dict[str, set[int]]:
        """Return the numbers of the words that stand on a page, by language."""
        met: defaultdict[str, set[int]] = defaultdict(set)
        for form in self._exact.keys() & words:
            for language, number in self._exact[form]:
                met[language].add(number)
        first = self._first
        for word in (word for word in words if word[:_FIRST] in first or word[0] in first):  # a digit may be a word
            for end in range(1, len(word) + 1):
                for sought, language, number in self._starts.get(word[:end], ()):
                    if sought.matches(word):
                        met[language].add(number)
        for ends, language, number in self._ends:
            if any(word.endswith(ends) for word in words):
                met[language].add(number)
        return met


def _beginnings(sought: Sought) -> Iterator[str]:
    """Yield what words begin with that are no listed form and may be meant nevertheless."""
    yield from (rule.stem for rule in sought.rules)
    if sought.starts:
        yield sought.starts
    if sought.tailed:  # a single letter takes no ending: `Sa` is not `S`
        yield from (form for form in sought.exact if len(form) > 1 or form.isdecimal())


def _inflects(entry: Entry) -> bool:
    """Say whether a word may have forms in some language that do not begin with it."""
    word = entry.word
    if word.kind not in ("forms", "suffix") or not word.text.isalpha():
        return False
    folded = fold(word.text)  # capitals take endings in Turkish only, which softens some letters
    return not entry.capitals or any(not rule.stem.startswith(folded) for rule in rules(folded, "tr"))


def _possible(node: Node, compiled: Compiled, met: set[int]) -> bool:
    """Say whether the words are there that `node` cannot be true without."""
    match node:
        case Term():
            return any(met.issuperset(spelling.words) for spelling in compiled.spellings[node])
        case And(parts):
            return all(_possible(part, compiled, met) for part in parts)
        case Or(parts):
            return any(_possible(part, compiled, met) for part in parts)
        case Title(part):
            return _possible(part, compiled, met)
        case Not():
            return True


def _shows_an_article(page: Unparsed) -> bool:
    """Say whether there is an article to judge: stated, or long prose that is not about cookies, under no error's title."""
    if page.has_article:
        return True
    if any(says_it_is_gone(title[:_TITLE]) for title in page.titles):
        return False
    prose = [line for line in page.lines if len(line) >= _PROSE]
    if sum(map(len, prose)) < _MUCH_PROSE:
        return False
    other = 0
    for line in reversed(prose):  # the shortest that will do: the search takes its time
        other += 0 if CONSENT_TOPIC.search(line) else len(line)
        if other >= _OTHER_PROSE:
            return True
    return False


def _may_go_on(capture: Capture) -> bool:
    """Say whether a page is a further one, or links to an address like its own with a page's number or "all"."""
    if any(each.number > 1 and each.says_page for each in readings(url_key(capture.url))):
        return True
    if _SHORT_PAGE.search(capture.body.lower()):  # a third of the time it takes to pass over case
        return True
    path = re.sub(r"\.\w{2,5}$", "", urlsplit(capture.url).path.rstrip("/"))
    own = max(path.rpartition("/")[2].split(","), key=len)
    own = own if len(own) >= _LONG_NAME else path
    return len(own) >= _SHORTEST_PATH and any(
        re.search(re.escape(name.encode()) + _PAGE, capture.body) for name in {own, unquote(own)}
    )


def _languages(page: Unparsed) -> Iterator[str]:
    """Yield the languages that a page's article may be in."""
    text = " ".join(page.lines or page.titles)[:_SAMPLED]
    for at in range(0, len(text), _SAMPLED // _SAMPLES):
        yield from (likely.language for likely in detect(text[at : at + _SAMPLE]))
