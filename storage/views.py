"""The archive's views: what SQL users, the site and exports read (DESIGN, section 6).

Plain SQLite 3.40, as DuckDB understands it too (`export_sql`). Views that rank or group do so on columns a
reader filters by, so that a filter reaches the indexes.
"""

EXPOSURE_DAYS = 60  # how far back a source may reasonably lie: reprints weeks later are the pattern case

# A claim comes first: its source's text is not here to compare with, whatever the page says. Without a row, an article
# is unmatched only where the story has an origin or stands alone; among members of unknown order nobody was first.
_CLASS = """case
    when r.kind = 'claimed' then 'credited-unverified'
    when r.credit_status in ('exact', 'intermediary') then 'credited'
    when r.credit_status = 'citation' then 'cited'
    when r.credit_status = 'none' then 'uncredited'
    when r.article is not null then 'undetermined'
    when s.origin is null and (s.origin_name is not null or s.contested or s.outlet_count > 1) then 'undetermined'
    else 'unmatched'
  end"""

# 1 changed, 0 seen again unchanged, null never seen again: not looked at is not the same as not changed.
_EDITED = """case
    when exists (select 1 from versions v where v.article = a.id and v.change in ('title', 'text', 'both')) then 1
    when exists (select 1 from checks c where c.article = a.id and c.state in ('alive', 'changed')) then 0
  end"""
_GONE = """case
    when a.gone_at is not null then 1
    when exists (select 1 from checks c where c.article = a.id and c.state in ('alive', 'changed', 'gone')) then 0
  end"""

_EXPOSED = f"""(
    select count(*) = {EXPOSURE_DAYS} from coverage c
    where c.outlet = a.outlet and c.polls > c.polls_failed
      and c.collected_day >= date(a.published_day, '-{EXPOSURE_DAYS} days') and c.collected_day < a.published_day
  )"""

_OBSERVED = """case
    when c.polls is null or c.polls <= c.polls_failed then 'none'
    when c.polls_failed or c.failed or c.cut_off or c.gap_suspected then 'partial'
    else 'full'
  end"""

ARTICLES = f"""
create view article_class as
select
  a.id as article,
  {_CLASS} as class,
  r.kind, r.source, r.source_outlet, r.source_name, so.ownership as source_ownership, r.credit_status,
  r.headline_changed, r.lag_min_s, r.lag_max_s,
  {_EDITED} as edited,
  {_GONE} as gone,
  {_EXPOSED} as exposed
from articles a
left join stories s on s.id = a.story
left join reprints r on r.article = a.id and r.main = 1
left join outlets so on so.id = r.source_outlet;

create view article_facts as
select
  a.id as article, a.key, a.story, tagged.topic, tagged.score, a.outlet, o.ownership, o.country, a.language,
  a.published_day, substr(a.published_day, 1, 7) as month, a.published_precision, a.text_status, a.found_by,
  f.class, f.kind, f.source_outlet, f.source_name, f.source_ownership, f.credit_status, f.headline_changed,
  f.lag_min_s, f.lag_max_s, f.edited, f.gone, f.exposed
from article_topics tagged
join articles a on a.id = tagged.article
join outlets o on o.id = a.outlet
join article_class f on f.article = a.id;

create view articles_by_topic as
select
  tagged.topic, a.published_at, a.published_day, o.name as outlet_name, a.title, f.class,
  coalesce((select name from outlets where id = f.source_outlet), f.source_name) as source,
  (select outlet_count from stories where id = a.story) as outlets,
  a.language, tagged.score, a.url, a.outlet, a.id as article, a.story
from article_topics tagged
join articles a on a.id = tagged.article
join outlets o on o.id = a.outlet
join article_class f on f.article = a.id
order by tagged.article desc;

create view article_life as
with lives as (
  select
    a.id as article,
    coalesce(a.published_at, a.first_seen_at) as born_at,
    a.first_seen_at,
    (select max(c.at) from checks c where c.article = a.id and c.state in ('alive', 'changed')) as looked_at,
    (select max(v.seen_at) from versions v where v.article = a.id and v.change <> 'gone') as read_at,
    coalesce((select min(c.at) from checks c where c.article = a.id and c.state = 'gone'), a.gone_at) as first_gone_at,
    (select count(*) from versions v where v.article = a.id and v.change in ('title', 'text', 'both')) as edits,
    (select count(*) from checks c where c.article = a.id) as checks
  from articles a
)
select
  article, born_at,
  case
    when looked_at > first_seen_at and looked_at > coalesce(read_at, '') then looked_at
    when read_at > first_seen_at then read_at
    else first_seen_at
  end as last_alive_at,
  first_gone_at, edits, checks
from lives;
"""

