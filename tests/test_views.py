"""Each view says what DESIGN says, on an archive made by hand."""

import sqlite3

import pytest
from archive_fixture import BY_SLUG, make_archive


@pytest.fixture
def db(tmp_path):
    connection = sqlite3.connect(make_archive(tmp_path / "cuttings.db"))
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def rows(db, sql, *values):
    return [tuple(row) for row in db.execute(sql, values)]


CLASSES = {
    "summit": "unmatched",
    "summit-mirror": "credited",
    "summit-herald": "uncredited",
    "excerpt": "cited",
    "missiles": "credited-unverified",
    "missiles-sada": "undetermined",  # silent in a story whose source is not archived
    "statement": "undetermined",  # contested: nobody is known to be first
    "turkish": "unmatched",
}


@pytest.mark.parametrize(("slug", "expected"), CLASSES.items(), ids=CLASSES)
def test_class_of_an_article(db, slug, expected):
    assert rows(db, "select class from article_facts where article = ?", BY_SLUG[slug].id) == [(expected,)]


@pytest.mark.parametrize(
    ("credit_status", "expected"),
    [
        ("exact", "credited"),
        ("intermediary", "credited"),
        ("citation", "cited"),
        ("none", "uncredited"),
        ("other", "undetermined"),
        ("unknown", "undetermined"),
    ],
)
def test_class_follows_credit_status(db, credit_status, expected):
    article = BY_SLUG["summit-mirror"].id
    db.execute("update reprints set credit_status = ? where article = ?", [credit_status, article])
    assert rows(db, "select class from article_class where article = ?", article) == [(expected,)]


def test_facts_have_a_row_for_every_tag_and_none_for_articles_off_topic(db):
    assert rows(db, "select count(*) from article_facts") == rows(db, "select count(*) from article_topics")
    assert rows(db, "select * from article_facts where article = ?", BY_SLUG["off-topic"].id) == []


def test_facts_of_a_reprint(db):
    (row,) = db.execute("select * from article_facts where article = ?", [BY_SLUG["summit-mirror"].id])
    found = {
        name: row[name] for name in ("month", "source_outlet", "source_ownership", "headline_changed", "lag_min_s")
    }
    assert found == {"month": "2018-04", "source_outlet": "kuzey", "source_ownership": "state", "headline_changed": 1,
                     "lag_min_s": 1_841_091}  # fmt: skip


def test_an_article_never_seen_again_is_neither_edited_nor_unedited(db):
    query = "select edited, gone from article_class where article = ?"
    assert rows(db, query, BY_SLUG["russian"].id) == [(1, 0)]
    assert rows(db, query, BY_SLUG["gone"].id) == [(0, 1)]
    assert rows(db, query, BY_SLUG["turkish"].id) == [(None, None)]


def test_exposed_needs_each_of_the_sixty_days_before(db):
    article = BY_SLUG["gone"].id
    query = "select exposed from article_facts where article = ?"
    db.execute("delete from coverage")
    days = [f"date('2018-04-11', '-{back} days')" for back in range(1, 61)]
    for day in days:
        db.execute(f"insert into coverage (outlet, collected_day, polls) values ('mirror', {day}, 4)")
    assert rows(db, query, article) == [(1,)]
    db.execute(f"update coverage set polls_failed = polls where collected_day = {days[30]}")
    assert rows(db, query, article) == [(0,)]


def test_lists_are_newest_first(db):
    for view, column in (("articles_by_topic", "published_at"), ("stories_by_topic", "first_published_at")):
        times = [time for (time,) in rows(db, f"select {column} from {view} where topic = 'turkey-nato'")]
        assert len(times) > 3
        assert times == sorted(times, reverse=True)


def test_reprint_flow_counts_and_takes_the_median_over_precise_lags_only(db):
    flows = rows(db, """select from_outlet, from_watched, to_outlet, stories, articles, credited, median_lag_s, n_lag
                        from reprint_flow order by from_outlet, to_outlet""")  # fmt: skip
    assert flows == [
        ("Vesti Wire", 0, "herald", 1, 1, 1, None, 0),
        ("Vesti Wire", 0, "mirror", 1, 1, 1, None, 0),
        ("kuzey", 1, "herald", 2, 2, 0, None, 0),
        ("kuzey", 1, "mirror", 1, 1, 1, 1_841_091, 1),
        ("kuzey", 1, "sada", 1, 1, 0, 165_291, 1),
    ]


