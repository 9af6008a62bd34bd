-- Share of an outlet’s coverage that others carried before, by month
-- Of an outlet’s articles on a topic, the share whose text an earlier article or a named source had. Unmatched means that
-- no earlier text was found; undetermined articles are in the denominator.
select outlet, topic, month, articles,
  credited + credited_unverified + cited + uncredited as shared,
  round(1.0 * (credited + credited_unverified + cited + uncredited) / articles, 3) as share,
  undetermined, exposed as with_known_coverage
from outlet_originality
order by month desc nulls last, outlet, topic
