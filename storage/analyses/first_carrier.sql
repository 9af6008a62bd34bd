-- Who had shared stories first
-- Origins of the stories at more than one outlet; unknown and contested origins are counted apart.
with told as (
  select coalesce(o.name, s.origin_name, case when s.contested = 1 then '(contested)' else '(unknown)' end) as origin,
    case when s.origin_outlet is not null then 1 else 0 end as watched, s.article_count
  from stories s left join outlets o on o.id = s.origin_outlet
  where s.outlet_count > 1 and s.id in (select story from counted_articles)
)
select origin, watched, count(*) as stories, sum(article_count) as articles
from told
group by origin, watched
order by stories desc, origin, watched
