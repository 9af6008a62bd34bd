-- What disappeared
-- Of the articles seen again or found gone at a later look, the share found gone, and how many were edited.
select a.outlet, count(*) as checked, sum(f.gone) as gone, round(avg(f.gone), 3) as gone_rate,
  count(case when f.edited = 1 then 1 end) as edited
from counted_articles a join article_class f on f.article = a.id
where f.gone is not null
group by a.outlet
order by checked desc, a.outlet
