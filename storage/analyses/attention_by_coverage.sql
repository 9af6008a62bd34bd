-- Attention, with the days on which it was really observed
-- Articles on a topic by month, per outlet-day that was fully observed, so that gaps are not silence.
select topic, substr(published_day, 1, 7) as month, sum(articles) as articles,
  count(case when observed = 'full' then 1 end) as outlet_days_full,
  count(case when observed = 'partial' then 1 end) as outlet_days_partial,
  count(case when observed = 'none' then 1 end) as outlet_days_none,
  round(1.0 * sum(case when observed = 'full' then articles end)
    / nullif(count(case when observed = 'full' then 1 end), 0), 3) as articles_per_full_day
from outlet_days
where published_day is not null
group by topic, substr(published_day, 1, 7)
order by month desc, topic
