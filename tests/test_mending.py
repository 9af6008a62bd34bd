"""What the body extractor merges, tears or loses comes back from the lines of the page; what is not of the text stays out."""

import pytest
from test_extract import PROSE, page_of, read

SAID = '"We have counted every crate in the depot, and then we have counted all of them again with the inspectors,"'
FIRST = f"In the depot. {PROSE}"
NEXT = f"On the road. {PROSE}"
LAST = f"At the border. {PROSE}"
MORE = [f"Day {n}. {PROSE * 2}" for n in range(3)]


def body(inside: str) -> list[str]:
    return read(page_of(f"<h1>Talks on delivery go on</h1>{inside}")).text.split("\n\n")


def divs(*texts: str) -> str:
    return "".join(f'<div class="block"><div class="block-text">{text}</div></div>' for text in texts)


def test_he_said_alone_in_a_div_is_text() -> None:
    said = [FIRST.strip(), SAID, "the officer said.", NEXT.strip(), SAID.replace("crate", "box"), "he added.", *MORE]
    said = [text.strip() for text in [*said, LAST]]
    boxes = "".join(f"<p>Copyright {2000 + n}. {PROSE * 2}</p>" for n in range(4))
    assert body(f'<div class="single"><div class="text">{divs(*said)}</div><section>{boxes}</section></div>') == said


def test_a_heading_between_paragraphs_is_text() -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in (FIRST, NEXT))
    rest = "".join(f"<p>{text}</p>" for text in (*MORE, LAST))
    page = f'<div class="b-story"><div class="b-story__text">{paragraphs}<h3>What the map shows</h3>{rest}</div></div>'
    found = body(page)
    assert found[found.index(NEXT.strip()) + 1] == "What the map shows"


def test_paragraphs_in_bare_divs_are_not_run_together() -> None:
    texts = [text.strip() for text in (FIRST, NEXT, *MORE, LAST)]
    page = f"<div><h1>Talks on delivery go on</h1><div>{''.join(f'<div>{text}</div>' for text in texts)}</div></div>"
    assert read(page_of(page)).text.split("\n\n") == texts


def test_a_line_is_not_torn_at_its_links() -> None:
    linked = f"The road to {{}} was closed. {PROSE}"
    texts = [FIRST.strip(), linked.format("the old depot").strip(), NEXT.strip(), *(text.strip() for text in MORE)]
    marked = [text.replace("the old depot", '<a href="/tags/depot">the old depot</a>') for text in texts]
    page = f'<div class="material"><div class="material-text">{"<br><br>".join(marked)}</div></div>'
    assert body(page) == texts


@pytest.mark.parametrize("name", ["article__announce", "lead", "story-perex", "article-summary"])
def test_a_standfirst_by_its_class_is_text(name: str) -> None:
    told = "Two officials have told what the crates held, and why nobody opened them for a month."
    texts = "".join(f"<p>{text}</p>" for text in (FIRST, NEXT, *MORE, LAST))
    assert body(f'<div class="{name}">{told}</div><div class="article-text">{texts}</div>')[0] == told


def test_lines_written_otherwise_stay_out() -> None:
    texts = [f"<p>{text}</p>" for text in (FIRST, NEXT, *MORE, LAST)]
    teaser = '<div class="inject"><div>Crates seen from the air</div><a href="/x">What the crates were for, in ten maps</a></div>'
    alike = '<p><a href="/y">Inspectors came to the border twice, and twice they were late</a></p>'
    found = body(f'<div class="text">{texts[0]}{teaser}{texts[1]}{alike}{"".join(texts[2:])}</div>')
    assert found == [text.strip() for text in (FIRST, NEXT, *MORE, LAST)]
