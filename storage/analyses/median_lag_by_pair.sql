-- How much later outlets carry each other’s text
-- Median lag by pair in hours, from the articles whose two times are precise; n_lag says how many.
with lags as (
  select r.source_outlet, a.outlet, r.lag_s,
    row_number() over (partition by r.source_outlet, a.outlet order by r.lag_s) as place,
    count(*) over (partition by r.source_outlet, a.outlet) as n
  from reprints r join counted_articles a on a.id = r.article
  where r.main = 1 and r.source_outlet is not null and r.lag_s is not null
)
select source_outlet, outlet, max(n) as n_lag, round(avg(lag_s) / 3600.0, 1) as median_lag_h
from lags
where 2 * place between n and n + 2
group by source_outlet, outlet
order by n_lag desc, source_outlet, outlet