@pytest.mark.parametrize(
    ("lags", "median"), [([5], 5), ([9, 1], 5), ([3, 100, 1], 3), ([1, 2, 4, 100], 3), ([7, None, None], 7)]
)
def test_median_lag(db, lags, median):
    slugs = ["summit-mirror", "summit-herald", "excerpt", "statement-herald"][: len(lags)]
    db.execute("delete from reprints")
    db.execute("update articles set outlet = 'mirror', published_day = '2018-04-01'")
    for slug, lag in zip(slugs, lags, strict=True):
        db.execute(
            """insert into reprints (article, source_outlet, main, kind, credit_status, lag_s, run)
               values (?, 'kuzey', 1, 'edited', 'none', ?, 1)""",
            [BY_SLUG[slug].id, lag],
        )
    found = rows(db, "select median_lag_s, n_lag, articles from reprint_flow where topic = 'turkey-nato'")
    assert found == [(median, len([lag for lag in lags if lag is not None]), len(lags))]


@pytest.mark.parametrize(
    ("outlet", "day", "expected"),
    [
        ("kuzey", "2018-03-29", (1, 1, 1, "full")),
        ("herald", "2018-04-12", (0, 0, 1, "full")),  # an article, but off topic
        ("mirror", "2018-04-01", (0, 0, 0, "partial")),  # a suspected gap
        ("kuzey", "2018-03-30", (0, 0, 0, "partial")),  # one of four polls failed
        ("sada", "2018-04-17", (0, 0, 0, "none")),  # every poll failed
    ],
)
def test_outlet_days_tell_silent_from_not_polled(db, outlet, day, expected):
    query = """select articles, stories, all_articles, observed from outlet_days
               where outlet = ? and published_day = ? and topic = 'turkey-nato'"""
    assert rows(db, query, outlet, day) == [expected]


def test_a_day_without_coverage_is_not_observed(db):
    db.execute("delete from coverage")
    assert rows(db, "select distinct observed, articles > 0 from outlet_days") == [("none", 1)]


def test_originality_counts_every_article_once(db):
    classes = "unmatched + credited + credited_unverified + cited + uncredited + undetermined"
    assert rows(db, f"select sum(articles), sum({classes}) from outlet_originality") == [(13, 13)]


def test_attention_shares_are_of_all_stored_articles(db):
    query = "select articles, stories, outlets, share from attention where topic = 'turkey-nato' and month = '2018-04'"
    assert rows(db, query) == [(3, 3, 3, 0.5)]


def test_life_of_an_article_that_disappeared(db):
    assert rows(db, "select * from article_life where article = ?", BY_SLUG["gone"].id) == [
        (BY_SLUG["gone"].id, "2018-04-11T15:00:00Z", "2018-04-12T15:00:00Z", "2018-04-18T06:00:00Z", 0, 2)
    ]


def test_risk_leaves_out_the_origin_and_censors_who_has_not_taken_the_story(db):
    query = "select outlet, enter_at, event_at, exit_at, observed, origin_ownership from story_risk where story = ?"
    assert sorted(rows(db, query, BY_SLUG["summit"].id)) == [
        ("herald", "2018-03-12T11:05:09Z", "2018-03-13T00:00:00Z", "2018-03-13T00:00:00Z", "full", "state"),
        ("mirror", "2018-03-12T11:05:09Z", "2018-04-02T18:30:00Z", "2018-04-02T18:30:00Z", "full", "state"),
        ("sada", "2018-03-12T11:05:09Z", None, "2018-04-15T23:59:59Z", "full", "state"),
    ]


def test_the_only_outlet_of_a_story_is_not_at_risk_of_it(db):
    db.execute("update stories set origin = null, origin_outlet = null where id = ?", [BY_SLUG["turkish"].id])
    found = rows(db, "select outlet, event_at, origin_ownership from story_risk where story = ?", BY_SLUG["turkish"].id)
    assert sorted(found) == [("herald", None, "state"), ("mirror", None, "state"), ("sada", None, "state")]
