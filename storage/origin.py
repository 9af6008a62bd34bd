"""Who had a text first, and who says so. Pure: articles of one story and what they claim in, verdicts with reasons out.

Evidence, strongest first: a credit that names another member's outlet; times of publication whose intervals do not
overlap; the kind of outlet (an agency sells text); the fullest text. Only credits and clear times are called strong,
and where those disagree the story is contested. A source that is credited but not archived is an origin too: then
nobody in the archive is anybody's source, unless one member credits the other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from storage.records import CreditKind, Role

CreditStatus = Literal["exact", "intermediary", "other", "citation", "none", "unknown"]

CLEARLY_LESS = 0.9  # of the fullest text's words; a copy that lost less may as well be the original

# How sure each kind of evidence makes us. Judgement, not measurement; the order is what counts.
CONFIDENCE = {"credit": 0.95, "canonical": 0.95, "correction": 1.0, "earliest": 0.9, "agency": 0.7, "fullest": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a page says of its source (a credit, as far as stories need it)."""

    name: str
    outlet: str | None = None
    """Id, if it is one of ours."""
    owner: str | None = None
    """Of that outlet: a house credited by name may have carried the text in another of its editions."""
    role: Role
    kind: CreditKind
    words: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Where a person has said a story came from: an article, an outlet of ours, or somebody by name."""

    number: int
    """Of the decision; the last about a story wins."""
    key: str | None = None
    outlet: str | None = None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article as stories see it."""

    id: int
    key: str
    """Machine-independent; decides where nothing else does."""
    outlet: str
    owner: str | None = None
    agency: bool = False
    title: str | None = None
    text: str = ""
    start: int
    """First second in which it may have been published, epoch; else when it was first seen."""
    end: int
    precise: bool = True
    """Known to the minute or better."""
    words: int
    """Of its own text, furniture apart."""
    claims: tuple[Claim, ...] | None = ()
    """None: nobody looked for credits."""
    not_from: frozenset[str] = frozenset()
    """Keys a person has said it is not a reprint of."""
    origin_is: Decided | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a story came from."""

    article: int | None = None
    outlet: str | None = None
    name: str | None = None
    """As credited, where no article is known."""
    basis: str | None = None
    """correction / credit / canonical / earliest / agency / fullest / unknown; None for an article alone."""
    confidence: float | None = None
    contested: bool = False


def same_house(one: Member | Claim, two: Member) -> bool:
    """Whether an article is of another's, or of a credited, outlet or owner: the same text there is a repost."""
    return one.outlet == two.outlet or (bool(one.owner) and one.owner == two.owner)


def claims_against(article: Member, source: Member) -> list[Claim]:
    """Return the claims of `article` that count when `source` is looked at as its source.

    Words that stand in the source's text too were copied with it and are no credit of the copy, but for a dateline that
    names the source itself: an agency's own mark.
    """
    return [claim for claim in article.claims or () if _counts(claim, source)]


def _counts(claim: Claim, source: Member) -> bool:
    own_mark = claim.kind == "dateline" and claim.role == "republication" and same_house(claim, source)
    return own_mark or not claim.words or claim.words not in source.text


def credits_as_source(article: Member, source: Member) -> bool:
    """Whether `article` says it republishes the outlet of `source`."""
    return any(
        claim.role == "republication" and same_house(claim, source) and _counts(claim, source)
        for claim in article.claims or ()
    )


def precedes(one: Member, two: Member) -> bool:
    """Whether `one` surely came before `two`: by a credit in one direction, else by times that do not overlap."""
    forth, back = credits_as_source(two, one), credits_as_source(one, two)
    return forth if forth != back else one.end < two.start


def in_order(members: Sequence[Member]) -> list[Member]:
    """Return members in the order they came; where that is unknown agencies first, then the fullest text."""
    by_time = sorted(members, key=lambda m: (m.start, m.end, m.key))
    clear = all(one.end < two.start for one, two in pairwise(by_time))
    if clear and not any(member.claims for member in members):
        return by_time
    left = sorted(members, key=lambda m: (not m.agency, -m.words, m.start, m.key))
    before = {m.id: {other.id for other in left if other is not m and precedes(other, m)} for m in left}
    ordered: list[Member] = []
    while left:
        waiting = {m.id for m in left}
        free = next((m for m in left if not before[m.id] & waiting), None)
        chosen = free or min(left, key=lambda m: (m.start, m.key))  # credits in a circle: time decides
        ordered.append(chosen)
        left.remove(chosen)
    return ordered


