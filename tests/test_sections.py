"""The section of an article: stated, in the breadcrumbs, or in the address."""

import pytest
from field_pages import page_of, read

LD = '<script type="application/ld+json">%s</script>'
CRUMBS = (
    '{"@graph":[{"@type":"WebPage"},{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"name":"Home"},'
    '{"@type":"ListItem","position":2,"item":{"@id":"/w","name":"World"}},{"@type":"ListItem","position":3,"name":"Harbours"}%s]}]}'
)
LAST = ',{"@type":"ListItem","position":4,"name":"Port opens again"}'


@pytest.mark.parametrize(
    ("head", "above", "url", "section"),
    [
        (LD % '{"@type":"NewsArticle","articleSection":["World","Harbours"]}', "", "/", "World"),
        (LD % '{"@type":"NewsArticle","articleSection":"World"}' + LD % (CRUMBS % LAST), "", "/", "World"),
        ("<meta property='article:section' content='World'>", "", "/", "World"),
        ("<meta property='article:section' content='https://news.example/world'>", "", "/", None),
        (LD % (CRUMBS % LAST), "", "/", "Harbours"),
        (LD % (CRUMBS % ""), "", "/", "Harbours"),
        (
            "",
            "<ol itemscope itemtype='https://schema.org/BreadcrumbList'><li><span itemprop='name'>Home</span></li>"
            "<li><span itemprop='name'>World</span></li><li><span itemprop='name'>Port opens again</span></li></ol>",
            "/",
            "World",
        ),
        (
            "",
            "<div itemprop='breadcrumb'><a href='/'>Accueil</a> › <a href='/w'>Monde</a> › Port opens again</div>",
            "/",
            "Monde",
        ),
        ("", "", "/world/port-opens-again", "world"),
        ("", "", "/news/port-opens-again", None),
        ("", "", "/port", None),
        ("", "", "/2025/03/12/port", None),
        ("", "", "/en/port", None),
        ("", "", "/c-12/port", None),
        ("", "", "/port-opens-again/comments", None),
    ],
)
def test_section(head: str, above: str, url: str, section: str | None) -> None:
    assert read(page_of(above, head=head), url=f"https://news.example{url}").section == section
