"""How central a topic is to an article, 0–1. Pure.

    score = 0.40 title + 0.25 lead + 0.20 density + 0.15 spread

title    1 if the whole query is true of the headline alone, ½ if some term stands in it
lead     1 if it is true of the headline and the first 60 words, ½ if some term stands in those words
density  matched places per 100 words of text, 3 and more count as 1
spread   share of the text's four quarters that hold a match

A word of the text that becomes a match never lowers a score, nor does moving a match into the lead or the headline.
(Words near each other match in their shortest stretch: a word put between them may move it out of the lead.) Scores of
different languages are not compared: languages differ in how often they name a thing.
"""

from dataclasses import dataclass

LEAD_WORDS = 60
QUARTERS = 4
_FULL_DENSITY = 3.0  # matched places per 100 words
_SHORTEST = 100  # words; below, density would be an accident
_TITLE, _LEAD, _DENSITY, _SPREAD = 0.40, 0.25, 0.20, 0.15


@dataclass(frozen=True, slots=True)
class Reach:
    """Where in an article a query is met."""

    title_whole: bool
    """The query is true of the headline alone."""
    title_some: bool
    lead_whole: bool
    """It is true of headline and lead."""
    lead_some: bool
    places: int
    """Matched places in the text."""
    words: int
    """Words of the text."""
    quarters: int
    """Of the text's four quarters, how many hold a match."""


def score(reach: Reach) -> float:
    """Return the score, 0–1, to four places."""
    title = 1.0 if reach.title_whole else 0.5 * reach.title_some
    lead = 1.0 if reach.lead_whole else 0.5 * reach.lead_some
    density = min(1.0, 100 * reach.places / max(reach.words, _SHORTEST) / _FULL_DENSITY)
    spread = reach.quarters / QUARTERS
    return round(_TITLE * title + _LEAD * lead + _DENSITY * density + _SPREAD * spread, 4)
