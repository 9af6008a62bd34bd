"""Which articles are one story, and which reprint which. Pure: members and what they share in, groups and rows out.

An article joins a story if half of its own text stands in that story's first or fullest text, so that small changes
cannot chain two different texts together. Articles are taken in the order they came: a press review of five reports
joins at most one of their stories and never unites them. A later, fuller text joins the short report it took in whole.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from storage.origin import (
    CreditStatus,
    Member,
    Origin,
    credit_status,
    credits_as_source,
    in_order,
    origin_of,
    outside_claim,
    precedes,
    same_house,
)
from storage.overlap import Change, Span

Kind = Literal["verbatim", "edited", "excerpt", "claimed"]

STORY_SHARE = 0.5  # DESIGN: at least half of its own text
TAKEN_IN, TAKEN_IN_SHARE = 0.8, 0.4  # of an earlier short report, and of the later text that took it in
OUTLET_SHARE = 0.9  # both ways, within one outlet: below it is a template or the next report of a series
VERBATIM = 0.95  # DESIGN
STORY_WORDS = 25  # fewest words for a story, or FEW_WORDS of a shorter text (findings, 1.8)
FEW_WORDS = 0.6
EXCERPT_WORDS = 45  # two reports of one event share up to 41 words outside quotations, one shared quotation up to 32
EXCERPT_SPAN = 20  # words; only spans this long count towards an excerpt: shorter ones are names and stock phrases
MOSTLY_QUOTED = 0.6  # two outlets quoting one speech share more quoted words than that,
UNQUOTED_RUN, UNQUOTED_WORDS = 13, 60  # and no long span with such a run of other words, nor so many in all
FORM_CHANGES, FORM_RATE = 3, 0.08  # names and numbers replaced, of the words shared: a form filled in twice (a weather
# report, an obituary) has .06 to .31, copies with every fifth word edited up to .05
NEAR_BEST = 0.05  # sources whose shares differ less than this are equally good by the text


@dataclass(frozen=True, slots=True)
class Tie:
    """What an article shares with another, furniture apart, seen from the article."""

    words: int
    share: float
    """Of the article's own words."""
    taken: float
    """Of the other's own words."""
    quoted: int
    unquoted_run: int
    similarity: float
    spans: tuple[Span, ...]
    """`a` is the article."""
    changes: tuple[Change, ...]

    def flipped(self) -> "Tie":
        """The same seen from the other article."""
        return Tie(
            words=self.words,
            share=self.taken,
            taken=self.share,
            quoted=self.quoted,
            unquoted_run=self.unquoted_run,
            similarity=self.similarity,
            spans=tuple(span.flipped() for span in self.spans),
            changes=tuple(Change(change.kind, change.b, change.a) for change in self.changes),
        )


