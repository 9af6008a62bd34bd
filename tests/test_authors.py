"""Where a page names its authors, and where other people."""

import pytest
from field_pages import page_of, read

GRAPH = (
    '<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","headline":"Port opens again",'
    '"author":%s,"publisher":{"@id":"#org"}},{"@type":"Person","@id":"#anna","name":"Anna Martel"},'
    '{"@type":"Person","@id":"#jan","name":"Jan Berg"},{"@type":"Organization","@id":"#org","name":"Harbour Courier"}]}</script>'
)


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('{"@id":"#anna"}', ("Anna Martel",)),
        ('[{"@id":"#anna"},{"@id":"#jan"}]', ("Anna Martel", "Jan Berg")),
        ('{"@id":"#org"}', ()),
        ('{"@id":"#nobody"}', ()),
        ('[{"@type":"Person","name":"Harbour Courier"}]', ()),
        ('["Anna Martel","Jan Berg"]', ("Anna Martel", "Jan Berg")),
        ('"Anna Martel und Jan Berg"', ("Anna Martel", "Jan Berg")),
        ('{"@type":"Person","name":["Anna Martel","Jan Berg"]}', ("Anna Martel", "Jan Berg")),
        ('{"@type":"Person","name":"https://news.example/author/anna-martel"}', ()),
        ('{"@type":"Person","givenName":"Anna","familyName":"Martel"}', ("Anna Martel",)),
        ('{"@type":"Person","name":"Courier"}', ()),
    ],
)
def test_structured_authors(author: str, names: tuple[str, ...]) -> None:
    assert read(page_of(head=GRAPH % author)).authors == names


@pytest.mark.parametrize(
    ("above", "names"),
    [
        ("<p>Town (1 / 1) 06.11.2023 13:30 von Anna Martel</p>", ("Anna Martel",)),
        ("<p>06.11.2023 - Neue Messe</p>", ()),
        ("<p>von <a rel='author' href='/a'>Ramona</a></p>", ("Ramona",)),
        ("<p>By María José García de la Torre</p>", ("María José García de la Torre",)),
        ("<p>By Juan Carlos de la Fuente Ruiz</p>", ("Juan Carlos de la Fuente Ruiz",)),
        ("<p class='posted'>Posted</p>", ()),
        ("<ul class='dropdown-menu'><li><a href='/autor/x'>Anna Martel</a></li></ul>", ()),
        ("<nav><a href='/autor/x'>Anna Martel</a></nav><p><a href='/autor/y'>Jan Berg</a></p>", ("Jan Berg",)),
    ],
)
def test_printed_authors(above: str, names: tuple[str, ...]) -> None:
    assert read(page_of(above)).authors == names


@pytest.mark.parametrize("meta", ["publisher", "DC.publisher", "copyright"])
def test_the_publisher_is_no_author(meta: str) -> None:
    head = f"<meta name='author' content='Auto Revue'><meta name='{meta}' content='© 2021 Auto Revue'>"
    assert read(page_of(head=head)).authors == ()
