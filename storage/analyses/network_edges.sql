-- Edges for a network of reprints
-- Source, target and weight, for igraph, Gephi or networkx; sources that are not watched are included.
select from_outlet as source, to_outlet as target, topic, sum(articles) as weight, sum(stories) as stories,
  sum(credited) as credited
from reprint_flow
group by from_outlet, from_watched, to_outlet, topic
order by weight desc, source nulls first, target, topic, from_watched