class Ties:
    """What every two articles share, looked up from either side; worked out when it is asked for."""

    def __init__(self) -> None:
        self._words: dict[int, dict[int, int]] = {}
        self._make: dict[tuple[int, int], Callable[[], Tie]] = {}
        self._made: dict[tuple[int, int], Tie] = {}

    def add(self, one: int, two: int, words: int, make: Callable[[], Tie]) -> None:
        """Remember that two articles share so many words, furniture included; `make` gives the tie seen from `one`."""
        self._words.setdefault(one, {})[two] = self._words.setdefault(two, {})[one] = words
        self._make[one, two] = make

    def of(self, one: Member, two: Member, *, least: float = 0) -> Tie | None:
        """What `one` shares with `two`, if it says anything about where a text came from; None below `least` words."""
        if self._words.get(one.id, {}).get(two.id, 0) < least:
            return None  # without furniture they are fewer still: nothing to work out
        tie = self._tie(one.id, two.id)
        return tie if tie and _says_something(tie, one, two) else None

    def _tie(self, one: int, two: int) -> Tie | None:
        tie = self._made.get((one, two))
        if tie is None and two in self._words.get(one, ()):
            make = self._make.get((one, two))
            tie = self._made[one, two] = make() if make else self._make[two, one]().flipped()
        return tie

    def shared(self, article: int) -> Mapping[int, int]:
        """How many words an article shares with whom, furniture included."""
        return self._words.get(article, {})


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that carry one text."""

    members: tuple[Member, ...]
    """In the order they came."""
    origin: Origin

    @classmethod
    def of(cls, members: Iterable[Member]) -> "Story":
        """Return the story of these members: a matter of nobody else."""
        ordered = tuple(in_order(list(members)))
        return cls(ordered, origin_of(ordered))

    @property
    def id(self) -> int:
        """The smallest id of its members."""
        return min(member.id for member in self.members)


@dataclass(slots=True)
class _Group:
    """A story in the making."""

    members: list[Member]
    fullest: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """One article's use of one story's text."""

    article: Member
    source: Member | None
    outlet: str | None
    name: str | None = None
    main: bool
    kind: Kind
    tie: Tie | None
    status: CreditStatus


def _says_something(tie: Tie, one: Member, two: Member) -> bool:
    if is_refused(one, (two,)):
        return False
    if one.outlet == two.outlet and min(tie.share, tie.taken) < OUTLET_SHARE:
        return False
    if sum(bool(change.a and change.b) for change in tie.changes) >= max(FORM_CHANGES, FORM_RATE * tie.words):
        return False
    run = max((span.unquoted_run for span in tie.spans if span.same >= EXCERPT_SPAN), default=0)
    told = run >= UNQUOTED_RUN or tie.words - tie.quoted >= UNQUOTED_WORDS
    quoting = tie.quoted >= MOSTLY_QUOTED * tie.words and not told
    return not quoting or min(tie.share, tie.taken) >= OUTLET_SHARE


def _belongs(later: Member, earlier: Member, ties: Ties) -> Tie | None:
    tie = ties.of(later, earlier, least=STORY_SHARE * min(later.words, earlier.words))
    if tie is None or tie.words < min(STORY_WORDS, FEW_WORDS * min(later.words, earlier.words)):
        return None
    took_in = tie.taken >= TAKEN_IN and tie.share >= TAKEN_IN_SHARE
    return tie if tie.share >= STORY_SHARE or took_in else None


def stories_of(members: Sequence[Member], ties: Ties) -> list[Story]:
    """Return the stories among articles that share text; every article is in exactly one."""
    found: list[_Group] = []
    for article in in_order(members):
        home = _home(article, found, ties)
        if home is None:
            found.append(_Group([article], article))
            continue
        home.members.append(article)
        fuller = article.words > home.fullest.words
        if fuller and _belongs(home.members[0], article, ties):
            home.fullest = article
    return [Story.of(group.members) for group in found]


def _home(article: Member, found: list[_Group], ties: Ties) -> _Group | None:
    best: tuple[float, _Group] | None = None
    for story in found:
        if is_refused(article, story.members):
            continue
        for text in (story.members[0], story.fullest):
            tie = _belongs(article, text, ties)
            if tie and (best is None or tie.share > best[0]):
                best = tie.share, story
    return best[1] if best else None


def is_refused(article: Member, others: Iterable[Member]) -> bool:
    """Whether a person has said that an article and one of these are not each other's reprints: nor are its copies."""
    return any(other.key in article.not_from or article.key in other.not_from for other in others)


def reprints_of(article: Member, home: Story, near: Sequence[Story], ties: Ties) -> list[Reprint]:
    """Return the rows of one article: whom it reprints within its story, and whom it takes excerpts from.

    `home` is its story, `near` are the other stories that share text with it.
    """
    main = _main(article, home, ties)
    excerpts = _excerpts(article, home, near, ties)
    if main and main.kind == "claimed" and any(row.status == "exact" for row in excerpts):
        main = None  # the credited source is archived: it is the excerpt's
    rows = [main, *excerpts] if main else excerpts
    return [_with_main(row, index == 0) for index, row in enumerate(rows)]


def _with_main(row: Reprint, main: bool) -> Reprint:
    return Reprint(
        article=row.article, source=row.source, outlet=row.outlet, name=row.name, main=main,
        kind=row.kind, tie=row.tie, status=row.status,
    )  # fmt: skip


