-- How often an outlet changes the headline of a text it takes over
-- Of an outlet’s reprints of archived articles, the share under another headline than the source’s.
select a.outlet, count(*) as reprints, sum(r.headline_changed) as headlines_changed,
  round(avg(r.headline_changed), 3) as rate
from reprints r join counted_articles a on a.id = r.article
where r.main = 1 and r.source is not null and r.headline_changed is not null
group by a.outlet
order by reprints desc, a.outlet
