"""A law: whatever articles come, in whatever order, with whatever removed again, the stories are the same."""

import random
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

import pytest
from sqlite_utils import Database
from test_stories import NOW, Given, archive, check_invariants, id_of, picture, prose, store

from storage.correcting import Decision, record
from storage.relink import relink
from storage.shingle_index import MOST_HOLDERS
from storage.stories import catch_up, together, withdraw

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


def decided(rng: random.Random, articles: Sequence[Given]) -> list[Decision]:
    """What people might say about some of them."""
    said = []
    for one, two in (rng.sample(articles, 2) for _ in range(rng.randint(0, 6))):
        said += [Decision(article=id_of(one), kind="not-reprint-of", value=two.name, reason="said so")]
        said += [Decision(article=id_of(two), kind="origin-is", value=rng.choice([one.name, OUTLETS[1][0], "Ghost"]),
                          reason="known")] * rng.randint(0, 1)  # fmt: skip
    return said


def outliving(said: Decision, articles: Sequence[Given], gone: set[str]) -> Decision:
    """What is left of a decision when articles are gone: an origin's outlet."""
    lost = {one.name: one.outlet for one in articles if one.name in gone and said.kind == "origin-is"}
    return replace(said, value=lost.get(str(said.value), said.value))


def built(articles: Sequence[Given], said: Sequence[Decision] = (), *, at_once: int = 1) -> Database:
    """An archive in which decisions are known before their articles, so many of which are placed together."""
    db = archive()
    with db.conn:
        for outlet, owner, kind in OUTLETS:
            row = (outlet, outlet, owner, kind)
            db.conn.execute("insert into outlets (id, name, url, owner, kind) values (?, ?, '', ?, ?)", row)
        sql = "insert into corrections (made_at, article, kind, value, reason, run) values ('', ?, ?, ?, ?, 1)"
        db.conn.executemany(sql, [(one.article, one.kind, one.value, one.reason) for one in said])
        for n in range(0, len(articles), at_once):
            with together(db) if at_once > 1 else nullcontext():
                for one in articles[n : n + at_once]:
                    store(db, one)
    return db


@pytest.mark.parametrize("seed", range(8))
def test_the_same_articles_give_the_same_stories(seed: int) -> None:
    rng = random.Random(seed)
    articles = corpus(rng)
    said = decided(rng, articles)
    db = built(articles)
    with db.conn:
        record(db, said, run=1, now=NOW)
    expected = picture(db)
    with db.conn:
        relink(db, run=1, now=NOW)
    assert picture(db) == expected

    other = built(rng.sample(articles, len(articles)), said)
    assert picture(other) == expected
    assert picture(built(rng.sample(articles, len(articles)), said, at_once=rng.randint(2, 12))) == expected
    gone = {one.name for one in rng.sample(articles, 3)}
    with other.conn:
        for name in gone:
            (id_,) = other.execute("select id from articles where key = ?", [name]).fetchone()
            withdraw(other, id_, run=1, now=NOW)
            other.conn.execute("delete from articles where id = ?", (id_,))
    check_invariants(other)
    left = [one for one in articles if one.name not in gone]
    assert picture(other) == picture(built(left, [outliving(one, articles, gone) for one in said]))


def test_a_text_that_very_many_carry_is_one_story_in_any_order() -> None:
    rng = random.Random(3)
    text = prose("popular", 140).split()
    articles = [
        Given(f"a{n}", " ".join(word if rng.random() > 0.04 else word[::-1] for word in text), hours=n, outlet=f"o{n % 10}",
              credits=(("o0", "o0", "republication"),) if n % 7 == 6 else ())
        for n in range(MOST_HOLDERS + 8)
    ]  # fmt: skip
    db = built(articles)
    assert db.execute("select count(*) from stories").fetchone() == (1,)
    expected = picture(db)
    assert picture(built(rng.sample(articles, len(articles)))) == expected
    assert picture(built(rng.sample(articles, len(articles)), at_once=7)) == expected
    with db.conn:
        relink(db, run=1, now=NOW)
    assert picture(db) == expected


def test_what_waits_is_placed_when_asked_for_and_not_again() -> None:
    one, copy, later = (Given(f"a{n}", prose("shared", 120), hours=n, outlet=f"o{n}") for n in range(3))
    db = archive()
    with db.conn, together(db), together(db):
        store(db, one)
        store(db, copy)
        assert db.execute("select count(*) from stories").fetchone() == (0,)
        catch_up(db)
        assert db.execute("select article_count from stories").fetchall() == [(2,)]
        store(db, later)
        withdraw(db, id_of(later), run=1, now=NOW)
        db.execute("delete from articles where id = ?", [id_of(later)])
    assert db.execute("select article_count from stories").fetchall() == [(2,)]
    check_invariants(db)
