"""The phrases by which pages name the source of their text: one table of rules, by kind. Pure.

`credit_statements` has the sentences, `credit_marks` the labels, bylines, datelines, marks and links; how a text cites is in
`citations`. `known` rules only believe names of outlets and agencies; `whole` lines leave the text: they say nothing else.
"""

from crawler.credit_marks import BYLINES, CONTRIBUTORS, DATELINES, LABELS, LINKS, MARKS
from crawler.credit_statements import STATEMENTS

RULES = (*STATEMENTS, *LABELS, *BYLINES, *DATELINES, *MARKS, *CONTRIBUTORS, *LINKS)
