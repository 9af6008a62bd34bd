"""What the words of an article must be for a query to be true of it: less than the query asks, never more. Pure."""

from crawler.topics.compiled import Compiled
from storage.candidates import Every, InTitle, Needed, Some, Sought
from storage.query import And, Node, Not, Or, Term, Title


def needed(compiled: Compiled, topic: int) -> tuple[bool, Needed | None]:
    """Return whether the language has a query for the topic (its place in the list), and what that needs.

    None: nothing that the index could find.
    """
    for query in compiled.queries:
        if query.topic == topic:
            return True, _needed(compiled, query.node)
    return False, None


def sought(compiled: Compiled, term: Term) -> list[Sought]:
    """Return the words of a term as it is written, as they may stand in the index."""
    return [compiled.vocabulary.sought(number) for number in compiled.spellings[term][0].words]


def _needed(compiled: Compiled, node: Node) -> Needed | None:
    match node:
        case Term():
            ways = [
                Every(tuple(compiled.vocabulary.sought(number) for number in spelling.words))
                for spelling in compiled.spellings[node]
            ]
            cut_alike = all(part.in_index for way in ways for part in way.parts if isinstance(part, Sought))
            return Some(tuple(ways)) if cut_alike else None
        case And(parts):
            wanted = tuple(found for part in parts if (found := _needed(compiled, part)) is not None)
            return Every(wanted) if wanted else None
        case Or(parts):
            each = [_needed(compiled, part) for part in parts]
            return Some(tuple(found for found in each if found is not None)) if all(each) else None
        case Title(part):
            inner = _needed(compiled, part)
            return InTitle(inner) if inner is not None else None
        case Not():
            return None