STORIES = """
create view stories_by_topic as
select
  tagged.topic, s.first_published_at, s.last_published_at, s.title, coalesce(o.name, s.origin_name) as origin,
  s.contested, count(*) as articles_on_topic, s.article_count as articles, s.outlet_count as outlets,
  s.id as story
from article_topics tagged
join articles a on a.id = tagged.article
join stories s on s.id = a.story
left join outlets o on o.id = s.origin_outlet
group by tagged.topic, s.id, s.first_published_at, s.last_published_at, s.title, o.name, s.origin_name, s.contested,
  s.article_count, s.outlet_count
order by s.id desc;

create view reprint_flow as
with uses as (
  select
    coalesce(r.source_outlet, r.source_name) as from_outlet, r.source_outlet is not null as from_watched,
    a.outlet as to_outlet, tagged.topic, substr(a.published_day, 1, 7) as month,
    coalesce(r.source_story, a.story) as story, r.credited, r.lag_s
  from reprints r
  join articles a on a.id = r.article
  join article_topics tagged on tagged.article = a.id
  where r.main = 1
), ranked as (
  select
    *,
    row_number() over (partition by from_outlet, from_watched, to_outlet, topic, month order by lag_s is null, lag_s)
      as place,
    count(lag_s) over (partition by from_outlet, from_watched, to_outlet, topic, month) as lags
  from uses
)
select
  from_outlet, from_watched, to_outlet, topic, month,
  count(distinct story) as stories, count(*) as articles, count(case when credited = 1 then 1 end) as credited,
  avg(case when 2 * place between lags and lags + 2 then lag_s end) as median_lag_s,
  count(lag_s) as n_lag
from ranked
group by from_outlet, from_watched, to_outlet, topic, month;

create view story_risk as
with watched as (
  select outlet, min(collected_day) || 'T00:00:00Z' as since, max(collected_day) || 'T23:59:59Z' as until
  from coverage where polls > polls_failed group by outlet
), sourced as (
  select *, coalesce(
    origin_outlet,
    case when outlet_count = 1 and origin_name is null then (select outlet from articles where id = stories.id) end
  ) as home from stories
), pairs as (
  select
    s.id as story, o.id as outlet, s.home, w.since, w.until,
    coalesce(s.first_published_at, (select min(a.first_seen_at) from articles a where a.story = s.id)) as told_at,
    (select min(coalesce(a.published_at, a.first_seen_at)) from articles a where a.story = s.id and a.outlet = o.id)
      as event_at
  from sourced s
  cross join outlets o
  left join watched w on w.outlet = o.id
  where o.id is distinct from s.home
    and exists (select 1 from articles a join article_topics tagged on tagged.article = a.id where a.story = s.id)
), entries as (
  select *, case when since > told_at then since else told_at end as enter_at from pairs
), spells as (
  select *, coalesce(event_at, case when until > enter_at then until end) as exit_at from entries
), days as (
  select
    *,
    (
      select count(*) from coverage c
      where c.outlet = spells.outlet and c.polls > c.polls_failed
        and c.collected_day between substr(enter_at, 1, 10) and substr(exit_at, 1, 10)
    ) as days_polled,
    julianday(substr(exit_at, 1, 10)) - julianday(substr(enter_at, 1, 10)) + 1 as days_at_risk
  from spells
)
select
  d.story, d.outlet, d.enter_at, d.event_at, d.exit_at,
  case when days_polled = 0 then 'none' when days_polled < days_at_risk then 'partial' else 'full' end as observed,
  o.ownership as origin_ownership
from days d
left join outlets o on o.id = d.home;
"""

COUNTS = f"""
create view active_topics as select id as topic, name from topics where active;

create view counted_articles as select * from articles;

create view observed_days as select outlet, collected_day, {_OBSERVED} as observed from coverage c;

create view volume as
select outlet, published_day, substr(published_day, 1, 7) as month, 1 as articles from articles;

create view outlet_days as
select
  a.outlet, a.published_day, tagged.topic, count(*) as articles, count(distinct a.story) as stories,
  (select sum(p.articles) from volume p
     where p.outlet = a.outlet and p.published_day is not distinct from a.published_day) as all_articles,
  (select {_OBSERVED} from (select 1) left join coverage c
     on c.outlet = a.outlet and c.collected_day = a.published_day) as observed
from articles a
join article_topics tagged on tagged.article = a.id
group by a.outlet, a.published_day, tagged.topic
union all
select
  c.outlet, c.collected_day, t.topic, 0, 0,
  (select coalesce(sum(p.articles), 0) from volume p where p.outlet = c.outlet and p.published_day = c.collected_day),
  {_OBSERVED}
from coverage c
cross join active_topics t
where not exists (
  select 1 from articles a join article_topics tagged on tagged.article = a.id and tagged.topic = t.topic
  where a.outlet = c.outlet and a.published_day = c.collected_day
);

create view outlet_originality as
select
  outlet, topic, month, count(*) as articles,
  sum(class = 'unmatched') as unmatched, sum(class = 'credited') as credited,
  sum(class = 'credited-unverified') as credited_unverified, sum(class = 'cited') as cited,
  sum(class = 'uncredited') as uncredited, sum(class = 'undetermined') as undetermined,
  sum(exposed) as exposed
from article_facts
group by outlet, topic, month;

create view attention as
with months as (select month, sum(articles) as articles from volume group by month)
select
  tagged.topic, substr(a.published_day, 1, 7) as month, count(*) as articles, count(distinct a.story) as stories,
  count(distinct a.outlet) as outlets, 1.0 * count(*) / m.articles as share
from article_topics tagged
join articles a on a.id = tagged.article
left join months m on m.month is not distinct from substr(a.published_day, 1, 7)
group by tagged.topic, substr(a.published_day, 1, 7), m.articles;
"""

VIEWS = ARTICLES + STORIES + COUNTS
