-- Attention, with the days on which it was really observed
-- Articles on a topic by month, per outlet-day that was fully observed, so that gaps are not silence.
with collected as (
  select substr(collected_day, 1, 7) as month, observed, count(*) as days
  from observed_days
  group by substr(collected_day, 1, 7), observed
), published as (
  select g.topic, a.outlet, a.published_day, count(*) as articles
  from article_topics g join articles a on a.id = g.article
  where a.published_day is not null
  group by g.topic, a.outlet, a.published_day
), rows_of_days as (
  select t.topic, c.month, c.observed, c.days, 0 as articles
  from collected c cross join active_topics t
  union all
  select p.topic, substr(p.published_day, 1, 7), coalesce(o.observed, 'none'),
    case when o.outlet is not null and t.topic is not null then 0 else 1 end, p.articles
  from published p
  left join observed_days o on o.outlet = p.outlet and o.collected_day = p.published_day
  left join active_topics t on t.topic = p.topic
)
select topic, month, sum(articles) as articles,
  sum(case when observed = 'full' then days else 0 end) as outlet_days_full,
  sum(case when observed = 'partial' then days else 0 end) as outlet_days_partial,
  sum(case when observed = 'none' then days else 0 end) as outlet_days_none,
  round(1.0 * sum(case when observed = 'full' then articles else 0 end)
    / nullif(sum(case when observed = 'full' then days else 0 end), 0), 3) as articles_per_full_day
from rows_of_days
group by topic, month
order by month desc, topic
