-- Shared text without credit, by outlet
-- Of the articles whose text an earlier archived article had, the share that names no source.
select outlet, count(distinct article) as shared,
  count(distinct case when class = 'uncredited' then article end) as without_credit,
  round(1.0 * count(distinct case when class = 'uncredited' then article end) / count(distinct article), 3) as share
from article_facts
where class in ('credited', 'cited', 'uncredited')
group by outlet
order by shared desc, outlet
