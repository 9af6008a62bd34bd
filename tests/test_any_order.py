"""A law: whatever articles come, in whatever order, with whatever removed again, the stories are the same."""

import random
from collections.abc import Sequence

import pytest
from sqlite_utils import Database
from test_stories import NOW, Given, archive, check_invariants, picture, prose, store

from storage.stories import relink, withdraw

OUTLETS = [(f"o{n}", "House" if n % 4 == 0 else "", "agency" if n % 3 == 0 else "newspaper") for n in range(10)]


def corpus(rng: random.Random) -> list[Given]:
    """Mixtures of a few passages, quoted, edited, credited in circles, dated roughly, within weeks."""
    passages = [prose(f"passage{rng.random()}", rng.choice([15, 30, 60, 120])) for _ in range(9)]
    return [article(rng, number, passages) for number in range(rng.randint(8, 40))]


def article(rng: random.Random, number: int, passages: Sequence[str]) -> Given:
    parts = [*rng.sample(passages, rng.randint(1, 4)), prose(f"own{rng.random()}", rng.choice([0, 10, 50, 150]))]
    rng.shuffle(parts)
    words = " \n\n ".join(f"“{part}”" if rng.random() < 0.15 else part for part in parts).split()
    edits = rng.choice([0, 0, 0.05, 0.2])
    outlet, owner, kind = rng.choice(OUTLETS)
    credited = rng.choice([None, None, rng.choice(OUTLETS)[0], "Ghost"])
    return Given(
        name=f"a{number}",
        text=" ".join(word if rng.random() > edits else word[::-1] for word in words),
        hours=rng.randint(0, 600) + number / 7,
        outlet=outlet,
        owner=owner,
        kind=kind,
        precision=rng.choice(["second", "minute", "day"]),
        credits=((credited, None if credited == "Ghost" else credited, "republication"),) if credited else (),
    )


def built(articles: Sequence[Given]) -> Database:
    db = archive()
    with db.conn:
        for outlet, owner, kind in OUTLETS:
            row = (outlet, outlet, owner, kind)
            db.conn.execute("insert into outlets (id, name, url, owner, kind) values (?, ?, '', ?, ?)", row)
        for one in articles:
            store(db, one)
    return db


@pytest.mark.parametrize("seed", range(8))
def test_the_same_articles_give_the_same_stories(seed: int) -> None:
    rng = random.Random(seed)
    articles = corpus(rng)
    db = built(articles)
    expected = picture(db)
    with db.conn:
        relink(db, run=1, now=NOW)
    assert picture(db) == expected

    other = built(rng.sample(articles, len(articles)))
    assert picture(other) == expected
    gone = {one.name for one in rng.sample(articles, 3)}
    with other.conn:
        for name in gone:
            (id_,) = other.execute("select id from articles where key = ?", [name]).fetchone()
            withdraw(other, id_, run=1, now=NOW)
            other.conn.execute("delete from articles where id = ?", (id_,))
    check_invariants(other)
    assert picture(other) == picture(built([one for one in articles if one.name not in gone]))
