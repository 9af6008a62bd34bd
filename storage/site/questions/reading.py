"""One article, one story."""

from storage.site.questions import Db, Row, many, one


def article(db: Db, id_: int) -> Row | None:
    """Return an article with its outlet, text, story and class, on a topic or not."""
    return one(
        db,
        """
        select a.*, t.text as text, o.name as outlet_name, o.url as outlet_url, o.ownership,
          f.class, f.edited, f.source, f.source_outlet, coalesce(so.name, f.source_name) as source_name,
          s.article_count, s.outlet_count, s.title as story_title, s.contested
        from articles a join outlets o on o.id = a.outlet join article_class f on f.article = a.id
          left join texts t on t.article = a.id left join stories s on s.id = a.story
          left join outlets so on so.id = f.source_outlet
        where a.id = :id
        """,
        id=id_,
    )


def article_topics(db: Db, id_: int) -> list[Row]:
    """Return the topics an article carries, most central first."""
    return many(
        db,
        "select at.topic, t.name, at.score, at.hits, at.topic_version from article_topics at "
        "join topics t on t.id = at.topic where at.article = :id order by at.score desc, at.topic",
        id=id_,
    )


def evidence(db: Db, id_: int) -> list[Row]:
    """Return the matches behind an article's tags, in reading order."""
    return many(
        db,
        "select e.field, e.from_char, e.to_char, e.words, e.term, e.topic, t.name from evidence e "
        "join topics t on t.id = e.topic where e.article = :id order by e.field desc, e.from_char",
        id=id_,
    )


def article_credits(db: Db, id_: int) -> list[Row]:
    """Return what an article's page says of its source, surest first."""
    return many(
        db,
        "select c.*, o.name as outlet_name from credits c left join outlets o on o.id = c.outlet "
        "where c.article = :id order by c.confidence desc, c.kind",
        id=id_,
    )


def versions(db: Db, id_: int, limit: int) -> list[Row]:
    """Return an article's newest versions, first to last, at most `limit`."""
    return many(
        db,
        "select * from (select *, rowid as place from versions where article = :id order by seen_at desc, rowid desc "
        "limit :limit) order by seen_at, place",
        id=id_, limit=limit,
    )  # fmt: skip


def how_often(db: Db, id_: int) -> Row | None:
    """Return how many versions and captures of an article there are, and how many later looks at it."""
    return one(
        db,
        "select (select count(*) from versions where article = :id) as versions, "
        "(select count(*) from checks where article = :id) as checks, "
        "(select count(*) from captures where article = :id) as captures",
        id=id_,
    )


def checks(db: Db, id_: int, limit: int) -> list[Row]:
    """Return the newest later looks at an article, newest first, at most `limit`."""
    return many(
        db, "select * from checks where article = :id order by at desc, rowid desc limit :limit", id=id_, limit=limit
    )


def captures(db: Db, id_: int, limit: int) -> list[Row]:
    """Return the newest stored answers an article was read from, newest first, at most `limit`."""
    return many(
        db, "select * from captures where article = :id order by fetched_at desc limit :limit", id=id_, limit=limit
    )


def uses(db: Db, id_: int) -> list[Row]:
    """Return every use an article makes of other texts, the main one first."""
    return many(
        db,
        "select r.*, coalesce(o.name, r.source_name) as shown_source, a.title as source_title, a.language as language, "
        "exists (select 1 from versions v where v.article = r.source and v.change in ('title', 'text', 'both')) "
        "as source_edited from reprints r left join outlets o on o.id = r.source_outlet left join articles a on a.id = r.source "
        "where r.article = :id order by r.main desc, r.containment desc",
        id=id_,
    )


def story(db: Db, id_: int) -> Row | None:
    """Return a story with its origin's names."""
    return one(
        db,
        "select s.*, coalesce(o.name, s.origin_name) as origin_shown, a.title as origin_title, a.language "
        "from stories s left join outlets o on o.id = s.origin_outlet "
        "left join articles a on a.id = coalesce(s.origin, s.id) where s.id = :id",
        id=id_,
    )