def credit_status(article: Member, source: Member, story: Sequence[Member]) -> CreditStatus:
    """Return how `article` credits `source`; `story` are the members an intermediary may be among."""
    if article.claims is None:
        return "unknown"
    claims = [claim for claim in claims_against(article, source) if not same_house(claim, article)]
    republished = [claim for claim in claims if claim.role == "republication"]
    if any(same_house(claim, source) for claim in republished):
        return "exact"
    if any(same_house(claim, member) for claim in republished for member in story):
        return "intermediary"
    if republished:
        return "other"
    return "citation" if any(same_house(claim, source) for claim in claims) else "none"


def outside_claim(article: Member, others: Sequence[Member]) -> Claim | None:
    """Return the surest claim that the text came from somebody whose text is not among `others`, or None."""
    outside = [
        claim
        for claim in article.claims or ()
        if claim.role == "republication"
        and not any(same_house(claim, other) for other in (article, *others))
        and not any(_copied(claim, article, other) for other in others)
    ]
    return min(outside, key=lambda claim: (-claim.confidence, claim.outlet or "", claim.name), default=None)


def _copied(claim: Claim, article: Member, other: Member) -> bool:
    """Whether a claim came along with the text of an article that precedes this one and makes no such claim."""
    return (
        other is not article
        and bool(claim.words)
        and claim.words in other.text
        and precedes(other, article)
        and not any(mine.role == "republication" and mine.name == claim.name for mine in other.claims or ())
    )


def origin_of(members: Sequence[Member]) -> Origin:
    """Return where a story came from, given its members in the order they came."""
    corrected = _corrected(members)
    if corrected:
        return corrected
    outside = {m.id: claim for m in members if (claim := outside_claim(m, members))}
    chosen, votes = _most_credited(members)
    rooted = votes > 0 and chosen.id not in outside
    if outside and not (rooted and votes >= _voices(members, outside)):
        return _unwatched(members, outside, contested=rooted)
    if votes:
        late = any(other.end < chosen.start for other in members)
        basis = "canonical" if _only_canonical(chosen, members) else "credit"
        return _known(chosen, basis, contested=late or bool(outside))
    return _by_time(members) if len(members) > 1 else Origin()


def _corrected(members: Sequence[Member]) -> Origin | None:
    decisions = [m.origin_is for m in members if m.origin_is]
    if not decisions:
        return None
    said = max(decisions, key=lambda decided: decided.number)
    named = [m for m in members if m.key == said.key]
    article = next(iter(named or (m for m in members if m.outlet == said.outlet)), None)
    if article:
        return _known(article, "correction")
    return Origin(outlet=said.outlet, name=said.name, basis="correction", confidence=CONFIDENCE["correction"])


def _most_credited(members: Sequence[Member]) -> tuple[Member, int]:
    """The member most other houses name as their source, and how many do."""
    votes: Counter[int] = Counter()
    claiming = [member for member in members if member.claims]
    for member in members:
        houses = {o.owner or o.outlet for o in claiming if not same_house(o, member) and credits_as_source(o, member)}
        votes[member.id] = len(houses)
    best = max(members, key=lambda m: votes[m.id])  # the first of equals: they are in order
    return best, votes[best.id]


def _voices(members: Sequence[Member], outside: dict[int, Claim]) -> int:
    return len({member.outlet for member in members if member.id in outside})


def _unwatched(members: Sequence[Member], outside: dict[int, Claim], *, contested: bool) -> Origin:
    weight: Counter[tuple[str | None, str]] = Counter()
    for member in members:
        if claim := outside.get(member.id):
            weight[claim.outlet, claim.outlet or claim.name] += 1
    outlet, name = min(weight, key=lambda who: (-weight[who], who[0] or "", who[1]))
    claim = min((c for c in outside.values() if (c.outlet or c.name) == name), key=lambda c: (-c.confidence, c.name))
    basis = "canonical" if claim.kind == "canonical" else "credit"
    return Origin(
        outlet=outlet, name=claim.name, basis=basis, confidence=claim.confidence, contested=contested or len(weight) > 1
    )


def _only_canonical(chosen: Member, members: Sequence[Member]) -> bool:
    kinds = {
        claim.kind
        for member in members
        for claim in member.claims or ()
        if claim.role == "republication" and same_house(claim, chosen)
    }
    return kinds == {"canonical"}


def _by_time(members: Sequence[Member]) -> Origin:
    """The first, where something says it was: a clear time, its trade, or clearly more of the text than its rivals."""
    first = members[0]
    rivals = [other for other in members[1:] if first.end >= other.start and not same_house(first, other)]
    if not rivals:
        return _known(first, "earliest")
    if first.agency and not any(other.agency for other in rivals):
        return _known(first, "agency")
    if first.words * CLEARLY_LESS > max(other.words for other in rivals):
        return _known(first, "fullest")
    return Origin(basis="unknown")


def _known(article: Member, basis: str, *, contested: bool = False) -> Origin:
    return Origin(
        article=article.id, outlet=article.outlet, basis=basis, confidence=CONFIDENCE[basis], contested=contested
    )
