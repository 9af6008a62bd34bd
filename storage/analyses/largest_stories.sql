-- The stories most outlets carry
-- At most 500, those at the most outlets first, with where they came from as far as it is known.
select s.id as story, s.title, s.outlet_count, s.article_count, coalesce(o.name, s.origin_name) as origin,
  s.contested, s.first_published_at, s.last_published_at
from stories s left join outlets o on o.id = s.origin_outlet
where s.outlet_count > 1 and s.id in (select story from counted_articles)
order by s.outlet_count desc, s.article_count desc, s.id desc
limit 500