def _main(article: Member, home: Story, ties: Ties) -> Reprint | None:
    if home.origin.article == article.id:
        return None
    earlier = [m for m in home.members[: home.members.index(article)] if not same_house(m, article)]
    if home.origin.basis == "unknown":
        return _best(article, home, [m for m in earlier if precedes(m, article)], ties)
    if home.origin.article is not None:
        origin = next(member for member in home.members if member.id == home.origin.article)
        if same_house(origin, article):
            return None
        if origin not in earlier:
            earlier.append(origin)
        return _best(article, home, earlier, ties)
    credited = [m for m in home.members if not same_house(m, article) and credits_as_source(article, m)]
    if credited:
        return _best(article, home, credited, ties)
    claim = outside_claim(article, home.members)
    if claim is None:
        return None
    return Reprint(
        article=article, source=None, outlet=claim.outlet, name=claim.name, main=True, kind="claimed", tie=None,
        status="exact",
    )  # fmt: skip


def _best(article: Member, home: Story, sources: Sequence[Member], ties: Ties) -> Reprint | None:
    """The source credited, else the story's origin, else the best by the text, where the text allows it."""
    tied = [(source, tie) for source in sources if (tie := ties.of(article, source))]
    if not tied:
        return None
    enough = max(tie.share for _, tie in tied) - NEAR_BEST
    source, tie = min(
        ((source, tie) for source, tie in tied if tie.share >= enough),
        key=lambda one: (not credits_as_source(article, one[0]), one[0].id != home.origin.article, -one[1].share),
    )
    return _row(article, source, tie, home, kind=_kind(tie))


def _row(article: Member, source: Member, tie: Tie, story: Story, *, kind: Kind) -> Reprint:
    status = credit_status(article, source, story.members)
    return Reprint(article=article, source=source, outlet=source.outlet, main=True, kind=kind, tie=tie, status=status)


def _kind(tie: Tie) -> Kind:
    if tie.share >= VERBATIM:
        return "verbatim" if tie.taken >= VERBATIM else "excerpt"
    return "edited" if tie.share >= STORY_SHARE else "excerpt"


def _excerpts(article: Member, home: Story, near: Sequence[Story], ties: Ties) -> list[Reprint]:
    """Excerpts from other stories, best first; words that its own story's earlier texts hold are not counted again."""
    options = [option for story in near if (option := _excerpt_source(article, story, ties))]
    if not options:
        return []
    taken: list[tuple[int, int]] = []
    for other in home.members[: home.members.index(article)]:
        if tie := ties.of(article, other):
            taken += [span.a_words for span in tie.spans]
    options.sort(key=lambda one: (not credits_as_source(article, one[0]), -one[1].words, one[0].key))
    rows = []
    for source, tie, story in options:
        if _new_words(tie, taken) >= EXCERPT_WORDS:
            taken += [span.a_words for span in tie.spans]
            rows.append(_row(article, source, tie, story, kind="excerpt"))
    return rows


def _excerpt_source(article: Member, story: Story, ties: Ties) -> tuple[Member, Tie, Story] | None:
    if is_refused(article, story.members):
        return None
    unwatched = story.origin.article is None and story.origin.name is not None  # then nobody here is a source unasked
    tied = [
        (member, tie)
        for member in story.members
        if not same_house(article, member)
        and (tie := ties.of(article, member, least=EXCERPT_WORDS))
        and came_first(member, article)
        and (not unwatched or credits_as_source(article, member))
    ]
    tied = [(member, tie) for member, tie in tied if _new_words(tie, ()) >= EXCERPT_WORDS]
    if not tied:
        return None
    enough = (1 - NEAR_BEST) * max(tie.words for _, tie in tied)
    order = {member.id: index for index, member in enumerate(story.members)}
    source, tie = min(
        ((member, tie) for member, tie in tied if tie.words >= enough),
        key=lambda one: (not credits_as_source(article, one[0]), one[0].id != story.origin.article, order[one[0].id]),
    )
    return source, tie, story


def came_first(one: Member, two: Member) -> bool:
    """Whether `one` was there first; where times leave it open only an agency is believed to have been."""
    return precedes(one, two) or (not precedes(two, one) and one.agency and not two.agency)


def _new_words(tie: Tie, taken: Iterable[tuple[int, int]]) -> int:
    """Words of the tie's long spans that no stretch of `taken` holds already."""
    fresh = 0
    for span in tie.spans:
        if span.same >= EXCERPT_SPAN:
            start, stop = span.a_words
            held = sum(max(0, min(stop, to) - max(start, since)) for since, to in taken)
            fresh += max(0, round(span.same * (1 - held / (stop - start))))
    return fresh
