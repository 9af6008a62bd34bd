"""The shape of a credit rule, and the pieces its patterns are made of. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from storage.records import CreditKind, Role

Where = Literal["anywhere", "around", "top", "start", "end"]
"""Which lines a rule reads: anywhere (from the headline on, outside menus and teasers), top (between headline and text), start
(the first paragraphs), end (the last lines of the text and what follows), around (top and end)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way in which a line names a source."""

    name: str
    languages: tuple[str, ...]
    """ISO 639-1; for readers of the table, every rule reads every page."""
    pattern: re.Pattern[str]
    """Has a group `source`, and may have one `title`: the source's headline."""
    role: Role
    kind: CreditKind
    confidence: float
    where: Where
    known: bool = False
    """Believes only names of outlets and agencies, because the same words name people and things."""
    exact: bool = False
    """Of known names, only believes one that is all that was captured."""
    whole: bool = False
    """The line says nothing else and is no part of the text."""
    states: bool = False
    """A sentence or label whose line is weighed: news may begin with its words."""
    hints: tuple[str, ...] = ()
    """One of these stands in every line the pattern matches, in lower case: most lines are told apart without the pattern."""


QUOTED = r"[«“„\"'‘]?"
SRC = r"(?P<source>[^\s,;:()\[\]«»“”„\"–—|.。，；：《》][^;()\[\]«»“”„\"–—|\n。，；：、（）《》]{0,70}?)"
NAME = r"(?P<source>[^\s,;:()«»“”„\"][^;:()\n'’«»“”„\"]{0,50}?)"
"""A name where words that follow end it."""
END = (
    r"(?=\s*(?:\.(?!\w)|[,;:!?()\[\]–—|»”“«\"、。,；）】]|['’](?!\w)|$|\bon\s|\bunder\b|\bwith\b|\band\s+(?:is|was|has|re)|\bhere\b|\bas\s+part\b"
    r"|\bam\s+\d|\ble\s+\d|\bel\s+\d|\bat\s+http|https?:)|\s+(?:in\s+)?\d|\s-\s)"
)
TITLE = r"(?:[«“„\"](?P<title>[^«»“”„\"\n]{12,200})[»”“\"][,.]?\s*[,.–—|-]?\s*(?=\S))?"
"""The source's headline in quotation marks before its name. A name in quotation marks is shorter or ends the line."""
CODE = r"(?P<source>[^\W\d_][\w.\-İ]*(?:\s[^\W\d_][\w\-İ]*){0,3})"
DAY = r"(?:\d{1,2}(?:st|nd|rd|th|\.)?\s+[^\W\d_]{3,12}\.?,?\s+\d{4}|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d\d-\d\d)"