def moved_story(db: Db, id_: int) -> int | None:
    """Return the id a story has now, following its log; None if it never had another."""
    row = one(
        db,
        """
        with recursive moved(id, at) as (
          select cast(new as integer), at from story_log where what = 'id' and old = :id
          union
          select cast(l.new as integer), l.at from story_log l join moved m on l.old = cast(m.id as text)
          where l.what = 'id' and l.at >= m.at
        )
        select m.id from moved m join stories s on s.id = m.id order by m.at desc limit 1
        """,
        id=str(id_),
    )
    return None if row is None else int(row[0])


def members(db: Db, story_id: int) -> list[Row]:
    """Return a story's articles and the excerpts taken from it elsewhere, in order of publication."""
    return many(
        db,
        """
        with family as (
          select id from articles where story = :story
          union select article from reprints where source_story = :story
        )
        select a.id, a.title, a.language, a.outlet, o.name as outlet_name, o.ownership, a.published_at,
          a.published_offset, a.published_precision, a.published_day, a.first_seen_at, a.gone_at, a.word_count, a.story,
          f.class, f.edited, r.source, r.source_outlet, coalesce(so.name, r.source_name) as source_name, r.kind,
          r.containment, r.taken, r.similarity, r.words_shared, r.words_quoted, r.credit_status, r.credited,
          r.headline_changed, r.facts_changed, r.lag_s, r.lag_min_s, r.lag_max_s
        from family join articles a on a.id = family.id join outlets o on o.id = a.outlet
          join article_class f on f.article = a.id
          left join reprints r on r.article = a.id and (r.main = 1 and a.story = :story or a.story <> :story)
            and coalesce(r.source_story, :story) = :story
          left join outlets so on so.id = r.source_outlet
        order by coalesce(a.published_at, a.first_seen_at), a.id
        """,
        story=story_id,
    )


def story_credits(db: Db, story_id: int) -> list[Row]:
    """Return what the pages of a story's articles say of their source."""
    return many(
        db,
        "select c.*, a.outlet as by_outlet, o.name as by_name, a.language, co.name as outlet_name from articles a "
        "join credits c on c.article = a.id join outlets o on o.id = a.outlet left join outlets co on co.id = c.outlet "
        "where a.story = :story or a.id in (select article from reprints where source_story = :story) "
        "order by a.id, c.confidence desc",
        story=story_id,
    )


def story_log(db: Db, story_id: int, limit: int) -> list[Row]:
    """Return the decisions about a story that changed, newest first, at most `limit`."""
    return many(
        db, "select * from story_log where story = :story or (what = 'id' and new = :text) order by at desc "
        "limit :limit",
        story=story_id, text=str(story_id), limit=limit,
    )  # fmt: skip


def outlet_names(db: Db) -> dict[str, str]:
    """Return the name of every outlet by its id."""
    return {row["id"]: row["name"] for row in many(db, "select id, name from outlets")}


def headline_and_text(db: Db, article_id: int) -> Row | None:
    """Return an article's headline, text, language, outlet and whether it was edited, for a comparison."""
    return one(
        db,
        "select a.id, a.title, a.language, o.name as outlet_name, t.text as text, exists (select 1 from versions v "
        "where v.article = a.id and v.change in ('title', 'text', 'both')) as edited from articles a "
        "join outlets o on o.id = a.outlet left join texts t on t.article = a.id where a.id = :id",
        id=article_id,
    )


def version_texts(db: Db, article_id: int, limit: int) -> list[Row]:
    """Return the newest versions of an article that have a text, newest first, at most `limit`."""
    return many(
        db,
        "select seen_at, title, text from versions where article = :id and text is not null "
        "order by seen_at desc, rowid desc limit :limit",
        id=article_id, limit=limit,
    )  # fmt: skip
