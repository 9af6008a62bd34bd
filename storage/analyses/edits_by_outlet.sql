-- Edits after publication
-- Versions that changed title or text, and the median hours after publication at which they were seen.
with seen as (
  select a.outlet, v.change, (julianday(v.seen_at) - julianday(a.published_at)) * 24 as hours
  from versions v join counted_articles a on a.id = v.article
  where v.change in ('title', 'text', 'both')
), edits as (
  select *, row_number() over (partition by outlet, change order by hours is null, hours) as place,
    count(hours) over (partition by outlet, change) as timed
  from seen
)
select outlet, change, count(*) as edits,
  round(avg(case when 2 * place between timed and timed + 2 then hours end), 1) as median_hours_after
from edits
group by outlet, change
order by edits desc, outlet, change
